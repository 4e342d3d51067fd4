//! The content codings that a client accepts: the header `Accept-Encoding`.

use super::accept::range;

/// A way to compress a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Coding {
    Brotli,
    Gzip,
}

impl Coding {
    /// The coding that the client prefers, if it accepts one; `accepted` are the values of `Accept-Encoding`. Of two that
    /// it accepts alike it is given Brotli, which is shorter.
    pub(crate) fn preferred<'a>(accepted: impl Iterator<Item = &'a str>) -> Option<Self> {
        let (mut brotli, mut gzip, mut identity, mut others) = (None, None, None, None);
        for (name, quality) in accepted.flat_map(|value| value.split(',')).map(range) {
            let worth = match () {
                () if name.eq_ignore_ascii_case("br") => &mut brotli,
                () if name.eq_ignore_ascii_case("gzip") || name.eq_ignore_ascii_case("x-gzip") => &mut gzip,
                () if name.eq_ignore_ascii_case("identity") => &mut identity,
                () if name == "*" => &mut others,
                () => continue,
            };
            worth.get_or_insert(quality);
        }
        // What is not named is worth what `*` says; the body as it is always is acceptable, and is worth least.
        let [brotli, gzip] = [brotli, gzip].map(|worth| worth.or(others).unwrap_or(0.0));
        let identity = identity.unwrap_or(0.0);
        match () {
            () if brotli > 0.0 && brotli >= gzip && brotli >= identity => Some(Coding::Brotli),
            () if gzip > 0.0 && gzip >= identity => Some(Coding::Gzip),
            () => None,
        }
    }

    /// Its name in `Content-Encoding`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Coding::Brotli => "br",
            Coding::Gzip => "gzip",
        }
    }

    /// What stands at the end of the entity tag of a body that is compressed so, within its quotes. Tags of programs do not end
    /// like that by chance.
    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Coding::Brotli => ";br",
            Coding::Gzip => ";gzip",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Coding;

    #[test]
    fn what_a_client_prefers() {
        const BROTLI: Option<Coding> = Some(Coding::Brotli);
        const GZIP: Option<Coding> = Some(Coding::Gzip);
        for (accepted, coding) in [
            (&[][..], None),
            (&[""], None),
            (&["gzip, deflate, br, zstd"], BROTLI),
            (&["br"], BROTLI),
            (&["GZIP"], GZIP),
            (&["x-gzip"], GZIP),
            (&["gzip", "br"], BROTLI),
            (&["gzip;q=1.0, br;q=0.8"], GZIP),
            (&["br ; q=0.5 , gzip ; q=0.4"], BROTLI),
            (&["gzip;q=0"], None),
            (&["br;q=0, gzip"], GZIP),
            (&["br;q=0.000, gzip;Q=0.001"], GZIP),
            (&["*"], BROTLI),
            (&["*;q=0"], None),
            (&["*, br;q=0"], GZIP),
            (&["*;q=0, gzip"], GZIP),
            (&["gzip;q=0.2, *;q=0.1"], GZIP),
            (&["identity"], None),
            (&["identity, gzip;q=0.5"], None),
            (&["identity;q=0.5, gzip;q=0.5"], GZIP),
            (&["identity;q=0"], None),
            (&["identity;q=0, *"], BROTLI),
            (&["deflate, zstd"], None),
            (&["gzip;q=many, br;q="], None),
            (&["gzip;q=nan"], None),
            (&["notgzip, gzipped"], None),
        ] {
            assert_eq!(Coding::preferred(accepted.iter().copied()), coding, "{accepted:?}");
        }
    }
}

//! The media types that a client accepts: the header `Accept`.

use super::Headers;

/// Of these media types, the one that the client prefers; the first one if it has no preference, or accepts none.
pub(crate) fn preferred<'t>(headers: &dyn Headers, offered: &[&'t str]) -> &'t str {
    let accepted = headers.all("Accept");
    let ranges: Vec<(&str, f32)> = accepted.iter().flat_map(|value| value.split(',')).map(range).collect();
    let mut best = (offered.first().copied().unwrap_or_default(), (0.0, 0, 0));
    for offer in offered {
        let (kind, _) = offer.split_once('/').unwrap_or((offer, ""));
        let precision = |range: &str| match range {
            "*/*" => 1,
            range if range.eq_ignore_ascii_case(offer) => 3,
            range => match range.strip_suffix("/*") {
                Some(range) if range.eq_ignore_ascii_case(kind) => 2,
                _ => 0,
            },
        };
        // The most precise range says what a type is worth; of several such, the first.
        let found = ranges.iter().enumerate().map(|(position, (range, quality))| {
            let precision = precision(range);
            (precision, std::cmp::Reverse(position), *quality)
        });
        let found =
            found.filter(|(precision, ..)| *precision > 0).max_by_key(|(precision, at, _)| (*precision, *at));
        let Some((precision, std::cmp::Reverse(position), quality)) = found else { continue };
        // Of types with the same worth, one that is named comes before others, and the one that is named first.
        let named = if precision == 3 { usize::MAX - position } else { 0 };
        let worth = (quality, u8::from(precision == 3), named);
        if quality > 0.0 && worth > best.1 {
            best = (offer, worth);
        }
    }
    best.0
}

/// A media range, or a coding, with its quality.
pub(super) fn range(text: &str) -> (&str, f32) {
    let mut parts = text.split(';').map(str::trim);
    let range = parts.next().unwrap_or_default();
    let quality = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    (range, quality.map_or(1.0, |quality| quality.parse().unwrap_or(0.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Accept(Vec<&'static str>);

    impl Headers for Accept {
        fn first(&self, _: &str) -> Option<&str> {
            self.0.first().copied()
        }

        fn all(&self, _: &str) -> Vec<&str> {
            self.0.clone()
        }
    }

    #[test]
    fn what_is_named_is_preferred() {
        let offered = ["application/json", "application/jsonl", "text/csv"];
        for (accept, expected) in [
            (&[][..], "application/json"),
            (&["*/*"], "application/json"),
            (&["text/csv"], "text/csv"),
            (&["TEXT/CSV; charset=utf-8"], "text/csv"),
            (&["text/*"], "text/csv"),
            (&["text/csv, */*;q=0.8"], "text/csv"),
            (&["text/csv, */*"], "text/csv"),
            (&["*/*, application/jsonl"], "application/jsonl"),
            (&["application/json, text/csv"], "application/json"),
            (&["text/csv, application/json"], "text/csv"),
            (&["text/csv;q=0.5, application/json;q=0.4"], "text/csv"),
            (&["text/csv;q=0.3", "application/jsonl;q=0.4"], "application/jsonl"),
            (&["text/csv;q=0"], "application/json"),
            (&["text/*;q=0.5, text/csv;q=0.1, application/json;q=0.3"], "application/json"),
            (&["*/*, text/csv;q=0"], "application/json"),
            (&["text/html, image/png"], "application/json"),
        ] {
            assert_eq!(preferred(&Accept(accept.to_vec()), &offered), expected, "{accept:?}");
        }
    }
}

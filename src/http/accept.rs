//! The media types that a client accepts: the header `Accept`.

use super::Headers;

/// Of these media types, the one that the client prefers; the first one if it has no preference, or accepts none.
pub(crate) fn preferred<'t>(headers: &dyn Headers, offered: &[&'t str]) -> &'t str {
    let accepted = headers.all("Accept");
    let ranges: Vec<(&str, f32)> = accepted.iter().flat_map(|value| value.split(',')).map(range).collect();
    let mut best = (offered.first().copied().unwrap_or_default(), 0.0, false, 0);
    for offer in offered {
        for (position, (range, quality)) in ranges.iter().enumerate() {
            let is_exact = range.eq_ignore_ascii_case(offer);
            let (kind, _) = offer.split_once('/').unwrap_or((offer, ""));
            let is_wide = *range == "*/*"
                || range.strip_suffix("/*").is_some_and(|range| range.eq_ignore_ascii_case(kind));
            if !is_exact && !is_wide {
                continue;
            }
            let (_, best_quality, best_is_exact, best_position) = best;
            let is_better = *quality > best_quality
                || (*quality == best_quality
                    && *quality > 0.0
                    && (is_exact, best_position) > (best_is_exact, position)
                    && is_exact);
            if is_better {
                best = (offer, *quality, is_exact, position);
            }
        }
    }
    best.0
}

/// A media range with its quality.
fn range(text: &str) -> (&str, f32) {
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
            (&["text/html, image/png"], "application/json"),
        ] {
            assert_eq!(preferred(&Accept(accept.to_vec()), &offered), expected, "{accept:?}");
        }
    }
}

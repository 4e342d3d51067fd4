//! Comparisons of two declared paths: whether they match the same requests, and which requests both of them match.
//!
//! The check for collisions that Rocket makes at launch cannot answer this, since to Rocket an API is one catch-all
//! route. So crewed compares its operations with each other and with the user's routes by itself. The trie does not
//! help either: it compares a declared path with that of a request, not two declared paths.
//!
//! The two read the rest of a path, `<rest..>`, differently: to Rocket `/a/<rest..>` matches `/a`, to FastAPI and the
//! trie only what follows `/a/`. Overlaps are with Rocket's routes, so they are found by Rocket's reading.

use super::path::{Segment, segments};

/// The path of the requests that both paths match, or `None` where there are none.
pub(super) fn intersection(one: &str, other: &str) -> Option<String> {
    let (mut ones, mut others) = (segments(one), segments(other));
    let mut path = String::new();
    loop {
        let segment = match (ones.next(), others.next()) {
            (None, None) | (None, Some(Segment::Rest)) | (Some(Segment::Rest), None) => break,
            (Some(Segment::Rest), Some(Segment::Rest)) => Segment::Rest,
            (Some(Segment::Rest), Some(segment)) => {
                push(&mut path, &segment);
                others.for_each(|segment| push(&mut path, &segment));
                break;
            }
            (Some(segment), Some(Segment::Rest)) => {
                push(&mut path, &segment);
                ones.for_each(|segment| push(&mut path, &segment));
                break;
            }
            (Some(Segment::Any), Some(Segment::Any)) => Segment::Any,
            (Some(Segment::Fixed(text)), Some(Segment::Any))
            | (Some(Segment::Any), Some(Segment::Fixed(text)))
                if !text.is_empty() =>
            {
                Segment::Fixed(text)
            }
            (Some(Segment::Fixed(a)), Some(Segment::Fixed(b))) if a == b => Segment::Fixed(a),
            _ => return None,
        };
        push(&mut path, &segment);
        if segment == Segment::Rest {
            break;
        }
    }
    match path.is_empty() {
        true => Some("/".to_owned()),
        false => Some(path),
    }
}

fn push(path: &mut String, segment: &Segment<'_>) {
    path.push('/');
    path.push_str(match segment {
        Segment::Fixed(text) => text,
        Segment::Any => "<_>",
        Segment::Rest => "<_..>",
    });
}

/// Whether a request for this path, which has no parameters, or for one below it may match a declared path.
pub(crate) fn may_be_at_or_below(path: &str, base: &str) -> bool {
    intersection(path, &format!("{base}/<_..>")).is_some()
}

/// Whether a declared path is this one, which has no parameters, or stands below it.
pub(crate) fn is_at_or_below(path: &str, base: &str) -> bool {
    let mut segments = segments(path);
    self::segments(base).all(|segment| segments.next() == Some(segment))
}

/// A path without the names of its parameters. Two paths that match the same requests have the same pattern.
pub(super) fn pattern(path: &str) -> String {
    let mut out = String::new();
    segments(path).for_each(|segment| push(&mut out, &segment));
    if out.is_empty() { "/".to_owned() } else { out }
}

/// The path that Rocket also matches by one that ends with its rest: `/a` of `/a/<rest..>`.
pub(super) fn without_rest(path: &str) -> Option<String> {
    let mut out = String::new();
    let mut all = segments(path);
    let end = all.find(|segment| {
        let is_rest = *segment == Segment::Rest;
        if !is_rest {
            push(&mut out, segment);
        }
        is_rest
    });
    (end.is_some() && !out.is_empty()).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_below_a_path() {
        for (path, expected) in [
            ("/health", true),
            ("/health/", true),
            ("/health/<part>", true),
            ("/health/db/x", true),
            ("/healthy", false),
            ("/<path..>", false),
            ("/<name>/live", false),
            ("/", false),
        ] {
            assert_eq!(is_at_or_below(path, "/health"), expected, "{path}");
            assert!(!expected || may_be_at_or_below(path, "/health"), "{path}");
        }
        for (path, expected) in [
            ("/<name>", true),
            ("/<a>/<b>", true),
            ("/<path..>", true),
            ("/<name>/live", true),
            ("/users/<name>", false),
            ("/healthy", false),
            ("/", false),
        ] {
            assert_eq!(may_be_at_or_below(path, "/health"), expected, "{path}");
        }
    }

    #[test]
    fn what_two_paths_have_in_common() {
        for (one, other, both) in [
            ("/<path..>", "/api/users", Some("/api/users")),
            ("/api/users/<path..>", "/api/users", Some("/api/users")),
            ("/<path..>", "/", Some("/")),
            ("/files/<path..>", "/<a>/<b>", Some("/files/<_>")),
            ("/a/<x>", "/<y>/b", Some("/a/b")),
            ("/a/<x>", "/a/", None),
            ("/a", "/b", None),
            ("/a", "/a/b", None),
        ] {
            assert_eq!(intersection(one, other).as_deref(), both, "{one} {other}");
            assert_eq!(intersection(other, one).as_deref(), both, "{other} {one}");
        }
        assert_eq!(without_rest("/a/<b>/<rest..>").as_deref(), Some("/a/<_>"));
        assert_eq!((without_rest("/<rest..>"), without_rest("/a/b")), (None, None));
    }
}

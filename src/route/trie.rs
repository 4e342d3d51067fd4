//! A trie of declared paths, which finds those that match the path of a request.
//!
//! The crate matchit will not do: it refuses a parameter beside the rest of a path at the same place, as in
//! `/<a>/<b>` and `/<rest..>`, which Rocket and FastAPI allow.

use super::path::{Segment, segments};

/// The entries of each declared path.
///
/// Several declared paths may match the path of one request. The most specific is tried first: of two paths, at the
/// first segment in which they differ, a fixed text comes before a parameter, and a parameter before the rest of the
/// path. So `/files/<path..>` comes before `/<a>/<b>`, in whatever order they were declared.
pub(super) struct Trie<T> {
    /// The child of each fixed segment, sorted by the segment's text.
    fixed: Vec<(Box<str>, Trie<T>)>,
    /// The child of a parameter.
    any: Option<Box<Trie<T>>>,
    /// The entries of the path that ends at this node.
    here: Vec<T>,
    /// The entries of the path that matches everything from this node on, which may be nothing.
    rest: Vec<T>,
}

impl<T> Trie<T> {
    pub(super) fn new() -> Self {
        Trie { fixed: Vec::new(), any: None, here: Vec::new(), rest: Vec::new() }
    }

    /// The entries of a declared path, which the caller adds to. The path is inserted if it is new.
    pub(super) fn entries(&mut self, declared: &str) -> &mut Vec<T> {
        let mut node = self;
        for segment in segments(declared) {
            match segment {
                Segment::Fixed(text) => {
                    let at = match node.position(text) {
                        Ok(at) => at,
                        Err(at) => {
                            node.fixed.insert(at, (text.into(), Trie::new()));
                            at
                        }
                    };
                    node = &mut node.fixed[at].1;
                }
                Segment::Any => node = node.any.get_or_insert_with(|| Box::new(Trie::new())),
                Segment::Rest => return &mut node.rest,
            }
        }
        &mut node.here
    }

    /// Calls `look` with the entries of each declared path that matches the path of a request, the most specific
    /// first, until `look` returns something.
    pub(super) fn find<'t, R>(&'t self, path: &str, mut look: impl FnMut(&'t [T]) -> Option<R>) -> Option<R> {
        match path.strip_prefix('/')? {
            // The root has no segments, so it matches `/` and, with an empty rest, `/<path..>`.
            "" => look(&self.here).or_else(|| look(&self.rest)),
            below => self.walk(Some(below), &mut look),
        }
    }

    fn walk<'t, R, F: FnMut(&'t [T]) -> Option<R>>(&'t self, left: Option<&str>, look: &mut F) -> Option<R> {
        let Some(left) = left else { return look(&self.here) };
        let (segment, after) = match left.split_once('/') {
            Some((segment, after)) => (segment, Some(after)),
            None => (left, None),
        };
        if let Ok(at) = self.position(segment)
            && let Some(found) = self.fixed[at].1.walk(after, look)
        {
            return Some(found);
        }
        // The empty segment after a slash at the end is no value for a parameter.
        if !segment.is_empty()
            && let Some(any) = &self.any
            && let Some(found) = any.walk(after, look)
        {
            return Some(found);
        }
        look(&self.rest)
    }

    fn position(&self, text: &str) -> Result<usize, usize> {
        self.fixed.binary_search_by(|(known, _)| (**known).cmp(text))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Whether a declared path matches, by a literal reading of `FastAPI`'s rules for `{name}` and `{name:path}`.
    fn matches(declared: &str, sent: &str) -> bool {
        let mut declared = declared[1..].split('/');
        let mut left = Some(&sent[1..]);
        loop {
            let Some(pattern) = declared.next() else { return left.is_none() };
            let Some(sent) = left else { return false };
            if pattern.ends_with("..>") {
                return true;
            }
            let (segment, after) = sent.split_once('/').map_or((sent, None), |(s, after)| (s, Some(after)));
            let fits = match pattern.starts_with('<') {
                true => !segment.is_empty(),
                false => segment == pattern,
            };
            if !fits {
                return false;
            }
            left = after;
        }
    }

    /// A key that sorts the more specific path first.
    fn specificity(declared: &str) -> Vec<u8> {
        let rank = |segment: &str| match segment {
            rest if rest.ends_with("..>") => 2,
            any if any.starts_with('<') => 1,
            _ => 0,
        };
        declared[1..].split('/').map(rank).collect()
    }

    fn declared() -> impl Strategy<Value = String> {
        let segment = prop_oneof![Just("a"), Just("b"), Just("<x>"), Just("<y>")];
        let end = prop_oneof![3 => Just(""), 1 => Just("/"), 2 => Just("/<rest..>")];
        (prop::collection::vec(segment, 0..4), end).prop_map(|(segments, end)| {
            let path: String = segments.iter().map(|segment| format!("/{segment}")).collect();
            match format!("{path}{end}") {
                empty if empty.is_empty() => "/".to_owned(),
                path => path,
            }
        })
    }

    fn sent() -> impl Strategy<Value = String> {
        let segment = prop_oneof![6 => "[abc]", 1 => Just(String::new())];
        prop::collection::vec(segment, 1..6).prop_map(|segments| format!("/{}", segments.join("/")))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]

        #[test]
        fn finds_what_a_naive_matcher_finds(
            mut paths in prop::collection::vec(declared(), 1..9),
            sent in prop::collection::vec(sent(), 1..9),
        ) {
            let mut trie = Trie::new();
            for path in &paths {
                trie.entries(path).push(path.clone());
            }
            paths.sort_by_key(|path| specificity(path));
            for sent in sent {
                let mut seen: Vec<Vec<u8>> = Vec::new();
                let none: Option<()> = trie.find(&sent, |all| {
                    seen.extend(all.iter().map(|path| specificity(path)));
                    None
                });
                prop_assert!(none.is_none());
                let fit: Vec<&String> = paths.iter().filter(|path| matches(path, &sent)).collect();
                let expected: Vec<Vec<u8>> = fit.iter().map(|path| specificity(path)).collect();
                prop_assert_eq!(seen, expected, "{:?} in {:?}", sent, paths);
                let first = trie.find(&sent, |all| all.first());
                prop_assert_eq!(first.is_some(), !fit.is_empty());
                prop_assert!(first.is_none_or(|first| matches(first, &sent)));
            }
        }
    }

    #[test]
    fn a_parameter_beside_the_rest_is_no_conflict() {
        let mut trie = Trie::new();
        for path in ["/<a>/<b>", "/files/<path..>", "/<all..>", "/files/x/y"] {
            trie.entries(path).push(path);
        }
        for (sent, first) in [
            ("/x/y", "/<a>/<b>"),
            ("/files/x", "/files/<path..>"),
            ("/files/", "/files/<path..>"),
            ("/files/x/y", "/files/x/y"),
            ("/files", "/<all..>"),
            ("/x/y/", "/<all..>"),
            ("/", "/<all..>"),
            ("//", "/<all..>"),
        ] {
            assert_eq!(trie.find(sent, |all| all.first().copied()), Some(first), "{sent}");
        }
    }
}

//! Declared paths, found by a path as it came in.

use super::path::{Segment, segments};

/// What stands on each declared path.
///
/// Several declared paths may match one path that came in. They are tried with the more special first: of two, at
/// the first segment in which they differ, a fixed text goes before a parameter, and a parameter before the rest
/// of the path. So `/files/<path..>` goes before `/<a>/<b>`, in whatever order they were declared.
pub(super) struct Trie<T> {
    /// What follows a fixed segment, in the order of the segments' texts.
    fixed: Vec<(Box<str>, Trie<T>)>,
    /// What follows a parameter.
    any: Option<Box<Trie<T>>>,
    /// What stands on the path that ends here.
    here: Vec<T>,
    /// What takes the rest of the path from here on, which may be empty.
    rest: Vec<T>,
}

impl<T> Trie<T> {
    /// Nothing yet.
    pub(super) fn new() -> Self {
        Trie { fixed: Vec::new(), any: None, here: Vec::new(), rest: Vec::new() }
    }

    /// What stands on a declared path, to be added to.
    pub(super) fn on(&mut self, declared: &str) -> &mut Vec<T> {
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

    /// Shows what stands on each declared path that matches a path as it came in, the most special first, until
    /// `look` finds something in it.
    pub(super) fn find<'t, R>(&'t self, path: &str, mut look: impl FnMut(&'t [T]) -> Option<R>) -> Option<R> {
        match path.strip_prefix('/')? {
            // The root has no segments, and is the empty rest of itself.
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
        // A slash at the end is no segment that a parameter could be.
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

    /// Whether a declared path matches, by the letter: `FastAPI`'s rules for `{name}` and `{name:path}`.
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

    /// A key that sorts the more special first.
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
                trie.on(path).push(path.clone());
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
            trie.on(path).push(path);
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

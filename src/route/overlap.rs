//! How declared paths stand to each other: which says more, and what two of them have in common.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

use super::path::{Segment, segments};

/// Declared paths, by what they overlap with.
///
/// What is more special goes first for its own method only: the other methods of what matches too stay
/// with it. And where two match in part (`/a/<x>` and `/<x>/b`), the part is a path of its own.
pub(super) struct Overlaps<'a> {
    /// By the first segment, where that is fixed: no others have anything in common.
    groups: BTreeMap<Option<&'a str>, Vec<(usize, &'a str)>>,
}

impl<'a> Overlaps<'a> {
    /// Of these, which go by their positions.
    pub(super) fn of(paths: impl Iterator<Item = &'a str>) -> Self {
        let mut groups: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (index, path) in paths.enumerate() {
            groups.entry(first(path)).or_default().push((index, path));
        }
        Overlaps { groups }
    }

    /// Every path, and what any two of them have in common.
    pub(super) fn paths(&self) -> Vec<String> {
        let mut paths: Vec<String> = Vec::new();
        let mut known = HashSet::new();
        for (_, path) in self.groups.values().flatten() {
            if known.insert(trie_path(path)) {
                paths.push((*path).to_owned());
            }
        }
        let mut at = 0;
        while let Some(path) = paths.get(at).cloned() {
            for (_, other) in self.near(&path) {
                if let Some(common) = common(&path, other)
                    && known.insert(trie_path(&common))
                {
                    paths.push(common);
                }
            }
            at += 1;
        }
        paths
    }

    /// The positions of those that match all that a path matches, the most special first.
    pub(super) fn covering(&self, path: &str) -> Vec<usize> {
        let covers = |(_, other): &(usize, &str)| Specificity::of(path, other) != Specificity::Other;
        let mut covering: Vec<_> = self.near(path).into_iter().filter(covers).collect();
        covering.sort_by_key(|(index, other)| (breadth(other), *index));
        covering.into_iter().map(|(index, _)| index).collect()
    }

    /// Those that a path may have anything in common with.
    fn near(&self, path: &str) -> Vec<(usize, &'a str)> {
        let groups: Vec<&Vec<_>> = match first(path) {
            None => self.groups.values().collect(),
            first => [first, None].iter().filter_map(|group| self.groups.get(group)).collect(),
        };
        groups.into_iter().flatten().copied().collect()
    }
}

/// The first segment of a path, where it is fixed.
fn first(path: &str) -> Option<&str> {
    match segments(path).next() {
        Some(Segment::Fixed(text)) => Some(text),
        _ => None,
    }
}

/// What two paths both match, as a path.
pub(super) fn common(one: &str, other: &str) -> Option<String> {
    let (mut ones, mut others) = (segments(one), segments(other));
    let mut path = String::new();
    loop {
        let segment = match (ones.next(), others.next()) {
            (None, None) => break,
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
    (!path.is_empty()).then_some(path)
}

fn push(path: &mut String, segment: &Segment<'_>) {
    path.push('/');
    path.push_str(match segment {
        Segment::Fixed(text) => text,
        Segment::Any => "<_>",
        Segment::Rest => "<_..>",
    });
}

/// How much a path matches: of two that match the same, the less goes first.
fn breadth(path: &str) -> (bool, Reverse<usize>, usize) {
    let rest = segments(path).any(|segment| segment == Segment::Rest);
    let any = segments(path).filter(|segment| *segment == Segment::Any).count();
    (rest, Reverse(segments(path).count()), any)
}

/// How a path stands to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Specificity {
    /// They match the same.
    Same,
    /// It matches a part of what the other matches.
    Special,
    /// It matches more, or something else.
    Other,
}

impl Specificity {
    pub(super) fn of(path: &str, other: &str) -> Self {
        let root = path == "/";
        let (mut path, mut other) = (segments(path), segments(other));
        let mut specificity = Specificity::Same;
        loop {
            match (path.next(), other.next()) {
                (None, None) | (Some(Segment::Rest), Some(Segment::Rest)) => return specificity,
                (Some(_), Some(Segment::Rest)) => return Specificity::Special,
                // Of the root, nothing is left.
                (None, Some(Segment::Rest)) if root => return Specificity::Special,
                (Some(Segment::Any), Some(Segment::Any)) => {}
                (Some(Segment::Fixed(a)), Some(Segment::Fixed(b))) if a == b => {}
                // A slash at the end is no segment that a parameter could be.
                (Some(Segment::Fixed(text)), Some(Segment::Any)) if !text.is_empty() => {
                    specificity = Specificity::Special;
                }
                _ => return Specificity::Other,
            }
        }
    }
}

/// A path in the trie's notation. Parameters have no names, so that `<id>` and `<name>` are one.
pub(super) fn trie_path(path: &str) -> String {
    let mut out = String::new();
    for segment in segments(path) {
        out.push('/');
        match segment {
            Segment::Fixed(text) => out.push_str(&text.replace('{', "{{").replace('}', "}}")),
            Segment::Any => out.push_str("{key}"),
            Segment::Rest => out.push_str("{*rest}"),
        }
    }
    if out.is_empty() { "/".to_owned() } else { out }
}

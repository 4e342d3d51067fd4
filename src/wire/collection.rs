//! Types that contain others: options, lists, boxes, maps, and any JSON.

use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::hash::{BuildHasher, Hash};
use std::marker::PhantomData;

use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serializer};
use serde_json::Value as Json;

use super::metered::grown;
use super::outline::coerce_tree;
use super::tree::Plain;
use super::{Constraints, Out, Part, Seed, Shape, Wire, constraint_error};
use crate::issue::{IssueCollector, IssueKind};

impl<T: Wire> Wire for Option<T> {
    fn shape() -> Shape {
        Shape::Nullable(T::shape)
    }

    fn read<'de, D: Deserializer<'de>>(input: D, constraints: &Constraints) -> Result<Self, D::Error> {
        input.deserialize_option(OrNull(Seed::new(constraints)))
    }

    fn coerce(input: &Json, constraints: &Constraints, collector: &mut IssueCollector) -> Option<Self> {
        match input {
            Json::Null => Some(None),
            _ => T::coerce(input, constraints, collector).map(Some),
        }
    }

    fn coerce_part(
        input: Part<'_>,
        constraints: &Constraints,
        collector: &mut IssueCollector,
    ) -> Option<Self> {
        match input.is_null() {
            true => Some(None),
            false => T::coerce_part(input, constraints, collector).map(Some),
        }
    }

    fn write<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            Some(value) => out.serialize_some(&Out(value)),
            None => out.serialize_none(),
        }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

pub(super) struct OrNull<'r, T>(pub(super) Seed<'r, T>);

impl<'de, T: Wire> Visitor<'de> for OrNull<'_, T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }

    fn visit_none<E>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, input: D) -> Result<Option<T>, D::Error> {
        T::read(input, self.0.0).map(Some)
    }
}

impl<T: Wire> Wire for Box<T> {
    fn shape() -> Shape {
        T::shape()
    }

    fn read<'de, D: Deserializer<'de>>(input: D, constraints: &Constraints) -> Result<Self, D::Error> {
        T::read(input, constraints).map(Box::new)
    }

    fn coerce(input: &Json, constraints: &Constraints, collector: &mut IssueCollector) -> Option<Self> {
        T::coerce(input, constraints, collector).map(Box::new)
    }

    fn coerce_part(
        input: Part<'_>,
        constraints: &Constraints,
        collector: &mut IssueCollector,
    ) -> Option<Self> {
        let value = T::coerce_part(input, constraints, collector)?;
        collector.reserve_memory(size_of::<T>()).then(|| Box::new(value))
    }

    fn write<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        T::write(self, out)
    }

    fn absent() -> Option<Self> {
        T::absent().map(Box::new)
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn shape() -> Shape {
        T::list_shape()
    }

    fn read<'de, D: Deserializer<'de>>(input: D, constraints: &Constraints) -> Result<Self, D::Error> {
        T::read_list(input, constraints)
    }

    fn coerce(input: &Json, constraints: &Constraints, collector: &mut IssueCollector) -> Option<Self> {
        coerce_tree(input, constraints, collector)
    }

    fn coerce_part(
        input: Part<'_>,
        constraints: &Constraints,
        collector: &mut IssueCollector,
    ) -> Option<Self> {
        T::coerce_list(input, constraints, collector)
    }

    fn write<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        T::write_list(self, out)
    }
}

pub(super) fn read_list<'de, T: Wire, D: Deserializer<'de>>(
    input: D,
    constraints: &Constraints,
) -> Result<Vec<T>, D::Error> {
    let items = input.deserialize_seq(Items(constraints, PhantomData))?;
    constraints.check_least(items.len()).map_err(|_| constraint_error())?;
    Ok(items)
}

struct Items<'r, T>(&'r Constraints, PhantomData<T>);

impl<'de, T: Wire> Visitor<'de> for Items<'_, T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(Seed::new(self.0))? {
            items.push(item);
            self.0.check_most(items.len()).map_err(|_| constraint_error())?;
        }
        Ok(items)
    }
}

pub(super) fn coerce_list<T: Wire>(
    input: Part<'_>,
    constraints: &Constraints,
    collector: &mut IssueCollector,
) -> Option<Vec<T>> {
    if !input.is_list() {
        return whole::<T, _>(IssueKind::ListType, input, collector);
    }
    // A list that is too long is not parsed further. One that is too short is, as Pydantic reports its items first.
    if let Err(kind) = constraints.check_most(input.items().count()) {
        return whole::<T, _>(kind, input, collector);
    }
    let mut items = Some(Vec::new());
    for (index, item) in input.items().enumerate() {
        match collector.step(index, |collector| T::coerce_part(item, constraints, collector)) {
            Some(item) => keep(&mut items, item, size_of::<T>(), collector),
            // The other items are still checked for issues, but not kept.
            None => items = None,
        }
        if collector.is_full() {
            return None;
        }
    }
    let items: Vec<T> = items?;
    match constraints.check_least(items.len()) {
        Ok(()) => Some(items),
        Err(kind) => whole::<T, _>(kind, input, collector),
    }
}

/// Keeps an item of this size, if there is memory left for it.
fn keep<T>(items: &mut Option<Vec<T>>, item: T, size: usize, collector: &mut IssueCollector) {
    if let Some(items) = items
        && collector.reserve_memory(grown(items.len(), size))
    {
        items.push(item);
    }
}

/// Reports an issue of a whole list or map. It would repeat all items, so it repeats nothing if these have secrets.
fn whole<T: Wire, C>(kind: IssueKind, input: Part<'_>, collector: &mut IssueCollector) -> Option<C> {
    collector.secretly(T::shape().has_secrets(), |collector| collector.fault(kind, &input))
}

pub(super) fn write_list<T: Wire, S: Serializer>(items: &[T], out: S) -> Result<S::Ok, S::Error> {
    out.collect_seq(items.iter().map(Out))
}

/// The type of a map's keys, which is `String`. It is a trait so that the compiler can explain what is wrong with
/// another type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot name the members of a JSON object",
    label = "not a type of a map's keys",
    note = "the keys of a map are `String`: write `HashMap<String, ..>`, and make `{Self}` of them in the function; \
            or declare a `#[model]` with a field for each"
)]
pub trait MapKey: From<String> + AsRef<str> + Eq + Hash + Ord + Send + 'static {}

impl MapKey for String {}

macro_rules! maps {
    ($($map:ident $(<$hasher:ident>)?;)*) => {$(
        impl<K: MapKey, T: Wire $(, $hasher: BuildHasher + Default + Send + 'static)?> Wire
            for $map<K, T $(, $hasher)?>
        {
            fn shape() -> Shape {
                Shape::Map(T::shape)
            }

            fn read<'de, D: Deserializer<'de>>(input: D, constraints: &Constraints) -> Result<Self, D::Error> {
                let members: Self = input.deserialize_map(Members(constraints, PhantomData))?;
                constraints.check_least(members.len()).map_err(|_| constraint_error())?;
                constraints.check_most(members.len()).map_err(|_| constraint_error())?;
                Ok(members)
            }

            fn coerce(input: &Json, constraints: &Constraints, collector: &mut IssueCollector) -> Option<Self> {
                coerce_tree(input, constraints, collector)
            }

            fn coerce_part(input: Part<'_>, constraints: &Constraints, collector: &mut IssueCollector) -> Option<Self> {
                if !input.is_object() {
                    return whole::<T, _>(IssueKind::DictType, input, collector);
                }
                let object = last_of_each(input);
                if let Err(kind) = constraints.check_most(object.len()) {
                    return whole::<T, _>(kind, input, collector);
                }
                let mut members = Some(Vec::new());
                for (name, member) in object {
                    let name = name.into_owned();
                    match collector.step(name.clone(), |collector| T::coerce_part(member, constraints, collector)) {
                        Some(value) => {
                            // The estimate is for a B-tree, which takes more memory than a hash table for a few
                            // members.
                            let size = (size_of::<String>() + size_of::<T>()) * 11 / 4 + name.len();
                            keep(&mut members, (K::from(name), value), size, collector);
                        }
                        None => members = None,
                    }
                    if collector.is_full() {
                        return None;
                    }
                }
                let members: Self = members?.into_iter().collect();
                match constraints.check_least(members.len()) {
                    Ok(()) => Some(members),
                    Err(kind) => whole::<T, _>(kind, input, collector),
                }
            }

            fn write<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                out.collect_map(self.iter().map(|(name, value)| (name.as_ref(), Out(value))))
            }
        }
    )*};
}

maps! {
    BTreeMap;
    HashMap<H>;
}

/// The members of an object without duplicates: in the order of their first occurrence, with the last value.
fn last_of_each(object: Part<'_>) -> Vec<(Cow<'_, str>, Part<'_>)> {
    let mut members: Vec<(Cow<'_, str>, Part<'_>)> = Vec::new();
    let mut known: HashMap<Cow<'_, str>, usize> = HashMap::new();
    for (name, member) in object.members() {
        match known.entry(name.clone()) {
            Entry::Occupied(place) => members[*place.get()].1 = member,
            Entry::Vacant(place) => {
                place.insert(members.len());
                members.push((name, member));
            }
        }
    }
    members
}

struct Members<'r, T, M>(&'r Constraints, PhantomData<(T, M)>);

impl<'de, K: MapKey, T: Wire, M: FromIterator<(K, T)>> Visitor<'de> for Members<'_, (K, T), M> {
    type Value = M;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<M, A::Error> {
        let mut members: Vec<(K, T)> = Vec::new();
        while let Some(name) = object.next_key::<String>()? {
            members.push((name.into(), object.next_value_seed(Seed::new(self.0))?));
        }
        // A B-tree is built faster from all members at once than by inserting each.
        Ok(members.into_iter().collect())
    }
}

impl Wire for Json {
    fn shape() -> Shape {
        Shape::Any
    }

    fn read<'de, D: Deserializer<'de>>(input: D, _: &Constraints) -> Result<Self, D::Error> {
        Plain::deserialize(input).map(|Plain(tree)| tree)
    }

    fn coerce(input: &Json, _: &Constraints, _: &mut IssueCollector) -> Option<Self> {
        Some(input.clone())
    }

    fn coerce_part(input: Part<'_>, _: &Constraints, collector: &mut IssueCollector) -> Option<Self> {
        input.read_owned::<Plain>(collector)?.ok().map(|Plain(tree)| tree)
    }

    fn write<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        serde::Serialize::serialize(self, out)
    }
}

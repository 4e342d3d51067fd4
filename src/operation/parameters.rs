//! The parameters that a resource's lists have, as declared.

use std::borrow::Cow;

use super::cursor;
use crate::resource::{FieldFilter, ResourceMeta};
use crate::store::Order;

/// How many of the names that could have been meant an issue has.
const MOST_ALLOWED: usize = 20;

/// The parameters of a resource's lists, by their names.
pub(super) struct Parameters {
    /// By their names, in the order of these.
    known: Vec<(Cow<'static, str>, Parameter)>,
    /// The same in the order of the document, by their positions among those.
    order: Vec<usize>,
    /// The fields that can be sorted by, by their names.
    pub(super) sorts: Vec<(&'static str, Order)>,
    pub(super) searches: Vec<usize>,
    /// Identifies the resource.
    pub(super) resource: String,
    /// The fingerprint of the query that asks for nothing.
    pub(super) of_no_query: u64,
}

#[derive(Clone, Copy)]
pub(super) enum Parameter {
    Skip,
    Limit,
    Sort,
    Cursor,
    Count,
    Search,
    Fields,
    Field(FieldFilter),
    Own(usize),
}

impl Parameters {
    pub(super) fn of(meta: &'static ResourceMeta) -> Self {
        let searches: Vec<usize> = meta.searches().collect();
        let mut all: Vec<(Cow<'static, str>, Parameter)> = vec![
            ("skip".into(), Parameter::Skip),
            ("limit".into(), Parameter::Limit),
            ("sort".into(), Parameter::Sort),
            ("cursor".into(), Parameter::Cursor),
            ("count".into(), Parameter::Count),
        ];
        if !searches.is_empty() {
            all.push(("q".into(), Parameter::Search));
        }
        if meta.list.sparse {
            all.push(("fields".into(), Parameter::Fields));
        }
        let fields = meta.field_filters().into_iter();
        all.extend(fields.map(|filter| {
            let name = filter.operator.parameter(meta.object.fields[filter.field].name);
            (name.into(), Parameter::Field(filter))
        }));
        let own = meta.list.filters.iter().enumerate();
        all.extend(own.map(|(index, filter)| (filter.name.into(), Parameter::Own(index))));
        let resource = format!("{} {}", meta.path, meta.table);
        let names: Vec<_> = all.iter().map(|(name, _)| name.clone()).collect();
        all.sort_by(|one, other| one.0.cmp(&other.0));
        let position = |name| all.iter().position(|(known, _)| known == name).unwrap_or_default();
        Parameters {
            order: names.iter().map(position).collect(),
            known: all,
            sorts: meta
                .sorts()
                .map(|column| (meta.object.fields[column].name, Order::of(meta, column, false)))
                .collect(),
            searches,
            of_no_query: cursor::fingerprint([&*resource]),
            resource,
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&(Cow<'static, str>, Parameter)> {
        let found = self.known.binary_search_by(|(known, _)| (**known).cmp(name)).ok()?;
        Some(&self.known[found])
    }

    /// The names of those offered parameters that may have been meant by an unknown one, the nearest first.
    pub(super) fn nearest(&self, name: &str, is_offered: impl Fn(Parameter) -> bool) -> Vec<String> {
        let known = self.order.iter().map(|position| &self.known[*position]);
        nearest(name, known.filter(|(_, parameter)| is_offered(*parameter)).map(|(name, _)| &**name))
    }
}

/// Whether the lists of a resource have a parameter of this name.
pub(crate) fn is_list_parameter(meta: &'static ResourceMeta, name: &str) -> bool {
    Parameters::of(meta).get(name).is_some()
}

/// Of all these names, those that are nearest to a given one, the nearest first.
pub(super) fn nearest<'a>(name: &str, all: impl Iterator<Item = &'a str>) -> Vec<String> {
    // Nobody misspells at such a length.
    let name = &name[..name.floor_char_boundary(256)];
    let mut all: Vec<(f64, &str)> = all.map(|known| (strsim::jaro_winkler(name, known), known)).collect();
    all.sort_by(|one, other| other.0.total_cmp(&one.0));
    all.into_iter().take(MOST_ALLOWED).map(|(_, known)| known.to_owned()).collect()
}

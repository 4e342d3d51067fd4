//! The names of the operations of all APIs of a rocket, in the order of their numbers in the route tables.

use std::collections::{BTreeSet, HashMap};

use super::served::Served;
use crate::resource::naming::{names, template, unique};
use crate::resource::{Operation, ResourceMeta};
use crate::route::{OperationName, Operations};

/// The names of all operations, as the documents have them. Where two APIs have an id in common, it has the base of the
/// API before it: `v1.read_hero`.
pub(super) fn operation_names(served: &[Served<'_>]) -> Operations {
    let mut all: Vec<(&str, OperationName)> = Vec::new();
    for api in served {
        let base = api.api.base.trim_matches('/');
        all.extend(of_api(api).into_iter().map(|name| (base, name)));
    }
    let mut owners: HashMap<String, BTreeSet<&str>> = HashMap::new();
    for (base, name) in &all {
        owners.entry(name.id.clone()).or_default().insert(base);
    }
    let named = all.into_iter().map(|(base, mut name)| {
        let is_shared = !name.id.is_empty() && owners.get(&name.id).is_some_and(|bases| bases.len() > 1);
        if is_shared && !base.is_empty() {
            name.id = format!("{}.{}", base.replace('/', "."), name.id);
        }
        name
    });
    Operations::new(named.collect())
}

/// Those of one API: of its functions, of its resources (all that a resource can have, whether or not it does), and of
/// its pages, as `RouteTable::number` counts them.
fn of_api(api: &Served<'_>) -> Vec<OperationName> {
    let base = &api.api.base;
    // Ids are made unique in the order of the document. What is hidden from that comes last.
    let mut taken = BTreeSet::new();
    let shown: Vec<&ResourceMeta> = api
        .resources
        .iter()
        .map(|resource| resource.what.descriptor.meta)
        .filter(|meta| meta.operations.iter().next().is_some())
        .collect();
    let mut of_shown = names(&shown).into_iter();
    let of_resources: Vec<_> = api
        .resources
        .iter()
        .map(|resource| {
            let meta = resource.what.descriptor.meta;
            (resource, meta.operations.iter().next().and_then(|_| of_shown.next()))
        })
        .collect();
    let mut ids: HashMap<(usize, Operation), String> = HashMap::new();
    let mut functions: Vec<Option<String>> = vec![None; api.functions.len()];
    for hidden in [false, true] {
        for (index, (resource, names)) in of_resources.iter().enumerate() {
            let Some(names) = names.as_ref().filter(|_| resource.shared.hidden == hidden) else { continue };
            for operation in resource.what.descriptor.meta.operations.iter() {
                ids.insert((index, operation), unique(&mut taken, &names.id(operation)));
            }
        }
        for (id, function) in functions.iter_mut().zip(&api.functions) {
            let meta = function.what.meta();
            if (meta.hidden || function.shared.hidden) == hidden {
                *id = Some(unique(&mut taken, meta.operation_id()));
            }
        }
    }
    let mut all = Vec::new();
    for (id, function) in functions.into_iter().zip(&api.functions) {
        all.push(OperationName {
            id: id.unwrap_or_default(),
            method: function.what.meta().method.as_str(),
            path: template(&format!("{base}{}", Served::function_path(function))),
        });
    }
    for (index, (resource, _)) in of_resources.iter().enumerate() {
        let meta = resource.what.descriptor.meta;
        for operation in Operation::ALL {
            all.push(OperationName {
                id: ids.remove(&(index, operation)).unwrap_or_default(),
                method: operation.method().as_str(),
                path: template(&format!("{base}{}{}", resource.prefix, meta.address(operation))),
            });
        }
    }
    all.push(OperationName { id: "docs".to_owned(), method: "GET", path: String::new() });
    all
}

//! What may be asked of a path: the methods and the headers that whatever stands there takes.

use std::collections::BTreeSet;

use rocket::Request;
use rocket::http::Method;

use super::path::{matches_path, normalized, toggle_trailing_slash};
use super::rank::is_own;
use super::route_table::{RouteTable, ServedFunction, Target};
use super::route_tables::RouteTables;
use crate::function::{Plan, SchemeKind};
use crate::input::{InputMeta, Place};

/// The methods of a path, and the headers that its operations declare.
#[derive(Debug, Default)]
pub(crate) struct Reach {
    /// In the order of the alphabet.
    pub(crate) methods: BTreeSet<&'static str>,
    pub(crate) headers: BTreeSet<&'static str>,
}

impl RouteTables {
    /// What may be asked of the path of a request, or `None` where nothing is. Of a path with a slash too many or too
    /// few, from which an API redirects whatever the method, that is what the right one has.
    pub(crate) fn reach(&self, request: &Request<'_>) -> Option<Reach> {
        let path = normalized(request.uri().path().as_str());
        let mut reach = Reach::default();
        for table in self.all() {
            if !table.add_reach(&path, &mut reach) {
                table.add_reach(&toggle_trailing_slash(&path), &mut reach);
            }
        }
        let others = request.rocket().routes();
        let others = others.filter(|route| !is_own(route) && matches_path(route.uri.path(), &path));
        reach.methods.extend(others.map(|route| route.method.as_str()));
        if reach.methods.contains(Method::Get.as_str()) {
            reach.methods.insert(Method::Head.as_str());
        }
        (!reach.methods.is_empty()).then_some(reach)
    }
}

impl RouteTable {
    /// Adds what may be asked of a path of this API. Returns whether it answers there.
    fn add_reach(&self, path: &str, reach: &mut Reach) -> bool {
        let mut is_answered = false;
        self.each_target(path, |method, target| {
            is_answered = true;
            reach.methods.insert(method.as_str());
            self.each_header(target, |name| {
                reach.headers.insert(name);
            });
        });
        is_answered
    }

    /// Tells each header that a target takes an input, or who asks, from. Guards may look at others, of which nothing is
    /// known.
    fn each_header(&self, target: Target, mut tell: impl FnMut(&'static str)) {
        let of_inputs = |inputs: &[InputMeta], tell: &mut dyn FnMut(&'static str)| {
            let headers = inputs.iter().filter(|input| input.place == Place::Header);
            headers.for_each(|input| tell(input.field.name));
        };
        let plan: Option<&Plan> = match target {
            Target::Function(index) => {
                let ServedFunction { function, plan, .. } = &self.functions[index];
                of_inputs(function.meta().inputs, &mut tell);
                plan.as_ref()
            }
            Target::Operation(index, operation) => {
                self.resources[index].plans.get(&operation).map(|planned| &planned.plan)
            }
            Target::Page(_) | Target::UserRoute { .. } => None,
        };
        let Some(plan) = plan else { return };
        of_inputs(&plan.all, &mut tell);
        for scheme in plan.nodes.iter().filter_map(|node| node.meta.scheme) {
            match scheme.kind {
                SchemeKind::ApiKey("header", name) => tell(name),
                SchemeKind::ApiKey(..) => {}
                SchemeKind::Http(_) | SchemeKind::Password { .. } => tell("Authorization"),
            }
        }
    }
}

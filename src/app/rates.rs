//! Puts the rates of a rocket together, when all that its APIs serve is known.

use std::sync::Arc;

use super::api::ApiParts;
use crate::edge;
use crate::function::{Overrides, Plan};
use crate::resource::ResourceMeta;
use crate::route::{CallerNode, CallerUse, Limit, Rates, ServedFunction, ServedResource, caller_of};

/// The rates of a rocket.
pub(super) struct RocketRates {
    /// What counts requests, if there is a rate.
    pub(super) rates: Option<Arc<Rates>>,
    /// The rate of each resource.
    limits: Vec<Option<Arc<Limit>>>,
    /// How callers are found.
    callers: Vec<&'static CallerUse>,
}

impl RocketRates {
    /// The rates of a rocket with these resources; `functions` tells whether a function has one.
    pub(super) fn of(
        settings: &edge::Settings,
        apis: &[Arc<ApiParts>],
        resources: &[&'static ResourceMeta],
        mut functions: impl Iterator<Item = bool>,
    ) -> Self {
        let of_resource = |meta: &&ResourceMeta| meta.rate_limit.map(Limit::of_resource);
        let limits: Vec<_> = resources.iter().map(of_resource).collect();
        let is_limited = settings.per_caller.is_some()
            || limits.iter().any(Option::is_some)
            || functions.any(|has_rate| has_rate);
        let rates = is_limited.then(|| Rates::new(settings.per_caller, settings.trusts_header));
        let of_apis = apis.iter().filter_map(|api| api.auth.as_ref()?.found.to::<CallerUse>());
        let of_resources = resources.iter().filter_map(|meta| caller_of(meta));
        RocketRates { rates, limits, callers: of_apis.chain(of_resources).collect() }
    }

    /// Gives each function of an API its rate, and tells which of its dependencies give the caller.
    pub(super) fn of_functions(&self, functions: &mut [ServedFunction], overrides: &Overrides) {
        for function in functions.iter_mut().filter(|_| self.rates.is_some()) {
            function.limit = function.function.meta().rate_limit.map(Limit::of_operation);
            let callers = function.plan.as_ref().map(|plan| self.callers(plan, overrides));
            function.callers = callers.unwrap_or_default();
        }
    }

    /// The same for the resources of an API. Those of several APIs have one rate.
    pub(super) fn of_resources(&self, resources: &mut [ServedResource], overrides: &Overrides) {
        for resource in resources.iter_mut().filter(|_| self.rates.is_some()) {
            resource.limit = self.limits.get(resource.service).cloned().flatten();
            for planned in resource.plans.values_mut() {
                planned.callers = self.callers(&planned.plan, overrides);
            }
        }
    }

    /// The dependencies of a plan that give a caller.
    fn callers(&self, plan: &Plan, overrides: &Overrides) -> Vec<CallerNode> {
        let caller_of_node = |(node, asked): (usize, &crate::function::Node)| {
            let gives = |caller: &&&'static CallerUse| {
                let declared = (caller.used.of)();
                let meta = overrides.get(&(declared.identity)()).copied().unwrap_or(declared);
                (meta.identity)() == (asked.meta.identity)()
            };
            self.callers.iter().find(gives).map(|caller| CallerNode { node, tell: caller.tell })
        };
        plan.nodes.iter().enumerate().filter_map(|(node, asked)| caller_of_node((node, asked))).collect()
    }
}

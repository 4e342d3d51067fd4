//! The plans of everything that one API serves: what each operation depends on, and what is wrong with that.

use std::any::TypeId;
use std::collections::HashMap;

use super::router::{Mounted, RegisteredResource};
use super::served::{Served, is_prefix, repeated};
use crate::function::{Overrides, Plan, Planned};
use crate::input::parameters;
use crate::operation::is_list_parameter;
use crate::resource::{AccessMeta, Operation, ResourceMeta};
use crate::route::{
    AnyFunction, CallerUse, Lent, ResourcePlan, ServedFunction, ServedResource, caller_of, dependencies_of,
};

impl Served<'_> {
    /// The functions with the plans of their dependencies.
    ///
    /// # Errors
    /// Everything that no request could satisfy.
    pub(super) fn planned_functions(&self) -> Result<Vec<ServedFunction>, Vec<String>> {
        let mut all = Vec::new();
        let mut problems = Vec::new();
        for function in &self.functions {
            let plan = self.overridden_plan(function);
            if let Ok(Some(plan)) = &plan {
                let meta = function.what.meta();
                let untaken = parameters(meta.path).filter(|(_, name, _)| !takes(plan, name));
                problems.extend(untaken.map(|(_, name, _)| {
                    format!(
                        "the function `{}`: nothing takes `<{name}>` of its path: neither the function nor a dependency",
                        meta.name
                    )
                }));
            }
            match plan {
                Ok(plan) => all.push(ServedFunction {
                    reads_body: plan
                        .as_ref()
                        .map_or(function.what.meta().inputs, |plan| &plan.all)
                        .iter()
                        .any(|input| input.place.is_body()),
                    is_private: plan.as_ref().is_some_and(|plan| lent(plan).any(is_private)),
                    limit: None,
                    callers: Vec::new(),
                    function: function.what,
                    depth: self.depth(&function.prefix),
                    plan,
                }),
                Err(wrong) => problems.extend(wrong),
            }
        }
        if problems.is_empty() { Ok(all) } else { Err(problems) }
    }

    fn overridden_plan(&self, function: &Mounted<AnyFunction>) -> Result<Option<Plan>, Vec<String>> {
        let mut plan = self.plan(function, &self.api.overrides)?;
        if !self.api.overrides.is_empty()
            && let (Some(plan), Ok(Some(declared))) = (&mut plan, self.plan(function, &Overrides::new()))
        {
            plan.read_body_as(&declared);
        }
        Ok(plan)
    }

    /// The plan of a function, with these dependencies in the place of others.
    pub(super) fn plan(
        &self,
        function: &Mounted<AnyFunction>,
        overrides: &Overrides,
    ) -> Result<Option<Plan>, Vec<String>> {
        let meta = function.what.meta();
        let path = format!("{}{}", self.api.base, Served::function_path(function));
        let planned = Planned {
            name: format!("the function `{}`", meta.name),
            path: &path,
            depth: self.depth(&function.prefix),
            bodiless: meta.method.is_bodiless(),
            inputs: meta.inputs,
            levels: &function.shared.dependencies,
            own: meta.dependencies,
        };
        let mut plan = Plan::of(&planned, overrides)?;
        if let Some(plan) = &mut plan {
            // The first that a repository depends on.
            let lent = plan.nodes.iter().filter(|node| node.meta.lends.to::<Lent>().is_some_and(is_private));
            plan.callers = lent.filter_map(|node| node.children.first().copied().flatten()).collect();
        }
        Ok(plan)
    }

    /// The plan of an operation of a resource.
    pub(super) fn resource_plan(
        &self,
        resource: &Mounted<RegisteredResource>,
        operation: Operation,
        overrides: &Overrides,
    ) -> Result<Option<Plan>, Vec<String>> {
        let meta = resource.what.descriptor.meta;
        let path = format!("{}{}{}", self.api.base, resource.prefix, meta.address(operation));
        let mut levels = resource.shared.dependencies.clone();
        levels.extend(dependencies_of(meta));
        // The last one, after which the operation looks for the caller.
        let auth = self.api.auth.as_ref();
        let named = || auth.and_then(|auth| auth.found.to::<CallerUse>());
        let caller = caller_of(meta).or_else(named);
        levels.extend(caller.map(|caller| caller.used));
        let planned = Planned {
            name: format!("the resource `{}`", meta.object.name),
            path: &path,
            depth: self.depth(&resource.prefix),
            bodiless: operation.method().is_bodiless(),
            inputs: &[],
            levels: &levels,
            own: &[],
        };
        let mut plan = Plan::of(&planned, overrides)?;
        if let (Some(plan), Some(_)) = (&mut plan, caller) {
            plan.callers = plan.roots.last().copied().flatten().into_iter().collect();
        }
        if let Some(input) = plan.iter().flat_map(|plan| &plan.all).find(|input| input.place.is_body()) {
            return Err(vec![format!(
                "{}: a dependency takes `{}` from the body, which is the row that a client sends",
                planned.name, input.field.name
            )]);
        }
        Ok(plan)
    }

    /// The resources with the plans of their dependencies; `position` is that of the service of each.
    pub(super) fn planned_resources(
        &self,
        position: impl Fn(&RegisteredResource) -> usize,
    ) -> Result<Vec<ServedResource>, Vec<String>> {
        let mut all = Vec::new();
        let mut problems: Vec<String> = Vec::new();
        for resource in &self.resources {
            let mut plans = HashMap::new();
            for operation in resource.what.descriptor.meta.operations.iter() {
                match self.resource_plan(resource, operation, &self.api.overrides) {
                    Ok(Some(plan)) => {
                        let not_own = not_own(&plan, operation, resource.what.descriptor.meta);
                        plans.insert(operation, ResourcePlan { plan, not_own, callers: Vec::new() });
                    }
                    Ok(None) => {}
                    Err(wrong) => {
                        for problem in wrong {
                            if !problems.contains(&problem) {
                                problems.push(problem);
                            }
                        }
                    }
                }
            }
            all.push(ServedResource {
                service: position(&resource.what),
                prefix: format!("{}{}", self.api.base, resource.prefix),
                depth: self.depth(&resource.prefix),
                plans,
                limit: None,
            });
        }
        if problems.is_empty() { Ok(all) } else { Err(problems) }
    }

    /// A message for each function that takes the rows of a resource which no API serves.
    pub(super) fn unlent(&self, is_served: impl Fn(TypeId) -> bool) -> Vec<String> {
        let mut problems = Vec::new();
        for function in &self.functions {
            let Ok(Some(plan)) = self.overridden_plan(function) else { continue };
            for Lent { resource, meta } in lent(&plan) {
                if !is_served(resource()) {
                    let (name, resource) = (function.what.meta().name, meta.object.name);
                    problems.push(format!(
                        "the function `{name}` takes `Repository<{resource}>`, and no API of this rocket serves \
                         `{resource}`: write `.resource::<{resource}>()`, with `operations()` in its declaration if it is to have \
                         no routes"
                    ));
                }
            }
        }
        problems
    }

    /// A message for each parameter of a router's path that nothing takes.
    pub(super) fn untaken_parameters(&self) -> Vec<String> {
        let mut problems = Vec::new();
        self.api.root.each("", &mut |router, prefix| {
            for (_, name, _) in parameters(&router.prefix) {
                if is_prefix(&router.prefix) && !self.takes(prefix, name) {
                    problems.push(format!(
                        "`Router::new(\"{}\")`: no function takes `<{name}>`, nor does a dependency: take it with \
                         `#[param(path)] {name}: ..`",
                        router.prefix
                    ));
                }
            }
        });
        problems
    }

    /// Whether anything under a prefix takes a parameter of it.
    fn takes(&self, prefix: &str, name: &str) -> bool {
        let of_plan = |plan: Result<Option<Plan>, Vec<String>>| match plan {
            Ok(plan) => plan.iter().any(|plan| takes(plan, name)),
            // Whatever is wrong is told by itself.
            Err(_) => true,
        };
        let below =
            |other: &str| other == prefix || other.strip_prefix(prefix).is_some_and(|r| r.starts_with('/'));
        // That is told by itself too.
        if self.paths().any(|(_, path)| below(&path) && repeated(&path) == Some(name)) {
            return true;
        }
        let none = Overrides::new();
        let functions = self.functions.iter().filter(|function| below(&function.prefix));
        let resources = self.resources.iter().filter(|resource| below(&resource.prefix));
        functions.into_iter().any(|function| of_plan(self.plan(function, &none)))
            || resources.into_iter().any(|resource| {
                let mut operations = resource.what.descriptor.meta.operations.iter();
                operations.any(|operation| of_plan(self.resource_plan(resource, operation, &none)))
            })
    }
}

/// The names in the query that belong to the dependencies of an operation, and not to the resource too.
fn not_own(plan: &Plan, operation: Operation, meta: &'static ResourceMeta) -> Vec<&'static str> {
    let is_own = |name: &&str| operation == Operation::List && is_list_parameter(meta, name);
    plan.names_in_query().into_iter().filter(|name| !is_own(name)).collect()
}

/// Whether anything of a plan takes a parameter of the path.
fn takes(plan: &Plan, name: &str) -> bool {
    plan.all.iter().any(|input| input.field.name == name && input.place.name() == "path")
}

/// The resources whose rows the dependencies of a plan give.
fn lent(plan: &Plan) -> impl Iterator<Item = &'static Lent> + '_ {
    plan.nodes.iter().filter_map(|node| node.meta.lends.to::<Lent>())
}

/// Whether what is done with the rows of a resource depends on who asks.
fn is_private(lent: &Lent) -> bool {
    lent.meta.access.is_some_and(AccessMeta::depends_on_caller)
}

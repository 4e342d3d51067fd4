//! Arguments whose type is itself a dependency, such as `token: Bearer`. As in `probe`, method resolution decides: the
//! inherent constants and methods here are those of such types, and those of the traits of all others.

#![allow(missing_docs, reason = "only the code that macros write names these")]

use std::convert::Infallible;
use std::future::{Ready, ready};

use super::dependency::{Dependency, used};
use super::function::Call;
use super::probe::{ArgumentProbe, Failure, Guarded};
use crate::function::DependencyUse;

/// What is known of an argument whose type is no dependency.
pub trait NotDepended<T>: Sized {
    const DEPENDENCY: Option<DependencyUse> = None;

    /// The value of the argument, once all others are there.
    fn given(self, made: Option<T>, _: &mut Call<'_, '_>, _: usize) -> Option<T> {
        made
    }
}

/// Nothing is done before the dependencies were asked.
pub trait ProbeDependency<T>: Sized {
    fn before(self, _: &mut Call<'_, '_>) -> Ready<Result<Option<T>, Failure<Infallible>>> {
        ready(Ok(None))
    }
}

impl<T: Dependency<Value = T>, K> ArgumentProbe<T, K> {
    pub const DEPENDENCY: Option<DependencyUse> = Some(used::<T>());

    pub fn given(self, _: Option<T>, call: &mut Call<'_, '_>, used: usize) -> Option<T> {
        call.value(used)
    }
}

impl<T, K> NotDepended<T> for ArgumentProbe<T, K> {}

impl<T: Dependency<Value = T>, K> ProbeDependency<T> for ArgumentProbe<T, K> {}

impl<T: Dependency<Value = T>> Guarded<T> {
    pub const DEPENDENCY: Option<DependencyUse> = Some(used::<T>());

    pub fn given(self, _: Option<T>, call: &mut Call<'_, '_>, used: usize) -> Option<T> {
        call.value(used)
    }
}

impl<T> NotDepended<T> for Guarded<T> {}

impl<T: Dependency<Value = T>> ProbeDependency<T> for Guarded<T> {}

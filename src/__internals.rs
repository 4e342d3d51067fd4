//! What crewed's own tests and benchmarks look at. Nothing here is part of the interface.

#![allow(missing_docs, reason = "each name is documented where it is declared")]

pub mod input {
    pub use crate::input::{pairs, parameter, unicode_pairs, unknown_keys};
}

pub mod issue {
    pub use crate::issue::{
        Bound, Issue, IssueCollector, IssueKind, Issues, MOST_ECHOED, MOST_ISSUES, MOST_TOLD, Step,
    };
}

pub mod operation {
    pub use crate::operation::page_reads;
}

pub mod resource {
    pub use crate::resource::{
        Change, Changes, Column, ColumnType, Compute, ComputeError, DecodeError, IndexMeta, IndexedFilter,
        Input, Operation, Resource, Role, Row, Table, TableColumn,
    };
}

#[cfg(feature = "testing")]
pub mod sabotage {
    pub use crate::resource::sabotage::{Site, sabotage};
}

pub mod store {
    pub use crate::resource::{Comparand, Comparison, Condition, TextSearch};
    pub use crate::store::{
        Action, BoxedConditions, Columns, Conditions, Durability, FieldCondition, Mask, Migrate, OpenError,
        Order, PoolState, Refusal, ReplicaState, SchemaPolicy, SchemaStep, Scope, Select, Sink, Sql,
        StepAction, Store, StoreError, StoreMetrics, StoreState, Transaction, Undeclared, When, Write,
    };

    #[cfg(feature = "postgres")]
    pub mod postgres {
        pub use crate::store::postgres::{Address, ExaminedPostgres, Options, PostgresStore, explained};
    }

    #[cfg(feature = "sqlite")]
    pub mod sqlite {
        pub use crate::store::sqlite::{ExaminedSqlite, Location, Options, SqliteStore, explained};
    }
}

pub mod value {
    pub use crate::value::{Value, ValueRef};
}

pub mod wire {
    pub use crate::wire::{
        Body, CompiledPattern, Constraints, FieldMeta, Fields, MOST_INDEXED, ObjectMeta, Out, Pattern,
        Presence, Shape, UnitEnumMeta, Wire, parse,
    };
}

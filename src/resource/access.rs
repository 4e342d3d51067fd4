//! Who may do what with the rows of a resource, as data.
//!
//! A rule is a condition on a row and on whoever asks, the caller. At the beginning of a request its part about the caller
//! is evaluated, and what is left is a [`Condition`] on rows, which becomes a part of every statement. A caller who is not
//! known makes every comparison with them unknown, and so is its negation: no row is shown for either.

use std::any::Any;
use std::fmt;
use std::hash::Hasher;

use super::sabotage::{Site, drops};
use super::{Comparand, Comparison, Condition};
use crate::input::Described;

/// Whoever asks, without their type.
pub type AnyCaller = dyn Any + Send + Sync;

/// The access rules of a resource.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct AccessMeta {
    /// The rows that a caller may see.
    pub read: JudgedRule,
    /// The rows that a caller may create.
    pub create: JudgedRule,
    /// The rows that a caller may change.
    pub update: JudgedRule,
    /// The rows that a caller may delete.
    pub delete: JudgedRule,
    /// What a row must be after a write, if that is not what the rule of the write and that of reads say.
    pub check: Option<JudgedRule>,
    /// How the caller of a request is found, which the routes know; `NOTHING` where nobody is asked for.
    pub caller: Described,
    /// The owner of a row.
    pub owner: Option<CallerColumn>,
    /// The tenant of a row, whose callers alone see it, and whether a caller belongs to all tenants.
    pub tenant: Option<(CallerColumn, IsEverywhere)>,
    /// Fields with rules of their own.
    pub fields: &'static [FieldAccess],
}

/// Whether a caller belongs to all tenants.
pub(crate) type IsEverywhere = fn(&AnyCaller) -> bool;

/// A column that has a value of the caller who has created the row.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct CallerColumn {
    /// Its position.
    pub column: usize,
    /// The value of a caller. There is none for one who is of another type.
    pub of: fn(&AnyCaller) -> Option<Comparand>,
}

/// A field that not every caller who sees the row may see or set.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct FieldAccess {
    /// Its column.
    pub column: usize,
    /// The rows in which a caller may see it.
    pub read: Option<JudgedRule>,
    /// The rows in which a caller may set it.
    pub write: Option<JudgedRule>,
}

/// A rule, and the same as Rust, which the compiler checks and tests compare it with.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct JudgedRule {
    /// The rule.
    pub rule: Rule,
    /// Whether it is true for a row, which is a struct under `#[resource]`, and a caller, if one is known. It is `None`
    /// where that is unknown, which counts as no.
    pub oracle: fn(&dyn Any, Option<&AnyCaller>) -> Option<bool>,
}

/// A condition on a row and on the caller.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Rule {
    /// True.
    Public,
    /// False.
    Never,
    /// Somebody asks who is known.
    Caller,
    /// The caller is the owner of the row.
    Owner,
    /// All of these are true.
    All(&'static [Rule]),
    /// At least one of these is true.
    Any(&'static [Rule]),
    /// This is false.
    Not(&'static Rule),
    /// A column compares so with a constant.
    Row(usize, Comparison, fn() -> Comparand),
    /// A column compares so with a value of the caller.
    Compared(usize, Comparison, fn(&AnyCaller) -> Option<Comparand>),
    /// A column is NULL.
    IsNull(usize),
    /// This is true of the caller.
    OfCaller(fn(&AnyCaller) -> bool),
}

impl CallerColumn {
    /// The value of a caller. One that is NULL is none: nobody has the rows of nobody.
    pub(crate) fn value(&self, caller: &AnyCaller) -> Option<Comparand> {
        (self.of)(caller).filter(|value| !matches!(value, Comparand::Null))
    }
}

impl JudgedRule {
    /// A rule, with the same as Rust.
    #[must_use]
    pub const fn new(rule: Rule, oracle: fn(&dyn Any, Option<&AnyCaller>) -> Option<bool>) -> Self {
        JudgedRule { rule, oracle }
    }
}

impl Rule {
    /// Whether it leaves no row to some callers who are known. A negation counts as one of what is asked of these.
    fn may_be_nothing(&self) -> bool {
        match self {
            Rule::Never | Rule::OfCaller(_) => true,
            Rule::All(rules) => rules.iter().any(Rule::may_be_nothing),
            Rule::Any(rules) => rules.iter().all(Rule::may_be_nothing),
            Rule::Not(inner) => {
                matches!(inner, Rule::OfCaller(_) | Rule::Public | Rule::Caller | Rule::All(_) | Rule::Any(_))
            }
            Rule::Public
            | Rule::Caller
            | Rule::Owner
            | Rule::Row(..)
            | Rule::Compared(..)
            | Rule::IsNull(_) => false,
        }
    }
}

impl FieldAccess {
    /// A field that everybody may see and set who may see and change the row.
    #[must_use]
    pub const fn new(column: usize) -> Self {
        FieldAccess { column, read: None, write: None }
    }

    /// Sets who may see it.
    #[must_use]
    pub const fn read(self, rule: JudgedRule) -> Self {
        FieldAccess { read: Some(rule), ..self }
    }

    /// Sets who may set it.
    #[must_use]
    pub const fn write(self, rule: JudgedRule) -> Self {
        FieldAccess { write: Some(rule), ..self }
    }
}

impl AccessMeta {
    /// The rules of the operations.
    #[must_use]
    pub const fn new(read: JudgedRule, create: JudgedRule, update: JudgedRule, delete: JudgedRule) -> Self {
        AccessMeta {
            read,
            create,
            update,
            delete,
            check: None,
            caller: Described::NOTHING,
            owner: None,
            tenant: None,
            fields: &[],
        }
    }

    /// Sets how the caller is found.
    #[must_use]
    pub const fn caller(self, caller: Described) -> Self {
        AccessMeta { caller, ..self }
    }

    /// Sets what a row must be after a write.
    #[must_use]
    pub const fn check(self, rule: JudgedRule) -> Self {
        AccessMeta { check: Some(rule), ..self }
    }

    /// Sets the column of the owner.
    #[must_use]
    pub const fn owner(self, column: usize, of: fn(&AnyCaller) -> Option<Comparand>) -> Self {
        AccessMeta { owner: Some(CallerColumn { column, of }), ..self }
    }

    /// Sets the column of the tenant.
    #[must_use]
    pub const fn tenant(
        self,
        column: usize,
        of: fn(&AnyCaller) -> Option<Comparand>,
        is_everywhere: IsEverywhere,
    ) -> Self {
        AccessMeta { tenant: Some((CallerColumn { column, of }, is_everywhere)), ..self }
    }

    /// Sets the rules of fields.
    #[must_use]
    pub const fn fields(self, fields: &'static [FieldAccess]) -> Self {
        AccessMeta { fields, ..self }
    }

    /// Whether everybody may do everything, so that nothing has to be asked.
    pub(crate) fn is_open(&self) -> bool {
        let all = [self.read, self.create, self.update, self.delete];
        all.iter().all(|rule| matches!(rule.rule, Rule::Public))
            && self.check.is_none()
            && self.owner.is_none()
            && self.tenant.is_none()
            && self.fields.is_empty()
    }

    /// The columns whose values are those of the caller who creates a row.
    pub(crate) fn caller_columns(&self) -> impl Iterator<Item = &CallerColumn> {
        self.owner.iter().chain(self.tenant.as_ref().map(|(tenant, _)| tenant))
    }

    /// Whether a column has a value of the caller who creates a row.
    pub(crate) fn is_of_caller(&self, column: usize) -> bool {
        self.caller_columns().any(|own| own.column == column)
    }

    /// Whether a caller may write a row that they do not see: where the declaration has a check of its own, or they see no row
    /// at all and may create some.
    pub(crate) fn may_write_unseen(&self) -> bool {
        let creates = !self.rows(&self.create, None).is_false();
        self.check.is_some()
            || self.read.rule.may_be_nothing()
            || (creates && self.rows(&self.read, None).is_false())
    }

    /// Whether an answer depends on who asks.
    pub(crate) fn depends_on_caller(&self) -> bool {
        !self.caller.is_nothing()
    }

    /// The rows for which a rule is true, if this one asks: of those of their tenant.
    pub(crate) fn rows(&self, rule: &JudgedRule, caller: Option<&AnyCaller>) -> Condition {
        self.of_tenant(caller).and(self.holds(rule, caller))
    }

    /// The same of any tenant, for rules that stand beside others.
    pub(crate) fn holds(&self, rule: &JudgedRule, caller: Option<&AnyCaller>) -> Condition {
        self.rows_where(&rule.rule, caller, true)
    }

    /// The rows of the caller's tenant. There are none for a caller who is not known.
    fn of_tenant(&self, caller: Option<&AnyCaller>) -> Condition {
        let Some((tenant, is_everywhere)) = &self.tenant else { return Condition::TRUE };
        let Some(caller) = caller else { return Condition::FALSE };
        if is_everywhere(caller) || drops(Site::Tenant) {
            return Condition::TRUE;
        }
        tenant.value(caller).map_or(Condition::FALSE, |own| own.compared(tenant.column, Comparison::Equal))
    }

    /// The rows for which a rule is true, or for which it is false. It is neither where it is unknown.
    fn rows_where(&self, rule: &Rule, caller: Option<&AnyCaller>, is: bool) -> Condition {
        let certain = |truth: bool| if truth == is { Condition::TRUE } else { Condition::FALSE };
        let compared = |column, comparison, comparand: Comparand| {
            let condition = comparand.compared(column, comparison);
            if is { condition } else { condition.negated() }
        };
        let each = |rules: &'static [Rule]| rules.iter().map(|rule| self.rows_where(rule, caller, is));
        match (*rule, caller) {
            (Rule::Public, _) => certain(true),
            (Rule::Never, _) => certain(false),
            (Rule::Not(inner), _) => self.rows_where(inner, caller, !is),
            (Rule::All(rules), _) if is => each(rules).fold(Condition::TRUE, Condition::and),
            (Rule::All(rules), _) => each(rules).fold(Condition::FALSE, Condition::or),
            (Rule::Any(rules), _) if is => each(rules).fold(Condition::FALSE, Condition::or),
            (Rule::Any(rules), _) => each(rules).fold(Condition::TRUE, Condition::and),
            (Rule::Row(column, comparison, operand), _) => compared(column, comparison, operand()),
            (Rule::IsNull(column), _) => compared(column, Comparison::Equal, Comparand::Null),
            // Whether somebody is known is always known.
            (Rule::Caller, caller) => certain(caller.is_some()),
            (Rule::Owner | Rule::Compared(..) | Rule::OfCaller(_), None) => Condition::FALSE,
            (Rule::OfCaller(asked), Some(caller)) => certain(asked(caller)),
            (Rule::Owner, Some(caller)) => match &self.owner {
                Some(owner) => {
                    let compared = |own| compared(owner.column, Comparison::Equal, own);
                    owner.value(caller).map_or(Condition::FALSE, compared)
                }
                None => Condition::FALSE,
            },
            (Rule::Compared(column, comparison, operand), Some(caller)) => {
                operand(caller).map_or(Condition::FALSE, |operand| compared(column, comparison, operand))
            }
        }
    }
}

impl fmt::Debug for JudgedRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rule.fmt(f)
    }
}

impl fmt::Debug for CallerColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column {}", self.column)
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rule::Public => f.write_str("public"),
            Rule::Never => f.write_str("never"),
            Rule::Caller => f.write_str("caller"),
            Rule::Owner => f.write_str("owner"),
            Rule::All(rules) => f.debug_tuple("all").field(rules).finish(),
            Rule::Any(rules) => f.debug_tuple("any").field(rules).finish(),
            Rule::Not(rule) => f.debug_tuple("not").field(rule).finish(),
            Rule::Row(column, comparison, _) => write!(f, "column {column} {comparison:?} constant"),
            Rule::Compared(column, comparison, _) => write!(f, "column {column} {comparison:?} caller"),
            Rule::IsNull(column) => write!(f, "column {column} is null"),
            Rule::OfCaller(_) => f.write_str("of the caller"),
        }
    }
}

/// Whoever asks for rows of a resource with access rules: a struct under [`#[caller]`](macro@crate::caller).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no caller",
    label = "write `#[crewed::caller]` above this struct",
    note = "a caller is a request guard of your own, or is given by a dependency: `#[crewed::caller(depends(current_user))]`"
)]
pub trait Caller: Clone + Send + Sync + 'static {
    /// The declaration.
    #[doc(hidden)]
    const META: &'static CallerMeta;

    /// Tells the caller from others. Returns whether there is an id to do that by.
    #[doc(hidden)]
    fn tell(&self, _: &mut dyn Hasher) -> bool {
        false
    }

    /// The id of a caller as a text for the log, if they have one that tells nothing by itself.
    #[doc(hidden)]
    const LOGGED_ID: Option<LoggedId> = None;
}

/// The id of a caller as a text for the log.
pub type LoggedId = fn(&AnyCaller) -> Option<String>;

/// The declaration of a caller.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CallerMeta {
    /// The name of its type.
    pub name: &'static str,
    /// How the caller of a request is found, which the routes know.
    pub found: Described,
}

impl CallerMeta {
    /// Declares a caller.
    #[must_use]
    pub const fn new(name: &'static str, found: Described) -> Self {
        CallerMeta { name, found }
    }
}

/// The id of a caller as a text for the log: an integer or a UUID, which tells nothing of a person by itself. A text may
/// be an address or a name, and a type of the program's own anything: these do not get there.
pub fn logged_id<C: CallerId>(caller: &AnyCaller) -> Option<String> {
    let id: &dyn Any = caller.downcast_ref::<C>()?.id();
    macro_rules! first_of {
        ($($ty:ty),*) => {
            None$(.or_else(|| id.downcast_ref::<$ty>().map(ToString::to_string)))*
        };
    }
    first_of!(i64, uuid::Uuid, i32, u32, u64, i16, u16, i8, u8)
}

/// A caller that owns rows.
pub trait CallerId: Caller {
    /// The type of the id.
    type Id: Clone;

    /// The id.
    fn id(&self) -> &Self::Id;
}

/// A caller that belongs to a tenant.
#[diagnostic::on_unimplemented(
    message = "the caller `{Self}` has no tenant",
    label = "write `#[caller(tenant)]` above the field with the tenant of this caller"
)]
pub trait CallerTenant: Caller {
    /// The type of the tenant.
    type Tenant: Clone;

    /// The tenant.
    fn tenant(&self) -> &Self::Tenant;

    /// Whether the rows of all tenants are the caller's.
    fn all_tenants(&self) -> bool {
        false
    }
}

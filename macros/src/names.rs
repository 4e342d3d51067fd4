//! The words of the attributes.

/// The words of a field of a model.
pub(crate) const MODEL_FIELD: &[&str] = &[
    "ge",
    "gt",
    "le",
    "lt",
    "multiple_of",
    "min_length",
    "max_length",
    "pattern",
    "format",
    "min_items",
    "max_items",
    "default",
    "example",
    "examples",
    "title",
    "deprecated",
    "required",
    "opaque",
    "write_only",
    "not_null",
];

/// The words that only a field of a resource has.
pub(crate) const ROLES: &[&str] = &[
    "key",
    "generated",
    "unique",
    "index",
    "read_only",
    "created_at",
    "updated_at",
    "json",
    "column",
    "was",
    "scale",
    "filter",
    "sort",
    "search",
    "owner",
    "tenant",
    "read",
    "write",
];

/// Words that may be meant where `unique(everywhere)` is.
pub(crate) const MEANT_EVERYWHERE: &[&str] =
    &["anywhere", "global", "globally", "all", "overall", "all_tenants", "across_tenants", "every_tenant"];

/// The words of fields that are planned and not implemented yet.
pub(crate) const LATER_FIELD: &[&str] = &["version"];

/// The words of `#[param(..)]` on the arguments of functions.
pub(crate) const PARAMETER: &[&str] =
    &["alias", "header", "cookie", "form", "body", "guard", "query", "path", "depends", "security", "hidden"];

/// The arguments of `#[get]` and its like, after the path.
pub(crate) const OPERATION: &[&str] = &[
    "status",
    "tags",
    "summary",
    "deprecated",
    "name",
    "response",
    "hidden",
    "depends",
    "data",
    "blocking",
    "rate_limit",
    "crate",
];

/// The arguments of `#[depends]`.
pub(crate) const DEPENDENCY: &[&str] = &["after", "response", "crate"];

/// The arguments of `#[oauth2]`.
pub(crate) const OAUTH2: &[&str] = &["token_url", "scopes", "name", "crate"];

/// The arguments of `#[model]`.
pub(crate) const MODEL: &[&str] = &["name", "title", "examples", "literal", "int", "crate"];

/// The arguments of `#[resource]` after the path.
pub(crate) const RESOURCE: &[&str] = &[
    "operations",
    "name",
    "tag",
    "table",
    "missing",
    "inputs",
    "create",
    "replies",
    "index",
    "unique",
    "filters",
    "list",
    "sparse",
    "export",
    "depends",
    "access",
    "rate_limit",
    "crate",
];

/// The words of `access(..)`.
pub(crate) const ACCESS: &[&str] =
    &["caller", "public", "owner", "read", "create", "update", "delete", "write", "with_check"];

/// The words of an access rule.
pub(crate) const RULE: &[&str] = &["public", "caller", "owner", "never"];

/// The arguments of `#[caller]`.
pub(crate) const CALLER: &[&str] = &["depends", "all_tenants", "crate"];

/// The words of `#[caller(..)]` on a field.
pub(crate) const CALLER_FIELD: &[&str] = &["id", "tenant"];

/// The arguments of `#[caller]` that are planned and not implemented yet.
pub(crate) const LATER_CALLER: &[&str] = &["from", "claims"];

/// The arguments of `#[resource]` that are planned and not implemented yet.
pub(crate) const LATER_RESOURCE: &[&str] = &["version", "hooks", "feed"];

/// The words of `missing(..)`.
pub(crate) const MISSING: &[&str] = &["status", "detail"];

/// The operations of a resource.
pub(crate) const OPERATIONS: &[&str] = &["list", "read", "create", "replace", "patch", "delete"];

/// The comparisons in `filter(..)`, as they stand in a query.
pub(crate) const OPERATORS: &[&str] = &[
    "eq",
    "ne",
    "gt",
    "gte",
    "lt",
    "lte",
    "in",
    "not_in",
    "contains",
    "icontains",
    "startswith",
    "endswith",
    "isnull",
    "has",
];

/// The parameters of a list that no field that is filtered by may be called.
pub(crate) const LIST_PARAMETERS: &[&str] =
    &["skip", "limit", "sort", "cursor", "fields", "q", "include", "count", "dry_run"];

/// The formats of an export.
pub(crate) const EXPORTS: &[&str] = &["jsonl", "csv"];

/// The formats of a text.
pub(crate) const FORMATS: &[&str] = &["email", "uri", "ipv4", "ipv6"];

/// The prefixes of names that the engines and crewed reserve.
pub(crate) const RESERVED_PREFIXES: &[&str] = &["sqlite_", "pg_", "_crewed"];

/// The system columns of every table in PostgreSQL, whose names no other column can have.
pub(crate) const SYSTEM_COLUMNS: &[&str] = &["xmin", "xmax", "cmin", "cmax", "ctid", "tableoid"];

/// The length in bytes up to which PostgreSQL does not truncate an identifier.
pub(crate) const LONGEST_IDENTIFIER: usize = 63;

/// The number of columns up to which PostgreSQL creates an index, one of which may be the key.
pub(crate) const WIDEST_INDEX: usize = 31;

/// The number of bytes of a text up to which every index holds it: `wire::MOST_INDEXED` of crewed.
pub(crate) const MOST_INDEXED: usize = 2600;

/// The derives of a resource that its input structs get as well.
pub(crate) const SHARED_DERIVES: &[&str] = &["Clone", "Debug", "PartialEq", "Eq", "Hash"];

/// The derives that would conflict with crewed's own implementations.
pub(crate) const OWN_DERIVES: &[&str] = &["Serialize", "Deserialize", "JsonSchema"];

/// The attributes that declare a type, and those that make a function an operation.
pub(crate) const DECLARATIONS: &[&str] = &["model", "resource"];
pub(crate) const METHODS: &[&str] = &["get", "post", "put", "patch", "delete", "head", "options"];

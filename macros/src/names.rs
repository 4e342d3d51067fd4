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
];

/// The words of fields that are designed and not there yet.
pub(crate) const LATER_FIELD: &[&str] = &["filter", "sort", "search", "version"];

/// The words of parameters, which stand on the arguments of functions.
pub(crate) const PARAMETER: &[&str] = &["alias", "header", "cookie", "form", "body", "guard"];

/// The arguments of `#[get]` and its like, after the path.
pub(crate) const OPERATION: &[&str] =
    &["status", "tags", "summary", "deprecated", "name", "response", "hidden", "data", "crate"];

/// The arguments of `#[model]`.
pub(crate) const MODEL: &[&str] = &["name", "literal", "int", "crate"];

/// The arguments of `#[resource]` after the path.
pub(crate) const RESOURCE: &[&str] =
    &["operations", "name", "tag", "table", "missing", "inputs", "create", "replies", "crate"];

/// The arguments of `#[resource]` that are designed and not there yet.
pub(crate) const LATER_RESOURCE: &[&str] = &["version", "policy", "hooks", "feed", "page"];

/// What `missing(..)` says.
pub(crate) const MISSING: &[&str] = &["status", "detail"];

/// The operations of a resource.
pub(crate) const OPERATIONS: &[&str] = &["list", "read", "create", "replace", "patch", "delete"];

/// The formats of a text.
pub(crate) const FORMATS: &[&str] = &["email", "uri", "ipv4", "ipv6"];

/// The beginnings of names that belong to the engines and to crewed.
pub(crate) const RESERVED_PREFIXES: &[&str] = &["sqlite_", "pg_", "_crewed"];

/// The columns that PostgreSQL gives every table, so that none can be made of that name.
pub(crate) const SYSTEM_COLUMNS: &[&str] = &["xmin", "xmax", "cmin", "cmax", "ctid", "tableoid"];

/// The longest identifier that PostgreSQL keeps whole, in bytes.
pub(crate) const LONGEST_IDENTIFIER: usize = 63;

/// The derives that the structs of a resource's inputs share with it.
pub(crate) const SHARED_DERIVES: &[&str] = &["Clone", "Debug", "PartialEq", "Eq", "Hash"];

/// The derives that crewed's own impls would collide with.
pub(crate) const OWN_DERIVES: &[&str] = &["Serialize", "Deserialize", "JsonSchema"];

/// The attributes that declare a type, and those that make a function an operation.
pub(crate) const DECLARATIONS: &[&str] = &["model", "resource"];
pub(crate) const METHODS: &[&str] = &["get", "post", "put", "patch", "delete", "head", "options"];

//! The parameters of a resource's list, and its answer.

use okapi::openapi3::{Header, Parameter, ParameterValue, RefOr, Response};
use schemars::schema::{InstanceType, Schema, SchemaObject};

use super::PageSize;
use super::answers::{JSON, media, response};
use super::forms::typed;
use super::naming::sentence;
use super::parameter::{parameter, plain};
use super::schema::Schemas;
use super::{naming, text};
use crate::error_format::all_quoted;
use crate::resource::naming::Names;
use crate::resource::{ExportFormat, FieldFilter, Operator, ResourceMeta};
use crate::wire::{Constraints, FieldMeta, Shape};

/// The parameters of the list of a resource, in the order in which an issue names them.
pub(super) fn parameters(
    meta: &'static ResourceMeta,
    page: PageSize,
    schemas: &mut Schemas<'_>,
) -> Vec<RefOr<Parameter>> {
    let fields = meta.object.fields;
    let mut all = vec![
        // It has no default: clients that send every default would send it beside a cursor, where it is refused.
        count("skip", "How many rows to pass over; none where it is left out.", None, page.skip),
        count("limit", "How many rows to answer at most.", Some(page.default), page.max),
    ];
    let sorts: Vec<&str> = meta.sorts().map(|field| fields[field].name).collect();
    all.push(query(
        "sort",
        format!(
            "The fields to sort by, with commas between them, each with `-` before it for the descending order: {}. At \
             last the rows are sorted by `{}`.",
            all_quoted(&sorts),
            fields[meta.key].name
        ),
        one_of(&sorts, "-?"),
    ));
    let mut cursor = typed(InstanceType::String);
    cursor.metadata().title = Some(naming::title("cursor"));
    all.push(query(
        "cursor",
        "Where the page begins, from the `Link` of the page before it. All other parameters stay as they were, and \
         `skip` is left out."
            .to_owned(),
        cursor,
    ));
    let mut counts = typed(InstanceType::Boolean);
    counts.metadata().title = Some(naming::title("count"));
    counts.metadata().default = Some(false.into());
    all.push(query("count", "Whether to count all rows, on all pages.".to_owned(), counts));
    let searched: Vec<&str> = meta.searches().map(|field| fields[field].name).collect();
    if !searched.is_empty() {
        let mut words = typed(InstanceType::String);
        words.string().pattern = Some(r"\S".to_owned());
        words.metadata().title = Some(naming::title("q"));
        let description = format!(
            "Words, each of which is a part of at least one of {}, whatever the case of the letters.",
            all_quoted(&searched)
        );
        all.push(query("q", description, words));
    }
    if meta.list.sparse {
        all.push(members(meta));
    }
    for filter in meta.field_filters() {
        all.push(field_filter(meta, filter, schemas));
    }
    for filter in meta.list.filters {
        let origin = format!("the filter `{}` of {}", filter.name, meta.path);
        let input = FieldMeta::new(filter.name, filter.shape);
        all.push(query_of(filter.name, None, filter.takes_several(), schemas.parameter(&input, &origin)));
    }
    all
}

/// The parameter that chooses the members of a row.
pub(super) fn members(meta: &ResourceMeta) -> RefOr<Parameter> {
    let shown = meta.object.fields.iter().filter(|field| !field.write_only);
    let names: Vec<&str> = shown.map(|field| field.name).collect();
    let description = "The members of each row, with commas between them; all of them by default.";
    query("fields", description.to_owned(), one_of(&names, ""))
}

fn query(name: &str, description: String, schema: SchemaObject) -> RefOr<Parameter> {
    parameter(name, "query", Some(description), false, schema)
}

/// A parameter that may be repeated.
fn query_of(
    name: &str,
    description: Option<String>,
    repeats: bool,
    schema: SchemaObject,
) -> RefOr<Parameter> {
    let mut made = parameter(name, "query", description, false, schema);
    if let (true, RefOr::Object(Parameter { value: ParameterValue::Schema { style, explode, .. }, .. })) =
        (repeats, &mut made)
    {
        *style = Some(okapi::openapi3::ParameterStyle::Form);
        *explode = Some(true);
    }
    made
}

/// A text of these names, with commas between them.
fn one_of(names: &[&str], before: &str) -> SchemaObject {
    let mut schema = typed(InstanceType::String);
    let escaped = |name: &&str| {
        let sign = |letter: char| letter.is_ascii_punctuation() && !matches!(letter, '_' | '-');
        name.chars()
            .flat_map(|letter| sign(letter).then_some('\\').into_iter().chain([letter]))
            .collect::<String>()
    };
    let any = names.iter().map(escaped).collect::<Vec<_>>().join("|");
    schema.string().pattern = Some(format!("^{before}({any})(,{before}({any}))*$"));
    schema
}

fn field_filter(meta: &ResourceMeta, filter: FieldFilter, schemas: &mut Schemas<'_>) -> RefOr<Parameter> {
    let field = &meta.object.fields[filter.field];
    let name = filter.operator.parameter(field.name);
    let origin = format!("`{}.{}`", meta.object.name, field.name);
    let mut schema = schemas.compared(filter.shape(meta), &origin);
    let is_text = matches!(filter.shape(meta), Shape::Text { format: "" });
    if is_text && !filter.operator.takes_empty() {
        schema.string().min_length = Some(1);
    }
    if filter.operator.takes_several() {
        let mut values = typed(InstanceType::Array);
        values.array().items = Some(Schema::from(schema).into());
        values.array().min_items = Some(1);
        schema = values;
    }
    let what = &field.name;
    let description = match filter.operator {
        Operator::Eq => format!("`{what}` is equal to this."),
        Operator::Ne => format!("`{what}` differs from this; one that is null differs from every value."),
        Operator::Gt => format!("`{what}` is greater than this."),
        Operator::Gte => format!("`{what}` is greater than this, or equal to it."),
        Operator::Lt => format!("`{what}` is less than this."),
        Operator::Lte => format!("`{what}` is less than this, or equal to it."),
        Operator::In => format!("`{what}` is one of these."),
        Operator::NotIn => format!("`{what}` is none of these."),
        Operator::Contains => format!("This is a part of `{what}`."),
        Operator::IContains => format!("This is a part of `{what}`, whatever the case of the letters."),
        Operator::StartsWith => format!("`{what}` begins with this."),
        Operator::EndsWith => format!("`{what}` ends with this."),
        Operator::IsNull => format!("Whether `{what}` is null."),
        Operator::Has => format!("`{what}` has this item."),
    };
    query_of(&name, Some(description), filter.operator.takes_several(), schema)
}

fn count(name: &str, description: &str, default: Option<u64>, max: u64) -> RefOr<Parameter> {
    let mut schema = typed(InstanceType::Integer);
    schema.format = Some("int64".to_owned());
    schema.metadata().title = Some(naming::title(name));
    schema.metadata().default = default.map(Into::into);
    schema.extensions.insert("minimum".to_owned(), 0.into());
    schema.extensions.insert("maximum".to_owned(), max.into());
    parameter(name, "query", Some(description.to_owned()), false, schema)
}

/// The answer with a page of rows.
pub(super) fn answer(meta: &'static ResourceMeta, names: &Names, schemas: &mut Schemas<'_>) -> Response {
    let mut rows = typed(InstanceType::Array);
    rows.array().items = Some(Schema::from(schemas.shown(meta)).into());
    let body = match meta.list.envelope {
        false => rows,
        true => page(rows),
    };
    let order = format!(
        "{}, by `{}` unless `sort` says otherwise.",
        sentence(&names.all()),
        meta.object.fields[meta.key].name
    );
    let mut answer = response(&order);
    answer.content.insert(JSON.to_owned(), media(body));
    for format in meta.list.export {
        let mut text = typed(InstanceType::String);
        text.metadata().description = text_of(*format);
        answer.content.insert(format.media_type().to_owned(), media(text));
    }
    let mut link = typed(InstanceType::String);
    link.metadata().description = None;
    answer.headers.insert(
        "Link".to_owned(),
        header("The address of the next page, with `rel=\"next\"`, if there is one.", link).into(),
    );
    let mut total = typed(InstanceType::Integer);
    total.format = Some("int64".to_owned());
    answer.headers.insert(
        "X-Total-Count".to_owned(),
        header(
            if meta.list.export.is_empty() {
                "How many rows there are on all pages, if `count` asks for that."
            } else {
                "How many rows there are on all pages, if `count` asks for that; of an export always."
            },
            total,
        )
        .into(),
    );
    answer
}

fn text_of(format: ExportFormat) -> Option<String> {
    text(match format {
        ExportFormat::JsonLines => "All rows, each as a JSON object on a line of its own.",
        ExportFormat::Csv => "All rows as comma-separated values, below a line with the names.",
    })
}

/// The object that a page of rows is in.
fn page(rows: SchemaObject) -> SchemaObject {
    let mut page = typed(InstanceType::Object);
    let described = |mut schema: SchemaObject, description: &str| {
        schema.metadata().description = Some(description.to_owned());
        schema
    };
    let next = super::forms::nullable(typed(InstanceType::String));
    let mut total = typed(InstanceType::Integer);
    total.format = Some("int64".to_owned());
    let object = page.object();
    object.required.extend(["items".to_owned(), "next".to_owned()]);
    object.properties.insert("items".to_owned(), rows.into());
    let next = described(next, "The address of the next page, or null if this is the last one.");
    object.properties.insert("next".to_owned(), next.into());
    let total = described(total, "How many rows there are on all pages, if `count` asks for that.");
    object.properties.insert("total".to_owned(), total.into());
    page
}

fn header(description: &str, schema: SchemaObject) -> Header {
    Header {
        description: Some(description.to_owned()),
        required: false,
        deprecated: false,
        allow_empty_value: false,
        value: plain(schema),
        extensions: okapi::Map::new(),
    }
}

impl Schemas<'_> {
    /// The schema of a value that a field is compared with: that of its type, without the field's constraints.
    fn compared(&mut self, shape: Shape, origin: &str) -> SchemaObject {
        self.shape(shape, &Constraints::NONE, super::schema::View::Model, origin)
    }
}

//! The fields of forms: texts and files.

use std::fmt;

use serde_json::Value as Json;

use crate::http::FormPart;
use crate::issue::{IssueCollector, IssueKind};
use crate::wire::{Constraints, Shape, Wire};

/// A file that was sent in a form, like FastAPI's `UploadFile`.
///
/// It is kept in memory. Rocket's limits bound its length: `limits.file` for one file, `limits.data-form` for the form.
#[derive(Clone, PartialEq, Eq)]
pub struct Upload {
    file_name: String,
    content_type: Option<String>,
    bytes: Vec<u8>,
}

impl Upload {
    /// The name that the client sent for the file. Do not use it as a path, since it may contain anything.
    #[must_use]
    pub fn file_name(&self) -> &str {
        &self.file_name
    }

    /// The media type that the client sent for the file.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// The content of the file.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The length of the content in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether the content is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The content of the file, by value.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("file_name", &self.file_name)
            .field("content_type", &self.content_type)
            .field("len", &self.bytes.len())
            .finish()
    }
}

/// A type that a field of a form can have: every [`Wire`] type, and [`Upload`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a field of a form",
    label = "neither a type of requests nor a file",
    note = "a field of a form is a type like `String`, `i64` or an enum under `#[model]`, a list of these, or an \
            `Upload`"
)]
pub trait FormValue: Sized {
    /// Parses the fields of one name, of which there is at least one.
    fn of_parts(
        parts: Vec<FormPart>,
        constraints: &Constraints,
        collector: &mut IssueCollector,
    ) -> Option<Self>;

    /// Parses a whole form, given as an object. A file cannot be parsed from one.
    fn of_object(_: &Json, _: &Constraints, _: &mut IssueCollector) -> Option<Self> {
        None
    }

    /// The value of a field that was not sent, or `None` if that is an error.
    fn absent_form() -> Option<Self> {
        None
    }

    /// The type of the field in the OpenAPI document.
    fn form_shape() -> Shape;
}

const FILE: Shape = Shape::Text { format: "binary" };

impl<T: Wire> FormValue for T {
    fn of_parts(
        parts: Vec<FormPart>,
        constraints: &Constraints,
        collector: &mut IssueCollector,
    ) -> Option<Self> {
        let mut fields = parts.iter().map(FormPart::json);
        let input = match T::shape().is_list() {
            true => fields.collect(),
            false => fields.next_back().unwrap_or_default(),
        };
        T::coerce(&input, constraints, collector)
    }

    fn of_object(object: &Json, constraints: &Constraints, collector: &mut IssueCollector) -> Option<Self> {
        T::coerce(object, constraints, collector)
    }

    fn absent_form() -> Option<Self> {
        T::absent()
    }

    fn form_shape() -> Shape {
        T::shape()
    }
}

impl FormValue for Upload {
    fn of_parts(parts: Vec<FormPart>, _: &Constraints, collector: &mut IssueCollector) -> Option<Self> {
        let part = parts.into_iter().next_back()?;
        uploaded(part, collector)
    }

    fn form_shape() -> Shape {
        FILE
    }
}

impl FormValue for Option<Upload> {
    fn of_parts(
        parts: Vec<FormPart>,
        constraints: &Constraints,
        collector: &mut IssueCollector,
    ) -> Option<Self> {
        Upload::of_parts(parts, constraints, collector).map(Some)
    }

    fn absent_form() -> Option<Self> {
        Some(None)
    }

    fn form_shape() -> Shape {
        Shape::Nullable(|| FILE)
    }
}

impl FormValue for Vec<Upload> {
    fn of_parts(parts: Vec<FormPart>, _: &Constraints, collector: &mut IssueCollector) -> Option<Self> {
        let files = parts.into_iter().enumerate();
        let files: Vec<_> =
            files.map(|(index, part)| collector.step(index, |collector| uploaded(part, collector))).collect();
        files.into_iter().collect()
    }

    fn form_shape() -> Shape {
        Shape::List(|| FILE)
    }
}

impl FormValue for Option<Vec<Upload>> {
    fn of_parts(
        parts: Vec<FormPart>,
        constraints: &Constraints,
        collector: &mut IssueCollector,
    ) -> Option<Self> {
        Vec::of_parts(parts, constraints, collector).map(Some)
    }

    fn absent_form() -> Option<Self> {
        Some(None)
    }

    fn form_shape() -> Shape {
        Shape::Nullable(|| Shape::List(|| FILE))
    }
}

fn uploaded(part: FormPart, collector: &mut IssueCollector) -> Option<Upload> {
    let FormPart { file_name, content_type, bytes, .. } = part;
    match file_name {
        Some(file_name) => Some(Upload { file_name, content_type, bytes }),
        None => {
            let reason = "Expected a file, received a text".to_owned();
            let text = String::from_utf8_lossy(&bytes).into_owned();
            collector.fault(IssueKind::Format { what: "", reason }, &Json::from(text))
        }
    }
}

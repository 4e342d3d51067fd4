//! What is compared of an answer: all but what is generated.

use std::borrow::Cow;
use std::fmt;

use crate::http::decode;
use crate::resource::{ResourceMeta, Role};
use crate::testing::program::Answer;

/// One of the two stores, as far as its answers differ from those of the other without telling anything.
pub(super) struct Side {
    /// Keys that a request may name. Those of rows that were created are at the same places on both sides.
    pub(super) keys: Vec<String>,
    /// The keys that were generated, in the order of their creation.
    generated: Vec<String>,
    generates: bool,
    /// The members whose values are times.
    times: Vec<&'static str>,
    ignores_times: bool,
    ignores_cursors: bool,
    ignored: Vec<String>,
}

impl Side {
    pub(super) fn of(meta: &ResourceMeta, keys: Vec<String>, ignored: &[String]) -> Self {
        let columns = meta.columns.iter().zip(meta.object.fields);
        let times = columns
            .filter(|(column, _)| matches!(column.role, Role::CreatedAt | Role::UpdatedAt))
            .map(|(_, field)| field.name)
            .collect();
        Side {
            keys,
            generated: Vec::new(),
            generates: matches!(meta.columns[meta.key].role, Role::ServerGeneratedKey(_)),
            times,
            ignores_times: false,
            ignores_cursors: false,
            ignored: ignored.to_vec(),
        }
    }

    /// Times are not compared from now on.
    pub(super) fn ignore_times(&mut self) {
        self.ignores_times = true;
        // A cursor may have one in it.
        self.ignores_cursors |= !self.times.is_empty();
    }

    /// Times and generated keys are not compared from now on.
    pub(super) fn ignore_what_is_generated(&mut self) {
        self.ignore_times();
        self.ignores_cursors |= self.generates;
    }

    /// Whether there are times that are not compared.
    pub(super) fn leaves_out_times(&self) -> bool {
        self.ignores_times && !self.times.is_empty()
    }

    /// Notes the key of a row that was created.
    pub(super) fn created(&mut self, answer: &Answer) {
        let location = answer.header("Location").unwrap_or_default();
        let segment = location.rsplit('/').next().unwrap_or_default();
        let key = decode(segment).unwrap_or_default().into_owned();
        if self.generates {
            self.generated.push(key.clone());
        }
        self.keys.push(key);
    }

    /// What is compared of an answer.
    pub(super) fn seen(&self, answer: &Answer) -> Answer {
        let headers = answer
            .headers
            .iter()
            .filter(|(name, _)| !self.ignored.iter().any(|ignored| ignored.eq_ignore_ascii_case(name)));
        let headers = headers.map(|(name, value)| (name.clone(), self.text(value))).collect();
        Answer { status: answer.status, headers, body: self.text(&answer.body) }
    }

    fn text(&self, text: &str) -> String {
        let mut text = Cow::Borrowed(text);
        for (index, key) in self.generated.iter().enumerate() {
            if text.contains(key.as_str()) {
                text = text.replace(key.as_str(), &format!("<key {index}>")).into();
            }
        }
        if self.ignores_times {
            for name in &self.times {
                text = without(&text, &format!("\"{name}\":\""), |c| c == '"').into();
            }
        }
        if self.ignores_cursors {
            text = without(&text, "cursor=", |c| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).into();
        }
        text.into_owned()
    }
}

/// A text without what stands after each of these beginnings.
fn without(text: &str, beginning: &str, ends: impl Fn(char) -> bool) -> String {
    let mut parts = text.split(beginning);
    let mut left = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        left.push_str(beginning);
        left.push_str("<..>");
        left.push_str(part.find(&ends).map_or("", |end| &part[end..]));
    }
    left
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status)?;
        for (name, value) in &self.headers {
            // Those that every answer of Rocket's has are alike.
            if !["permissions-policy", "x-content-type-options", "x-frame-options"]
                .contains(&&*name.to_lowercase())
            {
                write!(f, " | {name}: {value}")?;
            }
        }
        write!(f, " | {}", self.body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_generated_is_left_out() {
        let text = r#"[{"id":1,"at":"2026-01-01"},{"id":2,"at":"2027"}]"#;
        assert_eq!(
            without(text, "\"at\":\"", |c| c == '"'),
            r#"[{"id":1,"at":"<..>"},{"id":2,"at":"<..>"}]"#
        );
        let link = "</a?limit=1&cursor=abc-_9>; rel=\"next\"";
        let is_end = |c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_');
        assert_eq!(without(link, "cursor=", is_end), "</a?limit=1&cursor=<..>>; rel=\"next\"");
    }
}

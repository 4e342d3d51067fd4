//! The styles in which an operation's values stand in its URL: `inputs = "path"` and `inputs = "query"`, and answers
//! that say no more than that something was done: `replies = "status"`.
//!
//! They take what a function under the same path and query would: what is not asked for is passed over, and a key may
//! be empty. This is an adapter before [`execute`](super::execute) and behind it, which knows nothing of it.

use serde_json::{Map, Value as Json};

use super::rows::Layout;
use super::{Command, Outcome, Service};
use crate::error::Error;
use crate::issue::{Issue, IssueKind, Issues};
use crate::resource::{Change, Operation, ReplyStyle, ResourceMeta};
use crate::value::Value;

/// What a URL says of a row: values by their names on the wire.
#[derive(Clone, Debug)]
pub struct UrlValues {
    /// `path` or `query`.
    pub place: &'static str,
    /// The values, as texts or lists of texts.
    pub members: Map<String, Json>,
}

/// The one answer of writes under `replies = "status"`.
const SUCCESS: &[u8] = br#"{"status":"success"}"#;

impl Service {
    /// What the values of a URL ask for.
    ///
    /// # Errors
    /// [`Error::Invalid`] where values have issues, or the key is missing.
    pub fn command_of_url(&self, operation: Operation, values: &UrlValues) -> Result<Command, Error> {
        match operation {
            Operation::Create => (self.inputs.values)(self.meta, values).map(Command::Create),
            Operation::Read => self.url_key(values).map(Command::Read),
            Operation::Delete => self.url_key(values).map(Command::Delete),
            Operation::Replace => match (self.inputs.values)(self.meta, values) {
                // A key that clients choose is among the values, and its issues were found there.
                Ok(mut changes) => match changes.take(self.meta.key) {
                    Some(Change::Set(key)) => Ok(Command::Replace(key, changes)),
                    _ => self.url_key(values).map(|key| Command::Replace(key, changes)),
                },
                Err(issues) => Err(self.with_key_issues(values, issues)),
            },
            other => return Err(Error::Internal(format!("{other:?} takes no values of a URL"))),
        }
        .map_err(Error::Invalid)
    }

    /// The body that takes the place of a row under `replies = "status"`.
    #[must_use]
    pub fn status_body(&self, outcome: Outcome) -> Option<&'static [u8]> {
        (self.meta.replies == ReplyStyle::Status && outcome != Outcome::Found).then_some(SUCCESS)
    }

    fn url_key(&self, values: &UrlValues) -> Result<Value, Issues> {
        let name = self.meta.object.fields[self.meta.key].name;
        match values.members.get(name) {
            Some(key) => (self.inputs.key)(self.meta, values.place, key),
            None => {
                let loc = vec![values.place.into(), name.into()];
                Err(vec![Issue::new(IssueKind::Missing, loc, Json::Null)])
            }
        }
    }

    /// The issues of a generated key that is none, before those of the values.
    fn with_key_issues(&self, values: &UrlValues, issues: Issues) -> Issues {
        if !self.meta.has_generated_key() {
            return issues;
        }
        let mut all = self.url_key(values).err().unwrap_or_default();
        all.extend(issues);
        all
    }
}

/// What a read of one row shows under `replies = "status"`: all but its key.
pub(super) fn layout_of_one(meta: &ResourceMeta) -> Option<Layout> {
    (meta.replies == ReplyStyle::Status).then(|| Layout::showing(meta, |index| index != meta.key))
}

//! Resources whose values are in the URL instead of a body, and answers without the row: `inputs = ".."` and
//! `replies = ".."`.

use super::{Operation, ResourceMeta};

/// Where clients send the values of a row: `inputs = ".."`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum InputStyle {
    /// In a JSON body; the key is the last segment of the path.
    #[default]
    Json,
    /// In the path, each after its name: `/users/name/<name>/nickname/<nickname>`.
    Path,
    /// In the query: `/users?name=..&nickname=..`.
    Query,
}

/// The answer to a write: `replies = ".."`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReplyStyle {
    /// The resulting row.
    #[default]
    Row,
    /// `{"status": "success"}`. A read leaves out the key, which is in the URL.
    Status,
}

impl ResourceMeta {
    /// Whether the values of an operation are in its URL, and not in a body.
    #[must_use]
    pub fn is_url_styled(&self) -> bool {
        self.inputs != InputStyle::Json
    }

    /// Whether the answer to a read of one row has its key.
    #[must_use]
    pub fn read_shows_key(&self) -> bool {
        self.replies != ReplyStyle::Status
    }

    /// The fields whose values are in the URL of an operation, the key first. With [`InputStyle::Json`] it is the key
    /// alone.
    #[must_use]
    pub fn url_fields(&self, operation: Operation) -> Vec<usize> {
        let styled = self.is_url_styled();
        let keyed =
            operation.is_on_key() || (styled && operation == Operation::Create && !self.has_generated_key());
        let valued = styled && matches!(operation, Operation::Create | Operation::Replace);
        let settable = |index: &usize| valued && *index != self.key && self.is_settable(*index);
        let values = (0..self.object.fields.len()).filter(settable);
        keyed.then_some(self.key).into_iter().chain(values).collect()
    }

    /// The path of an operation in Rocket's notation, relative to the base of the API.
    #[must_use]
    pub fn address(&self, operation: Operation) -> String {
        let name = |index: &usize| self.object.fields[*index].name;
        let mut path = self.path.to_owned();
        match self.inputs {
            InputStyle::Json => {
                let key = self.url_fields(operation);
                path.extend(key.iter().map(|index| format!("/<{}>", name(index))));
            }
            InputStyle::Path => {
                let all = self.url_fields(operation);
                path.extend(all.iter().map(|index| format!("/{0}/<{0}>", name(index))));
            }
            InputStyle::Query => {}
        }
        path
    }
}

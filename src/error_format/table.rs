//! Which error is answered with which status: the one table, for routes and for code of the user's own.

use crate::error::Error;
use crate::issue::Issue;
use crate::resource::NotFoundReply;

/// What an error is answered with.
pub(super) struct Answer<'a> {
    pub(super) status: u16,
    pub(super) told: Message<'a>,
    pub(super) header: Option<(&'static str, &'static str)>,
}

/// What an answer says.
pub(super) enum Message<'a> {
    /// The phrase of its status.
    Phrase,
    Text(&'static str),
    Issues(&'a [Issue]),
}

/// The answer to an error; `missing` is what a resource says where nothing is stored.
pub(super) fn answer(error: &Error, missing: NotFoundReply) -> Answer<'_> {
    let (status, told, header) = match error {
        Error::Invalid(issues) => (422, Message::Issues(issues), None),
        Error::Conflict(issues) => (409, Message::Issues(issues), None),
        Error::NotFound => (missing.status, Message::Text(missing.detail), None),
        Error::Stale => (412, Message::Text("Row has changed"), None),
        Error::NotPermitted => (403, Message::Text("Not permitted"), None),
        Error::Unreadable => (400, Message::Text("There was an error parsing the body"), None),
        Error::TooLarge { .. } => (413, Message::Phrase, None),
        Error::UnsupportedMedia { accepted } => (415, Message::Phrase, Some(("Accept-Patch", *accepted))),
        Error::UnsupportedEncoding => (415, Message::Phrase, Some(("Accept-Encoding", "identity"))),
        Error::Unavailable(_) => (503, Message::Phrase, Some(("Retry-After", "1"))),
        Error::Internal(_) => (500, Message::Phrase, None),
    };
    Answer { status, told, header }
}

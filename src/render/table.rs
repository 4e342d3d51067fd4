//! Which error is answered with which status: the one table, for routes and for code of the user's own.

use crate::error::Error;
use crate::issue::Issue;
use crate::resource::Missing;

/// What an error is answered with.
pub(super) struct Answer<'a> {
    pub(super) status: u16,
    pub(super) told: Told<'a>,
    pub(super) header: Option<(&'static str, &'static str)>,
}

/// What an answer says.
pub(super) enum Told<'a> {
    /// The phrase of its status.
    Phrase,
    Text(&'static str),
    Issues(&'a [Issue]),
}

/// The answer to an error; `missing` is what a resource says where nothing is stored.
pub(super) fn answer(error: &Error, missing: Missing) -> Answer<'_> {
    let (status, told, header) = match error {
        Error::Invalid(issues) => (422, Told::Issues(issues), None),
        Error::Taken(issues) => (409, Told::Issues(issues), None),
        Error::NotFound => (missing.status, Told::Text(missing.detail), None),
        Error::Unreadable => (400, Told::Text("There was an error parsing the body"), None),
        Error::TooLarge { .. } => (413, Told::Phrase, None),
        Error::UnsupportedMedia { accepted } => (415, Told::Phrase, Some(("Accept-Patch", *accepted))),
        Error::UnsupportedEncoding => (415, Told::Phrase, Some(("Accept-Encoding", "identity"))),
        Error::Unavailable(_) => (503, Told::Phrase, Some(("Retry-After", "1"))),
        Error::Internal(_) => (500, Told::Phrase, None),
    };
    Answer { status, told, header }
}

//! The one table from errors to statuses, which routes use, and repositories for user code.

use crate::error::Error;
use crate::issue::Issue;
use crate::resource::NotFoundReply;

/// The answer to an error.
pub(super) struct Answer<'a> {
    pub(super) status: u16,
    pub(super) message: Message<'a>,
    pub(super) header: Option<(&'static str, &'static str)>,
}

/// The detail of an answer.
pub(super) enum Message<'a> {
    /// The phrase of its status.
    Phrase,
    Text(&'static str),
    Issues(&'a [Issue]),
}

/// The answer to an error; `missing` is the resource's answer if there is no row.
pub(super) fn answer(error: &Error, missing: NotFoundReply) -> Answer<'_> {
    let (status, message, header) = match error {
        Error::Invalid(issues) => (422, Message::Issues(issues), None),
        Error::Conflict(issues) => (409, Message::Issues(issues), None),
        Error::NotFound => (missing.status, Message::Text(missing.detail), None),
        Error::Stale => (412, Message::Text("Row has changed"), None),
        Error::Unauthorized => {
            (401, Message::Text("Not authenticated"), Some(("WWW-Authenticate", "Bearer")))
        }
        Error::NotPermitted => (403, Message::Text("Not permitted"), None),
        Error::FieldsNotPermitted(issues) => (403, Message::Issues(issues), None),
        Error::Unreadable => (400, Message::Text("There was an error parsing the body"), None),
        // What is left of the body would be taken for the next request.
        Error::Slow => (408, Message::Phrase, Some(("Connection", "close"))),
        Error::TooLarge { .. } => (413, Message::Phrase, None),
        Error::UnsupportedMedia { accepted } => (415, Message::Phrase, Some(("Accept-Patch", *accepted))),
        Error::UnsupportedEncoding => (415, Message::Phrase, Some(("Accept-Encoding", "identity"))),
        Error::Unavailable(_) => (503, Message::Phrase, Some(("Retry-After", "1"))),
        Error::Internal(_) => (500, Message::Phrase, None),
    };
    Answer { status, message, header }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::ErrorFormat;
    use crate::error::Error;
    use crate::http::Response;
    use crate::issue::{Issue, IssueKind};
    use crate::resource::NotFoundReply;

    fn answered(format: ErrorFormat, error: &Error) -> Response {
        format.error(error, NotFoundReply::NOT_FOUND)
    }

    #[test]
    fn what_cannot_answer_now_says_when_to_ask_again() {
        let busy = answered(ErrorFormat::FastApi, &Error::Unavailable("busy".to_owned()));
        let body = br#"{"detail":"Service Unavailable"}"#;
        assert_eq!((busy.status, busy.body.bytes()), (503, body.as_slice()));
        assert_eq!(busy.headers, [("Retry-After".into(), "1".into())]);
    }

    /// Each error has the same status and text in all formats.
    #[test]
    fn errors_read_alike_wherever_they_come_from() {
        let issue = || vec![Issue::new(IssueKind::Unique, vec!["body".into(), "name".into()], json!("x"))];
        let unreadable = answered(ErrorFormat::FastApi, &Error::Unreadable);
        let body = br#"{"detail":"There was an error parsing the body"}"#;
        assert_eq!(unreadable.body.bytes(), body.as_slice());
        for format in [ErrorFormat::FastApi, ErrorFormat::PydanticV1, ErrorFormat::Problem] {
            let taken = answered(format, &Error::Conflict(issue()));
            assert_eq!((taken.status, taken.headers.len()), (409, 0));
            let media = answered(format, &Error::UnsupportedMedia { accepted: "a/b" });
            assert_eq!((media.status, media.headers), (415, vec![("Accept-Patch".into(), "a/b".into())]));
            let large = answered(format, &Error::TooLarge { limit: 1 });
            assert_eq!((large.status, large.headers.len()), (413, 0));
        }
    }
}

//! What an administrator may know of all notes, without seeing one.

use crewed::prelude::*;
use crewed::rocket::http::Status;
use crewed::rocket::request::{FromRequest, Outcome, Request};
use crewed::rocket::serde::json::Json;

use crate::callers::{Me, Role, signed_in};
use crate::notes::Note;

/// Every note of every organisation, without the rules. Whoever takes it answers for what comes of it; a search for
/// `unscoped` finds this place.
pub struct EveryNote(Repository<Note>);

#[crewed::rocket::async_trait]
impl<'r> FromRequest<'r> for EveryNote {
    type Error = HttpError;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, HttpError> {
        match Repository::unscoped(request.rocket()) {
            Some(notes) => Outcome::Success(EveryNote(notes)),
            None => Outcome::Error((Status::InternalServerError, HttpError::status(500))),
        }
    }
}

#[crewed::depends(response(403, "Whoever asks is no administrator."))]
fn administrator(#[param(depends(signed_in))] me: Me) -> Result<Me, HttpError> {
    match me.roles.contains(&Role::Admin) {
        true => Ok(me),
        false => Err(HttpError::new(403, "Not permitted")),
    }
}

/// How many notes an organisation has.
#[model]
pub struct Report {
    notes: u64,
    public_notes: u64,
    /// Notes that somebody is still working at.
    drafts: u64,
}

/// Counts the notes of the caller's organisation, also those that are none of the caller's business.
#[crewed::get("/report")]
pub async fn report(
    #[param(depends(administrator))] me: Me,
    every: EveryNote,
) -> Result<Json<Report>, HttpError> {
    // Without the rules there are no tenants either.
    let own = || Note::FIELDS.org_id.eq(me.org);
    let count = async |of| every.0.find(own() & of).count().await;
    Ok(Json(Report {
        notes: count(Predicate::all()).await?,
        public_notes: count(Note::FIELDS.public_note.eq(true)).await?,
        drafts: count(!Note::FIELDS.draft.is_null()).await?,
    }))
}

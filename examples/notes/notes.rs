//! What is noted, and who may do what with it.

use crewed::prelude::*;
use crewed::rocket::serde::json::Json;

use crate::callers::{Me, Role};

/// A note of somebody in an organisation.
#[resource(
    "/notes",
    access(
        caller = Me,
        read(public_note || owner || caller.roles.contains(&Role::Editor)),
        create(caller),
        update(owner || caller.roles.contains(&Role::Editor)),
        delete(owner || caller.roles.contains(&Role::Admin)),
    ),
)]
#[derive(Debug)]
pub struct Note {
    #[field(key, generated)]
    pub id: Uuid,
    /// The organisation of whoever wrote it. Those of others never learn that it is there.
    #[field(tenant)]
    pub org_id: Uuid,
    /// Whoever wrote it.
    #[field(owner, filter)]
    pub owner_id: Uuid,
    /// What it is called in addresses. Two organisations may each have a note of one name.
    #[field(unique, pattern = "^[a-z0-9-]{1,64}$", filter, sort, example = "welcome")]
    pub slug: String,
    #[field(min_length = 1, max_length = 200, filter, sort, search, example = "Welcome")]
    pub title: String,
    #[field(default, max_length = 10_000, search)]
    pub text: String,
    /// Whether all of the organisation see it.
    #[field(default = false, filter)]
    pub public_note: bool,
    /// What the text may become, which is for the owner's eyes only.
    #[field(max_length = 10_000, read(owner), write(owner), filter(isnull, icontains))]
    pub draft: Option<String>,
}

/// Makes the draft of a note its text, and shows it to the organisation.
///
/// The repository is the caller's, so that nothing is asked here about who that is: a note out of reach is not found, and
/// one of somebody else has no draft that is shown to them.
#[crewed::post(
    "/notes/<id>/publish",
    tags("notes"),
    response(404, "There is no such note."),
    response(409, "There is no draft.")
)]
pub async fn publish(id: Uuid, notes: Repository<Note>) -> Result<Json<Note>, HttpError> {
    let published = notes.transaction(|tx| async move {
        let notes = tx.of::<Note>();
        let draft = notes.read(&id).await?.draft.ok_or(HttpError::new(409, "There is no draft."))?;
        let patch = NotePatch {
            text: Patched::Value(draft),
            draft: Patched::Null,
            public_note: Patched::Value(true),
            ..Default::default()
        };
        notes.patch(&id, patch).await
    });
    Ok(Json(published.await?))
}

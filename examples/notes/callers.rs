//! Who asks. The tokens are for show: they stand in the program, never expire, and are those of people whom it makes up.

use crewed::Bearer;
use crewed::prelude::*;
use crewed::rocket::serde::json::Json;

#[model]
#[derive(Clone, Copy, Debug, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Sees and edits every note of their organisation, but for drafts.
    Editor,
    /// Deletes notes, and sees the report.
    Admin,
}

/// Who is asking.
#[crewed::caller(depends(current_user))]
#[model]
#[derive(Debug)]
pub struct Me {
    #[caller(id)]
    pub id: Uuid,
    /// The organisation, whose notes alone there are for them.
    #[caller(tenant)]
    pub org: Uuid,
    pub roles: Vec<Role>,
}

const TREES: Uuid = Uuid::from_u128(0x100);
const RIVERS: Uuid = Uuid::from_u128(0x200);

/// The people, each with their token.
fn people() -> [(&'static str, Me); 5] {
    let person = |id, org, roles: &[Role]| Me { id: Uuid::from_u128(id), org, roles: roles.to_vec() };
    [
        ("ada", person(1, TREES, &[])),
        ("bob", person(2, TREES, &[])),
        ("eve", person(3, TREES, &[Role::Editor])),
        ("kim", person(4, TREES, &[Role::Admin])),
        ("zoe", person(5, RIVERS, &[Role::Editor, Role::Admin])),
    ]
}

/// Whoever a token stands for. Nobody is known where there is none, and rules say what is shown then; a token that is not
/// right is an error everywhere.
#[crewed::depends]
pub fn current_user(token: Option<Bearer>) -> Result<Option<Me>, HttpError> {
    let Some(token) = token else { return Ok(None) };
    match people().into_iter().find(|(known, _)| token.matches(known)) {
        Some((_, me)) => Ok(Some(me)),
        None => Err(HttpError::new(401, "Bad credentials").header("WWW-Authenticate", "Bearer")),
    }
}

/// The same, where somebody must be known.
#[crewed::depends(response(401, "Nobody is known to ask."))]
pub fn signed_in(#[param(depends(current_user))] me: Option<Me>) -> Result<Me, HttpError> {
    me.ok_or(HttpError::new(401, "Not authenticated").header("WWW-Authenticate", "Bearer"))
}

/// Who the token says that you are.
#[crewed::get("/me")]
pub fn who_am_i(#[param(depends(signed_in))] me: Me) -> Json<Me> {
    Json(me)
}

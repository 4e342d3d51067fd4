//! Who asks. The tokens are for show: they stand in the program, and are those of people whom it makes up.

use crewed::Bearer;
use crewed::prelude::*;

#[derive(Clone, Copy, PartialEq)]
pub enum Role {
    Customer,
    Staff,
}

/// Who is asking.
#[crewed::caller(depends(current_user))]
pub struct Me {
    /// The `id` of the customer whom they are, or would be.
    #[caller(id)]
    pub id: Uuid,
    /// The shop that they work in or buy from.
    #[caller(tenant)]
    pub shop: i64,
    pub role: Role,
}

impl Me {
    pub fn is_staff(&self) -> bool {
        self.role == Role::Staff
    }
}

/// Two customers and somebody behind the counter in the first shop of the chain, and one of each in the second one.
const PEOPLE: &[(&str, u128, i64, Role)] = &[
    ("ada", 0x0e1b2c3d_0000_4000_8000_000000000001, 1, Role::Customer),
    ("bob", 0x0e1b2c3d_0000_4000_8000_000000000002, 1, Role::Customer),
    ("counter-1", 0x0e1b2c3d_0000_4000_8000_000000000003, 1, Role::Staff),
    ("zoe", 0x0e1b2c3d_0000_4000_8000_000000000004, 2, Role::Customer),
    ("counter-2", 0x0e1b2c3d_0000_4000_8000_000000000005, 2, Role::Staff),
];

/// The owner of a token.
pub fn person(token: &str) -> Option<Me> {
    let (_, id, shop, role) = PEOPLE.iter().find(|(known, ..)| *known == token)?;
    Some(Me { id: Uuid::from_u128(*id), shop: *shop, role: *role })
}

/// Whoever a token stands for, and nobody where there is none.
#[crewed::depends]
pub fn current_user(token: Option<Bearer>) -> Result<Option<Me>, HttpError> {
    let Some(token) = token else { return Ok(None) };
    match PEOPLE.iter().find(|(known, ..)| token.matches(known)) {
        Some((known, ..)) => Ok(person(known)),
        None => Err(HttpError::new(401, "Bad credentials").header("WWW-Authenticate", "Bearer")),
    }
}

/// The same, where somebody must be known.
#[crewed::depends(response(401, "Not authenticated"))]
pub fn signed_in(#[param(depends(current_user))] me: Option<Me>) -> Result<Me, HttpError> {
    me.ok_or(HttpError::new(401, "Not authenticated").header("WWW-Authenticate", "Bearer"))
}

#[crewed::depends(response(403, "Not permitted"))]
pub fn staff(#[param(depends(signed_in))] me: Me) -> Result<Me, HttpError> {
    if me.is_staff() { Ok(me) } else { Err(HttpError::new(403, "Not permitted")) }
}

//! What operations ask for before they are called.

use crewed::prelude::*;

#[crewed::depends(response(400, "X-Token header invalid"))]
pub(crate) async fn get_token_header(#[param(header)] x_token: String) -> Result<(), HttpError> {
    (x_token == "fake-super-secret-token").then_some(()).ok_or(HttpError::new(400, "X-Token header invalid"))
}

#[crewed::depends(response(400, "No Jessica token provided"))]
pub(crate) async fn get_query_token(token: String) -> Result<(), HttpError> {
    (token == "jessica").then_some(()).ok_or(HttpError::new(400, "No Jessica token provided"))
}

use crewed::{HttpError, depends, get};

type ApiResult<T> = Result<T, HttpError>;

#[depends]
fn require_key() -> ApiResult<()> {
    Err(HttpError::status(401))
}

#[depends]
fn key() -> Option<ApiResult<String>> {
    None
}

#[get("/", depends(require_key))]
fn guarded() {}

fn main() {}

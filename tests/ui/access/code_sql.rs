use crewed::prelude::*;

#[crewed::depends]
fn current_user() -> Me {
    Me { id: 1 }
}

#[crewed::caller(depends(current_user))]
struct Me {
    #[caller(id)]
    id: i64,
}

#[resource("/notes", access(caller = Me, owner))]
struct Note {
    #[field(key)]
    id: i64,
    #[field(owner)]
    owner_id: i64,
}

#[crewed::get("/count")]
async fn count(notes: Repository<Note>) -> Result<String, HttpError> {
    let rows = notes.sql("SELECT count(*) FROM notes", &[]).await?;
    Ok(format!("{rows:?}"))
}

fn main() {}

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

#[resource("/news", access(public))]
struct News {
    #[field(key)]
    id: i64,
}

async fn tasks(rocket: &rocket::Rocket<rocket::Orbit>) {
    let _ = Repository::<Note>::of(rocket);
    let _ = Repository::<News>::of(rocket);
}

#[crewed::get("/count")]
async fn count(notes: Repository<Note>) -> Result<String, HttpError> {
    let rows = notes.sql("SELECT count(*) FROM notes", &[]).await?;
    Ok(format!("{rows:?}"))
}

fn main() {}

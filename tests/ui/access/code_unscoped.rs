use crewed::prelude::*;

/// Without rules.
#[resource("/open")]
struct Open {
    #[field(key)]
    id: i64,
}

async fn tasks(rocket: &rocket::Rocket<rocket::Orbit>, open: &Repository<Open>) -> Result<u64, HttpError> {
    let _ = Repository::<Open>::unscoped(rocket);
    let _ = open.to_unscoped();
    open.transaction(|tx| async move { tx.unscoped::<Open>().find(Predicate::all()).count().await }).await
}

fn main() {}

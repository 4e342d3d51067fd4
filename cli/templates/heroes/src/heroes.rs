//! Heroes, and which of them is the strongest.

use crewed::prelude::*;
use crewed::rocket::serde::json::Json;

/// Someone with a secret name.
#[resource("/heroes")]
pub struct Hero {
    /// Counted up by the store.
    #[field(key, generated)]
    pub id: i64,
    /// The name on the poster.
    #[field(unique, min_length = 1, max_length = 64, example = "Deadpond")]
    pub name: String,
    /// In years, where it is known.
    #[field(ge = 0, le = 1000)]
    pub age: Option<i32>,
    /// Never shown to anybody.
    #[field(write_only, min_length = 1)]
    pub secret_name: String,
    /// How strong they are.
    #[field(default = 1.0, gt = 0.0, le = 10.0)]
    pub power: f64,
    /// When they joined.
    #[field(created_at)]
    pub created_at: DateTime<Utc>,
    /// When anything about them last changed.
    #[field(updated_at)]
    pub updated_at: DateTime<Utc>,
}

/// The name and the power of a hero.
#[model]
pub struct Champion {
    pub name: String,
    pub power: f64,
}

/// Finds the strongest of the first thousand heroes.
#[crewed::get("/heroes/strongest")]
pub async fn strongest(heroes: Repository<Hero>) -> Result<Json<Champion>, HttpError> {
    let all = heroes.list(0, 1000).await?;
    let strongest = all.into_iter().max_by(|a, b| a.power.total_cmp(&b.power));
    match strongest {
        Some(Hero { name, power, .. }) => Ok(Json(Champion { name, power })),
        None => Err(HttpError::new(404, "There are no heroes")),
    }
}

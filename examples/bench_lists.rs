//! What `benches/compare/run lists` measures: a list that is filtered, sorted, searched, counted and exported, of a
//! million rows.
//!
//! ```sh
//! cargo run --example bench_lists
//! curl 'localhost:8000/articles?topic=arts&sort=-published_at&limit=20'
//! curl 'localhost:8000/articles?q=harbour&count=true' -i
//! curl localhost:8000/articles -H 'accept: text/csv'
//! ```

use crewed::prelude::*;

#[resource("/articles", export("jsonl", "csv"), index(topic, published_at))]
struct Article {
    #[field(key, generated)]
    id: i64,
    #[field(filter(icontains), search)]
    title: String,
    #[field(filter(eq))]
    topic: String,
    #[field(index, sort)]
    published_at: DateTime<Utc>,
    /// By readers; not every article has one.
    #[field(index, sort)]
    rating: Option<i32>,
}

#[crewed::launch]
fn rocket() -> _ {
    rocket::build().attach(Api::new().title("Articles").resource::<Article>())
}

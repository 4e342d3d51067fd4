use crewed::resource;

#[resource("/pg-stats")]
struct Stats {
    #[field(key, generated)]
    id: i64,
    sqlite_version: String,
    #[field(column = "_CREWED_row")]
    row: String,
    #[field(was = "pg_name")]
    name: String,
    #[field(was = "a name")]
    other: String,
    #[field(was = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    short: String,
    bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb: String,
}

fn main() {}

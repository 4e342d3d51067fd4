use crewed::resource;

#[resource("/heroes", methods = ["GET", "POST"])]
struct Hero {
    #[field(primary_key, autoincrement)]
    id: i64,
    #[field(foreign_key = "team.id")]
    team_id: i64,
    #[field(exclude)]
    secret_name: String,
}

fn main() {}

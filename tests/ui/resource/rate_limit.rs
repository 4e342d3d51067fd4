use crewed::resource;

#[resource("/users", rate_limit = "10/min")]
struct User {
    #[field(key)]
    name: String,
}

#[resource("/heroes", rate_limit = 10)]
struct Hero {
    #[field(key)]
    name: String,
}

#[resource("/things", rate_limit("10/60s"))]
struct Thing {
    #[field(key)]
    name: String,
}

#[resource("/pets", operations(), rate_limit = "10/60s")]
struct Pet {
    #[field(key)]
    name: String,
}

#[resource("/words", ratelimit = "10/60s")]
struct Word {
    #[field(key)]
    word: String,
}

#[resource("/letters", blocking)]
struct Letter {
    #[field(key)]
    letter: String,
}

fn main() {}

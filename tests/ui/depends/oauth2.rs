#[crewed::oauth2]
struct Bare;

#[crewed::oauth2(tokenUrl = "/token", auto_error = false, scheme_name = "x")]
struct Words;

#[crewed::oauth2(token_url = "/token", scopes(items = "Read", items = "Again"))]
struct Twice;

#[crewed::oauth2(token_url = "/token", scopes("with blank" = "Read", me))]
struct Scopes;

#[crewed::oauth2(token_url = "/token")]
struct Fields {
    token: String,
}

#[crewed::oauth2(token_url = "/token")]
enum Kind {
    A,
}

fn main() {}

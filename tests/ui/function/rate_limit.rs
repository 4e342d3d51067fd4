use crewed::get;

#[get("/a", rate_limit = "10 per minute")]
fn a() {}

#[get("/b", rate_limit = "10/60")]
fn b() {}

#[get("/c", rate_limit = "0/1s")]
fn c() {}

#[get("/d", rate_limit = "10/48h")]
fn d() {}

#[get("/e", rate_limit)]
fn e() {}

#[get("/f", rate_limit = "10/1m", rate_limit = "10/1h")]
fn f() {}

#[get("/g", limit = "10/1m")]
fn g() {}

fn main() {}

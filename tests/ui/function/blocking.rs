use crewed::get;

#[get("/a", blocking)]
async fn a() {}

#[get("/b", blocking = true)]
fn b() {}

#[get("/c", block)]
fn c() {}

#[get("/d", blocking, blocking)]
fn d() {}

fn main() {}

use crewed::get;

struct Page;

#[get("/items?<page..>")]
fn read(page: Page) {
    let _ = page;
}

fn main() {}

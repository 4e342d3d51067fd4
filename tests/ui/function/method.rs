use crewed::get;

struct Items;

impl Items {
    #[get("/")]
    fn read(&self) {}
}

fn main() {}

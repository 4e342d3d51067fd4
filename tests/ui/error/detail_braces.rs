use crewed::HttpError;

#[derive(HttpError)]
enum Wrong {
    #[answer(status = 400, detail = "An { alone.")]
    Open,
    #[answer(status = 400, detail = "An } alone.",)]
    Closed,
    #[answer(status = 400, detail = "{name:width$}")]
    Width { name: String, width: usize },
    #[answer(status = 400, detail = "{kind}")]
    Unknown { r#type: String },
}

fn main() {}

use crewed::resource;

#[resource("/versions")]
struct Version {
    #[field(key, generated)]
    id: i64,
    xmin: i64,
    #[serde(rename = "upper")]
    xmax: i64,
    #[field(column = "CTID")]
    place: String,
    #[field(column = "tableoid")]
    table: i64,
    cmin: Option<i64>,
    #[field(column = "c_max", was = "cmax")]
    cmax: i64,
}

fn main() {}

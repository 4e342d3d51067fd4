use crewed::prelude::*;
use crewed::rocket::serde::json::Json;

use crate::callers::Me;

#[model]
#[derive(Clone, Copy, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Genre {
    Children,
    Crime,
    History,
    Novel,
    Poetry,
    Science,
}

/// A book, as all shops of the chain sell it.
#[resource(
    "/books",
    filters(affordable = Book::affordable, available = Book::available),
    access(caller = Me, read(public), write(caller.is_staff())),
)]
#[derive(Clone)]
pub struct Book {
    #[field(key, generated)]
    pub id: i64,
    #[field(unique, pattern = "^97[89][0-9]{10}$", filter(eq, in, startswith), example = "9780441478125")]
    pub isbn: String,
    #[field(min_length = 1, max_length = 300, filter, sort, search, example = "The Left Hand of Darkness")]
    pub title: String,
    #[field(max_length = 300, filter(isnull), search)]
    pub subtitle: Option<String>,
    /// The `id` of the author.
    #[field(index, filter(eq, in))]
    pub author_id: i64,
    #[field(filter)]
    pub genre: Genre,
    #[field(json, default, max_items = 20, filter(has))]
    pub tags: Vec<String>,
    #[field(ge = 0, le = 10_000, scale = 2, filter, sort, example = Decimal::new(1250, 2))]
    pub price: Decimal,
    /// How many pages it has, where somebody has counted them.
    #[field(ge = 1, filter(gte, lte, isnull), sort)]
    pub pages: Option<u32>,
    #[field(filter(gte, lt), sort)]
    pub published: NaiveDate,
    /// Whether the publisher still delivers it.
    #[field(default = true, filter)]
    pub in_print: bool,
    /// How many copies are in stock.
    #[field(default = 0, filter(eq, gte, lte), sort)]
    pub stock: u32,
    /// How many copies were sold.
    #[field(default = 0, filter(gte, lte), sort)]
    pub sold: u32,
}

impl Book {
    /// Books in stock that cost no more than this.
    fn affordable(budget: Decimal) -> Predicate<Book> {
        Book::FIELDS.price.lte(budget) & Book::FIELDS.stock.gt(0)
    }

    /// Whether a customer can have it: from the stock, or from the publisher.
    fn available(yes: bool) -> Predicate<Book> {
        let available = Book::FIELDS.stock.gt(0) | Book::FIELDS.in_print.eq(true);
        if yes { available } else { !available }
    }
}

/// The books that are sold most.
#[crewed::get("/books/bestsellers?<genre>&<limit>", tags("books"))]
pub async fn bestsellers(
    genre: Option<Genre>,
    #[param(default = 10, ge = 1, le = 100)] limit: u64,
    books: Repository<Book>,
) -> Result<Json<Vec<Book>>, HttpError> {
    let wanted = match genre {
        Some(genre) => Book::FIELDS.genre.eq(genre),
        None => Predicate::all(),
    };
    let found = books.find(wanted & Book::FIELDS.sold.gt(0)).sort(Book::FIELDS.sold.desc());
    Ok(Json(found.limit(limit).all().await?))
}

//! Rows to try things with, which are the same in every shop.

use std::time::Duration;

use crewed::prelude::*;
use crewed::rocket::request::{FromRequest, Outcome, Request};
use crewed::rocket::serde::json::Json;
use crewed::rocket::{Orbit, Rocket};
use crewed::{NaiveTime, Resource};

use crate::authors::{Author, AuthorCreate};
use crate::books::{Book, BookCreate, Genre};
use crate::callers::{Me, Role, staff};
use crate::customers::{Customer, CustomerCreate};
use crate::orders::{Order, OrderCreate, Priority, Status};

const AUTHORS: usize = 500;
const BOOKS: usize = 4_000;
const CUSTOMERS: usize = 3_000;
/// Customers who order again and again, and how often.
const REGULARS: usize = 250;
const ORDERS_OF_EACH: usize = 50;

/// How many rows of each kind were added.
#[model]
pub struct Seeded {
    authors: usize,
    books: usize,
    customers: usize,
    orders: usize,
}

/// The running program, of which the repositories of others can be had.
pub struct Running<'r>(&'r Rocket<Orbit>);

#[crewed::rocket::async_trait]
impl<'r> FromRequest<'r> for Running<'r> {
    type Error = HttpError;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, HttpError> {
        Outcome::Success(Running(request.rocket()))
    }
}

/// Fills the shop of whoever asks with 20,000 rows, which are the same every time, if there are no books yet.
#[crewed::post("/seed", response(409, "The shop is not empty."))]
pub async fn seed(
    #[param(depends(staff))] me: Me,
    authors: Repository<Author>,
    books: Repository<Book>,
    customers: Repository<Customer>,
    running: Running<'_>,
) -> Result<Json<Seeded>, HttpError> {
    if books.find(Predicate::all()).exists().await? {
        return Err(HttpError::new(409, "The shop is not empty."));
    }
    let mut random = Random(2026);
    let new = (0..AUTHORS).map(|_| author(&mut random));
    let authors = add(&authors, new.collect()).await?;
    let new = (0..BOOKS).map(|number| book(&mut random, number, &authors));
    let books = add(&books, new.collect()).await?;
    let new = (0..CUSTOMERS).map(|number| customer(&mut random, number));
    let customers = add(&customers, new.collect()).await?;
    let mut orders = 0;
    for customer in customers.iter().step_by(CUSTOMERS / REGULARS) {
        // An order is theirs who place it.
        let who = Me { id: customer.id, shop: me.shop, role: Role::Customer };
        let own = Repository::<Order>::as_caller(running.0, &who).ok_or(HttpError::status(500))?;
        let new = (0..ORDERS_OF_EACH).map(|_| order(&mut random, &books));
        orders += add(&own, new.collect()).await?.len();
    }
    Ok(Json(Seeded { authors: authors.len(), books: books.len(), customers: customers.len(), orders }))
}

/// Adds rows, some hundred in a transaction: the writes of others wait until it ends.
async fn add<R: Resource<Create: Clone> + Send>(
    rows: &Repository<R>,
    new: Vec<R::Create>,
) -> Result<Vec<R>, HttpError> {
    let mut added = Vec::with_capacity(new.len());
    for some in new.chunks(500) {
        let some = rows.transaction(|tx| async move {
            let mut added = Vec::with_capacity(some.len());
            for new in some {
                added.push(tx.of::<R>().create(new.clone()).await?);
            }
            Ok::<_, HttpError>(added)
        });
        added.extend(some.await?);
    }
    Ok(added)
}

fn author(random: &mut Random) -> AuthorCreate {
    let name = random.name();
    let biography = format!("{name} writes about the {} and the {}.", random.of(NOUNS), random.of(NOUNS));
    AuthorCreate {
        name,
        country: random.chance(90).then(|| random.of(COUNTRIES).to_string()),
        born: random.chance(80).then(|| random.moment(1900, 100).date_naive()),
        biography: random.chance(50).then_some(biography),
    }
}

fn book(random: &mut Random, number: usize, authors: &[Author]) -> BookCreate {
    BookCreate {
        isbn: format!("978{:010}", 441_000_000 + number),
        title: format!("The {} {}", random.of(ADJECTIVES), random.of(NOUNS)),
        subtitle: random.chance(30).then(|| format!("A Book of {}s", random.of(NOUNS))),
        author_id: random.of(authors).id,
        genre: *random.of(GENRES),
        tags: TAGS.iter().filter(|_| random.chance(20)).map(ToString::to_string).collect(),
        price: Decimal::new(i64::from(299 + random.below(5_000)), 2),
        pages: random.chance(95).then(|| 20 + random.below(1_000)),
        published: random.moment(1950, 75).date_naive(),
        in_print: random.chance(70),
        stock: random.below(40),
        sold: random.below(2_000),
    }
}

fn customer(random: &mut Random, number: usize) -> CustomerCreate {
    CustomerCreate {
        id: random.uuid(),
        name: random.name(),
        email: format!("customer{number}@example.{}", random.of(&["com", "net", "org"])),
        city: random.chance(85).then(|| random.of(CITIES).to_string()),
        birthday: random.chance(60).then(|| random.moment(1930, 80).date_naive()),
        newsletter: random.chance(40),
    }
}

fn order(random: &mut Random, books: &[Book]) -> OrderCreate {
    let (book, quantity, status) = (random.of(books), 1 + random.below(4), *random.of(STATUSES));
    let placed_at = random.moment(2024, 2);
    let is_shipped = matches!(status, Status::Shipped | Status::Delivered);
    OrderCreate {
        book_id: book.id,
        quantity,
        total: book.price * Decimal::from(quantity),
        status,
        priority: if random.chance(10) { Priority::Express } else { Priority::Normal },
        placed_at,
        shipped_at: is_shipped.then(|| placed_at + Duration::from_secs(60 * u64::from(random.below(9_999)))),
        note: random.chance(10).then(|| format!("With a card of a {}, please.", random.of(NOUNS))),
    }
}

/// A generator of numbers that look random and are the same everywhere (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u32) -> u32 {
        (self.next() % u64::from(bound)) as u32
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len() as u32) as usize]
    }

    fn name(&mut self) -> String {
        format!("{} {}", self.of(FIRST_NAMES), self.of(LAST_NAMES))
    }

    /// A moment within so many years.
    fn moment(&mut self, first_year: i32, years: u32) -> DateTime<Utc> {
        let begin = NaiveDate::from_yo_opt(first_year, 1).unwrap_or_default().and_time(NaiveTime::MIN);
        begin.and_utc() + Duration::from_secs(u64::from(self.below(years * 365 * 24 * 60)) * 60)
    }

    /// A UUID as version 4 makes them.
    fn uuid(&mut self) -> Uuid {
        Uuid::from_u64_pair(self.next() & !0xf000 | 0x4000, self.next() >> 2 | 1 << 63)
    }
}

const FIRST_NAMES: &[&str] = &[
    "Ada",
    "Chinua",
    "Éva",
    "Gabriela",
    "Hana",
    "Igor",
    "Jorge",
    "Mariam",
    "Nils",
    "Olga",
    "Pablo",
    "Rabindranath",
    "Søren",
    "Toni",
    "Ursula",
    "Virginia",
    "Wisława",
    "Yukio",
    "Zadie",
    "지우",
];

const LAST_NAMES: &[&str] = &[
    "Achebe",
    "Borges",
    "Calvino",
    "Dürr",
    "Eliot",
    "Ferrante",
    "Gao",
    "Hurston",
    "Ibsen",
    "Jansson",
    "Kim",
    "Lem",
    "Mahfouz",
    "Neruda",
    "O'Brien",
    "Pamuk",
    "Quiroga",
    "Roy",
    "Szymborska",
    "Tagore",
    "Undset",
    "Woolf",
];

const COUNTRIES: &[&str] = &["AR", "DE", "EG", "FR", "GB", "IN", "JP", "KR", "NG", "PL", "SE", "TR", "US"];

const CITIES: &[&str] =
    &["Berlin", "Buenos Aires", "Cairo", "Kraków", "Lagos", "London", "Paris", "Seoul", "Tokyo", "Zürich"];

const ADJECTIVES: &[&str] = &[
    "Blue", "Broken", "Distant", "Empty", "Golden", "Hidden", "Last", "Long", "Lost", "Quiet", "Second",
    "Secret", "Silent", "Small", "Wild", "Winter",
];

const NOUNS: &[&str] = &[
    "Bridge", "Café", "Clock", "Door", "Forest", "Garden", "House", "Island", "Letter", "Library", "Map",
    "Mirror", "Mountain", "Orchard", "River", "Road", "Sea", "Star", "Street", "Tower", "Train", "Winter",
];

const TAGS: &[&str] = &["award", "bilingual", "classic", "debut", "gift", "illustrated", "signed"];

const GENRES: &[Genre] =
    &[Genre::Children, Genre::Crime, Genre::History, Genre::Novel, Genre::Poetry, Genre::Science];

/// As often as they are here.
const STATUSES: &[Status] =
    &[Status::Placed, Status::Paid, Status::Shipped, Status::Delivered, Status::Delivered, Status::Cancelled];

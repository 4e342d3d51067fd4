//! Requests per second over HTTP, crewed against a Rocket application as one usually writes it: routes
//! by macro, `Json<T>`, a pool of ten connections, `spawn_blocking`. Both run in this process, both store
//! in a file in WAL mode with full durability, and rounds alternate, so that the ratios hold on a noisy
//! machine.
//!
//! ```sh
//! cargo bench --bench http                 # 3 rounds of 2 s
//! cargo bench --bench http -- 5 4          # 5 rounds of 4 s
//! cargo bench --bench http -- serve crewed # one server only, on port 8000, for other load tools
//! ```

#![allow(clippy::unwrap_used, reason = "a bench that cannot go on stops")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crewed::prelude::*;

const ROWS: u64 = 10_000;

/// The rows of both servers.
#[resource("/users")]
struct User {
    #[field(key, generated)]
    id: i64,
    #[field(unique)]
    name: String,
    #[field(index)]
    nickname: String,
    #[field(created_at)]
    created_at: DateTime<Utc>,
}

/// The same by hand.
mod usual {
    use std::path::Path;

    use crewed::rocket::serde::json::Json;
    use crewed::rocket::{self, Build, Rocket, State, get, http::Status, post, routes};
    use crewed::{DateTime, Utc};
    use rusqlite::{Connection, OptionalExtension, Row, params};
    use serde::{Deserialize, Serialize};

    struct Connections(std::path::PathBuf);

    impl r2d2::ManageConnection for Connections {
        type Connection = Connection;
        type Error = rusqlite::Error;

        fn connect(&self) -> rusqlite::Result<Connection> {
            let connection = Connection::open(&self.0)?;
            connection.execute_batch(
                "pragma journal_mode = wal; pragma synchronous = full; pragma busy_timeout = 10000;",
            )?;
            Ok(connection)
        }

        fn is_valid(&self, _: &mut Connection) -> rusqlite::Result<()> {
            Ok(())
        }

        fn has_broken(&self, _: &mut Connection) -> bool {
            false
        }
    }

    type Pool = r2d2::Pool<Connections>;

    #[derive(Serialize)]
    struct User {
        id: i64,
        name: String,
        nickname: String,
        created_at: String,
    }

    #[derive(Deserialize)]
    struct NewUser {
        name: String,
        nickname: String,
    }

    fn user(row: &Row<'_>) -> rusqlite::Result<User> {
        let micros: i64 = row.get(3)?;
        let created_at = DateTime::<Utc>::from_timestamp_micros(micros).unwrap_or_default().to_rfc3339();
        Ok(User { id: row.get(0)?, name: row.get(1)?, nickname: row.get(2)?, created_at })
    }

    async fn blocking<T: Send + 'static>(
        pool: &Pool,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Status> {
        let pool = pool.clone();
        rocket::tokio::task::spawn_blocking(move || {
            let connection = pool.get().map_err(|_| Status::ServiceUnavailable)?;
            work(&connection).map_err(|_| Status::Conflict)
        })
        .await
        .map_err(|_| Status::InternalServerError)?
    }

    const COLUMNS: &str = "id, name, nickname, created_at";

    #[get("/users/<id>")]
    async fn read(pool: &State<Pool>, id: i64) -> Result<Option<Json<User>>, Status> {
        blocking(pool, move |connection| {
            let mut select =
                connection.prepare_cached(&format!("select {COLUMNS} from users where id = ?"))?;
            select.query_row([id], user).optional().map(|user| user.map(Json))
        })
        .await
    }

    #[get("/users?<skip>&<limit>")]
    async fn list(
        pool: &State<Pool>,
        skip: Option<u32>,
        limit: Option<u32>,
    ) -> Result<Json<Vec<User>>, Status> {
        blocking(pool, move |connection| {
            let mut select = connection
                .prepare_cached(&format!("select {COLUMNS} from users order by id limit ? offset ?"))?;
            let rows = select.query_map([limit.unwrap_or(100), skip.unwrap_or(0)], user)?;
            rows.collect::<Result<Vec<_>, _>>().map(Json)
        })
        .await
    }

    #[post("/users", data = "<new>")]
    async fn create(pool: &State<Pool>, new: Json<NewUser>) -> Result<(Status, Json<User>), Status> {
        blocking(pool, move |connection| {
            let mut insert = connection.prepare_cached(&format!(
                "insert into users (name, nickname, created_at) values (?, ?, ?) returning {COLUMNS}"
            ))?;
            let now = Utc::now().timestamp_micros();
            let user = insert.query_row(params![new.name, new.nickname, now], user)?;
            Ok((Status::Created, Json(user)))
        })
        .await
    }

    pub(super) fn rocket(figment: rocket::figment::Figment, path: &Path) -> Rocket<Build> {
        let pool = r2d2::Pool::builder().max_size(10).build(Connections(path.to_owned())).unwrap();
        pool.get()
            .unwrap()
            .execute_batch(
                "create table if not exists users (id integer primary key autoincrement, name text not null, \
                 nickname text not null, created_at integer not null) strict; \
                 create unique index if not exists u on users (name); \
                 create index if not exists n on users (nickname);",
            )
            .unwrap();
        rocket::custom(figment).manage(pool).mount("/", routes![read, list, create])
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let folder = tempfile::tempdir().unwrap();
    if let [serve, which] = arguments.as_slice()
        && serve == "serve"
    {
        start(which, 8000, folder.path());
        wait_for(8000);
        fill(8000);
        println!("{which} serves on port 8000");
        loop {
            thread::park();
        }
    }
    let number =
        |at: usize, default: u64| arguments.get(at).and_then(|text| text.parse().ok()).unwrap_or(default);
    let (rounds, seconds) = (number(0, 3), number(1, 2));

    let servers = [("crewed", 8471), ("usual", 8472)];
    for (which, port) in servers {
        start(which, port, folder.path());
        wait_for(port);
        fill(port);
    }
    println!("medians of {rounds} rounds of {seconds} s, 32 connections; req/s, p99 in ms");
    println!("{:<12} {:>10} {:>10} {:>8} {:>10} {:>10}", "", "crewed", "usual", "ratio", "p99", "p99");
    for work in [Work::Read, Work::Page, Work::Create, Work::Mixed] {
        let mut samples: [Vec<Sample>; 2] = [Vec::new(), Vec::new()];
        for _ in 0..rounds {
            for (samples, (_, port)) in samples.iter_mut().zip(servers) {
                samples.push(load(port, work, 32, Duration::from_secs(seconds)));
            }
        }
        let ratios = samples[0].iter().zip(&samples[1]).map(|(a, b)| a.rate / b.rate);
        let ratio = median(ratios.collect());
        let rate = |i: usize| median(samples[i].iter().map(|s| s.rate).collect());
        let p99 = |i: usize| median(samples[i].iter().map(|s| s.p99).collect());
        println!(
            "{:<12} {:>10.0} {:>10.0} {ratio:>8.2} {:>10.1} {:>10.1}",
            format!("{work:?}"),
            rate(0),
            rate(1),
            p99(0),
            p99(1)
        );
    }
    std::process::exit(0);
}

fn start(which: &str, port: u16, folder: &Path) {
    let path = folder.join(format!("{which}.db"));
    let figment = crewed::rocket::Config::figment()
        .merge(("port", port))
        .merge(("log_level", "off"))
        .merge(("shutdown.ctrlc", false))
        .merge(("crewed.store", format!("sqlite:{}", path.display())));
    let rocket = match which {
        "crewed" => crewed::rocket::custom(figment).attach(Api::new().resource::<User>()),
        "usual" => usual::rocket(figment, &path),
        other => panic!("`{other}` is neither `crewed` nor `usual`"),
    };
    thread::spawn(move || {
        crewed::rocket::execute(async { drop(rocket.launch().await.expect("a server that launches")) });
    });
}

fn wait_for(port: u16) {
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        thread::sleep(Duration::from_millis(20));
    }
}

#[derive(Clone, Copy, Debug)]
enum Work {
    Read,
    Page,
    Create,
    Mixed,
}

#[derive(Clone, Copy)]
struct Sample {
    rate: f64,
    p99: f64,
}

static NAMES: AtomicU64 = AtomicU64::new(0);

fn request(work: Work, turn: u64) -> String {
    let id = turn.wrapping_mul(2_654_435_761) % ROWS + 1;
    match work {
        Work::Read => format!("GET /users/{id} HTTP/1.1\r\nHost: x\r\n\r\n"),
        Work::Page => format!("GET /users?limit=20&skip={} HTTP/1.1\r\nHost: x\r\n\r\n", id % 500),
        Work::Create => {
            let name = NAMES.fetch_add(1, Ordering::Relaxed);
            let body = format!(r#"{{"name":"new{name}","nickname":"nick{id}"}}"#);
            format!(
                "POST /users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            )
        }
        Work::Mixed if turn.is_multiple_of(10) => request(Work::Create, turn),
        Work::Mixed => request(Work::Read, turn),
    }
}

fn load(port: u16, work: Work, connections: u64, time: Duration) -> Sample {
    let stop = Arc::new(AtomicBool::new(false));
    let started = Instant::now();
    let clients: Vec<_> = (0..connections)
        .map(|client| {
            let stop = Arc::clone(&stop);
            thread::spawn(move || {
                let mut connection = Connection::open(port);
                let mut took = Vec::new();
                let mut turn = client * 1_000_003;
                while !stop.load(Ordering::Relaxed) {
                    let asked = Instant::now();
                    let status = connection.ask(&request(work, turn));
                    assert!(status == 200 || status == 201, "{work:?}: {status}");
                    took.push(asked.elapsed());
                    turn += 1;
                }
                took
            })
        })
        .collect();
    thread::sleep(time);
    stop.store(true, Ordering::Relaxed);
    let mut took: Vec<Duration> = clients.into_iter().flat_map(|client| client.join().unwrap()).collect();
    let elapsed = started.elapsed().as_secs_f64();
    took.sort_unstable();
    Sample { rate: took.len() as f64 / elapsed, p99: took[took.len() * 99 / 100].as_secs_f64() * 1e3 }
}

fn fill(port: u16) {
    let clients: Vec<_> = (0..16)
        .map(|client| {
            thread::spawn(move || {
                let mut connection = Connection::open(port);
                for turn in 0..ROWS / 16 + 1 {
                    assert_eq!(connection.ask(&request(Work::Create, client * ROWS + turn)), 201);
                }
            })
        })
        .collect();
    clients.into_iter().for_each(|client| client.join().unwrap());
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

struct Connection {
    stream: TcpStream,
    reader: BufReader<TcpStream>,
}

impl Connection {
    fn open(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_nodelay(true).unwrap();
        let reader = BufReader::with_capacity(64 << 10, stream.try_clone().unwrap());
        Connection { stream, reader }
    }

    fn ask(&mut self, request: &str) -> u16 {
        self.stream.write_all(request.as_bytes()).unwrap();
        let (mut status, mut length) = (0, 0);
        let mut line = String::new();
        loop {
            line.clear();
            self.reader.read_line(&mut line).unwrap();
            match line.trim_end().split_once(' ') {
                None if line.trim_end().is_empty() => break,
                Some((version, rest)) if version.starts_with("HTTP/") => {
                    status = rest[..3].parse().unwrap();
                }
                Some((name, value)) if name.eq_ignore_ascii_case("content-length:") => {
                    length = value.parse().unwrap();
                }
                _ => {}
            }
        }
        let mut body = vec![0; length];
        self.reader.read_exact(&mut body).unwrap();
        status
    }
}

//! The proofs of access rules notice whatever part of these is left out: each place in which a statement gets a part of
//! them loses it in turn, and a proof fails.
//!
//! The switch for that holds for the whole process, so that this is a binary of its own, with one test, which runs
//! itself in a process for each place.

#![allow(clippy::unwrap_used, dead_code, missing_docs, reason = "a test fails where it panics")]

use std::process::Command;
use std::sync::Mutex;
use std::{env, thread};

use crewed::__internals::sabotage::{Site, sabotage};
use crewed::prelude::*;
use crewed::rocket::http::{Header, Status};
use crewed::rocket::outcome::Outcome;
use crewed::rocket::request::{self, FromRequest, Request};
use crewed::testing::{self, Access, Failure, Proof};

/// Who asks: `x-caller: 1 2 admin`, an id, an organisation and perhaps a role.
#[crewed::caller]
struct Me {
    #[caller(id)]
    id: i64,
    #[caller(tenant)]
    org: i64,
    is_admin: bool,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Me {
    type Error = HttpError;

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, HttpError> {
        let Some(sent) = request.headers().get_one("x-caller") else {
            return Outcome::Forward(Status::Unauthorized);
        };
        let mut words = sent.split(' ');
        let mut number = || words.next().and_then(|word| word.parse().ok());
        match (number(), number()) {
            (Some(id), Some(org)) => Outcome::Success(Me { id, org, is_admin: sent.ends_with("admin") }),
            _ => Outcome::Error((Status::Unauthorized, HttpError::new(401, "Bad credentials"))),
        }
    }
}

#[model]
struct Place {
    city: String,
    zip: Option<i32>,
}

/// A paper, which its owner writes until it is locked.
#[resource(
    "/papers",
    access(
        caller = Me,
        read(published || owner || caller.is_admin),
        create(caller),
        update(owner && !locked),
        delete(owner || caller.is_admin),
    ),
    export("jsonl", "csv"),
    sparse,
)]
struct Paper {
    #[field(key, generated)]
    id: i64,
    #[field(owner)]
    owner_id: i64,
    #[field(tenant)]
    org_id: i64,
    #[field(filter)]
    published: bool,
    #[field(default = false)]
    locked: bool,
    #[field(filter, sort, search, min_length = 1)]
    title: String,
    #[field(filter, sort)]
    pages: Option<i32>,
    #[field(unique)]
    isbn: Option<String>,
    #[field(json)]
    place: Option<Place>,
    #[field(write(published))]
    remark: Option<i32>,
}

/// A sheet that others may write on without seeing what they have made of it, and of which some fields are its owner's.
#[resource(
    "/sheets",
    access(
        caller = Me,
        read(open || owner),
        create(caller),
        update(!sealed),
        delete(!sealed),
        with_check(caller && title != "b"),
    ),
    export("csv"),
)]
struct Sheet {
    #[field(key, generated)]
    id: Uuid,
    #[field(owner)]
    owner_id: Option<i64>,
    #[field(filter)]
    open: bool,
    #[field(default = false)]
    sealed: bool,
    #[field(filter, sort)]
    title: String,
    #[field(read(owner), write(owner), filter, sort, search)]
    draft: Option<String>,
    #[field(read(owner || caller.is_admin), filter, sort)]
    rank: Option<i32>,
    #[field(read(owner), json)]
    place: Option<Place>,
    #[field(json)]
    origin: Option<Place>,
    #[field(write(caller.is_admin))]
    grade: Option<i32>,
    #[field(updated_at)]
    updated_at: DateTime<Utc>,
}

fn proofs() -> Access {
    let me = |id, org, is_admin| Me { id, org, is_admin };
    let api = || Api::new().resource::<Paper>().resource::<Sheet>();
    testing::access(move |config| rocket::custom(config).attach(api()))
        .caller("ada", me(1, 1, false), |request| request.header(Header::new("x-caller", "1 1")))
        .caller("bob", me(2, 1, false), |request| request.header(Header::new("x-caller", "2 1")))
        .caller("eve", me(3, 2, false), |request| request.header(Header::new("x-caller", "3 2")))
        .caller("joe", me(4, 1, true), |request| request.header(Header::new("x-caller", "4 1 admin")))
}

/// What has noticed that a place was left out.
fn noticed(site: Option<Site>, proof: Proof, rounds: u64) -> bool {
    sabotage(site);
    let outcome = rocket::async_test(proofs().only(proof).rounds(rounds).holds());
    sabotage(None);
    match outcome {
        Ok(_) => false,
        Err(Failure::Refuted(_)) => true,
        // A rule that was never true is no answer of a program's.
        Err(other) => panic!("{site:?}, by {proof}: {other}"),
    }
}

/// How many rounds there are for each place, and then for the places that show in few of them.
const ROUNDS: [u64; 2] = [40, 1000];

/// Places that no declaration with access rules leads to: `create = "replace"` is refused beside them.
const UNREACHED: [Site; 1] = [Site::Upsert];

/// The place that a process tries, by its index.
const SITE: &str = "CREWED_TEST_SITE";

#[test]
fn each_place_is_noticed() {
    if let Ok(index) = env::var(SITE) {
        return try_without(Site::ALL[index.parse::<usize>().unwrap()]);
    }
    println!("{}", proofs().rounds(ROUNDS[0]).prove());
    let sites = Mutex::new(0..Site::ALL.len());
    let next = || sites.lock().unwrap().next();
    let wrong = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().unwrap().get() {
            scope.spawn(|| {
                while let Some(index) = next() {
                    match in_a_process(index) {
                        Ok(told) => println!("{told}"),
                        Err(why) => wrong.lock().unwrap().push(why),
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a process tells of a place, or why it failed.
fn in_a_process(index: usize) -> Result<String, String> {
    let mut process = Command::new(env::current_exe().unwrap());
    process.args(["each_place_is_noticed", "--exact", "--nocapture"]).env(SITE, index.to_string());
    let output = process.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let told = text.lines().find(|line| line.contains(" is left out: "));
    match told.filter(|_| output.status.success()) {
        Some(told) => Ok(told.to_owned()),
        None => Err(format!("{text}{}", String::from_utf8_lossy(&output.stderr))),
    }
}

fn try_without(site: Site) {
    let is_unreached = UNREACHED.contains(&site);
    // What is not reached is not looked for as long.
    let rounds = ROUNDS.into_iter().take(if is_unreached { 1 } else { ROUNDS.len() });
    let both = [Proof::Oracle, Proof::NonInterference];
    let mut tried = rounds.flat_map(|rounds| both.map(|proof| (proof, rounds)));
    match tried.find(|(proof, rounds)| noticed(Some(site), *proof, *rounds)) {
        Some((proof, _)) => {
            println!("{site:?} is left out: noticed by the proof of {proof}");
            assert!(!is_unreached, "{site:?} is noticed: it can be reached after all");
        }
        None => {
            println!("{site:?} is left out: not noticed");
            assert!(is_unreached, "{site:?} is left out, and no proof notices");
        }
    }
}

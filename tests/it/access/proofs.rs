//! Proofs of access rules, as programs have them of their own.

use crewed::NaiveDate;
use crewed::rocket::fairing::AdHoc;
use crewed::rocket::figment::Figment;
use crewed::rocket::local::asynchronous::LocalRequest;
use crewed::testing::{self, Access, Failure, Proof, Report};

use super::*;

#[model]
#[serde(rename_all = "lowercase")]
#[derive(Clone, Copy)]
enum Stage {
    Draft,
    Live,
    Gone,
}

#[model]
#[derive(Clone)]
struct Place {
    city: String,
    zip: Option<i32>,
}

/// A memo, which has rules of every kind: on constants, values of the caller, NULL, and their negations.
#[resource(
    "/memos",
    access(
        caller = Me,
        read(!owner && stage != Stage::Gone || rank > caller.id || caller.is_admin()),
        create(caller && stage != Stage::Gone),
        update(!(owner || stage == Stage::Live) || caller.is_admin()),
        delete(caller && place.is_none()),
        with_check(stage != Stage::Live || caller.is_admin()),
    ),
    index(stage, rank),
    export("jsonl", "csv"),
    list = "page",
    sparse,
)]
struct Memo {
    #[field(key, generated)]
    id: Uuid,
    #[field(owner)]
    owner_id: Option<i64>,
    #[field(filter, default = Stage::Draft)]
    stage: Stage,
    #[field(filter, sort, ge = -2, le = 5)]
    rank: i64,
    #[field(filter, sort, search, unique, pattern = "^[a-c]{1,3}(-[a-z]+)?$")]
    name: String,
    #[field(filter, sort, scale = 2, read(caller.is_admin() || stage == Stage::Live))]
    price: Option<Decimal>,
    #[field(filter, sort, write(rank < 3), default = 1)]
    weight: i64,
    #[field(json, read(!owner), write(caller.is_admin() || rank < 2))]
    place: Option<Place>,
    #[field(json, filter)]
    tags: Vec<String>,
    #[field(filter)]
    day: Option<NaiveDate>,
    #[field(created_at)]
    created_at: DateTime<Utc>,
    #[field(updated_at)]
    updated_at: DateTime<Utc>,
}

/// A thing whose key is its client's, and may be that of a caller.
#[resource("/badges", access(caller = Me, read(id == caller.id || id < 3), write(id != caller.id)))]
struct Badge {
    #[field(key, ge = 0, le = 40)]
    id: i64,
    #[field(filter)]
    text: String,
}

/// A letter, which everybody may put in, and administrators alone take out.
#[resource(
    "/letters",
    access(
        caller = Me,
        read(caller.is_admin()),
        create(public && text != "b"),
        update(never),
        delete(caller.is_admin() && !kept),
    ),
    sparse,
)]
struct Letter {
    #[field(key, generated)]
    id: i64,
    #[field(owner)]
    owner_id: Option<i64>,
    #[field(filter, sort, search)]
    text: String,
    #[field(default = false, write(caller.is_admin()))]
    kept: bool,
    #[field(unique, max_length = 2)]
    mark: Option<String>,
}

/// Somebody of a tenant, or of all.
#[crewed::caller(all_tenants = self.is_operator)]
struct Member {
    #[caller(id)]
    id: Uuid,
    #[caller(tenant)]
    org: i64,
    is_operator: bool,
}

impl Member {
    fn of(id: u128, org: i64, is_operator: bool) -> Self {
        Member { id: Uuid::from_u128(id), org, is_operator }
    }
}

#[crewed::rocket::async_trait]
impl<'r> FromRequest<'r> for Member {
    type Error = HttpError;

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, HttpError> {
        match request.headers().get_one("x-member") {
            None => Outcome::Forward(Status::Unauthorized),
            Some("ada") => Outcome::Success(Member::of(1, 1, false)),
            Some("bob") => Outcome::Success(Member::of(2, 1, false)),
            Some("eve") => Outcome::Success(Member::of(3, 2, false)),
            Some(_) => Outcome::Success(Member::of(4, 1, true)),
        }
    }
}

/// A ticket of a tenant, whose name is unique there, and its code everywhere.
#[resource(
    "/tickets",
    access(
        caller = Member,
        read(owner || status != 2 || caller.is_operator),
        create(caller),
        update((owner || status == 1) && !closed),
        delete(owner),
    ),
    unique(shelf, place),
    filters(beyond = Ticket::beyond),
    export("jsonl"),
)]
struct Ticket {
    #[field(key, generated)]
    id: i64,
    #[field(tenant, filter)]
    org_id: i64,
    #[field(owner, filter)]
    owner_id: Uuid,
    #[field(filter, sort, ge = 0, le = 3)]
    status: i32,
    #[field(default = false, filter)]
    closed: bool,
    #[field(unique, filter, sort, search, min_length = 1)]
    name: String,
    #[field(unique(everywhere))]
    code: Option<String>,
    shelf: Option<i32>,
    place: Option<i32>,
    #[field(filter(lt, gte), read(owner), write(owner))]
    cost: Option<i32>,
    #[field(write_only, format("email"))]
    contact: String,
    #[field(read_only, default = 7)]
    level: i64,
    #[field(json)]
    tags: Option<Vec<String>>,
}

impl Ticket {
    fn beyond(status: i32) -> Predicate<Ticket> {
        Ticket::FIELDS.status.gt(status)
    }
}

/// A page that is its owner's alone, in the short form.
#[resource("/pages", access(caller = Member, owner), sparse)]
struct Page {
    #[field(key, generated)]
    id: Uuid,
    #[field(owner)]
    owner_id: Uuid,
    #[field(filter, sort, search)]
    text: Option<String>,
    #[field(created_at, sort)]
    created_at: DateTime<Utc>,
}

fn proofs_of_tenants(api: impl Fn() -> Api + 'static) -> Access {
    let store = || config().extract_inner::<String>("crewed.store").unwrap();
    testing::access(move |config| crewed::rocket::custom(config).attach(api()))
        .stores(store(), store())
        .caller("ada", Member::of(1, 1, false), as_member("ada"))
        .caller("bob", Member::of(2, 1, false), as_member("bob"))
        .caller("eve", Member::of(3, 2, false), as_member("eve"))
        .caller("joe", Member::of(4, 1, true), as_member("joe"))
}

fn as_member(sent: &'static str) -> impl for<'c> Fn(LocalRequest<'c>) -> LocalRequest<'c> + 'static {
    move |request| request.header(Header::new("x-member", sent))
}

fn as_caller(sent: &'static str) -> impl for<'c> Fn(LocalRequest<'c>) -> LocalRequest<'c> + 'static {
    move |request| request.header(Header::new("x-caller", sent))
}

/// Proofs on the engine that the tests are run on.
pub(super) fn proofs(api: impl Fn() -> Api + 'static) -> Access {
    proofs_of(move |config| crewed::rocket::custom(config).attach(api()))
}

fn proofs_of(program: impl Fn(Figment) -> crewed::rocket::Rocket<crewed::rocket::Build> + 'static) -> Access {
    let store = || config().extract_inner::<String>("crewed.store").unwrap();
    testing::access(program)
        .stores(store(), store())
        .caller("ada", Me { id: 1, role: Role::User }, as_caller("1 user"))
        .caller("bob", Me { id: 2, role: Role::User }, as_caller("2 user"))
        .caller("eve", Me { id: 3, role: Role::Editor }, as_caller("3 editor"))
        .caller("joe", Me { id: 4, role: Role::Admin }, as_caller("4 admin"))
}

fn outcome(proofs: Access) -> Result<Report, Failure> {
    crewed::rocket::async_test(proofs.holds())
}

#[test]
fn rules_of_every_kind_hold() {
    let api = || Api::new().at("/api").resource::<Memo>().resource::<Badge>().resource::<Letter>();
    for seed in [1, 2] {
        let report = proofs(api).seed(seed).prove();
        let text = report.to_string();
        assert!(
            text.contains("read of `Memo`: (!owner && stage != \"gone\") || rank > (a value of the caller)"),
            "{text}"
        );
        assert!(text.contains("`place` of `Memo` decides what callers may do, and was not varied"), "{text}");
        assert_eq!(report.conflicts, 0, "{text}");
    }
}

#[test]
fn tenants_are_kept_apart() {
    let report = proofs_of_tenants(|| Api::new().resource::<Ticket>().resource::<Page>()).prove();
    assert!(report.to_string().contains("  tenant of `Ticket`\n"), "{report}");
}

#[test]
fn many_seeds_hold() {
    seeds_hold(10..16, 5);
}

/// `cargo test --test it -- --ignored more_seeds_hold`, before a release.
#[test]
#[ignore = "it takes minutes"]
fn more_seeds_hold() {
    seeds_hold(100..200, 12);
}

fn seeds_hold(seeds: std::ops::Range<u64>, rounds: u64) {
    for seed in seeds {
        let both = [
            proofs(|| Api::new().resource::<Memo>().resource::<Badge>().resource::<Letter>()),
            proofs_of_tenants(|| Api::new().resource::<Ticket>().resource::<Page>()),
        ];
        for proofs in both {
            let failure = outcome(proofs.seed(seed).rounds(rounds)).err();
            // A few rounds may not see all that a rule can be.
            let has_held = failure.as_ref().is_none_or(|failure| matches!(failure, Failure::Vacuous(_)));
            assert!(has_held, "{failure:?}");
        }
    }
}

/// The program does not find the caller that it is said to find.
#[test]
fn what_is_not_so_is_told_with_the_request() {
    let api = || Api::new().resource::<Note>();
    let wrong = proofs(api).caller("zoe", Me { id: 9, role: Role::User }, as_caller("9 editor"));
    let failure = outcome(wrong).unwrap_err();
    assert_eq!(failure.proof(), Some(Proof::Oracle));
    let text = failure.to_string();
    for part in [
        "access rules do not hold, by the proof of the oracle, seed 0, round 0:\n  request:  curl -X GET '/notes",
        "   # as zoe\n  expected: ",
        "\n  rule:     read of `Note`: public_note || owner || (asked of the caller)\n",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    // Whoever unwraps it reads the same.
    assert_eq!(format!("{failure:?}"), text);
}

/// A fairing tells everybody how many rows there are. No rule is broken by that, and a caller learns of what is hidden.
#[test]
fn an_answer_that_tells_of_hidden_rows_interferes() {
    let program = |config| {
        let telling = AdHoc::on_response("tells", |request, response| {
            Box::pin(async move {
                let notes = Repository::<Note>::unscoped(request.rocket()).unwrap();
                let count = notes.find(Predicate::all()).count().await.unwrap();
                response.set_raw_header("x-rows", count.to_string());
            })
        });
        crewed::rocket::custom(config).attach(Api::new().resource::<Note>()).attach(telling)
    };
    assert!(outcome(proofs_of(program).only(Proof::Oracle).rounds(6)).is_ok());
    let failure = outcome(proofs_of(program)).unwrap_err();
    assert_eq!(failure.proof(), Some(Proof::NonInterference));
    let text = failure.to_string();
    for part in [
        "expected: the same from two stores that agree in all that",
        " may see\n",
        "only in the o",
        "x-rows: ",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    assert!(outcome(proofs_of(program).except_header("X-Rows")).is_ok());
}

#[test]
fn proofs_that_show_nothing_are_no_proofs() {
    #[resource("/open", access(caller = Me, read(public || owner), write(owner)))]
    struct Open {
        #[field(key, generated)]
        id: i64,
        #[field(owner)]
        owner_id: i64,
    }

    let open = || proofs(|| Api::new().resource::<Open>());
    let failure = outcome(open()).unwrap_err().to_string();
    let line = "the proofs of access rules have shown too little:\n  - read of `Open`: public || owner: was true of every row \
                and caller; add a caller for whom it is not, or more rounds";
    assert_eq!(failure, line);
    let failure = outcome(open().only(Proof::NonInterference)).unwrap_err().to_string();
    assert!(
        failure.contains("no row of `Open` was hidden from anybody; add a caller who does not see all"),
        "{failure}"
    );
    let api = || Api::new().resource::<Note>();
    let lonely = testing::access(move |config| crewed::rocket::custom(config).attach(api()));
    let failure = outcome(lonely).unwrap_err().to_string();
    assert!(
        failure
            .contains("create of `Note`: caller: was true of no row and caller; add a caller for whom it is"),
        "{failure}"
    );
}

#[test]
fn what_cannot_be_proven_is_refused() {
    let refused = |proofs: Access, why: &str| {
        let failure = outcome(proofs).unwrap_err();
        assert!(matches!(failure, Failure::Unfit(_)), "{failure}");
        assert!(failure.to_string().contains(why), "{why} is not in\n{failure}");
    };
    let folder = tempfile::tempdir().unwrap();
    let store = |name: &str| format!("sqlite:{}", folder.path().join(name).display());
    let api = || Api::new().resource::<Note>();
    let (own, used) = (store("own.db"), store("used.db"));
    let elsewhere = {
        let own = own.clone();
        move |config: Figment| {
            crewed::rocket::custom(config.merge(("crewed.store", own.clone()))).attach(api())
        }
    };
    refused(testing::access(elsewhere), "the program uses the store `sqlite:");
    assert!(!std::path::Path::new(own.trim_start_matches("sqlite:")).exists());
    refused(proofs(api).stores(used.clone(), used.clone()), "name two");
    refused(proofs(Api::new), "no resource of the program has access rules");
    let client = {
        let config = config().merge(("crewed.store", used.clone()));
        Client::untracked(crewed::rocket::custom(config).attach(api())).unwrap()
    };
    note(&client, "", "1 user", "kept", true);
    refused(proofs(api).stores("sqlite::memory:", used.clone()), "has rows of the resource `Note`");
    assert_eq!(ask(&client, "GET", "/notes", "1 user", None).1.as_array().unwrap().len(), 1);
}

/// Sessions are rows too: they are prepared, seen by the proofs of their own resource, and left alone.
#[test]
fn callers_may_stand_in_the_store() {
    #[resource("/sessions", access(caller = Asker, read(user_id == caller.id), delete(user_id == caller.id)))]
    struct Session {
        #[field(key)]
        token: String,
        user_id: i64,
        #[field(created_at)]
        created_at: DateTime<Utc>,
    }

    #[crewed::caller]
    struct Asker {
        #[caller(id)]
        id: i64,
    }

    #[crewed::rocket::async_trait]
    impl<'r> FromRequest<'r> for Asker {
        type Error = HttpError;

        async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, HttpError> {
            let Some(token) = request.headers().get_one("x-token") else {
                return Outcome::Forward(Status::Unauthorized);
            };
            let sessions = Repository::<Session>::unscoped(request.rocket()).unwrap();
            match sessions.read(&token.to_owned()).await {
                Ok(session) => Outcome::Success(Asker { id: session.user_id }),
                Err(_) => Outcome::Error((Status::Unauthorized, HttpError::new(401, "Bad token"))),
            }
        }
    }

    let program = |config| crewed::rocket::custom(config).attach(Api::new().resource::<Session>());
    let store = || config().extract_inner::<String>("crewed.store").unwrap();
    let report = testing::access(program)
        .stores(store(), store())
        .prepare(async |rocket| {
            let sessions = Repository::<Session>::unscoped(rocket).unwrap();
            for (token, user_id) in [("of-ada", 1), ("of-bob", 2)] {
                sessions.create(SessionCreate { token: token.to_owned(), user_id }).await.unwrap();
            }
        })
        .caller("ada", Asker { id: 1 }, |request| request.header(Header::new("x-token", "of-ada")))
        .caller("bob", Asker { id: 2 }, |request| request.header(Header::new("x-token", "of-bob")))
        .prove();
    assert!(report.requests > 100, "{report}");
}

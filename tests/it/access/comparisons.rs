//! Comparisons in rules are Rust's: `None` is equal to `None` alone, and decimals to their last place.

use crewed::rocket::local::asynchronous::LocalRequest;
use crewed::testing;

use super::*;

/// Whoever asks: `x-player: 3 1.005`, with a team and a budget, each of which may be `-`.
#[crewed::caller]
#[derive(Debug)]
struct Player {
    team: Option<i64>,
    motto: Option<String>,
    budget: Decimal,
    refund: Option<Decimal>,
}

impl Player {
    fn of(sent: &str) -> Option<Self> {
        let (team, budget) = sent.split_once(' ')?;
        let team = if team == "-" { None } else { Some(team.parse().ok()?) };
        let budget: Decimal = budget.parse().ok()?;
        let motto = team.map(|team| format!("of {team}"));
        Some(Player { team, motto, budget, refund: team.map(|_| budget) })
    }
}

#[crewed::rocket::async_trait]
impl<'r> FromRequest<'r> for Player {
    type Error = HttpError;

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, HttpError> {
        match request.headers().get_one("x-player") {
            None => Outcome::Forward(Status::Unauthorized),
            Some(sent) => match Player::of(sent) {
                Some(player) => Outcome::Success(player),
                None => Outcome::Error((Status::BadRequest, HttpError::new(400, "Who is that?"))),
            },
        }
    }
}

/// A card of which each field is shown where its rule is true of `team` and `note`, which may be null.
#[resource("/cards", access(caller = Player, read(public), create(public), update(public)))]
struct Card {
    #[field(key, generated)]
    id: i64,
    team: Option<i64>,
    note: Option<String>,
    #[field(read(team == caller.team))]
    same: Option<bool>,
    #[field(read(!(team == caller.team)))]
    not_same: Option<bool>,
    #[field(read(caller.team != team))]
    other: Option<bool>,
    #[field(read(!(team != caller.team)))]
    not_other: Option<bool>,
    #[field(read(team == Some(3)))]
    three: Option<bool>,
    #[field(read(team != Some(3)))]
    not_three: Option<bool>,
    #[field(read(!(team != Some(3))))]
    three_again: Option<bool>,
    #[field(read(team == None))]
    none: Option<bool>,
    #[field(read(team != None))]
    some: Option<bool>,
    #[field(read(note == Some("x")))]
    noted: Option<bool>,
    #[field(read(note != Some("x")))]
    not_noted: Option<bool>,
    #[field(read(note == caller.motto))]
    motto: Option<bool>,
    #[field(read(!(note != Some("x") || team == caller.team)))]
    neither: Option<bool>,
    #[field(read(!(note == caller.motto && team == caller.team)))]
    not_both: Option<bool>,
}

/// The rules of [`Card`] as Rust; `None` is a player who is not known.
fn shown(team: Option<i64>, note: Option<&str>, player: Option<&Player>) -> Vec<&'static str> {
    let own = |asked: &dyn Fn(&Player) -> bool| player.is_some_and(asked);
    let motto = |player: &Player| note == player.motto.as_deref();
    let all = [
        ("same", own(&|player| team == player.team)),
        ("not_same", own(&|player| team != player.team)),
        ("other", own(&|player| team != player.team)),
        ("not_other", own(&|player| team == player.team)),
        ("three", team == Some(3)),
        ("not_three", team != Some(3)),
        ("three_again", team == Some(3)),
        ("none", team.is_none()),
        ("some", team.is_some()),
        ("noted", note == Some("x")),
        ("not_noted", note != Some("x")),
        ("motto", own(&motto)),
        ("neither", own(&|player| note == Some("x") && team != player.team)),
        ("not_both", own(&|player| !(motto(player) && team == player.team))),
    ];
    all.into_iter().filter(|(_, holds)| *holds).map(|(name, _)| name).collect()
}

/// What is shown to whom where a rule of rows compares with what may be null.
#[resource("/games", access(caller = Player, read(team == caller.team), create(public), with_check(public)))]
struct Game {
    #[field(key, generated)]
    id: i64,
    team: Option<i64>,
}

/// The same of the negation.
#[resource("/rivals", access(caller = Player, read(!(team == caller.team)), create(public), with_check(public)))]
struct Rival {
    #[field(key, generated)]
    id: i64,
    team: Option<i64>,
}

/// The same of a constant.
#[resource("/others", access(read(team != Some(3)), create(public), with_check(public)))]
struct Other {
    #[field(key, generated)]
    id: i64,
    team: Option<i64>,
}

const PLAYERS: [&str; 4] = ["", "- 1.005", "3 1.01", "4 0.5"];

fn asks(client: &Client, method: &str, path: &str, player: &str, body: Option<Value>) -> (u16, Value) {
    let mut request = client.req(method.parse().unwrap(), path.to_owned());
    if !player.is_empty() {
        request.add_header(Header::new("x-player", player.to_owned()));
    }
    if let Some(body) = body {
        request.add_header(ContentType::JSON);
        request.set_body(body.to_string());
    }
    let answer = request.dispatch();
    (answer.status().code, answer.into_json().unwrap_or_default())
}

#[test]
fn null_is_equal_to_null_alone() {
    let api = || Api::new().resource::<Card>().resource::<Game>().resource::<Rival>().resource::<Other>();
    for (client, base) in on_bases(api) {
        let mut cards = Vec::new();
        for team in [None, Some(3), Some(4)] {
            for note in [None, Some("x"), Some("of 3")] {
                let new = json!({"team": team, "note": note});
                let (status, row) = asks(&client, "POST", &format!("{base}/cards"), "", Some(new));
                assert_eq!(status, 201, "{row}");
                cards.push((team, note));
            }
            for path in ["games", "rivals", "others"] {
                let new = Some(json!({"team": team}));
                assert_eq!(asks(&client, "POST", &format!("{base}/{path}"), "", new).0, 201);
            }
        }
        for player in PLAYERS {
            let list = |path: &str| asks(&client, "GET", &format!("{base}{path}"), player, None);
            let known = Player::of(player);
            let (status, rows) = list("/cards");
            assert_eq!(status, 200, "{rows}");
            for (row, (team, note)) in rows.as_array().unwrap().iter().zip(&cards) {
                let members: Vec<&String> = row.as_object().unwrap().keys().collect();
                let members = members.iter().map(|name| name.as_str()).skip(3).collect::<Vec<_>>();
                assert_eq!(members, shown(*team, *note, known.as_ref()), "{player}: {row}");
            }
            let teams = |path: &str| match list(path) {
                (200, rows) => {
                    let rows = rows.as_array().unwrap().clone();
                    Ok(rows.into_iter().map(|row| row["team"].as_i64()).collect::<Vec<_>>())
                }
                (status, _) => Err(status),
            };
            let of = |keeps: &dyn Fn(Option<i64>, Option<i64>) -> bool| match &known {
                None => Err(401),
                Some(player) => {
                    let all = [None, Some(3), Some(4)].into_iter();
                    Ok(all.filter(|team| keeps(*team, player.team)).collect())
                }
            };
            assert_eq!(teams("/games"), of(&|team, own| team == own), "{player}");
            assert_eq!(teams("/rivals"), of(&|team, own| team != own), "{player}");
            assert_eq!(teams("/others"), Ok(vec![None, Some(4)]), "{player}");
        }
    }
}

/// A price of which each field is shown where its rule is true.
#[resource("/prices", access(caller = Player, read(public), create(public), update(public)))]
struct Price {
    #[field(key, generated)]
    id: i64,
    #[field(scale = 2)]
    price: Decimal,
    #[field(scale = 2)]
    rebate: Option<Decimal>,
    #[field(read(price <= Decimal::new(1005, 3)))]
    at_most: Option<bool>,
    #[field(read(price < Decimal::new(1005, 3)))]
    less: Option<bool>,
    #[field(read(price >= Decimal::new(1005, 3)))]
    at_least: Option<bool>,
    #[field(read(!(price > Decimal::new(1005, 3))))]
    not_more: Option<bool>,
    #[field(read(price == Decimal::new(1005, 3)))]
    never: Option<bool>,
    #[field(read(price != Decimal::new(1005, 3)))]
    always: Option<bool>,
    #[field(read(price == Decimal::new(1000, 3)))]
    one: Option<bool>,
    #[field(read(price != Decimal::new(1, 0)))]
    not_one: Option<bool>,
    #[field(read(rebate == Some(Decimal::new(1, 0))))]
    rebate_one: Option<bool>,
    #[field(read(rebate != Some(Decimal::new(1005, 3))))]
    rebate_always: Option<bool>,
    #[field(read(price <= caller.budget))]
    payable: Option<bool>,
    #[field(read(rebate == caller.refund))]
    refunded: Option<bool>,
    #[field(read(price < Decimal::MAX))]
    finite: Option<bool>,
    #[field(read(price <= Decimal::MIN))]
    infinite: Option<bool>,
}

fn afforded(price: Decimal, rebate: Option<Decimal>, player: Option<&Player>) -> Vec<&'static str> {
    let limit = Decimal::new(1005, 3);
    let one = Decimal::new(1, 0);
    let all = [
        ("at_most", price <= limit),
        ("less", price < limit),
        ("at_least", price >= limit),
        ("not_more", price <= limit),
        ("never", false),
        ("always", true),
        ("one", price == one),
        ("not_one", price != one),
        ("rebate_one", rebate == Some(one)),
        ("rebate_always", true),
        ("payable", player.is_some_and(|player| price <= player.budget)),
        ("refunded", player.is_some_and(|player| rebate == player.refund)),
        ("finite", true),
        ("infinite", false),
    ];
    all.into_iter().filter(|(_, holds)| *holds).map(|(name, _)| name).collect()
}

#[test]
fn decimals_are_compared_to_their_last_place() {
    for (client, base) in on_bases(|| Api::new().resource::<Price>()) {
        let path = format!("{base}/prices");
        let decimal = |text: &str| text.parse::<Decimal>().unwrap();
        let mut prices = Vec::new();
        for price in ["0.99", "1.00", "1.01", "-1.01", "0.50"] {
            for rebate in [None, Some("1.00"), Some("1.01"), Some("0.50")] {
                let new = Some(json!({"price": price, "rebate": rebate}));
                assert_eq!(asks(&client, "POST", &path, "", new).0, 201);
                prices.push((decimal(price), rebate.map(decimal)));
            }
        }
        for player in PLAYERS {
            let known = Player::of(player);
            let (status, rows) = asks(&client, "GET", &path, player, None);
            assert_eq!(status, 200, "{rows}");
            for (row, (price, rebate)) in rows.as_array().unwrap().iter().zip(&prices) {
                let members: Vec<&String> = row.as_object().unwrap().keys().collect();
                let members = members.iter().map(|name| name.as_str()).skip(3).collect::<Vec<_>>();
                assert_eq!(members, afforded(*price, *rebate, known.as_ref()), "{player}: {row}");
            }
        }
    }
}

/// An offer, with rules of rows on decimals and on what may be null.
#[resource(
    "/offers",
    access(
        caller = Player,
        read(price <= Decimal::new(1005, 3) || team == caller.team),
        create(price != Decimal::new(10, 1) && price < Decimal::new(3005, 3)),
        update(!(team == caller.team) || rebate == Some(Decimal::new(1, 0))),
        delete(price <= caller.budget && team != Some(3)),
        with_check(!(rebate == caller.refund) || note == Some("x")),
    )
)]
struct Offer {
    #[field(key, generated)]
    id: i64,
    #[field(filter)]
    team: Option<i64>,
    #[field(filter)]
    note: Option<String>,
    #[field(scale = 2, filter, sort)]
    price: Decimal,
    #[field(scale = 2, filter, sort, read(price >= Decimal::new(5, 1)), write(rebate != Some(Decimal::new(1005, 3)) && note == None))]
    rebate: Option<Decimal>,
}

#[test]
fn comparisons_with_null_and_of_decimals_are_proven() {
    let store = || config().extract_inner::<String>("crewed.store").unwrap();
    let mut proofs = testing::access(|config| {
        crewed::rocket::custom(config)
            .attach(Api::new().resource::<Offer>().resource::<Game>().resource::<Rival>())
    })
    .stores(store(), store());
    fn sends(player: &'static str) -> impl for<'c> Fn(LocalRequest<'c>) -> LocalRequest<'c> + 'static {
        move |request| request.header(Header::new("x-player", player))
    }
    for player in &PLAYERS[1..] {
        proofs = proofs.caller(*player, Player::of(player).unwrap(), sends(player));
    }
    let report = proofs.prove();
    assert!(report.requests > 1000, "{report}");
}

//! Random queries, whose answers are compared with those of a plain model in memory.

use std::cmp::Ordering;

use super::pages::walked;
use super::*;

/// Texts that SQL, URLs and Unicode treat specially.
const TEXTS: &[&str] = &[
    "",
    "a",
    "A",
    "ab",
    "AB",
    "aB",
    "b",
    "%",
    "_",
    "a%",
    "a_b",
    "\\",
    "'",
    "\"",
    "';--",
    "a b",
    " a",
    "+",
    "&",
    "=",
    "é",
    "É",
    "e\u{301}",
    "ß",
    "ẞ",
    "SS",
    "ς",
    "Σ",
    "σ",
    "İ",
    "i",
    "I",
    "ı",
    "K",
    "\u{212a}",
    "k",
    "강",
    "강나루",
    "나",
    "\u{1100}\u{1161}\u{11bc}",
    "日本語",
    "本",
    "😀",
    "😀a",
    "\u{ffff}",
    "\u{10ffff}",
    "\u{d7ff}x",
    "\u{7f}",
    "\t",
];

/// Random numbers that are the same in each run: Knuth's generator.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % bound
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    fn text(&mut self) -> String {
        match self.below(3) {
            0 => format!("{}{}", self.of(TEXTS), self.of(TEXTS)),
            _ => self.of(TEXTS).to_owned(),
        }
    }

    fn age(&mut self) -> i32 {
        self.of(&[-3, -1, 0, 1, 2, 7, 18, i32::MAX, i32::MIN])
    }
}

/// Simple case folding of the few letters above, written down by hand.
fn folded(text: &str) -> String {
    let fold = |letter| match letter {
        'ẞ' => 'ß',
        'ς' | 'Σ' => 'σ',
        '\u{212a}' => 'k',
        'É' => 'é',
        letter => letter.to_ascii_lowercase(),
    };
    text.chars().map(fold).collect()
}

#[derive(Clone, Debug)]
struct Row {
    id: i64,
    name: String,
    age: Option<i32>,
    team: &'static str,
    powers: Vec<String>,
    masked: bool,
    cents: i64,
    motto: Option<String>,
}

type Test = Box<dyn Fn(&Row) -> bool>;

/// A text as it stands in a query.
fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn condition(random: &mut Random) -> (String, Test) {
    let text = random.text();
    let sent = encoded(&text);
    let filled =
        || if text.is_empty() { ("x".to_owned(), encoded("x")) } else { (text.clone(), sent.clone()) };
    let age = random.age();
    match random.below(24) {
        0 => (format!("name={sent}"), Box::new(move |row| row.name == text)),
        1 => (format!("name__ne={sent}"), Box::new(move |row| row.name != text)),
        2 => {
            let other = random.text();
            let query = format!("name__in={sent}&name__in={}", encoded(&other));
            (query, Box::new(move |row| row.name == text || row.name == other))
        }
        3 => {
            let (text, sent) = filled();
            (format!("name__contains={sent}"), Box::new(move |row| row.name.contains(&text)))
        }
        4 => {
            let (text, sent) = filled();
            (
                format!("name__icontains={sent}"),
                Box::new(move |row| folded(&row.name).contains(&folded(&text))),
            )
        }
        5 => {
            let (text, sent) = filled();
            (format!("name__startswith={sent}"), Box::new(move |row| row.name.starts_with(&text)))
        }
        6 => {
            let (text, sent) = filled();
            (format!("name__endswith={sent}"), Box::new(move |row| row.name.ends_with(&text)))
        }
        7 => (format!("motto={sent}"), Box::new(move |row| row.motto.as_ref() == Some(&text))),
        8 => (format!("motto__ne={sent}"), Box::new(move |row| row.motto.as_ref() != Some(&text))),
        9 => {
            let other = random.text();
            let query = format!("motto__not_in={sent}&motto__not_in={}", encoded(&other));
            (
                query,
                Box::new(move |row| row.motto.as_ref().is_none_or(|motto| *motto != text && *motto != other)),
            )
        }
        10 => {
            let (text, sent) = filled();
            let query = format!("motto__contains={sent}");
            (query, Box::new(move |row| row.motto.as_ref().is_some_and(|motto| motto.contains(&text))))
        }
        11 => {
            let null = random.below(2) == 0;
            (format!("motto__isnull={null}"), Box::new(move |row| row.motto.is_none() == null))
        }
        12 => (format!("age={age}"), Box::new(move |row| row.age == Some(age))),
        13 => (format!("age__ne={age}"), Box::new(move |row| row.age != Some(age))),
        14 => (format!("age__gt={age}"), Box::new(move |row| row.age.is_some_and(|this| this > age))),
        15 => (format!("age__gte={age}"), Box::new(move |row| row.age.is_some_and(|this| this >= age))),
        16 => (format!("age__lt={age}"), Box::new(move |row| row.age.is_some_and(|this| this < age))),
        17 => (format!("age__lte={age}"), Box::new(move |row| row.age.is_some_and(|this| this <= age))),
        18 => {
            let team = random.of(&["Red", "Blue", "Green"]);
            (format!("team__not_in={team}"), Box::new(move |row| row.team != team))
        }
        19 => {
            let (text, sent) = filled();
            (format!("powers__has={sent}"), Box::new(move |row| row.powers.contains(&text)))
        }
        20 => {
            let masked = random.below(2) == 0;
            (format!("masked={masked}"), Box::new(move |row| row.masked == masked))
        }
        21 => {
            let thousandths = random.below(9000) as i64 - 4500;
            let sign = if thousandths < 0 { "-" } else { "" };
            let (whole, rest) = (thousandths.abs() / 1000, thousandths.abs() % 1000);
            let query = format!("price__gte={sign}{whole}.{rest:03}");
            (query, Box::new(move |row| row.cents * 10 >= thousandths))
        }
        22 => {
            let yes = random.below(2) == 0;
            (format!("adult={yes}"), Box::new(move |row| row.age.is_some_and(|age| age >= 18) == yes))
        }
        _ => {
            let words: Vec<String> = text.split_whitespace().map(folded).collect();
            if words.is_empty() {
                return ("q=a".to_owned(), Box::new(|row| found(row, &["a".to_owned()])));
            }
            (format!("q={sent}"), Box::new(move |row| found(row, &words)))
        }
    }
}

fn found(row: &Row, words: &[String]) -> bool {
    let texts = [Some(folded(&row.name)), row.motto.as_deref().map(folded)];
    words.iter().all(|word| texts.iter().flatten().any(|text| text.contains(word)))
}

/// NULL is greater than every value.
fn nulls_last<T: Ord>(one: &Option<T>, other: &Option<T>) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) => one.cmp(other),
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
    }
}

fn compared(field: &str, one: &Row, other: &Row) -> Ordering {
    match field {
        "name" => one.name.cmp(&other.name),
        "age" => nulls_last(&one.age, &other.age),
        "masked" => one.masked.cmp(&other.masked),
        "price" => one.cents.cmp(&other.cents),
        "motto" => nulls_last(&one.motto, &other.motto),
        _ => one.id.cmp(&other.id),
    }
}

#[test]
fn random_queries_find_what_a_model_finds() {
    let client = client();
    let mut random = Random(2024);
    let mut rows: Vec<Row> = Vec::new();
    for _ in 0..80 {
        let mut row = Row {
            id: 0,
            name: random.text(),
            age: (random.below(4) > 0).then(|| random.age()),
            team: random.of(&["Red", "Blue", "Green"]),
            powers: (0..random.below(3)).map(|_| random.text()).collect(),
            masked: random.below(2) == 0,
            cents: random.below(900) as i64 - 450,
            motto: (random.below(3) > 0).then(|| random.text()),
        };
        let price = Decimal::new(row.cents, 2).to_string();
        row.id = add(
            &client,
            json!({
                "name": row.name, "age": row.age, "team": row.team, "powers": row.powers, "masked": row.masked,
                "price": price, "motto": row.motto,
            }),
        );
        rows.push(row);
    }
    let mut filled = 0;
    for _ in 0..600 {
        let (mut parts, mut tests) = (Vec::new(), Vec::new());
        let mut names = Vec::new();
        for _ in 0..random.below(4) {
            let (part, test) = condition(&mut random);
            let name = part.split('=').next().unwrap().to_owned();
            if !names.contains(&name) {
                names.push(name);
                parts.push(part);
                tests.push(test);
            }
        }
        let mut sort: Vec<(&str, bool)> = Vec::new();
        for _ in 0..random.below(4) {
            let field = random.of(&["name", "age", "masked", "price", "motto", "id"]);
            if sort.iter().all(|(known, _)| *known != field) {
                sort.push((field, random.below(2) == 0));
            }
        }
        if !sort.is_empty() {
            let terms = sort
                .iter()
                .map(|(field, descending)| format!("{}{field}", if *descending { "-" } else { "" }));
            parts.push(format!("sort={}", terms.collect::<Vec<_>>().join(",")));
        }
        let mut expected: Vec<&Row> = rows.iter().filter(|row| tests.iter().all(|test| test(row))).collect();
        sort.push(("id", sort.last().is_some_and(|(_, descending)| *descending)));
        expected.sort_by(|one, other| {
            let orders = sort.iter().map(|(field, descending)| match descending {
                true => compared(field, other, one),
                false => compared(field, one, other),
            });
            orders.fold(Ordering::Equal, Ordering::then)
        });
        let expected: Vec<i64> = expected.iter().map(|row| row.id).collect();
        filled += usize::from(!expected.is_empty());
        parts.push(format!("limit={}", random.of(&[7, 30, 1000])));
        let query = parts.join("&");
        assert_eq!(walked(&client, &format!("/heroes?{query}")), expected, "{query}");
        let counted = format!("/heroes?{query}&count=true");
        let answer = send(&client, Method::Get, &counted, None);
        assert_eq!(answer.headers().get_one("X-Total-Count"), Some(&*expected.len().to_string()), "{query}");
        let skip = random.below(rows.len());
        let skipped: Vec<i64> = expected.iter().skip(skip).take(5).copied().collect();
        let query = query.rsplit_once("limit=").unwrap().0;
        assert_eq!(ids(&client, &format!("{query}limit=5&skip={skip}")), skipped, "{query} {skip}");
    }
    assert!(filled > 200, "{filled} of the queries found anything");
}

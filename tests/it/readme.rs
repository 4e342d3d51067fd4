//! The README's tour: every answer in it is what the example answers.

use crewed::rocket::http::{Header, Method};
use crewed::rocket::local::blocking::Client;

use crate::document::users;

const README: &str = include_str!("../../README.md");

/// A `curl` of the tour, and what stands below it.
struct Step {
    method: Method,
    path: String,
    media_type: Option<String>,
    body: Option<String>,
    answer: String,
}

#[test]
fn the_tour_is_real() {
    let client = Client::untracked(users::rocket().configure(crate::kit::config())).unwrap();
    let steps = steps();
    assert!(steps.len() >= 8, "only {} steps were found", steps.len());
    for step in steps {
        let mut request = client.req(step.method, step.path.clone());
        if let Some(media_type) = step.media_type {
            request = request.header(Header::new("content-type", media_type));
        }
        let answer = request.body(step.body.unwrap_or_default()).dispatch().into_string().unwrap_or_default();
        // Long answers are broken at blanks, or where there was none.
        let squeezed = |text: &str| text.split_whitespace().collect::<String>();
        assert_eq!(squeezed(&answer), squeezed(&step.answer), "{} {}", step.method, step.path);
    }
}

fn steps() -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let blocks = README.split("```console\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    for line in blocks.flat_map(str::lines) {
        match line.strip_prefix("$ curl ") {
            Some(arguments) => steps.push(step(arguments)),
            None => steps.last_mut().unwrap().answer.push_str(line),
        }
    }
    steps
}

fn step(arguments: &str) -> Step {
    let mut step = Step {
        method: Method::Get,
        path: String::new(),
        media_type: None,
        body: None,
        answer: String::new(),
    };
    let mut words = words(arguments).into_iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-X" => step.method = words.next().unwrap().parse().unwrap(),
            "-d" => step.body = words.next(),
            "-H" => {
                let header = words.next().unwrap();
                step.media_type = header.strip_prefix("content-type: ").map(ToOwned::to_owned);
            }
            address => step.path = address.strip_prefix("localhost:8000").unwrap().to_owned(),
        }
    }
    step
}

/// The words of a shell, with single quotes and nothing else.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            c => words.last_mut().unwrap().push(c),
        }
    }
    words
}

//! The pages' consoles: every answer in them is what the real programs answer.

use crate::program::{Running, ask, example, start, start_with};

#[test]
fn the_tour_is_real() {
    let folder = tempfile::tempdir().unwrap();
    let program = start(&example("users"), folder.path());
    let blocks = consoles(include_str!("../../README.md"));
    let asked: usize = blocks.iter().map(|(_, block)| play(block, &program, &mut Keys::default())).sum();
    assert!(asked >= 8, "only {asked} steps were found");
}

/// All consoles of the page about access ask one program, one after another.
#[test]
fn the_page_about_access_is_real() {
    let folder = tempfile::tempdir().unwrap();
    let program = start(&example("notes"), folder.path());
    let mut keys = Keys::default();
    let blocks = include_str!("../../docs/access.md").split("```console\n").skip(1);
    let blocks = blocks.map(|rest| rest.split("```").next().unwrap());
    let asked: usize = blocks.map(|block| play(block, &program, &mut keys)).sum();
    assert!(asked >= 14, "only {asked} steps were found");
}

/// A console of the examples' page asks the first program of its heading.
#[test]
fn the_examples_page_is_real() {
    let blocks = consoles(include_str!("../../examples/README.md"));
    let mut asked = 0;
    for (heading, block) in &blocks {
        let name = heading.split('`').nth(1).unwrap_or_else(|| panic!("no program in `{heading}`"));
        let folder = tempfile::tempdir().unwrap();
        asked += match block.split_once('\n').filter(|(first, _)| first.contains("cargo run")) {
            None => play(block, &start(&example(name), folder.path()), &mut Keys::default()),
            Some((start, block)) => {
                let mut words = words(start.trim_start_matches("$ "));
                assert_eq!(words.split_off(1).join(" "), format!("cargo run --example {name}"));
                let (key, value) = words[0].split_once('=').unwrap();
                let environment = [(key.to_owned(), value.to_owned())];
                let program = start_with(&example(name), folder.path(), &environment);
                play(block, &program, &mut Keys::default())
            }
        };
    }
    assert!(asked >= 10, "only {asked} steps were found");
}

/// Each console block of a page, with the heading above it.
fn consoles(page: &str) -> Vec<(&str, &str)> {
    let mut blocks = Vec::new();
    for section in page.split("\n## ").skip(1) {
        let heading = section.lines().next().unwrap();
        let consoles = section.split("```console\n").skip(1);
        blocks.extend(consoles.map(|rest| (heading, rest.split("```").next().unwrap())));
    }
    blocks
}

/// Asks what a block asks, and compares with what stands below; tells how many requests there were.
fn play(block: &str, program: &Running, keys: &mut Keys) -> usize {
    let steps: Vec<&str> = block.split("$ curl ").skip(1).collect();
    for step in &steps {
        let (arguments, expected) = step.split_once('\n').unwrap();
        let answer = ask(program.port, &request(&keys.known(arguments))).text();
        keys.learn(expected, &answer);
        // Long answers are broken at blanks, or where there was none.
        let squeezed = |text: &str| text.split_whitespace().collect::<String>();
        assert_eq!(squeezed(&answer), squeezed(&keys.known(expected)), "{arguments}");
    }
    steps.len()
}

/// The keys of a page that a program makes anew, UUIDs of version 7, each with the one that it has made.
#[derive(Default)]
struct Keys(Vec<(String, String)>);

impl Keys {
    /// Takes the keys of an answer for those that stand in the same places of the page.
    fn learn(&mut self, page: &str, answer: &str) {
        for (page, made) in new_keys(page).into_iter().zip(new_keys(answer)) {
            if !self.0.iter().any(|(known, _)| known == page) {
                self.0.push((page.to_owned(), made.to_owned()));
            }
        }
    }

    /// The same text with the keys that were made.
    fn known(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (page, made)| text.replace(page, made))
    }
}

fn new_keys(text: &str) -> Vec<&str> {
    let is_key = |candidate: &[u8]| {
        candidate.iter().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => *byte == b'-',
            14 => *byte == b'7',
            _ => byte.is_ascii_hexdigit(),
        })
    };
    let windows = text.as_bytes().windows(36).enumerate();
    windows.filter(|(_, candidate)| is_key(candidate)).map(|(start, _)| &text[start..start + 36]).collect()
}

/// What `curl` would send.
fn request(arguments: &str) -> Vec<u8> {
    let (mut method, mut path, mut headers, mut body) = (None, None, String::new(), String::new());
    let mut words = words(arguments).into_iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-X" => method = words.next(),
            "-d" => body = words.next().unwrap(),
            "-H" => headers.push_str(&format!("{}\r\n", words.next().unwrap())),
            address => path = address.strip_prefix("localhost:8000").map(str::to_owned),
        }
    }
    let (method, path) = (method.as_deref().unwrap_or("GET"), path.unwrap());
    format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
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

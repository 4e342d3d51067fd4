//! The pages' consoles: every answer in them is what the real programs answer.

use crate::program::{Running, ask, example, start, start_with};

#[test]
fn the_tour_is_real() {
    let folder = tempfile::tempdir().unwrap();
    let program = start(&example("users"), folder.path());
    let blocks = consoles(include_str!("../../README.md"));
    let asked: usize = blocks.iter().map(|(_, block)| play(block, &program)).sum();
    assert!(asked >= 8, "only {asked} steps were found");
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
            None => play(block, &start(&example(name), folder.path())),
            Some((start, block)) => {
                let mut words = words(start.trim_start_matches("$ "));
                assert_eq!(words.split_off(1).join(" "), format!("cargo run --example {name}"));
                let (key, value) = words[0].split_once('=').unwrap();
                let environment = [(key.to_owned(), value.to_owned())];
                play(block, &start_with(&example(name), folder.path(), &environment))
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
fn play(block: &str, program: &Running) -> usize {
    let steps: Vec<&str> = block.split("$ curl ").skip(1).collect();
    for step in &steps {
        let (arguments, expected) = step.split_once('\n').unwrap();
        let answer = ask(program.port, &request(arguments)).text();
        // Long answers are broken at blanks, or where there was none.
        let squeezed = |text: &str| without_new_keys(text.split_whitespace().collect());
        assert_eq!(squeezed(&answer), squeezed(expected), "{arguments}");
    }
    steps.len()
}

/// The same without the UUIDs of version 7, which are made anew each time.
fn without_new_keys(mut text: String) -> String {
    let is_new = |candidate: &[u8]| {
        candidate.iter().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => *byte == b'-',
            14 => *byte == b'7',
            _ => byte.is_ascii_hexdigit(),
        })
    };
    while let Some(start) = text.as_bytes().windows(36).position(is_new) {
        text.replace_range(start..start + 36, "<key>");
    }
    text
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

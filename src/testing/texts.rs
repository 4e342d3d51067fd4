//! Random texts: of a format, or of a declared pattern.

use regex_syntax::hir::{Class, Hir, HirKind};
use serde_json::Value as Json;

use super::random::Random;
use crate::wire::{Constraints, Format};

/// What most texts are made of: letters of either case, and what SQL, URLs, JSON and CSV write differently.
const PIECES: [&str; 12] = ["a", "b", "ab", "B", "ada", "Ä", "ß", " ", "%", "_", "'", "\",\\"];

/// How often a part of a pattern is repeated beyond what it has to be.
const MOST_REPEATED: u32 = 3;

/// A text in a format of the type, in one of the constraints, or in none.
pub(super) fn text(random: &mut Random, format: &str, constraints: &Constraints) -> Json {
    match format {
        "uuid" => uuid(random).into(),
        "date-time" => format!("{}T{}Z", date(random), time(random)).into(),
        "date-time-local" => format!("{}T{}", date(random), time(random)).into(),
        "date" => date(random).into(),
        "time" => time(random).into(),
        "decimal" => decimal(random, constraints),
        "byte" => ["", "YQ==", "YWI=", "/w=="][random.below(4)].into(),
        _ => plain(random, constraints).into(),
    }
}

pub(super) fn uuid(random: &mut Random) -> String {
    let bytes = (u128::from(random.number()) << 64) | u128::from(random.number());
    uuid::Builder::from_random_bytes(bytes.to_be_bytes()).into_uuid().to_string()
}

/// A day before what is written now.
fn date(random: &mut Random) -> String {
    format!("20{:02}-{:02}-{:02}", random.below(20), 1 + random.below(12), 1 + random.below(28))
}

fn time(random: &mut Random) -> String {
    format!("{:02}:{:02}:{:02}", random.below(24), random.below(60), random.below(60))
}

fn decimal(random: &mut Random, constraints: &Constraints) -> Json {
    let scale = constraints.scale.unwrap_or(2);
    let bound = |bound: Option<crate::issue::Bound>| bound.map(|bound| bound.as_f64() as i64);
    let low = bound(constraints.ge.or(constraints.gt)).unwrap_or(0);
    let high = bound(constraints.le.or(constraints.lt)).unwrap_or(low.saturating_add(20));
    let whole = random.within(low, high.max(low));
    match scale {
        0 => whole.to_string().into(),
        _ => format!("{whole}.{}", ["0", "5", "1"][random.below(3)]).into(),
    }
}

fn plain(random: &mut Random, constraints: &Constraints) -> String {
    if let Some(format) = constraints.format {
        return in_format(random, format);
    }
    if let Some(text) = constraints.pattern.and_then(|pattern| of_pattern(random, pattern.source)) {
        return text;
    }
    let least = constraints.min_length.unwrap_or(0);
    let most = constraints.max_length.unwrap_or(least + 12).max(least);
    let wanted = least + random.below(3);
    let mut text = String::new();
    while text.chars().count() < wanted.min(most) || (text.is_empty() && most > 0 && random.percent(90)) {
        text.push_str(PIECES[random.below(PIECES.len())]);
    }
    text.chars().take(most).collect()
}

fn in_format(random: &mut Random, format: Format) -> String {
    let name = ["ada", "bob", "eve", "joe"][random.below(4)];
    let number = random.below(1000);
    match format {
        Format::Email => format!("{name}{number}@example.com"),
        Format::Uri => format!("https://example.com/{name}/{number}"),
        Format::Ipv4 => format!("10.0.{}.{}", random.below(256), random.below(256)),
        Format::Ipv6 => format!("2001:db8::{number:x}"),
    }
}

/// A text that a regular expression matches, as far as that can be told without looking around.
fn of_pattern(random: &mut Random, source: &str) -> Option<String> {
    let mut text = String::new();
    push(random, &regex_syntax::parse(source).ok()?, &mut text)?;
    Some(text)
}

fn push(random: &mut Random, hir: &Hir, text: &mut String) -> Option<()> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(Class::Unicode(class)) => {
            // Of a class of all letters, those that people write more often.
            let usual: Vec<char> =
                class.iter().flat_map(|range| range.start()..=range.end()).take(64).collect();
            let range = random.pick(class.ranges())?;
            let other = char::from_u32(
                random.within(u32::from(range.start()).into(), u32::from(range.end()).into()) as u32,
            );
            let usual = random.pick(&usual).copied();
            text.push(if random.percent(70) { usual? } else { other.or(usual)? });
        }
        HirKind::Class(Class::Bytes(class)) => {
            let range = random.pick(class.ranges())?;
            text.push(random.within(range.start().into(), range.end().into()) as u8 as char);
        }
        HirKind::Repetition(repetition) => {
            let most = repetition.max.unwrap_or(u32::MAX).min(repetition.min.saturating_add(MOST_REPEATED));
            for _ in 0..random.within(repetition.min.into(), most.into()) {
                push(random, &repetition.sub, text)?;
            }
        }
        HirKind::Capture(capture) => push(random, &capture.sub, text)?,
        HirKind::Concat(all) => {
            for hir in all {
                push(random, hir, text)?;
            }
        }
        HirKind::Alternation(all) => {
            let chosen = random.pick(all)?;
            push(random, chosen, text)?;
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_match_their_patterns() {
        let mut random = Random::of(3, &[]);
        for pattern in [
            "^[a-z][a-z0-9-]{2,10}$",
            r"^\d{4}-\d{2}$",
            "^(red|green|blue)$",
            r"^\w+( \w+)*$",
            "^[^/]*$",
            "^$",
            "(?i)^x{3,}$",
        ] {
            let regex = regex::Regex::new(pattern).expect("a regular expression");
            for _ in 0..50 {
                let text = of_pattern(&mut random, pattern).expect("a text");
                assert!(regex.is_match(&text), "{pattern}: {text:?}");
            }
        }
        assert!(
            (0..50)
                .map(|_| of_pattern(&mut random, "^(red|green)$"))
                .any(|text| text.as_deref() == Some("green"))
        );
    }
}

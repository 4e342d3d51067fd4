//! Parses `rate_limit = "10/60s"`.

use super::words::Word;
use crate::diag::Errors;
use crate::model::Rate;

/// The most requests of a rate, and the longest time, which is a day. The library has the same bounds.
const MOST_REQUESTS: u32 = 1_000_000;
const LONGEST: u32 = 86_400;

pub(super) fn rate(word: &Word, errors: &mut Errors) -> Option<Rate> {
    let text = word.text(errors)?;
    match parsed(&text.value()) {
        Ok((requests, seconds)) => Some(Rate { requests, seconds, span: word.key.span() }),
        Err(wrong) => {
            errors.at(&text, wrong);
            None
        }
    }
}

/// The number of requests, and the seconds.
fn parsed(text: &str) -> Result<(u32, u32), String> {
    const FORM: &str =
        "a rate is a number of requests, a slash and a time: `\"10/60s\"`, `\"100/1m\"`, `\"1000/2h\"`";
    let Some((requests, time)) = text.split_once('/') else { return Err(FORM.to_owned()) };
    let number = |digits: &str| match digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.is_empty() {
        // One with too many digits is told with its bounds.
        true => Some(digits.parse::<u32>().unwrap_or(u32::MAX)),
        false => None,
    };
    let requests = number(requests).ok_or(FORM)?;
    let unit = time.trim_start_matches(|c: char| c.is_ascii_digit());
    let count = number(&time[..time.len() - unit.len()]);
    let seconds = match (count, unit) {
        (Some(count), "s") => count,
        (Some(count), "m") => count.saturating_mul(60),
        (Some(count), "h") => count.saturating_mul(3600),
        (Some(count), "") => {
            return Err(format!(
                "{count} of what? the time has `s`, `m` or `h` behind it: `\"{requests}/{count}s\"`"
            ));
        }
        (count, unit) => {
            let meant = match unit.to_ascii_lowercase().trim() {
                "s" | "sec" | "secs" | "second" | "seconds" => Some('s'),
                "m" | "min" | "mins" | "minute" | "minutes" => Some('m'),
                "h" | "hr" | "hrs" | "hour" | "hours" => Some('h'),
                _ => None,
            };
            return Err(match meant {
                Some(meant) => format!("{FORM}; write `\"{requests}/{}{meant}\"`", count.unwrap_or(1)),
                None => FORM.to_owned(),
            });
        }
    };
    if !(1..=MOST_REQUESTS).contains(&requests) {
        return Err(format!("the requests of a rate are from 1 to {MOST_REQUESTS}"));
    }
    if !(1..=LONGEST).contains(&seconds) {
        return Err("the time of a rate is from `1s` to `24h`".to_owned());
    }
    Ok((requests, seconds))
}

#[cfg(test)]
mod tests {
    use super::parsed;

    #[test]
    fn rates() {
        for (text, rate) in [
            ("10/60s", (10, 60)),
            ("1/1s", (1, 1)),
            ("100/1m", (100, 60)),
            ("5/2h", (5, 7200)),
            ("1000000/24h", (1_000_000, 86_400)),
        ] {
            assert_eq!(parsed(text), Ok(rate), "{text}");
        }
    }

    #[test]
    fn what_is_no_rate_is_told_with_what_was_meant() {
        for (text, part) in [
            ("", "a number of requests, a slash and a time"),
            ("10", "a number of requests, a slash and a time"),
            ("/60s", "a number of requests, a slash and a time"),
            ("-1/60s", "a number of requests, a slash and a time"),
            ("10/60s/2", "a number of requests, a slash and a time"),
            ("10/60", "60 of what? the time has `s`, `m` or `h` behind it: `\"10/60s\"`"),
            ("10/min", "write `\"10/1m\"`"),
            ("10/5 minutes", "write `\"10/5m\"`"),
            ("10/2H", "write `\"10/2h\"`"),
            ("10/1d", "a number of requests, a slash and a time"),
            ("0/60s", "the requests of a rate are from 1 to 1000000"),
            ("99999999999/60s", "the requests of a rate are from 1 to 1000000"),
            ("10/0s", "the time of a rate is from `1s` to `24h`"),
            ("10/25h", "the time of a rate is from `1s` to `24h`"),
        ] {
            let wrong = parsed(text).expect_err(text);
            assert!(wrong.contains(part), "{text}: {wrong}");
        }
    }
}

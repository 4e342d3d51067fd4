//! Statements that somebody has written, as far as one must know where each begins.

/// The statement of a text that begins or ends a transaction, by its first words.
///
/// That would end the one that the schema is changed in. What is quoted, commented or the body of a trigger or a
/// function is passed over.
pub(super) fn ends_transaction(text: &str) -> Option<&'static str> {
    let mut statement: Vec<String> = Vec::new();
    // Within `CREATE TRIGGER .. BEGIN .. END` and `BEGIN ATOMIC .. END` semicolons end nothing.
    let mut body = false;
    for token in tokens(text).chain([";".to_owned()]) {
        if token != ";" {
            statement.push(token.to_ascii_uppercase());
            body |= begins_body(&statement);
            continue;
        }
        if body {
            // The body ends with a statement of its own: `END`.
            body = statement != ["", "END"];
        } else if let Some(found) = forbidden(&statement) {
            return Some(found);
        }
        statement.clear();
        if body {
            // So that the next one is not taken for the first.
            statement.push(String::new());
        }
    }
    None
}

/// Whether the last word of a statement begins a body of statements.
fn begins_body(statement: &[String]) -> bool {
    let has = |word: &str| statement.iter().any(|known| known == word);
    let begins = match statement.last().map(String::as_str) {
        Some("BEGIN") => has("TRIGGER"),
        Some("ATOMIC") => has("FUNCTION") || has("PROCEDURE"),
        _ => false,
    };
    begins && statement.first().is_some_and(|word| word == "CREATE")
}

fn forbidden(statement: &[String]) -> Option<&'static str> {
    let word = |at: usize| statement.get(at).map(String::as_str);
    match word(0)? {
        "BEGIN" => Some("BEGIN"),
        "START" => Some("START TRANSACTION"),
        "COMMIT" => Some("COMMIT"),
        "END" => Some("END"),
        "ABORT" => Some("ABORT"),
        "PREPARE" if word(1) == Some("TRANSACTION") => Some("PREPARE TRANSACTION"),
        // Back to a savepoint is within the transaction.
        "ROLLBACK" if !statement.iter().any(|word| word == "TO") => Some("ROLLBACK"),
        _ => None,
    }
}

/// The words and semicolons of a text.
fn tokens(text: &str) -> impl Iterator<Item = String> + '_ {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let first = rest.chars().next()?;
            let (token, end) = match first {
                ';' => (Some(";"), 1),
                '\'' | '"' | '`' => (None, quoted(rest, first)),
                '$' => (None, dollar(rest)),
                _ if rest.starts_with("--") => (None, rest.find('\n').unwrap_or(rest.len())),
                _ if rest.starts_with("/*") => (None, comment(rest)),
                _ if is_word(first) => {
                    let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                    let word = rest.get(..end)?;
                    // E'..' knows escapes.
                    match rest.get(end..)?.starts_with('\'') && word.eq_ignore_ascii_case("E") {
                        true => (None, end + escaped(rest.get(end..)?)),
                        false => (Some(word), end),
                    }
                }
                _ => (None, first.len_utf8()),
            };
            rest = rest.get(end..).unwrap_or_default();
            if let Some(token) = token {
                return Some(token.to_owned());
            }
        }
    })
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Where a text in quotes ends. One that is doubled begins another beside it, which comes to the same.
fn quoted(text: &str, quote: char) -> usize {
    text.char_indices().skip(1).find(|(_, c)| *c == quote).map_or(text.len(), |(at, _)| at + 1)
}

fn escaped(text: &str) -> usize {
    let mut characters = text.char_indices().skip(1);
    while let Some((at, c)) = characters.next() {
        match c {
            '\\' => drop(characters.next()),
            '\'' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Where `$tag$ .. $tag$` ends, or after the sign, where it is none.
fn dollar(text: &str) -> usize {
    let tag = text.get(1..).and_then(|rest| rest.find('$')).and_then(|end| text.get(..end + 2));
    let is_tag = |tag: &&str| tag.get(1..tag.len() - 1).is_some_and(|name| name.chars().all(is_word));
    match tag.filter(is_tag) {
        Some(tag) => {
            let body = text.get(tag.len()..).unwrap_or_default();
            body.find(tag).map_or(text.len(), |end| tag.len() + end + tag.len())
        }
        None => 1,
    }
}

/// Where a comment ends; one may stand in another.
fn comment(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(rest) = text.get(at..) {
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            match rest.chars().next() {
                Some(c) => at += c.len_utf8(),
                None => break,
            }
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::ends_transaction;

    #[test]
    fn finds_what_begins_or_ends_a_transaction() {
        for (text, found) in [
            ("UPDATE a SET b = 1; COMMIT", Some("COMMIT")),
            ("commit;", Some("COMMIT")),
            ("/* a */ -- b\n Begin Immediate", Some("BEGIN")),
            ("SELECT 1; END TRANSACTION; SELECT 2", Some("END")),
            ("ROLLBACK", Some("ROLLBACK")),
            ("START TRANSACTION", Some("START TRANSACTION")),
            ("PREPARE TRANSACTION 'x'", Some("PREPARE TRANSACTION")),
            ("SAVEPOINT a; ROLLBACK TO a; ROLLBACK TRANSACTION TO SAVEPOINT a; RELEASE a", None),
            ("SELECT 'a; COMMIT; b', \"; END\", 'it''s; COMMIT', E'\\'; COMMIT', '\\'; SELECT 1", None),
            ("SELECT '\\'; COMMIT", Some("COMMIT")),
            ("/* COMMIT; /* nested */ ; COMMIT */ SELECT 1 -- ; COMMIT", None),
            ("DO $$ BEGIN COMMIT; END $$; DO $a$ ; COMMIT; $$ ; $a$", None),
            ("SELECT $1; COMMIT", Some("COMMIT")),
            (
                "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE b SET c = CASE WHEN 1 THEN 2 END; DELETE FROM d; END; \
                 SELECT 1",
                None,
            ),
            ("CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM d; END; COMMIT", Some("COMMIT")),
            ("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END; SELECT 1", None),
            ("CREATE TABLE a (begin int, commit int); SELECT commit FROM a", None),
            ("CREATE TABLE a (begin int); COMMIT", Some("COMMIT")),
        ] {
            assert_eq!(ends_transaction(text), found, "{text}");
        }
    }
}

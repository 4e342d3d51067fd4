//! A tokenizer for SQL that users wrote, which finds where each statement begins.
//!
//! crewed runs such statements in a transaction of its own, so one that ends the transaction must be refused. Searching
//! for `COMMIT` in the text would also find it in strings, comments and bodies of triggers, and a full parser would
//! have to know two dialects. Whether a word begins a statement needs only the rules for quotes and comments.

use super::StoreError;

/// The engine of the statements. The engines differ in what is quoted and what is a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    Sqlite,
    Postgres,
}

/// Refuses a text that would begin or end a transaction, since it is run within one that is open.
///
/// # Errors
/// The text has a statement that begins or ends a transaction.
pub(super) fn within_transaction(text: &str, script: Script) -> Result<(), StoreError> {
    match ends_transaction(text, script) {
        Some(word) => Err(StoreError::Internal(format!(
            "{word} in a statement within a transaction, which only the transaction's owner begins and ends, in: {text}"
        ))),
        None => Ok(()),
    }
}

/// The first words of a statement in a text that begins or ends a transaction, if there is one.
///
/// Quoted texts, comments and the bodies of triggers and functions are ignored.
pub(super) fn ends_transaction(text: &str, script: Script) -> Option<&'static str> {
    let mut statement: Vec<String> = Vec::new();
    // Within `CREATE TRIGGER .. BEGIN .. END` and `BEGIN ATOMIC .. END` a semicolon does not end the statement.
    let mut body = false;
    let words = tokens(text, script).filter_map(|token| match token {
        Token::Word(word) => Some(word.to_ascii_uppercase()),
        Token::End => Some(";".to_owned()),
        _ => None,
    });
    for token in words.chain([";".to_owned()]) {
        if token != ";" {
            statement.push(token);
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
            // The empty word keeps the first word of an inner statement from being read as that of a statement.
            statement.push(String::new());
        }
    }
    None
}

/// The statements without comments and with a semicolon at the end, on one line (apart from line breaks within quotes),
/// or an empty text if there are none.
pub(super) fn one_line(text: &str, script: Script) -> String {
    let mut line = String::new();
    for token in tokens(text, script) {
        match token {
            // Both separate the words around them.
            Token::Comment | Token::Space => line.push(' '),
            Token::Word(text) | Token::Other(text) => line.push_str(text),
            Token::End => line.push(';'),
        }
    }
    let bare = line.trim_matches(|c: char| c.is_whitespace() || c == ';');
    if bare.is_empty() { String::new() } else { format!("{bare};") }
}

/// Whether the last word of a statement begins the body of a trigger or a function.
fn begins_body(statement: &[String]) -> bool {
    let mut words = statement.iter().map(String::as_str);
    if words.next() != Some("CREATE") {
        return false;
    }
    let what = words.find(|word| !["OR", "REPLACE", "TEMP", "TEMPORARY"].contains(word));
    match statement.last().map(String::as_str) {
        Some("BEGIN") => what == Some("TRIGGER"),
        Some("ATOMIC") => matches!(what, Some("FUNCTION" | "PROCEDURE")),
        _ => false,
    }
}

/// The words that begin or end a transaction, if the statement starts with them.
fn forbidden(statement: &[String]) -> Option<&'static str> {
    let word = |at: usize| statement.get(at).map(String::as_str);
    match word(0)? {
        "BEGIN" => Some("BEGIN"),
        "START" => Some("START TRANSACTION"),
        "COMMIT" => Some("COMMIT"),
        "END" => Some("END"),
        "ABORT" => Some("ABORT"),
        "PREPARE" if word(1) == Some("TRANSACTION") => Some("PREPARE TRANSACTION"),
        // `ROLLBACK TO` a savepoint leaves the transaction open.
        "ROLLBACK" if !statement.iter().any(|word| word == "TO") => Some("ROLLBACK"),
        _ => None,
    }
}

/// A token of a text.
#[derive(Clone, Copy, Debug)]
enum Token<'a> {
    Word(&'a str),
    /// A semicolon.
    End,
    Comment,
    Space,
    /// A quoted text or a punctuation character.
    Other(&'a str),
}

/// The tokens of a text.
fn tokens(text: &str, script: Script) -> impl Iterator<Item = Token<'_>> + '_ {
    let postgres = script == Script::Postgres;
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let end = match first {
            '\'' | '"' => quoted(rest, first),
            '`' if !postgres => quoted(rest, first),
            '[' if !postgres => rest.find(']').map_or(rest.len(), |end| end + 1),
            '$' if postgres => dollar(rest),
            _ if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            _ if rest.starts_with("/*") => comment(rest, postgres),
            _ if is_word(first) => {
                let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                // A string with the prefix `E` has backslash escapes.
                match postgres && rest.get(end..)?.starts_with('\'') && rest[..end].eq_ignore_ascii_case("E")
                {
                    true => end + escaped(rest.get(end..)?),
                    false => end,
                }
            }
            _ => first.len_utf8(),
        };
        let (part, after) = rest.split_at_checked(end)?;
        rest = after;
        Some(match first {
            ';' => Token::End,
            _ if part.starts_with("--") || part.starts_with("/*") => Token::Comment,
            _ if part.chars().all(is_word) => Token::Word(part),
            _ if first.is_whitespace() => Token::Space,
            _ => Token::Other(part),
        })
    })
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The end of a quoted text. A doubled quote is read as the end of one text and the start of the next, which makes no
/// difference here.
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

/// The end of `$tag$ .. $tag$`, or of the dollar sign if it starts no such text.
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

/// The end of a comment, which may contain others if comments nest (as in PostgreSQL).
fn comment(text: &str, nests: bool) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(rest) = text.get(at..) {
        if rest.starts_with("/*") && (nests || depth == 0) {
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
    use super::{Script, ends_transaction, one_line};

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
            ("SELECT 'a; COMMIT; b', \"; END\", 'it''s; COMMIT'; SELECT 1", None),
            ("SELECT '\\'; COMMIT", Some("COMMIT")),
            ("SELECT $1; COMMIT", Some("COMMIT")),
            (
                "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE b SET c = CASE WHEN 1 THEN 2 END; DELETE FROM d; END; \
                 SELECT 1",
                None,
            ),
            ("CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM d; END; SELECT 1", None),
            ("CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM d; END; COMMIT", Some("COMMIT")),
            ("CREATE TABLE a (begin int, commit int); SELECT commit FROM a", None),
            ("CREATE TABLE a (begin int); COMMIT", Some("COMMIT")),
            ("CREATE TABLE trigger (begin int); COMMIT", Some("COMMIT")),
            ("CREATE TABLE a (x int, trigger int, begin int); COMMIT", Some("COMMIT")),
            ("CREATE TABLE IF NOT EXISTS trigger (begin int); COMMIT", Some("COMMIT")),
        ] {
            for script in [Script::Sqlite, Script::Postgres] {
                assert_eq!(ends_transaction(text, script), found, "{text} on {script:?}");
            }
        }
    }

    /// What one engine takes for a comment or a text is something else to the other.
    #[test]
    fn knows_what_each_engine_passes_over() {
        for (text, sqlite, postgres) in [
            ("/* COMMIT; /* nested */ ; COMMIT; */ SELECT 1 -- ; COMMIT", Some("COMMIT"), None),
            ("/* a /* b */ COMMIT", Some("COMMIT"), None),
            ("SELECT E'\\'; COMMIT", Some("COMMIT"), None),
            ("SELECT $$ ; COMMIT; $$", Some("COMMIT"), None),
            ("SELECT [a; COMMIT; b]", None, Some("COMMIT")),
            ("SELECT `a; COMMIT; b`", None, Some("COMMIT")),
            ("DO $a$ BEGIN x; $$ ; y; END $a$; COMMIT", Some("END"), Some("COMMIT")),
            ("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END; SELECT 1", None, None),
        ] {
            assert_eq!(ends_transaction(text, Script::Sqlite), sqlite, "{text}");
            assert_eq!(ends_transaction(text, Script::Postgres), postgres, "{text}");
        }
    }

    #[test]
    fn makes_one_line_of_several() {
        for (text, line) in [
            ("", ""),
            (" ;; -- nothing\n", ""),
            (
                "UPDATE a\n SET b = 1 -- once\n;\nUPDATE a SET b = 2;; -- twice",
                "UPDATE a  SET b = 1   ; UPDATE a SET b = 2;",
            ),
            (
                "SELECT 'a\n--b', \"c/*\", [--d] /* e\n*/FROM/* f */g",
                "SELECT 'a\n--b', \"c/*\", [--d]  FROM g;",
            ),
        ] {
            assert_eq!(one_line(text, Script::Sqlite), line);
        }
    }
}

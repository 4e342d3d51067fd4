//! Parses a `CREATE TABLE` statement so far that one column can be changed, while the rest stays as it was written.
//!
//! SQLite's pragmas do not report everything (CHECK constraints, for example), so a table that crewed did not create
//! can be rebuilt without loss only from its own statement.

/// The parts of `CREATE TABLE name (..) STRICT`.
#[derive(Debug)]
pub(super) struct Source {
    /// The parts between the commas: columns, then constraints of the table.
    parts: Vec<Part>,
    /// The text after the closing parenthesis.
    end: String,
}

#[derive(Debug)]
struct Part {
    text: String,
    /// The name of the column, or `None` for a constraint of the table.
    column: Option<String>,
}

/// A word, a quoted name, a literal or a punctuation character, with its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Token<'a> {
    text: &'a str,
    start: usize,
    /// The number of enclosing parentheses.
    depth: usize,
}

/// The words that begin a column constraint, after the name and the type.
const CONSTRAINTS: &[&str] = &[
    "CONSTRAINT",
    "PRIMARY",
    "NOT",
    "NULL",
    "UNIQUE",
    "CHECK",
    "DEFAULT",
    "COLLATE",
    "REFERENCES",
    "GENERATED",
    "AS",
];

/// The words that begin a table constraint.
const OF_TABLES: &[&str] = &["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"];

impl Source {
    /// Parses a statement.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let tokens = tokens(text)?;
        let open = tokens.iter().position(|token| token.text == "(")?;
        let close = tokens.iter().rposition(|token| token.text == ")" && token.depth == 0)?;
        let mut parts = Vec::new();
        let mut start = tokens[open].start + 1;
        for token in tokens.get(open + 1..=close)? {
            let ends = (token.text == "," && token.depth == 1) || token.start == tokens[close].start;
            if ends {
                parts.push(Part::of(text.get(start..token.start)?)?);
                start = token.start + 1;
            }
        }
        Some(Source { parts, end: text.get(start..)?.to_owned() })
    }

    /// The statement for a table with this name, which is already quoted.
    pub(super) fn statement(&self, name: &str) -> String {
        let parts: Vec<&str> = self.parts.iter().map(|part| part.text.trim()).collect();
        format!("CREATE TABLE {name} ({}){}", parts.join(", "), self.end)
    }

    fn column(&mut self, name: &str) -> Option<&mut Part> {
        let same = |known: &String| known.eq_ignore_ascii_case(name);
        self.parts.iter_mut().find(|part| part.column.as_ref().is_some_and(same))
    }

    /// Changes the type of a column.
    pub(super) fn set_type(&mut self, column: &str, kind: &str) -> Option<()> {
        self.column(column)?.edit(|tokens| {
            let end = constraint(tokens, CONSTRAINTS).map_or(usize::MAX, |at| tokens[at].start);
            Some((tokens.get(1).map_or(usize::MAX, |token| token.start), end, format!("{kind} ")))
        })
    }

    /// Makes a column nullable, or NOT NULL.
    pub(super) fn set_nullable(&mut self, column: &str, nullable: bool) -> Option<()> {
        let part = self.column(column)?;
        part.remove(&["NOT", "NULL"])?;
        if !nullable {
            part.text = format!("{} NOT NULL", part.text.trim_end());
        }
        Some(())
    }

    /// Changes or removes the default of a column.
    pub(super) fn set_default(&mut self, column: &str, default: Option<&str>) -> Option<()> {
        let part = self.column(column)?;
        part.remove(&["DEFAULT"])?;
        if let Some(default) = default {
            part.text = format!("{} DEFAULT {default}", part.text.trim_end());
        }
        Some(())
    }

    /// Turns a column of the primary key into a nullable one. If it was the key `alone`, it stays unique, as foreign
    /// keys may refer to it.
    pub(super) fn give_up_key(&mut self, column: &str, alone: bool) -> Option<()> {
        let part = self.column(column)?;
        part.remove(&["AUTOINCREMENT"])?;
        for words in [&["PRIMARY", "KEY", "ASC"][..], &["PRIMARY", "KEY", "DESC"], &["PRIMARY", "KEY"]] {
            part.remove(words)?;
        }
        part.remove(&["NOT", "NULL"])?;
        part.remove(&["UNIQUE"])?;
        if alone {
            part.text = format!("{} UNIQUE", part.text.trim_end());
        }
        Some(())
    }

    /// The definitions of the columns that are not among `known`, and the table constraints except the primary key.
    pub(super) fn others(&self, known: &[&str]) -> Vec<String> {
        let is_other = |part: &&Part| match &part.column {
            Some(name) => !known.iter().any(|known| known.eq_ignore_ascii_case(name)),
            None => !part.text.to_ascii_uppercase().contains("PRIMARY KEY"),
        };
        // The original order is kept, so columns come before constraints.
        self.parts.iter().filter(is_other).map(|part| part.text.trim().to_owned()).collect()
    }
}

impl Part {
    fn of(text: &str) -> Option<Self> {
        let tokens = tokens(text)?;
        let first = tokens.first()?;
        let constraint = OF_TABLES.iter().any(|word| first.text.eq_ignore_ascii_case(word));
        // Comments are dropped, as a `--` comment at the end would swallow what is appended.
        let mut bare = String::new();
        for (i, token) in tokens.iter().enumerate() {
            let before = i.checked_sub(1).and_then(|before| tokens.get(before));
            if before.is_some_and(|before| before.start + before.text.len() < token.start) {
                bare.push(' ');
            }
            bare.push_str(token.text);
        }
        Some(Part { column: (!constraint).then(|| unquoted(first.text)), text: bare })
    }

    /// Replaces the text between two positions.
    fn edit(&mut self, find: impl Fn(&[Token<'_>]) -> Option<(usize, usize, String)>) -> Option<()> {
        let tokens = tokens(&self.text)?;
        let (start, end, put) = find(&tokens)?;
        let (start, end) = (start.min(self.text.len()), end.min(self.text.len()));
        let before = self.text.get(..start)?;
        let space = if before.ends_with(char::is_whitespace) { "" } else { " " };
        self.text = format!("{before}{space}{put}{}", self.text.get(end..)?).trim_end().to_owned();
        Some(())
    }

    /// Removes a constraint, with its name and its `ON CONFLICT` clause.
    fn remove(&mut self, words: &[&str]) -> Option<()> {
        let tokens = tokens(&self.text)?;
        let is = |at: usize, word: &str| {
            tokens.get(at).is_some_and(|token| token.depth == 0 && token.text.eq_ignore_ascii_case(word))
        };
        let found = (1..tokens.len())
            .find(|at| words.iter().enumerate().all(|(i, word)| is(at + i, word)) && !is(at - 1, "SET"));
        let Some(mut start) = found else { return Some(()) };
        let mut end = start + words.len();
        if is(start, "DEFAULT") {
            // The default is a literal, possibly with a sign, or an expression in parentheses.
            if tokens.get(end).is_some_and(|token| token.text == "(") {
                end += tokens[end..].iter().position(|token| token.text == ")" && token.depth == 0)?;
            } else if tokens.get(end).is_some_and(|token| ["+", "-"].contains(&token.text)) {
                end += 1;
            }
            end += 1;
        }
        if is(end, "ON") && is(end + 1, "CONFLICT") {
            end += 3;
        }
        if start >= 3 && is(start - 2, "CONSTRAINT") {
            start -= 2;
        }
        let end = tokens.get(end).map_or(self.text.len(), |token| token.start);
        let start = tokens.get(start)?.start;
        self.text = format!("{}{}", self.text.get(..start)?, self.text.get(end..)?);
        Some(())
    }
}

/// The index of the token that begins the first constraint of a column.
fn constraint(tokens: &[Token<'_>], words: &[&str]) -> Option<usize> {
    let begins = |token: &Token<'_>| {
        token.depth == 0 && words.iter().any(|word| token.text.eq_ignore_ascii_case(word))
    };
    tokens.iter().skip(1).position(begins).map(|at| at + 1)
}

/// The words and names of a statement, without quotes.
pub(super) fn names(text: &str) -> Option<Vec<String>> {
    Some(tokens(text)?.iter().map(|token| unquoted(token.text)).collect())
}

/// A name without its quotes.
fn unquoted(name: &str) -> String {
    let inner = |quote: char| name.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    for quote in ['"', '`', '\''] {
        if let Some(inner) = inner(quote) {
            return inner.replace(&format!("{quote}{quote}"), &quote.to_string());
        }
    }
    match name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(inner) => inner.to_owned(),
        None => name.to_owned(),
    }
}

/// The tokens of a text, without comments.
fn tokens(text: &str) -> Option<Vec<Token<'_>>> {
    let mut tokens = Vec::new();
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(first) = text.get(at..)?.chars().next() {
        let rest = text.get(at..)?;
        let end = match first {
            _ if first.is_whitespace() => {
                at += first.len_utf8();
                continue;
            }
            _ if rest.starts_with("--") => {
                at += rest.find('\n').map_or(rest.len(), |end| end + 1);
                continue;
            }
            _ if rest.starts_with("/*") => {
                at += rest.find("*/").map_or(rest.len(), |end| end + 2);
                continue;
            }
            '"' | '`' | '\'' => at + quoted(rest, first)?,
            '[' => at + rest.find(']')? + 1,
            _ if is_word(first) => at + rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
            _ => at + first.len_utf8(),
        };
        if first == ')' {
            depth = depth.checked_sub(1)?;
        }
        tokens.push(Token { text: text.get(at..end)?, start: at, depth });
        if first == '(' {
            depth += 1;
        }
        at = end;
    }
    (depth == 0).then_some(tokens)
}

/// The end of a quoted text, in which a doubled quote stands for one.
fn quoted(text: &str, quote: char) -> Option<usize> {
    let mut at = 1;
    loop {
        at += text.get(at..)?.find(quote)? + 1;
        if !text.get(at..)?.starts_with(quote) {
            return Some(at);
        }
        at += 1;
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$' || c == '.' || !c.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::Source;

    /// Everything stays as it was written, except the changed column.
    #[test]
    fn changes_one_column_and_nothing_else() {
        let text = r#"CREATE TABLE "a (b" ( -- a comment, with (parens
            id INTEGER PRIMARY KEY AUTOINCREMENT, [odd, name] VARCHAR(9, 3) CONSTRAINT "n" NOT NULL ON CONFLICT ABORT
            DEFAULT (length('),(')) CHECK ("odd, name" IS NOT NULL) REFERENCES "other" (x) ON DELETE SET NULL,
            last TEXT DEFAULT -5 NOT NULL, CHECK (last NOT NULL), FOREIGN KEY (last) REFERENCES o (p)) STRICT"#;
        let mut source = Source::parse(text).expect("it is a table");
        source.set_type("odd, NAME", "TEXT").expect("the column is there");
        source.set_nullable("odd, name", true).expect("the column is there");
        source.set_default("odd, name", None).expect("the column is there");
        source.set_default("last", Some("'it''s'")).expect("the column is there");
        source.set_nullable("id", false).expect("the column is there");
        let made = source.statement("\"new\"");
        let made: Vec<&str> = made.split_whitespace().collect();
        assert_eq!(
            made.join(" "),
            "CREATE TABLE \"new\" (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, [odd, \
             name] TEXT CHECK (\"odd, name\" IS NOT NULL) REFERENCES \"other\" (x) ON DELETE SET NULL, last TEXT NOT \
             NULL DEFAULT 'it''s', CHECK (last NOT NULL), FOREIGN KEY (last) REFERENCES o (p)) STRICT"
        );
        assert_eq!(
            Source::parse(text).expect("it is a table").others(&["ID", "last"]).len(),
            3,
            "a column and two constraints"
        );
    }

    /// Nothing of the key is left except that its values stay unique.
    #[test]
    fn gives_up_a_key_of_any_words() {
        for text in [
            "id BLOB NOT NULL PRIMARY KEY",
            "id BLOB CONSTRAINT k PRIMARY KEY ASC ON CONFLICT ABORT NOT NULL",
            "id BLOB UNIQUE PRIMARY KEY DESC",
            "id BLOB PRIMARY KEY AUTOINCREMENT",
        ] {
            let mut source = Source::parse(&format!("CREATE TABLE t ({text})")).expect("it is a table");
            source.give_up_key("ID", true).expect("the column is there");
            let made = source.statement("t");
            let made: Vec<&str> = made.split_whitespace().collect();
            assert_eq!(made.join(" "), "CREATE TABLE t (id BLOB UNIQUE)", "{text}");
        }
        let text = "CREATE TABLE t (id BLOB NOT NULL, n TEXT, PRIMARY KEY (id, n))";
        let mut source = Source::parse(text).expect("it is a table");
        source.give_up_key("id", false).expect("the column is there");
        assert_eq!(source.others(&["n"]).iter().map(|text| text.trim()).collect::<Vec<_>>(), ["id BLOB"]);
    }
}

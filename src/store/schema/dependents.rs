//! What else is affected if the type of a column changes: its DEFAULT, and database objects that depend on it.

use super::change::Level;
use super::compare::Comparison;
use super::convert::conversion;
use super::dialect::SchemaDialect;
use super::introspect::{LiveColumn, LiveTable};
use super::meaning::Meaning;
use super::query;
use crate::store::sql;

impl<D: SchemaDialect> Comparison<'_, D> {
    /// The DEFAULT of a column that changes: the present one, converted like the values, or the declared one. It comes
    /// with the condition that the present one must meet, so that it is not lost.
    pub(super) fn default(
        &mut self,
        index: usize,
        live: &LiveColumn,
        from: &Meaning,
        moves: bool,
    ) -> (Option<String>, Option<String>) {
        let (table, column) = (self.table, &self.table.columns[index]);
        let Some(text) = &live.default else {
            return (column.default.as_ref().map(|value| D::literal(value, &column.kind)), None);
        };
        let declared = Meaning::of(column);
        let what =
            |this: &Self, differs: &str| this.of_column(column.name, format!("its DEFAULT {text} {differs}"));
        let change =
            format!("ALTER TABLE {} ALTER COLUMN {}", sql::quoted(table.name), sql::quoted(&live.name));
        let give_up = format!("if rows shall have another one, or none: {change} DROP DEFAULT");
        if !is_constant(text) {
            let what = what(self, "is computed, and is not converted by itself");
            self.differ(Level::Manual, what, Some(give_up));
            return (None, Some("false".to_owned()));
        }
        let expression = format!("({text})");
        let (_, cast) = conversion::<D>(&expression, from, &declared, moves);
        if let Some(fits) = &cast.fits {
            let what = what(self, &format!("does not fit, declared {declared}"));
            self.differ(Level::Apply, what, Some(give_up));
            if let Some(difference) = self.plan.differences.last_mut() {
                difference.precondition = Some(query::constant(&format!("NOT ({fits})")));
            }
        }
        (Some(cast.value.unwrap_or(expression)), cast.fits)
    }

    /// Refuses changes of the types of columns that other database objects depend on. `there` are the existing columns,
    /// by declared position and present name.
    pub(super) fn check_dependents(&mut self, found: &LiveTable, there: &[(usize, &str)]) {
        for (index, name) in there {
            let edited = self.edits.iter().any(|edit| edit.kind.is_some() && edit.column == *name);
            let kind = D::column_type(&self.table.columns[*index].kind);
            let Some(live) = found.columns.iter().find(|live| live.name == *name) else { continue };
            if !edited && (*index != self.table.key || live.kind == *kind) {
                continue;
            }
            let alike = match (D::assumed(&live.kind), D::assumed(&kind)) {
                // `json` and `jsonb` have the same meaning but different operators, so dependents do not survive.
                (Some(Meaning::Json(_)), _) => false,
                (Some(from), Some(to)) => std::mem::discriminant(&from) == std::mem::discriminant(&to),
                _ => false,
            };
            let dependents = live.dependents.iter().filter(|user| !(user.follows && alike));
            let dependents: Vec<&str> = dependents.map(|user| user.what.as_str()).collect();
            if !dependents.is_empty() {
                let what = format!("its type cannot change while it is used by {}", dependents.join(", "));
                let what = self.of_column(name, what);
                let hint = "drop that, have the column changed, and make it again";
                self.differ(Level::Manual, what, Some(hint.to_owned()));
            }
        }
    }
}

/// Whether an expression consists of literals, and casts to known types, so that its value is always the same. Any
/// other word could be a function.
fn is_constant(text: &str) -> bool {
    let mut words = Vec::new();
    // Every second part is within quotes.
    for (index, part) in text.split('\'').enumerate() {
        if index % 2 == 0 {
            words.extend(part.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '"'));
        }
    }
    words.retain(|word| !word.is_empty());
    const WORDS: &[&str] = &[
        "bigint",
        "boolean",
        "bpchar",
        "bytea",
        "character",
        "collate",
        "date",
        "double",
        "false",
        "integer",
        "interval",
        "json",
        "jsonb",
        "null",
        "numeric",
        "precision",
        "real",
        "smallint",
        "text",
        "time",
        "timestamp",
        "true",
        "uuid",
        "varying",
        "with",
        "without",
        "zone",
        "\"c\"",
        "\"default\"",
    ];
    let known = |word: &&str| {
        word.starts_with(|c: char| c.is_ascii_digit()) || WORDS.contains(&word.to_lowercase().as_str())
    };
    words.iter().all(known)
}

#[cfg(test)]
mod tests {
    use super::is_constant;

    #[test]
    fn tells_a_constant_from_a_call() {
        for text in [
            "7",
            "'-5'::integer",
            "(-1.50)",
            "1e16",
            "'it''s now()'::text",
            "NULL::character varying(9)",
            "true",
            "('00:00:00'::time without time zone + '00:00:00.000005'::interval)",
            "'2020-01-01 00:00:00+00'::timestamp with time zone",
            "'a'::text COLLATE \"C\"",
            "((7)::numeric(19,2))::numeric(19,3)",
        ] {
            assert!(is_constant(text), "{text}");
        }
        for text in [
            "now()",
            "CURRENT_TIMESTAMP",
            "gen_random_uuid()",
            "nextval('things_id_seq'::regclass)",
            "(('a'::text) || CURRENT_USER)",
            "next(7)",
        ] {
            assert!(!is_constant(text), "{text}");
        }
    }
}

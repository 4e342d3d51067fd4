//! How the values of a column come to mean something else.

use super::change::Level;
use super::dialect::{Cast, SchemaDialect};
use super::meaning::Meaning;

/// What it takes to make a column of one meaning one of another; `moves` says whether its type on disk changes
/// too.
pub(super) fn passage<D: SchemaDialect>(
    column: &str,
    from: &Meaning,
    to: &Meaning,
    moves: bool,
) -> (Level, Cast) {
    if from.is_within(to) {
        let same = Cast::new(None, None);
        return match moves {
            true => (Level::Convert, D::cast(column, from, to).unwrap_or(same)),
            false => (Level::Apply, same),
        };
    }
    let cast = match (from, to) {
        (Meaning::Integer { .. } | Meaning::Numbers(_), Meaning::Integer { .. } | Meaning::Numbers(_))
        | (Meaning::Text { .. } | Meaning::Names(_), Meaning::Names(_)) => {
            Some(Cast::new(None, to.holds(column)))
        }
        (Meaning::Json(_), Meaning::Json(_)) => {
            Some(Cast::new(None, None).assuming("what it holds is taken to be as declared"))
        }
        (Meaning::Real { .. }, Meaning::Real { bits }) if *bits < 64 => {
            Some(Cast::new(None, None).assuming("its numbers are rounded to 32 bits where they are read"))
        }
        _ => D::cast(column, from, to),
    };
    // Where there is nothing to convert, nothing is lost either.
    let cast = cast.unwrap_or_else(|| Cast::new(Some("NULL".to_owned()), Some(format!("{column} IS NULL"))));
    let level = match (from, to) {
        _ if cast.assumes.is_some() => Level::Person,
        (Meaning::Decimal { scale: old }, Meaning::Decimal { scale: new })
            if new > old && D::KNOWS_SCALES =>
        {
            Level::Apply
        }
        _ => Level::Convert,
    };
    (level, cast)
}

/// What must hold of the values of a column that is taken for what it is declared as, though its type on disk takes
/// others too.
pub(super) fn adopted<D: SchemaDialect>(column: &str, kind: &str, declared: &Meaning) -> Option<String> {
    let of_type = || {
        let cast = D::cast(column, &D::assumed(kind)?, declared)?;
        cast.fits.filter(|_| cast.value.is_none())
    };
    declared.holds(column).or_else(of_type)
}

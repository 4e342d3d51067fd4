//! How the values of a column come to mean something else.

use super::change::{Cast, Level};
use super::dialect::SchemaDialect;
use super::meaning::Meaning;

/// What it takes to make a column of one meaning one of another; `moves` says whether its type on disk changes
/// too.
pub(super) fn passage<D: SchemaDialect>(
    column: &str,
    from: &Meaning,
    to: &Meaning,
    moves: bool,
) -> (Level, Cast) {
    if from.is_within(to) && !moves {
        return (Level::Apply, Cast::new(None, None));
    }
    // Where there is nothing to convert, nothing is lost either.
    let cast = way::<D>(column, from, to)
        .unwrap_or_else(|| Cast::new(Some("NULL".to_owned()), Some(format!("{column} IS NULL"))));
    let level = match (from, to) {
        (Meaning::Decimal { scale: old }, Meaning::Decimal { scale: new })
            if new > old && D::KNOWS_SCALES =>
        {
            Level::Apply
        }
        _ => Level::of(&cast),
    };
    (level, cast)
}

/// How values of one meaning become values of another; nothing, where they do not.
pub(in crate::store) fn way<D: SchemaDialect>(column: &str, from: &Meaning, to: &Meaning) -> Option<Cast> {
    let same = Cast::new(None, None);
    if from.is_within(to) {
        return Some(D::cast(column, from, to).unwrap_or(same));
    }
    match (from, to) {
        (Meaning::Integer { .. } | Meaning::Numbers(_), Meaning::Integer { .. } | Meaning::Numbers(_))
        | (Meaning::Text { .. } | Meaning::Names(_), Meaning::Names(_)) => {
            Some(Cast::new(None, to.holds(column)))
        }
        (Meaning::Json(_), Meaning::Json(_)) => {
            Some(same.assuming("what it holds is taken to be as declared"))
        }
        (Meaning::Real { .. }, Meaning::Real { bits }) if *bits < 64 => {
            let cast = Cast::new(None, to.holds(column));
            Some(cast.assuming("its numbers are rounded to 32 bits where they are read"))
        }
        _ => D::cast(column, from, to),
    }
}

/// What must hold of the values of a column that is taken for what it is declared as, though its type on disk takes
/// others too.
pub(super) fn adopted<D: SchemaDialect>(column: &str, kind: &str, declared: &Meaning) -> Option<String> {
    let of_type = || {
        let cast = D::cast(column, &D::assumed(kind)?, declared)?;
        // Of moments every year is read, whoever has written it.
        cast.fits.filter(|_| cast.value.is_none() && *declared != Meaning::Moment)
    };
    declared.holds(column).or_else(of_type)
}

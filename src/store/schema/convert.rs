//! Conversions of a column's values from one meaning to another, as far as they are the same on all engines.

use super::change::{Cast, Level};
use super::dialect::SchemaDialect;
use super::meaning::Meaning;

/// The conversion of a column from one meaning to another, and its level; `moves` says whether the SQL type changes
/// too.
pub(super) fn conversion<D: SchemaDialect>(
    column: &str,
    from: &Meaning,
    to: &Meaning,
    moves: bool,
) -> (Level, Cast) {
    if from.is_within(to) && !moves {
        return (Level::Apply, Cast::new(None, None));
    }
    // If there is no conversion, it is still possible for a column in which every value is NULL.
    let cast = cast_between::<D>(column, from, to)
        .unwrap_or_else(|| Cast::new(Some("NULL".to_owned()), Some(format!("{column} IS NULL"))));
    let level = match (from, to) {
        (Meaning::Decimal { scale: old }, Meaning::Decimal { scale: new })
            if new > old && D::DECIMAL_HAS_SCALE =>
        {
            Level::Apply
        }
        _ => Level::of(&cast),
    };
    (level, cast)
}

/// The conversion of values from one meaning to another, or `None` if there is none.
pub(in crate::store) fn cast_between<D: SchemaDialect>(
    column: &str,
    from: &Meaning,
    to: &Meaning,
) -> Option<Cast> {
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

/// The condition that the values of a column must meet if it has no recorded meaning and is assumed to be as declared,
/// although its SQL type permits other values.
pub(super) fn adopted<D: SchemaDialect>(column: &str, kind: &str, declared: &Meaning) -> Option<String> {
    let of_type = || {
        let cast = D::cast(column, &D::assumed(kind)?, declared)?;
        // Timestamps are exempt, since a year outside the range that crewed writes can still be read.
        cast.fits.filter(|_| cast.value.is_none() && *declared != Meaning::Moment)
    };
    declared.holds(column).or_else(of_type)
}

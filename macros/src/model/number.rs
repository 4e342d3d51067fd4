//! Numbers in attributes.

use syn::{Expr, Ident, Lit, UnOp};

/// A count in an attribute, with its span.
#[derive(Clone)]
pub(crate) struct Count {
    pub(crate) count: usize,
    pub(crate) key: Ident,
    pub(crate) value: Expr,
}

/// A number in an attribute, with its span.
#[derive(Clone)]
pub(crate) struct Bound {
    pub(crate) number: Number,
    pub(crate) key: Ident,
    pub(crate) value: Expr,
}

/// A number as it was written.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Number {
    Int(i128),
    /// A literal with a point or an exponent. If it is a valid decimal, it comes with its digits and their number after
    /// the point.
    Float(f64, Option<(i64, u32)>),
}

impl Number {
    pub(crate) fn as_f64(self) -> f64 {
        match self {
            Number::Int(i) => i as f64,
            Number::Float(f, _) => f,
        }
    }

    /// Parses a literal with a point or an exponent, in Rust's spelling without underscores.
    pub(crate) fn float(text: &str) -> Option<Self> {
        Some(Number::Float(text.parse().ok()?, decimal(text)))
    }

    /// The negative number.
    pub(crate) fn negative(self) -> Self {
        match self {
            Number::Int(i) => Number::Int(-i),
            Number::Float(f, digits) => Number::Float(-f, digits.map(|(digits, scale)| (-digits, scale))),
        }
    }
}

/// The maximal number of digits of a decimal.
const MOST_DIGITS: u32 = 18;

/// The digits of a decimal without trailing zeros, and their number after the point.
fn decimal(text: &str) -> Option<(i64, u32)> {
    let (text, exponent) = match text.split_once(['e', 'E']) {
        Some((text, exponent)) => (text, exponent.parse::<i64>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{whole}{fraction}");
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        return Some((0, 0));
    }
    // The power of ten of the last nonzero digit.
    let zeros = i64::try_from(digits.len() - significant.len()).ok()?;
    let power = exponent.checked_add(zeros)?.checked_sub(i64::try_from(fraction.len()).ok()?)?;
    let scale = u32::try_from(power.min(0).checked_neg()?).ok().filter(|scale| *scale <= MOST_DIGITS)?;
    let more = u32::try_from(power.max(0)).ok().filter(|more| *more <= MOST_DIGITS)?;
    let digits: i64 = significant.parse().ok()?;
    let digits = digits.checked_mul(10_i64.checked_pow(more)?)?;
    (digits < 10_i64.pow(MOST_DIGITS)).then_some((digits, scale))
}

/// The number of a literal with its sign.
pub(crate) fn number(value: &Expr) -> Option<Number> {
    match ungroup(value) {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(int) => int.base10_parse().ok().map(Number::Int),
            Lit::Float(float) => Number::float(float.base10_digits()),
            _ => None,
        },
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => number(&unary.expr).map(Number::negative),
        _ => None,
    }
}

/// The expression inside parentheses and the invisible groups of `macro_rules!`.
pub(crate) fn ungroup(value: &Expr) -> &Expr {
    match value {
        Expr::Group(group) => ungroup(&group.expr),
        Expr::Paren(paren) => ungroup(&paren.expr),
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_have_all_their_digits() {
        let cases = [
            ("99999999999999.99", Some((9_999_999_999_999_999, 2))),
            ("0.50", Some((5, 1))),
            ("1.0", Some((1, 0))),
            ("0.0", Some((0, 0))),
            ("1e3", Some((1000, 0))),
            ("1.25e-3", Some((125, 5))),
            ("100e-1", Some((10, 0))),
            ("0.000000000000000001", Some((1, 18))),
            ("999999999999999999.0", Some((999_999_999_999_999_999, 0))),
            ("9999999999999999999.0", None),
            ("1e18", None),
            ("1e-19", None),
            ("1e999999999999", None),
        ];
        for (text, expected) in cases {
            assert_eq!(decimal(text), expected, "{text}");
        }
    }
}

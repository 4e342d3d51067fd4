//! Examples for types whose values have a certain form.
//!
//! Tools that fill in a form write `"string"` for every text, which is no valid decimal, date or base64. So these types
//! have examples of their own. Each is validated like a request; if none of them meets the constraints of a field, the
//! field has no example.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use rust_decimal::Decimal;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::issue::IssueCollector;
use crate::wire::{Constraints, Format, NAIVE, Out, Wire, exact};

/// An example of a text with this format that meets the constraints.
pub(super) fn of_text(format: &str, constraints: &Constraints) -> Option<Json> {
    match format {
        "date" => accepted::<NaiveDate>("2026-01-31".into(), constraints),
        "time" => accepted::<NaiveTime>("12:30:00".into(), constraints),
        "date-time" => accepted::<DateTime<Utc>>("2026-01-31T12:30:00Z".into(), constraints),
        NAIVE => accepted::<NaiveDateTime>("2026-01-31T12:30:00".into(), constraints),
        "uuid" => accepted::<Uuid>("3fa85f64-5717-4562-b3fc-2c963f66afa6".into(), constraints),
        "byte" => bytes(constraints),
        "decimal" => {
            decimals(constraints).into_iter().find_map(|value| accepted::<Decimal>(value, constraints))
        }
        "" => accepted::<String>(formatted(constraints.format?).into(), constraints),
        _ => None,
    }
}

/// An example of a number that must be a multiple of another, as tools respect its bounds but not this.
pub(super) fn of_number<T: Wire>(constraints: &Constraints) -> Option<Json> {
    constraints.multiple_of?;
    decimals(constraints).into_iter().find_map(|value| {
        let number = value.as_str().and_then(|text| text.parse().ok()).map(Json::Number)?;
        accepted::<T>(number, constraints)
    })
}

fn accepted<T: Wire>(value: Json, constraints: &Constraints) -> Option<Json> {
    T::coerce(&value, constraints, &mut IssueCollector::default()).map(|_| value)
}

fn formatted(format: Format) -> &'static str {
    match format {
        Format::Email => "user@example.com",
        Format::Uri => "https://example.com/",
        Format::Ipv4 => "192.0.2.1",
        Format::Ipv6 => "2001:db8::1",
    }
}

fn bytes(constraints: &Constraints) -> Option<Json> {
    const WORD: &[u8] = b"crewed";
    const MOST: usize = 64;
    let length =
        WORD.len().min(constraints.max_items.unwrap_or(MOST)).max(constraints.min_items.unwrap_or_default());
    if length > MOST {
        return None;
    }
    let bytes: Vec<u8> = WORD.iter().copied().cycle().take(length).collect();
    accepted::<Vec<u8>>(serde_json::to_value(Out(&bytes)).ok()?, constraints)
}

/// A few decimals, of which one meets most constraints: a price, and the ends of the range.
fn decimals(constraints: &Constraints) -> Vec<Json> {
    let scale = constraints.scale.unwrap_or(2);
    // The smallest step of the scale, or 1 without a scale.
    let step = Decimal::try_new(1, scale).unwrap_or(Decimal::ONE);
    let [ge, gt, le, lt] =
        [constraints.ge, constraints.gt, constraints.le, constraints.lt].map(|bound| bound.and_then(exact));
    let least = ge.or(gt.and_then(|gt| gt.checked_add(step)));
    let most = le.or(lt.and_then(|lt| lt.checked_sub(step)));
    let multiple = constraints.multiple_of.and_then(exact).filter(|of| !of.is_zero());
    let above = |of: Decimal| {
        let times = gt.or(ge).unwrap_or(Decimal::ONE).checked_div(of)?;
        [times.ceil(), times.floor() + Decimal::ONE].into_iter().find_map(|times| {
            let value = times.checked_mul(of)?;
            (gt.is_none_or(|gt| value > gt)).then_some(value)
        })
    };
    let price = Decimal::try_new(1250, 2).ok();
    let all = [multiple.and_then(above), price, Some(Decimal::from(12)), Some(Decimal::ONE), least, most];
    all.into_iter()
        .flatten()
        .map(|mut value| {
            // It has all decimal places, like a value in an answer.
            if let Some(scale) = constraints.scale.filter(|scale| value.scale() <= *scale) {
                value.rescale(scale);
            }
            value.to_string().into()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::issue::Bound;

    #[test]
    fn decimals_keep_the_rules() {
        let cases = [
            (Constraints::NONE, "12.50"),
            (Constraints::NONE.scale(0), "12"),
            (Constraints::NONE.scale(3), "12.500"),
            (Constraints::NONE.scale(2).gt(Bound::Int(0)).le(Bound::Int(10)), "1.00"),
            (Constraints::NONE.scale(2).gt(Bound::Int(100)), "100.01"),
            (Constraints::NONE.scale(2).ge(Bound::Float(99.5)), "99.50"),
            (Constraints::NONE.scale(2).lt(Bound::Int(-5)), "-5.01"),
            (Constraints::NONE.scale(2).le(Bound::Float(0.5)).ge(Bound::Int(0)), "0.00"),
            (Constraints::NONE.scale(2).multiple_of(Bound::Float(0.05)), "1.00"),
            (Constraints::NONE.scale(2).multiple_of(Bound::Int(7)).gt(Bound::Int(14)), "21.00"),
            (Constraints::NONE.scale(1).gt(Bound::Int(0)).lt(Bound::Int(1)), "0.1"),
        ];
        for (constraints, expected) in cases {
            assert_eq!(of_text("decimal", &constraints), Some(expected.into()), "{constraints:?}");
        }
        assert_eq!(of_text("decimal", &Constraints::NONE.gt(Bound::Int(2)).lt(Bound::Int(1))), None);
    }

    #[test]
    fn numbers_are_multiples() {
        let cases = [
            (Constraints::NONE.multiple_of(Bound::Int(3)).ge(Bound::Int(1)), Some(json!(3))),
            (
                Constraints::NONE.multiple_of(Bound::Int(7)).gt(Bound::Int(7)).lt(Bound::Int(15)),
                Some(json!(14)),
            ),
            (Constraints::NONE.multiple_of(Bound::Int(10)).ge(Bound::Int(1)).le(Bound::Int(9)), None),
            (Constraints::NONE.ge(Bound::Int(1)), None),
        ];
        for (constraints, expected) in cases {
            assert_eq!(of_number::<i64>(&constraints), expected, "{constraints:?}");
        }
        let half = Constraints::NONE.multiple_of(Bound::Float(0.5)).gt(Bound::Float(2.0));
        assert_eq!(of_number::<f64>(&half), Some(json!(2.5)));
    }

    #[test]
    fn what_is_shown_would_be_accepted() {
        let short = Constraints::NONE.format(Format::Email).max_length(3);
        assert_eq!(of_text("", &short), None);
        assert_eq!(of_text("", &Constraints::NONE.format(Format::Ipv6)), Some("2001:db8::1".into()));
        assert_eq!(of_text("", &Constraints::NONE), None);
        assert_eq!(of_text("byte", &Constraints::NONE), Some("Y3Jld2Vk".into()));
        assert_eq!(of_text("byte", &Constraints::NONE.max_items(2)), Some("Y3I=".into()));
        assert_eq!(of_text("byte", &Constraints::NONE.min_items(8)), Some("Y3Jld2VkY3I=".into()));
        assert_eq!(of_text("byte", &Constraints::NONE.min_items(1000)), None);
    }
}

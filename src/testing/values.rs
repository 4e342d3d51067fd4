//! Random values for the fields of a resource, as JSON.

use serde_json::{Map, Value as Json, json};

use super::random::Random;
use super::texts::text;
use crate::issue::{Bound, Choices};
use crate::wire::{Constraints, ObjectMeta, Presence, Shape};

/// How deep models may stand in models that may be left out.
const DEEPEST: usize = 2;

/// A value of a shape, which mostly meets the constraints.
pub(super) fn value(random: &mut Random, shape: Shape, constraints: &Constraints) -> Json {
    at_depth(random, shape, constraints, 0)
}

/// A value that is hardly one of the shape.
pub(super) fn wrong(random: &mut Random, shape: Shape) -> Json {
    let all = [json!("x y"), json!(1.5), json!(-1), json!(true), Json::Null, json!([1]), json!({"a": 1})];
    match shape {
        // Nearly everything can be read as a text.
        Shape::Text { format: "" } => [json!(1), json!({"a": "b"}), json!([])][random.below(3)].clone(),
        _ => all[random.below(all.len())].clone(),
    }
}

fn at_depth(random: &mut Random, shape: Shape, constraints: &Constraints, depth: usize) -> Json {
    match shape {
        Shape::Any => [json!(1), json!("a"), json!(true), json!({}), json!(["a"])][random.below(5)].clone(),
        Shape::Boolean => random.percent(50).into(),
        Shape::Integer { min, max, .. } => integer(random, (min, max), constraints).into(),
        Shape::Number { .. } => number(random, constraints).into(),
        Shape::Text { format } => text(random, format, constraints),
        Shape::List(inner) => {
            let count = count(random, constraints);
            (0..count).map(|_| at_depth(random, inner(), constraints, depth + 1)).collect()
        }
        Shape::Map(inner) => {
            let names = ["a", "b", "c", "d", "e", "f"].map(str::to_owned).into_iter();
            let more = (0..).map(|number| format!("m{number}"));
            let count = count(random, constraints);
            let members = names.chain(more).take(count);
            members.map(|name| (name, at_depth(random, inner(), constraints, depth + 1))).collect()
        }
        Shape::Nullable(inner) => match depth > DEEPEST || random.percent(30) {
            true => Json::Null,
            false => at_depth(random, inner(), constraints, depth),
        },
        Shape::Object(meta) => object(random, meta, depth + 1),
        Shape::UnitEnum(meta) => match meta.choices {
            Choices::Names(names) => random.pick(names).map_or(Json::Null, |name| (*name).into()),
            Choices::Numbers(numbers) => random.pick(numbers).map_or(Json::Null, |number| (*number).into()),
        },
    }
}

fn object(random: &mut Random, meta: &ObjectMeta, depth: usize) -> Json {
    let mut members = Map::new();
    for field in meta.fields {
        let may_be_absent = !matches!(field.presence, Presence::Required);
        if may_be_absent && (depth > DEEPEST || random.percent(30)) {
            continue;
        }
        let value = match field.first_example() {
            Some(example) if random.percent(20) => example,
            _ => at_depth(random, field.shape(), &field.constraints, depth),
        };
        members.insert(field.name.to_owned(), value);
    }
    members.into()
}

/// How many items a list has.
fn count(random: &mut Random, constraints: &Constraints) -> usize {
    let least = constraints.min_items.unwrap_or(0);
    let most = constraints.max_items.unwrap_or(least + 2).clamp(least, least + 2);
    least + random.below(most - least + 1)
}

fn integer(random: &mut Random, (min, max): (i64, i64), constraints: &Constraints) -> i64 {
    let bound = |bound: Option<Bound>, beyond: i64| match bound {
        Some(Bound::Int(bound)) => Some(bound.saturating_add(beyond)),
        _ => None,
    };
    let lows = [bound(constraints.ge, 0), bound(constraints.gt, 1)];
    let highs = [bound(constraints.le, 0), bound(constraints.lt, -1)];
    let low = lows.into_iter().flatten().fold(min, i64::max);
    let high = highs.into_iter().flatten().fold(max, i64::min).max(low);
    // Small numbers, so that values meet and comparisons are true as well as false.
    let near = 0.clamp(low, high);
    let (near_low, near_high) = (near.saturating_sub(3).max(low), near.saturating_add(7).min(high));
    let number = match random.below(20) {
        0 => low,
        1 => high,
        2 => random.within(low, high),
        _ => random.within(near_low, near_high),
    };
    match constraints.multiple_of {
        Some(Bound::Int(step)) if step != 0 => {
            let multiple = number.wrapping_sub(number.checked_rem(step).unwrap_or_default());
            if multiple < low { multiple.saturating_add(step.saturating_abs()) } else { multiple }
        }
        _ => number,
    }
}

fn number(random: &mut Random, constraints: &Constraints) -> f64 {
    let bound = |one: Option<Bound>, other: Option<Bound>| one.or(other).map(Bound::as_f64);
    let low = bound(constraints.ge, constraints.gt);
    let high = bound(constraints.le, constraints.lt);
    let (low, high) = match (low, high) {
        (Some(low), Some(high)) => (low, high),
        (Some(low), None) => (low, low + 10.0),
        (None, Some(high)) => (high - 10.0, high),
        (None, None) => (-3.0, 7.0),
    };
    // Quarters are exact on the way through every format.
    let steps = 1 + random.below(39);
    let number = low + (high - low) * steps as f64 / 40.0;
    match constraints.multiple_of.map(Bound::as_f64).filter(|step| *step != 0.0) {
        Some(step) => (number / step).round() * step,
        None => number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::{Column, ColumnType};
    use crate::wire::Wire;

    fn values<T: Column>(constraints: &Constraints) -> Vec<T> {
        let mut random = Random::of(5, &[]);
        let mut make = || value(&mut random, T::shape(), constraints);
        let read = |json: Json| {
            let mut collector = crate::issue::IssueCollector::default();
            T::coerce(&json, constraints, &mut collector)
        };
        (0..200).filter_map(|_| read(make())).collect()
    }

    #[test]
    fn values_meet_their_constraints() {
        let bounds = Constraints::NONE.ge(Bound::Int(3)).lt(Bound::Int(10)).multiple_of(Bound::Int(2));
        let numbers = values::<i32>(&bounds);
        assert_eq!(numbers.len(), 200);
        assert!([4, 6, 8].iter().all(|number| numbers.contains(number)), "{numbers:?}");
        let lengths = Constraints::NONE.min_length(2).max_length(3);
        assert_eq!(values::<String>(&lengths).len(), 200);
        let floats = Constraints::NONE.gt(Bound::Float(0.0)).le(Bound::Float(1.0));
        assert_eq!(values::<f64>(&floats).len(), 200);
        assert!(matches!(<i32 as Column>::column_type(&bounds), ColumnType::Integer));
        assert_eq!(values::<uuid::Uuid>(&Constraints::NONE).len(), 200);
        assert_eq!(values::<chrono::DateTime<chrono::Utc>>(&Constraints::NONE).len(), 200);
        assert_eq!(values::<chrono::NaiveDate>(&Constraints::NONE).len(), 200);
        assert_eq!(values::<chrono::NaiveTime>(&Constraints::NONE).len(), 200);
        assert_eq!(values::<rust_decimal::Decimal>(&Constraints::NONE.scale(2)).len(), 200);
        let some = values::<Option<bool>>(&Constraints::NONE);
        assert!([None, Some(true), Some(false)].iter().all(|value| some.contains(value)));
        assert!(matches!(<Vec<u8>>::shape(), Shape::Text { format: "byte" }));
        assert_eq!(values::<Vec<u8>>(&Constraints::NONE).len(), 200);
    }
}

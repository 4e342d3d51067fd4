//! Checks the constraints of a field against its type and against each other.

use syn::{Expr, Ident, Lit};

use crate::diag::{Errors, display};
use crate::model::{Bound, Count, DefaultValue, Field, Kind, Number, number, ungroup};

pub(super) fn check(field: &Field, errors: &mut Errors) {
    if field.skip.is_some() || matches!(field.info.kind.leaf(), Kind::Never(_)) {
        return;
    }
    if applicable(field, errors) {
        numbers(field, errors);
        range(field, errors);
        literal_default(field, errors);
    }
    counts(&field.constraints.min_length, &field.constraints.max_length, errors);
    counts(&field.constraints.min_items, &field.constraints.max_items, errors);
    pattern(field, errors);
}

/// Each constraint must apply to the type. One without an effect would be a mistake that goes unnoticed.
fn applicable(field: &Field, errors: &mut Errors) -> bool {
    let constraints = &field.constraints;
    let mut all = true;
    let mut refuse = |key: &Ident, takes: &str, instead: &str| {
        all = false;
        errors.at(key, format!("`{key}` is for {takes}; this is {}{instead}", described(field)));
    };
    let known = field.opaque.is_none();
    let leaf = if known { field.info.kind.leaf() } else { &Kind::Other };
    if !matches!(leaf, Kind::Int(..) | Kind::Float | Kind::Decimal) {
        constraints.bounds().for_each(|rule| refuse(&rule.key, "numbers, and lists and maps of them", ""));
    }
    if *leaf != Kind::Text {
        let counts =
            [&constraints.min_length, &constraints.max_length].into_iter().flatten().map(|count| &count.key);
        let pattern = constraints.pattern.iter().map(|(key, _)| key);
        let format = constraints.format.iter().map(|(key, _)| key);
        counts.chain(pattern).chain(format).for_each(|key| {
            let instead = match (leaf, key.to_string().as_str()) {
                (Kind::Bytes, "min_length") => ": write `min_items`",
                (Kind::Bytes, "max_length") => ": write `max_items`",
                _ => "",
            };
            refuse(key, "`String`, and lists and maps of it", instead);
        });
    }
    if !known || !matches!(field.info.kind, Kind::List(_) | Kind::Map(_) | Kind::Bytes) {
        for count in [&constraints.min_items, &constraints.max_items].into_iter().flatten() {
            let instead = match (leaf, count.key.to_string().as_str()) {
                (Kind::Text, "min_items") => ": write `min_length`",
                (Kind::Text, "max_items") => ": write `max_length`",
                _ => "",
            };
            refuse(&count.key, "lists, maps and bytes", instead);
        }
    }
    all
}

/// The description of the type, for a message.
fn described(field: &Field) -> String {
    let ty = display(&field.info.inner);
    match field.info.kind.leaf() {
        _ if field.opaque.is_some() => format!("`{ty}`, which is opaque"),
        Kind::Other => format!("`{ty}`, which has constraints on fields of its own, if it is a model"),
        _ => format!("`{ty}`"),
    }
}

/// The number of a constraint must be of the type's kind and within the type's range.
fn numbers(field: &Field, errors: &mut Errors) {
    for rule in field.constraints.bounds() {
        let Bound { key, value, number } = rule;
        match (field.info.kind.leaf(), number) {
            (Kind::Int(name, ..), Number::Float(..)) => {
                errors.at(value, format!("an `{name}` is bounded by a whole number"));
            }
            (Kind::Int(name, min, max), Number::Int(n)) if n < min || n > max => {
                errors.at(value, format!("this is beyond `{name}`, which goes from {min} to {max}"));
            }
            (Kind::Float, Number::Float(n, _)) if !n.is_finite() => {
                errors.at(value, "this is beyond floating-point numbers");
            }
            (Kind::Decimal, Number::Int(n)) if i64::try_from(*n).is_err() => {
                errors.at(value, "the bounds of a decimal are of 64 bits");
            }
            (Kind::Decimal, Number::Float(_, None)) => {
                errors.at(value, "the bounds of a decimal have 18 digits at most");
            }
            _ => {}
        }
        if key == "multiple_of" && number.as_f64() <= 0.0 {
            errors.at(value, "`multiple_of` takes a number above 0");
        }
    }
}

/// A range must have at most one lower and one upper bound, and a value between them.
fn range(field: &Field, errors: &mut Errors) {
    let constraints = &field.constraints;
    if let (Some(_), Some(gt)) = (&constraints.ge, &constraints.gt) {
        errors.at(&gt.key, "`ge` and `gt` are both lower bounds; keep one");
    }
    if let (Some(_), Some(lt)) = (&constraints.le, &constraints.lt) {
        errors.at(&lt.key, "`le` and `lt` are both upper bounds; keep one");
    }
    let (Some(low), Some(high)) = (
        constraints.ge.as_ref().or(constraints.gt.as_ref()),
        constraints.le.as_ref().or(constraints.lt.as_ref()),
    ) else {
        return;
    };
    let strict = low.key == "gt" || high.key == "lt";
    let (l, h) = (low.number.as_f64(), high.number.as_f64());
    // There is no integer between two consecutive ones.
    let nothing_between = match (field.info.kind.leaf(), low.number, high.number) {
        (Kind::Int(..), Number::Int(l), Number::Int(h)) => {
            l + i128::from(low.key == "gt") > h - i128::from(high.key == "lt")
        }
        _ => l > h || (strict && l >= h),
    };
    if nothing_between {
        errors.at(
            &high.value,
            format!(
                "no number has both `{} = {}` and `{} = {}`",
                low.key,
                display(&low.value),
                high.key,
                display(&high.value)
            ),
        );
    }
}

/// A minimum must not exceed the maximum.
fn counts(min: &Option<Count>, max: &Option<Count>, errors: &mut Errors) {
    if let (Some(min), Some(max)) = (min, max)
        && min.count > max.count
    {
        errors.at(&max.value, format!("`{}` is below `{}`, which is {}", max.key, min.key, min.count));
    }
}

/// The maximal size of a compiled pattern in bytes. The limit is the same at run time.
const MOST_OF_A_PATTERN: usize = 10 << 20;

/// A pattern must compile, by the same crate and within the same limits as at run time.
fn pattern(field: &Field, errors: &mut Errors) {
    let Some((_, pattern)) = &field.constraints.pattern else { return };
    let source = pattern.value();
    if let Err(error) = regex_syntax::Parser::new().parse(&source) {
        // The parser's error shows the position in several lines, of which the last is the message.
        let message = error.to_string();
        let why = message.lines().last().unwrap_or_default();
        let why = why.strip_prefix("error: ").unwrap_or(why);
        let lookaround =
            if why.contains("look-around") { "; the syntax is that of the `regex` crate" } else { "" };
        errors.at(pattern, format!("this is no regular expression: {why}{lookaround}"));
        return;
    }
    let compiled = regex::RegexBuilder::new(&source).size_limit(MOST_OF_A_PATTERN).build();
    if let Err(error) = compiled {
        let why = match error {
            regex::Error::CompiledTooBig(most) => format!("takes more than {most} bytes once it is compiled"),
            other => format!("cannot be compiled: {other}"),
        };
        errors.at(
            pattern,
            format!(
                "this regular expression {why}: bound the text with `max_length`, not with `{{1,255}}`, and write \
                 `[0-9A-Za-z_]` where `\\w` need not know every script"
            ),
        );
    }
}

/// A default that is a literal must meet the constraints.
fn literal_default(field: &Field, errors: &mut Errors) {
    let Some(DefaultValue::Is(value)) = &field.default else { return };
    let constraints = &field.constraints;
    let broken = match (&field.info.kind, ungroup(value)) {
        (Kind::Int(..) | Kind::Float | Kind::Decimal, _) => {
            let Some(number) = number(value).map(Number::as_f64) else { return };
            let beyond = |bound: &Option<Bound>, broken: fn(f64, f64) -> bool| {
                bound.as_ref().filter(|b| broken(number, b.number.as_f64())).map(|b| b.key.clone())
            };
            beyond(&constraints.ge, |n, b| n < b)
                .or_else(|| beyond(&constraints.gt, |n, b| n <= b))
                .or_else(|| beyond(&constraints.le, |n, b| n > b))
                .or_else(|| beyond(&constraints.lt, |n, b| n >= b))
        }
        (Kind::Text, Expr::Lit(literal)) => {
            let Lit::Str(text) = &literal.lit else { return };
            let length = text.value().chars().count();
            let broken = |bound: &Option<Count>, broken: fn(usize, usize) -> bool| {
                bound.as_ref().filter(|b| broken(length, b.count)).map(|b| b.key.clone())
            };
            broken(&constraints.min_length, |l, b| l < b)
                .or_else(|| broken(&constraints.max_length, |l, b| l > b))
        }
        _ => return,
    };
    if let Some(key) = broken {
        errors.at(value, format!("the default breaks its own `{key}`"));
    }
}

//! Recognizes types by their tokens.
//!
//! A macro sees names, and not types. So the last segment of a path decides, inside `Option`, `Box` and `Patched`. A
//! name that is not known is [`Kind::Other`], which only the compiler can judge.

use syn::{GenericArgument, PathArguments, PathSegment, Type};

/// What is recognized of a field's type.
pub(crate) struct TypeInfo {
    /// Whether it is an `Option`.
    pub(crate) option: bool,
    /// The type inside the `Option`.
    pub(crate) inner: Type,
    /// Whether it is a `Patched`, so that the field may be left out.
    pub(crate) patched: bool,
    /// Whether it is inside a `Box`.
    pub(crate) boxed: bool,
    pub(crate) kind: Kind,
}

/// The kind of a type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    /// An integer with its name and its range. Wider types are limited to the range of `i64`.
    Int(&'static str, i128, i128),
    Float,
    Bool,
    Text,
    Uuid,
    /// `DateTime<Utc>`.
    Moment,
    /// `DateTime` of another zone, `NaiveDateTime` or `AnyDateTime`.
    OtherMoment,
    Date,
    Time,
    Decimal,
    Bytes,
    List(Box<Kind>),
    Map(Box<Kind>),
    Other,
    /// A type that cannot be used in requests and answers, with what to write instead.
    Never(&'static str),
}

impl Kind {
    /// The kind that the constraints of a value apply to: that of the items of a list or map, at any depth.
    pub(crate) fn leaf(&self) -> &Kind {
        match self {
            Kind::List(item) | Kind::Map(item) => item.leaf(),
            _ => self,
        }
    }

    /// Whether it has a column type of its own.
    pub(crate) fn is_scalar(&self) -> bool {
        use Kind::{Bool, Bytes, Date, Decimal, Float, Int, Moment, Text, Time, Uuid};
        matches!(self, Int(..) | Float | Bool | Text | Uuid | Moment | Date | Time | Decimal | Bytes)
    }

    /// Whether it can be a key.
    pub(crate) fn is_key(&self) -> bool {
        matches!(self, Kind::Int(..) | Kind::Text | Kind::Uuid)
    }
}

impl TypeInfo {
    /// The type inside `Patched`, if that is the outermost type.
    pub(crate) fn within_patched(&self) -> Option<&Type> {
        argument(&self.inner, "Patched").filter(|_| !self.option)
    }

    pub(crate) fn of(ty: &Type) -> Self {
        let ty = bare(ty);
        let (option, inner) = match argument(ty, "Option") {
            Some(inner) => (true, bare(inner)),
            None => (false, ty),
        };
        let (patched, boxed) = (argument(inner, "Patched").is_some(), argument(inner, "Box").is_some());
        TypeInfo { option, inner: inner.clone(), patched, boxed, kind: kind(inner) }
    }
}

/// The type inside the invisible groups of `macro_rules!` and parentheses.
pub(crate) fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => bare(&group.elem),
        Type::Paren(paren) => bare(&paren.elem),
        _ => ty,
    }
}

/// The `T` of a type `name<T>`.
fn argument<'t>(ty: &'t Type, name: &str) -> Option<&'t Type> {
    let segment = segment(ty).filter(|s| s.ident == name)?;
    match arguments(segment)[..] {
        [argument] => Some(argument),
        _ => None,
    }
}

/// The last segment of the path that names the type.
pub(crate) fn segment(ty: &Type) -> Option<&PathSegment> {
    match bare(ty) {
        Type::Path(path) if path.qself.is_none() => path.path.segments.last(),
        _ => None,
    }
}

/// The types in its angle brackets.
pub(crate) fn arguments(segment: &PathSegment) -> Vec<&Type> {
    match &segment.arguments {
        PathArguments::AngleBracketed(list) => list
            .args
            .iter()
            .filter_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(bare(ty)),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn kind(ty: &Type) -> Kind {
    match bare(ty) {
        Type::Path(path) if path.qself.is_some() => Kind::Other,
        Type::Path(path) => path.path.segments.last().map_or(Kind::Other, named),
        Type::Reference(reference) => match bare(&reference.elem) {
            Type::Path(path) if path.path.is_ident("str") => {
                Kind::Never("a model owns its values; write `String`")
            }
            Type::Slice(_) => Kind::Never("a model owns its values; write `Vec<..>`"),
            _ => Kind::Never("a model owns its values; write the type without `&`"),
        },
        Type::Tuple(_) => Kind::Never(
            "a tuple has no names for its parts; declare a struct with `#[model]`, or write `Vec<..>` if all \
             parts are alike",
        ),
        Type::Array(_) | Type::Slice(_) => {
            Kind::Never("lists are `Vec<..>`; bound their length with `min_items` and `max_items`")
        }
        Type::BareFn(_) | Type::Ptr(_) | Type::TraitObject(_) | Type::ImplTrait(_) | Type::Never(_) => {
            Kind::Never("not a type of requests and answers")
        }
        _ => Kind::Other,
    }
}

fn named(segment: &PathSegment) -> Kind {
    let arguments = arguments(segment);
    let name = segment.ident.to_string();
    match (name.as_str(), &arguments[..]) {
        ("i8", []) => Kind::Int("i8", i8::MIN.into(), i8::MAX.into()),
        ("i16", []) => Kind::Int("i16", i16::MIN.into(), i16::MAX.into()),
        ("i32", []) => Kind::Int("i32", i32::MIN.into(), i32::MAX.into()),
        ("i64", []) => Kind::Int("i64", i64::MIN.into(), i64::MAX.into()),
        ("u8", []) => Kind::Int("u8", 0, u8::MAX.into()),
        ("u16", []) => Kind::Int("u16", 0, u16::MAX.into()),
        ("u32", []) => Kind::Int("u32", 0, u32::MAX.into()),
        ("u64", []) => Kind::Int("u64", 0, i64::MAX.into()),
        ("isize", []) => Kind::Int("isize", i64::MIN.into(), i64::MAX.into()),
        ("usize", []) => Kind::Int("usize", 0, i64::MAX.into()),
        ("f32" | "f64", []) => Kind::Float,
        ("bool", []) => Kind::Bool,
        ("String", []) => Kind::Text,
        ("Uuid", []) => Kind::Uuid,
        ("DateTime", [zone]) if self::segment(zone).is_some_and(|s| s.ident == "Utc") => Kind::Moment,
        ("DateTime", [_]) | ("NaiveDateTime" | "AnyDateTime", []) => Kind::OtherMoment,
        ("NaiveDate", []) => Kind::Date,
        ("NaiveTime", []) => Kind::Time,
        ("Decimal", []) => Kind::Decimal,
        ("Option" | "Box" | "Patched", [inner]) => kind(inner),
        ("Vec", [item]) if self::segment(item).is_some_and(|s| s.ident == "u8") => Kind::Bytes,
        ("Vec", [item]) => Kind::List(Box::new(kind(item))),
        ("HashMap" | "BTreeMap", [key, value, ..]) => match kind(key) {
            Kind::Text | Kind::Other => Kind::Map(Box::new(kind(value))),
            _ => Kind::Never("the members of a JSON object are named by texts; write `String` for the key"),
        },
        ("i128", []) => Kind::Never("JSON and stores hold 64 bits at most; write `i64`"),
        ("u128", []) => Kind::Never("JSON and stores hold 64 bits at most; write `u64`"),
        ("char", []) => Kind::Never("JSON has texts; write `String`, with `min_length = 1, max_length = 1`"),
        ("PathBuf" | "Path", []) => Kind::Never("a path is a text on the wire; write `String`"),
        ("str", []) => Kind::Never("a model owns its values; write `String`"),
        ("HashSet" | "BTreeSet" | "VecDeque" | "LinkedList", [_, ..]) => {
            Kind::Never("lists are `Vec<..>` on the wire")
        }
        _ => Kind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind_of(text: &str) -> (bool, Kind) {
        let ty: Type = syn::parse_str(text).expect("a type");
        let info = TypeInfo::of(&ty);
        (info.option, info.kind)
    }

    #[test]
    fn paths_are_told_by_their_last_segment() {
        assert_eq!(kind_of("std::string::String"), (false, Kind::Text));
        assert_eq!(kind_of("::core::option::Option<chrono::DateTime<chrono::Utc>>"), (true, Kind::Moment));
        assert_eq!(kind_of("Option<Box<Vec<u8>>>"), (true, Kind::Bytes));
        assert_eq!(kind_of("Vec<Option<String>>"), (false, Kind::List(Box::new(Kind::Text))));
        assert_eq!(kind_of("<T as Trait>::String"), (false, Kind::Other));
        assert_eq!(kind_of("Address"), (false, Kind::Other));
    }
}

//! Parses an access rule, which is an expression over the fields of a resource and the caller.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::visit_mut::{self, VisitMut};
use syn::{BinOp, Expr, ExprBinary, ExprMethodCall, Lit, Member, PatIdent, UnOp};

use crate::diag::{Errors, did_you_mean, display, list};
use crate::model::{Comparison, Field, Kind, Operand, Rule, caller_in, position, ungroup};
use crate::names;

/// The rule that an expression is. Without one, errors were added.
pub(super) fn rule(expression: &Expr, fields: &[Field], errors: &mut Errors) -> Option<Rule> {
    Scope { fields }.rule(expression, errors)
}

/// What the names of a rule may be.
struct Scope<'a> {
    fields: &'a [Field],
}

/// One side of a comparison.
enum Side<'e> {
    /// The field at this position.
    Field(usize),
    Other(&'e Expr),
}

impl Scope<'_> {
    fn rule(&self, expression: &Expr, errors: &mut Errors) -> Option<Rule> {
        let expression = ungroup(expression);
        match expression {
            Expr::Binary(binary) => self.binary(binary, expression, errors),
            Expr::Unary(unary) if matches!(unary.op, UnOp::Not(_)) => {
                Some(Rule::Not(Box::new(self.rule(&unary.expr, errors)?)))
            }
            Expr::MethodCall(call) => self.method(call, expression, errors),
            Expr::Assign(assign) => {
                errors.at(assign.eq_token, "a comparison is written as in Rust: `==`");
                None
            }
            Expr::Lit(literal) if let Lit::Bool(value) = &literal.lit => {
                let word = if value.value { "public" } else { "never" };
                errors.at(value, format!("write `{word}`"));
                None
            }
            _ => match (member_of_self(expression), name(expression)) {
                (Some(name), _) => self.alone(name, errors),
                (None, Some(name)) => self.word(name, errors),
                (None, None) => self.of_caller(expression, errors),
            },
        }
    }

    fn binary(&self, binary: &ExprBinary, whole: &Expr, errors: &mut Errors) -> Option<Rule> {
        let comparison = match &binary.op {
            BinOp::And(_) => {
                let (left, right) = (self.rule(&binary.left, errors), self.rule(&binary.right, errors));
                let mut all = match left? {
                    Rule::All(rules) => rules,
                    rule => vec![rule],
                };
                all.push(right?);
                return Some(Rule::All(all));
            }
            BinOp::Or(_) => {
                let (left, right) = (self.rule(&binary.left, errors), self.rule(&binary.right, errors));
                let mut any = match left? {
                    Rule::Any(rules) => rules,
                    rule => vec![rule],
                };
                any.push(right?);
                return Some(Rule::Any(any));
            }
            BinOp::Eq(_) => Comparison::Equal,
            BinOp::Ne(_) => Comparison::NotEqual,
            BinOp::Lt(_) => Comparison::Less,
            BinOp::Le(_) => Comparison::LessOrEqual,
            BinOp::Gt(_) => Comparison::Greater,
            BinOp::Ge(_) => Comparison::GreaterOrEqual,
            op @ (BinOp::BitAnd(_) | BinOp::BitOr(_)) => {
                errors.at(op, format!("rules are joined by `{0}{0}`", display(op)));
                return None;
            }
            _ => return self.of_caller(whole, errors),
        };
        let (left, right) = (self.side(&binary.left, errors), self.side(&binary.right, errors));
        let (field, comparison, operand) = match (left?, right?) {
            (Side::Field(field), Side::Other(operand)) => (field, comparison, operand),
            (Side::Other(operand), Side::Field(field)) => (field, comparison.turned(), operand),
            (Side::Field(_), Side::Field(_)) => {
                errors.at(
                    &binary.right,
                    "a field is compared with the caller or a constant; two fields are not compared yet",
                );
                return None;
            }
            (Side::Other(_), Side::Other(_)) => return self.of_caller(whole, errors),
        };
        let (fits, operand) =
            (self.comparable(field, comparison, binary, errors), self.operand(operand, errors));
        fits.then_some(Rule::Compared(field, comparison, operand?))
    }

    /// A word or a field that is a rule by itself.
    fn word(&self, name: &Ident, errors: &mut Errors) -> Option<Rule> {
        match name.to_string().as_str() {
            "public" => Some(Rule::Public),
            "never" => Some(Rule::Never),
            "caller" => Some(Rule::Caller(name.clone())),
            "owner" => Some(Rule::Owner(name.clone())),
            _ => self.alone(name, errors),
        }
    }

    /// A field that is a rule by itself, which only a `bool` is.
    fn alone(&self, name: &Ident, errors: &mut Errors) -> Option<Rule> {
        let position = self.field(name, errors)?;
        let info = &self.fields[position].info;
        if info.kind == Kind::Bool && !info.option {
            return Some(Rule::Is(position));
        }
        let instead = match (&info.kind, info.option) {
            (Kind::Bool, _) => format!("`{name} == Some(true)`"),
            (_, true) => format!("`{name} == ..` or `{name}.is_some()`"),
            (_, false) => format!("`{name} == ..`"),
        };
        errors
            .at(name, format!("only a `bool` is a rule by itself, and this field is none; write {instead}"));
        None
    }

    /// `field.is_some()` and `field.is_none()`, or a method of the caller.
    fn method(&self, call: &ExprMethodCall, whole: &Expr, errors: &mut Errors) -> Option<Rule> {
        let field = match ungroup(&call.receiver) {
            receiver if let Some(name) = member_of_self(receiver) => self.field(name, errors)?,
            // Methods of the caller, and of constants.
            receiver if let Some(name) = name(receiver).filter(|name| self.is_field(name)) => {
                self.field(name, errors)?
            }
            _ => return self.of_caller(whole, errors),
        };
        let is_some = match call.method.to_string().as_str() {
            "is_some" if call.args.is_empty() => true,
            "is_none" if call.args.is_empty() => false,
            other => {
                let near = match other {
                    "is_null" => "; did you mean `is_none`?",
                    "eq" | "equals" => "; write `==`",
                    "ne" => "; write `!=`",
                    _ => "",
                };
                errors.at(
                    &call.method,
                    format!(
                        "a field is asked in the store, which calls no Rust: it is compared, or asked `is_some()` or \
                         `is_none()`{near}"
                    ),
                );
                return None;
            }
        };
        if !self.fields[field].info.option {
            errors.at(&call.method, "this field is no `Option`, and always has a value");
            return None;
        }
        match is_some {
            true => Some(Rule::Not(Box::new(Rule::IsNull(field)))),
            false => Some(Rule::IsNull(field)),
        }
    }

    /// An expression that is true of the caller, whatever the row.
    fn of_caller(&self, expression: &Expr, errors: &mut Errors) -> Option<Rule> {
        if let Some(word) = called(expression) {
            errors.at(expression, format!("`{word}` is a word; write it without parentheses"));
        } else if let Some(name) = self.mentioned(expression) {
            errors.at(&name, alone_in_comparisons(&name));
        } else if caller_in(expression.to_token_stream()).is_none() {
            errors.at(expression, "this asks neither a field of the row nor the `caller`");
        } else {
            return Some(Rule::OfCaller(expression.clone()));
        }
        None
    }

    /// One side of a comparison. Without one, errors were added.
    fn side<'e>(&self, expression: &'e Expr, errors: &mut Errors) -> Option<Side<'e>> {
        let inner = ungroup(expression);
        if let Some(name) = member_of_self(inner) {
            return Some(Side::Field(self.field(name, errors)?));
        }
        let Some(name) = name(inner) else { return Some(Side::Other(inner)) };
        match name.to_string().as_str() {
            "caller" => {
                errors.at(name, "the caller is compared by one of their fields: `caller.id`");
                None
            }
            "self" => {
                errors.at(name, "a row is compared by one of its fields: `self.id`, or just `id`");
                None
            }
            word if is_word(name) => {
                let instead = match position(self.fields, name) {
                    Some(_) => format!("; write `self.{word}` for the field"),
                    None => "; write it alone".to_owned(),
                };
                errors.at(name, format!("`{word}` is a word that is true or false by itself{instead}"));
                None
            }
            _ if self.is_field(name) => Some(Side::Field(self.field(name, errors)?)),
            _ => Some(Side::Other(inner)),
        }
    }

    /// What a field is compared with.
    fn operand(&self, expression: &Expr, errors: &mut Errors) -> Option<Operand> {
        if let Some(name) = self.mentioned(expression) {
            errors.at(&name, alone_in_comparisons(&name));
            None
        } else if caller_in(expression.to_token_stream()).is_some() {
            Some(Operand::OfCaller(expression.clone()))
        } else if is_constant(expression) {
            Some(Operand::Constant(expression.clone()))
        } else {
            errors.at(
                expression,
                "a field is compared with the `caller`, or with a constant: a literal, `Status::Open`, `None` or \
                 `Some(..)`",
            );
            None
        }
    }

    /// Whether the store can compare the field like this.
    fn comparable(
        &self,
        field: usize,
        comparison: Comparison,
        binary: &ExprBinary,
        errors: &mut Errors,
    ) -> bool {
        let field = &self.fields[field];
        let is_json = field.roles.json.is_some() || field.opaque.is_some();
        let wrong = match field.info.kind {
            _ if is_json => "JSON is not compared in rules; keep the value in a field of its own",
            _ if comparison.is_order() && field.info.option => {
                "a field that may be null has no order in Rust; ask for `==`, `is_some()` or `is_none()`"
            }
            Kind::Bytes if comparison.is_order() => "bytes have no order",
            _ => return true,
        };
        errors.at(binary.op, wrong);
        false
    }

    /// Whether a name is meant as that of a field. What begins with a capital letter is a constant or a variant.
    fn is_field(&self, name: &Ident) -> bool {
        !is_word(name) && name != "self" && (position(self.fields, name).is_some() || is_lower(name))
    }

    /// The position of the field of this name. Adds an error if there is none.
    fn field(&self, name: &Ident, errors: &mut Errors) -> Option<usize> {
        let found = position(self.fields, name);
        if found.is_none() {
            let all: Vec<String> = self.fields.iter().map(|field| field.ident.unraw().to_string()).collect();
            let all: Vec<&str> = all.iter().map(String::as_str).collect();
            let near = match name.to_string().to_ascii_lowercase().as_str() {
                "everybody" | "everyone" | "anybody" | "anyone" | "all" | "any" => {
                    "; did you mean `public`?".to_owned()
                }
                "nobody" | "none" => "; did you mean `never`?".to_owned(),
                "user" | "me" | "authenticated" | "current_user" => "; did you mean `caller`?".to_owned(),
                other => did_you_mean(other, &[&*all, names::RULE].concat()),
            };
            errors.at(
                name,
                format!(
                    "there is no field `{name}`{near}\nthe fields are {}\nthe words are {}",
                    list(&all),
                    list(names::RULE)
                ),
            );
        }
        found
    }

    /// A field or a word that an expression mentions, although it is Rust about the caller.
    fn mentioned(&self, expression: &Expr) -> Option<Ident> {
        let mut expression = expression.clone();
        let mut bound = Bound(Vec::new());
        bound.visit_expr_mut(&mut expression);
        let mut mentioned = Mentioned { fields: self.fields, bound: bound.0, found: None };
        mentioned.visit_expr_mut(&mut expression);
        mentioned.found
    }
}

/// The names that patterns bind, such as those of a closure.
struct Bound(Vec<Ident>);

impl VisitMut for Bound {
    fn visit_pat_ident_mut(&mut self, pattern: &mut PatIdent) {
        self.0.push(pattern.ident.clone());
        visit_mut::visit_pat_ident_mut(self, pattern);
    }
}

/// Finds the first field or word in an expression, except for names that the expression binds itself.
struct Mentioned<'a> {
    fields: &'a [Field],
    bound: Vec<Ident>,
    found: Option<Ident>,
}

impl VisitMut for Mentioned<'_> {
    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        if let Some(name) = name(expression) {
            let is_known = name == "self" || is_word(name) || position(self.fields, name).is_some();
            if is_known && name != "caller" && self.found.is_none() && !self.bound.contains(name) {
                self.found = Some(name.clone());
            }
        }
        visit_mut::visit_expr_mut(self, expression);
    }
}

/// The name that an expression consists of.
fn name(expression: &Expr) -> Option<&Ident> {
    match expression {
        Expr::Path(path) if path.qself.is_none() => path.path.get_ident(),
        _ => None,
    }
}

/// The field of `self.field`.
fn member_of_self(expression: &Expr) -> Option<&Ident> {
    match expression {
        Expr::Field(field) if name(ungroup(&field.base)).is_some_and(|base| base == "self") => {
            match &field.member {
                Member::Named(name) => Some(name),
                Member::Unnamed(_) => None,
            }
        }
        _ => None,
    }
}

/// The word that is called as a function: `owner()`.
fn called(expression: &Expr) -> Option<&Ident> {
    match expression {
        Expr::Call(call) if call.args.is_empty() => name(&call.func).filter(|name| is_word(name)),
        _ => None,
    }
}

fn is_word(name: &Ident) -> bool {
    names::RULE.iter().any(|word| name == word)
}

/// Whether the name is written as those of fields are, and not as those of constants and variants.
fn is_lower(name: &Ident) -> bool {
    name.unraw().to_string().starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
}

/// Whether an expression is the same for every caller.
fn is_constant(expression: &Expr) -> bool {
    match ungroup(expression) {
        Expr::Lit(_) | Expr::Path(_) => true,
        Expr::Unary(unary) => matches!(unary.op, UnOp::Neg(_)) && is_constant(&unary.expr),
        Expr::Call(call) => is_constant(&call.func) && call.args.iter().all(is_constant),
        Expr::MethodCall(call) => is_constant(&call.receiver) && call.args.iter().all(is_constant),
        _ => false,
    }
}

fn alone_in_comparisons(name: &Ident) -> String {
    match is_word(name) {
        true => format!("`{name}` is a word that stands alone; a field of this name is `self.{name}`"),
        false => format!(
            "the store knows `{name}`, and calls no Rust: a field stands alone, or on one side of `==` and its like"
        ),
    }
}

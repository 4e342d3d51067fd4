//! Indexes over several fields, and the bytes that they leave to a text.

use proc_macro2::Ident;
use syn::ext::IdentExt;

use super::{Field, Kind};
use crate::names::MOST_INDEXED;

/// `index(a, b)` or `unique(a, b)`.
pub(crate) struct IndexList {
    pub(crate) word: Ident,
    pub(crate) unique: bool,
    /// The word that makes the values unique over all tenants.
    pub(crate) everywhere: Option<Ident>,
    /// The names of its fields.
    pub(crate) fields: Vec<Ident>,
}

impl IndexList {
    /// Takes the word `everywhere` out of the names of fields, unless a field is called so.
    pub(crate) fn take_everywhere(&mut self, fields: &[Field]) {
        let is_word = |name: &Ident| *name == "everywhere" && position(fields, name).is_none();
        if self.unique
            && let Some(index) = self.fields.iter().position(is_word)
        {
            self.everywhere = Some(self.fields.remove(index));
        }
    }

    /// The positions of the fields that it names, without unknown ones.
    pub(crate) fn named(&self, fields: &[Field]) -> Vec<usize> {
        self.fields.iter().filter_map(|name| position(fields, name)).collect()
    }

    /// The positions of all its fields. What is unique within each tenant begins with the tenant.
    pub(crate) fn positions(&self, fields: &[Field]) -> Vec<usize> {
        let named = self.named(fields);
        let is_within = self.unique && self.everywhere.is_none();
        let tenant = tenant(fields).filter(|tenant| is_within && !named.contains(tenant));
        tenant.into_iter().chain(named).collect()
    }
}

/// The position of the field that tells to which tenant a row belongs.
pub(crate) fn tenant(fields: &[Field]) -> Option<usize> {
    fields.iter().position(|field| field.roles.tenant.is_some())
}

/// The positions of the fields whose values are unique together as the field at this position is `unique`: under a
/// tenant, with that.
pub(crate) fn unique_with(fields: &[Field], position: usize) -> Option<Vec<usize>> {
    let roles = &fields[position].roles;
    // A key is unique by itself.
    roles.unique.filter(|_| roles.key.is_none())?;
    let tenant = tenant(fields).filter(|tenant| *tenant != position && roles.everywhere.is_none());
    Some(tenant.into_iter().chain([position]).collect())
}

/// The position of the field with this name.
pub(crate) fn position(fields: &[Field], name: &Ident) -> Option<usize> {
    fields.iter().position(|field| field.ident.unraw() == name.unraw())
}

/// Sets for each field how many bytes of its texts the indexes hold that it is in. An entry of an index of PostgreSQL's
/// has 2704 bytes at most, and has all texts of the index.
pub(crate) fn limit_texts(fields: &mut [Field], lists: &[IndexList]) {
    let key = fields.iter().position(|field| field.roles.key.is_some());
    let sorted = |index: usize| {
        let roles = &fields[index].roles;
        roles.sort.or(roles.of_caller()).is_some()
    };
    let unique = (0..fields.len()).filter_map(|index| unique_with(fields, index));
    let single = (0..fields.len()).filter(|index| {
        let roles = &fields[*index].roles;
        // A cursor has to hold what rows are sorted by.
        [roles.key, roles.index, roles.sort].iter().any(Option::is_some)
    });
    // As in `store::sql::indexes` of crewed, an index ends with the key where its last field can be sorted by, or is a
    // value of the caller.
    let single = single.map(|index| match key {
        Some(key) if sorted(index) && fields[index].roles.index.is_some() && key != index => vec![index, key],
        _ => vec![index],
    });
    let lists = lists.iter().map(|list| {
        let mut all = list.positions(fields);
        let ends_with_key = !list.unique && all.last().is_some_and(|last| sorted(*last));
        all.extend(key.filter(|key| ends_with_key && !all.contains(key)));
        all
    });
    let indexes: Vec<Vec<usize>> = unique.chain(single).chain(lists).collect();
    for index in indexes {
        let is_text = |position: &&usize| {
            matches!(fields[**position].info.kind, Kind::Text | Kind::Bytes | Kind::Other)
        };
        let texts: Vec<usize> = index.iter().filter(is_text).copied().collect();
        if let Some(share) = share(texts.len(), index.len() - texts.len()) {
            for text in texts {
                let limit = &mut fields[text].most_indexed;
                *limit = Some(limit.map_or(share, |limit| limit.min(share)));
            }
        }
    }
}

/// The bytes for each of several texts in one index, beside so many other values, which take 24 bytes at most.
fn share(texts: usize, others: usize) -> Option<usize> {
    // The head of an entry has 16 bytes, and that of a text up to 8 with what comes before it.
    let left = (2704 - 16_usize).saturating_sub(24 * others).checked_div(texts)?;
    Some(left.saturating_sub(8).min(MOST_INDEXED / texts))
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn the_entry_of_an_index_has_room_for_all() {
        assert_eq!(share(0, 3), None);
        assert_eq!([1, 2, 3].map(|texts| share(texts, 1)), [Some(2600), Some(1300), Some(866)]);
        for texts in 1..=32 {
            for others in 0..=32 - texts {
                let most = share(texts, others).expect("there is a text");
                assert!(most >= 60, "{texts} {others} {most}");
                assert!(16 + texts * (most + 8) + others * 24 <= 2704, "{texts} {others} {most}");
            }
        }
    }
}

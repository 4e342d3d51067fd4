//! Tenants and owners that go by a name, which no index and not every column may have room for.

use super::*;

#[crewed::depends]
fn nobody() -> Option<Named> {
    None
}

/// Who asks. Code says so for itself.
#[crewed::caller(depends(nobody))]
struct Named {
    #[caller(id)]
    name: String,
    #[caller(tenant)]
    org: String,
}

#[resource("/parts", access(caller = Named, public))]
#[derive(Debug)]
struct Part {
    #[field(key, generated)]
    id: Uuid,
    #[field(tenant)]
    org: String,
    #[field(unique)]
    name: String,
}

#[resource("/makes", access(caller = Named, public))]
#[derive(Debug)]
struct Make {
    #[field(key, generated)]
    id: Uuid,
    #[field(owner)]
    maker: String,
}

#[resource("/drafts", access(caller = Named, public))]
#[derive(Debug)]
struct Draft {
    #[field(key, generated)]
    id: Uuid,
    #[field(owner)]
    maker: Option<String>,
    text: String,
}

/// Bytes that cannot be made fewer.
fn noise(length: usize) -> String {
    let mut state = 7_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b'!' + u8::try_from(state >> 57).unwrap() % 90)
    };
    (0..length).map(|_| next()).collect()
}

#[test]
fn what_no_column_has_creates_no_row() {
    let api = Api::new().resource::<Part>().resource::<Make>().resource::<Draft>();
    in_code(api, async |rocket| {
        let named = |name: &str, org: &str| Named { name: name.to_owned(), org: org.to_owned() };
        let parts = |org: &str| Repository::<Part>::as_caller(rocket, &named("a", org)).unwrap();
        let part = |length: usize| PartCreate { name: noise(length) };
        // The index of what is unique has both texts.
        let long = noise(1300);
        let made = parts(&long).create(part(1300)).await.unwrap();
        assert_eq!((made.org.len(), made.name.len()), (1300, 1300));
        assert_eq!(parts(&long).create(part(1301)).await.unwrap_err().code(), 422);
        assert_eq!(parts(&long).create(part(1300)).await.unwrap_err().code(), 409);
        assert_eq!(parts(&long[1..]).create(part(1300)).await.unwrap().org.len(), 1299);
        for org in ["a\0b", &noise(1301)] {
            assert_eq!(parts(org).create(part(1)).await.unwrap_err().code(), 403);
            let found = parts(org).find(Predicate::all()).count().await.map_err(|error| error.code());
            assert!(matches!(found, Ok(0) | Err(403)), "{found:?}");
        }
        for name in ["a\0b", &noise(2601)] {
            let makes = Repository::<Make>::as_caller(rocket, &named(name, "a")).unwrap();
            assert_eq!(makes.create(MakeCreate {}).await.unwrap_err().code(), 403);
            // It does not become a row without an owner.
            let drafts = Repository::<Draft>::as_caller(rocket, &named(name, "a")).unwrap();
            let draft = DraftCreate { text: "x".to_owned() };
            assert_eq!(drafts.create(draft).await.unwrap_err().code(), 403);
            assert_eq!(drafts.find(Predicate::all()).count().await.unwrap(), 0);
        }
        let makes = Repository::<Make>::as_caller(rocket, &named(&noise(2600), "a")).unwrap();
        assert_eq!(makes.create(MakeCreate {}).await.unwrap().maker.len(), 2600);
    });
}

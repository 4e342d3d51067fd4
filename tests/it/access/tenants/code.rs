//! Tenants in code of the user's own.

use crewed::post;
use crewed::rocket::serde::json::Json;

use super::*;

fn patch(name: &str) -> BookPatch {
    BookPatch { name: Patched::Value(name.to_owned()), ..Default::default() }
}

fn coded(code: &str) -> BookPatch {
    BookPatch { color: Patched::Value(1), code: Patched::Value(code.to_owned()), ..Default::default() }
}

fn book(name: &str) -> BookCreate {
    BookCreate { name: name.to_owned(), code: None, shelf: None, place: None, color: None }
}

/// Creates, reads, changes and counts in one transaction, and undoes it all if asked to.
#[post("/all/<id>?<undone>")]
async fn all(id: i64, undone: bool, books: Repository<Book>) -> Result<Json<Value>, HttpError> {
    let done = books.transaction(|tx| async move {
        let books = tx.of::<Book>();
        let made = books.create(book("made")).await?;
        let read = books.read(&id).await.map(|row| row.name);
        let patched = books.patch(&id, patch("patched")).await.map(|row| row.org_id);
        let put = BookReplace { name: "put".to_owned(), code: None, shelf: None, place: None, color: None };
        let replaced = books.replace(&id, put).await.map(|row| row.org_id);
        let others = books.find(Book::FIELDS.org_id.ne(made.org_id)).count().await?;
        let changed = books.update_where(Book::FIELDS.name.eq("made"), patch("changed")).await?;
        let everywhere = tx.unscoped::<Book>().find(Predicate::all()).count().await?;
        if undone {
            return Err(HttpError::new(418, "undone"));
        }
        let status = |error: HttpError| error.code();
        Ok(json!({
            "org": made.org_id, "read": read.map_err(status).ok(), "patched": patched.map_err(status).ok(),
            "replaced": replaced.map_err(status).ok(), "others": others, "changed": changed, "everywhere": everywhere,
        }))
    });
    done.await.map(Json)
}

#[post("/clear")]
async fn clear(books: Repository<Book>) -> Result<Json<u64>, HttpError> {
    Ok(Json(books.delete_where(Predicate::all()).await?))
}

#[test]
fn transactions_are_the_callers() {
    let api = || api().operations(operations![all, clear]);
    for (client, base) in everywhere(api) {
        let books = format!("{base}/books");
        let id = new(&client, &books, "7 1", named("a"));
        let post = |path: &str, caller: &str| ask(&client, "POST", &format!("{base}{path}"), caller, None);
        let path = format!("/all/{id}?undone=");
        assert_eq!(post(&format!("{path}true"), "7 1").0, 418);
        assert_eq!(names(ask(&client, "GET", &books, "9 3 root", None)), ["a"]);
        let (status, told) = post(&format!("{path}false"), "8 2");
        assert_eq!(status, 200, "{told}");
        let none = Value::Null;
        let wanted = json!({
            "org": 2, "read": none, "patched": none, "replaced": none, "others": 0, "changed": 1, "everywhere": 2,
        });
        assert_eq!(told, wanted);
        let wanted = json!({
            "org": 1, "read": "a", "patched": 1, "replaced": 1, "others": 0, "changed": 1, "everywhere": 3,
        });
        assert_eq!(post(&format!("{path}false"), "7 1"), (200, wanted));
        assert_eq!(post(&format!("{path}false"), ""), (401, json!({"detail": "Not authenticated"})));
        assert_eq!(names(ask(&client, "GET", &books, "7 1", None)), ["put", "changed"]);
        assert_eq!(post("/clear", "").0, 401);
        assert_eq!(post("/clear", "9 3"), (200, json!(0)));
        assert_eq!(post("/clear", "8 2"), (200, json!(1)));
        assert_eq!(names(ask(&client, "GET", &books, "9 3 root", None)), ["put", "changed"]);
        assert_eq!(post("/clear", "9 3 root"), (200, json!(2)));
    }
}

#[test]
fn a_repository_has_the_rows_of_a_tenant() {
    in_code(api(), async |rocket| {
        let of = |worker: Worker| Repository::<Book>::as_caller(rocket, &worker).unwrap();
        let (first, second) = (of(Worker::of(7, 1)), of(Worker::of(8, 2)));
        let made = first.create(book("a")).await.unwrap();
        assert_eq!((made.org_id, made.maker_id), (1, 7));
        second.create(book("a")).await.unwrap();
        let taken = first.create(book("a")).await.unwrap_err();
        assert_eq!((taken.code(), taken.issues().len()), (409, 1));
        assert_eq!(taken.issues()[0].loc, ["body".into(), "name".into()]);
        for error in [
            second.read(&made.id).await.unwrap_err(),
            second.patch(&made.id, patch("x")).await.unwrap_err(),
            second.delete(&made.id).await.unwrap_err(),
        ] {
            assert_eq!(error.code(), 404);
        }
        let here = || Book::FIELDS.name.eq("a");
        assert_eq!(second.find(here()).count().await.unwrap(), 1);
        assert!(!second.find(Book::FIELDS.id.eq(made.id)).exists().await.unwrap());
        assert_eq!(second.find(Book::FIELDS.org_id.eq(1)).first().await.unwrap(), None);
        assert_eq!(second.list(0, 9).await.unwrap().len(), 1);
        assert_eq!(second.update_where(Predicate::all(), coded("of 2")).await.unwrap(), 1);
        assert_eq!(first.read(&made.id).await.unwrap().code, None);
        // Of one tenant only one may have a name, so that nothing is changed.
        first.create(book("b")).await.unwrap();
        let together = first.update_where(Predicate::all(), patch("same")).await.unwrap_err();
        assert_eq!(together.code(), 409);
        assert_eq!(first.find(here()).count().await.unwrap(), 1);
        let root = of(Worker { is_root: true, ..Worker::of(9, 3) });
        let own = root.create(book("a")).await.unwrap();
        assert_eq!((own.org_id, root.list(0, 9).await.unwrap().len()), (3, 4));
        assert_eq!(second.delete_where(Predicate::all()).await.unwrap(), 1);
        let unscoped = Repository::<Book>::unscoped(rocket).unwrap();
        assert_eq!(unscoped.find(Predicate::all()).count().await.unwrap(), 3);
        assert_eq!(root.delete_where(here()).await.unwrap(), 2);
    });
}

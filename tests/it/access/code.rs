//! Access rules in code of the user's own.

use crewed::rocket::serde::json::Json;
use crewed::{get, post};

use super::*;

#[get("/mine")]
async fn mine(notes: Repository<Note>) -> Result<Json<Vec<Note>>, HttpError> {
    Ok(Json(notes.find(Predicate::all()).all().await?))
}

#[post("/rename/<id>")]
async fn rename(id: i64, notes: Repository<Note>) -> Result<Json<Note>, HttpError> {
    let patch = || NotePatch { title: Patched::Value("renamed".to_owned()), ..Default::default() };
    let note = notes.transaction(|tx| async move { tx.of::<Note>().patch(&id, patch()).await }).await?;
    Ok(Json(note))
}

#[post("/purge")]
async fn purge(notes: Repository<Note>) -> Result<Json<u64>, HttpError> {
    Ok(Json(notes.delete_where(Predicate::all()).await?))
}

fn api() -> Api {
    Api::new().resource::<Note>().operations(operations![mine, rename, purge])
}

#[test]
fn a_repository_is_the_callers() {
    for (client, base) in on_bases(api) {
        let id = note(&client, base, "1 user", "private", false);
        note(&client, base, "2 user", "public", true);
        let count = |caller: &str| {
            ask(&client, "GET", &format!("{base}/mine"), caller, None).1.as_array().unwrap().len()
        };
        assert_eq!((count("1 user"), count("2 user"), count(""), count("3 editor")), (2, 1, 1, 2));
        let rename = |caller: &str| ask(&client, "POST", &format!("{base}/rename/{id}"), caller, None).0;
        assert_eq!(
            (rename("2 user"), rename("3 editor"), rename(""), rename("1 user")),
            (404, 403, 401, 200)
        );
        let purge = |caller: &str| ask(&client, "POST", &format!("{base}/purge"), caller, None);
        assert_eq!(purge("2 user"), (200, json!(1)));
        // Whoever may delete nothing is told so, although there is nothing that they see.
        assert_eq!(purge(""), (401, json!({"detail": "Not authenticated"})));
        let bad = ask(&client, "GET", &format!("{base}/mine"), "x", None);
        assert_eq!(bad, (401, json!({"detail": "Bad credentials"})));
    }
}

/// The program itself is above the rules, and a task may act for a caller.
#[test]
fn a_task_says_for_whom_it_asks() {
    in_code(api(), async |rocket| {
        let me = |id: i64, role: Role| Me { id, role };
        let of = |me: &Me| Repository::<Note>::as_caller(rocket, me).unwrap();
        let new = |title: &str| NoteCreate { public_note: false, title: title.to_owned(), slug: None };
        let made = of(&me(1, Role::User)).create(new("mine")).await.unwrap();
        assert_eq!(made.owner_id, 1);
        let all = Repository::<Note>::unscoped(rocket).unwrap();
        assert_eq!(all.find(Predicate::all()).count().await.unwrap(), 1);
        for (caller, count) in [(me(1, Role::User), 1), (me(2, Role::User), 0), (me(2, Role::Editor), 1)] {
            assert_eq!(of(&caller).find(Predicate::all()).count().await.unwrap(), count);
        }
        let stranger = of(&me(2, Role::User));
        assert_eq!(stranger.read(&made.id).await.unwrap_err().code(), 404);
        assert_eq!(stranger.delete(&made.id).await.unwrap_err().code(), 404);
        assert_eq!(of(&me(2, Role::Editor)).delete(&made.id).await.unwrap_err().code(), 403);
        // Nobody owns what the program itself would make.
        assert_eq!(all.create(new("nobody's")).await.unwrap_err().code(), 500);
        // A transaction keeps its caller, unless it says otherwise.
        let seen = stranger.transaction(|tx| async move {
            let own = tx.of::<Note>().find(Predicate::all()).count().await?;
            let author = tx.as_caller::<Note>(&me(1, Role::User)).find(Predicate::all()).count().await?;
            Ok::<_, HttpError>((own, author, tx.unscoped::<Note>().find(Predicate::all()).count().await?))
        });
        assert_eq!(seen.await.unwrap(), (0, 1, 1));
        assert_eq!(stranger.to_unscoped().find(Predicate::all()).count().await.unwrap(), 1);
    });
}

#[post("/count")]
async fn count(notes: Repository<Note>) -> Result<Json<i64>, HttpError> {
    let rows = notes.sql_unscoped("SELECT count(*) FROM notes", &[]).await?;
    match rows.first().and_then(|row| row.first()) {
        Some(crewed::value::Value::Integer(count)) => Ok(Json(*count)),
        other => panic!("{other:?}"),
    }
}

#[post("/count_hidden")]
async fn count_hidden(notes: Repository<Note>) -> Result<Json<i64>, HttpError> {
    let rows = notes.transaction(|tx| async move { tx.sql("SELECT count(*) FROM notes", &[]).await }).await?;
    Ok(Json(rows.len() as i64))
}

/// What is above the rules says so, where the program has any.
#[test]
fn statements_of_sql_say_that_they_ask_no_rules() {
    for (client, base) in on_bases(|| api().operations(operations![count, count_hidden])) {
        note(&client, base, "2 user", "private", false);
        note(&client, base, "2 user", "another", false);
        assert_eq!(ask(&client, "POST", &format!("{base}/count"), "1 user", None), (200, json!(2)));
        assert_eq!(ask(&client, "POST", &format!("{base}/count_hidden"), "1 user", None).0, 500);
    }
}

/// A letter, which its receiver alone reads, and whose stamp nobody but those at the post office sees.
#[resource(
    "/letters",
    access(
        caller = Me,
        read(receiver == caller.id),
        create(caller),
        update(receiver == caller.id),
        with_check(caller),
    ),
    operations(create, read, patch),
)]
#[derive(Debug)]
struct Letter {
    #[field(key, generated)]
    id: i64,
    receiver: i64,
    #[field(read(caller.is_admin()))]
    stamp: Option<i64>,
    #[field(read(receiver == caller.id))]
    text: Option<String>,
}

/// A function that writes a row has it, also where its caller sees no more of it; what they may not see is not in it.
#[test]
fn a_write_returns_the_row_that_its_caller_does_not_see() {
    in_code(Api::new().resource::<Letter>(), async |rocket| {
        let letters = Repository::<Letter>::as_caller(rocket, &Me { id: 1, role: Role::User }).unwrap();
        let new = |receiver| LetterCreate { receiver, stamp: Some(1), text: Some("hello".to_owned()) };
        let parts = |letter: &Letter| (letter.receiver, letter.stamp, letter.text.clone());
        let sent = letters.create(new(2)).await.unwrap();
        assert_eq!(parts(&sent), (2, None, None));
        assert_eq!(letters.read(&sent.id).await.unwrap_err().code(), 404);
        let own = letters.create(new(1)).await.unwrap();
        assert_eq!(parts(&own), (1, None, Some("hello".to_owned())));
        let passed_on = LetterPatch { receiver: Patched::Value(3), ..Default::default() };
        assert_eq!(parts(&letters.patch(&own.id, passed_on).await.unwrap()), (3, None, None));
        assert_eq!(letters.read(&own.id).await.unwrap_err().code(), 404);
        let row = letters.to_unscoped().read(&own.id).await.unwrap();
        assert_eq!(parts(&row), (3, Some(1), Some("hello".to_owned())));
    });
}

/// A memo, of whose text there is not much.
#[resource("/memos", access(caller = Me, read(open || owner), create(caller), update(owner)))]
#[derive(Debug)]
struct Memo {
    #[field(key, generated)]
    id: i64,
    #[field(owner)]
    owner_id: i64,
    open: bool,
    #[field(max_length = 3)]
    text: String,
}

/// What is wrong with values is told in code as on the routes: to those who may change the row.
#[test]
fn who_may_not_change_a_row_is_told_that_before_what_is_wrong_with_the_values() {
    in_code(Api::new().resource::<Memo>(), async |rocket| {
        let of = |id: i64| Repository::<Memo>::as_caller(rocket, &Me { id, role: Role::User }).unwrap();
        let (owner, other) = (of(1), of(2));
        let new = |text: &str, open: bool| MemoCreate { open, text: text.to_owned() };
        let shown = owner.create(new("a", true)).await.unwrap().id;
        let hidden = owner.create(new("b", false)).await.unwrap().id;
        let replace = || new("long", true);
        let patch = || MemoPatch { text: Patched::Value("long".to_owned()), ..Default::default() };
        let gone = 99;
        for (memos, key, code) in
            [(&owner, shown, 422), (&other, shown, 403), (&other, hidden, 404), (&owner, gone, 404)]
        {
            assert_eq!(memos.replace(&key, replace()).await.unwrap_err().code(), code, "{key}");
            assert_eq!(memos.patch(&key, patch()).await.unwrap_err().code(), code, "{key}");
            // In a transaction, too, which goes on afterwards.
            let codes = memos.transaction(|tx| async move {
                let memos = tx.of::<Memo>();
                let replaced = memos.replace(&key, replace()).await.unwrap_err().code();
                let patched = memos.patch(&key, patch()).await.unwrap_err().code();
                Ok::<_, HttpError>((replaced, patched, memos.find(Predicate::all()).count().await.is_ok()))
            });
            assert_eq!(codes.await.unwrap(), (code, code, true), "{key}");
        }
        let all = |memos: Repository<Memo>| async move {
            memos.update_where(Predicate::all(), patch()).await.map_err(|error| error.code())
        };
        assert_eq!(all(owner.clone()).await, Err(422));
        assert_eq!(all(other).await, Err(403));
        // Whoever has no row to change has done nothing wrong.
        owner.update_where(Memo::FIELDS.id.eq(gone), patch()).await.unwrap();
        assert_eq!(owner.create(new("long", true)).await.unwrap_err().code(), 422);
        let unscoped = owner.to_unscoped();
        assert_eq!(unscoped.patch(&shown, patch()).await.unwrap_err().code(), 422);
        assert_eq!(unscoped.read(&shown).await.unwrap().text, "a");
    });
}

/// Rows are changed and deleted together, or none of them is; those that the caller does not see are not meant.
#[test]
fn several_rows_are_changed_together_or_not_at_all() {
    in_code(api(), async |rocket| {
        let of = |id: i64| Repository::<Note>::as_caller(rocket, &Me { id, role: Role::User }).unwrap();
        let new = |title: &str, public: bool| NoteCreate {
            public_note: public,
            title: title.to_owned(),
            slug: None,
        };
        let (one, two) = (of(1), of(2));
        one.create(new("a", false)).await.unwrap();
        one.create(new("b", true)).await.unwrap();
        two.create(new("c", true)).await.unwrap();
        two.create(new("d", false)).await.unwrap();
        let titles = || async {
            let all = one.to_unscoped().find(Predicate::all()).all().await.unwrap();
            all.into_iter().map(|note| note.title).collect::<Vec<_>>()
        };
        let patch = || NotePatch { title: Patched::Value("x".to_owned()), ..Default::default() };
        // The third row is seen, and may be changed by its owner alone.
        assert_eq!(one.update_where(Predicate::all(), patch()).await.unwrap_err().code(), 403);
        assert_eq!(one.delete_where(Predicate::all()).await.unwrap_err().code(), 403);
        assert_eq!(titles().await, ["a", "b", "c", "d"]);
        // In a transaction it is undone with all that the transaction has done.
        let undone = one.transaction(|tx| async move {
            let notes = tx.of::<Note>();
            notes.create(new("e", false)).await?;
            notes.delete_where(Predicate::all()).await
        });
        assert_eq!(undone.await.unwrap_err().code(), 403);
        assert_eq!(titles().await, ["a", "b", "c", "d"]);
        // The fourth is not seen, so that it does not stand in the way, and is not reached.
        let own = Note::FIELDS.title.ne("c");
        assert_eq!(one.update_where(own, patch()).await.unwrap(), 2);
        assert_eq!(titles().await, ["x", "x", "c", "d"]);
        assert_eq!(one.delete_where(Note::FIELDS.title.eq("d")).await.unwrap(), 0);
        assert_eq!(one.delete_where(Note::FIELDS.title.ne("c")).await.unwrap(), 2);
        assert_eq!(titles().await, ["c", "d"]);
    });
}

//! Which rows there are for whoever asks, and when a write may happen.

use super::harness::*;
use crewed::__internals::store::{
    Action, Columns, Comparison, Condition, Conditions, Refusal, Scope, Select, Store, StoreError, Write,
};
use crewed::rocket::futures::future::join_all;
use crewed::value::Value;

suite! {
    rows_out_of_scope_are_not_there
    a_row_that_has_changed_is_not_written
    a_row_that_may_not_be_so_is_not_written
    an_upsert_overwrites_what_is_in_reach
    a_condition_is_so_or_not_so
    conditions_hold_within_a_transaction
}

const AGE: usize = 2;

fn age(comparison: Comparison, age: i64) -> Condition {
    Condition::Compare { column: AGE, comparison, value: Value::Integer(age) }
}

fn hero(name: &str, age: impl Into<Cell>) -> Write {
    insert(0, [(1, cell(name)), (2, age.into()), (3, cell("s"))])
}

fn within(scope: Condition, write: Write) -> Write {
    Write { conditions: Scope::of(scope).into(), ..write }
}

fn before(predicate: Condition, refusal: Refusal, write: Write) -> Write {
    let conditions = Conditions { before: vec![(predicate, refusal)], ..Scope::all().into() };
    Write { conditions: conditions.into(), ..write }
}

fn after(predicate: Condition, write: Write) -> Write {
    let conditions = Conditions { after: predicate, ..Scope::all().into() };
    Write { conditions: conditions.into(), ..write }
}

/// The names of the rows of which a predicate is so.
async fn names(store: &dyn Store, filter: Condition, scope: Condition) -> Vec<String> {
    let select = Select { filter, ..Select::page(0, Columns::Visible, 0, 99, Scope::of(scope)) };
    let rows = read(store, 3, select).await.unwrap();
    let name = |row: Vec<Value>| match &row[1] {
        Value::Text(name) => name.clone(),
        other => panic!("{other:?}"),
    };
    rows.into_iter().map(name).collect()
}

/// Opens a store with a child of 10, a woman of 40, and somebody whose age is not known.
fn opened(open: Open) -> Opened {
    let opened = open(vec![heroes()]);
    for (name, age) in [("kid", cell(10)), ("ada", cell(40)), ("who", null())] {
        wait(write(&*opened.store, 3, hero(name, age))).unwrap();
    }
    opened
}

fn rows_out_of_scope_are_not_there(open: Open) {
    let opened = opened(open);
    wait(async {
        let store = &*opened.store;
        let adults = || age(Comparison::GreaterOrEqual, 18);
        assert_eq!(names(store, Condition::TRUE, adults()).await, ["ada"]);
        let by_key = |key| Select::by_key(0, Columns::Visible, Value::Integer(key), Scope::of(adults()));
        assert_eq!(read(store, 3, by_key(1)).await.unwrap().len(), 0);
        assert_eq!(read(store, 3, by_key(2)).await.unwrap().len(), 1);

        let nothing = |key| within(adults(), update(0, key, []));
        assert_eq!(write(store, 3, nothing(1)).await.unwrap().len(), 0);
        assert_eq!(write(store, 3, nothing(2)).await.unwrap().len(), 1);
        // Whoever is out of reach is neither changed nor removed, and is not told of.
        for task in
            [update(0, 1, [(1, cell("x"))]), delete(0, 1), update(0, 3, [(2, cell(50))]), delete(0, 9)]
        {
            assert_eq!(write(store, 3, within(adults(), task)).await.unwrap().len(), 0);
        }
        assert_eq!(names(store, Condition::TRUE, Condition::TRUE).await, ["kid", "ada", "who"]);

        assert_eq!(
            write(store, 3, within(adults(), update(0, 2, [(1, cell("eve"))]))).await.unwrap().len(),
            1
        );
        assert_eq!(write(store, 3, within(adults(), delete(0, 2))).await.unwrap().len(), 1);
        assert_eq!(names(store, Condition::TRUE, Condition::TRUE).await, ["kid", "who"]);
    });
}

fn a_row_that_has_changed_is_not_written(open: Open) {
    let opened = opened(open);
    wait(async {
        let store = &*opened.store;
        let of_age = |expected, task| before(age(Comparison::Equal, expected), Refusal::Stale, task);
        let older = |age: i64| update(0, 1, [(AGE, cell(age))]);
        assert_eq!(write(store, 3, of_age(10, older(11))).await.unwrap().len(), 1);
        for task in [older(12), delete(0, 1)] {
            let refused = write(store, 3, of_age(10, task)).await;
            assert!(matches!(refused, Err(StoreError::Stale)), "{refused:?}");
        }
        let refused =
            write(store, 3, before(age(Comparison::Less, 5), Refusal::NotPermitted, older(9))).await;
        assert!(matches!(refused, Err(StoreError::NotPermitted)), "{refused:?}");
        // Of a row that is not there nothing is told but that.
        assert_eq!(write(store, 3, of_age(10, delete(0, 9))).await.unwrap().len(), 0);
        assert_eq!(names(store, age(Comparison::Equal, 11), Condition::TRUE).await, ["kid"]);

        // Of many who have read the same, one writes.
        let writes: Vec<_> = (0..16).map(|n| write(store, 3, of_age(11, older(100 + n)))).collect();
        let outcomes = join_all(writes).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        assert!(
            outcomes
                .iter()
                .flat_map(|outcome| outcome.as_ref().err())
                .all(|error| { matches!(error, StoreError::Stale) })
        );
    });
}

fn a_row_that_may_not_be_so_is_not_written(open: Open) {
    let opened = opened(open);
    wait(async {
        let store = &*opened.store;
        let young = || age(Comparison::Less, 100);
        let wrong = [hero("old", 200), update(0, 1, [(1, cell("old")), (2, cell(200))])];
        let mut tasks: Vec<Write> = wrong.into_iter().map(|task| after(young(), task)).collect();
        // Those that wait beside it are no worse for it.
        tasks.push(after(young(), hero("eve", 20)));
        tasks.push(hero("bob", 300));
        let outcomes = join_all(tasks.into_iter().map(|task| write(store, 3, task))).await;
        for refused in &outcomes[..2] {
            assert!(matches!(refused, Err(StoreError::NotPermitted)), "{refused:?}");
        }
        assert!(outcomes[2].is_ok() && outcomes[3].is_ok());
        let changed = store.execute(after(young(), update(0, 1, [(AGE, cell(11))])), Whole::default()).await;
        assert_eq!(
            changed.unwrap().0[0].len(),
            3,
            "a row has no more columns than it had without a condition"
        );
        let mut all = names(store, Condition::TRUE, Condition::TRUE).await;
        all.sort();
        assert_eq!(all, ["ada", "bob", "eve", "kid", "who"]);
        // What it is made to have may not be known.
        let unknown = write(store, 3, after(young(), update(0, 1, [(AGE, null())]))).await;
        assert!(matches!(unknown, Err(StoreError::NotPermitted)), "{unknown:?}");
    });
}

fn an_upsert_overwrites_what_is_in_reach(open: Open) {
    let opened = open(vec![users()]);
    let store = &*opened.store;
    let nickname = |comparison, name: &str| Condition::Compare {
        column: 1,
        comparison,
        value: Value::Text(name.to_owned()),
    };
    let upsert = |name: &str, nickname: &str| {
        let values = vec![(0, cell(name).0), (1, cell(nickname).0)];
        action(0, Action::Upsert { values })
    };
    wait(async {
        write(store, 2, upsert("ada", "a")).await.unwrap();
        let (of_b, not_c) = (|| nickname(Comparison::Equal, "b"), || nickname(Comparison::NotEqual, "c"));
        for refused in [
            within(of_b(), upsert("ada", "b")),
            before(of_b(), Refusal::NotPermitted, upsert("ada", "b")),
            after(not_c(), upsert("ada", "c")),
            after(not_c(), upsert("eve", "c")),
            // Nobody makes rows that are out of their own reach.
            within(of_b(), upsert("new", "x")),
            within(nickname(Comparison::Equal, "a"), upsert("ada", "b")),
        ] {
            let refused = write(store, 2, refused).await;
            assert!(matches!(refused, Err(StoreError::NotPermitted)), "{refused:?}");
        }
        let stale = write(store, 2, before(of_b(), Refusal::Stale, upsert("ada", "b"))).await;
        assert!(matches!(stale, Err(StoreError::Stale)), "{stale:?}");
        assert_eq!(read(store, 2, page(0, 0, 9)).await.unwrap(), [row([cell("ada"), cell("a")])]);
        for (task, nickname) in [
            (within(nickname(Comparison::Equal, "a"), upsert("ada", "a")), "a"),
            (within(nickname(Comparison::NotEqual, "z"), upsert("ada", "b")), "b"),
            (before(of_b(), Refusal::Stale, upsert("ada", "d")), "d"),
            (after(not_c(), upsert("ada", "e")), "e"),
            (within(of_b(), upsert("new", "b")), "b"),
        ] {
            let written = write(store, 2, task).await.unwrap();
            assert_eq!(written[0][1], cell(nickname).0);
        }
    });
}

fn a_condition_is_so_or_not_so(open: Open) {
    let opened = opened(open);
    wait(async {
        let store = &*opened.store;
        let not = |predicate| Condition::Not(Box::new(predicate));
        let is_null = || Condition::Null { column: AGE };
        let name = |name: &str| Condition::Compare {
            column: 1,
            comparison: Comparison::Equal,
            value: Value::Text(name.to_owned()),
        };
        let (all, any) = (Condition::All, Condition::Any);
        for (predicate, expected) in [
            (age(Comparison::Equal, 10), &["kid"][..]),
            (age(Comparison::NotEqual, 10), &["ada"]),
            (not(age(Comparison::Equal, 10)), &["ada", "who"]),
            (age(Comparison::Less, 40), &["kid"]),
            (age(Comparison::LessOrEqual, 40), &["kid", "ada"]),
            (age(Comparison::Greater, 10), &["ada"]),
            (not(age(Comparison::Greater, 10)), &["kid", "who"]),
            (not(not(age(Comparison::Greater, 10))), &["ada"]),
            (is_null(), &["who"]),
            (not(is_null()), &["kid", "ada"]),
            (any(vec![is_null(), age(Comparison::Equal, 40)]), &["ada", "who"]),
            (not(any(vec![is_null(), age(Comparison::Equal, 40)])), &["kid"]),
            (all(vec![not(is_null()), age(Comparison::Less, 40)]), &["kid"]),
            (any(vec![]), &[]),
            (all(vec![]), &["kid", "ada", "who"]),
            (not(any(vec![])), &["kid", "ada", "who"]),
            (Condition::Key(Value::Integer(2)), &["ada"]),
            // Values never become text.
            (name("' OR TRUE --"), &[]),
        ] {
            assert_eq!(names(store, predicate.clone(), Condition::TRUE).await, expected, "{predicate:?}");
            // "or" within a filter does not get out of the scope.
            let scoped = names(store, predicate.clone(), name("ada")).await;
            let within: Vec<_> = expected.iter().filter(|name| **name == "ada").collect();
            assert_eq!(scoped.iter().collect::<Vec<_>>(), within, "{predicate:?}");
        }
    });
}

fn conditions_hold_within_a_transaction(open: Open) {
    let opened = opened(open);
    wait(async {
        let kept = || Kept { width: 3, rows: Rows::new() };
        let mut transaction = opened.store.begin().await.unwrap();
        let changed = update(0, 1, [(AGE, cell(11))]);
        transaction.execute(changed, kept()).await.unwrap();
        let stale = before(age(Comparison::Equal, 10), Refusal::Stale, delete(0, 1));
        assert!(matches!(transaction.execute(stale, kept()).await, Err(StoreError::Stale)));
        let wrong = after(age(Comparison::Less, 100), update(0, 1, [(AGE, cell(200))]));
        assert!(matches!(transaction.execute(wrong, kept()).await, Err(StoreError::NotPermitted)));
        let scope = Scope::of(age(Comparison::Greater, 20));
        let seen = transaction.fetch(Select::page(0, Columns::Visible, 0, 9, scope), kept()).await.unwrap();
        assert_eq!(seen.rows.len(), 1);
        transaction.commit().await.unwrap();
        assert_eq!(names(&*opened.store, age(Comparison::Equal, 11), Condition::TRUE).await, ["kid"]);
    });
}

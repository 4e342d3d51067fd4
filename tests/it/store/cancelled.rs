//! Futures that are dropped at each of their await points: whoever comes next must not see anything of it.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use super::harness::*;
use crate::faults::server::Server;
use crewed::__internals::resource::Change;
use crewed::__internals::store::postgres::{Address, Options, PostgresStore};
use crewed::__internals::store::{Action, Migrate, Store, StoreError, Write};
use crewed::value::{Value, ValueRef};
use tokio_postgres::{Client, NoTls};

suite! {
    a_transaction_is_undone_where_something_of_it_was_not_waited_for
    what_is_dropped_leaves_nothing_behind
}

/// When a future is dropped: at once after so many polls, or a moment later, when its answer has come and
/// nobody has looked at it.
#[derive(Clone, Copy, Debug)]
struct Cut {
    polls: usize,
    later: bool,
}

/// Each way to drop a future before it has been polled so often.
fn cuts(most: usize) -> impl Iterator<Item = Cut> {
    (0..most).flat_map(|polls| [false, true].map(|later| Cut { polls, later }))
}

/// Polls a future so often, and drops it then; what it came to, if it came to an end before.
async fn cut<T>(future: impl Future<Output = T>, cut: Cut) -> Option<T> {
    let mut future = Box::pin(future);
    let mut left = cut.polls;
    let ended = poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(ended) => Poll::Ready(Some(ended)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await;
    if ended.is_none() && cut.later {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    ended
}

fn named(name: impl Into<Cell>) -> Write {
    insert(0, [(0, name.into()), (1, cell("x"))])
}

fn kept() -> Kept {
    Kept { width: 2, rows: Rows::new() }
}

/// A change that is made of what is stored, which goes by itself.
fn longer(key: &str) -> Write {
    let longer = |stored: ValueRef<'_>| match stored {
        ValueRef::Text(text) => Ok(Value::Text(format!("{text}x"))),
        other => panic!("{other:?}"),
    };
    action(0, Action::Update { key: cell(key).0, changes: vec![(1, Change::Compute(Box::new(longer)))] })
}

/// What is cut: everything that a store can be asked for. Whatever it writes is two rows or none.
type Asked = for<'a> fn(&'a dyn Store, String) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

const ASKED: &[(&str, Asked)] = &[
    ("begin", |store, _| Box::pin(async move { drop(store.begin().await) })),
    ("roll back", |store, name| {
        Box::pin(async move {
            let mut transaction = store.begin().await.unwrap();
            transaction.execute(named(name), kept()).await.unwrap();
            transaction.roll_back().await.unwrap();
        })
    }),
    ("transaction", |store, name| {
        Box::pin(async move {
            let mut transaction = store.begin().await.unwrap();
            transaction.execute(named(format!("{name} 1")), kept()).await.unwrap();
            transaction.fetch(page(0, 0, 9999), kept()).await.unwrap();
            let text = "INSERT INTO users (name, nickname) VALUES ($1, 'x')".to_owned();
            let values = vec![cell(format!("{name} 2")).0];
            transaction.run(text, values, kept()).await.unwrap();
            transaction.commit().await.unwrap();
        })
    }),
    ("refused in a transaction", |store, name| {
        Box::pin(async move {
            let mut transaction = store.begin().await.unwrap();
            transaction.execute(named(format!("{name} 1")), kept()).await.unwrap();
            let taken = transaction.execute(named(format!("{name} 1")), kept()).await.map(|_| ());
            assert!(
                matches!(taken, Err(StoreError::UniqueViolation { ref columns }) if *columns == [0]),
                "{taken:?}"
            );
            transaction.execute(named(format!("{name} 2")), kept()).await.unwrap();
            transaction.commit().await.unwrap();
        })
    }),
    ("a long list", |store, _| {
        Box::pin(async move { drop(read(store, 2, page(0, 0, 9999)).await.unwrap()) })
    }),
    ("a short list", |store, _| Box::pin(async move { drop(read(store, 2, page(0, 0, 9)).await.unwrap()) })),
    ("a row", |store, _| Box::pin(async move { drop(read(store, 2, one(0, "first")).await.unwrap()) })),
    ("a change by itself", |store, _| {
        Box::pin(async move { drop(write(store, 2, longer("first")).await.unwrap()) })
    }),
    ("a change that is refused", |store, _| {
        Box::pin(async move { drop(write(store, 2, named("first")).await.unwrap_err()) })
    }),
];

/// What must hold whatever was dropped before: a list sees what was acknowledged, on each connection that a list
/// may have, and so do others.
async fn sound(store: &dyn Store, lists: usize, what: &str) -> usize {
    let list = || async {
        let lists: Vec<_> = (0..lists).map(|_| Box::pin(read(store, 2, page(0, 0, 9999)))).collect();
        let mut answers = Vec::new();
        for list in together(lists).await {
            answers.push(list.unwrap_or_else(|error| panic!("{what}: {error:?}")));
        }
        answers
    };
    let before = list().await;
    let name = format!("sound {}", uuid());
    write(store, 2, named(&*name)).await.unwrap_or_else(|error| panic!("{what}: {error:?}"));
    write(store, 2, longer(&name)).await.unwrap_or_else(|error| panic!("{what}: {error:?}"));
    for rows in list().await {
        let row = rows.iter().find(|row| row[0] == cell(&*name).0);
        let row = row.unwrap_or_else(|| panic!("{what}: what was acknowledged is not in a list"));
        assert_eq!(row[1], cell("xx").0, "{what}");
    }
    let one = read(store, 2, one(0, &*name)).await.unwrap();
    assert_eq!(one.len(), 1, "{what}: what was acknowledged is not there");
    before[0].len()
}

/// Polls all of them until each has come to an end.
async fn together<T>(futures: Vec<Pin<Box<impl Future<Output = T>>>>) -> Vec<T> {
    let mut futures: Vec<_> = futures.into_iter().map(|future| (future, None)).collect();
    poll_fn(|context| {
        let mut pending = false;
        for (future, ended) in futures.iter_mut().filter(|(_, ended)| ended.is_none()) {
            match future.as_mut().poll(context) {
                Poll::Ready(answer) => *ended = Some(answer),
                Poll::Pending => pending = true,
            }
        }
        if pending { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    futures.into_iter().map(|(_, ended)| ended.unwrap()).collect()
}

fn uuid() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(())
}

fn what_is_dropped_leaves_nothing_behind(open: Open) {
    let opened = open(vec![users()]);
    wait(drop_everywhere(&*opened.store, 4));
}

/// Drops everything that can be asked for at each await point.
async fn drop_everywhere(store: &dyn Store, lists: usize) {
    write(store, 2, named("first")).await.unwrap();
    for (what, asked) in ASKED {
        for at in cuts(60) {
            let what = format!("{what}, {at:?}");
            let name = format!("{what} {}", uuid());
            let ended = cut(asked(store, name.clone()), at).await;
            sound(store, lists, &what).await;
            let rows = read(store, 2, page(0, 0, 9999)).await.unwrap();
            let of_it =
                rows.iter().filter(|row| matches!(&row[0], Value::Text(text) if text.starts_with(&name)));
            assert!([0, 2].contains(&of_it.count()), "{what}: half of it was written");
            if ended.is_some() {
                break;
            }
            assert!(at.polls < 59, "{what}: it never came to an end");
        }
    }
}

/// Whatever an operation that nobody waited for has done: it is not committed by whoever goes on.
fn a_transaction_is_undone_where_something_of_it_was_not_waited_for(open: Open) {
    let opened = open(vec![users()]);
    let store = &*opened.store;
    wait(async {
        for at in cuts(60) {
            let mut transaction = store.begin().await.unwrap();
            transaction.execute(named("a"), kept()).await.unwrap();
            let ended = cut(transaction.execute(named("b"), kept()), at).await;
            let then = transaction.execute(named("c"), kept()).await.map(drop);
            let committed = transaction.commit().await;
            let rows = read(store, 2, page(0, 0, 9)).await.unwrap();
            let names: Vec<_> = rows.iter().map(|row| row[0].clone()).collect();
            let expected: &[&str] = match (at.polls, &ended) {
                (0, _) => &["a", "c"],
                (_, Some(_)) => &["a", "b", "c"],
                (_, None) => &[],
            };
            let expected: Vec<_> = expected.iter().map(|name| cell(*name).0).collect();
            assert_eq!(names, expected, "{at:?}: {then:?}, {committed:?}");
            assert_eq!(committed.is_ok(), !expected.is_empty(), "{at:?}: {committed:?}");
            for name in names {
                write(store, 2, delete(0, name)).await.unwrap();
            }
            if ended.is_some() {
                return;
            }
        }
        panic!("it never came to an end");
    });
}

async fn with_pool(url: &str, pool: usize, replica: Option<&str>) -> Arc<dyn Store> {
    let mut options = Options::default();
    options.pool = pool;
    options.replicas = replica.into_iter().map(|url| Address::parse_replica(url).unwrap()).collect();
    let address = Address::parse(url).unwrap();
    Arc::new(PostgresStore::open(address, vec![users(), heroes()], options, Migrate::Apply).await.unwrap())
}

/// A connection beside the store's.
async fn beside(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// Where few connections are passed on, the next one has whatever the last one left.
#[test]
fn a_connection_is_passed_on_clean() {
    for pool in [1, 2] {
        let url = format!("{}&application_name=passed{pool}", postgres_schema());
        wait(async {
            let store = with_pool(&url, pool, None).await;
            drop_everywhere(&*store, pool).await;
            let beside = beside(&postgres_url()).await;
            let open = "SELECT count(*) FROM pg_stat_activity
                WHERE application_name = $1 AND state LIKE 'idle in transaction%'";
            // Those that were closed are gone once the server has seen it.
            for _ in 0..100 {
                let open: i64 = beside.query_one(open, &[&format!("passed{pool}")]).await.unwrap().get(0);
                if open == 0 {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            panic!("a transaction is left open");
        });
    }
}

/// As of the primary: a list that is dropped midway leaves no connection to a replica on which the next one waits.
#[test]
fn a_connection_to_a_replica_is_passed_on_clean() {
    let primary = Server::new();
    let standby = Server::standby_of(&primary);
    wait(async {
        let store = with_pool(&primary.url(), 1, Some(&standby.url())).await;
        write(&*store, 2, named("a")).await.unwrap();
        write(&*store, 3, insert(1, [(1, cell("a")), (2, null()), (3, cell("x"))])).await.unwrap();
        tokio::time::sleep(Duration::from_millis(1500)).await;
        // So that whoever reads it waits, there too.
        let beside = beside(&primary.url()).await;
        beside.batch_execute("BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE").await.unwrap();
        tokio::time::sleep(Duration::from_millis(1000)).await;
        for polls in 1..5 {
            let _ = cut(read(&*store, 2, page(0, 0, 9999)), Cut { polls, later: true }).await;
            let other = read(&*store, 3, page(1, 0, 9999));
            let rows = tokio::time::timeout(Duration::from_secs(3), other).await;
            let rows = rows.unwrap_or_else(|_| panic!("{polls}: it waits for what nobody wants"));
            assert_eq!(rows.unwrap().len(), 1, "{polls}");
        }
        beside.batch_execute("ROLLBACK").await.unwrap();
    });
}

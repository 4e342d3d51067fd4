//! A program for the tests of its shutdown: it stores, it takes its time, and it sends events.

use std::time::Duration;

use crewed::prelude::*;
use crewed::{ServerSentEvent, ServerSentEvents, get};
use rocket::response::stream::stream;
use rocket::tokio::time::sleep;

/// Something that is to be kept.
#[resource("/notes")]
struct Note {
    #[field(key)]
    name: String,
}

/// Takes so many milliseconds.
#[get("/slow/<millis>")]
async fn slow(millis: u64) -> String {
    sleep(Duration::from_millis(millis)).await;
    "done".to_owned()
}

/// Sends an event, and then nothing more.
#[get("/events")]
fn events() -> ServerSentEvents<u32> {
    ServerSentEvents::new(stream! {
        yield 1;
        std::future::pending::<()>().await;
    })
}

/// Sends events without a pause, and says itself when to come back.
#[get("/busy")]
fn busy() -> ServerSentEvents<u32> {
    ServerSentEvents::new(stream! {
        yield ServerSentEvent::new(0).retry(Duration::from_millis(77));
        loop {
            sleep(Duration::from_millis(1)).await;
            yield ServerSentEvent::new(1);
        }
    })
}

#[crewed::launch]
fn rocket() -> _ {
    rocket::build().attach(Api::new().resource::<Note>().operations(operations![slow, events, busy]))
}

//! The answer to a request while it is being made: it is given up when its time is over.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use rocket::Request;
use rocket::route::Outcome as Routed;
use rocket::tokio::time::{Instant, Sleep, sleep_until};

use super::background::finally;
use super::error_response::{answers, refusal};
use super::exchange::Exchange;
use super::load::Load;
use crate::endpoint::ApiContext;
use crate::error::Error;
use crate::resource::NotFoundReply;
use crate::store::deadline;

/// The outcome of a request, once it is there.
pub(super) type Routing<'a, 'r> = Pin<Box<dyn Future<Output = Routed<'r>> + Send + 'a>>;

/// Makes an answer, which starts in time or is a refusal: nothing has been written then.
pub(super) struct Answering<'a, 'r, 'q> {
    routing: Option<Routing<'a, 'r>>,
    request: &'r Request<'q>,
    exchange: &'r Exchange,
    context: ApiContext,
    load: &'a Load,
    /// It is set only where the answer was not there at once.
    timer: Option<Pin<Box<Sleep>>>,
}

impl<'a, 'r, 'q> Answering<'a, 'r, 'q> {
    pub(super) fn new(
        request: &'r Request<'q>,
        exchange: &'r Exchange,
        context: ApiContext,
        load: &'a Load,
        routing: Routing<'a, 'r>,
    ) -> Self {
        Answering { routing: Some(routing), request, exchange, context, load, timer: None }
    }

    fn until(&self) -> std::time::Instant {
        self.exchange.started + self.context.limits.timeouts.request
    }

    /// The answer where it took too long.
    #[cold]
    fn given_up(&mut self) -> Routed<'r> {
        // What was begun is undone.
        self.routing = None;
        answers(self.request, &self.context);
        finally(self.request).forget_tasks();
        let seconds = self.context.limits.timeouts.request.as_secs_f64();
        log::error!(
            "{} {}: no answer was there after {seconds} s",
            self.request.method(),
            self.request.uri().path()
        );
        let error = Error::Unavailable("the time of the request is over".to_owned());
        self.exchange.mark_own();
        Routed::Success(refusal(self.request, error, NotFoundReply::NOT_FOUND))
    }
}

impl<'r> Future for Answering<'_, 'r, '_> {
    type Output = Routed<'r>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Routed<'r>> {
        let this = self.get_mut();
        let until = this.until();
        let mut is_over = this.timer.as_mut().is_some_and(|timer| timer.as_mut().poll(context).is_ready());
        loop {
            let Some(routing) = &mut this.routing else { return Poll::Ready(this.given_up()) };
            let (polled, is_under_way) = deadline::polled(until, is_over, || routing.as_mut().poll(context));
            match polled {
                Poll::Ready(routed) => {
                    if matches!(routed, Routed::Success(_)) {
                        this.exchange.mark_own();
                    }
                    return Poll::Ready(routed);
                }
                // It is woken once more when that has ended.
                Poll::Pending if is_over && is_under_way => return Poll::Pending,
                Poll::Pending if is_over => return Poll::Ready(this.given_up()),
                Poll::Pending => {
                    let timer =
                        this.timer.get_or_insert_with(|| Box::pin(sleep_until(Instant::from_std(until))));
                    is_over = timer.as_mut().poll(context).is_ready();
                    if !is_over {
                        return Poll::Pending;
                    }
                }
            }
        }
    }
}

impl Drop for Answering<'_, '_, '_> {
    fn drop(&mut self) {
        self.exchange.leave(self.load);
    }
}

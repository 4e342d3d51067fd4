//! The answer to a request while it is being made: it is given up when its time is over.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use rocket::Request;
use rocket::http::{Method, Status};
use rocket::route::Outcome as Routed;
use rocket::tokio::time::{Instant, Sleep, sleep_until};
use tracing::Span;

use super::background::finally;
use super::error_response::{answers, refusal};
use super::exchange::Exchange;
use super::operations::record_status;
use super::route_table::RouteTable;
use super::trace::TraceParent;
use crate::endpoint::ApiContext;
use crate::error::Error;
use crate::resource::NotFoundReply;
use crate::store::{deadline, timed};

/// The outcome of a request, once it is there.
pub(super) type Routing<'a, 'r> = Pin<Box<dyn Future<Output = Routed<'r>> + Send + 'a>>;

/// Makes an answer, which starts in time or is a refusal: nothing has been written then.
pub(super) struct Answering<'a, 'r, 'q> {
    routing: Option<Routing<'a, 'r>>,
    request: &'r Request<'q>,
    exchange: &'r Exchange,
    context: ApiContext,
    route_table: &'a RouteTable,
    /// What subscribers to spans are told. It is none where there are no subscribers.
    span: Span,
    /// It is set only where the answer was not there at once.
    timer: Option<Pin<Box<Sleep>>>,
}

impl<'a, 'r, 'q> Answering<'a, 'r, 'q> {
    pub(super) fn new(
        request: &'r Request<'q>,
        exchange: &'r Exchange,
        context: ApiContext,
        route_table: &'a RouteTable,
        method: Method,
        routing: Routing<'a, 'r>,
    ) -> Self {
        let number = exchange.operation().unwrap_or_default();
        let parent = || request.headers().get_one("traceparent").and_then(TraceParent::parse);
        let span = route_table.operations.span(number, method.as_str(), parent);
        Answering { routing: Some(routing), request, exchange, context, route_table, span, timer: None }
    }

    /// Tells the span what has come of the request.
    fn answered(&self, routed: Routed<'r>) -> Poll<Routed<'r>> {
        match &routed {
            Routed::Success(response) => record_status(&self.span, response.status().code),
            Routed::Error(status) | Routed::Forward((_, status)) => record_status(&self.span, status.code),
        }
        Poll::Ready(routed)
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
        finally(self.request).answered(Status::ServiceUnavailable);
        let seconds = self.context.limits.timeouts.request.as_secs_f64();
        let error = Error::Unavailable(format!("no answer was there after {seconds} s"));
        self.exchange.mark_own();
        Routed::Success(refusal(self.request, error, NotFoundReply::NOT_FOUND))
    }
}

impl<'r> Future for Answering<'_, 'r, '_> {
    type Output = Routed<'r>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Routed<'r>> {
        let this = self.get_mut();
        let span = this.span.clone();
        let _within = span.enter();
        let until = this.until();
        let mut is_over = this.timer.as_mut().is_some_and(|timer| timer.as_mut().poll(context).is_ready());
        loop {
            let Some(routing) = &mut this.routing else {
                let routed = this.given_up();
                return this.answered(routed);
            };
            let mut poll = || deadline::polled(until, is_over, || routing.as_mut().poll(context));
            let (polled, is_under_way) = match this.exchange.notes().wants_times() {
                false => poll(),
                true => {
                    let (polled, waited) = timed::polled(poll);
                    this.exchange.notes().waited(waited);
                    polled
                }
            };
            match polled {
                Poll::Ready(routed) => {
                    if matches!(routed, Routed::Success(_)) {
                        this.exchange.mark_own();
                    }
                    return this.answered(routed);
                }
                // It is woken once more when that has ended.
                Poll::Pending if is_over && is_under_way => return Poll::Pending,
                Poll::Pending if is_over => {
                    let routed = this.given_up();
                    return this.answered(routed);
                }
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
        self.exchange.leave(&self.route_table.load);
    }
}

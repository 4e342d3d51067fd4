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
use super::headers::first;
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
        let parent = || first(request.headers(), "traceparent").and_then(TraceParent::parse);
        let span = route_table.operations.span(number, method.as_str(), parent);
        Answering { routing: Some(routing), request, exchange, context, route_table, span, timer: None }
    }

    /// What has come of the request by now.
    fn polled(&mut self, context: &mut Context<'_>) -> Poll<Routed<'r>> {
        let until = self.until();
        let mut is_over = self.timer.as_mut().is_some_and(|timer| timer.as_mut().poll(context).is_ready());
        loop {
            let Some(routing) = &mut self.routing else { return Poll::Ready(self.given_up()) };
            let deadline = deadline::polled(until, is_over);
            let polled = match self.exchange.notes().wants_times() {
                false => routing.as_mut().poll(context),
                true => {
                    let (polled, waited) = timed::polled(|| routing.as_mut().poll(context));
                    self.exchange.notes().waited(waited);
                    polled
                }
            };
            let is_under_way = deadline.is_under_way();
            drop(deadline);
            if let Poll::Ready(routed) = &polled {
                if matches!(routed, Routed::Success(_)) {
                    self.exchange.mark_own();
                }
                return polled;
            }
            if is_over {
                // Where something is under way, it is woken once more when that has ended.
                return if is_under_way { polled } else { Poll::Ready(self.given_up()) };
            }
            let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(Instant::from_std(until))));
            is_over = timer.as_mut().poll(context).is_ready();
            if !is_over {
                return Poll::Pending;
            }
        }
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
        let polled = this.polled(context);
        match &polled {
            Poll::Ready(Routed::Success(response)) => record_status(&span, response.status().code),
            Poll::Ready(Routed::Error(status) | Routed::Forward((_, status))) => {
                record_status(&span, status.code);
            }
            Poll::Pending => {}
        }
        polled
    }
}

impl Drop for Answering<'_, '_, '_> {
    fn drop(&mut self) {
        self.exchange.leave(&self.route_table.load);
    }
}

//! Counts the requests of clients, by `governor`.

use std::fmt;
use std::time::Duration;

use governor::clock::{Clock, MonotonicClock};
use governor::middleware::StateInformationMiddleware;
use governor::{Quota, RateLimiter};

use super::Rate;
use super::client::Client;
use super::memory::Memory;

/// What is known of a client after a request was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counted {
    /// How many further requests it may send at once.
    pub(crate) remaining: u32,
    /// The seconds until it may send one more than that.
    pub(crate) seconds: u64,
    /// Whether this one was within the rate.
    pub(crate) is_within: bool,
}

/// Counts the requests of each client against a rate.
pub(crate) struct Limiter {
    limiter: RateLimiter<Client, Memory, MonotonicClock, StateInformationMiddleware>,
    /// What the limiter remembers, too.
    memory: Memory,
    /// The time after which a client may send one more request.
    each: Duration,
    rate: Rate,
}

impl Limiter {
    pub(crate) fn new(rate: Rate) -> Self {
        let each = Duration::from_secs(rate.seconds().into()) / rate.requests();
        let quota = Quota::with_period(each).unwrap_or(Quota::per_second(rate.requests));
        let memory = Memory::new();
        let limiter = RateLimiter::new(quota.allow_burst(rate.requests), memory.clone(), MonotonicClock);
        Limiter { limiter, memory, each, rate }
    }

    /// Counts a request of a client, if it is within the rate.
    pub(crate) fn count(&self, client: &Client) -> Counted {
        match self.limiter.check_key(client) {
            Ok(known) => Counted {
                remaining: known.remaining_burst_capacity(),
                seconds: rounded_up(self.each),
                is_within: true,
            },
            Err(refused) => {
                let seconds = rounded_up(refused.wait_time_from(self.limiter.clock().now()));
                Counted { remaining: 0, seconds: seconds.max(1), is_within: false }
            }
        }
    }

    /// Takes back that a request of a client was counted.
    pub(crate) fn take_back(&self, client: &Client) {
        self.memory.take_back(client, self.each.into());
    }
}

impl fmt::Debug for Limiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limiter").field("rate", &self.rate).finish_non_exhaustive()
    }
}

/// Whole seconds, which are not less than this.
fn rounded_up(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn address(bits: u32) -> Client {
        Client::of_address(Ipv4Addr::from_bits(bits).into())
    }

    #[test]
    fn a_client_has_its_rate_and_no_more() {
        let limiter = Limiter::new(Rate::new(3, 60));
        let counted = |remaining, seconds, is_within| Counted { remaining, seconds, is_within };
        for remaining in [2, 1, 0] {
            assert_eq!(limiter.count(&address(1)), counted(remaining, 20, true));
        }
        assert_eq!(limiter.count(&address(1)), counted(0, 20, false));
        assert_eq!(limiter.count(&address(2)), counted(2, 20, true));
        // A refused request counts for nothing, and one that is taken back is there again.
        limiter.take_back(&address(1));
        assert_eq!(limiter.count(&address(1)), counted(0, 20, true));
        assert!(!limiter.count(&address(1)).is_within);
        limiter.take_back(&address(3));
    }

    #[test]
    fn time_gives_requests_back() {
        let limiter = Limiter::new(Rate::new(100, 1));
        while limiter.count(&address(1)).is_within {}
        std::thread::sleep(Duration::from_millis(30));
        let again = (0..100).take_while(|_| limiter.count(&address(1)).is_within).count();
        assert!((2..100).contains(&again), "{again}");
    }

    /// However many addresses somebody sends from.
    #[test]
    fn what_is_remembered_has_a_bound() {
        let limiter = Limiter::new(Rate::new(1, 3600));
        for bits in 0..200_000 {
            assert!(limiter.count(&address(bits)).is_within);
            // Who comes back is not forgotten.
            assert!(!limiter.count(&address(0)).is_within, "{bits}");
        }
        assert!(limiter.memory.len() <= 1 << 16);
    }
}

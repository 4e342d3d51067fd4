//! Counts the requests of clients, by `governor`.

use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use governor::clock::{Clock, MonotonicClock};
use governor::middleware::StateInformationMiddleware;
use governor::{Quota, RateLimiter};

use super::Rate;
use super::memory::Memory;

/// Whose requests are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Client {
    /// An address, or for IPv6 the network of 64 bits that a client has all addresses of.
    Address(IpAddr),
    /// A caller who is known, by the hash of their id.
    Caller(u64),
}

impl Client {
    /// Whoever has this address.
    pub(crate) fn of_address(address: IpAddr) -> Self {
        Client::Address(match address.to_canonical() {
            IpAddr::V4(address) => address.into(),
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        })
    }
}

/// How the ids of callers are told apart.
#[derive(Clone, Debug, Default)]
pub(crate) struct Clients(RandomState);

impl Clients {
    /// The caller whose id `tell` writes. It is `None` where that says that there is none.
    pub(crate) fn caller(&self, tell: impl FnOnce(&mut dyn Hasher) -> bool) -> Option<Client> {
        let mut hasher = self.0.build_hasher();
        tell(&mut hasher).then(|| Client::Caller(hasher.finish()))
    }
}

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

    /// The rate.
    pub(crate) fn rate(&self) -> Rate {
        self.rate
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

    #[test]
    fn addresses_are_told_apart() {
        let client = |text: &str| text.parse().map(Client::of_address).ok();
        assert_eq!(client("2001:db8:1:2:3:4:5:6"), client("2001:db8:1:2::"));
        assert_ne!(client("2001:db8:1:2::"), client("2001:db8:1:3::"));
        assert_eq!(client("::ffff:192.0.2.1"), client("192.0.2.1"));
        assert_ne!(client("192.0.2.1"), client("192.0.2.2"));
        let clients = Clients::default();
        let caller = |id: i64| {
            clients.caller(|hasher| {
                hasher.write_i64(id);
                true
            })
        };
        assert_eq!(caller(1), caller(1));
        assert_ne!(caller(1), caller(2));
        assert_eq!(clients.caller(|_| false), None);
    }

    /// However many addresses somebody sends from.
    #[test]
    fn what_is_remembered_has_a_bound() {
        let limiter = Limiter::new(Rate::new(1, 3600));
        for bits in 0..200_000 {
            assert!(limiter.count(&address(bits)).is_within);
            // Who comes back is not forgotten.
            assert_eq!(limiter.count(&address(0)).is_within, false, "{bits}");
        }
        assert!(limiter.memory.len() <= 1 << 16);
    }
}

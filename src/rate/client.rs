//! Whose requests are counted.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::net::{IpAddr, Ipv6Addr};

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

#[cfg(test)]
mod tests {
    use super::*;

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
}

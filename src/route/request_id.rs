//! The id of a request, which its client or a proxy has given it, or crewed.

use std::cell::Cell;
use std::fmt;

/// The header that an id comes in, and goes out in.
pub(crate) const REQUEST_ID: &str = "X-Request-Id";

/// The longest id that is taken from a client.
const LONGEST: usize = 128;

/// The id of a request, a request guard: the `X-Request-Id` that a client or a proxy has sent, where that is sane, or one
/// that crewed has made. It is the `request_id` of the line in the log, and is sent back in the answer: to those who have
/// sent one, where there are lines about requests, where a function takes it, and where the program is at fault (500).
///
/// One that is sent has 1 to 128 characters of `A-Z a-z 0-9 - _ . : / + =`. One that is made has 32 hexadecimal digits at
/// random. It tells requests apart and proves nothing: whoever asks may send any.
///
/// ```
/// use crewed::prelude::*;
/// use crewed::{RequestId, get};
///
/// /// Hands its own id on to another service, for example.
/// #[get("/items")]
/// fn read_items(id: RequestId) -> String {
///     format!("asked as {id}")
/// }
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RequestId(Text);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Text {
    /// An id that was made, in hexadecimal digits.
    Made([u8; 32]),
    Sent(Box<str>),
}

impl RequestId {
    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Text::Made(digits) => std::str::from_utf8(digits).unwrap_or_default(),
            Text::Sent(sent) => sent,
        }
    }

    /// The same in bytes, which need not be looked at once more.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Text::Made(digits) => digits,
            Text::Sent(sent) => sent.as_bytes(),
        }
    }

    /// The id that was sent, if it is sane: it stands in the log, and in other services, as it is.
    pub(crate) fn sent(header: &str) -> Option<Self> {
        let is_sane = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/+=".contains(&byte);
        let sane = (1..=LONGEST).contains(&header.len()) && header.bytes().all(is_sane);
        sane.then(|| RequestId(Text::Sent(header.into())))
    }

    /// The id that was sent, or one that is made where none was, or none that is sane.
    pub(crate) fn sent_or_made(header: Option<&str>) -> Self {
        header.and_then(RequestId::sent).unwrap_or_else(RequestId::make)
    }

    /// An id that no other request has.
    pub(crate) fn make() -> Self {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut digits = [0; 32];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(random().to_be_bytes()) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        RequestId(Text::Made(digits))
    }
}

/// 128 bits that tell requests apart, and that nobody needs to be unable to guess: each thread has a generator of its own
/// (a linear congruential one, whose upper half is mixed into the lower), so that none asks the system for each request.
fn random() -> u128 {
    const FACTOR: u128 = 0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645;
    const STEP: u128 = 0x5851_f42d_4c95_7f2d_1405_7b7e_f767_814f;

    thread_local!(static STATE: Cell<u128> = Cell::new(uuid::Uuid::new_v4().as_u128()));

    let state = STATE.get().wrapping_mul(FACTOR).wrapping_add(STEP);
    STATE.set(state);
    (state ^ (state >> 64)).wrapping_mul(FACTOR)
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestId({self})")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn an_id_is_taken_if_it_is_sane() {
        let longest = "x".repeat(LONGEST);
        for sane in ["1", "a-b_c.d:e/f+g=", &longest] {
            assert_eq!(RequestId::sent(sane).expect(sane).as_str(), sane);
        }
        for odd in
            ["", "a b", "a\tb", "a\"b", "a\\b", "é", "a,b", "a;b", "<a>", "{a}", &format!("{longest}x")]
        {
            assert_eq!(RequestId::sent(odd), None, "{odd}");
        }
    }

    #[test]
    fn ids_that_are_made_differ() {
        let make = || (0..50_000).map(|_| RequestId::make().to_string()).collect::<Vec<_>>();
        let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(make)).collect();
        let all = threads.into_iter().flat_map(|thread| thread.join().expect("no panic"));
        let mut seen = HashSet::new();
        for id in all {
            assert!(id.len() == 32 && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')), "{id}");
            assert!(RequestId::sent(&id).is_some());
            assert!(seen.insert(id));
        }
        assert_eq!(seen.len(), 200_000);
    }
}

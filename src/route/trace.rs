//! The trace that a request belongs to, as W3C's `traceparent` tells it.

/// What a valid `traceparent` has: the trace, and the span in it that the request was sent from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TraceParent {
    trace: [u8; 32],
    parent: [u8; 16],
}

impl TraceParent {
    /// Reads the header: `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`. A later version may have more behind
    /// that. One that is malformed is none, as the specification asks.
    pub(crate) fn parse(header: &str) -> Option<Self> {
        let header = header.as_bytes();
        let (version, rest) = header.split_first_chunk::<2>()?;
        let (trace, rest) = rest.strip_prefix(b"-")?.split_first_chunk::<32>()?;
        let (parent, rest) = rest.strip_prefix(b"-")?.split_first_chunk::<16>()?;
        let (flags, rest) = rest.strip_prefix(b"-")?.split_first_chunk::<2>()?;
        let is_hex = |text: &[u8]| text.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let is_set = |text: &[u8]| text.iter().any(|byte| *byte != b'0');
        let ends = match version {
            b"ff" => false,
            b"00" => rest.is_empty(),
            _ => rest.is_empty() || rest.starts_with(b"-"),
        };
        let is_valid = ends
            && is_hex(version)
            && is_hex(flags)
            && [&trace[..], &parent[..]].iter().all(|text| is_hex(text) && is_set(text));
        is_valid.then_some(TraceParent { trace: *trace, parent: *parent })
    }

    /// The id of the trace: 32 hexadecimal digits.
    pub(crate) fn trace_id(&self) -> &str {
        std::str::from_utf8(&self.trace).unwrap_or_default()
    }

    /// The id of the span that the request was sent from: 16 hexadecimal digits.
    pub(crate) fn parent_id(&self) -> &str {
        std::str::from_utf8(&self.parent).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_malformed_is_no_trace() {
        let valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        for sent in [valid, &valid.replacen("00", "01", 1), &format!("cc{}-more", &valid[2..])] {
            let parent = TraceParent::parse(sent).expect(sent);
            assert_eq!(parent.trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736");
            assert_eq!(parent.parent_id(), "00f067aa0ba902b7");
        }
        for sent in [
            "",
            "00",
            "00-",
            &valid[..54],
            &format!("{valid}-more"),
            &format!("{valid}0"),
            &format!("cc{}more", &valid[2..]),
            &valid.replacen("00", "ff", 1),
            &valid.replacen("00", "0G", 1),
            &valid.replace('f', "F"),
            &valid.replace("4bf92f3577b34da6a3ce929d0e0e4736", &"0".repeat(32)),
            &valid.replace("00f067aa0ba902b7", &"0".repeat(16)),
            &valid.replace("-01", "-0x"),
            &valid.replace('-', "_"),
            "00-é4bf92f3577b34da6a3ce929d0e0e47-00f067aa0ba902b7-01",
        ] {
            assert_eq!(TraceParent::parse(sent), None, "{sent}");
        }
    }
}

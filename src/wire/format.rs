//! Formats of texts, such as e-mail addresses: validation, and normalization to one spelling.
//!
//! To a `unique` column, two spellings of one value would be different values. So a text is normalized as Pydantic's
//! types for the same formats do.

use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};

use email_address::{EmailAddress, Options};
use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::issue::IssueKind;

/// A named format of texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// An e-mail address whose domain has a dot, as Pydantic's `EmailStr` requires.
    Email,
    /// An absolute URI.
    Uri,
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
}

impl Format {
    /// The format's name in JSON Schema and in `format("..")`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Format::Email => "email",
            Format::Uri => "uri",
            Format::Ipv4 => "ipv4",
            Format::Ipv6 => "ipv6",
        }
    }

    /// The normalized spelling of a text, or the reason why it is not valid.
    pub(super) fn normalized(self, text: &str) -> Result<Cow<'_, str>, IssueKind> {
        let kept = match self {
            Format::Email => email(text),
            // The parser would remove blanks and line breaks, and so accept two spellings of the same URI.
            Format::Uri if text.contains(|c: char| c <= ' ') => {
                Err("it contains blanks or control characters".to_owned())
            }
            Format::Uri => same(text, url::Url::parse(text)),
            Format::Ipv4 => same(text, text.parse::<Ipv4Addr>()),
            Format::Ipv6 => match text.parse::<Ipv6Addr>() {
                Ok(address) => Ok(address.to_string().into()),
                Err(error) => Err(error.to_string()),
            },
        };
        kept.map_err(|reason| IssueKind::Format { what: self.name(), reason })
    }
}

/// The text as it was sent, if it could be parsed.
fn same<T, E: ToString>(text: &str, parsed: Result<T, E>) -> Result<Cow<'_, str>, String> {
    match parsed {
        Ok(_) => Ok(text.into()),
        Err(error) => Err(error.to_string()),
    }
}

/// Normalizes an e-mail address: the domain becomes lower case and Unicode. Only the receiving server knows whether the
/// case of the mailbox matters, so it is kept, except for the mailboxes that every domain has.
fn email(text: &str) -> Result<Cow<'_, str>, String> {
    let trimmed = text.trim();
    let Some((local, domain)) = trimmed.rsplit_once('@') else {
        return checked(trimmed).map(|()| trimmed.into());
    };
    let local: Cow<'_, str> = match local {
        _ if MAILBOXES.iter().any(|name| name.eq_ignore_ascii_case(local)) => {
            local.to_ascii_lowercase().into()
        }
        _ if is_nfc(local) => local.into(),
        _ => local.nfc().collect::<String>().into(),
    };
    let ascii = match domain.is_ascii() {
        true => domain.to_ascii_lowercase(),
        // A label that cannot be decoded stays as the client sent it, and is reported by the check that follows.
        false => ascii(domain).unwrap_or_else(|| domain.to_owned()),
    };
    checked(&format!("{local}@{ascii}"))?;
    let kept = match ascii.split('.').any(|label| label.starts_with("xn--")) {
        true => {
            unicode(&ascii).ok_or_else(|| format!("the domain {domain:?} is no internationalized name"))?
        }
        false => ascii,
    };
    match trimmed.strip_prefix(&*local).and_then(|rest| rest.strip_prefix('@')) == Some(&*kept) {
        true => Ok(trimmed.into()),
        false => Ok(format!("{local}@{kept}").into()),
    }
}

/// The mailboxes of RFC 2142, whose names are case-insensitive, as email-validator lists them.
const MAILBOXES: &[&str] = &[
    "info",
    "marketing",
    "sales",
    "support",
    "abuse",
    "noc",
    "security",
    "postmaster",
    "hostmaster",
    "usenet",
    "news",
    "webmaster",
    "www",
    "uucp",
    "ftp",
];

fn ascii(domain: &str) -> Option<String> {
    let domain = domain.as_bytes();
    let ascii =
        Uts46::new().to_ascii(domain, AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::Verify);
    ascii.ok().map(Cow::into_owned)
}

fn unicode(domain: &str) -> Option<String> {
    match Uts46::new().to_unicode(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast) {
        (unicode, Ok(())) => Some(unicode.into_owned()),
        (_, Err(_)) => None,
    }
}

fn checked(address: &str) -> Result<(), String> {
    let options = Options::default().with_required_tld().without_display_text().without_domain_literal();
    match EmailAddress::parse_with_options(address, options) {
        Ok(address) => unusual(&address).map_or(Ok(()), |reason| Err(reason.to_owned())),
        Err(error) => Err(error.to_string()),
    }
}

/// Refuses addresses that are valid by the standard but that no mail reaches, as Pydantic's `EmailStr` does.
fn unusual(address: &EmailAddress) -> Option<&'static str> {
    let top = address.domain().rsplit('.').next().unwrap_or_default();
    if address.local_part().starts_with('"') {
        Some("quoting the part before the @-sign is not allowed here")
    } else if address.domain().contains('_') {
        Some("the part after the @-sign contains invalid characters: '_'")
    } else if top.bytes().all(|b| b.is_ascii_digit()) {
        Some("the part after the @-sign is not valid: it is not within a valid top-level domain")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Pydantic 2.13 with email-validator 2.4 makes of the same texts.
    #[test]
    fn keeps_the_spelling_of_an_address_that_pydantic_keeps() {
        for (sent, kept) in [
            ("A.B@Example.COM", "A.B@example.com"),
            ("a+b@X.Y.Z.ORG", "a+b@x.y.z.org"),
            ("a@b.co", "a@b.co"),
            ("a@BÜCHER.example", "a@bücher.example"),
            ("a@xn--bcher-kva.example", "a@bücher.example"),
            ("a@XN--BCHER-KVA.example", "a@bücher.example"),
            ("a@straße.de", "a@straße.de"),
            ("a@xn--fa-hia.de", "a@faß.de"),
            ("a@σς.gr", "a@σς.gr"),
            ("a@日本.jp", "a@日本.jp"),
            ("a@xn--wgv71a.jp", "a@日本.jp"),
            ("a@ex\u{ff0e}ample.com", "a@ex.ample.com"),
            ("A@example。com", "A@example.com"),
            ("a@ⓔxample.com", "a@example.com"),
            ("a@ﬁ.com", "a@fi.com"),
            ("a@\u{212a}.com", "a@k.com"),
            ("Ä@x.de", "Ä@x.de"),
            ("A\u{308}@x.de", "Ä@x.de"),
            ("Info@x.de", "info@x.de"),
            ("Infos@x.de", "Infos@x.de"),
            (" a@b.co\n", "a@b.co"),
        ] {
            assert_eq!(Format::Email.normalized(sent).as_deref(), Ok(kept), "{sent:?}");
            assert_eq!(Format::Email.normalized(kept).as_deref(), Ok(kept), "{kept:?} is kept as it is");
        }
    }

    #[test]
    fn refuses_addresses_that_pydantic_refuses() {
        let long = format!("a@{}.com", "x".repeat(64));
        for sent in [
            "",
            "@",
            "a@",
            "@b.co",
            "a@localhost",
            "a@example.com.",
            "a@-x.com",
            "a@x-.com",
            "a@x_.com",
            "a@xn--zz--.com",
            "a@[127.0.0.1]",
            "\"a b\"@x.com",
            "a..b@x.com",
            "a@1.2",
            "a@b@c.com",
            "a b@c.com",
            &long,
        ] {
            assert!(Format::Email.normalized(sent).is_err(), "{sent:?}");
        }
    }

    #[test]
    fn keeps_one_spelling_of_a_network_address() {
        for sent in ["::1", "0:0:0:0:0:0:0:1", "0000::0001"] {
            assert_eq!(Format::Ipv6.normalized(sent).as_deref(), Ok("::1"));
        }
        assert_eq!(Format::Ipv6.normalized("2001:DB8::A").as_deref(), Ok("2001:db8::a"));
        assert_eq!(Format::Ipv4.normalized("127.0.0.1").as_deref(), Ok("127.0.0.1"));
        assert!(Format::Ipv4.normalized("127.0.0.01").is_err());
    }
}

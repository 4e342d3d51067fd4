//! The names of hosts and origins that are configured, and what is wrong with those that no browser would send.

use std::net::{Ipv4Addr, Ipv6Addr};

/// The schemes of pages: those of the web, and those under which shells and extensions of browsers show theirs.
const SCHEMES: &[&str] = &[
    "https",
    "http",
    "capacitor",
    "ionic",
    "tauri",
    "chrome-extension",
    "moz-extension",
    "safari-web-extension",
];

/// The origins whose pages may use the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum OriginName {
    /// `*`: all of them.
    Any,
    /// One.
    Exact(String),
    /// `https://*.app.example`: what stands before and after one label.
    Label(String, String),
}

impl OriginName {
    /// Reads an origin as it is configured.
    ///
    /// # Errors
    /// What is wrong with it, to be read after it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text == "*" {
            return Ok(OriginName::Any);
        }
        if text == "null" {
            return Err("is the origin of any page that hides its own, so it can be nobody's".to_owned());
        }
        let Some((scheme, rest)) = text.split_once("://") else {
            return Err("is no origin: it is written \"https://app.example\"".to_owned());
        };
        if !SCHEMES.contains(&scheme) {
            return Err(format!("has a scheme that is none of {}", SCHEMES.join(", ")));
        }
        if let Some(at) = rest.find(['/', '?', '#']) {
            let origin = &text[..text.len() - rest.len() + at];
            return Err(format!("ends with what no origin has, a slash or a path: write \"{origin}\""));
        }
        let (host, port) = split_port(rest);
        if let Some(port) = port {
            check_port(port)?;
            if matches!((scheme, port), ("https", "443") | ("http", "80")) {
                let usual = text.trim_end_matches(port).trim_end_matches(':');
                return Err(format!("names the usual port, which browsers leave out: write \"{usual}\""));
            }
        }
        match host.split_once('*') {
            None => {
                check_host(host)?;
                Ok(OriginName::Exact(text.to_owned()))
            }
            Some((before, after)) => {
                check_pattern(before, after)?;
                let (before, after) = text.split_once('*').unwrap_or_default();
                Ok(OriginName::Label(before.to_owned(), after.to_owned()))
            }
        }
    }

    /// Whether this is the origin that a browser names, which writes it in one way only.
    pub(super) fn is(&self, origin: &str) -> bool {
        match self {
            OriginName::Any => true,
            OriginName::Exact(exact) => exact == origin,
            OriginName::Label(before, after) => {
                let label = origin.strip_prefix(&**before).and_then(|rest| rest.strip_suffix(&**after));
                let usual =
                    |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
                label.is_some_and(|label| !label.is_empty() && label.bytes().all(usual))
            }
        }
    }
}

/// The hosts under whose names the service is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HostName {
    /// One, in lower case.
    Exact(String),
    /// `*.example`: what such names end with, `.example`.
    Below(String),
}

impl HostName {
    /// Reads a host as it is configured.
    ///
    /// # Errors
    /// What is wrong with it, to be read after it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let name = text.to_ascii_lowercase();
        if name == "*" {
            return Err("would let any host pass: leave `hosts` out for that".to_owned());
        }
        if let Some((_, rest)) = name.split_once("://") {
            return Err(format!("is an address: write the host alone, \"{}\"", rest.trim_end_matches('/')));
        }
        if name.parse::<Ipv6Addr>().is_ok() {
            return Err(format!("is written in brackets: \"[{name}]\""));
        }
        let (host, port) = split_port(&name);
        if port.is_some() {
            return Err(format!("has a port, and any port passes: write \"{host}\""));
        }
        match host.split_once('*') {
            None => {
                check_host(host)?;
                Ok(HostName::Exact(name))
            }
            Some((before, after)) => {
                check_pattern(before, after)?;
                Ok(HostName::Below(after.to_owned()))
            }
        }
    }

    /// Whether this is the host that a request names, without its port.
    pub(super) fn is(&self, host: &str) -> bool {
        match self {
            HostName::Exact(exact) => exact.eq_ignore_ascii_case(host),
            HostName::Below(end) => {
                let at = host.len().checked_sub(end.len()).filter(|at| *at > 0);
                at.and_then(|at| host.get(at..)).is_some_and(|last| last.eq_ignore_ascii_case(end))
            }
        }
    }
}

/// A host and its port, if there is one. The address of an IPv6 host is in brackets.
pub(super) fn split_port(text: &str) -> (&str, Option<&str>) {
    let end_of_address = text.rfind(']').map_or(0, |end| end + 1);
    match text[end_of_address..].split_once(':') {
        Some((before, port)) => (&text[..end_of_address + before.len()], Some(port)),
        None => (text, None),
    }
}

/// Whether a text is a host: a name, or an address.
pub(super) fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[') {
        return address.strip_suffix(']').is_some_and(|address| address.parse::<Ipv6Addr>().is_ok());
    }
    let usual = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    host.split('.').all(|label| !label.is_empty() && label.bytes().all(usual))
}

/// What is wrong with a host as browsers write it.
fn check_host(host: &str) -> Result<(), String> {
    if !host.is_ascii() {
        return Err("has letters that browsers write in ASCII: \"xn--..\"".to_owned());
    }
    if host.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err("has capital letters, which browsers write small".to_owned());
    }
    if host.contains('@') {
        return Err("names a user, which no origin and no host does".to_owned());
    }
    if let Some(without) = host.strip_suffix('.') {
        return Err(format!("has a dot at its end: write \"{without}\""));
    }
    if !is_host(host) {
        return Err("names no host".to_owned());
    }
    let address = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let address = address.and_then(|address| address.parse::<Ipv6Addr>().ok());
    if let Some(address) = address.filter(|address| host != format!("[{address}]")) {
        return Err(format!("has an address that browsers write [{address}]"));
    }
    // What looks like an address of numbers is one to browsers.
    let last = host.rsplit('.').next().unwrap_or_default();
    if last.bytes().all(|byte| byte.is_ascii_digit()) && host.parse::<Ipv4Addr>().is_err() {
        return Err("looks like an IPv4 address, and is none".to_owned());
    }
    Ok(())
}

fn check_pattern(before: &str, after: &str) -> Result<(), String> {
    let name = after.strip_prefix('.').filter(|_| before.is_empty()).unwrap_or_default();
    if name.is_empty() || name.contains('*') {
        return Err("has a `*` that is no label of its own, in front: write \"*.app.example\"".to_owned());
    }
    check_host(name)
}

fn check_port(port: &str) -> Result<(), String> {
    let number = port.parse::<u16>().ok().filter(|number| *number > 0 && number.to_string() == port);
    number.map(drop).ok_or_else(|| format!("has a port that is no number from 1 to 65535: `{port}`"))
}

//! The address of a PostgreSQL server, parsed from its URL.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::Host;

use super::tls::{self, Transport};
use crate::store::Secrecy;

/// The address of a server, or of several servers of which one accepts writes. It is displayed without its password.
#[derive(Clone)]
pub struct Address {
    config: Config,
    /// The configuration of each host by itself, in their order.
    pub(super) hosts: Vec<Config>,
    /// Whether a host that takes writes is looked for, and reads go to another one where there is none.
    pub(super) prefers_writable: bool,
    pub(super) transport: Transport,
    pub(super) secrecy: Secrecy,
}

impl Address {
    /// Parses a URL: `postgres://user:password@host:5432/database`. Several hosts are separated by commas, and the
    /// options of PostgreSQL's own clients may follow a `?`: `sslmode`, `sslrootcert`, `target_session_attrs` and more.
    ///
    /// # Errors
    /// A description of what is wrong with the URL.
    pub fn parse(url: &str) -> Result<Self, String> {
        Address::read(url, true)
    }

    /// Parses the URL of a server that need not accept writes.
    ///
    /// # Errors
    /// A description of what is wrong with the URL.
    pub fn parse_replica(url: &str) -> Result<Self, String> {
        let address = Address::read(url, false)?;
        match address.hosts.len() {
            1 => Ok(address),
            _ => Err("a replica is one server; write a URL for each".to_owned()),
        }
    }

    fn read(url: &str, is_primary: bool) -> Result<Self, String> {
        check(url)?;
        let (rest, settings) = tls::Settings::split(url)?;
        let mut config: Config = rest.parse().map_err(|error| unreadable(url, &error))?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err("it names no host: write \"postgres://USER@HOST/DATABASE\"".to_owned());
        }
        if config.get_application_name().is_none() {
            config.application_name("crewed");
        }
        // Of several servers, and after a failover, the one that accepts writes is used.
        let prefers_writable = is_primary && !rest.contains("target_session_attrs=");
        // Keepalives detect a server that vanished within half a minute, and not only when a request fails.
        if !rest.contains("keepalives_idle=") {
            config.keepalives_idle(Duration::from_secs(15));
        }
        if !rest.contains("keepalives_interval=") {
            config.keepalives_interval(Duration::from_secs(5));
        }
        if !rest.contains("keepalives_retries=") {
            config.keepalives_retries(3);
        }
        if !rest.contains("tcp_user_timeout=") {
            config.tcp_user_timeout(Duration::from_secs(15));
        }
        let secrecy = settings.secrecy();
        let transport = settings.transport(&mut config)?;
        let hosts = each_host(&config)?;
        Ok(Address { config, hosts, prefers_writable, transport, secrecy })
    }
}

impl Address {
    /// The hosts that are not on this machine.
    pub(super) fn elsewhere(&self) -> Vec<String> {
        let names = self.config.get_hosts().iter().filter_map(|host| match host {
            Host::Tcp(name) => Some(name.clone()),
            #[cfg(unix)]
            Host::Unix(_) => None,
        });
        // Where addresses are given, the names are for certificates.
        let addresses = self.config.get_hostaddrs().iter().map(ToString::to_string);
        let all: Vec<String> =
            if self.config.get_hostaddrs().is_empty() { names.collect() } else { addresses.collect() };
        all.into_iter().filter(|host| !is_here(host)).collect()
    }
}

/// Whether a name or an address is that of this machine, whatever the network.
fn is_here(host: &str) -> bool {
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost"
        || name.ends_with(".localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

/// Refuses a URL with an unescaped `@` or `/` in its password. Part of the password would be parsed as the host, and so
/// be displayed.
fn check(url: &str) -> Result<(), String> {
    let rest = url.strip_prefix("postgres://").or_else(|| url.strip_prefix("postgresql://"));
    let rest = rest.ok_or("it is no URL: write \"postgres://USER@HOST/DATABASE\"")?;
    let (authority, after) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    if authority.matches('@').count() > 1 || after.contains('@') {
        return Err(
            "it has a `@`, `/`, `?` or `#` in a name or a password: write these as `%40`, `%2F`, `%3F` and \
                    `%23`"
                .to_owned(),
        );
    }
    Ok(())
}

/// The message for a URL that cannot be parsed, which does not show a part of it that may belong to the password.
fn unreadable(url: &str, error: &tokio_postgres::Error) -> String {
    let why = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    let why = match url.contains("password") && why.starts_with("unknown option") {
        true => {
            "it has an option that PostgreSQL's clients do not know; a `&` in a password is written `%26`"
                .into()
        }
        false => why,
    };
    format!("it is no URL of a PostgreSQL server: {why}")
}

/// Splits a configuration into one for each host, so that the timeout for connecting applies to each of them.
fn each_host(config: &Config) -> Result<Vec<Config>, String> {
    let (names, addresses, ports) = (config.get_hosts(), config.get_hostaddrs(), config.get_ports());
    let count = names.len().max(addresses.len());
    if (names.len() != addresses.len() && !names.is_empty() && !addresses.is_empty())
        || (ports.len() > 1 && ports.len() != count)
    {
        return Err("it has different numbers of hosts, addresses (`hostaddr`) and ports".to_owned());
    }
    let host = |index: usize| {
        let mut one = Config::new();
        match names.get(index) {
            Some(Host::Tcp(name)) => drop(one.host(name)),
            #[cfg(unix)]
            Some(Host::Unix(path)) => drop(one.host_path(path)),
            None => {}
        }
        if let Some(address) = addresses.get(index) {
            one.hostaddr(*address);
        }
        if let Some(port) = ports.get(index).or(ports.first()) {
            one.port(*port);
        }
        if let Some(user) = config.get_user() {
            one.user(user);
        }
        if let Some(password) = config.get_password() {
            one.password(password);
        }
        if let Some(name) = config.get_dbname() {
            one.dbname(name);
        }
        if let Some(options) = config.get_options() {
            one.options(options);
        }
        if let Some(name) = config.get_application_name() {
            one.application_name(name);
        }
        if let Some(timeout) = config.get_connect_timeout() {
            one.connect_timeout(*timeout);
        }
        if let Some(timeout) = config.get_tcp_user_timeout() {
            one.tcp_user_timeout(*timeout);
        }
        if let Some(interval) = config.get_keepalives_interval() {
            one.keepalives_interval(interval);
        }
        if let Some(retries) = config.get_keepalives_retries() {
            one.keepalives_retries(retries);
        }
        one.keepalives(config.get_keepalives())
            .keepalives_idle(config.get_keepalives_idle())
            .ssl_mode(config.get_ssl_mode())
            .ssl_negotiation(config.get_ssl_negotiation())
            .target_session_attrs(config.get_target_session_attrs())
            .channel_binding(config.get_channel_binding());
        one
    };
    Ok((0..count).map(host).collect())
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let config = &self.config;
        f.write_str("postgres://")?;
        if let Some(user) = config.get_user() {
            write!(f, "{user}@")?;
        }
        let ports = config.get_ports();
        for (index, host) in config.get_hosts().iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            match host {
                Host::Tcp(name) => write!(f, "{comma}{name}")?,
                #[cfg(unix)]
                Host::Unix(path) => write!(f, "{comma}{}", path.display())?,
            }
            if let Some(port) = ports.get(index).or(ports.first()) {
                write!(f, ":{port}")?;
            }
        }
        for host in config.get_hostaddrs().iter().filter(|_| config.get_hosts().is_empty()) {
            write!(f, "{host}")?;
        }
        match config.get_dbname() {
            Some(name) => write!(f, "/{name}"),
            None => Ok(()),
        }
    }
}

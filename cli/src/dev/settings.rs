//! Where `crewed dev` listens.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use listeners::Protocol;
use toml::Table;

use super::watch::rocket_toml;
use crate::arguments::Dev;
use crate::failure::Failure;

/// The address: that of the arguments, else Rocket's own settings, else Rocket's defaults.
pub(super) fn address(dev: &Dev) -> Result<SocketAddr, Failure> {
    let profile = std::env::var("ROCKET_PROFILE")
        .unwrap_or_else(|_| if dev.which.release { "release" } else { "debug" }.to_owned());
    let port = match (dev.port, configured("port", &profile)) {
        (Some(port), _) => port,
        (None, Some(text)) => {
            text.parse().map_err(|_| Failure::of(format!("`port` is `{text}`, and should be a port")))?
        }
        (None, None) => 8000,
    };
    let ip = match (dev.address, configured("address", &profile)) {
        (Some(ip), _) => ip,
        (None, Some(text)) if text == "localhost" => Ipv4Addr::LOCALHOST.into(),
        (None, Some(text)) => text
            .parse()
            .map_err(|_| Failure::of(format!("`address` is `{text}`, and should be an IP address")))?,
        (None, None) => IpAddr::from(Ipv4Addr::LOCALHOST),
    };
    Ok(SocketAddr::new(ip, port))
}

/// A setting of Rocket's: of the environment, or of Rocket.toml. A fault in the file is the program's to tell.
fn configured(key: &str, profile: &str) -> Option<String> {
    if let Ok(value) = std::env::var(format!("ROCKET_{}", key.to_uppercase())) {
        return Some(value.trim_matches('"').to_owned());
    }
    let file = rocket_toml().into_iter().find(|file| file.is_file())?;
    let table: Table = std::fs::read_to_string(file).ok()?.parse().ok()?;
    let of = |profile: &str| table.get(profile)?.get(key).cloned();
    let value = of("global").or_else(|| of(profile)).or_else(|| of("default"))?;
    Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

/// Why the address cannot be had, with who has it where the system says that.
pub(super) fn taken(address: SocketAddr, error: &io::Error) -> Failure {
    if error.kind() != io::ErrorKind::AddrInUse {
        return Failure::of(format!("{address} cannot be had: {error}"));
    }
    let who = listeners::get_process_by_port(address.port(), Protocol::TCP).ok();
    let who = who
        .map_or_else(|| "another program".to_owned(), |one| format!("`{}` (process {})", one.name, one.pid));
    Failure::of(format!(
        "{who} listens on port {} already: end it, or take another with `--port`",
        address.port()
    ))
}

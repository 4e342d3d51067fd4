//! TLS, configured by the options of PostgreSQL's own clients: `sslmode`, `sslrootcert`, `sslcert`, `sslkey`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use tokio_postgres::Config;
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::store::Secrecy;

/// The transport of a connection.
#[derive(Clone)]
pub(super) enum Transport {
    Plain,
    Tls(MakeRustlsConnect),
}

/// The TLS options of a URL.
#[derive(Debug, Default)]
pub(super) struct Settings {
    mode: Mode,
    root: Option<PathBuf>,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mode {
    Disable,
    /// TLS is used if the server supports it. The certificate is not verified.
    #[default]
    Prefer,
    /// TLS is required. The certificate is not verified.
    Require,
    /// TLS is required, with a certificate that a trusted authority has signed.
    VerifyAuthority,
    /// TLS is required, with a certificate that a trusted authority has signed for the host's name.
    VerifyFull,
}

impl Settings {
    /// Splits a URL into one without TLS options, which tokio-postgres parses, and these options.
    pub(super) fn split(url: &str) -> Result<(String, Self), String> {
        let Some((base, query)) = url.split_once('?') else {
            return Ok((url.to_owned(), Settings::default()));
        };
        let mut settings = Settings::default();
        let mut rest = Vec::new();
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = percent_decode_str(value).decode_utf8_lossy().into_owned();
            match name {
                "sslmode" => {
                    settings.mode = match value.as_str() {
                        "disable" => Mode::Disable,
                        "allow" | "prefer" => Mode::Prefer,
                        "require" => Mode::Require,
                        "verify-ca" => Mode::VerifyAuthority,
                        "verify-full" => Mode::VerifyFull,
                        _ => {
                            return Err(format!(
                                "`sslmode={value}` is none of `disable`, `prefer`, `require`, `verify-ca` and \
                                 `verify-full`"
                            ));
                        }
                    }
                }
                "sslrootcert" => settings.root = Some(value.into()),
                "sslcert" => settings.certificate = Some(value.into()),
                "sslkey" => settings.key = Some(value.into()),
                _ => rest.push(pair),
            }
        }
        let rest = if rest.is_empty() { base.to_owned() } else { format!("{base}?{}", rest.join("&")) };
        Ok((rest, settings))
    }

    /// How secret the connection is.
    pub(super) fn secrecy(&self) -> Secrecy {
        match self.mode {
            Mode::Disable => Secrecy::Clear,
            Mode::Prefer => Secrecy::IfOffered,
            Mode::Require if self.root.is_none() => Secrecy::Unverified,
            Mode::Require | Mode::VerifyAuthority | Mode::VerifyFull => Secrecy::Verified,
        }
    }

    /// The transport for these options. It also sets `sslmode` in the configuration.
    pub(super) fn transport(mut self, config: &mut Config) -> Result<Transport, String> {
        config.ssl_mode(match self.mode {
            Mode::Disable => SslMode::Disable,
            Mode::Prefer => SslMode::Prefer,
            _ => SslMode::Require,
        });
        if self.mode == Mode::Disable {
            return Ok(Transport::Plain);
        }
        // As in PostgreSQL's own clients, `require` with a root certificate means `verify-ca`.
        if self.mode == Mode::Require && self.root.is_some() {
            self.mode = Mode::VerifyAuthority;
        }
        // Anyone can get a certificate from the system's authorities for a name of their own, so verifying the
        // authority without the name would prove nothing.
        let of_system = self.root.as_ref().is_none_or(|file| file.as_os_str() == "system");
        if self.mode == Mode::VerifyAuthority && of_system {
            return Err(
                "`sslmode=verify-ca` is not safe with the system's authorities, which sign certificates for \
                 anyone: write `sslmode=verify-full`, or name the file of your own authority with `sslrootcert=..`"
                    .to_owned(),
            );
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier: Arc<dyn ServerCertVerifier> = match self.mode {
            Mode::VerifyAuthority | Mode::VerifyFull => {
                let strict = WebPkiServerVerifier::builder_with_provider(
                    Arc::new(self.roots()?),
                    Arc::clone(&provider),
                )
                .build()
                .map_err(|error| format!("`sslrootcert`: {error}"))?;
                match self.mode {
                    Mode::VerifyFull => strict,
                    _ => Arc::new(Lenient { strict: Some(strict), provider: Arc::clone(&provider) }),
                }
            }
            _ => Arc::new(Lenient { strict: None, provider: Arc::clone(&provider) }),
        };
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let config = match (&self.certificate, &self.key) {
            (Some(certificate), Some(key)) => {
                let chain = certificates("sslcert", certificate)?;
                let key = PrivateKeyDer::from_pem_file(key).map_err(|error| unread("sslkey", key, &error))?;
                config.with_client_auth_cert(chain, key).map_err(|error| format!("`sslcert`: {error}"))?
            }
            (None, None) => config.with_no_client_auth(),
            _ => return Err("`sslcert` and `sslkey` go together".to_owned()),
        };
        Ok(Transport::Tls(MakeRustlsConnect::new(config)))
    }

    fn roots(&self) -> Result<RootCertStore, String> {
        let mut roots = RootCertStore::empty();
        match &self.root {
            Some(file) if file.as_os_str() != "system" => {
                for certificate in certificates("sslrootcert", file)? {
                    roots.add(certificate).map_err(|error| unread("sslrootcert", file, &error))?;
                }
            }
            _ => {
                roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            }
        }
        if roots.is_empty() {
            return Err(
                "this system has no certificate authorities; name a file with `sslrootcert=..`".to_owned()
            );
        }
        Ok(roots)
    }
}

fn certificates(setting: &str, file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let all = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match all {
        Ok(all) if !all.is_empty() => Ok(all),
        Ok(_) => Err(format!("`{setting}`: {} holds no certificate", file.display())),
        Err(error) => Err(unread(setting, file, &error)),
    }
}

fn unread(setting: &str, file: &Path, error: &dyn std::fmt::Display) -> String {
    format!("`{setting}`: {} cannot be read: {error}", file.display())
}

/// Accepts certificates for other names than the host's, if they pass the strict verifier otherwise; without one, it
/// accepts every certificate. The connection is then encrypted, but the server may be anyone.
#[derive(Debug)]
struct Lenient {
    strict: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Lenient {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(strict) = &self.strict else { return Ok(ServerCertVerified::assertion()) };
        match strict.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            outcome => outcome,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

//! TLS towards mail servers: one configuration, the operating system's trust store and certificates of one's own.

use std::{net::IpAddr, path::Path, sync::Arc};

use rustls_platform_verifier::Verifier;
use serde::Deserialize;

use super::Faults;

/// How a connection to a mail server is protected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailTls {
    /// TLS from the first byte (port 465).
    #[default]
    Implicit,
    /// TLS after STARTTLS (port 587), or no mail at all.
    Starttls,
    /// None: only to a server on this machine.
    None,
}

/// Whether a server's name is this machine itself: only there may mail travel without TLS.
pub(super) fn on_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// The configuration of a TLS client. With `needed` false no trust store is asked for and nobody is trusted.
pub(super) fn client_config(
    faults: &mut Faults<'_>,
    field: &str,
    ca_file: Option<&Path>,
    needed: bool,
) -> Option<Arc<rustls::ClientConfig>> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let extra = match ca_file {
        None => Vec::new(),
        Some(file) => faults.certificates(&format!("{field}ca_file"), file)?,
    };
    let verifier = if needed {
        let made = Verifier::new_with_extra_roots(extra, Arc::clone(&provider));
        Some(
            made.map_err(|_| {
                faults.add(&format!("{field}tls"), "no trust store: is the package ca-certificates installed?");
            })
            .ok()?,
        )
    } else {
        None
    };
    let builder = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| faults.add(&format!("{field}tls"), error))
        .ok()?;
    let config = match verifier {
        Some(verifier) => {
            builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth()
        }
        None => builder.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth(),
    };
    Some(Arc::new(config))
}

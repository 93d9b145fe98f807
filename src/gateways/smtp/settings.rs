//! Settings of the SMTP gateway.

use std::{net::IpAddr, path::PathBuf, sync::Arc};

use lettre::transport::smtp::{authentication::Credentials, extension::ClientId};
use rustls_platform_verifier::Verifier;
use serde::Deserialize;

use super::{
    Smtp,
    connection::{Dialler, SmtpTls},
    mime::mailbox,
};
use crate::{
    domain::delivery::Channel,
    gateways::{Base, Faults, Policy, PolicySettings},
    secret::Secret,
};

/// Settings of a mail server that takes our mail.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpSettings {
    /// The server's name, which its certificate must carry.
    pub host: String,
    /// 465, 587 or 25 by default, as `tls` says.
    pub port: Option<u16>,
    /// How the connection is protected.
    #[serde(default)]
    pub tls: SmtpTls,
    /// The account, where the server wants one.
    pub username: Option<String>,
    /// Its password.
    pub password: Option<Secret>,
    /// A file that holds it.
    pub password_file: Option<PathBuf>,
    /// Who mail comes from, such as `Oak Surgery <messages@oak.example>`.
    pub sender: String,
    /// Where bounces go; by default the sender's address.
    pub bounces_to: Option<String>,
    /// The name we greet with; by default this machine's.
    pub hello_name: Option<String>,
    /// The longest each half of a delivery may take, in seconds (1 to 14): reaching the go-ahead, and the mail itself.
    pub timeout_seconds: Option<u64>,
    /// Certificates (PEM) to trust beside the operating system's.
    pub ca_file: Option<PathBuf>,
    /// Whether answers reach us (by IMAP or a webhook): a question never goes out where this is false.
    #[serde(default = "yes")]
    pub two_way: bool,
    /// Overrides of its policy.
    #[serde(default)]
    pub policy: PolicySettings,
}

fn yes() -> bool {
    true
}

impl SmtpSettings {
    pub(super) fn build(&self, base: Base, faults: &mut Faults<'_>) -> Option<Smtp> {
        let provider = Policy {
            channels: vec![Channel::Email],
            two_way: self.two_way,
            sender: Some(self.sender.clone()),
            max_characters: 100_000,
            max_segments: u32::MAX,
            in_flight: 4,
            ..Policy::default()
        };
        let policy = faults.policy(&self.policy, provider);
        let on_this_machine = self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        if self.tls == SmtpTls::None && !on_this_machine {
            faults.add("tls", "none is for a server on this machine only");
        }
        let password = faults.secret("password", self.password.as_ref(), self.password_file.as_ref());
        if self.username.is_some() != password.is_some() {
            faults.add("username", "username and password belong together");
        }
        let timeout = faults.timeout("timeout_seconds", self.timeout_seconds, 14);
        let sender = mailbox(&self.sender).map_err(|_| {
            faults.add("sender", "is not a mailbox such as Oak Surgery <messages@oak.example>");
        });
        let bounces_to = self
            .bounces_to
            .as_ref()
            .map(|text| text.parse::<lettre::Address>().map_err(|_| faults.add("bounces_to", "is not an address")));
        let config = self.trust(faults)?;
        let sender = sender.ok()?;
        let envelope_from = bounces_to.unwrap_or_else(|| Ok(sender.email.clone())).ok()?;
        let dialler = Dialler {
            host: self.host.clone(),
            port: self.port.unwrap_or(match self.tls {
                SmtpTls::Implicit => 465,
                SmtpTls::Starttls => 587,
                SmtpTls::None => 25,
            }),
            tls: self.tls,
            config,
            credentials: self
                .username
                .clone()
                .zip(password)
                .map(|(user, password)| Credentials::new(user, password.expose().to_owned())),
            hello: self.hello_name.clone().map_or_else(ClientId::default, ClientId::Domain),
        };
        Some(Smtp::new(base.with(policy), dialler, sender, envelope_from, timeout))
    }

    fn trust(&self, faults: &mut Faults<'_>) -> Option<Arc<rustls::ClientConfig>> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let extra = match &self.ca_file {
            None => Vec::new(),
            Some(file) => faults.certificates("ca_file", file)?,
        };
        let verifier = if self.tls == SmtpTls::None {
            None
        } else {
            let made = Verifier::new_with_extra_roots(extra, Arc::clone(&provider));
            Some(
                made.map_err(|_| {
                    faults.add("tls", "no trust store: is the package ca-certificates installed?");
                })
                .ok()?,
            )
        };
        let builder = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| faults.add("tls", error))
            .ok()?;
        let config = match verifier {
            Some(verifier) => {
                builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth()
            }
            None => builder.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth(),
        };
        Some(Arc::new(config))
    }
}

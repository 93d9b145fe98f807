//! What can be wrong in a gateway's settings, and the checks that every kind of gateway shares.

use std::{
    fmt,
    path::{Path, PathBuf},
    time::Duration,
};

use rustls::pki_types::{CertificateDer, pem::PemObject};

use super::{
    Policy, PolicySettings,
    client::{CALL_TIMEOUT, Client, is_loopback},
};
use crate::secret::{Secret, from_value_or_file};

/// One thing that is wrong in a gateway's settings. Names the setting, never its value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("gateways.{gateway}.{field}: {problem}")]
pub struct SettingsFault {
    /// The gateway's name.
    pub gateway: String,
    /// The setting, dotted.
    pub field: String,
    /// What is wrong and what would be right.
    pub problem: String,
}

/// Collects the faults of one gateway while it is built.
pub(super) struct Faults<'a> {
    gateway: &'a str,
    pub(super) found: Vec<SettingsFault>,
}

impl<'a> Faults<'a> {
    pub(super) fn new(gateway: &'a str) -> Self {
        Self { gateway, found: Vec::new() }
    }

    pub(super) fn add(&mut self, field: &str, problem: impl fmt::Display) {
        self.found.push(SettingsFault {
            gateway: self.gateway.to_owned(),
            field: field.to_owned(),
            problem: problem.to_string(),
        });
    }

    /// A secret that may be left out.
    pub(super) fn secret(&mut self, field: &str, value: Option<&Secret>, file: Option<&PathBuf>) -> Option<Secret> {
        match from_value_or_file(value, file.map(PathBuf::as_path)) {
            Ok(secret) => secret,
            Err(error) => {
                self.add(field, error);
                None
            }
        }
    }

    /// A secret that must be there. The empty stand-in is never used: the fault stops the build.
    pub(super) fn needed_secret(&mut self, field: &str, value: Option<&Secret>, file: Option<&PathBuf>) -> Secret {
        if value.is_none() && file.is_none() {
            self.add(field, format!("is missing (or {field}_file)"));
        }
        self.secret(field, value, file).unwrap_or_else(|| Secret::new(""))
    }

    /// The keys that are valid for what comes in: the present one and, during a rotation, the old one.
    pub(super) fn keys(&mut self, field: &str, sources: &[(Option<&Secret>, Option<&PathBuf>)]) -> Vec<Secret> {
        let mut keys = Vec::new();
        for (value, file) in sources {
            if let Some(key) = self.secret(field, *value, *file) {
                if key.expose().len() < 16 {
                    self.add(field, "is too short: at least 16 characters");
                }
                keys.push(key);
            }
        }
        keys
    }

    pub(super) fn policy(&mut self, settings: &PolicySettings, provider: Policy) -> Policy {
        settings.apply(provider).unwrap_or_else(|faults| {
            for (field, problem) in faults {
                self.add(field, problem);
            }
            Policy::default()
        })
    }

    /// An `https` address, or plain `http` to this machine itself.
    pub(super) fn url(&mut self, field: &str, text: &str) -> Option<reqwest::Url> {
        let Ok(url) = reqwest::Url::parse(text) else {
            self.add(field, "is not an address");
            return None;
        };
        if url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url)) {
            return Some(url);
        }
        self.add(field, "must begin with https:// (http:// is for this machine itself only)");
        None
    }

    /// The time limit of a call. R4 of the assurance list wants every attempt over within 30 seconds.
    pub(super) fn timeout(&mut self, field: &str, seconds: Option<u64>, longest: u64) -> Duration {
        match seconds {
            None => CALL_TIMEOUT.min(Duration::from_secs(longest)),
            Some(seconds) if (1..=longest).contains(&seconds) => Duration::from_secs(seconds),
            Some(_) => {
                self.add(field, format!("must be 1 to {longest}"));
                CALL_TIMEOUT
            }
        }
    }

    /// The certificates in a PEM file.
    pub(super) fn certificates(&mut self, field: &str, file: &Path) -> Option<Vec<CertificateDer<'static>>> {
        match CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>) {
            Ok(certificates) if !certificates.is_empty() => Some(certificates),
            _ => {
                self.add(field, "cannot be read as certificates in PEM form");
                None
            }
        }
    }

    /// The shared client, or one that trusts further certificates as well.
    pub(super) fn client(&mut self, field: &str, file: Option<&Path>, shared: &Client) -> Option<Client> {
        let Some(file) = file else {
            return Some(shared.clone());
        };
        let certificates = self.certificates(field, file)?;
        Client::trusting(&certificates).map_err(|error| self.add(field, error)).ok()
    }
}

//! Settings of the HTTP gateway.

use std::path::PathBuf;

use serde::Deserialize;

use super::Http;
use crate::{
    gateways::{Base, Faults, Policy, PolicySettings, client::Client, policy::is_name},
    secret::Secret,
};

/// Settings of a gateway that speaks our own form.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpSettings {
    /// Where messages are posted; a message is looked up at this address followed by `/` and its reference.
    pub url: String,
    /// The key our requests are signed with.
    pub key: Option<Secret>,
    /// A file that holds it.
    pub key_file: Option<PathBuf>,
    /// A bearer token sent along, where the gateway wants one.
    pub bearer: Option<Secret>,
    /// A file that holds it.
    pub bearer_file: Option<PathBuf>,
    /// The key that what comes in is signed with. Without one nothing is taken in.
    pub webhook_key: Option<Secret>,
    /// A file that holds it.
    pub webhook_key_file: Option<PathBuf>,
    /// During a rotation: the key that is going out of use.
    pub webhook_key_old: Option<Secret>,
    /// A file that holds it.
    pub webhook_key_old_file: Option<PathBuf>,
    /// What the signature of incoming requests covers.
    #[serde(default)]
    pub signature: SignatureForm,
    /// What in an answer proves that the gateway has the message.
    #[serde(default)]
    pub proof: Proof,
    /// The number or name messages come from.
    pub sender: Option<String>,
    /// Whether the gateway answers look-ups by our reference.
    #[serde(default = "yes")]
    pub can_be_asked: bool,
    /// The longest a call may take, in seconds (1 to 30).
    pub timeout_seconds: Option<u64>,
    /// Certificates (PEM) to trust beside the operating system's.
    pub ca_file: Option<PathBuf>,
    /// Overrides of its policy.
    #[serde(default)]
    pub policy: PolicySettings,
}

/// What the signature of an incoming request covers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignatureForm {
    /// `x-timestamp`, a dot and the raw body; refused when the time is over five minutes away.
    #[default]
    TimestampAndBody,
    /// The raw body alone, for gateways that cannot sign the time: a replay is harmless, but is not refused.
    Body,
}

/// What in an answer proves that the gateway has the message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// A 2xx with the id and status of our form.
    #[default]
    Form,
    /// Any 2xx, whatever it says: for measuring against a sink. Refused when `environment = "live"`.
    Status,
}

fn yes() -> bool {
    true
}

impl HttpSettings {
    pub(super) fn build(&self, base: Base, shared: &Client, faults: &mut Faults<'_>) -> Option<Http> {
        let provider = Policy {
            two_way: (self.webhook_key.is_some() || self.webhook_key_file.is_some())
                && !self.sender.as_deref().is_some_and(is_name),
            can_be_asked: self.can_be_asked,
            sender: self.sender.clone(),
            ..Policy::default()
        };
        let policy = faults.policy(&self.policy, provider);
        let key = faults.needed_secret("key", self.key.as_ref(), self.key_file.as_ref());
        let keys_in = faults.keys(
            "webhook_key",
            &[
                (self.webhook_key.as_ref(), self.webhook_key_file.as_ref()),
                (self.webhook_key_old.as_ref(), self.webhook_key_old_file.as_ref()),
            ],
        );
        let bearer = faults.secret("bearer", self.bearer.as_ref(), self.bearer_file.as_ref());
        let timeout = faults.timeout("timeout_seconds", self.timeout_seconds, 30);
        let client = faults.client("ca_file", self.ca_file.as_deref(), shared);
        let url = faults.url("url", &self.url)?;
        Some(Http {
            base: base.with(policy),
            client: client?,
            url,
            key,
            bearer,
            timeout,
            keys_in,
            signature: self.signature,
            proof: self.proof,
        })
    }
}

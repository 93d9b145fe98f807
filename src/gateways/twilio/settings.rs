//! Settings of the Twilio gateway.

use std::path::PathBuf;

use serde::Deserialize;

use super::Twilio;
use crate::{
    gateways::{Base, Faults, Policy, PolicySettings, client::Client, policy::is_name, webhook_path},
    secret::Secret,
};

/// Settings of a Twilio account.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TwilioSettings {
    /// The account's SID (`AC…`).
    pub account_sid: String,
    /// The account's auth token: it also signs what Twilio sends us.
    pub auth_token: Option<Secret>,
    /// A file that holds it.
    pub auth_token_file: Option<PathBuf>,
    /// During a rotation: the auth token that is going out of use, or the one coming in; both are accepted.
    pub auth_token_old: Option<Secret>,
    /// A file that holds it.
    pub auth_token_old_file: Option<PathBuf>,
    /// A shared key for webhooks, where Twilio signs them with one (HMAC-SHA256) instead of the auth token.
    pub webhook_key: Option<Secret>,
    /// A file that holds it.
    pub webhook_key_file: Option<PathBuf>,
    /// An API key's SID (`SK…`) to send with instead of the auth token.
    pub api_key_sid: Option<String>,
    /// That key's secret.
    pub api_key_secret: Option<Secret>,
    /// A file that holds it.
    pub api_key_secret_file: Option<PathBuf>,
    /// A messaging service (`MG…`) to send with.
    pub messaging_service_sid: Option<String>,
    /// A number or name to send with.
    pub sender: Option<String>,
    /// Twilio's address, for tests and for its other regions.
    #[serde(default = "address")]
    pub base_url: String,
    /// The longest a call may take, in seconds (1 to 30).
    pub timeout_seconds: Option<u64>,
    /// Certificates (PEM) to trust beside the operating system's.
    pub ca_file: Option<PathBuf>,
    /// Overrides of its policy.
    #[serde(default)]
    pub policy: PolicySettings,
}

fn address() -> String {
    "https://api.twilio.com".to_owned()
}

impl TwilioSettings {
    pub(super) fn build(
        &self,
        base: Base,
        shared: &Client,
        public_url: Option<&str>,
        faults: &mut Faults<'_>,
    ) -> Option<Twilio> {
        let provider = Policy {
            two_way: !self.sender.as_deref().is_some_and(is_name),
            can_be_asked: true,
            sender: self.sender.clone(),
            // Twilio's own limit is 1600; ours keeps texts texts.
            ..Policy::default()
        };
        let policy = faults.policy(&self.policy, provider);
        if !is_sid(&self.account_sid, "AC") {
            faults.add("account_sid", "must be AC and 32 hexadecimal digits");
        }
        if self.messaging_service_sid.as_ref().is_some_and(|sid| !is_sid(sid, "MG")) {
            faults.add("messaging_service_sid", "must be MG and 32 hexadecimal digits");
        }
        if self.messaging_service_sid.is_none() && self.sender.is_none() {
            faults.add("sender", "is missing (or messaging_service_sid)");
        }
        let token = faults.needed_secret("auth_token", self.auth_token.as_ref(), self.auth_token_file.as_ref());
        let signing_tokens = faults.keys(
            "auth_token",
            &[
                (self.auth_token.as_ref(), self.auth_token_file.as_ref()),
                (self.auth_token_old.as_ref(), self.auth_token_old_file.as_ref()),
                (self.webhook_key.as_ref(), self.webhook_key_file.as_ref()),
            ],
        );
        let key = faults.secret("api_key_secret", self.api_key_secret.as_ref(), self.api_key_secret_file.as_ref());
        let (user, password) = match (self.api_key_sid.clone(), key) {
            (Some(sid), Some(secret)) => (sid, secret),
            (None, None) => (self.account_sid.clone(), token),
            _ => {
                faults.add("api_key_sid", "api_key_sid and api_key_secret belong together");
                return None;
            }
        };
        let Some(public_url) = public_url.map(|url| url.trim_end_matches('/').to_owned()) else {
            faults.add("kind", "needs the installation's public address: Twilio signs with it");
            return None;
        };
        let timeout = faults.timeout("timeout_seconds", self.timeout_seconds, 30);
        let client = faults.client("ca_file", self.ca_file.as_deref(), shared)?;
        let address = format!("{}/2010-04-01/Accounts/{}/Messages.json", self.base_url, self.account_sid);
        Some(Twilio {
            messages_url: faults.url("base_url", &address)?,
            callback: format!("{public_url}{}", webhook_path(&base.name)),
            base: base.with(policy),
            client,
            user,
            password,
            service: self.messaging_service_sid.clone(),
            public_url,
            signing_tokens,
            timeout,
        })
    }
}

fn is_sid(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix).is_some_and(|rest| rest.len() == 32 && rest.bytes().all(|b| b.is_ascii_hexdigit()))
}

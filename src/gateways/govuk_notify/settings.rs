//! Settings of the GOV.UK Notify gateway.

use std::path::PathBuf;

use serde::Deserialize;

use super::GovukNotify;
use crate::{
    gateways::{Base, Faults, Policy, PolicySettings, client::Client},
    secret::Secret,
};

/// Settings of a GOV.UK Notify service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GovukNotifySettings {
    /// The whole API key as Notify shows it: name, service id and secret, joined by hyphens.
    pub api_key: Option<Secret>,
    /// A file that holds it.
    pub api_key_file: Option<PathBuf>,
    /// The template whose whole text is `((body))`.
    pub template_id: String,
    /// The id of one of the service's text message senders; without it the service's default is used.
    pub sender: Option<String>,
    /// The bearer token of both callbacks. Without one nothing is taken in.
    pub callback_token: Option<Secret>,
    /// A file that holds it.
    pub callback_token_file: Option<PathBuf>,
    /// During a rotation: the token that is going out of use.
    pub callback_token_old: Option<Secret>,
    /// A file that holds it.
    pub callback_token_old_file: Option<PathBuf>,
    /// Whether people can text the service (an inbound number is set up).
    #[serde(default)]
    pub two_way: bool,
    /// Notify's address, for tests.
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
    "https://api.notifications.service.gov.uk/".to_owned()
}

impl GovukNotifySettings {
    pub(super) fn build(&self, base: Base, shared: &Client, faults: &mut Faults<'_>) -> Option<GovukNotify> {
        let provider = Policy {
            two_way: self.two_way,
            can_be_asked: true,
            sender: self.sender.clone(),
            // 3,000 a minute is Notify's limit.
            rate_per_second: 50.0,
            in_flight: 16,
            max_characters: 918,
            // Its characters outside the alphabet are the Welsh ones alone, which the adapter checks itself.
            ucs2_allowed: true,
            ..Policy::default()
        };
        let policy = faults.policy(&self.policy, provider);
        if policy.max_characters > 918 {
            faults.add("policy.max_characters", "GOV.UK Notify sends 918 at most");
        }
        if !is_uuid(&self.template_id) {
            faults.add("template_id", "must be the template's id (a UUID)");
        }
        if self.sender.as_ref().is_some_and(|sender| !is_uuid(sender)) {
            faults.add("sender", "must be the id of a text message sender (a UUID)");
        }
        let key = faults.needed_secret("api_key", self.api_key.as_ref(), self.api_key_file.as_ref());
        let bearers = faults.keys(
            "callback_token",
            &[
                (self.callback_token.as_ref(), self.callback_token_file.as_ref()),
                (self.callback_token_old.as_ref(), self.callback_token_old_file.as_ref()),
            ],
        );
        if self.two_way && bearers.is_empty() {
            faults.add("callback_token", "is needed to receive texts");
        }
        let timeout = faults.timeout("timeout_seconds", self.timeout_seconds, 30);
        let client = faults.client("ca_file", self.ca_file.as_deref(), shared)?;
        let url = faults.url("base_url", &self.base_url)?;
        let Some((service_id, secret)) = parts(key.expose()) else {
            if !key.expose().is_empty() {
                faults.add("api_key", "must be the whole key: name, service id and secret joined by hyphens");
            }
            return None;
        };
        Some(GovukNotify {
            service_id: service_id.to_owned(),
            key: Secret::new(secret),
            base: base.with(policy),
            client,
            url,
            template_id: self.template_id.clone(),
            bearers,
            timeout,
        })
    }
}

/// The service id and the secret at the end of a key: `{name}-{service id}-{secret}`.
fn parts(key: &str) -> Option<(&str, &str)> {
    let secret_at = key.len().checked_sub(36)?;
    let service_at = key.len().checked_sub(73)?;
    let (service, secret) = (key.get(service_at..secret_at)?.strip_suffix('-')?, key.get(secret_at..)?);
    (is_uuid(service) && is_uuid(secret)).then_some((service, secret))
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_taken_apart_from_its_end() {
        let (service, secret) = ("26785a09-ab16-4eb0-8407-a37497a57506", "3d844edf-8d35-48ac-975b-e847b4f122b0");
        assert_eq!(parts(&format!("my-test-key-{service}-{secret}")), Some((service, secret)));
        for broken in ["", "short", secret, &format!("name-{service}-{secret}x"), &format!("{service}{secret}")] {
            assert_eq!(parts(broken), None, "{broken}");
        }
    }
}

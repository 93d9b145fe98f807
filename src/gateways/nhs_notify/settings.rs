//! Settings of the NHS Notify gateway.

use std::path::PathBuf;

use serde::Deserialize;
use tokio::sync::Mutex;

use super::{
    NhsNotify,
    auth::{Tokens, rsa_key},
};
use crate::{
    domain::{calendar::BankHolidays, delivery::Channel},
    gateways::{Base, DeliveryHours, Faults, Policy, PolicySettings, client::Client},
    secret::Secret,
};

/// Settings of an NHS Notify client.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NhsNotifySettings {
    /// How texts travel; without it the gateway carries none.
    pub text: Option<TextRoute>,
    /// How emails travel; without it the gateway carries none.
    pub email: Option<EmailRoute>,
    /// The application's API key on the NHS API platform. Only the open sandbox works without one.
    pub api_key: Option<Secret>,
    /// A file that holds it.
    pub api_key_file: Option<PathBuf>,
    /// The id (`kid`) of the registered public key.
    pub key_id: Option<String>,
    /// The private key (RSA, PEM) that belongs to it.
    pub private_key: Option<Secret>,
    /// A file that holds it.
    pub private_key_file: Option<PathBuf>,
    /// The application's id, which is part of the callbacks' signing secret.
    pub application_id: Option<String>,
    /// The API key NHS Notify sends with callbacks. Without one nothing is taken in.
    pub callback_key: Option<Secret>,
    /// A file that holds it.
    pub callback_key_file: Option<PathBuf>,
    /// During a rotation: the callback key that is going out of use.
    pub callback_key_old: Option<Secret>,
    /// A file that holds it.
    pub callback_key_old_file: Option<PathBuf>,
    /// The practice's ODS code, where the client may set it (NHS App messages).
    pub ods_code: Option<String>,
    /// NHS Notify's address.
    #[serde(default = "address")]
    pub base_url: String,
    /// The address of the platform's token endpoint.
    #[serde(default = "token_address")]
    pub token_url: String,
    /// The longest a call may take, in seconds (1 to 15: a send may need two).
    pub timeout_seconds: Option<u64>,
    /// Certificates (PEM) to trust beside the operating system's.
    pub ca_file: Option<PathBuf>,
    /// Overrides of its policy.
    #[serde(default)]
    pub policy: PolicySettings,
}

/// How a text travels. Through the NHS App first only where the practice chooses so, and to people named by NHS number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextRoute {
    /// As a text.
    Text,
    /// In the NHS App alone.
    App,
    /// In the NHS App, and as a text when unread after four hours.
    #[serde(rename = "app_then_text_4h")]
    AppThenText4h,
    /// In the NHS App, and as a text when unread after a day.
    #[serde(rename = "app_then_text_24h")]
    AppThenText24h,
}

impl TextRoute {
    /// The global free-text routing plan.
    pub(super) fn plan(self) -> &'static str {
        match self {
            Self::App => "00000000-0000-0000-0000-000000000001",
            Self::Text => "00000000-0000-0000-0000-000000000003",
            Self::AppThenText24h => "00000000-0000-0000-0000-000000000006",
            Self::AppThenText4h => "00000000-0000-0000-0000-000000000007",
        }
    }

    /// The route and those that take less time, with the hours after which each comes as a text.
    pub(super) fn and_quicker(self) -> &'static [(Self, i64)] {
        match self {
            Self::App => &[(Self::App, 0)],
            Self::Text => &[(Self::Text, 0)],
            Self::AppThenText4h => &[(Self::AppThenText4h, 4), (Self::Text, 0)],
            Self::AppThenText24h => &[(Self::AppThenText24h, 24), (Self::AppThenText4h, 4), (Self::Text, 0)],
        }
    }
}

/// How an email travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmailRoute {
    /// As an email.
    Email,
    /// In the NHS App, and as an email when unread after four hours.
    #[serde(rename = "app_then_email_4h")]
    AppThenEmail4h,
    /// In the NHS App, and as an email when unread after a day.
    #[serde(rename = "app_then_email_24h")]
    AppThenEmail24h,
}

impl EmailRoute {
    /// The global free-text routing plan.
    pub(super) fn plan(self) -> &'static str {
        match self {
            Self::Email => "00000000-0000-0000-0000-000000000002",
            Self::AppThenEmail24h => "00000000-0000-0000-0000-000000000004",
            Self::AppThenEmail4h => "00000000-0000-0000-0000-000000000005",
        }
    }

    /// The route and those that take less time, with the hours after which each comes as an email.
    pub(super) fn and_quicker(self) -> &'static [(Self, i64)] {
        match self {
            Self::Email => &[(Self::Email, 0)],
            Self::AppThenEmail4h => &[(Self::AppThenEmail4h, 4), (Self::Email, 0)],
            Self::AppThenEmail24h => &[(Self::AppThenEmail24h, 24), (Self::AppThenEmail4h, 4), (Self::Email, 0)],
        }
    }
}

fn address() -> String {
    "https://api.service.nhs.uk/comms".to_owned()
}

fn token_address() -> String {
    "https://api.service.nhs.uk/oauth2/token".to_owned()
}

impl NhsNotifySettings {
    pub(super) fn build(&self, base: Base, shared: &Client, faults: &mut Faults<'_>) -> Option<NhsNotify> {
        let channels: Vec<_> =
            [self.text.map(|_| Channel::Sms), self.email.map(|_| Channel::Email)].into_iter().flatten().collect();
        if channels.is_empty() {
            faults.add("text", "choose how texts or emails travel (text = \"text\", email = \"email\")");
        }
        let provider = Policy {
            channels,
            two_way: false,
            can_be_asked: true,
            repeats_only_here: true,
            // It delivers on weekdays from 8 to 18 only; otherwise a message waits in its queue, out of our sight. What comes
            // to it in the last minutes would do so as well: it looks people up first. Whether a bank holiday is a weekday it
            // does not say: it is taken for none.
            hours: Some(DeliveryHours {
                from_minute: 8 * 60,
                to_minute: 17 * 60 + 45,
                weekdays_only: true,
                bank_holidays: false,
            }),
            ..Policy::default()
        };
        let policy = faults.policy(&self.policy, provider);
        let callback_keys = faults.keys(
            "callback_key",
            &[
                (self.callback_key.as_ref(), self.callback_key_file.as_ref()),
                (self.callback_key_old.as_ref(), self.callback_key_old_file.as_ref()),
            ],
        );
        if !callback_keys.is_empty() && self.application_id.is_none() {
            faults.add("application_id", "is needed to check callbacks");
        }
        let timeout = faults.timeout("timeout_seconds", self.timeout_seconds, 15);
        let url = faults.url("base_url", &format!("{}/v1/messages", self.base_url.trim_end_matches('/')));
        let open = url.as_ref().is_some_and(|url| url.host_str() == Some("sandbox.api.service.nhs.uk"));
        let tokens = if open && self.api_key.is_none() && self.api_key_file.is_none() {
            None
        } else {
            Some(self.tokens(timeout, faults)?)
        };
        let client = faults.client("ca_file", self.ca_file.as_deref(), shared)?;
        Some(NhsNotify {
            base: base.with(policy),
            client,
            url: url?,
            tokens,
            text_route: self.text,
            email_route: self.email,
            ods_code: self.ods_code.clone(),
            application_id: self.application_id.clone().unwrap_or_default(),
            callback_keys,
            timeout,
            bank_holidays: BankHolidays::shipped(),
        })
    }

    fn tokens(&self, timeout: std::time::Duration, faults: &mut Faults<'_>) -> Option<Tokens> {
        let api_key = faults.needed_secret("api_key", self.api_key.as_ref(), self.api_key_file.as_ref());
        let pem = faults.needed_secret("private_key", self.private_key.as_ref(), self.private_key_file.as_ref());
        let key = rsa_key(pem.expose());
        if key.is_none() && !pem.expose().is_empty() {
            faults.add("private_key", "must be an RSA key of 2048 bits or more in PEM form");
        }
        if self.key_id.is_none() {
            faults.add("key_id", "is missing");
        }
        Some(Tokens {
            url: faults.url("token_url", &self.token_url)?,
            api_key: api_key.expose().to_owned(),
            key_id: self.key_id.clone()?,
            key: key?,
            timeout,
            present: Mutex::new(None),
        })
    }
}

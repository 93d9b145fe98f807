//! Settings of a gateway that is described in configuration alone. Worked examples stand in `config/gateways/`.

use std::{collections::BTreeMap, path::PathBuf};

use serde::Deserialize;

use super::{
    Generic, Receiving, Sending,
    template::{Place, Template},
};
use crate::{
    gateways::{Base, Faults, Policy, PolicySettings, client::Client, policy::is_name, webhook_path},
    secret::Secret,
};

/// A gateway described in configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenericSettings {
    /// The number or name messages come from.
    pub sender: Option<String>,
    /// Named secrets, used as `{secret.NAME}` and for webhooks.
    #[serde(default)]
    pub secrets: BTreeMap<String, Secret>,
    /// Named secrets kept in files.
    #[serde(default)]
    pub secret_files: BTreeMap<String, PathBuf>,
    /// The request that sends one text, and what its answer means.
    pub send: SendSettings,
    /// How what comes in proves where it comes from. Without it nothing is taken in.
    pub webhook: Option<WebhookAuth>,
    /// How a receipt is read.
    pub receipt: Option<ReceiptFields>,
    /// How a text from a person is read.
    pub inbound: Option<InboundFields>,
    /// Whether people can answer; by default where `inbound` is described.
    pub two_way: Option<bool>,
    /// The longest a call may take, in seconds (1 to 30).
    pub timeout_seconds: Option<u64>,
    /// Certificates (PEM) to trust beside the operating system's.
    pub ca_file: Option<PathBuf>,
    /// Overrides of its policy.
    #[serde(default)]
    pub policy: PolicySettings,
}

/// The request that sends a text.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SendSettings {
    /// POST unless said otherwise.
    #[serde(default)]
    pub method: SendMethod,
    /// The address, with placeholders.
    pub url: String,
    /// How values are written in the body.
    #[serde(default)]
    pub encoding: Encoding,
    /// The body, with placeholders.
    #[serde(default)]
    pub body: String,
    /// Further headers, with placeholders.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// What proves that the gateway has the message.
    pub success: SuccessRule,
    /// Where in the JSON answer the code of a refusal stands (a JSON pointer such as `/messages/0/status`; `*` is the first).
    pub error_code: Option<String>,
    /// What the codes mean. A code that is not listed proves nothing.
    #[serde(default)]
    pub errors: BTreeMap<String, Meaning>,
}

/// The verb of the request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub enum SendMethod {
    /// POST.
    #[default]
    #[serde(rename = "POST")]
    Post,
    /// PUT.
    #[serde(rename = "PUT")]
    Put,
    /// GET: for old gateways; the text then stands in their logs.
    #[serde(rename = "GET")]
    Get,
}

/// How the body is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// `application/x-www-form-urlencoded`.
    #[default]
    Form,
    /// `application/json`.
    Json,
}

/// What proves success. Every answer must be 2xx and JSON as well.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuccessRule {
    /// Where to look (a JSON pointer). A step `*` stands for each member of a list, as in `/messages/*/status` for a long text
    /// that is answered part by part: each must prove it, and a text that was taken in part is a person's matter.
    pub pointer: String,
    /// What must stand there; without it anything but null or an empty text will do.
    pub equals: Option<String>,
    /// Where the provider's id of the message stands.
    pub id: Option<String>,
}

/// What a refusal's code means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// Too fast, or no credit for the moment: later.
    Throttled,
    /// Not now, for another reason: later.
    Temporary,
    /// Never, whatever the number.
    Permanent,
    /// This number cannot receive.
    BadAddress,
    /// This person opted out at the provider.
    OptedOut,
    /// Credentials, sender or account: a person must mend it.
    NotConfigured,
    /// It may have been sent.
    Unknown,
}

/// How what comes in proves where it comes from. Names stand for entries of `secrets`; any of them is accepted.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "auth", rename_all = "snake_case", deny_unknown_fields)]
pub enum WebhookAuth {
    /// A header holds the HMAC-SHA256 of the raw body in hex.
    HmacBody {
        /// The header.
        header: String,
        /// The keys.
        keys: Vec<String>,
    },
    /// `Authorization: Bearer …`.
    Bearer {
        /// The tokens.
        keys: Vec<String>,
    },
    /// `Authorization: Basic …`.
    Basic {
        /// The user's name.
        user: String,
        /// The passwords.
        keys: Vec<String>,
    },
    /// A parameter of the webhook's address holds a token: for providers that sign nothing.
    QueryToken {
        /// The parameter.
        parameter: String,
        /// The tokens.
        keys: Vec<String>,
    },
}

/// Names of fields in a receipt: form fields, query parameters or top-level JSON members.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptFields {
    /// The provider's id.
    pub id: Option<String>,
    /// Our reference.
    pub reference: Option<String>,
    /// The status.
    pub status: String,
    /// The detail code of a failure.
    pub code: Option<String>,
    /// What the status words mean.
    pub statuses: BTreeMap<String, ReceiptStatus>,
    /// Detail codes that say that the number itself is at fault.
    #[serde(default)]
    pub permanent_codes: Vec<String>,
    /// Detail codes that say that the person opted out there.
    #[serde(default)]
    pub opted_out_codes: Vec<String>,
}

/// What a status word means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptStatus {
    /// The gateway has it.
    Accepted,
    /// The network has it.
    Sent,
    /// The handset has it.
    Delivered,
    /// Not delivered; the detail code says whether for good.
    Undelivered,
    /// Given up by the gateway.
    Failed,
    /// Stopped because the person opted out there.
    OptedOut,
}

/// Names of fields in a text from a person.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InboundFields {
    /// The provider's id. Providers without one repeat the same bytes: then their hash serves.
    pub id: Option<String>,
    /// The sender.
    pub from: String,
    /// The number written to.
    pub to: Option<String>,
    /// The text. What has this field is a text from a person; anything else is a receipt.
    pub text: String,
}

impl GenericSettings {
    pub(super) fn build(
        &self,
        base: Base,
        shared: &Client,
        public_url: Option<&str>,
        faults: &mut Faults<'_>,
    ) -> Option<Generic> {
        let provider = Policy {
            two_way: self.two_way.unwrap_or(self.inbound.is_some() && !self.sender.as_deref().is_some_and(is_name)),
            sender: self.sender.clone(),
            ..Policy::default()
        };
        let policy = faults.policy(&self.policy, provider);
        if self.two_way == Some(true) && self.inbound.is_none() {
            faults.add("inbound", "is needed to receive texts");
        }
        if self.webhook.is_none() && (self.inbound.is_some() || self.receipt.is_some()) {
            faults.add("webhook", "is needed: what comes in must prove where it comes from");
        }
        let secrets = self.named_secrets(faults);
        let receiving = self.webhook.clone().map(|auth| self.receiving(auth, &secrets, faults));
        let sending = self.sending(&secrets, faults);
        let timeout = faults.timeout("timeout_seconds", self.timeout_seconds, 30);
        let client = faults.client("ca_file", self.ca_file.as_deref(), shared)?;
        let callback = public_url.map(|url| format!("{}{}", url.trim_end_matches('/'), webhook_path(&base.name)));
        Some(Generic {
            base: base.with(policy),
            client,
            sending: sending?,
            receiving,
            callback: callback.unwrap_or_default(),
            timeout,
        })
    }

    fn named_secrets(&self, faults: &mut Faults<'_>) -> BTreeMap<String, Secret> {
        let names = self.secrets.keys().chain(self.secret_files.keys());
        let found = names.filter_map(|name| {
            let field = format!("secrets.{name}");
            let secret = faults.secret(&field, self.secrets.get(name), self.secret_files.get(name))?;
            Some((name.clone(), secret))
        });
        found.collect()
    }

    fn sending(&self, secrets: &BTreeMap<String, Secret>, faults: &mut Faults<'_>) -> Option<Sending> {
        let send = &self.send;
        // Checked with the placeholders in: they must not stand in the host's place.
        faults.url("send.url", &send.url)?;
        let place = if send.encoding == Encoding::Json { Place::Json } else { Place::Form };
        let mut template = |field: &str, text: &str, place| {
            Template::parse(text, place, secrets).map_err(|problem| faults.add(field, problem)).ok()
        };
        let url = template("send.url", &send.url, Place::Form);
        let body = template("send.body", &send.body, place);
        let mut headers = Vec::new();
        for (name, text) in &send.headers {
            headers.push((name.clone(), template("send.headers", text, Place::Header)?));
        }
        if headers.iter().any(|(name, _)| reqwest::header::HeaderName::try_from(name.as_str()).is_err()) {
            faults.add("send.headers", "holds a name that is no header");
        }
        Some(Sending { url: url?, body: body?, headers, rules: send.clone() })
    }

    fn receiving(&self, auth: WebhookAuth, secrets: &BTreeMap<String, Secret>, faults: &mut Faults<'_>) -> Receiving {
        let (WebhookAuth::HmacBody { keys: names, .. }
        | WebhookAuth::Bearer { keys: names }
        | WebhookAuth::Basic { keys: names, .. }
        | WebhookAuth::QueryToken { keys: names, .. }) = &auth;
        if names.is_empty() {
            faults.add("webhook.keys", "is empty");
        }
        let mut keys = Vec::new();
        for name in names {
            match secrets.get(name) {
                Some(key) if key.expose().len() >= 16 => keys.push(key.clone()),
                Some(_) => faults.add("webhook.keys", "is too short: at least 16 characters"),
                None => faults.add("webhook.keys", format!("names no secret: {name}")),
            }
        }
        Receiving { auth, keys, receipt: self.receipt.clone(), inbound: self.inbound.clone() }
    }
}

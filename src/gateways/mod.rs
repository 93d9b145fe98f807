//! The outside message world: every gateway behind one interface.
//!
//! A gateway is a replaceable pipe. It knows its provider's forms, codes and signatures, and nothing of schedules,
//! consent or records: those are decided above, and the record is kept elsewhere.

mod client;
mod exchange;
mod faults;
mod form_data;
pub mod generic;
pub mod govuk_notify;
pub mod http;
pub mod imap;
mod mail_in;
mod message;
pub mod nhs_notify;
mod policy;
pub mod sandbox;
mod set;
mod settings;
mod signature;
pub mod smtp;
mod tls;
pub mod twilio;
mod webhook;

use std::{sync::Arc, time::Duration};

use tokio::sync::{Semaphore, SemaphorePermit};

pub use client::install_tls_provider;
pub use exchange::Exchange;
use exchange::Private;
use faults::Faults;
pub use faults::SettingsFault;
pub use mail_in::MailIn;
pub use message::{Accepted, LookUp, OutboundMessage};
pub use policy::{DeliveryHours, HoursSettings, Policy, PolicySettings};
pub use set::{Gateways, Surroundings};
pub use settings::GatewaySettings;
pub use signature::to_hex;
pub use tls::MailTls;
pub use webhook::{Forged, ParseError, Received, WebhookRequest};

/// Whether GOV.UK Notify and NHS Notify send a text unchanged, of so many characters at most.
pub fn notify_takes(text: &str, longest: u32) -> Result<(), crate::domain::delivery::SendFailure> {
    govuk_notify::characters::check(text, longest)
}

use crate::domain::delivery::SendFailure;

/// No attempt lasts longer, whatever a gateway does.
const LONGEST_ATTEMPT: Duration = Duration::from_secs(30);

/// The time in UTC milliseconds: gateways never read a clock of their own.
pub type NowMs = Arc<dyn Fn() -> i64 + Send + Sync>;

/// A configured gateway.
pub enum Gateway {
    /// Sends nothing.
    Sandbox(sandbox::Sandbox),
    /// Speaks our own JSON form.
    Http(http::Http),
    /// A mail server.
    Smtp(Box<smtp::Smtp>),
    /// Twilio.
    Twilio(twilio::Twilio),
    /// GOV.UK Notify.
    GovukNotify(govuk_notify::GovukNotify),
    /// NHS Notify.
    NhsNotify(Box<nhs_notify::NhsNotify>),
    /// Described in configuration.
    Generic(Box<generic::Generic>),
}

/// The path under the installation's public address at which a gateway's provider reaches us.
pub fn webhook_path(gateway: &str) -> String {
    format!("/webhooks/{gateway}")
}

/// What every gateway has.
pub struct Base {
    name: String,
    policy: Policy,
    now_ms: NowMs,
    places: Semaphore,
}

impl Base {
    fn new(name: &str, now_ms: &NowMs) -> Self {
        let policy = Policy::default();
        let places = Semaphore::new(policy.in_flight);
        Self { name: name.to_owned(), policy, now_ms: Arc::clone(now_ms), places }
    }

    fn with(self, policy: Policy) -> Self {
        Self { places: Semaphore::new(policy.in_flight), policy, ..self }
    }

    fn now(&self) -> i64 {
        (self.now_ms)()
    }

    fn sender(&self, message: &OutboundMessage) -> Option<String> {
        message.sender.clone().or_else(|| self.policy.sender.clone())
    }
}

/// The question "what became of this message?".
struct Ask<'a> {
    reference: &'a str,
    to: &'a str,
    sent_after_ms: i64,
    text: &'a str,
}

/// What a kind of gateway implements; [`Gateway`] does the checks that all share.
trait Adapter {
    fn base(&self) -> &Base;
    async fn send(&self, message: &OutboundMessage) -> Result<Accepted, SendFailure>;
    async fn look_up(&self, ask: &Ask<'_>) -> Result<LookUp, SendFailure>;
    fn verify(&self, request: &WebhookRequest<'_>) -> Result<(), Forged>;
    fn parse(&self, request: &WebhookRequest<'_>) -> Result<Vec<Received>, ParseError>;
}

macro_rules! each {
    ($gateway:expr, $adapter:ident => $body:expr) => {
        match $gateway {
            Gateway::Sandbox($adapter) => $body,
            Gateway::Http($adapter) => $body,
            Gateway::Smtp($adapter) => $body,
            Gateway::Twilio($adapter) => $body,
            Gateway::GovukNotify($adapter) => $body,
            Gateway::NhsNotify($adapter) => $body,
            Gateway::Generic($adapter) => $body,
        }
    };
}

impl Gateway {
    /// The name it has in the configuration.
    pub fn name(&self) -> &str {
        each!(self, g => &g.base().name)
    }

    /// What it may be used for.
    pub fn policy(&self) -> &Policy {
        each!(self, g => &g.base().policy)
    }

    /// The status code (of the 2xx) by which the provider's documentation has its webhooks answered.
    pub fn answer_when_taken(&self) -> u16 {
        if matches!(self, Self::NhsNotify(_)) { 202 } else { 200 }
    }

    /// A place among the calls that this process may have under way with it at once (`policy.in_flight`).
    pub async fn place(&self) -> Option<SemaphorePermit<'_>> {
        // It is never closed.
        each!(self, g => g.base().places.acquire().await.ok())
    }

    /// Hands one message over. `Ok` only when the gateway proved that it has it; the answer is bounded in time and size.
    ///
    /// A message past its `valid_until_ms` is refused here as [`SendFailure::Expired`].
    pub async fn send(&self, message: &OutboundMessage) -> Result<Accepted, SendFailure> {
        self.send_logged(message).await.0
    }

    /// The same, with what was exchanged on the way.
    pub async fn send_logged(&self, message: &OutboundMessage) -> (Result<Accepted, SendFailure>, Vec<Exchange>) {
        let now_ms = each!(self, g => &g.base().now_ms);
        exchange::recorded(now_ms, Private::of(message), self.send_checked(message)).await
    }

    async fn send_checked(&self, message: &OutboundMessage) -> Result<Accepted, SendFailure> {
        if !self.policy().channels.contains(&message.channel) {
            return Err(SendFailure::NotConfigured);
        }
        let now = each!(self, g => g.base().now());
        if message.valid_until_ms.is_some_and(|until| until <= now) {
            return Err(SendFailure::Expired);
        }
        // Each call has its own limits; this one holds for a send that needs several.
        // On the heap: each call is a task of its own, and a task need not be as large as the largest adapter.
        let attempt = async { each!(self, g => Box::pin(g.send(message)).await) };
        tokio::time::timeout(LONGEST_ATTEMPT, attempt).await.unwrap_or(Err(SendFailure::TimedOut))
    }

    /// Asks what became of a message whose outcome is unknown.
    ///
    /// Providers that know no reference of ours are asked by recipient and time, and `text` must match exactly.
    /// Ask only when the failed call has certainly ended (after its time limit), or it may still arrive after the answer.
    pub async fn look_up(
        &self,
        reference: &str,
        to: &str,
        sent_after_ms: i64,
        text: &str,
    ) -> Result<LookUp, SendFailure> {
        self.look_up_logged(reference, to, sent_after_ms, text).await.0
    }

    /// The same, with what was exchanged on the way.
    pub async fn look_up_logged(
        &self,
        reference: &str,
        to: &str,
        sent_after_ms: i64,
        text: &str,
    ) -> (Result<LookUp, SendFailure>, Vec<Exchange>) {
        let ask = Ask { reference, to, sent_after_ms, text };
        let now_ms = each!(self, g => &g.base().now_ms);
        let private = Private::of_look_up(reference, to, text);
        exchange::recorded(now_ms, private, Box::pin(async { each!(self, g => g.look_up(&ask).await) })).await
    }

    /// The way in for answers by mail, for a gateway that carries mail.
    pub fn mail_in(&self) -> Option<&MailIn> {
        match self {
            Self::Smtp(smtp) => Some(smtp.mail_in()),
            _ => None,
        }
    }

    /// Whether the request proves that it comes from this gateway. Pure; secrets are compared in constant time.
    pub fn verify(&self, request: &WebhookRequest<'_>) -> Result<(), Forged> {
        each!(self, g => g.verify(request))
    }

    /// The values in a verified request; an empty list when it holds nothing for us. Pure.
    pub fn parse(&self, request: &WebhookRequest<'_>) -> Result<Vec<Received>, ParseError> {
        each!(self, g => g.parse(request))
    }
}

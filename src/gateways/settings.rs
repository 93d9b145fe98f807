//! A gateway's settings as they stand in the configuration.

use serde::Deserialize;

use super::{
    generic::GenericSettings, govuk_notify::GovukNotifySettings, http::HttpSettings, nhs_notify::NhsNotifySettings,
    sandbox::SandboxSettings, smtp::SmtpSettings, twilio::TwilioSettings,
};

/// One `[gateways.NAME]` table.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum GatewaySettings {
    /// Sends nothing: the demo's and the tests' gateway.
    Sandbox(Box<SandboxSettings>),
    /// An SMS gateway that speaks our own JSON form.
    Http(Box<HttpSettings>),
    /// A mail server.
    Smtp(Box<SmtpSettings>),
    /// Twilio.
    Twilio(Box<TwilioSettings>),
    /// GOV.UK Notify.
    #[serde(rename = "govuk_notify")]
    GovukNotify(Box<GovukNotifySettings>),
    /// NHS Notify.
    NhsNotify(Box<NhsNotifySettings>),
    /// A gateway described in configuration.
    Generic(Box<GenericSettings>),
}

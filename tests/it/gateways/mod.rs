//! Each gateway against a strict fake of its provider.

mod govuk_notify;
mod http;
mod http_faults;
mod http_webhooks;
mod nhs_notify;
mod postfix;
mod set;
mod smtp;
mod twilio;

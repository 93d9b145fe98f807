//! Each gateway against a strict fake of its provider.

mod command;
mod docs;
mod examples;
mod exchange;
mod forgeries;
mod generic;
mod govuk_notify;
mod http;
mod http_faults;
mod http_webhooks;
mod look_up;
mod nhs_notify;
mod postfix;
mod set;
mod smtp;
mod tls;
mod twilio;

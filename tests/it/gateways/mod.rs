//! Each gateway against a strict fake of its provider.

mod http;
mod http_faults;
mod http_webhooks;
mod postfix;
mod set;
mod smtp;

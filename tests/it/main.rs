//! The one integration binary.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests are tests"
)]

#[path = "../support/app.rs"]
mod app;
mod architecture;
mod bench;
mod contract;
mod email;
#[path = "../support/gateways/mod.rs"]
mod fake_gateways;
mod faults;
mod gateways;
mod mail_in;
mod scenarios;
mod web;

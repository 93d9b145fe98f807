//! one integration binary
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests are tests"
)]

mod architecture;
#[path = "../support/gateways/mod.rs"]
mod fake_gateways;
mod gateways;

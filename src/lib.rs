//! `between`: the text and email companion for the time between two appointments.

pub mod bench;
pub mod catalogue;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod domain;
pub mod gateways;
pub mod intake;
pub mod interchange;
pub mod outreach;
pub mod secret;
pub mod store;
pub mod telemetry;
pub mod web;
pub mod worker;

//! `between`: the text and email companion for the time between two appointments.

pub mod domain;

//! `between`: the text and email companion for the time between two appointments.

/// Shipped and practice-owned wording: loading, rendering, checking.
pub mod catalogue;
/// Values and rules, pure: no I/O, no clock, no database.
pub mod domain;
/// CSV, FHIR and the like: bytes in, values out, and the other way round.
pub mod interchange;

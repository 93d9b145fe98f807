//! Values and rules. Nothing here knows a clock, a socket or a database.

pub mod delivery;

//! Values and rules of the product. Nothing here reads a clock, a file, a socket or a database:
//! time, identifiers and settings come in as arguments.

pub mod calendar;
pub mod identifiers;
pub mod markdown;
pub mod sms;
pub mod template;

#[cfg(test)]
pub(crate) mod shared_data;

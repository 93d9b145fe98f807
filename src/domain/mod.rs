//! Values and rules of the product. Nothing here reads a clock, a file, a socket or a database:
//! time, identifiers and settings come in as arguments.

pub mod calendar;
pub mod identifiers;
pub mod import;
pub mod record;
pub mod result;
pub mod source;

#[cfg(test)]
pub(crate) mod shared_data;

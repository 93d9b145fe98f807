//! Values and rules: no I/O, no clock, no database below this line.
pub mod email;

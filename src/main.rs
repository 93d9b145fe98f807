//! The `between` program.
fn main() {}

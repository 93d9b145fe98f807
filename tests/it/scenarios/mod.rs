//! Weeks of life under a still clock, on both databases.

mod failures;
mod hazards;
pub mod kit;
mod the_loop;

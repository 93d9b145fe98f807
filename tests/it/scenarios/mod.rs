//! Weeks of life under a still clock, on both databases.

mod clocks;
mod failures;
mod hazards;
mod hazards_staff;
pub mod kit;
pub mod limits;
mod logs;
mod the_loop;
mod threats;
mod year;

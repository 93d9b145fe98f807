//! Weeks of life under a still clock, on both databases.

mod the_loop;

//! Email as values: what somebody wrote, what their program added, and what may be sent back.
//!
//! Everything here is a pure function of bytes or text. It never fails and never panics on any
//! input, and takes time linear in it (`docs` of each function name the caps).

pub mod own_words;

pub use own_words::{Cut, CutWhy, OwnWords, own_words};

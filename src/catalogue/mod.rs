//! Wording.

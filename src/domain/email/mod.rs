//! Email as values: what somebody wrote, what their program added, and what may be sent back.
//!
//! Everything here is a pure function of bytes or text. It never fails and never panics on any
//! input, and takes time linear in it; the caps stand with the functions.

mod auth;
mod automatic;
mod body;
mod bounce;
mod decode;
mod doubts;
mod fields;
pub mod headers;
mod html;
pub mod inspect;
mod mime;
mod model;
pub mod own_words;
mod phrase_set;
mod read;
mod token;

pub use body::content;
pub use bounce::told_reason;
pub use inspect::inspect;
pub use model::{
    Attachment, AuthResults, Because, Bounce, BounceReason, Class, Doubt, Encoding, InboundEmail, ReadSettings,
    Verdict, answerable,
};
pub use own_words::{Cut, CutWhy, OwnWords, own_words};
pub use read::read;
pub use token::{TokenFault, TokenPattern};

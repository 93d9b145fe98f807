//! What comes in: stored raw and durable first, understood later, in a step of its own that can be repeated.

mod apply;
mod chase;
mod handle;
pub mod imports;
pub mod mail;
mod receive;
mod release;
mod reports;
mod unsubscribe;
mod view;
mod who;

pub use receive::{Inbound, ReceiveError, Receiver, receive};
pub use release::{MoveError, ResultMove, move_result};
pub use reports::{Report, take_reports};
pub use view::record_view;

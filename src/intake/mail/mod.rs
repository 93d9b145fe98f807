//! Mail that comes in, by mailbox or webhook: kept as it is under a reference of its own, read once, and handed to the same
//! reader as texts.

mod bounces;
mod caution;
mod fetch;
mod holder;
mod keep;
mod look;
mod reading;
mod reference;
mod trouble;
mod wait;

pub(super) use bounces::bounced;
pub(super) use caution::{Caution, cautious};
pub use keep::keep;
pub use look::{Looked, MailReader};
pub use reading::{MailReading, Taken, as_read, take};

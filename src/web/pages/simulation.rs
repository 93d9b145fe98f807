//! What the pages need of the demo, without knowing it: the demo stands above the web in the layers.

use crate::outreach::OutreachError;
use futures_util::future::BoxFuture;

/// A practice whose clock can be moved and whose phones can be answered.
pub trait Simulation: Send + Sync {
    /// The person whose phone a newcomer should pick up first: she does not answer by herself.
    fn guest(&self) -> &str;

    /// Begins to move the clock to `to_ms` (UTC milliseconds), in the background. Returns false when it is moving already.
    fn start_moving(&self, to_ms: i64) -> bool;

    /// How far a move has come; `None` when the clock stands.
    fn progress(&self) -> Option<Progress>;

    /// What went wrong in the last move, once, in a sentence.
    fn take_fault(&self) -> Option<String>;

    /// Lets a few seconds pass before somebody types a reply.
    fn pass_a_moment(&self) -> BoxFuture<'_, ()>;

    /// Does what is to be done at this moment: reads what came in and sends what is due.
    fn settle(&self) -> BoxFuture<'_, Result<(), OutreachError>>;
}

/// How far the clock has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Where it began, UTC milliseconds.
    pub from: i64,
    /// Where it stands.
    pub at: i64,
    /// Where it goes.
    pub to: i64,
    /// Messages sent on the way.
    pub sent: usize,
    /// Replies received on the way.
    pub replies: usize,
}

impl Progress {
    /// Whole per cent of the way, 0 to 100.
    pub fn percent(&self) -> i64 {
        let whole = (self.to - self.from).max(1);
        ((self.at - self.from) * 100 / whole).clamp(0, 100)
    }
}

//! Moving a manual clock through everything that happens on the way: for the demo and for simulations.

use crate::outreach::{Engine, OutreachError};

/// How far a clock has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Where the clock stands, UTC milliseconds.
    pub at: i64,
    /// Tries made so far.
    pub sent: usize,
    /// Received messages handled so far.
    pub handled: usize,
}

/// The longest step of the clock when nothing is due earlier: duties look at least so often.
const LONGEST_STEP_MS: i64 = 3 * 3_600_000;

/// Does everything that is due at the clock's present moment.
pub async fn settle_now(engine: &Engine) -> Result<Progress, OutreachError> {
    let mut progress = Progress { at: engine.clock.now_ms(), ..Progress::default() };
    // What is handled may cause a message at once, and a message may cause an answer; each round does less.
    for _ in 0..ROUNDS {
        engine.do_duties().await?;
        let handled = engine.handle_received().await?;
        let sent = engine.send_due().await?;
        progress.sent += sent;
        progress.handled += handled;
        if handled == 0 && sent == 0 {
            break;
        }
    }
    Ok(progress)
}

const ROUNDS: usize = 50;

/// How long until the next look when something is due already: the frequent duties are done again by then.
const ROUND_MS: i64 = 5_000;

/// Moves the clock to `to`, stopping at every moment at which something is due. `each` is called at every stop, so that the
/// demo's people can answer and its data stay fresh. Returns what was done in all.
pub async fn advance<F>(engine: &Engine, to: i64, mut each: F) -> Result<Progress, OutreachError>
where
    F: AsyncFnMut(Progress) -> Result<(), OutreachError>,
{
    let mut total = Progress::default();
    loop {
        let now = engine.clock.now_ms();
        let here = settle_now(engine).await?;
        total = Progress { at: now, sent: total.sent + here.sent, handled: total.handled + here.handled };
        each(total).await?;
        if now >= to {
            return Ok(total);
        }
        // What is due already waits for its gateway's rate or for the next round of duties.
        let next = engine.next_moment().await?.map_or(to, |at| at.max(now + ROUND_MS));
        engine.clock.set_ms(next.min(now + LONGEST_STEP_MS).min(to));
    }
}

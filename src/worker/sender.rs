//! The sending loop: outcomes that finished while the last turn ran are recorded in the next one.

use super::{AFTER_OUTAGE, IDLE, after};
use crate::outreach::{Engine, Outcome, OutreachError, Turn};
use futures_util::stream::{FuturesUnordered, StreamExt};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub(super) async fn run(engine: Arc<Engine>, stop: CancellationToken) {
    let mut under_way: FuturesUnordered<JoinHandle<Outcome>> = FuturesUnordered::new();
    let mut finished: Vec<Outcome> = Vec::new();
    // Turns to take one by one after a whole batch failed.
    let mut careful = 0_usize;
    while !(stop.is_cancelled() && under_way.is_empty() && finished.is_empty()) {
        while let Some(Some(done)) = futures_util::FutureExt::now_or_never(under_way.next()) {
            finished.extend(done);
        }
        let room =
            if stop.is_cancelled() { 0 } else { engine.config.sending.in_flight.saturating_sub(under_way.len()) };
        let turn = step(&engine, &mut finished, room, stop.is_cancelled(), &mut careful).await;
        let rest = match turn {
            Ok(turn) if turn.claimed > 0 => {
                for call in turn.calls {
                    let engine = Arc::clone(&engine);
                    under_way.push(tokio::spawn(async move { engine.make(call).await }));
                }
                // More may be due: look again at once, unless there is no room.
                if under_way.len() < engine.config.sending.in_flight {
                    continue;
                }
                IDLE
            }
            Ok(_) => IDLE,
            Err(error) => {
                careful = CAREFUL;
                after(&error, "send")
            }
        };
        tokio::select! {
            done = under_way.next(), if !under_way.is_empty() => finished.extend(done.into_iter().flatten()),
            () = engine.bell.notified() => {}
            () = stop.cancelled(), if !stop.is_cancelled() => {}
            () = tokio::time::sleep(rest) => {}
        }
    }
}

/// One turn. A panic in it counts as a failure of the batch, not of the program.
async fn step(
    engine: &Engine,
    finished: &mut Vec<Outcome>,
    room: usize,
    stopping: bool,
    careful: &mut usize,
) -> Result<Turn, OutreachError> {
    if stopping {
        if engine.record(finished).await.is_err() {
            engine.record_each(finished).await?;
        }
        finished.clear();
        return Ok(Turn::default());
    }
    let turn = async {
        if *careful > 0 {
            *careful -= 1;
            engine.record_each(finished).await?;
            finished.clear();
            engine.careful_turn().await
        } else {
            let turn = engine.turn(finished, room).await?;
            finished.clear();
            Ok(turn)
        }
    };
    if let Ok(turn) = futures_util::FutureExt::catch_unwind(AssertUnwindSafe(turn)).await {
        turn
    } else {
        tracing::error!(code = "turn_panicked", "a turn panicked; its messages are taken one by one");
        *careful = CAREFUL;
        tokio::time::sleep(AFTER_OUTAGE.min(Duration::from_millis(200))).await;
        Ok(Turn::default())
    }
}

const CAREFUL: usize = 200;

//! The sending loop: outcomes that finished while the last turn ran are recorded in the next one.

use super::{AFTER_OUTAGE, IDLE, after};
use crate::outreach::{Call, Engine, Outcome, OutreachError, Turn};
use crate::store::due;
use futures_util::stream::{FuturesUnordered, StreamExt};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Sends until told to stop.
pub(super) async fn run(engine: Arc<Engine>, stop: CancellationToken) {
    loops(engine, stop, false).await;
}

/// Sends everything that is due, waits for every outcome, and ends: what `bench` measures is what `serve` runs.
/// Returns how many calls were made.
pub async fn send_all(engine: Arc<Engine>) -> usize {
    loops(engine, CancellationToken::new(), true).await
}

/// As many loops as the database has use for: while it works for one, the other decides and renders. What is in hand and under
/// way is the same in all, however many there are.
async fn loops(engine: Arc<Engine>, stop: CancellationToken, until_idle: bool) -> usize {
    let places = Arc::new(Semaphore::new(engine.config.sending.in_flight));
    let loops = engine.db.transactions_at_once();
    let each = |_| tokio::spawn(turns(Arc::clone(&engine), Arc::clone(&places), loops, stop.clone(), until_idle));
    futures_util::future::join_all((0..loops).map(each)).await.into_iter().flatten().sum()
}

async fn turns(
    engine: Arc<Engine>,
    places: Arc<Semaphore>,
    loops: usize,
    stop: CancellationToken,
    until_idle: bool,
) -> usize {
    let in_flight = engine.config.sending.in_flight.div_ceil(loops);
    let batch = usize::try_from(engine.config.sending.batch).unwrap_or(1).div_ceil(loops).max(1);
    let mut under_way: FuturesUnordered<JoinHandle<Outcome>> = FuturesUnordered::new();
    let mut finished: Vec<Outcome> = Vec::new();
    // Turns to take one by one after a whole batch failed.
    let mut careful = 0_usize;
    // Something may be due that was not claimed yet.
    let mut hungry = true;
    let mut look_again = Instant::now();
    let mut made = 0;
    while !(stop.is_cancelled() && under_way.is_empty() && finished.is_empty()) {
        while let Some(Some(done)) = futures_util::FutureExt::now_or_never(under_way.next()) {
            finished.extend(done);
        }
        // From here on a bell is heard, also one that rings while this turn runs.
        let rung = engine.bell.notified();
        tokio::pin!(rung);
        rung.as_mut().enable();
        let room = if stop.is_cancelled() { 0 } else { (in_flight + batch).saturating_sub(under_way.len()) };
        // A turn costs a commit, whatever is in it: a good part of a batch should be.
        let worth_it = finished.len().max(if hungry { room } else { 0 }) >= batch.min(in_flight).max(batch / 4);
        let last = stop.is_cancelled() && !finished.is_empty();
        if worth_it || careful > 0 || last || look_again <= Instant::now() {
            match step(&engine, &mut finished, room, stop.is_cancelled(), &mut careful).await {
                Ok(turn) => {
                    made += turn.calls.len();
                    hungry = turn.claimed >= room.min(batch) && room > 0;
                    let nothing = turn.claimed == 0 && under_way.is_empty();
                    for call in turn.calls {
                        under_way.push(tokio::spawn(make(Arc::clone(&engine), Arc::clone(&places), call)));
                    }
                    if until_idle && nothing && nothing_due(&engine).await {
                        return made;
                    }
                    look_again = Instant::now() + IDLE;
                }
                Err(error) => {
                    careful = CAREFUL;
                    look_again = Instant::now() + after(&error, "send");
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = tokio::time::sleep_until(look_again) => {}
                    }
                }
            }
            continue;
        }
        tokio::select! {
            done = under_way.next(), if !under_way.is_empty() => {
                // What finishes within a moment is recorded together.
                if finished.is_empty() {
                    look_again = look_again.min(Instant::now() + GATHER);
                }
                finished.extend(done.into_iter().flatten());
            }
            () = rung => look_again = Instant::now(),
            () = stop.cancelled(), if !stop.is_cancelled() => {}
            () = tokio::time::sleep_until(look_again) => {}
        }
    }
    made
}

/// Makes a call at its slot, when there is a place for it. Safety texts and answers never wait for one.
async fn make(engine: Arc<Engine>, places: Arc<Semaphore>, call: Call) -> Outcome {
    engine.wait_for_slot(&call).await;
    let _place = if call.about.urgent { None } else { places.acquire_owned().await.ok() };
    engine.make(call).await
}

async fn nothing_due(engine: &Engine) -> bool {
    matches!(due::backlog(&engine.db, engine.clock.now_ms()).await, Ok(backlog) if backlog.due == 0)
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
/// How long an outcome waits for others to be recorded with.
const GATHER: Duration = Duration::from_millis(5);

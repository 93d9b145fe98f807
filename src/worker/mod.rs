//! The loops: send, read, fetch mail, do the duties. They hold no rules; each `step` below does one turn and never sleeps.

mod advance;
mod mail;
mod sender;

pub use advance::{Progress, advance, settle_now};
pub use sender::send_all;

use crate::outreach::{Engine, OutreachError};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How often an idle loop looks, and how long it rests after the database was away.
const IDLE: Duration = Duration::from_millis(500);
const AFTER_OUTAGE: Duration = Duration::from_secs(2);
/// After a turn that failed because of a row: short, the others are not to wait for it.
const AFTER_FAILURE: Duration = Duration::from_millis(100);
/// How long calls that are under way may take when the program is told to stop.
const GRACE: Duration = Duration::from_secs(9);

/// Runs every loop until told to stop, then lets what is under way finish.
pub async fn run(engine: Arc<Engine>, stop: CancellationToken) {
    let loops = TaskTracker::new();
    loops.spawn(sender::run(Arc::clone(&engine), stop.clone()));
    loops.spawn(read(Arc::clone(&engine), stop.clone()));
    loops.spawn(mail::run(Arc::clone(&engine), stop.clone()));
    loops.spawn(duties(engine, stop.clone()));
    loops.close();
    stop.cancelled().await;
    if tokio::time::timeout(GRACE, loops.wait()).await.is_err() {
        tracing::warn!(code = "stop_grace_over", "calls were still under way; they are resolved at the next start");
    }
}

async fn read(engine: Arc<Engine>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        // From here on a bell is heard, also one that rings while this turn runs.
        let rung = engine.bell.notified();
        tokio::pin!(rung);
        rung.as_mut().enable();
        let rest = match engine.handle_received().await {
            Ok(0) => IDLE,
            Ok(_) => {
                engine.bell.notify_waiters();
                continue;
            }
            Err(error) => after(&error, "read"),
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = rung => {}
            () = tokio::time::sleep(rest) => {}
        }
    }
}

async fn duties(engine: Arc<Engine>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let rest = match engine.do_duties().await {
            Ok(_) => Duration::from_secs(1),
            Err(error) => after(&error, "duties"),
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(rest) => {}
        }
    }
}

/// Logs a failure by its kind, never its text (it may quote a value), and says how long to rest.
fn after(error: &OutreachError, doing: &'static str) -> Duration {
    let outage = matches!(error, OutreachError::Store(store) if store.is_outage());
    if outage {
        tracing::error!(doing, code = "database_away", "the database is away; trying again");
        AFTER_OUTAGE
    } else {
        tracing::error!(doing, code = "turn_failed", "a turn failed; trying again");
        AFTER_FAILURE
    }
}

//! The mail loops: one for each mailbox. A look never sleeps; only the loop waits.

use super::{AFTER_OUTAGE, after};
use crate::intake::mail::MailReader;
use crate::outreach::Engine;
use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Reads every mailbox until told to stop.
pub(super) async fn run(engine: Arc<Engine>, stop: CancellationToken) {
    let loops = TaskTracker::new();
    for reader in MailReader::of(&engine) {
        loops.spawn(read(reader, Arc::clone(&engine), stop.clone()));
    }
    loops.close();
    loops.wait().await;
}

async fn read(mut reader: MailReader, engine: Arc<Engine>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let rest = tokio::select! {
            // A look that is broken off leaves what a cut connection leaves.
            () = stop.cancelled() => break,
            looked = AssertUnwindSafe(reader.step(&engine)).catch_unwind() => match looked {
                Ok(Ok(looked)) => {
                    if looked.kept > 0 {
                        engine.bell.notify_waiters();
                    }
                    if looked.more {
                        continue;
                    }
                    looked.rest
                }
                Ok(Err(error)) => after(&error, "mail"),
                Err(_) => {
                    tracing::error!(code = "turn_panicked", doing = "mail", "a look into a mailbox panicked; trying again");
                    AFTER_OUTAGE
                }
            },
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = reader.wait(rest) => {}
        }
    }
    reader.close(&engine).await;
}

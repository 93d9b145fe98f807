//! The mail loops: one for each mailbox. A look never sleeps; only the loop waits.

use super::after;
use crate::intake::mail::MailReader;
use crate::outreach::Engine;
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
            looked = reader.step(&engine) => match looked {
                Ok(looked) => {
                    if looked.kept > 0 {
                        engine.bell.notify_waiters();
                    }
                    if looked.more {
                        continue;
                    }
                    looked.rest
                }
                Err(error) => after(&error, "mail"),
            },
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = reader.wait(rest) => {}
        }
    }
    reader.close(&engine).await;
}

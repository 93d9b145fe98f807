//! The calls to gateways: no transaction is open while they run.

use super::Engine;
use super::pace::is_paced;
use crate::domain::delivery::{DeliveryStatus, SendFailure};
use crate::gateways::{Accepted, Exchange, Gateway, LookUp, OutboundMessage};
use crate::store::due::Held;
use futures_util::stream::{FuturesUnordered, StreamExt};
use std::sync::Arc;
use std::time::Duration;

/// What is asked of the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// Take this message.
    Send,
    /// What became of it? Asked when a try ended without an answer; the time is when that try began.
    LookUp {
        /// UTC milliseconds.
        since: i64,
    },
}

/// A call about to be made. The try is in the ledger already.
pub struct Call {
    /// The claim it is made under.
    pub held: Held,
    /// The number of the try.
    pub number: i64,
    /// The gateway.
    pub gateway: Arc<Gateway>,
    /// What goes out.
    pub message: OutboundMessage,
    /// Send, or ask what became of it.
    pub ask: Ask,
    /// Not before this moment: the slot in the gateway's rate, UTC milliseconds.
    pub not_before: i64,
    /// Not after this moment: then somebody else may have claimed it, UTC milliseconds.
    pub lease_until: i64,
    /// What settling needs to know.
    pub about: About,
}

/// What settling needs to know of a message.
#[derive(Clone, Debug)]
pub struct About {
    /// The practice.
    pub practice_id: String,
    /// The person.
    pub patient_id: Option<String>,
    /// The wording, for what to do when the outcome stays unknown.
    pub template: String,
    /// It waits in the lane of safety texts or answers.
    pub urgent: bool,
    /// From when on it is of no use, UTC milliseconds.
    pub expires_at: i64,
    /// SMS segments.
    pub segments: i64,
    /// It asked a question.
    pub asks: bool,
}

/// How a call ended.
pub struct Outcome {
    /// The claim it was made under.
    pub held: Held,
    /// The number of the try.
    pub number: i64,
    /// The gateway.
    pub gateway: Arc<Gateway>,
    /// Channel and address of the try.
    pub to: (crate::domain::delivery::Channel, String),
    /// What was asked.
    pub ask: Ask,
    /// The answer.
    pub answer: Answer,
    /// What was said on the way, redacted.
    pub exchanges: Vec<Exchange>,
    /// When the call began, UTC milliseconds.
    pub began_at: i64,
    /// When it ended, UTC milliseconds.
    pub at: i64,
    /// What settling needs to know.
    pub about: About,
}

/// The gateway's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It has the message.
    Taken {
        /// The provider's id.
        provider_id: Option<String>,
        /// Where it stands.
        status: DeliveryStatus,
    },
    /// It has not, for this reason (or nobody knows: `SendFailure::certainly_not_sent`).
    Failed(SendFailure),
    /// It was asked and does not have it.
    NotThere,
    /// It was asked and cannot tell.
    CannotTell,
    /// No call was made: the claim had run out before its turn.
    NotMade,
}

impl Engine {
    /// Waits for the call's slot in the gateway's rate.
    pub async fn wait_for_slot(&self, call: &Call) {
        self.wait_until(call.not_before).await;
    }

    async fn wait_until(&self, at_ms: i64) {
        // A still clock cannot wait; its driver moves it from slot to slot instead.
        let wait = at_ms - self.clock.now_ms();
        if wait > 0 && !self.clock.is_manual() {
            tokio::time::sleep(Duration::from_millis(wait.unsigned_abs())).await;
        }
    }

    /// Makes one call, at its slot.
    pub async fn make(&self, call: Call) -> Outcome {
        self.wait_for_slot(&call).await;
        let to = (call.message.channel, call.message.to.clone());
        let gateway = Arc::clone(&call.gateway);
        // Safety texts and answers wait for no place either.
        let _place = if call.about.urgent { None } else { gateway.place().await };
        let on_time = self.keep_rate(&call).await;
        let began_at = self.clock.now_ms();
        let (answer, exchanges) = if !on_time || began_at >= call.lease_until - CALL_MARGIN_MS {
            (Answer::NotMade, Vec::new())
        } else {
            match call.ask {
                Ask::Send => {
                    let (answer, exchanges) = call.gateway.send_logged(&call.message).await;
                    let answer = match answer {
                        Ok(Accepted { provider_id, status }) => Answer::Taken { provider_id, status },
                        Err(failure) => Answer::Failed(failure),
                    };
                    (answer, exchanges)
                }
                Ask::LookUp { since } => {
                    let message = &call.message;
                    let (answer, exchanges) =
                        call.gateway.look_up_logged(&message.reference, &message.to, since, &message.text).await;
                    let answer = match answer {
                        Ok(LookUp::Found { provider_id, status }) => Answer::Taken { provider_id, status },
                        Ok(LookUp::NotFound) => Answer::NotThere,
                        Ok(LookUp::CannotTell) => Answer::CannotTell,
                        Err(failure) => Answer::Failed(failure),
                    };
                    (answer, exchanges)
                }
            }
        };
        Outcome {
            held: call.held,
            number: call.number,
            gateway: call.gateway,
            to,
            ask: call.ask,
            answer,
            exchanges,
            began_at,
            at: self.clock.now_ms(),
            about: call.about,
        }
    }

    /// A call that comes late to its slot, because no place was free or the machine was busy, takes another: the rate holds in
    /// every second, not only on average. False when no slot was to be had; then the call is not made.
    async fn keep_rate(&self, call: &Call) -> bool {
        let mut slot = call.not_before;
        while !call.about.urgent
            && !self.clock.is_manual()
            && is_paced(&call.gateway)
            && self.clock.now_ms() - slot > LATE_MS
            && self.clock.now_ms() < call.lease_until - CALL_MARGIN_MS
        {
            // On the heap, as it is rare: each call is a task, and a task is as large as the largest that it may wait for.
            match Box::pin(self.slot_again(&call.gateway)).await {
                Ok(next) => slot = next,
                Err(_) => return false,
            }
            self.wait_until(slot).await;
        }
        true
    }

    /// Makes all calls and waits for them: for one pass of `send-due` and for tests.
    pub(super) async fn make_all(&self, calls: Vec<Call>) -> Vec<Outcome> {
        let running: FuturesUnordered<_> = calls.into_iter().map(|call| self.make(call)).collect();
        running.collect().await
    }
}

/// So much later than its slot a call may be: the slots' slack covers it.
const LATE_MS: i64 = 4;

/// A call may take this long at most (the gateways' time limit), so it is not begun with less of the lease left: after
/// the lease another worker may ask what became of it.
pub(super) const CALL_MARGIN_MS: i64 = 31_000;

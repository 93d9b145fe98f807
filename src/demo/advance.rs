//! Moving the demo's clock: from one moment at which something happens to the next.

use super::dice::{Dice, mix};
use super::replies::{SIMULATED, Style, answer};
use super::{Demo, DemoError, feed, staff};
use crate::domain::reply::Expects;
use crate::intake::{Inbound, receive};
use crate::outreach::Engine;
use crate::store::views::lists::{self, Asked};
use crate::store::views::person as views;
use crate::web::pages::Progress;
use std::collections::BTreeMap;

const HOUR_MS: i64 = 3_600_000;
const MINUTE_MS: i64 = 60_000;
/// How long the clock runs at most without a look at what is to be planned.
const LOOK_MS: i64 = 6 * HOUR_MS;
/// A move of a year for 200 people takes fewer; more means that the clock stands still.
const MOST_STEPS: usize = 50_000;

/// A reply that somebody will send.
#[derive(Clone, Debug)]
pub(super) struct Coming {
    patient_id: String,
    /// The question it answers; it is not sent when that is no longer open.
    prompt_id: Option<String>,
    inbound: Inbound,
}

/// Replies to come, by the moment they are sent.
pub(super) type Queue = BTreeMap<(i64, String), Coming>;

/// What a move did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// Moments at which the clock stopped.
    pub steps: usize,
    /// Messages sent.
    pub sent: usize,
    /// Replies received.
    pub replies: usize,
}

/// Moves the clock to `to_ms` (UTC milliseconds), stopping at every moment at which something is due: the practice's data
/// is refreshed, duties are done, replies come in and are read, and what is due is sent. Ends after a bounded number of steps.
pub async fn advance(engine: &Engine, demo: &Demo, to_ms: i64) -> Result<Moved, DemoError> {
    let from = engine.clock.now_ms();
    let mut moved = Moved::default();
    loop {
        {
            let _gate = demo.gate.lock().await;
            moment(engine, demo, &mut moved).await?;
            let now = engine.clock.now_ms();
            demo.set_progress(Progress { from, at: now, to: to_ms, sent: moved.sent, replies: moved.replies });
            if now >= to_ms {
                return Ok(moved);
            }
            moved.steps += 1;
            if moved.steps > MOST_STEPS {
                return Err(DemoError::TooManySteps);
            }
            engine.clock.set_ms(next_moment(engine, demo, now).await?.min(to_ms));
        }
        // Somebody may answer on a phone between two steps.
        tokio::task::yield_now().await;
    }
}

/// Does everything that is to be done now.
pub(super) async fn moment(engine: &Engine, demo: &Demo, moved: &mut Moved) -> Result<(), DemoError> {
    let now = engine.clock.now_ms();
    feed::refresh(engine, demo, now).await?;
    staff::acknowledge(engine, demo, now).await?;
    moved.replies += take_replies(engine, demo, now).await?;
    engine.do_duties().await?;
    engine.handle_received().await?;
    let sent = engine.send_due().await?;
    moved.sent += sent;
    if demo.answering && sent > 0 {
        listen(engine, demo, now).await?;
    }
    Ok(())
}

/// The next moment at which something is due, a question ends or a reply comes; at least a second on, and never so far that
/// planning and the practice's own duties fall behind.
async fn next_moment(engine: &Engine, demo: &Demo, now: i64) -> Result<i64, DemoError> {
    let look = if staff::are_waited_for(engine, demo, now).await? { HOUR_MS } else { LOOK_MS };
    let latest = (now / look + 1) * look;
    let due = engine.next_moment().await?.unwrap_or(latest);
    let reply = demo.queue().keys().next().map_or(latest, |(at, _)| *at);
    Ok(latest.min(due).min(reply).max(now + 1_000))
}

/// Sends the replies whose moment has come, the real way in.
async fn take_replies(engine: &Engine, demo: &Demo, now: i64) -> Result<usize, DemoError> {
    let later = |queue: &mut Queue| {
        let rest = queue.split_off(&(now + 1, String::new()));
        std::mem::replace(queue, rest)
    };
    let ready = later(&mut demo.queue());
    let mut inbound = Vec::new();
    for coming in ready.into_values() {
        if let Some(prompt) = &coming.prompt_id {
            let open = views::open_prompts(&engine.db, &coming.patient_id).await?;
            // Answered on the phone page in the meantime, or no longer open.
            if !open.iter().any(|p| p.id == *prompt) {
                continue;
            }
        }
        inbound.push(coming.inbound);
    }
    if inbound.is_empty() { Ok(0) } else { Ok(receive(engine, &inbound).await?) }
}

/// Lets people think of an answer to what they just got.
async fn listen(engine: &Engine, demo: &Demo, now: i64) -> Result<(), DemoError> {
    let since = demo.heard_until(now);
    for asked in lists::asked_since(&engine.db, &demo.practice_id, since, now).await? {
        let expects: Option<Expects> = asked.expects.as_deref().and_then(|json| serde_json::from_str(json).ok());
        if demo.ids.first() == Some(&asked.patient_id) {
            // The first person is for the newcomer to answer; before they came she answered a check-in.
            if !demo.is_shown() && matches!(expects, Some(Expects::Count { .. })) {
                let at = now + 47 * MINUTE_MS;
                demo.queue().insert((at, asked.message_id.clone()), coming(asked, "5 days, felt good".to_owned()));
            }
            continue;
        }
        // By place and moment, not by identifier: identifiers differ from run to run, the demo's story must not.
        let Some(place) = demo.ids.iter().position(|id| *id == asked.patient_id) else { continue };
        let mut dice =
            Dice::new(demo.seed, &format!("answer {place} {now} {}", asked.expects.as_deref().unwrap_or("")));
        let style = Style::of(mix(demo.seed, &format!("style {place}")));
        if let Some((text, minutes)) = answer(&mut dice, style, expects.as_ref()) {
            let at = now + minutes * MINUTE_MS;
            demo.queue().insert((at, asked.message_id.clone()), coming(asked, text));
        }
    }
    Ok(())
}

fn coming(asked: Asked, text: String) -> Coming {
    let email = asked.channel == "email";
    Coming {
        prompt_id: asked.prompt_id,
        patient_id: asked.patient_id,
        inbound: Inbound {
            gateway: asked.gateway,
            provider_reference: format!("{SIMULATED}{}", asked.message_id),
            channel: asked.channel,
            from: asked.address,
            token: email.then_some(asked.message_id),
            subject: email.then(|| "Re: A message from the practice".to_owned()),
            text,
        },
    }
}

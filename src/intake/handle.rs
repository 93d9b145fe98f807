//! Understanding what was received: one transaction a message, so that what a text causes happens once or not at all.

use super::apply::Applying;
use super::mail::{Caution, bounced, cautious};
use super::who::{Sender, sender};
use crate::clock::instant;
use crate::domain::calendar::day_key;
use crate::domain::conversation::{Consequences, Effect, State, consequences, consequences_unknown};
use crate::domain::message::{MessageStatus, Purpose};
use crate::domain::reason::Reason;
use crate::domain::reply::{Channel, Context, Prompt, Understanding, understand};
use crate::outreach::{Engine, LEASES_A_FAILURE, OutreachError, PracticeState, Practices};
use crate::store::inbox::Claim;
use crate::store::ledger::{MessageRow, StatusChange};
use crate::store::prompts::PromptRow;
use crate::store::{Tx, contacts, inbox, ledger, mails};
use futures_util::FutureExt;
use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;

/// How often, in milliseconds, it is looked for what goes first, when no bell was heard: another process may have taken it in.
const LOOK_MS: i64 = 20;

impl Engine {
    /// Reads what has come in, in the order of the turns. Returns how many messages were handled.
    ///
    /// Several are claimed at a time. What comes in meanwhile and has an earlier turn goes before those that are in hand: who
    /// writes during a flood waits for one message of it at most.
    pub async fn handle_received(&self) -> Result<usize, OutreachError> {
        let mut handled = 0;
        let mut in_hand: VecDeque<Claim> = VecDeque::new();
        let (mut claimed_at, mut looked_at) = (0, 0);
        let rung = self.bell.notified();
        tokio::pin!(rung);
        rung.as_mut().enable();
        loop {
            let now = self.clock.now_ms();
            let heard = rung.as_mut().now_or_never().is_some();
            if heard {
                rung.set(self.bell.notified());
                rung.as_mut().enable();
            }
            // Not for ever: what is in hand is to be read while the claim lasts.
            let in_time = now - claimed_at < self.config.receiving.lease_seconds * 500;
            if in_hand.is_empty() || (in_time && (heard || now - looked_at >= LOOK_MS)) {
                looked_at = now;
                claimed_at = if in_hand.is_empty() { now } else { claimed_at };
                self.claim_received(now, &mut in_hand).await?;
            }
            let Some(claim) = in_hand.pop_front() else {
                return Ok(handled);
            };
            let practices = self.practices().await?;
            let poisoned = claim.tries > self.config.receiving.poison_after * LEASES_A_FAILURE;
            let handling = self.handle_one(&practices, &claim.message_id, poisoned);
            // A panic while reading one text is a fault of that text, not the end of all reading.
            match AssertUnwindSafe(handling).catch_unwind().await {
                Ok(Ok(())) => handled += 1,
                Err(_) => {
                    tracing::error!(message_id = %claim.message_id, code = "handle_panicked", "reading a received message panicked");
                    self.blame_received(&claim.message_id).await?;
                }
                Ok(Err(OutreachError::Store(error))) if !error.is_outage() => {
                    // It stays in the inbox under its lease; after some tries it goes to staff as it is (R20).
                    tracing::error!(message_id = %claim.message_id, code = "handle_failed", "a received message could not be read");
                    self.blame_received(&claim.message_id).await?;
                }
                Ok(Err(error)) => return Err(error),
            }
        }
    }

    /// Claims what comes before the first message in hand, as far as there is room, and puts it in front.
    async fn claim_received(&self, now: i64, in_hand: &mut VecDeque<Claim>) -> Result<(), OutreachError> {
        let room = self.config.receiving.batch.max(1) - in_hand.len() as i64;
        if room <= 0 {
            return Ok(());
        }
        let lease = now + self.config.receiving.lease_seconds * 1000;
        let before = in_hand.front().map_or(i64::MAX, |first| first.turn);
        let mut tx = self.db.begin().await?;
        let claims = inbox::claim(&mut tx, now, lease, room, before).await?;
        tx.commit().await?;
        for claim in claims.into_iter().rev() {
            in_hand.push_front(claim);
        }
        Ok(())
    }

    /// The program failed at a message: that is held against it, as for messages that go out.
    async fn blame_received(&self, id: &str) -> Result<(), OutreachError> {
        let mut tx = self.db.begin().await?;
        inbox::blame(&mut tx, id, LEASES_A_FAILURE - 1).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn handle_one(&self, practices: &Practices, id: &str, poisoned: bool) -> Result<(), OutreachError> {
        let mut tx = self.db.begin().await?;
        if !inbox::finish(&mut tx, id).await? {
            return Ok(());
        }
        let Some(message) = ledger::by_ids(&mut tx, &[id.to_owned()]).await?.into_iter().next() else {
            tx.commit().await?;
            return Ok(());
        };
        let day = format!("d:{}", day_key(instant(self.clock.now_ms()), self.config.practice.zone));
        let who = sender(&mut tx, practices, &message, &day).await?;
        let Some(practice) = practices.get(&who.practice_id) else {
            self.for_staff_raw(&mut tx, &message, &who, Reason::UnknownSender).await?;
            tx.commit().await?;
            return Ok(());
        };
        if poisoned {
            let applying = Applying { engine: self, practice, practices, message: &message, who: &who, day: &day };
            applying.alert(&mut tx, None, "poison", "urgent", Reason::Poison.sentence()).await?;
            self.for_staff_raw(&mut tx, &message, &who, Reason::Poison).await?;
            tx.commit().await?;
            return Ok(());
        }
        let mail = mails::views(&mut tx, &[id.to_owned()]).await?.into_iter().next();
        let (caution, reading) = Caution::of(mail.as_ref(), who.other_address);
        if caution == Caution::Bounce {
            bounced(self, &mut tx, &message, &reading).await?;
        } else {
            self.understand_and_apply(&mut tx, practices, practice, &message, &who, &day, caution).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "what one message is understood from; a struct would only rename them"
    )]
    async fn understand_and_apply(
        &self,
        tx: &mut Tx,
        practices: &Practices,
        practice: &PracticeState,
        message: &MessageRow,
        who: &Sender,
        day: &str,
        caution: Caution,
    ) -> Result<(), OutreachError> {
        let prompt = who.prompt.as_ref().and_then(|row| as_prompt(row).map(|prompt| (prompt, row.asked_again)));
        let zone = practice.practice.zone_of(who.one().and_then(|p| p.zone.as_deref()));
        let text = message.body.as_deref().unwrap_or_default();
        let read = understand(
            text,
            &Context {
                prompt: prompt.as_ref().map(|(prompt, _)| prompt),
                received_at: instant(message.created_at),
                zone,
                channel: if message.channel.as_deref() == Some("email") { Channel::Email } else { Channel::Sms },
                reader: &self.reader,
            },
        );
        let flooded = who.received_today > self.config.receiving.flood_per_day;
        let state = State {
            practice: &practice.practice,
            prompt: prompt.as_ref().map(|(prompt, asked)| (prompt, *asked)),
            topic: topic(who),
            stopped: who.stopped,
            auto_answers_today: if flooded { i64::MAX } else { who.auto_answers },
            now: instant(message.created_at),
            text,
            zone,
        };
        let what = if who.one().is_some() { consequences(&read, &state) } else { consequences_unknown(&read, &state) };
        // Mail from nobody on record is not answered: its From line may be anybody's.
        let email = message.channel.as_deref() == Some("email");
        let answered = who.people.is_empty() && !email;
        let what = if answered { with_unknown_sender_answer(what, &read, &state, who) } else { what };
        let what = cautious(what, if email && who.people.is_empty() { caution.without_person() } else { caution });
        if email && caution == Caution::None && who.one().is_some() {
            // Somebody who writes from an address reads there: earlier bounces no longer count.
            let address = message.address.as_deref().unwrap_or_default();
            contacts::set_status(tx, "email", address, "active", "[]", self.clock.now_ms()).await?;
        }
        let applying = Applying { engine: self, practice, practices, message, who, day };
        applying.apply(tx, &what, flooded).await?;
        let reason = match (&what, who.people.len()) {
            _ if caution == Caution::Machine => Reason::MachineAnswer,
            (_, 0) => Reason::UnknownSender,
            (_, n) if n > 1 => Reason::SeveralPeople,
            (what, _) if what.for_staff => Reason::ForStaff,
            _ => Reason::None,
        };
        let status = if what.for_staff { MessageStatus::ForStaff } else { MessageStatus::Handled };
        let change = StatusChange {
            id: message.id.clone(),
            status: status.to_string(),
            reason: reason.to_string(),
            at: self.clock.now_ms(),
        };
        let understanding = serde_json::to_string(&read).unwrap_or_else(|_| "{}".to_owned());
        let person = who.one().map(|p| p.id.as_str());
        ledger::set_received(tx, &message.id, &who.practice_id, person, &understanding, &change).await?;
        Ok(())
    }

    async fn for_staff_raw(
        &self,
        tx: &mut Tx,
        message: &MessageRow,
        who: &Sender,
        reason: Reason,
    ) -> Result<(), OutreachError> {
        let change = StatusChange {
            id: message.id.clone(),
            status: MessageStatus::ForStaff.to_string(),
            reason: reason.to_string(),
            at: self.clock.now_ms(),
        };
        let person = who.one().map(|p| p.id.as_str());
        ledger::set_received(tx, &message.id, &who.practice_id, person, "{}", &change).await?;
        Ok(())
    }
}

/// Nobody has this number: once a day it is told so, without a word about anybody's care.
fn with_unknown_sender_answer(
    mut what: Consequences,
    read: &Understanding,
    state: &State<'_>,
    who: &Sender,
) -> Consequences {
    let answered = what.effects.iter().any(|e| matches!(e, Effect::Answer(_)));
    let limit = state.practice.settings.limits.auto_answers_per_day;
    let machine = read.intent == crate::domain::reply::Intent::AutoReply && !read.suspected();
    if !answered && !machine && !read.unsafe_contact() && !who.stopped && state.auto_answers_today < limit {
        what.effects.push(Effect::Answer(crate::domain::conversation::Answer {
            template: "unknown_sender",
            values: Vec::new(),
            safety: false,
            counted: true,
        }));
    }
    what
}

/// The stored question as the reader wants it; one that cannot be read counts as none.
fn as_prompt(row: &PromptRow) -> Option<Prompt> {
    Some(Prompt {
        kind: serde_json::from_str(&row.kind).ok()?,
        text: row.body.clone(),
        expects: serde_json::from_str(&row.expects).ok()?,
    })
}

/// What "stop these" means: the topic of the open question, or of the newest one.
fn topic(who: &Sender) -> Option<Purpose> {
    let row = who.prompt.as_ref().or(who.earlier.as_ref())?;
    Some(match as_prompt(row)?.kind {
        crate::domain::reply::PromptKind::GoalProgress | crate::domain::reply::PromptKind::Wellbeing => Purpose::Goals,
        crate::domain::reply::PromptKind::Agenda => Purpose::Agenda,
        crate::domain::reply::PromptKind::Appointment => Purpose::Appointments,
        crate::domain::reply::PromptKind::Reading => Purpose::Readings,
        crate::domain::reply::PromptKind::ResultsSent => Purpose::Results,
        crate::domain::reply::PromptKind::ChoiceMenu | crate::domain::reply::PromptKind::OptOut => {
            return None;
        }
    })
}

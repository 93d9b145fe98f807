//! One turn of sending: settle what has finished, claim what is due, decide, render, and hand back the calls to make.
//!
//! A turn is one transaction. The tries stand in the ledger before the first call is made, so that a crash leaves a trace
//! to be resolved, never a silent second send.

use super::calls::{About, Ask};
use super::compose::{Composed, compose, expects, prompt_kind};
use super::facts::{Batch, Question, day_period, spend_subject, week_period};
use super::{Call, Engine, Outcome, OutreachError, Practices, StoredFacts, settle};
use crate::clock::instant;
use crate::domain::calendar::{local, resolve};
use crate::domain::decision::{Decision, GatewayFacts, Route};
use crate::domain::delivery::Channel;
use crate::domain::message::{Lane, MessageStatus, Purpose};
use crate::domain::programme::Asks;
use crate::domain::reason::Reason;
use crate::gateways::OutboundMessage;
use crate::store::counters::CounterRow;
use crate::store::due::{Claim, Deferred, Held};
use crate::store::ledger::{AttemptRow, MessageRow, StatusChange};
use crate::store::prompts::PromptRow;
use crate::store::{Tx, counters, due, ledger, prompts};
use chrono::{Datelike, Timelike};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What a turn did.
#[derive(Default)]
pub struct Turn {
    /// The calls to make now.
    pub calls: Vec<Call>,
    /// How many messages were claimed.
    pub claimed: usize,
}

/// What a turn will write, gathered while it decides.
#[derive(Default)]
struct Writes {
    attempts: Vec<AttemptRow>,
    changes: Vec<StatusChange>,
    finished: Vec<Held>,
    deferred: Vec<Deferred>,
    prompts: Vec<PromptRow>,
    /// Messages whose open question gives way to one of `prompts`.
    chased: Vec<String>,
    counters: BTreeMap<(String, String), i64>,
    set_aside: Vec<MessageRow>,
    told: Vec<(MessageRow, Reason)>,
}

impl Engine {
    /// One turn: `outcomes` of calls that have finished since the last are recorded, and up to `room` new ones prepared.
    /// When it fails nothing was recorded: the caller keeps the outcomes for its next turn.
    pub async fn turn(&self, outcomes: &[Outcome], room: usize) -> Result<Turn, OutreachError> {
        let practices = self.practices().await?;
        let mut tx = self.db.begin().await?;
        settle::settle(self, &mut tx, &practices, outcomes).await?;
        let claims = self.claim(&mut tx, room).await?;
        let claimed = claims.len();
        let calls = if claims.is_empty() { Vec::new() } else { self.prepare(&mut tx, &practices, claims).await? };
        tx.commit().await?;
        Ok(Turn { calls, claimed })
    }

    /// Records outcomes and claims nothing: when the program stops.
    pub async fn record(&self, outcomes: &[Outcome]) -> Result<(), OutreachError> {
        if outcomes.is_empty() {
            return Ok(());
        }
        let practices = self.practices().await?;
        let mut tx = self.db.begin().await?;
        settle::settle(self, &mut tx, &practices, outcomes).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Claims one message, commits, and only then prepares it: used when a whole batch failed, so that one bad row is
    /// counted and in the end set aside while all others go (F01, R20).
    pub async fn careful_turn(&self) -> Result<Turn, OutreachError> {
        let practices = self.practices().await?;
        let mut tx = self.db.begin().await?;
        let claims = self.claim_one(&mut tx).await?;
        tx.commit().await?;
        if claims.is_empty() {
            return Ok(Turn::default());
        }
        let mut tx = self.db.begin().await?;
        let calls = self.prepare(&mut tx, &practices, claims).await?;
        tx.commit().await?;
        Ok(Turn { calls, claimed: 1 })
    }

    /// Records outcomes each in a transaction of its own: when recording them together failed. One that cannot be recorded
    /// is left to its lease: after that the gateway is asked, and after some rounds the message is set aside.
    pub async fn record_each(&self, outcomes: &[Outcome]) -> Result<(), OutreachError> {
        for outcome in outcomes {
            match self.record(std::slice::from_ref(outcome)).await {
                Err(OutreachError::Store(error)) if !error.is_outage() => {
                    tracing::error!(message_id = %outcome.held.message_id, code = "settle_failed", "an outcome could not be recorded");
                }
                other => other?,
            }
        }
        Ok(())
    }

    /// Sends everything that is due now and waits for the outcomes: one pass, as `send-due` and the demo make it.
    pub async fn send_due(&self) -> Result<usize, OutreachError> {
        let mut outcomes = Vec::new();
        let mut sent = 0;
        let mut careful = 0;
        let mut failures = 0;
        loop {
            let settled = outcomes.is_empty();
            let turn = if careful > 0 {
                careful -= 1;
                self.record_each(&outcomes).await?;
                outcomes.clear();
                self.careful_turn().await
            } else {
                self.turn(&outcomes, self.config.sending.in_flight).await
            };
            match turn {
                Ok(turn) => {
                    outcomes.clear();
                    failures = 0;
                    if turn.claimed == 0 && settled {
                        return Ok(sent);
                    }
                    sent += turn.calls.len();
                    outcomes.extend(self.make_all(turn.calls).await);
                }
                Err(OutreachError::Store(error)) if !error.is_outage() && failures < MOST_FAILURES => {
                    tracing::warn!(code = "turn_failed", "a batch failed; its messages are taken one by one");
                    failures += 1;
                    careful = CAREFUL_TURNS;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Exactly one message, of the first lane that has one: a bad row must not take others down with it.
    async fn claim_one(&self, tx: &mut Tx) -> Result<Vec<Claim>, OutreachError> {
        let now = self.clock.now_ms();
        let lease_until = now + self.config.sending.lease_seconds * 1000;
        for lane in [Lane::Safety, Lane::Conversation, Lane::Planned] {
            let found = due::claim(tx, lane.number(), now, lease_until, 1).await?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }

    async fn claim(&self, tx: &mut Tx, room: usize) -> Result<Vec<Claim>, OutreachError> {
        let now = self.clock.now_ms();
        let lease_until = now + self.config.sending.lease_seconds * 1000;
        let mut left = i64::try_from(room).unwrap_or(i64::MAX).min(self.config.sending.batch);
        let mut claims = Vec::new();
        for lane in [Lane::Safety, Lane::Conversation, Lane::Planned] {
            let limit = if lane == Lane::Planned {
                if left <= 0 {
                    break;
                }
                left.min(self.free_slots(tx, now).await?)
            } else {
                // Safety texts and answers never wait for room.
                left.max(ROOM_FOR_ANSWERS)
            };
            if limit <= 0 {
                break;
            }
            let found = due::claim(tx, lane.number(), now, lease_until, limit).await?;
            left -= found.len() as i64;
            claims.extend(found);
        }
        Ok(claims)
    }

    /// How many sends the gateways together take within the next second: never claim more.
    async fn free_slots(&self, tx: &mut Tx, now: i64) -> Result<i64, OutreachError> {
        let names: Vec<String> = self.gateways.iter().map(|g| g.name().to_owned()).collect();
        let next_free: HashMap<String, i64> = counters::paces(tx, &names).await?.into_iter().collect();
        let mut free = 0;
        for gateway in self.gateways.iter() {
            let rate = gateway.policy().rate_per_second;
            let ahead_us = (next_free.get(gateway.name()).copied().unwrap_or(0) - now * 1000).max(0);
            let left_us = (1_000_000 - ahead_us).max(0);
            free += (left_us as f64 * rate / 1_000_000.0).ceil() as i64;
        }
        // Without a gateway everything is claimed all the same, to be told so.
        Ok(if names.is_empty() { i64::MAX } else { free })
    }

    async fn prepare(
        &self,
        tx: &mut Tx,
        practices: &Practices,
        claims: Vec<Claim>,
    ) -> Result<Vec<Call>, OutreachError> {
        let now = self.clock.now_ms();
        let ids: Vec<String> = claims.iter().map(|c| c.message_id.clone()).collect();
        let mut batch = Batch::load(self, tx, practices, &ids).await?;
        let gateways = self.gateway_facts(now);
        let mut order: Vec<&Claim> = claims.iter().collect();
        // More important messages of one person are decided first, so that they get the place under the cap.
        order.sort_by_key(|c| (c.lane, -batch.messages.get(&c.message_id).map_or(0, |m| m.priority)));
        let mut writes = Writes::default();
        let mut calls: Vec<Call> = Vec::new();
        let mut asked: BTreeSet<String> = BTreeSet::new();
        for claim in order {
            let held = Held { message_id: claim.message_id.clone(), lease: claim.lease };
            let Some(message) = batch.messages.get(&claim.message_id).cloned() else {
                writes.finished.push(held);
                continue;
            };
            let parsed: Result<StoredFacts, _> = serde_json::from_str(&message.facts);
            let (Ok(stored), true) = (parsed, claim.crashes < self.config.sending.poison_after) else {
                writes.set_aside.push(message);
                writes.finished.push(held);
                continue;
            };
            if let Some(call) = self.resolve_first(&batch, &message, &held) {
                match call {
                    Resolve::Ask(call) => calls.push(*call),
                    Resolve::GiveUp => {
                        writes.change(&message, MessageStatus::Unknown, Reason::OutcomeUnknown, now);
                        writes.told.push((message, Reason::OutcomeUnknown));
                        writes.finished.push(held);
                    }
                }
                continue;
            }
            let lane = Lane::from_number(claim.lane);
            let question = Question {
                message: &message,
                stored: &stored,
                lane,
                practices,
                gateways: &gateways,
                asked_now: message.patient_id.as_ref().is_some_and(|p| asked.contains(p)),
                live: self.config.environment == crate::config::Environment::Live,
            };
            let decision = match (&message.address, lane) {
                (Some(_), _) => fixed_route(&batch, &question, now),
                (None, _) => batch.decide(&question, now).unwrap_or(Decision::Skip(Reason::NoGateway)),
            };
            match decision {
                Decision::Wait(reason, until) => {
                    writes.change(&message, MessageStatus::Held, reason, now);
                    writes.deferred.push(Deferred { message_id: held.message_id, lease: held.lease, due_at: until });
                }
                Decision::Skip(reason) => {
                    // No address is left because gateways refused them: that is what staff need to read.
                    let refused = message.attempts > 0 && reason == Reason::NoAddress;
                    // And what it waited for in vain says more than that its time ran out.
                    let in_vain = message.status == MessageStatus::Held.as_str()
                        && matches!(reason, Reason::Expired | Reason::PastDue);
                    let reason = match message.reason.parse() {
                        Ok(known @ (Reason::BadAddress | Reason::GatewayRefused)) if refused => known,
                        Ok(known) if in_vain => known,
                        _ => reason,
                    };
                    let status = if message.attempts > 0 { MessageStatus::Failed } else { MessageStatus::Skipped };
                    writes.change(&message, status, reason, now);
                    if super::alerts::staff_should_know(reason) {
                        writes.told.push((message, reason));
                    }
                    writes.finished.push(held);
                }
                Decision::Cancel(reason) => {
                    writes.change(&message, MessageStatus::Cancelled, reason, now);
                    writes.finished.push(held);
                }
                Decision::Send(route) => {
                    let composed = compose(self, practices, &batch, &message, &stored, &route);
                    match composed {
                        Err(reason) => {
                            writes.change(&message, MessageStatus::Held, reason, now);
                            writes.told.push((message, reason));
                            writes.finished.push(held);
                        }
                        Ok(composed) => {
                            if stored.asks.is_some()
                                && let Some(patient) = &message.patient_id
                            {
                                asked.insert(patient.clone());
                            }
                            let call = self.call(
                                practices,
                                &mut batch,
                                &mut writes,
                                &message,
                                &stored,
                                route,
                                composed,
                                held,
                                lane,
                            );
                            calls.extend(call);
                        }
                    }
                }
            }
        }
        self.write(tx, practices, writes, &mut calls).await?;
        self.pace(tx, &mut calls).await?;
        Ok(calls)
    }

    /// A try without an outcome is never repeated before the gateway was asked, or the policy of its kind says so.
    fn resolve_first(&self, batch: &Batch, message: &MessageRow, held: &Held) -> Option<Resolve> {
        let last = batch.last_attempts.get(&message.id)?;
        if !matches!(last.outcome.as_deref(), None | Some("unknown")) {
            return None;
        }
        let resend = self.config.sending.resend_when_unknown.contains(&message.template);
        let gateway = self.gateways.get(&last.gateway);
        let Some(gateway) = gateway.filter(|g| g.policy().can_be_asked) else {
            return if resend { None } else { Some(Resolve::GiveUp) };
        };
        let now = self.clock.now_ms();
        Some(Resolve::Ask(Box::new(Call {
            held: held.clone(),
            number: last.number,
            gateway: std::sync::Arc::clone(gateway),
            message: OutboundMessage {
                reference: message.id.clone(),
                channel: Channel::parse(&last.channel).unwrap_or(Channel::Sms),
                to: last.address.clone(),
                subject: last.subject.clone(),
                text: last.body.clone(),
                html: None,
                reply_to: None,
                sender: None,
                unsubscribe_url: None,
                in_reply_to: None,
                valid_until_ms: None,
            },
            ask: Ask::LookUp { since: last.started_at },
            not_before: now,
            lease_until: now + self.config.sending.lease_seconds * 1000,
            about: about(message, last.segments, false, false),
        })))
    }

    fn gateway_facts(&self, now: i64) -> Vec<GatewayFacts> {
        let mut facts: Vec<(u32, GatewayFacts)> = self
            .gateways
            .iter()
            .map(|gateway| {
                let policy = gateway.policy();
                let zone = self.config.practice.zone;
                let opens_at = policy.hours.and_then(|hours| {
                    (0..8 * 24 * 4).map(|quarter| now + quarter * 900_000).find(|at| {
                        let at = local(instant(*at), zone);
                        let minute = at.hour() * 60 + at.minute();
                        hours.allows(at.weekday().num_days_from_monday() as u8, minute as u16)
                    })
                });
                (
                    policy.order,
                    GatewayFacts {
                        name: gateway.name().to_owned(),
                        channels: policy.channels.clone(),
                        two_way: policy.two_way,
                        opens_at: opens_at.filter(|at| *at > now),
                    },
                )
            })
            .collect();
        facts.sort_by_key(|(order, _)| *order);
        facts.into_iter().map(|(_, facts)| facts).collect()
    }

    #[expect(clippy::too_many_arguments, reason = "one try is made of all of these; a struct would only rename them")]
    fn call(
        &self,
        practices: &Practices,
        batch: &mut Batch,
        writes: &mut Writes,
        message: &MessageRow,
        stored: &StoredFacts,
        route: Route,
        composed: Composed,
        held: Held,
        lane: Lane,
    ) -> Option<Call> {
        let now = self.clock.now_ms();
        let gateway = std::sync::Arc::clone(self.gateways.get(&route.gateway)?);
        let number = batch.last_attempts.get(&message.id).map_or(0, |a| a.number) + 1;
        writes.attempts.push(AttemptRow {
            message_id: message.id.clone(),
            number,
            gateway: route.gateway,
            channel: route.channel.as_str().to_owned(),
            address: route.address.clone(),
            subject: composed.subject.clone(),
            body: composed.text.clone(),
            template_version: composed.version,
            language: composed.language,
            segments: composed.segments,
            lease: held.lease,
            started_at: now,
            ..AttemptRow::default()
        });
        writes.change(message, MessageStatus::Sending, Reason::None, now);
        let zone = batch.zone(practices, message).unwrap_or(self.config.practice.zone);
        if let (Some(asks), Some(patient)) = (&stored.asks, &message.patient_id) {
            let own = batch.people.get(patient).and_then(|p| p.open_prompt.as_ref());
            if own.is_none_or(|p| p.message_id != message.id) {
                let chased = batch.chased(message, stored).map(|p| p.message_id.clone());
                writes.chased.extend(chased);
                writes.prompts.push(PromptRow {
                    id: self.clock.id(),
                    patient_id: patient.clone(),
                    message_id: message.id.clone(),
                    kind: word(&prompt_kind(asks)),
                    body: composed.text.clone(),
                    expects: word(&expects(asks, batch, message, zone)),
                    status: "open".to_owned(),
                    opened_at: now,
                    expires_at: open_until(batch, message, asks, zone)
                        .min(now + stored.open_for_hours.unwrap_or(48) * 3_600_000),
                    goal_id: message.goal_id.clone(),
                    appointment_id: message.appointment_id.clone(),
                    enrolment_id: message.enrolment_id.clone(),
                    ..PromptRow::default()
                });
            }
        }
        self.count(practices, batch, writes, message, lane, composed.segments, number);
        Some(Call {
            held,
            number,
            message: OutboundMessage {
                reference: message.id.clone(),
                channel: route.channel,
                to: route.address,
                subject: composed.subject,
                text: composed.text,
                html: composed.html,
                reply_to: composed.reply_to,
                sender: None,
                unsubscribe_url: None,
                in_reply_to: None,
                valid_until_ms: message.expires_at,
            },
            gateway,
            ask: Ask::Send,
            not_before: now,
            lease_until: now + self.config.sending.lease_seconds * 1000,
            about: about(message, composed.segments, lane != Lane::Planned, stored.asks.is_some()),
        })
    }

    /// The first try of a planned message counts towards the person's cap; every text counts towards the practice's spend.
    #[expect(clippy::too_many_arguments, reason = "counts belong to the batch being written")]
    fn count(
        &self,
        practices: &Practices,
        batch: &mut Batch,
        writes: &mut Writes,
        message: &MessageRow,
        lane: Lane,
        segments: i64,
        number: i64,
    ) {
        let now = self.clock.now_ms();
        let (Some(state), Some(zone)) = (practices.get(&message.practice_id), batch.zone(practices, message)) else {
            return;
        };
        let mut keys = Vec::new();
        if number == 1
            && lane == Lane::Planned
            && message.purpose != Purpose::Service.as_str()
            && let Some(patient) = &message.patient_id
        {
            // It waits no longer: the next one of this batch must not find it both here and in the counters.
            if let Some(waiting) = batch.waiting.get_mut(patient)
                && let Some(place) = waiting.iter().position(|(priority, _)| *priority == message.priority)
            {
                waiting.swap_remove(place);
            }
            keys.push((patient.clone(), day_period(now, zone), 1));
            keys.push((patient.clone(), week_period(now, zone), 1));
        }
        if segments > 0 {
            keys.push((spend_subject(&message.practice_id), day_period(now, state.practice.settings.zone), segments));
        }
        for (subject, period, by) in keys {
            *batch.counters.entry((subject.clone(), period.clone())).or_default() += by;
            *writes.counters.entry((subject, period)).or_default() += by;
        }
    }

    async fn write(
        &self,
        tx: &mut Tx,
        practices: &Practices,
        writes: Writes,
        calls: &mut Vec<Call>,
    ) -> Result<(), OutreachError> {
        let now = self.clock.now_ms();
        let wanted: Vec<String> = writes.prompts.iter().map(|p| p.message_id.clone()).collect();
        prompts::close_of_messages(tx, &writes.chased).await?;
        let opened: BTreeSet<String> = prompts::open(tx, &writes.prompts).await?.into_iter().collect();
        // Another worker asked this person something in the meantime: this question waits, and is not sent.
        let late: BTreeSet<String> = wanted.into_iter().filter(|id| !opened.contains(id)).collect();
        calls.retain(|call| !late.contains(&call.held.message_id));
        let mut deferred = writes.deferred;
        let mut changes = writes.changes;
        for attempt in writes.attempts.iter().filter(|a| late.contains(&a.message_id)) {
            changes.retain(|c| c.id != attempt.message_id);
            changes.push(change(&attempt.message_id, MessageStatus::Held, Reason::QuestionOpen, now));
            deferred.push(Deferred {
                message_id: attempt.message_id.clone(),
                lease: attempt.lease,
                due_at: now + 60_000,
            });
        }
        let attempts: Vec<AttemptRow> = writes.attempts.into_iter().filter(|a| !late.contains(&a.message_id)).collect();
        ledger::insert_attempts(tx, &attempts).await?;
        for message in &writes.set_aside {
            changes.push(change(&message.id, MessageStatus::Held, Reason::Poison, now));
        }
        ledger::set_status(tx, &changes).await?;
        due::defer(tx, &deferred).await?;
        due::finish(tx, &writes.finished).await?;
        let counted: Vec<CounterRow> =
            writes.counters.into_iter().map(|((subject, period), used)| CounterRow { subject, period, used }).collect();
        counters::add(tx, &counted).await?;
        let aside = writes.set_aside.into_iter().map(|m| (m, Reason::Poison));
        for (message, reason) in writes.told.into_iter().chain(aside) {
            super::alerts::raise_for_message(tx, &self.clock, practices, &message, reason).await?;
        }
        Ok(())
    }

    /// Reserves a slot in each gateway's rate. Safety texts and answers reserve too, but do not wait for theirs.
    async fn pace(&self, tx: &mut Tx, calls: &mut [Call]) -> Result<(), OutreachError> {
        let now_us = self.clock.now_ms() * 1000;
        let mut by_gateway: BTreeMap<String, Vec<&mut Call>> = BTreeMap::new();
        for call in calls {
            by_gateway.entry(call.gateway.name().to_owned()).or_default().push(call);
        }
        for (name, mut calls) in by_gateway {
            let Some(gateway) = self.gateways.get(&name) else {
                continue;
            };
            let interval_us = (1_000_000.0 / gateway.policy().rate_per_second).ceil() as i64;
            let first = counters::reserve_pace(tx, &name, calls.len() as i64, interval_us, now_us).await?;
            for (index, call) in calls.iter_mut().enumerate() {
                if !call.about.urgent {
                    call.not_before = (first + index as i64 * interval_us) / 1000;
                }
            }
        }
        Ok(())
    }
}

enum Resolve {
    Ask(Box<Call>),
    GiveUp,
}

impl Writes {
    fn change(&mut self, message: &MessageRow, status: MessageStatus, reason: Reason, at: i64) {
        if message.status != status.as_str() || message.reason != reason.as_str() {
            self.changes.push(change(&message.id, status, reason, at));
        }
    }
}

fn change(id: &str, status: MessageStatus, reason: Reason, at: i64) -> StatusChange {
    StatusChange { id: id.to_owned(), status: status.to_string(), reason: reason.to_string(), at }
}

/// A message with a fixed address: an answer goes back where the text came from, an alert to its route. What stops even
/// an answer still stops it.
fn fixed_route(batch: &Batch, question: &Question<'_>, now: i64) -> Decision {
    let message = question.message;
    let stopped = match batch.decide(question, now) {
        Some(Decision::Cancel(reason)) => Some(Decision::Cancel(reason)),
        Some(Decision::Skip(reason @ (Reason::Expired | Reason::PastDue))) => Some(Decision::Skip(reason)),
        _ => None,
    };
    if let Some(stopped) = stopped {
        return stopped;
    }
    let channel = message.channel.as_deref().and_then(Channel::parse);
    let by_channel =
        |channel: Channel| question.gateways.iter().find(|g| g.channels.contains(&channel)).map(|g| g.name.clone());
    match (channel, &message.address) {
        (Some(channel), Some(address)) => match message.gateway.clone().or_else(|| by_channel(channel)) {
            Some(gateway) => {
                Decision::Send(Route { channel, address: address.clone(), gateway, gateway_opens_at: None })
            }
            None => Decision::Skip(Reason::NoGateway),
        },
        _ => Decision::Skip(Reason::NoAddress),
    }
}

fn about(message: &MessageRow, segments: i64, urgent: bool, asks: bool) -> About {
    About {
        practice_id: message.practice_id.clone(),
        patient_id: message.patient_id.clone(),
        template: message.template.clone(),
        urgent,
        expires_at: message.expires_at.unwrap_or(i64::MAX),
        segments,
        asks,
    }
}

/// Until when an answer can still be used: a visit that has begun is confirmed no more, and the clinician has the agenda from
/// 6am of the day on. What comes later is read by a person.
fn open_until(batch: &Batch, message: &MessageRow, asks: &Asks, zone: chrono_tz::Tz) -> i64 {
    const AGENDA_FROZEN: chrono::NaiveTime = chrono::NaiveTime::MIN;
    let Some(appointment) = message.appointment_id.as_ref().and_then(|id| batch.appointments.get(id)) else {
        return i64::MAX;
    };
    match asks {
        Asks::Agenda { .. } => {
            let day = local(instant(appointment.starts_at), zone).date();
            let frozen = AGENDA_FROZEN + chrono::Duration::hours(6);
            resolve(zone, day.and_time(frozen)).timestamp_millis().min(appointment.starts_at)
        }
        _ => appointment.starts_at,
    }
}

/// The JSON under which a question is kept.
fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Turns with one message each after a batch failed.
const CAREFUL_TURNS: usize = 50;

/// Failures in a row after which it is not a row that is bad.
const MOST_FAILURES: usize = 200;

/// Calls beyond the limit in flight that are kept for safety texts and answers.
const ROOM_FOR_ANSWERS: i64 = 16;

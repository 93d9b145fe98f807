//! What to do with each claimed message: resolve, decide, render, and gather what the turn will write.

use super::super::calls::{About, Ask};
use super::super::compose::{Composed, compose, expects, prompt_kind};
use super::super::facts::{Batch, Question};
use super::super::health::Health;
use super::super::periods::{Periods, sent_subject, spend_subject};
use super::super::threads::threads;
use super::super::{Call, Engine, OutreachError, Practices, StoredFacts};
use super::LEASES_A_FAILURE;
use super::write::Writes;
use crate::clock::instant;
use crate::domain::calendar::{local, resolve};
use crate::domain::decision::{Decision, GatewayFacts, Route, carrying};
use crate::domain::delivery::Channel;
use crate::domain::message::{Lane, MessageStatus, Purpose};
use crate::domain::programme::Asks;
use crate::domain::reason::Reason;
use crate::gateways::{Gateway, OutboundMessage};
use crate::store::Tx;
use crate::store::due::{Claim, Deferred, Held};
use crate::store::ledger::{AttemptRow, MessageRow};
use crate::store::prompts::PromptRow;
use std::collections::BTreeSet;

impl Engine {
    pub(super) async fn prepare(
        &self,
        tx: &mut Tx,
        practices: &Practices,
        health: &mut Health,
        claims: Vec<Claim>,
    ) -> Result<Vec<Call>, OutreachError> {
        let now = self.clock.now_ms();
        let ids: Vec<String> = claims.iter().map(|c| c.message_id.clone()).collect();
        let mut batch = Batch::load(self, tx, practices, &ids).await?;
        batch.threads = threads(tx, &batch).await?;
        let mut gateways = self.gateway_facts(health, now);
        let mut order: Vec<&Claim> = claims.iter().collect();
        // More important messages of one person are decided first, so that they get the place under the cap.
        order.sort_by_key(|c| (c.lane, -batch.messages.get(&c.message_id).map_or(0, |m| m.priority)));
        let mut writes = Writes::default();
        let mut calls: Vec<Call> = Vec::new();
        let mut asked: BTreeSet<String> = BTreeSet::new();
        let mut stopped: BTreeSet<(String, Reason)> = BTreeSet::new();
        for claim in order {
            let held = Held { message_id: claim.message_id.clone(), lease: claim.lease };
            let Some(message) = batch.messages.get(&claim.message_id).cloned() else {
                writes.finished.push(held);
                continue;
            };
            let parsed: Result<StoredFacts, _> = serde_json::from_str(&message.facts);
            let (Ok(stored), true) = (parsed, claim.crashes < self.config.sending.poison_after * LEASES_A_FAILURE)
            else {
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
                    // One alert for the whole practice, whoever is held first.
                    let asks_staff = matches!(reason, Reason::SpendCap | Reason::SuddenRise);
                    if asks_staff && stopped.insert((message.practice_id.clone(), reason)) {
                        writes.told.push((message.clone(), reason));
                    }
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
                    if super::super::alerts::staff_should_know(reason) {
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
                            let by = &route.gateway;
                            if lane == Lane::Planned && health.is_probe(by, now) {
                                health.probed(by, now + self.config.sending.lease_seconds * 1000);
                                let rests = self.gateways.get(by).and_then(|g| rests_until(health, g, now));
                                for facts in gateways.iter_mut().filter(|g| g.name == *by) {
                                    facts.takes = 0;
                                    facts.rests_until = rests;
                                }
                            }
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
        health.save(tx).await?;
        self.write(tx, practices, writes, &batch.counters, &mut calls).await?;
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
                follows: Vec::new(),
                nhs_number: None,
                valid_until_ms: None,
            },
            ask: Ask::LookUp { since: last.started_at },
            not_before: now,
            lease_until: now + self.config.sending.lease_seconds * 1000,
            about: about(message, last.segments, false, false),
        })))
    }

    fn gateway_facts(&self, health: &Health, now: i64) -> Vec<GatewayFacts> {
        let mut facts: Vec<(u32, GatewayFacts)> = self
            .gateways
            .iter()
            .map(|gateway| {
                let policy = gateway.policy();
                let (zone, nation) = (self.config.practice.zone, self.config.practice.holidays);
                let holiday = |date| self.bank_holidays.is_holiday(nation, date).is_certain();
                let opens_at = policy.hours.map(|hours| hours.opens_at(now, zone, holiday));
                (
                    policy.order,
                    GatewayFacts {
                        name: gateway.name().to_owned(),
                        channels: policy.channels.clone(),
                        two_way: policy.two_way,
                        opens_at: opens_at.filter(|at| *at > now),
                        rests_until: rests_until(health, gateway, now),
                        takes: health.takes(gateway.name(), now),
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
                unsubscribe_url: composed.unsubscribe_url,
                follows: batch.threads.get(&message.id).cloned().unwrap_or_default(),
                nhs_number: message
                    .patient_id
                    .as_ref()
                    .and_then(|id| batch.people.get(id))
                    .and_then(|person| person.row.nhs_number.clone()),
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
        let today = batch.periods(now, state.practice.settings.zone).day;
        if number == 1 && lane == Lane::Planned {
            keys.push((sent_subject(&message.practice_id), today.clone(), 1));
        }
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
            let Periods { day, week } = batch.periods(now, zone);
            keys.push((patient.clone(), day, 1));
            keys.push((patient.clone(), week, 1));
        }
        if segments > 0 {
            keys.push((spend_subject(&message.practice_id), today, segments));
        }
        for (subject, period, by) in keys {
            *batch.counters.entry((subject.clone(), period.clone())).or_default() += by;
            *writes.counters.entry((subject, period)).or_default() += by;
        }
    }
}

enum Resolve {
    Ask(Box<Call>),
    GiveUp,
}

/// Until when planned messages wait for a gateway that rests: only where it cannot be asked. Others lose nothing by a try.
fn rests_until(health: &Health, gateway: &Gateway, now: i64) -> Option<i64> {
    if gateway.policy().can_be_asked { None } else { health.rests_until(gateway.name(), now) }
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
    match (channel, &message.address) {
        // There is no other address than this one: refused for good, the step ends (F17).
        (Some(_), Some(address)) if batch.refused.contains(&(message.id.clone(), address.clone())) => {
            Decision::Skip(Reason::NoAddress)
        }
        (Some(channel), Some(address)) => match fixed_gateway(batch, question, channel) {
            Some(gateway) => {
                let gateway = gateway.to_owned();
                Decision::Send(Route {
                    channel,
                    address: address.clone(),
                    gateway,
                    gateway_opens_at: None,
                    gateway_rests_until: None,
                })
            }
            None => Decision::Skip(Reason::NoGateway),
        },
        _ => Decision::Skip(Reason::NoAddress),
    }
}

/// The gateway an answer came in by, or the first for a message to staff; another one that is open now when that one rests,
/// or has just failed this message: it always has a way out.
fn fixed_gateway<'a>(batch: &Batch, question: &Question<'a>, channel: Channel) -> Option<&'a str> {
    let message = question.message;
    let own_order = question.practices.get(&message.practice_id).map(|s| s.practice.settings.sms_gateways.as_slice());
    let carrying = carrying(question.gateways, own_order.unwrap_or_default(), channel);
    let everywhere = carrying.iter().copied().chain(question.gateways.iter().filter(|g| g.channels.contains(&channel)));
    if let Some(bound) = batch.bound.get(&message.id) {
        return everywhere.clone().find(|g| g.name == *bound).map(|g| g.name.as_str());
    }
    let failed = batch
        .last_attempts
        .get(&message.id)
        .filter(|last| matches!(last.outcome.as_deref(), Some("retry" | "resolved_not_sent")))
        .map(|last| last.gateway.as_str());
    let named = message.gateway.as_deref();
    // Best first: the gateway the text came in by, then what people can answer and is open now, in the practice's order.
    let mut candidates: Vec<&GatewayFacts> = everywhere.collect();
    candidates.sort_by_key(|g| {
        let unfit = g.takes == 0 || failed == Some(g.name.as_str());
        // The way out by the gateway the text came in by was chosen for its hours when the answer was written.
        let preferred = named == Some(g.name.as_str());
        (unfit, !preferred, !preferred && g.opens_at.is_some(), named.is_some() && !g.two_way)
    });
    candidates.first().map(|g| g.name.as_str())
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

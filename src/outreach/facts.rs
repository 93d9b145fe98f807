//! The facts of a batch, read in sets: what each decision and each text needs, as it is at this moment.

use super::periods::{Periods, rise_subject, sent_subject, spend_subject};
use super::{Engine, OutreachError, Practices, StoredFacts};
use crate::clock::instant;
use crate::domain::calendar::Window;
use crate::domain::consent::ConsentLine;
use crate::domain::decision::{Contact, ContactState, GatewayFacts, PersonFacts, SendFacts, Used};
use crate::domain::delivery::Channel;
use crate::domain::message::{Lane, MessageKind, PastDue, Purpose};
use crate::domain::plan::AppointmentState;
use crate::domain::practice::WindowSettings;
use crate::gateways::to_hex;
use crate::store::appointments::AppointmentRow;
use crate::store::contacts::ContactPointRow;
use crate::store::counters::CounterRow;
use crate::store::enrolments::EnrolmentRow;
use crate::store::goals::GoalRow;
use crate::store::ledger::{AttemptRow, MessageRow};
use crate::store::patients::PatientRow;
use crate::store::prompts::PromptRow;
use crate::store::{self, Tx};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// The hash under which a stopped address is kept.
pub fn address_hash(channel: &str, address: &str) -> String {
    to_hex(&Sha256::digest(format!("{channel}:{address}")))
}

/// One person's facts, owned.
#[derive(Debug, Default)]
pub(super) struct Person {
    pub row: PatientRow,
    pub tags: Vec<String>,
    pub contacts: Vec<Contact>,
    pub consents: Vec<(String, Purpose, crate::domain::consent::Decision)>,
    pub window: Option<Window>,
    pub open_prompt: Option<PromptRow>,
    pub next_appointment: Option<i64>,
    pub released_results: i64,
    pub goals: Vec<GoalRow>,
}

/// Everything about a batch of messages.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub messages: BTreeMap<String, Arc<MessageRow>>,
    pub people: HashMap<String, Person>,
    pub appointments: HashMap<String, AppointmentRow>,
    pub enrolments: HashMap<String, EnrolmentRow>,
    pub last_attempts: HashMap<String, AttemptRow>,
    /// (message, address) pairs that a gateway refused for good.
    pub refused: BTreeSet<(String, String)>,
    /// Message → the only gateway by which it may be tried again: that one recognises a repeat, another would double it.
    pub bound: HashMap<String, String>,
    pub agenda: HashMap<String, usize>,
    /// (subject, period) → used.
    pub counters: HashMap<(String, String), i64>,
    /// The day and the week in each zone of the batch, at the moment it was read.
    pub periods: HashMap<chrono_tz::Tz, Periods>,
    /// (appointment, step) of questions that were answered.
    pub answered: BTreeSet<(String, String)>,
    /// Message → the step that asked, for the messages around the batch's appointments.
    pub steps: HashMap<String, String>,
    /// Waiting planned messages by person: (priority, due_at).
    pub waiting: HashMap<String, Vec<(i64, i64)>>,
    /// Message → the Message-IDs its email follows, oldest first.
    pub threads: HashMap<String, Vec<String>>,
}

impl Batch {
    /// Reads everything about these messages.
    pub async fn load(
        engine: &Engine,
        tx: &mut Tx,
        practices: &Practices,
        ids: &[String],
    ) -> Result<Self, OutreachError> {
        let now = engine.clock.now_ms();
        let mut batch = Self::default();
        let rows = store::ledger::by_ids(tx, ids).await?;
        let unique = |pick: fn(&MessageRow) -> Option<&String>| -> Vec<String> {
            rows.iter().filter_map(pick).cloned().collect::<BTreeSet<_>>().into_iter().collect()
        };
        let person_ids = unique(|m| m.patient_id.as_ref());
        let appointment_ids = unique(|m| m.appointment_id.as_ref());
        let enrolment_ids = unique(|m| m.enrolment_id.as_ref());
        // Only a message that was never looked at has certainly no try: one without an outcome is not counted in `attempts`.
        let tried: Vec<String> =
            rows.iter().filter(|m| m.attempts > 0 || m.status != "planned").map(|m| m.id.clone()).collect();
        let planned = rows.iter().any(|m| m.kind != "auto_reply");
        for row in store::patients::by_ids(tx, &person_ids).await? {
            let window = row
                .window_json
                .as_deref()
                .and_then(|json| serde_json::from_str::<WindowSettings>(json).ok())
                .and_then(|settings| settings.window().ok());
            batch.people.insert(row.id.clone(), Person { row, window, ..Person::default() });
        }
        batch.load_people(tx, &person_ids, planned, now).await?;
        batch.load_counters(tx, practices, &rows, now).await?;
        for row in store::appointments::by_ids(tx, &appointment_ids).await? {
            batch.appointments.insert(row.id.clone(), row);
        }
        for item in store::record::agenda(tx, &appointment_ids).await? {
            *batch.agenda.entry(item.appointment_id).or_default() += 1;
        }
        for row in store::enrolments::by_ids(tx, &enrolment_ids).await? {
            batch.enrolments.insert(row.id.clone(), row);
        }
        for row in store::ledger::last_attempts(tx, &tried).await? {
            batch.last_attempts.insert(row.message_id.clone(), row);
        }
        batch.refused = store::ledger::refused(tx, &tried).await?.into_iter().collect();
        for (message, gateway) in store::ledger::said_not_there(tx, &tried).await? {
            if engine.gateways.get(&gateway).is_some_and(|g| g.policy().repeats_only_here) {
                batch.bound.insert(message, gateway);
            }
        }
        batch.load_answered(tx, &appointment_ids).await?;
        batch.messages = rows.into_iter().map(|m| (m.id.clone(), Arc::new(m))).collect();
        Ok(batch)
    }

    async fn load_people(&mut self, tx: &mut Tx, ids: &[String], planned: bool, now: i64) -> Result<(), OutreachError> {
        const YEAR_MS: i64 = 366 * 86_400_000;
        let contacts = store::contacts::of_patients(tx, ids).await?;
        self.load_contacts(tx, contacts).await?;
        for prompt in store::prompts::open_of(tx, ids).await? {
            if let Some(person) = self.people.get_mut(&prompt.patient_id) {
                person.open_prompt = Some(prompt);
            }
        }
        for goal in store::goals::of_patients(tx, ids).await? {
            if let Some(person) = self.people.get_mut(&goal.patient_id) {
                person.goals.push(goal);
            }
        }
        if !planned {
            return Ok(());
        }
        for row in store::consents::of_patients(tx, ids).await? {
            if let (Some(person), Ok(purpose), Ok(decision)) =
                (self.people.get_mut(&row.patient_id), row.purpose.parse(), row.decision.parse())
            {
                person.consents.push((row.channel, purpose, decision));
            }
        }
        for row in store::patients::tags(tx, ids).await? {
            if let Some(person) = self.people.get_mut(&row.patient_id) {
                person.tags.push(row.tag);
            }
        }
        for row in store::appointments::upcoming(tx, ids, now, now + 14 * 86_400_000).await? {
            if let Some(person) = self.people.get_mut(&row.patient_id) {
                person.next_appointment.get_or_insert(row.starts_at);
            }
        }
        for (id, count) in store::results::released_counts(tx, ids, now - YEAR_MS).await? {
            if let Some(person) = self.people.get_mut(&id) {
                person.released_results = count;
            }
        }
        for (id, priority, due_at) in store::due::waiting_of(tx, ids).await? {
            self.waiting.entry(id).or_default().push((priority, due_at));
        }
        Ok(())
    }

    async fn load_contacts(&mut self, tx: &mut Tx, rows: Vec<ContactPointRow>) -> Result<(), OutreachError> {
        let addresses: Vec<(String, String)> = rows.iter().map(|c| (c.channel.clone(), c.address.clone())).collect();
        let mut owners: HashMap<(String, String), BTreeSet<String>> = HashMap::new();
        for row in store::contacts::at_addresses(tx, &addresses).await? {
            owners.entry((row.channel, row.address)).or_default().insert(row.patient_id);
        }
        let hashes: Vec<String> = addresses.iter().map(|(channel, address)| address_hash(channel, address)).collect();
        let stopped: BTreeSet<String> = store::contacts::stopped(tx, &hashes).await?.into_iter().collect();
        for (row, hash) in rows.into_iter().zip(&hashes) {
            let (Some(channel), Some(person)) = (Channel::parse(&row.channel), self.people.get_mut(&row.patient_id))
            else {
                continue;
            };
            let key = (row.channel, row.address);
            person.contacts.push(Contact {
                channel,
                shared: owners.get(&key).is_some_and(|o| o.len() > 1),
                stopped: stopped.contains(hash),
                address: key.1,
                state: row.status.parse().unwrap_or(ContactState::Old),
            });
        }
        Ok(())
    }

    async fn load_counters(
        &mut self,
        tx: &mut Tx,
        practices: &Practices,
        rows: &[MessageRow],
        now: i64,
    ) -> Result<(), OutreachError> {
        let mut keys: BTreeSet<(String, String)> = BTreeSet::new();
        for row in rows {
            let Some(state) = practices.get(&row.practice_id) else {
                continue;
            };
            let own = state.practice.settings.zone;
            let zone = self.zone(practices, row).unwrap_or(own);
            if let Some(patient) = &row.patient_id {
                let Periods { day, week } = self.periods.entry(zone).or_insert_with(|| Periods::at(now, zone)).clone();
                keys.insert((patient.clone(), day));
                keys.insert((patient.clone(), week));
            }
            let today = self.periods.entry(own).or_insert_with(|| Periods::at(now, own)).day.clone();
            for subject in [spend_subject, sent_subject, rise_subject] {
                keys.insert((subject(&row.practice_id), today.clone()));
            }
        }
        let keys: Vec<CounterRow> =
            keys.into_iter().map(|(subject, period)| CounterRow { subject, period, used: 0 }).collect();
        for row in store::counters::get(tx, &keys).await? {
            self.counters.insert((row.subject, row.period), row.used);
        }
        Ok(())
    }

    async fn load_answered(&mut self, tx: &mut Tx, appointment_ids: &[String]) -> Result<(), OutreachError> {
        let related = store::ledger::for_appointments(tx, appointment_ids).await?;
        let asked: Vec<String> = related.iter().map(|m| m.id.clone()).collect();
        let answered: BTreeSet<String> = store::prompts::of_messages(tx, &asked)
            .await?
            .into_iter()
            .filter(|p| p.status == "answered")
            .map(|p| p.message_id)
            .collect();
        for row in related {
            let Some(appointment) = row.appointment_id else {
                continue;
            };
            self.steps.insert(row.id.clone(), row.step.clone());
            if answered.contains(&row.id) {
                // An answer to the nudge is an answer to what it chased.
                let chased = serde_json::from_str::<StoredFacts>(&row.facts).ok().and_then(|facts| facts.chases);
                if let Some(chased) = chased {
                    self.answered.insert((appointment.clone(), chased));
                }
                self.answered.insert((appointment, row.step));
            }
        }
        Ok(())
    }

    pub fn zone(&self, practices: &Practices, message: &MessageRow) -> Option<chrono_tz::Tz> {
        let practice = &practices.get(&message.practice_id)?.practice;
        let own = message.patient_id.as_ref().and_then(|id| self.people.get(id)).and_then(|p| p.row.zone.as_deref());
        Some(practice.zone_of(own))
    }

    /// The person's open question, if this message chases it: then it takes its place instead of waiting for it.
    pub fn chased(&self, message: &MessageRow, stored: &StoredFacts) -> Option<&PromptRow> {
        let step = stored.chases.as_ref()?;
        let person = self.people.get(message.patient_id.as_ref()?)?;
        person.open_prompt.as_ref().filter(|open| {
            open.appointment_id == message.appointment_id && self.steps.get(&open.message_id) == Some(step)
        })
    }

    pub fn periods(&self, now: i64, zone: chrono_tz::Tz) -> Periods {
        self.periods.get(&zone).cloned().unwrap_or_else(|| Periods::at(now, zone))
    }

    pub fn used(&self, subject: &str, period: &str) -> i64 {
        self.counters.get(&(subject.to_owned(), period.to_owned())).copied().unwrap_or(0)
    }
}

/// A message's lot among a hundred: the same at every try.
fn draw(message_id: &str) -> i64 {
    let digest = Sha256::digest(message_id);
    i64::from(u16::from_be_bytes([digest[0], digest[1]]) % 100)
}

/// What a decision borrows from.
pub(super) struct Question<'a> {
    pub message: &'a MessageRow,
    pub stored: &'a StoredFacts,
    pub lane: Lane,
    pub practices: &'a Practices,
    pub gateways: &'a [GatewayFacts],
    /// Questions and sends of this same batch, decided before this one.
    pub asked_now: bool,
    pub live: bool,
}

impl Batch {
    /// The facts of one decision; `None` when the practice is unknown.
    pub fn decide(&self, question: &Question<'_>, now: i64) -> Option<crate::domain::decision::Decision> {
        let Question { message, stored, lane, practices, gateways, asked_now, live } = *question;
        let state = practices.get(&message.practice_id)?;
        let practice = &state.practice;
        let zone = self.zone(practices, message)?;
        let person = message.patient_id.as_ref().and_then(|id| self.people.get(id));
        let consents: Vec<ConsentLine<'_>> = person
            .map(|p| {
                p.consents
                    .iter()
                    .map(|(channel, purpose, decision)| ConsentLine { channel, purpose: *purpose, decision: *decision })
                    .collect()
            })
            .unwrap_or_default();
        let contacts: Vec<Contact> = person
            .map(|p| {
                p.contacts
                    .iter()
                    .filter(|c| !self.refused.contains(&(message.id.clone(), c.address.clone())))
                    .cloned()
                    .collect()
            })
            .unwrap_or_default();
        let appointment = message.appointment_id.as_ref().and_then(|id| self.appointments.get(id));
        let patient = message.patient_id.as_deref().unwrap_or_default();
        let Periods { day, week } = self.periods(now, zone);
        let purpose: Purpose = message.purpose.parse().ok()?;
        let end_of_day = now + 86_400_000;
        let more_important = self.waiting.get(patient).map_or(0, |rows| {
            rows.iter()
                .filter(|(priority, due)| *priority > message.priority && *priority < 100 && *due < end_of_day)
                .count()
        });
        let limit = practice.settings.limits.segments_per_day;
        let today = self.periods(now, practice.settings.zone).day;
        let used_today = |subject: fn(&str) -> String| self.used(&subject(&message.practice_id), &today);
        let spent = limit > 0 && used_today(spend_subject) >= limit;
        let risen =
            state.rise_limit().is_some_and(|limit| used_today(sent_subject) >= limit && used_today(rise_subject) == 0);
        let bound: Vec<GatewayFacts>;
        let gateways = match self.bound.get(&message.id) {
            Some(only) => {
                bound = gateways.iter().filter(|g| g.name == *only).cloned().collect();
                &bound
            }
            None => gateways,
        };
        let facts = SendFacts {
            kind: message.kind.parse().unwrap_or(MessageKind::StaffMessage),
            purpose,
            lane,
            priority: message.priority,
            expires_at: message.expires_at,
            skip_when_late: message.past_due == PastDue::Skip.as_str(),
            asks: stored.asks.is_some(),
            appointment: appointment.map(|a| {
                let current = message.anchor.ends_with(&format!("@{}/{}", a.starts_at, a.updated_at));
                (a.status.parse().unwrap_or(AppointmentState::Booked), a.starts_at, current)
            }),
            enrolled: message
                .enrolment_id
                .as_ref()
                .map(|id| self.enrolments.get(id).is_some_and(|e| e.status == "active")),
            goal_active: message
                .goal_id
                .as_ref()
                .map(|id| person.is_some_and(|p| p.goals.iter().any(|g| g.id == *id && g.status == "active"))),
            answered: match (&stored.chases, &message.appointment_id) {
                (Some(step), Some(id)) => self.answered.contains(&(id.clone(), step.clone())),
                _ => false,
            },
            has_content: match message.template.as_str() {
                "results_notice" => Some(person.is_some_and(|p| p.released_results > 0)),
                "agenda_echo" => {
                    Some(message.appointment_id.as_ref().and_then(|id| self.agenda.get(id)).is_some_and(|n| *n > 0))
                }
                _ => None,
            },
            other_question_until: person
                .and_then(|p| p.open_prompt.as_ref())
                .filter(|p| p.message_id != message.id)
                .filter(|p| self.chased(message, stored).is_none_or(|own| own.id != p.id))
                .map(|p| p.expires_at)
                .or_else(|| asked_now.then_some(now + 3_600_000)),
            used: Used {
                today: self.used(patient, &day),
                week: self.used(patient, &week),
                more_important_today: more_important as i64,
            },
            next_appointment: person.and_then(|p| p.next_appointment),
            practice,
            person: person.map(|p| PersonFacts {
                registered: p.row.registered,
                deceased: p.row.deceased,
                sensitive: p.row.sensitive,
                unsafe_contact: p.row.unsafe_contact,
                textable: p.row.textable,
                birth_date: p.row.birth_date.as_deref().and_then(|d| d.parse().ok()),
                paused_until: p.row.paused_until,
                zone,
                window: p.window.as_ref(),
                preferred: p.row.preferred_channel.as_deref().and_then(Channel::parse),
                tags: &p.tags,
                contacts: &contacts,
                consents: &consents,
            }),
            gateways,
            draw: draw(&message.id),
            excluded_tags: &stored.excluded_tags,
            live,
            spent,
            risen,
        };
        Some(crate::domain::decision::decide(&facts, instant(now)))
    }
}

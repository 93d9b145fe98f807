//! From appointments and enrolments to ledger rows. Cost follows what changed, not how many patients there are.

use super::{Engine, NewSend, OutreachError, PracticeState, Practices, StoredFacts, enqueue};
use crate::clock::instant;
use crate::domain::message::{Lane, MessageStatus};
use crate::domain::plan::{self, AppointmentFacts, AppointmentState, Existing, PlannedSend, RecurringFacts};
use crate::domain::programme::{Programme, Step};
use crate::domain::reason::Reason;
use crate::store::enrolments::{EnrolmentRow, Progress};
use crate::store::ledger::{MessageRow, StatusChange};
use crate::store::{Tx, appointments, due, enrolments, ledger, patients, prompts};
use std::collections::{BTreeMap, BTreeSet};

/// What one planning pass did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Planned {
    /// Appointments and enrolments looked at.
    pub looked_at: usize,
    /// New ledger rows.
    pub new: u64,
    /// Rows called off.
    pub voided: usize,
}

impl Planned {
    pub(super) fn add(&mut self, other: Self) {
        self.looked_at += other.looked_at;
        self.new += other.new;
        self.voided += other.voided;
    }
}

pub(super) const PAGE: i64 = 500;

impl Engine {
    /// Plans everything that changed, and every recurring step that comes up. Running it twice changes nothing.
    pub async fn plan(&self) -> Result<Planned, OutreachError> {
        let practices = self.practices().await?;
        let mut total = Planned::default();
        loop {
            let mut tx = self.db.begin().await?;
            let page = match self.plan_changes(&mut tx, &practices).await {
                Ok(page) => page,
                Err(error) => {
                    drop(tx);
                    total.add(self.plan_changes_alone(&practices, error).await?);
                    continue;
                }
            };
            tx.commit().await?;
            total.add(page);
            if page.looked_at == 0 {
                break;
            }
        }
        loop {
            let mut tx = self.db.begin().await?;
            let page = match self.plan_recurring(&mut tx, &practices).await {
                Ok(page) => page,
                Err(error) => {
                    drop(tx);
                    total.add(self.plan_recurring_alone(&practices, error).await?);
                    continue;
                }
            };
            tx.commit().await?;
            total.add(page);
            if page.looked_at == 0 {
                break;
            }
        }
        Ok(total)
    }

    /// Plans what an import changed, so that a person sees it at once; a dry run changed nothing.
    pub async fn plan_after_import(&self, dry_run: bool) -> Result<(), OutreachError> {
        if !dry_run {
            self.plan().await?;
        }
        Ok(())
    }

    async fn plan_changes(&self, tx: &mut Tx, practices: &Practices) -> Result<Planned, OutreachError> {
        let taken = appointments::take_planning(tx, PAGE).await?;
        self.plan_subjects(tx, practices, &taken).await
    }

    /// Plans these subjects of the queue, which the caller has taken out of it in the same transaction.
    pub(super) async fn plan_subjects(
        &self,
        tx: &mut Tx,
        practices: &Practices,
        taken: &[(String, String)],
    ) -> Result<Planned, OutreachError> {
        let now = self.clock.now_ms();
        let mut ids: BTreeSet<String> = BTreeSet::new();
        let mut people = Vec::new();
        for (subject, id) in taken {
            if subject == "appointment" {
                ids.insert(id.clone());
            } else {
                people.push(id.clone());
            }
        }
        for row in appointments::upcoming(tx, &people, now, i64::MAX).await? {
            ids.insert(row.id);
        }
        let ids: Vec<String> = ids.into_iter().collect();
        let mut done = self.plan_appointments(tx, practices, &ids).await?;
        done.looked_at = taken.len();
        Ok(done)
    }

    async fn plan_appointments(
        &self,
        tx: &mut Tx,
        practices: &Practices,
        ids: &[String],
    ) -> Result<Planned, OutreachError> {
        let now = instant(self.clock.now_ms());
        let rows = appointments::by_ids(tx, ids).await?;
        let person_ids: Vec<String> =
            rows.iter().map(|a| a.patient_id.clone()).collect::<BTreeSet<_>>().into_iter().collect();
        let zones: BTreeMap<String, Option<String>> = patients::zones(tx, &person_ids).await?.into_iter().collect();
        let mut in_programmes: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        for row in enrolments::of_patients(tx, &person_ids).await? {
            if row.status == "active" {
                in_programmes.entry(row.patient_id).or_default().push((row.programme, row.id));
            }
        }
        let mut existing: BTreeMap<String, Vec<Existing>> = BTreeMap::new();
        for row in ledger::for_appointments(tx, ids).await? {
            if let (Some(appointment), Some(known)) = (row.appointment_id.clone(), existing_row(&row)) {
                existing.entry(appointment).or_default().push(known);
            }
        }
        let mut sends = Vec::new();
        let mut voids = Vec::new();
        let mut void_questions = Vec::new();
        for row in &rows {
            let (Some(state), Some(zone)) = (practices.get(&row.practice_id), zones.get(&row.patient_id)) else {
                continue;
            };
            let facts = AppointmentFacts {
                id: &row.id,
                kind: &row.kind,
                starts_at: row.starts_at,
                changed_at: row.updated_at,
                state: row.status.parse().unwrap_or(AppointmentState::Booked),
                zone: state.practice.zone_of(zone.as_deref()),
                practice: &state.practice,
                enrolments: in_programmes.get(&row.patient_id).map_or(&[], Vec::as_slice),
                existing: existing.get(&row.id).map_or(&[], Vec::as_slice),
                settle_ms: self.config.sending.settle_minutes * 60_000,
            };
            let programmes: Vec<&Programme> = state.programmes.iter().collect();
            let plan = plan::for_appointment(&facts, &programmes, now);
            voids.extend(plan.void);
            void_questions.extend(plan.void_questions);
            for send in plan.sends {
                let step = find_step(state, &send);
                sends.push(new_send(&row.practice_id, &row.patient_id, send, step, Some(row.id.clone())));
            }
        }
        let at = self.clock.now_ms();
        let changes: Vec<StatusChange> = voids
            .iter()
            .map(|(id, reason)| StatusChange {
                id: id.clone(),
                status: MessageStatus::Cancelled.to_string(),
                reason: reason.to_string(),
                at,
            })
            .collect();
        ledger::set_status(tx, &changes).await?;
        let voided: Vec<String> = voids.into_iter().map(|(id, _)| id).collect();
        due::remove(tx, &voided).await?;
        for patient in prompts::close_of_messages(tx, &void_questions).await? {
            due::wake(tx, &patient, Reason::QuestionOpen.as_str(), at).await?;
        }
        let new = enqueue(tx, &self.clock, sends).await?;
        Ok(Planned { looked_at: rows.len(), new, voided: voided.len() })
    }

    async fn plan_recurring(&self, tx: &mut Tx, practices: &Practices) -> Result<Planned, OutreachError> {
        let rows = enrolments::take_due(tx, self.planned_until(), PAGE).await?;
        self.plan_enrolments(tx, practices, &rows).await
    }

    /// How far ahead recurring steps are written into the ledger.
    pub(super) fn planned_until(&self) -> i64 {
        self.clock.now_ms() + self.config.sending.plan_ahead_hours * 3_600_000
    }

    /// Plans what comes up of these enrolments, which the caller has locked in the same transaction.
    pub(super) async fn plan_enrolments(
        &self,
        tx: &mut Tx,
        practices: &Practices,
        rows: &[EnrolmentRow],
    ) -> Result<Planned, OutreachError> {
        let now_ms = self.clock.now_ms();
        let ahead = self.planned_until();
        let person_ids: Vec<String> =
            rows.iter().map(|e| e.patient_id.clone()).collect::<BTreeSet<_>>().into_iter().collect();
        let zones: BTreeMap<String, Option<String>> = patients::zones(tx, &person_ids).await?.into_iter().collect();
        let mut sends = Vec::new();
        let mut progress = Vec::new();
        for row in rows {
            let moved = match (practices.get(&row.practice_id), zones.get(&row.patient_id)) {
                (Some(state), Some(zone)) => recurring_of(row, state, zone.as_deref(), now_ms, ahead, &mut sends),
                _ => Ended { next_at: None, reason: Reason::None },
            };
            progress.push(Progress {
                id: row.id.clone(),
                status: if moved.reason == Reason::None { row.status.clone() } else { "stopped".to_owned() },
                reason: if moved.reason == Reason::None { row.reason.clone() } else { moved.reason.to_string() },
                silent: row.silent,
                next_at: moved.next_at,
                updated_at: now_ms,
            });
            if moved.reason == Reason::Silent {
                super::alerts::raise_for_patient(
                    tx,
                    &self.clock,
                    practices,
                    &row.practice_id,
                    &row.patient_id,
                    "silent",
                    &format!("silent:{}:{now_ms}", row.id),
                )
                .await?;
            }
        }
        enrolments::set_progress(tx, &progress).await?;
        let new = enqueue(tx, &self.clock, sends).await?;
        Ok(Planned { looked_at: rows.len(), new, voided: 0 })
    }
}

impl Engine {
    /// An answer came after silences: the series takes up its usual rhythm again.
    pub async fn set_rhythm_after_answer(
        &self,
        tx: &mut Tx,
        practices: &Practices,
        row: &EnrolmentRow,
        zone: Option<&str>,
        answered_at: chrono::DateTime<chrono::Utc>,
    ) -> Result<(), OutreachError> {
        let Some(state) = practices.get(&row.practice_id) else {
            return Ok(());
        };
        let at = answered_at.timestamp_millis();
        let next_at = next_after(row, state, zone, 0, at).unwrap_or(row.next_at);
        let progress = Progress {
            id: row.id.clone(),
            status: row.status.clone(),
            reason: row.reason.clone(),
            silent: 0,
            next_at,
            updated_at: at,
        };
        enrolments::set_progress(tx, &[progress]).await?;
        Ok(())
    }
}

struct Ended {
    next_at: Option<i64>,
    reason: Reason,
}

/// Plans every occurrence of one enrolment up to `ahead`, and says when to look again.
fn recurring_of(
    row: &EnrolmentRow,
    state: &PracticeState,
    zone: Option<&str>,
    now_ms: i64,
    ahead: i64,
    sends: &mut Vec<NewSend>,
) -> Ended {
    let none = Ended { next_at: None, reason: Reason::None };
    let (Some(programme), "active") = (state.programme(&row.programme), row.status.as_str()) else {
        return none;
    };
    let facts = RecurringFacts {
        enrolment_id: &row.id,
        goal_id: (!row.goal_id.is_empty()).then_some(row.goal_id.as_str()),
        started_at: row.started_at,
        silent: u32::try_from(row.silent).unwrap_or(0),
        zone: state.practice.zone_of(zone),
        practice: &state.practice,
    };
    let now = instant(now_ms);
    let Some(mut cursor) = row.next_at else {
        return none;
    };
    let mut at_start = cursor == row.started_at;
    for _ in 0..MOST_MISSED {
        let due = if std::mem::take(&mut at_start) {
            plan::first_at(&facts, programme, now)
        } else {
            plan::occurrences_at(&facts, programme, instant(cursor), now)
        };
        for send in due {
            let step = programme.steps.iter().find(|s| s.id == send.step);
            sends.push(with_programme(new_send(&row.practice_id, &row.patient_id, send, step, None), programme));
        }
        match plan::next_occurrence(&facts, programme, instant(cursor)) {
            Err(reason) => {
                return Ended { next_at: None, reason };
            }
            Ok(None) => return none,
            Ok(Some(next)) if next.timestamp_millis() > ahead => {
                return Ended { next_at: Some(next.timestamp_millis()), reason: Reason::None };
            }
            Ok(Some(next)) => cursor = next.timestamp_millis(),
        }
    }
    Ended { next_at: Some(cursor), reason: Reason::None }
}

/// When the recurring steps of an enrolment come next, after an answer or a silence; an error says why never again.
pub(super) fn next_after(
    row: &EnrolmentRow,
    state: &PracticeState,
    zone: Option<&str>,
    silent: i64,
    after_ms: i64,
) -> Result<Option<i64>, Reason> {
    let Some(programme) = state.programme(&row.programme) else {
        return Ok(None);
    };
    let facts = RecurringFacts {
        enrolment_id: &row.id,
        goal_id: None,
        started_at: row.started_at,
        silent: u32::try_from(silent).unwrap_or(0),
        zone: state.practice.zone_of(zone),
        practice: &state.practice,
    };
    Ok(plan::next_occurrence(&facts, programme, instant(after_ms))?.map(|at| at.timestamp_millis()))
}

/// The most occurrences of one enrolment planned in one pass; what was missed beyond that follows in the next pass.
const MOST_MISSED: usize = 100;

/// What the welcome promises when the programme says nothing: the shipped cap.
const DEFAULT_PER_WEEK: u32 = 4;

fn with_programme(mut send: NewSend, programme: &Programme) -> NewSend {
    send.facts.excluded_tags.clone_from(&programme.excluded_tags);
    send.facts.values.insert("about".to_owned(), programme.about.clone());
    send.facts.values.insert("per_week".to_owned(), programme.per_week.unwrap_or(DEFAULT_PER_WEEK).to_string());
    send
}

fn find_step<'a>(state: &'a PracticeState, send: &PlannedSend) -> Option<&'a Step> {
    state
        .programmes
        .iter()
        .flat_map(|p| &p.steps)
        .find(|s| s.when.is_relative() && s.id == send.step && s.purpose == send.purpose && s.template == send.template)
}

fn new_send(
    practice_id: &str,
    patient_id: &str,
    send: PlannedSend,
    step: Option<&Step>,
    appointment_id: Option<String>,
) -> NewSend {
    NewSend {
        practice_id: practice_id.to_owned(),
        patient_id: Some(patient_id.to_owned()),
        facts: StoredFacts {
            values: BTreeMap::new(),
            asks: step.and_then(|s| s.asks.clone()),
            open_for_hours: step.and_then(|s| s.open_for_hours),
            chases: step.and_then(|s| s.chases.clone()),
            excluded_tags: Vec::new(),
        },
        send,
        lane: Lane::Planned,
        to: None,
        appointment_id,
        in_reply_to: None,
        body: None,
    }
}

fn existing_row(row: &MessageRow) -> Option<Existing> {
    Some(Existing {
        id: row.id.clone(),
        purpose: row.purpose.parse().ok()?,
        step: row.step.clone(),
        anchor: row.anchor.clone(),
        status: row.status.parse().ok()?,
    })
}

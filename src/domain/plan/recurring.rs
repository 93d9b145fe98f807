//! The messages of a person in a programme that come round again, and those at its start.

use super::{HOUR_MS, PlannedSend, SKIP_GRACE_MS};
use crate::domain::calendar::{local, local_date, resolve};
use crate::domain::message::{MessageStatus, PastDue};
use crate::domain::practice::Practice;
use crate::domain::programme::{Programme, Step};
use crate::domain::reason::Reason;
use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;

/// What recurring steps of one enrolment depend on.
#[derive(Clone, Debug)]
pub struct RecurringFacts<'a> {
    /// The enrolment's id.
    pub enrolment_id: &'a str,
    /// The goal it is about, if it is about one.
    pub goal_id: Option<&'a str>,
    /// When it began, UTC milliseconds.
    pub started_at: i64,
    /// How many questions in a row had no answer.
    pub silent: u32,
    /// The person's zone.
    pub zone: Tz,
    /// The practice.
    pub practice: &'a Practice,
}

/// The next moment strictly after `after` of any recurring step, or why there is none.
pub fn next_occurrence(
    facts: &RecurringFacts<'_>,
    programme: &Programme,
    after: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, Reason> {
    let mut first: Option<DateTime<Utc>> = None;
    for step in programme.steps.iter().filter(|s| s.when.recurs()) {
        if let Some(at) = next_of(facts, step, after)? {
            first = Some(first.map_or(at, |known| known.min(at)));
        }
    }
    Ok(first)
}

/// The ledger rows of the recurring steps that fall on `at`.
pub fn occurrences_at(
    facts: &RecurringFacts<'_>,
    programme: &Programme,
    at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Vec<PlannedSend> {
    let falls = |step: &&Step| match step.when.schedule() {
        Some(schedule) => {
            schedule.next_fire(facts.zone, at - Duration::milliseconds(1)).is_some_and(|fires| fires == at)
        }
        None => {
            step.when.rhythm.is_some()
                && resolve(facts.zone, local_date(at, facts.zone).and_time(step.when.at.unwrap_or_default())) == at
        }
    };
    programme.steps.iter().filter(falls).map(|step| occurrence(facts, step, at, now)).collect()
}

fn next_of(facts: &RecurringFacts<'_>, step: &Step, after: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Reason> {
    if let Some(rhythm) = &step.when.rhythm {
        let start = local_date(instant(facts.started_at), facts.zone);
        let day = rhythm.next(start, local_date(after, facts.zone), facts.silent)?;
        return Ok(Some(resolve(facts.zone, day.and_time(step.when.at.unwrap_or_default()))));
    }
    Ok(step.when.schedule().and_then(|schedule| schedule.next_fire(facts.zone, after)))
}

/// The ledger row of an occurrence. One whose moment passed too long ago is recorded as skipped.
fn occurrence(facts: &RecurringFacts<'_>, step: &Step, at: DateTime<Utc>, now: DateTime<Utc>) -> PlannedSend {
    let wall = local(at, facts.zone);
    let mut send = base(facts, step, format!("enrolment:{}:{}", facts.enrolment_id, wall.format("%Y-%m-%dT%H:%M")));
    let open = facts.practice.window.next_open(at, facts.zone, &facts.practice.holidays).map_or(at, |open| open.at);
    send.due_at = open.timestamp_millis();
    send.expires_at = send.due_at + step.when.useful_for_hours.unwrap_or(24) * HOUR_MS;
    if step.past_due == PastDue::Skip {
        send.expires_at = send.expires_at.min(send.due_at + SKIP_GRACE_MS);
    }
    if send.expires_at <= now.timestamp_millis() {
        send.status = MessageStatus::Skipped;
        send.reason = Reason::PastDue;
    }
    send
}

/// The ledger rows of the steps at the start of an enrolment (the welcome).
pub fn first_at(facts: &RecurringFacts<'_>, programme: &Programme, now: DateTime<Utc>) -> Vec<PlannedSend> {
    programme
        .steps
        .iter()
        .filter(|step| step.when.at_start)
        .map(|step| {
            let mut send = base(facts, step, format!("enrolment:{}:{}", facts.enrolment_id, facts.started_at));
            let open =
                facts.practice.window.next_open(now, facts.zone, &facts.practice.holidays).map_or(now, |open| open.at);
            send.due_at = open.timestamp_millis();
            send.expires_at = send.due_at + step.when.useful_for_hours.unwrap_or(7 * 24) * HOUR_MS;
            send
        })
        .collect()
}

fn base(facts: &RecurringFacts<'_>, step: &Step, anchor: String) -> PlannedSend {
    PlannedSend {
        kind: step.kind,
        template: step.template.clone(),
        purpose: step.purpose,
        anchor,
        step: step.id.clone(),
        status: MessageStatus::Planned,
        reason: Reason::None,
        due_at: 0,
        expires_at: 0,
        priority: step.priority,
        past_due: step.past_due,
        facts: step.facts.clone(),
        enrolment_id: Some(facts.enrolment_id.to_owned()),
        goal_id: facts.goal_id.map(str::to_owned),
    }
}

fn instant(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or(DateTime::UNIX_EPOCH)
}

//! The messages around one appointment.

use super::{HOUR_MS, PlannedSend, SKIP_GRACE_MS};
use crate::domain::calendar::{add_working_days, local_date, resolve};
use crate::domain::message::{MessageStatus, PastDue, Purpose};
use crate::domain::practice::Practice;
use crate::domain::programme::{Programme, Step, Who};
use crate::domain::reason::Reason;
use chrono::{DateTime, Days, Duration, NaiveDate, Utc};
use chrono_tz::Tz;

text_enum! {
    /// Where an appointment stands.
    AppointmentState {
        /// It will take place.
        Booked = "booked",
        /// It will not.
        Cancelled = "cancelled",
        /// The person came.
        Attended = "attended",
        /// The person did not come.
        Missed = "missed",
    }
}

/// A ledger row that is already there for this appointment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Existing {
    /// The message's id.
    pub id: String,
    /// Its topic.
    pub purpose: Purpose,
    /// Its step.
    pub step: String,
    /// Its anchor.
    pub anchor: String,
    /// Where it stands.
    pub status: MessageStatus,
}

/// Everything the plan of one appointment depends on.
#[derive(Clone, Debug)]
pub struct AppointmentFacts<'a> {
    /// The appointment's id.
    pub id: &'a str,
    /// Its kind, such as `annual_review`.
    pub kind: &'a str,
    /// When it starts, UTC milliseconds.
    pub starts_at: i64,
    /// When it was last changed, UTC milliseconds.
    pub changed_at: i64,
    /// Where it stands.
    pub state: AppointmentState,
    /// The person's zone.
    pub zone: Tz,
    /// The practice.
    pub practice: &'a Practice,
    /// The programmes the person is in: (programme name, enrolment id).
    pub enrolments: &'a [(String, String)],
    /// What the ledger has for this appointment.
    pub existing: &'a [Existing],
    /// How long a change rests before it causes a message, in milliseconds.
    pub settle_ms: i64,
}

/// What to write and what to call off.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AppointmentPlan {
    /// New ledger rows. Rows whose key is already there change nothing.
    pub sends: Vec<PlannedSend>,
    /// Waiting rows that are no longer wanted, and why.
    pub void: Vec<(String, Reason)>,
    /// Messages that went out and whose question, if it is still open, is about a time that no longer holds: a YES to it
    /// would be filed for the wrong time, and the question about the new time would wait for it.
    pub void_questions: Vec<String>,
}

/// Plans every relative step of the programmes that apply. Running it again changes nothing; after a move it voids what
/// waited for the old time and plans the new.
pub fn for_appointment(facts: &AppointmentFacts<'_>, programmes: &[&Programme], now: DateTime<Utc>) -> AppointmentPlan {
    let mut plan = AppointmentPlan::default();
    let over = match facts.state {
        AppointmentState::Cancelled => Some(Reason::AppointmentCancelled),
        AppointmentState::Attended | AppointmentState::Missed => Some(Reason::AppointmentOver),
        AppointmentState::Booked => (facts.starts_at <= now.timestamp_millis()).then_some(Reason::AppointmentOver),
    };
    let anchor = anchor(facts);
    if over.is_none() {
        for programme in programmes {
            let enrolment = facts.enrolments.iter().find(|(name, _)| name == &programme.name);
            if programme.who == Who::Enrolled && enrolment.is_none() {
                continue;
            }
            for step in programme.steps.iter().filter(|s| applies(s, facts.kind)) {
                // The same step of the same topic in two programmes is one question, asked once (F19).
                if plan.sends.iter().any(|s| s.purpose == step.purpose && s.step == step.id) {
                    continue;
                }
                let mut send = planned(facts, step, &anchor, now);
                send.enrolment_id = enrolment.map(|(_, id)| id.clone());
                plan.sends.push(send);
            }
        }
    }
    for row in facts.existing.iter().filter(|row| row.status.waits()) {
        let reason = match over {
            Some(reason) => reason,
            None if row.anchor != anchor => Reason::AppointmentMoved,
            None if !plan.sends.iter().any(|s| s.purpose == row.purpose && s.step == row.step) => Reason::NotEnrolled,
            None => continue,
        };
        plan.void.push((row.id.clone(), reason));
    }
    let asked_anew = |row: &&Existing| {
        plan.sends.iter().any(|s| s.purpose == row.purpose && s.step == row.step && s.status == MessageStatus::Planned)
    };
    plan.void_questions = facts
        .existing
        .iter()
        .filter(|row| row.status.may_have_left() && (over.is_some() || row.anchor != anchor))
        .filter(|row| over.is_some() || asked_anew(row))
        .map(|row| row.id.clone())
        .collect();
    plan
}

/// What the messages of an appointment hang on: its id, its time, and the change that brought it there, so that a new time
/// gives new messages, also when it is moved back to an old one.
fn anchor(facts: &AppointmentFacts<'_>) -> String {
    format!("appointment:{}@{}/{}", facts.id, facts.starts_at, facts.changed_at)
}

fn applies(step: &Step, kind: &str) -> bool {
    step.when.is_relative()
        && (step.appointment_kinds.is_empty() || step.appointment_kinds.iter().any(|wanted| wanted == kind))
}

fn planned(facts: &AppointmentFacts<'_>, step: &Step, anchor: &str, now: DateTime<Utc>) -> PlannedSend {
    let starts = at(facts.starts_at);
    let useful_until = facts.starts_at - step.when.useful_until_hours_before.unwrap_or(0) * HOUR_MS;
    let wanted = moment(facts, step, starts);
    let sent_before = facts.existing.iter().any(|row| {
        row.purpose == step.purpose && row.step == step.id && row.anchor != anchor && row.status.may_have_left()
    });
    let mut send = PlannedSend {
        kind: step.kind,
        template: step.template.clone(),
        purpose: step.purpose,
        anchor: anchor.to_owned(),
        step: step.id.clone(),
        status: MessageStatus::Planned,
        reason: Reason::None,
        due_at: wanted.timestamp_millis(),
        expires_at: useful_until,
        priority: step.priority,
        past_due: step.past_due,
        facts: step.facts.clone(),
        enrolment_id: None,
        goal_id: None,
    };
    if sent_before && !step.again_when_moved {
        return skipped(send, Reason::AlreadySent);
    }
    let soonest = now + Duration::milliseconds(facts.settle_ms);
    if wanted < soonest {
        if step.past_due == PastDue::Skip && wanted < now {
            return skipped(send, Reason::PastDue);
        }
        let Some(open) = facts.practice.window.next_open(soonest, facts.zone, &facts.practice.holidays) else {
            return skipped(send, Reason::PastDue);
        };
        send.due_at = open.at.timestamp_millis();
        let notice = useful_until - send.due_at;
        if notice <= 0 || (step.past_due == PastDue::Shorten && notice < shortest_notice_ms(step)) {
            return skipped(send, Reason::PastDue);
        }
    }
    if step.past_due == PastDue::Skip {
        send.expires_at = send.expires_at.min(send.due_at + SKIP_GRACE_MS);
    }
    send
}

fn skipped(send: PlannedSend, reason: Reason) -> PlannedSend {
    PlannedSend { status: MessageStatus::Skipped, reason, ..send }
}

fn shortest_notice_ms(step: &Step) -> i64 {
    step.when.shortest_notice_hours.unwrap_or(3) * HOUR_MS
}

/// The step's moment. Before an appointment, a closed day moves it earlier: the same hour on the last open day before.
fn moment(facts: &AppointmentFacts<'_>, step: &Step, starts: DateTime<Utc>) -> DateTime<Utc> {
    let date = local_date(starts, facts.zone);
    let time = step.when.at.unwrap_or_default();
    let mut day = match (step.when.days, step.when.working_days) {
        (Some(days), _) => shift(date, days),
        (None, Some(days)) => i32::try_from(days)
            .ok()
            .and_then(|days| add_working_days(date, days, &facts.practice.holidays))
            .map_or(date, |(day, _)| day),
        (None, None) => date,
    };
    let before = resolve(facts.zone, day.and_time(time)) < starts;
    for _ in 0..MOST_CLOSED_DAYS {
        let moment = resolve(facts.zone, day.and_time(time));
        if facts.practice.window.contains(moment, facts.zone, &facts.practice.holidays) {
            return moment;
        }
        let Some(next) = (if before { day.pred_opt() } else { day.succ_opt() }) else {
            break;
        };
        day = next;
    }
    let wanted = resolve(facts.zone, day.and_time(time));
    facts.practice.window.next_open(wanted, facts.zone, &facts.practice.holidays).map_or(wanted, |open| open.at)
}

/// Longer than any run of closed days in the UK calendar.
const MOST_CLOSED_DAYS: usize = 12;

fn shift(date: NaiveDate, days: i64) -> NaiveDate {
    let by = Days::new(days.unsigned_abs());
    if days < 0 { date.checked_sub_days(by) } else { date.checked_add_days(by) }.unwrap_or(date)
}

fn at(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or(DateTime::UNIX_EPOCH)
}

//! Somebody is told: alerts for staff, and the content-free notice that they wait.

use super::periods::day_period;
use super::{Engine, NewSend, OutreachError, Practices, enqueue};
use crate::clock::{Clock, instant};
use crate::domain::calendar::OpeningHours;
use crate::domain::message::{Lane, MessageKind};
use crate::domain::practice::Practice;
use crate::domain::reason::Reason;
use crate::store::alerts::{AlertRow, UrgentOpen};
use crate::store::ledger::MessageRow;
use crate::store::{StoreError, Tx, alerts};

/// Reasons for which a person at the practice should know that a message did not go.
pub const fn staff_should_know(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::NoAddress
            | Reason::Unreachable
            | Reason::WrongPerson
            | Reason::SharedNumber
            | Reason::NoGateway
            | Reason::SenderCannotReceive
            | Reason::TemplateMissing
            | Reason::MissingFact
            | Reason::TooLong
            | Reason::Unsendable
            | Reason::GatewayRefused
            | Reason::BadAddress
            | Reason::GaveUp
            | Reason::OutcomeUnknown
            | Reason::Poison
            | Reason::FeedStale
            | Reason::SpendCap
            | Reason::SuddenRise
    )
}

/// An alert before it has an id.
#[derive(Clone, Debug)]
pub struct NewAlert<'a> {
    /// The practice.
    pub practice_id: &'a str,
    /// The person, if it is about one.
    pub patient_id: Option<&'a str>,
    /// The message it is about.
    pub message_id: Option<&'a str>,
    /// The same key raises one alert.
    pub dedupe_key: String,
    /// What it is: a reason word, or `red_flag`, `crisis`, `unsafe_contact`, `stop`…
    pub kind: &'a str,
    /// `routine`, `urgent`, `asap` or `stat`.
    pub priority: &'a str,
    /// A sentence for staff, without the person's words.
    pub reason: &'a str,
}

/// Raises an alert. Its due time follows from its priority: now, within the day, or when ordinary replies are read.
pub async fn raise(
    tx: &mut Tx,
    clock: &Clock,
    practice: Option<&Practice>,
    alert: NewAlert<'_>,
) -> Result<bool, StoreError> {
    let now = clock.now_ms();
    let within = match alert.priority {
        "stat" | "urgent" => 0,
        "asap" => 4 * HOUR_MS,
        // Counted from when somebody is there: a text of Friday evening is due on Tuesday morning, not on Saturday.
        _ => practice.map_or(24 * HOUR_MS, |p| {
            let read = read_at(p, &p.hours, now).unwrap_or(now);
            read - now + p.settings.alerts.read_within_hours * HOUR_MS
        }),
    };
    let row = AlertRow {
        id: clock.id(),
        practice_id: alert.practice_id.to_owned(),
        patient_id: alert.patient_id.map(str::to_owned),
        message_id: alert.message_id.map(str::to_owned),
        dedupe_key: alert.dedupe_key,
        kind: alert.kind.to_owned(),
        priority: alert.priority.to_owned(),
        reason: alert.reason.to_owned(),
        status: "open".to_owned(),
        owner: "duty team".to_owned(),
        due_at: now + within,
        created_at: now,
        ..AlertRow::default()
    };
    Ok(alerts::raise(tx, &[row]).await? == 1)
}

/// Tells staff that a message did not go, once a message and reason.
pub(super) async fn raise_for_message(
    tx: &mut Tx,
    clock: &Clock,
    practices: &Practices,
    message: &MessageRow,
    reason: Reason,
) -> Result<(), StoreError> {
    // One open alert for what concerns the person or the practice as a whole, not one for each message.
    let about = match reason {
        Reason::NoAddress | Reason::Unreachable | Reason::WrongPerson | Reason::SharedNumber => {
            message.patient_id.as_deref()
        }
        Reason::FeedStale | Reason::SpendCap | Reason::SuddenRise | Reason::NoGateway => {
            Some(message.practice_id.as_str())
        }
        _ => None,
    };
    let practice = practices.get(&message.practice_id).map(|s| &s.practice);
    let key = format!("{reason}:{}", about.unwrap_or(&message.id));
    // What stops a whole day is told once that day, and is about nobody in particular.
    let day = practice
        .filter(|_| matches!(reason, Reason::SpendCap | Reason::SuddenRise))
        .map(|p| day_period(clock.now_ms(), p.settings.zone));
    let alert = NewAlert {
        practice_id: &message.practice_id,
        patient_id: message.patient_id.as_deref().filter(|_| day.is_none()),
        message_id: Some(message.id.as_str()).filter(|_| day.is_none()),
        dedupe_key: day.as_ref().map_or_else(|| key.clone(), |day| format!("{key}:{day}")),
        kind: reason.as_str(),
        priority: if day.is_some() { "asap" } else { "routine" },
        reason: reason.sentence(),
    };
    raise(tx, clock, practice, alert).await?;
    Ok(())
}

pub(super) async fn raise_for_patient(
    tx: &mut Tx,
    clock: &Clock,
    practices: &Practices,
    practice_id: &str,
    patient_id: &str,
    kind: &str,
    key: &str,
) -> Result<(), StoreError> {
    let reason = if kind == "silent" { Reason::Silent.sentence() } else { Reason::ForStaff.sentence() };
    let alert = NewAlert {
        practice_id,
        patient_id: Some(patient_id),
        message_id: None,
        dedupe_key: key.to_owned(),
        kind,
        priority: "routine",
        reason,
    };
    raise(tx, clock, practices.get(practice_id).map(|s| &s.practice), alert).await?;
    Ok(())
}

impl Engine {
    /// Tells staff of open urgent alerts by the practice's route, without content; again by the second route when nobody
    /// acknowledged in time. Returns how many notices were written.
    pub async fn notify_staff(&self) -> Result<u64, OutreachError> {
        let practices = self.practices().await?;
        let now = self.clock.now_ms();
        let mut tx = self.db.begin().await?;
        let mut notices = 0;
        for open in alerts::urgent_open(&mut tx).await? {
            let Some(state) = practices.get(&open.practice_id) else {
                continue;
            };
            let settings = &state.practice.settings.alerts;
            let patience = settings.escalate_after_minutes * MINUTE_MS;
            // By the age of the alert itself: new alerts, each with a notice of its own, do not put off an old one.
            let overdue = |since: Option<i64>| since.is_some_and(|at| now - at >= patience);
            let again = open.last_notified.is_some_and(|last| now >= told_again_at(open.oldest, last, patience));
            let escalate = overdue(open.oldest_not_escalated) || (open.unnotified == 0 && again);
            if (open.unnotified == 0 && !escalate) || settings.route.is_empty() {
                continue;
            }
            let mut routes = vec![settings.route.as_str()];
            if escalate && !settings.second_route.is_empty() {
                routes.push(&settings.second_route);
            }
            let sends = routes.into_iter().map(|route| Self::notice(&state.practice, &open, route, now)).collect();
            notices += enqueue(&mut tx, &self.clock, sends).await?;
            alerts::notified(&mut tx, &open.practice_id, escalate, now).await?;
        }
        tx.commit().await?;
        Ok(notices)
    }

    /// Replies that nobody read in the promised time become urgent, so that staff are told of them (H08). Only while the
    /// practice is open: at night nobody is late. Returns how many.
    pub async fn raise_unread(&self) -> Result<u64, OutreachError> {
        let practices = self.practices().await?;
        let now = self.clock.now_ms();
        let open: Vec<String> = practices
            .iter()
            .filter(|state| state.practice.is_open(instant(now)))
            .map(|state| state.practice.id.clone())
            .collect();
        if open.is_empty() {
            return Ok(0);
        }
        let mut tx = self.db.begin().await?;
        let raised = alerts::raise_unread(&mut tx, &open, now).await?;
        tx.commit().await?;
        Ok(raised)
    }

    fn notice(practice: &Practice, open: &UrgentOpen, route: &str, now: i64) -> NewSend {
        let minutes = (now - open.oldest) / MINUTE_MS;
        let waiting = if open.open == 1 {
            "1 urgent reply waiting".to_owned()
        } else {
            format!("{} urgent replies waiting", open.open)
        };
        let values = [("waiting", waiting), ("oldest", minutes_text(minutes))];
        to_staff(practice, route, "alert_route", &format!("alerts:{now}:{route}"), &values, now)
    }
}

/// When staff are told once more of what nobody acknowledged: after the patience, then each time at twice the age, at least
/// every four hours. It never ends by itself.
pub(super) fn told_again_at(oldest: i64, last: i64, patience: i64) -> i64 {
    last + (last - oldest).clamp(patience, patience.max(4 * HOUR_MS))
}

/// A message to the practice's own staff: by email when the route has an `@`, else by text.
pub fn to_staff(
    practice: &Practice,
    route: &str,
    template: &str,
    anchor: &str,
    values: &[(&str, String)],
    now: i64,
) -> NewSend {
    let mut send = NewSend::answer(&practice.id, None, anchor, template, Lane::Safety, now);
    send.send.kind = MessageKind::StaffMessage;
    anchor.clone_into(&mut send.send.anchor);
    send.in_reply_to = None;
    send.facts.values.extend(values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    let channel = if route.contains('@') { "email" } else { "sms" };
    send.to = Some((channel.to_owned(), route.to_owned(), None));
    send
}

fn minutes_text(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, 1) => "1 minute".to_owned(),
        (0, minutes) => format!("{minutes} minutes"),
        (1, _) => "1 hour".to_owned(),
        (hours, _) => format!("{hours} hours"),
    }
}

/// When a text received now will be read: at once in opening hours, else at the next opening.
pub fn read_at(practice: &Practice, hours: &OpeningHours, now_ms: i64) -> Option<i64> {
    hours
        .next_opening(instant(now_ms), practice.settings.zone, &practice.holidays)
        .map(|open| open.at.timestamp_millis())
}

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 3_600_000;

//! Decide late: is a planned send still wanted, where does it go, and may it go now?
//!
//! Asked again for every try and every fallback, from the facts of that moment.

use super::calendar::{Window, local, week_key};
use super::consent::ConsentLine;
use super::delivery::Channel;
use super::message::{Lane, MessageKind, Purpose};
use super::plan::AppointmentState;
use super::practice::Practice;
use super::reason::Reason;
use chrono::{DateTime, Datelike, Duration, NaiveDate, Utc};
use chrono_tz::Tz;

mod route;
mod timing;

pub use route::{Contact, ContactState, GatewayFacts, Route, carrying, choose};

/// Tags that stop everything (issue: "stops that nothing survives").
pub const STOPPING_TAGS: [&str; 4] = ["pregnancy", "palliative_care", "eating_disorder", "admission"];

/// A step with this priority or more is never capped away.
pub const NEVER_CAPPED: i64 = 100;

/// The person, as far as a decision needs them.
#[derive(Clone, Debug)]
pub struct PersonFacts<'a> {
    /// Still registered here.
    pub registered: bool,
    /// Has died.
    pub deceased: bool,
    /// Marked sensitive.
    pub sensitive: bool,
    /// Contact may be unsafe.
    pub unsafe_contact: bool,
    /// Has a valid NHS number and date of birth.
    pub textable: bool,
    /// Date of birth.
    pub birth_date: Option<NaiveDate>,
    /// Paused until, UTC milliseconds.
    pub paused_until: Option<i64>,
    /// Their zone.
    pub zone: Tz,
    /// Their own sending window.
    pub window: Option<&'a Window>,
    /// The channel they prefer.
    pub preferred: Option<Channel>,
    /// Tags on the record.
    pub tags: &'a [String],
    /// Phone numbers and email addresses, best first.
    pub contacts: &'a [Contact],
    /// Consent history, oldest first.
    pub consents: &'a [ConsentLine<'a>],
}

/// The message, as far as a decision needs it.
#[derive(Clone, Debug)]
pub struct SendFacts<'a> {
    /// What kind of message.
    pub kind: MessageKind,
    /// Its topic.
    pub purpose: Purpose,
    /// Its lane.
    pub lane: Lane,
    /// Its priority under the cap.
    pub priority: i64,
    /// From when on it is of no use, UTC milliseconds.
    pub expires_at: Option<i64>,
    /// The policy `skip` was set: what comes too late is past due rather than expired.
    pub skip_when_late: bool,
    /// It asks a question.
    pub asks: bool,
    /// Its appointment: where it stands, when it starts, and whether it is still the one planned for.
    pub appointment: Option<(AppointmentState, i64, bool)>,
    /// Its enrolment is active.
    pub enrolled: Option<bool>,
    /// Its goal is active.
    pub goal_active: Option<bool>,
    /// The question it chases has been answered.
    pub answered: bool,
    /// Something this message reports is there (released results, agenda items); `None` when it reports nothing.
    pub has_content: Option<bool>,
    /// The person has another open question, which ends then (UTC milliseconds).
    pub other_question_until: Option<i64>,
    /// Planned messages sent to the person today and this week, and more important ones still to come today.
    pub used: Used,
    /// When the person's next appointment starts, UTC milliseconds.
    pub next_appointment: Option<i64>,
    /// The practice.
    pub practice: &'a Practice,
    /// The person; `None` for messages to staff or to unknown senders.
    pub person: Option<PersonFacts<'a>>,
    /// The gateways that could carry it.
    pub gateways: &'a [GatewayFacts],
    /// The message's lot, 0 to 99: which of several gateways gets it while the first has only a share.
    pub draw: i64,
    /// Tags that keep people out of this programme.
    pub excluded_tags: &'a [String],
    /// Real people are written to.
    pub live: bool,
    /// The practice's spending for today is used up.
    pub spent: bool,
    /// Far more messages went today than on other days, and nobody has said yet that this is right.
    pub risen: bool,
}

/// How much of the cap is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Used {
    /// Sent on this local day.
    pub today: i64,
    /// Sent in this local week.
    pub week: i64,
    /// Waiting for today with a higher priority.
    pub more_important_today: i64,
}

/// What to do with a message now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Send it there.
    Send(Route),
    /// Look again then; the ledger shows it as held with the reason (UTC milliseconds).
    Wait(Reason, i64),
    /// It is not sent.
    Skip(Reason),
    /// It is no longer wanted.
    Cancel(Reason),
}

/// Decides. Pure: the same facts at the same moment give the same answer.
pub fn decide(facts: &SendFacts<'_>, now: DateTime<Utc>) -> Decision {
    let planned = facts.lane == Lane::Planned;
    if let Some(person) = &facts.person {
        if let Some(reason) = stop_for_good(person, facts, now) {
            return Decision::Cancel(reason);
        }
        if planned && let Some(decision) = no_longer_wanted(facts, now) {
            return decision;
        }
    }
    let now_ms = now.timestamp_millis();
    if facts.expires_at.is_some_and(|at| at <= now_ms) {
        return Decision::Skip(if facts.skip_when_late { Reason::PastDue } else { Reason::Expired });
    }
    if planned && let Some(decision) = held_back(facts, now) {
        return decision;
    }
    let route = match choose(facts) {
        Ok(route) => route,
        Err(reason) => return Decision::Skip(reason),
    };
    if planned { timing::may_go_now(facts, route, now) } else { Decision::Send(route) }
}

/// What nothing survives.
fn stop_for_good(person: &PersonFacts<'_>, facts: &SendFacts<'_>, now: DateTime<Utc>) -> Option<Reason> {
    if person.deceased {
        return Some(Reason::Deceased);
    }
    if person.unsafe_contact {
        return Some(Reason::UnsafeContact);
    }
    if facts.lane != Lane::Planned {
        // An answer to what the person wrote themselves goes also to people who are no longer messaged otherwise.
        return None;
    }
    if !person.registered {
        return Some(Reason::LeftPractice);
    }
    if person.sensitive {
        return Some(Reason::Sensitive);
    }
    if !person.textable {
        return Some(Reason::NotTextable);
    }
    if person
        .birth_date
        .is_none_or(|born| age(born, local(now, person.zone).date()) < facts.practice.settings.minimum_age)
    {
        return Some(Reason::UnderAge);
    }
    let stopped = |tag: &String| STOPPING_TAGS.contains(&tag.as_str()) || facts.excluded_tags.contains(tag);
    person.tags.iter().any(stopped).then_some(Reason::ExcludedByTag)
}

fn no_longer_wanted(facts: &SendFacts<'_>, now: DateTime<Utc>) -> Option<Decision> {
    if let Some((state, starts_at, current)) = facts.appointment {
        match state {
            AppointmentState::Cancelled => {
                return Some(Decision::Cancel(Reason::AppointmentCancelled));
            }
            AppointmentState::Attended | AppointmentState::Missed => {
                return Some(Decision::Cancel(Reason::AppointmentOver));
            }
            AppointmentState::Booked if !current => {
                return Some(Decision::Cancel(Reason::AppointmentMoved));
            }
            AppointmentState::Booked if starts_at <= now.timestamp_millis() => {
                return Some(Decision::Skip(Reason::Expired));
            }
            AppointmentState::Booked => {}
        }
    }
    if facts.enrolled == Some(false) {
        return Some(Decision::Cancel(Reason::NotEnrolled));
    }
    if facts.goal_active == Some(false) {
        return Some(Decision::Cancel(Reason::GoalClosed));
    }
    facts.answered.then_some(Decision::Cancel(Reason::Answered))
}

/// Conditions that pass with time or by an act of staff.
fn held_back(facts: &SendFacts<'_>, now: DateTime<Utc>) -> Option<Decision> {
    let now_ms = now.timestamp_millis();
    let practice = facts.practice;
    if practice.sending_allowed_at.is_none() {
        return Some(timing::wait(facts, Reason::SendingOff, now_ms + 10 * MINUTE_MS));
    }
    if facts.live && !route_is_proven(practice, now_ms) {
        return Some(timing::wait(facts, Reason::RouteUntested, now_ms + 10 * MINUTE_MS));
    }
    if let Some(until) = facts.person.as_ref().and_then(|p| p.paused_until).filter(|until| *until > now_ms) {
        return Some(timing::wait(facts, Reason::Paused, until));
    }
    if is_stale(practice, "patients", practice.settings.freshness.patients_hours, now_ms)
        || (facts.appointment.is_some()
            && is_stale(practice, "appointments", practice.settings.freshness.appointments_hours, now_ms))
    {
        return Some(timing::wait(facts, Reason::FeedStale, now_ms + HOUR_MS));
    }
    if facts.has_content == Some(false) {
        let reason = if facts.purpose == Purpose::Results { Reason::NoReleasedResult } else { Reason::NothingToSay };
        return Some(if facts.purpose == Purpose::Results {
            timing::wait(facts, reason, now_ms + 12 * HOUR_MS)
        } else {
            Decision::Skip(reason)
        });
    }
    let week = practice.settings.limits.appointment_week_days * 24 * HOUR_MS;
    if facts.purpose == Purpose::Goals
        && facts.appointment.is_none()
        && facts.next_appointment.is_some_and(|at| at > now_ms && at - now_ms < week)
    {
        return Some(Decision::Skip(Reason::AppointmentWeek));
    }
    if facts.risen {
        return Some(timing::wait(facts, Reason::SuddenRise, now_ms + HOUR_MS));
    }
    facts.spent.then(|| timing::wait(facts, Reason::SpendCap, now_ms + HOUR_MS))
}

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 3_600_000;

/// Has the alert route been proven in time, and are cover hours set? (H25)
pub fn route_is_proven(practice: &Practice, now_ms: i64) -> bool {
    let alerts = &practice.settings.alerts;
    !alerts.route.is_empty()
        && !practice.cover.is_empty()
        && practice.route_proven_at.is_some_and(|at| now_ms - at <= alerts.test_valid_days * 24 * HOUR_MS)
}

/// Is the practice's data of this kind older than allowed? Data never imported is stale too.
pub fn is_stale(practice: &Practice, feed: &str, hours: i64, now_ms: i64) -> bool {
    hours > 0 && practice.feeds.get(feed).is_none_or(|at| now_ms - at > hours * HOUR_MS)
}

/// From how many messages a day on sending stops and asks: so many times what is usual, and never fewer than the least. `None`
/// while too little is known, or when it is switched off.
pub fn rise_limit(usual: Option<i64>, factor: i64, least: i64) -> Option<i64> {
    (factor > 0).then_some(())?;
    usual.map(|usual| (usual * factor).max(least))
}

/// Whole years between two dates. Born on 29 February counts from 1 March in other years.
pub fn age(born: NaiveDate, today: NaiveDate) -> u32 {
    let before_birthday = (today.month(), today.day()) < (born.month(), born.day());
    u32::try_from(today.year() - born.year() - i32::from(before_birthday)).unwrap_or(0)
}

/// The first moment of the next local day, and of the next local week (Monday).
fn next_day(now: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
    let date = local(now, zone).date();
    date.succ_opt()
        .map_or(now + Duration::days(1), |day| super::calendar::resolve(zone, day.and_time(chrono::NaiveTime::MIN)))
}

fn next_week(now: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
    let this = week_key(now, zone);
    let mut at = now;
    for _ in 0..8 {
        at = next_day(at, zone);
        if week_key(at, zone) != this {
            break;
        }
    }
    at
}

#[cfg(test)]
mod tests;

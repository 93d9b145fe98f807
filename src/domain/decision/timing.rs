//! May it go at this moment, or when?

use super::{Decision, NEVER_CAPPED, SendFacts, next_day, next_week};
use crate::domain::message::{Lane, Purpose};
use crate::domain::reason::Reason;
use chrono::{DateTime, Duration, Utc};

use super::route::Route;

/// Wait, unless by then it is of no use any more.
pub(super) fn wait(facts: &SendFacts<'_>, reason: Reason, until: i64) -> Decision {
    match facts.expires_at {
        // What an answer, staff or data may free before that is kept until its last moment.
        Some(expires) if until >= expires && may_end_early(reason) => Decision::Wait(reason, expires),
        Some(expires) if until >= expires => Decision::Skip(reason),
        _ => Decision::Wait(reason, until),
    }
}

const fn may_end_early(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::QuestionOpen
            | Reason::Paused
            | Reason::FeedStale
            | Reason::SendingOff
            | Reason::RouteUntested
            | Reason::NoReleasedResult
            | Reason::SpendCap
            | Reason::SuddenRise
            | Reason::GatewayRests
    )
}

pub(super) fn may_go_now(facts: &SendFacts<'_>, route: Route, now: DateTime<Utc>) -> Decision {
    let Some(person) = &facts.person else {
        return Decision::Send(route);
    };
    let now_ms = now.timestamp_millis();
    let practice = facts.practice;
    let window = practice.window_for(person.window);
    if !window.contains(now, person.zone, &practice.holidays) {
        return match window.next_open(now, person.zone, &practice.holidays) {
            Some(open) => wait(facts, Reason::WaitsForWindow, open.at.timestamp_millis()),
            None => Decision::Skip(Reason::WaitsForWindow),
        };
    }
    if facts.purpose == Purpose::Results
        && let Some(open) = closes_on_news(facts, now)
    {
        return wait(facts, Reason::PracticeCloses, open);
    }
    if let Some(open) = route.gateway_opens_at
        && open > now_ms
    {
        return wait(facts, Reason::WaitsForWindow, open);
    }
    if let Some(until) = route.gateway_rests_until
        && facts.lane == Lane::Planned
        && until > now_ms
    {
        return wait(facts, Reason::GatewayRests, until);
    }
    if facts.priority < NEVER_CAPPED && facts.purpose != Purpose::Service {
        let limits = &practice.settings.limits;
        let open_after = |at: DateTime<Utc>| {
            window.next_open(at, person.zone, &practice.holidays).map_or(at, |open| open.at).timestamp_millis()
        };
        if facts.used.week >= limits.per_week {
            return wait(facts, Reason::Capped, open_after(next_week(now, person.zone)));
        }
        if facts.used.today + facts.used.more_important_today >= limits.per_day {
            return wait(facts, Reason::Capped, open_after(next_day(now, person.zone)));
        }
    }
    if facts.asks
        && let Some(until) = facts.other_question_until
    {
        return wait(facts, Reason::QuestionOpen, until.max(now_ms + 60_000));
    }
    Decision::Send(route)
}

/// When the practice opens again, if a person who gets news of a result now could not ask anybody within a day (H03). The
/// first hours do not count: who reads it late in the afternoon would ring at a closed door.
fn closes_on_news(facts: &SendFacts<'_>, now: DateTime<Utc>) -> Option<i64> {
    let practice = facts.practice;
    if practice.hours.is_empty() {
        return None;
    }
    let from = now + Duration::hours(practice.settings.results.hours_to_ask);
    let there = practice.hours.next_opening(from, practice.settings.zone, &practice.holidays)?;
    (there.at > now + Duration::hours(24)).then(|| there.at.timestamp_millis())
}

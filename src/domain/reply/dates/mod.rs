//! Dates and times as the British say them, resolved in the practice's zone from the moment the reply came in.

mod day;
mod refused;

use super::clock;
use super::context::{Context, Expects};
use super::facts::{DayPart, NumberWord};
use super::text::Text;
use super::tokens::{Break, Kind};
use super::understanding::Part;
use super::vocabulary::{Word, words};
use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};
use day::{day, merge_agreeing};
use refused::is_refused;

/// A day that was named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// The date; none where day and date disagree.
    pub date: Option<NaiveDate>,
    /// Named as one that does not suit, or as a limit.
    pub refused: bool,
    /// First token.
    pub from: usize,
    /// One past the last.
    pub to: usize,
}

/// What was said about when.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct When {
    /// The one date asked for.
    pub date: Option<NaiveDate>,
    /// The one time asked for.
    pub time: Option<NaiveTime>,
    /// The part of the day asked for.
    pub part: Option<Part>,
    /// Every day that was named.
    pub days: Vec<Day>,
    /// A date, time or part was offered at all.
    pub offered: bool,
    /// Some day does not suit.
    pub refused: bool,
}

/// The moments a date is reckoned from.
#[derive(Debug, Clone, Copy)]
pub struct Anchor {
    /// When the reply came in, in the practice's zone.
    pub now: NaiveDateTime,
    /// When the appointment starts, in the practice's zone.
    pub appointment: Option<NaiveDateTime>,
}

impl Anchor {
    /// Those of a reply.
    pub fn of(context: &Context<'_>) -> Self {
        let now = context.received_at.with_timezone(&context.zone).naive_local();
        let appointment = match context.expects() {
            Some(Expects::Appointment { starts_at, .. }) => Some(starts_at.with_timezone(&context.zone).naive_local()),
            _ => None,
        };
        Self { now, appointment }
    }
}

/// Reads everything that is said about when.
pub fn read(text: &Text<'_>, anchor: Anchor) -> When {
    let mut when = When::default();
    let mut at = 0;
    while at < text.tokens.len() && when.days.len() < 16 {
        if let Some(day) = day(text, at, anchor) {
            at = day.to.max(at + 1);
            when.days.push(day);
        } else {
            at += 1;
        }
    }
    merge_agreeing(text, &mut when.days);
    // Where another day is named too, the day of the appointment is the one that does not suit.
    if let Some(start) = anchor.appointment
        && when.days.iter().any(|d| !d.refused && d.date != Some(start.date()))
    {
        for day in when.days.iter_mut().filter(|d| d.date == Some(start.date())) {
            day.refused = true;
        }
    }
    let offered: Vec<&Day> = when.days.iter().filter(|d| !d.refused).collect();
    when.refused = when.days.iter().any(|d| d.refused);
    when.offered = !offered.is_empty();
    if let [only] = offered.as_slice() {
        when.date = only.date;
    } else if offered.len() == 2
        && let [a, b] = offered.as_slice()
        && a.date == b.date
    {
        when.date = a.date;
    } else {
        // "bring it forward to tomorrow, I am away on Saturday": the day it should move to.
        let moved: Vec<_> = offered.iter().filter(|d| is_aim(text, d.from)).collect();
        // "Any chance of tomorrow instead? Off to Tenby weds"
        let wished: Vec<_> = offered.iter().filter(|d| is_wished(text, d.from)).collect();
        if let [only] = moved.as_slice() {
            when.date = only.date;
        } else if let [only] = wished.as_slice() {
            when.date = only.date;
        }
    }
    times(text, anchor, &mut when);
    shifts(text, anchor, &mut when);
    when
}

/// Whether a day stands where a move leads to: "move it to Friday", "forward to tomorrow".
fn is_aim(text: &Text<'_>, day: usize) -> bool {
    const MOVES: &[Word] = words![
        "move",
        "change",
        "swap",
        "push",
        "bring",
        "put",
        "forward",
        "back",
        "it",
        "appointment",
        "this",
        "that",
        "rearrange",
        "reschedule",
        "switch",
        "postpone",
        "shift"
    ];
    let to = day.checked_sub(1).filter(|b| text.is(*b, words!["to", "till", "until"]));
    to.and_then(|to| to.checked_sub(1)).is_some_and(|b| text.is(b, MOVES))
}

/// Whether a day stands in a sentence that asks for something.
fn is_wished(text: &Text<'_>, day: usize) -> bool {
    (text.sentence_start(day)..text.sentence_end(day)).any(|at| {
        text.is(at, words!["instead", "chance", "could", "can", "please", "prefer", "possible", "suit", "rather"])
    })
}

fn times(text: &Text<'_>, anchor: Anchor, when: &mut When) {
    let mut at = 0;
    let mut offered: Vec<NaiveTime> = Vec::new();
    while at < text.tokens.len() {
        if when.days.iter().any(|d| (d.from..d.to).contains(&at)) {
            at += 1;
            continue;
        }
        let hour = || {
            let made = at.checked_sub(1).is_some_and(|b| text.is(b, words!["it", "to", "for"]));
            let token = text.token(at).filter(|t| made && t.kind == Kind::Number && (7..=12).contains(&t.value))?;
            let alone = text.clause_ends(at + 1) || text.is(at + 1, words!["instead", "please"]);
            alone.then_some(clock::Clock { hour: token.value as u32, minute: 0, part: None, bare: true, to: at + 1 })
        };
        // "then I can catch the 9.40 home"
        let travels =
            (at.saturating_sub(3)..at).any(|i| text.is(i, words!["catch", "bus", "train", "flight", "tram", "ferry"]));
        if travels {
            at += 1;
            continue;
        }
        let Some(clock) = clock::clock(text, at).or_else(|| loose(text, at)).or_else(hour) else {
            at += 1;
            continue;
        };
        let limit = at
            .checked_sub(1)
            .is_some_and(|b| text.is(b, words!["after", "past", "before", "until", "till", "til", "from", "by"]))
            || text.is(clock.to, words!["or"]) && text.is(clock.to + 1, words!["later", "after"]);
        let refused = is_refused(text, at);
        if let Some(time) = clock.time() {
            if limit && !refused {
                let after = text.is(at.saturating_sub(1), words!["after", "past", "from"])
                    || text.is(clock.to + 1, words!["later", "after"]);
                let before = text.is(at.saturating_sub(1), words!["before", "by"]);
                if before && time.hour() <= 12 {
                    when.part.get_or_insert(Part::Am);
                    when.offered = true;
                }
                if after {
                    // "anything after 10" may be before noon.
                    if time.hour() >= 11 {
                        when.part.get_or_insert(if time.hour() >= 17 { Part::Eve } else { Part::Pm });
                    }
                    when.offered = true;
                }
            } else if !refused {
                offered.push(time);
                when.offered = true;
            }
        }
        at = clock.to.max(at + 1);
    }
    offered.dedup();
    if let [only] = offered.as_slice() {
        when.time = Some(*only);
    }
    // "friday same time"
    let same = (1..text.tokens.len()).any(|i| text.is(i, words!["time"]) && text.is(i - 1, words!["same"]));
    if offered.is_empty() && same && when.offered {
        when.time = anchor.appointment.map(|a| a.time());
    }
    if when.time.is_none() {
        parts(text, when);
    }
}

fn parts(text: &Text<'_>, when: &mut When) {
    for at in 0..text.tokens.len() {
        if when.days.iter().any(|d| (d.from..d.to).contains(&at)) && text.fact(at).part.is_none() {
            continue;
        }
        let part = match text.fact(at).part {
            Some(DayPart::Morning) => Some(Part::Am),
            Some(DayPart::Afternoon) => Some(Part::Pm),
            Some(DayPart::Evening) => Some(Part::Eve),
            None if text.is(at, words!["lunch", "dinner"]) && at >= 1 && text.is(at - 1, words!["after"]) => {
                Some(Part::Pm)
            }
            None if text.is(at, words!["first"]) && text.is(at + 1, words!["thing"]) => Some(Part::Am),
            None if text.is(at, words!["work"]) && at >= 1 && text.is(at - 1, words!["after"]) => Some(Part::Eve),
            _ => None,
        };
        // "I am", "good morning", "tomorrow morning's dose" of a greeting.
        let greeting = at >= 1 && text.is(at - 1, words!["good", "i", "that"]) || at == 0 && text.core.start > 0;
        if let Some(part) = part
            && !greeting
            && !is_refused(text, at)
        {
            when.part.get_or_insert(part);
            when.offered = true;
        }
    }
}

/// "10ish", "9 30": times where nothing else is talked of.
fn loose(text: &Text<'_>, at: usize) -> Option<clock::Clock> {
    let token = text.token(at)?;
    if token.kind != Kind::Number
        || token.value > 20
        || token.value < 7 && !text.is(at + 1, words!["ish"])
        || token.digits > 2
    {
        return None;
    }
    if text.is(at + 1, words!["ish"]) {
        return Some(clock::Clock { hour: token.value as u32, minute: 0, part: None, bare: false, to: at + 2 });
    }
    let next = text.token(at + 1)?;
    (next.kind == Kind::Number
        && matches!(next.mark, b' ' | b'.')
        && next.digits == 2
        && matches!(next.value, 0 | 5 | 10 | 15 | 20 | 30 | 40 | 45 | 50)
        && (next.mark == b'.' && !next.spaced
            || at.checked_sub(1).is_some_and(|b| {
                text.fact(b).weekday > 0
                    || text.fact(b).month > 0
                    || text.is(b, words!["tomorrow", "th", "st", "nd", "rd"])
            })))
    .then_some(clock::Clock {
        hour: token.value as u32,
        minute: next.value as u32,
        part: None,
        bare: false,
        to: at + 2,
    })
}

/// "push it back an hour", "bring it forward a day", "same time next week".
fn shifts(text: &Text<'_>, anchor: Anchor, when: &mut When) {
    let Some(start) = anchor.appointment else {
        return;
    };
    let back = text.core.clone().find(|i| text.is(*i, words!["back", "later", "forward", "earlier"]));
    if let Some(at) = back {
        let sign = if text.is(at, words!["back", "later"]) { 1 } else { -1 };
        let near = (at.saturating_sub(4)..at).chain(at + 1..at + 5);
        for i in near {
            // "half an hour", "quarter of an hour"
            let part = (2..=3).filter_map(|back| i.checked_sub(back)).find_map(|b| match text.fact(b).number {
                Some(NumberWord::Half) => Some(30),
                Some(NumberWord::Quarter) => Some(15),
                _ => None,
            });
            if let Some(minutes) = part.filter(|_| text.fact(i).unit == super::facts::Unit::Hour) {
                if let Some(moved) = start.checked_add_signed(TimeDelta::minutes(minutes) * sign) {
                    (when.date, when.time, when.offered) = (Some(moved.date()), Some(moved.time()), true);
                }
                return;
            }
            let n = if text.is(i.saturating_sub(1), words!["a", "an", "one"]) {
                Some(1)
            } else {
                text.token(i.saturating_sub(1)).filter(|t| t.kind == Kind::Number).map(|t| t.value.min(60) as i64)
            };
            let Some(n) = n else { continue };
            let unit = text.fact(i).unit;
            let delta = match unit {
                super::facts::Unit::Hour => TimeDelta::hours(n),
                super::facts::Unit::Day => TimeDelta::days(n),
                super::facts::Unit::Week if text.is(i, words!["fortnight"]) => TimeDelta::weeks(2 * n),
                super::facts::Unit::Week => TimeDelta::weeks(n),
                super::facts::Unit::Minute => TimeDelta::minutes(n),
                _ => continue,
            };
            if let Some(moved) = start.checked_add_signed(delta * sign) {
                when.date = Some(moved.date());
                if matches!(unit, super::facts::Unit::Hour | super::facts::Unit::Minute) {
                    when.time = Some(moved.time());
                } else if text.core.clone().any(|i| text.is(i, words!["same"]) && text.is(i + 1, words!["time"])) {
                    when.time = Some(start.time());
                }
                when.offered = true;
            }
            return;
        }
    }
    // "the day before, same hour", "the week after, same day"
    let near = text.core.clone().find(|i| {
        text.is(*i, words!["before", "after"])
            && i.checked_sub(1).is_some_and(|b| text.is(b, words!["day", "week"]))
            && i.checked_sub(2).is_some_and(|b| text.is(b, words!["the"]))
            && text
                .token(i + 1)
                .is_none_or(|t| t.parted >= Break::Comma || text.is(i + 1, words!["same", "please", "if", "would"]))
    });
    if let Some(at) = near {
        let sign = if text.is(at, words!["after"]) { 1 } else { -1 };
        let same_day = text.core.clone().any(|i| text.is(i, words!["same"]) && text.is(i + 1, words!["day"]));
        let same_time =
            text.core.clone().any(|i| text.is(i, words!["same"]) && text.is(i + 1, words!["time", "hour", "slot"]));
        let days = if text.is(at - 1, words!["day"]) { Some(1) } else { same_day.then_some(7) };
        when.date = days.and_then(|n| start.checked_add_signed(TimeDelta::days(n) * sign)).map(|d| d.date());
        when.time = same_time.then(|| start.time());
        when.offered = true;
        return;
    }
    let same = |what: &[Word]| text.core.clone().any(|i| text.is(i, words!["same"]) && text.is(i + 1, what));
    if same(words!["time", "day"]) {
        let next = text.core.clone().any(|i| text.is(i, words!["next", "following"]) && text.is(i + 1, words!["week"]));
        if same(words!["day"]) && !next {
            when.date = Some(start.date());
        }
        if next {
            when.date = start.date().checked_add_days(Days::new(7));
            if same(words!["time"]) {
                when.time = Some(start.time());
            }
        }
        when.offered = true;
    }
}

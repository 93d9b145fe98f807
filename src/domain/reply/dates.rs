//! Dates and times as the British say them, resolved in the practice's zone from the moment the reply came in.

use super::clock;
use super::facts::DayPart;
use super::text::Text;
use super::tokens::{Break, Kind};
use super::understanding::Part;
use super::vocabulary::{Word, words};
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Weekday};

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
    }
    times(text, &mut when);
    shifts(text, anchor, &mut when);
    when
}

fn times(text: &Text<'_>, when: &mut When) {
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
            let alone = text.token(at + 1).is_none_or(|t| t.parted >= Break::Comma)
                || text.is(at + 1, words!["instead", "please"]);
            alone.then_some(clock::Clock { hour: token.value as u32, minute: 0, part: None, bare: true, to: at + 1 })
        };
        let Some(clock) = clock::clock(text, at).or_else(|| loose(text, at)).or_else(hour) else {
            at += 1;
            continue;
        };
        let limit = at
            .checked_sub(1)
            .is_some_and(|b| text.is(b, words!["after", "before", "until", "till", "til", "from", "by"]))
            || text.is(clock.to, words!["or"]) && text.is(clock.to + 1, words!["later", "after"]);
        let refused = is_refused(text, at);
        if let Some(time) = clock.time() {
            if limit && !refused {
                let after = text.is(at.saturating_sub(1), words!["after", "from"])
                    || text.is(clock.to + 1, words!["later", "after"]);
                if after {
                    when.part.get_or_insert(if time.hour() >= 17 { Part::Eve } else { Part::Pm });
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
        let greeting = at >= 1 && text.is(at - 1, words!["good", "i"]) || at == 0 && text.core.start > 0;
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
            || at
                .checked_sub(1)
                .is_some_and(|b| text.fact(b).weekday > 0 || text.is(b, words!["tomorrow", "th", "st", "nd", "rd"]))))
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
                super::facts::Unit::Week => TimeDelta::weeks(n),
                super::facts::Unit::Minute => TimeDelta::minutes(n),
                _ => continue,
            };
            if let Some(moved) = start.checked_add_signed(delta * sign) {
                when.date = Some(moved.date());
                if matches!(unit, super::facts::Unit::Hour | super::facts::Unit::Minute) {
                    when.time = Some(moved.time());
                }
                when.offered = true;
            }
            return;
        }
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

fn day(text: &Text<'_>, at: usize, anchor: Anchor) -> Option<Day> {
    let today = anchor.now.date();
    let made = |date: Option<NaiveDate>, to: usize| {
        Some(Day { date, refused: is_refused(text, at) || is_limit(text, at), from: at, to })
    };
    if text.is(at, words!["tomorrow"]) {
        if at >= 2 && text.is(at - 1, words!["after"]) && text.is(at - 2, words!["day"]) {
            return made(today.checked_add_days(Days::new(2)), at + 1)
                .map(|d| Day { refused: is_refused(text, at - 2), ..d });
        }
        return made(today.succ_opt(), at + 1);
    }
    if text.is(at, words!["today"]) {
        return made(Some(today), at + 1);
    }
    if let Some(day) = day_of_month(text, at, today) {
        return made(day.0, day.1);
    }
    weekday(text, at, anchor).and_then(|(date, to)| made(date, to))
}

/// "the 14th", "14th june", "17 feb", "20/7", "20/7/27".
fn day_of_month(text: &Text<'_>, at: usize, today: NaiveDate) -> Option<(Option<NaiveDate>, usize)> {
    let token = text.token(at)?;
    if token.kind != Kind::Number || token.value == 0 || token.value > 31 || token.digits > 2 {
        return None;
    }
    let number = token.value as u32;
    let suffix = text.token(at + 1).is_some_and(|t| t.parted == Break::None)
        && matches!(text.word(at + 1), "st" | "nd" | "rd" | "th");
    let mut next = at + 1 + usize::from(suffix);
    if text.is(next, words!["of"]) {
        next += 1;
    }
    let month = u32::from(text.fact(next).month);
    if month > 0 && text.token(next).is_some_and(|t| t.parted <= Break::Space) {
        let year = text.token(next + 1).filter(|t| t.kind == Kind::Number && t.digits == 4).map(|t| t.value as i32);
        return Some((in_year(number, month, year, today), next + 1 + usize::from(year.is_some())));
    }
    if suffix {
        // "1st slot" is no date.
        if text.is(next, words!["slot", "appointment", "available", "one", "thing", "time", "choice"]) {
            return None;
        }
        return Some((coming_day(number, today), at + 2));
    }
    let month = text.token(at + 1)?;
    if month.kind == Kind::Number && month.mark == b'/' && !month.spaced && (1..=12).contains(&month.value) {
        let year = text.token(at + 2).filter(|t| t.kind == Kind::Number && t.mark == b'/').map(|t| t.value as i32);
        let year = year.map(|y| if y < 100 { 2000 + y } else { y });
        return Some((in_year(number, month.value as u32, year, today), at + 2 + usize::from(year.is_some())));
    }
    None
}

fn in_year(day: u32, month: u32, year: Option<i32>, today: NaiveDate) -> Option<NaiveDate> {
    if let Some(year) = year {
        return NaiveDate::from_ymd_opt(year, month, day);
    }
    let this = NaiveDate::from_ymd_opt(today.year(), month, day)?;
    if this >= today { Some(this) } else { NaiveDate::from_ymd_opt(today.year() + 1, month, day) }
}

/// The next such day of a month, today included.
fn coming_day(day: u32, today: NaiveDate) -> Option<NaiveDate> {
    let (mut year, mut month) = (today.year(), today.month());
    for _ in 0..13 {
        if let Some(date) = NaiveDate::from_ymd_opt(year, month, day)
            && date >= today
        {
            return Some(date);
        }
        month += 1;
        if month > 12 {
            month = 1;
            year += 1;
        }
    }
    None
}

fn weekday(text: &Text<'_>, at: usize, anchor: Anchor) -> Option<(Option<NaiveDate>, usize)> {
    let number = text.fact(at).weekday;
    if number == 0 {
        return None;
    }
    // "sat with next door", "in the sun"
    if text.word(at) == "sat" && text.is(at + 1, words!["with", "on", "in", "down", "here", "at", "up"])
        || text.word(at) == "sun" && at >= 1 && text.is(at - 1, words!["the"])
    {
        return None;
    }
    let day = Weekday::try_from(number - 1).ok()?;
    let today = anchor.now.date();
    let coming = next(today, day)?;
    let before = |back: usize, words: &[Word]| at.checked_sub(back).is_some_and(|b| text.is(b, words));
    if before(1, words!["last"]) || before(1, words!["good"]) && number == 5 {
        return None;
    }
    if text.is(at + 1, words!["week"]) {
        return Some((coming.checked_add_days(Days::new(7)), at + 2));
    }
    if text.is(at + 1, words!["fortnight"]) {
        return Some((coming.checked_add_days(Days::new(14)), at + 2));
    }
    if before(1, words!["on"]) && before(2, words!["week", "fortnight"]) {
        let days = if before(2, words!["week"]) { 7 } else { 14 };
        return Some((coming.checked_add_days(Days::new(days)), at + 1));
    }
    if before(1, words!["first", "1st", "last"]) && (text.is(at + 1, words!["in", "of"])) {
        let month = u32::from(text.fact(at + 2).month);
        if month > 0 {
            let first = in_year(1, month, None, today.with_day(1).unwrap_or(today))?;
            let date = if first.weekday() == day { Some(first) } else { next(first, day) };
            return Some((date, at + 3));
        }
    }
    if before(1, words!["next"]) {
        let monday = today.checked_sub_days(Days::new(u64::from(today.weekday().num_days_from_monday())))?;
        return Some((monday.checked_add_days(Days::new(7 + u64::from(day.num_days_from_monday()))), at + 1));
    }
    if before(1, words!["coming", "this"]) {
        return Some((Some(coming), at + 1));
    }
    let date = match anchor.appointment {
        // Without more, the day in the week of the appointment; else the coming one.
        Some(start) => {
            let date = start.date();
            let monday = date.checked_sub_days(Days::new(u64::from(date.weekday().num_days_from_monday())))?;
            let there = monday.checked_add_days(Days::new(u64::from(day.num_days_from_monday())))?;
            if there > today { there } else { coming }
        }
        None => coming,
    };
    Some((Some(date), at + 1))
}

fn next(from: NaiveDate, day: Weekday) -> Option<NaiveDate> {
    let ahead = (7 + day.num_days_from_monday() - from.weekday().num_days_from_monday()) % 7;
    from.checked_add_days(Days::new(u64::from(if ahead == 0 { 7 } else { ahead })))
}

/// A day that stands beside its date is one day; where they disagree it is none.
fn merge_agreeing(text: &Text<'_>, days: &mut Vec<Day>) {
    let mut i = 1;
    while i < days.len() {
        let (Some(a), Some(b)) = (days.get(i - 1).copied(), days.get(i).copied()) else {
            break;
        };
        let bridge = (a.to..b.from).all(|t| text.is(t, words!["the", "on", "after"]));
        let one_weekday = (text.fact(a.from).weekday > 0) != (text.fact(b.from).weekday > 0);
        if !bridge || !one_weekday || b.from - a.to > 2 {
            i += 1;
            continue;
        }
        let (name, dated) = if text.fact(a.from).weekday > 0 { (a, b) } else { (b, a) };
        let weekday = text.fact(name.from).weekday;
        let agrees = dated.date.is_some_and(|d| d.weekday().number_from_monday() == u32::from(weekday));
        let merged =
            Day { date: dated.date.filter(|_| agrees), refused: a.refused || b.refused, from: a.from, to: b.to };
        if let Some(slot) = days.get_mut(i - 1) {
            *slot = merged;
        }
        days.remove(i);
    }
}

/// "can't do thurs", "not the 14th", "any day but".
fn is_refused(text: &Text<'_>, at: usize) -> bool {
    // "half ten is too early"
    if (at + 1..at + 5).any(|i| text.is(i, words!["too"]) && text.is(i + 1, words!["early", "late", "soon", "far"])) {
        return true;
    }
    let mut i = at;
    let mut steps = 0;
    while let Some(before) = i.checked_sub(1) {
        let parted = text.token(i).map_or(Break::None, |t| t.parted);
        if parted >= Break::Clause || steps > 9 {
            return false;
        }
        if text.is(
            before,
            words![
                "cant",
                "cannot",
                "not",
                "unable",
                "bar",
                "except",
                "couldnt",
                "wont",
                "dont",
                "no",
                "longer",
                "impossible",
                "away",
                "busy",
                "working"
            ],
        ) || text.is(before, words!["but"])
            && before >= 1
            && (text.is(before - 1, words!["anytime", "anyday"])
                || before >= 2
                    && text.is(before - 1, words!["day", "time"])
                    && text.is(before - 2, words!["any", "every"]))
        {
            // "not later than", and what comes after a new "can".
            return true;
        }
        if text.is(
            before,
            words!["can", "could", "would", "may", "might", "how", "instead", "suits", "better", "prefer", "so", "to"],
        ) && steps > 0
        {
            return text.is(before, words!["to"])
                && (before.saturating_sub(3)..before).any(|b| text.is(b, words!["unable", "not"]));
        }
        i = before;
        steps += 1;
    }
    false
}

/// "after the 22nd", "until the 19th", "in Leeds on the 14th".
fn is_limit(text: &Text<'_>, at: usize) -> bool {
    (1..=2).any(|b| {
        at.checked_sub(b).is_some_and(|x| {
            text.is(x, words!["after", "until", "till", "til", "before", "since", "from"])
                && text.fact(x.saturating_sub(1)).weekday == 0
        })
    }) || (1..=8).any(|b| {
        at.checked_sub(b).filter(|x| *x >= text.sentence_start(at)).is_some_and(|x| {
            text.is(x, words!["away", "holiday", "working", "anniversary", "funeral", "busy", "court"])
        })
    })
}

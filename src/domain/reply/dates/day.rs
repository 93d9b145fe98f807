//! One day, however it is named.

use super::super::text::Text;
use super::super::tokens::{Break, Kind};
use super::super::vocabulary::{Word, words};
use super::refused::{is_limit, is_refused};
use super::{Anchor, Day};
use chrono::{Datelike, Days, NaiveDate, Weekday};

pub(super) fn day(text: &Text<'_>, at: usize, anchor: Anchor) -> Option<Day> {
    let today = anchor.now.date();
    let made = |date: Option<NaiveDate>, to: usize| {
        Some(Day { date, refused: is_refused(text, at) || is_limit(text, at), from: at, to })
    };
    if text.is(at, words!["tomorrow"]) && text.is(at + 1, words!["week"]) {
        return made(today.checked_add_days(Days::new(8)), at + 2);
    }
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
pub(super) fn day_of_month(text: &Text<'_>, at: usize, today: NaiveDate) -> Option<(Option<NaiveDate>, usize)> {
    let token = text.token(at)?;
    if text.is(at, words!["1st"]) {
        // "Mon 1st Nov"
        let month = u32::from(text.fact(at + 1).month);
        return (month > 0).then(|| (in_year(1, month, None, today), at + 2));
    }
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

pub(super) fn in_year(day: u32, month: u32, year: Option<i32>, today: NaiveDate) -> Option<NaiveDate> {
    if let Some(year) = year {
        return NaiveDate::from_ymd_opt(year, month, day);
    }
    let this = NaiveDate::from_ymd_opt(today.year(), month, day)?;
    if this >= today { Some(this) } else { NaiveDate::from_ymd_opt(today.year() + 1, month, day) }
}

/// The next such day of a month, today included.
pub(super) fn coming_day(day: u32, today: NaiveDate) -> Option<NaiveDate> {
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

pub(super) fn weekday(text: &Text<'_>, at: usize, anchor: Anchor) -> Option<(Option<NaiveDate>, usize)> {
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
    // "the Friday before", "the monday after": counted from the appointment.
    if let Some(start) = anchor.appointment
        && before(1, words!["the"])
        && text.is(at + 1, words!["before", "after", "following"])
        && text
            .token(at + 2)
            .is_none_or(|t| t.parted >= Break::Comma || text.is(at + 2, words!["please", "if", "would", "at", "any"]))
    {
        let after = next(start.date(), day);
        // On a Friday the Friday after is a week later, and the Friday before a week earlier.
        let back = if start.date().weekday() == day { 14 } else { 7 };
        let date = if text.is(at + 1, words!["before"]) {
            after.and_then(|d| d.checked_sub_days(Days::new(back)))
        } else {
            after
        };
        return Some((date, at + 2));
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

pub(super) fn next(from: NaiveDate, day: Weekday) -> Option<NaiveDate> {
    let ahead = (7 + day.num_days_from_monday() - from.weekday().num_days_from_monday()) % 7;
    from.checked_add_days(Days::new(u64::from(if ahead == 0 { 7 } else { ahead })))
}

/// A day that stands beside its date is one day; where they disagree it is none.
pub(super) fn merge_agreeing(text: &Text<'_>, days: &mut Vec<Day>) {
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

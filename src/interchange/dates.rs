//! Dates and times as exports write them. What could be two days is refused, not guessed.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Tz;
use serde::Deserialize;

use crate::domain::import::RefusalReason;
use crate::domain::result::TakenAt;

/// What a mapping says about `05/03/2026`. Month before day is never read: no UK record system writes it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// 5 March.
    DayFirst,
    /// Not stated: only dates with one reading are taken.
    #[default]
    Unstated,
}

/// A date as written, with as much of the time as was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateText {
    /// A day.
    Day(NaiveDate),
    /// A day and a local time.
    Local(NaiveDateTime),
    /// An instant with its own zone.
    Instant(DateTime<Utc>),
}

impl DateText {
    /// The calendar day, in `zone` for an instant.
    pub fn day(self, zone: Tz) -> NaiveDate {
        match self {
            Self::Day(day) => day,
            Self::Local(local) => local.date(),
            Self::Instant(at) => crate::domain::calendar::local_date(at, zone),
        }
    }

    /// When something was taken: local times are those of the practice's zone.
    pub fn taken_at(self, zone: Tz) -> TakenAt {
        match self {
            Self::Day(day) => TakenAt::Day(day),
            Self::Local(local) => TakenAt::Instant(crate::domain::calendar::resolve(zone, local)),
            Self::Instant(at) => TakenAt::Instant(at),
        }
    }
}

/// Reads `5-Mar-2026`, `05/03/2026`, `2026-03-05`, `5 March 2026`, with or without a time of day after it,
/// and RFC 3339 instants.
pub fn read(text: &str, order: DateOrder) -> Result<DateText, RefusalReason> {
    let text = text.trim();
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return in_bounds(instant.naive_utc().date()).map(|_| DateText::Instant(instant.to_utc()));
    }
    let (date, time) = split_time(text);
    let date = in_bounds(read_date(date, order)?)?;
    match time {
        None => Ok(DateText::Day(date)),
        Some(time) => Ok(DateText::Local(date.and_time(read_time(time)?))),
    }
}

/// Years of living people and the appointments they can have.
fn in_bounds(date: NaiveDate) -> Result<NaiveDate, RefusalReason> {
    use chrono::Datelike;
    match date.year() {
        ..1900 => Err(RefusalReason::DateTooOld),
        1900..2200 => Ok(date),
        _ => Err(RefusalReason::DateUnreadable),
    }
}

/// Parts `2026-03-05T10:00`, `5 Mar 2026 10:00`, `05/03/2026 10:00 am`.
fn split_time(text: &str) -> (&str, Option<&str>) {
    let Some(colon) = text.find(':') else {
        return (text, None);
    };
    let before = text.get(..colon).unwrap_or_default();
    let Some(gap) = before.rfind(|c: char| c.is_whitespace() || c == 'T' || c == ',') else {
        return (text, None);
    };
    let date = text.get(..gap).unwrap_or_default();
    let time = text.get(gap..).unwrap_or_default();
    (
        date.trim_end_matches(|c: char| c.is_whitespace() || c == ','),
        Some(time.trim_start_matches(|c: char| c.is_whitespace() || c == 'T' || c == ',')),
    )
}

/// Reads `14:30`, `14:30:00`, `2:30 pm`.
pub fn read_time(text: &str) -> Result<NaiveTime, RefusalReason> {
    let lower = text.trim().to_lowercase();
    let (digits, half) = match (lower.strip_suffix("am"), lower.strip_suffix("pm")) {
        (Some(rest), _) => (rest.trim_end(), Some(false)),
        (_, Some(rest)) => (rest.trim_end(), Some(true)),
        _ => (lower.as_str(), None),
    };
    let mut parts = digits.split(':');
    let mut part = |required: bool| match parts.next() {
        None if !required => Ok(0),
        Some(p) if p.len() <= 2 && !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()) => {
            p.parse::<u32>().map_err(|_| RefusalReason::TimeUnreadable)
        }
        _ => Err(RefusalReason::TimeUnreadable),
    };
    let (hour, minute, second) = (part(true)?, part(true)?, part(false)?);
    if parts.next().is_some() {
        return Err(RefusalReason::TimeUnreadable);
    }
    let hour = match half {
        None => hour,
        Some(_) if !(1..=12).contains(&hour) => return Err(RefusalReason::TimeUnreadable),
        Some(afternoon) => hour % 12 + if afternoon { 12 } else { 0 },
    };
    NaiveTime::from_hms_opt(hour, minute, second).ok_or(RefusalReason::TimeUnreadable)
}

fn read_date(text: &str, order: DateOrder) -> Result<NaiveDate, RefusalReason> {
    let parts: Vec<&str> = text.split(['-', '/', '.', ' ']).map(str::trim).filter(|p| !p.is_empty()).collect();
    let number = |p: &str| -> Option<u32> {
        (p.len() <= 4 && p.bytes().all(|b| b.is_ascii_digit())).then(|| p.parse().ok()).flatten()
    };
    let [a, b, c] = parts.as_slice() else {
        let only_year_or_month = matches!(parts.as_slice(), [y] | [_, y] if y.len() == 4)
            || matches!(parts.as_slice(), [y, _] if y.len() == 4);
        let known = parts.iter().all(|p| number(p).is_some() || month(p).is_some());
        let incomplete = only_year_or_month && known && is_year_alone(&parts);
        return Err(if incomplete { RefusalReason::DateIncomplete } else { RefusalReason::DateUnreadable });
    };
    if let (Some(year), Some(m), Some(day)) = (number(a), number(b), number(c)) {
        if a.len() == 4 {
            return ymd(year, m, day);
        }
        return day_or_month_first(year, m, c, order);
    }
    match (number(a), month(b), number(c)) {
        (Some(day), Some(m), Some(year)) => ymd(four_digits(c, year)?, m, day),
        _ => Err(RefusalReason::DateUnreadable),
    }
}

/// A lone number of four digits is a year only if it could be one; 4523 is a spreadsheet's day number.
fn is_year_alone(parts: &[&str]) -> bool {
    parts.iter().any(|p| p.parse::<u32>().is_ok_and(|y| (1900..2200).contains(&y)))
}

fn day_or_month_first(a: u32, b: u32, year: &str, order: DateOrder) -> Result<NaiveDate, RefusalReason> {
    let year = four_digits(year, year.parse().unwrap_or(0))?;
    let one_reading = a > 12 || a == b;
    match order {
        DateOrder::Unstated if !one_reading && b <= 12 => Err(RefusalReason::DateAmbiguous),
        _ => ymd(year, b, a),
    }
}

fn four_digits(text: &str, year: u32) -> Result<u32, RefusalReason> {
    match text.len() {
        4 => Ok(year),
        2 => Err(RefusalReason::YearTwoDigits),
        _ => Err(RefusalReason::DateUnreadable),
    }
}

fn ymd(year: u32, month: u32, day: u32) -> Result<NaiveDate, RefusalReason> {
    i32::try_from(year)
        .ok()
        .and_then(|year| NaiveDate::from_ymd_opt(year, month, day))
        .ok_or(RefusalReason::DateUnreadable)
}

/// English month names, whole or the usual short forms.
fn month(text: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let lower = text.to_lowercase();
    if lower == "sept" {
        return Some(9);
    }
    let at = MONTHS.iter().position(|m| *m == lower || (lower.len() == 3 && m.starts_with(&lower)))?;
    Some(at as u32 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(y: i32, m: u32, d: u32) -> Result<DateText, RefusalReason> {
        NaiveDate::from_ymd_opt(y, m, d).map(DateText::Day).ok_or(RefusalReason::Missing)
    }

    #[test]
    fn h02_dates_have_one_reading_or_none() {
        use RefusalReason as R;
        for (text, want) in [
            ("5-Mar-2026", day(2026, 3, 5)),
            ("05-MAR-2026", day(2026, 3, 5)),
            ("5 March 2026", day(2026, 3, 5)),
            ("1 Sept 2025", day(2025, 9, 1)),
            ("05/03/2026", day(2026, 3, 5)),
            ("5.3.2026", day(2026, 3, 5)),
            ("05-03-2026", day(2026, 3, 5)),
            ("2026-03-05", day(2026, 3, 5)),
            ("2026/03/05", day(2026, 3, 5)),
            ("29/02/2024", day(2024, 2, 29)),
            ("29/02/2026", Err(R::DateUnreadable)),
            ("13/25/2026", Err(R::DateUnreadable)),
            ("12/25/2026", Err(R::DateUnreadable)),
            ("5-Mar-26", Err(R::YearTwoDigits)),
            ("05/03/26", Err(R::YearTwoDigits)),
            ("1960", Err(R::DateIncomplete)),
            ("Mar 1960", Err(R::DateIncomplete)),
            ("1960-03", Err(R::DateIncomplete)),
            ("45231", Err(R::DateUnreadable)),
            ("4523", Err(R::DateUnreadable)),
            ("Unknown", Err(R::DateUnreadable)),
            ("", Err(R::DateUnreadable)),
            ("1/1/1800", Err(R::DateTooOld)),
            ("1/1/20260", Err(R::DateUnreadable)),
        ] {
            assert_eq!(read(text, DateOrder::DayFirst), want, "{text}");
        }
        for (text, want) in [
            ("05/03/2026", Err(R::DateAmbiguous)),
            ("25/03/2026", day(2026, 3, 25)),
            ("03/25/2026", Err(R::DateUnreadable)),
            ("05/05/2026", day(2026, 5, 5)),
            ("5-Mar-2026", day(2026, 3, 5)),
            ("2026-03-05", day(2026, 3, 5)),
        ] {
            assert_eq!(read(text, DateOrder::Unstated), want, "{text}");
        }
    }

    #[test]
    fn times() {
        let local = |h, m| {
            let day = NaiveDate::from_ymd_opt(2026, 3, 5).unwrap();
            Ok(DateText::Local(day.and_hms_opt(h, m, 0).unwrap()))
        };
        for (text, want) in [
            ("05/03/2026 14:30", local(14, 30)),
            ("5-Mar-2026 2:30 pm", local(14, 30)),
            ("5-Mar-2026 12:30 AM", local(0, 30)),
            ("2026-03-05T14:30:00", local(14, 30)),
            ("5 Mar 2026, 14:30", local(14, 30)),
            ("5-Mar-2026 13:30 pm", Err(RefusalReason::TimeUnreadable)),
            ("5-Mar-2026 24:30", Err(RefusalReason::TimeUnreadable)),
            ("5-Mar-2026 1:2:3:4", Err(RefusalReason::TimeUnreadable)),
        ] {
            assert_eq!(read(text, DateOrder::DayFirst), want, "{text}");
        }
        let instant = read("2023-10-10T04:17:47Z", DateOrder::Unstated).unwrap();
        assert!(matches!(instant, DateText::Instant(at) if at.timestamp() == 1_696_911_467));
    }
}

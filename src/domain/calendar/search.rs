//! Finds the next instant at which something that keeps local hours is open.

use std::fmt;

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;

use super::holidays::{HolidayAnswer, Holidays};
use super::zone::{local_date, local_time, resolve};

/// Half-open: from the first time up to, not including, the second.
pub(super) type Interval = (NaiveTime, NaiveTime);

/// No practice is closed for longer than this; a search that finds nothing by then ends.
const HORIZON_DAYS: u32 = 400;

/// Something a reader of a plan should know about how a time was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CalendarNote {
    /// A day was passed over because the practice keeps no hours on that weekday.
    ClosedWeekday(NaiveDate),
    /// A day was passed over because it is a holiday or the practice's own closed day.
    Holiday(NaiveDate, String),
    /// Bank holidays of this year are not in the data, so weekdays alone were followed.
    YearUnknown(i32),
}

impl fmt::Display for CalendarNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ClosedWeekday(date) => {
                write!(f, "{} is outside the hours kept", super::date_text(*date))
            }
            Self::Holiday(date, name) => write!(f, "{} is {name}", super::date_text(*date)),
            Self::YearUnknown(year) => {
                write!(f, "bank holidays of {year} are not known yet, so only weekdays were followed")
            }
        }
    }
}

/// The next open instant, and what was passed over on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextOpen {
    /// The first open instant at or after the one asked about.
    pub at: DateTime<Utc>,
    /// Days passed over and gaps in the data, in order of date.
    pub notes: Vec<CalendarNote>,
}

/// What is open on one date, after holidays.
pub(super) fn open_on(
    date: NaiveDate,
    intervals: &[Interval],
    holidays: Option<&Holidays>,
    notes: &mut Vec<CalendarNote>,
) -> bool {
    if intervals.is_empty() {
        notes.push(CalendarNote::ClosedWeekday(date));
        return false;
    }
    let Some(holidays) = holidays else {
        return true;
    };
    match holidays.is_holiday(date) {
        HolidayAnswer::Known(false) => true,
        HolidayAnswer::Known(true) => {
            notes.push(CalendarNote::Holiday(date, holidays.name(date).unwrap_or("a holiday").to_owned()));
            false
        }
        HolidayAnswer::Unknown => {
            let note = CalendarNote::YearUnknown(date.year());
            if !notes.contains(&note) {
                notes.push(note);
            }
            true
        }
    }
}

/// Whether a local time lies in one of the intervals.
pub(super) fn covers(intervals: &[Interval], time: NaiveTime) -> bool {
    intervals.iter().any(|(start, end)| *start <= time && time < *end)
}

/// The first instant at or after `from` at which local time lies within the hours that `on` gives for its date.
pub(super) fn next_open<'a>(
    from: DateTime<Utc>,
    tz: Tz,
    holidays: Option<&Holidays>,
    on: impl Fn(NaiveDate) -> &'a [Interval],
) -> Option<NextOpen> {
    let mut notes = Vec::new();
    let mut date = local_date(from, tz);
    for _ in 0..HORIZON_DAYS {
        let intervals = on(date);
        if open_on(date, intervals, holidays, &mut notes)
            && let Some(at) = first_open_instant(from, tz, date, intervals)
        {
            return Some(NextOpen { at, notes });
        }
        date = date.succ_opt()?;
    }
    None
}

fn first_open_instant(from: DateTime<Utc>, tz: Tz, date: NaiveDate, intervals: &[Interval]) -> Option<DateTime<Utc>> {
    if local_date(from, tz) == date && covers(intervals, local_time(from, tz)) {
        return Some(from);
    }
    let day_start = resolve(tz, date.and_time(NaiveTime::MIN));
    let day_end = resolve(tz, date.succ_opt()?.and_time(NaiveTime::MIN));
    if day_end - day_start == Duration::hours(24) {
        return intervals.iter().map(|(start, _)| resolve(tz, date.and_time(*start))).filter(|at| *at >= from).min();
    }
    // On a day when the clocks change, an interval may begin twice, begin at the change, or not occur at all.
    // Looking at each minute of those two days a year is right in every case.
    let mut at = day_start.max(from);
    if at > day_start {
        let into_minute = at.timestamp_millis().rem_euclid(60_000);
        if into_minute > 0 {
            at += Duration::milliseconds(60_000 - into_minute);
        }
    }
    while at < day_end {
        if covers(intervals, local_time(at, tz)) {
            return Some(at);
        }
        at += Duration::minutes(1);
    }
    None
}

//! Counting in working days: Monday to Friday without holidays.

use chrono::{Datelike, NaiveDate, Weekday};

use super::holidays::{HolidayAnswer, Holidays};
use super::search::CalendarNote;

/// More than ten years of working days is a mistake, not a plan.
const MAX_DAYS: u32 = 3_000;

/// Whether `date` is a working day. A year beyond the holiday data is judged by weekday.
pub fn is_working_day(date: NaiveDate, holidays: &Holidays) -> bool {
    !matches!(date.weekday(), Weekday::Sat | Weekday::Sun) && !holidays.is_holiday(date).is_certain()
}

/// The date `n` working days after `date` (before, if `n` is negative); `date` itself for 0.
///
/// The notes name each holiday passed over and each year whose holidays are not known. `None` beyond 3,000
/// working days either way, or beyond the calendar.
pub fn add_working_days(date: NaiveDate, n: i32, holidays: &Holidays) -> Option<(NaiveDate, Vec<CalendarNote>)> {
    if n.unsigned_abs() > MAX_DAYS {
        return None;
    }
    let mut notes = Vec::new();
    let mut at = date;
    let mut left = n.unsigned_abs();
    while left > 0 {
        at = if n > 0 { at.succ_opt()? } else { at.pred_opt()? };
        if matches!(at.weekday(), Weekday::Sat | Weekday::Sun) {
            continue;
        }
        match holidays.is_holiday(at) {
            HolidayAnswer::Known(true) => {
                notes.push(CalendarNote::Holiday(at, holidays.name(at).unwrap_or("a holiday").to_owned()));
                continue;
            }
            HolidayAnswer::Known(false) => {}
            HolidayAnswer::Unknown => {
                let note = CalendarNote::YearUnknown(at.year());
                if !notes.contains(&note) {
                    notes.push(note);
                }
            }
        }
        left -= 1;
    }
    Some((at, notes))
}

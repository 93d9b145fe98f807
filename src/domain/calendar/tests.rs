//! Shared helpers, and one file of tests per subject.

mod clock_changes;
mod hours_and_windows;
mod oracle;
mod words_and_keys;
mod working_days;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;

use super::{BankHolidays, Division, Holidays};

const LONDON: Tz = chrono_tz::Europe::London;

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> NaiveTime {
    NaiveTime::parse_from_str(text, "%H:%M").unwrap()
}

fn england() -> Holidays {
    Holidays::new(BankHolidays::shipped(), Division::EnglandAndWales)
}

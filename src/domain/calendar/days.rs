//! Sets of weekdays as people write them: `Mon-Fri`, `Mon, Wed, Sat`.

use chrono::{Weekday, WeekdaySet};
use thiserror::Error;

/// A weekday list that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DaysError {
    /// Nothing was written.
    #[error("name at least one weekday, such as Mon-Fri")]
    Empty,
    /// One of the words is not a weekday.
    #[error("{0:?} is not a weekday: write names, such as Mon-Fri or Mon, Wed")]
    Unknown(String),
}

/// Reads weekday names, commas and ranges (`Mon-Fri`, `Sat-Mon` runs over the week's end). Digits are refused.
pub fn parse_days(text: &str) -> Result<WeekdaySet, DaysError> {
    let mut set = WeekdaySet::EMPTY;
    for part in text.split([',', ' ']).map(str::trim).filter(|part| !part.is_empty()) {
        if let Some((from, to)) = part.split_once('-') {
            let (mut day, last) = (weekday(from)?, weekday(to)?);
            set.insert(day);
            while day != last {
                day = day.succ();
                set.insert(day);
            }
        } else {
            set.insert(weekday(part)?);
        }
    }
    if set.is_empty() { Err(DaysError::Empty) } else { Ok(set) }
}

fn weekday(word: &str) -> Result<Weekday, DaysError> {
    word.trim().parse().map_err(|_| DaysError::Unknown(word.trim().to_owned()))
}

/// The set as [`parse_days`] reads it: `Mon, Tue, Wed`.
pub fn format_days(days: WeekdaySet) -> String {
    let names: Vec<String> = days.iter(Weekday::Mon).map(|day| day.to_string()).collect();
    names.join(", ")
}

//! A practice's opening hours: when somebody reads and answers.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Utc, Weekday, WeekdaySet};
use chrono_tz::Tz;
use thiserror::Error;

use super::format::time_text;
use super::holidays::Holidays;
use super::search::{self, Interval, NextOpen};
use super::zone::{local_date, local_time};

/// Opening hours by weekday, closed on the practice's holidays. A day may have a lunch break.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpeningHours {
    days: BTreeMap<u8, Vec<Interval>>,
}

/// Opening hours that make no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum HoursError {
    /// Closes before it opens.
    #[error("opening hours must end after they start, on the same day")]
    EndNotAfterStart,
    /// Two periods of one day overlap.
    #[error("two opening periods of {0} overlap")]
    Overlap(Weekday),
}

impl OpeningHours {
    /// Closed always: the start for [`OpeningHours::with`].
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a period, local time, on each of `days`.
    pub fn with(mut self, days: WeekdaySet, opens: NaiveTime, closes: NaiveTime) -> Result<Self, HoursError> {
        if opens >= closes {
            return Err(HoursError::EndNotAfterStart);
        }
        for day in days.iter(Weekday::Mon) {
            let periods = self.days.entry(day.num_days_from_monday() as u8).or_default();
            if periods.iter().any(|(start, end)| opens < *end && *start < closes) {
                return Err(HoursError::Overlap(day));
            }
            periods.push((opens, closes));
            periods.sort_unstable();
        }
        Ok(self)
    }

    /// Whether no period was ever added.
    pub fn is_empty(&self) -> bool {
        self.days.is_empty()
    }

    /// Whether the practice is open at `instant`.
    pub fn is_open(&self, instant: DateTime<Utc>, tz: Tz, holidays: &Holidays) -> bool {
        let date = local_date(instant, tz);
        let periods = self.on(date);
        search::open_on(date, periods, Some(holidays), &mut Vec::new())
            && search::covers(periods, local_time(instant, tz))
    }

    /// The first instant at or after `instant` when the practice is open, or `None` if it never is.
    pub fn next_opening(&self, instant: DateTime<Utc>, tz: Tz, holidays: &Holidays) -> Option<NextOpen> {
        search::next_open(instant, tz, Some(holidays), |date| self.on(date))
    }

    /// The hours in words, for `((hours))`: "Mon to Fri 8am to 6:30pm". Days alike and in a row are joined.
    pub fn text(&self) -> String {
        let mut groups: Vec<(Weekday, Weekday, &[Interval])> = Vec::new();
        for (day, periods) in &self.days {
            let Ok(day) = Weekday::try_from(*day) else {
                continue;
            };
            match groups.last_mut() {
                Some((_, last, same)) if last.succ() == day && *same == periods.as_slice() => {
                    *last = day;
                }
                _ => groups.push((day, day, periods)),
            }
        }
        let words: Vec<String> =
            groups.into_iter().map(|(first, last, periods)| group_text(first, last, periods)).collect();
        words.join(", ")
    }

    fn on(&self, date: NaiveDate) -> &[Interval] {
        let day = date.weekday().num_days_from_monday() as u8;
        self.days.get(&day).map_or(&[], Vec::as_slice)
    }
}

fn group_text(first: Weekday, last: Weekday, periods: &[Interval]) -> String {
    let days = if first == last {
        first.to_string()
    } else if first.succ() == last {
        format!("{first} and {last}")
    } else {
        format!("{first} to {last}")
    };
    let times: Vec<String> =
        periods.iter().map(|(from, to)| format!("{} to {}", time_text(*from), time_text(*to))).collect();
    format!("{days} {}", times.join(" and "))
}

//! When messages may go: the practice's sending window, and a person's own within it.

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Utc, WeekdaySet};
use chrono_tz::Tz;
use thiserror::Error;

use super::holidays::Holidays;
use super::search::{self, Interval, NextOpen};
use super::zone::{local_date, local_time};

/// Days and hours in local time. The start is included, the end is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    days: WeekdaySet,
    hours: Interval,
    skip_bank_holidays: bool,
}

/// A window that could never be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WindowError {
    /// No weekday.
    #[error("a sending window needs at least one weekday")]
    NoDays,
    /// The end is not after the start. A window over midnight is refused: nobody wants texts then.
    #[error("a sending window must end after it starts, on the same day")]
    EndNotAfterStart,
}

impl Window {
    /// Open on `days` from `start` up to `end`, local time; closed on holidays if `skip_bank_holidays`.
    pub fn new(
        days: WeekdaySet,
        start: NaiveTime,
        end: NaiveTime,
        skip_bank_holidays: bool,
    ) -> Result<Self, WindowError> {
        if days.is_empty() {
            return Err(WindowError::NoDays);
        }
        if start >= end {
            return Err(WindowError::EndNotAfterStart);
        }
        Ok(Self { days, hours: (start, end), skip_bank_holidays })
    }

    /// Weekdays on which it opens.
    pub fn days(&self) -> WeekdaySet {
        self.days
    }

    /// First local time of day that is inside.
    pub fn start(&self) -> NaiveTime {
        self.hours.0
    }

    /// First local time of day that is outside again.
    pub fn end(&self) -> NaiveTime {
        self.hours.1
    }

    /// Whether holidays are closed days.
    pub fn skips_bank_holidays(&self) -> bool {
        self.skip_bank_holidays
    }

    /// Whether a message may go at `instant`.
    pub fn contains(&self, instant: DateTime<Utc>, tz: Tz, holidays: &Holidays) -> bool {
        let date = local_date(instant, tz);
        let hours = self.on(date);
        search::open_on(date, hours, self.closed_days(holidays), &mut Vec::new())
            && search::covers(hours, local_time(instant, tz))
    }

    /// The first instant at or after `instant` that is inside, or `None` if none comes within 400 days.
    pub fn next_open(&self, instant: DateTime<Utc>, tz: Tz, holidays: &Holidays) -> Option<NextOpen> {
        search::next_open(instant, tz, self.closed_days(holidays), |date| self.on(date))
    }

    /// The first instant after `instant`, which lies inside, at which the window is closed again.
    /// `None` when `instant` is outside.
    pub fn closes_after(&self, instant: DateTime<Utc>, tz: Tz, holidays: &Holidays) -> Option<DateTime<Utc>> {
        self.contains(instant, tz, holidays).then(|| {
            let end = local_date(instant, tz).and_time(self.end());
            super::resolve(tz, end).max(instant)
        })
    }

    /// What both windows allow, or `None` when they never overlap.
    pub fn intersect(&self, other: &Self) -> Option<Self> {
        Self::new(
            self.days.intersection(other.days),
            self.start().max(other.start()),
            self.end().min(other.end()),
            self.skip_bank_holidays || other.skip_bank_holidays,
        )
        .ok()
    }

    fn on(&self, date: NaiveDate) -> &[Interval] {
        if self.days.contains(date.weekday()) { std::slice::from_ref(&self.hours) } else { &[] }
    }

    fn closed_days<'a>(&self, holidays: &'a Holidays) -> Option<&'a Holidays> {
        self.skip_bank_holidays.then_some(holidays)
    }
}

//! Recurring schedules, written as cron expressions and walked on the wall clock.
//!
//! The `cron` crate, asked in a zone with summer time, skips or doubles firings on the two days of the
//! change. Asked about a clock without changes it is right, so the local wall clock is carried as if it
//! were UTC and the zone is applied to each firing afterwards.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::zone::{local, resolve};

/// How far before `after` the walk begins, so that a firing moved or repeated by a clock change is seen.
const LOOK_BACK: Duration = Duration::hours(3);
/// Bounds the search for the first firing after the look-back: three hours of minutes, and room to spare.
const MAX_STEPS: usize = 1_000;

/// A schedule in a practice's local time, from a five-field cron expression: minute, hour, day of month,
/// month, weekday. When day of month and weekday are both given, both must match (`0 9 1-7 * Mon` is the
/// first Monday of the month).
#[derive(Clone)]
pub struct WallSchedule {
    text: String,
    schedule: cron::Schedule,
}

/// Why a cron expression was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ScheduleError {
    /// Not five fields.
    #[error("a schedule has 5 parts (minute hour day month weekday), this one has {0}")]
    Fields(usize),
    /// Weekdays as digits: they mean different days in different programs.
    #[error("write weekdays as names, such as Mon-Fri: digits mean different days in different programs")]
    WeekdayDigit,
    /// The expression does not parse.
    #[error("this is not a schedule: {0}")]
    Syntax(String),
    /// It parses but no date ever matches, such as 30 February.
    #[error("no date ever matches this schedule")]
    NeverFires,
}

impl WallSchedule {
    /// Reads a five-field expression. A schedule that can never fire is refused here, where somebody sees it.
    pub fn parse(text: &str) -> Result<Self, ScheduleError> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [_, _, _, _, weekday] = fields.as_slice() else {
            return Err(ScheduleError::Fields(fields.len()));
        };
        // `*/2` counts days from Sunday, so a step is a digit of the same kind.
        if weekday.chars().any(|c| c.is_ascii_digit()) {
            return Err(ScheduleError::WeekdayDigit);
        }
        let text = fields.join(" ");
        let schedule =
            cron::Schedule::from_str(&format!("0 {text}")).map_err(|e| ScheduleError::Syntax(e.to_string()))?;
        if schedule.after(&NaiveDateTime::default().and_utc()).next().is_none() {
            return Err(ScheduleError::NeverFires);
        }
        Ok(Self { text, schedule })
    }

    /// The first firing strictly after `after`, or `None` when the schedule has run out of years (2100).
    pub fn next_fire(&self, tz: Tz, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let from = local(after, tz).checked_sub_signed(LOOK_BACK)?;
        self.schedule
            .after(&from.and_utc())
            .take(MAX_STEPS)
            .map(|wall| resolve(tz, wall.naive_utc()))
            .find(|fire| *fire > after)
    }

    /// Firings after `after` and up to `until`, in order. A day of minutes is the most a caller should ask for.
    pub fn fires_between(
        &self,
        tz: Tz,
        after: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> impl Iterator<Item = DateTime<Utc>> + '_ {
        std::iter::successors(self.next_fire(tz, after), move |last| self.next_fire(tz, *last))
            .take_while(move |fire| *fire <= until)
    }

    /// The expression as it was written, with single spaces.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for WallSchedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WallSchedule({})", self.text)
    }
}

impl PartialEq for WallSchedule {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for WallSchedule {}

impl FromStr for WallSchedule {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        Self::parse(text)
    }
}

impl Serialize for WallSchedule {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for WallSchedule {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

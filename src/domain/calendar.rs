//! Local time: the only place where a zone is applied to an instant.
//!
//! Everywhere else an instant is UTC. Practices think in wall-clock time ("weekdays at 9am"), which a day
//! with 23 or 25 hours must not break: nothing is lost, doubled or sent at night because the clocks changed.

mod cron;
mod days;
mod format;
mod holidays;
mod hours;
mod keys;
mod search;
mod window;
mod working_days;
mod zone;

pub use cron::{ScheduleError, WallSchedule};
pub use days::{DaysError, format_days, parse_days};
pub use format::{date_text, day_text, join_words, moment_text, part_of_day, time_text};
pub use holidays::{BankHolidays, Division, HolidayAnswer, HolidayFileError, Holidays};
pub use hours::{HoursError, OpeningHours};
pub use keys::{day_key, week_key};
pub use search::{CalendarNote, NextOpen};
pub use window::{Window, WindowError};
pub use working_days::{add_working_days, is_working_day};
pub use zone::{local, local_date, local_time, resolve};

#[cfg(test)]
mod tests;

//! Names of local days and weeks, under which sends are counted and kept unique.

use chrono::{DateTime, Datelike, Utc};
use chrono_tz::Tz;

use super::zone::local_date;

/// The local day of `instant`, such as `2027-03-28`.
pub fn day_key(instant: DateTime<Utc>, tz: Tz) -> String {
    local_date(instant, tz).format("%Y-%m-%d").to_string()
}

/// The local ISO week of `instant` (Monday to Sunday), such as `2026-W53`. Its year is the ISO year, which
/// differs from the calendar year on some days around New Year, so no week is ever cut in two.
pub fn week_key(instant: DateTime<Utc>, tz: Tz) -> String {
    let week = local_date(instant, tz).iso_week();
    format!("{:04}-W{:02}", week.year(), week.week())
}

//! Dates and times in words, in the style of NHS letters: "Thursday 6 August", "5:30pm".

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Timelike, Utc};
use chrono_tz::Tz;

use super::zone::{local_date, local_time};

/// Beyond this many days a date without its year could be taken for another year's.
const SAME_YEAR_DAYS: i64 = 300;

/// "Thursday 6 August".
pub fn day_text(date: NaiveDate) -> String {
    date.format("%A %-d %B").to_string()
}

/// "6 August 2026".
pub fn date_text(date: NaiveDate) -> String {
    date.format("%-d %B %Y").to_string()
}

/// "5:30pm", "9am", "midday", "midnight".
pub fn time_text(time: NaiveTime) -> String {
    let (pm, hour) = time.hour12();
    match (time.hour(), time.minute()) {
        (0, 0) => "midnight".to_owned(),
        (12, 0) => "midday".to_owned(),
        (_, 0) => format!("{hour}{}", half(pm)),
        (_, minute) => format!("{hour}:{minute:02}{}", half(pm)),
    }
}

fn half(pm: bool) -> &'static str {
    if pm { "pm" } else { "am" }
}

/// "8am on Friday 7 August", with the year when `now` is far from it. "today" and "tomorrow" are not used: a text
/// may be read a day late.
pub fn moment_text(instant: DateTime<Utc>, tz: Tz, now: DateTime<Utc>) -> String {
    let date = local_date(instant, tz);
    let far = (date - local_date(now, tz)).num_days().abs() > SAME_YEAR_DAYS;
    let year = if far { format!(" {}", date.year()) } else { String::new() };
    format!("{} on {}{year}", time_text(local_time(instant, tz)), day_text(date))
}

/// "morning" before midday, "afternoon" before 5pm, "evening" after.
pub fn part_of_day(time: NaiveTime) -> &'static str {
    match time.hour() {
        0..12 => "morning",
        12..17 => "afternoon",
        _ => "evening",
    }
}

/// "a", "a and b", "a, b and c": lists in a sentence.
pub fn join_words<S: AsRef<str>>(words: &[S]) -> String {
    match words {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [start @ .., last] => {
            let start: Vec<&str> = start.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", start.join(", "), last.as_ref())
        }
    }
}

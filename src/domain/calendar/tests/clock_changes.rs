//! The two days of 2027 on which London's clocks change: 28 March (forward at 01:00) and 31 October (back at 02:00).

use chrono::{Datelike, Duration, NaiveDate, Timelike};

use super::super::{ScheduleError, WallSchedule, local_date, local_time, resolve};
use super::{LONDON, date, utc};

fn fires(expression: &str, after: &str, until: &str) -> Vec<String> {
    WallSchedule::parse(expression)
        .unwrap()
        .fires_between(LONDON, utc(after), utc(until))
        .map(|fire| fire.format("%Y-%m-%dT%H:%MZ").to_string())
        .collect()
}

#[test]
fn f08_nine_in_the_morning_is_nine_on_the_wall_before_and_after_both_changes() {
    assert_eq!(
        fires("0 9 * * *", "2027-03-26T12:00:00Z", "2027-03-29T12:00:00Z"),
        ["2027-03-27T09:00Z", "2027-03-28T08:00Z", "2027-03-29T08:00Z"]
    );
    assert_eq!(
        fires("0 9 * * *", "2027-10-29T12:00:00Z", "2027-11-01T12:00:00Z"),
        ["2027-10-30T08:00Z", "2027-10-31T09:00Z", "2027-11-01T09:00Z"]
    );
}

#[test]
fn f08_a_daily_half_past_one_goes_exactly_once_on_both_days() {
    // In March there is no 01:30: it goes at 02:30. In October there are two: it goes at the first.
    assert_eq!(
        fires("30 1 * * *", "2027-03-27T00:00:00Z", "2027-03-29T12:00:00Z"),
        ["2027-03-27T01:30Z", "2027-03-28T01:30Z", "2027-03-29T00:30Z"]
    );
    assert_eq!(
        fires("30 1 * * *", "2027-10-29T12:00:00Z", "2027-11-01T12:00:00Z"),
        ["2027-10-30T00:30Z", "2027-10-31T00:30Z", "2027-11-01T01:30Z"]
    );
}

#[test]
fn r13_each_daily_time_goes_once_per_local_day_and_in_order_all_year() {
    for minute in [0, 1, 30, 59] {
        for hour in [0, 1, 2, 9, 23] {
            let schedule = WallSchedule::parse(&format!("{minute} {hour} * * *")).unwrap();
            let mut expected = date("2027-01-01");
            let mut last = utc("2026-12-31T23:59:59Z");
            for fire in schedule.fires_between(LONDON, last, utc("2027-12-31T23:59:59Z")) {
                assert!(fire > last);
                assert_eq!(local_date(fire, LONDON), expected, "{minute} {hour}");
                last = fire;
                expected = expected.succ_opt().unwrap();
            }
            assert_eq!(expected, date("2028-01-01"), "{minute} {hour}: a day is missing");
        }
    }
}

#[test]
fn r13_starting_anywhere_around_a_change_the_next_fire_is_later_and_never_skips() {
    let schedule = WallSchedule::parse("30 1 * * *").unwrap();
    for day in ["2027-03-27T12:00:00Z", "2027-10-30T12:00:00Z"] {
        let all: Vec<_> = schedule.fires_between(LONDON, utc(day), utc(day) + Duration::days(3)).collect();
        for minutes in 0..(36 * 60) {
            let from = utc(day) + Duration::minutes(minutes);
            let next = schedule.next_fire(LONDON, from).unwrap();
            assert_eq!(Some(&next), all.iter().find(|fire| **fire > from), "from {from}");
        }
    }
}

#[test]
fn r13_leap_day_and_year_end() {
    assert_eq!(
        fires("0 9 29 2 *", "2027-01-01T00:00:00Z", "2033-01-01T00:00:00Z"),
        ["2028-02-29T09:00Z", "2032-02-29T09:00Z"]
    );
    assert_eq!(fires("0 0 1 1 *", "2027-12-31T23:59:59Z", "2028-01-01T00:00:00Z"), ["2028-01-01T00:00Z"]);
    assert_eq!(fires("59 23 31 12 *", "2027-12-31T23:58:59Z", "2028-01-01T00:00:00Z"), ["2027-12-31T23:59Z"]);
    // Strictly after: a schedule asked at its own firing gives the next one.
    assert_eq!(fires("0 9 * * *", "2027-06-01T08:00:00Z", "2027-06-01T20:00:00Z"), Vec::<String>::new());
}

#[test]
fn resolve_gives_one_instant_for_every_wall_time() {
    let wall = |d: &str, h, m| date(d).and_hms_opt(h, m, 0).unwrap();
    assert_eq!(resolve(LONDON, wall("2027-03-28", 1, 30)), utc("2027-03-28T01:30:00Z"));
    assert_eq!(resolve(LONDON, wall("2027-03-28", 2, 30)), utc("2027-03-28T01:30:00Z"));
    assert_eq!(resolve(LONDON, wall("2027-10-31", 1, 30)), utc("2027-10-31T00:30:00Z"));
    let shown = local_time(utc("2027-10-31T01:30:00Z"), LONDON);
    assert_eq!((shown.hour(), shown.minute()), (1, 30));
    for extreme in [NaiveDate::MIN, NaiveDate::MAX] {
        resolve(chrono_tz::Pacific::Apia, extreme.and_hms_opt(0, 0, 0).unwrap());
    }
    // A zone that once skipped a whole day.
    assert_eq!(resolve(chrono_tz::Pacific::Apia, wall("2011-12-30", 9, 0)), utc("2011-12-30T19:00:00Z"));
}

#[test]
fn schedules_that_mislead_are_refused() {
    assert_eq!(WallSchedule::parse("0 9 * * 1"), Err(ScheduleError::WeekdayDigit));
    assert_eq!(WallSchedule::parse("0 9 * * 1-5"), Err(ScheduleError::WeekdayDigit));
    assert_eq!(WallSchedule::parse("0 9 * * */2"), Err(ScheduleError::WeekdayDigit));
    assert_eq!(WallSchedule::parse("0 0 9 * * Mon"), Err(ScheduleError::Fields(6)));
    assert_eq!(WallSchedule::parse(""), Err(ScheduleError::Fields(0)));
    assert_eq!(WallSchedule::parse("0 9 30 2 *"), Err(ScheduleError::NeverFires));
    assert!(matches!(WallSchedule::parse("0 25 * * *"), Err(ScheduleError::Syntax(_))));
    assert!(matches!(WallSchedule::parse("0 9 * * Monday-Blursday"), Err(ScheduleError::Syntax(_))));
    assert_eq!(WallSchedule::parse("  0  9 * *  Mon-Fri ").unwrap().as_str(), "0 9 * * Mon-Fri");
}

#[test]
fn weekday_names_mean_those_days() {
    let schedule = WallSchedule::parse("0 9 * * Mon,Thu").unwrap();
    let days: Vec<_> = schedule
        .fires_between(LONDON, utc("2027-08-01T00:00:00Z"), utc("2027-08-10T00:00:00Z"))
        .map(|fire| local_date(fire, LONDON).weekday().to_string())
        .collect();
    assert_eq!(days, ["Mon", "Thu", "Mon"]);
    // Both must match: the first Monday of each month.
    assert_eq!(
        fires("0 9 1-7 * Mon", "2027-01-01T00:00:00Z", "2027-03-31T00:00:00Z"),
        ["2027-01-04T09:00Z", "2027-02-01T09:00Z", "2027-03-01T09:00Z"]
    );
}

#[test]
fn schedule_ends_with_the_years_of_the_parser() {
    let schedule = WallSchedule::parse("0 9 * * *").unwrap();
    assert_eq!(schedule.next_fire(LONDON, utc("2101-01-01T00:00:00Z")), None);
    assert_eq!(schedule.next_fire(LONDON, chrono::DateTime::<chrono::Utc>::MIN_UTC), None);
}

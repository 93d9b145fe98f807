use super::super::{date_text, day_key, day_text, join_words, moment_text, part_of_day, time_text, week_key};
use super::{LONDON, at, date, utc};

#[test]
fn dates_and_times_in_words() {
    assert_eq!(day_text(date("2026-08-06")), "Thursday 6 August");
    assert_eq!(date_text(date("2026-08-06")), "6 August 2026");
    for (time, text) in [
        ("17:30", "5:30pm"),
        ("09:00", "9am"),
        ("00:00", "midnight"),
        ("12:00", "midday"),
        ("12:05", "12:05pm"),
        ("00:05", "12:05am"),
        ("21:00", "9pm"),
    ] {
        assert_eq!(time_text(at(time)), text);
    }
    assert_eq!(part_of_day(at("11:59")), "morning");
    assert_eq!(part_of_day(at("12:00")), "afternoon");
    assert_eq!(part_of_day(at("17:00")), "evening");
}

#[test]
fn moments_are_local_and_name_a_far_year() {
    let now = utc("2026-08-06T10:00:00Z");
    assert_eq!(moment_text(utc("2026-08-07T07:00:00Z"), LONDON, now), "8am on Friday 7 August");
    assert_eq!(moment_text(utc("2027-08-06T16:30:00Z"), LONDON, now), "5:30pm on Friday 6 August 2027");
}

#[test]
fn lists_in_a_sentence() {
    assert_eq!(join_words::<&str>(&[]), "");
    assert_eq!(join_words(&["one"]), "one");
    assert_eq!(join_words(&["one", "two"]), "one and two");
    assert_eq!(join_words(&["one", "two", "three"]), "one, two and three");
}

#[test]
fn r13_keys_change_at_local_midnight_and_weeks_are_never_cut() {
    assert_eq!(day_key(utc("2027-06-30T22:59:59Z"), LONDON), "2027-06-30");
    assert_eq!(day_key(utc("2027-06-30T23:00:00Z"), LONDON), "2027-07-01");
    // Friday 1 January 2027 lies in the last week of 2026.
    assert_eq!(week_key(utc("2027-01-01T12:00:00Z"), LONDON), "2026-W53");
    assert_eq!(week_key(utc("2026-12-31T12:00:00Z"), LONDON), "2026-W53");
    assert_eq!(week_key(utc("2027-01-04T00:00:00Z"), LONDON), "2027-W01");
    // The week turns at local midnight between Sunday and Monday, in summer time too.
    assert_eq!(week_key(utc("2027-06-27T22:59:00Z"), LONDON), "2027-W25");
    assert_eq!(week_key(utc("2027-06-27T23:00:00Z"), LONDON), "2027-W26");
}

use chrono::{Datelike, Duration, Weekday};
use proptest::prelude::*;

use super::super::{
    BankHolidays, CalendarNote, DaysError, Division, Holidays, HoursError, OpeningHours, Window, WindowError,
    format_days, local_time, parse_days,
};
use super::{LONDON, at, date, england, utc};

fn weekdays_nine_to_six() -> Window {
    Window::new(parse_days("Mon-Fri").unwrap(), at("09:00"), at("18:00"), true).unwrap()
}

#[test]
fn inside_and_outside() {
    let window = weekdays_nine_to_six();
    let inside = |text: &str| window.contains(utc(text), LONDON, &england());
    assert!(inside("2026-08-06T08:00:00Z"), "09:00 in summer time");
    assert!(!inside("2026-08-06T07:59:59Z"));
    assert!(inside("2026-08-06T16:59:59Z"));
    assert!(!inside("2026-08-06T17:00:00Z"), "the end is outside");
    assert!(inside("2026-12-01T17:30:00Z"), "17:30 in winter");
    assert!(!inside("2026-08-08T10:00:00Z"), "Saturday");
    assert!(!inside("2026-08-31T10:00:00Z"), "bank holiday");
}

#[test]
fn next_open_names_what_it_passed_over() {
    let next = weekdays_nine_to_six().next_open(utc("2026-12-24T18:00:00Z"), LONDON, &england()).unwrap();
    assert_eq!(next.at, utc("2026-12-29T09:00:00Z"));
    assert_eq!(
        next.notes,
        [
            CalendarNote::Holiday(date("2026-12-25"), "Christmas Day".into()),
            CalendarNote::ClosedWeekday(date("2026-12-26")),
            CalendarNote::ClosedWeekday(date("2026-12-27")),
            CalendarNote::Holiday(date("2026-12-28"), "Boxing Day".into()),
        ]
    );
    assert_eq!(next.notes[0].to_string(), "25 December 2026 is Christmas Day");
    let now = utc("2026-12-29T10:17:31.250Z");
    assert_eq!(weekdays_nine_to_six().next_open(now, LONDON, &england()).unwrap().at, now);
}

#[test]
fn years_beyond_the_data_follow_weekdays_and_say_so() {
    // 25 December 2031 is a Thursday.
    let next = weekdays_nine_to_six().next_open(utc("2031-12-25T06:00:00Z"), LONDON, &england()).unwrap();
    assert_eq!(next.at, utc("2031-12-25T09:00:00Z"));
    assert_eq!(next.notes, [CalendarNote::YearUnknown(2031)]);
    assert!(next.notes[0].to_string().contains("2031 are not known"));
}

#[test]
fn practice_closed_days_and_nations_differ() {
    let scotland = Holidays::new(BankHolidays::shipped(), Division::Scotland)
        .with_closed_day(date("2026-09-10"), "staff training");
    let window = weekdays_nine_to_six();
    assert!(!window.contains(utc("2026-11-30T10:00:00Z"), LONDON, &scotland), "St Andrew's Day");
    assert!(window.contains(utc("2026-11-30T10:00:00Z"), LONDON, &england()));
    let next = window.next_open(utc("2026-09-10T08:00:00Z"), LONDON, &scotland).unwrap();
    assert_eq!(next.notes, [CalendarNote::Holiday(date("2026-09-10"), "staff training".into())]);
    assert_eq!(next.at, utc("2026-09-11T08:00:00Z"));
}

#[test]
fn intersection_is_what_both_allow() {
    let person = Window::new(parse_days("Tue, Thu, Sat").unwrap(), at("12:00"), at("21:00"), false).unwrap();
    let both = weekdays_nine_to_six().intersect(&person).unwrap();
    assert_eq!(format_days(both.days()), "Tue, Thu");
    assert_eq!((both.start(), both.end()), (at("12:00"), at("18:00")));
    assert!(both.skips_bank_holidays());
    let evenings = Window::new(parse_days("Mon").unwrap(), at("18:00"), at("21:00"), false).unwrap();
    assert_eq!(weekdays_nine_to_six().intersect(&evenings), None);
}

#[test]
fn windows_that_never_open_are_refused() {
    let monday = parse_days("Mon").unwrap();
    assert_eq!(Window::new(monday, at("18:00"), at("09:00"), true), Err(WindowError::EndNotAfterStart));
    assert_eq!(Window::new(chrono::WeekdaySet::EMPTY, at("09:00"), at("18:00"), true), Err(WindowError::NoDays));
}

#[test]
fn closing_time_is_that_day() {
    let window = weekdays_nine_to_six();
    assert_eq!(window.closes_after(utc("2026-08-06T10:00:00Z"), LONDON, &england()), Some(utc("2026-08-06T17:00:00Z")));
    assert_eq!(window.closes_after(utc("2026-08-06T20:00:00Z"), LONDON, &england()), None);
}

#[test]
fn r13_night_windows_on_the_days_of_the_change() {
    let night = |start, end| Window::new(parse_days("Sun").unwrap(), at(start), at(end), false).unwrap();
    let open = |window: &Window, from: &str| window.next_open(utc(from), LONDON, &england()).unwrap().at;
    // March: 01:15 to 01:45 does not occur, so it opens a week later; 00:30 to 02:15 runs on after the gap.
    assert_eq!(open(&night("01:15", "01:45"), "2027-03-28T00:00:00Z"), utc("2027-04-04T00:15:00Z"));
    assert_eq!(open(&night("01:30", "02:15"), "2027-03-28T00:00:00Z"), utc("2027-03-28T01:00:00Z"));
    // October: 01:15 occurs twice; between the two it opens at the second.
    assert_eq!(open(&night("01:15", "01:45"), "2027-10-31T00:50:00Z"), utc("2027-10-31T01:15:00Z"));
    assert_eq!(open(&night("00:30", "01:30"), "2027-10-31T00:40:10Z"), utc("2027-10-31T01:00:00Z"));
}

#[test]
fn opening_hours_with_lunch_and_saturday() {
    let hours = OpeningHours::new()
        .with(parse_days("Mon-Fri").unwrap(), at("14:00"), at("18:30"))
        .and_then(|h| h.with(parse_days("Mon-Fri").unwrap(), at("08:00"), at("13:00")))
        .and_then(|h| h.with(parse_days("Sat").unwrap(), at("09:00"), at("12:00")))
        .unwrap();
    assert_eq!(hours.text(), "Mon to Fri 8am to 1pm and 2pm to 6:30pm, Sat 9am to midday");
    let next = |text: &str| hours.next_opening(utc(text), LONDON, &england()).unwrap().at;
    assert_eq!(next("2026-08-06T12:30:00Z"), utc("2026-08-06T13:00:00Z"), "lunch");
    assert_eq!(next("2026-08-07T18:00:00Z"), utc("2026-08-08T08:00:00Z"), "Saturday morning");
    assert_eq!(next("2026-08-29T12:00:00Z"), utc("2026-09-01T07:00:00Z"), "over the bank holiday");
    assert!(!hours.is_open(utc("2026-08-31T10:00:00Z"), LONDON, &england()));
    assert!(hours.is_open(utc("2026-08-29T10:59:00Z"), LONDON, &england()));
    assert_eq!(OpeningHours::new().next_opening(utc("2026-08-29T12:00:00Z"), LONDON, &england()), None);
    assert!(OpeningHours::new().is_empty());
    let monday = parse_days("Mon").unwrap();
    assert_eq!(hours.clone().with(monday, at("12:00"), at("15:00")), Err(HoursError::Overlap(Weekday::Mon)));
    assert_eq!(hours.with(monday, at("20:00"), at("20:00")), Err(HoursError::EndNotAfterStart));
}

#[test]
fn days_as_people_write_them() {
    let read = |text| parse_days(text).map(format_days);
    assert_eq!(read("Mon-Fri").unwrap(), "Mon, Tue, Wed, Thu, Fri");
    assert_eq!(read("monday, Wed").unwrap(), "Mon, Wed");
    assert_eq!(read("Sat-Mon").unwrap(), "Mon, Sat, Sun");
    assert_eq!(read("1-5"), Err(DaysError::Unknown("1".into())));
    assert_eq!(read(" , "), Err(DaysError::Empty));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn r13_next_open_is_inside_not_before_and_nothing_open_was_skipped(
        start in 0..1439u32, length in 1..600u32, day in 0..7u8, minute in 0..1_051_200i64
    ) {
        let end = (start + length).min(1439);
        prop_assume!(start < end);
        let clock = |m: u32| chrono::NaiveTime::from_hms_opt(m / 60, m % 60, 0).unwrap();
        let days = chrono::WeekdaySet::single(Weekday::try_from(day).unwrap());
        let window = Window::new(days, clock(start), clock(end), true).unwrap();
        let from = utc("2026-01-01T00:00:00Z") + Duration::minutes(minute);
        let holidays = england();
        let next = window.next_open(from, LONDON, &holidays).unwrap().at;
        prop_assert!(next >= from);
        prop_assert!(window.contains(next, LONDON, &holidays));
        let shown = local_time(next, LONDON);
        prop_assert!(clock(start) <= shown && shown < clock(end));
        prop_assert_eq!(next.with_timezone(&LONDON).weekday(), Weekday::try_from(day).unwrap());
        // Every quarter of an hour on the way is closed.
        let mut probe = from;
        while probe < next {
            prop_assert!(!window.contains(probe, LONDON, &holidays), "{} was open", probe);
            probe += Duration::minutes(15);
        }
    }
}

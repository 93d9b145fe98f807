use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use proptest::prelude::*;

use super::super::{
    BankHolidays, CalendarNote, Division, HolidayAnswer, HolidayFileError, add_working_days, is_working_day,
};
use super::{date, england};
use crate::domain::shared_data::shared_data;

#[test]
fn counts_over_weekends_and_holidays_both_ways() {
    let add = |from: &str, n| add_working_days(date(from), n, &england()).unwrap().0;
    assert_eq!(add("2026-12-24", 1), date("2026-12-29"));
    assert_eq!(add("2026-12-29", -1), date("2026-12-24"));
    assert_eq!(add("2026-12-29", -7), date("2026-12-16"));
    assert_eq!(add("2026-08-08", 0), date("2026-08-08"), "0 never moves a date");
    assert_eq!(add("2026-08-08", 1), date("2026-08-10"), "from a Saturday");
    assert_eq!(add("2028-02-28", 1), date("2028-02-29"));
    let (_, notes) = add_working_days(date("2027-12-30"), 2, &england()).unwrap();
    assert_eq!(notes, [CalendarNote::YearUnknown(2028)]);
    assert_eq!(add_working_days(date("2026-01-01"), i32::MIN, &england()), None);
    assert_eq!(add_working_days(NaiveDate::MAX, 1, &england()), None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn going_and_coming_back_ends_where_it_began(offset in 0..1200u64, n in 1..60i32) {
        let holidays = england();
        let start = date("2024-03-01") + chrono::Days::new(offset);
        prop_assume!(is_working_day(start, &holidays));
        let (there, _) = add_working_days(start, n, &holidays).unwrap();
        prop_assert!(is_working_day(there, &holidays));
        prop_assert_eq!(add_working_days(there, -n, &holidays).unwrap().0, start);
        let between = start.iter_days().skip(1).take_while(|d| *d <= there).filter(|d| is_working_day(*d, &holidays));
        prop_assert_eq!(between.count() as i32, n);
    }
}

#[test]
fn shipped_dates_are_complete_and_answer() {
    let bank = BankHolidays::shipped();
    assert_eq!(bank.last_complete_year(), Some(2027));
    let ask = |division, day| bank.is_holiday(division, date(day));
    assert_eq!(ask(Division::EnglandAndWales, "2027-12-27"), HolidayAnswer::Known(true));
    assert_eq!(ask(Division::EnglandAndWales, "2027-12-25"), HolidayAnswer::Known(false));
    assert_eq!(ask(Division::Scotland, "2027-03-29"), HolidayAnswer::Known(false));
    assert_eq!(ask(Division::NorthernIreland, "2026-07-13"), HolidayAnswer::Known(true));
    assert_eq!(ask(Division::Scotland, "2028-01-03"), HolidayAnswer::Unknown);
    for (division, per_year) in
        [(Division::EnglandAndWales, 8), (Division::Scotland, 9), (Division::NorthernIreland, 10)]
    {
        for year in 2024..=2027 {
            let dates: Vec<_> = bank.dates(division).filter(|(d, _)| d.year() == year).collect();
            assert_eq!(dates.len(), per_year, "{division:?} {year}");
            assert!(dates.iter().all(|(d, _)| d.weekday().num_days_from_monday() < 5), "{division:?} {year}");
        }
    }
}

#[test]
fn shipped_dates_agree_with_the_published_list() {
    #[derive(serde::Deserialize)]
    struct Nation {
        events: Vec<Event>,
    }
    #[derive(serde::Deserialize)]
    struct Event {
        date: NaiveDate,
    }
    let Some(path) = shared_data("calendar/uk-bank-holidays.json") else {
        return;
    };
    let published: BTreeMap<String, Nation> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let bank = BankHolidays::shipped();
    for (key, division) in [
        ("england-and-wales", Division::EnglandAndWales),
        ("scotland", Division::Scotland),
        ("northern-ireland", Division::NorthernIreland),
    ] {
        let mut theirs: Vec<_> =
            published[key].events.iter().map(|e| e.date).filter(|d| (2024..=2027).contains(&d.year())).collect();
        theirs.sort_unstable();
        let ours: Vec<_> = bank.dates(division).map(|(d, _)| d).collect();
        assert_eq!(ours, theirs, "{key}");
    }
}

#[test]
fn a_practice_may_add_a_year_and_a_wrong_file_says_why() {
    let file = |extra: &str| {
        format!(
            "complete_years = [2028{extra}]\n[england-and-wales]\n\"New Year's Day\" = [\"2028-01-03\"]\n\
             [scotland]\nA = [\"2028-01-03\"]\n[northern-ireland]\nA = [\"2028-01-03\"]\n"
        )
    };
    let bank = BankHolidays::from_toml(&file("")).unwrap();
    assert_eq!(bank.is_holiday(Division::Scotland, date("2028-01-03")), HolidayAnswer::Known(true));
    assert_eq!(BankHolidays::from_toml(&file(", 2029")), Err(HolidayFileError::IncompleteYear(2029)));
    assert!(matches!(BankHolidays::from_toml("wales = 1"), Err(HolidayFileError::Syntax(_))));
}

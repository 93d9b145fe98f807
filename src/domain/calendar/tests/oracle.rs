//! Our schedule against croner, which has the summer-time rules built in.

use std::str::FromStr;

use chrono::{DateTime, Duration, Utc};
use croner::Cron;
use proptest::prelude::*;

use super::super::WallSchedule;
use super::{LONDON, utc};

/// Fixed times of day, as practices write them. The minute and hour are never wildcards: an interval job has no
/// single right answer in a repeated hour, and practices do not schedule those.
fn expression() -> impl Strategy<Value = String> {
    let minute = prop_oneof![Just("0".to_owned()), (0..60u32).prop_map(|m| m.to_string()), Just("0,30".to_owned())];
    let hour = prop_oneof![(0..24u32).prop_map(|h| h.to_string()), Just("9,14".to_owned()), Just("1".to_owned())];
    let day = prop_oneof![4 => Just("*".to_owned()), 1 => (1..=31u32).prop_map(|d| d.to_string())];
    let month = prop_oneof![4 => Just("*"), 1 => Just("Mar,Oct"), 1 => Just("Jan-Mar")];
    let weekday = prop_oneof![Just("*"), Just("Mon-Fri"), Just("Sun"), Just("Tue,Thu"), Just("Sat,Sun")];
    (minute, hour, day, month, weekday).prop_map(|(minute, hour, day, month, weekday)| {
        // With both given, ours asks for both days to match and standard cron for either: compare one at a time.
        let weekday = if day == "*" { weekday } else { "*" };
        format!("{minute} {hour} {day} {month} {weekday}")
    })
}

/// 01:30 on the March day: we go an hour later by the clock (02:30), croner at the end of the gap. Both go once.
fn moved_by_the_gap(fire: &DateTime<Utc>) -> bool {
    let gap = utc("2027-03-28T01:00:00Z");
    (gap..gap + Duration::hours(1)).contains(fire)
}

/// 01:00 to 02:00 GMT on the October day, when the clock shows 01:00 to 02:00 for the second time. croner takes a list of
/// minutes for an interval job and repeats part of it there; a wall time is one send to us, so the second is never ours.
fn repeated_by_the_overlap(fire: &DateTime<Utc>) -> bool {
    let again = utc("2027-10-31T01:00:00Z");
    (again..again + Duration::hours(1)).contains(fire)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn f08_r13_firings_of_2027_agree_with_croner(expression in expression(), start_minute in 0..500_000i64) {
        let start = utc("2027-01-01T00:00:00Z") + Duration::minutes(start_minute);
        let until = (start + Duration::days(90)).min(utc("2028-03-01T00:00:00Z"));
        let ours: Vec<DateTime<Utc>> = WallSchedule::parse(&expression)
            .unwrap()
            .fires_between(LONDON, start, until)
            .collect();
        prop_assert!(ours.is_sorted());

        let cron = Cron::from_str(&expression).unwrap();
        let theirs: Vec<DateTime<Utc>> = cron
            .iter_after(start.with_timezone(&LONDON))
            .map(|fire| fire.to_utc())
            .take_while(|fire| *fire <= until)
            .collect();
        prop_assert!(!ours.iter().any(repeated_by_the_overlap));
        let is_list = expression.starts_with("0,30");
        let comparable = |fires: &[DateTime<Utc>]| -> Vec<_> {
            let kept = |fire: &&DateTime<Utc>| !(moved_by_the_gap(fire) || is_list && repeated_by_the_overlap(fire));
            fires.iter().filter(kept).copied().collect()
        };
        prop_assert_eq!(comparable(&ours), comparable(&theirs), "{}", expression);
    }
}

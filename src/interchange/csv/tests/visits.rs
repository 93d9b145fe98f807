//! Appointment and goal lists.

use super::*;
use crate::domain::import::{AppointmentRecord, AppointmentStatus as S, GoalRecord, Record};

fn appointments(report: &ImportFile) -> Vec<&AppointmentRecord> {
    report
        .accepted
        .iter()
        .filter_map(|r| match r {
            Record::Appointment(a) => Some(a.as_ref()),
            _ => None,
        })
        .collect()
}

#[test]
fn appointments_in_local_time() {
    use RefusalReason as R;
    let report = read("appointments.csv");
    let all = appointments(&report);
    let taken: Vec<_> = all.iter().map(|a| (a.start.to_rfc3339(), a.status)).collect();
    let at = |t: &str, s| (t.to_owned(), s);
    assert_eq!(
        taken,
        [
            at("2026-12-01T09:30:00+00:00", S::Booked),
            at("2026-12-01T14:15:00+00:00", S::Missed),
            // 01:30 stands twice that night: the first, in summer time.
            at("2027-10-31T00:30:00+00:00", S::Booked),
            at("2027-07-01T08:30:00+00:00", S::Cancelled),
        ]
    );
    assert_eq!(all[0].end.unwrap() - all[0].start, chrono::Duration::minutes(20));
    assert_eq!(all[1].end.unwrap() - all[1].start, chrono::Duration::minutes(20));
    assert_eq!(all[0].source_id.as_str(), "appointment/A1");
    assert_eq!(warned(&report, WarningKind::TimeOccursTwice), 1);
    assert_eq!(
        refusals(&report),
        [
            (Place::Line(4), Some(Field::Time), R::TimeDoesNotExist),
            (Place::Line(7), Some(Field::Time), R::TimeMissing),
            (Place::Line(8), Some(Field::Time), R::TimeUnreadable),
            (Place::Line(9), Some(Field::Status), R::WordUnknown),
        ]
    );
}

#[test]
fn an_unstated_order_of_day_and_month_is_not_guessed() {
    let text = "about = \"x\"\n[[table]]\nname = \"visits\"\nkind = \"appointments\"\n";
    let mappings = Mappings::own("x.toml", text).unwrap();
    let report = read_bytes("a.csv", data("appointments-ambiguous-dates.csv"), &mappings);
    assert_eq!(refusals(&report), [(Place::Line(2), Some(Field::Date), RefusalReason::DateAmbiguous)]);
    assert_eq!(appointments(&report).len(), 1);
    assert!(appointments(&report)[0].id_is_derived);
    assert_eq!(warned(&report, WarningKind::NoAppointmentId), 1);
    let day_first = read("appointments-ambiguous-dates.csv");
    assert_eq!(appointments(&day_first).len(), 2, "the shipped mapping says day first");
}

#[test]
fn goals_keep_the_persons_words() {
    let report = read("goals.csv");
    let all: Vec<&GoalRecord> = report
        .accepted
        .iter()
        .filter_map(|r| match r {
            Record::Goal(g) => Some(g.as_ref()),
            _ => None,
        })
        .collect();
    assert_eq!(all.len(), 3);
    assert_eq!(all[0].text, "Walk to the shop and back, every day");
    assert_eq!((all[0].confidence, all[0].by_patient), (Some(7), true));
    assert_eq!(all[0].plan.as_deref(), Some("After lunch, with Jo"));
    assert!(!all[1].by_patient);
    assert_eq!(all[2].confidence, None, "11 of 10 is left out");
    assert_eq!(refusals(&report), [(Place::Line(4), Some(Field::Text), RefusalReason::Missing)]);
}

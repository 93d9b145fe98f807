//! Exports of a record in which every kind of thing stands, with texts chosen to break each form.

mod table;
mod validated;

use chrono::{DateTime, Duration, NaiveDate, Utc};

use crate::domain::import::{AppointmentStatus, Deceased};
use crate::domain::record::{
    AlertView, AppointmentView, Channel, CheckInAnswer, ConfirmationAnswer, ConsentView, Direction, EntryKind,
    EntryStatus, GoalView, MessageView, PatientRecordView, PatientView, PracticeView, ReadingValue, RecordEntry,
    ResultView,
};
use crate::domain::result::{Aim, AimSource, Code, CodeSystem, Comparator, Range, ReportStatus, ResultValue, TakenAt};

/// Texts that spreadsheets run, that break tables, and that FHIR or JSON forbid.
pub(super) const HOSTILE: [&str; 14] = [
    "=HYPERLINK(\"http://example.org\",\"x\")",
    "+447700900101",
    "-1+1",
    "@SUM(A1:A9)",
    "\tcell",
    "\rcell",
    "\u{ff1d}1+1",
    "'=1",
    "a,\"b\"\r\nc;d",
    "<script>alert(1)</script> & <b>",
    "Zoë \u{1f600} \u{202e}abc",
    "bell \u{7} and nul \u{0}",
    "line\nbreak",
    "plain",
];

fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap() + Duration::minutes(minutes)
}

fn day(text: &str) -> Option<NaiveDate> {
    text.parse().ok()
}

fn message(id: &str, direction: Direction, text: Option<&str>, status: &str) -> MessageView {
    let out = direction == Direction::Out;
    MessageView {
        id: id.into(),
        direction,
        channel: Channel::Sms,
        text: text.map(Into::into),
        subject: None,
        purpose: out.then(|| "goal_reminder".into()),
        template_version: out.then(|| "check_in@3".into()),
        status: status.into(),
        status_reason: None,
        due_at: out.then(|| at(0)),
        sent_at: (out && text.is_some()).then(|| at(1)),
        received_at: (!out).then(|| at(2)),
        in_response_to: None,
        attachments: Vec::new(),
    }
}

fn entry(id: &str, what: EntryKind, original: &str) -> RecordEntry {
    RecordEntry {
        id: id.into(),
        at: at(2),
        channel: Channel::Sms,
        what,
        original_text: original.into(),
        message_id: Some("in-1".into()),
        question_id: Some("out-1".into()),
        status: EntryStatus::Recorded,
        recorded_by: None,
    }
}

fn result(id: &str, value: ResultValue, unit: Option<&str>) -> ResultView {
    ResultView {
        id: id.into(),
        test_key: Some("hba1c".into()),
        name: "average blood sugar (HbA1c)".into(),
        codes: vec![
            Code { system: CodeSystem::Snomed, code: "999791000000106".into(), display: None },
            Code { system: CodeSystem::Unstated, code: "59261-8".into(), display: Some("HbA1c".into()) },
        ],
        value,
        unit: unit.map(Into::into),
        plain_unit: unit.map(Into::into),
        original: "48.0 mmol/mol".into(),
        taken_at: day("2026-11-01").map(TakenAt::Day),
        range: Range { low: Some(20.0), high: Some(41.5), text: None },
        aim: Some(Aim { source: AimSource::Agreed, low: None, high: Some(53.0) }),
        status: ReportStatus::Final,
        released_by: Some("dr-a".into()),
        released_at: Some(at(0)),
        withdrawn_at: None,
    }
}

/// A record with every kind of thing in it.
pub(super) fn full() -> PatientRecordView {
    PatientRecordView {
        exported_at: at(60),
        practice: PracticeView {
            id: "practice-1".into(),
            name: "White Rose Surgery".into(),
            ods_code: Some("A12345".into()),
            zone: chrono_tz::Europe::London,
        },
        patient: PatientView {
            id: "patient 1/&\u{e9}".into(),
            nhs_number: Some("9993395633".into()),
            identifiers: vec![("urn:between:emis-number".into(), "101".into())],
            family: "O'Neil".into(),
            given: "Zoë Ann".into(),
            known_as: Some("Zo".into()),
            birth_date: day("1960-03-05").unwrap(),
            deceased: Deceased::No,
            registered: true,
            language: Some("en-GB".into()),
            phones: vec!["+447700900101".into()],
            emails: vec!["zo@example.org".into()],
        },
        messages: messages(),
        entries: entries(),
        goals: vec![GoalView {
            id: "goal-1".into(),
            text: "Walk to the shop and back".into(),
            by_patient: true,
            lifecycle: "active".into(),
            achievement: Some("in-progress".into()),
            plan: Some("After lunch".into()),
            confidence: Some(7),
            start: day("2026-10-01"),
            due: day("2027-03-01"),
            entry_ids: vec!["e-1".into()],
        }],
        consents: vec![
            ConsentView {
                id: "c-1".into(),
                channel: "sms".into(),
                purpose: "results".into(),
                permitted: true,
                current: false,
                at: at(-100),
                source: "at the desk".into(),
                message_id: None,
            },
            ConsentView {
                id: "c-2".into(),
                channel: "sms".into(),
                purpose: "results".into(),
                permitted: false,
                current: true,
                at: at(2),
                source: "text STOP".into(),
                message_id: Some("in-1".into()),
            },
        ],
        appointments: appointments(),
        results: results(),
        alerts: vec![AlertView {
            id: "alert-1".into(),
            kind: "danger".into(),
            urgent: true,
            raised_at: at(3),
            acknowledged_by: Some("Nurse Jones".into()),
            acknowledged_at: Some(at(5)),
            message_id: Some("in-1".into()),
        }],
    }
}

fn messages() -> Vec<MessageView> {
    let mut all = vec![message("out-1", Direction::Out, Some("How did the walk go?"), "delivered")];
    for (at, text) in HOSTILE.iter().enumerate() {
        let mut reply = message(&format!("in-{}", at + 1), Direction::In, Some(text), "handled");
        reply.in_response_to = Some("out-1".into());
        all.push(reply);
    }
    for status in ["planned", "sending", "accepted", "undelivered", "failed", "held", "skipped", "unknown", "odd"] {
        let mut unsent = message(&format!("out-{status}"), Direction::Out, None, status);
        unsent.status_reason = Some("outside the sending window".into());
        all.push(unsent);
    }
    let mut email = message("out-email", Direction::Out, Some("Dear Zo"), "accepted");
    email.channel = Channel::Email;
    email.subject = Some("From your practice".into());
    email.in_response_to = Some("not in this record".into());
    all.push(email);
    all
}

fn entries() -> Vec<RecordEntry> {
    let agenda = |position, topic: Option<&str>, text: Option<&str>, visit: Option<&str>| EntryKind::AgendaItem {
        position,
        topic: topic.map(Into::into),
        text: text.map(Into::into),
        private: false,
        appointment_id: visit.map(Into::into),
    };
    let bp = EntryKind::Reading {
        test_key: "blood_pressure".into(),
        name: "BP".into(),
        codes: vec![Code { system: CodeSystem::Loinc, code: "85354-9".into(), display: None }],
        value: ReadingValue::BloodPressure { systolic: 138, diastolic: 82 },
    };
    let count = |low, high| EntryKind::GoalCount { goal_id: Some("goal-1".into()), low, high, unit: "days".into() };
    let weight = EntryKind::Reading {
        test_key: "weight".into(),
        name: "weight".into(),
        codes: vec![Code { system: CodeSystem::Snomed, code: "27113001".into(), display: Some("Body weight".into()) }],
        value: ReadingValue::Number { value: 80.5, unit: "kg".into(), plain_unit: "kg".into(), decimals: 1 },
    };
    let mut all = vec![
        entry("e-1", EntryKind::CheckIn { goal_id: Some("goal-1".into()), answer: CheckInAnswer::Some }, "=some"),
        entry("e-2", bp, "138/82 \u{0}"),
        entry("e-3", weight, "12st 9"),
        entry("e-4", agenda(2, Some("mood or sleep"), None, Some("visit-1")), "4"),
        entry("e-5", agenda(1, None, Some("my\nknee"), Some("visit-1")), "my\nknee"),
        entry("e-6", agenda(1, None, Some("work"), None), "work"),
        entry("e-7", EntryKind::Confidence { goal_id: Some("goal-1".into()), score: 7 }, "7"),
        entry(
            "e-8",
            EntryKind::Confirmation { appointment_id: Some("visit-1".into()), answer: ConfirmationAnswer::Coming },
            "Y",
        ),
        entry("e-11", count(5.0, 5.0), "5"),
        entry("e-12", count(3.0, 4.0), "3 or 4"),
        entry("e-9", EntryKind::Note { text: "on holiday".into() }, "on holiday"),
        entry("e-10", EntryKind::Note { text: " ".into() }, " "),
    ];
    if let Some(last) = all.last_mut() {
        last.status = EntryStatus::EnteredInError;
        last.recorded_by = Some("Nurse Jones".into());
        last.message_id = None;
    }
    all
}

fn appointments() -> Vec<AppointmentView> {
    let all = [
        AppointmentStatus::Booked,
        AppointmentStatus::Cancelled,
        AppointmentStatus::Attended,
        AppointmentStatus::Missed,
        AppointmentStatus::Proposed,
        AppointmentStatus::EnteredInError,
    ];
    let visit = |(at_index, status): (usize, &AppointmentStatus)| AppointmentView {
        id: format!("visit-{}", at_index + 1),
        status: *status,
        start: at(1_000),
        end: (at_index % 2 == 0).then(|| at(1_020)),
        service: Some("Diabetes review".into()),
        location: Some("Main site".into()),
        clinician: Some(if at_index == 0 { "Nurse Jones" } else { "" }.into()),
    };
    all.iter().enumerate().map(visit).collect()
}

fn results() -> Vec<ResultView> {
    let number = |value, comparator| ResultValue::Number { value, comparator };
    let mut pressure = result("r-4", ResultValue::BloodPressure { systolic: 142.0, diastolic: 88.0 }, Some("mm[Hg]"));
    pressure.test_key = Some("blood_pressure".into());
    pressure.range = Range { low: None, high: None, text: Some("see leaflet".into()) };
    pressure.taken_at = Some(TakenAt::Instant(at(-10)));
    let mut withdrawn = result("r-5", number(58.0, None), Some("mmol/mol"));
    withdrawn.withdrawn_at = Some(at(10));
    let mut bare = result("r-6", ResultValue::Absent { reason: None }, None);
    bare.codes.clear();
    bare.taken_at = None;
    bare.range = Range::default();
    vec![
        result("r-1", number(48.0, None), Some("mmol/mol")),
        result("r-2", number(3.5, Some(Comparator::Below)), Some("mg/mmol")),
        result("r-3", ResultValue::Text { text: "=negative".into() }, None),
        pressure,
        withdrawn,
        bare,
        result("r-7", ResultValue::Absent { reason: Some("unsatisfactory".into()) }, None),
    ]
}

/// A person of whom next to nothing is known.
pub(super) fn empty() -> PatientRecordView {
    let mut view = full();
    view.practice.name = String::new();
    view.practice.ods_code = None;
    view.patient.nhs_number = None;
    view.patient.given = String::new();
    view.patient.known_as = None;
    view.patient.language = None;
    view.patient.deceased = Deceased::On(day("2026-11-02").unwrap());
    view.patient.phones.clear();
    view.patient.emails.clear();
    view.patient.identifiers.clear();
    view.messages.clear();
    view.entries.clear();
    view.goals.clear();
    view.consents.clear();
    view.appointments.clear();
    view.results.clear();
    view.alerts.clear();
    view
}

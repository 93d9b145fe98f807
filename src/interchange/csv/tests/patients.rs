//! Patient lists.

use super::*;
use crate::domain::import::{ContactChannel, Deceased, IgnoredReason, PatientRecord, Record, Refusal, StopTag};

fn people(report: &ImportFile) -> Vec<&PatientRecord> {
    report
        .accepted
        .iter()
        .filter_map(|r| match r {
            Record::Patient(p) => Some(p.as_ref()),
            _ => None,
        })
        .collect()
}

fn phones(patient: &PatientRecord) -> Vec<&str> {
    patient.phones.iter().map(crate::domain::identifiers::PhoneNumber::e164).collect()
}

#[test]
fn a_report_with_lines_above_its_header() {
    let report = read("emis-patients.csv");
    assert_eq!(report.format, "emis_patients");
    assert_eq!(refusals(&report), []);
    let all = people(&report);
    let [ann, bob, cy, di, ed, flo, gus] = all.as_slice() else { panic!("seven people") };

    assert_eq!((ann.family.as_str(), ann.given.as_str()), ("O'Neil", "Ann"));
    assert_eq!(phones(ann), ["+447700900101"]);
    assert_eq!(ann.emails[0].as_str(), "ann@example.org");
    assert_eq!(ann.registered, Some(true));
    assert_eq!(ann.needs.preferred, Some(ContactChannel::Sms));
    assert_eq!(ann.identifiers, [("urn:between:emis-number".to_owned(), "101".to_owned())]);
    assert_eq!(ann.provenance.place, Place::Line(6));
    assert!(ann.textable() && !ann.declined);

    assert_eq!(phones(bob), ["+447700900102"], "the lost zero comes back");
    assert_eq!(bob.stop_tags, [StopTag::PalliativeCare]);
    assert_eq!(phones(cy), ["+447700900103"], "the first of two numbers in one cell");
    assert!(cy.declined);
    assert_eq!(cy.emails.len(), 2);
    assert!(phones(di).is_empty() && di.phones_refused.len() == 1, "an American number");
    assert!(di.emails.is_empty());
    assert_eq!(ed.registered, Some(false));
    assert_eq!(ed.deceased, Deceased::On(NaiveDate::from_ymd_opt(2026, 3, 3).unwrap()));
    assert!(flo.phones.is_empty() && flo.phones_refused[0].reason.contains("rounded"));
    assert_eq!(gus.needs.preferred, Some(ContactChannel::Email));

    assert_eq!(warned(&report, WarningKind::PhoneRefused), 2);
    assert_eq!(warned(&report, WarningKind::EmailRefused), 1);
    assert_eq!(warned(&report, WarningKind::SharedPhone), 1, "Ann and Gus have one number");
    assert_eq!(warned(&report, WarningKind::LinesAboveHeader), 1);
    assert_eq!(warned(&report, WarningKind::WordLeftOut), 1);
    assert_eq!(warned(&report, WarningKind::ColumnNotUsed), 1, "Usual GP");
}

#[test]
fn windows_1252_with_semicolons() {
    let report = read("patients-windows-1252.csv");
    let names: Vec<_> = people(&report).iter().map(|p| format!("{} {}", p.given, p.family)).collect();
    assert_eq!(names, ["Zoë Nuñez", "Jürgen Müller"]);
    assert_eq!(warned(&report, WarningKind::ReadAsWindows1252), 1);
}

#[test]
fn h02_one_nhs_number_on_rows_that_differ_refuses_both() {
    let report = read("patients-duplicate-nhs-number.csv");
    let twice = |line| (Place::Line(line), Some(Field::NhsNumber), RefusalReason::NhsNumberTwice);
    assert_eq!(refusals(&report), [twice(2), twice(4)]);
    let left: Vec<_> = people(&report).iter().map(|p| p.family.as_str()).collect();
    assert_eq!(left, ["Brown", "Clark"], "the same row twice is one person");
    assert_eq!(report.ignored["patient"][&IgnoredReason::Repeated], 1);
    assert_eq!(report.counts["patient"].read, 5);
}

#[test]
fn h02_a_bad_row_is_refused_with_its_reason_and_the_good_one_taken() {
    use RefusalReason as R;
    let report = read("patients-invalid.csv");
    let nhs = Some(Field::NhsNumber);
    let birth = Some(Field::BirthDate);
    assert_eq!(
        refusals(&report),
        [
            (Place::Line(2), nhs, R::NhsNumberInvalid),
            (Place::Line(3), nhs, R::NhsNumberInvalid),
            (Place::Line(4), nhs, R::Missing),
            (Place::Line(5), birth, R::Missing),
            (Place::Line(6), birth, R::YearTwoDigits),
            (Place::Line(7), birth, R::DateInFuture),
            (Place::Line(8), Some(Field::Family), R::NoName),
            (Place::Line(9), None, R::CellCount),
            (Place::Line(10), None, R::CellCount),
        ]
    );
    assert_eq!(people(&report).len(), 1);
}

#[test]
fn h02_shifted_columns_lose_every_row_and_say_so() {
    let report = read("patients-shifted-columns.csv");
    assert!(report.accepted.is_empty());
    assert_eq!(report.refused.len(), 3);
    assert_eq!(warned(&report, WarningKind::ColumnsMayBeShifted), 1);
}

#[test]
fn h02_a_header_without_date_of_birth_stops_the_file() {
    let report = read("patients-broken-header.csv");
    assert_eq!(report.stopped_by(), Some(RefusalReason::HeadingMissing));
    assert_eq!(refusals(&report), [(Place::Line(1), Some(Field::BirthDate), RefusalReason::HeadingMissing)]);
    let twice = b"NHS Number,NHS Number,Surname,DOB\n9993395633,9999939082,A,1-Jan-1960\n".to_vec();
    let report = read_bytes("x", twice, &SHIPPED);
    assert_eq!(report.stopped_by(), Some(RefusalReason::HeadingTwice));
    assert_eq!(read("not-a-list.csv").stopped_by(), Some(RefusalReason::HeaderNotFound));
    let empty = read_bytes("x", b" \r\n".to_vec(), &SHIPPED);
    assert_eq!(empty.stopped_by(), Some(RefusalReason::FileEmpty));
}

#[test]
fn an_unterminated_quote_never_costs_a_good_row() {
    let report = read("patients-unterminated-quote.csv");
    assert_eq!(
        refusals(&report),
        [
            (Place::Line(2), None, RefusalReason::QuoteUnterminated),
            (Place::Line(6), None, RefusalReason::QuoteUnterminated),
        ]
    );
    let names: Vec<_> = people(&report).iter().map(|p| (p.given.clone(), p.family.clone())).collect();
    let name = |g: &str, f: &str| (g.to_owned(), f.to_owned());
    assert_eq!(names, [name("Bob \"Bobby\"", "Brown"), name("Cy", "Clark\r\nSmith"), name("Ed", "East")]);
}

#[test]
fn nul_characters_cost_their_row() {
    let report = read("nul.csv");
    assert_eq!(refusals(&report), [(Place::Line(2), None, RefusalReason::UnreadableCharacters)]);
    assert_eq!(people(&report).len(), 1);
}

#[test]
fn a_practices_own_mapping() {
    let text = String::from_utf8(data("own-mapping.toml")).unwrap();
    let mappings = Mappings::own("own-mapping.toml", &text).unwrap();
    let report = read_bytes("own-list.csv", data("own-list.csv"), &mappings);
    assert_eq!(report.format, "own_list");
    let names: Vec<_> = people(&report).iter().map(|p| (p.family.as_str(), p.given.as_str())).collect();
    assert_eq!(names, [("ABBOT", "Ann"), ("BROWN", "Bob")]);
    // The mapping says nothing about day and month, and 12/12 has one reading where 01/02 has two.
    assert_eq!(refusals(&report), [(Place::Line(4), Some(Field::BirthDate), RefusalReason::DateAmbiguous)]);
    for (broken, why) in [
        ("about = \"x\"", "no table"),
        ("about = 1", "string"),
        ("about = \"x\"\n[[table]]\nname = \"a\"\nkind = \"patients\"\ncolour = 1", "colour"),
        (
            "about = \"x\"\n[[table]]\nname = \"a\"\nkind = \"patients\"\ncolumns = { identifier = [\"Id\"] }",
            "identifier_system",
        ),
    ] {
        let error = Mappings::own("x.toml", broken).unwrap_err();
        assert!(error.to_string().contains(why), "{error}");
    }
}

#[test]
fn the_same_file_twice_gives_the_same_records() {
    let (once, again) = (read("emis-patients.csv"), read("emis-patients.csv"));
    assert_eq!(once, again);
    let json = serde_json::to_string(&once).unwrap();
    let back: ImportFile = serde_json::from_str(&json).unwrap();
    assert_eq!(back, once, "a report survives being stored");
}

#[test]
fn debug_and_sentences_show_nobody() {
    let refused = read("patients-invalid.csv");
    let sentences: Vec<String> = refused.refused.iter().map(Refusal::sentence).collect();
    let shown = format!("{:?} {refused:?} {sentences:?}", read("emis-patients.csv"));
    for secret in ["O'Neil", "999", "7700", "1960", "Abbot", "example.org", "Wrong"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

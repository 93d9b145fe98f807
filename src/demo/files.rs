//! The invented practice as the lists a record system exports: what the importer reads.

use super::care::{Finding, Visit};
use super::invent::Invented;
use chrono::NaiveDate;

/// One exported list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportFile {
    /// Its name.
    pub name: &'static str,
    /// Its content: CSV with a heading line, CR LF, UTF-8.
    pub bytes: Vec<u8>,
}

/// The four lists.
pub(super) fn export(people: &[Invented], visits: &[Visit], findings: &[Finding], today: NaiveDate) -> Vec<ExportFile> {
    let key = |at: usize| people.get(at).map(|p| [p.nhs_number.clone(), day(p.born)]).unwrap_or_default();
    let patients = people.iter().map(patient).collect();
    let appointments = visits
        .iter()
        .enumerate()
        .map(|(at, visit)| {
            let [nhs, born] = key(visit.person);
            let (date, time) = (day(visit.starts.date()), visit.starts.format("%H:%M").to_string());
            vec![
                format!("A{at:04}"),
                nhs,
                born,
                date,
                time,
                visit.minutes.to_string(),
                visit.kind.replace('_', " "),
                visit.clinician.to_owned(),
                "Booked".to_owned(),
            ]
        })
        .collect();
    let results = findings
        .iter()
        .enumerate()
        .map(|(at, finding)| {
            let [nhs, born] = key(finding.person);
            let number = |n: Option<f64>| n.map_or_else(String::new, |n| n.to_string());
            vec![
                format!("R{at:04}"),
                nhs,
                born,
                day(finding.taken),
                finding.test.display.to_owned(),
                finding.value.clone(),
                finding.test.unit.to_owned(),
                number(finding.test.low),
                number(finding.test.high),
                finding.flag.to_owned(),
                finding.status.to_owned(),
            ]
        })
        .collect();
    let goals = people
        .iter()
        .enumerate()
        .filter_map(|(at, person)| person.goal.map(|goal| (at, person, goal)))
        .map(|(at, person, goal)| {
            vec![
                format!("G{at:04}"),
                person.nhs_number.clone(),
                day(person.born),
                day(today),
                goal.words.to_owned(),
                goal.label.to_owned(),
                goal.plan.to_owned(),
                "days".to_owned(),
                goal.target.to_string(),
                goal.confidence.to_string(),
                "patient".to_owned(),
                "Active".to_owned(),
            ]
        })
        .collect();
    vec![
        file("patients.csv", &PATIENTS, patients),
        file("appointments.csv", &APPOINTMENTS, appointments),
        file("results.csv", &RESULTS, results),
        file("goals.csv", &GOALS, goals),
    ]
}

const PATIENTS: [&str; 15] = [
    "NHS Number",
    "Date of Birth",
    "Surname",
    "First Name",
    "Known As",
    "Registration Status",
    "Date of Death",
    "Language",
    "Preferred Contact Method",
    "Mobile Telephone",
    "Email Address",
    "Sensitive",
    "Declined",
    "Tags",
    "Practice",
];
const APPOINTMENTS: [&str; 9] = [
    "Appointment ID",
    "NHS Number",
    "Date of Birth",
    "Appointment Date",
    "Start Time",
    "Duration",
    "Appointment Type",
    "Clinician",
    "Status",
];
const RESULTS: [&str; 11] = [
    "Result ID",
    "NHS Number",
    "Date of Birth",
    "Date",
    "Test Name",
    "Value",
    "Unit of Measure",
    "Range Low",
    "Range High",
    "Abnormal Flag",
    "Status",
];
const GOALS: [&str; 12] = [
    "Goal ID",
    "NHS Number",
    "Date of Birth",
    "Start Date",
    "Goal",
    "Label",
    "Plan",
    "Counts",
    "Target",
    "Confidence",
    "Expressed By",
    "Status",
];

fn patient(person: &Invented) -> Vec<String> {
    let yes = |is: bool| if is { "Y" } else { "" }.to_owned();
    vec![
        person.nhs_number.clone(),
        day(person.born),
        person.family.clone(),
        person.given.clone(),
        person.known_as.clone().unwrap_or_default(),
        if person.left { "Left" } else { "Registered" }.to_owned(),
        person.died.map(day).unwrap_or_default(),
        person.language.unwrap_or("en").to_owned(),
        if person.prefers_email { "Email" } else { "Text message" }.to_owned(),
        person.mobile.clone().unwrap_or_default(),
        person.email.clone().unwrap_or_default(),
        yes(person.sensitive),
        yes(person.declined),
        person.tags.join("; "),
        super::names::PRACTICE.to_owned(),
    ]
}

fn day(date: NaiveDate) -> String {
    date.format("%d/%m/%Y").to_string()
}

fn file(name: &'static str, heading: &[&str], rows: Vec<Vec<String>>) -> ExportFile {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    // Writing to memory does not fail; a row that could not be written would be missing and the import would show it.
    let _ = writer.write_record(heading);
    for row in rows {
        let _ = writer.write_record(&row);
    }
    ExportFile { name, bytes: writer.into_inner().unwrap_or_default() }
}

//! What can only be said when the whole file has been read: people entered twice, records of people who were refused,
//! shared numbers, the two halves of a blood pressure.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::import::{
    Field, IgnoredReason, ImportFile, PatientRecord, Record, Refusal, RefusalReason, SourceId, WarningKind,
};
use crate::domain::result::{Component, Original, ResultRecord, ResultValue, TakenAt, assess};
use crate::interchange::Options;

/// Runs all checks over a whole file. Returns the identities that stood in it twice.
pub(crate) fn finish(report: &mut ImportFile, options: &Options<'_>) -> BTreeSet<String> {
    let refused = refuse_people_entered_twice(report);
    refuse_records_of(report, &refused);
    warn_of_shared_numbers(report);
    warn_of_other_surnames(report);
    pair_blood_pressures(report, options);
    refused
}

/// A person refused in one of several files read together is refused in all.
pub(crate) fn finish_together(reports: &mut [ImportFile], twice: &BTreeSet<String>) {
    for report in reports {
        refuse_records_of(report, twice);
    }
}

/// The key under which two entries are about one person: the NHS number alone, because two dates of birth beside one
/// number are exactly what has to be found.
fn person(patient: &PatientRecord) -> String {
    match &patient.nhs_number {
        Some(number) => number.digits(),
        None => patient.key.identity(),
    }
}

/// Two entries for one person that differ are both refused (hazard H02); word for word the same is one.
fn refuse_people_entered_twice(report: &mut ImportFile) -> BTreeSet<String> {
    let mut entries: BTreeMap<String, Vec<&PatientRecord>> = BTreeMap::new();
    for record in &report.accepted {
        if let Record::Patient(patient) = record {
            entries.entry(person(patient)).or_default().push(patient);
        }
    }
    let differ: BTreeSet<String> = entries
        .iter()
        .filter(|(_, all)| all.iter().any(|p| all.first().is_some_and(|first| !same_content(first, p))))
        .map(|(key, _)| key.clone())
        .collect();
    let mut keys = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for record in std::mem::take(&mut report.accepted) {
        let Record::Patient(patient) = record else {
            report.accepted.push(record);
            continue;
        };
        let key = person(&patient);
        if differ.contains(&key) {
            let (reason, field) = match patient.nhs_number {
                Some(_) => (RefusalReason::NhsNumberTwice, Field::NhsNumber),
                None => (RefusalReason::IdentifierTwice, Field::Identifier),
            };
            keys.insert(patient.key.identity());
            let what = report.what_of("patient", "Patient");
            let shown = patient.nhs_number.map(|n| n.to_string()).unwrap_or_default();
            let refusal = Refusal::new(patient.provenance.place, &what, reason).field(field).shown(&shown);
            report.turn_accepted_into_refused(refusal);
        } else if seen.insert(key) {
            report.accepted.push(Record::Patient(patient));
        } else {
            let what = report.what_of("patient", "Patient");
            report.turn_accepted_into_ignored(&what, IgnoredReason::Repeated);
        }
    }
    keys
}

fn same_content(a: &PatientRecord, b: &PatientRecord) -> bool {
    let mut b = b.clone();
    b.provenance = a.provenance.clone();
    *a == b
}

fn refuse_records_of(report: &mut ImportFile, people: &BTreeSet<String>) {
    if people.is_empty() {
        return;
    }
    for record in std::mem::take(&mut report.accepted) {
        if people.contains(&record.patient().identity()) {
            let what = report.what_of(record.kind(), fhir_type(&record));
            let place = record.provenance().place;
            let refusal = Refusal::new(place, &what, RefusalReason::PatientRefused).field(Field::Subject);
            report.turn_accepted_into_refused(refusal);
        } else {
            report.accepted.push(record);
        }
    }
}

/// The FHIR resource type a record is read from.
pub(crate) fn fhir_type(record: &Record) -> &'static str {
    match record {
        Record::Patient(_) => "Patient",
        Record::RelatedPerson(_) => "RelatedPerson",
        Record::Appointment(_) => "Appointment",
        Record::Result(_) => "Observation",
        Record::Goal(_) => "Goal",
        Record::CarePlan(_) => "CarePlan",
        Record::Condition(_) => "Condition",
        Record::Communication(_) => "Communication",
        Record::Consent(_) => "Consent",
        Record::Flag(_) => "Flag",
    }
}

fn warn_of_shared_numbers(report: &mut ImportFile) {
    let mut owners: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut places = BTreeMap::new();
    for record in &report.accepted {
        if let Record::Patient(patient) = record {
            for phone in &patient.phones {
                owners.entry(phone.e164()).or_default().insert(person(patient));
                places.entry(phone.e164()).or_insert(patient.provenance.place);
            }
        }
    }
    let shared: Vec<_> = owners
        .iter()
        .filter(|(_, people)| people.len() > 1)
        .filter_map(|(phone, _)| places.get(phone).copied())
        .collect();
    for place in shared {
        report.warn(WarningKind::SharedPhone, Some(Field::Mobile), None, place);
    }
}

/// A result or appointment whose surname is another than that of the person with this number and date of birth.
fn warn_of_other_surnames(report: &mut ImportFile) {
    use crate::domain::import::PatientKey;
    let fold = |name: &str| crate::domain::result::fold_name(name);
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut differ = Vec::new();
    for record in &report.accepted {
        let PatientKey::NhsAndBirthDate { surname: Some(surname), .. } = record.patient() else {
            continue;
        };
        let folded = fold(surname);
        let first = names.entry(record.patient().identity()).or_insert_with(|| folded.clone());
        if *first != folded {
            differ.push(record.provenance().place);
        }
    }
    for place in differ {
        report.warn(WarningKind::SurnameDiffers, Some(Field::Family), None, place);
    }
}

/// Top and bottom number in two rows or resources become one result, when person, time and source leave no doubt that
/// they belong together. Otherwise each stays as it is, and is held as half of a pair.
fn pair_blood_pressures(report: &mut ImportFile, options: &Options<'_>) {
    type Halves = (Vec<usize>, Vec<usize>);
    let mut halves: BTreeMap<(String, TakenAt, Option<SourceId>), Halves> = BTreeMap::new();
    for (at, record) in report.accepted.iter().enumerate() {
        let Record::Result(result) = record else {
            continue;
        };
        let (Some(taken_at), ResultValue::Number { comparator: None, .. }) = (result.taken_at, &result.value) else {
            continue;
        };
        let key = (result.patient.identity(), taken_at, result.report_id.clone());
        match result.test_key.as_deref() {
            Some("systolic") => halves.entry(key).or_default().0.push(at),
            Some("diastolic") => halves.entry(key).or_default().1.push(at),
            _ => {}
        }
    }
    let pairs: BTreeMap<usize, usize> = halves
        .into_values()
        .filter_map(|(top, bottom)| match (top.as_slice(), bottom.as_slice()) {
            ([top], [bottom]) => Some((*top, *bottom)),
            _ => None,
        })
        .collect();
    if pairs.is_empty() {
        return;
    }
    let joined: BTreeSet<usize> = pairs.values().copied().collect();
    let bottoms: BTreeMap<usize, ResultRecord> = joined
        .iter()
        .filter_map(|at| match report.accepted.get(*at) {
            Some(Record::Result(result)) => Some((*at, result.as_ref().clone())),
            _ => None,
        })
        .collect();
    let all = std::mem::take(&mut report.accepted);
    for (at, record) in all.into_iter().enumerate() {
        if joined.contains(&at) {
            continue;
        }
        match (record, pairs.get(&at).and_then(|bottom| bottoms.get(bottom))) {
            (Record::Result(top), Some(bottom)) => {
                report.accepted.push(Record::Result(Box::new(join(*top, bottom, options))));
            }
            (record, _) => report.accepted.push(record),
        }
    }
}

fn join(top: ResultRecord, bottom: &ResultRecord, options: &Options<'_>) -> ResultRecord {
    let number = |value: &ResultValue| match value {
        ResultValue::Number { value, .. } => *value,
        _ => f64::NAN,
    };
    let part = |key: &str, half: &ResultRecord| Component {
        test_key: Some(key.to_owned()),
        codes: half.codes.clone(),
        value: half.value.clone(),
        original: half.original.clone(),
    };
    let ids = [top.source_id.as_str(), bottom.source_id.as_str()];
    let panel = options.catalogue.get("blood_pressure");
    let codes = panel.and_then(|t| t.loinc.first()).map(|code| crate::domain::result::Code {
        system: crate::domain::result::CodeSystem::Loinc,
        code: code.clone(),
        display: None,
    });
    let mut joined = ResultRecord {
        source_id: SourceId::derived("blood_pressure", &ids),
        test_key: Some("blood_pressure".to_owned()),
        codes: codes.into_iter().collect(),
        display: "Blood pressure".to_owned(),
        value: ResultValue::BloodPressure { systolic: number(&top.value), diastolic: number(&bottom.value) },
        unit: Some("mm[Hg]".to_owned()),
        original: Original {
            value: format!("{}/{}", top.original.value, bottom.original.value),
            ..top.original.clone()
        },
        components: vec![part("systolic", &top), part("diastolic", bottom)],
        range: crate::domain::result::Range::default(),
        // The graver of two flags; that of the bottom number when the top has none.
        flag: [top.flag, bottom.flag].into_iter().flatten().max_by_key(|f| f.is_critical()),
        flag_unread: top.flag_unread.clone().or_else(|| bottom.flag_unread.clone()),
        status: top.status.weaker(bottom.status),
        ..top
    };
    joined.hold = assess(&joined, options.catalogue);
    joined
}

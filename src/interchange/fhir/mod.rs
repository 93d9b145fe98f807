//! FHIR R4: bundles, single resources, lists and NDJSON, read tolerantly.
//!
//! The files of one import are read together, because a bulk export keeps each resource type in a file of its own and
//! an observation says only by reference whose it is.

mod care;
mod consent;
mod index;
mod model;
mod observation;
mod people;
mod reading;
mod split;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::domain::import::{
    FileKind, IgnoredReason, ImportFile, Place, Refusal, RefusalReason, SourceId, WarningKind,
};
use crate::interchange::{Input, Options, finish, text};
use index::{At, Index};
use reading::{Outcome, Reading, Taken};
use split::{Entry, Other, Split};

/// What the reports say here: the format's name in the provenance.
const FORMAT: &str = "fhir-r4";

/// Reads files together; one report for each, in their order. Never fails: what cannot be read is in the reports.
pub fn read(inputs: &[&Input], options: &Options<'_>) -> Vec<ImportFile> {
    let texts: Vec<text::Decoded<'_>> = inputs.iter().map(|i| text::decode(&i.bytes)).collect();
    let splits: Vec<Result<Split<'_>, Refusal>> =
        inputs.iter().zip(&texts).map(|(input, text)| split_file(input, text)).collect();
    let mut index = Index::default();
    for (file, entries) in entries_of(&splits) {
        for (at, entry) in entries.iter().enumerate() {
            index.add((file, at), entry);
        }
    }
    let mut people = read_people(inputs, &splits, options, &mut index);
    let reports = observation::statuses(&splits, &index);
    let (mut done, mut twice) = (Vec::new(), BTreeSet::new());
    for (file, (input, split)) in inputs.iter().zip(&splits).enumerate() {
        let mut report = match split {
            Err(refusal) => ImportFile::stopped(&input.name, FileKind::Unknown, refusal.clone()),
            Ok(split) => {
                let reading = Reading { options, index: &index, reports: &reports, file, name: &input.name };
                read_file(split, &reading, &mut people)
            }
        };
        twice.extend(finish::finish(&mut report, options));
        done.push(report);
    }
    finish::finish_together(&mut done, &twice);
    done
}

fn split_file<'a>(input: &Input, text: &'a text::Decoded<'_>) -> Result<Split<'a>, Refusal> {
    // FHIR is UTF-8 by its own rules; a guess would put wrong names into the record.
    if text.guessed {
        let refusal = Refusal::new(Place::File, "file", RefusalReason::JsonBroken);
        return Err(refusal.detail("it is not UTF-8"));
    }
    let ndjson = input.name.to_lowercase().ends_with(".ndjson");
    split::split(&text.text, ndjson).map_err(|(reason, detail)| {
        let refusal = Refusal::new(Place::File, "file", reason);
        match detail {
            Some(detail) => refusal.detail(detail),
            None => refusal,
        }
    })
}

fn entries_of<'s, 'a>(splits: &'s [Result<Split<'a>, Refusal>]) -> impl Iterator<Item = (usize, &'s [Entry<'a>])> {
    splits.iter().enumerate().filter_map(|(file, split)| Some((file, split.as_ref().ok()?.entries.as_slice())))
}

/// Patients come first: everything else needs to know whose it is.
fn read_people(
    inputs: &[&Input],
    splits: &[Result<Split<'_>, Refusal>],
    options: &Options<'_>,
    index: &mut Index,
) -> HashMap<At, Result<Outcome, Refusal>> {
    let mut people = HashMap::new();
    for (file, entries) in entries_of(splits) {
        let name = inputs.get(file).map_or("", |i| i.name.as_str());
        for (at, entry) in entries.iter().enumerate() {
            index.add_contained(file, entry.place, people::contained_patients(entry, options));
            if entry.kind() != "Patient" {
                continue;
            }
            let outcome = reading::check(entry).and_then(|()| people::patient(entry, name, options));
            let key = match &outcome {
                Ok(Outcome::Taken(Taken { record, .. })) => Ok(record.patient().clone()),
                Ok(_) => Err(RefusalReason::PatientRefused),
                Err(refusal) => Err(refusal.reason),
            };
            index.patient((file, at), key);
            people.insert((file, at), outcome);
        }
    }
    people
}

fn read_file(
    split: &Split<'_>,
    reading: &Reading<'_>,
    people: &mut HashMap<At, Result<Outcome, Refusal>>,
) -> ImportFile {
    let mut report = ImportFile::new(reading.name, split.kind, FORMAT);
    let repeats = repeats(&split.entries);
    for (at, entry) in split.entries.iter().enumerate() {
        let kind = entry.kind().to_owned();
        let outcome = match repeats.get(&at) {
            Some(Repeat::Same) => Ok(Outcome::Ignored(IgnoredReason::Repeated)),
            Some(Repeat::Different) => Err(Refusal::new(entry.place, &kind, RefusalReason::ResourceTwice)),
            None => match people.remove(&(reading.file, at)) {
                Some(outcome) => outcome,
                None => read_one(reading, (reading.file, at), entry, split),
            },
        };
        match outcome {
            Err(refusal) => report.refuse(refusal),
            Ok(Outcome::Ignored(reason)) => report.ignore(&kind, reason),
            Ok(Outcome::Used) => report.accept_silently(&kind),
            Ok(Outcome::Taken(Taken { record, warnings })) => {
                report.accept(&kind, *record);
                for (warning, field, detail) in warnings {
                    report.warn(warning, field, detail, entry.place);
                }
            }
        }
    }
    for other in &split.others {
        match other {
            Other::Refused(place, reason, detail) => {
                let refusal = Refusal::new(*place, "unreadable", *reason);
                report.refuse(match detail {
                    Some(detail) => refusal.detail(detail),
                    None => refusal,
                });
            }
            Other::Request => report.ignore("request", IgnoredReason::RequestOnly),
            Other::Deletion => report.ignore("request", IgnoredReason::Removal),
            Other::Manifest => report.ignore("manifest", IgnoredReason::NotUsed),
        }
    }
    report
}

/// Reads any resource but a patient.
fn read_one(reading: &Reading<'_>, at: At, entry: &Entry<'_>, split: &Split<'_>) -> Result<Outcome, Refusal> {
    let read = match entry.kind() {
        "Observation" => {
            return reading::check(entry).and_then(|()| observation::observation(reading, at, entry, split));
        }
        "DiagnosticReport" => {
            return reading::check(entry).and_then(|()| observation::report(reading, at, entry, split));
        }
        "RelatedPerson" => people::related,
        "Appointment" => care::appointment,
        "Goal" => care::goal,
        "CarePlan" => care::care_plan,
        "Condition" => care::condition,
        "Communication" => consent::communication,
        "Consent" => consent::consent,
        "Flag" => consent::flag,
        _ => return Ok(Outcome::Ignored(IgnoredReason::NotUsed)),
    };
    reading::check(entry)?;
    read(reading, entry)
}

/// Whether a resource stands in the file a second time.
enum Repeat {
    /// Word for word.
    Same,
    /// With other content: nobody here can say which holds, so neither is taken.
    Different,
}

fn repeats(entries: &[Entry<'_>]) -> HashMap<usize, Repeat> {
    let mut first: HashMap<String, (usize, &str)> = HashMap::new();
    let mut repeats = HashMap::new();
    let mut differing = HashSet::new();
    for (at, entry) in entries.iter().enumerate().filter(|(_, e)| e.parent.is_none()) {
        let Some(reference) = entry.local_reference() else {
            continue;
        };
        match first.get(&reference) {
            None => {
                first.insert(reference, (at, entry.raw));
            }
            Some((_, raw)) if *raw == entry.raw => {
                repeats.insert(at, Repeat::Same);
            }
            Some((before, _)) => {
                differing.extend([*before, at]);
            }
        }
    }
    repeats.extend(differing.into_iter().map(|at| (at, Repeat::Different)));
    repeats
}

/// The id under which a resource is kept: its own, else one derived from its content.
fn source_id(entry: &Entry<'_>) -> SourceId {
    match entry.head.id.as_deref() {
        Some(id) if entry.parent.is_none() => SourceId::given(entry.kind(), id),
        _ => SourceId::derived(entry.kind(), &[entry.raw]),
    }
}

/// Warnings that go with a record.
type Warnings = Vec<(WarningKind, Option<crate::domain::import::Field>, Option<String>)>;

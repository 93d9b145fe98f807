//! Patient and RelatedPerson.

use super::model::{self, ContactPoint, Extension, HumanName, Identifier, SpokenLanguage};
use super::reading::{Outcome, Reading, Taken, provenance, refusal, shape};
use super::split::{Entry, Head};
use super::{Warnings, source_id};
use crate::domain::identifiers::{EmailAddress, NhsNumber};
use crate::domain::import::{
    ContactNeeds, Deceased, Field, PatientKey, PatientRecord, Record, Refusal, RefusalReason, RelatedPersonRecord,
    WarningKind,
};
use crate::interchange::Options;
use crate::interchange::contact::{Phones, add_email};
use crate::interchange::dates::{self, DateOrder};
use crate::interchange::systems::NHS_NUMBER;
use crate::interchange::words::{self, split_name};

/// Kinds of identifier that are nobody's business here: social security, licence, passport, tax, bank.
const NOT_KEPT: [&str; 8] = ["SS", "SB", "DL", "PPN", "TAX", "NIIP", "BC", "CC"];

/// Reads a patient.
pub(super) fn patient(entry: &Entry<'_>, name: &str, options: &Options<'_>) -> Result<Outcome, Refusal> {
    let patient: model::Patient = shape(entry)?;
    let mut warnings = Warnings::new();
    let refuse = |field, reason| refusal(entry, reason).field(field);
    let nhs_number = nhs_number(entry, &patient.identifier, &mut warnings)?;
    let identifiers = identifiers(&patient.identifier, &mut warnings);
    let (family, given) = official_name(&patient.name).ok_or_else(|| refuse(Field::Family, RefusalReason::NoName))?;
    let birth_date = match patient.birth_date.as_deref() {
        None => return Err(refuse(Field::BirthDate, RefusalReason::Missing)),
        Some(text) => dates::read(text, DateOrder::Unstated)
            .map(|date| date.day(options.zone))
            .map_err(|reason| refuse(Field::BirthDate, reason).shown(text))?,
    };
    if birth_date > options.today {
        return Err(refuse(Field::BirthDate, RefusalReason::DateInFuture));
    }
    let key = match (nhs_number, identifiers.first()) {
        (Some(nhs_number), _) => PatientKey::NhsAndBirthDate { nhs_number, birth_date, surname: Some(family.clone()) },
        (None, Some((system, value))) => PatientKey::Identifier { system: system.clone(), value: value.clone() },
        (None, None) => return Err(refuse(Field::NhsNumber, RefusalReason::NoIdentity)),
    };
    let deceased = deceased(&patient, options);
    let (phones, emails) = contact_points(&patient.telecom, options, &mut warnings);
    let mut needs = needs(&patient.extension);
    languages(&patient.communication, &mut needs);
    let record = PatientRecord {
        source_id: source_id(entry),
        provenance: provenance(entry, name),
        nhs_number,
        identifiers,
        family,
        given,
        known_as: known_as(&patient.name),
        birth_date,
        deceased,
        registered: patient.active,
        needs,
        phones: phones.usable,
        phones_refused: phones.refused,
        emails,
        // R and V are the labels of a restricted record (HL7 confidentiality).
        sensitive: patient
            .meta
            .is_some_and(|meta| meta.security.iter().any(|label| matches!(label.code.as_deref(), Some("R" | "V")))),
        declined: false,
        stop_tags: Vec::new(),
        tags: Vec::new(),
        key,
    };
    Ok(Outcome::Taken(Taken { record: Box::new(Record::Patient(Box::new(record))), warnings }))
}

/// The patients inside a resource who say enough to be matched, by the id they have there.
pub(super) fn contained_patients(entry: &Entry<'_>, options: &Options<'_>) -> Vec<(String, PatientKey)> {
    let inside = entry.head.contained.iter().flatten();
    inside
        .filter_map(|raw| {
            let head: Head<'_> = serde_json::from_str(raw.get()).ok()?;
            let id = head.id.as_ref().filter(|_| head.resource_type.as_deref() == Some("Patient"))?.to_string();
            let inner = Entry { place: entry.place, full_url: None, raw: raw.get(), head, parent: None };
            match patient(&inner, "", options).ok()? {
                Outcome::Taken(taken) => Some((id, taken.record.patient().clone())),
                _ => None,
            }
        })
        .collect()
}

fn nhs_number(entry: &Entry<'_>, all: &[Identifier], warnings: &mut Warnings) -> Result<Option<NhsNumber>, Refusal> {
    let mut found: Option<NhsNumber> = None;
    for identifier in all.iter().filter(|i| i.system.as_deref() == Some(NHS_NUMBER) && is_current(i)) {
        let Some(value) = identifier.value.as_deref() else {
            continue;
        };
        let number = NhsNumber::parse(value).map_err(|why| {
            refusal(entry, RefusalReason::NhsNumberInvalid).field(Field::NhsNumber).shown(value).detail(why.to_string())
        })?;
        if found.is_some_and(|before| before != number) {
            return Err(refusal(entry, RefusalReason::NhsNumberTwice).field(Field::NhsNumber));
        }
        if verification(identifier).is_some_and(|code| code != "01") {
            warnings.push((WarningKind::NhsNumberUnverified, Some(Field::NhsNumber), None));
        }
        found = Some(number);
    }
    Ok(found)
}

fn is_current(identifier: &Identifier) -> bool {
    identifier.usage.as_deref() != Some("old")
}

/// UK Core's verification status; `01` is "present and verified".
fn verification(identifier: &Identifier) -> Option<&str> {
    let is_status = |e: &&Extension| e.url.as_deref().is_some_and(|u| u.ends_with("NHSNumberVerificationStatus"));
    identifier.extension.iter().find(is_status)?.value_codeable_concept.as_ref()?.first_code()
}

fn identifiers(all: &[Identifier], warnings: &mut Warnings) -> Vec<(String, String)> {
    let mut kept: Vec<(String, String)> = Vec::new();
    for identifier in all.iter().filter(|i| is_current(i)) {
        let kind = identifier.kind.as_ref().and_then(model::Concept::first_code).unwrap_or_default();
        if NOT_KEPT.contains(&kind) {
            warnings.push((WarningKind::IdentityNumbersDropped, Some(Field::Identifier), None));
            continue;
        }
        if let (Some(system), Some(value)) = (identifier.system.as_deref(), identifier.value.as_deref())
            && system != NHS_NUMBER
            && !value.trim().is_empty()
        {
            kept.push((system.to_owned(), value.trim().to_owned()));
        }
    }
    kept
}

/// The name on the record: official before usual before any that is not outdated.
fn official_name(names: &[HumanName]) -> Option<(String, String)> {
    let rank = |name: &HumanName| match name.usage.as_deref() {
        Some("official") => 0,
        Some("usual") => 1,
        None => 2,
        Some("temp") => 3,
        Some(_) => 9,
    };
    let mut usable: Vec<&HumanName> = names.iter().filter(|n| rank(n) < 9).collect();
    usable.sort_by_key(|n| rank(n));
    usable.into_iter().find_map(|name| {
        let family = name.family.clone().filter(|f| !f.trim().is_empty());
        let text = name.text.as_deref().map(split_name);
        let family = family.or_else(|| text.as_ref().map(|(family, _)| family.clone()))?;
        let given = if name.given.is_empty() { text.map(|(_, given)| given) } else { Some(name.given.join(" ")) };
        (!family.is_empty()).then(|| (family, given.unwrap_or_default()))
    })
}

fn known_as(names: &[HumanName]) -> Option<String> {
    let nickname = names.iter().find(|n| n.usage.as_deref() == Some("nickname"))?;
    let given = nickname.given.join(" ");
    if given.is_empty() { nickname.text.clone() } else { Some(given) }
}

fn deceased(patient: &model::Patient, options: &Options<'_>) -> Deceased {
    if let Some(text) = patient.deceased_date_time.as_deref() {
        // A date of death that cannot be read is a death all the same.
        let day = dates::read(text, DateOrder::Unstated).map(|date| date.day(options.zone));
        return day.map_or(Deceased::Yes, Deceased::On);
    }
    let notified = patient
        .extension
        .iter()
        .filter(|e| e.url.as_deref().is_some_and(|u| u.ends_with("DeathNotificationStatus")))
        .flat_map(|e| &e.parts)
        .filter_map(|e| e.value_codeable_concept.as_ref())
        // 1 informal, 2 formal; U means that a notification was removed again.
        .any(|concept| matches!(concept.first_code(), Some("1" | "2")));
    if patient.deceased_boolean == Some(true) || notified { Deceased::Yes } else { Deceased::No }
}

fn contact_points(all: &[ContactPoint], options: &Options<'_>, warnings: &mut Warnings) -> (Phones, Vec<EmailAddress>) {
    let (mut phones, mut emails) = (Phones::default(), Vec::new());
    let over = |point: &&ContactPoint| {
        let end = point.period.as_ref().and_then(|p| p.end.as_deref());
        end.and_then(|end| dates::read(end, DateOrder::Unstated).ok())
            .is_some_and(|end| end.day(options.zone) < options.today)
    };
    for point in all.iter().filter(|p| p.usage.as_deref() != Some("old") && !over(p)) {
        let Some(value) = point.value.as_deref() else {
            continue;
        };
        match point.system.as_deref() {
            Some("phone" | "sms") | None => {
                if let Some(why) = phones.add(value, options.phones) {
                    warnings.push((WarningKind::PhoneRefused, Some(Field::Phone), Some(why)));
                }
            }
            Some("email") => {
                if add_email(&mut emails, value) {
                    warnings.push((WarningKind::EmailRefused, Some(Field::Email), None));
                }
            }
            Some(_) => {}
        }
    }
    (phones, emails)
}

/// UK Core's contact preference and FHIR's "interpreter required".
fn needs(extensions: &[Extension]) -> ContactNeeds {
    let mut needs = ContactNeeds::default();
    for extension in extensions {
        let url = extension.url.as_deref().unwrap_or_default();
        if url.ends_with("patient-interpreterRequired") || url.ends_with("InterpreterRequired") {
            needs.interpreter = extension.value_boolean == Some(true);
        }
        if !url.ends_with("Extension-UKCore-ContactPreference") {
            continue;
        }
        for part in &extension.parts {
            let Some(code) = part.value_codeable_concept.as_ref().and_then(|c| c.first_code()) else {
                continue;
            };
            match part.url.as_deref() {
                Some("PreferredContactMethod") if words::is_no_telephone(code) => {
                    needs.no_telephone = true;
                }
                Some("PreferredContactMethod") => {
                    needs.preferred = needs.preferred.or(words::channel(code));
                }
                Some("PreferredWrittenCommunicationFormat") => {
                    needs.formats.extend(words::format(code));
                }
                _ => {}
            }
        }
    }
    needs
}

/// Sign languages are how someone is spoken to face to face, not what is written to them.
fn languages(all: &[SpokenLanguage], needs: &mut ContactNeeds) {
    let mut spoken: Vec<(bool, String)> = Vec::new();
    for communication in all {
        for coding in communication.language.iter().flat_map(|l| &l.coding) {
            let Some(code) = coding.code.clone() else {
                continue;
            };
            let words = coding.display.clone().unwrap_or_default().to_lowercase();
            if code == "bfi" || words.contains("sign language") || words.contains("makaton") {
                needs.signing.push(coding.display.clone().unwrap_or(code));
            } else {
                spoken.push((communication.preferred == Some(true), code));
            }
        }
    }
    spoken.sort_by_key(|(preferred, _)| !preferred);
    let mut codes = spoken.into_iter().map(|(_, code)| code);
    needs.language = codes.next();
    needs.other_languages = codes.collect();
}

/// Reads a carer or relative.
pub(super) fn related(reading: &Reading<'_>, entry: &Entry<'_>) -> Result<Outcome, Refusal> {
    let person: model::RelatedPerson = shape(entry)?;
    let mut warnings = Warnings::new();
    let patient = reading.subject(entry, person.patient.as_ref())?;
    let (phones, emails) = contact_points(&person.telecom, reading.options, &mut warnings);
    let name = official_name(&person.name);
    let record = RelatedPersonRecord {
        patient,
        source_id: source_id(entry),
        provenance: reading.provenance(entry),
        family: name.as_ref().map(|(family, _)| family.clone()),
        given: name.map(|(_, given)| given).filter(|g| !g.is_empty()),
        relationship: person.relationship.iter().find_map(model::Concept::words),
        active: person.active != Some(false) && !reading.is_over(person.period.as_ref()),
        needs: needs(&person.extension),
        phones: phones.usable,
        phones_refused: phones.refused,
        emails,
    };
    Ok(Outcome::Taken(Taken { record: Box::new(Record::RelatedPerson(Box::new(record))), warnings }))
}

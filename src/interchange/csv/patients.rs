//! One row of a patient list.

use chrono::NaiveDate;

use super::Taken;
use super::row::Row;
use crate::domain::import::{
    ContactNeeds, Deceased, Field, PatientKey, PatientRecord, Record, Refusal, RefusalReason, SourceId, StopTag,
    WarningKind,
};
use crate::interchange::contact::{Phones, add_email};
use crate::interchange::words::{self, split_name};

/// Reads a patient.
pub(super) fn read(row: &Row<'_>) -> Result<Taken, Refusal> {
    let mut taken = Taken::default();
    let key = row.patient()?;
    let birth_date =
        row.past_day(Field::BirthDate)?.ok_or_else(|| row.refuse(Field::BirthDate, RefusalReason::Missing))?;
    let (family, given) = name(row)?;
    let (phones, emails) = contact_points(row, &mut taken);
    let (stop_tags, tags) = tags(row);
    let record = PatientRecord {
        source_id: SourceId::given("patient", &key.identity()),
        provenance: row.provenance(),
        nhs_number: row.nhs_number()?,
        identifiers: identifiers(row, &key),
        family,
        given,
        known_as: row.owned(Field::KnownAs),
        birth_date,
        deceased: deceased(row, birth_date)?,
        registered: registered(row)?,
        needs: needs(row, &mut taken),
        phones: phones.usable,
        phones_refused: phones.refused,
        emails,
        // A mark that cannot be read counts as set: the safe way round.
        sensitive: mark(row, Field::Sensitive),
        declined: mark(row, Field::Declined),
        stop_tags,
        tags,
        key,
    };
    taken.records.push(Record::Patient(Box::new(record)));
    Ok(taken)
}

fn name(row: &Row<'_>) -> Result<(String, String), Refusal> {
    let whole = row.get(Field::FullName).map(|name| split_name(&name));
    let family = row.owned(Field::Family).or_else(|| whole.as_ref().map(|(family, _)| family.clone()));
    let given = row.owned(Field::Given).or_else(|| whole.map(|(_, given)| given));
    match family.filter(|f| !f.is_empty()) {
        Some(family) => Ok((family, given.unwrap_or_default())),
        None => Err(row.refuse(Field::Family, RefusalReason::NoName)),
    }
}

fn identifiers(row: &Row<'_>, key: &PatientKey) -> Vec<(String, String)> {
    let table = row.context().layout.table;
    let mut all: Vec<(String, String)> = Vec::new();
    if let PatientKey::Identifier { system, value } = key {
        all.push((system.clone(), value.clone()));
    }
    for (field, system) in [(Field::Identifier, &table.identifier_system), (Field::LocalNumber, &table.local_system)] {
        if let (Some(value), Some(system)) = (row.owned(field), system)
            && !all.iter().any(|(s, v)| s == system && *v == value)
        {
            all.push((system.clone(), value));
        }
    }
    all
}

fn deceased(row: &Row<'_>, birth_date: NaiveDate) -> Result<Deceased, Refusal> {
    let Some(cell) = row.get(Field::Deceased) else {
        return Ok(Deceased::No);
    };
    match words::yes_no(&cell) {
        Some(false) => return Ok(Deceased::No),
        Some(true) => return Ok(Deceased::Yes),
        None => {}
    }
    // A cell in the column of deaths that is no date still says that there was one.
    match row.past_day(Field::Deceased) {
        Ok(Some(day)) if day < birth_date => Err(row.refuse(Field::Deceased, RefusalReason::EndBeforeStart)),
        Ok(Some(day)) => Ok(Deceased::On(day)),
        _ => Ok(Deceased::Yes),
    }
}

fn registered(row: &Row<'_>) -> Result<Option<bool>, Refusal> {
    let Some(word) = row.word(Field::Registered) else {
        return Ok(None);
    };
    let known = match word.to_lowercase().as_str() {
        "registered" | "active" | "current" | "regular" | "gms" | "fully registered" => Some(true),
        "left" | "inactive" | "deducted" | "deregistered" | "removed" => Some(false),
        other => words::yes_no(other),
    };
    match known {
        Some(yes) => Ok(Some(yes)),
        None => Err(row.refuse(Field::Registered, RefusalReason::WordUnknown)),
    }
}

fn mark(row: &Row<'_>, field: Field) -> bool {
    row.word(field).is_some_and(|word| words::yes_no(&word).unwrap_or(true))
}

fn needs(row: &Row<'_>, taken: &mut Taken) -> ContactNeeds {
    let mut needs = ContactNeeds {
        language: row.word(Field::Language),
        interpreter: row.word(Field::Interpreter).is_some_and(|w| words::yes_no(&w).unwrap_or(true)),
        ..ContactNeeds::default()
    };
    if let Some(word) = row.word(Field::PreferredChannel) {
        needs.no_telephone = words::is_no_telephone(&word);
        needs.preferred = words::channel(&word);
        if needs.preferred.is_none() && !needs.no_telephone {
            taken.warnings.push((WarningKind::WordLeftOut, Some(Field::PreferredChannel), None));
        }
    }
    if let Some(word) = row.word(Field::Format) {
        match words::format(&word) {
            Some(format) => needs.formats.push(format),
            None => taken.warnings.push((WarningKind::WordLeftOut, Some(Field::Format), None)),
        }
    }
    needs
}

fn contact_points(row: &Row<'_>, taken: &mut Taken) -> (Phones, Vec<crate::domain::identifiers::EmailAddress>) {
    let policy = row.context().options.phones;
    let mut phones = Phones::default();
    for cell in row.all(Field::Mobile) {
        if let Some(why) = phones.add(&cell, policy) {
            taken.warnings.push((WarningKind::PhoneRefused, Some(Field::Mobile), Some(why)));
        }
    }
    // A landline in the column for any number is no fault, so it does not warn.
    for cell in row.all(Field::Phone) {
        phones.add(&cell, policy);
    }
    let mut emails = Vec::new();
    for cell in row.all(Field::Email) {
        for address in cell.split([';', ',', ' ']).filter(|a| !a.is_empty()) {
            if add_email(&mut emails, address) {
                taken.warnings.push((WarningKind::EmailRefused, Some(Field::Email), None));
            }
        }
    }
    (phones, emails)
}

fn tags(row: &Row<'_>) -> (Vec<StopTag>, Vec<String>) {
    let (mut stops, mut tags) = (Vec::new(), Vec::new());
    for cell in row.all(Field::Tags) {
        for tag in cell.split([';', ',', '|']).map(str::trim).filter(|t| !t.is_empty()) {
            stops.extend(StopTag::from_text(tag));
            tags.push(tag.to_owned());
        }
    }
    stops.sort_unstable();
    stops.dedup();
    (stops, tags)
}

//! Patients with their numbers, addresses and tags. What stops everything stops it at once.

use super::keys::Known;
use super::{Imported, Request};
use crate::domain::delivery::Channel;
use crate::domain::import::{ContactChannel, PatientKey, PatientRecord, Record, StopTag};
use crate::domain::message::MessageStatus;
use crate::domain::reason::Reason;
use crate::outreach::{Engine, OutreachError};
use crate::store::consents::ConsentRow;
use crate::store::contacts::ContactPointRow;
use crate::store::ledger::Waiting;
use crate::store::patients::{IdentifierRow, PatientRow, TagRow};
use crate::store::{Tx, consents, contacts, enrolments, ledger, patients};
use std::collections::BTreeSet;

pub(super) async fn take(
    engine: &Engine,
    tx: &mut Tx,
    request: Request<'_>,
    page: &[&Record],
    known: &Known,
    done: &mut Imported,
) -> Result<(), OutreachError> {
    let now = engine.clock.now_ms();
    let mut rows = Vec::new();
    let mut identifiers = Vec::new();
    let mut tags = Vec::new();
    let mut points = Vec::new();
    let mut refusals = Vec::new();
    let mut stopped: Vec<(String, Reason)> = Vec::new();
    let mut unsafe_people = Vec::new();
    let mut taken = BTreeSet::new();
    for record in page {
        let Record::Patient(patient) = record else {
            continue;
        };
        if known.conflicts(&patient.key) {
            done.refuse(
                record,
                "This NHS number is on record with another date of birth. Compare both with the record system.",
            );
            continue;
        }
        if !taken.insert(patient.key.identity()) {
            done.refuse(record, "The same person stands twice in this file.");
            continue;
        }
        let before = known.get(&patient.key);
        let row = row(engine, request, patient, before, now);
        if let Some(reason) = newly_stopped(before, &row) {
            stopped.push((row.id.clone(), reason));
        }
        identifiers.extend(identifiers_of(request, patient, &row.id));
        for tag in patient.stop_tags.iter().map(|tag| tag_word(*tag).to_owned()).chain(patient.tags.iter().cloned()) {
            tags.push(TagRow { patient_id: row.id.clone(), tag, source: "import".to_owned(), since: now });
        }
        if patient.stop_tags.contains(&StopTag::UnsafeContact) {
            unsafe_people.push(row.id.clone());
        }
        points.extend(points_of(engine, request, patient, &row.id, now));
        if patient.declined {
            refusals.push(refusal(&row.id, now));
        }
        if before.is_some_and(|before| same(before, &row)) {
            done.unchanged("patient", 1);
        } else {
            done.stored("patient", 1);
        }
        rows.push(row);
    }
    patients::upsert(tx, &rows).await?;
    patients::add_identifiers(tx, &identifiers).await?;
    patients::add_tags(tx, &tags).await?;
    contacts::upsert(tx, &points).await?;
    let named: Vec<(String, i64)> = rows.iter().map(|row| (row.id.clone(), now)).collect();
    contacts::retire_unnamed(tx, &named).await?;
    consents::append(tx, &refusals).await?;
    for id in unsafe_people {
        patients::set_unsafe_contact(tx, &id, true, now).await?;
        stopped.push((id, Reason::UnsafeContact));
    }
    for (id, reason) in stopped {
        let (cancelled, reason) = (MessageStatus::Cancelled.as_str(), reason.as_str());
        ledger::call_off(tx, Waiting::OfPatient(&id), cancelled, reason, now).await?;
        enrolments::end(tx, &id, None, reason, now).await?;
    }
    Ok(())
}

fn row(
    engine: &Engine,
    request: Request<'_>,
    patient: &PatientRecord,
    before: Option<&PatientRow>,
    now: i64,
) -> PatientRow {
    let preferred = match patient.needs.preferred {
        Some(ContactChannel::Sms) => Some(Channel::Sms),
        Some(ContactChannel::Email) => Some(Channel::Email),
        _ => None,
    };
    PatientRow {
        id: before.map_or_else(|| engine.clock.id(), |row| row.id.clone()),
        practice_id: request.practice_id.to_owned(),
        nhs_number: patient.nhs_number.as_ref().map(crate::domain::identifiers::NhsNumber::digits),
        family_name: patient.family.clone(),
        given_name: patient.given.clone(),
        known_as: patient.known_as.clone(),
        birth_date: Some(patient.birth_date.to_string()),
        language: patient.needs.language.clone().unwrap_or_else(|| engine.config.practice.language.clone()),
        preferred_channel: preferred.map(|channel| channel.as_str().to_owned()),
        registered: patient.registered.unwrap_or_else(|| before.is_none_or(|row| row.registered)),
        deceased: patient.deceased.is_dead(),
        sensitive: patient.sensitive,
        textable: patient.textable(),
        needs: serde_json::to_string(&patient.needs).unwrap_or_else(|_| "{}".to_owned()),
        created_at: before.map_or(now, |row| row.created_at),
        updated_at: now,
        zone: before.and_then(|row| row.zone.clone()),
        window_json: before.and_then(|row| row.window_json.clone()),
        unsafe_contact: before.is_some_and(|row| row.unsafe_contact),
        paused_until: before.and_then(|row| row.paused_until),
        pause_reason: before.and_then(|row| row.pause_reason.clone()),
    }
}

fn same(before: &PatientRow, after: &PatientRow) -> bool {
    let mut after = after.clone();
    after.updated_at = before.updated_at;
    *before == after
}

fn newly_stopped(before: Option<&PatientRow>, after: &PatientRow) -> Option<Reason> {
    let before = before?;
    if after.deceased && !before.deceased {
        Some(Reason::Deceased)
    } else if !after.registered && before.registered {
        Some(Reason::LeftPractice)
    } else if after.sensitive && !before.sensitive {
        Some(Reason::Sensitive)
    } else {
        None
    }
}

fn identifiers_of(request: Request<'_>, patient: &PatientRecord, patient_id: &str) -> Vec<IdentifierRow> {
    let row = |system: &str, value: &str| IdentifierRow {
        practice_id: request.practice_id.to_owned(),
        system: system.to_owned(),
        value: value.to_owned(),
        patient_id: patient_id.to_owned(),
    };
    let mut rows: Vec<_> = patient.identifiers.iter().map(|(system, value)| row(system, value)).collect();
    if let PatientKey::Identifier { system, value } = &patient.key {
        rows.push(row(system, value));
    }
    rows
}

fn points_of(
    engine: &Engine,
    request: Request<'_>,
    patient: &PatientRecord,
    patient_id: &str,
    now: i64,
) -> Vec<ContactPointRow> {
    let phones = patient.phones.iter().map(|phone| ("sms", phone.e164().to_owned()));
    let emails = patient.emails.iter().map(|email| ("email", email.as_str().to_owned()));
    let mut seen = BTreeSet::new();
    phones
        .chain(emails)
        .filter(|address| seen.insert(address.clone()))
        .enumerate()
        .map(|(rank, (channel, address))| ContactPointRow {
            id: engine.clock.id(),
            practice_id: request.practice_id.to_owned(),
            patient_id: patient_id.to_owned(),
            channel: channel.to_owned(),
            address,
            rank: rank as i64,
            status: "active".to_owned(),
            failure_days: "[]".to_owned(),
            updated_at: now,
        })
        .collect()
}

/// "Declined" in the practice's list is a refusal of every message. Its id is fixed, so that it is noted once: a START of
/// the person's own, which is later, is not undone by the next import.
fn refusal(patient_id: &str, now: i64) -> ConsentRow {
    ConsentRow {
        id: format!("declined:{patient_id}"),
        patient_id: patient_id.to_owned(),
        channel: "any".to_owned(),
        purpose: "all".to_owned(),
        decision: "refused".to_owned(),
        source: "declined in the practice's data".to_owned(),
        actor: "import".to_owned(),
        message_id: None,
        at: now,
    }
}

/// The tag's word, as decisions know it.
pub(super) const fn tag_word(tag: StopTag) -> &'static str {
    match tag {
        StopTag::Pregnancy => "pregnancy",
        StopTag::PalliativeCare => "palliative_care",
        StopTag::EatingDisorder => "eating_disorder",
        StopTag::Admission => "admission",
        StopTag::UnsafeContact => "unsafe_contact",
    }
}

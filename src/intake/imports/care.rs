//! Appointments, goals, conditions, flags, consents and related people.

use super::keys::Known;
use super::people::tag_word;
use super::{Imported, Request};
use crate::domain::import::{
    AppointmentRecord, AppointmentStatus, ConsentDecision, ConsentRecord, ConsentTopic, GoalRecord, Record, StopTag,
};
use crate::domain::message::{MessageStatus, Purpose};
use crate::domain::plan::AppointmentState;
use crate::domain::reason::Reason;
use crate::outreach::{Engine, OutreachError};
use crate::store::appointments::AppointmentRow;
use crate::store::consents::ConsentRow;
use crate::store::goals::GoalRow;
use crate::store::ledger::Waiting;
use crate::store::patients::{RelatedPersonRow, TagRow};
use crate::store::{Tx, appointments, consents, enrolments, goals, ledger, patients};
use std::collections::BTreeMap;

const NOT_KNOWN: &str = "This person is not on record: import the patients' list first.";
const KEPT_ELSEWHERE: &str = "read, not kept: between keeps no copy of it";

pub(super) async fn take(
    engine: &Engine,
    tx: &mut Tx,
    request: Request<'_>,
    page: &[&Record],
    known: &Known,
    done: &mut Imported,
) -> Result<(), OutreachError> {
    let now = engine.clock.now_ms();
    let mut booked: BTreeMap<String, AppointmentRow> = BTreeMap::new();
    let mut wanted: BTreeMap<(String, String), GoalRow> = BTreeMap::new();
    let mut tags = Vec::new();
    let mut related: BTreeMap<(String, String), RelatedPersonRow> = BTreeMap::new();
    let mut said = Vec::new();
    let mut stopped = Vec::new();
    for record in page {
        if matches!(record, Record::Patient(_) | Record::Result(_)) {
            continue;
        }
        let Some(person) = known.get(record.patient()) else {
            done.refuse(record, NOT_KNOWN);
            continue;
        };
        let patient_id = person.id.clone();
        match record {
            Record::Appointment(a) => match appointment(engine, request, a, &patient_id, now) {
                Some(row) => {
                    booked.insert(row.source_id.clone(), row);
                }
                None => done.refuse(record, "The appointment is only proposed: nothing is planned for it."),
            },
            Record::Goal(g) => {
                let row = goal(engine, request, g, &patient_id, now);
                wanted.insert((row.patient_id.clone(), row.source_id.clone()), row);
            }
            Record::Condition(c) if c.active => {
                tags.extend(c.stop_tag.map(|tag| tag_row(&patient_id, tag_word(tag), "condition", now)));
                tags.push(tag_row(&patient_id, &format!("condition:{}", slug(&c.display)), "condition", now));
                stopped.extend(c.stop_tag.map(|tag| (patient_id, tag)));
            }
            Record::Flag(f) if f.active => {
                tags.extend(f.stop_tag.map(|tag| tag_row(&patient_id, tag_word(tag), "flag", now)));
                tags.push(tag_row(&patient_id, &format!("flag:{}", slug(&f.text)), "flag", now));
                stopped.extend(f.stop_tag.map(|tag| (patient_id, tag)));
            }
            Record::Consent(c) => match consent(c, &patient_id, now) {
                Ok(row) => said.push(row),
                Err(reason) => done.refuse(record, reason),
            },
            Record::RelatedPerson(r) => {
                let row = RelatedPersonRow {
                    id: engine.clock.id(),
                    patient_id,
                    source_id: r.source_id.as_str().to_owned(),
                    relationship: r.relationship.clone().unwrap_or_default(),
                    name: [r.given.as_deref(), r.family.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" "),
                    updated_at: now,
                };
                related.insert((row.patient_id.clone(), row.source_id.clone()), row);
            }
            Record::Condition(_) | Record::Flag(_) => done.unchanged("no longer active", 1),
            Record::CarePlan(_) | Record::Communication(_) => done.unchanged(KEPT_ELSEWHERE, 1),
            Record::Patient(_) | Record::Result(_) => {}
        }
    }
    let rows: Vec<AppointmentRow> = booked.into_values().collect();
    let changed = appointments::upsert(tx, &rows).await?;
    appointments::queue_planning(tx, "appointment", &changed, now).await?;
    done.stored("appointment", changed.len() as u64);
    done.unchanged("appointment", (rows.len() - changed.len()) as u64);
    let rows: Vec<GoalRow> = wanted.into_values().collect();
    goals::upsert(tx, &rows).await?;
    done.stored("goal", rows.len() as u64);
    done.stored("tag", patients::add_tags(tx, &tags).await?);
    done.stored("consent", consents::append(tx, &said).await?);
    let rows: Vec<RelatedPersonRow> = related.into_values().collect();
    done.stored("related_person", patients::upsert_related(tx, &rows).await?);
    for (patient_id, tag) in stopped {
        stop(tx, &patient_id, tag, now).await?;
    }
    Ok(())
}

/// A tag that stops everything: what waits is called off now, not only when it would have gone.
async fn stop(tx: &mut Tx, patient_id: &str, tag: StopTag, now: i64) -> Result<(), OutreachError> {
    let reason = if tag == StopTag::UnsafeContact {
        patients::set_unsafe_contact(tx, patient_id, true, now).await?;
        Reason::UnsafeContact
    } else {
        Reason::ExcludedByTag
    };
    ledger::call_off(tx, Waiting::OfPatient(patient_id), MessageStatus::Cancelled.as_str(), reason.as_str(), now)
        .await?;
    enrolments::end(tx, patient_id, None, reason.as_str(), now).await?;
    Ok(())
}

fn appointment(
    engine: &Engine,
    request: Request<'_>,
    record: &AppointmentRecord,
    patient_id: &str,
    now: i64,
) -> Option<AppointmentRow> {
    let status = match record.status {
        AppointmentStatus::Proposed => return None,
        AppointmentStatus::Booked => AppointmentState::Booked,
        AppointmentStatus::Attended => AppointmentState::Attended,
        AppointmentStatus::Cancelled | AppointmentStatus::EnteredInError => AppointmentState::Cancelled,
        AppointmentStatus::Missed => AppointmentState::Missed,
    };
    let service = record.service.as_deref().unwrap_or_default().to_lowercase();
    let review = engine.config.practice.review_services.iter().any(|words| service.contains(&words.to_lowercase()));
    Some(AppointmentRow {
        id: engine.clock.id(),
        practice_id: request.practice_id.to_owned(),
        patient_id: patient_id.to_owned(),
        source_id: record.source_id.as_str().to_owned(),
        kind: if review { "annual_review" } else { "appointment" }.to_owned(),
        clinician: record
            .clinician
            .clone()
            .filter(|name| !name.trim().is_empty())
            .unwrap_or_else(|| "our team".to_owned()),
        starts_at: record.start.timestamp_millis(),
        ends_at: record.end.map(|end| end.timestamp_millis()),
        status: status.to_string(),
        booked_at: now,
        updated_at: now,
    })
}

fn goal(engine: &Engine, request: Request<'_>, record: &GoalRecord, patient_id: &str, now: i64) -> GoalRow {
    let status = match record.lifecycle.as_str() {
        "active" | "accepted" => "active",
        "on-hold" => "on_hold",
        "completed" => "completed",
        "cancelled" | "rejected" | "entered-in-error" => "cancelled",
        _ => "proposed",
    };
    GoalRow {
        id: engine.clock.id(),
        practice_id: request.practice_id.to_owned(),
        patient_id: patient_id.to_owned(),
        source_id: record.source_id.as_str().to_owned(),
        words: record.text.clone(),
        // Neutral until the person has agreed to a label of their own (H26): `between enrol --label`.
        label: "work on your goal".to_owned(),
        plan: record.plan.clone().unwrap_or_default(),
        unit: "days".to_owned(),
        target: None,
        confidence: record.confidence.map(i64::from),
        status: status.to_owned(),
        agreed_on: record.start.map(|date| date.to_string()),
        review_on: record.due.map(|date| date.to_string()),
        created_at: now,
        updated_at: now,
    }
}

/// A refusal always counts. A permission counts for the topic it names; none brings all messages back: that takes a START
/// of the person's own, or staff with a reason.
fn consent(record: &ConsentRecord, patient_id: &str, now: i64) -> Result<ConsentRow, &'static str> {
    if !record.active || record.topic != ConsentTopic::Messages {
        return Err("It is not about messages, or no longer in force.");
    }
    let purpose: Purpose = record.purpose.as_deref().and_then(|p| p.parse().ok()).unwrap_or(Purpose::All);
    let decision = match (record.decision, purpose) {
        (ConsentDecision::Deny, _) => "refused",
        (ConsentDecision::Permit, Purpose::All) => {
            return Err("A permission for all messages is not taken from a file: it would undo a STOP.");
        }
        (ConsentDecision::Permit, _) => "granted",
        (ConsentDecision::Unstated, _) => return Err("It does not say yes or no."),
    };
    let channel = match record.channel.as_deref() {
        Some("sms") => "sms",
        Some("email") => "email",
        _ => "any",
    };
    Ok(ConsentRow {
        id: format!("import:{patient_id}:{}", record.source_id.as_str()),
        patient_id: patient_id.to_owned(),
        channel: channel.to_owned(),
        purpose: purpose.to_string(),
        decision: decision.to_owned(),
        source: "import".to_owned(),
        actor: "import".to_owned(),
        message_id: None,
        at: now,
    })
}

fn tag_row(patient_id: &str, tag: &str, source: &str, now: i64) -> TagRow {
    TagRow { patient_id: patient_id.to_owned(), tag: tag.to_owned(), source: source.to_owned(), since: now }
}

/// Words as a tag: lower case, joined by underscores, of a length that fits a list.
fn slug(words: &str) -> String {
    let cleaned: String =
        words.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).take(60).collect();
    cleaned.split_whitespace().collect::<Vec<_>>().join("_")
}

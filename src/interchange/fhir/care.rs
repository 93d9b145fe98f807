//! Appointment, Goal, CarePlan, Condition.

use super::model::{self, Concept};
use super::reading::{Outcome, Reading, date, refusal, shape, stop_tag};
use super::source_id;
use super::split::Entry;
use crate::domain::import::{
    AppointmentRecord, CarePlanRecord, ConditionRecord, Field, GoalRecord, Record, Refusal, RefusalReason,
};
use crate::interchange::dates::DateText;
use crate::interchange::words;

/// Reads an appointment of exactly one patient.
pub(super) fn appointment(reading: &Reading<'_>, entry: &Entry<'_>) -> Result<Outcome, Refusal> {
    let appointment: model::Appointment = shape(entry)?;
    let refuse = |field, reason| refusal(entry, reason).field(field);
    let actors: Vec<&model::Reference> = appointment.participant.iter().filter_map(|p| p.actor.as_ref()).collect();
    let is = |actor: &&&model::Reference, kind: &str| {
        actor.reference.as_deref().is_some_and(|r| r.starts_with(kind) || r.contains(&format!("/{kind}")))
    };
    let mut patients = Vec::new();
    let mut first_failure = None;
    for actor in &actors {
        match reading.subject(entry, Some(actor)) {
            Ok(key) => patients.push(key),
            Err(r) if r.reason == RefusalReason::NotAboutAPatient => {}
            // A urn that leads nowhere may be a room or a doctor; only when there is no patient does it matter.
            Err(r) => first_failure = first_failure.or(Some(r)),
        }
    }
    let patient = match patients.as_slice() {
        [only] => only.clone(),
        [] => {
            return Err(first_failure.unwrap_or_else(|| refuse(Field::Subject, RefusalReason::NotAboutAPatient)));
        }
        _ => return Err(refuse(Field::Subject, RefusalReason::IdentifierTwice)),
    };
    let word = appointment.status.as_deref().unwrap_or_default();
    let status =
        words::appointment_status(word).ok_or_else(|| refuse(Field::Status, RefusalReason::WordUnknown).shown(word))?;
    let instant = |field, text: &str| match date(entry, field, text)? {
        DateText::Day(_) => Err(refuse(field, RefusalReason::TimeMissing)),
        DateText::Instant(at) => Ok(at),
        DateText::Local(local) => Ok(crate::domain::calendar::resolve(reading.options.zone, local)),
    };
    let start = match appointment.start.as_deref() {
        None => return Err(refuse(Field::Date, RefusalReason::Missing)),
        Some(text) => instant(Field::Date, text)?,
    };
    let end = appointment.end.as_deref().map(|text| instant(Field::End, text)).transpose()?;
    if end.is_some_and(|end| end < start) {
        return Err(refuse(Field::End, RefusalReason::EndBeforeStart));
    }
    let name_of = |kind: &str| actors.iter().find(|a| is(a, kind)).and_then(|a| a.display.clone());
    let mode = appointment
        .extension
        .iter()
        .find(|e| e.url.as_deref().is_some_and(|u| u.ends_with("DeliveryChannel")))
        .and_then(|e| e.value_codeable_concept.as_ref());
    let record = AppointmentRecord {
        patient,
        source_id: source_id(entry),
        provenance: reading.provenance(entry),
        id_is_derived: entry.head.id.is_none(),
        status,
        start,
        end,
        service: appointment
            .service_type
            .iter()
            .find_map(Concept::words)
            .or_else(|| appointment.kind.as_ref().and_then(Concept::words))
            .or(appointment.description),
        location: name_of("Location/"),
        clinician: name_of("Practitioner"),
        mode: mode.and_then(Concept::words),
    };
    Ok(Outcome::record(Record::Appointment(Box::new(record))))
}

/// Reads a goal.
pub(super) fn goal(reading: &Reading<'_>, entry: &Entry<'_>) -> Result<Outcome, Refusal> {
    let goal: model::Goal = shape(entry)?;
    let patient = reading.subject(entry, goal.subject.as_ref())?;
    let Some(text) = goal.description.as_ref().and_then(Concept::words) else {
        return Err(refusal(entry, RefusalReason::Missing).field(Field::Text));
    };
    let reference = |r: &Option<model::Reference>| r.as_ref().and_then(|r| r.reference.clone());
    let by_patient = match (reference(&goal.expressed_by), reference(&goal.subject)) {
        (Some(by), Some(subject)) => by == subject,
        _ => false,
    };
    let plan: Vec<String> = goal.note.into_iter().filter_map(|n| n.text).collect();
    let record = GoalRecord {
        patient,
        source_id: source_id(entry),
        provenance: reading.provenance(entry),
        text,
        // FHIR requires it; the word that sends nothing stands in for a gap.
        lifecycle: goal.lifecycle_status.unwrap_or_else(|| "proposed".to_owned()),
        achievement: goal.achievement_status.as_ref().and_then(|c| c.first_code()).map(str::to_owned),
        by_patient,
        start: reading.day(goal.start_date.as_deref()),
        due: goal.target.iter().find_map(|t| reading.day(t.due_date.as_deref())),
        plan: (!plan.is_empty()).then(|| plan.join("\n")),
        confidence: None,
    };
    Ok(Outcome::record(Record::Goal(Box::new(record))))
}

/// Reads a care plan.
pub(super) fn care_plan(reading: &Reading<'_>, entry: &Entry<'_>) -> Result<Outcome, Refusal> {
    let plan: model::CarePlan = shape(entry)?;
    let patient = reading.subject(entry, plan.subject.as_ref())?;
    let activities = plan
        .activity
        .iter()
        .filter_map(|activity| match (&activity.detail, &activity.reference) {
            (Some(detail), _) => detail.code.as_ref().and_then(Concept::words).or_else(|| detail.description.clone()),
            (None, Some(reference)) => reference.display.clone(),
            (None, None) => None,
        })
        .collect();
    let period = plan.period.as_ref();
    let record = CarePlanRecord {
        patient,
        source_id: source_id(entry),
        provenance: reading.provenance(entry),
        status: plan.status.unwrap_or_else(|| "unknown".to_owned()),
        title: plan.title.or_else(|| plan.category.iter().find_map(Concept::words)).or(plan.description),
        reason: plan.addresses.iter().find_map(|r| r.display.clone()),
        start: period.and_then(|p| reading.day(p.start.as_deref())),
        end: period.and_then(|p| reading.day(p.end.as_deref())),
        activities,
    };
    Ok(Outcome::record(Record::CarePlan(Box::new(record))))
}

/// Reads a condition.
pub(super) fn condition(reading: &Reading<'_>, entry: &Entry<'_>) -> Result<Outcome, Refusal> {
    let condition: model::Condition = shape(entry)?;
    let patient = reading.subject(entry, condition.subject.as_ref())?;
    let code = condition.code.as_ref();
    let Some(display) = code.and_then(Concept::words) else {
        return Err(refusal(entry, RefusalReason::Missing).field(Field::Code));
    };
    let period = |p: Option<&model::Period>, end: bool| {
        p.and_then(|p| reading.day(if end { p.end.as_deref() } else { p.start.as_deref() }))
    };
    let onset =
        reading.day(condition.onset_date_time.as_deref()).or_else(|| period(condition.onset_period.as_ref(), false));
    let ended = reading
        .day(condition.abatement_date_time.as_deref())
        .or_else(|| period(condition.abatement_period.as_ref(), true));
    let code_of = |c: &Option<Concept>| c.as_ref().and_then(|c| c.first_code()).map(str::to_owned);
    let denied = matches!(code_of(&condition.verification_status).as_deref(), Some("refuted" | "entered-in-error"));
    let present = match code_of(&condition.clinical_status).as_deref() {
        Some("active" | "recurrence" | "relapse") => true,
        Some("inactive" | "remission" | "resolved") => false,
        _ => ended.is_none_or(|day| day > reading.options.today),
    };
    let active = present && !denied;
    let stop_tag = code.and_then(stop_tag).filter(|_| active);
    let record = ConditionRecord {
        patient,
        source_id: source_id(entry),
        provenance: reading.provenance(entry),
        codes: code.map(Concept::codes).unwrap_or_default(),
        display,
        active,
        onset,
        ended,
        stop_tag,
    };
    Ok(Outcome::record(Record::Condition(Box::new(record))))
}

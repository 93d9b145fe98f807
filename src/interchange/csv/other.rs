//! Goals, conditions and care plans, one a row.

use super::row::Row;
use super::{Ids, Taken};
use crate::domain::import::{
    CarePlanRecord, ConditionRecord, Field, GoalRecord, Record, Refusal, RefusalReason, StopTag, WarningKind,
};
use crate::domain::result::{Code, CodeSystem};

/// Reads a goal.
pub(super) fn goal(row: &Row<'_>, ids: &mut Ids) -> Result<Taken, Refusal> {
    let mut taken = Taken::default();
    let patient = row.patient()?;
    row.required(Field::Text)?;
    let text = row.raw(Field::Text).unwrap_or_default().trim().to_owned();
    let confidence = match row.get(Field::Confidence) {
        None => None,
        Some(cell) => match cell.trim_end_matches("/10").trim().parse::<u8>() {
            Ok(score) if score <= 10 => Some(score),
            _ => {
                taken.warnings.push((WarningKind::WordLeftOut, Some(Field::Confidence), None));
                None
            }
        },
    };
    let source_id = ids.of(row, &[&patient.identity(), &text]);
    let record = GoalRecord {
        patient,
        source_id,
        provenance: row.provenance(),
        text,
        lifecycle: lifecycle(row)?,
        achievement: None,
        // A goal list is what people and clinicians agreed; a column may say that it is a clinical target.
        by_patient: row.word(Field::ExpressedBy).is_none_or(|who| {
            matches!(who.to_lowercase().as_str(), "patient" | "person" | "own" | "y" | "yes" | "self")
        }),
        start: row.day(Field::Date)?,
        due: row.day(Field::Due)?,
        plan: row.owned(Field::Plan),
        confidence,
    };
    taken.records.push(Record::Goal(Box::new(record)));
    Ok(taken)
}

fn lifecycle(row: &Row<'_>) -> Result<String, Refusal> {
    let Some(word) = row.word(Field::Status) else {
        return Ok("active".to_owned());
    };
    let code = match word.to_lowercase().as_str() {
        "active" | "open" | "in progress" | "ongoing" => "active",
        "proposed" | "planned" => "proposed",
        "accepted" | "agreed" => "accepted",
        "on-hold" | "on hold" | "paused" => "on-hold",
        "completed" | "done" | "achieved" | "closed" => "completed",
        "cancelled" | "stopped" => "cancelled",
        "entered-in-error" => return Err(row.refuse(Field::Status, RefusalReason::EnteredInError)),
        _ => return Err(row.refuse(Field::Status, RefusalReason::WordUnknown)),
    };
    Ok(code.to_owned())
}

/// Reads a condition. It is active while no end date stands beside it.
pub(super) fn condition(row: &Row<'_>, ids: &mut Ids) -> Result<Taken, Refusal> {
    let mut taken = Taken::default();
    let patient = row.patient()?;
    let text = row.owned(Field::Text);
    let code = row.owned(Field::Code);
    let Some(display) = text.clone().or_else(|| code.clone()) else {
        return Err(row.refuse(Field::Text, RefusalReason::Missing));
    };
    let onset = row.day(Field::Date)?;
    let ended = row.day(Field::End)?;
    if onset.zip(ended).is_some_and(|(onset, ended)| ended < onset) {
        return Err(row.refuse(Field::End, RefusalReason::EndBeforeStart));
    }
    let active = ended.is_none_or(|day| day > row.context().options.today);
    let date = onset.map(|d| d.to_string()).unwrap_or_default();
    let source_id = ids.of(row, &[&patient.identity(), code.as_deref().unwrap_or(&display), &date]);
    let record = ConditionRecord {
        patient,
        source_id,
        provenance: row.provenance(),
        codes: code.map(|code| Code { system: CodeSystem::Unstated, code, display: text }).into_iter().collect(),
        stop_tag: StopTag::from_text(&display).filter(|_| active),
        display,
        active,
        onset,
        ended,
    };
    taken.records.push(Record::Condition(Box::new(record)));
    Ok(taken)
}

/// Reads a care plan.
pub(super) fn care_plan(row: &Row<'_>, ids: &mut Ids) -> Result<Taken, Refusal> {
    let mut taken = Taken::default();
    let patient = row.patient()?;
    let title = row.required(Field::Text)?.into_owned();
    let (start, end) = (row.day(Field::Date)?, row.day(Field::End)?);
    if start.zip(end).is_some_and(|(start, end)| end < start) {
        return Err(row.refuse(Field::End, RefusalReason::EndBeforeStart));
    }
    let ended = end.is_some_and(|day| day <= row.context().options.today);
    let date = start.map(|d| d.to_string()).unwrap_or_default();
    let source_id = ids.of(row, &[&patient.identity(), &title, &date]);
    let record = CarePlanRecord {
        patient,
        source_id,
        provenance: row.provenance(),
        status: if ended { "completed" } else { "active" }.to_owned(),
        title: Some(title),
        reason: row.owned(Field::Reason),
        start,
        end,
        activities: Vec::new(),
    };
    taken.records.push(Record::CarePlan(Box::new(record)));
    Ok(taken)
}

//! Everything held about one person, as exports and reports take it.

use crate::clock::instant;
use crate::domain::consent::Decision;
use crate::domain::import::{AppointmentStatus, Deceased, ResultRecord};
use crate::domain::plan::AppointmentState;
use crate::domain::record::{
    AlertView, AppointmentView, Channel, ConsentView, Direction, EntryKind, GoalView, MessageView, PatientRecordView,
    PatientView, PracticeView, RecordEntry, ResultView,
};
use crate::outreach::{Engine, OutreachError};
use crate::store::{self, patients::PatientRow};
use chrono::{DateTime, Utc};

mod entries;

/// Reads everything about a person; `None` when there is no such person.
pub async fn record_view(engine: &Engine, patient_id: &str) -> Result<Option<PatientRecordView>, OutreachError> {
    let Some(person) = store::patients::get(&engine.db, patient_id).await? else { return Ok(None) };
    let practices = engine.practices().await?;
    let ids = [person.id.clone()];
    let mut tx = engine.db.begin().await?;
    let contacts = store::contacts::of_patients(&mut tx, &ids).await?;
    let goals = store::goals::of_patients(&mut tx, &ids).await?;
    let consents = store::consents::of_patients(&mut tx, &ids).await?;
    let appointments = store::appointments::of_patients(&mut tx, &ids).await?;
    let identifiers = store::patients::identifiers_of(&mut tx, &ids).await?;
    let appointment_ids: Vec<String> = appointments.iter().map(|a| a.id.clone()).collect();
    let agenda = store::record::agenda(&mut tx, &appointment_ids).await?;
    tx.commit().await?;
    let timeline = store::views::timeline(&engine.db, patient_id).await?;
    let files = store::mails::attachments_of_patient(&engine.db, patient_id).await?;
    let rows = store::record::of_patient(&engine.db, patient_id).await?;
    let results = store::results::of_patient(&engine.db, patient_id).await?;
    let alerts = store::alerts::of_patient(&engine.db, patient_id).await?;
    let practice = practices.get(&person.practice_id).map(|s| &s.practice);
    let mut all: Vec<RecordEntry> = rows.iter().filter_map(|row| entries::entry(engine, row, &timeline)).collect();
    all.extend(agenda.iter().map(|item| entries::agenda_entry(item, &timeline)));
    let last = consents.len();
    Ok(Some(PatientRecordView {
        exported_at: instant(engine.clock.now_ms()),
        practice: PracticeView {
            id: person.practice_id.clone(),
            name: practice.map(|p| p.name.clone()).unwrap_or_default(),
            ods_code: None,
            zone: practice.map_or(engine.config.practice.zone, |p| p.settings.zone),
        },
        messages: timeline.iter().map(|m| message(m, &files)).collect(),
        goals: goals
            .iter()
            .map(|g| GoalView {
                id: g.id.clone(),
                text: g.words.clone(),
                by_patient: true,
                lifecycle: g.status.replace('_', "-"),
                achievement: None,
                plan: (!g.plan.is_empty()).then(|| g.plan.clone()),
                confidence: g.confidence.and_then(|c| u8::try_from(c).ok()),
                start: g.agreed_on.as_deref().and_then(|d| d.parse().ok()),
                due: g.review_on.as_deref().and_then(|d| d.parse().ok()),
                entry_ids: rows
                    .iter()
                    .filter(|e| e.goal_id.as_deref() == Some(&g.id) && filed(&e.filed))
                    .map(|e| e.id.clone())
                    .collect(),
            })
            .collect(),
        consents: consents
            .iter()
            .enumerate()
            .map(|(index, c)| ConsentView {
                id: c.id.clone(),
                channel: c.channel.clone(),
                purpose: c.purpose.clone(),
                permitted: c.decision == Decision::Granted.as_str(),
                current: !consents[(index + 1).min(last)..]
                    .iter()
                    .any(|l| l.channel == c.channel && l.purpose == c.purpose),
                at: instant(c.at),
                source: c.source.clone(),
                message_id: c.message_id.clone(),
            })
            .collect(),
        appointments: appointments
            .iter()
            .map(|a| AppointmentView {
                id: a.id.clone(),
                status: match a.status.parse() {
                    Ok(AppointmentState::Cancelled) => AppointmentStatus::Cancelled,
                    Ok(AppointmentState::Attended) => AppointmentStatus::Attended,
                    Ok(AppointmentState::Missed) => AppointmentStatus::Missed,
                    _ => AppointmentStatus::Booked,
                },
                start: instant(a.starts_at),
                end: a.ends_at.map(instant),
                service: Some(a.kind.clone()),
                location: None,
                clinician: Some(a.clinician.clone()),
            })
            .collect(),
        results: results.iter().filter(|r| r.released_at.is_some()).filter_map(|r| result(engine, r)).collect(),
        alerts: alerts
            .iter()
            .map(|a| AlertView {
                id: a.id.clone(),
                kind: a.kind.clone(),
                urgent: matches!(a.priority.as_str(), "urgent" | "stat"),
                raised_at: instant(a.created_at),
                acknowledged_by: a.acknowledged_by.clone(),
                acknowledged_at: a.acknowledged_at.map(instant),
                message_id: a.message_id.clone(),
            })
            .collect(),
        patient: patient(&person, identifiers, &contacts),
        entries: all,
    }))
}

fn filed(word: &str) -> bool {
    matches!(word, "auto" | "confirmed")
}

fn patient(
    person: &PatientRow,
    identifiers: Vec<store::patients::IdentifierRow>,
    contacts: &[store::contacts::ContactPointRow],
) -> PatientView {
    let of = |channel: &str| contacts.iter().filter(|c| c.channel == channel).map(|c| c.address.clone()).collect();
    PatientView {
        id: person.id.clone(),
        nhs_number: person.nhs_number.clone(),
        identifiers: identifiers.into_iter().map(|i| (i.system, i.value)).collect(),
        family: person.family_name.clone(),
        given: person.given_name.clone(),
        known_as: person.known_as.clone(),
        birth_date: person.birth_date.as_deref().and_then(|d| d.parse().ok()).unwrap_or_default(),
        deceased: if person.deceased { Deceased::Yes } else { Deceased::No },
        registered: person.registered,
        language: Some(person.language.clone()),
        phones: of("sms"),
        emails: of("email"),
    }
}

fn message(m: &store::views::MessageView, files: &[(String, String)]) -> MessageView {
    let inbound = m.direction == "in";
    let at = |ms: Option<i64>| -> Option<DateTime<Utc>> { ms.map(instant) };
    MessageView {
        id: m.id.clone(),
        direction: if inbound { Direction::In } else { Direction::Out },
        channel: if m.channel.as_deref() == Some("email") { Channel::Email } else { Channel::Sms },
        text: m.body.clone(),
        subject: m.subject.clone(),
        purpose: (!inbound).then(|| m.kind.clone()),
        template_version: m.template_version.clone(),
        status: m.status.clone(),
        status_reason: (!m.reason.is_empty()).then(|| m.reason.clone()),
        due_at: (!inbound).then(|| instant(m.due_at)),
        sent_at: if inbound { None } else { at(m.sent_at) },
        received_at: inbound.then(|| instant(m.created_at)),
        in_response_to: m.in_reply_to.clone(),
        attachments: files.iter().filter(|(id, _)| *id == m.id).map(|(_, name)| name.clone()).collect(),
    }
}

fn result(engine: &Engine, row: &store::results::TestResultRow) -> Option<ResultView> {
    let source: ResultRecord = serde_json::from_str(&row.source_record).ok()?;
    let test = engine.results.get(&row.test);
    Some(ResultView {
        id: row.id.clone(),
        test_key: source.test_key,
        name: test.map_or_else(|| row.display.clone(), |t| t.plain_name.clone()),
        codes: source.codes,
        value: source.value,
        unit: source.unit,
        plain_unit: test.map(|t| t.plain_unit.clone()),
        original: format!("{} {}", row.original_value, row.original_unit).trim().to_owned(),
        taken_at: source.taken_at,
        range: source.range,
        aim: None,
        status: source.status,
        released_by: row.released_by.clone(),
        released_at: row.released_at.map(instant),
        withdrawn_at: (row.state == "withdrawn").then(|| instant(row.updated_at)),
    })
}

/// The entry kinds that have no form of their own are kept as notes in words.
pub(super) fn note(words: String) -> EntryKind {
    EntryKind::Note { text: words }
}

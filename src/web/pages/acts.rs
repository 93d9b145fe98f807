//! What people do on the pages: each act is one transaction, with who, what and when.

use super::error::PageError;
use crate::clock::instant;
use crate::domain::reason::Reason;
use crate::intake::{self, MoveError, ResultMove};
use crate::store::audit::{self, AuditEventRow};
use crate::store::consents::{self, ConsentRow};
use crate::store::enrolments::{self, EnrolmentRow};
use crate::store::ledger::{self, StatusChange, Waiting};
use crate::store::{StoreError, Tx, alerts, appointments, due, patients, record, results};
use crate::web::AppState;

/// Who acts. Until staff can sign in it is the user of the operating system, as for commands.
pub(super) fn actor() -> String {
    let named = std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).unwrap_or_default();
    if named.is_empty() { "staff".to_owned() } else { named }
}

/// What an act was about.
struct About<'a> {
    action: &'a str,
    practice_id: Option<&'a str>,
    subject: &'a str,
    subject_id: &'a str,
    detail: serde_json::Value,
}

async fn note(state: &AppState, tx: &mut Tx, about: About<'_>) -> Result<(), StoreError> {
    let row = AuditEventRow {
        id: state.engine.clock.id(),
        at: state.engine.clock.now_ms(),
        actor: actor(),
        action: about.action.to_owned(),
        practice_id: about.practice_id.map(str::to_owned),
        subject: about.subject.to_owned(),
        subject_id: about.subject_id.to_owned(),
        detail: about.detail.to_string(),
    };
    audit::append(tx, &[row]).await?;
    Ok(())
}

/// In the demo what an act sets free goes out at once; elsewhere the worker does it within seconds.
async fn settle(state: &AppState) -> Result<(), PageError> {
    if let Some(demo) = &state.demo {
        demo.settle().await?;
    }
    Ok(())
}

/// Acknowledges an open alert.
pub(super) async fn acknowledge_alert(state: &AppState, id: &str, words: &str) -> Result<(), PageError> {
    let mut tx = state.engine.db.begin().await?;
    if alerts::acknowledge(&mut tx, id, &actor(), words, state.engine.clock.now_ms()).await? {
        let about = About {
            action: "alert_acknowledged",
            practice_id: None,
            subject: "alert",
            subject_id: id,
            detail: serde_json::json!({}),
        };
        note(state, &mut tx, about).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// A person says that today's messages are right, however many they are; once, while they are held.
pub(super) async fn release_rise(state: &AppState, practice_id: &str) -> Result<(), PageError> {
    let Some(rise) = state.engine.rise(practice_id).await?.filter(|rise| rise.stopped()) else {
        return Ok(());
    };
    let mut tx = state.engine.db.begin().await?;
    state.engine.release_rise(&mut tx, practice_id).await?;
    let about = About {
        action: "sudden_rise_released",
        practice_id: Some(practice_id),
        subject: "practice",
        subject_id: practice_id,
        detail: serde_json::json!({ "sent": rise.sent, "limit": rise.limit }),
    };
    note(state, &mut tx, about).await?;
    tx.commit().await?;
    settle(state).await
}

/// A person has dealt with a received message.
pub(super) async fn deal_with(state: &AppState, id: &str) -> Result<(), PageError> {
    let mut tx = state.engine.db.begin().await?;
    let found = ledger::by_ids(&mut tx, &[id.to_owned()]).await?;
    let message = found.first().filter(|m| m.direction == "in").ok_or(PageError::NotFound)?;
    if message.status == "for_staff" {
        let change = StatusChange {
            id: id.to_owned(),
            status: "handled".to_owned(),
            reason: String::new(),
            at: state.engine.clock.now_ms(),
        };
        ledger::set_status(&mut tx, &[change]).await?;
        let about = About {
            action: "message_dealt_with",
            practice_id: Some(&message.practice_id),
            subject: "message",
            subject_id: id,
            detail: serde_json::json!({}),
        };
        note(state, &mut tx, about).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Confirms or rejects an entry that waits for a person.
pub(super) async fn review_entry(state: &AppState, id: &str, confirm: bool) -> Result<(), PageError> {
    let filed = if confirm { "confirmed" } else { "rejected" };
    let mut tx = state.engine.db.begin().await?;
    if record::review(&mut tx, id, filed).await? {
        let action = if confirm { "entry_confirmed" } else { "entry_rejected" };
        let about =
            About { action, practice_id: None, subject: "record_entry", subject_id: id, detail: serde_json::json!({}) };
        note(state, &mut tx, about).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Releases, holds or withdraws a result, in the name of a clinician. Returns whose it is.
pub(super) async fn move_result(
    state: &AppState,
    id: &str,
    to: &ResultMove,
    clinician: &str,
) -> Result<String, PageError> {
    let row = results::get(&state.engine.db, id).await?.ok_or(PageError::NotFound)?;
    let moved = intake::move_result(&state.engine, &row.practice_id, id, clinician, to, &actor()).await;
    let person = moved.map_err(|error| match error {
        MoveError::NotFound => PageError::NotFound,
        MoveError::Refused(refused) => PageError::Refused(refused.to_string()),
        MoveError::Changed => PageError::Form("Somebody else changed this result. Look again."),
        MoveError::Outreach(error) => PageError::Outreach(error),
    })?;
    settle(state).await?;
    Ok(person)
}

/// Pauses a person, or with `None` lets messages go on.
pub(super) async fn pause(state: &AppState, id: &str, until: Option<i64>, reason: &str) -> Result<(), PageError> {
    let person = patients::get(&state.engine.db, id).await?.ok_or(PageError::NotFound)?;
    let now = state.engine.clock.now_ms();
    let mut tx = state.engine.db.begin().await?;
    patients::set_pause(&mut tx, id, until, until.map(|_| reason), now).await?;
    if until.is_none() {
        due::wake(&mut tx, id, Reason::Paused.as_str(), now).await?;
    }
    let about = About {
        action: if until.is_some() { "patient_paused" } else { "patient_resumed" },
        practice_id: Some(&person.practice_id),
        subject: "patient",
        subject_id: id,
        detail: serde_json::json!({ "until": until.map(|at| instant(at).to_rfc3339()) }),
    };
    note(state, &mut tx, about).await?;
    tx.commit().await?;
    settle(state).await
}

/// A person may be contacted again, or must not be any more.
pub(super) async fn set_unsafe(state: &AppState, id: &str, on: bool) -> Result<(), PageError> {
    let person = patients::get(&state.engine.db, id).await?.ok_or(PageError::NotFound)?;
    let now = state.engine.clock.now_ms();
    let mut tx = state.engine.db.begin().await?;
    patients::set_unsafe_contact(&mut tx, id, on, now).await?;
    if on {
        let (status, reason) = ("cancelled", Reason::UnsafeContact.as_str());
        ledger::call_off(&mut tx, Waiting::OfPatient(id), status, reason, now).await?;
    } else {
        appointments::queue_planning(&mut tx, "patient", &[id.to_owned()], now).await?;
    }
    let about = About {
        action: if on { "contact_unsafe" } else { "contact_safe" },
        practice_id: Some(&person.practice_id),
        subject: "patient",
        subject_id: id,
        detail: serde_json::json!({}),
    };
    note(state, &mut tx, about).await?;
    tx.commit().await?;
    settle(state).await
}

/// A decision of the person, as staff recorded it.
pub(super) struct Said<'a> {
    pub channel: &'a str,
    pub purpose: &'a str,
    pub granted: bool,
    pub source: &'a str,
}

/// Appends to the consent history.
pub(super) async fn consent(state: &AppState, id: &str, said: &Said<'_>) -> Result<(), PageError> {
    let person = patients::get(&state.engine.db, id).await?.ok_or(PageError::NotFound)?;
    let mut tx = state.engine.db.begin().await?;
    let decision = if said.granted { "granted" } else { "refused" };
    append_consent(state, &mut tx, id, said, decision).await?;
    let about = About {
        action: "consent_recorded",
        practice_id: Some(&person.practice_id),
        subject: "patient",
        subject_id: id,
        detail: serde_json::json!({ "channel": said.channel, "purpose": said.purpose, "decision": decision }),
    };
    note(state, &mut tx, about).await?;
    tx.commit().await?;
    settle(state).await
}

async fn append_consent(
    state: &AppState,
    tx: &mut Tx,
    id: &str,
    said: &Said<'_>,
    decision: &str,
) -> Result<(), StoreError> {
    let row = ConsentRow {
        id: state.engine.clock.id(),
        patient_id: id.to_owned(),
        channel: said.channel.to_owned(),
        purpose: said.purpose.to_owned(),
        decision: decision.to_owned(),
        source: said.source.to_owned(),
        actor: actor(),
        message_id: None,
        at: state.engine.clock.now_ms(),
    };
    consents::append(tx, &[row]).await?;
    Ok(())
}

/// Enrols a person in a programme, with the consent and where it was given.
pub(super) async fn enrol(
    state: &AppState,
    id: &str,
    programme: &str,
    goal_id: &str,
    source: &str,
) -> Result<(), PageError> {
    let person = patients::get(&state.engine.db, id).await?.ok_or(PageError::NotFound)?;
    let practices = state.engine.practices().await?;
    let known = practices.get(&person.practice_id).and_then(|p| p.programme(programme)).ok_or(PageError::NotFound)?;
    let now = state.engine.clock.now_ms();
    let recurs = known.steps.iter().any(|step| step.when.recurs() || step.when.at_start);
    let row = EnrolmentRow {
        id: state.engine.clock.id(),
        practice_id: person.practice_id.clone(),
        patient_id: id.to_owned(),
        programme: programme.to_owned(),
        goal_id: goal_id.to_owned(),
        status: "active".to_owned(),
        source: source.to_owned(),
        started_at: now,
        next_at: recurs.then_some(now),
        updated_at: now,
        ..EnrolmentRow::default()
    };
    let mut tx = state.engine.db.begin().await?;
    enrolments::enrol(&mut tx, &[row]).await?;
    appointments::queue_planning(&mut tx, "patient", &[id.to_owned()], now).await?;
    let purposes: std::collections::BTreeSet<&str> = known.steps.iter().map(|step| step.purpose.as_str()).collect();
    for purpose in purposes.into_iter().filter(|purpose| *purpose != "service") {
        append_consent(state, &mut tx, id, &Said { channel: "any", purpose, granted: true, source }, "granted").await?;
    }
    let about = About {
        action: "enrolled",
        practice_id: Some(&person.practice_id),
        subject: "patient",
        subject_id: id,
        detail: serde_json::json!({ "programme": programme }),
    };
    note(state, &mut tx, about).await?;
    tx.commit().await?;
    settle(state).await
}

/// Takes a person out of a programme.
pub(super) async fn leave(state: &AppState, id: &str, programme: &str) -> Result<(), PageError> {
    let person = patients::get(&state.engine.db, id).await?.ok_or(PageError::NotFound)?;
    let now = state.engine.clock.now_ms();
    let mut tx = state.engine.db.begin().await?;
    for enrolment in enrolments::end(&mut tx, id, Some(programme), Reason::Stopped.as_str(), now).await? {
        ledger::call_off(&mut tx, Waiting::OfEnrolment(&enrolment), "cancelled", Reason::Stopped.as_str(), now).await?;
    }
    let about = About {
        action: "left_programme",
        practice_id: Some(&person.practice_id),
        subject: "patient",
        subject_id: id,
        detail: serde_json::json!({ "programme": programme }),
    };
    note(state, &mut tx, about).await?;
    tx.commit().await?;
    settle(state).await
}

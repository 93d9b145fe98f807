//! `between patient`: see one person's timeline and steer their messages.

use super::args::PatientCommand;
use super::{App, actor, audit_event, one_patient, output};
use crate::domain::calendar::resolve;
use crate::domain::message::{MessageStatus, Purpose};
use crate::domain::reason::Reason;
use crate::outreach::{Engine, address_hash};
use crate::store::consents::ConsentRow;
use crate::store::patients::PatientRow;
use crate::store::{self, Tx, consents, contacts, patients, prompts};
use anyhow::{Context, Result, bail};
use chrono::NaiveDate;
use std::process::ExitCode;

pub(super) async fn run(app: &App, command: PatientCommand) -> Result<ExitCode> {
    let engine = app.engine().await?;
    let practice_id = app.practice_id(&engine).await?;
    let find = async |text: &str| one_patient(&engine, &practice_id, text).await;
    match command {
        PatientCommand::Show { patient } => {
            let person = find(&patient).await?;
            let mut tx = engine.db.begin().await?;
            audit_event(
                &engine,
                &mut tx,
                "patient_viewed",
                &practice_id,
                ("patient", &person.id),
                serde_json::json!({}),
            )
            .await?;
            tx.commit().await?;
            show(app, &engine, &person).await
        }
        PatientCommand::Pause { patient, until, reason } => {
            let person = find(&patient).await?;
            let day: NaiveDate = until.parse().with_context(|| format!("\"{until}\" is not a date like 2027-03-31"))?;
            let zone = engine.config.practice.zone;
            let end = day.succ_opt().unwrap_or(day).and_time(chrono::NaiveTime::MIN);
            let until_ms = resolve(zone, end).timestamp_millis();
            if until_ms <= engine.clock.now_ms() {
                bail!("{until} is in the past");
            }
            let mut tx = engine.db.begin().await?;
            patients::set_pause(&mut tx, &person.id, Some(until_ms), Some(&reason), engine.clock.now_ms()).await?;
            finish(
                app,
                &engine,
                tx,
                &practice_id,
                &person,
                "patient_paused",
                "Paused. Nothing planned goes out until then.",
            )
            .await
        }
        PatientCommand::Resume { patient, reason } => {
            let person = find(&patient).await?;
            let mut tx = engine.db.begin().await?;
            patients::set_pause(&mut tx, &person.id, None, Some(&reason), engine.clock.now_ms()).await?;
            store::due::wake(&mut tx, &person.id, Reason::Paused.as_str(), engine.clock.now_ms()).await?;
            finish(app, &engine, tx, &practice_id, &person, "patient_resumed", "The pause has ended.").await
        }
        PatientCommand::Stop { patient, channel, purpose, reason } => {
            let person = find(&patient).await?;
            let mut tx = engine.db.begin().await?;
            say(&engine, &mut tx, &person, &channel, &purpose, "refused", &reason).await?;
            let purpose: Purpose = purpose.parse()?;
            if purpose == Purpose::All && channel == "any" {
                let waiting = store::ledger::Waiting::OfPatient(&person.id);
                let (status, why) = (MessageStatus::Cancelled.as_str(), Reason::Stopped.as_str());
                store::ledger::call_off(&mut tx, waiting, status, why, engine.clock.now_ms()).await?;
                prompts::close_of_patient(&mut tx, &person.id).await?;
            }
            finish(
                app,
                &engine,
                tx,
                &practice_id,
                &person,
                "messages_stopped",
                "Stopped. Waiting messages were called off or will be skipped, with the reason.",
            )
            .await
        }
        PatientCommand::Consent { patient, channel, purpose, decision, source } => {
            let person = find(&patient).await?;
            let mut tx = engine.db.begin().await?;
            say(&engine, &mut tx, &person, &channel, &purpose, &decision, &source).await?;
            finish(app, &engine, tx, &practice_id, &person, "consent_noted", "Noted, with its source.").await
        }
        PatientCommand::Reachable { patient, reason: _ } => {
            let person = find(&patient).await?;
            let now = engine.clock.now_ms();
            let mut tx = engine.db.begin().await?;
            let points = store::contacts::of_patients(&mut tx, std::slice::from_ref(&person.id)).await?;
            let lost: Vec<_> = points.iter().filter(|point| point.status == "unreachable").collect();
            if lost.is_empty() {
                bail!("no number or address of this person is marked as not working");
            }
            for point in lost {
                store::contacts::set_status(&mut tx, &point.channel, &point.address, "active", "[]", now).await?;
            }
            let words = "Used again from now on. Messages that were skipped in the meantime are not sent again.";
            finish(app, &engine, tx, &practice_id, &person, "contact_reachable", words).await
        }
        PatientCommand::UnsafeContact { patient, clear, reason: _ } => {
            let person = find(&patient).await?;
            let now = engine.clock.now_ms();
            let mut tx = engine.db.begin().await?;
            patients::set_unsafe_contact(&mut tx, &person.id, !clear, now).await?;
            if !clear {
                let waiting = store::ledger::Waiting::OfPatient(&person.id);
                let (status, why) = (MessageStatus::Cancelled.as_str(), Reason::UnsafeContact.as_str());
                store::ledger::call_off(&mut tx, waiting, status, why, now).await?;
                prompts::close_of_patient(&mut tx, &person.id).await?;
            }
            let (action, words) = if clear {
                ("unsafe_contact_cleared", "The mark is cleared. Messages that were called off are not sent again.")
            } else {
                ("unsafe_contact_marked", "Marked. Everything was called off and nothing will be sent.")
            };
            finish(app, &engine, tx, &practice_id, &person, action, words).await
        }
    }
}

async fn finish(
    app: &App,
    engine: &Engine,
    mut tx: Tx,
    practice_id: &str,
    person: &PatientRow,
    action: &str,
    words: &str,
) -> Result<ExitCode> {
    audit_event(engine, &mut tx, action, practice_id, ("patient", &person.id), serde_json::json!({})).await?;
    tx.commit().await?;
    output::done(app.json, words);
    Ok(ExitCode::SUCCESS)
}

/// Notes what a person said. A permission for everything is a START given to staff: it also lifts stops of addresses.
async fn say(
    engine: &Engine,
    tx: &mut Tx,
    person: &PatientRow,
    channel: &str,
    purpose: &str,
    decision: &str,
    source: &str,
) -> Result<()> {
    if !["sms", "email", "any"].contains(&channel) {
        bail!("the channel is sms, email or any, not \"{channel}\"");
    }
    let purpose: Purpose = purpose.parse()?;
    let decision: crate::domain::consent::Decision = decision.parse()?;
    let row = ConsentRow {
        id: engine.clock.id(),
        patient_id: person.id.clone(),
        channel: channel.to_owned(),
        purpose: purpose.to_string(),
        decision: decision.to_string(),
        source: source.to_owned(),
        actor: actor(),
        message_id: None,
        at: engine.clock.now_ms(),
    };
    consents::append(tx, &[row]).await?;
    if purpose == Purpose::All && decision == crate::domain::consent::Decision::Granted {
        for point in contacts::of_patients(tx, std::slice::from_ref(&person.id)).await? {
            contacts::unstop_address(tx, &point.channel, &address_hash(&point.channel, &point.address)).await?;
        }
    }
    Ok(())
}

async fn show(app: &App, engine: &Engine, person: &PatientRow) -> Result<ExitCode> {
    let timeline = store::views::timeline(&engine.db, &person.id).await?;
    let entries = store::record::of_patient(&engine.db, &person.id).await?;
    let alerts = store::alerts::of_patient(&engine.db, &person.id).await?;
    let results = store::results::of_patient(&engine.db, &person.id).await?;
    if app.json {
        output::json(&serde_json::json!({
            "patient": person, "timeline": timeline, "record": entries, "alerts": alerts, "results": results
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    let zone = person.zone.as_deref().and_then(|z| z.parse().ok()).unwrap_or(engine.config.practice.zone);
    output::say!(
        "{} {}  born {}  id {}",
        person.given_name,
        person.family_name,
        person.birth_date.as_deref().unwrap_or("?"),
        person.id
    );
    if let Some(until) = person.paused_until.filter(|at| *at > engine.clock.now_ms()) {
        output::say!("Paused until {}: {}", output::moment(until, zone), person.pause_reason.as_deref().unwrap_or(""));
    }
    output::say!("\nTimeline");
    let rows: Vec<Vec<String>> = timeline
        .iter()
        .map(|m| {
            let at = if m.direction == "in" { m.created_at } else { m.sent_at.unwrap_or(m.due_at) };
            let reason = m
                .reason
                .parse::<Reason>()
                .ok()
                .filter(|r| *r != Reason::None)
                .map(Reason::sentence)
                .unwrap_or_default();
            let what = m.body.clone().unwrap_or_else(|| format!("({})", m.template));
            let arrow = if m.direction == "in" { "<-" } else { "->" };
            vec![
                output::moment(at, zone),
                arrow.to_owned(),
                m.status.clone(),
                what.replace('\n', " "),
                reason.to_owned(),
            ]
        })
        .collect();
    output::table(&["when", "", "status", "text", "why"], &rows, "Nothing has been sent, planned or received yet.");
    output::say!("\nRecord");
    let rows: Vec<Vec<String>> = entries
        .iter()
        .map(|e| {
            vec![
                output::moment(e.effective_at, zone),
                e.kind.clone(),
                e.code.clone(),
                format!("{} {}", e.value, e.unit),
                e.filed.clone(),
                e.original_text.replace('\n', " "),
            ]
        })
        .collect();
    output::table(
        &["when", "kind", "what", "value", "filed", "in their words"],
        &rows,
        "Nothing stands in the record yet.",
    );
    Ok(ExitCode::SUCCESS)
}

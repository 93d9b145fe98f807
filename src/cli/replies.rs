//! `between replies`: how well replies are understood.

use super::args::RepliesCommand;
use super::{App, actor, audit_event, output};
use crate::domain::reply::{Reader, evaluate::evaluate, examples, train};
use crate::outreach::Engine;
use crate::store::ledger;
use crate::store::record::{self, CorrectionRow};
use crate::store::views;
use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::process::ExitCode;

pub(super) async fn run(app: &App, command: RepliesCommand) -> Result<ExitCode> {
    match command {
        RepliesCommand::Evaluate { file } => {
            // Texts collected elsewhere may hold bytes of another encoding.
            let bytes = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
            let evaluation = evaluate(String::from_utf8_lossy(&bytes).lines(), &reader(app)?);
            output::say!("{evaluation}");
            for fault in evaluation.faults() {
                output::say!("{fault}");
            }
        }
        RepliesCommand::Check => {
            let faults = examples::check(&reader(app)?);
            for fault in &faults {
                let should = if fault.should_match { "is not recognised" } else { "is taken for danger" };
                output::say!("{}: \"{}\" {should}", fault.entry, fault.example);
            }
            if !faults.is_empty() {
                bail!("{} examples are not read as they should be", faults.len());
            }
            output::done(app.json, "Every example of the lexicon is read as it should be.");
        }
        RepliesCommand::Train { files, unread, out } => {
            let (files, unread) = (all_of(&files)?, all_of(&unread)?);
            let made = train::train(files.lines(), unread.lines(), &reader(app)?)?;
            for (name, weights) in [("resemblance.tsv", made.resemblance), ("second-reader.tsv", made.second_reader)] {
                let path = out.join(name);
                std::fs::write(&path, &weights).with_context(|| format!("cannot write {}", path.display()))?;
                output::done(app.json, &format!("{} features written to {}.", weights.lines().count(), path.display()));
            }
        }
        RepliesCommand::Correct { message, meaning } => correct(app, &message, &meaning).await?,
        RepliesCommand::Report => {
            let engine = app.engine().await?;
            let practice_id = app.practice_id(&engine).await?;
            let rows = views::reply_report(&engine.db, &practice_id).await?;
            if app.json {
                output::json(&rows)?;
            } else {
                let table: Vec<Vec<String>> = rows
                    .into_iter()
                    .map(|r| vec![r.intent, r.read.to_string(), r.to_people.to_string(), r.corrected.to_string()])
                    .collect();
                output::table(
                    &["read as", "messages", "sent to people", "corrected"],
                    &table,
                    "No replies have been read yet.",
                );
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The lines of several files.
fn all_of(files: &[PathBuf]) -> Result<String> {
    let mut lines = String::new();
    for file in files {
        lines.push_str(&std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?);
        lines.push('\n');
    }
    Ok(lines)
}

pub(super) fn reader(app: &App) -> Result<Reader> {
    Engine::reader(&app.config()?).map_err(|fault| anyhow::anyhow!(fault))
}

async fn correct(app: &App, message_id: &str, meaning: &str) -> Result<()> {
    let engine = app.engine().await?;
    let practice_id = app.practice_id(&engine).await?;
    let meaning: serde_json::Value = serde_json::from_str(meaning).context("--meaning")?;
    if meaning.get("intent").and_then(serde_json::Value::as_str).is_none() {
        bail!("--meaning needs at least an intent, for example {{\"intent\":\"thanks\"}}");
    }
    let Some(message) =
        ledger::get(&engine.db, message_id).await?.filter(|m| m.direction == "in" && m.practice_id == practice_id)
    else {
        bail!("there is no received message {message_id}");
    };
    let understood: serde_json::Value = serde_json::from_str(&message.facts).unwrap_or_default();
    let row = CorrectionRow {
        id: engine.clock.id(),
        message_id: message.id.clone(),
        reader: understood.get("intent").and_then(serde_json::Value::as_str).unwrap_or("not read").to_owned(),
        understood: message.facts,
        corrected: meaning.to_string(),
        actor: actor(),
        at: engine.clock.now_ms(),
    };
    let mut tx = engine.db.begin().await?;
    record::correct(&mut tx, &row).await?;
    audit_event(&engine, &mut tx, "reply_corrected", &practice_id, ("message", &message.id), serde_json::json!({}))
        .await?;
    tx.commit().await?;
    output::done(app.json, "Noted as a labelled example. It changes no rule by itself.");
    Ok(())
}

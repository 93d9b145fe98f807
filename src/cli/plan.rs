//! `between plan` and `between send-due`.

use super::args::PlanArgs;
use super::{App, actor, output};
use crate::clock::{Clock, instant};
use crate::config::{Config, Environment};
use crate::domain::reason::Reason;
use crate::outreach::Engine;
use crate::store::views::{self, MessageView};
use crate::store::{Db, practices};
use crate::worker;
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::process::ExitCode;

pub(super) async fn run(app: &App, args: PlanArgs) -> Result<ExitCode> {
    let engine = app.engine().await?;
    if args.dry_run {
        return dry_run(app, &engine, args.days).await;
    }
    let planned = engine.plan().await?;
    let words = format!(
        "Looked at {} changes: {} new in the ledger, {} called off.",
        planned.looked_at, planned.new, planned.voided
    );
    output::done(app.json, &words);
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn send_due(app: &App) -> Result<ExitCode> {
    let engine = app.engine().await?;
    engine.do_duties().await?;
    let handled = engine.handle_received().await?;
    let sent = engine.send_due().await?;
    tracing::info!(code = "send_due", actor = actor(), "one pass");
    output::done(app.json, &format!("One pass: {handled} received messages read, {sent} calls to gateways made."));
    Ok(ExitCode::SUCCESS)
}

/// A copy of everything is made, its clock is moved through the days with nobody answering, and what happened is shown.
/// So the dry run decides exactly as the program would: consent, caps, windows, holidays.
async fn dry_run(app: &App, engine: &Engine, days: u32) -> Result<ExitCode> {
    let practice_id = app.practice_id(engine).await?;
    let folder = tempfile::tempdir().context("a temporary folder for the copy")?;
    let path = folder.path().join("dry-run.sqlite").display().to_string();
    engine.db.copy_to_sqlite(&path).await?;
    let now = engine.clock.now_ms();
    let copy = trial(engine.config.clone(), &path, now).await?;
    let until = now + i64::from(days) * 86_400_000;
    let bar = output::progress(u64::from(days), "days");
    worker::advance(&copy, until, async |progress| {
        bar.set_position(u64::try_from((progress.at - now) / 86_400_000).unwrap_or(0));
        keep_fresh(&copy).await
    })
    .await?;
    bar.finish_and_clear();
    let rows = views::due_between(&copy.db, &practice_id, now - 86_400_000, until, 1_000_000).await?;
    show(app, engine, &rows)?;
    copy.db.close().await;
    Ok(ExitCode::SUCCESS)
}

/// The copy sends nothing: its only gateway is the sandbox, and its data counts as fresh as long as the trial lasts.
async fn trial(mut config: Config, path: &str, now: i64) -> Result<Engine> {
    config.environment = Environment::Test;
    path.clone_into(&mut config.database.url);
    let sandbox: toml::Table = "kind = \"sandbox\"".parse()?;
    config.gateways = BTreeMap::from([("sandbox".to_owned(), sandbox)]);
    Ok(Engine::from_config(config, Clock::manual(instant(now))).await?)
}

async fn keep_fresh(engine: &Engine) -> Result<(), crate::outreach::OutreachError> {
    let all = practices::all(&engine.db).await?;
    let mut tx = engine.db.begin().await?;
    for practice in all {
        for kind in ["patients", "appointments"] {
            practices::feed_refreshed(&mut tx, &practice.id, kind, engine.clock.now_ms()).await?;
        }
    }
    tx.commit().await?;
    engine.forget_practices();
    Ok(())
}

fn show(app: &App, engine: &Engine, rows: &[MessageView]) -> Result<()> {
    let would = |m: &MessageView| {
        if matches!(m.status.as_str(), "accepted" | "delivered") { "goes out" } else { m.status.as_str() }.to_owned()
    };
    let sentence =
        |m: &MessageView| m.reason.parse::<Reason>().ok().filter(|r| *r != Reason::None).map_or("", Reason::sentence);
    if app.json {
        for m in rows {
            output::json(&serde_json::json!({
                "patient_id": m.patient_id, "template": m.template, "due_at": m.due_at, "sent_at": m.sent_at,
                "would": would(m), "reason": m.reason, "segments": m.segments, "channel": m.channel,
            }))?;
        }
        return Ok(());
    }
    let zone = engine.config.practice.zone;
    let table: Vec<Vec<String>> = rows
        .iter()
        .map(|m| {
            let segments = m.segments.filter(|n| *n > 0).map(|n| n.to_string()).unwrap_or_default();
            let at = output::moment(m.sent_at.unwrap_or(m.due_at), zone);
            vec![
                at,
                m.patient_id.clone().unwrap_or_default(),
                m.template.clone(),
                would(m),
                segments,
                sentence(m).to_owned(),
            ]
        })
        .collect();
    output::table(
        &["when", "patient", "message", "would be", "segments", "why"],
        &table,
        "Nothing is planned. Enrol people, or import appointments.",
    );
    let segments: i64 = rows.iter().filter_map(|m| m.segments).sum();
    let going = rows.iter().filter(|m| would(m) == "goes out").count();
    output::say!(
        "\n{going} messages would go out, {segments} SMS segments; {} would not. Nothing was changed.",
        rows.len() - going
    );
    Ok(())
}

impl Db {
    /// A copy of everything as a SQLite file at `path`, for trials.
    async fn copy_to_sqlite(&self, path: &str) -> Result<()> {
        crate::store::copy::to_sqlite(self, path).await.context("copying the database")
    }
}

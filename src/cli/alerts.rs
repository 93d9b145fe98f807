//! `between alerts`: what somebody must see.

use super::args::AlertsCommand;
use super::{App, actor, audit_event, output};
use crate::store;
use anyhow::{Result, bail};
use std::process::ExitCode;

pub(super) async fn run(app: &App, command: AlertsCommand) -> Result<ExitCode> {
    let engine = app.engine().await?;
    let practice_id = app.practice_id(&engine).await?;
    match command {
        AlertsCommand::List { status } => {
            let rows = store::alerts::list(&engine.db, &practice_id, &status, 500).await?;
            if app.json {
                output::json(&rows)?;
                return Ok(ExitCode::SUCCESS);
            }
            let zone = engine.config.practice.zone;
            let rows: Vec<Vec<String>> = rows
                .into_iter()
                .map(|a| {
                    vec![
                        a.id,
                        a.priority,
                        output::moment(a.created_at, zone),
                        a.kind,
                        a.patient_id.unwrap_or_default(),
                        a.reason,
                    ]
                })
                .collect();
            output::table(
                &["id", "priority", "since", "kind", "patient", "what"],
                &rows,
                "No alerts. Nobody is waiting.",
            );
        }
        AlertsCommand::Acknowledge { ids, note } => {
            for id in ids {
                let mut tx = engine.db.begin().await?;
                if !store::alerts::acknowledge(&mut tx, &id, &actor(), &note, engine.clock.now_ms()).await? {
                    bail!("alert {id} is not open: between alerts list shows those that are");
                }
                audit_event(
                    &engine,
                    &mut tx,
                    "alert_acknowledged",
                    &practice_id,
                    ("alert", &id),
                    serde_json::json!({}),
                )
                .await?;
                tx.commit().await?;
            }
            output::done(app.json, "Acknowledged.");
        }
    }
    Ok(ExitCode::SUCCESS)
}

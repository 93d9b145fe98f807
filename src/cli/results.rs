//! `between results`: nothing is sent about a result before a person released it, or a standing rule of theirs did.

use super::args::ResultsCommand;
use super::{App, actor, audit_event, one_patient, output};
use crate::domain::result::HoldReason;
use crate::intake::{ResultMove, move_result};
use crate::outreach::Engine;
use crate::store::results;
use crate::store::results::StandingRuleRow;
use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::process::ExitCode;

pub(super) async fn run(app: &App, command: ResultsCommand) -> Result<ExitCode> {
    let engine = app.engine().await?;
    let practice_id = app.practice_id(&engine).await?;
    match command {
        ResultsCommand::List { state, patient } => list(app, &engine, &practice_id, &state, patient.as_deref()).await,
        ResultsCommand::Release { ids, by, second, knowing } => {
            let knowing: BTreeSet<HoldReason> = knowing.iter().map(|word| reason(word)).collect::<Result<_>>()?;
            let to = ResultMove::Release { second, knowing: Some(knowing) };
            move_all(&engine, &practice_id, &ids, &by, &to).await?;
            output::done(app.json, "Released. The person is told at the next planned moment.");
            Ok(ExitCode::SUCCESS)
        }
        ResultsCommand::Hold { ids, by } => {
            move_all(&engine, &practice_id, &ids, &by, &ResultMove::Hold).await?;
            output::done(app.json, "Held.");
            Ok(ExitCode::SUCCESS)
        }
        ResultsCommand::Withdraw { ids, by } => {
            move_all(&engine, &practice_id, &ids, &by, &ResultMove::Withdraw).await?;
            output::done(app.json, "Withdrawn. Nothing more is sent about it.");
            Ok(ExitCode::SUCCESS)
        }
        ResultsCommand::RuleOn { tests, clinician } => {
            for test in &tests {
                if engine.results.get(test).is_none() {
                    let known: Vec<&str> = engine.results.tests().iter().map(|t| t.key.as_str()).collect();
                    bail!("there is no test \"{test}\"; there are: {}", known.join(", "));
                }
            }
            let row = StandingRuleRow {
                id: engine.clock.id(),
                practice_id: practice_id.clone(),
                tests: serde_json::to_string(&tests)?,
                clinician: clinician.clone(),
                switched_on_at: engine.clock.now_ms(),
                switched_off_at: None,
            };
            let mut tx = engine.db.begin().await?;
            results::add_rule(&mut tx, &row).await?;
            let detail = serde_json::json!({ "tests": tests, "clinician": clinician });
            audit_event(&engine, &mut tx, "standing_rule_on", &practice_id, ("standing_rule", &row.id), detail).await?;
            tx.commit().await?;
            output::done(
                app.json,
                &format!("Rule {} is on: ordinary results of these tests are released on import from now on.", row.id),
            );
            Ok(ExitCode::SUCCESS)
        }
        ResultsCommand::RuleOff { id } => {
            let mut tx = engine.db.begin().await?;
            results::end_rule(&mut tx, &id, engine.clock.now_ms())
                .await
                .with_context(|| format!("no standing rule {id} is on"))?;
            audit_event(
                &engine,
                &mut tx,
                "standing_rule_off",
                &practice_id,
                ("standing_rule", &id),
                serde_json::json!({}),
            )
            .await?;
            tx.commit().await?;
            output::done(app.json, "The rule is off.");
            Ok(ExitCode::SUCCESS)
        }
        ResultsCommand::Rules => {
            let rules = results::rules(&engine.db, &practice_id).await?;
            if app.json {
                output::json(&rules)?;
            } else {
                let rows: Vec<Vec<String>> = rules.into_iter().map(|r| vec![r.id, r.clinician, r.tests]).collect();
                output::table(
                    &["id", "clinician", "tests"],
                    &rows,
                    "No standing rule is on: every result waits for a person.",
                );
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn reason(word: &str) -> Result<HoldReason> {
    serde_json::from_value(serde_json::Value::String(word.to_owned()))
        .with_context(|| format!("\"{word}\" is not a hold reason; between results list shows them"))
}

async fn move_all(engine: &Engine, practice_id: &str, ids: &[String], by: &str, to: &ResultMove) -> Result<()> {
    for id in ids {
        move_result(engine, practice_id, id, by, to, &actor()).await.with_context(|| format!("result {id}"))?;
    }
    Ok(())
}

async fn list(app: &App, engine: &Engine, practice_id: &str, state: &str, patient: Option<&str>) -> Result<ExitCode> {
    if !["held", "released", "withdrawn"].contains(&state) {
        bail!("the state is held, released or withdrawn, not \"{state}\"");
    }
    let mut rows = match patient {
        Some(text) => results::of_patient(&engine.db, &one_patient(engine, practice_id, text).await?.id).await?,
        None => results::list(&engine.db, practice_id, state, 1000).await?,
    };
    rows.retain(|row| row.state == state);
    if app.json {
        output::json(&rows)?;
        return Ok(ExitCode::SUCCESS);
    }
    let zone = engine.config.practice.zone;
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .map(|r| {
            let reasons: Vec<String> = serde_json::from_str(&r.hold_reasons).unwrap_or_default();
            let due = r.hold_due_at.map(|at| output::moment(at, zone)).unwrap_or_default();
            vec![
                r.id,
                r.patient_id,
                output::moment(r.taken_at, zone),
                r.display,
                format!("{} {}", r.value, r.unit),
                reasons.join(", "),
                r.hold_owner,
                due,
            ]
        })
        .collect();
    let head = ["id", "patient", "taken", "test", "value", "held because", "owner", "look by"];
    output::table(&head, &rows, &format!("No results are {state}."));
    Ok(ExitCode::SUCCESS)
}

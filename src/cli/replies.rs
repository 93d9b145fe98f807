//! `between replies`: how well replies are understood.

use super::args::RepliesCommand;
use super::{App, output};
use crate::domain::reply::{Reader, evaluate::evaluate};
use crate::store::views;
use anyhow::{Context, Result};
use std::process::ExitCode;

pub(super) async fn run(app: &App, command: RepliesCommand) -> Result<ExitCode> {
    match command {
        RepliesCommand::Evaluate { file } => {
            let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
            output::say!("{}", evaluate(text.lines(), &Reader::shipped()));
        }
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
                output::table(&["read as", "messages", "sent to people", "corrected"], &table, "No replies have been read yet.");
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

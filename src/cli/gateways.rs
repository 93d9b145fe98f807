//! `between gateways`: what was exchanged with them.

use super::args::GatewaysCommand;
use super::{App, output};
use crate::store::{exchanges, ledger};
use anyhow::{Result, bail};
use output::say;
use std::process::ExitCode;

pub(super) async fn run(app: &App, command: GatewaysCommand) -> Result<ExitCode> {
    match command {
        GatewaysCommand::Log { message } => log(app, &message).await,
    }
}

async fn log(app: &App, message: &str) -> Result<ExitCode> {
    let engine = app.engine().await?;
    if ledger::get(&engine.db, message).await?.is_none() {
        bail!("there is no message {message}: ids stand in between patient show --json and on the message's page");
    }
    let rows = exchanges::of_message(&engine.db, message).await?;
    if rows.is_empty() && !app.json {
        let days = engine.config.sending.exchange_log_days;
        say!(
            "Nothing was exchanged over the network, or it was more than {days} days ago (sending.exchange_log_days)."
        );
    }
    for row in rows {
        if app.json {
            output::json(&row)?;
            continue;
        }
        let at = output::moment(row.at, engine.config.practice.zone);
        let ask = if row.ask == "send" { "sent" } else { "asked what became of it" };
        say!("{at}  try {}  {}  {ask}, {} ms", row.attempt, row.gateway, row.took_ms);
        say!("  > {}", row.request);
        say!("  < {}{}", row.status.map_or_else(String::new, |status| format!("{status} ")), row.answer);
    }
    Ok(ExitCode::SUCCESS)
}

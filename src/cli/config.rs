//! `between config`: every fault at once, and every setting.

use super::args::ConfigCommand;
use super::{App, output};
use crate::clock::Clock;
use crate::config::SHIPPED;
use crate::outreach::Engine;
use anyhow::{Result, bail};
use std::process::ExitCode;

pub(super) fn run(app: &App, command: &ConfigCommand) -> Result<ExitCode> {
    match command {
        ConfigCommand::Show => {
            // The reference itself: values of files and environment are not printed, they may be secret.
            print!("{SHIPPED}");
        }
        ConfigCommand::Check => {
            let config = app.config()?;
            if let Err(faults) = Engine::check(&config, &Clock::system()) {
                if app.json {
                    output::json(&serde_json::json!({ "faults": faults }))?;
                }
                bail!("the settings cannot be used:\n  {}", faults.join("\n  "));
            }
            output::done(app.json, "The settings can be used.");
        }
    }
    Ok(ExitCode::SUCCESS)
}

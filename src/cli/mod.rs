//! The command line, for a practice's IT person: arguments in, words or JSON out, an exit code that means something.
//!
//! Exit codes: 0 done; 1 it could not be done, and the message says what to do; 2 the arguments are wrong.

mod alerts;
mod args;
mod backup;
mod bench;
mod config;
mod demo;
mod enrol;
mod export;
mod gateways;
mod import;
mod inspect;
mod messages;
mod output;
mod patient;
mod plan;
mod practice;
mod replies;
mod results;
mod serve;

pub use args::Cli;
use args::Command;

use crate::clock::Clock;
use crate::config::Config;
use crate::outreach::Engine;
use crate::store::audit::{self, AuditEventRow};
use crate::store::{self, Tx};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::ExitCode;

/// Runs a command.
pub fn main(cli: Cli) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("between: cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(cli)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("between: {}", output::explained(&error));
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Result<ExitCode> {
    let files: Vec<&Path> = cli.config.iter().map(std::path::PathBuf::as_path).collect();
    let app = || App {
        config: Config::load(&files, std::env::vars()).context("settings"),
        json: cli.json,
        practice: cli.practice.clone(),
    };
    match cli.command {
        Command::Serve(args) => serve::run(app().config?, args).await,
        Command::Demo(args) => demo::run(args).await,
        Command::Health => serve::health(&app().config()?).await,
        Command::Migrate => {
            let engine = app().unmigrated().await?;
            engine.db.migrate().await?;
            output::done(cli.json, "The tables are up to date.");
            Ok(ExitCode::SUCCESS)
        }
        Command::Practice(command) => practice::run(&app(), command).await,
        Command::Import(args) => import::run(&app(), args).await,
        Command::Export(args) => export::run(&app(), args).await,
        Command::Enrol(args) => enrol::run(&app(), args).await,
        Command::Patient(command) => patient::run(&app(), command).await,
        Command::Results(command) => results::run(&app(), command).await,
        Command::Alerts(command) => alerts::run(&app(), command).await,
        Command::Plan(args) => plan::run(&app(), args).await,
        Command::SendDue => plan::send_due(&app()).await,
        Command::Gateways(command) => gateways::run(&app(), command).await,
        Command::Config(command) => config::run(&app(), &command),
        Command::Messages(command) => messages::run(&app(), command),
        Command::Inspect(command) => inspect::run(&app(), command),
        Command::Backup(args) => backup::run(&app(), args).await,
        Command::Replies(command) => replies::run(&app(), command).await,
        Command::Bench(args) => bench::run(&app(), args).await,
    }
}

/// What commands share.
struct App {
    config: Result<Config>,
    json: bool,
    practice: Option<String>,
}

impl App {
    fn config(&self) -> Result<Config> {
        match &self.config {
            Ok(config) => Ok(config.clone()),
            Err(error) => bail!("{error:#}"),
        }
    }

    /// The engine on a database whose tables may be old.
    async fn unmigrated(&self) -> Result<Engine> {
        Ok(Engine::from_config(self.config()?, Clock::system()).await?)
    }

    /// The engine on an up-to-date database.
    async fn engine(&self) -> Result<Engine> {
        let engine = self.unmigrated().await?;
        engine.db.migrate().await.context("database")?;
        Ok(engine)
    }

    /// The practice named with `--practice`, or the only one there is.
    async fn practice_id(&self, engine: &Engine) -> Result<String> {
        let practices = store::practices::all(&engine.db).await?;
        match (&self.practice, practices.as_slice()) {
            (_, []) => bail!("there is no practice yet: between practice add ID --name \"Name of the surgery\""),
            (Some(id), all) => match all.iter().find(|p| p.id == *id) {
                Some(found) => Ok(found.id.clone()),
                None => bail!("there is no practice \"{id}\"; there are: {}", ids(all)),
            },
            (None, [only]) => Ok(only.id.clone()),
            (None, all) => bail!("there are several practices: say which with --practice ({})", ids(all)),
        }
    }
}

fn ids(practices: &[store::practices::PracticeRow]) -> String {
    practices.iter().map(|p| p.id.as_str()).collect::<Vec<_>>().join(", ")
}

/// Who acts: the operating system's user, until staff sign in.
fn actor() -> String {
    let user = ["SUDO_USER", "USER", "LOGNAME", "USERNAME"].iter().find_map(|name| std::env::var(name).ok());
    format!("os:{}", user.unwrap_or_else(|| "unknown".to_owned()))
}

/// Leaves an audit event inside the transaction of the act.
async fn audit_event(
    engine: &Engine,
    tx: &mut Tx,
    action: &str,
    practice_id: &str,
    subject: (&str, &str),
    detail: serde_json::Value,
) -> Result<()> {
    let event = AuditEventRow {
        id: engine.clock.id(),
        at: engine.clock.now_ms(),
        actor: actor(),
        action: action.to_owned(),
        practice_id: Some(practice_id.to_owned()),
        subject: subject.0.to_owned(),
        subject_id: subject.1.to_owned(),
        detail: detail.to_string(),
    };
    audit::append(tx, &[event]).await?;
    Ok(())
}

/// The one patient that `text` names: our id, NHS number, identifier, or a name that only one has.
async fn one_patient(engine: &Engine, practice_id: &str, text: &str) -> Result<store::patients::PatientRow> {
    let mut found = store::patients::search(&engine.db, practice_id, text, 6).await?;
    if found.len() > 1 {
        let exact: Vec<_> = found.iter().filter(|p| p.id == text).cloned().collect();
        if exact.len() == 1 {
            found = exact;
        }
    }
    match found.as_slice() {
        [one] => Ok(one.clone()),
        [] => bail!("nobody on record fits \"{text}\": give the NHS number, or the beginning of the surname"),
        several => {
            let list: Vec<String> =
                several.iter().map(|p| format!("  {}  {} {}", p.id, p.given_name, p.family_name)).collect();
            bail!("several people fit \"{text}\": give the id or the NHS number\n{}", list.join("\n"))
        }
    }
}

//! The place of a measurement: a database of its own, settings, the sink and the workers as processes, and the tidying up.

use super::sink::Counts;
use super::{BenchError, usage};
use crate::clock::Clock;
use crate::config::Config;
use crate::outreach::Engine;
use crate::store::{Db, scratch};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The secret both sides sign with; it protects nothing.
pub(super) const SECRET: &str = "bench-secret-bench-secret";

/// A database of its own, on a server or in a file.
pub(super) struct Lab {
    /// Its address.
    pub url: String,
    pub db: Db,
    pub clock: Clock,
    folder: tempfile::TempDir,
    /// The server's database and the schema to drop in it.
    schema: Option<(Db, String)>,
}

impl Lab {
    /// `database` is the address of a PostgreSQL server; without it a SQLite file is made beside the program's temporary files.
    pub async fn open(database: Option<&str>) -> Result<Self, BenchError> {
        let folder = tempfile::tempdir()?;
        let (url, schema) = match database {
            None => (folder.path().join("bench.sqlite").display().to_string(), None),
            Some(server) => {
                let db = Db::open(server).await?;
                let name = format!("between_bench_{}", uuid::Uuid::now_v7().simple());
                scratch::create(&db, &name).await?;
                (scratch::address(server, &name), Some((db, name)))
            }
        };
        let db = Db::open(&url).await?;
        db.migrate().await?;
        Ok(Self { url, db, clock: Clock::system(), folder, schema })
    }

    /// Removes what was made.
    pub async fn close(self) -> Result<(), BenchError> {
        self.db.close().await;
        if let Some((db, name)) = &self.schema {
            scratch::drop(db, name).await?;
            db.close().await;
        }
        Ok(())
    }

    /// CPU seconds that the database server used so far; nothing for SQLite, which works inside the program, and for a server that
    /// is not on this machine.
    pub async fn server_cpu(&self) -> Result<Option<f64>, BenchError> {
        let pid = scratch::server_process(&self.db).await?;
        Ok(pid.and_then(|pid| u32::try_from(pid).ok()).and_then(usage::cpu_seconds_of_family))
    }

    /// An engine of this process on the database.
    pub async fn engine(&self, settings: &str) -> Result<Engine, BenchError> {
        engine_of(config_of(settings, &self.url)?, self.clock.clone()).await
    }

    /// Starts this program again with other arguments, and settings if there are any.
    pub fn start(&self, settings: Option<&str>, arguments: &[&str]) -> Result<Process, BenchError> {
        let mut command = Command::new(std::env::current_exe()?);
        if let Some(settings) = settings {
            let path = self.folder.path().join("between.toml");
            std::fs::write(&path, settings)?;
            command.arg("--config").arg(path);
        }
        command.args(arguments).env("DATABASE_URL", &self.url);
        Process::start(command)
    }
}

/// A program that was started; it is killed when dropped.
pub(super) struct Process {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Process {
    fn start(mut command: Command) -> Result<Self, BenchError> {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let output = child.stdout.take().ok_or(BenchError::Silent)?;
        Ok(Self { child, lines: BufReader::new(output).lines() })
    }

    /// The next line it prints. Waits for it.
    pub fn line(&mut self) -> Result<String, BenchError> {
        Ok(self.lines.next().ok_or(BenchError::Silent)??)
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Kills it at once, as a power cut would.
    pub fn kill(&mut self) -> Result<(), BenchError> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

/// The sink as a process of its own.
pub(super) struct SinkProcess {
    _process: Process,
    pub http: String,
    pub smtp_port: u16,
    client: reqwest::Client,
}

impl SinkProcess {
    pub fn start(lab: &Lab, delay: Duration) -> Result<Self, BenchError> {
        let delay = delay.as_millis().to_string();
        let mut process = lab.start(None, &["bench", "sink", "--delay-ms", &delay])?;
        let line = process.line()?;
        let mut ports = line.split(' ').skip(1).map(str::parse::<u16>);
        let (Some(Ok(http)), Some(Ok(smtp_port))) = (ports.next(), ports.next()) else {
            return Err(BenchError::Silent);
        };
        crate::gateways::install_tls_provider();
        let client = reqwest::Client::builder().no_proxy().build()?;
        Ok(Self { _process: process, http: format!("http://127.0.0.1:{http}"), smtp_port, client })
    }

    pub async fn counts(&self) -> Result<Counts, BenchError> {
        Ok(self.client.get(format!("{}/counts", self.http)).send().await?.error_for_status()?.json().await?)
    }

    /// When the first text to a number came, UTC milliseconds.
    pub async fn first_to(&self, number: &str) -> Result<Option<i64>, BenchError> {
        let answer = self.client.get(format!("{}/first/{number}", self.http)).send().await?;
        if answer.status() == reqwest::StatusCode::NOT_FOUND {
            return Ok(None);
        }
        Ok(Some(answer.error_for_status()?.json().await?))
    }
}

/// The shipped settings for a database, with these laid over them.
pub(super) fn config_of(settings: &str, url: &str) -> Result<Config, BenchError> {
    let file = tempfile::NamedTempFile::new()?;
    std::fs::write(file.path(), settings)?;
    let environment = [("DATABASE_URL".to_owned(), url.to_owned())];
    Config::load(&[file.path()], environment).map_err(|e| BenchError::Settings(e.to_string()))
}

/// An engine of this process.
pub(super) async fn engine_of(config: Config, clock: Clock) -> Result<Engine, BenchError> {
    Engine::from_config(config, clock).await.map_err(|e| BenchError::Settings(e.to_string()))
}

/// Settings with one SMS gateway that posts to `url`, by day and night, without limits of its own but this rate.
pub(super) fn settings(url: &str, rate: f64, in_flight: usize, any_answer: bool) -> String {
    let proof = if any_answer { "status" } else { "form" };
    // A batch is what the gateway takes in about a second, and never more than is worth its memory.
    let batch = (rate as usize).clamp(1, 1_000);
    format!(
        "[gateways.bench]\nkind = \"http\"\nurl = \"{url}\"\nkey = \"{SECRET}\"\nwebhook_key = \"{SECRET}\"\nsignature = \"body\"\n\
         proof = \"{proof}\"\n[gateways.bench.policy]\nrate_per_second = {rate:.1}\nin_flight = {in_flight}\n\
         [sending]\nin_flight = {in_flight}\nbatch = {batch}\n{ALWAYS}"
    )
}

/// The same with a mail server.
pub(super) fn mail_settings(port: u16) -> String {
    format!(
        "[server]\npublic_url = \"https://bench.example\"\n[gateways.bench]\nkind = \"smtp\"\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\nsender = \"bench@bench.example\"\n\
         [gateways.bench.policy]\nrate_per_second = 1000000.0\nin_flight = 1\n[sending]\nin_flight = 64\nbatch = 500\n{ALWAYS}"
    )
}

const ALWAYS: &str = "[practice.window]\ndays = \"Mon-Sun\"\nfrom = \"00:00\"\nto = \"23:59\"\nbank_holidays = true\n\
    [practice.limits]\nsegments_per_day = 0\nsudden_rise_minimum = 1000000000\n";

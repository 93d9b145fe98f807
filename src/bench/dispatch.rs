//! What it costs to send: with a gateway that answers at once, with a slow one, by mail, and at a gateway's rate.

use super::lab::{Lab, SinkProcess, config_of, engine_of, mail_settings, settings};
use super::{BenchError, Figure, Goal, data, usage};
use crate::clock::Clock;
use crate::config::Config;
use crate::store::{Db, scratch};
use crate::worker;
use futures_util::stream::{self, StreamExt};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What a worker says when it has sent everything.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Worked {
    /// Messages sent by this process.
    pub n: usize,
    /// Wall-clock seconds from the first claim to the last outcome.
    pub secs: f64,
    /// Messages a second.
    pub per_s: f64,
    /// CPU seconds of this process.
    pub cpu_secs: f64,
    /// The most memory this process held, MiB.
    pub peak_mib: f64,
}

/// Makes messages that are due, ids 0 to N-1, one person each. Returns how many are new.
pub async fn enqueue(url: &str, count: usize) -> Result<usize, BenchError> {
    let db = Db::open(url).await?;
    db.migrate().await?;
    let made = data::due_messages(&db, &Clock::system(), 0..count, "sms").await?;
    scratch::analyze(&db).await?;
    db.close().await;
    Ok(made)
}

/// Sends everything that is due as POSTs to `sink`, whose 2xx counts as taken, and records every outcome.
pub async fn work_at(url: &str, sink: &str, in_flight: usize) -> Result<Worked, BenchError> {
    work(config_of(&settings(sink, 1e6, in_flight, true), url)?).await
}

/// Sends everything that is due by the gateways of the settings.
pub async fn work(config: Config) -> Result<Worked, BenchError> {
    let engine = Arc::new(engine_of(config, Clock::system()).await?);
    let pid = std::process::id();
    let before = usage::cpu_seconds(pid).unwrap_or_default();
    let began = Instant::now();
    let n = worker::send_all(Arc::clone(&engine)).await;
    let secs = began.elapsed().as_secs_f64();
    Ok(Worked {
        n,
        secs,
        per_s: n as f64 / secs,
        cpu_secs: usage::cpu_seconds(pid).unwrap_or_default() - before,
        peak_mib: usage::memory_mib(pid).map_or(0.0, |(peak, _)| peak),
    })
}

/// Dispatch to a gateway that answers at once, beside the floors of the same run.
pub async fn fast(database: Option<&str>) -> Result<Vec<Figure>, BenchError> {
    const COUNT: usize = 30_000;
    let lab = Lab::open(database).await?;
    let sink = SinkProcess::start(&lab, Duration::ZERO)?;
    data::due_messages(&lab.db, &lab.clock, 0..COUNT, "sms").await?;
    scratch::analyze(&lab.db).await?;
    let url = format!("{}/messages", sink.http);
    let (done, cpu) = run_worker(&lab, &settings(&url, 1e6, 64, false)).await?;
    all_once(&sink, COUNT, done.n).await?;
    // The floors: the same bodies without a database, the same rows without a gateway.
    let body = "Bench Surgery: Hello Joan. We will text about your blood pressure, up to 4 a week. Not for emergencies. Usual \
                text costs. Not Joan? Text WRONG. To stop text STOP.";
    let floor_sink = SinkProcess::start(&lab, Duration::ZERO)?;
    let posts = post_floor(&format!("{}/messages", floor_sink.http), COUNT, 64, body).await?;
    let inserts = data::insert_floor(&lab.db, 0..COUNT, lab.clock.now_ms(), body).await?;
    let together = 1.0 / (1.0 / posts + 1.0 / inserts);
    let postgres = database.is_some();
    lab.close().await?;
    let (must, ambition) = if postgres { (65.0, 45.0) } else { (40.0, 28.0) };
    Ok(vec![
        Figure {
            name: "dispatch, 64 in flight, gateway answers at once",
            value: done.per_s / together,
            unit: "of what the floors allow",
            must: Some(Goal::AtLeast(0.45)),
            ambition: Some(Goal::AtLeast(0.65)),
            note: format!(
                "{:.0}/s; floors: {posts:.0} posts/s, {inserts:.0} rows/s, together {together:.0}/s; {COUNT} messages, none lost, none doubled",
                done.per_s
            ),
        },
        Figure {
            name: "dispatch, CPU a message",
            value: cpu / COUNT as f64 * 1e6,
            unit: "µs",
            must: Some(Goal::AtMost(must)),
            ambition: Some(Goal::AtMost(ambition)),
            note: format!("the worker's own {:.0} µs", done.cpu_secs / COUNT as f64 * 1e6),
        },
        Figure::plain("dispatch, peak memory of the worker", done.peak_mib, "MiB"),
    ])
}

/// Dispatch to a gateway that takes 50 ms for each.
pub async fn slow(database: Option<&str>) -> Result<Vec<Figure>, BenchError> {
    const COUNT: usize = 60_000;
    const IN_FLIGHT: usize = 1_024;
    let latency = Duration::from_millis(50);
    let lab = Lab::open(database).await?;
    let sink = SinkProcess::start(&lab, latency)?;
    data::due_messages(&lab.db, &lab.clock, 0..COUNT, "sms").await?;
    scratch::analyze(&lab.db).await?;
    let url = format!("{}/messages", sink.http);
    let (done, _) = run_worker(&lab, &settings(&url, 1e6, IN_FLIGHT, false)).await?;
    all_once(&sink, COUNT, done.n).await?;
    lab.close().await?;
    let ideal = IN_FLIGHT as f64 / latency.as_secs_f64();
    Ok(vec![
        Figure {
            name: "dispatch to a 50 ms gateway, 1,024 in flight",
            value: done.per_s / ideal,
            unit: "of in-flight ÷ latency",
            must: Some(Goal::AtLeast(0.6)),
            ambition: Some(Goal::AtLeast(0.8)),
            note: format!("{:.0}/s of {ideal:.0}/s; {COUNT} messages, none lost, none doubled", done.per_s),
        },
        Figure {
            name: "dispatch to a 50 ms gateway, peak memory",
            value: done.peak_mib,
            unit: "MiB",
            must: Some(Goal::AtMost(64.0)),
            ambition: None,
            note: String::new(),
        },
    ])
}

/// Mail by one connection to a server on this machine.
pub async fn mail(database: Option<&str>) -> Result<Vec<Figure>, BenchError> {
    const COUNT: usize = 10_000;
    let lab = Lab::open(database).await?;
    let sink = SinkProcess::start(&lab, Duration::ZERO)?;
    data::due_messages(&lab.db, &lab.clock, 0..COUNT, "email").await?;
    scratch::analyze(&lab.db).await?;
    let (done, _) = run_worker(&lab, &mail_settings(sink.smtp_port)).await?;
    all_once(&sink, COUNT, done.n).await?;
    lab.close().await?;
    Ok(vec![Figure {
        name: "email to a server on this machine, one connection",
        value: done.per_s,
        unit: "mails/s",
        must: Some(Goal::AtLeast(1_000.0)),
        ambition: Some(Goal::AtLeast(3_000.0)),
        note: format!("{COUNT} mails, none lost, none doubled"),
    }])
}

/// A gateway's rate, shared by two worker processes for a minute: used to the last token, and never overrun.
pub async fn limiter(database: Option<&str>) -> Result<Vec<Figure>, BenchError> {
    const SECONDS: usize = 60;
    let mut figures = Vec::new();
    for rate in [50_usize, 1_000] {
        let lab = Lab::open(database).await?;
        let sink = SinkProcess::start(&lab, Duration::ZERO)?;
        // More than a minute's worth: the end of the run is not the end of the work.
        data::due_messages(&lab.db, &lab.clock, 0..rate * (SECONDS + 15), "sms").await?;
        scratch::analyze(&lab.db).await?;
        let url = format!("{}/messages", sink.http);
        let settings = settings(&url, rate as f64, 256, false);
        let mut workers = [
            lab.start(Some(&settings), &["bench", "dispatch", "--work"])?,
            lab.start(Some(&settings), &["bench", "dispatch", "--work"])?,
        ];
        tokio::time::sleep(Duration::from_secs(SECONDS as u64)).await;
        let counts = sink.counts().await?;
        for worker in &mut workers {
            worker.kill()?;
        }
        lab.close().await?;
        let used = (counts.calls as f64 - 1.0) / counts.seconds / rate as f64;
        let over = counts.most_in_a_second.saturating_sub(rate as u64);
        let (share, windows) = if rate == 50 {
            ("limiter at 50/s, two workers: share used", "limiter at 50/s: most over it in any second")
        } else {
            ("limiter at 1,000/s, two workers: share used", "limiter at 1,000/s: most over it in any second")
        };
        figures.push(Figure {
            name: share,
            value: used,
            unit: "of the rate",
            must: Some(Goal::AtLeast(0.99)),
            ambition: Some(Goal::AtLeast(0.995)),
            note: format!("{} calls in {:.1} s", counts.calls, counts.seconds),
        });
        figures.push(Figure {
            name: windows,
            value: over as f64,
            unit: "calls",
            must: Some(Goal::AtMost(0.0)),
            ambition: Some(Goal::AtMost(0.0)),
            note: String::new(),
        });
    }
    Ok(figures)
}

/// One worker as a process of its own. Returns what it says, and the CPU seconds of it and the database server together.
async fn run_worker(lab: &Lab, settings: &str) -> Result<(Worked, f64), BenchError> {
    let server_before = lab.server_cpu().await?;
    let mut worker = lab.start(Some(settings), &["bench", "dispatch", "--work"])?;
    let line = tokio::task::spawn_blocking(move || worker.line()).await.map_err(|_| BenchError::Silent)??;
    let done: Worked = serde_json::from_str(&line).map_err(|_| BenchError::Silent)?;
    let server = match (server_before, lab.server_cpu().await?) {
        (Some(before), Some(after)) => after - before,
        _ => 0.0,
    };
    Ok((done, done.cpu_secs + server))
}

/// Nothing lost, nothing doubled, or the figure does not count.
async fn all_once(sink: &SinkProcess, wanted: usize, sent: usize) -> Result<(), BenchError> {
    let counts = sink.counts().await?;
    let wanted_too = wanted as u64;
    if counts.ids != wanted_too || counts.calls != wanted_too || sent != wanted {
        return Err(BenchError::NotOnce { wanted: wanted_too, ids: counts.ids, calls: counts.calls });
    }
    Ok(())
}

/// The floor of the network: the same bodies by a bare client, no database. Posts a second.
async fn post_floor(url: &str, count: usize, in_flight: usize, text: &str) -> Result<f64, BenchError> {
    let client = reqwest::Client::builder().no_proxy().tcp_nodelay(true).pool_max_idle_per_host(in_flight).build()?;
    let began = Instant::now();
    let mut calls = stream::iter(0..count)
        .map(|number| {
            let body = serde_json::json!({ "id": number.to_string(), "to": data::number_of(number), "text": text })
                .to_string();
            let request = client.post(url).header("content-type", "application/json").body(body);
            tokio::spawn(async move { request.send().await?.error_for_status()?.bytes().await })
        })
        .buffer_unordered(in_flight);
    while let Some(done) = calls.next().await {
        done.map_err(|_| BenchError::Silent)??;
    }
    Ok(count as f64 / began.elapsed().as_secs_f64())
}

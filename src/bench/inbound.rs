//! What it costs to receive, how soon STOP is answered, and what the program needs when nothing happens.

use super::lab::{Lab, Process, SECRET, SinkProcess, config_of, engine_of, settings};
use super::{BenchError, Figure, Goal, data, usage};
use crate::clock::Clock;
use crate::gateways::to_hex;
use crate::intake::{Inbound, Receiver, receive};
use crate::outreach::Engine;
use crate::store::scratch;
use crate::web;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Takes texts at `POST /hook`: JSON `{"id","from","to","text","at"}`, signed with `x-signature` (hex HMAC-SHA256 of the raw body), until
/// it is killed. Answers 2xx only when the text is stored. Prints one line when it listens: `hook PORT`.
pub async fn serve(url: &str, port: u16, secret: &str) -> Result<(), BenchError> {
    let text = settings("http://127.0.0.1:1/messages", 1e6, 64, false).replace(SECRET, secret);
    let engine = engine_of(config_of(&text, url)?, Clock::system()).await?;
    engine.db.migrate().await?;
    let engine = Arc::new(engine);
    let receiver = Receiver::start(Arc::clone(&engine));
    let app = web::hook(web::AppState { engine, receiver, demo: None }, "/hook", "bench");
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("hook {}", listener.local_addr()?.port());
    let listener =
        axum::serve::ListenerExt::tap_io(listener, |connection: &mut TcpStream| drop(connection.set_nodelay(true)));
    axum::serve(listener, app).await?;
    Ok(())
}

/// Someone who posts signed texts.
#[derive(Clone)]
struct Provider {
    client: reqwest::Client,
    url: String,
    typed: bool,
}

impl Provider {
    fn new(url: String, typed: bool) -> Result<Self, BenchError> {
        let client = reqwest::Client::builder().no_proxy().tcp_nodelay(true).pool_max_idle_per_host(512).build()?;
        Ok(Self { client, url, typed })
    }

    /// Posts one text; whether it was taken.
    async fn post(&self, id: &str, from: &str, text: &str) -> Result<bool, BenchError> {
        let mut event = serde_json::json!({ "id": id, "from": from, "to": "+447700900000", "text": text, "at": null });
        if self.typed {
            event["type"] = "inbound".into();
        }
        let body = event.to_string();
        let signed = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).map(|mut mac| {
            mac.update(body.as_bytes());
            to_hex(&mac.finalize().into_bytes())
        });
        let request = self.client.post(&self.url).header("x-signature", signed.unwrap_or_default()).body(body);
        Ok(request.send().await?.status().is_success())
    }

    /// Posts `count` texts as fast as `clients` can, each client one after the other. Returns texts a second.
    async fn flood(&self, count: usize, clients: usize, name: &str) -> Result<f64, BenchError> {
        let began = Instant::now();
        let mut all = JoinSet::new();
        for client in 0..clients {
            let provider = self.clone();
            let name = name.to_owned();
            all.spawn(async move {
                for number in (client..count).step_by(clients) {
                    let taken = provider.post(&format!("{name}-{number}"), &data::number_of(number), "4 days").await?;
                    if !taken {
                        return Err(BenchError::Silent);
                    }
                }
                Ok(())
            });
        }
        while let Some(done) = all.join_next().await {
            done.map_err(|_| BenchError::Silent)??;
        }
        Ok(count as f64 / began.elapsed().as_secs_f64())
    }

    /// Posts at a steady rate whatever the answers do. Returns how long each took, in order of length, milliseconds.
    async fn steady(&self, rate: usize, seconds: usize) -> Result<Vec<f64>, BenchError> {
        let mut ticks = tokio::time::interval(Duration::from_micros(1_000_000 / rate as u64));
        let mut all = JoinSet::new();
        for number in 0..rate * seconds {
            ticks.tick().await;
            let provider = self.clone();
            all.spawn(async move {
                let began = Instant::now();
                let taken = provider.post(&format!("steady-{number}"), &data::number_of(number), "4 days").await?;
                if taken { Ok(began.elapsed().as_secs_f64() * 1e3) } else { Err(BenchError::Silent) }
            });
        }
        let mut times = Vec::new();
        while let Some(done) = all.join_next().await {
            times.push(done.map_err(|_| BenchError::Silent)??);
        }
        times.sort_by(f64::total_cmp);
        Ok(times)
    }
}

fn percentile(sorted: &[f64], share: f64) -> f64 {
    let place = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(place.saturating_sub(1)).copied().unwrap_or_default()
}

/// A webhook from its first byte to the 2xx that says it is stored.
pub async fn webhook(database: Option<&str>) -> Result<Vec<Figure>, BenchError> {
    const COUNT: usize = 20_000;
    const CLIENTS: usize = 64;
    let lab = Lab::open(database).await?;
    let mut server =
        lab.start(None, &["bench", "inbound", "--database", &lab.url, "--port", "0", "--secret", SECRET])?;
    let port = server.line()?.rsplit(' ').next().and_then(|port| port.parse::<u16>().ok()).ok_or(BenchError::Silent)?;
    crate::gateways::install_tls_provider();
    let provider = Provider::new(format!("http://127.0.0.1:{port}/hook"), false)?;
    provider.flood(500, CLIENTS, "warm").await?;
    let cpu = async || -> Result<f64, BenchError> {
        Ok(usage::cpu_seconds(server.pid()).unwrap_or_default() + lab.server_cpu().await?.unwrap_or_default())
    };
    let before = cpu().await?;
    let rate = provider.flood(COUNT, CLIENTS, "flood").await?;
    let cpu_us = (cpu().await? - before) / COUNT as f64 * 1e6;
    let times = provider.steady(1_000, 10).await?;
    server.kill()?;
    // Nothing lost, nothing doubled.
    let wanted = (COUNT + 500 + 10_000) as u64;
    let (stored, _) = crate::store::inbox::backlog(&lab.db).await?;
    if stored as u64 != wanted {
        return Err(BenchError::NotOnce { wanted, ids: stored as u64, calls: wanted });
    }
    // The floor: the same clients, each committing one row at a time.
    let engine = Arc::new(lab.engine(&settings("http://127.0.0.1:1/messages", 1e6, 64, false)).await?);
    let singles = single_commits(&engine, COUNT / 4, CLIENTS).await?;
    drop(engine);
    lab.close().await?;
    Ok(vec![
        Figure {
            name: "inbound webhook to 2xx, durable: CPU",
            value: cpu_us,
            unit: "µs",
            must: Some(Goal::AtMost(90.0)),
            ambition: Some(Goal::AtMost(60.0)),
            note: "the program and the database server; the clients not counted".to_owned(),
        },
        Figure {
            name: "inbound webhook to 2xx: p99 at 1,000/s",
            value: percentile(&times, 0.99),
            unit: "ms",
            must: Some(Goal::AtMost(10.0)),
            ambition: Some(Goal::AtMost(2.0)),
            note: format!("median {:.2} ms", percentile(&times, 0.5)),
        },
        Figure {
            name: "inbound webhooks against single-row commits",
            value: rate / singles,
            unit: "times",
            must: Some(Goal::AtLeast(1.0)),
            ambition: Some(Goal::AtLeast(2.0)),
            note: format!(
                "{rate:.0}/s against {singles:.0}/s, {CLIENTS} clients; {COUNT} texts, none lost, none doubled"
            ),
        },
    ])
}

async fn single_commits(engine: &Arc<Engine>, count: usize, clients: usize) -> Result<f64, BenchError> {
    let began = Instant::now();
    let mut all = JoinSet::new();
    for client in 0..clients {
        let engine = Arc::clone(engine);
        all.spawn(async move {
            for number in (client..count).step_by(clients) {
                let text = Inbound {
                    gateway: "bench".to_owned(),
                    provider_reference: format!("single-{number}"),
                    channel: "sms".to_owned(),
                    from: data::number_of(number),
                    token: None,
                    subject: None,
                    text: "4 days".to_owned(),
                };
                receive(&engine, &[text]).await?;
            }
            Ok::<_, BenchError>(())
        });
    }
    while let Some(done) = all.join_next().await {
        done.map_err(|_| BenchError::Silent)??;
    }
    Ok(count as f64 / began.elapsed().as_secs_f64())
}

/// From the webhook of a STOP to the call that confirms it, while a clinic's worth of reminders waits.
pub async fn stop(database: Option<&str>) -> Result<Vec<Figure>, BenchError> {
    const BULK: usize = 100_000;
    const STOPS: usize = 300;
    let lab = Lab::open(database).await?;
    let sink = SinkProcess::start(&lab, Duration::ZERO)?;
    data::due_messages(&lab.db, &lab.clock, 0..BULK, "sms").await?;
    data::people(&lab.db, BULK..BULK + STOPS, lab.clock.now_ms(), "sms", |_| None).await?;
    scratch::analyze(&lab.db).await?;
    let url = format!("{}/messages", sink.http);
    let (server, port) = serve_all(&lab, &settings(&url, 50.0, 64, false)).await?;
    let provider = Provider::new(format!("http://127.0.0.1:{port}/webhooks/bench"), true)?;
    // Until the bulk is under way.
    while sink.counts().await?.calls < 100 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let mut ticks = tokio::time::interval(Duration::from_millis(50));
    let mut sent = Vec::new();
    for number in BULK..BULK + STOPS {
        ticks.tick().await;
        let from = data::number_of(number);
        let at = lab.clock.now_ms();
        if !provider.post(&format!("stop-{number}"), &from, "STOP").await? {
            return Err(BenchError::Silent);
        }
        sent.push((from, at));
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let mut times = Vec::new();
    for (from, at) in &sent {
        if let Some(answered) = sink.first_to(from).await? {
            times.push((answered - at) as f64);
        }
    }
    times.sort_by(f64::total_cmp);
    drop(server);
    lab.close().await?;
    if times.len() != STOPS {
        return Err(BenchError::NotOnce { wanted: STOPS as u64, ids: times.len() as u64, calls: times.len() as u64 });
    }
    Ok(vec![Figure {
        name: "STOP, webhook in to gateway called, 100,000 waiting: p99",
        value: percentile(&times, 0.99),
        unit: "ms",
        must: Some(Goal::AtMost(200.0)),
        ambition: Some(Goal::AtMost(50.0)),
        note: format!("median {:.1} ms, longest {:.1} ms of {STOPS}", percentile(&times, 0.5), percentile(&times, 1.0)),
    }])
}

/// The program as a practice runs it, ready.
async fn serve_all(lab: &Lab, settings: &str) -> Result<(Process, u16), BenchError> {
    let port = TcpListener::bind("127.0.0.1:0").await?.local_addr()?.port();
    let server = lab.start(Some(settings), &["serve", "--listen", &format!("127.0.0.1:{port}")])?;
    crate::gateways::install_tls_provider();
    let client = reqwest::Client::builder().no_proxy().build()?;
    for _ in 0..10_000 {
        let ready = client.get(format!("http://127.0.0.1:{port}/ready")).send().await;
        if ready.is_ok_and(|answer| answer.status().is_success()) {
            return Ok((server, port));
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Err(BenchError::Silent)
}

/// `serve` when nothing happens.
pub async fn rest(database: Option<&str>) -> Result<Vec<Figure>, BenchError> {
    const SECONDS: u64 = 15;
    let lab = Lab::open(database).await?;
    data::practice(&lab.db, lab.clock.now_ms()).await?;
    let began = Instant::now();
    let (server, _) = serve_all(&lab, &settings("http://127.0.0.1:1/messages", 50.0, 64, false)).await?;
    let start = began.elapsed().as_secs_f64() * 1e3;
    tokio::time::sleep(Duration::from_secs(5)).await;
    let before = usage::cpu_seconds(server.pid()).unwrap_or_default();
    tokio::time::sleep(Duration::from_secs(SECONDS)).await;
    let cpu = (usage::cpu_seconds(server.pid()).unwrap_or_default() - before) / SECONDS as f64 * 100.0;
    let (_, memory) = usage::memory_mib(server.pid()).unwrap_or_default();
    drop(server);
    lab.close().await?;
    let figure = |name, value, unit, most| Figure {
        name,
        value,
        unit,
        must: Some(Goal::AtMost(most)),
        ambition: None,
        note: String::new(),
    };
    Ok(vec![
        figure("serve at rest: memory", memory, "MiB", 40.0),
        figure("serve: start to ready", start, "ms", 300.0),
        figure("serve at rest: CPU", cpu, "% of a core", 1.0),
    ])
}

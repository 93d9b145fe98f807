//! What planning costs: by the rows that are due, not by the people on the list.

use super::lab::{Lab, settings};
use super::{BenchError, Figure, Goal, data, usage};
use crate::clock::Clock;
use crate::outreach::Engine;
use crate::store::scratch;
use std::time::Instant;

/// How many people have a step coming up within the time planned ahead.
const DUE: usize = 20_000;
/// Monday 4 January 2027, 10:00 UTC; the programme asks for readings on Tuesdays at half past nine.
const MONDAY_MS: i64 = 1_799_056_800_000;

/// Planning with 100,000 people, then with ten times as many.
pub async fn measure(database: Option<&str>) -> Result<Vec<Figure>, BenchError> {
    let mut lab = Lab::open(database).await?;
    lab.clock = Clock::manual(crate::clock::instant(MONDAY_MS));
    let engine = lab.engine(&settings("http://127.0.0.1:1/messages", 1e6, 64, false)).await?;
    data::practice(&lab.db, MONDAY_MS).await?;
    let small = tick(&lab, &engine, 0..100_000).await?;
    let large = tick(&lab, &engine, 100_000..1_000_000).await?;
    let idle = idle(&engine).await?;
    lab.close().await?;
    let (must, ambition) = if database.is_some() { (60.0, 40.0) } else { (25.0, 15.0) };
    Ok(vec![
        Figure {
            name: "planning, 1,000,000 people: CPU a due row",
            value: large.cpu_us,
            unit: "µs",
            must: Some(Goal::AtMost(must)),
            ambition: Some(Goal::AtMost(ambition)),
            note: format!("{DUE} due rows in {:.2} s", large.seconds),
        },
        Figure {
            name: "planning, 1,000,000 people: idle tick",
            value: idle,
            unit: "ms",
            must: Some(Goal::AtMost(5.0)),
            ambition: None,
            note: String::new(),
        },
        Figure {
            name: "planning, tick at 1,000,000 against 100,000",
            value: large.seconds / small.seconds,
            unit: "times",
            must: Some(Goal::AtMost(1.5)),
            ambition: None,
            note: format!("{:.2} s and {:.2} s for {DUE} due rows each", large.seconds, small.seconds),
        },
    ])
}

struct Tick {
    seconds: f64,
    cpu_us: f64,
}

/// Adds these people, of whom the last have a step coming up, and plans.
async fn tick(lab: &Lab, engine: &Engine, people: std::ops::Range<usize>) -> Result<Tick, BenchError> {
    const DAY_MS: i64 = 86_400_000;
    let monday = lab.clock.now_ms();
    let due_from = people.end - DUE;
    let started = monday - 30 * DAY_MS;
    let tuesday = monday + DAY_MS - 30 * 60_000;
    data::enrolled(&lab.db, people, started, |n| Some(if n >= due_from { tuesday } else { monday + 365 * DAY_MS }))
        .await?;
    scratch::analyze(&lab.db).await?;
    let pid = std::process::id();
    let cpu = async || -> Result<f64, BenchError> {
        Ok(usage::cpu_seconds(pid).unwrap_or_default() + lab.server_cpu().await?.unwrap_or_default())
    };
    let before = cpu().await?;
    let began = Instant::now();
    let planned = engine.plan().await?;
    let seconds = began.elapsed().as_secs_f64();
    let cpu_us = (cpu().await? - before) / DUE as f64 * 1e6;
    let wanted = DUE as u64;
    if planned.new != wanted {
        return Err(BenchError::NotOnce { wanted, ids: planned.new, calls: planned.looked_at as u64 });
    }
    Ok(Tick { seconds, cpu_us })
}

/// The middle one of many ticks at which nothing is due, in milliseconds.
async fn idle(engine: &Engine) -> Result<f64, BenchError> {
    let mut times = Vec::new();
    for _ in 0..101 {
        let began = Instant::now();
        engine.plan().await?;
        times.push(began.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    Ok(times.get(50).copied().unwrap_or_default())
}

//! `between gateways`: how they stand, what was exchanged with them, a test through one, and a rise that is right.

use super::args::GatewaysCommand;
use super::{App, actor, audit_event, output};
use crate::domain::delivery::{BreakerState, Channel};
use crate::outreach::{Engine, Standing, Step, TryOut};
use crate::store::{exchanges, ledger};
use anyhow::{Result, bail};
use output::say;
use std::process::ExitCode;
use std::time::Duration;

pub(super) async fn run(app: &App, command: GatewaysCommand) -> Result<ExitCode> {
    match command {
        GatewaysCommand::Status => status(app).await,
        GatewaysCommand::Log { message } => log(app, &message).await,
        GatewaysCommand::Test { name, to, wait } => test(app, &name, &to, wait).await,
        GatewaysCommand::Release => release(app).await,
    }
}

async fn status(app: &App) -> Result<ExitCode> {
    let engine = app.engine().await?;
    let (standings, queue) = (engine.standings().await?, engine.queue().await?);
    if app.json {
        output::json(&serde_json::json!({ "queue": queue, "gateways": standings }))?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows: Vec<Vec<String>> = standings.iter().map(|standing| cells(&engine, standing)).collect();
    let head = ["gateway", "carries", "share", "a minute", "last 15 min", "failed", "slow", "waiting", "state"];
    output::table(&head, &rows, "There is no gateway: put one under [gateways.NAME] in your settings");
    for why in standings.iter().filter_map(|standing| standing.why.as_ref()) {
        say!("{why}");
    }
    match queue.due {
        0 => say!("Nothing waits."),
        due => say!("{due} due, the oldest for {} s.", queue.oldest_seconds),
    }
    Ok(ExitCode::SUCCESS)
}

fn cells(engine: &Engine, standing: &Standing) -> Vec<String> {
    let at = |ms: Option<i64>| ms.map_or_else(String::new, |ms| output::moment(ms, engine.config.practice.zone));
    let state = match standing.breaker {
        BreakerState::Closed => "used".to_owned(),
        BreakerState::Open => {
            format!("rests since {}, tried again {}", at(standing.since), at(standing.tried_again_at))
        }
        BreakerState::HalfOpen => format!("is tried; rests since {}", at(standing.since)),
    };
    vec![
        standing.gateway.clone(),
        standing.channels.iter().map(|c| c.as_str()).collect::<Vec<_>>().join(", "),
        format!("{}%", standing.share_percent),
        format!("{} of {}", standing.last_minute, standing.most_a_minute),
        standing.sent.to_string(),
        standing.failed.to_string(),
        standing.slow.to_string(),
        match standing.waiting {
            0 => "0".to_owned(),
            waiting => format!("{waiting}, {} s", standing.oldest_seconds),
        },
        state,
    ]
}

async fn test(app: &App, name: &str, to: &str, wait: u64) -> Result<ExitCode> {
    let engine = app.engine().await?;
    let practice_id = app.practice_id(&engine).await?;
    let test = engine.begin_try(&practice_id, name, to, &actor()).await?;
    step(app, "sending", &test.message_id)?;
    let (first, exchanged) = engine.send_try(&test).await?;
    if !app.json {
        for exchange in &exchanged {
            show(&exchange.request, exchange.status.map(i64::from), &exchange.answer);
        }
    }
    let last = match first {
        Step::Taken(_) | Step::Unknown(_) => follow(app, &engine, &test, first, Duration::from_secs(wait)).await?,
        other => other,
    };
    let words = say_step(app, &last, &test)?;
    // A mail server tells no more than that it took the mail.
    let silent = matches!(last, Step::Taken(_)) && !tells_more(&test);
    if last == Step::Delivered || silent {
        return Ok(ExitCode::SUCCESS);
    }
    bail!("{words}: between gateways log {}", test.message_id)
}

/// Whether the gateway can tell more than that it took the message.
fn tells_more(test: &TryOut) -> bool {
    let policy = test.gateway.policy();
    policy.can_be_asked || policy.channels.contains(&Channel::Sms)
}

/// Waits for the receipt, and asks the gateway now and then where it can be asked.
async fn follow(app: &App, engine: &Engine, test: &TryOut, first: Step, wait: Duration) -> Result<Step> {
    const LOOK_EVERY: Duration = Duration::from_secs(1);
    const ASK_EVERY: u64 = 5;
    say_step(app, &first, test)?;
    if !tells_more(test) {
        return Ok(first);
    }
    let deadline = tokio::time::Instant::now() + wait;
    let mut looks = 0_u64;
    loop {
        match engine.follow_try(test, looks.is_multiple_of(ASK_EVERY)).await? {
            Step::Waiting if tokio::time::Instant::now() < deadline => {}
            Step::Waiting => return Ok(first),
            found => return Ok(found),
        }
        looks += 1;
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn say_step(app: &App, last: &Step, test: &TryOut) -> Result<String> {
    let (word, words) = match last {
        Step::Taken(id) => {
            ("taken", format!("taken by the gateway{}", id.as_ref().map_or_else(String::new, |id| format!(" as {id}"))))
        }
        Step::Refused(code) => ("refused", format!("refused ({code})")),
        Step::Unknown(code) => ("unknown", format!("no proof that it was taken ({code})")),
        Step::Delivered => ("delivered", "delivered".to_owned()),
        Step::NotDelivered(code) => ("not_delivered", format!("not delivered ({code})")),
        Step::Waiting => ("waiting", "no receipt".to_owned()),
    };
    if app.json {
        step(app, word, &test.message_id)?;
    } else {
        say!("{words}");
    }
    Ok(words)
}

fn step(app: &App, word: &str, message: &str) -> Result<()> {
    if app.json {
        output::json(&serde_json::json!({ "step": word, "message": message }))?;
    } else if word == "sending" {
        say!("sending a test, message {message}");
    }
    Ok(())
}

async fn release(app: &App) -> Result<ExitCode> {
    let engine = app.engine().await?;
    let practice_id = app.practice_id(&engine).await?;
    let Some(rise) = engine.rise(&practice_id).await?.filter(|rise| rise.stopped()) else {
        bail!("nothing of practice {practice_id} is held for a sudden rise today");
    };
    let mut tx = engine.db.begin().await?;
    let woken = engine.release_rise(&mut tx, &practice_id).await?;
    let detail = serde_json::json!({ "sent": rise.sent, "limit": rise.limit });
    audit_event(&engine, &mut tx, "sudden_rise_released", &practice_id, ("practice", &practice_id), detail).await?;
    tx.commit().await?;
    output::done(app.json, &format!("Today's messages go on, however many they are: {woken} were held."));
    Ok(ExitCode::SUCCESS)
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
        show(&row.request, row.status, &row.answer);
    }
    Ok(ExitCode::SUCCESS)
}

fn show(request: &str, status: Option<i64>, answer: &str) {
    say!("  > {request}");
    say!("  < {}{answer}", status.map_or_else(String::new, |status| format!("{status} ")));
}

//! `between practice`: add, show, hold and allow sending, prove the alert route.

use super::args::PracticeCommand;
use super::{App, actor, audit_event, output};
use crate::domain::decision::route_is_proven;
use crate::domain::programme::Programme;
use crate::domain::reason::Reason;
use crate::outreach::{Engine, alerts, enqueue};
use crate::store::alerts::RouteTestRow;
use crate::store::practices::PracticeRow;
use crate::store::programmes::ProgrammeRow;
use crate::store::{self, practices};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::ExitCode;

pub(super) async fn run(app: &App, command: PracticeCommand) -> Result<ExitCode> {
    let engine = app.engine().await?;
    match command {
        PracticeCommand::Add { id, name, ods, settings } => {
            add(app, &engine, &id, &name, ods, settings.as_deref()).await
        }
        PracticeCommand::Show => show(app, &engine).await,
        PracticeCommand::AllowSending => set_sending(app, &engine, true).await,
        PracticeCommand::HoldSending => set_sending(app, &engine, false).await,
        PracticeCommand::TestRoute => test_route(app, &engine).await,
        PracticeCommand::AcknowledgeRoute { code } => acknowledge(app, &engine, &code).await,
        PracticeCommand::Programme { file } => programme(app, &engine, &file).await,
    }
}

async fn add(
    app: &App,
    engine: &Engine,
    id: &str,
    name: &str,
    ods: Option<String>,
    settings: Option<&Path>,
) -> Result<ExitCode> {
    if id.is_empty() || !id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
        bail!("the short name \"{id}\" may have lower-case letters, digits and hyphens only");
    }
    let own = match settings {
        None => "{}".to_owned(),
        Some(file) => {
            let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
            let table: toml::Table = text.parse().with_context(|| file.display().to_string())?;
            serde_json::to_string(&table)?
        }
    };
    let merged = engine.config.practice_settings(&own).map_err(|fault| anyhow::anyhow!("settings: {fault}"))?;
    let mut faults = merged.faults();
    faults.extend(engine.gateways.faults_of_order(&merged.sms_gateways));
    if !faults.is_empty() {
        bail!("settings: {}", faults.join("; "));
    }
    let now = engine.clock.now_ms();
    let known = practices::all(&engine.db).await?.into_iter().any(|p| p.id == id);
    let row = PracticeRow {
        id: id.to_owned(),
        name: name.to_owned(),
        ods_code: ods,
        settings: own,
        sending_allowed_at: Some(now),
        created_at: now,
        updated_at: now,
    };
    let mut tx = engine.db.begin().await?;
    practices::upsert(&mut tx, &row).await?;
    // A limit that was raised lets go what it held.
    engine.wake_held(&mut tx, id, Reason::SpendCap).await?;
    audit_event(
        engine,
        &mut tx,
        if known { "practice_changed" } else { "practice_added" },
        id,
        ("practice", id),
        serde_json::json!({}),
    )
    .await?;
    tx.commit().await?;
    let words = if known {
        format!("Practice {id} was changed.")
    } else {
        format!("Practice {id} was added. Next: between import PATIENTS.csv")
    };
    output::done(app.json, &words);
    Ok(ExitCode::SUCCESS)
}

async fn show(app: &App, engine: &Engine) -> Result<ExitCode> {
    let now = engine.clock.now_ms();
    let practices = engine.practices().await?;
    let mut rows = Vec::new();
    for state in practices.iter() {
        let p = &state.practice;
        let feed = |kind: &str| match p.feeds.get(kind) {
            Some(at) => output::moment(*at, p.settings.zone),
            None => "never".to_owned(),
        };
        let sending = if p.sending_allowed_at.is_none() { "held: between practice allow-sending" } else { "allowed" };
        let route = if route_is_proven(p, now) { "proven" } else { "not proven" };
        if app.json {
            output::json(&serde_json::json!({
                "id": p.id, "name": p.name, "sending": p.sending_allowed_at.is_some(), "feeds": p.feeds,
                "alert_route_proven": route_is_proven(p, now), "settings": p.settings,
                "programmes": state.programmes.iter().map(|p| &p.name).collect::<Vec<_>>(),
            }))?;
        }
        rows.push(vec![
            p.id.clone(),
            p.name.clone(),
            sending.to_owned(),
            route.to_owned(),
            feed("patients"),
            feed("appointments"),
        ]);
    }
    if !app.json {
        let head = ["id", "name", "sending", "alert route", "patients as of", "appointments as of"];
        output::table(&head, &rows, "There is no practice yet: between practice add ID --name \"Name of the surgery\"");
    }
    Ok(ExitCode::SUCCESS)
}

async fn set_sending(app: &App, engine: &Engine, allow: bool) -> Result<ExitCode> {
    let id = app.practice_id(engine).await?;
    let mut tx = engine.db.begin().await?;
    practices::set_sending_allowed(&mut tx, &id, allow.then(|| engine.clock.now_ms())).await?;
    if allow {
        engine.wake_held(&mut tx, &id, Reason::SendingOff).await?;
    }
    let action = if allow { "sending_allowed" } else { "sending_held" };
    audit_event(engine, &mut tx, action, &id, ("practice", &id), serde_json::json!({})).await?;
    tx.commit().await?;
    let words = if allow {
        "Planned messages go out again. What became useless in the meantime is skipped, with its reason."
    } else {
        "Planned messages are held. Answers to STOP and danger still go."
    };
    output::done(app.json, words);
    Ok(ExitCode::SUCCESS)
}

/// The code is short: it is typed by a person who has just received it.
async fn test_route(app: &App, engine: &Engine) -> Result<ExitCode> {
    let id = app.practice_id(engine).await?;
    let practices = engine.practices().await?;
    let Some(state) = practices.get(&id) else { bail!("there is no practice {id}") };
    let route = state.practice.settings.alerts.route.clone();
    if route.is_empty() {
        bail!(
            "no alert route is set: put route = \"…\" under [alerts] in the practice's settings (between practice add {id} --settings FILE)"
        );
    }
    let now = engine.clock.now_ms();
    let code = format!("{:06}", rand::random_range(0..1_000_000_u32));
    let row = RouteTestRow {
        id: engine.clock.id(),
        practice_id: id.clone(),
        route: route.clone(),
        code: code.clone(),
        sent_at: now,
        acknowledged_at: None,
        acknowledged_by: None,
    };
    let send = alerts::to_staff(
        &state.practice,
        &route,
        "route_test",
        &format!("route_test:{}", row.id),
        &[("code", code)],
        now,
    );
    let mut tx = engine.db.begin().await?;
    store::alerts::add_route_test(&mut tx, &row).await?;
    enqueue(&mut tx, &engine.clock, vec![send]).await?;
    audit_event(engine, &mut tx, "alert_route_tested", &id, ("alert_route_test", &row.id), serde_json::json!({}))
        .await?;
    tx.commit().await?;
    engine.send_due().await?;
    output::done(
        app.json,
        "A test was sent along the alert route. Acknowledge it: between practice acknowledge-route CODE",
    );
    Ok(ExitCode::SUCCESS)
}

async fn acknowledge(app: &App, engine: &Engine, code: &str) -> Result<ExitCode> {
    let id = app.practice_id(engine).await?;
    let mut tx = engine.db.begin().await?;
    if !store::alerts::acknowledge_route_test(&mut tx, &id, code.trim(), &actor(), engine.clock.now_ms()).await? {
        bail!("no test of the alert route waits for the code {code}: between practice test-route sends a new one");
    }
    audit_event(engine, &mut tx, "alert_route_acknowledged", &id, ("practice", &id), serde_json::json!({})).await?;
    tx.commit().await?;
    output::done(app.json, "The alert route is proven.");
    Ok(ExitCode::SUCCESS)
}

async fn programme(app: &App, engine: &Engine, file: &Path) -> Result<ExitCode> {
    let id = app.practice_id(engine).await?;
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let programme = Programme::from_toml(&text).map_err(|fault| anyhow::anyhow!("{}: {fault}", file.display()))?;
    let missing: Vec<&str> = programme
        .steps
        .iter()
        .map(|step| step.template.as_str())
        .filter(|template| engine.catalogue.best(&engine.config.practice.language, template).is_none())
        .collect();
    if !missing.is_empty() {
        bail!("there is no wording for {}: add it to your messages folder first", missing.join(", "));
    }
    let now = engine.clock.now_ms();
    let row = ProgrammeRow {
        id: engine.clock.id(),
        practice_id: id.clone(),
        name: programme.name.clone(),
        definition: text,
        version: 1,
        updated_at: now,
    };
    let mut tx = engine.db.begin().await?;
    store::programmes::upsert(&mut tx, &row).await?;
    audit_event(engine, &mut tx, "programme_saved", &id, ("programme", &programme.name), serde_json::json!({})).await?;
    tx.commit().await?;
    output::done(
        app.json,
        &format!("Programme {} was saved. It applies to what is planned from now on.", programme.name),
    );
    Ok(ExitCode::SUCCESS)
}

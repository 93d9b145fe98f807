//! `between enrol`: a person into a programme, with consent and its source.

use super::args::EnrolArgs;
use super::{App, actor, audit_event, one_patient, output};
use crate::domain::message::Purpose;
use crate::outreach::Engine;
use crate::store::consents::ConsentRow;
use crate::store::enrolments::EnrolmentRow;
use crate::store::goals::GoalRow;
use crate::store::{self, Tx, appointments, consents, enrolments, goals};
use anyhow::{Result, bail};
use std::process::ExitCode;

pub(super) async fn run(app: &App, args: EnrolArgs) -> Result<ExitCode> {
    let engine = app.engine().await?;
    let practice_id = app.practice_id(&engine).await?;
    let person = one_patient(&engine, &practice_id, &args.patient).await?;
    let practices = engine.practices().await?;
    let Some(state) = practices.get(&practice_id) else { bail!("there is no practice {practice_id}") };
    let Some(programme) = state.programme(&args.programme) else {
        let names: Vec<&str> = state.programmes.iter().map(|p| p.name.as_str()).collect();
        bail!("there is no programme \"{}\"; there are: {}", args.programme, names.join(", "));
    };
    let needs_goal = programme.steps.iter().any(|s| s.purpose == Purpose::Goals);
    let mut tx = engine.db.begin().await?;
    let goal = if needs_goal { Some(goal(&mut tx, &args, &person.id).await?) } else { None };
    if let Some(goal) = &goal {
        goals::upsert(&mut tx, std::slice::from_ref(goal)).await?;
    }
    let now = engine.clock.now_ms();
    let row = EnrolmentRow {
        id: engine.clock.id(),
        practice_id: practice_id.clone(),
        patient_id: person.id.clone(),
        programme: programme.name.clone(),
        goal_id: goal.map(|g| g.id).unwrap_or_default(),
        status: "active".to_owned(),
        source: args.consent_source.clone(),
        started_at: now,
        next_at: Some(now),
        updated_at: now,
        ..EnrolmentRow::default()
    };
    let new = enrolments::enrol(&mut tx, std::slice::from_ref(&row)).await?;
    if new.is_empty() {
        output::done(app.json, "The person is in this programme already: nothing was changed.");
        return Ok(ExitCode::SUCCESS);
    }
    let purposes: std::collections::BTreeSet<Purpose> =
        programme.steps.iter().map(|s| s.purpose).filter(|p| *p != Purpose::Service).collect();
    let said: Vec<ConsentRow> =
        purposes.into_iter().map(|purpose| consent(&engine, &person.id, purpose, &args.consent_source)).collect();
    consents::append(&mut tx, &said).await?;
    appointments::queue_planning(&mut tx, "patient", std::slice::from_ref(&person.id), now).await?;
    let detail = serde_json::json!({ "programme": programme.name });
    audit_event(&engine, &mut tx, "enrolled", &practice_id, ("patient", &person.id), detail).await?;
    tx.commit().await?;
    output::done(
        app.json,
        &format!("Enrolled in {}. See what it plans: between patient show {}", programme.title, person.id),
    );
    Ok(ExitCode::SUCCESS)
}

async fn goal(tx: &mut Tx, args: &EnrolArgs, patient_id: &str) -> Result<GoalRow> {
    let all = store::goals::of_patients(tx, &[patient_id.to_owned()]).await?;
    let active: Vec<GoalRow> = all.into_iter().filter(|g| g.status == "active").collect();
    let mut goal = match (&args.goal, active.as_slice()) {
        (Some(id), goals) => match goals.iter().find(|g| g.id == *id) {
            Some(goal) => goal.clone(),
            None => bail!("the person has no active goal {id}"),
        },
        (None, [only]) => only.clone(),
        (None, []) => bail!("the person has no active goal: import their goals first"),
        (None, several) => {
            let list: Vec<String> = several.iter().map(|g| format!("  {}  {}", g.id, g.words)).collect();
            bail!("the person has several goals: say which with --goal\n{}", list.join("\n"));
        }
    };
    if let Some(label) = &args.label {
        goal.label.clone_from(label);
    }
    if let Some(unit) = &args.unit {
        goal.unit.clone_from(unit);
    }
    goal.target = args.target.or(goal.target);
    Ok(goal)
}

fn consent(engine: &Engine, patient_id: &str, purpose: Purpose, source: &str) -> ConsentRow {
    ConsentRow {
        id: engine.clock.id(),
        patient_id: patient_id.to_owned(),
        channel: "any".to_owned(),
        purpose: purpose.to_string(),
        decision: "granted".to_owned(),
        source: source.to_owned(),
        actor: actor(),
        message_id: None,
        at: engine.clock.now_ms(),
    }
}

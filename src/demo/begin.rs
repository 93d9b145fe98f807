//! What the practice's people do on the first morning: release results, enrol people who agreed, pause two.

use super::DemoError;
use super::care::Hold;
use super::dice::Dice;
use super::load::Everything;
use super::names::RELEASES;
use crate::outreach::Engine;
use crate::store::audit::{self, AuditEventRow};
use crate::store::consents::{self, ConsentRow};
use crate::store::enrolments::{self, EnrolmentRow};
use crate::store::views::person as views;
use crate::store::{Tx, appointments, patients, results};

const DAY_MS: i64 = 86_400_000;

/// On how many mornings people are enrolled: a practice does not ask everybody on one day.
pub(super) const MORNINGS: usize = 5;

/// Who is enrolled in what, and why they may be.
struct Enrolling {
    person: usize,
    programme: &'static str,
    with_goal: bool,
    purposes: &'static [&'static str],
}

/// Releases results and pauses two people. Everything a person at the practice does has an audit event.
pub(super) async fn first_morning(
    engine: &Engine,
    practice_id: &str,
    ids: &[String],
    all: &Everything<'_>,
) -> Result<(), DemoError> {
    release(engine, practice_id, all).await?;
    pause(engine, practice_id, ids, all).await
}

/// Enrols those whose turn it is on this of `mornings` mornings, each with where they agreed.
pub(super) async fn enrol_on(
    engine: &Engine,
    practice_id: &str,
    ids: &[String],
    all: &Everything<'_>,
    (seed, morning, mornings): (u64, usize, usize),
) -> Result<(), DemoError> {
    let mut dice = Dice::new(seed, &format!("enrolments {morning}"));
    let mut wanted = Vec::new();
    for (person, invented) in all.people.iter().enumerate().filter(|(person, _)| person % mornings == morning) {
        let enrol = |programme, with_goal, purposes| Enrolling { person, programme, with_goal, purposes };
        if all.visits.iter().any(|v| v.person == person && v.kind == "annual_review") {
            wanted.push(enrol("annual-review", false, &["results", "agenda"]));
        }
        if invented.goal.is_some() && (person == 0 || dice.percent(80)) {
            wanted.push(enrol("goal", true, &["goals"]));
        }
        // Some agreed to be asked for readings; one in five said nothing, and is then not asked.
        if person > 0 && invented.tags.contains(&"hypertension") && dice.percent(55) {
            wanted.push(enrol("blood-pressure", false, if dice.percent(80) { &["readings"] } else { &[] }));
        }
    }
    enrol(engine, practice_id, ids, &wanted, &mut dice).await
}

async fn release(engine: &Engine, practice_id: &str, all: &Everything<'_>) -> Result<(), DemoError> {
    let now = engine.clock.now_ms();
    let mut tx = engine.db.begin().await?;
    let sources: Vec<String> = (0..all.findings.len()).map(|at| format!("R{at:04}")).collect();
    for row in results::by_sources(&mut tx, practice_id, &sources).await? {
        let at = row.source_id.trim_start_matches('R').parse::<usize>().ok();
        let released = at.and_then(|at| all.findings.get(at)).is_some_and(|f| f.hold == Hold::Released);
        if released && results::set_state(&mut tx, &row.id, &["held"], "released", RELEASES, now).await? {
            note(engine, &mut tx, practice_id, RELEASES, "result_moved", "test_result", &row.id).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

async fn enrol(
    engine: &Engine,
    practice_id: &str,
    ids: &[String],
    wanted: &[Enrolling],
    dice: &mut Dice,
) -> Result<(), DemoError> {
    const SOURCES: [&str; 4] =
        ["said yes at the review", "form signed at the desk", "said yes by phone", "asked for it online"];
    let now = engine.clock.now_ms();
    let mut rows = Vec::new();
    let mut said = Vec::new();
    for wish in wanted {
        let Some(id) = ids.get(wish.person) else {
            continue;
        };
        let goal =
            if wish.with_goal { views::goals(&engine.db, id).await?.first().map(|g| g.id.clone()) } else { None };
        let source = dice.pick(&SOURCES);
        rows.push(EnrolmentRow {
            id: engine.clock.id(),
            practice_id: practice_id.to_owned(),
            patient_id: id.clone(),
            programme: wish.programme.to_owned(),
            goal_id: goal.unwrap_or_default(),
            status: "active".to_owned(),
            source: source.to_owned(),
            started_at: now,
            next_at: (wish.programme != "annual-review").then_some(now),
            updated_at: now,
            ..EnrolmentRow::default()
        });
        said.extend(wish.purposes.iter().map(|purpose| ConsentRow {
            id: engine.clock.id(),
            patient_id: id.clone(),
            channel: "any".to_owned(),
            purpose: (*purpose).to_owned(),
            decision: "granted".to_owned(),
            source: source.to_owned(),
            actor: "reception".to_owned(),
            message_id: None,
            at: now,
        }));
    }
    let mut tx = engine.db.begin().await?;
    enrolments::enrol(&mut tx, &rows).await?;
    consents::append(&mut tx, &said).await?;
    for row in &rows {
        note(engine, &mut tx, practice_id, "reception", "enrolled", "patient", &row.patient_id).await?;
    }
    appointments::queue_planning(&mut tx, "patient", ids, now).await?;
    tx.commit().await?;
    Ok(())
}

async fn pause(engine: &Engine, practice_id: &str, ids: &[String], all: &Everything<'_>) -> Result<(), DemoError> {
    let now = engine.clock.now_ms();
    let takes_part =
        all.people.iter().zip(ids).skip(10).filter(|(p, _)| p.can_take_part() && p.goal.is_some()).map(|(_, id)| id);
    let mut tx = engine.db.begin().await?;
    for (id, (days, reason)) in takes_part.zip([(10, "On holiday, asked for quiet."), (24, "A death in the family.")]) {
        patients::set_pause(&mut tx, id, Some(now + days * DAY_MS), Some(reason), now).await?;
        note(engine, &mut tx, practice_id, "reception", "patient_paused", "patient", id).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn note(
    engine: &Engine,
    tx: &mut Tx,
    practice_id: &str,
    actor: &str,
    action: &str,
    subject: &str,
    id: &str,
) -> Result<(), DemoError> {
    let row = AuditEventRow {
        id: engine.clock.id(),
        at: engine.clock.now_ms(),
        actor: actor.to_owned(),
        action: action.to_owned(),
        practice_id: Some(practice_id.to_owned()),
        subject: subject.to_owned(),
        subject_id: id.to_owned(),
        detail: "{}".to_owned(),
    };
    audit::append(tx, &[row]).await?;
    Ok(())
}

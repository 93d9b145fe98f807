//! People and messages made for a measurement: as many as asked for, each with everything a send looks at.

use super::BenchError;
use crate::clock::Clock;
use crate::domain::message::{Lane, MessageKind, MessageStatus, PastDue, Purpose};
use crate::outreach::StoredFacts;
use crate::store::consents::ConsentRow;
use crate::store::contacts::ContactPointRow;
use crate::store::due::NewDue;
use crate::store::enrolments::EnrolmentRow;
use crate::store::ledger::{AttemptRow, MessageRow};
use crate::store::patients::PatientRow;
use crate::store::practices::PracticeRow;
use crate::store::{Db, consents, contacts, due, enrolments, ledger, patients, practices};
use std::ops::Range;

/// The practice of a measurement.
pub(super) const PRACTICE: &str = "bench";
/// How many rows one transaction takes.
const BATCH: usize = 1_000;
const HOUR_MS: i64 = 3_600_000;

/// The practice, with fresh data, so that nothing is held for being old.
pub(super) async fn practice(db: &Db, now: i64) -> Result<(), BenchError> {
    let row = PracticeRow {
        id: PRACTICE.to_owned(),
        name: "Bench Surgery".to_owned(),
        ods_code: None,
        settings: "{}".to_owned(),
        sending_allowed_at: Some(now),
        created_at: now,
        updated_at: now,
    };
    let mut tx = db.begin().await?;
    practices::upsert(&mut tx, &row).await?;
    for feed in ["patients", "appointments"] {
        practices::feed_refreshed(&mut tx, PRACTICE, feed, now).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Splits `all` into the parts that one transaction takes.
pub(super) fn batches(all: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let end = all.end;
    all.step_by(BATCH).map(move |from| from..(from + BATCH).min(end))
}

fn person(number: usize, now: i64) -> PatientRow {
    PatientRow {
        id: format!("person-{number}"),
        practice_id: PRACTICE.to_owned(),
        family_name: "Bench".to_owned(),
        given_name: "Joan".to_owned(),
        birth_date: Some("1960-02-03".to_owned()),
        language: "en".to_owned(),
        registered: true,
        textable: true,
        needs: "{}".to_owned(),
        created_at: now,
        updated_at: now,
        ..PatientRow::default()
    }
}

/// A number of eleven digits after +44 that no telephone has: a measurement never rings anybody's.
pub(super) fn number_of(person: usize) -> String {
    format!("+4470{person:09}")
}

fn contact(number: usize, now: i64, channel: &str) -> ContactPointRow {
    let address = if channel == "email" { format!("person{number}@bench.example") } else { number_of(number) };
    ContactPointRow {
        id: format!("contact-{number}"),
        practice_id: PRACTICE.to_owned(),
        patient_id: format!("person-{number}"),
        channel: channel.to_owned(),
        address,
        rank: 0,
        status: "active".to_owned(),
        failure_days: "[]".to_owned(),
        updated_at: now,
    }
}

fn enrolment(number: usize, now: i64, next_at: Option<i64>) -> EnrolmentRow {
    EnrolmentRow {
        id: format!("enrolment-{number}"),
        practice_id: PRACTICE.to_owned(),
        patient_id: format!("person-{number}"),
        programme: "blood-pressure".to_owned(),
        status: "active".to_owned(),
        source: "bench".to_owned(),
        started_at: now,
        next_at,
        updated_at: now,
        ..EnrolmentRow::default()
    }
}

fn consent(number: usize, now: i64, channel: &str) -> ConsentRow {
    ConsentRow {
        id: format!("consent-{number}"),
        patient_id: format!("person-{number}"),
        channel: channel.to_owned(),
        purpose: Purpose::Readings.to_string(),
        decision: "granted".to_owned(),
        source: "bench".to_owned(),
        actor: "bench".to_owned(),
        message_id: None,
        at: now,
    }
}

/// People of whom planning looks at no more than who they are and where they stand in their programme.
pub(super) async fn enrolled(
    db: &Db,
    numbers: Range<usize>,
    started: i64,
    next_at: impl Fn(usize) -> Option<i64>,
) -> Result<(), BenchError> {
    for part in batches(numbers) {
        let mut tx = db.begin().await?;
        patients::upsert(&mut tx, &part.clone().map(|n| person(n, started)).collect::<Vec<_>>()).await?;
        let rows: Vec<_> = part.map(|n| enrolment(n, started, next_at(n))).collect();
        enrolments::enrol(&mut tx, &rows).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// People, each with a number or address, consent to readings, and a programme whose next step is at `next_at`.
pub(super) async fn people(
    db: &Db,
    numbers: Range<usize>,
    now: i64,
    channel: &str,
    next_at: impl Fn(usize) -> Option<i64>,
) -> Result<(), BenchError> {
    for part in batches(numbers) {
        let mut tx = db.begin().await?;
        patients::upsert(&mut tx, &part.clone().map(|n| person(n, now)).collect::<Vec<_>>()).await?;
        contacts::upsert(&mut tx, &part.clone().map(|n| contact(n, now, channel)).collect::<Vec<_>>()).await?;
        consents::append(&mut tx, &part.clone().map(|n| consent(n, now, channel)).collect::<Vec<_>>()).await?;
        let rows: Vec<_> = part.map(|n| enrolment(n, now, next_at(n))).collect();
        enrolments::enrol(&mut tx, &rows).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// A ledger row that is due: a text under its programme's purpose, so that consent, window, cap and rendering all apply. It asks
/// nothing, as a bare queue asks nothing.
fn message(number: usize, now: i64) -> MessageRow {
    let mut facts = StoredFacts::default();
    facts.values.insert("about".to_owned(), "your blood pressure".to_owned());
    facts.values.insert("per_week".to_owned(), "4".to_owned());
    MessageRow {
        id: number.to_string(),
        practice_id: PRACTICE.to_owned(),
        patient_id: Some(format!("person-{number}")),
        direction: "out".to_owned(),
        kind: MessageKind::Welcome.to_string(),
        template: "welcome".to_owned(),
        purpose: Purpose::Readings.to_string(),
        anchor: format!("bench-{number}"),
        step: "bench".to_owned(),
        status: MessageStatus::Planned.to_string(),
        facts: serde_json::to_string(&facts).unwrap_or_default(),
        due_at: now,
        expires_at: Some(now + 48 * HOUR_MS),
        priority: 50,
        past_due: PastDue::Send.to_string(),
        enrolment_id: Some(format!("enrolment-{number}")),
        created_at: now,
        updated_at: now,
        ..MessageRow::default()
    }
}

/// Messages that are due now, ids as given; with them the people they go to.
pub(super) async fn due_messages(
    db: &Db,
    clock: &Clock,
    numbers: Range<usize>,
    channel: &str,
) -> Result<usize, BenchError> {
    let now = clock.now_ms();
    practice(db, now).await?;
    people(db, numbers.clone(), now, channel, |_| None).await?;
    let mut made = 0;
    for part in batches(numbers) {
        let rows: Vec<_> = part.map(|n| message(n, now)).collect();
        let mut tx = db.begin().await?;
        let new = ledger::insert(&mut tx, &rows).await?;
        let waiting: Vec<_> =
            new.iter().map(|id| NewDue { message_id: id.clone(), lane: Lane::Planned.number(), due_at: now }).collect();
        due::insert(&mut tx, &waiting).await?;
        tx.commit().await?;
        made += new.len();
    }
    Ok(made)
}

/// The floor of the database: the rows that a message leaves behind (itself, its wait, its try), inserted in batches of 1,000.
/// The people must be there. Returns rows of messages a second.
pub(super) async fn insert_floor(db: &Db, numbers: Range<usize>, now: i64, body: &str) -> Result<f64, BenchError> {
    let count = numbers.len();
    let began = std::time::Instant::now();
    for part in batches(numbers) {
        let rows: Vec<_> = part
            .clone()
            .map(|n| MessageRow { id: format!("floor-{n}"), anchor: format!("floor-{n}"), ..message(n, now) })
            .collect();
        let waiting: Vec<_> = rows
            .iter()
            .map(|row| NewDue {
                message_id: row.id.clone(),
                lane: Lane::Planned.number(),
                due_at: now + 1_000 * HOUR_MS,
            })
            .collect();
        let tries: Vec<_> = part
            .map(|n| AttemptRow {
                message_id: format!("floor-{n}"),
                number: 1,
                gateway: "bench".to_owned(),
                channel: "sms".to_owned(),
                address: number_of(n),
                body: body.to_owned(),
                template_version: "en/welcome/1".to_owned(),
                language: "en".to_owned(),
                segments: 1,
                lease: 1,
                started_at: now,
                ..AttemptRow::default()
            })
            .collect();
        let mut tx = db.begin().await?;
        ledger::insert(&mut tx, &rows).await?;
        due::insert(&mut tx, &waiting).await?;
        ledger::insert_attempts(&mut tx, &tries).await?;
        tx.commit().await?;
    }
    Ok(count as f64 / began.elapsed().as_secs_f64())
}

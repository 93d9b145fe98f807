//! A year in the life of a practice (F11): the promises of sending, checked on every row of the ledger.

use crate::app::full_size;
use between::clock::instant;
use between::demo::{Demo, Options, advance};
use between::intake::{Inbound, receive};
use between::outreach::{Engine, Practices};
use between::store::Db;
use chrono::{TimeZone, Utc};
use sqlx::FromRow;

#[derive(Debug, FromRow)]
struct Row {
    id: String,
    patient_id: Option<String>,
    kind: String,
    template: String,
    status: String,
    reason: String,
    due_at: i64,
}

/// A try that the gateway took.
#[derive(Debug, FromRow)]
struct Sent {
    message_id: String,
    patient_id: Option<String>,
    template: String,
    lane_planned: bool,
    channel: String,
    started_at: i64,
}

async fn rows<T>(db: &Db, sql: &'static str) -> Vec<T>
where
    T: for<'r> FromRow<'r, sqlx::sqlite::SqliteRow> + Send + Unpin,
{
    let Db::Sqlite { write, .. } = db else { panic!("the demo runs on SQLite") };
    sqlx::query_as(sql).fetch_all(write).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f11_a_year_accounts_for_every_message_and_keeps_every_promise() {
    // Both days of the summer-time change, Easter, August and Christmas lie in the year; in small a quarter with one change.
    let (people, days) = if full_size() { (200, 365) } else { (25, 100) };
    let start = Utc.with_ymd_and_hms(2027, 1, 4, 8, 30, 0).unwrap();
    let options = Options { seed: 17, people, start, lived_ms: 0, answering: true };
    let demo = Demo::start(&options).await.unwrap();
    let engine = demo.engine();
    let end = start.timestamp_millis() + days * 86_400_000;
    advance(&engine, &demo, start.timestamp_millis() + days * 86_400_000 / 3).await.unwrap();
    some_stop(&engine).await;
    advance(&engine, &demo, end).await.unwrap();
    let all: Vec<Row> = rows(
        &engine.db,
        "SELECT id, patient_id, kind, template, status, reason, due_at FROM message WHERE direction = 'out'",
    )
    .await;
    assert!(all.len() as i64 > people as i64 * days / 20, "a year in which something happens: {}", all.len());
    every_message_is_accounted_for(&all, end);
    let sent: Vec<Sent> = rows(
        &engine.db,
        "SELECT a.message_id, m.patient_id, m.template, m.kind NOT IN ('auto_reply', 'staff_message')
           AS lane_planned, a.channel, a.started_at
         FROM attempt a JOIN message m ON m.id = a.message_id WHERE a.outcome = 'accepted' ORDER BY a.started_at",
    )
    .await;
    assert!(sent.len() > all.len() / 3, "and most of it goes out: {} of {}", sent.len(), all.len());
    nothing_goes_out_twice(&sent);
    nothing_goes_out_at_night(&engine.practices().await.unwrap(), demo.practice_id(), &sent);
    nothing_follows_a_stop(&engine.db, &sent).await;
}

/// Every fifth person who was texted has enough of it, each in their own words.
async fn some_stop(engine: &Engine) {
    let texted: Vec<(String, String)> = rows(
        &engine.db,
        "SELECT DISTINCT gateway, address FROM attempt WHERE channel = 'sms' AND outcome = 'accepted' ORDER BY address",
    )
    .await;
    let words = ["STOP", "stop please", "Unsubscribe", "pls stop these msgs", "stop texting me"];
    let inbound: Vec<Inbound> = texted
        .into_iter()
        .step_by(5)
        .zip(words.into_iter().cycle())
        .map(|((gateway, from), text)| Inbound {
            gateway,
            provider_reference: format!("stop-{from}"),
            channel: "sms".to_owned(),
            from,
            token: None,
            subject: None,
            text: text.to_owned(),
        })
        .collect();
    assert!(inbound.len() > 1, "too few people were texted");
    receive(engine, &inbound).await.unwrap();
}

fn every_message_is_accounted_for(all: &[Row], end: i64) {
    for row in all {
        let over = row.due_at <= end;
        let open = matches!(row.status.as_str(), "planned" | "queued" | "sending");
        assert!(!(over && open), "nobody can say what became of {} {} of {:?}", row.template, row.id, row.patient_id);
        let needs_a_reason =
            matches!(row.status.as_str(), "held" | "skipped" | "cancelled" | "failed" | "undelivered" | "unknown");
        assert!(
            !needs_a_reason || !row.reason.is_empty(),
            "{} {} without a reason ({})",
            row.template,
            row.status,
            row.kind
        );
    }
}

fn nothing_goes_out_twice(sent: &[Sent]) {
    let mut seen = std::collections::BTreeSet::new();
    for try_ in sent {
        assert!(seen.insert(&try_.message_id), "{} went out twice", try_.template);
    }
}

fn nothing_goes_out_at_night(practices: &Practices, practice: &str, sent: &[Sent]) {
    let practice = &practices.get(practice).unwrap().practice;
    let zone = practice.settings.zone;
    for try_ in sent.iter().filter(|t| t.lane_planned) {
        let at = instant(try_.started_at);
        assert!(
            practice.window.contains(at, zone, &practice.holidays),
            "{} went out at {}",
            try_.template,
            at.with_timezone(&zone)
        );
    }
}

/// After a STOP nothing goes to the person on that channel but its confirmation and the answers of safety, until they start
/// again.
async fn nothing_follows_a_stop(db: &Db, sent: &[Sent]) {
    let said: Vec<(String, String, String, i64)> = rows(
        db,
        "SELECT patient_id, channel, decision, at FROM consent WHERE purpose = 'all' AND message_id IS NOT NULL ORDER BY at",
    )
    .await;
    let stops = said.iter().filter(|(_, _, decision, _)| decision == "refused");
    let mut count = 0;
    for (patient, channel, _, at) in stops {
        count += 1;
        let again = said
            .iter()
            .filter(|(p, c, decision, later)| p == patient && c == channel && decision == "granted" && later > at)
            .map(|(_, _, _, later)| *later)
            .min()
            .unwrap_or(i64::MAX);
        for try_ in sent.iter().filter(|t| t.lane_planned && t.patient_id.as_ref() == Some(patient)) {
            let on_it = channel == "any" || *channel == try_.channel;
            assert!(
                !(on_it && try_.started_at > *at && try_.started_at < again),
                "{} went out after STOP",
                try_.template
            );
        }
    }
    assert!(count > 0, "somebody says STOP in that time");
}

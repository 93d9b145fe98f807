//! How each database means to run what the store really sends: captured, not copied.

use super::Store;
use crate::app::On;
use between::store::Db;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, OnceLock};
use tracing::field::{Field, Visit};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

/// Statements (SQLite) and executed plans (PostgreSQL) as the drivers log them.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<String>>>);

struct Fields<'a> {
    wanted: &'a str,
    found: Option<String>,
}

impl Visit for Fields<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == self.wanted {
            self.found = Some(value.to_owned());
        }
    }
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == self.wanted && self.found.is_none() {
            self.found = Some(format!("{value:?}"));
        }
    }
}

impl<S: tracing::Subscriber> Layer<S> for Heard {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let wanted = match event.metadata().target() {
            "sqlx::query" => "db.statement",
            "sqlx::postgres::notice" => "message",
            _ => return,
        };
        let mut fields = Fields { wanted, found: None };
        event.record(&mut fields);
        if let Some(text) = fields.found.filter(|t| !t.trim().is_empty()) {
            self.0.lock().unwrap().push(text);
        }
    }
}

/// What was heard since the last time.
fn heard() -> Vec<String> {
    static HEARD: OnceLock<Heard> = OnceLock::new();
    let heard = HEARD.get_or_init(|| {
        let heard = Heard::default();
        // For the whole process: SQLite logs from the thread of its connection. Each test has a process of its own.
        let subscriber = tracing_subscriber::registry().with(heard.clone());
        tracing::subscriber::set_global_default(subscriber).expect("run with cargo nextest: one process a test");
        heard
    });
    std::mem::take(&mut *heard.0.lock().unwrap())
}

/// Opens the store again so that PostgreSQL tells the plan of everything it runs.
pub async fn telling(store: &Store) -> Db {
    heard();
    match store.on {
        On::Sqlite => store.other_process().await,
        On::Postgres => {
            let joint = if store.url.contains('?') { '&' } else { '?' };
            let url = format!(
                "{}{joint}options[session_preload_libraries]=auto_explain&options[auto_explain.log_min_duration]=0\
                 &options[auto_explain.log_nested_statements]=on&options[client_min_messages]=log",
                store.url
            );
            Db::open(&url).await.unwrap()
        }
    }
}

/// The plans of the statements that were sent since the last time.
pub async fn plans(store: &Store, db: &Db) -> Vec<String> {
    // SQLite logs a statement after its rows were taken: what the same connection answers next comes after that.
    db.ping().await.unwrap();
    let mut heard = heard();
    heard.retain(|text| !text.contains("SELECT CAST(1 AS BIGINT)"));
    let mut plans = Vec::new();
    match &store.db {
        Db::Postgres { .. } => plans.extend(heard.into_iter().filter(|text| text.contains("Query Text:"))),
        Db::Sqlite { write, .. } => {
            let own = |text: &String| !text.trim_start().starts_with("PRAGMA");
            for statement in heard.into_iter().filter(own) {
                let text = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", statement.trim()));
                let rows: Vec<(i64, i64, i64, String)> =
                    sqlx::query_as(text).fetch_all(write).await.unwrap_or_else(|e| panic!("{e}: {statement}"));
                let lines: Vec<String> = rows.into_iter().map(|(_, _, _, line)| line).collect();
                plans.push(format!("Query Text: {}\n{}", statement.trim(), lines.join("\n")));
            }
            super::plan_text::heard();
        }
    }
    plans
}

/// The lines of a plan that read a whole table, or a whole index of it, other than the batch that was given.
pub fn full_scans(on: On, plan: &str) -> Vec<String> {
    // What a statement makes itself: the batch as a relation, and steps named in it.
    const MADE: [&str; 10] = ["jsonb_each", "r", "x", "n", "found", "next", "placed", "CONSTANT", "(subquery", "(join"];
    // Read in order up to a LIMIT, or partial and short: open alerts, held results.
    const SHORT: [&str; 5] =
        ["inbox_turn", "sqlite_autoindex_plan_queue_1", "audit_event_time", "alert_open", "test_result_held"];
    plan.lines()
        .map(str::trim)
        .filter(|line| match on {
            On::Sqlite => {
                let mut words = line.split_whitespace();
                let (verb, name) = (words.next(), words.next().unwrap_or_default());
                match verb {
                    Some("SCAN") => {
                        !MADE.contains(&name) && !name.starts_with("(subquery-") && !words.any(|w| SHORT.contains(&w))
                    }
                    // How it calls reading everything for a MIN or MAX.
                    Some("SEARCH") => !MADE.contains(&name) && words.next().is_none(),
                    _ => false,
                }
            }
            On::Postgres => line.trim_start_matches("-> ").trim_start().starts_with("Seq Scan on "),
        })
        .map(str::to_owned)
        .collect()
}

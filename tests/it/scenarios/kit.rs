//! What scenarios share: reading the ledger as a person would, and breaking one row of the database on purpose.

use crate::app::{On, PRACTICE, TestApp};
use between::domain::message::MessageStatus;
use between::store::views::MessageView;
use between::store::{self, Db};

/// Milliseconds of an RFC 3339 time.
pub fn ms(at: &str) -> i64 {
    at.parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp_millis()
}

/// The wordings that went out to a person, in order.
pub async fn templates(app: &TestApp, patient: &str) -> Vec<String> {
    app.sent(patient).await.into_iter().map(|(t, _)| t).collect()
}

/// How many messages went out to a person.
pub async fn sent_count(app: &TestApp, patient: &str) -> usize {
    app.sent(patient).await.len()
}

/// Every outbound row of the practice.
pub async fn all_out(app: &TestApp) -> Vec<MessageView> {
    store::views::due_between(&app.engine.db, PRACTICE, 0, i64::MAX, 1_000_000).await.unwrap()
}

/// Ledger rows whose moment has passed and of which nobody can say what became: there must be none.
pub async fn unaccounted(app: &TestApp) -> Vec<String> {
    let now = app.now();
    all_out(app)
        .await
        .into_iter()
        .filter(|m| {
            let status: MessageStatus = m.status.parse().unwrap();
            let nameless = matches!(status, MessageStatus::Planned | MessageStatus::Queued | MessageStatus::Sending);
            nameless && m.due_at <= now
        })
        .map(|m| format!("{} {} {}", m.template, m.status, m.due_at))
        .collect()
}

/// The status and reason of the newest received message of a person.
pub async fn last_received(app: &TestApp, patient: &str) -> String {
    app.timeline(patient)
        .await
        .into_iter()
        .rfind(|m| m.direction == "in")
        .map(|m| format!("{} {}", m.status, m.reason).trim_end().to_owned())
        .unwrap_or_default()
}

/// Runs a statement of the test's own.
pub async fn execute(db: &Db, sql: String) {
    let sql = sqlx::AssertSqlSafe(sql);
    match db {
        Db::Sqlite { write, .. } => {
            sqlx::query(sql).execute(write).await.unwrap();
        }
        Db::Postgres { read: pool, .. } => {
            sqlx::query(sql).execute(pool).await.unwrap();
        }
    }
}

/// How many rows a table has.
pub async fn count(db: &Db, table: &str) -> i64 {
    let sql = sqlx::AssertSqlSafe(format!("SELECT CAST(COUNT(*) AS BIGINT) FROM {table}"));
    let (n,): (i64,) = match db {
        Db::Sqlite { write, .. } => sqlx::query_as(sql).fetch_one(write).await.unwrap(),
        Db::Postgres { read: pool, .. } => sqlx::query_as(sql).fetch_one(pool).await.unwrap(),
    };
    n
}

/// From now on the database refuses an insert into (or update of) `table` when `condition` holds for the new row: what a
/// row does that makes the program fail each time.
pub async fn poison(app: &TestApp, on: On, name: &str, when: &str, table: &str, condition: &str) {
    match on {
        On::Sqlite => {
            let sql = format!(
                "CREATE TRIGGER {name} BEFORE {when} ON {table} WHEN {condition} BEGIN SELECT RAISE(ABORT, 'poisoned'); END"
            );
            execute(&app.engine.db, sql).await;
        }
        On::Postgres => {
            let function = format!(
                "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN IF {condition} THEN RAISE EXCEPTION 'poisoned'; END IF; RETURN NEW; END $$"
            );
            execute(&app.engine.db, function).await;
            let trigger =
                format!("CREATE TRIGGER {name} BEFORE {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()");
            execute(&app.engine.db, trigger).await;
        }
    }
}

/// The bodies of everything that left or was about to leave, to anybody.
pub async fn all_texts(app: &TestApp) -> Vec<(String, String)> {
    all_out(app).await.into_iter().filter_map(|m| Some((m.channel?, m.body?))).collect()
}

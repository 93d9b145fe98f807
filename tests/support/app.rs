//! A whole `between` in a test: an engine on a fresh database, a still clock, one practice, and people made up on the spot.

use between::clock::Clock;
use between::config::Config;
use between::intake::{Inbound, receive};
use between::outreach::{AssembleError, Engine};
use between::store;
use between::store::appointments::AppointmentRow;
use between::store::consents::ConsentRow;
use between::store::contacts::ContactPointRow;
use between::store::enrolments::EnrolmentRow;
use between::store::goals::GoalRow;
use between::store::patients::PatientRow;
use between::store::practices::PracticeRow;
use between::store::programmes::ProgrammeRow;
use between::store::results::TestResultRow;
use between::store::views::MessageView;
use between::worker;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    Sqlite,
    Postgres,
}

/// The practice every test has.
pub const PRACTICE: &str = "elmbrook";

/// A whole installation.
pub struct TestApp {
    pub engine: Arc<Engine>,
    pub url: String,
    _folder: tempfile::TempDir,
}

static NEXT: AtomicU64 = AtomicU64::new(0);

/// The PostgreSQL server of the test run. `scripts/test` starts it; in CI its absence is a failure, never a skip.
pub fn postgres_url() -> Option<String> {
    let url = std::env::var("BETWEEN_TEST_POSTGRES").ok();
    assert!(
        url.is_some() || std::env::var("CI").is_err(),
        "BETWEEN_TEST_POSTGRES is not set: run scripts/test, which starts a server"
    );
    if url.is_none() {
        eprintln!("BETWEEN_TEST_POSTGRES is not set: this test did not run on PostgreSQL; scripts/test does it");
    }
    url
}

/// Whether the tests run at full size (`scripts/assurance`).
pub fn full_size() -> bool {
    std::env::var("BETWEEN_TEST_SCALE").as_deref() == Ok("full")
}

/// An empty database of its own for one test, and the folder that holds it.
pub async fn fresh_database(on: On) -> Option<(String, tempfile::TempDir)> {
    // Where the machine has memory for files, syncing costs nothing: what durability means is tested by killing processes.
    let shm = std::path::Path::new("/dev/shm");
    let folder = if shm.is_dir() { tempfile::tempdir_in(shm) } else { tempfile::tempdir() }.unwrap();
    match on {
        On::Sqlite => Some((folder.path().join("between.sqlite").display().to_string(), folder)),
        On::Postgres => {
            let server = postgres_url()?;
            // A number of the process would come again while the server still has the schema.
            let name = format!("t{}", uuid::Uuid::now_v7().simple());
            let pool = sqlx::PgPool::connect(&server).await.unwrap();
            let create = sqlx::AssertSqlSafe(format!("CREATE SCHEMA {name}"));
            sqlx::query(create).execute(&pool).await.unwrap();
            pool.close().await;
            let joint = if server.contains('?') { '&' } else { '?' };
            Some((format!("{server}{joint}options[search_path]={name}"), folder))
        }
    }
}

/// The shipped settings for a database, with changes in TOML laid over them.
pub fn config(url: &str, changes: &str) -> Config {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), changes).unwrap();
    let environment = [("DATABASE_URL".to_owned(), url.to_owned())];
    Config::load(&[file.path()], environment).unwrap()
}

impl TestApp {
    /// An installation at a moment, such as "2027-01-05T10:00:00Z". `None` when there is no such database here.
    pub async fn start(on: On, at: &str) -> Option<Self> {
        Self::start_with(on, at, "").await
    }

    /// The same with settings changed.
    pub async fn start_with(on: On, at: &str, changes: &str) -> Option<Self> {
        Self::start_on(on, Clock::manual(at.parse().unwrap()), changes).await
    }

    /// The same on a clock that something else, such as a fake gateway, looks at too.
    pub async fn start_on(on: On, clock: Clock, changes: &str) -> Option<Self> {
        let (url, folder) = fresh_database(on).await?;
        let engine = Self::open(config(&url, changes), clock).await.unwrap();
        engine.db.migrate().await.unwrap();
        let app = Self { engine: Arc::new(engine), url, _folder: folder };
        app.add_practice(PRACTICE, "Elmbrook Surgery", "{}").await;
        Some(app)
    }

    /// A second process on the same database: another engine with its own clock.
    pub async fn open(config: Config, clock: Clock) -> Result<Engine, AssembleError> {
        between::gateways::install_tls_provider();
        Engine::from_config(config, clock).await
    }

    pub fn now(&self) -> i64 {
        self.engine.clock.now_ms()
    }

    pub async fn add_practice(&self, id: &str, name: &str, settings: &str) {
        let now = self.now();
        let row = PracticeRow {
            id: id.to_owned(),
            name: name.to_owned(),
            ods_code: None,
            settings: settings.to_owned(),
            sending_allowed_at: Some(now),
            created_at: now,
            updated_at: now,
        };
        let mut tx = self.engine.db.begin().await.unwrap();
        store::practices::upsert(&mut tx, &row).await.unwrap();
        tx.commit().await.unwrap();
        self.fresh_feeds().await;
    }

    /// The practice's data is as of now.
    pub async fn fresh_feeds(&self) {
        let mut tx = self.engine.db.begin().await.unwrap();
        for kind in ["patients", "appointments"] {
            store::practices::feed_refreshed(&mut tx, PRACTICE, kind, self.now()).await.unwrap();
        }
        tx.commit().await.unwrap();
        self.engine.forget_practices();
    }

    /// A person born in 1960 with the mobile number +44 7700 900NNN. Returns their id.
    pub async fn person(&self, number: u32) -> String {
        self.person_with(number, |_| {}).await
    }

    pub async fn person_with(&self, number: u32, change: impl FnOnce(&mut PatientRow)) -> String {
        let now = self.now();
        let id = format!("patient-{number:04}");
        let mut row = patient_row(&id, number as usize, now);
        change(&mut row);
        let mut tx = self.engine.db.begin().await.unwrap();
        store::patients::upsert(&mut tx, &[row]).await.unwrap();
        tx.commit().await.unwrap();
        self.contact(&id, "sms", &phone(number)).await;
        id
    }

    pub async fn contact(&self, patient_id: &str, channel: &str, address: &str) {
        let row = contact_row(&self.engine.clock.id(), patient_id, channel, address, self.now());
        let mut tx = self.engine.db.begin().await.unwrap();
        store::contacts::upsert(&mut tx, &[row]).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// An appointment of kind `annual_review`, and its planning queued. Returns its id.
    pub async fn appointment(&self, patient_id: &str, source: &str, starts_at: &str, status: &str) -> String {
        let now = self.now();
        let row = AppointmentRow {
            id: format!("appointment-{source}"),
            practice_id: PRACTICE.to_owned(),
            patient_id: patient_id.to_owned(),
            source_id: source.to_owned(),
            kind: "annual_review".to_owned(),
            clinician: "Nurse Cole".to_owned(),
            starts_at: starts_at.parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp_millis(),
            ends_at: None,
            status: status.to_owned(),
            booked_at: now,
            updated_at: now,
        };
        let id = row.id.clone();
        let mut tx = self.engine.db.begin().await.unwrap();
        let changed = store::appointments::upsert(&mut tx, &[row]).await.unwrap();
        store::appointments::queue_planning(&mut tx, "appointment", &changed, now).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// An active goal, "walk for 20 minutes". Returns its id.
    pub async fn goal(&self, patient_id: &str) -> String {
        let now = self.now();
        let row = GoalRow {
            id: format!("goal-{patient_id}"),
            practice_id: PRACTICE.to_owned(),
            patient_id: patient_id.to_owned(),
            source_id: "goal-1".to_owned(),
            words: "I want to get to the allotment without stopping".to_owned(),
            label: "walk for 20 minutes".to_owned(),
            plan: "after lunch, to the park and back".to_owned(),
            unit: "days".to_owned(),
            target: Some(5),
            confidence: Some(8),
            status: "active".to_owned(),
            created_at: now,
            updated_at: now,
            ..GoalRow::default()
        };
        let id = row.id.clone();
        let mut tx = self.engine.db.begin().await.unwrap();
        store::goals::upsert(&mut tx, &[row]).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    pub async fn enrol(&self, patient_id: &str, programme: &str, goal_id: &str) {
        let now = self.now();
        let row = EnrolmentRow {
            id: format!("enrolment-{patient_id}-{programme}"),
            practice_id: PRACTICE.to_owned(),
            patient_id: patient_id.to_owned(),
            programme: programme.to_owned(),
            goal_id: goal_id.to_owned(),
            status: "active".to_owned(),
            source: "agreed at the surgery".to_owned(),
            started_at: now,
            next_at: Some(now),
            updated_at: now,
            ..EnrolmentRow::default()
        };
        let mut tx = self.engine.db.begin().await.unwrap();
        store::enrolments::enrol(&mut tx, &[row]).await.unwrap();
        store::appointments::queue_planning(&mut tx, "patient", &[patient_id.to_owned()], now).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// A programme of the practice's own, under its name.
    pub async fn add_programme(&self, name: &str, definition: String) {
        let row = ProgrammeRow {
            id: name.to_owned(),
            practice_id: PRACTICE.to_owned(),
            name: name.to_owned(),
            definition,
            version: 1,
            updated_at: self.now(),
        };
        let mut tx = self.engine.db.begin().await.unwrap();
        store::programmes::upsert(&mut tx, &row).await.unwrap();
        tx.commit().await.unwrap();
        self.engine.forget_practices();
    }

    pub async fn consent(&self, patient_id: &str, channel: &str, purpose: &str, decision: &str) {
        let row = ConsentRow {
            id: self.engine.clock.id(),
            patient_id: patient_id.to_owned(),
            channel: channel.to_owned(),
            purpose: purpose.to_owned(),
            decision: decision.to_owned(),
            source: "asked at the surgery".to_owned(),
            actor: "nurse".to_owned(),
            message_id: None,
            at: self.now(),
        };
        let mut tx = self.engine.db.begin().await.unwrap();
        store::consents::append(&mut tx, &[row]).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// A result in a state (`held`, `released`).
    pub async fn result(&self, patient_id: &str, source: &str, state: &str) -> String {
        let now = self.now();
        let released = state == "released";
        let row = TestResultRow {
            id: format!("result-{source}"),
            practice_id: PRACTICE.to_owned(),
            patient_id: patient_id.to_owned(),
            source_id: source.to_owned(),
            test: "hba1c".to_owned(),
            display: "HbA1c".to_owned(),
            value: "52".to_owned(),
            value_number: Some(52.0),
            unit: "mmol/mol".to_owned(),
            original_value: "52".to_owned(),
            original_unit: "mmol/mol".to_owned(),
            source_record: "{}".to_owned(),
            report_status: "Final".to_owned(),
            taken_at: now,
            state: state.to_owned(),
            hold_reasons: "[\"unfiled\"]".to_owned(),
            hold_owner: "results team".to_owned(),
            hold_due_at: (!released).then_some(now + 7 * 86_400_000),
            released_by: released.then(|| "Dr Anand".to_owned()),
            released_at: released.then_some(now),
            imported_at: now,
            updated_at: now,
            ..TestResultRow::default()
        };
        let id = row.id.clone();
        let mut tx = self.engine.db.begin().await.unwrap();
        store::results::insert(&mut tx, &[row]).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// A text from a number, stored as a gateway's webhook would store it; not yet read.
    pub async fn text_in(&self, from: &str, text: &str) {
        let inbound = Inbound {
            gateway: "sandbox".to_owned(),
            provider_reference: format!("in-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst)),
            channel: "sms".to_owned(),
            from: from.to_owned(),
            token: None,
            subject: None,
            text: text.to_owned(),
        };
        receive(&self.engine, &[inbound]).await.unwrap();
    }

    /// A text from a person, read and answered.
    pub async fn reply(&self, number: u32, text: &str) {
        self.text_in(&phone(number), text).await;
        worker::settle_now(&self.engine).await.unwrap();
    }

    /// Moves the clock, keeping the practice's data fresh, and does everything due on the way.
    pub async fn advance_to(&self, to: &str) {
        let to = to.parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp_millis();
        self.advance_to_ms(to).await;
    }

    pub async fn advance_to_ms(&self, to: i64) {
        worker::advance(&self.engine, to, async |_| {
            self.fresh_feeds().await;
            Ok(())
        })
        .await
        .unwrap();
    }

    pub async fn timeline(&self, patient_id: &str) -> Vec<MessageView> {
        store::views::timeline(&self.engine.db, patient_id).await.unwrap()
    }

    /// What went out to a person, as (template, text), in order.
    pub async fn sent(&self, patient_id: &str) -> Vec<(String, String)> {
        self.timeline(patient_id)
            .await
            .into_iter()
            .filter(|m| m.direction == "out" && matches!(m.status.as_str(), "accepted" | "delivered"))
            .map(|m| (m.template, m.body.unwrap_or_default()))
            .collect()
    }

    /// The status and reason of every ledger row of a person, as "template status reason".
    pub async fn ledger(&self, patient_id: &str) -> Vec<String> {
        self.timeline(patient_id)
            .await
            .into_iter()
            .filter(|m| m.direction == "out")
            .map(|m| format!("{} {} {}", m.template, m.status, m.reason).trim_end().to_owned())
            .collect()
    }

    pub async fn open_alerts(&self) -> Vec<String> {
        let alerts = store::alerts::list(&self.engine.db, PRACTICE, "open", 10_000).await.unwrap();
        alerts.into_iter().map(|a| format!("{} {}", a.priority, a.kind)).collect()
    }

    pub async fn entries(&self, patient_id: &str) -> Vec<String> {
        let rows = store::record::of_patient(&self.engine.db, patient_id).await.unwrap();
        rows.into_iter().map(|e| format!("{} {} {} {}", e.kind, e.code, e.value, e.filed)).collect()
    }
}

/// A registered person born in 1960 with the NHS number 999NNNNNNN, as imported at a moment.
pub fn patient_row(id: &str, number: usize, now: i64) -> PatientRow {
    PatientRow {
        id: id.to_owned(),
        practice_id: PRACTICE.to_owned(),
        nhs_number: Some(format!("999{number:07}")),
        family_name: format!("Test{number}"),
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

/// A working number or address of a person.
pub fn contact_row(id: &str, patient_id: &str, channel: &str, address: &str, now: i64) -> ContactPointRow {
    ContactPointRow {
        id: id.to_owned(),
        practice_id: PRACTICE.to_owned(),
        patient_id: patient_id.to_owned(),
        channel: channel.to_owned(),
        address: address.to_owned(),
        rank: 0,
        status: "active".to_owned(),
        failure_days: "[]".to_owned(),
        updated_at: now,
    }
}

/// The mobile number of a test person, from the range kept for fiction.
pub fn phone(number: u32) -> String {
    format!("+447700900{number:03}")
}

/// Runs one scenario on both databases, as two tests.
#[macro_export]
macro_rules! on_both {
    ($($(#[$meta:meta])* async fn $name:ident($on:ident) $body:block)+) => {
        $(mod $name {
            use super::*;

            async fn scenario($on: On) -> Option<()> {
                $body
                Some(())
            }

            $(#[$meta])*
            #[tokio::test]
            async fn sqlite() {
                assert!(scenario(On::Sqlite).await.is_some(), "SQLite is always there");
            }

            $(#[$meta])*
            #[tokio::test]
            async fn postgres() {
                scenario(On::Postgres).await;
            }
        })+
    };
}

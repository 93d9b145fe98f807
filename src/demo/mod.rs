//! The demo: an invented practice from a seed, in a temporary SQLite file, with a clock that moves when told to.

mod advance;
mod begin;
mod care;
mod dice;
mod feed;
mod files;
mod folder;
mod goals;
mod invent;
mod load;
mod names;
mod replies;
mod staff;
mod transcript;

pub use advance::{Moved, advance};
pub use files::ExportFile;
pub use transcript::{TranscriptError, transcript};

use crate::catalogue::Catalogue;
use crate::clock::{Clock, instant};
use crate::config::{Config, ConfigError};
use crate::domain::calendar::local_date;
use crate::domain::reply::Reader;
use crate::domain::result::ResultsCatalogue;
use crate::gateways::{GatewaySettings, Gateways, Surroundings};
use crate::outreach::{Engine, OutreachError};
use crate::store::{Db, StoreError};
use crate::web::pages::{Progress, Simulation};
use advance::Queue;
use chrono::{DateTime, Utc};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

const DAY_MS: i64 = 86_400_000;

/// What can go wrong with the demo.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// No temporary folder could be made.
    #[error("no temporary folder: {0}")]
    Folder(#[from] std::io::Error),
    /// The settings cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A gateway's settings cannot be used.
    #[error("{0}")]
    Gateway(String),
    /// The database, planning or sending.
    #[error(transparent)]
    Outreach(#[from] OutreachError),
    /// The clock was moved in more steps than a year needs.
    #[error("the demo's clock does not come forward")]
    TooManySteps,
}

impl From<StoreError> for DemoError {
    fn from(error: StoreError) -> Self {
        Self::Outreach(error.into())
    }
}

/// What a demo is made from.
#[derive(Clone, Debug)]
pub struct Options {
    /// The same seed gives the same practice.
    pub seed: u64,
    /// How many people; at least one.
    pub people: usize,
    /// When it begins.
    pub start: DateTime<Utc>,
    /// So much is lived through before it is shown, so that there is something to see; milliseconds.
    pub lived_ms: i64,
    /// People answer by themselves.
    pub answering: bool,
}

impl Default for Options {
    /// 200 people, from Monday 4 January 2027, half past eight; shown on the Wednesday of the next week, quarter past eleven,
    /// when the morning's messages have gone and the first person was just asked what matters to her.
    fn default() -> Self {
        const START_MS: i64 = 1_799_051_400_000;
        const LIVED_MS: i64 = 9 * DAY_MS + 165 * 60_000;
        Self { seed: 2027, people: 200, start: instant(START_MS), lived_ms: LIVED_MS, answering: true }
    }
}

/// A running demo.
pub struct Demo {
    engine: Arc<Engine>,
    practice_id: String,
    /// The people, in the order they were invented; the first is the transcript's.
    ids: Vec<String>,
    seed: u64,
    answering: bool,
    /// One thing at a time: a step of the clock, or a reply from a phone.
    gate: tokio::sync::Mutex<()>,
    state: Mutex<State>,
    queue: Mutex<Queue>,
    files: Vec<ExportFile>,
    me: Weak<Demo>,
    /// Last, so that the database is closed before its folder goes.
    _folder: folder::Folder,
}

#[derive(Default)]
struct State {
    progress: Option<Progress>,
    fault: Option<String>,
    heard_until: i64,
    fed_at: i64,
    staffed_at: i64,
    shown: bool,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Demo {
    /// Invents the practice, imports it, releases results, enrols people, and lives through the first days.
    pub async fn start(options: &Options) -> Result<Arc<Self>, DemoError> {
        let clock = Clock::manual(options.start);
        let folder = folder::Folder::new(&format!("between-demo-{}", Clock::system().id()))?;
        let database = folder.path().join("demo.sqlite").display().to_string();
        let settings = [("BETWEEN_ENVIRONMENT".to_owned(), "demo".to_owned()), ("DATABASE_URL".to_owned(), database)];
        let config = Config::load(&[], settings)?;
        let db = Db::open(&config.database.url).await?;
        db.migrate().await?;
        let gateways = gateways(&config, &clock)?;
        let zone = config.practice.zone;
        let engine = Arc::new(Engine::new(
            db,
            clock.clone(),
            config,
            gateways,
            Catalogue::shipped(),
            Reader::shipped(),
            ResultsCatalogue::shipped().map_err(|e| DemoError::Gateway(e.to_string()))?,
        ));
        let today = local_date(options.start, zone);
        let people = invent::people(options.seed, options.people.max(1), today);
        let visits = care::visits(options.seed, &people, today);
        let findings = care::findings(options.seed, &people, &visits, today);
        let everything = load::Everything {
            people: &people,
            visits: &visits,
            findings: &findings,
            today,
            zone,
            settings: PRACTICE_SETTINGS.to_owned(),
        };
        let (practice_id, ids) = load::store(&engine.db, &clock, &everything).await?;
        engine.forget_practices();
        begin::first_morning(&engine, &practice_id, &ids, &everything).await?;
        let start = options.start.timestamp_millis();
        let demo = Arc::new_cyclic(|me| Self {
            engine,
            practice_id,
            ids,
            seed: options.seed,
            answering: options.answering,
            gate: tokio::sync::Mutex::new(()),
            state: Mutex::new(State { heard_until: start, fed_at: start, ..State::default() }),
            queue: Mutex::default(),
            files: files::export(&people, &visits, &findings, today),
            me: me.clone(),
            _folder: folder,
        });
        let end = start + options.lived_ms;
        let mornings = if options.lived_ms > begin::MORNINGS as i64 * DAY_MS { begin::MORNINGS } else { 1 };
        for morning in 0..mornings {
            advance(&demo.engine, &demo, start + morning as i64 * DAY_MS).await?;
            let turn = (options.seed, morning, mornings);
            begin::enrol_on(&demo.engine, &demo.practice_id, &demo.ids, &everything, turn).await?;
        }
        advance(&demo.engine, &demo, end).await?;
        let mut state = locked(&demo.state);
        (state.progress, state.shown) = (None, true);
        drop(state);
        Ok(demo)
    }

    /// The engine that plans, sends and reads.
    pub fn engine(&self) -> Arc<Engine> {
        Arc::clone(&self.engine)
    }

    /// The practice's id.
    pub fn practice_id(&self) -> &str {
        &self.practice_id
    }

    /// The people's ids, in the order they were invented; the first is the person of the transcript, who does not answer
    /// by herself.
    pub fn people(&self) -> &[String] {
        &self.ids
    }

    /// The practice as the lists that a record system exports.
    pub fn files(&self) -> &[ExportFile] {
        &self.files
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        locked(&self.queue)
    }

    fn set_progress(&self, progress: Progress) {
        locked(&self.state).progress = Some(progress);
    }

    /// Up to when messages were looked at for an answer; from now on up to `now`.
    fn heard_until(&self, now: i64) -> i64 {
        std::mem::replace(&mut locked(&self.state).heard_until, now)
    }

    /// Has its first part been lived through?
    fn is_shown(&self) -> bool {
        locked(&self.state).shown
    }

    /// Is it time to refresh the feed? Then it counts as done.
    fn feed_is_due(&self, now: i64, every_ms: i64) -> bool {
        is_due(&mut locked(&self.state).fed_at, now, every_ms)
    }

    /// Is it time for the duty team to look? Then it counts as done.
    fn staff_are_due(&self, now: i64, every_ms: i64) -> bool {
        is_due(&mut locked(&self.state).staffed_at, now, every_ms)
    }
}

fn is_due(last: &mut i64, now: i64, every_ms: i64) -> bool {
    let due = now - *last >= every_ms;
    if due {
        *last = now;
    }
    due
}

/// Where the demo's practice differs from the shipped settings. Telephone numbers are from the ranges kept for fiction.
const PRACTICE_SETTINGS: &str = r#"{
    "phone": "01632 960123",
    "alerts": {
        "route": "duty.team@example.org", "second_route": "+447700900999", "cover_hours": { "Mon-Fri": "08:00-18:30" }
    }
}"#;

fn gateways(config: &Config, clock: &Clock) -> Result<Gateways, DemoError> {
    let mut settings: BTreeMap<String, GatewaySettings> = BTreeMap::new();
    for (name, table) in &config.gateways {
        let known = toml::Value::Table(table.clone())
            .try_into()
            .map_err(|e: toml::de::Error| DemoError::Gateway(e.to_string()))?;
        settings.insert(name.clone(), known);
    }
    let clock = clock.clone();
    let around = Surroundings { live: false, public_url: None, now_ms: Arc::new(move || clock.now_ms()) };
    Gateways::build(&settings, &around).map_err(|faults| {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        DemoError::Gateway(faults.join("; "))
    })
}

impl Simulation for Demo {
    fn guest(&self) -> &str {
        self.ids.first().map_or("", String::as_str)
    }

    fn start_moving(&self, to_ms: i64) -> bool {
        let Some(demo) = self.me.upgrade() else {
            return false;
        };
        let now = self.engine.clock.now_ms();
        {
            let mut state = locked(&self.state);
            if state.progress.is_some() {
                return false;
            }
            state.progress = Some(Progress { from: now, at: now, to: to_ms, sent: 0, replies: 0 });
        }
        tokio::spawn(async move {
            let moved = advance(&demo.engine, &demo, to_ms).await;
            let mut state = locked(&demo.state);
            state.progress = None;
            if let Err(error) = moved {
                tracing::error!(code = "demo_clock", %error, "the demo's clock stopped");
                state.fault =
                    Some("The clock stopped on the way. Start the demo again if it happens twice.".to_owned());
            }
        });
        true
    }

    fn progress(&self) -> Option<Progress> {
        locked(&self.state).progress
    }

    fn take_fault(&self) -> Option<String> {
        locked(&self.state).fault.take()
    }

    fn pass_a_moment(&self) -> BoxFuture<'_, ()> {
        const TYPING_MS: i64 = 20_000;
        async {
            let _gate = self.gate.lock().await;
            self.engine.clock.set_ms(self.engine.clock.now_ms() + TYPING_MS);
        }
        .boxed()
    }

    fn settle(&self) -> BoxFuture<'_, Result<(), OutreachError>> {
        async {
            let _gate = self.gate.lock().await;
            self.engine.handle_received().await?;
            self.engine.do_duties().await?;
            self.engine.send_due().await?;
            Ok(())
        }
        .boxed()
    }
}

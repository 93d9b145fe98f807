//! Plan, enqueue, dispatch, settle, resolve: from what is wanted to what was sent, with a reason for everything else.

pub mod alerts;
mod assemble;
mod calls;
mod compose;
mod dispatch;
pub mod duties;
mod enqueue;
mod facts;
mod health;
mod limits;
mod links;
mod pace;
mod periods;
mod plan_alone;
mod planner;
mod practices;
mod programmes;
mod reach;
mod settle;
mod standing;
mod threads;
mod try_out;

pub use assemble::AssembleError;
pub use calls::{About, Answer, Ask, Call, Outcome};
pub use compose::Composed;
pub use dispatch::{LEASES_A_FAILURE, Turn};
pub use enqueue::{NewSend, StoredFacts, enqueue};
pub use facts::address_hash;
pub use health::{breaker, minute};
pub use limits::Rise;
pub use links::UNSUBSCRIBE_PATH;
pub use planner::Planned;
pub use practices::{PracticeState, Practices};
pub use programmes::shipped as shipped_programmes;
pub use reach::{Reached, address_learns};
pub use standing::{Queue, Standing};
pub use try_out::{Step, TryError, TryOut};

use crate::catalogue::Catalogue;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::calendar::BankHolidays;
use crate::domain::reply::Reader;
use crate::domain::result::ResultsCatalogue;
use crate::gateways::Gateways;
use crate::store::{Db, StoreError};
use std::sync::{Arc, Mutex};
use tokio::sync::{Notify, OnceCell};

/// What can go wrong while planning and sending.
#[derive(Debug, thiserror::Error)]
pub enum OutreachError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another worker has used up what this turn had decided with; it is taken again. Leaves no turn.
    #[error("another worker was faster")]
    Overtaken,
    /// A practice's settings or programme cannot be used.
    #[error("practice {practice}: {problem}")]
    Practice {
        /// Its id.
        practice: String,
        /// What is wrong.
        problem: String,
    },
}

/// Everything that planning and sending need: one for a process.
pub struct Engine {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// The settings.
    pub config: Config,
    /// The gateways.
    pub gateways: Gateways,
    /// The wording.
    pub catalogue: Catalogue,
    /// The reader of replies.
    pub reader: Reader,
    /// The tests known: names, units, limits.
    pub results: ResultsCatalogue,
    /// The bank holidays known.
    pub bank_holidays: BankHolidays,
    /// Rung when something was written that should leave at once.
    pub bell: Notify,
    practices: Mutex<Option<(i64, Arc<Practices>)>>,
    link_key: OnceCell<String>,
}

impl Engine {
    /// Puts the parts together.
    pub fn new(
        db: Db,
        clock: Clock,
        config: Config,
        gateways: Gateways,
        catalogue: Catalogue,
        reader: Reader,
        results: ResultsCatalogue,
    ) -> Self {
        Self {
            db,
            clock,
            config,
            gateways,
            catalogue,
            reader,
            results,
            bank_holidays: BankHolidays::shipped(),
            bell: Notify::new(),
            practices: Mutex::new(None),
            link_key: OnceCell::new(),
        }
    }

    /// The practices as they stand. Read again from the database when the last look is five seconds old.
    pub async fn practices(&self) -> Result<Arc<Practices>, OutreachError> {
        const FRESH_MS: i64 = 5_000;
        let now = self.clock.now_ms();
        {
            let known = self.practices.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if let Some((at, practices)) = known.as_ref()
                && (0..FRESH_MS).contains(&(now - at))
            {
                return Ok(Arc::clone(practices));
            }
        }
        let fresh = Arc::new(practices::load(self).await?);
        let mut known = self.practices.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *known = Some((now, Arc::clone(&fresh)));
        Ok(fresh)
    }

    /// Forgets what was read of practices: after a change of settings or an import in this process.
    pub fn forget_practices(&self) {
        *self.practices.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = None;
    }
}

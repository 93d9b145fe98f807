//! The practices with their settings, programmes and the age of their data.

use super::periods::{day_period, sent_subject};
use super::{Engine, OutreachError, programmes};
use crate::domain::decision::rise_limit;
use crate::domain::practice::Practice;
use crate::domain::programme::Programme;
use crate::store;
use std::collections::BTreeMap;

/// A practice ready to plan and send with.
#[derive(Debug)]
pub struct PracticeState {
    /// Its settings, compiled.
    pub practice: Practice,
    /// Its programmes: shipped, of this installation, its own; the later replace the earlier by name.
    pub programmes: Vec<Programme>,
    /// How many planned messages go on a day, on average over the days of the last four weeks on which any went; `None` while
    /// that is too few days to tell.
    pub usual_per_day: Option<i64>,
}

impl PracticeState {
    /// From how many planned messages a day on sending stops and asks.
    pub fn rise_limit(&self) -> Option<i64> {
        let limits = &self.practice.settings.limits;
        rise_limit(self.usual_per_day, limits.sudden_rise_factor, limits.sudden_rise_minimum)
    }

    /// The programme of that name.
    pub fn programme(&self, name: &str) -> Option<&Programme> {
        self.programmes.iter().find(|p| p.name == name)
    }
}

/// All practices by id.
#[derive(Debug, Default)]
pub struct Practices {
    by_id: BTreeMap<String, PracticeState>,
}

impl Practices {
    /// The practice with that id.
    pub fn get(&self, id: &str) -> Option<&PracticeState> {
        self.by_id.get(id)
    }

    /// All of them, in order of id.
    pub fn iter(&self) -> impl Iterator<Item = &PracticeState> {
        self.by_id.values()
    }
}

pub(super) async fn load(engine: &Engine) -> Result<Practices, OutreachError> {
    let rows = store::practices::all(&engine.db).await?;
    let feeds = store::practices::feeds(&engine.db).await?;
    let proven = store::alerts::proven_routes(&engine.db).await?;
    let own = store::programmes::all(&engine.db).await?;
    let shared = programmes::for_installation(&engine.config)
        .map_err(|problem| OutreachError::Practice { practice: "all".to_owned(), problem })?;
    let now = engine.clock.now_ms();
    // Days of the installation's zone: a practice in another one is off by an hour at the end of four weeks.
    let zone = engine.config.practice.zone;
    let days: Vec<String> = (1..=28).map(|day| day_period(now - day * DAY_MS, zone)).collect();
    let subjects: Vec<String> = rows.iter().map(|row| sent_subject(&row.id)).collect();
    let usual = store::counters::sums(&engine.db, &subjects, &days).await?;
    let mut by_id = BTreeMap::new();
    for row in rows {
        let fault = |problem| OutreachError::Practice { practice: row.id.clone(), problem };
        let settings = engine.config.practice_settings(&row.settings).map_err(fault)?;
        let mut practice = Practice::new(&row.id, &row.name, settings, &engine.bank_holidays).map_err(fault)?;
        practice.sending_allowed_at = row.sending_allowed_at;
        practice.feeds =
            feeds.iter().filter(|(id, ..)| *id == row.id).map(|(_, kind, at)| (kind.clone(), *at)).collect();
        practice.route_proven_at = proven
            .iter()
            .find(|(id, route, _)| *id == row.id && *route == practice.settings.alerts.route)
            .map(|(.., at)| *at);
        let mut programmes = shared.clone();
        for stored in own.iter().filter(|p| p.practice_id == row.id) {
            let programme = Programme::from_toml(&stored.definition).map_err(fault)?;
            programmes.retain(|p| p.name != programme.name);
            programmes.push(programme);
        }
        let subject = sent_subject(&row.id);
        let usual_per_day =
            usual.iter().find(|(of, _, days)| *of == subject && *days >= DAYS_TO_TELL).map(|(_, sum, days)| sum / days);
        by_id.insert(row.id.clone(), PracticeState { practice, programmes, usual_per_day });
    }
    Ok(Practices { by_id })
}

const DAY_MS: i64 = 86_400_000;

/// A rise cannot be told from the first days of a practice.
const DAYS_TO_TELL: i64 = 7;

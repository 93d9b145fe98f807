//! What a thing costs, measured on this machine with data made here: `between bench`.

mod data;
pub mod dispatch;
pub mod inbound;
mod lab;
pub mod planning;
mod replies;
pub mod sink;
mod usage;

pub use replies::measure as replies;

use crate::outreach::OutreachError;
use crate::store::StoreError;
use serde::Serialize;

/// Why a figure could not be measured.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Planning and receiving.
    #[error(transparent)]
    Outreach(#[from] OutreachError),
    /// Files, processes, connections.
    #[error("measuring: {0}")]
    Io(#[from] std::io::Error),
    /// The other side of a measurement.
    #[error("measuring: {0}")]
    Http(#[from] reqwest::Error),
    /// Settings that cannot be used.
    #[error("settings: {0}")]
    Settings(String),
    /// A process ended, or said something else than what was expected of it.
    #[error("a process of the measurement ended too early")]
    Silent,
    /// Something was lost or doubled: then no figure counts.
    #[error(
        "of {wanted} messages {ids} arrived, in {calls} calls: something was lost or doubled, so the figure does not count"
    )]
    NotOnce {
        /// How many were to arrive.
        wanted: u64,
        /// How many different ones arrived.
        ids: u64,
        /// How many calls were made.
        calls: u64,
    },
}

/// One measured figure beside what is asked of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// What was measured.
    pub name: &'static str,
    /// The value.
    pub value: f64,
    /// Its unit.
    pub unit: &'static str,
    /// What it must reach.
    pub must: Option<Goal>,
    /// What it should reach one day.
    pub ambition: Option<Goal>,
    /// Its floor and what else belongs to it, in words.
    pub note: String,
}

/// A bound of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// So much or more.
    AtLeast(f64),
    /// So much or less.
    AtMost(f64),
}

impl Goal {
    /// Whether a value reaches it.
    pub fn met(self, value: f64) -> bool {
        match self {
            Self::AtLeast(goal) => value >= goal,
            Self::AtMost(goal) => value <= goal,
        }
    }
}

impl std::fmt::Display for Goal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::AtLeast(goal) => write!(f, "≥ {goal}"),
            Self::AtMost(goal) => write!(f, "≤ {goal}"),
        }
    }
}

impl Figure {
    /// A figure of which nothing is asked.
    pub fn plain(name: &'static str, value: f64, unit: &'static str) -> Self {
        Self { name, value, unit, must: None, ambition: None, note: String::new() }
    }

    /// Whether it reaches what it must; nothing where nothing is asked of it.
    pub fn met(&self) -> Option<bool> {
        self.must.map(|goal| goal.met(self.value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_says_whether_it_is_enough() {
        let figure = |value, must| Figure { name: "x", value, unit: "ms", must, ambition: None, note: String::new() };
        assert_eq!(figure(2.0, Some(Goal::AtLeast(2.0))).met(), Some(true));
        assert_eq!(figure(1.9, Some(Goal::AtLeast(2.0))).met(), Some(false));
        assert_eq!(figure(2.0, Some(Goal::AtMost(2.0))).met(), Some(true));
        assert_eq!(figure(2.1, Some(Goal::AtMost(2.0))).met(), Some(false));
        assert_eq!(figure(2.1, None).met(), None);
    }
}

//! What a thing costs, measured on this machine with data made here: `between bench`.

mod replies;

pub use replies::measure as replies;

use serde::Serialize;

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
        let figure = |value, must| Figure { name: "x", value, unit: "ms", must, ambition: None };
        assert_eq!(figure(2.0, Some(Goal::AtLeast(2.0))).met(), Some(true));
        assert_eq!(figure(1.9, Some(Goal::AtLeast(2.0))).met(), Some(false));
        assert_eq!(figure(2.0, Some(Goal::AtMost(2.0))).met(), Some(true));
        assert_eq!(figure(2.1, Some(Goal::AtMost(2.0))).met(), Some(false));
        assert_eq!(figure(2.1, None).met(), None);
    }
}

//! Test results: what they are, why they are held, and how they are released or withdrawn.
//!
//! Nothing here interprets a result. It says only whether the program may pass it on.

mod aim;
mod assess;
mod catalogue;
mod check;
mod correction;
mod hold;
pub mod number;
mod record;
mod release;
mod test;
mod units;

pub use aim::{Aim, AimSource};
pub use assess::assess;
pub use catalogue::{CatalogueError, FollowUpDays, Found, ResultsCatalogue, fold_name};
pub use correction::{Arrival, FollowUp, arrive};
pub use hold::HoldReason;
pub use record::{
    AbnormalFlag, Code, CodeSystem, Comparator, Component, Original, Range, ReportStatus, ResultRecord, ResultValue,
    TakenAt,
};
pub use release::{
    ReleaseRefused, ReleaseRequest, ReleaseState, Releaser, StandingRule, WithdrawReason, hold, release,
    release_by_rule, withdraw,
};
pub use test::{HoldLimits, Test};
pub use units::{AcceptedUnit, Converted, UnitProblem, fold_unit, is_invisible};

#[cfg(test)]
mod tests;

//! Test results: what they are, why they are held, and how they are released or withdrawn.
//!
//! Nothing here interprets a result. It says only whether the program may pass it on.

mod assess;
mod catalogue;
mod check;
pub mod number;
mod record;
mod units;

pub use assess::{HoldReason, assess};
pub use catalogue::{
    CatalogueError, FollowUpDays, Found, HoldLimits, ResultsCatalogue, Test, fold_name,
};
pub use record::{
    AbnormalFlag, Code, CodeSystem, Comparator, Component, Original, Range, ReportStatus,
    ResultRecord, ResultValue, TakenAt,
};
pub use units::{AcceptedUnit, Converted, UnitProblem, fold_unit, is_invisible};

#[cfg(test)]
mod tests;

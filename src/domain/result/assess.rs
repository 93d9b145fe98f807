//! Why a result may not go out by itself (hazards H03, H04, H05). Default: it may not.

use super::HoldReason;
use super::catalogue::Found;
use super::test::{HoldLimits, Test};
use super::units::UnitProblem;
use super::{Comparator, ReportStatus, ResultRecord, ResultValue, ResultsCatalogue};

/// Every reason for holding an imported result; [`HoldReason::Unfiled`] is always the first.
///
/// Nothing the reader concluded is relied on: codes, units and the source's own text are looked at again.
pub fn assess(result: &ResultRecord, catalogue: &ResultsCatalogue) -> Vec<HoldReason> {
    let mut hold = vec![HoldReason::Unfiled];
    match result.status {
        ReportStatus::Final | ReportStatus::Corrected => {}
        ReportStatus::NotStated => hold.push(HoldReason::StatusNotStated),
        ReportStatus::Preliminary | ReportStatus::Cancelled | ReportStatus::Unknown => {
            hold.push(HoldReason::NotFinal);
        }
    }
    if result.taken_at.is_none() {
        hold.push(HoldReason::NoDate);
    }
    if result.flag.is_some_and(super::AbnormalFlag::is_critical) {
        hold.push(HoldReason::CriticalFlag);
    }
    if result.flag_unread.is_some() {
        hold.push(HoldReason::FlagUnreadable);
    }
    if catalogue.is_sensitive(&result.codes, &result.display) {
        hold.push(HoldReason::Sensitive);
    }
    match catalogue.find(&result.codes, &result.display) {
        Found::Disagree => hold.push(HoldReason::CodesDisagree),
        // A key that the codes do not bear out counts as unknown.
        Found::One(test) if result.test_key.as_deref() == Some(test.key.as_str()) => {
            hold.extend(of_test(result, test, catalogue));
        }
        Found::One(_) | Found::None => hold.push(HoldReason::UnknownTest),
    }
    hold.sort_unstable();
    hold.dedup();
    hold
}

fn of_test(result: &ResultRecord, test: &Test, catalogue: &ResultsCatalogue) -> Vec<HoldReason> {
    let mut hold = Vec::new();
    if test.sensitive {
        hold.push(HoldReason::Sensitive);
    }
    if test.part_of.is_some() {
        hold.push(HoldReason::PairIncomplete);
    }
    if test.range_required && result.range.is_empty() {
        hold.push(HoldReason::RangeMissing);
    }
    match &result.value {
        ResultValue::Absent { .. } => hold.push(HoldReason::NoValue),
        ResultValue::Text { text } if super::number::is_ambiguous(text) => {
            hold.push(HoldReason::AmbiguousNumber);
        }
        ResultValue::Text { .. } => hold.push(HoldReason::NotANumber),
        ResultValue::Number { value, comparator } => {
            hold.extend(unit_problem(test, &result.original).map(of_unit));
            hold.extend(of_value(test, *value, *comparator));
        }
        ResultValue::BloodPressure { systolic, diastolic } => {
            hold.extend(of_pair(result, *systolic, *diastolic, catalogue));
        }
    }
    hold
}

fn of_pair(result: &ResultRecord, systolic: f64, diastolic: f64, catalogue: &ResultsCatalogue) -> Vec<HoldReason> {
    let mut hold = Vec::new();
    if diastolic >= systolic {
        hold.push(HoldReason::PairIncomplete);
    }
    for (key, value) in [("systolic", systolic), ("diastolic", diastolic)] {
        let part = result.components.iter().find(|c| c.test_key.as_deref() == Some(key));
        match (catalogue.get(key), part) {
            (Some(test), Some(part)) => {
                hold.extend(unit_problem(test, &part.original).map(of_unit));
                hold.extend(of_value(test, value, None));
            }
            _ => hold.push(HoldReason::PairIncomplete),
        }
    }
    hold
}

fn unit_problem(test: &Test, original: &super::Original) -> Option<UnitProblem> {
    test.convert(0.0, original.unit.as_deref(), original.unit_code.as_deref()).err()
}

fn of_unit(problem: UnitProblem) -> HoldReason {
    match problem {
        UnitProblem::Missing => HoldReason::UnitMissing,
        UnitProblem::Unknown => HoldReason::UnitUnknown,
        UnitProblem::Impossible => HoldReason::UnitImpossible,
        UnitProblem::Disagree => HoldReason::UnitsDisagree,
    }
}

fn of_value(test: &Test, value: f64, comparator: Option<Comparator>) -> Vec<HoldReason> {
    let mut hold = Vec::new();
    let plausible = test.plausible.is_some_and(|(low, high)| (low..=high).contains(&value));
    if !plausible || !value.is_finite() {
        hold.push(HoldReason::Implausible);
    }
    if beyond(test.hold, value, comparator) {
        hold.push(HoldReason::HoldLimit);
    }
    hold
}

/// `>15` may be anything above, so at an upper limit it counts as beyond it, whatever the number.
fn beyond(limits: HoldLimits, value: f64, comparator: Option<Comparator>) -> bool {
    let (lowest, highest) = match comparator {
        Some(Comparator::Below | Comparator::AtMost) => (f64::NEG_INFINITY, value),
        Some(Comparator::Above | Comparator::AtLeast) => (value, f64::INFINITY),
        None => (value, value),
    };
    limits.below.is_some_and(|l| lowest < l)
        || limits.at_or_below.is_some_and(|l| lowest <= l)
        || limits.above.is_some_and(|l| highest > l)
        || limits.at_or_above.is_some_and(|l| highest >= l)
}

//! Releasing, standing rules, withdrawal and corrections.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, Utc};

use super::hba1c;
use crate::domain::result::*;
use crate::domain::source::PatientKey;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

fn request(knowing: &[HoldReason]) -> ReleaseRequest {
    ReleaseRequest {
        by: "dr-a".into(),
        second: None,
        knowing: knowing.iter().copied().collect(),
        first_of_its_test: false,
    }
}

fn rule(test: &str) -> StandingRule {
    StandingRule {
        id: "rule-1".into(),
        clinician: "dr-a".into(),
        tests: BTreeSet::from([test.to_owned()]),
        switched_on_at: now() - Duration::days(1),
        switched_off_at: None,
    }
}

fn released() -> ReleaseState {
    release(&ReleaseState::Held, &[HoldReason::Unfiled], &request(&[]), now()).unwrap()
}

#[test]
fn h03_a_person_releases_knowingly_or_not_at_all() {
    let go =
        |holds: &[HoldReason], knowing: &[HoldReason]| release(&ReleaseState::Held, holds, &request(knowing), now());
    let holds = [HoldReason::Unfiled, HoldReason::HoldLimit];
    assert_eq!(go(&holds, &[]), Err(ReleaseRefused::NotAccepted(vec![HoldReason::HoldLimit])));
    assert!(go(&holds, &[HoldReason::HoldLimit]).is_ok());
    for fault in [HoldReason::UnitUnknown, HoldReason::NotFinal, HoldReason::Implausible, HoldReason::UnknownTest] {
        let refused = go(&[HoldReason::Unfiled, fault], &[fault]);
        assert_eq!(refused, Err(ReleaseRefused::NotCertain(vec![fault])));
    }
    assert_eq!(release(&released(), &[HoldReason::Unfiled], &request(&[]), now()), Err(ReleaseRefused::NotHeld));
}

#[test]
fn h03_the_first_release_of_a_test_needs_two_people() {
    let mut first = request(&[]);
    first.first_of_its_test = true;
    let go = |r: &ReleaseRequest| release(&ReleaseState::Held, &[HoldReason::Unfiled], r, now());
    assert_eq!(go(&first), Err(ReleaseRefused::SecondPersonNeeded));
    for same in ["dr-a", " dr-a "] {
        first.second = Some(same.into());
        assert_eq!(go(&first), Err(ReleaseRefused::SamePerson));
    }
    first.second = Some("dr-b".into());
    assert!(go(&first).is_ok());
    first.by = " ".into();
    assert_eq!(go(&first), Err(ReleaseRefused::Nobody));
}

#[test]
fn h03_a_standing_rule_releases_only_what_nothing_else_holds() {
    let rules = [rule("hba1c")];
    let by_rule = |holds: &[HoldReason], key, at| release_by_rule(&ReleaseState::Held, key, holds, &rules, at);
    let unfiled = [HoldReason::Unfiled];
    let Some(ReleaseState::Released { by, .. }) = by_rule(&unfiled, Some("hba1c"), now()) else {
        panic!("the rule should release it");
    };
    assert_eq!(by, Releaser::Rule { rule: "rule-1".into(), clinician: "dr-a".into() });
    assert_eq!(by_rule(&unfiled, Some("sodium"), now()), None);
    assert_eq!(by_rule(&unfiled, None, now()), None);
    assert_eq!(by_rule(&[], Some("hba1c"), now()), None, "nobody assessed it");
    let before = now() - Duration::days(2);
    assert_eq!(by_rule(&unfiled, Some("hba1c"), before), None, "not yet on");
    for other in [HoldReason::Sensitive, HoldReason::HoldLimit, HoldReason::StatusNotStated, HoldReason::RangeMissing] {
        let holds = [HoldReason::Unfiled, other];
        assert_eq!(by_rule(&holds, Some("hba1c"), now()), None, "{other:?}");
    }
    let nobody = StandingRule { clinician: " ".into(), ..rule("hba1c") };
    let off = StandingRule { switched_off_at: Some(now()), ..rule("hba1c") };
    for rule in [nobody, off] {
        let held = release_by_rule(&ReleaseState::Held, Some("hba1c"), &unfiled, &[rule], now());
        assert_eq!(held, None);
    }
    let again = release_by_rule(&released(), Some("hba1c"), &unfiled, &rules, now());
    assert_eq!(again, None, "a rule moves held results only");
}

#[test]
fn h05_a_correction_withdraws_and_tells_a_person_at_once() {
    let old = hba1c(48.0, "mmol/mol");
    let mut new = hba1c(58.0, "mmol/mol");
    new.status = ReportStatus::Corrected;
    let Arrival::Correction { old: state, task } = arrive(&old, &released(), &new, now()) else {
        panic!("a correction");
    };
    assert!(matches!(
        state,
        ReleaseState::Withdrawn { reason: WithdrawReason::Corrected, was_released: true, by: None, .. }
    ));
    assert_eq!(task, FollowUp { urgent: true, within_working_days: 0 });

    new.status = ReportStatus::Cancelled;
    let Arrival::Correction { old: state, .. } = arrive(&old, &released(), &new, now()) else {
        panic!("a cancellation");
    };
    assert!(matches!(state, ReleaseState::Withdrawn { reason: WithdrawReason::Cancelled, .. }));
    let twice = withdraw(&state, None, WithdrawReason::ByStaff, now());
    assert_eq!(twice, Err(ReleaseRefused::AlreadyWithdrawn));
    assert_eq!(hold(&state), Err(ReleaseRefused::AlreadyWithdrawn), "it does not come back");
}

#[test]
fn h05_the_same_again_does_nothing_and_a_held_one_is_replaced() {
    let old = hba1c(48.0, "mmol/mol");
    let mut again = old.clone();
    again.provenance.file = "another day".into();
    again.hold = vec![HoldReason::Unfiled];
    assert_eq!(arrive(&old, &released(), &again, now()), Arrival::Same);
    let changed = hba1c(58.0, "mmol/mol");
    assert_eq!(arrive(&old, &ReleaseState::Held, &changed, now()), Arrival::ReplaceHeld);
    let mut preliminary = old.clone();
    preliminary.status = ReportStatus::Preliminary;
    assert_ne!(arrive(&old, &released(), &preliminary, now()), Arrival::Same);
}

#[test]
fn h02_a_result_that_changes_its_person_is_never_replaced_in_silence() {
    let old = hba1c(48.0, "mmol/mol");
    let mut moved = old.clone();
    moved.patient = PatientKey::Identifier { system: "urn:x".into(), value: "2".into() };
    let Arrival::Correction { old: state, .. } = arrive(&old, &ReleaseState::Held, &moved, now()) else {
        panic!("somebody has to look");
    };
    assert!(matches!(state, ReleaseState::Withdrawn { reason: WithdrawReason::WrongPatient, .. }));
}

#[test]
fn h28_every_held_result_has_a_day_by_which_somebody_looks() {
    let days = ResultsCatalogue::shipped().unwrap().follow_up();
    let routine = FollowUp::of_held(&[HoldReason::Unfiled], days);
    assert!(!routine.urgent && routine.within_working_days > 0);
    for urgent in [HoldReason::HoldLimit, HoldReason::CriticalFlag] {
        let soon = FollowUp::of_held(&[HoldReason::Unfiled, urgent], days);
        assert!(soon.urgent && soon.within_working_days == 0);
    }
    assert_eq!(FollowUp::of_held(&[], days), routine, "even one without a reason");
}

//! Results arrive held. A standing rule may release what nothing else holds; a correction withdraws and calls a person.

use super::keys::Known;
use super::{Imported, Request};
use crate::clock::instant;
use crate::domain::calendar::add_working_days;
use crate::domain::import::{Record, ResultRecord};
use crate::domain::practice::Practice;
use crate::domain::reason::Reason;
use crate::domain::result::{
    Arrival, FollowUp, FollowUpDays, ReleaseState, Releaser, ResultValue, StandingRule, TakenAt, arrive,
    release_by_rule,
};
use crate::outreach::alerts::{NewAlert, raise};
use crate::outreach::{Engine, OutreachError};
use crate::store::results::{StandingRuleRow, TestResultRow};
use crate::store::{Tx, due, results};
use std::collections::{BTreeMap, HashMap};

pub(super) async fn take(
    engine: &Engine,
    tx: &mut Tx,
    request: Request<'_>,
    page: &[&Record],
    known: &Known,
    done: &mut Imported,
) -> Result<(), OutreachError> {
    let mut arriving: BTreeMap<&str, (&Record, &ResultRecord, &str)> = BTreeMap::new();
    for record in page {
        let Record::Result(result) = record else {
            continue;
        };
        match known.get(&result.patient) {
            Some(person) => {
                arriving.insert(result.source_id.as_str(), (record, result.as_ref(), person.id.as_str()));
            }
            None => done.refuse(record, "This person is not on record: import the patients' list first."),
        }
    }
    if arriving.is_empty() {
        return Ok(());
    }
    let practices = engine.practices().await?;
    let practice = practices.get(request.practice_id).map(|s| &s.practice);
    let rules: Vec<StandingRule> = results::rules_in(tx, request.practice_id).await?.iter().filter_map(rule).collect();
    let sources: Vec<String> = arriving.keys().map(|id| (*id).to_owned()).collect();
    let mut there: HashMap<String, TestResultRow> = results::by_sources(tx, request.practice_id, &sources)
        .await?
        .into_iter()
        .map(|row| (row.source_id.clone(), row))
        .collect();
    let mut fresh = Vec::new();
    for (source, (record, result, patient_id)) in &arriving {
        let new = row(engine, request, practice, result, patient_id, &rules);
        match there.remove(*source) {
            None => fresh.push(new),
            Some(old) => again(engine, tx, practice, record, &old, new, done).await?,
        }
    }
    let released: Vec<String> =
        fresh.iter().filter(|row| row.state == "released").map(|row| row.patient_id.clone()).collect();
    done.released_by_rule += released.len() as u64;
    done.stored("result", results::insert(tx, &fresh).await?.len() as u64);
    for patient_id in released {
        due::wake(tx, &patient_id, Reason::NoReleasedResult.as_str(), engine.clock.now_ms()).await?;
    }
    Ok(())
}

/// The same id came before.
async fn again(
    engine: &Engine,
    tx: &mut Tx,
    practice: Option<&Practice>,
    record: &Record,
    old: &TestResultRow,
    mut new: TestResultRow,
    done: &mut Imported,
) -> Result<(), OutreachError> {
    let now = engine.clock.now_ms();
    let Record::Result(result) = record else {
        return Ok(());
    };
    let Ok(before) = serde_json::from_str::<ResultRecord>(&old.source_record) else {
        return Ok(());
    };
    if old.patient_id != new.patient_id {
        done.refuse(
            record,
            "A result with this id belongs to another person. Nothing was changed: ask the laboratory.",
        );
        return Ok(());
    }
    match arrive(&before, &state_of(old), result, instant(now)) {
        Arrival::Same => done.unchanged("result", 1),
        Arrival::ReplaceHeld => {
            new.id.clone_from(&old.id);
            results::correct(tx, &new).await?;
            done.stored("result", 1);
        }
        Arrival::Correction { .. } => {
            // The corrected content is held again under the same id; the person may have been told of the old one.
            "held".clone_into(&mut new.state);
            new.id.clone_from(&old.id);
            new.released_by = None;
            new.released_at = None;
            results::correct(tx, &new).await?;
            done.corrected += 1;
            let alert = NewAlert {
                practice_id: &old.practice_id,
                patient_id: Some(&old.patient_id),
                message_id: None,
                dedupe_key: format!("result_corrected:{}:{now}", old.id),
                kind: "result_corrected",
                priority: "urgent",
                reason: "A released result was corrected by the laboratory. It is held again: look, and tell the person.",
            };
            raise(tx, &engine.clock, practice, alert).await?;
        }
    }
    Ok(())
}

/// Where a stored result stands, as the rules of release know it.
pub fn state_of(row: &TestResultRow) -> ReleaseState {
    let at = instant(row.released_at.unwrap_or(row.updated_at));
    match row.state.as_str() {
        "released" => ReleaseState::Released {
            by: Releaser::Staff { id: row.released_by.clone().unwrap_or_default() },
            second: None,
            at,
            knowing: std::collections::BTreeSet::new(),
        },
        "withdrawn" => ReleaseState::Withdrawn {
            by: None,
            reason: crate::domain::result::WithdrawReason::ByStaff,
            at,
            was_released: row.released_at.is_some(),
        },
        _ => ReleaseState::Held,
    }
}

fn row(
    engine: &Engine,
    request: Request<'_>,
    practice: Option<&Practice>,
    result: &ResultRecord,
    patient_id: &str,
    rules: &[StandingRule],
) -> TestResultRow {
    let now = engine.clock.now_ms();
    let released = release_by_rule(&ReleaseState::Held, result.test_key.as_deref(), &result.hold, rules, instant(now));
    let (state, released_by) = match released {
        Some(ReleaseState::Released { by: Releaser::Rule { clinician, rule }, .. }) => {
            ("released", Some(format!("{clinician} (standing rule {rule})")))
        }
        _ => ("held", None),
    };
    let (value, value_number) = match &result.value {
        ResultValue::Number { value, comparator } => {
            let sign = comparator.map(|c| c.to_string()).unwrap_or_default();
            (format!("{sign}{}", shown(engine, result, *value)), Some(*value))
        }
        ResultValue::BloodPressure { systolic, diastolic } => (format!("{systolic}/{diastolic}"), Some(*systolic)),
        ResultValue::Text { text } => (text.clone(), None),
        ResultValue::Absent { reason } => (reason.clone().unwrap_or_default(), None),
    };
    TestResultRow {
        id: engine.clock.id(),
        practice_id: request.practice_id.to_owned(),
        patient_id: patient_id.to_owned(),
        source_id: result.source_id.as_str().to_owned(),
        test: result.test_key.clone().unwrap_or_default(),
        display: result.display.clone(),
        value,
        value_number,
        unit: result.unit.clone().unwrap_or_default(),
        original_value: result.original.value.clone(),
        original_unit: result.original.unit.clone().unwrap_or_default(),
        source_record: serde_json::to_string(result).unwrap_or_else(|_| "{}".to_owned()),
        reference_low: result.range.low,
        reference_high: result.range.high,
        flag: result.flag.map(|flag| format!("{flag:?}")).unwrap_or_default(),
        report_status: format!("{:?}", result.status),
        taken_at: match result.taken_at {
            Some(TakenAt::Instant(at)) => at.timestamp_millis(),
            Some(TakenAt::Day(day)) => day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis(),
            None => 0,
        },
        state: state.to_owned(),
        hold_reasons: serde_json::to_string(&result.hold).unwrap_or_else(|_| "[]".to_owned()),
        hold_owner: practice.map(|p| p.settings.results.hold_owner.clone()).unwrap_or_default(),
        hold_due_at: (state == "held").then(|| look_by(practice, result, now)),
        released_at: released_by.is_some().then_some(now),
        released_by,
        imported_at: now,
        updated_at: now,
    }
}

/// A value as its test shows it: so many decimals.
fn shown(engine: &Engine, result: &ResultRecord, value: f64) -> String {
    result
        .test_key
        .as_deref()
        .and_then(|key| engine.results.get(key))
        .map_or_else(|| format!("{value}"), |test| test.show(value))
}

/// When somebody must have looked: urgent holds the same working day, others within the practice's days.
fn look_by(practice: Option<&Practice>, result: &ResultRecord, now: i64) -> i64 {
    let Some(practice) = practice else { return now };
    let days = FollowUpDays {
        urgent_working_days: 0,
        routine_working_days: u8::try_from(practice.settings.results.hold_days).unwrap_or(u8::MAX),
    };
    let follow_up = FollowUp::of_held(&result.hold, days);
    let today = crate::domain::calendar::local_date(instant(now), practice.settings.zone);
    let by = add_working_days(today, i32::from(follow_up.within_working_days), &practice.holidays)
        .map_or(today, |(day, _)| day);
    let end = chrono::NaiveTime::from_hms_opt(18, 0, 0).unwrap_or_default();
    crate::domain::calendar::resolve(practice.settings.zone, by.and_time(end)).timestamp_millis()
}

/// A stored rule as the rules of release know it; one that cannot be read releases nothing.
fn rule(row: &StandingRuleRow) -> Option<StandingRule> {
    Some(StandingRule {
        id: row.id.clone(),
        clinician: row.clinician.clone(),
        tests: serde_json::from_str(&row.tests).ok()?,
        switched_on_at: instant(row.switched_on_at),
        switched_off_at: row.switched_off_at.map(instant),
    })
}

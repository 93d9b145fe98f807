//! Appointments and results of the invented people.

use super::dice::Dice;
use super::invent::Invented;
use super::names::CLINICIANS;
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, Weekday};

/// An appointment as an appointment list has it, in local time.
#[derive(Clone, Debug)]
pub(super) struct Visit {
    /// Whose: the place in the list of people.
    pub person: usize,
    pub kind: &'static str,
    pub clinician: &'static str,
    pub starts: NaiveDateTime,
    pub minutes: i64,
}

/// Why a result of the demo is held, beside that nobody has released it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hold {
    /// Nothing else holds it: a clinician released it.
    Released,
    /// It only waits for a clinician.
    Waits,
    /// Something in it holds it, by its code.
    Because(&'static str),
}

/// A test and the range of the laboratory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Test {
    pub key: &'static str,
    pub display: &'static str,
    pub unit: &'static str,
    pub low: Option<f64>,
    pub high: Option<f64>,
}

const fn test(key: &'static str, display: &'static str, unit: &'static str, range: (Option<f64>, Option<f64>)) -> Test {
    Test { key, display, unit, low: range.0, high: range.1 }
}

const HBA1C: Test = test("hba1c", "HbA1c", "mmol/mol", (Some(20.0), Some(41.0)));
const CHOLESTEROL: Test = test("total_cholesterol", "Total cholesterol", "mmol/L", (None, Some(5.0)));
const EGFR: Test = test("egfr", "eGFR", "mL/min/1.73m2", (Some(60.0), None));

/// A result as a results list has it.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub person: usize,
    pub test: Test,
    pub value: String,
    pub flag: &'static str,
    pub status: &'static str,
    pub taken: NaiveDate,
    pub hold: Hold,
}

/// Weeks in which appointments lie.
const WEEKS: i64 = 7;

/// Appointments over the coming weeks. The first person's annual review lies fifteen days ahead.
pub(super) fn visits(seed: u64, people: &[Invented], today: NaiveDate) -> Vec<Visit> {
    let mut dice = Dice::new(seed, "visits");
    let mut visits = Vec::new();
    for (person, invented) in people.iter().enumerate() {
        if person == 0 {
            visits.extend(visit(&mut dice, person, "annual_review", today, Some(15)));
            continue;
        }
        if invented.left || invented.died.is_some_and(|_| person % 2 == 0) {
            continue;
        }
        let long_term = invented.tags.iter().any(|tag| super::invent::is_condition(tag));
        if long_term && dice.percent(62) {
            visits.extend(visit(&mut dice, person, "annual_review", today, None));
        }
        if dice.percent(22) {
            let kind = dice.pick(&["blood_test", "nurse_appointment", "gp_appointment", "medication_review"]);
            visits.extend(visit(&mut dice, person, kind, today, None));
        }
    }
    visits
}

fn visit(dice: &mut Dice, person: usize, kind: &'static str, today: NaiveDate, ahead: Option<u64>) -> Option<Visit> {
    let days = ahead.unwrap_or_else(|| dice.between(2, WEEKS * 7).unsigned_abs());
    let mut day = today.checked_add_days(Days::new(days))?;
    while matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
        day = day.succ_opt()?;
    }
    let (hour, minute) =
        if ahead.is_some() { (10, 20) } else { (dice.between(9, 16) as u32, dice.pick(&[0, 10, 20, 30, 40, 50])) };
    Some(Visit {
        person,
        kind,
        clinician: dice.pick(&CLINICIANS),
        starts: day.and_hms_opt(hour, minute, 0)?,
        minutes: if kind == "annual_review" { 30 } else { 10 },
    })
}

/// Results before the annual reviews, and some of each kind that is held.
pub(super) fn findings(seed: u64, people: &[Invented], visits: &[Visit], today: NaiveDate) -> Vec<Finding> {
    let mut dice = Dice::new(seed, "findings");
    let mut findings = Vec::new();
    for visit in visits.iter().filter(|v| v.kind == "annual_review") {
        let Some(person) = people.get(visit.person) else {
            continue;
        };
        let taken = today.checked_sub_days(Days::new(dice.between(1, 6).unsigned_abs())).unwrap_or(today);
        let hold = if visit.person == 0 || dice.percent(78) { Hold::Released } else { Hold::Waits };
        let mut add = |test: Test, value: String| {
            let row = Finding { person: visit.person, test, value, flag: "", status: "final", taken, hold };
            findings.push(row);
        };
        if person.tags.contains(&"diabetes_type_2") {
            add(HBA1C, dice.between(44, 71).to_string());
        }
        add(CHOLESTEROL, format!("{}.{}", dice.between(3, 6), dice.between(0, 9)));
        add(EGFR, dice.between(48, 104).to_string());
    }
    findings.extend(held(people, today));
    findings
}

/// One result for each kind of reason that holds one.
fn held(people: &[Invented], today: NaiveDate) -> Vec<Finding> {
    const HEPATITIS_C: Test = test("hepatitis_c", "Hepatitis C antibody", "", (None, None));
    const POTASSIUM: Test = test("potassium", "Potassium", "mmol/L", (Some(3.5), Some(5.3)));
    const FERRITIN: Test = test("ferritin", "Ferritin", "units", (Some(15.0), Some(300.0)));
    const ALT: Test = test("alt", "ALT", "U/L", (None, None));
    const SODIUM: Test = test("sodium", "Sodium", "mmol/L", (Some(133.0), Some(146.0)));
    const TSH: Test = test("tsh", "TSH", "mU/L", (Some(0.3), Some(4.2)));
    let takes_part = people.iter().enumerate().skip(1).filter(|(_, p)| p.can_take_part()).map(|(at, _)| at);
    [
        (HEPATITIS_C, "Not detected", "", "final", "sensitive"),
        (POTASSIUM, "6.4", "HH", "final", "critical_flag"),
        (HBA1C, "92", "H", "final", "hold_limit"),
        (FERRITIN, "41", "", "final", "unit_unknown"),
        (ALT, "38", "", "final", "range_missing"),
        (SODIUM, "14", "", "final", "implausible"),
        (TSH, "3.1", "", "preliminary", "not_final"),
    ]
    .into_iter()
    .zip(takes_part.skip(3).step_by(5))
    .map(|((test, value, flag, status, why), person)| Finding {
        person,
        test,
        value: value.to_owned(),
        flag,
        status,
        taken: today.pred_opt().unwrap_or(today),
        hold: Hold::Because(why),
    })
    .collect()
}

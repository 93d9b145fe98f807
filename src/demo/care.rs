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

/// A result as a results list has it.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub person: usize,
    pub test: &'static str,
    pub display: &'static str,
    pub value: String,
    pub unit: &'static str,
    pub low: Option<f64>,
    pub high: Option<f64>,
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
        if person.tags.contains(&"diabetes_type_2") {
            let value = dice.between(44, 71).to_string();
            findings.push(finding(
                visit.person,
                "hba1c",
                "HbA1c",
                value,
                "mmol/mol",
                (Some(20.0), Some(41.0)),
                taken,
                hold,
            ));
        }
        let (whole, tenth) = (dice.between(3, 6), dice.between(0, 9));
        findings.push(finding(
            visit.person,
            "total_cholesterol",
            "Total cholesterol",
            format!("{whole}.{tenth}"),
            "mmol/L",
            (None, Some(5.0)),
            taken,
            hold,
        ));
        let value = dice.between(48, 104).to_string();
        findings.push(finding(visit.person, "egfr", "eGFR", value, "mL/min/1.73m2", (Some(60.0), None), taken, hold));
    }
    findings.extend(held(people, today));
    findings
}

#[expect(clippy::too_many_arguments, reason = "a row of a results list has as many columns")]
fn finding(
    person: usize,
    test: &'static str,
    display: &'static str,
    value: String,
    unit: &'static str,
    range: (Option<f64>, Option<f64>),
    taken: NaiveDate,
    hold: Hold,
) -> Finding {
    Finding { person, test, display, value, unit, low: range.0, high: range.1, flag: "", status: "final", taken, hold }
}

/// Test, display, value, unit, range, flag, status, and why it is held.
type Kind =
    (&'static str, &'static str, &'static str, &'static str, (Option<f64>, Option<f64>), &'static str, &'static str, &'static str);

/// One result for each kind of reason that holds one.
fn held(people: &[Invented], today: NaiveDate) -> Vec<Finding> {
    let takes_part: Vec<usize> =
        people.iter().enumerate().skip(1).filter(|(_, p)| p.can_take_part()).map(|(at, _)| at).collect();
    let no_range = (None, None);
    let kinds: [Kind; 7] = [
        ("hepatitis_c", "Hepatitis C antibody", "Not detected", "", no_range, "", "final", "sensitive_test"),
        ("potassium", "Potassium", "6.4", "mmol/L", (Some(3.5), Some(5.3)), "HH", "final", "critical_flag"),
        ("hba1c", "HbA1c", "92", "mmol/mol", (Some(20.0), Some(41.0)), "H", "final", "hold_limit"),
        ("ferritin", "Ferritin", "41", "units", (Some(15.0), Some(300.0)), "", "final", "unknown_unit"),
        ("alt", "ALT", "38", "U/L", no_range, "", "final", "no_range"),
        ("sodium", "Sodium", "14", "mmol/L", (Some(133.0), Some(146.0)), "", "final", "implausible"),
        ("tsh", "TSH", "3.1", "mU/L", (Some(0.3), Some(4.2)), "", "preliminary", "not_final"),
    ];
    kinds
        .into_iter()
        .zip(takes_part.into_iter().skip(3).step_by(5))
        .map(|((test, display, value, unit, (low, high), flag, status, why), person)| Finding {
            person,
            test,
            display,
            value: value.to_owned(),
            unit,
            low,
            high,
            flag,
            status,
            taken: today.pred_opt().unwrap_or(today),
            hold: Hold::Because(why),
        })
        .collect()
}

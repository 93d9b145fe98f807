//! What must be true of each test in a catalogue.

use super::test::Test;
use super::units::fold_unit;

/// Adds a sentence for each fault of one test.
pub(super) fn test(test: &Test, all: &[Test], faults: &mut Vec<String>) {
    let mut fault = |text: &str| faults.push(format!("{}: {text}", test.key));
    if test.key.is_empty() || !test.key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
        fault("a key is lower case letters, digits and underscores");
    }
    if test.plain_name.trim().is_empty() {
        fault("plain_name is empty");
    }
    if test.unit.is_empty() != test.units.is_empty() {
        fault("unit and units go together");
    }
    let canonical = test.units.iter().find(|u| u.names.iter().any(|n| fold_unit(n) == fold_unit(&test.unit)));
    // A canonical unit that would itself be converted makes every stored value wrong.
    if !test.unit.is_empty() && canonical.is_none_or(|u| (u.to_canonical(7.0) - 7.0).abs() > f64::EPSILON) {
        fault("the canonical unit must be among units, without conversion");
    }
    if test.units.iter().any(|u| u.divide == 0.0 || u.multiply == 0.0) {
        fault("a conversion by zero");
    }
    // Two ways of writing one unit may fold alike; the same name under two conversions may not.
    let mut names: Vec<String> = Vec::new();
    for unit in &test.units {
        let mut own: Vec<String> = unit.names.iter().map(|n| fold_unit(n)).collect();
        own.sort();
        own.dedup();
        if own.iter().any(|n| names.contains(n)) {
            fault("a unit is listed under two conversions");
        }
        names.extend(own);
    }
    if test.impossible_units.iter().any(|i| names.contains(&fold_unit(i))) {
        fault("a unit is both accepted and impossible");
    }
    match test.plausible {
        None if !test.unit.is_empty() => fault("plausible is missing"),
        Some((low, high)) if low >= high => fault("plausible is the wrong way round"),
        _ => {}
    }
    let hold = test.hold;
    if hold.below.is_some() && hold.at_or_below.is_some() || hold.above.is_some() && hold.at_or_above.is_some() {
        fault("two hold limits for one end");
    }
    let low = hold.below.or(hold.at_or_below);
    let high = hold.above.or(hold.at_or_above);
    if low.zip(high).is_some_and(|(l, h)| l >= h) {
        fault("hold limits are the wrong way round");
    }
    if test.part_of.as_ref().is_some_and(|panel| !all.iter().any(|t| t.key == *panel)) {
        fault("part_of names a test that does not exist");
    }
}

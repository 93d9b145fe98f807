//! From what a source wrote about a test to a held result. CSV and FHIR both end here, so that a unit is converted
//! and a reason to hold found in one place.

use crate::domain::import::{PatientKey, Provenance, SourceId};
use crate::domain::result::{
    AbnormalFlag, Code, Comparator, Component, Found, Original, Range, ReportStatus, ResultRecord, ResultValue,
    ResultsCatalogue, TakenAt, Test, assess, number,
};
use crate::interchange::text::clean;

/// A number with its unit, as written.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Quantity {
    pub(crate) text: String,
    pub(crate) comparator: Option<Comparator>,
    pub(crate) unit: Option<String>,
    pub(crate) unit_code: Option<String>,
}

/// What the source gives as the value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Given {
    /// A number or whatever stands in its place.
    Quantity(Quantity),
    /// Words.
    Text(String),
    /// Nothing, with the source's reason.
    Absent(Option<String>),
    /// Parts with their own codes.
    Parts(Vec<(Vec<Code>, String, Quantity)>),
}

/// Everything the source wrote about one result.
#[derive(Debug, Clone)]
pub(crate) struct Measured {
    pub(crate) patient: PatientKey,
    pub(crate) source_id: SourceId,
    pub(crate) provenance: Provenance,
    pub(crate) report_id: Option<SourceId>,
    pub(crate) codes: Vec<Code>,
    pub(crate) display: String,
    pub(crate) given: Given,
    pub(crate) low: Option<Quantity>,
    pub(crate) high: Option<Quantity>,
    pub(crate) range_text: Option<String>,
    pub(crate) flag: Option<String>,
    pub(crate) status: ReportStatus,
    pub(crate) taken_at: Option<TakenAt>,
}

/// Makes the held result.
pub(crate) fn result(m: Measured, catalogue: &ResultsCatalogue) -> ResultRecord {
    let display = clean(&m.display).into_owned();
    let test = match catalogue.find(&m.codes, &display) {
        Found::One(test) => Some(test),
        Found::Disagree | Found::None => None,
    };
    let (value, original, components) = value(&m.given, test, catalogue);
    let understood = test.filter(|t| !t.unit.is_empty() && converts(t, &original, &value));
    let range = range(&m, test);
    let flag = m.flag.as_deref().map(str::trim).filter(|f| !f.is_empty());
    let mut result = ResultRecord {
        test_key: test.map(|t| t.key.clone()),
        unit: understood.map(|t| t.unit.clone()).or_else(|| pair_unit(&value)),
        patient: m.patient,
        source_id: m.source_id,
        provenance: m.provenance,
        report_id: m.report_id,
        codes: m.codes,
        display,
        value,
        original,
        components,
        taken_at: m.taken_at,
        range,
        flag: flag.and_then(AbnormalFlag::read),
        flag_unread: flag.filter(|f| AbnormalFlag::read(f).is_none()).map(str::to_owned),
        status: m.status,
        hold: Vec::new(),
    };
    result.hold = assess(&result, catalogue);
    result
}

fn pair_unit(value: &ResultValue) -> Option<String> {
    matches!(value, ResultValue::BloodPressure { .. }).then(|| "mm[Hg]".to_owned())
}

fn converts(test: &Test, original: &Original, value: &ResultValue) -> bool {
    matches!(value, ResultValue::Number { .. })
        && test.convert(0.0, original.unit.as_deref(), original.unit_code.as_deref()).is_ok()
}

fn value(given: &Given, test: Option<&Test>, catalogue: &ResultsCatalogue) -> (ResultValue, Original, Vec<Component>) {
    match given {
        Given::Absent(reason) => (ResultValue::Absent { reason: reason.clone() }, Original::default(), Vec::new()),
        Given::Text(text) => {
            let original = Original { value: text.clone(), ..Original::default() };
            (ResultValue::Text { text: text.clone() }, original, Vec::new())
        }
        Given::Quantity(quantity) => {
            if test.is_some_and(|t| t.key == "blood_pressure")
                && let Some((top, bottom)) = number::read_pair(&quantity.text)
            {
                return (pair(top, bottom), original(quantity), pair_parts(top, bottom, quantity));
            }
            (quantity_value(quantity, test), original(quantity), Vec::new())
        }
        Given::Parts(parts) => of_parts(parts, catalogue),
    }
}

fn original(quantity: &Quantity) -> Original {
    let sign = quantity.comparator.map(|c| c.to_string()).unwrap_or_default();
    Original {
        value: format!("{sign}{}", quantity.text),
        unit: quantity.unit.clone(),
        unit_code: quantity.unit_code.clone(),
    }
}

fn quantity_value(quantity: &Quantity, test: Option<&Test>) -> ResultValue {
    let text = quantity.text.trim();
    if text.is_empty() {
        return ResultValue::Absent { reason: None };
    }
    let Some(read) = number::read(text) else {
        return ResultValue::Text { text: text.to_owned() };
    };
    let converted = test
        .filter(|t| !t.unit.is_empty())
        .and_then(|t| t.convert(read.value, quantity.unit.as_deref(), quantity.unit_code.as_deref()).ok());
    ResultValue::Number {
        value: converted.map_or(read.value, |c| c.value),
        comparator: quantity.comparator.or(read.comparator),
    }
}

fn pair(systolic: f64, diastolic: f64) -> ResultValue {
    ResultValue::BloodPressure { systolic, diastolic }
}

fn pair_parts(top: f64, bottom: f64, quantity: &Quantity) -> Vec<Component> {
    [("systolic", top), ("diastolic", bottom)]
        .into_iter()
        .map(|(key, value)| Component {
            test_key: Some(key.to_owned()),
            codes: Vec::new(),
            value: ResultValue::Number { value, comparator: None },
            original: Original { value: value.to_string(), ..original(quantity) },
        })
        .collect()
}

fn of_parts(
    parts: &[(Vec<Code>, String, Quantity)],
    catalogue: &ResultsCatalogue,
) -> (ResultValue, Original, Vec<Component>) {
    let components: Vec<Component> = parts
        .iter()
        .map(|(codes, display, quantity)| {
            let test = match catalogue.find(codes, &clean(display)) {
                Found::One(test) => Some(test),
                _ => None,
            };
            Component {
                test_key: test.map(|t| t.key.clone()),
                codes: codes.clone(),
                value: quantity_value(quantity, test),
                original: original(quantity),
            }
        })
        .collect();
    let one = |key: &str| {
        let mut found = components.iter().filter(|c| c.test_key.as_deref() == Some(key));
        match (found.next().map(|c| &c.value), found.next()) {
            (Some(ResultValue::Number { value, comparator: None }), None) => Some(*value),
            _ => None,
        }
    };
    let shown: Vec<&str> = components.iter().map(|c| c.original.value.as_str()).collect();
    let unit = components.first().and_then(|c| c.original.unit.clone());
    let original = Original { value: shown.join(" / "), unit, unit_code: None };
    let value = match (one("systolic"), one("diastolic")) {
        (Some(systolic), Some(diastolic)) => pair(systolic, diastolic),
        _ => ResultValue::Absent { reason: None },
    };
    let original = match (&value, one("systolic").zip(one("diastolic"))) {
        // The usual way of writing it, with the top number first whatever the order of the parts.
        (ResultValue::BloodPressure { .. }, Some(_)) => Original { value: top_first(&components), ..original },
        _ => original,
    };
    (value, original, components)
}

fn top_first(components: &[Component]) -> String {
    let text = |key: &str| {
        components.iter().find(|c| c.test_key.as_deref() == Some(key)).map_or("", |c| c.original.value.as_str())
    };
    format!("{}/{}", text("systolic"), text("diastolic"))
}

/// The range in the canonical unit. An end without a unit of its own has that of the value.
fn range(m: &Measured, test: Option<&Test>) -> Range {
    let own = match &m.given {
        Given::Quantity(quantity) => quantity.clone(),
        _ => Quantity::default(),
    };
    let convert = |end: &Quantity| -> Option<f64> {
        let value = number::read(&end.text)?.value;
        let Some(test) = test.filter(|t| !t.unit.is_empty()) else {
            return Some(value);
        };
        let bare = end.unit.is_none() && end.unit_code.is_none();
        let with = if bare { &own } else { end };
        test.convert(value, with.unit.as_deref(), with.unit_code.as_deref()).ok().map(|c| c.value)
    };
    let (mut low, mut high) = (m.low.as_ref().and_then(convert), m.high.as_ref().and_then(convert));
    if let (None, None, Some(text)) = (low, high, m.range_text.as_deref()) {
        let (l, h) = split_range(text);
        let end = |text: Option<String>| text.map(|text| Quantity { text, ..Quantity::default() });
        (low, high) = (end(l).as_ref().and_then(convert), end(h).as_ref().and_then(convert));
    }
    if low.zip(high).is_some_and(|(l, h)| l > h) {
        (low, high) = (None, None);
    }
    Range { low, high, text: m.range_text.clone() }
}

/// `20-41`, `20 - 41`, `20 to 41`, `(20-41)`, `<5`, `>60`, `up to 5`: the two ends as text.
fn split_range(text: &str) -> (Option<String>, Option<String>) {
    let lower = text.trim().trim_matches(|c| matches!(c, '(' | ')' | '[' | ']')).to_lowercase();
    let part = |t: &str| Some(t.trim().to_owned()).filter(|t| number::read(t).is_some());
    for upper in ["<=", "\u{2264}", "<", "up to "] {
        if let Some(rest) = lower.strip_prefix(upper) {
            return (None, part(rest));
        }
    }
    for at_least in [">=", "\u{2265}", ">"] {
        if let Some(rest) = lower.strip_prefix(at_least) {
            return (part(rest), None);
        }
    }
    for between in [" to ", "-", "\u{2013}"] {
        if let Some((low, high)) = lower.split_once(between) {
            return match (part(low), part(high)) {
                (Some(low), Some(high)) => (Some(low), Some(high)),
                _ => (None, None),
            };
        }
    }
    (None, None)
}

#[cfg(test)]
mod tests {
    use super::split_range;

    #[test]
    fn ranges() {
        let s = |t: &str| Some(t.to_owned());
        for (text, want) in [
            ("20-41", (s("20"), s("41"))),
            ("20.5 - 41", (s("20.5"), s("41"))),
            ("(20 to 41)", (s("20"), s("41"))),
            ("< 5", (None, s("5"))),
            (">= 60", (s("60"), None)),
            ("-5", (None, None)),
            ("see report", (None, None)),
            ("20-41-60", (None, None)),
            ("1,0-2,0", (None, None)),
        ] {
            assert_eq!(split_range(text), want, "{text}");
        }
    }
}

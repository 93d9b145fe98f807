//! One row of a results list: one result, or one for each group of columns.

use std::borrow::Cow;

use super::row::Row;
use super::{Ids, Taken};
use crate::domain::import::{Field, PatientKey, Record, Refusal, RefusalReason, WarningKind};
use crate::domain::result::{Code, CodeSystem, Found, ReportStatus, number};
use crate::interchange::measured::{self, Given, Measured, Quantity};

/// Reads the results of a row. The row's person is one for all; a group that cannot be read costs that group only.
pub(super) fn read(row: &Row<'_>, ids: &mut Ids) -> Result<(Taken, Vec<Refusal>), Refusal> {
    let patient = row.patient()?;
    let (mut taken, mut refused) = (Taken::default(), Vec::new());
    let layout = row.context().layout;
    for group in &layout.groups {
        let part = row.in_group(group);
        // In a row of groups the tests a person did not have are blank.
        if layout.groups.len() > 1 && part.get(Field::Value).is_none() && part.all(Field::Date).is_empty() {
            continue;
        }
        if !is_result(&part) {
            continue;
        }
        match one(&part, group.test.as_deref(), &patient, ids, &mut taken) {
            Ok(record) => taken.records.push(record),
            Err(refusal) => refused.push(refusal),
        }
    }
    Ok((taken, refused))
}

/// Surveys and social history stand in some exports beside the results.
fn is_result(row: &Row<'_>) -> bool {
    let categories = &row.context().layout.table.categories;
    if categories.is_empty() {
        return true;
    }
    let category = row.get(Field::Category).unwrap_or_default();
    categories.iter().any(|c| c.eq_ignore_ascii_case(&category)) || known(row)
}

fn known(row: &Row<'_>) -> bool {
    let found = row.context().options.catalogue.find(&codes(row), &row.get(Field::TestName).unwrap_or_default());
    matches!(found, Found::One(_))
}

fn codes(row: &Row<'_>) -> Vec<Code> {
    let display = row.owned(Field::TestName);
    let code = row.owned(Field::Code);
    code.map(|code| Code { system: CodeSystem::Unstated, code, display }).into_iter().collect()
}

fn one(
    row: &Row<'_>,
    title: Option<&str>,
    patient: &PatientKey,
    ids: &mut Ids,
    taken: &mut Taken,
) -> Result<Record, Refusal> {
    let context = row.context();
    let codes = codes(row);
    let display = row.owned(Field::TestName).or_else(|| title.map(str::to_owned));
    let Some(display) = display.or_else(|| codes.first().map(|c| c.code.clone())) else {
        return Err(row.refuse(Field::TestName, RefusalReason::NoTest));
    };
    let date = row.date(Field::Date)?.ok_or_else(|| row.refuse(Field::Date, RefusalReason::Missing))?;
    if date.day(context.options.zone) > context.options.today {
        return Err(row.refuse(Field::Date, RefusalReason::DateInFuture));
    }
    let given = given(row, &codes, &display);
    if given == Given::Absent(None) {
        return Err(row.refuse(Field::Value, RefusalReason::NoValue));
    }
    let status = row.word(Field::Status).map_or(ReportStatus::NotStated, |w| ReportStatus::read(&w));
    if status == ReportStatus::NotStated {
        taken.warnings.push((WarningKind::NoResultStatus, Some(Field::Status), None));
    }
    let taken_at = date.taken_at(context.options.zone);
    let which = codes.first().map_or(display.as_str(), |c| c.code.as_str());
    let source_id = ids.of(row, &[&patient.identity(), which, &taken_at.to_string()]);
    let end = |field| row.owned(field).map(|text| Quantity { text, ..Quantity::default() });
    let result = measured::result(
        Measured {
            patient: patient.clone(),
            source_id,
            provenance: row.provenance(),
            report_id: None,
            codes,
            display,
            given,
            low: end(Field::RangeLow),
            high: end(Field::RangeHigh),
            range_text: row.owned(Field::Range),
            flag: row.word(Field::AbnormalFlag),
            status,
            taken_at: Some(taken_at),
        },
        context.options.catalogue,
    );
    Ok(Record::Result(Box::new(result)))
}

fn given(row: &Row<'_>, codes: &[Code], display: &str) -> Given {
    let catalogue = row.context().options.catalogue;
    let key = match catalogue.find(codes, display) {
        Found::One(test) => Some(test.key.as_str()),
        _ => None,
    };
    // The unit a practice's mapping states stands where a unit code would: the cell itself stays as it was.
    let unit_code = key.and_then(|key| row.context().layout.table.units.get(key).cloned());
    let Some(raw) = row.raw(Field::Value) else {
        return Given::Absent(None);
    };
    let cell = row.get(Field::Value).unwrap_or_default();
    if cell.is_empty() {
        return Given::Absent(None);
    }
    let unit = row.owned(Field::Unit).filter(|u| !u.eq_ignore_ascii_case("null"));
    let unit_code = if unit.is_some() { None } else { unit_code };
    let text = match (key, row.get(Field::SecondValue)) {
        (Some("blood_pressure"), Some(second)) => format!("{cell}/{second}"),
        _ => raw.trim().to_owned(),
    };
    let (text, unit) = if unit.is_none() && unit_code.is_none() { split_unit(&text) } else { (text, unit) };
    if number::read(&text).is_none() && number::read_pair(&text).is_none() && unit.is_none() && unit_code.is_none() {
        return Given::Text(cell.into_owned());
    }
    Given::Quantity(Quantity { text, comparator: None, unit, unit_code })
}

/// `48 mmol/mol` in one cell: the number, and what stands behind it.
fn split_unit(text: &str) -> (String, Option<String>) {
    let Some(end) = text.find(|c: char| !(c.is_ascii_digit() || "<>=.,-/ \u{2264}\u{2265}".contains(c))) else {
        return (text.to_owned(), None);
    };
    let (value, unit) = text.split_at(end);
    // A slash at the end belongs to the unit (`48 /min`), a number is needed before it.
    let value_end = value.trim_end_matches([' ', '/']).len();
    let number: Cow<'_, str> = text.get(..value_end).unwrap_or_default().into();
    if number::read(&number).is_none() && number::read_pair(&number).is_none() {
        return (text.to_owned(), None);
    }
    let slash = if value.trim_end().ends_with('/') { "/" } else { "" };
    (number.into_owned(), Some(format!("{slash}{}", unit.trim())))
}

#[cfg(test)]
mod tests {
    use super::split_unit;

    #[test]
    fn units_in_the_same_cell() {
        for (text, value, unit) in [
            ("48 mmol/mol", "48", Some("mmol/mol")),
            ("7.2%", "7.2", Some("%")),
            ("<3 mg/mmol", "<3", Some("mg/mmol")),
            ("138/82", "138/82", None),
            ("138/82 mmHg", "138/82", Some("mmHg")),
            ("72 /min", "72", Some("/min")),
            ("7,2", "7,2", None),
            ("negative", "negative", None),
            ("48", "48", None),
        ] {
            let (v, u) = split_unit(text);
            assert_eq!((v.as_str(), u.as_deref()), (value, unit), "{text}");
        }
    }
}

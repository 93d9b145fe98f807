//! Lists as practices export them from their record system.

mod appointments;
mod header;
mod mapping;
mod other;
mod patients;
mod results;
mod row;
mod rows;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use mapping::{MappingError, Mappings, Table, TableKind};

use crate::domain::import::{
    Field, FileKind, IgnoredReason, ImportFile, Place, Record, Refusal, RefusalReason, SourceId, WarningKind,
};
use crate::interchange::{Input, Options, finish, text};
use row::{Above, Context, Row};
use rows::{RawRow, Rows};

/// What a row became: records, and warnings that go with them.
#[derive(Default)]
struct Taken {
    records: Vec<Record>,
    warnings: Vec<(WarningKind, Option<Field>, Option<String>)>,
}

/// Reads a list. One bad row costs that row; a broken or missing header stops the file.
pub fn read(input: &Input, options: &Options<'_>) -> ImportFile {
    let decoded = text::decode(&input.bytes);
    let stopped = |refusal| ImportFile::stopped(&input.name, FileKind::Unknown, refusal);
    if decoded.text.trim().is_empty() {
        return stopped(Refusal::new(Place::File, "file", RefusalReason::FileEmpty));
    }
    let (layout, rows) = match header::find(&decoded.text, options.mappings) {
        Ok(found) => found,
        Err(refusal) => return stopped(refusal),
    };
    let table = layout.table;
    let mut report = ImportFile::new(&input.name, table.kind.file_kind(), &table.name);
    if decoded.guessed {
        report.warn(WarningKind::ReadAsWindows1252, None, None, Place::File);
    }
    if layout.line > 1 {
        report.warn(WarningKind::LinesAboveHeader, None, None, Place::Line(1));
    }
    if table.kind == TableKind::NotUsed {
        let rows = rows.filter(|row| !row.is_blank());
        rows.for_each(|_| report.ignore(&table.name, IgnoredReason::NotUsed));
        return report;
    }
    for heading in &layout.unused {
        report.warn(WarningKind::ColumnNotUsed, None, Some(heading.clone()), Place::Line(layout.line));
    }
    let context = Context { file: &input.name, layout: &layout, options };
    read_rows(rows, context, &mut report);
    warn_if_shifted(&mut report);
    finish::finish(&mut report, options);
    report
}

fn read_rows(rows: Rows<'_>, context: Context<'_>, report: &mut ImportFile) {
    let what = context.what();
    let mut above = Above::default();
    let mut ids = Ids::default();
    for raw in rows.filter(|row| !row.is_blank()) {
        match read_row(raw, context, &mut above, &mut ids) {
            Err(refusals) => refusals.into_iter().for_each(|r| report.refuse(r)),
            Ok((place, taken, refused)) => {
                if taken.records.is_empty() && refused.is_empty() {
                    report.ignore(what, IgnoredReason::NotATestResult);
                }
                for record in taken.records {
                    report.accept(what, record);
                }
                for refusal in refused {
                    report.refuse(refusal);
                }
                for (kind, field, detail) in taken.warnings {
                    report.warn(kind, field, detail, place);
                }
            }
        }
    }
}

type RowOutcome = Result<(Place, Taken, Vec<Refusal>), Vec<Refusal>>;

fn read_row(raw: RawRow<'_>, context: Context<'_>, above: &mut Above, ids: &mut Ids) -> RowOutcome {
    let lost = |refusal, above: &mut Above| {
        // What is blank below belonged to this row, which nobody could read.
        *above = Above::Refused;
        Err(vec![refusal])
    };
    let cells = match raw.cells {
        Ok(cells) => cells,
        Err(reason) => {
            return lost(Refusal::new(Place::Line(raw.line), context.what(), reason), above);
        }
    };
    let mut row = match Row::new(raw.line, cells, context) {
        Ok(row) => row,
        Err(refusal) => return lost(refusal, above),
    };
    if context.layout.table.aggregate
        && let Err(refusal) = row.fill_down(above)
    {
        return Err(vec![refusal]);
    }
    let place = row.place();
    let taken = match context.layout.table.kind {
        TableKind::Patients => patients::read(&row).map(|taken| (taken, Vec::new())),
        TableKind::Appointments => appointments::read(&row).map(|taken| (taken, Vec::new())),
        TableKind::Results => results::read(&row, ids),
        TableKind::Goals => other::goal(&row, ids).map(|taken| (taken, Vec::new())),
        TableKind::Conditions => other::condition(&row, ids).map(|taken| (taken, Vec::new())),
        TableKind::CarePlans => other::care_plan(&row, ids).map(|taken| (taken, Vec::new())),
        TableKind::NotUsed => Ok((Taken::default(), Vec::new())),
    };
    match taken {
        Ok((taken, refused)) => Ok((place, taken, refused)),
        Err(refusal) => {
            let identity = [Field::NhsNumber, Field::BirthDate, Field::Identifier];
            if refusal.field.is_some_and(|f| identity.contains(&f)) {
                *above = Above::Refused;
            }
            Err(vec![refusal])
        }
    }
}

/// Ids for rows that have none. The value takes no part, so that a corrected value is the same result corrected;
/// the second row of the same person, test and time gets another number.
#[derive(Default)]
struct Ids(BTreeMap<SourceId, u32>);

impl Ids {
    fn of(&mut self, row: &Row<'_>, parts: &[&str]) -> SourceId {
        let kind = row.context().what();
        if let Some(id) = row.get(Field::RowId) {
            return SourceId::given(kind, &id);
        }
        let base = SourceId::derived(kind, parts);
        let nth = self.0.entry(base.clone()).and_modify(|n| *n += 1).or_insert(1);
        if *nth == 1 {
            return base;
        }
        let nth = nth.to_string();
        SourceId::derived(kind, &[parts, &["nth", &nth]].concat())
    }
}

/// When no row passes and all fail for one field, the columns are most likely shifted (hazard H02).
fn warn_if_shifted(report: &mut ImportFile) {
    let mut fields: Vec<Field> = report.refused.iter().filter_map(|r| r.field).collect();
    let all = fields.len() == report.refused.len() && report.accepted.is_empty();
    fields.sort_unstable();
    fields.dedup();
    if let ([field], true, Some(first)) = (fields.as_slice(), all, report.refused.first()) {
        let (field, place) = (*field, first.place);
        report.warn(WarningKind::ColumnsMayBeShifted, Some(field), None, place);
    }
}

//! Finding the header, below whatever a report prints above it, and deciding which list it is.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::mapping::{Mappings, Table, TableKind, missing};
use super::rows::Rows;
use crate::domain::import::{Field, Place, Refusal, RefusalReason};
use crate::domain::result::fold_name;
use crate::interchange::text::clean;

/// Lines in which the header has to come.
const SEARCH: usize = 40;
/// Columns beyond which no list of a record system goes.
const MAX_COLUMNS: usize = 1_000;

/// A set of columns that together hold one result.
#[derive(Debug, Clone, Default)]
pub(super) struct Group {
    /// Column per field.
    pub(super) fields: BTreeMap<Field, usize>,
    /// The test, when no column says it.
    pub(super) test: Option<String>,
    first: usize,
}

/// Where everything stands in a row.
#[derive(Debug, Clone)]
pub(super) struct Layout<'m> {
    pub(super) table: &'m Table,
    /// Line of the header.
    pub(super) line: u64,
    /// Cells of the header.
    pub(super) width: usize,
    /// Columns per field, outside groups.
    pub(super) columns: BTreeMap<Field, Vec<usize>>,
    /// Groups of columns, for results.
    pub(super) groups: Vec<Group>,
    /// Headings that are not used.
    pub(super) unused: Vec<String>,
    /// Headings that tell this system apart, then headings understood.
    score: (usize, usize),
}

/// Fields that may stand several times outside results: all are read.
fn may_repeat(field: Field) -> bool {
    matches!(field, Field::Mobile | Field::Phone | Field::Email | Field::Tags)
}

/// Fields of which a results list can have a set per test.
fn groupable(field: Field) -> bool {
    use Field as F;
    matches!(
        field,
        F::Code
            | F::TestName
            | F::Date
            | F::Value
            | F::SecondValue
            | F::Unit
            | F::Range
            | F::RangeLow
            | F::RangeHigh
            | F::AbnormalFlag
            | F::Status
    )
}

/// Finds the header and leaves `Rows` at the first row below it.
pub(super) fn find<'m, 't>(text: &'t str, mappings: &'m Mappings) -> Result<(Layout<'m>, Rows<'t>), Refusal> {
    let mut best: Option<(Layout<'m>, Rows<'t>)> = None;
    let mut rival: Option<&'m Table> = None;
    let mut nearest: Option<(usize, Refusal)> = None;
    for delimiter in [b',', b';', b'\t', b'|'] {
        let mut rows = Rows::new(text, delimiter);
        let mut above: Vec<Cow<'_, str>> = Vec::new();
        for _ in 0..SEARCH {
            let Some(row) = rows.next() else { break };
            let cells = match row.cells {
                Ok(cells) if cells.len() <= MAX_COLUMNS => cells,
                Ok(_) | Err(RefusalReason::TooManyColumns) => {
                    let place = Place::Line(row.line);
                    return Err(Refusal::new(place, "file", RefusalReason::TooManyColumns));
                }
                Err(_) => continue,
            };
            let folded: Vec<String> = cells.iter().map(|c| fold_name(c)).collect();
            for table in mappings.tables.iter().filter(|t| !t.by_name_only) {
                match layout(table, &cells, &folded, &above, row.line) {
                    Ok(found) => {
                        let score = found.score;
                        let top = best.as_ref().map_or((0, 0), |(l, _)| l.score);
                        if score > top {
                            best = Some((found, rows.clone()));
                            rival = None;
                        } else if score == top && best.as_ref().is_some_and(|(l, _)| l.table.kind != table.kind) {
                            rival = Some(table);
                        }
                    }
                    Err((known, refusal)) => {
                        // Two known headings look like a header in which something is missing; one may be chance.
                        if known >= 2 && nearest.as_ref().is_none_or(|(n, _)| known > *n) {
                            nearest = Some((known, refusal));
                        }
                    }
                }
            }
            above = cells;
        }
    }
    match (best, rival) {
        (Some((layout, _)), Some(rival)) => {
            Err(Refusal::new(Place::Line(layout.line), "file", RefusalReason::HeaderAmbiguous)
                .detail(format!("{} or {}", layout.table.name, rival.name)))
        }
        (Some((layout, mut rows)), None) => {
            rows.expect(layout.width);
            Ok((layout, rows))
        }
        (None, _) => Err(nearest
            .map_or_else(|| Refusal::new(Place::File, "file", RefusalReason::HeaderNotFound), |(_, refusal)| refusal)),
    }
}

/// The layout by which `table` reads this header, or how many headings it knew and what is wrong.
fn layout<'m>(
    table: &'m Table,
    cells: &[Cow<'_, str>],
    folded: &[String],
    above: &[Cow<'_, str>],
    line: u64,
) -> Result<Layout<'m>, (usize, Refusal)> {
    let bound: Vec<Option<(Field, usize)>> = folded.iter().map(|h| table.field_of(h)).collect();
    let known = bound.iter().flatten().count();
    let fault = |reason| Refusal::new(Place::Line(line), "file", reason);

    let detected = table.detect_folded.iter().filter(|d| folded.contains(d)).count();
    if detected < table.detect.len() {
        return Err((0, fault(RefusalReason::HeaderNotFound)));
    }
    let mut layout = Layout {
        table,
        line,
        width: trimmed_width(folded),
        columns: BTreeMap::new(),
        groups: Vec::new(),
        unused: Vec::new(),
        score: (detected, known),
    };
    for (at, field) in bound.iter().enumerate() {
        let heading = cells.get(at).map(|h| clean(h).into_owned()).unwrap_or_default();
        match field {
            None if heading.is_empty() => {}
            None => layout.unused.push(heading),
            Some((field, _)) if table.kind == TableKind::Results && groupable(*field) => {
                layout.put_in_group(*field, at);
            }
            Some((field, rank)) => {
                layout
                    .bind(*field, at, *rank, &bound, folded)
                    .map_err(|reason| (known, fault(reason).field(*field)))?;
            }
        }
    }
    let in_group = |field: Field| layout.groups.iter().any(|g| g.fields.contains_key(&field));
    let given = |field: Field| table.defaults.contains_key(&field);
    let has = |field: Field| layout.columns.contains_key(&field) || in_group(field) || given(field);
    if let Some((reason, field)) = missing(table.kind, &has) {
        return Err((known, fault(reason).field(field)));
    }
    // An NHS number identifies nobody without the date of birth beside it (hazard H02).
    if has(Field::NhsNumber) && !has(Field::Identifier) && !has(Field::BirthDate) {
        return Err((known, fault(RefusalReason::HeadingMissing).field(Field::BirthDate)));
    }
    layout.name_groups(above).map_err(|reason| (known, fault(reason)))?;
    Ok(layout)
}

/// Cells of the header up to the last that says anything: some exports end each line with a delimiter.
fn trimmed_width(folded: &[String]) -> usize {
    folded.iter().rposition(|h| !h.is_empty()).map_or(0, |at| at + 1)
}

impl Layout<'_> {
    fn put_in_group(&mut self, field: Field, at: usize) {
        match self.groups.last_mut() {
            Some(group) if !group.fields.contains_key(&field) => {
                group.fields.insert(field, at);
            }
            _ => self.groups.push(Group { fields: BTreeMap::from([(field, at)]), test: None, first: at }),
        }
    }

    /// Of different headings for one field the preferred one is read; the same heading twice stops the file.
    fn bind(
        &mut self,
        field: Field,
        at: usize,
        rank: usize,
        bound: &[Option<(Field, usize)>],
        folded: &[String],
    ) -> Result<(), RefusalReason> {
        if may_repeat(field) {
            self.columns.entry(field).or_default().push(at);
            return Ok(());
        }
        let others =
            || bound.iter().enumerate().filter(move |(other, b)| *other != at && b.is_some_and(|(f, _)| f == field));
        if others().any(|(other, _)| folded.get(other) == folded.get(at)) {
            return Err(RefusalReason::HeadingTwice);
        }
        if others().any(|(_, b)| b.is_some_and(|(_, r)| r < rank)) {
            self.unused.push(field.words().to_owned());
        } else {
            self.columns.insert(field, vec![at]);
        }
        Ok(())
    }

    /// Says for each group which test it holds, where no column of it does; drops groups without a value.
    fn name_groups(&mut self, above: &[Cow<'_, str>]) -> Result<(), RefusalReason> {
        let ends: Vec<usize> = self.groups.iter().skip(1).map(|g| g.first).chain([self.width]).collect();
        let mut tests = self.table.tests.iter();
        for (group, end) in self.groups.iter_mut().zip(ends) {
            if !group.fields.contains_key(&Field::Value) {
                continue;
            }
            let listed = tests.next();
            let named = [Field::TestName, Field::Code].iter().any(|f| group.fields.contains_key(f));
            if named || self.table.defaults.contains_key(&Field::TestName) {
                continue;
            }
            let title = (group.first..end).filter_map(|at| above.get(at)).map(|c| clean(c)).find(|c| !c.is_empty());
            group.test = title.map(Cow::into_owned).or_else(|| listed.cloned());
            if group.test.is_none() {
                return Err(RefusalReason::GroupUntitled);
            }
        }
        let (with, without): (Vec<Group>, Vec<Group>) =
            std::mem::take(&mut self.groups).into_iter().partition(|g| g.fields.contains_key(&Field::Value));
        self.groups = with;
        for group in without {
            self.unused.extend(group.fields.keys().map(|f| f.words().to_owned()));
        }
        Ok(())
    }
}

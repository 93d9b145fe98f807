//! One row with its layout: cells by field, "same as above", and whose row it is.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::header::{Group, Layout};
use crate::domain::identifiers::NhsNumber;
use crate::domain::import::{Field, PatientKey, Place, Provenance, Refusal, RefusalReason};
use crate::interchange::Options;
use crate::interchange::dates::{self, DateText};
use crate::interchange::text::clean;
use crate::interchange::words::split_name;

/// Fields that say whose row it is.
const IDENTITY: [Field; 8] = [
    Field::NhsNumber,
    Field::Identifier,
    Field::BirthDate,
    Field::Family,
    Field::Given,
    Field::FullName,
    Field::LocalNumber,
    Field::KnownAs,
];

/// What every row of a file is read with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) file: &'a str,
    pub(super) layout: &'a Layout<'a>,
    pub(super) options: &'a Options<'a>,
}

/// A row. Within a group, the group's columns come first.
#[derive(Debug, Clone)]
pub(super) struct Row<'a> {
    pub(super) line: u64,
    cells: Vec<Cow<'a, str>>,
    context: Context<'a>,
    group: Option<&'a Group>,
}

/// Identity cells of the row above, in an aggregate report.
#[derive(Debug, Clone, Default)]
pub(super) enum Above {
    /// No row yet.
    #[default]
    Nothing,
    /// The row above was refused for its identity: nothing may be filled from it, or from an earlier one.
    Refused,
    /// Its cells.
    Cells(BTreeMap<usize, String>),
}

impl<'a> Row<'a> {
    /// Takes the cells if their number is right. Blank cells beyond the header do not count.
    pub(super) fn new(line: u64, mut cells: Vec<Cow<'a, str>>, context: Context<'a>) -> Result<Self, Refusal> {
        let width = context.layout.width;
        while cells.len() > width && cells.last().is_some_and(|c| clean(c).is_empty()) {
            cells.pop();
        }
        if cells.len() != width {
            let detail = format!("{} cells under {width} headings", cells.len());
            return Err(Refusal::new(Place::Line(line), context.what(), RefusalReason::CellCount).detail(detail));
        }
        Ok(Self { line, cells, context, group: None })
    }

    /// The same row, seen through one group of columns.
    pub(super) fn in_group(&self, group: &'a Group) -> Self {
        Self { group: Some(group), ..self.clone() }
    }

    pub(super) fn context(&self) -> Context<'a> {
        self.context
    }

    pub(super) fn place(&self) -> Place {
        Place::Line(self.line)
    }

    fn columns(&self, field: Field) -> impl Iterator<Item = usize> {
        let in_group = self.group.and_then(|g| g.fields.get(&field)).copied();
        let outside = self.context.layout.columns.get(&field).map_or(&[][..], Vec::as_slice);
        let outside = if in_group.is_some() { &[] } else { outside };
        in_group.into_iter().chain(outside.iter().copied()).collect::<Vec<_>>().into_iter()
    }

    /// The cell without outer spaces, or the mapping's default; `None` when both are blank.
    pub(super) fn get(&self, field: Field) -> Option<Cow<'_, str>> {
        self.all(field)
            .into_iter()
            .next()
            .or_else(|| self.context.layout.table.defaults.get(&field).map(|d| Cow::Borrowed(d.as_str())))
    }

    /// Every filled cell of a field that may have several columns.
    pub(super) fn all(&self, field: Field) -> Vec<Cow<'_, str>> {
        self.columns(field).filter_map(|at| self.cells.get(at)).map(|c| clean(c)).filter(|c| !c.is_empty()).collect()
    }

    /// The cell exactly as it stands.
    pub(super) fn raw(&self, field: Field) -> Option<&str> {
        self.columns(field).find_map(|at| self.cells.get(at)).map(AsRef::as_ref)
    }

    /// The cell in this program's words.
    pub(super) fn word(&self, field: Field) -> Option<String> {
        let cell = self.get(field)?;
        Some(self.context.layout.table.word(field, &cell).to_owned())
    }

    pub(super) fn owned(&self, field: Field) -> Option<String> {
        self.get(field).map(Cow::into_owned)
    }

    pub(super) fn refuse(&self, field: Field, reason: RefusalReason) -> Refusal {
        let refusal = Refusal::new(self.place(), self.context.what(), reason).field(field);
        match self.get(field) {
            Some(cell) => refusal.shown(&cell),
            None => refusal,
        }
    }

    pub(super) fn required(&self, field: Field) -> Result<Cow<'_, str>, Refusal> {
        self.get(field).ok_or_else(|| self.refuse(field, RefusalReason::Missing))
    }

    /// A date, by the mapping's order of day and month; `None` when blank.
    pub(super) fn date(&self, field: Field) -> Result<Option<DateText>, Refusal> {
        let Some(cell) = self.get(field) else {
            return Ok(None);
        };
        let date = dates::read(&cell, self.context.layout.table.date_order);
        date.map(Some).map_err(|reason| self.refuse(field, reason))
    }

    pub(super) fn day(&self, field: Field) -> Result<Option<NaiveDate>, Refusal> {
        Ok(self.date(field)?.map(|date| date.day(self.context.options.zone)))
    }

    /// A day that cannot lie in the future.
    pub(super) fn past_day(&self, field: Field) -> Result<Option<NaiveDate>, Refusal> {
        match self.day(field)? {
            Some(day) if day > self.context.options.today => Err(self.refuse(field, RefusalReason::DateInFuture)),
            day => Ok(day),
        }
    }

    pub(super) fn provenance(&self) -> Provenance {
        Provenance {
            file: self.context.file.to_owned(),
            place: self.place(),
            format: self.context.layout.table.name.clone(),
        }
    }

    /// Fills identity cells from the row above where the report leaves repeated cells blank (hazard H02): all of them
    /// together or none.
    pub(super) fn fill_down(&mut self, above: &mut Above) -> Result<(), Refusal> {
        let columns: Vec<usize> = IDENTITY.iter().flat_map(|f| self.columns(*f)).collect();
        let filled = |at: &usize| self.cells.get(*at).is_some_and(|c| !clean(c).is_empty());
        let key_columns: Vec<usize> =
            [Field::NhsNumber, Field::Identifier, Field::BirthDate].iter().flat_map(|f| self.columns(*f)).collect();
        let keys = key_columns.iter().filter(|at| filled(at)).count();
        if keys == 0 && !columns.iter().any(filled) {
            return match above {
                Above::Nothing => Err(self.refuse(Field::NhsNumber, RefusalReason::NothingAbove)),
                Above::Refused => Err(self.refuse(Field::NhsNumber, RefusalReason::AboveRefused)),
                Above::Cells(cells) => {
                    for (at, text) in cells {
                        if let Some(cell) = self.cells.get_mut(*at) {
                            *cell = Cow::Owned(text.clone());
                        }
                    }
                    Ok(())
                }
            };
        }
        if keys < key_columns.len() {
            *above = Above::Refused;
            return Err(self.refuse(Field::NhsNumber, RefusalReason::PartlyBlankIdentity));
        }
        let cells = columns.iter().filter_map(|at| Some((*at, self.cells.get(*at)?.to_string()))).collect();
        *above = Above::Cells(cells);
        Ok(())
    }

    /// NHS number of this row, checked; `None` when the cell is blank.
    pub(super) fn nhs_number(&self) -> Result<Option<NhsNumber>, Refusal> {
        let Some(cell) = self.get(Field::NhsNumber) else {
            return Ok(None);
        };
        NhsNumber::parse(&cell)
            .map(Some)
            .map_err(|why| self.refuse(Field::NhsNumber, RefusalReason::NhsNumberInvalid).detail(why.to_string()))
    }

    /// Whose row it is: NHS number with date of birth, else an identifier in the mapping's system.
    pub(super) fn patient(&self) -> Result<PatientKey, Refusal> {
        if let Some(nhs_number) = self.nhs_number()? {
            let birth_date = self
                .past_day(Field::BirthDate)?
                .ok_or_else(|| self.refuse(Field::BirthDate, RefusalReason::Missing))?;
            return Ok(PatientKey::NhsAndBirthDate { nhs_number, birth_date, surname: self.surname() });
        }
        match (self.get(Field::Identifier), &self.context.layout.table.identifier_system) {
            (Some(value), Some(system)) => {
                Ok(PatientKey::Identifier { system: system.clone(), value: value.into_owned() })
            }
            _ if self.context.layout.columns.contains_key(&Field::NhsNumber) => {
                Err(self.refuse(Field::NhsNumber, RefusalReason::Missing))
            }
            _ => Err(self.refuse(Field::Identifier, RefusalReason::NoIdentity)),
        }
    }

    /// Family name, from its own column or out of the whole name.
    pub(super) fn surname(&self) -> Option<String> {
        self.owned(Field::Family).or_else(|| Some(split_name(&self.get(Field::FullName)?).0))
    }
}

impl Context<'_> {
    pub(super) fn what(&self) -> &'static str {
        self.layout.table.kind.row()
    }
}

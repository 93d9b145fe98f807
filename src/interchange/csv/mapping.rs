//! Column mappings (`config/imports/*.toml`): which headings mean which field, and what kind of list they make.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use crate::domain::import::{Field, FileKind, RefusalReason};
use crate::domain::result::fold_name;
use crate::interchange::dates::DateOrder;

/// A mapping file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the column mapping {name} cannot be used: {fault}")]
pub struct MappingError {
    /// Name of the mapping file.
    pub name: String,
    /// What is wrong.
    pub fault: String,
}

/// The kinds of table a mapping can describe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TableKind {
    /// Patients.
    Patients,
    /// Appointments.
    Appointments,
    /// Results.
    Results,
    /// Goals.
    Goals,
    /// Conditions.
    Conditions,
    /// Care plans.
    CarePlans,
    /// Recognised, so that it can be said that it is not used.
    NotUsed,
}

impl TableKind {
    /// The kind of file this makes.
    pub fn file_kind(self) -> FileKind {
        match self {
            Self::Patients => FileKind::Patients,
            Self::Appointments => FileKind::Appointments,
            Self::Results => FileKind::Results,
            Self::Goals => FileKind::Goals,
            Self::Conditions => FileKind::Conditions,
            Self::CarePlans => FileKind::CarePlans,
            Self::NotUsed => FileKind::NotUsed,
        }
    }

    /// What one row is called in the counts.
    pub fn row(self) -> &'static str {
        match self {
            Self::Patients => "patient",
            Self::Appointments => "appointment",
            Self::Results => "result",
            Self::Goals => "goal",
            Self::Conditions => "condition",
            Self::CarePlans => "care_plan",
            Self::NotUsed => "row",
        }
    }

    /// Whether lists of this kind have a use for the field.
    pub(super) fn uses(self, field: Field) -> bool {
        use Field as F;
        let identity = matches!(
            field,
            F::NhsNumber | F::BirthDate | F::Identifier | F::LocalNumber | F::Family | F::Given | F::FullName
        );
        identity
            || match self {
                Self::Patients => matches!(
                    field,
                    F::KnownAs
                        | F::Deceased
                        | F::Registered
                        | F::Language
                        | F::Interpreter
                        | F::Format
                        | F::PreferredChannel
                        | F::Mobile
                        | F::Phone
                        | F::Email
                        | F::Sensitive
                        | F::Declined
                        | F::Tags
                ),
                Self::Appointments => matches!(
                    field,
                    F::Date
                        | F::Time
                        | F::End
                        | F::Minutes
                        | F::Status
                        | F::Service
                        | F::Location
                        | F::Clinician
                        | F::Mode
                        | F::RowId
                ),
                Self::Results => matches!(
                    field,
                    F::Date
                        | F::Code
                        | F::TestName
                        | F::Value
                        | F::SecondValue
                        | F::Unit
                        | F::Range
                        | F::RangeLow
                        | F::RangeHigh
                        | F::AbnormalFlag
                        | F::Status
                        | F::Category
                        | F::RowId
                ),
                Self::Goals => matches!(
                    field,
                    F::Text | F::Plan | F::Confidence | F::Due | F::ExpressedBy | F::Date | F::Status | F::RowId
                ),
                Self::Conditions | Self::CarePlans => {
                    matches!(field, F::Text | F::Code | F::Date | F::End | F::Reason | F::RowId)
                }
                Self::NotUsed => false,
            }
    }

    /// Fields of which each group needs at least one member.
    pub(super) fn required(self) -> &'static [&'static [Field]] {
        use Field as F;
        match self {
            Self::Patients => &[&[F::NhsNumber, F::Identifier], &[F::BirthDate], &[F::Family, F::FullName]],
            // A date alone could be a date of anything.
            Self::Appointments => &[
                &[F::NhsNumber, F::Identifier],
                &[F::Date],
                &[F::Time, F::Service, F::Clinician, F::Minutes, F::End, F::Mode, F::Status],
            ],
            // Which test it is may stand in a title above the columns.
            Self::Results => &[&[F::NhsNumber, F::Identifier], &[F::Date], &[F::Value]],
            Self::Goals | Self::CarePlans => &[&[F::NhsNumber, F::Identifier], &[F::Text]],
            Self::Conditions => &[&[F::NhsNumber, F::Identifier], &[F::Text, F::Code]],
            Self::NotUsed => &[],
        }
    }
}

/// One kind of list.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Name, for `--mapping` and the report.
    pub name: String,
    /// Kind.
    pub kind: TableKind,
    /// Headings that must all be there for this table to be chosen by itself.
    #[serde(default)]
    pub detect: Vec<String>,
    /// Only used when asked for by name.
    #[serde(default)]
    pub by_name_only: bool,
    /// Takes the common headings besides its own.
    #[serde(default = "yes")]
    pub common_headings: bool,
    /// Headings per field, the preferred one first.
    #[serde(default)]
    pub columns: BTreeMap<Field, Vec<String>>,
    /// What a field is in every row for which there is no column or a blank cell.
    #[serde(default)]
    pub defaults: BTreeMap<Field, String>,
    /// Words of this system for words this program knows, per field.
    #[serde(default)]
    pub words: BTreeMap<Field, BTreeMap<String, String>>,
    /// Order of day and month in dates of numbers.
    #[serde(default)]
    pub date_order: DateOrder,
    /// A blank identity cell means "same as above".
    #[serde(default)]
    pub aggregate: bool,
    /// System of the `identifier` column.
    pub identifier_system: Option<String>,
    /// System of the `local_number` column.
    pub local_system: Option<String>,
    /// Tests of repeated column groups, in their order, where no title names them.
    #[serde(default)]
    pub tests: Vec<String>,
    /// Unit per test, where the report has no unit column.
    #[serde(default)]
    pub units: BTreeMap<String, String>,
    /// Categories of observation that are results; empty takes all.
    #[serde(default)]
    pub categories: Vec<String>,
    #[serde(skip)]
    index: HashMap<String, (Field, usize)>,
    #[serde(skip)]
    pub(super) detect_folded: Vec<String>,
}

fn yes() -> bool {
    true
}

impl Table {
    /// The field a heading stands for and how preferred the heading is (0 first).
    pub(super) fn field_of(&self, folded: &str) -> Option<(Field, usize)> {
        self.index.get(folded).copied()
    }

    /// Folds all headings once. A table's own headings for a field come before the common ones.
    fn index(&mut self, common: &BTreeMap<Field, Vec<String>>) {
        let mut index = HashMap::new();
        let own = self.columns.iter().map(|(field, names)| (field, names, 0));
        let common = common
            .iter()
            .filter(|_| self.common_headings)
            .map(|(field, names)| (field, names, self.columns.get(field).map_or(0, Vec::len)));
        for (field, names, before) in own.chain(common).filter(|(f, ..)| self.kind.uses(**f)) {
            for (rank, name) in names.iter().enumerate() {
                index.entry(fold_name(name)).or_insert((*field, before + rank));
            }
        }
        index.remove("");
        self.detect_folded = self.detect.iter().map(|d| fold_name(d)).collect();
        self.index = index;
    }

    /// The program's word for a system's word in this field.
    pub(super) fn word<'t>(&'t self, field: Field, text: &'t str) -> &'t str {
        let folded = fold_name(text);
        self.words
            .get(&field)
            .and_then(|words| words.iter().find(|(theirs, _)| fold_name(theirs) == folded))
            .map_or(text, |(_, ours)| ours.as_str())
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MappingFile {
    /// For people; required so that every mapping says what it is for.
    #[serde(rename = "about")]
    _about: String,
    #[serde(default)]
    headings: BTreeMap<Field, Vec<String>>,
    #[serde(rename = "table", default)]
    tables: Vec<Table>,
}

/// All mappings an import can choose from.
#[derive(Debug, Clone)]
pub struct Mappings {
    common: BTreeMap<Field, Vec<String>>,
    pub(super) tables: Vec<Table>,
}

impl Mappings {
    /// The mappings shipped with the program.
    pub fn shipped() -> Result<Self, MappingError> {
        let mut all = Self { common: BTreeMap::new(), tables: Vec::new() };
        for (name, text) in [
            ("common.toml", include_str!("../../../config/imports/common.toml")),
            ("emis.toml", include_str!("../../../config/imports/emis.toml")),
            ("systmone.toml", include_str!("../../../config/imports/systmone.toml")),
            ("synthea.toml", include_str!("../../../config/imports/synthea.toml")),
        ] {
            all.add(name, text)?;
        }
        Ok(all)
    }

    /// Only the tables of a practice's own mapping file, with the shipped common headings.
    pub fn own(name: &str, text: &str) -> Result<Self, MappingError> {
        let mut own = Self { common: Self::shipped()?.common, tables: Vec::new() };
        own.add(name, text)?;
        if own.tables.is_empty() {
            return Err(MappingError { name: name.to_owned(), fault: "it describes no table".to_owned() });
        }
        Ok(own)
    }

    /// Only the tables whose name is, or begins with, `name` (`emis` takes all of EMIS).
    pub fn named(&self, name: &str) -> Option<Self> {
        let wanted = |t: &&Table| t.name == name || t.name.starts_with(&format!("{name}_"));
        let exact: Vec<Table> = self.tables.iter().filter(|t| t.name == name).cloned().collect();
        let tables = if exact.is_empty() { self.tables.iter().filter(wanted).cloned().collect() } else { exact };
        let mut chosen = Self { common: self.common.clone(), tables };
        // Asked for by name is asked for; among several, detection still decides.
        if let [only] = chosen.tables.as_mut_slice() {
            only.by_name_only = false;
        }
        (!chosen.tables.is_empty()).then_some(chosen)
    }

    /// Names of all tables.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tables.iter().map(|t| t.name.as_str())
    }

    fn add(&mut self, name: &str, text: &str) -> Result<(), MappingError> {
        let error = |fault: String| MappingError { name: name.to_owned(), fault };
        let file: MappingFile = toml::from_str(text).map_err(|e| error(e.message().to_owned()))?;
        for (field, names) in file.headings {
            self.common.entry(field).or_default().extend(names);
        }
        for mut table in file.tables {
            if self.tables.iter().any(|t| t.name == table.name) {
                return Err(error(format!("there are two tables named {}", table.name)));
            }
            if table.columns.contains_key(&Field::Identifier) && table.identifier_system.is_none() {
                return Err(error(format!("{}: an identifier column needs identifier_system", table.name)));
            }
            if table.kind == TableKind::NotUsed && table.detect.is_empty() {
                return Err(error(format!("{}: a table that is not used needs detect", table.name)));
            }
            table.index(&self.common);
            self.tables.push(table);
        }
        Ok(())
    }
}

/// The reason a header with these gaps is refused.
pub(super) fn missing(kind: TableKind, has: &dyn Fn(Field) -> bool) -> Option<(RefusalReason, Field)> {
    let gap = kind.required().iter().find(|any| !any.iter().any(|f| has(*f)))?;
    gap.first().map(|field| (RefusalReason::HeadingMissing, *field))
}

//! Bank holidays by nation, and the days on which one practice is closed.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The dates shipped with the program (`config/bank-holidays.toml`).
const SHIPPED: &str = include_str!("../../../config/bank-holidays.toml");

/// Which nation's bank holidays apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Division {
    /// England and Wales.
    EnglandAndWales,
    /// Scotland.
    Scotland,
    /// Northern Ireland.
    NorthernIreland,
}

/// Whether a date is a bank holiday, as far as the data goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HolidayAnswer {
    /// The year's dates are known, and this is the answer.
    Known(bool),
    /// The year is not in the data: treat the date by its weekday, and say so.
    Unknown,
}

impl HolidayAnswer {
    /// A bank holiday for certain.
    pub fn is_certain(self) -> bool {
        self == Self::Known(true)
    }
}

/// A bank-holiday file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HolidayFileError {
    /// Not TOML, or not in the documented form.
    #[error("the bank-holiday file cannot be read: {0}")]
    Syntax(String),
    /// A year is called complete although a nation has no date in it.
    #[error("the bank-holiday file calls {0} complete but lists no holiday in it for one of the nations")]
    IncompleteYear(i32),
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct File {
    #[serde(rename = "complete_years")]
    complete_years: BTreeSet<i32>,
    england_and_wales: BTreeMap<String, Vec<NaiveDate>>,
    scotland: BTreeMap<String, Vec<NaiveDate>>,
    northern_ireland: BTreeMap<String, Vec<NaiveDate>>,
}

/// Bank holidays of the three divisions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BankHolidays {
    complete_years: BTreeSet<i32>,
    names: BTreeMap<(Division, NaiveDate), String>,
}

impl BankHolidays {
    /// The dates shipped with the program. Empty (every year unknown) only if that file were broken, which a test rules out.
    pub fn shipped() -> Self {
        Self::from_toml(SHIPPED).unwrap_or_default()
    }

    /// Reads a file in the form of `config/bank-holidays.toml`.
    pub fn from_toml(text: &str) -> Result<Self, HolidayFileError> {
        let file: File = toml::from_str(text).map_err(|e| HolidayFileError::Syntax(e.message().to_owned()))?;
        let nations = [
            (Division::EnglandAndWales, file.england_and_wales),
            (Division::Scotland, file.scotland),
            (Division::NorthernIreland, file.northern_ireland),
        ];
        let mut names = BTreeMap::new();
        for (division, holidays) in nations {
            for &year in &file.complete_years {
                if !holidays.values().flatten().any(|date| date.year() == year) {
                    return Err(HolidayFileError::IncompleteYear(year));
                }
            }
            for (name, dates) in holidays {
                names.extend(dates.into_iter().map(|date| ((division, date), name.clone())));
            }
        }
        Ok(Self { complete_years: file.complete_years, names })
    }

    /// Whether `date` is a bank holiday in `division`. A listed date is known even in a year that is not complete.
    pub fn is_holiday(&self, division: Division, date: NaiveDate) -> HolidayAnswer {
        if self.names.contains_key(&(division, date)) {
            HolidayAnswer::Known(true)
        } else if self.complete_years.contains(&date.year()) {
            HolidayAnswer::Known(false)
        } else {
            HolidayAnswer::Unknown
        }
    }

    /// The name of the holiday on `date`, if it is one.
    pub fn name(&self, division: Division, date: NaiveDate) -> Option<&str> {
        self.names.get(&(division, date)).map(String::as_str)
    }

    /// All listed dates of a division, in order.
    pub fn dates(&self, division: Division) -> impl Iterator<Item = (NaiveDate, &str)> {
        self.names.iter().filter(move |((d, _), _)| *d == division).map(|((_, date), name)| (*date, name.as_str()))
    }

    /// The last year whose dates are complete.
    pub fn last_complete_year(&self) -> Option<i32> {
        self.complete_years.last().copied()
    }
}

/// The closed days of one practice: its nation's bank holidays and its own closures (training days).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holidays {
    division: Division,
    bank: BankHolidays,
    own: BTreeMap<NaiveDate, String>,
}

impl Holidays {
    /// The bank holidays of `division`.
    pub fn new(bank: BankHolidays, division: Division) -> Self {
        Self { division, bank, own: BTreeMap::new() }
    }

    /// Adds a day on which this practice is closed although it is no bank holiday.
    #[must_use]
    pub fn with_closed_day(mut self, date: NaiveDate, name: impl Into<String>) -> Self {
        self.own.insert(date, name.into());
        self
    }

    /// Whether the practice is closed on `date` for a holiday or by its own choice.
    pub fn is_holiday(&self, date: NaiveDate) -> HolidayAnswer {
        if self.own.contains_key(&date) {
            HolidayAnswer::Known(true)
        } else {
            self.bank.is_holiday(self.division, date)
        }
    }

    /// What the closed day is called, if it is one.
    pub fn name(&self, date: NaiveDate) -> Option<&str> {
        self.own.get(&date).map(String::as_str).or_else(|| self.bank.name(self.division, date))
    }
}

//! CSV, FHIR and the like: bytes in, values out, and the other way round.
//!
//! Nothing here touches a database; one function reads a path ([`files::read`]).

mod contact;
pub mod csv;
mod dates;
mod finish;
mod measured;
pub mod text;
mod words;

use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::domain::identifiers::PhonePolicy;
use crate::domain::import::ImportFile;
use crate::domain::result::ResultsCatalogue;

pub use csv::{MappingError, Mappings};

/// One file as it came.
#[derive(Debug, Clone)]
pub struct Input {
    /// File name without its folder.
    pub name: String,
    /// Content.
    pub bytes: Vec<u8>,
}

/// What an import is read with.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// Today in the practice's zone: births and deaths do not lie after it.
    pub today: NaiveDate,
    /// The practice's zone, for times without one.
    pub zone: Tz,
    /// Results catalogue.
    pub catalogue: &'a ResultsCatalogue,
    /// Column mappings to choose from.
    pub mappings: &'a Mappings,
    /// Which telephone numbers are texted.
    pub phones: PhonePolicy,
}

/// Reads one CSV file; never fails: what cannot be read is in the report.
pub fn read_csv(input: &Input, options: &Options<'_>) -> ImportFile {
    csv::read(input, options)
}

/// Reads files of any kind: CSV lists each on its own, FHIR files together so that they may refer to each other.
pub fn read_all(inputs: &[Input], options: &Options<'_>) -> Vec<ImportFile> {
    inputs.iter().map(|input| read_csv(input, options)).collect()
}

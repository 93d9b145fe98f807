//! CSV, FHIR and the like: bytes in, values out, and the other way round.
//!
//! Nothing here touches a database; one function reads a path ([`files::read`]).

mod contact;
pub mod csv;
mod dates;
pub mod export;
pub mod fhir;
pub mod files;
mod finish;
mod measured;
mod systems;
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

/// Reads files of any kind, FHIR files together because they refer to each other. One report for each, in their order;
/// never fails: what cannot be read is in the reports.
pub fn read(inputs: &[Input], options: &Options<'_>) -> Vec<ImportFile> {
    let (mut done, mut json, mut places) = (Vec::new(), Vec::new(), Vec::new());
    for (at, input) in inputs.iter().enumerate() {
        if is_json(input) {
            json.push(input);
            places.push(at);
        } else {
            done.push((at, csv::read(input, options)));
        }
    }
    done.extend(places.into_iter().zip(fhir::read(&json, options)));
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, report)| report).collect()
}

/// JSON by its first character: no list of a record system begins with a bracket.
fn is_json(input: &Input) -> bool {
    let body = input.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&input.bytes);
    let first = body.iter().find(|b| !b.is_ascii_whitespace());
    input.name.to_lowercase().ends_with(".ndjson") || matches!(first, Some(b'{' | b'['))
}

//! The compiled lexicon with the signed figures: everything a reply is read with.

use super::lexicon::{Lexicon, LexiconError};
use super::resemblance::{Resemblance, WeightsError};
use super::second_reader::SecondReader;
use super::settings::Settings;

const RED_FLAGS: &str = include_str!("../../../config/red-flags.toml");
const SETTINGS: &str = include_str!("../../../config/reader.toml");
const RESEMBLANCE: &str = include_str!("../../../config/resemblance.tsv");
const SECOND_READER: &str = include_str!("../../../config/second-reader.tsv");

/// The texts a reader is made from.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    /// `config/red-flags.toml`.
    pub red_flags: &'a str,
    /// `config/reader.toml`.
    pub settings: &'a str,
    /// `config/resemblance.tsv`; empty for none.
    pub resemblance: &'a str,
    /// `config/second-reader.tsv`; empty for none.
    pub second_reader: &'a str,
}

/// Lexicon and settings. Building one takes milliseconds; share it, for instance in an `Arc`.
#[derive(Debug, Clone)]
pub struct Reader {
    pub(super) lexicon: Lexicon,
    pub(super) settings: Settings,
    pub(super) resemblance: Resemblance,
    pub(super) second: SecondReader,
}

/// Why a reader cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum ReaderError {
    /// The lexicon.
    #[error(transparent)]
    Lexicon(#[from] LexiconError),
    /// The settings.
    #[error("the reader settings do not parse: {0}")]
    Settings(#[from] Box<toml::de::Error>),
    /// Weights.
    #[error("{which}: {error}")]
    Weights {
        /// Which file.
        which: &'static str,
        /// What is wrong with it.
        error: WeightsError,
    },
}

impl Reader {
    /// The reader of the embedded files. A test keeps them in order.
    ///
    /// # Panics
    /// Never for a build whose tests passed: the embedded files are compiled by them.
    #[allow(clippy::expect_used, reason = "the embedded files are part of the program and compiled by its tests")]
    pub fn shipped() -> Self {
        Self::from_sources(Self::shipped_sources()).expect("the embedded lexicon, settings and weights")
    }

    /// A reader of a practice's own red-flag lexicon, figures and weights.
    pub fn from_sources(sources: Sources<'_>) -> Result<Self, ReaderError> {
        let weights = |which| move |error| ReaderError::Weights { which, error };
        Ok(Self {
            lexicon: Lexicon::from_toml(sources.red_flags)?,
            settings: toml::from_str(sources.settings).map_err(Box::new)?,
            resemblance: Resemblance::from_text(sources.resemblance).map_err(weights("the weights of danger"))?,
            second: SecondReader::from_text(sources.second_reader)
                .map_err(weights("the weights of the second reader"))?,
        })
    }

    /// The lexicon.
    pub fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    /// The figures.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The embedded files, as a practice would start from.
    pub fn shipped_sources() -> Sources<'static> {
        Sources { red_flags: RED_FLAGS, settings: SETTINGS, resemblance: RESEMBLANCE, second_reader: SECOND_READER }
    }
}

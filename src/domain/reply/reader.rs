//! The compiled lexicon with the signed figures: everything a reply is read with.

use super::lexicon::{Lexicon, LexiconError};
use super::resemblance::{Resemblance, WeightsError};
use super::settings::Settings;

const RED_FLAGS: &str = include_str!("../../../config/red-flags.toml");
const SETTINGS: &str = include_str!("../../../config/reader.toml");
const RESEMBLANCE: &str = include_str!("../../../config/resemblance.tsv");

/// Lexicon and settings. Building one takes milliseconds; share it, for instance in an `Arc`.
#[derive(Debug, Clone)]
pub struct Reader {
    pub(super) lexicon: Lexicon,
    pub(super) settings: Settings,
    pub(super) resemblance: Resemblance,
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
    /// The weights of danger.
    #[error("the weights of danger: {0}")]
    Weights(#[from] WeightsError),
}

impl Reader {
    /// The reader of the embedded files. A test keeps them in order.
    ///
    /// # Panics
    /// Never for a build whose tests passed: the embedded files are compiled by them.
    #[allow(clippy::expect_used, reason = "the embedded files are part of the program and compiled by its tests")]
    pub fn shipped() -> Self {
        Self::from_sources(RED_FLAGS, SETTINGS, RESEMBLANCE).expect("the embedded lexicon, settings and weights")
    }

    /// A reader of a practice's own red-flag lexicon, figures and weights.
    pub fn from_sources(red_flags: &str, settings: &str, resemblance: &str) -> Result<Self, ReaderError> {
        Ok(Self {
            lexicon: Lexicon::from_toml(red_flags)?,
            settings: toml::from_str(settings).map_err(Box::new)?,
            resemblance: Resemblance::from_text(resemblance)?,
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

    /// The embedded red-flag file, settings and weights, as a practice would start from.
    pub fn shipped_sources() -> (&'static str, &'static str, &'static str) {
        (RED_FLAGS, SETTINGS, RESEMBLANCE)
    }
}

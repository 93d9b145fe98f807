//! From settings to a working engine; every fault of the settings is named at once.

use super::Engine;
use crate::catalogue::Catalogue;
use crate::clock::Clock;
use crate::config::{Config, Environment};
use crate::domain::reply::{Reader, Sources};
use crate::domain::result::ResultsCatalogue;
use crate::gateways::{GatewaySettings, Gateways, Surroundings};
use crate::store::{Db, StoreError};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Why an engine could not be put together.
#[derive(Debug, thiserror::Error)]
pub enum AssembleError {
    /// Settings that cannot be used, each in a sentence.
    #[error("the settings cannot be used:\n  {}", .0.join("\n  "))]
    Settings(Vec<String>),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Engine {
    /// Reads gateways and wording from the settings and opens the database, without touching its tables.
    pub async fn from_config(config: Config, clock: Clock) -> Result<Self, AssembleError> {
        let (gateways, catalogue, results, reader) = Self::check(&config, &clock).map_err(AssembleError::Settings)?;
        let db = Db::open(&config.database.url).await?;
        Ok(Self::new(db, clock, config, gateways, catalogue, reader, results))
    }

    /// What the settings give, or everything that is wrong with them. Opens nothing and prints no secret.
    pub fn check(
        config: &Config,
        clock: &Clock,
    ) -> Result<(Gateways, Catalogue, ResultsCatalogue, Reader), Vec<String>> {
        let mut faults = config.practice.faults();
        let mut settings: BTreeMap<String, GatewaySettings> = BTreeMap::new();
        for (name, table) in &config.gateways {
            match toml::Value::Table(table.clone()).try_into() {
                Ok(gateway) => {
                    settings.insert(name.clone(), gateway);
                }
                Err(error) => faults.push(format!("gateways.{name}: {}", error.message())),
            }
        }
        let time = clock.clone();
        let around = Surroundings {
            live: config.environment == Environment::Live,
            public_url: (!config.server.public_url.is_empty()).then(|| config.server.public_url.clone()),
            now_ms: Arc::new(move || time.now_ms()),
        };
        let gateways = Gateways::build(&settings, &around).unwrap_or_else(|found| {
            faults.extend(found.iter().map(ToString::to_string));
            Gateways::default()
        });
        faults.extend(gateways.faults_of_order(&config.practice.sms_gateways));
        let by_email = gateways.iter().find(|gateway| gateway.mail_in().is_some());
        if let Some(gateway) = by_email.filter(|_| !config.server.public_url.starts_with("https://")) {
            faults.push(format!(
                "server.public_url: must be set to an https:// address: every email that gateways.{} sends has a link by \
                 which people stop it",
                gateway.name()
            ));
        }
        let catalogue = if config.messages.folder.is_empty() {
            Catalogue::shipped()
        } else {
            Catalogue::with_folder(Path::new(&config.messages.folder)).unwrap_or_else(|found| {
                faults.extend(found.iter().map(ToString::to_string));
                Catalogue::shipped()
            })
        };
        if let Err(fault) = super::programmes::for_installation(config) {
            faults.push(fault);
        }
        let results = ResultsCatalogue::shipped().map_err(|e| vec![e.to_string()])?;
        match Self::reader(config) {
            Ok(reader) if faults.is_empty() => Ok((gateways, catalogue, results, reader)),
            Ok(_) => Err(faults),
            Err(fault) => {
                faults.push(fault);
                Err(faults)
            }
        }
    }

    /// The reader of replies with the practice's own lexicon and figures where they are set, else the shipped ones.
    pub fn reader(config: &Config) -> Result<Reader, String> {
        let shipped = Reader::shipped_sources();
        let own = |path: &str, shipped: &'static str| {
            if path.is_empty() {
                return Ok(Cow::Borrowed(shipped));
            }
            std::fs::read_to_string(path).map(Cow::Owned).map_err(|e| format!("receiving: cannot read {path}: {e}"))
        };
        let red_flags = own(&config.receiving.red_flags, shipped.red_flags)?;
        let settings = own(&config.receiving.reader_settings, shipped.settings)?;
        let resemblance = own(&config.receiving.resemblance, shipped.resemblance)?;
        let second_reader = own(&config.receiving.second_reader, shipped.second_reader)?;
        let own = Sources {
            red_flags: &red_flags,
            settings: &settings,
            resemblance: &resemblance,
            second_reader: &second_reader,
        };
        Reader::from_sources(own).map_err(|e| format!("receiving: {e}"))
    }
}

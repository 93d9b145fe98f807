//! Settings: the embedded file, then files, then the environment; every fault named at once.

use crate::domain::delivery::FailoverRules;
use crate::domain::practice::PracticeSettings;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use toml::{Table, Value};

/// The reference and the defaults at once.
pub const SHIPPED: &str = include_str!("../config/between.toml");

/// Everything that is set for this installation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each setting is explained where people read it: config/between.toml")]
pub struct Config {
    pub environment: Environment,
    pub database: Database,
    pub server: Server,
    pub messages: Messages,
    pub sending: Sending,
    pub receiving: Receiving,
    pub failover: FailoverRules,
    /// As written: `gateways::GatewaySettings` reads them.
    pub gateways: BTreeMap<String, Table>,
    pub practice: PracticeSettings,
}

/// Whether real people are written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// The demo.
    Demo,
    /// Trying out: the alert route need not be proven.
    Test,
    /// Real patients.
    Live,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "explained in config/between.toml")]
pub struct Database {
    pub url: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "explained in config/between.toml")]
pub struct Server {
    pub listen: String,
    pub public_url: String,
    pub max_body_bytes: usize,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "explained in config/between.toml")]
pub struct Messages {
    pub folder: String,
    pub programmes_folder: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "explained in config/between.toml")]
pub struct Sending {
    pub batch: i64,
    pub lease_seconds: i64,
    pub in_flight: usize,
    pub poison_after: i64,
    pub settle_minutes: i64,
    pub plan_ahead_hours: i64,
    pub resend_when_unknown: Vec<String>,
    pub exchange_log_days: i64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "explained in config/between.toml")]
pub struct Receiving {
    pub batch: i64,
    pub lease_seconds: i64,
    pub poison_after: i64,
    pub red_flags: String,
    pub reader_settings: String,
    pub resemblance: String,
    pub second_reader: String,
    pub flood_per_day: i64,
}

/// What is wrong with the settings. Names settings, prints no secret.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file could not be read.
    #[error("cannot read {file}: {problem}")]
    File {
        /// Which file.
        file: String,
        /// What the system said.
        problem: String,
    },
    /// A file is not TOML, or a setting is unknown or of the wrong kind.
    #[error("{place}: {problem}")]
    Syntax {
        /// The file, or "settings" once all are put together.
        place: String,
        /// What is wrong.
        problem: String,
    },
}

impl Config {
    /// Puts the settings together: the shipped file, then each file in order, then `environment` (names and values, as
    /// from `std::env::vars`).
    pub fn load(files: &[&Path], environment: impl IntoIterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let mut table = parse("the shipped settings", SHIPPED)?;
        for file in files {
            let place = file.display().to_string();
            let text = std::fs::read_to_string(file)
                .map_err(|e| ConfigError::File { file: place.clone(), problem: e.to_string() })?;
            let own = parse(&place, &text)?;
            // Gateways are replaced as a whole: the shipped sandbox is only there when nothing else is set up.
            if own.contains_key("gateways") {
                table.remove("gateways");
            }
            overlay(&mut table, own);
        }
        for (name, value) in environment {
            if name == "DATABASE_URL" {
                set(&mut table, &["database", "url"], Value::String(value));
            } else if let Some(path) = name.strip_prefix("BETWEEN_").filter(|p| p.contains("__") || *p == "ENVIRONMENT")
            {
                let path = path.to_lowercase();
                let keys: Vec<&str> = path.split("__").collect();
                set(&mut table, &keys, scalar(&value));
            }
        }
        Value::Table(table)
            .try_into()
            .map_err(|e: toml::de::Error| ConfigError::Syntax { place: "settings".into(), problem: e.to_string() })
    }

    /// The settings of a practice: the `[practice]` table with the practice's own JSON laid over it.
    pub fn practice_settings(&self, own: &str) -> Result<PracticeSettings, String> {
        let mut base = serde_json::to_value(&self.practice).map_err(|e| e.to_string())?;
        let own: serde_json::Value = serde_json::from_str(own).map_err(|e| e.to_string())?;
        merge(&mut base, own);
        serde_json::from_value(base).map_err(|e| e.to_string())
    }
}

/// Lays one JSON object over another; tables of hours are replaced as a whole.
fn merge(base: &mut serde_json::Value, own: serde_json::Value) {
    match (base, own) {
        (serde_json::Value::Object(base), serde_json::Value::Object(own)) => {
            for (key, value) in own {
                if key == "hours" || key == "cover_hours" {
                    base.insert(key, value);
                } else {
                    merge(base.entry(key).or_insert(serde_json::Value::Null), value);
                }
            }
        }
        (base, own) => *base = own,
    }
}

fn parse(place: &str, text: &str) -> Result<Table, ConfigError> {
    text.parse::<Table>().map_err(|e| ConfigError::Syntax { place: place.to_owned(), problem: e.to_string() })
}

fn overlay(base: &mut Table, own: Table) {
    for (key, value) in own {
        match (base.get_mut(&key), value) {
            (Some(Value::Table(base)), Value::Table(own)) if key != "hours" && key != "cover_hours" => {
                overlay(base, own);
            }
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

fn set(table: &mut Table, keys: &[&str], value: Value) {
    match keys {
        [] => {}
        [last] => {
            table.insert((*last).to_owned(), value);
        }
        [first, rest @ ..] => {
            let next = table.entry(*first).or_insert_with(|| Value::Table(Table::new()));
            if let Value::Table(next) = next {
                set(next, rest, value);
            }
        }
    }
}

fn scalar(text: &str) -> Value {
    if let Ok(number) = text.parse::<i64>() {
        Value::Integer(number)
    } else if let Ok(flag) = text.parse::<bool>() {
        Value::Boolean(flag)
    } else {
        Value::String(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn the_shipped_settings_are_complete() {
        let config = Config::load(&[], []).unwrap();
        assert!(config.practice.faults().is_empty());
        assert_eq!(config.environment, Environment::Test);
    }

    #[test]
    fn the_environment_wins_over_files_and_files_over_the_shipped() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "[server]\nlisten = \"127.0.0.1:1\"\n[practice.limits]\nper_day = 3\n").unwrap();
        let config = Config::load(
            &[file.path()],
            env(&[("BETWEEN_SERVER__LISTEN", "127.0.0.1:2"), ("DATABASE_URL", "x.sqlite")]),
        )
        .unwrap();
        assert_eq!(config.server.listen, "127.0.0.1:2");
        assert_eq!(config.practice.limits.per_day, 3);
        assert_eq!(config.practice.limits.per_week, 4);
        assert_eq!(config.database.url, "x.sqlite");
    }

    #[test]
    fn an_unknown_setting_is_named() {
        let error = Config::load(&[], env(&[("BETWEEN_SENDING__BATCHES", "5")])).unwrap_err();
        assert!(error.to_string().contains("batches"), "{error}");
    }

    #[test]
    fn a_practice_changes_only_what_it_names() {
        let config = Config::load(&[], []).unwrap();
        let settings = config
            .practice_settings(
                r#"{"phone": "01632 960111", "hours": {"Mon": "09:00-12:00"}, "limits": {"per_day": 9}}"#,
            )
            .unwrap();
        assert_eq!(settings.phone, "01632 960111");
        assert_eq!(settings.hours.len(), 1);
        assert_eq!(settings.limits.per_day, 9);
        assert_eq!(settings.limits.per_week, 4);
        assert!(config.practice_settings(r#"{"fone": "1"}"#).unwrap_err().contains("fone"));
    }
}

//! The shipped programmes, and those of an installation's own folder.

use crate::config::Config;
use crate::domain::programme::Programme;
use std::sync::OnceLock;

const SHIPPED: [(&str, &str); 4] = [
    ("annual-review.toml", include_str!("../../config/programmes/annual-review.toml")),
    ("appointment-reminders.toml", include_str!("../../config/programmes/appointment-reminders.toml")),
    ("blood-pressure.toml", include_str!("../../config/programmes/blood-pressure.toml")),
    ("goal.toml", include_str!("../../config/programmes/goal.toml")),
];

/// The shipped programmes. Read once: practices are looked at every few seconds, what is built in does not change.
pub fn shipped() -> Result<Vec<Programme>, String> {
    static READ: OnceLock<Result<Vec<Programme>, String>> = OnceLock::new();
    let read = || {
        SHIPPED
            .iter()
            .map(|(file, text)| {
                Programme::from_toml(text).map_err(|fault| format!("config/programmes/{file}: {fault}"))
            })
            .collect()
    };
    READ.get_or_init(read).clone()
}

/// The shipped programmes with those of the configured folder laid over them by name.
pub(super) fn for_installation(config: &Config) -> Result<Vec<Programme>, String> {
    let mut programmes = shipped()?;
    let folder = &config.messages.programmes_folder;
    if folder.is_empty() {
        return Ok(programmes);
    }
    let entries = std::fs::read_dir(folder).map_err(|e| format!("{folder}: {e}"))?;
    for entry in entries {
        let path = entry.map_err(|e| format!("{folder}: {e}"))?.path();
        if path.extension().is_some_and(|e| e == "toml") {
            let place = path.display();
            let text = std::fs::read_to_string(&path).map_err(|e| format!("{place}: {e}"))?;
            let programme = Programme::from_toml(&text).map_err(|fault| format!("{place}: {fault}"))?;
            programmes.retain(|p| p.name != programme.name);
            programmes.push(programme);
        }
    }
    Ok(programmes)
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_shipped_programme_can_be_read() {
        let programmes = super::shipped().unwrap();
        assert!(programmes.iter().any(|p| p.name == "annual-review" && p.steps.len() == 4));
        let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/config/programmes")).unwrap().count();
        assert_eq!(files, super::SHIPPED.len(), "a file in config/programmes is not in the list");
    }
}

//! The examples that are shipped for a practice to copy: each can be used as it stands once its secrets are in their files.

use std::path::{Path, PathBuf};
use std::process::Command;

/// What a secret of this name looks like.
fn secret(name: &str) -> String {
    match name {
        "govuk_api_key" => "oak-26785a09-ab16-4eb0-8407-a37497a57506-3d844edf-8d35-48ac-975b-e847b4f122b0".to_owned(),
        "nhs_private_key" => {
            let made = Command::new("openssl").args(["genrsa", "2048"]).output().unwrap();
            String::from_utf8(made.stdout).unwrap()
        }
        _ => format!("the-secret-named-{name}"),
    }
}

fn examples() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/gateways");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files
}

/// Copies an example to a folder and puts its secrets into files there. Returns the copy and the secrets' names.
fn copied(example: &Path, folder: &Path) -> (PathBuf, Vec<String>) {
    let text = std::fs::read_to_string(example).unwrap();
    let mut names = Vec::new();
    for part in text.split("/run/secrets/").skip(1) {
        let name: String = part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        std::fs::write(folder.join(&name), secret(&name)).unwrap();
        names.push(name);
    }
    let copy = folder.join("own.toml");
    std::fs::write(&copy, text.replace("/run/secrets", &folder.display().to_string())).unwrap();
    (copy, names)
}

fn check(copy: &Path) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_between"))
        .arg("--config")
        .arg(copy)
        .args(["config", "check"])
        .env_remove("DATABASE_URL")
        .current_dir(copy.parent().unwrap())
        .output()
        .unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.success(), text)
}

#[test]
fn each_example_passes_config_check_and_misses_each_of_its_secrets() {
    let files = examples();
    let names: Vec<_> = files.iter().map(|file| file.file_stem().unwrap().to_str().unwrap()).collect();
    assert_eq!(names, ["email", "firetext", "govuk-notify", "nhs-notify", "twilio", "vonage"]);
    for file in &files {
        let folder = tempfile::tempdir().unwrap();
        let (copy, secrets) = copied(file, folder.path());
        let (good, said) = check(&copy);
        assert!(good, "{}: {said}", file.display());
        assert!(!secrets.is_empty(), "{}: no secret stands in a file", file.display());
        // One that is gone is named, and nothing of the others with it.
        let text = std::fs::read_to_string(&copy).unwrap();
        let used =
            |name: &&String| text.lines().any(|line| !line.starts_with('#') && line.contains(&format!("/{name}\"")));
        for name in secrets.iter().filter(used) {
            std::fs::rename(folder.path().join(name), folder.path().join("away")).unwrap();
            let (good, said) = check(&copy);
            assert!(!good && !said.contains("the-secret-named"), "{} without {name}: {said}", file.display());
            std::fs::rename(folder.path().join("away"), folder.path().join(name)).unwrap();
        }
    }
}

#[test]
fn the_settings_that_an_example_only_shows_are_right_too() {
    for file in examples() {
        let text = std::fs::read_to_string(&file).unwrap();
        // A line such as `# name = value` stands for a setting; words stand for themselves.
        let shown = |line: &str| {
            let name = line.strip_prefix("# ")?.split_once(" = ")?.0;
            name.chars().all(|c| c.is_ascii_lowercase() || c == '_').then(|| line[2..].to_owned())
        };
        let settings: Vec<String> = text.lines().filter_map(shown).collect();
        for setting in settings {
            // What must name a file of the machine, what wants a partner, and what would need another table.
            if ["ca_file", "api_key_sid", "api_key_secret_file", "rate_per_second", "in_flight"]
                .iter()
                .any(|name| setting.starts_with(name))
            {
                continue;
            }
            let folder = tempfile::tempdir().unwrap();
            let (copy, _) = copied(&file, folder.path());
            let ours = std::fs::read_to_string(&copy).unwrap();
            let line = setting.replace("/run/secrets", &folder.path().display().to_string());
            let changed = ours.replace(&format!("# {line}"), &line);
            assert_ne!(changed, ours, "{setting}");
            std::fs::write(&copy, changed).unwrap();
            let (good, said) = check(&copy);
            assert!(good, "{} with {setting}: {said}", file.display());
        }
    }
}

//! What the documents promise is there: commands, options, settings, scripts, files, pictures, the version.

use super::commands::{self, Command};
use super::sources::{self, Source, program};
use super::{File, assert_none, documents, files, is_markdown, root};
use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::PermissionsExt;

/// Asks the program's own help. `None` when there is no such command.
fn help(words: &[String]) -> Option<String> {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_between"))
        .arg("help")
        .args(words)
        .output()
        .expect("the program runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.success() && text.contains("Usage")).then_some(text)
}

/// The help of a command whose last word may be a value: `between practice add oak-lane`.
fn help_or_value(words: &[String], help: &impl Fn(&[String]) -> Option<String>) -> Option<String> {
    help(words).or_else(|| {
        let (_, command) = words.split_last()?;
        let text = help(command).filter(|_| !command.is_empty())?;
        let usage = text.lines().find(|l| l.contains("Usage"))?.replace("[OPTIONS]", "");
        let last = usage.split_whitespace().last()?.trim_end_matches("...");
        (last.starts_with(['<', '[']) && last != "<COMMAND>").then_some(text)
    })
}

fn unknown_commands(commands: &[Command], help: impl Fn(&[String]) -> Option<String>) -> Vec<String> {
    let mut known: BTreeMap<Vec<String>, Option<String>> = BTreeMap::new();
    let mut faults = BTreeSet::new();
    for command in commands {
        let text = known.entry(command.words.clone()).or_insert_with(|| help_or_value(&command.words, &help));
        match text {
            None => {
                faults.insert(format!("{}: no command `between {}`", command.place, command.words.join(" ")));
            }
            Some(text) => {
                for option in command.options.iter().filter(|o| !["--help", "--version"].contains(&o.as_str())) {
                    if !text.split(|c: char| !(c.is_alphanumeric() || c == '-')).any(|word| word == option) {
                        faults.insert(format!(
                            "{}: `between {}` has no {option}",
                            command.place,
                            command.words.join(" ")
                        ));
                    }
                }
            }
        }
    }
    faults.into_iter().collect()
}

fn unknown_settings(documents: &[File], shipped: &str) -> Vec<String> {
    let names = commands::toml_names(shipped);
    let mut faults = Vec::new();
    for (place, setting) in documents.iter().flat_map(|d| commands::settings(d, &names)) {
        // `database.url_file` is the twin of a secret `database.url`.
        let twin = setting.strip_suffix("_file").is_some_and(|name| names.iter().any(|n| n == name));
        if !twin && !names.contains(&setting) {
            faults.push(format!("{place}: no setting {setting}"));
        }
    }
    faults
}

/// Files that a document names and that are not there: links, pictures, `src/…`, `scripts/…`.
fn missing_files(document: &File) -> Vec<String> {
    let folder = document.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut named: Vec<String> = Vec::new();
    for link in document.text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        let target = link.split(['#', ' ']).next().unwrap_or_default();
        if !target.is_empty() && !target.contains("://") && !target.starts_with("mailto:") {
            named.push(if folder.is_empty() { target.to_owned() } else { format!("{folder}/{target}") });
        }
    }
    for code in document.text.split('`').skip(1).step_by(2) {
        let path = code.split_whitespace().next().unwrap_or_default();
        // A name in capitals stands for something: src/gateways/NAME/mod.rs.
        let stands = path
            .split(['/', '.'])
            .any(|part| part.len() > 1 && part.chars().all(|c| c.is_ascii_uppercase()) && !is_markdown(path));
        let ours = !stands
            && ["src/", "scripts/", "docs/", "config/", "messages/", "migrations/", "tests/", ".ci/"]
                .iter()
                .any(|f| path.starts_with(f));
        if ours && !path.contains(['<', '*', '{', '…']) {
            named.push(path.split("::").next().unwrap_or_default().to_owned());
        }
    }
    named
        .into_iter()
        .filter(|path| !root().join(path).exists())
        .map(|path| format!("{}: no {path}", document.path))
        .collect()
}

/// Codes of log lines that docs/LOGGING.md does not explain, and codes it explains that are never logged.
fn log_codes(sources: &[Source], document: &str) -> Vec<String> {
    let mut logged = BTreeSet::new();
    for source in sources {
        for literal in &source.strings {
            let before = &source.code[..literal.at];
            let call = before.rfind("tracing::").is_some_and(|at| !before[at..].contains(';'));
            if call && before.trim_end().ends_with("code =") {
                logged.insert(literal.text.clone());
            }
        }
    }
    let rows = document.lines().filter_map(|line| line.strip_prefix("| `")).filter_map(|rest| rest.split('`').next());
    let explained: BTreeSet<String> = rows.map(str::to_owned).collect();
    let missing = logged.difference(&explained).map(|code| format!("docs/LOGGING.md does not explain {code}"));
    let gone =
        explained.difference(&logged).map(|code| format!("docs/LOGGING.md explains {code}, which is never logged"));
    missing.chain(gone).collect()
}

fn names_version(changelog: &str, version: &str) -> bool {
    changelog.lines().any(|line| line.starts_with("## ") && line.split(['[', ']', ' ']).any(|word| word == version))
}

#[test]
fn every_command_in_the_documents_exists() {
    let mut texts = documents();
    texts.extend(files("", &["Dockerfile", "compose.yaml"]).into_iter().filter(|f| !f.path.contains('/')));
    let all: Vec<Command> = texts.iter().filter(|f| f.path != "CHANGELOG.md").flat_map(commands::in_text).collect();
    assert!(all.len() > 10, "the commands were not found: {}", all.len());
    assert_none("commands that are not there", &unknown_commands(&all, help));
}

#[test]
fn every_setting_in_the_documents_exists() {
    let shipped = files("config", &["between.toml"]).remove(0).text;
    assert_none("settings that are not there", &unknown_settings(&documents(), &shipped));
}

#[test]
fn every_file_in_the_documents_exists() {
    let faults: Vec<String> = documents().iter().flat_map(missing_files).collect();
    assert_none("files that are not there", &faults);
}

#[test]
fn every_code_in_the_logs_is_explained() {
    let document = files("docs", &["LOGGING.md"]).remove(0).text;
    assert_none("log codes", &log_codes(&program(), &document));
}

#[test]
fn the_readme_starts_with_its_two_commands() {
    let readme = files("", &["README.md"]).remove(0).text;
    let scripts: Vec<&str> = readme.lines().filter(|l| l.starts_with("scripts/")).collect();
    assert_eq!(scripts.first(), Some(&"scripts/demo"), "{scripts:?}");
    assert!(scripts.contains(&"scripts/test"), "{scripts:?}");
    for script in
        ["scripts/demo", "scripts/test", "scripts/check", "scripts/assurance", "scripts/screenshots", ".ci/run"]
    {
        let mode = std::fs::metadata(root().join(script)).expect("a script").permissions().mode();
        assert!(mode & 0o111 != 0, "{script} cannot be run");
    }
}

#[test]
fn the_documents_the_design_asks_for_are_there() {
    for name in ["ARCHITECTURE", "OPERATIONS", "LOGGING", "RETENTION", "SAFETY", "ADDING-A-JOB", "TEMPLATES", "IMPORT"]
    {
        assert!(root().join(format!("docs/{name}.md")).exists(), "docs/{name}.md");
    }
}

#[test]
fn the_changelog_knows_this_version() {
    let text = files("", &["CHANGELOG.md"]).remove(0).text;
    assert!(
        names_version(&text, env!("CARGO_PKG_VERSION")),
        "CHANGELOG.md has no section for {}",
        env!("CARGO_PKG_VERSION")
    );
    assert!(names_version("## [1.2.3] - 2027-01-01", "1.2.3") && !names_version("## 1.2.30", "1.2.3"));
}

#[test]
fn broken_promises_are_found() {
    let text = "`between fly --high` `between plan --days 9` `between practice ad` `between import file`\n[a](docs/NONE.md) `src/none.rs` `practice.limits.per_hour` `scripts/demo`";
    let document = File { path: "README.md".to_owned(), text: text.to_owned() };
    let fake = |words: &[String]| match words.first().map_or("", String::as_str) {
        "plan" if words.len() == 1 => Some("Usage: between plan --day <DAY>".to_owned()),
        "practice" if words.len() == 1 => Some("Usage: between practice [OPTIONS] <COMMAND>".to_owned()),
        "import" if words.len() == 1 => Some("Usage: between import [OPTIONS] <FILE>...".to_owned()),
        _ => None,
    };
    let faults = unknown_commands(&commands::in_text(&document), fake);
    let expected = ["`between plan` has no --days", "no command `between fly`", "no command `between practice ad`"];
    assert_eq!(faults, expected.map(|fault| format!("README.md:1: {fault}")));
    assert_eq!(missing_files(&document), ["README.md: no docs/NONE.md", "README.md: no src/none.rs"]);
    let source =
        sources::from_files(&[sources::sample("src/web/mod.rs", "tracing::warn!(code = \"fell\", \"it fell\");")]);
    let faults = log_codes(&source, "| `flew` | it flew |");
    assert_eq!(
        faults,
        ["docs/LOGGING.md does not explain fell", "docs/LOGGING.md explains flew, which is never logged"]
    );
    assert_eq!(unknown_settings(&[document], "[practice.limits]\nper_day = 1").len(), 1);
}

//! T04, T13: the corpus of mails, each with what must be read from it.

use std::path::{Path, PathBuf};

use between::domain::email::{ReadSettings, TokenPattern, inspect};
use serde_json::Value;

pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/email")
}

pub fn settings() -> ReadSettings {
    ReadSettings {
        token: TokenPattern::AnyPlus,
        trusted_authserv: vec!["mx.elmbrook.example.org".into()],
        mailbox_full_is_permanent: false,
    }
}

pub fn mails() -> Vec<(String, Vec<u8>)> {
    let mut mails: Vec<(String, Vec<u8>)> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "eml"))
        .map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), std::fs::read(path).unwrap()))
        .collect();
    mails.sort();
    mails
}

pub fn with_crlf(mail: &[u8]) -> Vec<u8> {
    mail.iter().flat_map(|byte| if *byte == b'\n' { vec![b'\r', b'\n'] } else { vec![*byte] }).collect()
}

/// Where `found` lacks something of `expected`; objects may hold more.
fn differences(path: &str, expected: &Value, found: &Value, wrong: &mut Vec<String>) {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            for (key, value) in expected {
                differences(&format!("{path}.{key}"), value, found.get(key).unwrap_or(&Value::Null), wrong);
            }
        }
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            for (at, (expected, found)) in expected.iter().zip(found).enumerate() {
                differences(&format!("{path}[{at}]"), expected, found, wrong);
            }
        }
        _ if expected == found => {}
        _ => wrong.push(format!("{path}: expected {expected}, found {found}")),
    }
}

fn without_returns(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(text.replace("\r\n", "\n")),
        Value::Array(values) => values.iter().map(without_returns).collect(),
        Value::Object(map) => {
            Value::Object(map.iter().map(|(key, value)| (key.clone(), without_returns(value))).collect())
        }
        other => other.clone(),
    }
}

#[test]
fn t04_t13_every_mail_of_the_corpus_is_read_as_expected() {
    let expected: Value = serde_json::from_slice(&std::fs::read(folder().join("expected.json")).unwrap()).unwrap();
    let mails = mails();
    assert!(mails.len() >= 60, "{} mails", mails.len());
    assert_eq!(expected.as_object().unwrap().len(), mails.len(), "every mail has its expectation");
    let mut wrong = Vec::new();
    for (name, mail) in &mails {
        for (ends, bytes) in [("lf", mail.clone()), ("crlf", with_crlf(mail))] {
            let found = without_returns(&inspect(&bytes, &settings()));
            differences(&format!("{name} {ends}"), &expected[name], &found, &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn t04_a_full_mailbox_is_permanent_only_by_setting() {
    let mail = std::fs::read(folder().join("bounce_dsn_full.eml")).unwrap();
    let permanent = |setting| {
        let settings = ReadSettings { mailbox_full_is_permanent: setting, ..settings() };
        between::domain::email::read(&mail, &settings).bounce.unwrap().permanent
    };
    assert!(!permanent(false));
    assert!(permanent(true));
}

#[test]
fn t04_no_automatic_mail_is_answered() {
    for (name, mail) in mails() {
        let automatic = ["auto_", "bounce_", "dsn_", "list", "bulk", "no_reply", "read_receipt", "spam_"]
            .iter()
            .any(|kind| name.starts_with(kind));
        if automatic && name != "auto_submitted_no_is_a_person" {
            let read = between::domain::email::read(&mail, &settings());
            assert!(!between::domain::email::answerable(&read), "{name}");
        }
    }
}

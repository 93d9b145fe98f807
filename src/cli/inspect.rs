//! `between inspect`: how the program reads things, on the code that live traffic runs on. No database is opened.

mod texts;

use super::args::InspectCommand;
use super::{App, output};
use crate::domain::email;
use crate::domain::identifiers::{NhsNumber, PhoneNumber};
use crate::domain::reply::inspect::inspect_line;
use crate::domain::template::Template;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::io::{BufRead, BufWriter, Read, Write};
use std::process::ExitCode;

pub(super) fn run(app: &App, command: InspectCommand) -> Result<ExitCode> {
    match command {
        InspectCommand::Reply => {
            let reader = super::replies::reader(app)?;
            lines(|line| inspect_line(line, &reader))
        }
        InspectCommand::Sms => lines(|line| texts::inspect(line).to_string()),
        InspectCommand::Phone { numbers } => each(numbers, |number| phone(number).to_string()),
        InspectCommand::NhsNumber { numbers } => each(numbers, |number| nhs_number(number).to_string()),
        InspectCommand::Template => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).context("a template on standard input, as UTF-8")?;
            output::say!("{}", template(&text));
            Ok(ExitCode::SUCCESS)
        }
        InspectCommand::Email => {
            let mut raw = Vec::new();
            std::io::stdin().read_to_end(&mut raw)?;
            output::say!("{}", email::inspect(&raw, &email::ReadSettings::default()));
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// One line out for each line in, in order; a line that is not UTF-8 is read with marks in place of what is not.
fn lines(answer: impl Fn(&str) -> String) -> Result<ExitCode> {
    let mut input = std::io::stdin().lock();
    let mut output = BufWriter::new(std::io::stdout().lock());
    let mut raw = Vec::new();
    loop {
        raw.clear();
        if input.read_until(b'\n', &mut raw)? == 0 {
            break;
        }
        let line = String::from_utf8_lossy(&raw);
        writeln!(output, "{}", answer(line.trim_end_matches(['\n', '\r'])))?;
    }
    output.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn each(given: Vec<String>, answer: impl Fn(&str) -> String) -> Result<ExitCode> {
    if given.is_empty() {
        return lines(answer);
    }
    for text in given {
        output::say!("{}", answer(&text));
    }
    Ok(ExitCode::SUCCESS)
}

fn phone(text: &str) -> Value {
    match PhoneNumber::parse(text) {
        Ok(number) => json!({
            "ok": true, "e164": number.e164(), "kind": format!("{:?}", number.kind()), "masked": number.masked(), "fiction": number.is_fiction(),
        }),
        Err(error) => json!({ "ok": false, "why": error.to_string() }),
    }
}

fn nhs_number(text: &str) -> Value {
    match NhsNumber::parse(text) {
        Ok(number) => {
            json!({ "ok": true, "nhs_number": number.to_string(), "masked": number.masked(), "test_range": number.is_test_range() })
        }
        Err(error) => json!({ "ok": false, "why": error.to_string() }),
    }
}

fn template(text: &str) -> Value {
    match Template::parse(text) {
        Ok(template) => json!({
            "ok": true,
            "placeholders": template.placeholders().map(|gap| json!({ "name": gap.name, "at": gap.at, "flag": gap.is_flag })).collect::<Vec<_>>(),
        }),
        Err(faults) => json!({
            "ok": false,
            "faults": faults.iter().map(|f| json!({ "at": f.at(), "problem": f.to_string() })).collect::<Vec<_>>(),
        }),
    }
}

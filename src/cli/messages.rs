//! `between messages`: is the wording fit to go out, and what does it look like?

use super::args::MessagesCommand;
use super::{App, output};
use crate::catalogue::{Catalogue, RenderPolicy, Severity, check};
use crate::domain::delivery::Channel;
use crate::domain::template::Facts;
use anyhow::{Result, bail};
use std::path::Path;
use std::process::ExitCode;

pub(super) fn run(app: &App, command: MessagesCommand) -> Result<ExitCode> {
    let config = app.config()?;
    let folder = &config.messages.folder;
    let catalogue =
        if folder.is_empty() { Ok(Catalogue::shipped()) } else { Catalogue::with_folder(Path::new(folder)) };
    let (catalogue, mut findings) = match catalogue {
        Ok(catalogue) => (catalogue, Vec::new()),
        Err(findings) => (Catalogue::shipped(), findings),
    };
    match command {
        MessagesCommand::Check => {
            findings.extend(check(&catalogue));
            let errors = findings.iter().filter(|f| f.severity == Severity::Error).count();
            if app.json {
                output::json(&findings)?;
            } else {
                for finding in &findings {
                    output::say!("{finding}");
                }
                output::say!(
                    "{} kinds of message; {errors} errors, {} to look at again.",
                    catalogue.iter().count(),
                    findings.len() - errors
                );
            }
            Ok(if errors == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        MessagesCommand::Preview { kind, language } => {
            let Some(template) = catalogue.best(&language, &kind) else {
                let kinds: Vec<&str> = catalogue.iter().map(|t| t.kind.as_str()).collect();
                bail!("there is no message \"{kind}\"; there are: {}", kinds.join(", "));
            };
            for (name, longest) in [("with example values", false), ("with the longest values", true)] {
                let facts: Facts = template
                    .placeholders
                    .iter()
                    .map(|p| (p.name.clone(), if longest { p.longest.clone() } else { p.example.clone() }))
                    .collect();
                for channel in [Channel::Sms, Channel::Email] {
                    match template.render(
                        channel,
                        &facts,
                        RenderPolicy { allow_values: true, ..RenderPolicy::default() },
                    ) {
                        Ok(rendered) => {
                            let size = rendered
                                .measure
                                .map(|m| format!(", {} characters in {} SMS", m.units, m.segments))
                                .unwrap_or_default();
                            output::say!("-- {} {name}{size}", channel.as_str());
                            if let Some(subject) = rendered.subject {
                                output::say!("Subject: {subject}\n");
                            }
                            output::say!("{}\n", rendered.text);
                        }
                        Err(error) => output::say!("-- {} {name}: {error}\n", channel.as_str()),
                    }
                }
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

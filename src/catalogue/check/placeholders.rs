//! Placeholders: declared, used, and with examples of their type (F25, H18).

use crate::catalogue::MessageTemplate;
use crate::catalogue::finding::Finding;
use crate::domain::template::{Facts, Placeholder, PlaceholderType, Problem};

pub(super) fn check(template: &MessageTemplate) -> Vec<Finding> {
    let file = template.file.as_str();
    let mut findings = Vec::new();
    for (field, wording) in template.fields() {
        for problem in wording.template.check(&template.placeholders) {
            let message = problem.to_string();
            match problem {
                Problem::Unknown { at, .. } => {
                    findings.push(
                        Finding::error(file, field, message, "Declare it in a [[placeholder]], or correct its name.")
                            .at(at),
                    );
                }
                Problem::Form { at, .. } => {
                    findings
                        .push(Finding::error(file, field, message, "Change its type, or how it is written.").at(at));
                }
                // A subject need not hold what the body must.
                Problem::Missing { .. } if field != "email.subject" => {
                    findings.push(Finding::error(file, field, message, "Put it back: people need it."));
                }
                // Counted once below, over all fields.
                Problem::Unused { .. } | Problem::Twice { .. } | Problem::Missing { .. } => {}
            }
        }
    }
    for (at, placeholder) in template.placeholders.iter().enumerate() {
        findings.extend(declaration(template, placeholder, at));
    }
    findings
}

fn declaration(template: &MessageTemplate, placeholder: &Placeholder, at: usize) -> Vec<Finding> {
    let file = template.file.as_str();
    let name = &placeholder.name;
    let field = format!("placeholder {name}");
    let mut findings = Vec::new();
    let key = crate::domain::template::key(name);
    if template.placeholders.iter().take(at).any(|p| crate::domain::template::key(&p.name) == key) {
        findings.push(Finding::error(file, &field, "it is declared twice", "Delete one of the two."));
    }
    if !template.fields().any(|(_, wording)| wording.template.uses(name)) {
        findings.push(Finding::warning(file, &field, "it is declared and not used", "Use it, or delete it."));
    }
    for (which, value) in [("example", &placeholder.example), ("longest", &placeholder.longest)] {
        let facts = Facts::new().with(name, value.as_str());
        let blank = facts.is_blank(name) && placeholder.kind != PlaceholderType::Flag;
        if blank || placeholder.check_value(&facts).is_err() {
            findings.push(Finding::error(
                file,
                &field,
                format!("its {which} is not {}", placeholder.kind),
                "Give a value as it would really be.",
            ));
        }
    }
    if placeholder.longest.chars().count() < placeholder.example.chars().count() {
        findings.push(Finding::warning(
            file,
            &field,
            "its longest value is shorter than its example",
            "Give the longest value to expect.",
        ));
    }
    findings
}

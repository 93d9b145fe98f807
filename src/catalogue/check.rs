//! What `between messages check` looks for, before a patient sees it.
//!
//! The rules come from the wording rules of the product (no condition, result or medicine in a text; nothing that
//! comforts; nothing cut or empty) and are hints only where they judge style.

mod length;
mod phrases;
mod placeholders;
mod privacy;
pub(super) mod readability;

use std::collections::BTreeSet;

use super::finding::Finding;
use super::{Audience, BASE_LANGUAGE, Catalogue, MessageTemplate};
use crate::domain::message::Purpose;

/// What a practice has decided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CheckPolicy {
    /// A named clinician allows result values in text messages.
    pub values_in_sms: bool,
}

/// Checks all wording with the cautious policy: errors first, then warnings, each in order of file.
pub fn check(catalogue: &Catalogue) -> Vec<Finding> {
    check_with(catalogue, CheckPolicy::default())
}

/// [`check`] for a practice's policy.
pub fn check_with(catalogue: &Catalogue, policy: CheckPolicy) -> Vec<Finding> {
    let mut findings: Vec<Finding> = catalogue.iter().flat_map(|template| check_template(template, policy)).collect();
    findings.extend(against_shipped(catalogue));
    findings.extend(missing_translations(catalogue));
    findings
        .sort_by(|a, b| (a.severity, &a.file, &a.field, a.position).cmp(&(b.severity, &b.file, &b.field, b.position)));
    findings
}

/// Checks one wording on its own: what publishing it would ask.
pub fn check_template(template: &MessageTemplate, policy: CheckPolicy) -> Vec<Finding> {
    let mut findings = placeholders::check(template);
    findings.extend(length::check(template));
    findings.extend(privacy::check(template, policy));
    findings.extend(opening_words(template));
    if template.audience == Audience::Patient {
        findings.extend(phrases::check(template));
        findings.extend(way_out(template));
        if template.language == BASE_LANGUAGE {
            findings.extend(readability::check(template));
        }
    }
    findings
}

/// A text says who writes before anything else: sender names are short and often a bare number.
fn opening_words(template: &MessageTemplate) -> Option<Finding> {
    let sms = template.sms.as_ref()?;
    let first = sms.template.placeholders().next().filter(|gap| gap.at == 0 && gap.name == "practice");
    let follows = first.and_then(|gap| sms.source.get(gap.len..)).is_some_and(|rest| rest.starts_with(": "));
    (!follows).then(|| {
        Finding::error(
            &template.file,
            "sms.body",
            "a text must begin with who writes",
            "Begin with ((practice)): and a space.",
        )
        .at(0)
    })
}

/// Every email that we begin says how to end them.
fn way_out(template: &MessageTemplate) -> Option<Finding> {
    let body = template.email_body.as_ref()?;
    let begun_by_us = template.purpose != Purpose::Service;
    (begun_by_us && !body.source.contains("STOP")).then(|| {
        Finding::error(
            &template.file,
            "email.body",
            "it does not say how to stop these emails",
            "Add a line such as: To stop these emails, reply STOP.",
        )
    })
}

/// A practice's wording of a shipped kind: only the shipped placeholders are filled, and a clinician owns locked words.
fn against_shipped(catalogue: &Catalogue) -> Vec<Finding> {
    let shipped = Catalogue::shipped();
    let mut findings = Vec::new();
    for template in catalogue.iter() {
        let Some(ours) = shipped.get(BASE_LANGUAGE, &template.kind) else {
            continue;
        };
        for placeholder in &template.placeholders {
            let known = ours
                .placeholders
                .iter()
                .any(|p| crate::domain::template::key(&p.name) == crate::domain::template::key(&placeholder.name));
            if !known {
                let names: Vec<String> = ours.placeholders.iter().map(|p| format!("(({}))", p.name)).collect();
                findings.push(Finding::error(
                    &template.file,
                    "placeholder",
                    format!("between has no value for (({})) in a {}", placeholder.name, template.kind),
                    format!("Use only {}.", names.join(", ")),
                ));
            }
        }
        if ours.locked && template.language == BASE_LANGUAGE && !same_words(ours, template) {
            findings.push(Finding::warning(
                &template.file,
                "locked",
                "the words of a safety text were changed",
                "Make sure that your clinical safety officer has agreed to them.",
            ));
        }
        if ours.purpose != template.purpose || ours.audience != template.audience || (ours.locked && !template.locked) {
            findings.push(Finding::error(
                &template.file,
                "",
                "purpose, audience and locked must be as shipped",
                "Copy them from the shipped file: they decide who may get it and who may change it.",
            ));
        }
    }
    findings
}

fn same_words(a: &MessageTemplate, b: &MessageTemplate) -> bool {
    let words = |t: &MessageTemplate| t.fields().map(|(name, w)| (name, w.source.clone())).collect::<Vec<_>>();
    words(a) == words(b)
}

/// A language that has some wording should have all that patients get.
fn missing_translations(catalogue: &Catalogue) -> Vec<Finding> {
    let kinds: BTreeSet<&str> = catalogue
        .iter()
        .filter(|t| t.language == BASE_LANGUAGE && t.audience == Audience::Patient)
        .map(|t| t.kind.as_str())
        .collect();
    catalogue
        .languages()
        .into_iter()
        .filter(|language| *language != BASE_LANGUAGE)
        .filter_map(|language| {
            let missing: Vec<&str> =
                kinds.iter().copied().filter(|kind| catalogue.get(language, kind).is_none()).collect();
            (!missing.is_empty()).then(|| {
                Finding::warning(
                    &format!("messages/{language}"),
                    "",
                    format!("{} kinds are not translated and go out in English: {}", missing.len(), missing.join(", ")),
                    "Have a person translate them.",
                )
            })
        })
        .collect()
}

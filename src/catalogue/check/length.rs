//! How many texts a message takes, and which characters make it dear (F06, F07, T11).

use crate::catalogue::finding::Finding;
use crate::catalogue::{BASE_LANGUAGE, MessageTemplate, Wording};
use crate::domain::sms::{self, LIMIT, Measure, Why};
use crate::domain::template::{Facts, Placeholder, PlaceholderType};

/// More texts than this in the worst case is worth a second look.
const WORST_CASE_SEGMENTS: usize = 2;
/// Subjects beyond this are cut short on a phone.
const SUBJECT_CHARS: usize = 60;

pub(super) fn check(template: &MessageTemplate) -> Vec<Finding> {
    let file = template.file.as_str();
    let mut findings = Vec::new();
    if let Some(sms) = &template.sms {
        findings.extend(outside_gsm(template, sms));
        let ordinary = measure(sms, &template.placeholders, |p| &p.example);
        let worst = measure(sms, &template.placeholders, |p| &p.longest);
        if worst.over_limit {
            findings.push(Finding::error(
                file,
                "sms.body",
                format!("with its longest values it has {} characters; gateways take {LIMIT}", worst.units),
                "Shorten it: a text is never cut.",
            ));
        } else if worst.segments > WORST_CASE_SEGMENTS {
            findings.push(Finding::warning(
                file,
                "sms.body",
                format!("with its longest values it takes {} texts", worst.segments),
                "Shorten it, or expect the cost.",
            ));
        }
        // Where the language needs UCS-2 anyway, one text of 70 characters is no sensible aim.
        if ordinary.segments > 1 && template.language == BASE_LANGUAGE {
            findings.push(Finding::warning(
                file,
                "sms.body",
                format!("with ordinary values it takes {} texts ({} characters)", ordinary.segments, ordinary.units),
                "Shorten it to one text.",
            ));
        }
    }
    if let Some(subject) = &template.email_subject {
        let length = fill(subject, &template.placeholders, |p| &p.example).chars().count();
        if length > SUBJECT_CHARS {
            findings.push(Finding::warning(
                file,
                "email.subject",
                format!("it has {length} characters"),
                format!("Keep it within {SUBJECT_CHARS}: phones cut it."),
            ));
        }
    }
    findings
}

/// Names the first character that the seven-bit alphabet does not have, and how many there are.
fn outside_gsm(template: &MessageTemplate, sms: &Wording) -> Option<Finding> {
    // What cleaning puts right before sending is no fault; the place is that in the source.
    let cleaned: Vec<usize> = sms::clean(&sms.source).changes.iter().map(|change| change.at).collect();
    let costly: Vec<_> = sms::measure(&sms.source)
        .costly
        .into_iter()
        .filter(|c| c.why == Why::NotGsm && !cleaned.contains(&c.at))
        .collect();
    let first = costly.first()?;
    let more = if costly.len() > 1 { format!(", and {} more like it", costly.len() - 1) } else { String::new() };
    Some(
        Finding::warning(
            &template.file,
            "sms.body",
            format!("'{}' leaves room for 70 characters a text instead of 160{more}", first.ch),
            "Write it another way if the language allows.",
        )
        .at(first.at),
    )
}

fn measure<'a>(
    wording: &Wording,
    placeholders: &'a [Placeholder],
    value: impl Fn(&'a Placeholder) -> &'a String,
) -> Measure {
    sms::measure(&sms::clean(&fill(wording, placeholders, value)).text)
}

/// The text with a value for every declared placeholder; all words behind flags are shown. Gaps that are not declared
/// are another check's business and count as nothing here.
pub(super) fn fill<'a>(
    wording: &Wording,
    placeholders: &'a [Placeholder],
    value: impl Fn(&'a Placeholder) -> &'a String,
) -> String {
    let mut facts = Facts::new();
    for gap in wording.template.placeholders() {
        facts = if gap.is_flag { facts.with_flag(&gap.name, true) } else { facts.with(&gap.name, "?") };
    }
    for placeholder in placeholders.iter().filter(|p| p.kind != PlaceholderType::Flag) {
        facts.set(&placeholder.name, value(placeholder).as_str());
    }
    wording.template.render(&facts).unwrap_or_default()
}

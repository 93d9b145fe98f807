//! What may stand on a lock screen (F12, T11, H14, H26).

use super::CheckPolicy;
use crate::catalogue::finding::Finding;
use crate::catalogue::{Audience, MessageTemplate};
use crate::domain::template::{PlaceholderType, key};

/// Names under which private facts would come in. Compared without case, spaces, hyphens and underscores.
const PRIVATE: [&str; 17] = [
    "fullname",
    "lastname",
    "surname",
    "familyname",
    "dateofbirth",
    "dob",
    "birthdate",
    "nhsnumber",
    "address",
    "postcode",
    "diagnosis",
    "condition",
    "disease",
    "medicine",
    "medication",
    "goalwords",
    "agendaitems",
];

pub(super) fn check(template: &MessageTemplate, policy: CheckPolicy) -> Vec<Finding> {
    let file = template.file.as_str();
    let mut findings = Vec::new();
    for (field, wording) in template.fields() {
        let on_screen = field != "email.body";
        for gap in wording.template.placeholders().filter(|_| on_screen) {
            let name = key(&gap.name);
            let kind = template.placeholders.iter().find(|p| key(&p.name) == name).map(|p| p.kind);
            if kind == Some(PlaceholderType::Result) && (field == "email.subject" || !policy.values_in_sms) {
                findings.push(
                    Finding::error(
                        file,
                        field,
                        format!("(({})) would show a result value on a screen", gap.name),
                        "Say that results are ready, or have a named clinician switch values in texts on.",
                    )
                    .at(gap.at),
                );
            } else if PRIVATE.contains(&name.as_ref()) {
                findings.push(
                    Finding::error(
                        file,
                        field,
                        format!("(({})) is private and would show on a screen", gap.name),
                        "Leave it out: a first name and the practice's name are enough.",
                    )
                    .at(gap.at),
                );
            } else if field == "email.subject" && template.audience == Audience::Patient && name != "practice" {
                findings.push(
                    Finding::error(
                        file,
                        field,
                        format!("(({})) would show in the list of emails", gap.name),
                        "Keep the subject neutral: only ((practice)) may stand in it.",
                    )
                    .at(gap.at),
                );
            }
        }
    }
    findings
}

use std::collections::BTreeSet;
use std::path::Path;

use super::*;
use crate::domain::delivery::Channel;
use crate::domain::sms::Encoding;

/// What the program asks for by name.
const KINDS: [&str; 27] = [
    "agenda_echo",
    "agenda_nudge",
    "agenda_prompt",
    "alert_route",
    "appointment_no_answer",
    "appointment_reminder",
    "appointment_yes_answer",
    "ask_who",
    "check_in_answer",
    "closed",
    "confirm_cancel",
    "could_not_read",
    "crisis",
    "danger",
    "gateway_test",
    "goal_check_in",
    "help",
    "reading_answer",
    "reading_request",
    "results_notice",
    "route_test",
    "staff_message",
    "start_confirmation",
    "stop_confirmation",
    "unknown_sender",
    "welcome",
    "wrong_person_answer",
];

#[test]
fn every_file_in_the_folder_is_built_in_and_can_be_read() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let on_disk: BTreeSet<String> = toml_files(&root.join("messages"))
        .unwrap()
        .into_iter()
        .map(|path| path.strip_prefix(root).unwrap().to_str().unwrap().to_owned())
        .collect();
    let built_in: BTreeSet<String> = shipped::FILES.iter().map(|(path, _)| (*path).to_owned()).collect();
    assert_eq!(on_disk, built_in);
    for (path, text) in shipped::FILES {
        if let Err(findings) = MessageTemplate::from_toml(path, text) {
            panic!("{findings:?}");
        }
    }
    let catalogue = Catalogue::shipped();
    assert_eq!(catalogue.iter().map(|t| t.kind.as_str()).collect::<Vec<_>>(), KINDS);
}

#[test]
fn shipped_wording_passes_its_own_check_without_a_warning() {
    let findings = check(&Catalogue::shipped());
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "{}", lines.join("\n"));
}

#[test]
fn every_text_is_one_plain_sms_with_ordinary_values() {
    for template in Catalogue::shipped().iter() {
        let sms = template.render(Channel::Sms, &examples(template), RenderPolicy::default()).unwrap();
        let measure = sms.measure.unwrap();
        assert_eq!((measure.encoding, measure.segments), (Encoding::Gsm7, 1), "{}: {}", template.kind, measure.units);
        assert!(sms.changes.is_empty(), "{}", template.kind);
        assert!(sms.text.starts_with("Oak Lane Surgery: "), "{}", sms.text);
    }
}

#[test]
fn every_email_has_a_neutral_subject_and_two_parts() {
    for template in Catalogue::shipped().iter() {
        let email = template.render(Channel::Email, &examples(template), RenderPolicy::default()).unwrap();
        assert!(email.subject.unwrap().contains("Oak Lane Surgery"));
        assert!(email.html.unwrap().contains(email.text.lines().next().unwrap().split('\'').next().unwrap()));
        assert!(!email.text.contains("((") && !email.text.contains("**") && email.measure.is_none());
    }
}

#[test]
fn h06_h07_h27_safety_texts_are_locked_and_say_what_they_must() {
    let catalogue = Catalogue::shipped();
    for (kind, words) in [
        ("danger", vec!["999", "111", "Automatic reply", "Do not wait"]),
        ("crisis", vec!["999", "A&E", "116 123", "85258", "111"]),
        ("help", vec!["999", "111", "STOP"]),
        ("closed", vec!["No one will read", "999", "111"]),
        ("stop_confirmation", vec!["even appointment reminders", "START"]),
        ("unknown_sender", vec!["999", "111"]),
    ] {
        let template = catalogue.get("en", kind).unwrap();
        assert!(template.locked, "{kind}");
        let text = template.render(Channel::Sms, &examples(template), RenderPolicy::default()).unwrap().text;
        for word in words {
            assert!(text.contains(word), "{kind} lacks {word}");
        }
    }
    for kind in ["results_notice", "reading_request", "reading_answer", "check_in_answer"] {
        let template = catalogue.get("en", kind).unwrap();
        for channel in [Channel::Sms, Channel::Email] {
            let text = template.render(channel, &examples(template), RenderPolicy::default()).unwrap().text;
            assert!(text.contains("unwell") || text.contains("worse"), "{kind} does not say what to do when unwell");
        }
    }
}

#[test]
fn questions_say_what_answer_they_expect() {
    let catalogue = Catalogue::shipped();
    for template in catalogue.iter() {
        let body = &template.sms.as_ref().unwrap().source;
        let asks = body.contains("Text YES")
            || body.contains("Text 0 to 7")
            || body.contains("up to 3 things")
            || body.contains("Text 1 for");
        if asks {
            assert!(template.replies.is_some(), "{}", template.kind);
        }
    }
    let check_in = catalogue.get("en", "goal_check_in").unwrap().replies.clone().unwrap();
    assert_eq!((check_in.expects.as_str(), check_in.min, check_in.max), ("count", Some(0), Some(7)));
    assert_eq!(
        catalogue.get("en", "confirm_cancel").unwrap().replies.as_ref().unwrap().options,
        ["appointment", "messages"]
    );
}

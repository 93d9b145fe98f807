use super::*;

const PRACTICE: (&str, &str) = ("practice", "text");

fn findings(template: &MessageTemplate) -> Vec<String> {
    check_template(template, CheckPolicy::default()).iter().map(ToString::to_string).collect()
}

#[track_caller]
fn finds(template: &MessageTemplate, parts: &[&str]) {
    let all = findings(template);
    assert!(
        all.iter().any(|line| parts.iter().all(|part| line.contains(part))),
        "{parts:?} not in\n{}",
        all.join("\n")
    );
}

/// A text that nothing is wrong with, as the measure for the tests that follow.
fn sound() -> MessageTemplate {
    own(
        "((practice)): Please call ((phone)).",
        "A message from ((practice))",
        "Please call ((phone)). Reply STOP to stop these emails.",
        &[PRACTICE, ("phone", "phone")],
    )
}

#[test]
fn a_sound_text_has_no_findings() {
    assert_eq!(findings(&sound()), Vec::<String>::new());
}

#[test]
fn f25_h18_unknown_missing_and_misused_placeholders_are_errors_with_their_place() {
    let template = own(
        "((practice)): Call ((phnoe)) ((late))",
        "((practice))",
        "((phone)) STOP",
        &[PRACTICE, ("phone", "phone"), ("late", "flag"), ("spare", "text")],
    );
    finds(
        &template,
        &["error messages/en/own.toml, sms.body, character 20", "((phnoe)) is not declared: did you mean ((phone))?"],
    );
    finds(&template, &["error", "sms.body, character 30", "((late)) is a flag"]);
    finds(&template, &["warning", "placeholder spare", "not used"]);
    let mut required = sound();
    required.placeholders[1].required = true;
    required.sms = own("((practice)): Call us.", "x", "x", &[]).sms;
    finds(&required, &["error", "sms.body", "((phone)) must be in this text"]);
    let mut twice = sound();
    twice.placeholders.push(twice.placeholders[1].clone());
    finds(&twice, &["error", "placeholder phone", "declared twice"]);
    let mut wrong_example = sound();
    wrong_example.placeholders[1].example = "ring us".into();
    wrong_example.placeholders[0].longest = " ".into();
    finds(&wrong_example, &["error", "placeholder phone", "its example is not a phone number"]);
    finds(&wrong_example, &["error", "placeholder practice", "its longest is not a text"]);
    let faults = MessageTemplate::from_toml("en/own.toml", &file("((practice): x", "((practice))", "((a", &[PRACTICE]))
        .unwrap_err();
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(faults.iter().any(|f| f.field == "email.body" && f.position == Some(0)));
}

#[test]
fn f06_length_is_known_at_save() {
    let mut long = own(&format!("((practice)): {}", "word ".repeat(32)), "((practice))", "x STOP", &[PRACTICE]);
    finds(&long, &["warning", "sms.body", "with ordinary values it takes 2 texts"]);
    long.placeholders[0].longest = "x".repeat(200);
    finds(&long, &["warning", "sms.body", "with its longest values it takes 3 texts"]);
    long.placeholders[0].longest = "x".repeat(800);
    finds(&long, &["error", "sms.body", "gateways take 918"]);
    let subject = own("((practice)): x", &"long subject ".repeat(6), "x STOP", &[PRACTICE]);
    finds(&subject, &["warning", "email.subject", "it has 77 characters"]);
}

#[test]
fn f07_characters_that_leave_gsm_are_named_with_their_place() {
    let template = own("((practice)): Bore da, Ŵyn \u{2019}n", "((practice))", "x STOP", &[PRACTICE]);
    finds(&template, &["warning", "sms.body, character 24", "'Ŵ' leaves room for 70 characters"]);
    let cleaned = own("((practice)): Don\u{2019}t wait \u{2013} call", "((practice))", "x STOP", &[PRACTICE]);
    assert_eq!(findings(&cleaned), Vec::<String>::new(), "typography is cleaned before sending");
}

#[test]
fn f12_t11_result_values_and_private_facts_are_refused_where_a_screen_shows_them() {
    let template =
        own("((practice)): Result ((value))", "Result ((value))", "((value)) STOP", &[PRACTICE, ("value", "result")]);
    finds(&template, &["error", "sms.body, character 22", "would show a result value"]);
    finds(&template, &["error", "email.subject", "would show a result value"]);
    let allowed = check_template(&template, CheckPolicy { values_in_sms: true });
    assert!(!allowed.iter().any(|f| f.field == "sms.body" && f.severity == Severity::Error), "{allowed:?}");
    assert!(allowed.iter().any(|f| f.field == "email.subject"), "never in a subject");
    for private in ["Full Name", "surname", "date_of_birth", "diagnosis", "NHS number"] {
        let template = own(&format!("((practice)): (({private}))"), "x", "x STOP", &[PRACTICE, (private, "text")]);
        finds(&template, &["error", "sms.body", "is private"]);
    }
}

#[test]
fn h14_h26_subjects_are_neutral_and_texts_name_no_condition() {
    let template = own(
        "((practice)): Your diabetes appointment",
        "Hello ((name)) about asthma",
        "Your diabetes appointment STOP",
        &[PRACTICE, ("name", "text")],
    );
    finds(&template, &["error", "sms.body, character 20", "\"diabet*\""]);
    finds(&template, &["error", "email.subject", "\"asthma\""]);
    finds(&template, &["error", "email.subject", "((name)) would show in the list of emails"]);
    assert!(!findings(&template).iter().any(|line| line.contains("email.body") && line.contains("diabet")));
}

#[test]
fn h06_h28_forbidden_phrases_are_found() {
    for (words, level) in [
        ("Text it, for example 130/80.", "error"),
        ("Text it like 130/80.", "error"),
        ("Don\u{2019}t worry.", "error"),
        ("Your result is normal.", "error"),
        ("No news is good news.", "error"),
        ("Your results have been sent.", "error"),
        ("Our nurse is reading this now.", "error"),
        ("Tell us your date of birth.", "error"),
        ("See bit.ly/x", "error"),
        ("Stop taking the tablets.", "error"),
        ("Before your visit", "warning"),
        ("Your appt is soon", "warning"),
    ] {
        let template = own(&format!("((practice)): {words}"), "((practice))", "x STOP", &[PRACTICE]);
        finds(
            &template,
            &[level, "sms.body", "Write instead"]
                .map(|part| if part == "Write instead" && words.contains("130/80") { "Describe" } else { part }),
        );
    }
}

#[test]
fn a_text_says_who_writes_and_an_email_how_to_stop() {
    for sms in ["Hello from ((practice)): x", "((practice)) x", "Oak Surgery: x"] {
        finds(&own(sms, "((practice))", "x STOP", &[PRACTICE]), &["error", "sms.body", "must begin with who writes"]);
    }
    finds(&own("((practice)): x", "((practice))", "x", &[PRACTICE]), &["error", "email.body", "how to stop"]);
}

#[test]
fn hard_words_and_long_sentences_are_hints() {
    let body = "We advise that you telephone the administrative department in order to obtain one of the very many free \
                appointments that we still have on most days of the week. STOP";
    let template = own("((practice)): x", "((practice))", body, &[PRACTICE]);
    finds(&template, &["warning", "email.body", "the longest sentence has 29 words"]);
    finds(&template, &["warning", "\"telephone\" is hard to read", "Write: call"]);
    finds(&template, &["warning", "\"administrative\" is hard to read"]);
}

#[test]
fn staff_messages_need_no_patient_rules() {
    let mut template = own("((practice)): monitor 130/80", "Alert ((name))", "x", &[PRACTICE, ("name", "text")]);
    template.audience = Audience::Staff;
    template.purpose = crate::domain::message::Purpose::Service;
    assert_eq!(findings(&template), Vec::<String>::new());
}

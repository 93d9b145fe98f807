use super::*;
use crate::domain::delivery::Channel;
use crate::domain::sms::{Encoding, SmsPolicy, SmsRefusal};

fn facts() -> Facts {
    Facts::new().with("practice", "Oak Lane Surgery").with("name", "Sam").with("phone", "01632 960000")
}

#[test]
fn f25_h18_no_message_goes_out_with_a_gap() {
    let template = own(
        "((practice)): Hello ((name)), ((a))",
        "((practice))",
        "Dear ((name)) ((b))",
        &[("practice", "text"), ("name", "text"), ("a", "text"), ("b", "date")],
    );
    let missing = |channel, facts: &Facts| match template.render(channel, facts, RenderPolicy::default()) {
        Err(RenderError::Missing(missing)) => missing.into_iter().map(|m| m.name).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(missing(Channel::Sms, &facts()), ["a"]);
    assert_eq!(missing(Channel::Sms, &facts().with("a", " \t").with("name", "")), ["name", "a"]);
    assert_eq!(missing(Channel::Email, &facts().with("b", "")), ["b"]);
    assert_eq!(missing(Channel::Email, &Facts::new()), ["practice", "name", "b"]);
}

#[test]
fn f25_every_shipped_placeholder_is_needed() {
    for template in Catalogue::shipped().iter() {
        for placeholder in &template.placeholders {
            let facts = examples(template).with(&placeholder.name, "");
            for (channel, fields) in [
                (Channel::Sms, vec![&template.sms]),
                (Channel::Email, vec![&template.email_subject, &template.email_body]),
            ] {
                let used = fields.iter().any(|f| f.as_ref().unwrap().template.uses(&placeholder.name));
                let sent = template.render(channel, &facts, RenderPolicy::default());
                assert_eq!(sent.is_err(), used, "{} without {}", template.kind, placeholder.name);
            }
        }
    }
}

#[test]
fn values_of_the_wrong_kind_stop_the_message() {
    let template = Catalogue::shipped().get("en", "appointment_reminder").unwrap().clone();
    let facts = examples(&template).with("day", "2026-08-06").with("time", "17:30");
    let Err(RenderError::WrongType(wrong)) = template.render(Channel::Sms, &facts, RenderPolicy::default()) else {
        panic!("a machine's date went out")
    };
    assert_eq!(wrong.iter().map(|w| w.name.as_str()).collect::<Vec<_>>(), ["day", "time"]);
}

#[test]
fn f06_an_over_long_text_is_refused_at_personalisation_and_not_cut() {
    let template = Catalogue::shipped().get("en", "staff_message").unwrap().clone();
    let facts = |length: usize| examples(&template).with("message", "x".repeat(length));
    let prefix = "Oak Lane Surgery: ".len();
    let whole = template.render(Channel::Sms, &facts(918 - prefix), RenderPolicy::default()).unwrap();
    assert_eq!(whole.text.len(), 918);
    assert_eq!(
        template.render(Channel::Sms, &facts(919 - prefix), RenderPolicy::default()),
        Err(RenderError::Sms(SmsRefusal::TooLong { units: 919, segments: 7 }))
    );
    let two = RenderPolicy { sms: SmsPolicy { max_segments: 2, ..SmsPolicy::default() }, ..RenderPolicy::default() };
    assert!(template.render(Channel::Sms, &facts(306 - prefix), two).is_ok());
    assert!(template.render(Channel::Sms, &facts(307 - prefix), two).is_err());
}

#[test]
fn f07_names_in_any_script_go_out_whole_or_not_at_all() {
    let template = Catalogue::shipped().get("en", "goal_check_in").unwrap().clone();
    let gsm_only =
        RenderPolicy { sms: SmsPolicy { unicode: false, ..SmsPolicy::default() }, ..RenderPolicy::default() };
    for name in ["Łukasz", "Siân", "Ŵyn", "محمد", "নাসরিন", "Zoë 👍"] {
        let facts = examples(&template).with("name", name);
        let sent = template.render(Channel::Sms, &facts, RenderPolicy::default()).unwrap();
        assert!(sent.text.contains(&format!("Hello {name}.")), "{}", sent.text);
        assert_eq!(sent.measure.unwrap().encoding, Encoding::Ucs2);
        let Err(RenderError::Sms(SmsRefusal::Characters(named))) = template.render(Channel::Sms, &facts, gsm_only)
        else {
            panic!("{name} went through a gateway that spoils it")
        };
        assert!(name.contains(named[0].ch));
    }
    // Typography is put right, not refused.
    let facts = examples(&template).with("goal_label", "\u{201c}walk\u{201d} \u{2013} 20\u{a0}minutes");
    let sent = template.render(Channel::Sms, &facts, gsm_only).unwrap();
    assert!(sent.text.contains("did you \"walk\" - 20 minutes?"));
    assert_eq!(sent.changes.len(), 4);
}

#[test]
fn f12_t11_a_result_value_goes_nowhere_unless_it_was_switched_on() {
    let template = own(
        "((practice)): Your result is ((value))",
        "((practice))",
        "Your result is ((value)).",
        &[("practice", "text"), ("value", "result")],
    );
    let facts = facts().with("value", "58 mmol/mol");
    for channel in [Channel::Sms, Channel::Email] {
        assert_eq!(
            template.render(channel, &facts, RenderPolicy::default()),
            Err(RenderError::ResultValue("value".into()))
        );
        let on = RenderPolicy { allow_values: true, ..RenderPolicy::default() };
        assert!(template.render(channel, &facts, on).unwrap().text.contains("58 mmol/mol"));
    }
    let value_only_in_email =
        own("((practice)): Ready", "((practice))", "It is ((value)).", &[("practice", "text"), ("value", "result")]);
    assert!(value_only_in_email.render(Channel::Sms, &facts, RenderPolicy::default()).is_ok());
    assert!(value_only_in_email.render(Channel::Email, &facts, RenderPolicy::default()).is_err());
}

#[test]
fn t11_no_shipped_text_can_show_a_value() {
    for template in Catalogue::shipped().iter() {
        assert!(template.placeholders.iter().all(|p| p.kind != PlaceholderType::Result), "{}", template.kind);
    }
}

#[test]
fn s11_values_are_text_in_every_channel() {
    let template = own(
        "((practice)): Hello ((name))",
        "From ((practice))",
        "Dear ((name)),\n\nCall ((phone)).",
        &[("practice", "text"), ("name", "text"), ("phone", "phone")],
    );
    let hostile = "((phone)) [x](https://evil.example) <img src=x> **b**";
    let facts = facts().with("name", hostile).with("practice", "Oak\r\nBcc: all@example.org");
    let sms = template.render(Channel::Sms, &facts, RenderPolicy::default()).unwrap();
    assert!(sms.text.ends_with(&format!("Hello {hostile}")));
    let email = template.render(Channel::Email, &facts, RenderPolicy::default()).unwrap();
    assert!(email.text.starts_with(&format!("Dear {hostile},")), "{}", email.text);
    assert_eq!(email.subject.as_deref(), Some("From Oak Bcc: all@example.org"), "one line");
    let html = email.html.unwrap();
    assert!(!html.contains("<img") && !html.contains("href=") && !html.contains("<strong"));
    assert!(html.contains("&lt;img src=x&gt;"));
}

#[test]
fn links_can_be_clicked_in_an_email_and_are_bare_in_a_text() {
    let template = Catalogue::shipped().get("en", "results_notice").unwrap().clone();
    let email = template.render(Channel::Email, &examples(&template), RenderPolicy::default()).unwrap();
    assert!(email.html.unwrap().contains("<a href=\"https://www.nhs.uk/nhs-app\""));
    assert!(email.text.contains("ready to read: https://www.nhs.uk/nhs-app\n"));
}

#[test]
fn errors_name_gaps_and_never_values() {
    let template =
        own("((practice)): ((a)) ((b))", "((practice))", "x", &[("practice", "text"), ("a", "date"), ("b", "result")]);
    let facts = facts().with("a", "SECRET").with("b", "SECRET");
    let error = template.render(Channel::Sms, &facts, RenderPolicy::default()).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("SECRET"));
    let facts = facts.with("a", "1980-02-03");
    let on = RenderPolicy { allow_values: true, ..RenderPolicy::default() };
    let error = template.render(Channel::Sms, &facts, on).unwrap_err();
    assert_eq!(error.to_string(), "wrong kind of value for ((a))");
    assert!(!format!("{error:?}").contains("1980"));
    let no_sms = Err(RenderError::NoWording(Channel::Sms));
    let mut template = template;
    template.sms = None;
    assert_eq!(template.render(Channel::Sms, &facts, on), no_sms);
}

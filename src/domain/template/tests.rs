use proptest::prelude::*;

use super::*;

fn template(source: &str) -> Template {
    Template::parse(source).unwrap()
}

fn declared(name: &str, kind: PlaceholderType) -> Placeholder {
    Placeholder { name: name.into(), kind, example: "x".into(), longest: "xx".into(), required: false }
}

#[test]
fn fills_gaps_and_shows_words_behind_flags() {
    let text = template("Hello ((First Name)). ((late??We are (sorry) to be late. ))Call ((phone)) (free).");
    let facts = Facts::new().with("first_name", "Sam").with("PHONE", "01632 960001").with_flag("late", true);
    assert_eq!(text.render(&facts).unwrap(), "Hello Sam. We are (sorry) to be late. Call 01632 960001 (free).");
    assert_eq!(text.render(&facts.with_flag("late", false)).unwrap(), "Hello Sam. Call 01632 960001 (free).");
    let gaps: Vec<(String, usize, usize, bool)> =
        text.placeholders().map(|g| (g.name.clone(), g.at, g.len, g.is_flag)).collect();
    assert_eq!(
        gaps,
        [("First Name".into(), 6, 14, false), ("late".into(), 22, 37, true), ("phone".into(), 64, 9, false)]
    );
}

#[test]
fn brackets_that_are_not_placeholders_are_text() {
    let facts = Facts::new().with("a", "A").with_flag("f", true);
    for (source, text) in [
        ("(see (b))", "(see (b))"),
        ("(((a)))", "(A)"),
        ("((((a))))", "((A))"),
        ("((f??(10 minutes)))", "(10 minutes)"),
        ("((f??why??))", "why??"),
        ("(one) ((a)) (two)", "(one) A (two)"),
        ("", ""),
        ("ends with (", "ends with ("),
    ] {
        assert_eq!(template(source).render(&facts).unwrap(), text, "{source}");
    }
}

#[test]
fn faults_are_all_reported_with_their_place() {
    let faults = |source: &str| Template::parse(source).unwrap_err();
    assert_eq!(faults("Café ((name"), [TemplateError::NotClosed { at: 5 }]);
    assert_eq!(faults("Hello name))"), [TemplateError::NotOpened { at: 10 }]);
    assert_eq!(
        faults("(()) ((??x)) ((x??))"),
        [TemplateError::Empty { at: 0 }, TemplateError::Empty { at: 5 }, TemplateError::Empty { at: 13 }]
    );
    assert_eq!(faults("((a ((b)) c"), [TemplateError::NotClosed { at: 0 }]);
    assert_eq!(faults("((f??Hello ((n)))) x"), [TemplateError::Nested { at: 11 }]);
    assert_eq!(
        faults("((a.b)) ((c{{d}}))"),
        [TemplateError::Name { at: 3, ch: '.' }, TemplateError::Name { at: 11, ch: '{' }]
    );
    assert_eq!(
        faults("((name").first().map(TemplateError::to_string).unwrap(),
        "(( at character 1 is not closed with ))"
    );
    assert!(faults("((a\nb))").iter().all(|e| matches!(e, TemplateError::Name { ch: '\n', .. })));
}

#[test]
fn f25_h18_missing_and_empty_values_are_errors_and_all_are_named() {
    let text = template("((a)) ((b)) ((c??x)) ((d))");
    let facts = Facts::new().with("a", "").with("b", " \n").with("d", "D");
    let missing: Vec<(String, usize)> = text.render(&facts).unwrap_err().into_iter().map(|m| (m.name, m.at)).collect();
    assert_eq!(missing, [("a".into(), 0), ("b".into(), 6), ("c".into(), 12)]);
    let empty_list = Facts::new().with_list("a", Vec::<String>::new());
    assert!(template("((a))").render(&empty_list).is_err());
    assert!(template("((a))").render(&Facts::new().with_list("a", ["x", " "])).is_err());
    assert!(template("((a))").render(&Facts::new().with_flag("a", true)).is_err(), "a flag is no text");
    assert!(template("((a??x))").render(&Facts::new().with("a", "maybe")).is_err(), "a text is no flag");
    assert_eq!(template("((a??x))").render(&Facts::new().with("a", "Yes")).unwrap(), "x");
}

#[test]
fn s11_a_value_is_never_evaluated_again() {
    let facts = Facts::new()
        .with("name", "((phone)) ((late??x)) {{7*7}} ${7*7} <%= 7 %> %s {0}")
        .with("phone", "01632 960001")
        .with_flag("late", true);
    assert_eq!(
        template("Hello ((name))").render(&facts).unwrap(),
        "Hello ((phone)) ((late??x)) {{7*7}} ${7*7} <%= 7 %> %s {0}"
    );
    assert_eq!(template("((a))((b))").render(&Facts::new().with("a", "((").with("b", "c))")).unwrap(), "((c))");
    // An unknown placeholder stops the send.
    assert!(template("Hello ((nmae))").render(&facts).is_err());
}

#[test]
fn lists_are_words_in_a_text_and_bullets_in_an_email() {
    let text = template("You sent: ((items))");
    let facts = Facts::new().with_list("items", ["my knee", "# sleep", "work"]);
    assert_eq!(text.render(&facts).unwrap(), "You sent: my knee, # sleep and work");
    let email = text.render_as(&facts, Style::Markdown).unwrap();
    assert_eq!(crate::domain::markdown::to_text(&email), "You sent:\n\n- my knee\n- # sleep\n- work\n");
}

#[test]
fn h18_uses_and_declarations_are_compared() {
    let declarations = [
        declared("first name", PlaceholderType::Text),
        declared("late", PlaceholderType::Flag),
        declared("spare", PlaceholderType::Text),
        declared("First_Name", PlaceholderType::Text),
        Placeholder { required: true, ..declared("phone", PlaceholderType::Phone) },
    ];
    let problems = template("((firstname)) ((frist name)) ((late)) ((first name??x)) ((zebra))").check(&declarations);
    assert_eq!(
        problems,
        [
            Problem::Unknown { name: "frist name".into(), at: 14, suggestion: Some("first name".into()) },
            Problem::Form { name: "late".into(), at: 29, is_flag: true },
            Problem::Form { name: "first name".into(), at: 38, is_flag: false },
            Problem::Unknown { name: "zebra".into(), at: 56, suggestion: None },
            Problem::Unused { name: "spare".into() },
            Problem::Twice { name: "First_Name".into() },
            Problem::Missing { name: "phone".into() },
        ]
    );
    assert_eq!(problems[0].to_string(), "((frist name)) is not declared: did you mean ((first name))?");
    assert_eq!(problems[1].to_string(), "((late)) is a flag: write ((name??words))");
    assert_eq!(problems[2].to_string(), "((first name)) is not a flag: write ((name)) alone");
}

#[test]
fn values_must_be_of_their_type() {
    use PlaceholderType::{Date, Flag, Link, List, Number, Phone, Text, Time};
    let fits = |kind, value: &str| declared("v", kind).check_value(&Facts::new().with("v", value)).is_ok();
    for (kind, good, bad) in [
        (Number, vec!["5", "7.5", "-2"], vec!["five", "NaN", "inf", "5 mmol"]),
        (Date, vec!["Thursday 6 August", "6 August 2026"], vec!["2026-08-06", "2026-08-06T09:00Z", "06/08"]),
        (Time, vec!["5:30pm", "9am", "midday"], vec!["17:30", "am", "soon"]),
        (
            Link,
            vec!["https://oak.example.org/r"],
            vec!["http://oak.example.org", "oak.example.org", "https://a b.example"],
        ),
        (Phone, vec!["01632 960001", "111", "+44 1632 960001"], vec!["call us", "11"]),
        (Text, vec!["anything"], vec![]),
        (Flag, vec!["yes", "no"], vec!["perhaps"]),
        (List, vec!["one"], vec![]),
    ] {
        for value in good {
            assert!(fits(kind, value), "{kind:?} {value}");
        }
        for value in bad {
            assert!(!fits(kind, value), "{kind:?} {value}");
        }
    }
    let link = Facts::new().with("v", "https://a.example");
    let mut marked = link.clone();
    marked.mark_link("V");
    assert!(declared("v", Link).check_value(&marked).is_ok());
    assert_eq!(template("((v))").render(&marked), template("((v))").render(&link));
    assert_eq!(template("((v))").render_as(&marked, Style::Markdown).unwrap(), "<https://a.example>");
    let error = declared("v", Date).check_value(&Facts::new().with("v", "2026-08-06")).unwrap_err();
    assert_eq!(error.to_string(), "the value of ((v)) is not a date in words");
}

#[test]
fn debug_shows_names_not_values() {
    let facts = Facts::new().with("name", "Sam Secret").with_list("items", ["secret"]);
    assert_eq!(format!("{facts:?} {:?}", facts.get("name")), "Facts{\"items\", \"name\"} Some(Text(..))");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_source_parses_or_says_where(source in "[a-c()? \u{e9}\\n]{0,60}") {
        match Template::parse(&source) {
            Ok(template) => {
                // What was parsed accounts for every character of the source.
                let words: usize = template.parts.iter().map(|part| match part {
                    Part::Text(text) => text.chars().count(),
                    Part::Gap(gap) | Part::When { flag: gap, .. } => gap.len,
                }).sum();
                prop_assert_eq!(words, source.chars().count());
            }
            Err(errors) => {
                prop_assert!(!errors.is_empty());
                prop_assert!(errors.iter().all(|e| e.at() < source.chars().count()));
            }
        }
    }

    #[test]
    fn s11_any_value_appears_exactly_as_given(value in "\\PC{1,40}") {
        prop_assume!(!value.trim().is_empty());
        let facts = Facts::new().with("v", value.clone()).with("w", "W");
        prop_assert_eq!(template("a ((v)) b ((w))").render(&facts).unwrap(), format!("a {value} b W"));
    }
}

#[test]
fn parsing_is_linear_in_the_length() {
    for source in
        ["(".repeat(200_000), ")".repeat(200_000), "((a??".repeat(40_000), format!("((f??{}", "?".repeat(200_000))]
    {
        let _ = Template::parse(&source);
    }
}

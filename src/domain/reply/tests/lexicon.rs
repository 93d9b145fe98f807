//! The lexicon's own examples, and a practice's lexicon.

use super::super::{Reader, ReaderError, Sources, examples};
use super::READER;

#[test]
fn h08_every_example_of_the_red_flag_lexicon_holds() {
    let faults = examples::check(&READER);
    assert!(faults.is_empty(), "{}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
}

#[test]
fn every_group_of_red_flags_has_examples() {
    for flag in &READER.lexicon().source().flag {
        assert!(!flag.must_match.is_empty(), "{:?}: {}", flag.family, flag.why);
    }
}

#[test]
fn a_practice_can_extend_the_lexicon() {
    let shipped = Reader::shipped_sources();
    let more = format!(
        "{}\n[[flag]]\nfamily = \"collapse\"\nsays = [\"proper poorly ..2 floor\"]\nmust_match = [\"proper poorly on the floor\"]\nmust_not_match = [\"nobody is proper poorly\"]\n",
        shipped.red_flags
    );
    let reader = Reader::from_sources(Sources { red_flags: &more, ..shipped }).expect("a lexicon");
    assert!(examples::check(&reader).is_empty());
    let wrong = more.replace("must_match = [\"proper poorly on the floor\"]", "must_match = [\"a nice day\"]");
    let reader = Reader::from_sources(Sources { red_flags: &wrong, ..shipped }).expect("a lexicon");
    assert_eq!(examples::check(&reader).len(), 1);
}

#[test]
fn a_faulty_lexicon_is_refused_with_a_reason() {
    let shipped = Reader::shipped_sources();
    let wrong = "[[flag]]\nfamily = \"collapse\"\nsays = [\"@nowhere\"]\nmust_match = [\"x\"]\n";
    let unknown = format!("{}\n{wrong}", shipped.red_flags);
    let error = Reader::from_sources(Sources { red_flags: &unknown, ..shipped }).expect_err("unknown set");
    assert!(matches!(error, ReaderError::Lexicon(_)) && error.to_string().contains("nowhere"), "{error}");
    assert!(Reader::from_sources(Sources { red_flags: "nonsense", ..shipped }).is_err());
    let settings = Reader::from_sources(Sources { settings: "longest = 1", ..shipped });
    assert!(matches!(settings, Err(ReaderError::Settings(_))));
    let weights = Reader::from_sources(Sources { second_reader: "many yes\tw aye", ..shipped });
    assert!(weights.expect_err("no weight").to_string().contains("second reader: line 1"));
}

/// Cut-offs are settings: another figure, another route.
#[test]
fn a_signed_figure_decides_what_is_urgent() {
    let shipped = Reader::shipped_sources();
    let strict = shipped.settings.replace("systolic = { urgent_from = 180", "systolic = { urgent_from = 150");
    assert_ne!(strict, shipped.settings);
    let reader = Reader::from_sources(Sources { settings: &strict, ..shipped }).expect("settings");
    let prompt = super::reading(super::ReadingKind::Bp);
    let context = super::Context {
        prompt: Some(&prompt),
        received_at: super::now(),
        zone: super::London,
        channel: super::Channel::Sms,
        reader: &reader,
    };
    assert_eq!(super::understand("160/90", &context).route, super::super::Route::Urgent);
    assert_eq!(super::read("160/90", Some(&prompt)).route, super::super::Route::Auto);
}

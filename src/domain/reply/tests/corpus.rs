//! Scores on whole files. The development corpus is what the reader was built with; the own sets in tests/data were
//! written before their lines were first run, and tuned on afterwards (the first scores stand in the commits that follow them).

use super::super::evaluate::{Evaluation, evaluate};
use super::super::inspect::inspect_line;
use super::{OWN_SETS, READER, own, shared};
use serde_json::{Value, json};

/// The figures that were promised, but for the share of needless reviews.
fn holds_the_figures(e: &Evaluation, needless_percent: usize) {
    assert_eq!(e.unread, 0, "{e}");
    assert!(e.lines > 300, "{e}");
    assert!(e.silent * 100 <= e.lines, "silent errors\n{e}");
    let (flags, seen, urgent) = e.red_flags;
    assert_eq!(seen, flags, "a red flag nobody would see\n{e}");
    assert!(urgent * 100 >= flags * 95, "{e}");
    assert!(e.false_urgent.0 * 100 <= e.false_urgent.1, "{e}");
    assert_eq!(e.opt_outs.0, e.opt_outs.1, "an opt-out lost\n{e}");
    assert_eq!(e.false_opt_outs, 0, "{e}");
    assert!(e.intent * 100 >= e.lines * 95, "{e}");
    assert!(e.fields * 100 >= e.lines * 90, "{e}");
    assert!(e.second.0 * 100 >= e.second.1 * 80, "{e}");
    assert!(e.needless.0 * 100 <= e.needless.1 * needless_percent, "{e}");
}

#[test]
fn the_development_corpus_is_understood() {
    if let Some(text) = shared("replies-dev.jsonl") {
        holds_the_figures(&evaluate(text.lines(), &READER), 5);
    }
}

#[test]
fn our_own_replies_are_understood() {
    for set in OWN_SETS {
        let e = evaluate(own(set).lines(), &READER);
        let (flags, seen, urgent) = e.red_flags;
        assert!(seen == flags && urgent * 100 >= flags * 95, "{set}\n{e}");
        assert_eq!((e.opt_outs.0, e.false_opt_outs), (e.opt_outs.1, 0), "{set}\n{e}");
    }
    let all: Vec<String> = OWN_SETS.map(own).into();
    // Many of these are look-alikes of danger: more of them are read by a person than of everyday ones.
    holds_the_figures(&evaluate(all.iter().flat_map(|set| set.lines()), &READER), 6);
}

/// Figures that cannot fail are no figures: a reader that says nothing must not pass.
#[test]
fn wrong_answers_are_counted() {
    let line = json!({"id": "x", "prompt": null, "reply": "STOP", "channel": "sms", "received_at": "2027-06-03T11:15:00+00:00",
        "expected": {"intent": "red_flag", "flag": "stroke", "also": [], "route": "urgent"}});
    let text = line.to_string();
    let e = evaluate(std::iter::once(text.as_str()), &READER);
    assert_eq!((e.intent, e.silent, e.red_flags, e.false_opt_outs), (0, 1, (1, 0, 0), 1));
    assert!(e.to_string().contains("red_flag"));
}

/// Ordinary texts nobody asked for: hardly a stop, hardly an alarm (tests T8 and H09).
#[test]
fn t08_h09_ordinary_texts_raise_no_alarm() {
    let Some(text) = shared("sms/SMSSpamCollection.tsv") else {
        return;
    };
    let e = evaluate(text.lines(), &READER);
    let (read, stops, alarms) = e.ordinary;
    assert!(read > 4000);
    assert!(stops <= 1 && alarms <= 5, "{:#?}", e.faults());
    assert_eq!(e.faults().len(), stops + alarms);
}

fn vector_prompt(asked: &str, text: &str) -> Value {
    let expects = match asked {
        "bp" | "weight" | "glucose" | "peak_flow" => json!({"type": "reading", "reading": asked}),
        "confidence" => json!({"type": "scale", "min": 0, "max": 10}),
        _ if text == "4" => {
            json!({"type": "count", "unit": "days", "period": "week", "min": 0, "max": 7, "target": 4})
        }
        _ => json!({"type": "yes_no_some"}),
    };
    let kind = if expects["type"] == "reading" { "reading" } else { "goal_progress" };
    json!({"kind": kind, "text": "Fernhill Practice: Hello Joan, how did it go this week?", "expects": expects})
}

fn vector_holds(asked: &str, outcome: &str, v: [&str; 3], got: &Value) -> bool {
    let (intent, route) = (got["intent"].as_str().unwrap_or(""), got["route"].as_str().unwrap_or(""));
    let first = &got["readings"][0];
    let number = |value: &Value, text: &str| {
        text.is_empty() || value.as_f64().zip(text.parse().ok()).is_some_and(|(a, b): (f64, f64)| (a - b).abs() < 0.05)
    };
    let value = match asked {
        "bp" if outcome == "ok_many" => got["readings"].as_array().is_some_and(|r| r.len() == 2),
        "bp" => number(&first["systolic"], v[0]) && number(&first["diastolic"], v[1]) && number(&first["pulse"], v[2]),
        "weight" => number(&first["kg"], v[0]),
        "glucose" | "peak_flow" => v[0].is_empty() || number(&first["value"], v[0]),
        "confidence" => number(if got["value"].is_null() { &got["min"] } else { &got["value"] }, v[0]),
        _ => match v[0] {
            "done" => intent == "yes",
            "not_done" => intent == "no",
            "partly" => intent == "partial",
            "count=4" => got["value"] == 4,
            _ => true,
        },
    };
    match outcome {
        "ok" | "ok_many" => value && route != "urgent",
        "ok_urgent" => value && route == "urgent",
        "ok_check" => value && route != "auto",
        "red_flag" => intent == "red_flag" && route == "urgent" && value,
        "crisis" => got["flag"] == "suicide" && route == "urgent",
        "opt_out" => intent == "stop",
        "wrong_person" => intent == "wrong_person",
        "third_party" => intent == "carer",
        "death" => intent == "bereavement",
        // Where the vectors ask again, or leave it to people, a person's reading is right; a phone number may be new details.
        "ask_again" | "free_text" => route != "auto" || intent == "other",
        other => panic!("unknown outcome {other}"),
    }
}

#[test]
fn f09_the_reading_vectors_are_all_right() {
    let Some(text) = shared("vectors/reading_replies.tsv") else {
        return;
    };
    let mut wrong = Vec::new();
    for line in text.lines().skip(1).filter(|l| !l.trim().is_empty()) {
        let mut cells = line.split('\t').chain(std::iter::repeat(""));
        let mut next = || cells.next().unwrap_or("");
        let (asked, reply, outcome, v) = (next(), next(), next(), [next(), next(), next()]);
        let input = json!({"id": 1, "prompt": vector_prompt(asked, reply), "reply": reply}).to_string();
        let got: Value = serde_json::from_str(&inspect_line(&input, &READER)).expect("JSON");
        if !vector_holds(asked, outcome, v, &got) {
            wrong.push(format!("{line} -> {got}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Lines of a labelled set: what the weights are trained on, and what is kept from them.
fn labelled(set: &str) -> String {
    let path = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/labelled").join(set);
    std::fs::read_to_string(path.with_extension("jsonl")).expect("a labelled set")
}

/// What nobody had seen when it was first read (docs/REPLIES.md): the figures reached are not lost again.
#[test]
fn h08_danger_in_words_no_list_holds_is_seen() {
    let e = evaluate(labelled("unseen").lines(), &READER);
    let (flags, seen, urgent) = e.red_flags;
    assert!(seen == flags && urgent * 100 >= flags * 84, "{e}");
    assert!(e.false_urgent.0 * 100 <= e.false_urgent.1 * 2, "{e}");
    let shipped = super::Reader::shipped_sources();
    let without = super::Reader::from_sources(super::super::Sources { resemblance: "", ..shipped });
    let without = without.expect("a reader without weights");
    let before = evaluate(labelled("unseen").lines(), &without);
    assert!(before.red_flags.2 < urgent, "the weights tell more than the phrases alone\n{before}");
}

/// The same for what replies mean: with the second reader fewer are misread and fewer are filed wrong, on each unseen set.
#[test]
fn the_second_reader_reads_what_the_rules_do_not() {
    let shipped = super::Reader::shipped_sources();
    let alone = super::Reader::from_sources(super::super::Sources { second_reader: "", ..shipped });
    let alone = alone.expect("a reader without a second");
    for (set, intents, silent) in
        [("unseen", 95.0, 1.0), ("unseen-second", 90.0, 2.4), ("unseen-third", 94.0, 2.0), ("unseen-fourth", 95.0, 1.0)]
    {
        let both = evaluate(labelled(set).lines(), &READER);
        let first = evaluate(labelled(set).lines(), &alone);
        let share = |part: usize| part as f64 * 100.0 / both.lines as f64;
        assert!(share(both.intent) >= intents && share(both.silent) <= silent, "{both}");
        assert!(both.intent > first.intent && both.silent <= first.silent, "{both}\nalone:\n{first}");
        let (found, expected) = both.opt_outs;
        assert!(found * 100 >= expected * 89, "{both}");
    }
}

/// The weights that are shipped are those that training gives, so that what made them can be read.
#[test]
fn the_weights_are_those_that_training_gives() {
    let Some(mut lines) = shared("replies-dev.jsonl") else { return };
    let mut sets: Vec<_> = OWN_SETS.to_vec();
    sets.sort_unstable();
    for text in sets
        .into_iter()
        .map(own)
        .chain(["danger", "ordinary", "mixed", "families", "wording", "frightened", "frightened-second"].map(labelled))
    {
        lines.push('\n');
        lines.push_str(&text);
    }
    let shipped = super::Reader::shipped_sources();
    let unread = ["people", "people-second", "people-third"].map(labelled).join("\n");
    let made = super::super::train::train(lines.lines(), unread.lines(), &READER).expect("weights");
    assert!(made.resemblance == shipped.resemblance, "run `between replies train` as docs/REPLIES.md says");
    assert!(made.second_reader == shipped.second_reader, "run `between replies train` as docs/REPLIES.md says");
}

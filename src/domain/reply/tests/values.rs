//! Values: numbers in every form, dates in the practice's zone, nothing guessed.

use super::super::{Intent, Level, Part, Prompt, Reading, ReadingKind, Route, Understanding};
use super::{
    Channel, Context, Expects, London, PromptKind, READER, days, menu, prompt, read, reading, tablets, understand,
};
use chrono::DateTime;

#[test]
fn f09_numbers_people_write_are_read_with_their_units() {
    for (text, value) in [
        ("4", 4.0),
        ("four", 4.0),
        ("4 days", 4.0),
        ("every day bar sunday", 6.0),
        ("3 and a half", 3.5),
        ("5. no 4", 4.0),
        ("none", 0.0),
        ("4/7", 4.0),
        ("mon tue and fri", 3.0),
        ("৪", 4.0),
    ] {
        assert_eq!(read(text, Some(&days())).fields.value, Some(value), "{text}");
    }
    let glucose = reading(ReadingKind::Glucose);
    let u = read("7.5 mmol", Some(&glucose));
    let want = Reading::Single { kind: ReadingKind::Glucose, level: Level::Number(7.5), unit: "mmol/L" };
    assert_eq!((u.fields.readings, u.route), (Some(vec![want]), Route::Auto));
    assert_eq!(read("yes please", Some(&super::tablets())).intent, Intent::Yes);
}

#[test]
fn h11_what_is_not_sure_is_never_filed() {
    let bp = reading(ReadingKind::Bp);
    let weight = reading(ReadingKind::Weight);
    for (text, prompt) in [
        ("13882", &bp),
        ("142", &bp),
        ("82/138", &bp),
        ("14O/85", &bp),
        ("1380/82", &bp),
        ("824", &weight),
        ("14", &weight),
        ("14.2 stone", &weight),
        ("lost 2 pounds", &weight),
        ("55", &days()),
        ("20 mins", &days()),
        ("same as last week", &days()),
        ("a few", &days()),
    ] {
        let u = read(text, Some(prompt));
        assert_eq!((u.route, u.fields.readings, u.fields.value), (Route::Review, None, None), "{text}");
    }
}

#[test]
fn values_beyond_a_signed_limit_are_urgent_and_kept() {
    for (text, kind) in [
        ("182/104", ReadingKind::Bp),
        ("150/121", ReadingKind::Bp),
        ("3.4", ReadingKind::Glucose),
        ("21.5", ReadingKind::Glucose),
        ("HI", ReadingKind::Glucose),
        ("lo", ReadingKind::Glucose),
        ("84", ReadingKind::Spo2),
    ] {
        let u = read(text, Some(&reading(kind)));
        assert_eq!(u.route, Route::Urgent, "{text}");
        assert_eq!(u.fields.readings.map(|r| r.len()), Some(1), "{text}");
    }
    let bp = read("Hi", Some(&reading(ReadingKind::Bp)));
    assert_ne!(bp.route, Route::Urgent, "a greeting where no glucose was asked");
}

fn at(reply: &str, received: &str) -> Understanding {
    let prompt: Prompt = serde_json::from_str(r#"{"kind":"appointment","text":"Fernhill Practice: Hello Joan, your review is on Wednesday 9 June 2027 at 10:30am.","expects":{"type":"appointment","starts_at":"2027-06-09T10:30:00+01:00"}}"#).expect("a prompt");
    let received_at = DateTime::parse_from_rfc3339(received).expect("a moment").to_utc();
    understand(
        reply,
        &Context { prompt: Some(&prompt), received_at, zone: London, channel: Channel::Sms, reader: &READER },
    )
}

#[test]
fn dates_are_read_as_the_british_say_them() {
    for (text, date, time, part) in [
        ("can I come friday instead", Some("2027-06-11"), None, None),
        ("could we make it thurs week", Some("2027-06-17"), None, None),
        ("tuesday fortnight?", Some("2027-06-22"), None, None),
        ("can it be the 14th", Some("2027-06-14"), None, None),
        ("half ten on the 15th", Some("2027-06-15"), Some("10:30"), None),
        ("quarter to 4 on friday 11th june", Some("2027-06-11"), Some("15:45"), None),
        ("thursday 11th june", None, None, None),
        ("cant do the 9th. 10th pm?", Some("2027-06-10"), None, Some(Part::Pm)),
        ("any day but the 9th", None, None, None),
        ("1st slot after the 22nd", None, None, None),
        ("could I have the friday before", Some("2027-06-04"), None, None),
        ("the monday after please", Some("2027-06-14"), None, None),
        ("the day before, same hour, instead", Some("2027-06-08"), Some("10:30"), None),
        ("push it back a fortnight", Some("2027-06-23"), None, None),
        ("tomorrow week instead", Some("2027-06-11"), None, None),
        ("Thurs 1st July instead", Some("2027-07-01"), None, None),
        ("any chance of friday instead? Off to Wales mon", Some("2027-06-11"), None, None),
        ("quarter past 2 rather than half 10", None, Some("14:15"), None),
        ("something after 10 instead", None, None, None),
        ("thursday instead then I can catch the 9.40 home", Some("2027-06-10"), None, None),
    ] {
        let u = at(text, "2027-06-03T11:15:00Z");
        assert_eq!(u.intent, Intent::Reschedule, "{text}");
        assert_eq!(u.fields.date.map(|d| d.to_string()).as_deref(), date, "{text}");
        assert_eq!(u.fields.time.map(|t| t.format("%H:%M").to_string()).as_deref(), time, "{text}");
        assert_eq!(u.fields.part, part, "{text}");
    }
}

/// "Tomorrow" is reckoned in the practice's zone: half past eleven at night in UTC is the next day in summer.
#[test]
fn tomorrow_is_reckoned_in_the_practices_zone() {
    let date = |received| at("tomorrow instead?", received).fields.date.map(|d| d.to_string());
    assert_eq!(date("2027-06-03T22:30:00Z").as_deref(), Some("2027-06-04"));
    assert_eq!(date("2027-06-03T23:30:00Z").as_deref(), Some("2027-06-05"));
}

#[test]
fn a_bad_line_gives_an_error_and_its_id() {
    let out = super::super::inspect::inspect_line(r#"{"id":"a7","reply":3}"#, &READER);
    let value: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(value["id"], "a7");
    assert!(value["error"].is_string());
    assert!(super::super::inspect::inspect_line("nonsense", &READER).contains("error"));
    let good = super::super::inspect::inspect_line(r#"{"id":1,"prompt":null,"reply":"STOP"}"#, &READER);
    assert!(good.starts_with(r#"{"id":1,"intent":"stop""#), "{good}");
}

/// A pulse wherever it stands, and a meter of another country.
#[test]
fn a_pulse_is_kept_before_and_behind_its_pressure_and_mg_dl_is_converted() {
    let pressure = reading(ReadingKind::Bp);
    for reply in [
        "pulse 55 and blood pressure 118/66",
        "118 systolic, 66 diastolic, pulse 55",
        "SYS 118 DIA 66 PUL 55",
        "top number 118, lower 66, beat 55",
    ] {
        let found = read(reply, Some(&pressure)).fields.readings;
        assert_eq!(found, Some(vec![Reading::Bp { systolic: 118, diastolic: 66, pulse: Some(55) }]), "{reply}");
    }
    let glucose = read("128 mg/dl", Some(&reading(ReadingKind::Glucose)));
    let expected = Reading::Single { kind: ReadingKind::Glucose, level: Level::Number(7.1), unit: "mmol/L" };
    assert_eq!((glucose.fields.readings, glucose.route), (Some(vec![expected]), Route::Review));
}

/// Topics in the words they are written in, without what stands around them.
#[test]
fn an_agenda_leaves_out_what_leads_up_to_its_items() {
    let agenda = |text: &str| prompt(PromptKind::Agenda, text, Expects::Agenda { max_items: None });
    let menu = agenda("what should we talk about? 1 Feet 2 Food 3 Sleep 4 Mood 5 Work 6 Other");
    let free = agenda("what do you want to talk about?");
    for (asked, reply, items) in [
        (&menu, "2 and 6 for me please", vec!["2", "6"]),
        (&menu, "4 mostly. 5 as well", vec!["4", "5"]),
        (&free, "just the tiredness really", vec!["the tiredness"]),
        (&free, "me sugars an me eyes innit", vec!["me sugars", "me eyes"]),
        (&free, "to kneel in church again", vec!["kneel in church again"]),
        (&free, "nothing springs to mind nurse", vec![]),
        (&free, "I have no concerns to raise", vec![]),
    ] {
        assert_eq!(
            read(reply, Some(asked)).fields.items,
            Some(items.iter().map(|i| (*i).to_owned()).collect()),
            "{reply}"
        );
    }
}

/// Two negatives are one wish; on a menu "pack them in" is about something else.
#[test]
fn t07_a_wish_to_stop_in_two_negatives_stops_and_a_choice_does_not() {
    assert_eq!(read("dont text me no more", Some(&tablets())).intent, Intent::Stop);
    let clubs = menu(&["Walking group", "Cooking class", "Quit smoking"]);
    assert!(!read("3 please been meaning to pack them in", Some(&clubs)).says(Intent::Stop));
}

/// What a meter shows in letters is found after its numbers, wherever it stands: the answer is what lies between all the same.
#[test]
fn an_answer_reaches_from_its_first_value_to_its_last() {
    let asked = super::reading(ReadingKind::Glucose);
    let both = read("lo on the meter then a biscuit then 5.5", Some(&asked));
    let answer = both.because.iter().find(|b| b.what == "the reading asked for").expect("an answer");
    assert!(answer.from == 0 && answer.to == 39, "{answer:?}");
}

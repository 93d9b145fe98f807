//! Answers in whole sentences: which number, day, option or reading is meant, and what is left to a person.

use super::super::{Intent, Level, Reading, ReadingKind, Route, Scope, Sources};
use super::{
    Channel, Context, Expects, London, Prompt, PromptKind, Reader, days, menu, now, prompt, read, reading, tablets,
    understand,
};

fn count(unit: &str, question: &str) -> Prompt {
    let expects = Expects::Count { unit: unit.into(), period: None, min: Some(0.0), max: None, target: None };
    prompt(PromptKind::GoalProgress, question, expects)
}

#[test]
fn of_several_numbers_the_answer_is_told_from_aims_corrections_and_other_people() {
    let fags = count("cigarettes", "how many cigarettes did you smoke yesterday?");
    for (text, asked, value) in [
        ("hoped for 6 but it was 3", &days(), 3.0),
        ("5 wait no tell a lie it was 4", &days(), 4.0),
        ("should have been 6 but so wet I managed 2", &days(), 2.0),
        ("3 I walked, the other 4 I knitted", &days(), 3.0),
        ("4. my brother would have said 6", &days(), 4.0),
        ("2 by Tuesday and 3 since, so that's 5", &days(), 5.0),
        ("pear, two plums, beans = 4", &count("portions", "how many portions of fruit and veg?"), 4.0),
        ("said 9 before, meant 8", &fags, 8.0),
    ] {
        let u = read(text, Some(asked));
        assert_eq!((u.intent, u.fields.value), (Intent::ProgressNumber, Some(value)), "{text}: {u:?}");
    }
    for text in [
        "one more than last time",
        "10 in two days",
        "a roll-up or two",
        "2 with my tea and one without",
        "9 before work, 3 after",
    ] {
        assert_ne!(read(text, Some(&fags)).route, Route::Auto, "{text}");
    }
    assert_eq!(
        read("5 walks. we live at 12 Zennor Row", Some(&days())).fields.value,
        Some(5.0),
        "a house is no number of days"
    );
}

#[test]
fn days_or_one_of_two_answer_a_question_about_every_day_in_part() {
    for text in
        ["4 days", "3 out of 7", "mornings yes, nights I forget", "at home yeah, not at my sisters", "all but Tuesday"]
    {
        let u = read(text, Some(&tablets()));
        assert_eq!((u.intent, u.suspected()), (Intent::Partial, false), "by rules and not by likeness: {text}: {u:?}");
    }
    assert_eq!(read("7", Some(&tablets())).intent, Intent::Unclear, "a number alone is no answer");
}

#[test]
fn a_choice_is_told_from_what_is_only_spoken_of() {
    let clubs = menu(&["Walking group", "Cooking class", "Stop smoking", "None of these"]);
    let ways = menu(&["text", "email", "letter", "phone call"]);
    let times = menu(&["morning", "afternoon", "evening"]);
    for (text, asked, option) in [
        ("I cant walk far so cooking", &clubs, "2"),
        ("help with the fags", &clubs, "3"),
        ("not interested in any of them", &clubs, "4"),
        ("Two please, I burn toast", &clubs, "2"),
        ("letter, the kids play on this phone", &ways, "3"),
        ("on nights so afternoon", &times, "2"),
        ("before my dinner", &times, "1"),
        ("after tea", &times, "3"),
        ("mornings after 9.30", &times, "1"),
    ] {
        let u = read(text, Some(asked));
        assert_eq!(u.fields.option.as_deref(), Some(option), "{text}: {u:?}");
    }
    assert_ne!(read("text is fine but ring if it is bad", Some(&ways)).route, Route::Auto, "on a condition");
}

#[test]
fn a_reading_is_told_from_what_stands_beside_it() {
    let bp = |systolic, diastolic, pulse| Reading::Bp { systolic, diastolic, pulse };
    let single = |kind, n, unit| Reading::Single { kind, level: Level::Number(n), unit };
    for (text, kind, want) in [
        ("145/83 66bpm", ReadingKind::Bp, bp(145, 83, Some(66))),
        ("upper figure 128 lower figure 69", ReadingKind::Bp, bp(128, 69, None)),
        ("148 slash 82", ReadingKind::Bp, bp(148, 82, None)),
        ("151/84 whoops had it upside down lol 141/84", ReadingKind::Bp, bp(141, 84, None)),
        ("132/78 mine, 160/90 the wifes", ReadingKind::Bp, bp(132, 78, None)),
        ("71 kilo and 300 gram", ReadingKind::Weight, Reading::Weight { kg: 71.3 }),
        ("84.5kg, been 86", ReadingKind::Weight, Reading::Weight { kg: 84.5 }),
        ("8.8 after soup and one roll", ReadingKind::Glucose, single(ReadingKind::Glucose, 8.8, "mmol/L")),
        ("11\u{B7}2", ReadingKind::Glucose, single(ReadingKind::Glucose, 11.2, "mmol/L")),
        ("6.4 for me, my boy is 9.2", ReadingKind::Glucose, single(ReadingKind::Glucose, 6.4, "mmol/L")),
        ("ninety six, says clip. 96", ReadingKind::Spo2, single(ReadingKind::Spo2, 96.0, "%")),
        ("96% heart rate 80", ReadingKind::Spo2, single(ReadingKind::Spo2, 96.0, "%")),
        ("300 normally 420", ReadingKind::PeakFlow, single(ReadingKind::PeakFlow, 300.0, "L/min")),
        ("280 295 270, so put 295", ReadingKind::PeakFlow, single(ReadingKind::PeakFlow, 295.0, "L/min")),
        ("5 thousand and something. 5,218", ReadingKind::Steps, single(ReadingKind::Steps, 5218.0, "steps")),
    ] {
        let u = read(text, Some(&reading(kind)));
        assert_eq!(u.fields.readings, Some(vec![want]), "{text}");
    }
    assert_ne!(read("140 something over 80 something", Some(&reading(ReadingKind::Bp))).route, Route::Auto);
}

#[test]
fn an_agenda_is_cut_where_a_new_matter_begins() {
    let free = prompt(PromptKind::Agenda, "what do you want to talk about?", Expects::Agenda { max_items: None });
    let menu = prompt(
        PromptKind::Agenda,
        "what should we talk about? 1 Feet 2 Food 3 Sleep 4 Mood 5 Work 6 Other",
        Expects::Agenda { max_items: None },
    );
    for (text, asked, items) in [
        ("2 things really, the snoring and my ears", &free, vec!["the snoring", "my ears"]),
        (
            "a mole on my arm thats grown and bled on my sleeve",
            &free,
            vec!["a mole on my arm thats grown and bled on my sleeve"],
        ),
        ("my knees so they are", &free, vec!["my knees"]),
        (
            "my back because of lifting all day and also my sleep",
            &free,
            vec!["my back because of lifting all day", "my sleep"],
        ),
        (
            "vitamin D (I cover up, and work indoors), gout",
            &free,
            vec!["vitamin D (I cover up, and work indoors)", "gout"],
        ),
        ("the rash and is it safe to fly", &free, vec!["the rash", "is it safe to fly"]),
        ("a lump under my arm, noticed Sunday", &free, vec!["a lump under my arm, noticed Sunday"]),
        ("2 and 6, 6 being the main one", &menu, vec!["2", "6"]),
        ("3, will tell the nurse when I see her", &menu, vec!["3"]),
    ] {
        let items: Vec<String> = items.into_iter().map(str::to_owned).collect();
        assert_eq!(read(text, Some(asked)).fields.items, Some(items), "{text}");
    }
    assert_eq!(read("Somali please", Some(&menu)).intent, Intent::Language);
}

#[test]
fn t07_a_stop_beside_more_is_obeyed_and_read() {
    let route = |text: &str| {
        let u = read(text, Some(&tablets()));
        assert!(u.says(Intent::Stop), "{text}");
        u.route
    };
    assert_eq!(route("please take me off your list"), Route::Auto);
    assert_eq!(route("My wife Nora was buried on Monday. No more texts please"), Route::Review);
    assert_eq!(route("stop texting me please, ring the house instead of this"), Route::Review);
}

/// A second reader that takes a zeppelin for whatever it is told, and a judge that believes it.
fn zeppelin(means: &str) -> Reader {
    let second_reader = format!(
        "3 other 0 {means} 0 unclear\tbias\n60 {means}\tw zeppelin\n0 other 0 {means} 0 unclear 9 filed -9 urgent\tJ:bias\n9 {means}\tJ:e {means}\n"
    );
    Reader::from_sources(Sources { second_reader: &second_reader, ..Reader::shipped_sources() }).expect("a reader")
}

/// What a suspected meaning is nothing without is read once more, for the person who decides; nothing is filed.
#[test]
fn h12_a_suspected_meaning_is_shown_with_what_it_most_likely_holds() {
    let suspect = |means: &str, text: &str, asked: Option<&Prompt>| {
        let reader = zeppelin(means);
        let context =
            Context { prompt: asked, received_at: now(), zone: London, channel: Channel::Sms, reader: &reader };
        let u = understand(text, &context);
        assert!(u.suspected() && u.route == Route::Review, "{text}: {u:?}");
        u.fields
    };
    let fags = count("cigarettes", "how many cigarettes did you smoke yesterday?");
    let number = |text: &str, asked: &Prompt| suspect("progress_number", text, Some(asked)).value;
    assert_eq!(number("zeppelin on Monday and Wednesday, and Sat with our Kim", &days()), Some(3.0));
    assert_eq!(number("zeppelin weekdays only", &days()), Some(5.0));
    assert_eq!(number("zeppelin missed mon and weds otherwise all of them", &days()), Some(5.0));
    assert_eq!(number("zeppelin out on the 14th and the 16th", &days()), Some(2.0));
    assert_eq!(number("zeppelin at 4 in the end", &days()), Some(4.0));
    assert_eq!(number("zeppelin 3 in the day and 2 after tea", &fags), Some(5.0));
    let contact = |text: &str| suspect("contact_change", text, None);
    assert_eq!(contact("zeppelin lost it so 07700 900983").new_phone.as_deref(), Some("+447700900983"));
    assert_eq!(
        contact("zeppelin Flat 9, 112 Harbour Court, ZZ3 5TR").new_address.as_deref(),
        Some("Flat 9, 112 Harbour Court, ZZ3 5TR")
    );
    assert_eq!(suspect("stop", "zeppelin them all", Some(&days())).scope, Some(Scope::All));
    assert_eq!(suspect("stop", "zeppelin the salt texts", Some(&days())).scope, Some(Scope::Topic));
    assert_eq!(
        suspect("reschedule", "zeppelin friday", None).date.map(|d| d.to_string()).as_deref(),
        Some("2027-06-04")
    );
}

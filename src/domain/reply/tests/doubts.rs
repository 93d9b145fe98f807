//! Answers whose build is doubtful, and values of other people, times and things: read by a person, not filed.

use super::super::{Intent, Reading, ReadingKind, Route};
use super::{Channel, understand};
use super::{Context, Expects, London, Prompt, PromptKind, READER, days, menu, now, prompt, read, reading, tablets};

fn count(unit: &str, period: &str, question: &str) -> Prompt {
    let expects =
        Expects::Count { unit: unit.into(), period: Some(period.into()), min: Some(0.0), max: None, target: None };
    prompt(PromptKind::GoalProgress, question, expects)
}

fn agenda() -> Prompt {
    prompt(PromptKind::Agenda, "what would you like to talk about?", Expects::Agenda { max_items: Some(3) })
}

fn items(text: &str) -> Vec<String> {
    read(text, Some(&agenda())).fields.items.unwrap_or_default()
}

#[test]
fn an_answer_that_may_be_anothers_is_read_by_a_person() {
    for text in ["Yes for my mum", "Yes she did", "Checked dads feet tonight, skin fine", "Mums tablets done"] {
        assert_ne!(read(text, Some(&tablets())).route, Route::Auto, "{text}");
    }
    for text in ["4 for mum", "he managed 4"] {
        assert_ne!(read(text, Some(&days())).route, Route::Auto, "{text}");
    }
    let bp = reading(ReadingKind::Bp);
    assert_ne!(read("130/80 for dad", Some(&bp)).route, Route::Auto);
    assert_ne!(read("130/72, ma man's is 160/90", Some(&bp)).route, Route::Auto);
}

#[test]
fn a_yes_or_no_that_goes_on_in_part_is_read_by_a_person() {
    for text in ["yes mostly", "yes most days", "yes 5 days", "yes since Tuesday", "no only 3 days", "no yes"] {
        assert_ne!(read(text, Some(&tablets())).route, Route::Auto, "{text}");
    }
    assert_eq!(read("yes every day", Some(&tablets())).route, Route::Auto);
    assert!(read("not once did I miss one", Some(&tablets())).says(Intent::Yes));
    assert_eq!(read("every day bar the two I was away", Some(&tablets())).intent, Intent::Partial);
    assert_eq!(read("every othr day", Some(&tablets())).intent, Intent::Partial);
}

#[test]
fn days_without_and_other_measures_are_no_days() {
    for text in ["missed 2", "in bed 4 days", "it rained 4 days", "away 4 days", "2x a day"] {
        assert_ne!(read(text, Some(&days())).route, Route::Auto, "{text}");
    }
    assert_eq!(read("ill for 4 days so 3", Some(&days())).fields.value, Some(3.0));
    assert_eq!(read("wrong side of the bed all week so 1", Some(&days())).fields.value, Some(1.0));
    let times = count("times", "week", "how many times did you go for a walk this week?");
    assert_eq!(read("Once. They had me washing up for the other eleven.", Some(&times)).fields.value, Some(1.0));
    let portions = count("portions", "day", "how many portions of fruit and veg did you eat yesterday?");
    let fags = count("cigarettes", "day", "how many cigarettes did you smoke yesterday?");
    for text in ["one in the morning and one at night", "10 and 2 cigars"] {
        assert_ne!(read(text, Some(&fags)).route, Route::Auto, "{text}");
    }
    for text in ["Tuesday no, Wednesday yes, Thursday yes", "not Monday but every other day"] {
        assert_ne!(read(text, Some(&days())).route, Route::Auto, "{text}");
    }
    for text in ["Once a month would do me", "two apples, a pear, peas"] {
        assert_ne!(read(text, Some(&portions)).route, Route::Auto, "{text}");
    }
}

#[test]
fn readings_of_other_times_limits_and_things_are_read_by_a_person() {
    let bp = reading(ReadingKind::Bp);
    let weight = reading(ReadingKind::Weight);
    assert_eq!(read("now 84.2, was 86 last month", Some(&weight)).route, Route::Auto);
    for text in ["under 130/80", "target 130/80 mine 150/92", "still waiting, last one was 132/84"] {
        assert_ne!(read(text, Some(&bp)).route, Route::Auto, "{text}");
    }
    let one = |text: &str| read(text, Some(&bp)).fields.readings.unwrap_or_default();
    let is = |upper, lower| vec![Reading::Bp { systolic: upper, diastolic: lower, pulse: None }];
    assert_eq!(one("136/88 no 138/86 sorry fat fingers"), is(138, 86));
    assert_eq!(one("top 126 bttm 82"), is(126, 82));
    let beside = read("BP 132/84 P 66 O2 97", Some(&bp));
    assert_ne!(beside.route, Route::Urgent, "a pulse is no oxygen: {beside:?}");
    let glucose = reading(ReadingKind::Glucose);
    assert_ne!(read("8.30 7.2", Some(&glucose)).route, Route::Auto, "a time of day");
    assert_ne!(read("4 readings all under 8", Some(&glucose)).intent, Intent::Reading);
    let after = read("3.9 had 4 jelly babies now 5.6", Some(&glucose)).fields.readings.unwrap_or_default();
    assert_eq!(after.len(), 2, "{after:?}");
}

#[test]
fn an_option_that_is_only_named_is_read_by_a_person() {
    let clubs = menu(&["walking group", "cooking class", "stop smoking service"]);
    for text in ["I hate walking", "been to cooking already", "my wife wants cooking", "already stopped smoking"] {
        assert_ne!(read(text, Some(&clubs)).route, Route::Auto, "{text}");
    }
    assert_eq!(read("2nd one", Some(&clubs)).fields.option.as_deref(), Some("2"));
    assert_eq!(read("all three", Some(&clubs)).fields.options.map(|o| o.len()), Some(3));
    let but = read("anything but 3", Some(&clubs));
    assert_eq!((but.fields.options.map(|o| o.len()), but.route), (Some(2), Route::Review));
}

#[test]
fn topics_end_and_join_as_people_write_them() {
    for (text, expected) in [
        ("whether these r addictive. diet. nowt else", vec!["whether these r addictive", "diet"]),
        ("HRT. Iron. Done.", vec!["HRT", "Iron"]),
        ("knee thank you nurse", vec!["knee"]),
        ("Hi nurse, knee please. Joan", vec!["knee"]),
        ("a lump in my neck, 2 wks", vec!["a lump in my neck, 2 wks"]),
        ("my hearing comma my bowels", vec!["my hearing", "my bowels"]),
        ("knees (left) also sleep", vec!["knees (left)", "sleep"]),
        ("salt and vinegar crisps", vec!["salt and vinegar crisps"]),
        ("Topics: knees, sleep", vec!["knees", "sleep"]),
    ] {
        assert_eq!(items(text), expected, "{text}");
    }
    for nothing in
        ["we're good", "nowt to tell", "naw am fine", "I have no concerns", "happy with everything", "not a thing"]
    {
        assert_eq!(read(nothing, Some(&agenda())).fields.items, Some(Vec::new()), "{nothing}");
    }
    for something in ["not good", "no feeling", "nothing but my knee", "am I ok?", "good sleep", "no energy"] {
        assert_ne!(read(something, Some(&agenda())).fields.items, Some(Vec::new()), "{something}");
    }
    assert_ne!(read("four days", Some(&agenda())).intent, Intent::AgendaItems);
    assert_eq!(read("none that I can think of", Some(&agenda())).fields.items, Some(Vec::new()));
    assert_ne!(read("I emailed these", Some(&agenda())).route, Route::Auto);
}

#[test]
fn an_hour_that_is_not_the_appointments_is_read_by_a_person() {
    let starts_at = chrono::DateTime::parse_from_rfc3339("2027-06-22T09:20:00+01:00").expect("a time");
    let expects = Expects::Appointment { starts_at, with: Some("Nurse Cole".into()) };
    let visit = prompt(PromptKind::Appointment, "you have an appointment on Tuesday 22 June at 09:20.", expects);
    let route = |text: &str| {
        let context =
            Context { prompt: Some(&visit), received_at: now(), zone: London, channel: Channel::Sms, reader: &READER };
        understand(text, &context).route
    };
    for text in ["yes at 10", "ok 9.30"] {
        assert_ne!(route(text), Route::Auto, "{text}");
    }
    assert_eq!(route("yes 9.20"), Route::Auto);
}

/// What is over, asked about, known for long or somebody's way of speaking is no danger now.
#[test]
fn h09_landmarks_fears_and_illnesses_only_named_raise_no_alarm() {
    for text in [
        "6! Ma pal Betty took a stroke last year",
        "3. Down from 30 before the heart attack, four years clear now",
        "1. Used to lead one before my hip and my stroke, a good ten years back",
        "2. next doors lad had an asthma attack, hes fine now",
        "if I miss one will I have a stroke",
        "4. every hill, not one angina twinge",
        "5. stopped shivering days ago, all better",
        "yes. stroke clinic check-up is on the 9th",
        "no bother, she'll see me there",
    ] {
        let u = read(text, Some(&tablets()));
        assert_eq!(u.flag, None, "{text} {u:?}");
        assert_ne!(u.route, Route::Urgent, "{text}");
    }
    for text in [
        "since the stroke tonight my arm is dead",
        "am I having a stroke",
        "mum had a stroke she is fine now",
        "husband had chest pains last night, better now",
        "my heart attack is back, pain again",
    ] {
        assert_eq!(read(text, Some(&tablets())).route, Route::Urgent, "{text}");
    }
}

#[test]
fn as_usual_is_a_yes_where_that_was_asked() {
    let usual = prompt(PromptKind::Wellbeing, "is your breathing as usual today?", Expects::YesNoSome);
    for text in ["Same as ever, no worse", "nowt wrong wi' it"] {
        let u = read(text, Some(&usual));
        assert!(u.intent == Intent::Yes && u.route < Route::Urgent, "{text}: {u:?}");
    }
    assert_eq!(read("no its bad", Some(&usual)).route, Route::Urgent);
    let lips = prompt(PromptKind::Wellbeing, "have your lips or tongue swollen up?", Expects::YesNoSome);
    assert_eq!(read("little bit yes", Some(&lips)).route, Route::Urgent);
}

#[test]
fn of_several_numbers_none_is_filed_by_a_guess() {
    let fags = count("cigarettes", "day", "how many cigarettes did you smoke yesterday?");
    let times = count("times", "week", "how many times did you go for a walk this week?");
    for (text, asked) in [
        ("Not a single one yesterday, I chewed the end off three pencils", &fags),
        ("Between me and the wife 30", &fags),
        ("10 each", &fags),
        ("bro who set my target as 2 i want 5", &fags),
        ("Havent had one since the 9th!", &fags),
        ("once every day", &times),
        ("A payment of 5.00 was declined", &times),
        ("Nearly a full house, 6", &days()),
        ("stopped in all week with this weather. 0", &days()),
        ("my neighbour did 6", &days()),
        ("I walked Monday Wednesday and Saturday, Tuesday I had the chiropodist", &days()),
    ] {
        let u = read(text, Some(asked));
        assert!(u.route == Route::Review, "{text}: {u:?}");
    }
}

#[test]
fn readings_in_parts_of_other_days_and_asked_about_are_read_by_a_person() {
    for (text, kind) in [
        ("Friday 8 211, Saturday 12 050", ReadingKind::Steps),
        ("14,310 according to the phone. Rider 219", ReadingKind::Steps),
        ("yesterday 140/82, today forgot", ReadingKind::Bp),
        ("145/87 hang on 135/87", ReadingKind::Bp),
        ("149/94, too high?", ReadingKind::Bp),
        ("5.8 but my Libre said 4.9", ReadingKind::Glucose),
    ] {
        let u = read(text, Some(&reading(kind)));
        assert_eq!(u.route, Route::Review, "{text}: {u:?}");
    }
}

#[test]
fn an_option_beside_the_words_of_another_is_read_by_a_person() {
    let when = menu(&["morning", "afternoon", "evening"]);
    let places = menu(&["surgery", "hospital", "chemist"]);
    for (text, asked) in [
        ("afternoons, I go to bingo in the morning", &when),
        ("surgery of course, hospital parking is robbery", &places),
        ("1, 2 for my son", &when),
    ] {
        let u = read(text, Some(asked));
        assert_eq!(u.route, Route::Review, "{text}: {u:?}");
    }
    assert_eq!(read("0 from me", Some(&agenda())).route, Route::Review);
    assert_eq!(read("Not a single one skipped", Some(&tablets())).intent, Intent::Yes);
    assert_eq!(read("Yes if by every day you mean most days", Some(&tablets())).route, Route::Review);
}

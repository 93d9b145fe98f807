//! Wishes as many people write them: a stop beside a name, an answer or a death, and what only sounds like one.

use super::super::{Intent, PromptKind, Route, Scope};
use super::{Expects, Prompt, days, menu, prompt, read, reading, tablets};

fn acknowledge() -> Prompt {
    prompt(
        PromptKind::ResultsSent,
        "your results have been sent. Reply OK when you have read them.",
        Expects::Acknowledge,
    )
}

fn opt_in() -> Prompt {
    prompt(PromptKind::OptOut, "we will send no more texts. Would you like to carry on?", Expects::OptIn)
}

#[test]
fn t07_a_stop_is_found_beside_courtesies_names_and_misspellings() {
    for text in [
        "Stop ji",
        "stop hen",
        "no mor txts pls ty",
        "pls stp txtin",
        "stop msging me",
        "im opting out",
        "I wish to be removed",
        "I do not require this service any longer",
        "no contact please",
        "please quit texting",
        "STOP sendin me these",
        "nae mair messages",
        "Dim rhagor o'r rhain",
    ] {
        for asked in [tablets(), days(), menu(&["walking group", "stop smoking service"])] {
            let u = read(text, Some(&asked));
            assert_eq!((u.intent, u.fields.scope), (Intent::Stop, Some(Scope::All)), "{text}: {u:?}");
        }
    }
}

/// What may be a stop is read by a person as one, and never filed as an answer.
#[test]
fn t07_a_doubtful_stop_is_read_by_a_person() {
    for text in [
        "stop Bernadette",
        "not interested, stop",
        "not me stop",
        "I quit",
        "no longer required",
        "I want to leave the programme",
        "enough is enough",
        "no thanks dont send these",
        "3rd time asking. STOP with this crap",
        "You may cease.",
        "get rid of these texts",
        "I'll leave it there thank you",
        "No and dont ask me again",
        "please could this be the last one you send",
        "how dae ah stop these messages",
    ] {
        let u = read(text, Some(&tablets()));
        assert!(u.says(Intent::Stop) && !u.suspected() && u.route == Route::Review, "{text}: {u:?}");
    }
}

#[test]
fn t07_an_answer_before_the_wish_is_kept() {
    for (text, asked, answer) in [
        ("5 days. You can stop these now", days(), Intent::ProgressNumber),
        ("3. and stop texting please", days(), Intent::ProgressNumber),
        ("Yes every day. Stop now please", tablets(), Intent::Yes),
        ("2. stop the weekly texts tho", menu(&["morning", "evening"]), Intent::Choice),
    ] {
        let u = read(text, Some(&asked));
        assert_eq!((u.intent, u.route), (Intent::Stop, Route::Review), "{text}: {u:?}");
        assert!(u.says(answer), "{text}: {u:?}");
    }
    assert_eq!(read("5 days. You can stop these now", Some(&days())).fields.value, Some(5.0));
    assert!(!read("no more texts please", Some(&tablets())).says(Intent::No));
}

#[test]
fn one_kind_of_message_is_a_topic() {
    for text in [
        "can u not do the mood ones",
        "stop on about the fags",
        "I would rather not be asked my weight",
        "I dont want results on my phone",
        "no need for the weekly messages",
    ] {
        let u = read(text, Some(&days()));
        assert_eq!((u.intent, u.fields.scope), (Intent::Stop, Some(Scope::Topic)), "{text}: {u:?}");
    }
}

#[test]
fn t08_medicines_habits_and_what_others_said_stop_no_messages() {
    for text in [
        "should I stop these tablets",
        "can I stop them now",
        "they want me to stop these",
        "the nurse said I can stop doing them twice a day",
        "had to pack it in",
        "giving up the fags is hard",
        "dont be stopping them",
        "dont you dare stop them hen",
        "I dont want these texts to end",
        "hard to stop",
    ] {
        let u = read(text, Some(&tablets()));
        assert!(!u.says(Intent::Stop) || u.suspected(), "{text}: {u:?}");
    }
    assert_eq!(read("Dont be stopping them, the wife reads them out", Some(&opt_in())).intent, Intent::Yes);
    assert_eq!(read("start but not the mood ones", Some(&opt_in())).intent, Intent::Start);
    let again = read("none. stopped for lent and didnt start again", Some(&days()));
    assert_eq!(again.intent, Intent::ProgressNumber, "{again:?}");
    assert_eq!(read("not really fussed", Some(&opt_in())).intent, Intent::Unclear);
}

#[test]
fn a_death_with_a_wish_ends_the_messages() {
    for text in [
        "My father Leonard died at home on Saturday. Please take his name off your lists.",
        "Joan passed away on the 9th. Would you be so good as to close her account",
        "Joan died in March. I am her mum. Please no more asking for her sugars",
    ] {
        let u = read(text, Some(&days()));
        assert_eq!((u.intent, u.fields.scope), (Intent::Bereavement, Some(Scope::All)), "{text}: {u:?}");
        assert!(u.says(Intent::Stop), "{text}: {u:?}");
    }
    for text in ["sadly Harold died in the early hours", "we buried her last Tuesday", "she lost her fight on Sunday"] {
        assert_eq!(read(text, Some(&tablets())).intent, Intent::Bereavement, "{text}");
    }
    assert_ne!(read("twice, passed away the rest of it watching snooker", Some(&days())).intent, Intent::Bereavement);
}

#[test]
fn f29_numbers_of_machines_and_files_are_no_readings() {
    let glucose = reading(super::ReadingKind::Glucose);
    for text in [
        "Your cash & carry order 6.4/22918 is ready to collect before 17:30. Do not reply.",
        "Voicemail full. The caller's message 6.4 was not saved.",
        "IMG-20270314-WA0007.jpg",
        "We shifted, 61 Clydach Parade, Netherwick ZZ3 5HD",
        "your booking 7.1 expires today",
    ] {
        let u = read(text, Some(&glucose));
        assert!(u.intent != Intent::Reading || u.route == Route::Review, "{text}: {u:?}");
        assert_ne!(u.route, Route::Urgent, "{text}: {u:?}");
    }
    assert_eq!(read("\u{1F44D}\u{1F44E}", Some(&acknowledge())).route, Route::Review);
}

/// What stops by a rule, and not by a guess.
fn stops(text: &str, asked: Option<&Prompt>) -> bool {
    let u = read(text, asked);
    u.says(Intent::Stop) && !u.suspected()
}

#[test]
fn t08_an_end_to_something_else_stops_no_messages() {
    for text in [
        "please take me off the naproxen its burning my tummy",
        "Leave me off the list for the coach trip",
        "Can I come off the waiting list for podiatry",
        "Stop sending my prescription to Oddfellows chemist, want it at the Co-op",
        "please take me off the waiting list for the hearing test, gone private",
        "I'd like to opt out of sharing my records for research",
        "would hate for them to stop",
        "Yes every one, wouldnt dare stop",
    ] {
        assert!(!stops(text, Some(&tablets())), "{text}: {:?}", read(text, Some(&tablets())));
    }
    for text in ["please take me off your list", "take me off this system please", "remove my number from the database"]
    {
        assert!(stops(text, Some(&tablets())), "{text}");
    }
}

#[test]
fn where_others_may_stay_one_topic_ends() {
    for text in [
        "Can you take me off just the chair exercises pls",
        "dont want the sugar msgs no more only the others",
        "No more surveys please. Reminders OK.",
        "Ok no more of these by text please I like paper",
        "stop this one, send me the sleep one",
        "ditch the tablet question, I get the others ok",
        "not this question again please",
    ] {
        let u = read(text, Some(&days()));
        assert!(u.says(Intent::Stop) && !u.suspected(), "{text}: {u:?}");
        assert_eq!((u.fields.scope, u.route), (Some(Scope::Topic), Route::Review), "{text}: {u:?}");
    }
    // Of a kind that nobody here knows: all of them end, and a person reads why.
    let u = read("Stop the flu jab texts please", Some(&days()));
    assert_eq!((u.intent, u.fields.scope, u.route), (Intent::Stop, Some(Scope::All), Route::Review), "{u:?}");
}

#[test]
fn t07_whoever_copies_or_quotes_the_way_out_is_no_machine() {
    for text in ["i want to opt out of this", "STOP to end", "reply stop to end these texts"] {
        assert_eq!(read(text, Some(&days())).intent, Intent::Stop, "{text}");
    }
    let asks = "Yes. It says Reply STOP to end these texts - I dont want to end them do I need to do owt?";
    let u = read(asks, Some(&tablets()));
    assert!(u.intent != Intent::AutoReply && u.route == Route::Review, "{u:?}");
    let advertisement =
        "Half price sofas this weekend only at the Northgate retail park, open ten till eight. Reply STOP to opt out";
    assert_eq!(read(advertisement, None).intent, Intent::AutoReply);
}

#[test]
fn t07_one_letter_wrong_is_read_by_a_person() {
    for text in ["stip", "dtop", "Stpp"] {
        let u = read(text, Some(&tablets()));
        assert_eq!((u.intent, u.route), (Intent::Stop, Route::Review), "{text}: {u:?}");
    }
    for text in ["step", "shop"] {
        assert!(!stops(text, Some(&tablets())), "{text}");
    }
}

#[test]
fn a_wish_beside_an_answer_or_somebody_else_is_read_by_a_person() {
    let starts_at = chrono::DateTime::parse_from_rfc3339("2027-06-22T09:20:00+01:00").expect("a time");
    let expects = Expects::Appointment { starts_at, with: Some("Nurse Cole".into()) };
    let visit = prompt(PromptKind::Appointment, "you have an appointment on Tuesday 22 June at 09:20.", expects);
    let u = read("stop reminding me I will be there", Some(&visit));
    assert!(u.says(Intent::Stop) && u.says(Intent::Confirm) && u.route == Route::Review, "{u:?}");
    for text in
        ["please stop asking, i wont forget", "no need to keep texting me", "stop texts on this phone it is my sons"]
    {
        let u = read(text, Some(&tablets()));
        assert!(u.says(Intent::Stop) && u.route == Route::Review, "{text}: {u:?}");
    }
    let later = read("If I stop now can I start again at Christmas?", Some(&opt_in()));
    assert_eq!(later.route, Route::Review, "{later:?}");
    assert_eq!(read("please help", None).route, Route::Urgent);
    for asks in ["HELP", "How does this work please"] {
        assert_eq!(read(asks, None).route, Route::Auto, "{asks}");
    }
    assert!(stops("I hate these stop them", Some(&tablets())));
}

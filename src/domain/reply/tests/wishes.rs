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

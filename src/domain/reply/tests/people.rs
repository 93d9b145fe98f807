//! What people say about the messages and about who they are: stops, machines, courtesies, late answers, danger.

use super::super::{DangerText, Expects, Flag, Intent, PromptKind, Route, Scope};
use super::{days, feeling, menu, prompt, read, tablets};

#[test]
fn f27_courtesies_open_no_work() {
    for text in [
        "ok thanks",
        "Thank you",
        "cheers nurse x",
        "ta",
        "\u{1F64F}",
        "thanks so much",
        "Thank you kindly",
        "Thanks again!",
    ] {
        let u = read(text, None);
        assert_eq!(u.route, Route::Auto, "{text} {u:?}");
    }
}

#[test]
fn f29_machines_are_told_from_people() {
    for text in [
        "Automatic reply: I am out of the office until Monday",
        "Your parcel will be with you today. Reply STOP to end texts.",
        "This number does not accept replies.",
        "Undeliverable: 550 no such user",
        "Your code is 482913. Never share it with anyone.",
    ] {
        let u = read(text, Some(&days()));
        assert_eq!((u.intent, u.route, u.fields.scope), (Intent::AutoReply, Route::Auto, None), "{text}");
    }
}

#[test]
fn t07_a_stop_written_otherwise_is_obeyed_or_read_by_a_person() {
    for text in [
        "STOP",
        "stop.",
        "Stop!",
        "\"STOP\"",
        "ST0P",
        "S T O P",
        "S.T.O.P",
        "s-t-o-p",
        "ＳＴＯＰ",
        "S\u{200B}T\u{2060}O\u{FEFF}P",
        "stoppp",
        "STPO",
        "STOPALL",
        "unsubscribe",
        "END",
        "quit",
        "opt out",
        "Reply STOP",
    ] {
        let u = read(text, Some(&tablets()));
        assert_eq!((u.intent, u.route, u.stop_scope()), (Intent::Stop, Route::Auto, Some(Scope::All)), "{text:?}");
    }
    for text in ["ЅТОР", "\u{405}TOP", "sτop", "$top", "5T0P!"] {
        let u = read(text, Some(&tablets()));
        assert!(u.says(Intent::Stop) && u.route >= Route::Auto && u.intent == Intent::Stop, "{text:?} {u:?}");
    }
    assert_eq!(read("ЅТОР", None).route, Route::Review);
    for text in [
        "STOP thanks for everything",
        "stop, I told the lady weeks ago and they still come",
        "i want unsubscribe",
        "enough messages now thank you",
        "I'd be grateful if these could come to an end",
    ] {
        let u = read(text, Some(&tablets()));
        assert_eq!((u.intent, u.stop_scope()), (Intent::Stop, Some(Scope::All)), "{text:?} {u:?}");
    }
}

#[test]
fn t08_no_opt_out_by_accident() {
    for text in [
        "I cant stop eating",
        "stopped smoking",
        "at the bus stop",
        "non stop rain",
        "pit stop at the cafe",
        "the dog wont let me stop",
        "had to stop twice on the hill",
        "Do not stop",
        "dont stop them",
        "should I stop the water tablet?",
        "sorry, did not mean to end them",
    ] {
        let u = read(text, Some(&days()));
        assert!(!u.says(Intent::Stop), "{text} {u:?}");
    }
    let options = menu(&["walking group", "stop smoking service"]);
    assert_eq!(read("stop smoking", Some(&options)).fields.option.as_deref(), Some("2"));
    assert_eq!(read("STOP", Some(&options)).intent, Intent::Stop);
}

#[test]
fn t09_h11_late_and_cross_answers_are_never_filed() {
    let bp = super::reading(super::ReadingKind::Bp);
    for (text, prompt) in [
        ("4", None),
        ("yes", None),
        ("4", Some(&tablets())),
        ("4 days", Some(&bp)),
        ("138/82", Some(&days())),
        ("6.2", None),
        ("yes", Some(&bp)),
    ] {
        let u = read(text, prompt);
        assert_ne!(u.route, Route::Auto, "{text} {u:?}");
    }
}

#[test]
fn h08_danger_is_read_in_every_state_and_beside_anything() {
    for text in [
        "my chest is tight and my arm is heavy",
        "STOP. Im stopping everything, I want to die",
        "4 days. ps been coughing up blood",
        "thanks but I cant breathe",
        "boli mnie w klatce piersiowej",
    ] {
        for prompt in [None, Some(&days()), Some(&tablets()), Some(&feeling())] {
            let u = read(text, prompt);
            assert_eq!((u.intent, u.route), (Intent::RedFlag, Route::Urgent), "{text}");
        }
    }
    let stop = read("STOP. Im stopping everything, I want to die", None);
    assert_eq!((stop.stop_scope(), stop.danger_text()), (Some(Scope::All), Some(DangerText::Crisis)));
}

#[test]
fn h09_ways_of_speaking_and_denials_raise_no_alarm() {
    for text in [
        "no chest pain",
        "phone is dying",
        "dying for a cuppa",
        "my dad had a stroke in 1999",
        "No pain, no dizziness, no breathlessness",
        "bleeding the radiators",
        "a stroke of luck",
        "fit as a fiddle",
        "this hill is killing me",
        "denies chest pain or breathlessness",
    ] {
        let u = read(text, Some(&days()));
        assert_eq!(u.flag, None, "{text} {u:?}");
        assert_ne!(u.route, Route::Urgent, "{text}");
    }
}

/// What a "not" or an "if" before danger does not take away.
#[test]
fn h08_an_answer_of_no_and_an_if_take_no_danger_away() {
    for (text, flag) in [
        ("Didn't, chest pain since lunch", Flag::ChestPain),
        ("Not really, coughing up blood", Flag::Bleeding),
        ("would anyone notice if I killed myself", Flag::Suicide),
        ("my calf's swollen and hot", Flag::Dvt),
    ] {
        let u = read(text, Some(&tablets()));
        assert_eq!((u.flag, u.route), (Some(flag), Route::Urgent), "{text} {u:?}");
    }
    assert_eq!(read("no leg was throbbing and swollen", Some(&tablets())).route, Route::Urgent);
    let worse = prompt(PromptKind::Wellbeing, "is your breathing as good as usual today?", Expects::YesNoSome);
    assert_eq!(read("bit worse every day", Some(&worse)).route, Route::Urgent);
}

/// Nothing is sent to somebody whose messages are read by another.
#[test]
fn h07_unsafe_contact_is_its_own_answer() {
    for text in
        ["dont text this number he reads my phone", "my husband goes through my phone please stop", "not safe to reply"]
    {
        let u = read(text, Some(&days()));
        assert!(u.unsafe_contact() && u.route == Route::Urgent && u.danger_text().is_none(), "{text} {u:?}");
    }
    let hit = read("he hit me again", Some(&feeling()));
    assert_eq!((hit.flag, hit.unsafe_contact()), (Some(Flag::Abuse), false));
}

#[test]
fn each_danger_has_its_text() {
    assert_eq!(read("chest pain", None).danger_text(), Some(DangerText::Danger));
    assert_eq!(read("I want to kill myself", None).danger_text(), Some(DangerText::Crisis));
    assert_eq!(read("4", Some(&days())).danger_text(), None);
}

#[test]
fn reasons_point_into_the_text() {
    let text = "\u{1F600} four days, my chest hurts";
    let u = read(text, Some(&days()));
    let reason = u.because.iter().find(|b| b.what.starts_with("red flag")).expect("a reason");
    let words: String = text.chars().skip(reason.from).take(reason.to - reason.from).collect();
    assert_eq!(words, "chest hurts");
}

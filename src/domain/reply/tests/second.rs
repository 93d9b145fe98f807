//! The second reader and the cautions: they send to people, they file nothing.

use super::super::{Intent, Route, Sources};
use super::{
    Channel, Context, Expects, London, Prompt, PromptKind, Reader, days, menu, now, prompt, read, tablets, understand,
};

/// A second reader that has learned nothing but that a zeppelin cancels, and a judge that believes it.
fn of_zeppelins() -> Reader {
    let second_reader = "3 progress_number 0 cancel 0 other\tbias\n60 cancel\tw zeppelin\n\
                         0 progress_number 0 cancel 0 other 9 filed -9 urgent\tJ:bias\n\
                         2 cancel\tJ:e cancel\n1 progress_number\tJ:i progress_number\n";
    Reader::from_sources(Sources { second_reader, ..Reader::shipped_sources() }).expect("a reader")
}

fn read_with(reader: &Reader, reply: &str, asked: &Prompt) -> super::Understanding {
    let context = Context { prompt: Some(asked), received_at: now(), zone: London, channel: Channel::Sms, reader };
    understand(reply, &context)
}

#[test]
fn what_the_two_readers_read_differently_goes_to_a_person() {
    let reader = of_zeppelins();
    let agreed = read_with(&reader, "4", &days());
    assert_eq!((agreed.intent, agreed.route, agreed.suspected()), (Intent::ProgressNumber, Route::Auto, false));
    let differs = read_with(&reader, "4 zeppelin", &days());
    assert_eq!((differs.intent, differs.route, differs.suspected()), (Intent::Cancel, Route::Review, true));
    assert!(differs.says(Intent::ProgressNumber) && differs.fields.value == Some(4.0), "nothing read is lost");
    assert!(differs.because.iter().any(|b| b.what == "reads like: cancel"), "{:?}", differs.because);
}

#[test]
fn clear_words_stand_against_the_second_reader() {
    let reader = of_zeppelins();
    for (reply, intent) in [("stop texting me zeppelin", Intent::Stop), ("chest pain zeppelin", Intent::RedFlag)] {
        let read = read_with(&reader, reply, &days());
        assert_eq!((read.intent, read.suspected()), (intent, false), "{reply}");
    }
}

#[test]
fn an_answer_that_is_not_built_like_one_is_read_by_a_person() {
    let agenda = prompt(PromptKind::Agenda, "what do you want to talk about?", Expects::Agenda { max_items: None });
    let clubs = menu(&["Walking group", "Cooking class", "Quit smoking"]);
    let pressure = super::reading(super::ReadingKind::Bp);
    let results = prompt(PromptKind::ResultsSent, "your results are ready.", Expects::Acknowledge);
    for (asked, doubtful, plain) in [
        (&tablets(), "yes no", "yes, no problem"),
        (&days(), "all but two", "two"),
        (&days(), "7 pints", "7 walks"),
        (&clubs, "2. 3 final", "2 and 3"),
        (&agenda, "how long do i get with her", "my knee, the new tablets"),
        (&agenda, "my knee. nothing like last time i hope", "my knee"),
        (&pressure, "131/82 his, hers 128/76", "131/82 then 128/76"),
        (&results, "read it, why is it red", "read it"),
    ] {
        let (doubted, kept) = (read(doubtful, Some(asked)), read(plain, Some(asked)));
        assert_ne!(doubted.route, Route::Auto, "{doubtful}: {doubted:?}");
        assert_eq!(kept.route, Route::Auto, "{plain}: {kept:?}");
    }
}

/// The judge weighs the whole reading: what is likely wrong goes to a person, what is surely right is filed in spite of a caution.
#[test]
fn the_judge_raises_what_is_likely_wrong_and_heeds_no_caution_about_what_is_surely_right() {
    let with = |judge: &str| {
        let second_reader =
            format!("0 progress_number 0 other\tbias\n{judge}\tJ:bias\n3 progress_number\tJ:i progress_number\n");
        Reader::from_sources(Sources { second_reader: &second_reader, ..Reader::shipped_sources() }).expect("a reader")
    };
    let sure = with("0 progress_number 0 other 9 filed -9 urgent");
    let unsure = with("0 progress_number 0 other -9 filed -9 urgent");
    let alarmed = with("0 progress_number 0 other 9 filed 9 urgent");
    let wary = with("0 progress_number 0 other 9 filed -2.5 urgent");
    let route = |reader: &Reader, reply: &str| read_with(reader, reply, &days()).route;
    let remark = "4, the juggler catapulted marzipan zeppelins sideways";
    assert_eq!((route(&sure, remark), route(&unsure, remark)), (Route::Auto, Route::Review));
    assert_eq!(route(&wary, remark), Route::Review, "a remark is passed over only far from danger");
    assert_eq!((route(&sure, "about 4 i think"), route(&unsure, "about 4 i think")), (Route::Auto, Route::Review));
    assert_eq!(route(&unsure, "4"), Route::Auto, "a value and nothing else leaves nothing to doubt");
    let alarm = read_with(&alarmed, remark, &days());
    assert_eq!(
        (alarm.route, alarm.intent, alarm.flag, alarm.danger_text()),
        (Route::Urgent, Intent::RedFlag, None, None)
    );
    assert_eq!(route(&sure, "all but two"), Route::Review, "an answer built otherwise stays doubtful");
    assert!(serde_json::to_value(&alarm).expect("JSON")["flag"].is_string(), "staff are shown the likeliest family");
    // What a person must read for what it says stays so, however sure the judge is.
    assert_eq!(route(&sure, "4 but i have a lump in my breast"), route(&unsure, "4 but i have a lump in my breast"));
    assert_ne!(route(&sure, "4 but i have a lump in my breast"), Route::Auto);
}

/// A word beside what the rules read, and how far the second reader agrees with them, say how likely the reading is right.
#[test]
fn the_judge_hears_the_words_beside_an_answer_and_whether_both_readers_agree() {
    let with = |heard: &str| {
        let second_reader = format!(
            "0 progress_number 0 other\tbias\n9 progress_number\tw think\n9 other\tw guess\n\
             0 progress_number 0 other 3 filed -9 urgent\tJ:bias\n9 progress_number\tJ:i progress_number\n{heard}\n"
        );
        Reader::from_sources(Sources { second_reader: &second_reader, ..Reader::shipped_sources() }).expect("a reader")
    };
    let route = |reader: &Reader, reply: &str| read_with(reader, reply, &days()).route;
    let word = with("-9 filed\tJ:t progress_number guess");
    assert_eq!((route(&word, "about 4 i think"), route(&word, "about 4 i guess")), (Route::Auto, Route::Review));
    let other = with("-9 filed\tJ:t other guess");
    assert_eq!(route(&other, "about 4 i guess"), Route::Auto, "said of another meaning");
    for kind in ["J:b", "J:bi progress_number"] {
        let agreed = with(&format!("-9 filed\tJ:i progress_number\n4 filed\t{kind}"));
        assert_eq!(
            (route(&agreed, "about 4 i think"), route(&agreed, "about 4 i guess")),
            (Route::Auto, Route::Review),
            "{kind}"
        );
    }
}

/// A wish to stop that is nearly as likely as the likeliest meaning is named beside it; nothing follows before a person has read it.
#[test]
fn h12_a_likely_wish_to_stop_is_named_beside_what_is_likelier() {
    let with = |stop: &str, question: &str| {
        let second_reader = format!(
            "0 progress_number 0 stop 0 question\tbias\n\
             5 progress_number 0 stop 0 question 9 filed -9 urgent\tJ:bias\n\
             {stop} stop {question} question\tJ:t progress_number guess\n"
        );
        Reader::from_sources(Sources { second_reader: &second_reader, ..Reader::shipped_sources() }).expect("a reader")
    };
    let near = read_with(&with("4.95", "0"), "about 4 i guess", &days());
    assert_eq!((near.intent, near.route, near.suspected()), (Intent::ProgressNumber, Route::Review, true));
    assert!(near.says(Intent::Stop) && near.fields.value == Some(4.0), "{near:?}");
    assert!(near.because.iter().any(|b| b.what == "may mean too: stop"), "{:?}", near.because);
    let far = read_with(&with("2", "0"), "about 4 i guess", &days());
    assert_eq!((far.route, far.suspected(), far.says(Intent::Stop)), (Route::Auto, false, false));
    let other = read_with(&with("8.95", "9"), "about 4 i guess", &days());
    assert_eq!((other.intent, other.says(Intent::Stop), other.suspected()), (Intent::Question, true, true));
}

/// Beside a question likeness to danger counts whatever the judge holds: it takes no person away.
#[test]
fn h08_the_judge_takes_no_person_away_from_what_is_like_danger() {
    let second_reader = "0 progress_number 0 other\tbias\n0 progress_number 0 other 9 filed -9 urgent\tJ:bias\n\
                         3 progress_number\tJ:i progress_number\n";
    let like = |weight: &str| {
        let resemblance = format!("-4\tbias\n{weight}\tw zeppelins\n");
        let sources = Sources { second_reader, resemblance: &resemblance, ..Reader::shipped_sources() };
        let reader = Reader::from_sources(sources).expect("a reader");
        read_with(&reader, "4, the juggler catapulted marzipan zeppelins sideways", &days()).route
    };
    assert_eq!((like("0"), like("37"), like("90")), (Route::Auto, Route::Review, Route::Urgent));
}

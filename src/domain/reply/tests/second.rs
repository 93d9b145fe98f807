//! The second reader and the cautions: they send to people, they file nothing.

use super::super::{Intent, Route, Sources};
use super::{
    Channel, Context, Expects, London, Prompt, PromptKind, Reader, days, menu, now, prompt, read, tablets, understand,
};

/// A second reader that has learned nothing but that a zeppelin cancels.
fn of_zeppelins() -> Reader {
    let second_reader = "3 progress_number 0 cancel 0 other\tbias\n60 cancel\tw zeppelin\n";
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

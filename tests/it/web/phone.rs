//! The loop through the demo's phone: what is typed arrives in the record.

use super::{Server, words};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_texted_on_the_phone_stands_in_the_record() {
    let server = Server::demo().await;
    let (phone, person) = server.text_as_guest("my sleep, the new tablets and my knee").await;
    assert!(
        words(&phone).contains("Things to talk about: 1. my sleep; 2. the new tablets; 3. my knee"),
        "{}",
        words(&phone)
    );
    let person = words(&person);
    let agenda = person.split("What matters to the person, in their order").nth(1).expect("the agenda is shown");
    assert!(agenda.trim_start().starts_with("my sleep the new tablets my knee"), "{agenda}");
    assert!(
        person.contains("The person had already answered."),
        "the reminder to answer is called off, with the reason"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn danger_is_answered_at_once_and_somebody_is_told() {
    let server = Server::demo().await;
    let (phone, person) = server.text_as_guest("chest pain since this morning").await;
    assert!(words(&phone).contains("call 999 now"), "{}", words(&phone));
    assert!(words(&person).contains("Words of danger"));
    let alerts = words(&server.get("/alerts").await.text);
    assert!(alerts.contains("Urgent Words of danger: Morgan, Rhian"), "{alerts}");
}

#[tokio::test(flavor = "multi_thread")]
async fn stop_is_confirmed_once_and_stands_in_the_consents() {
    let server = Server::demo().await;
    server.text_as_guest("STOP").await;
    let (phone, person) = server.text_as_guest("stop").await;
    assert_eq!(words(&phone).matches("We have stopped these texts").count(), 1);
    let consents = words(&person);
    assert!(consents.contains("Everything Text No"), "{consents}");
}

#[tokio::test(flavor = "multi_thread")]
async fn unsafe_contact_sends_nothing_and_warns_first() {
    let server = Server::demo().await;
    let before =
        words(&server.get(&format!("/phone/{}", server.guest())).await.text).matches("The practice wrote").count();
    let (phone, person) = server.text_as_guest("he reads my phone").await;
    assert_eq!(words(&phone).matches("The practice wrote").count(), before, "nothing at all is sent");
    let person = words(&person);
    let warning = person.find("Somebody else may read this person's messages").expect("a warning");
    assert!(warning < person.find("NHS number").unwrap(), "before anything else");
    let cleared = server.post(&format!("/people/{}/safe-contact", server.guest()), &[]).await;
    assert_eq!(cleared.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_or_wrong_reply_is_refused_with_a_sentence() {
    let server = Server::demo().await;
    let path = format!("/phone/{}", server.guest());
    let empty = server.post(&path, &[("channel", "sms"), ("text", "  ")]).await;
    assert_eq!(empty.status, 422);
    assert!(words(&empty.text).contains("Type something first."));
    // She has no email address.
    assert_eq!(server.post(&path, &[("channel", "email"), ("text", "hello")]).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_moves_to_the_next_morning_and_shows_how_far_it_is() {
    let server = Server::demo().await;
    assert_eq!(server.post("/clock", &[("to", "morning"), ("back", "/")]).await.status, 303);
    let mut pages = 0;
    loop {
        let page = server.get("/").await.text;
        if !page.contains("The clock is moving") {
            break;
        }
        assert!(page.contains("<progress") && page.contains("http-equiv=\"refresh\""));
        pages += 1;
        assert!(pages < 20_000, "the clock does not come to an end");
    }
    assert!(words(&server.get("/").await.text).contains("Thursday 14 January 2027, 9am"));
}

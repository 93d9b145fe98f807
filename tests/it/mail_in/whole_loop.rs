//! Out by a real Postfix, into the person's mailbox; the answer into a real Dovecot, and onto the record.

use super::kit::JOAN;
use crate::app::{On, TestApp};
use crate::fake_gateways::dovecot::{Dovecot, PASSWORD};
use crate::fake_gateways::postfix::Postfix;
use between::clock::Clock;
use between::config::Environment;
use between::intake::mail::MailReader;
use between::worker;
use mail_parser::MessageParser;

#[tokio::test]
async fn a_question_goes_out_by_postfix_and_its_answer_comes_in_by_dovecot() {
    let (Some(postfix), Some(dovecot)) = (Postfix::start(&["joan"]), Dovecot::start(&["answers"])) else {
        return;
    };
    let settings = format!(
        "[server]\npublic_url = \"https://between.elmbrook.test\"\n[gateways.mail]\nkind = \"smtp\"\nhost = \"127.0.0.1\"\n\
         port = {}\ntls = \"none\"\nsender = \"Elmbrook Surgery <messages@elmbrook.test>\"\n[gateways.mail.imap]\n\
         host = \"127.0.0.1\"\nport = {}\ntls = \"none\"\nusername = \"answers\"\npassword = {PASSWORD:?}\n",
        postfix.port, dovecot.port
    );
    let clock = Clock::manual("2027-01-05T10:00:00Z".parse().unwrap());
    let app = TestApp::start_on(On::Sqlite, clock, &settings).await.unwrap();
    assert_eq!(app.engine.config.environment, Environment::Test);
    let joan = app.person_with(1, |p| p.preferred_channel = Some("email".to_owned())).await;
    app.contact(&joan, "email", JOAN).await;
    let goal = app.goal(&joan).await;
    app.enrol(&joan, "goal", &goal).await;
    app.advance_to("2027-01-07T12:00:00Z").await;

    let mails = postfix.mails("joan", 2).await;
    let question = mails.iter().find(|m| m.contains("how many days")).or(mails.last()).unwrap();
    let parsed = MessageParser::default().parse(question.as_bytes()).unwrap();
    let reply_to = parsed.reply_to().unwrap().first().unwrap().address().unwrap().to_owned();
    let asked = parsed.message_id().unwrap().to_owned();
    assert!(question.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), "{question}");

    // As the person's mail program answers: to Reply-To, with the question quoted below.
    let answer = format!(
        "From: Joan Test <{JOAN}>\r\nTo: {reply_to}\r\nSubject: Re: {}\r\nDate: Thu, 7 Jan 2027 12:30:00 +0000\r\n\
         Message-ID: <answer@patient.test>\r\nIn-Reply-To: <{asked}>\r\nReferences: <{asked}>\r\n\r\n\
         6 days this week\r\n\r\nOn Thu, 7 Jan 2027 at 10:30, Elmbrook Surgery wrote:\r\n> {}\r\n",
        parsed.subject().unwrap(),
        parsed.body_text(0).unwrap().replace('\n', "\n> ")
    );
    dovecot.deliver("answers", answer.as_bytes());
    let mut reader = MailReader::of(&app.engine).remove(0);
    assert_eq!(reader.step(&app.engine).await.unwrap().kept, 1, "{}", dovecot.log());
    reader.close(&app.engine).await;
    worker::settle_now(&app.engine).await.unwrap();
    assert_eq!(app.entries(&joan).await, ["check_in count 6 auto"]);
    let inbound = app.timeline(&joan).await.into_iter().find(|m| m.direction == "in").unwrap();
    assert_eq!((inbound.status.as_str(), inbound.body.as_deref()), ("handled", Some("6 days this week")));
}

//! The exchange log of every adapter: it says what was asked and answered, and holds no secret, number, name or text.

use std::sync::Arc;

use between::{
    domain::delivery::Channel,
    gateways::{Exchange, Gateway, OutboundMessage},
};

use crate::fake_gateways::{
    Hand, NOON,
    fault::{Fault, When},
    gateway,
    govuk_notify::{CALLBACK, GovukNotifyFake, SECRET, SERVICE, TEMPLATE},
    http::{BEARER, HttpFake, KEY},
    mail_to,
    nhs_notify::{API_KEY, CALLBACK_KEY, NhsNotifyFake},
    server::{FakeServer, Reply, Request},
    smtp::{ScriptedSmtp, Trouble},
    text_to,
    twilio::{ACCOUNT, TOKEN, TwilioFake},
};

/// What must never stand in a log, in small letters.
const CANARIES: [&str; 12] = [
    "aveline",
    "thistlewood",
    "balance-class",
    "allotment",
    "7700900",
    "7700 900",
    "patient.test",
    "aveline.t",
    "quiet-subject",
    "t0k3n",
    "generic-canary",
    "9990548609",
];

fn secrets() -> Vec<String> {
    [SECRET, CALLBACK, KEY, BEARER, API_KEY, CALLBACK_KEY, TOKEN].iter().map(|s| s.to_lowercase()).collect()
}

fn message(to: &str) -> OutboundMessage {
    let text = "Dear Aveline Thistlewood, how did the balance-class at the allotment go? Queued for 01632 960001.";
    OutboundMessage { text: text.to_owned(), ..text_to(to, "m-17") }
}

fn mail(to: &str) -> OutboundMessage {
    OutboundMessage { subject: Some("quiet-subject".to_owned()), channel: Channel::Email, ..message(to) }
}

fn is_silent(adapter: &str, log: &[Exchange]) {
    for exchange in log {
        let line = format!("{} -> {}", exchange.request, exchange.answer);
        let small = line.to_lowercase();
        for canary in CANARIES.iter().map(|c| (*c).to_owned()).chain(secrets()) {
            assert!(!small.contains(&canary), "{adapter}: {canary} in {line}");
        }
        assert!(line.chars().count() < 1_300 && !line.contains('\n'), "{adapter}: {line}");
    }
}

/// Sends and asks, and looks at both logs. Returns them as lines.
async fn exchanged(adapter: &str, gateway: &Gateway, message: &OutboundMessage) -> Vec<String> {
    let (_, sent) = gateway.send_logged(message).await;
    let (_, asked) = gateway.look_up_logged(&message.reference, &message.to, NOON, &message.text).await;
    is_silent(adapter, &sent);
    is_silent(adapter, &asked);
    assert!(!sent.is_empty(), "{adapter}: nothing was kept of a send");
    let line = |e: &Exchange| format!("{} -> {:?} {}", e.request, e.status, e.answer);
    sent.iter().chain(&asked).map(line).collect()
}

/// A described gateway whose secret stands in its path, and the number in its query.
fn described(url: &str) -> String {
    format!(
        "kind = \"generic\"\nsecrets = {{ key = \"generic-canary-0123\" }}\n[send]\nmethod = \"POST\"\n\
         url = \"{url}/{{secret.key}}/send?to={{to_digits}}\"\nbody = \"text={{text}}&to={{to_national}}&ref={{reference}}\"\n\
         success = {{ pointer = \"/id\" }}\nerror_code = \"/code\"\n[policy]\nsafety_gateway = \"spare\"\n"
    )
}

#[tokio::test]
async fn every_adapter_keeps_what_was_said_and_nothing_private() {
    let hand = Hand::default();
    let twilio = TwilioFake::start(&hand).await;
    let govuk = GovukNotifyFake::start(&hand).await;
    let nhs = NhsNotifyFake::start(&hand).await;
    let http = HttpFake::start(&hand).await;
    let plain = FakeServer::start(|_| Reply::json(200, &serde_json::json!({"id": "g-1"}))).await;
    let gateways: Vec<(&str, Arc<Gateway>, &str)> = vec![
        (
            "twilio",
            gateway(&twilio.settings("sender = \"+447700900900\"\ntimeout_seconds = 1"), &hand),
            "Messages.json",
        ),
        ("govuk_notify", gateway(&govuk.settings("timeout_seconds = 1"), &hand), "v2/notifications/sms"),
        ("nhs_notify", gateway(&nhs.settings("text = \"text\"\ntimeout_seconds = 1"), &hand), "v1/messages"),
        ("http", gateway(&http.settings("timeout_seconds = 1"), &hand), "POST 127.0.0.1:"),
        ("generic", gateway(&described(&plain.url("")), &hand), "/{…}/send"),
    ];
    let faults =
        Fault::ALL.into_iter().filter(|f| !matches!(f, Fault::Slow | Fault::Endless | Fault::Huge | Fault::Timeout));
    let numbers: Vec<String> = ["001", "301", "302", "303", "304", "305"]
        .iter()
        .map(|n| format!("+447700900{n}"))
        .chain(faults.map(|fault| fault.number(When::BeforeTaking)))
        .collect();
    for (adapter, gateway, place) in &gateways {
        for number in &numbers {
            let lines = exchanged(adapter, gateway, &message(number)).await;
            assert!(lines.iter().any(|line| line.contains(place)), "{adapter}: {lines:?}");
        }
        let lines =
            exchanged(adapter, gateway, &OutboundMessage { reference: "m-18".into(), ..message(&numbers[0]) }).await;
        assert!(lines.iter().any(|line| line.contains("Some(20")), "{adapter}: a good answer is kept: {lines:?}");
    }
    let refusal = exchanged("twilio", &gateways[0].1, &message("+447700900301")).await;
    assert!(refusal[0].contains("21211") && refusal[0].contains("Some(400)"), "{refusal:?}");
}

#[tokio::test]
async fn a_provider_that_echoes_everything_gets_nothing_into_the_log() {
    fn echo(request: &Request) -> Reply {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        let form = Request::pairs(&body);
        let said = format!("{} {body} {form:?} Aveline Thistlewood +447700900001", request.query);
        let status = if request.path.contains("refuse") { 400 } else { 200 };
        let error = serde_json::json!({"error": said, "message": said, "code": "Aveline"});
        Reply::json(
            status,
            &serde_json::json!({
                "id": "Thistlewood", "sid": "+447700900001", "status": "allotment", "reference": "07700900001", "code": 447_700_900_001_i64,
                "message": said, "error": "aveline.t@patient.test", "Aveline": said, "07700900001": 1, "errors": [error.clone(), error],
                "to": ["+447700900001"], "deep": {"body": body, "title": "balance-class"}, "access_token": "Aveline"
            }),
        )
    }
    let hand = Hand::default();
    for path in ["", "/refuse"] {
        let server = FakeServer::start(echo).await;
        let url = server.url(path);
        let settings = [
            (
                "http",
                format!(
                    "kind = \"http\"\nurl = \"{url}/m\"\nkey = \"{KEY}\"\nwebhook_key = \"{KEY}\"\nbearer = \"{BEARER}\""
                ),
            ),
            (
                "twilio",
                format!(
                    "kind = \"twilio\"\naccount_sid = \"{ACCOUNT}\"\nauth_token = \"{TOKEN}\"\nsender = \"+447700900900\"\nbase_url = \"{url}\""
                ),
            ),
            (
                "govuk_notify",
                format!(
                    "kind = \"govuk_notify\"\napi_key = \"a-{SERVICE}-{SECRET}\"\ntemplate_id = \"{TEMPLATE}\"\nbase_url = \"{url}/\"\npolicy = {{ safety_gateway = \"spare\" }}"
                ),
            ),
            ("generic", described(&url)),
        ];
        for (adapter, settings) in settings {
            exchanged(adapter, &gateway(&settings, &hand), &message("+447700900001")).await;
        }
    }
}

#[tokio::test]
async fn a_mail_servers_words_stand_without_the_person() {
    let server = ScriptedSmtp::start(None, |to, _| {
        Some(match to.split('@').next()? {
            "aveline.t" => Trouble::Refuse("550 5.1.1 <aveline.t@patient.test>: Aveline Thistlewood user unknown here"),
            "spam" => Trouble::RefuseMessage("554 5.7.1 message about allotment looks like spam"),
            "early" => Trouble::DropEarly,
            _ => return None,
        })
    })
    .await;
    let smtp = gateway(&server.settings(""), &Hand::default());
    for (to, expected) in [
        ("aveline.t@patient.test", "Some(550) 5.1.1 … user unknown"),
        ("spam@patient.test", "Some(554) 5.7.1 message … spam"),
        ("early@patient.test", "no answer: smtp_connection_lost"),
        ("fine@patient.test", "Some(250)"),
    ] {
        let lines = exchanged("smtp", &smtp, &mail(to)).await;
        assert!(lines[0].contains("SMTP 127.0.0.1:") && lines[0].contains(expected), "{lines:?}");
    }
    assert!(mail_to("a@b.test", "m").subject.is_some(), "mails have subjects to hide");
}

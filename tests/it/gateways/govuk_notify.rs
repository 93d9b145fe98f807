//! GOV.UK Notify: what it takes, what it must never be given, and its callbacks.

use between::{
    domain::delivery::{DeliveryStatus, SendFailure},
    gateways::{Forged, LookUp, Received, WebhookRequest},
};
use futures_util::future::join_all;

use crate::fake_gateways::{
    Hand, NOON,
    fault::{Fault, When},
    gateway,
    govuk_notify::{CALLBACK, GovukNotifyFake, SECRET},
    text_to, try_gateway,
};

#[tokio::test]
async fn a_text_goes_out_under_our_reference() {
    let hand = Hand::default();
    let fake = GovukNotifyFake::start(&hand).await;
    let sender = "8e222534-7f05-4972-86e3-17c5d9f894e2";
    let notify = gateway(&fake.settings(&format!("sender = \"{sender}\"")), &hand);
    let message = text_to("+447700900001", "m-1");
    let accepted = notify.send(&message).await.unwrap();
    assert_eq!(accepted.status, DeliveryStatus::Accepted);
    let sent = &fake.messages()[0];
    assert_eq!((sent["body"].as_str(), sent["reference"].as_str()), (Some(message.text.as_str()), Some("m-1")));
    assert_eq!(sent["sms_sender_id"], sender);
    let found = notify.look_up("m-1", "", 0, "").await.unwrap();
    assert_eq!(found, LookUp::Found { provider_id: accepted.provider_id, status: DeliveryStatus::Sent });
    assert_eq!(notify.look_up("m-2", "", 0, "").await.unwrap(), LookUp::NotFound);
    // A token is made of the moment, not kept: a day later the next one is good again.
    hand.set(NOON + 86_400_000);
    notify.send(&text_to("+447700900001", "m-2")).await.unwrap();
    assert_eq!(fake.refused(), Vec::<String>::new());
}

#[tokio::test]
async fn f07_what_notify_would_change_never_leaves() {
    let hand = Hand::default();
    let fake = GovukNotifyFake::start(&hand).await;
    let notify = gateway(&fake.settings(""), &hand);
    for text in ["Brawo 👏", "Dzień dobry, pani Łucjo", "آپ کا اگلا دورہ", "x".repeat(919).as_str()] {
        let mut message = text_to("+447700900001", "m");
        message.text = text.to_owned();
        let failure = notify.send(&message).await.unwrap_err();
        assert!(failure.permanent() && failure.certainly_not_sent(), "{text} {failure:?}");
    }
    assert!(fake.messages().is_empty());
    assert_eq!(fake.server.counts.requests.load(std::sync::atomic::Ordering::SeqCst), 0);
}

#[tokio::test]
async fn its_refusals_keep_their_meaning() {
    let hand = Hand::default();
    let fake = GovukNotifyFake::start(&hand).await;
    let notify = gateway(&fake.settings(""), &hand);
    let midnight = Some(12 * 3_600_000);
    for (number, expected) in [
        ("+447700900301", SendFailure::BadAddress { code: "ValidationError".into() }),
        ("+447700900302", SendFailure::NotConfigured),
        ("+447700900303", SendFailure::Throttled { retry_after_ms: midnight }),
        ("+447700900304", SendFailure::Throttled { retry_after_ms: None }),
    ] {
        assert_eq!(notify.send(&text_to(number, "m")).await, Err(expected), "{number}");
    }
    let wrong = fake.settings("").replace(SECRET, "00000000-8d35-48ac-975b-e847b4f122b0");
    let wrong = gateway(&wrong, &hand);
    assert_eq!(wrong.send(&text_to("+447700900001", "m")).await, Err(SendFailure::NotConfigured));
}

#[tokio::test]
async fn an_unknown_outcome_is_settled_by_reference() {
    let hand = Hand::default();
    let fake = GovukNotifyFake::start(&hand).await;
    let notify = gateway(&fake.settings("timeout_seconds = 1"), &hand);
    let cases = Fault::ALL.iter().flat_map(|f| [When::BeforeTaking, When::AfterTaking].map(|w| (*f, w)));
    let cases: Vec<_> = cases.collect();
    let messages: Vec<_> =
        cases.iter().map(|(fault, when)| text_to(&fault.number(*when), &format!("m-{fault:?}-{when:?}"))).collect();
    let outcomes = join_all(messages.iter().map(|m| notify.send(m))).await;
    for (((fault, when), message), outcome) in cases.iter().zip(&messages).zip(outcomes) {
        let failure = outcome.expect_err("taken for a success");
        assert!(!failure.permanent(), "{fault:?} {failure:?}");
        let found = notify.look_up(&message.reference, "", 0, "").await.unwrap();
        assert_eq!(matches!(found, LookUp::Found { .. }), *when == When::AfterTaking, "{fault:?} {when:?}");
    }
}

fn hook<'a>(headers: &'a [(String, String)], body: &'a str) -> WebhookRequest<'a> {
    WebhookRequest {
        method: "POST",
        path: "/webhooks/test",
        query: "",
        headers,
        body: body.as_bytes(),
        received_at_ms: NOON,
    }
}

#[tokio::test]
async fn callbacks_are_read_and_their_token_is_checked() {
    let hand = Hand::default();
    let fake = GovukNotifyFake::start(&hand).await;
    let old = "the-old-callback-token";
    let during = gateway(&fake.settings(&format!("callback_token_old = \"{old}\"")), &hand);
    let after = gateway(&fake.settings(""), &hand);
    let headers = |value: &str| vec![("Authorization".to_owned(), value.to_owned())];
    let text = r#"{"id":"i-1","source_number":"447700900001","destination_number":"07700900900","message":"5 walks","date_received":"2027-03-01T12:00:00.000000Z"}"#;
    for (value, now, later) in [
        (format!("Bearer {CALLBACK}"), Ok(()), Ok(())),
        (format!("bearer {CALLBACK}"), Ok(()), Ok(())),
        (format!("Bearer {old}"), Ok(()), Err(Forged::WrongSignature)),
        (format!("Bearer {CALLBACK}x"), Err(Forged::WrongSignature), Err(Forged::WrongSignature)),
        (format!("Basic {CALLBACK}"), Err(Forged::Unsigned), Err(Forged::Unsigned)),
        (CALLBACK.to_owned(), Err(Forged::Unsigned), Err(Forged::Unsigned)),
    ] {
        let headers = headers(&value);
        assert_eq!(during.verify(&hook(&headers, text)), now, "{value}");
        assert_eq!(after.verify(&hook(&headers, text)), later, "{value}");
    }
    let twice = [headers(&format!("Bearer {CALLBACK}")), headers("Bearer x")].concat();
    assert_eq!(after.verify(&hook(&twice, text)), Err(Forged::Unsigned));

    assert_eq!(
        after.parse(&hook(&[], text)).unwrap(),
        [Received::Inbound {
            provider_reference: "i-1".into(),
            from: "447700900001".into(),
            to: "07700900900".into(),
            text: "5 walks".into(),
            sent_at_ms: Some(NOON),
        }]
    );
    for (word, expected) in [
        ("delivered", DeliveryStatus::Delivered),
        ("sending", DeliveryStatus::Sent),
        ("permanent-failure", DeliveryStatus::Undelivered { code: "permanent-failure".into(), permanent: true }),
        ("temporary-failure", DeliveryStatus::Undelivered { code: "temporary-failure".into(), permanent: false }),
        ("technical-failure", DeliveryStatus::Failed { code: "technical-failure".into(), permanent: false }),
    ] {
        let body = format!(
            r#"{{"id":"n-1","reference":"m-1","to":"07700900001","status":"{word}","created_at":"2027-03-01T11:59:58.000000Z","completed_at":"2027-03-01T12:00:00.000000Z","sent_at":null,"notification_type":"sms","template_id":"x","template_version":1}}"#
        );
        let report = Received::Report {
            reference: Some("m-1".into()),
            provider_id: Some("n-1".into()),
            status: expected,
            occurred_at_ms: Some(NOON),
        };
        assert_eq!(after.parse(&hook(&[], &body)).unwrap(), [report], "{word}");
    }
    for body in ["", "[]", "{}", r#"{"id":"","reference":null,"status":"delivered"}"#, r#"{"id":"1","status":"eaten"}"#]
    {
        assert!(after.parse(&hook(&[], body)).is_err(), "{body}");
    }
}

#[test]
fn settings_are_checked() {
    let broken = "kind = \"govuk_notify\"\napi_key = \"canary\"\ntemplate_id = \"x\"\ntwo_way = true\n\
        policy = { max_characters = 2000 }";
    let faults = try_gateway(broken, &Hand::default()).err().unwrap();
    for field in ["api_key", "template_id", "callback_token", "policy.max_characters"] {
        assert!(faults.iter().any(|f| f.starts_with(&format!("gateways.test.{field}: "))), "{field} {faults:?}");
    }
    assert!(!faults.join(" ").contains("canary"));
}

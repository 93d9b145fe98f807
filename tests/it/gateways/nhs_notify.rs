//! NHS Notify: access, routing plans, repeats, and its callbacks.

use between::{
    domain::delivery::{Channel, DeliveryStatus, SendFailure},
    gateways::{Forged, LookUp, Received, WebhookRequest},
};
use futures_util::future::join_all;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::fake_gateways::{
    Hand, NOON,
    fault::{Fault, When},
    gateway, hex, mail_to,
    nhs_notify::{API_KEY, APPLICATION, CALLBACK_KEY, NhsNotifyFake},
    server::{FakeServer, Reply},
    text_to, try_gateway,
};

#[tokio::test]
async fn each_route_has_its_plan_and_its_fields() {
    let hand = Hand::default();
    let fake = NhsNotifyFake::start(&hand).await;
    let text = text_to("+447700900001", "t");
    let plans = [
        ("text = \"text\"", Channel::Sms, "+447700900001", "3"),
        ("text = \"app\"", Channel::Sms, "nhs:9990548609", "1"),
        ("text = \"app_then_text_4h\"", Channel::Sms, "nhs:9990548609", "7"),
        ("text = \"app_then_text_24h\"", Channel::Sms, "nhs:9990548609", "6"),
        ("email = \"email\"", Channel::Email, "person@patient.test", "2"),
        ("email = \"app_then_email_4h\"", Channel::Email, "nhs:9990548609", "5"),
        ("email = \"app_then_email_24h\"", Channel::Email, "nhs:9990548609", "4"),
    ];
    for (n, (settings, channel, to, plan)) in plans.iter().enumerate() {
        let notify = gateway(&fake.settings(settings), &hand);
        let mut message = match channel {
            Channel::Sms => text.clone(),
            Channel::Email => mail_to("person@patient.test", "m"),
        };
        message.nhs_number = to.strip_prefix("nhs:").map(str::to_owned);
        if message.nhs_number.is_none() {
            message.to = (*to).to_owned();
        }
        message.reference = format!("m-{n}");
        let accepted = notify.send(&message).await.unwrap_or_else(|e| panic!("{settings} {e:?} {:?}", fake.refused()));
        assert_eq!(accepted.status, DeliveryStatus::Accepted);
        let taken = &fake.messages()[n];
        assert!(taken["routingPlanId"].as_str().unwrap().ends_with(plan), "{settings}");
        let recipient = &taken["recipient"];
        let address = &recipient["contactDetails"][if *channel == Channel::Sms { "sms" } else { "email" }];
        assert_eq!(address, &message.to, "never an address that Notify finds itself");
        assert_eq!(recipient["nhsNumber"].as_str(), message.nhs_number.as_deref(), "{settings}");
        // The NHS App knows people by NHS number only: without one the message goes another way.
        message.reference = format!("other-{n}");
        if message.nhs_number.take().is_some() {
            let refused = SendFailure::Rejected { code: "no_nhs_number".to_owned(), permanent: true };
            assert_eq!(notify.send(&message).await, Err(refused), "{settings}");
        }
    }
    assert_eq!(fake.refused(), Vec::<String>::new());
}

#[tokio::test]
async fn what_would_fall_back_too_late_goes_by_a_quicker_route() {
    let hand = Hand::default();
    let fake = NhsNotifyFake::start(&hand).await;
    let table = [
        // Monday at noon.
        ("text = \"app_then_text_24h\"", "2027-03-01T12:00:00Z", "2027-03-02T12:00:00.001Z", "6"),
        ("text = \"app_then_text_24h\"", "2027-03-01T12:00:00Z", "2027-03-02T12:00:00Z", "7"),
        ("text = \"app_then_text_24h\"", "2027-03-01T12:00:00Z", "2027-03-01T16:00:00Z", "3"),
        ("text = \"app_then_text_4h\"", "2027-03-01T12:00:00Z", "2027-03-01T16:00:00.001Z", "7"),
        // What falls back in the evening comes in the morning.
        ("text = \"app_then_text_4h\"", "2027-03-01T15:00:00Z", "2027-03-02T08:00:00.001Z", "7"),
        ("text = \"app_then_text_4h\"", "2027-03-01T15:00:00Z", "2027-03-02T08:00:00Z", "3"),
        // From Maundy Thursday a day later is Tuesday.
        ("text = \"app_then_text_24h\"", "2027-03-25T10:00:00Z", "2027-03-30T07:00:00.001Z", "6"),
        ("text = \"app_then_text_24h\"", "2027-03-25T10:00:00Z", "2027-03-30T07:00:00Z", "7"),
        ("email = \"app_then_email_24h\"", "2027-03-01T12:00:00Z", "2027-03-02T12:00:00.001Z", "4"),
        ("email = \"app_then_email_24h\"", "2027-03-01T12:00:00Z", "2027-03-02T12:00:00Z", "5"),
        ("email = \"app_then_email_4h\"", "2027-03-01T12:00:00Z", "2027-03-01T16:00:00Z", "2"),
        // In the App alone it does not wait for anything.
        ("text = \"app\"", "2027-03-01T12:00:00Z", "2027-03-01T12:00:00.001Z", "1"),
    ];
    for (n, (settings, now, until, plan)) in table.into_iter().enumerate() {
        hand.set(ms(now));
        let notify = gateway(&fake.settings(settings), &hand);
        let reference = format!("m-{n}");
        let mut message = if settings.starts_with("email") {
            mail_to("person@patient.test", &reference)
        } else {
            text_to("+447700900001", &reference)
        };
        message.nhs_number = Some("9990548609".to_owned());
        message.valid_until_ms = Some(ms(until));
        notify.send(&message).await.unwrap_or_else(|e| panic!("{settings} {e:?} {:?}", fake.refused()));
        let taken = &fake.messages()[n];
        assert!(taken["routingPlanId"].as_str().unwrap().ends_with(plan), "{settings} {now} {until}: {taken}");
        let by_number = taken["recipient"]["nhsNumber"].is_string();
        assert_eq!(by_number, !["2", "3"].contains(&plan), "{settings} {now} {until}");
    }
}

fn ms(at: &str) -> i64 {
    at.parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp_millis()
}

#[tokio::test]
async fn a_token_is_shared_renewed_in_time_and_replaced_when_withdrawn() {
    let hand = Hand::default();
    let fake = NhsNotifyFake::start(&hand).await;
    let notify = gateway(&fake.settings("text = \"text\""), &hand);
    let send = |n: usize| {
        let notify = notify.clone();
        async move { notify.send(&text_to("+447700900001", &format!("m-{n}"))).await }
    };
    assert!(join_all((0..10).map(send)).await.iter().all(Result::is_ok));
    assert_eq!(fake.tokens_given(), 1);
    hand.set(NOON + 530_000);
    send(10).await.unwrap();
    assert_eq!(fake.tokens_given(), 1);
    hand.set(NOON + 545_000);
    send(11).await.unwrap();
    assert_eq!(fake.tokens_given(), 2);
    fake.withdraw_tokens();
    send(12).await.unwrap();
    assert_eq!(fake.tokens_given(), 3);
    assert_eq!(fake.messages().len(), 13);
    assert_eq!(fake.refused(), Vec::<String>::new());
}

#[tokio::test]
async fn an_unknown_outcome_is_settled_by_the_same_reference() {
    let hand = Hand::default();
    let fake = NhsNotifyFake::start(&hand).await;
    let notify = gateway(&fake.settings("text = \"text\"\ntimeout_seconds = 1"), &hand);
    let cases = Fault::ALL.iter().flat_map(|f| [When::BeforeTaking, When::AfterTaking].map(|w| (*f, w)));
    let cases: Vec<_> = cases.collect();
    let messages: Vec<_> =
        cases.iter().map(|(fault, when)| text_to(&fault.number(*when), &format!("m-{fault:?}-{when:?}"))).collect();
    let outcomes = join_all(messages.iter().map(|m| notify.send(m))).await;
    for (((fault, when), message), outcome) in cases.iter().zip(&messages).zip(outcomes) {
        let failure = outcome.expect_err("taken for a success");
        assert!(!failure.permanent(), "{fault:?} {failure:?}");
        assert_eq!(notify.look_up(&message.reference, "", 0, "").await.unwrap(), LookUp::NotFound);
        let again = notify.send(message).await;
        assert_eq!(again.is_ok(), *when == When::AfterTaking, "{fault:?} {when:?} {again:?}");
    }
    assert_eq!(fake.messages().len(), Fault::ALL.len(), "a repeat was taken for a new message");
}

#[tokio::test]
async fn its_refusals_keep_their_meaning_and_f07_holds_here_too() {
    let hand = Hand::default();
    let fake = NhsNotifyFake::start(&hand).await;
    let notify = gateway(&fake.settings("text = \"text\""), &hand);
    for (number, expected) in [
        ("+447700900301", SendFailure::BadAddress { code: "CM_INVALID_VALUE".into() }),
        ("+447700900302", SendFailure::NotConfigured),
    ] {
        assert_eq!(notify.send(&text_to(number, "m")).await, Err(expected), "{number}");
    }
    // A wrong NHS number says nothing against the telephone number beside it.
    let mut wrong_number = text_to("+447700900001", "n");
    wrong_number.nhs_number = Some("0000000000".to_owned());
    let refused = SendFailure::Rejected { code: "CM_INVALID_NHS_NUMBER".into(), permanent: true };
    let app_first = gateway(&fake.settings("text = \"app_then_text_4h\""), &hand);
    assert_eq!(app_first.send(&wrong_number).await, Err(refused));
    let mut polish = text_to("+447700900001", "m");
    polish.text = "Dzień dobry".into();
    assert!(notify.send(&polish).await.unwrap_err().permanent());
    let wrong = gateway(&fake.settings("text = \"text\"").replace(API_KEY, "another-key"), &hand);
    assert_eq!(wrong.send(&text_to("+447700900001", "m")).await, Err(SendFailure::NotConfigured));
    assert!(fake.messages().is_empty());
}

#[tokio::test]
async fn when_no_token_can_be_had_nothing_was_sent() {
    let hand = Hand::default();
    let fake = NhsNotifyFake::start(&hand).await;
    let token_url = fake.server.url("/oauth2/token");
    let broken = FakeServer::start(|_| Reply::Wrong(Fault::Html200)).await;
    let settings = fake.settings("text = \"text\"").replace(&token_url, &broken.url("/oauth2/token"));
    let failure = gateway(&settings, &hand).send(&text_to("+447700900001", "m")).await.unwrap_err();
    assert_eq!(failure, SendFailure::Unreachable { detail_code: "token_html".into() });
}

fn signed(key: &str, secret: &str, body: &str) -> Vec<(String, String)> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    let signature = hex(mac.finalize().into_bytes());
    vec![("x-api-key".into(), key.into()), ("x-hmac-sha256-signature".into(), signature)]
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
async fn callbacks_are_verified_and_read() {
    let hand = Hand::default();
    let fake = NhsNotifyFake::start(&hand).await;
    let old = "the-old-callback-key-1";
    let notify = gateway(&fake.settings(&format!("text = \"app_then_text_4h\"\ncallback_key_old = \"{old}\"")), &hand);
    let channel = |channel: &str, status: &str, supplier: &str| {
        format!(
            r#"{{"data":[{{"type":"ChannelStatus","attributes":{{"messageId":"2WL","messageReference":"m-1","cascadeType":"primary","cascadeOrder":1,"channel":"{channel}","channelStatus":"{status}","supplierStatus":"{supplier}","timestamp":"2027-03-01T12:00:00.000Z","retryCount":0}},"links":{{"message":""}},"meta":{{"idempotencyKey":"k"}}}}]}}"#
        )
    };
    let message = |status: &str| {
        format!(
            r#"{{"data":[{{"type":"MessageStatus","attributes":{{"messageId":"2WL","messageReference":"m-1","messageStatus":"{status}","messageFailureReasonCode":"MFR_PDSV_0002","channels":[],"timestamp":"2027-03-01T12:00:00.000Z","routingPlan":{{}}}},"meta":{{"idempotencyKey":"k"}}}}]}}"#
        )
    };
    let body = message("delivered");
    let good = |key: &str| signed(key, &format!("{APPLICATION}.{key}"), &body);
    assert_eq!(notify.verify(&hook(&good(CALLBACK_KEY), &body)), Ok(()));
    assert_eq!(notify.verify(&hook(&good(old), &body)), Ok(()));
    assert_eq!(notify.verify(&hook(&good("another-key-of-16-chars"), &body)), Err(Forged::Unsigned));
    assert_eq!(notify.verify(&hook(&[], &body)), Err(Forged::Unsigned));
    let other_app = signed(CALLBACK_KEY, &format!("other.{CALLBACK_KEY}"), &body);
    assert_eq!(notify.verify(&hook(&other_app, &body)), Err(Forged::WrongSignature));
    assert_eq!(notify.verify(&hook(&good(CALLBACK_KEY), &message("failed"))), Err(Forged::WrongSignature));

    let undelivered = |code: &str, permanent| DeliveryStatus::Undelivered { code: code.into(), permanent };
    let failed = DeliveryStatus::Failed { code: "MFR_PDSV_0002".into(), permanent: false };
    for (body, expected) in [
        (message("enriched"), Some(DeliveryStatus::Accepted)),
        (message("sending"), Some(DeliveryStatus::Sent)),
        (message("delivered"), Some(DeliveryStatus::Delivered)),
        (message("failed"), Some(failed)),
        (channel("sms", "delivered", "delivered"), Some(DeliveryStatus::Delivered)),
        (channel("sms", "failed", "permanent_failure"), Some(undelivered("permanent_failure", true))),
        (channel("sms", "failed", "temporary_failure"), Some(undelivered("temporary_failure", false))),
        // The text is still to come.
        (channel("nhsapp", "failed", "unnotified"), None),
        (channel("sms", "skipped", "unknown"), None),
    ] {
        let expected: Vec<_> = expected
            .map(|status| Received::Report {
                reference: Some("m-1".into()),
                provider_id: Some("2WL".into()),
                status,
                occurred_at_ms: Some(NOON),
            })
            .into_iter()
            .collect();
        assert_eq!(notify.parse(&hook(&[], &body)).unwrap(), expected, "{body}");
    }
    // The callbacks' specification has them answered 202.
    assert_eq!(notify.answer_when_taken(), 202);
    for body in ["", "{}", r#"{"data":[]}"#, r#"{"data":[{"type":"MessageStatus","attributes":{}}]}"#] {
        assert!(notify.parse(&hook(&[], body)).is_err(), "{body}");
    }
}

#[test]
fn settings_are_checked_and_hours_are_known() {
    let broken =
        "kind = \"nhs_notify\"\napi_key = \"k\"\nprivate_key = \"canary\"\ncallback_key = \"0123456789abcdef\"";
    let faults = try_gateway(broken, &Hand::default()).err().unwrap();
    for field in ["text", "private_key", "key_id", "application_id"] {
        assert!(faults.iter().any(|f| f.starts_with(&format!("gateways.test.{field}: "))), "{field} {faults:?}");
    }
    assert!(!faults.join(" ").contains("canary"));
    let sandbox = "kind = \"nhs_notify\"\ntext = \"text\"\nbase_url = \"https://sandbox.api.service.nhs.uk/comms\"\n\
        policy = { safety_gateway = \"spare\" }";
    let hours = gateway(sandbox, &Hand::default()).policy().hours.unwrap();
    let london = chrono_tz::Europe::London;
    let opens = |at: &str, holiday: bool| hours.opens_at(ms(at), london, |_| holiday);
    // Friday at five, and when it is too late for that day.
    assert_eq!(opens("2027-03-05T17:00:00Z", false), ms("2027-03-05T17:00:00Z"));
    assert_eq!(opens("2027-03-05T17:45:00Z", false), ms("2027-03-08T08:00:00Z"));
    assert!(opens("2027-03-05T17:00:00Z", true) > ms("2027-03-08T08:00:00Z"), "not on bank holidays");
    // Outside these hours a safety text needs another way: without one the settings are refused.
    let faults = try_gateway(&sandbox.replace("policy =", "# policy ="), &Hand::default()).err().unwrap();
    assert!(faults[0].starts_with("gateways.test.policy.safety_gateway: "), "{faults:?}");
}

//! A gateway described in configuration alone, with the two worked examples that are shipped.

use std::{path::Path, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use between::{
    domain::delivery::{DeliveryStatus, SendFailure},
    gateways::{Forged, Gateway, LookUp, Received, WebhookRequest},
};
use futures_util::future::join_all;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;

use crate::fake_gateways::{
    Hand, NOON,
    fault::{Fault, When},
    gateway, hex,
    server::{FakeServer, Reply, Request},
    text_to, try_gateway,
};

/// A shipped example, pointed at a fake and with its secrets in a temporary folder.
fn shipped(name: &str, original: &str, url: &str, dir: &Path) -> Arc<Gateway> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/gateways").join(format!("{name}.toml"));
    let text = std::fs::read_to_string(file).unwrap();
    assert!(text.contains(original), "{original}");
    let text = text.replace(original, url);
    let mut table: toml::Table = toml::from_str(&text).unwrap();
    let table = table["gateways"].as_table_mut().unwrap()[name].as_table_mut().unwrap();
    for (secret, file) in table["secret_files"].as_table_mut().unwrap() {
        let here = dir.join(secret);
        std::fs::write(&here, format!("the-secret-named-{secret}\n")).unwrap();
        assert!(file.as_str().unwrap().starts_with("/run/secrets/"));
        *file = here.display().to_string().into();
    }
    gateway(&toml::to_string(table).unwrap(), &Hand::default())
}

fn hook<'a>(query: &'a str, headers: &'a [(String, String)], body: &'a str) -> WebhookRequest<'a> {
    WebhookRequest {
        method: "POST",
        path: "/webhooks/test",
        query,
        headers,
        body: body.as_bytes(),
        received_at_ms: NOON,
    }
}

/// Vonage's SMS API as publicly documented: always 200, the outcome in `status`.
fn vonage(request: &Request) -> Reply {
    let form = Request::pairs(std::str::from_utf8(&request.body).unwrap());
    let get = |name: &str| form.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str());
    let answer = |status: &str| {
        let message = json!({"to": get("to"), "message-id": "0C000000217B7F02", "status": status, "error-text": "x"});
        // A text of several parts is answered for each of them.
        let room = if get("type") == "text" { 153 } else { 67 };
        let parts = if status == "0" { get("text").chars().count().div_ceil(room) } else { 1 };
        let mut messages = vec![message; parts];
        if get("to") == "447700900305" {
            messages[parts - 1] = json!({"status": "1", "error-text": "Throttled"});
        }
        Reply::json(200, &json!({"message-count": parts.to_string(), "messages": messages}))
    };
    let known = ["api_key", "api_secret", "to", "from", "text", "type", "client-ref", "ttl"];
    let ttl: i64 = get("ttl").parse().unwrap_or(0);
    if request.header("content-type") != Some("application/x-www-form-urlencoded")
        || form.iter().any(|(name, _)| !known.contains(&name.as_str()))
        || !(20_000..=604_800_000).contains(&ttl)
        || get("to").starts_with('+')
        || get("from").is_empty()
        || get("text").is_empty()
        // What is marked as `unicode` costs 70 characters a part, and what is not loses its other letters.
        || (get("type") == "text") != get("text").is_ascii()
        || !["text", "unicode"].contains(&get("type"))
        || get("client-ref").len() > 40
    {
        return answer("3");
    }
    if (get("api_key"), get("api_secret")) != ("the-secret-named-key", "the-secret-named-secret") {
        return answer("4");
    }
    if let Some((fault, _)) = Fault::of_number(&format!("+{}", get("to"))) {
        return Reply::Wrong(fault);
    }
    match get("to") {
        "447700900301" => answer("7"),
        "447700900302" => answer("1"),
        "447700900303" => answer("5"),
        "447700900304" => answer("77"),
        "447700900306" => answer("33"),
        _ => answer("0"),
    }
}

#[tokio::test]
async fn vonage_as_shipped() {
    let dir = tempfile::tempdir().unwrap();
    let fake = FakeServer::start(vonage).await;
    let gateway = shipped("vonage", "https://rest.nexmo.com/sms/json", &fake.url("/sms/json"), dir.path());
    assert!(gateway.policy().two_way && !gateway.policy().can_be_asked);

    let accepted = gateway.send(&text_to("+447700900001", "m-1")).await.unwrap();
    assert_eq!(accepted.provider_id.as_deref(), Some("0C000000217B7F02"));
    assert_eq!(accepted.status, DeliveryStatus::Accepted);
    for (number, expected) in [
        ("+447700900301", SendFailure::BadAddress { code: "7".into() }),
        ("+447700900302", SendFailure::Throttled { retry_after_ms: None }),
        ("+447700900303", SendFailure::BadResponse { code: "5".into() }),
        ("+447700900304", SendFailure::BadResponse { code: "77".into() }),
        ("+447700900306", SendFailure::BadAddress { code: "33".into() }),
    ] {
        assert_eq!(gateway.send(&text_to(number, "m")).await, Err(expected), "{number}");
    }
    let mut long = text_to("+447700900001", "m-2");
    long.text = "How are your walks going? ".repeat(12);
    gateway.send(&long).await.unwrap();
    long.text = "Dzień dobry. ".repeat(12);
    gateway.send(&long).await.unwrap();
    // The last part was refused: whether to send it all again is for a person to say.
    long.to = "+447700900305".into();
    let partly = gateway.send(&long).await.unwrap_err();
    assert_eq!(partly, SendFailure::BadResponse { code: "partly_taken".into() });
    // A moment before its end it is not refused for a time that is too short.
    let mut late = text_to("+447700900001", "m-3");
    late.valid_until_ms = Some(NOON + 1);
    gateway.send(&late).await.unwrap();
    assert_eq!(gateway.look_up("m-1", "", 0, "").await.unwrap(), LookUp::CannotTell);

    let query = "token=the-secret-named-webhook";
    let inbound = r#"{"msisdn":"447700900001","to":"447700900900","messageId":"0B01","text":"7.5 ta","type":"text","keyword":"7.5","message-timestamp":"2027-03-01 12:00:00"}"#;
    assert_eq!(gateway.verify(&hook(query, &[], inbound)), Ok(()));
    assert_eq!(gateway.verify(&hook("token=wrong", &[], inbound)), Err(Forged::WrongSignature));
    assert_eq!(gateway.verify(&hook("", &[], inbound)), Err(Forged::Unsigned));
    let doubled = format!("{query}&token=x");
    assert_eq!(gateway.verify(&hook(&doubled, &[], inbound)), Err(Forged::Unsigned));
    assert_eq!(
        gateway.parse(&hook(query, &[], inbound)).unwrap(),
        [Received::Inbound {
            provider_reference: "0B01".into(),
            from: "447700900001".into(),
            to: "447700900900".into(),
            text: "7.5 ta".into(),
            sent_at_ms: None,
        }]
    );
    let undelivered = |code: &str, permanent| DeliveryStatus::Undelivered { code: code.into(), permanent };
    for (word, code, expected) in [
        ("delivered", "0", DeliveryStatus::Delivered),
        ("buffered", "0", DeliveryStatus::Sent),
        ("failed", "2", undelivered("2", false)),
        ("failed", "3", undelivered("3", true)),
        ("failed", "9", DeliveryStatus::OptedOut),
        ("rejected", "6", DeliveryStatus::Failed { code: "6".into(), permanent: false }),
    ] {
        let receipt = format!(
            r#"{{"msisdn":"447700900001","to":"447700900900","messageId":"0C","status":"{word}","err-code":"{code}","client-ref":"m-1"}}"#
        );
        let report = Received::Report {
            reference: Some("m-1".into()),
            provider_id: Some("0C".into()),
            status: expected,
            occurred_at_ms: None,
        };
        assert_eq!(gateway.parse(&hook(query, &[], &receipt)).unwrap(), [report], "{word} {code}");
    }
}

#[tokio::test]
async fn firetext_as_shipped() {
    let dir = tempfile::tempdir().unwrap();
    let fake = FakeServer::start(|request| {
        let form = Request::pairs(std::str::from_utf8(&request.body).unwrap());
        let get = |name: &str| form.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str());
        let known = ["apiKey", "to", "from", "message", "reference"];
        assert!(form.iter().all(|(name, _)| known.contains(&name.as_str())), "{form:?}");
        let named = (3..=11).contains(&get("from").len()) && get("from").bytes().all(|b| b.is_ascii_alphanumeric());
        if !named {
            return Reply::json(200, &json!({"code": 3, "description": "From error"}));
        }
        if get("apiKey") != "the-secret-named-key" {
            return Reply::json(200, &json!({"code": 1, "description": "Authentication error"}));
        }
        let code = match get("to") {
            "447700900001" => 0,
            "447700900302" => 12,
            _ => 2,
        };
        Reply::json(200, &json!({"code": code, "description": "", "responseData": []}))
    })
    .await;
    let url = fake.url("/api/sendsms/json");
    let gateway = shipped("firetext", "https://www.firetext.co.uk/api/sendsms/json", &url, dir.path());
    assert_eq!(gateway.policy().max_characters, 612);
    let accepted = gateway.send(&text_to("+447700900001", "m-1")).await.unwrap();
    assert_eq!(accepted.provider_id, None);
    let twice = gateway.send(&text_to("+447700900302", "m-2")).await;
    assert_eq!(twice, Err(SendFailure::Throttled { retry_after_ms: None }));
    let bad = gateway.send(&text_to("+447700900301", "m-3")).await;
    assert_eq!(bad, Err(SendFailure::BadAddress { code: "2".into() }));

    let login = |user: &str, password: &str| {
        vec![("Authorization".to_owned(), format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))))]
    };
    let good = login("between", "the-secret-named-webhook");
    let inbound = "source=447700900001&destination=447700900901&message=5+walks&time=2027-03-01+12%3A00%3A00";
    assert_eq!(gateway.verify(&hook("", &good, inbound)), Ok(()));
    let other = login("someone", "the-secret-named-webhook");
    assert_eq!(gateway.verify(&hook("", &other, inbound)), Err(Forged::WrongSignature));
    let wrong = login("between", "wrong");
    assert_eq!(gateway.verify(&hook("", &wrong, inbound)), Err(Forged::WrongSignature));
    // FireText gives no id: the same bytes are the same text, other bytes another one.
    let read = |body: &str| match &gateway.parse(&hook("", &good, body)).unwrap()[0] {
        Received::Inbound { provider_reference, text, .. } => (provider_reference.clone(), text.clone()),
        Received::Report { .. } | Received::Mail { .. } => panic!("not a text"),
    };
    assert_eq!(read(inbound), read(inbound));
    assert_eq!(read(inbound).1, "5 walks");
    assert_ne!(read(inbound).0, read(&inbound.replace("12%3A00", "12%3A01")).0);
    for (code, permanent) in
        [("101", true), ("102", false), ("201", true), ("301", true), ("302", false), ("401", false)]
    {
        let receipt = format!("reference=m-1&status=1&code={code}&mobile=447700900001&time=2027-03-01+12%3A00%3A00");
        assert_eq!(
            gateway.parse(&hook("", &good, &receipt)).unwrap(),
            [Received::Report {
                reference: Some("m-1".into()),
                provider_id: None,
                status: DeliveryStatus::Undelivered { code: code.into(), permanent },
                occurred_at_ms: None,
            }],
            "{code}"
        );
    }
    for broken in ["", "status=0", "reference=m-1&status=9", "source=&message=x"] {
        assert!(gateway.parse(&hook("", &good, broken)).is_err(), "{broken}");
    }
}

#[tokio::test]
async fn r4_no_wrong_answer_is_taken_for_a_success() {
    let dir = tempfile::tempdir().unwrap();
    let fake = FakeServer::start(vonage).await;
    let file = shipped("vonage", "https://rest.nexmo.com/sms/json", &fake.url("/sms/json"), dir.path());
    let sends = Fault::ALL.iter().filter(|fault| !matches!(fault, Fault::Timeout | Fault::Slow));
    let outcomes = join_all(sends.map(|fault| {
        let file = Arc::clone(&file);
        async move { (fault, file.send(&text_to(&fault.number(When::AfterTaking), "m")).await) }
    }))
    .await;
    for (fault, outcome) in outcomes {
        let failure = outcome.expect_err("taken for a success");
        let not_now = matches!(fault, Fault::TooMany | Fault::Unavailable);
        assert_eq!(failure.certainly_not_sent(), not_now, "{fault:?} {failure:?}");
    }
}

const JSON: &str = r#"
    kind = "generic"
    sender = "OakSurgery"
    policy = { safety_gateway = "spare" }
    secrets = { key = "0123456789abcdef" }
    [send]
    method = "PUT"
    url = "URL/{reference}"
    encoding = "json"
    body = '{"to": "{to}", "from": "{sender}", "body": "{text}", "dlr": "{callback}"}'
    headers = { authorization = "Key {secret.key}" }
    success = { pointer = "/id" }
    [webhook]
    auth = "hmac_body"
    header = "X-Signature"
    keys = ["key"]
    [receipt]
    id = "id"
    status = "status"
    statuses = { ok = "delivered" }
"#;

#[tokio::test]
async fn a_json_gateway_with_a_signature() {
    let fake = FakeServer::start(|request| {
        let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!((request.method.as_str(), request.path.as_str()), ("PUT", "/m%2F1"));
        assert_eq!(request.header("authorization"), Some("Key 0123456789abcdef"));
        assert_eq!(body["dlr"], "https://messages.surgery.example/webhooks/test");
        assert_eq!(body["body"], "two\nlines \"quoted\"");
        Reply::json(201, &json!({"id": 7}))
    })
    .await;
    let gateway = gateway(&JSON.replace("URL", &fake.url("")), &Hand::default());
    let mut message = text_to("+447700900001", "m/1");
    message.text = "two\nlines \"quoted\"".into();
    gateway.send(&message).await.unwrap();
    let body = r#"{"id":"7","status":"ok"}"#;
    let mut mac = Hmac::<Sha256>::new_from_slice(b"0123456789abcdef").unwrap();
    mac.update(body.as_bytes());
    let signature = hex(mac.finalize().into_bytes());
    let headers = vec![("x-signature".to_owned(), format!("sha256={signature}"))];
    assert_eq!(gateway.verify(&hook("", &headers, body)), Ok(()));
    assert_eq!(gateway.verify(&hook("", &headers, "{}")), Err(Forged::WrongSignature));
    assert!(matches!(gateway.parse(&hook("", &headers, body)).unwrap()[..], [Received::Report { .. }]));
}

#[test]
fn settings_are_checked() {
    let hand = Hand::default();
    for (from, to, fault) in [
        ("{to}", "{colour}", "send.body: knows no {colour}"),
        ("keys = [\"key\"]", "keys = [\"other\"]", "webhook.keys: names no secret: other"),
        ("0123456789abcdef", "short", "webhook.keys: is too short"),
        ("URL", "http://sms.example", "send.url: must begin with https://"),
        ("authorization =", "\"a b\" =", "send.headers: holds a name"),
    ] {
        let url = if from == "URL" { to } else { "https://sms.example" };
        let settings = JSON.replace("URL", url).replace(from, to);
        let faults = try_gateway(&settings, &hand).err().unwrap();
        assert!(faults.iter().any(|f| f.contains(fault)), "{fault}: {faults:?}");
    }
    let open = JSON.replace("URL", "https://sms.example");
    let open = open.split("[webhook]").next().unwrap().to_owned() + "[inbound]\nfrom = \"a\"\ntext = \"b\"";
    let faults = try_gateway(&open, &hand).err().unwrap();
    assert!(faults[0].contains("webhook: is needed"), "{faults:?}");
}

//! S2: a true request a thousand times at once is one row, and an old one none; by each kind of proof.

use super::rig::serve;
use crate::app::{On, TestApp, full_size, phone};
use crate::fake_gateways::{govuk_notify, hex, http, twilio};
use crate::on_both;
use between::{store, worker};
use hmac::{Hmac, KeyInit, Mac};

const MONDAY: &str = "2027-01-04T10:00:00Z";

fn settings() -> String {
    let policy = "policy = { rate_per_second = 100000.0, in_flight = 64 }\n";
    format!(
        "[server]\npublic_url = \"https://between.elmbrook.test\"\n[gateways.demo]\nkind = \"sandbox\"\n\
         [gateways.http]\nkind = \"http\"\nurl = \"https://a.example/\"\nkey = \"{key}\"\nwebhook_key = \"{key}\"\n{policy}\
         [gateways.twilio]\nkind = \"twilio\"\naccount_sid = \"{account}\"\nauth_token = \"{token}\"\n\
         sender = \"+447700900900\"\n[gateways.govuk]\nkind = \"govuk_notify\"\napi_key = \"live-{service}-{secret}\"\n\
         template_id = \"{template}\"\ntwo_way = true\ncallback_token = \"{callback}\"\n",
        key = http::KEY,
        account = twilio::ACCOUNT,
        token = twilio::TOKEN,
        service = govuk_notify::SERVICE,
        secret = govuk_notify::SECRET,
        template = govuk_notify::TEMPLATE,
        callback = govuk_notify::CALLBACK,
    )
}

/// A true text of a person by each gateway, as headers and body; signed at a moment where its proof holds one.
fn truth(gateway: &str, id: &str, from: &str, at_ms: i64) -> (Vec<(&'static str, String)>, String) {
    match gateway {
        "http" => {
            let body = super::rig::inbound(id, from, "thanks");
            let (timestamp, signature) = super::rig::sign(http::KEY, &body, at_ms);
            (
                vec![
                    ("content-type", "application/json".into()),
                    ("x-timestamp", timestamp),
                    ("x-signature", signature),
                ],
                body,
            )
        }
        "twilio" => {
            let form = [("Body", "thanks"), ("From", from), ("MessageSid", id), ("To", "+447700900900")];
            let url = "https://between.elmbrook.test/webhooks/twilio";
            let mut encoder = reqwest::Url::parse("http://x/").unwrap();
            encoder.query_pairs_mut().extend_pairs(form);
            let kind = "application/x-www-form-urlencoded".to_owned();
            let signature = twilio::signature(twilio::TOKEN, url, &form);
            (vec![("content-type", kind), ("x-twilio-signature", signature)], encoder.query().unwrap().to_owned())
        }
        _ => {
            let body = serde_json::json!({"id": id, "source_number": &from[1..], "destination_number": "07700900900",
                "message": "thanks", "date_received": "2027-01-04T10:00:00.000000Z"});
            let bearer = format!("Bearer {}", govuk_notify::CALLBACK);
            (vec![("content-type", "application/json".into()), ("authorization", bearer)], body.to_string())
        }
    }
}

on_both! {
    async fn s2_a_true_request_a_thousand_times_at_once_is_one_row(on) {
        let app = TestApp::start_with(on, MONDAY, &settings()).await?;
        let url = serve(&app.engine).await;
        let client = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(64).build().unwrap();
        let times = if full_size() { 1_000 } else { 60 };
        for (number, gateway) in (1..).zip(["http", "twilio", "govuk"]) {
            let joan = app.person(number).await;
            let post = async |(headers, body): (Vec<(&'static str, String)>, String)| {
                let mut request = client.post(format!("{url}/webhooks/{gateway}")).body(body);
                for (name, value) in headers {
                    request = request.header(name, value);
                }
                request.send().await.unwrap().status().as_u16()
            };
            let rows = async || app.timeline(&joan).await.iter().filter(|m| m.direction == "in").count();
            let id = format!("SM{number}");
            let now = app.now();
            let codes = futures_util::future::join_all((0..times).map(|_| post(truth(gateway, &id, &phone(number), now)))).await;
            assert!(codes.iter().all(|code| *code == 200), "{gateway}: {codes:?}");
            worker::settle_now(&app.engine).await.unwrap();
            assert_eq!(rows().await, 1, "{gateway}");
            // Five minutes and a second later: refused where the time is signed, else answered and without effect.
            app.engine.clock.set_ms(now + 301_000);
            assert_eq!(post(truth(gateway, &id, &phone(number), now)).await, if gateway == "http" { 403 } else { 200 });
            worker::settle_now(&app.engine).await.unwrap();
            assert_eq!(rows().await, 1, "{gateway}");
        }
        assert_eq!(store::inbox::backlog(&app.engine.db).await.unwrap().0, 0);
    }

    async fn a_person_is_known_however_a_gateway_writes_their_number(on) {
        let app = TestApp::start(on, MONDAY).await?;
        let joan = app.person(1).await;
        let (before, abroad) = (phone(1), "+353850000000");
        for (times, from) in (1..).zip(["+447700900001", "447700900001", "07700900001", "00447700900001", "07700 900001"]) {
            app.text_in(from, &format!("hello for the {times}th time")).await;
            worker::settle_now(&app.engine).await.unwrap();
            let ours = app.timeline(&joan).await.into_iter().filter(|m| m.direction == "in").count();
            assert_eq!(ours, times, "{from}");
        }
        let timeline = app.timeline(&joan).await;
        assert!(timeline.iter().filter(|m| m.direction == "in").all(|m| m.address.as_deref() == Some(&before)));
        // Numbers from abroad keep their country; names and short codes stay what they are.
        for from in ["353850000000", "OakSurgery", "60006"] {
            app.text_in(from, "news").await;
        }
        worker::settle_now(&app.engine).await.unwrap();
        let unknown = store::views::for_staff(&app.engine.db, crate::app::PRACTICE, 100).await.unwrap();
        let mut from: Vec<_> = unknown.into_iter().filter(|m| m.patient_id.is_none()).filter_map(|m| m.address).collect();
        from.sort();
        assert_eq!(from, [abroad, "60006", "OakSurgery"]);
    }

    async fn s1_ten_thousand_forgeries_over_the_wire_leave_no_row(on) {
        let app = TestApp::start_with(on, MONDAY, &settings()).await?;
        let url = serve(&app.engine).await;
        let client = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(64).build().unwrap();
        let count = if full_size() { 10_000 } else { 300 };
        let one = async |number: usize| {
            let gateway = ["http", "twilio", "govuk"][number % 3];
            let (mut headers, mut body) = truth(gateway, &format!("SM{number}"), &phone(1), app.now());
            // A body that was changed, or a proof by another key.
            if number.is_multiple_of(2) && gateway != "govuk" {
                body = body.replace("thanks", "STOP");
            } else {
                let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"another-key").unwrap();
                mac.update(body.as_bytes());
                let (_, proof) = headers.last_mut().unwrap();
                *proof = if gateway == "govuk" { "Bearer another-token-000000".to_owned() } else { hex(mac.finalize().into_bytes()) };
            }
            let mut request = client.post(format!("{url}/webhooks/{gateway}")).body(body);
            for (name, value) in headers {
                request = request.header(name, value);
            }
            request.send().await.unwrap().status().as_u16()
        };
        app.person(1).await;
        let mut number = 0;
        while number < count {
            let codes = futures_util::future::join_all((number..number + 50).map(one)).await;
            assert!(codes.iter().all(|code| *code == 401 || *code == 403), "{codes:?}");
            number += 50;
        }
        worker::settle_now(&app.engine).await.unwrap();
        assert_eq!(crate::scenarios::kit::count(&app.engine.db, "message").await, 0);
        assert_eq!(crate::scenarios::kit::count(&app.engine.db, "inbox").await, 0);
    }
}

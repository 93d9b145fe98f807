//! A look-up that proves nothing must never read as "not there": the message would be sent twice.

use std::sync::Arc;

use between::gateways::{Gateway, LookUp};
use futures_util::future::join_all;
use serde_json::json;

use crate::fake_gateways::{
    Hand, NOON,
    fault::Fault,
    gateway,
    govuk_notify::{SECRET, SERVICE, TEMPLATE},
    server::{FakeServer, Reply},
    twilio::{ACCOUNT, TOKEN},
};

/// Each gateway that is asked over the wire, pointed at this address.
fn asked_over_the_wire(url: &str) -> Vec<(&'static str, Arc<Gateway>)> {
    let http =
        format!("kind = \"http\"\nurl = \"{url}\"\nkey = \"0123456789abcdef\"\nwebhook_key = \"0123456789abcdef\"");
    let twilio = format!(
        "kind = \"twilio\"\naccount_sid = \"{ACCOUNT}\"\nauth_token = \"{TOKEN}\"\nsender = \"+447700900900\"\n\
         base_url = \"{url}\""
    );
    let govuk = format!(
        "kind = \"govuk_notify\"\napi_key = \"a-{SERVICE}-{SECRET}\"\ntemplate_id = \"{TEMPLATE}\"\n\
         base_url = \"{url}\"\npolicy = {{ safety_gateway = \"spare\" }}"
    );
    let table = [("http", http), ("twilio", twilio), ("govuk_notify", govuk)];
    table
        .into_iter()
        .map(|(name, settings)| (name, gateway(&format!("timeout_seconds = 1\n{settings}"), &Hand::default())))
        .collect()
}

async fn ask(gateway: &Gateway) -> Option<LookUp> {
    gateway.look_up("m-1", "+447700900001", NOON, "a text").await.ok()
}

#[tokio::test]
async fn no_wrong_answer_reads_as_not_there() {
    for fault in Fault::ALL {
        let fake = FakeServer::start(move |_| Reply::Wrong(fault)).await;
        let gateways = asked_over_the_wire(&fake.url("/"));
        let answers = join_all(gateways.iter().map(|(_, gateway)| ask(gateway))).await;
        for ((name, _), answer) in gateways.iter().zip(answers) {
            assert_eq!(answer, None, "{name} {fault:?}");
        }
    }
}

#[tokio::test]
async fn a_404_that_is_not_the_form_s_own_reads_as_nothing() {
    for (status, kind, body) in [
        (404, "text/html", "<html>Not found</html>".to_owned()),
        (404, "application/json", json!({"error": "no route"}).to_string()),
        (404, "application/json", json!({"code": "gone"}).to_string()),
        (404, "application/json", String::new()),
        (410, "application/json", json!({"code": "not_found"}).to_string()),
        (200, "application/json", json!({"code": "not_found"}).to_string()),
        (200, "application/json", json!({"id": "p", "reference": "m-2", "status": "sent"}).to_string()),
        (200, "application/json", json!({"id": "p", "reference": "m-1", "status": "eaten"}).to_string()),
        (200, "application/json", json!({"id": "", "reference": "m-1", "status": "sent"}).to_string()),
    ] {
        let reply = Reply::Text(status, kind, body.clone());
        let fake = FakeServer::start(move |_| reply.clone()).await;
        for (name, gateway) in asked_over_the_wire(&fake.url("/")) {
            assert_eq!(ask(&gateway).await, None, "{name} {status} {body}");
        }
    }
}

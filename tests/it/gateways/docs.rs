//! The written form is the form: the examples of docs/HTTP-GATEWAY.md are what the program says and takes.

use std::path::Path;

use between::{domain::delivery::Channel, gateways::WebhookRequest};

use crate::fake_gateways::{
    Hand, NOON, gateway,
    server::{FakeServer, Reply},
    text_to,
};

const KEY: &str = "an-example-key-of-32-characters!";

fn page() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/HTTP-GATEWAY.md")).unwrap()
}

#[tokio::test]
async fn the_example_of_a_send_is_what_we_send() {
    let (seen, heard) = std::sync::mpsc::channel();
    let fake = FakeServer::start(move |request| {
        seen.send(request.clone()).unwrap();
        Reply::Json(202, r#"{"id": "p-1", "status": "accepted"}"#.to_owned())
    })
    .await;
    let url = fake.url("/messages");
    let settings = format!("kind = \"http\"\nurl = \"{url}\"\nkey = \"{KEY}\"\nwebhook_key = \"{KEY}\"");
    let http = gateway(&settings, &Hand::default());
    let mut message = text_to("+447700900001", "m-1");
    message.text = "Oak Surgery: how are your walks going?".to_owned();
    assert_eq!(message.channel, Channel::Sms);
    http.send(&message).await.unwrap();
    let request = heard.recv().unwrap();
    let page = page();
    assert!(page.contains(KEY));
    assert!(page.contains(&format!("x-timestamp: {}", request.header("x-timestamp").unwrap())));
    assert!(page.contains(&format!("x-signature: {}", request.header("x-signature").unwrap())));
    assert!(page.contains(std::str::from_utf8(&request.body).unwrap()));
}

#[test]
fn the_examples_of_webhooks_are_taken() {
    let settings = format!("kind = \"http\"\nurl = \"https://a.example/\"\nkey = \"{KEY}\"\nwebhook_key = \"{KEY}\"");
    let http = gateway(&settings, &Hand::default());
    let page = page();
    let section = page.split("## Telling us").nth(1).unwrap();
    let signature = section.lines().find_map(|line| line.trim().strip_prefix("x-signature: ")).unwrap();
    let headers =
        [("x-timestamp", "1803902400"), ("x-signature", signature)].map(|(n, v)| (n.to_owned(), v.to_owned()));
    let bodies: Vec<_> = section.lines().map(str::trim).filter(|line| line.starts_with("{\"type\"")).collect();
    assert_eq!(bodies.len(), 2);
    let request = |body: &'static str| WebhookRequest {
        method: "POST",
        path: "/webhooks/test",
        query: "",
        headers: &headers,
        body: body.as_bytes(),
        received_at_ms: NOON,
    };
    let bodies: Vec<&'static str> = bodies.into_iter().map(|body| &*body.to_owned().leak()).collect();
    assert_eq!(http.verify(&request(bodies[0])), Ok(()));
    for body in bodies {
        assert_eq!(http.parse(&request(body)).unwrap().len(), 1, "{body}");
    }
}

//! R5: to a server that cannot prove who it is, nothing of a message or key leaves.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use between::domain::delivery::SendFailure;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::JoinHandle,
};

use crate::fake_gateways::{
    Hand, NOON, gateway,
    http::{BEARER, HttpFake, KEY},
    mail_to,
    server::{FakeServer, Reply},
    text_to,
    tls::{Authority, Certified, quoted},
};

/// A server that counts the bytes it could read under TLS, or in the clear where it has no certificate.
struct Listening {
    port: u16,
    readable: Arc<AtomicUsize>,
    running: JoinHandle<()>,
}

impl Listening {
    async fn start(certified: Option<Certified>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let readable = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&readable);
        let acceptor = certified.map(|certified| certified.acceptor());
        let running = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut bytes = vec![0; 64 * 1024];
                let Some(acceptor) = &acceptor else {
                    // What a TLS client says in the clear is its hello: count what is more than that.
                    let n = stream.read(&mut bytes).await.unwrap_or(0);
                    let clear = String::from_utf8_lossy(&bytes[..n]).into_owned();
                    if ["POST", "EHLO", "walks", BEARER].iter().any(|word| clear.contains(word)) {
                        count.fetch_add(n, Ordering::SeqCst);
                    }
                    let _ = stream.write_all(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n").await;
                    continue;
                };
                if let Ok(mut stream) = acceptor.accept(stream).await {
                    count.fetch_add(stream.read(&mut bytes).await.unwrap_or(0), Ordering::SeqCst);
                    let body = r#"{"id":"p-1","status":"accepted"}"#;
                    let answer = format!("HTTP/1.1 202 Accepted\r\nContent-Length: {}\r\n\r\n{body}", body.len());
                    let _ = stream.write_all(answer.as_bytes()).await;
                    let _ = stream.shutdown().await;
                }
            }
        });
        Self { port, readable, running }
    }

    fn readable(&self) -> usize {
        self.readable.load(Ordering::SeqCst)
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.running.abort();
    }
}

fn http_settings(port: u16, more: &str) -> String {
    format!(
        "kind = \"http\"\nurl = \"https://localhost:{port}/messages\"\nkey = \"{KEY}\"\nbearer = \"{BEARER}\"\n\
         webhook_key = \"{KEY}\"\n{more}"
    )
}

fn smtp_settings(port: u16, more: &str) -> String {
    format!(
        "kind = \"smtp\"\nhost = \"localhost\"\nport = {port}\nsender = \"oak@oak.test\"\ntimeout_seconds = 2\n{more}"
    )
}

#[tokio::test]
async fn r5_nothing_leaves_for_a_server_that_cannot_prove_its_name() {
    let (authority, hand) = (Authority::new(), Hand::default());
    let trusted = format!("ca_file = {}", quoted(&authority.file()));
    let table = [
        ("self-signed", Some(authority.self_signed("localhost")), trusted.as_str()),
        ("expired", Some(authority.expired("localhost")), &trusted),
        ("wrong name", Some(authority.issue("other.test")), &trusted),
        ("unknown authority", Some(authority.issue("localhost")), ""),
        ("plain text", None, &trusted),
    ];
    for (what, certified, more) in table {
        let server = Listening::start(certified).await;
        let tls = Err(SendFailure::Unreachable { detail_code: "tls".into() });
        let http = gateway(&http_settings(server.port, more), &hand);
        assert_eq!(http.send(&text_to("+447700900001", "m-1")).await, tls, "{what}");
        let looked = http.look_up("m-1", "+447700900001", NOON, "").await;
        assert!(looked.is_err(), "{what}");
        let smtp = gateway(&smtp_settings(server.port, more), &hand);
        assert_eq!(smtp.send(&mail_to("person@patient.test", "m-2")).await, tls, "{what}");
        assert_eq!(server.readable(), 0, "{what}: bytes were readable");
    }
    // The same server with a good certificate is reached: what is refused above is refused for its fault alone.
    let server = Listening::start(Some(authority.issue("localhost"))).await;
    let http = gateway(&http_settings(server.port, &trusted), &hand);
    http.send(&text_to("+447700900001", "m-1")).await.unwrap();
    assert!(server.readable() > 0);
}

#[tokio::test]
async fn r5_starttls_or_no_mail() {
    let hand = Hand::default();
    // A server that offers no STARTTLS, and one that says something in the clear after its go-ahead.
    for (greeting, expected) in [
        ("220 mx\r\n250 SIZE 100000\r\n", "tls_not_offered"),
        ("220 mx\r\n250-mx\r\n250 STARTTLS\r\n220 go\r\n250 2.0.0 queued\r\n", "tls"),
        ("554 go away\r\n", "smtp_greeting"),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.write_all(greeting.as_bytes()).await.unwrap();
            let mut heard = Vec::new();
            let _ = stream.read_to_end(&mut heard).await;
            String::from_utf8_lossy(&heard).into_owned()
        });
        let smtp = gateway(&smtp_settings(port, "tls = \"starttls\""), &hand);
        let failure = smtp.send(&mail_to("person@patient.test", "m-1")).await.unwrap_err();
        assert_eq!(failure, SendFailure::Unreachable { detail_code: expected.into() });
        drop(smtp);
        let heard = server.await.unwrap();
        assert!(!heard.contains("MAIL") && !heard.contains("person"), "{heard}");
    }
}

#[tokio::test]
async fn r5_a_redirect_carries_nothing_to_another_host() {
    let hand = Hand::default();
    let elsewhere = Listening::start(None).await;
    let target = format!("http://127.0.0.1:{}/messages", elsewhere.port);
    for status in [301, 302, 303, 307, 308] {
        let location = target.clone();
        let server = FakeServer::start(move |_| Reply::Moved(status, location.clone())).await;
        let settings = http_settings(1, "").replace("https://localhost:1/messages", &server.url("/messages"));
        let http = gateway(&settings, &hand);
        let failure = http.send(&text_to("+447700900001", "m-1")).await.unwrap_err();
        assert_eq!(failure, SendFailure::BadResponse { code: format!("http_{status}") });
        assert!(http.look_up("m-1", "+447700900001", NOON, "").await.is_err());
    }
    assert_eq!(elsewhere.readable(), 0);
}

#[tokio::test]
async fn plain_http_is_for_this_machine_alone() {
    let hand = Hand::default();
    let fake = HttpFake::start(&hand).await;
    for host in ["sms.example", "10.0.0.1", "127.0.0.1.example", "localhost.example"] {
        let settings = fake.settings("").replace("127.0.0.1", host);
        let faults = crate::fake_gateways::try_gateway(&settings, &hand).err().unwrap();
        assert!(faults[0].starts_with("gateways.test.url: must begin with https://"), "{host} {faults:?}");
    }
}

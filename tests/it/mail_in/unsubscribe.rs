//! One click and no more email: from the header of a mail that went out, through the web service, to the record.

use super::kit::{JOAN, Office};
use crate::app::On;
use crate::on_both;
use between::intake::Receiver;
use between::store::{audit, consents, prompts};
use between::web::{AppState, service, service_with_pages};
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// The web service without pages, as `serve` runs it.
pub struct Service {
    addr: std::net::SocketAddr,
    running: tokio::task::JoinHandle<()>,
}

impl Service {
    pub async fn start(office: &Office) -> Self {
        Self::run(service(Self::state(office))).await
    }

    /// The same with the pages that staff see on this machine.
    pub async fn with_pages(office: &Office) -> Self {
        Self::run(service_with_pages(Self::state(office))).await
    }

    fn state(office: &Office) -> AppState {
        let engine = Arc::clone(&office.app.engine);
        AppState { receiver: Receiver::start(Arc::clone(&engine)), engine, demo: None }
    }

    async fn run(router: axum::Router) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        Self { addr, running: tokio::spawn(async move { axum::serve(listener, router).await.unwrap() }) }
    }

    /// (status, everything after it).
    pub async fn ask(&self, method: &str, path: &str, headers: &str, body: &[u8]) -> (u16, String) {
        let mut stream = tokio::net::TcpStream::connect(self.addr).await.unwrap();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n",
            body.len()
        );
        // A service that refuses early may hang up while the body is still on its way.
        let _ = stream.write_all(&[head.as_bytes(), body].concat()).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        (answer.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0), answer)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.running.abort();
    }
}

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

async fn refusals(office: &Office) -> Vec<String> {
    let mut tx = office.app.engine.db.begin().await.unwrap();
    let history = consents::of_patients(&mut tx, std::slice::from_ref(&office.joan)).await.unwrap();
    history.into_iter().map(|c| format!("{} {} {} {}", c.channel, c.purpose, c.decision, c.source)).collect()
}

async fn open_questions(office: &Office) -> usize {
    let mut tx = office.app.engine.db.begin().await.unwrap();
    prompts::open_of(&mut tx, std::slice::from_ref(&office.joan)).await.unwrap().len()
}

on_both! {
    async fn one_click_stops_email_once_and_for_whom_it_was_sent_only(on) {
        let office = Office::open(on, "answers", 1, "").await?;
        office.ask().await;
        let mail = office.smtp.mails().pop().unwrap();
        assert_eq!(mail.to, JOAN);
        assert_eq!(mail.header("List-Unsubscribe-Post").as_deref(), Some("List-Unsubscribe=One-Click"));
        let header = mail.header("List-Unsubscribe").unwrap();
        let link = header.split(['<', '>']).nth(1).unwrap();
        let path = link.strip_prefix("https://between.elmbrook.test").unwrap();
        assert!(header.contains("<mailto:reply+") && header.contains("?subject=unsubscribe>"), "{header}");
        let web = Service::start(&office).await;

        // What scanners do changes nothing, and says nothing about the person.
        let (status, page) = web.ask("GET", path, "", b"").await;
        assert_eq!(status, 200);
        assert!(page.contains("Elmbrook Surgery") && page.contains("<form method=\"post\">"), "{page}");
        assert!(!page.contains("Joan") && !page.contains(JOAN), "{page}");
        assert_eq!(web.ask("HEAD", path, "", b"").await.0, 200);
        assert_eq!((refusals(&office).await.len(), open_questions(&office).await), (0, 1));

        // A link that is not ours, in each way it may be wrong.
        let (id, signature) = path.strip_prefix("/unsubscribe/").unwrap().split_once('.').unwrap();
        let other = format!("{}{}", &id[..31], if id.ends_with('0') { '1' } else { '0' });
        let mut flipped = signature.to_owned();
        flipped.replace_range(..1, if signature.starts_with('0') { "1" } else { "0" });
        for wrong in [
            format!("{other}.{signature}"),
            format!("{id}.{flipped}"),
            format!("{id}.{}", &signature[..30]),
            format!("{id}.{}", signature.to_uppercase().replace(|c: char| c.is_ascii_digit(), "A")),
            format!("{id}."),
            id.to_owned(),
            format!("{id}.{signature}0"),
        ] {
            for method in ["GET", "POST"] {
                let (status, page) = web.ask(method, &format!("/unsubscribe/{wrong}"), FORM, b"").await;
                assert_eq!(status, 404, "{method} {wrong}");
                assert!(page.contains("This link does not work"), "{page}");
            }
        }
        assert_eq!(refusals(&office).await.len(), 0);

        // The click, twice at once and once more.
        let body = b"List-Unsubscribe=One-Click";
        let (one, two) = tokio::join!(web.ask("POST", path, FORM, body), web.ask("POST", path, FORM, body));
        assert_eq!((one.0, two.0), (200, 200), "{}", one.1);
        assert_eq!(web.ask("POST", path, "Content-Type: multipart/form-data; boundary=x\r\n", b"--x--").await.0, 200);
        assert_eq!(refusals(&office).await, ["email all refused one-click unsubscribe"]);
        assert_eq!(open_questions(&office).await, 0, "the chase is closed");
        let events = audit::latest(&office.app.engine.db, Some(&office.joan), 10).await.unwrap();
        assert_eq!(events.iter().filter(|e| e.action == "unsubscribed" && e.actor == "patient").count(), 1);
        assert_eq!(office.app.open_alerts().await, ["routine stop"]);

        // From here on nothing goes out by email; text messages were not refused.
        let before = office.smtp.mails().len();
        office.app.advance_to("2027-01-15T12:00:00Z").await;
        assert_eq!(office.smtp.mails().len(), before);

        // Somebody who comes back and unsubscribes again is heard again.
        office.app.consent(&office.joan, "email", "all", "granted").await;
        office.app.engine.clock.set_ms(office.app.now() + 1);
        assert_eq!(web.ask("POST", path, FORM, body).await.0, 200);
        assert_eq!(refusals(&office).await.len(), 3);
        assert!(office.smtp.faults().is_empty(), "{:?}", office.smtp.faults());
    }
}

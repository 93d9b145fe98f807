//! What was asked of a gateway and what it said: the first thing support needs, and nothing that names a person.
//!
//! The log of a call is kept where the call is made (the HTTP client, the mail connection), so that no adapter can forget
//! it. It belongs to the task that makes the call: [`recorded`] opens it, [`begin`] writes into it. See `redact` for what stands.

mod redact;

use std::sync::{Arc, Mutex, PoisonError};

use reqwest::{Request, Url, header::CONTENT_TYPE};

use super::NowMs;
pub(super) use redact::Private;

/// The longest line of a request or an answer, in characters.
const LONGEST: usize = 600;
/// A call that needs more exchanges than this is recorded no further.
const MOST: usize = 8;

/// One question and its answer, without numbers, names, texts or secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// When the question went out, UTC milliseconds.
    pub at_ms: i64,
    /// How long the answer took, milliseconds.
    pub took_ms: i64,
    /// The verb, the address and the body, redacted.
    pub request: String,
    /// The HTTP status or SMTP reply code; `None` when no answer came.
    pub status: Option<u16>,
    /// The body of the answer, redacted, or why there was none.
    pub answer: String,
}

struct Log {
    now_ms: NowMs,
    private: Private,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    exchanges: Vec<Exchange>,
    /// Stands for the address of the next request, whose own holds what a person may not read.
    shown: Option<String>,
}

tokio::task_local! {
    static LOG: Arc<Log>;
}

/// Does the work and returns what was exchanged meanwhile, also when the work was cut short.
pub(super) async fn recorded<T>(now_ms: &NowMs, private: Private, work: impl Future<Output = T>) -> (T, Vec<Exchange>) {
    let log = Arc::new(Log { now_ms: Arc::clone(now_ms), private, kept: Mutex::default() });
    let done = LOG.scope(Arc::clone(&log), work).await;
    let exchanges = std::mem::take(&mut log.kept().exchanges);
    (done, exchanges)
}

/// Lets this stand in place of the next request's address: where secrets or numbers are part of it.
pub(super) fn shown_address(address: String) {
    let _ = LOG.try_with(|log| log.kept().shown = Some(address));
}

/// A question that went out. Until it is ended it stands in the log as unanswered.
pub(super) struct Open {
    log: Arc<Log>,
    place: usize,
}

/// Notes that an HTTP request goes out. `None` where nobody keeps a log.
pub(super) fn begin(request: &Request) -> Option<Open> {
    let log = LOG.try_with(Arc::clone).ok()?;
    let shown = log.kept().shown.take();
    let address = shown.unwrap_or_else(|| address(request.url(), &log.private));
    let body = request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default();
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let line = format!("{} {address} {}", request.method(), redact::request(body, kind, &log.private));
    open(log, line.trim_end())
}

/// Notes what a mail server answered to the mail that went out last.
pub(super) fn mail_replied(status: u16, text: &str) {
    let _ = LOG.try_with(|log| {
        let place = log.kept().exchanges.len().checked_sub(1);
        if let Some(place) = place {
            let answer = redact::words(text, &log.private);
            Open { log: Arc::clone(log), place }.end(Some(status), &answer);
        }
    });
}

/// Notes that mail goes to a server.
pub(super) fn begin_mail(server: &str, bytes: usize) -> Option<Open> {
    open(LOG.try_with(Arc::clone).ok()?, &format!("SMTP {server} [a mail of {bytes} bytes]"))
}

fn open(log: Arc<Log>, request: &str) -> Option<Open> {
    let mut kept = log.kept();
    if kept.exchanges.len() >= MOST {
        return None;
    }
    kept.exchanges.push(Exchange {
        at_ms: (log.now_ms)(),
        took_ms: 0,
        request: cut(request),
        status: None,
        answer: "no answer".to_owned(),
    });
    let place = kept.exchanges.len() - 1;
    drop(kept);
    Some(Open { log, place })
}

impl Open {
    /// The answer came, whole.
    pub(super) fn answered(self, status: u16, body: &[u8]) {
        let answer = redact::answer(body, &self.log.private);
        self.end(Some(status), &answer);
    }

    /// The dialogue with a mail server ended without an answer to note, or after one.
    pub(super) fn mail_ended(self, code: &str) {
        let answered = self.log.kept().exchanges.get(self.place).is_some_and(|exchange| exchange.status.is_some());
        if !answered {
            self.failed(None, code);
        }
    }

    /// No whole answer came; `code` is ours.
    pub(super) fn failed(self, status: Option<u16>, code: &str) {
        self.end(status, &format!("no answer: {code}"));
    }

    fn end(self, status: Option<u16>, answer: &str) {
        let now = (self.log.now_ms)();
        if let Some(exchange) = self.log.kept().exchanges.get_mut(self.place) {
            exchange.took_ms = now - exchange.at_ms;
            exchange.status = status;
            exchange.answer = cut(answer);
        }
    }
}

impl Log {
    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Host and path. Of a query only the names stand.
fn address(url: &Url, private: &Private) -> String {
    let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
    let path: Vec<String> =
        url.path_segments().into_iter().flatten().map(|segment| redact::segment(segment, private)).collect();
    let mut shown = format!("{}{port}/{}", url.host_str().unwrap_or_default(), path.join("/"));
    for (index, (name, _)) in url.query_pairs().enumerate() {
        shown.push(if index == 0 { '?' } else { '&' });
        shown.push_str(redact::key(&name, private));
        shown.push_str("=…");
    }
    shown
}

fn cut(text: &str) -> String {
    if text.len() <= LONGEST && text.bytes().all(|b| (b' '..=b'~').contains(&b)) {
        return text.to_owned();
    }
    let mut chars = text.chars();
    let mut line: String = chars.by_ref().take(LONGEST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if chars.next().is_some() {
        line.push('…');
    }
    line
}

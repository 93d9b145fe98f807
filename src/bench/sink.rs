//! The other side of a measurement, a process of its own: a gateway and a mail server that take everything, count it by id, and can
//! be asked.

use super::BenchError;
use crate::clock::Clock;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What it has taken.
#[derive(Default)]
struct Taken {
    times: HashMap<String, u32>,
    /// When each came, microseconds since the sink began.
    at_us: Vec<u64>,
    /// When the first text to a number came, UTC milliseconds.
    first_to: HashMap<String, i64>,
}

#[derive(Clone)]
struct Sink {
    taken: Arc<Mutex<Taken>>,
    clock: Clock,
    began: Instant,
    delay: Duration,
}

/// What the sink says of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Counts {
    /// How often something came.
    pub calls: u64,
    /// How many different ids.
    pub ids: u64,
    /// From the first to the last, seconds.
    pub seconds: f64,
    /// The most that came within any one second.
    pub most_in_a_second: u64,
}

#[derive(Deserialize)]
struct Posted<'a> {
    #[serde(borrow)]
    id: std::borrow::Cow<'a, str>,
    #[serde(borrow, default)]
    to: std::borrow::Cow<'a, str>,
}

impl Sink {
    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, id: &str, to: &str) {
        let at = u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX);
        let mut taken = self.taken();
        *taken.times.entry(id.to_owned()).or_default() += 1;
        taken.at_us.push(at);
        if !to.is_empty() {
            taken.first_to.entry(to.to_owned()).or_insert(self.clock.now_ms());
        }
    }

    fn counts(&self) -> Counts {
        let mut taken = self.taken();
        taken.at_us.sort_unstable();
        let (first, last) = (taken.at_us.first().copied().unwrap_or(0), taken.at_us.last().copied().unwrap_or(0));
        Counts {
            calls: taken.at_us.len() as u64,
            ids: taken.times.len() as u64,
            seconds: (last - first) as f64 / 1e6,
            most_in_a_second: most_within(&taken.at_us, 1_000_000),
        }
    }
}

/// The most of `times` (in order) that lie within any window of this length, its end left out.
fn most_within(times: &[u64], window: u64) -> u64 {
    let mut from = 0;
    let mut most = 0;
    for (index, at) in times.iter().enumerate() {
        while times.get(from).is_some_and(|first| at - first >= window) {
            from += 1;
        }
        most = most.max(index + 1 - from);
    }
    most as u64
}

/// Serves until it is killed. Prints one line when it listens: `sink HTTP-PORT SMTP-PORT`.
pub async fn serve(delay: Duration) -> Result<(), BenchError> {
    let sink = Sink { taken: Arc::default(), clock: Clock::system(), began: Instant::now(), delay };
    let http = TcpListener::bind("127.0.0.1:0").await?;
    let smtp = TcpListener::bind("127.0.0.1:0").await?;
    println!("sink {} {}", http.local_addr()?.port(), smtp.local_addr()?.port());
    let mail = sink.clone();
    tokio::spawn(async move {
        while let Ok((connection, _)) = smtp.accept().await {
            let mail = mail.clone();
            tokio::spawn(async move { drop(take_mail(connection, mail).await) });
        }
    });
    let app = Router::new()
        .route("/messages", post(take_text))
        .route("/messages/{id}", get(look_up))
        .route("/counts", get(async |State(sink): State<Sink>| axum::Json(sink.counts())))
        .route("/first/{to}", get(first))
        .with_state(sink);
    let listener =
        axum::serve::ListenerExt::tap_io(http, |connection: &mut TcpStream| drop(connection.set_nodelay(true)));
    axum::serve(listener, app).await?;
    Ok(())
}

async fn take_text(State(sink): State<Sink>, body: axum::body::Bytes) -> Response {
    let Ok(posted) = serde_json::from_slice::<Posted<'_>>(&body) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    sink.take(&posted.id, &posted.to);
    if !sink.delay.is_zero() {
        tokio::time::sleep(sink.delay).await;
    }
    accepted(&posted.id)
}

async fn look_up(State(sink): State<Sink>, Path(id): Path<String>) -> Response {
    if sink.taken().times.contains_key(&id) {
        return accepted(&id);
    }
    (StatusCode::NOT_FOUND, axum::Json(serde_json::json!({ "code": "not_found" }))).into_response()
}

async fn first(State(sink): State<Sink>, Path(to): Path<String>) -> Response {
    match sink.taken().first_to.get(&to) {
        Some(at) => axum::Json(*at).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The answer of our own form (docs/HTTP-GATEWAY.md).
fn accepted(id: &str) -> Response {
    axum::Json(serde_json::json!({ "id": id, "reference": id, "status": "accepted" })).into_response()
}

/// As much of RFC 5321 as a client needs that sends one mail after the other.
async fn take_mail(connection: TcpStream, sink: Sink) -> std::io::Result<()> {
    connection.set_nodelay(true)?;
    let (read, mut write) = connection.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 sink ESMTP\r\n").await?;
    let mut in_mail = false;
    let mut id = String::new();
    while let Some(line) = lines.next_line().await? {
        if in_mail {
            if line == "." {
                in_mail = false;
                sink.take(&id, "");
                write.write_all(b"250 2.0.0 taken\r\n").await?;
            } else if let Some(found) = line.strip_prefix("Message-ID: ") {
                found.clone_into(&mut id);
            }
            continue;
        }
        let answer: &[u8] = match line.get(..4).map(str::to_ascii_uppercase).as_deref() {
            Some("EHLO") => b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
            Some("DATA") => {
                in_mail = true;
                b"354 go ahead\r\n"
            }
            Some("QUIT") => {
                write.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            _ => b"250 ok\r\n",
        };
        write.write_all(answer).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::most_within;

    #[test]
    fn a_window_counts_what_lies_in_it() {
        assert_eq!(most_within(&[], 10), 0);
        assert_eq!(most_within(&[0, 10, 20], 10), 1, "the end is left out");
        assert_eq!(most_within(&[0, 9, 18, 19, 27, 28], 10), 3);
    }
}

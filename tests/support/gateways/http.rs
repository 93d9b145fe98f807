//! The far side of `between`'s own HTTP form, strict about every header and field.

use std::sync::{Arc, Mutex};

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::{
    Hand,
    fault::{Fault, When},
    hex,
    server::{FakeServer, Reply, Request},
};

pub const KEY: &str = "out-key-0123456789";
pub const BEARER: &str = "bearer-0123456789";

/// A message the gateway took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    pub id: String,
    pub to: String,
    pub text: String,
    pub sender: Option<String>,
}

type Mood = dyn Fn(&str, usize) -> Option<(Fault, When)> + Send + Sync;

/// The fake. It keeps every message it is given, also a second one with the same id: a duplicate must show.
pub struct HttpFake {
    pub server: FakeServer,
    state: Arc<State>,
}

struct State {
    hand: Hand,
    taken: Mutex<Vec<Taken>>,
    tries: Mutex<std::collections::HashMap<String, usize>>,
    refused: Mutex<Vec<String>>,
    mood: Box<Mood>,
}

impl HttpFake {
    /// Misbehaves by the number texted, at every try.
    pub async fn start(hand: &Hand) -> Self {
        Self::with_mood(hand, |to, _| Fault::of_number(to)).await
    }

    /// Misbehaves as `mood` says from the number and how often this message was tried before.
    pub async fn with_mood(
        hand: &Hand,
        mood: impl Fn(&str, usize) -> Option<(Fault, When)> + Send + Sync + 'static,
    ) -> Self {
        let state = Arc::new(State {
            hand: hand.clone(),
            taken: Mutex::default(),
            tries: Mutex::default(),
            refused: Mutex::default(),
            mood: Box::new(mood),
        });
        let inner = Arc::clone(&state);
        let server = FakeServer::start(move |request| inner.answer(request)).await;
        Self { server, state }
    }

    pub fn settings(&self, more: &str) -> String {
        let url = self.server.url("/messages");
        format!(
            "kind = \"http\"\nurl = \"{url}\"\nkey = \"{KEY}\"\nwebhook_key = \"{KEY}\"\nbearer = \"{BEARER}\"\n{more}\n"
        )
    }

    pub fn taken(&self) -> Vec<Taken> {
        self.state.taken.lock().unwrap().clone()
    }

    /// Makes it know a message that another fake of the same provider took.
    pub fn know(&self, taken: Taken) {
        self.state.taken.lock().unwrap().push(taken);
    }

    pub fn taken_of(&self, id: &str) -> usize {
        self.state.taken.lock().unwrap().iter().filter(|t| t.id == id).count()
    }

    /// How often this message was posted.
    pub fn tries_of(&self, id: &str) -> usize {
        self.state.tries.lock().unwrap().get(id).copied().unwrap_or(0)
    }

    /// What it refused as not being in the form: must stay empty.
    pub fn refused(&self) -> Vec<String> {
        self.state.refused.lock().unwrap().clone()
    }
}

impl State {
    fn answer(&self, request: &Request) -> Reply {
        let refuse = |why: &str| {
            self.refused.lock().unwrap().push(why.to_owned());
            Reply::json(400, &json!({"code": "form", "permanent": true}))
        };
        if request.header("authorization") != Some(&format!("Bearer {BEARER}")) {
            return Reply::json(401, &json!({"code": "who_are_you"}));
        }
        let id_asked = request.path.strip_prefix("/messages/");
        let signed = id_asked.map_or(request.body.as_slice(), str::as_bytes);
        if let Err(why) = self.check_signature(request, signed) {
            return refuse(why);
        }
        match (request.method.as_str(), id_asked) {
            ("POST", None) if request.path == "/messages" => self.post(request).unwrap_or_else(refuse),
            ("GET", Some(id)) => match self.taken.lock().unwrap().iter().find(|t| t.id == id) {
                Some(taken) => {
                    Reply::json(200, &json!({"id": format!("p-{id}"), "reference": taken.id, "status": "sent"}))
                }
                None => Reply::json(404, &json!({"code": "not_found"})),
            },
            _ => refuse("path or method"),
        }
    }

    fn check_signature(&self, request: &Request, signed: &[u8]) -> Result<(), &'static str> {
        let timestamp = request.header("x-timestamp").ok_or("no timestamp")?;
        let seconds: i64 = timestamp.parse().map_err(|_| "timestamp is no number")?;
        if (seconds - self.hand.now() / 1_000).abs() > 300 {
            return Err("timestamp outside the window");
        }
        let mut mac = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).unwrap();
        mac.update(format!("{timestamp}.").as_bytes());
        mac.update(signed);
        let expected = hex(mac.finalize().into_bytes());
        (request.header("x-signature") == Some(&expected)).then_some(()).ok_or("signature")
    }

    fn post(&self, request: &Request) -> Result<Reply, &'static str> {
        if request.header("content-type") != Some("application/json") {
            return Err("content type");
        }
        let body: Value = serde_json::from_slice(&request.body).map_err(|_| "no JSON")?;
        let fields = body.as_object().ok_or("no object")?;
        let known = ["id", "to", "text", "sender", "valid_until"];
        if fields.keys().any(|k| !known.contains(&k.as_str())) {
            return Err("unknown field");
        }
        let text = |name| fields.get(name).map(|v| v.as_str().ok_or("not a text")).transpose();
        let (id, to) = (text("id")?.ok_or("no id")?, text("to")?.ok_or("no number")?);
        let until = text("valid_until")?.ok_or("no end")?;
        let until = chrono::DateTime::parse_from_rfc3339(until).map_err(|_| "end is no time")?;
        if until.timestamp_millis() <= self.hand.now() {
            return Ok(Reply::json(400, &json!({"code": "expired"})));
        }
        let taken = Taken {
            id: id.to_owned(),
            to: to.to_owned(),
            text: text("text")?.ok_or("no text")?.to_owned(),
            sender: text("sender")?.map(str::to_owned),
        };
        let before = {
            let mut tries = self.tries.lock().unwrap();
            let count = tries.entry(taken.id.clone()).or_insert(0);
            *count += 1;
            *count - 1
        };
        match to {
            "+447700900301" => {
                return Ok(Reply::json(400, &json!({"code": "bad_number", "permanent": true})));
            }
            "+447700900302" => return Ok(Reply::json(422, &json!({"code": "opted_out"}))),
            "+447700900303" | "+447700900305" => {
                return Ok(Reply::json(422, &json!({"code": "blocked", "permanent": true})));
            }
            "+447700900304" => {
                return Ok(Reply::json(422, &json!({"code": "queue_full", "permanent": false})));
            }
            _ => {}
        }
        let fault = (self.mood)(to, before);
        if let Some((fault, When::BeforeTaking)) = fault {
            return Ok(Reply::Wrong(fault));
        }
        let accepted = json!({"id": format!("p-{}", taken.id), "status": "accepted"});
        self.taken.lock().unwrap().push(taken);
        Ok(match fault {
            Some((fault, When::AfterTaking)) => Reply::Wrong(fault),
            _ => Reply::json(202, &accepted),
        })
    }
}

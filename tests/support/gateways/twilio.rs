//! Twilio's Messages resource as its public documentation describes it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha1::Sha1;

use super::{
    Hand,
    fault::{Fault, When},
    server::{FakeServer, Reply, Request},
};

pub const ACCOUNT: &str = "AC00000000000000000000000000000001";
pub const TOKEN: &str = "auth-token-of-the-account-000001";

/// The fake. It keeps every message, also repeats.
pub struct TwilioFake {
    pub server: FakeServer,
    state: Arc<State>,
}

struct State {
    hand: Hand,
    messages: Mutex<Vec<HashMap<String, String>>>,
    refused: Mutex<Vec<String>>,
}

impl TwilioFake {
    pub async fn start(hand: &Hand) -> Self {
        let state = Arc::new(State { hand: hand.clone(), messages: Mutex::default(), refused: Mutex::default() });
        let inner = Arc::clone(&state);
        let server = FakeServer::start(move |request| inner.answer(request)).await;
        Self { server, state }
    }

    pub fn settings(&self, more: &str) -> String {
        format!(
            "kind = \"twilio\"\naccount_sid = \"{ACCOUNT}\"\nauth_token = \"{TOKEN}\"\nbase_url = \"{}\"\n{more}\n",
            self.server.url("")
        )
    }

    pub fn messages(&self) -> Vec<HashMap<String, String>> {
        self.state.messages.lock().unwrap().clone()
    }

    pub fn refused(&self) -> Vec<String> {
        self.state.refused.lock().unwrap().clone()
    }
}

/// The signature Twilio would put on a form posted to this address.
pub fn signature(token: &str, url: &str, form: &[(&str, &str)]) -> String {
    let mut sorted = form.to_vec();
    sorted.sort_unstable();
    let mut mac = Hmac::<Sha1>::new_from_slice(token.as_bytes()).unwrap();
    mac.update(url.as_bytes());
    for (name, value) in sorted {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    STANDARD.encode(mac.finalize().into_bytes())
}

impl State {
    fn answer(&self, request: &Request) -> Reply {
        let login = STANDARD.encode(format!("{ACCOUNT}:{TOKEN}"));
        if request.header("authorization") != Some(&format!("Basic {login}")) {
            return error(401, 20_003);
        }
        if request.path != format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json") {
            return error(404, 20_404);
        }
        match request.method.as_str() {
            "POST" => self.post(request).unwrap_or_else(|why| {
                self.refused.lock().unwrap().push(why.to_owned());
                error(400, 21_000)
            }),
            "GET" => self.list(&Request::pairs(&request.query)),
            _ => error(405, 20_004),
        }
    }

    fn post(&self, request: &Request) -> Result<Reply, &'static str> {
        if request.header("content-type") != Some("application/x-www-form-urlencoded") {
            return Err("content type");
        }
        let body = std::str::from_utf8(&request.body).map_err(|_| "body is no text")?;
        let mut form: HashMap<_, _> = Request::pairs(body).into_iter().collect();
        let known = ["To", "From", "MessagingServiceSid", "Body", "StatusCallback", "ValidityPeriod"];
        if form.keys().any(|name| !known.contains(&name.as_str())) {
            return Err("unknown field");
        }
        if form.contains_key("From") == form.contains_key("MessagingServiceSid") {
            return Err("either From or MessagingServiceSid");
        }
        let validity = form.get("ValidityPeriod").map_or(Ok(36_000), |v| v.parse::<u32>());
        if !validity.is_ok_and(|v| (1..=36_000).contains(&v)) {
            return Err("ValidityPeriod");
        }
        if !form.get("StatusCallback").is_none_or(|url| url.starts_with("https://")) {
            return Err("StatusCallback");
        }
        let to = form.get("To").ok_or("no To")?.clone();
        match to.as_str() {
            "+447700900301" => return Ok(error(400, 21_211)),
            "+447700900302" => return Ok(error(400, 21_610)),
            "+447700900303" => return Ok(error(400, 21_614)),
            "+447700900304" => return Ok(error(429, 20_429)),
            "+447700900305" => return Ok(error(400, 21_606)),
            _ => {}
        }
        if form.get("Body").is_none_or(|text| text.is_empty() || text.chars().count() > 1_600) {
            return Ok(error(400, 21_617));
        }
        let fault = Fault::of_number(&to);
        if let Some((fault, When::BeforeTaking)) = fault {
            return Ok(Reply::Wrong(fault));
        }
        let mut messages = self.messages.lock().unwrap();
        let at = chrono::DateTime::from_timestamp_millis(self.hand.now()).unwrap();
        form.insert("sid".into(), format!("SM{:032x}", messages.len()));
        form.insert("date_created".into(), at.format("%a, %d %b %Y %H:%M:%S +0000").to_string());
        let described = describe(&form);
        messages.push(form);
        Ok(match fault {
            Some((fault, _)) => Reply::Wrong(fault),
            None => Reply::json(201, &described),
        })
    }

    fn list(&self, query: &[(String, String)]) -> Reply {
        let known = ["To", "From", "DateSent>", "PageSize", "Page"];
        if query.iter().any(|(name, _)| !known.contains(&name.as_str())) {
            return error(400, 20_001);
        }
        let to = query.iter().find(|(n, _)| n == "To").map(|(_, v)| v.as_str());
        let size = query.iter().find(|(n, _)| n == "PageSize").and_then(|(_, v)| v.parse().ok()).unwrap_or(50);
        let messages = self.messages.lock().unwrap();
        let found: Vec<Value> = messages
            .iter()
            .rev()
            .filter(|m| to.is_none_or(|to| m.get("To").is_some_and(|t| t == to)))
            .take(size)
            .map(describe)
            .collect();
        Reply::json(200, &json!({"messages": found, "page": 0, "page_size": 100, "next_page_uri": null}))
    }
}

fn describe(form: &HashMap<String, String>) -> Value {
    json!({
        "sid": form["sid"], "account_sid": ACCOUNT, "to": form["To"], "from": form.get("From"),
        "body": form["Body"].trim(), "status": "queued", "error_code": null, "error_message": null,
        "date_created": form["date_created"], "date_sent": null, "num_segments": "1", "direction": "outbound-api",
    })
}

fn error(status: u16, code: u32) -> Reply {
    Reply::json(status, &json!({"code": code, "message": "refused", "more_info": "", "status": status}))
}

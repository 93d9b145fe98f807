//! GOV.UK Notify's API as its public documentation describes it.

use std::sync::{Arc, Mutex};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::{
    Hand,
    fault::{Fault, When},
    server::{FakeServer, Reply, Request},
};

pub const SERVICE: &str = "26785a09-ab16-4eb0-8407-a37497a57506";
pub const SECRET: &str = "3d844edf-8d35-48ac-975b-e847b4f122b0";
pub const TEMPLATE: &str = "740e5834-3a29-46b4-9a6f-16142fde533a";
pub const CALLBACK: &str = "callback-token-0123456789";

/// The fake. It keeps every message, also repeats.
pub struct GovukNotifyFake {
    pub server: FakeServer,
    state: Arc<State>,
}

struct State {
    hand: Hand,
    messages: Mutex<Vec<Value>>,
    refused: Mutex<Vec<String>>,
}

impl GovukNotifyFake {
    pub async fn start(hand: &Hand) -> Self {
        let state = Arc::new(State { hand: hand.clone(), messages: Mutex::default(), refused: Mutex::default() });
        let inner = Arc::clone(&state);
        let server = FakeServer::start(move |request| inner.answer(request)).await;
        Self { server, state }
    }

    pub fn settings(&self, more: &str) -> String {
        format!(
            "kind = \"govuk_notify\"\napi_key = \"live-{SERVICE}-{SECRET}\"\ntemplate_id = \"{TEMPLATE}\"\n\
             callback_token = \"{CALLBACK}\"\ntwo_way = true\nbase_url = \"{}\"\n{more}\n",
            self.server.url("/")
        )
    }

    pub fn messages(&self) -> Vec<Value> {
        self.state.messages.lock().unwrap().clone()
    }

    pub fn refused(&self) -> Vec<String> {
        self.state.refused.lock().unwrap().clone()
    }
}

impl State {
    fn answer(&self, request: &Request) -> Reply {
        if let Err(why) = self.check_token(request) {
            return error(403, "AuthError", why);
        }
        match (request.method.as_str(), request.path.as_str()) {
            ("POST", "/v2/notifications/sms") => self.post(request).unwrap_or_else(|why| {
                self.refused.lock().unwrap().push(why.to_owned());
                error(400, "ValidationError", why)
            }),
            ("GET", "/v2/notifications") => self.list(&Request::pairs(&request.query)),
            _ => error(404, "NoResultFound", "No result found"),
        }
    }

    fn check_token(&self, request: &Request) -> Result<(), &'static str> {
        let token = request.header("authorization").and_then(|h| h.strip_prefix("Bearer ")).ok_or("no token")?;
        let (signed, signature) = token.rsplit_once('.').ok_or("no signature")?;
        let (head, claims) = signed.split_once('.').ok_or("no claims")?;
        let read = |part: &str| -> Result<Value, &'static str> {
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).map_err(|_| "base64")?).map_err(|_| "json")
        };
        let (head, claims) = (read(head)?, read(claims)?);
        if head != json!({"typ": "JWT", "alg": "HS256"}) {
            return Err("header");
        }
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(signed.as_bytes());
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| "base64")?;
        mac.verify_slice(&signature).map_err(|_| "Invalid token: signature")?;
        let fields = claims.as_object().ok_or("claims")?;
        if fields.len() != 2 || claims["iss"] != SERVICE {
            return Err("Invalid token: service not found");
        }
        let issued = claims["iat"].as_i64().ok_or("iat")?;
        if (issued - self.hand.now() / 1_000).abs() > 30 {
            return Err("Error: Your system clock must be accurate to within 30 seconds");
        }
        Ok(())
    }

    fn post(&self, request: &Request) -> Result<Reply, &'static str> {
        if request.header("content-type") != Some("application/json") {
            return Err("content type");
        }
        let body: Value = serde_json::from_slice(&request.body).map_err(|_| "Invalid JSON supplied in POST data")?;
        let known = ["phone_number", "template_id", "personalisation", "reference", "sms_sender_id"];
        if body.as_object().ok_or("no object")?.keys().any(|k| !known.contains(&k.as_str())) {
            return Err("Additional properties are not allowed");
        }
        if body["template_id"] != TEMPLATE {
            return Ok(error(400, "BadRequestError", "Template not found"));
        }
        let text = body["personalisation"]["body"].as_str().ok_or("Missing personalisation: body")?;
        let to = body["phone_number"].as_str().ok_or("phone_number is a required property")?;
        let reference = body["reference"].as_str().ok_or("reference")?;
        match to {
            "+447700900301" => {
                return Ok(error(400, "ValidationError", "phone_number Not enough digits"));
            }
            "+447700900302" => {
                return Ok(error(400, "BadRequestError", "Cannot send to this recipient"));
            }
            "+447700900303" => {
                return Ok(error(429, "TooManyRequestsError", "Exceeded send limits"));
            }
            "+447700900304" => return Ok(error(429, "RateLimitError", "Exceeded rate limit")),
            _ => {}
        }
        if text.chars().count() > 918 {
            return Err("Text messages cannot be longer than 918 characters");
        }
        let fault = Fault::of_number(to);
        if let Some((fault, When::BeforeTaking)) = fault {
            return Ok(Reply::Wrong(fault));
        }
        let mut messages = self.messages.lock().unwrap();
        let id = format!("{:08x}-3a29-46b4-9a6f-16142fde533a", messages.len());
        let message = json!({
            "id": id, "reference": reference, "phone_number": to, "type": "sms", "status": "sending", "body": text,
            "sms_sender_id": body.get("sms_sender_id"),
        });
        messages.push(message);
        Ok(match fault {
            Some((fault, _)) => Reply::Wrong(fault),
            None => Reply::json(
                201,
                &json!({"id": id, "reference": reference, "content": {"body": text, "from_number": "GOVUK"},
                    "uri": "", "template": {"id": TEMPLATE, "version": 1, "uri": ""}, "scheduled_for": null}),
            ),
        })
    }

    fn list(&self, query: &[(String, String)]) -> Reply {
        if query.iter().any(|(n, _)| !["reference", "template_type", "status", "older_than"].contains(&n.as_str())) {
            return error(400, "ValidationError", "Additional properties are not allowed");
        }
        let reference = query.iter().find(|(n, _)| n == "reference").map_or("", |(_, v)| v);
        let messages = self.messages.lock().unwrap();
        let found: Vec<_> = messages.iter().filter(|m| m["reference"] == reference).collect();
        Reply::json(200, &json!({"notifications": found, "links": {"current": ""}}))
    }
}

fn error(status: u16, kind: &str, message: &str) -> Reply {
    Reply::json(status, &json!({"status_code": status, "errors": [{"error": kind, "message": message}]}))
}

//! NHS Notify and the token endpoint of the NHS API platform, as their public specifications describe them.

use std::{
    collections::HashSet,
    path::PathBuf,
    process::Command,
    sync::{Arc, Mutex},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{RSA_PKCS1_2048_8192_SHA512, UnparsedPublicKey};
use serde_json::{Value, json};

use super::{
    Hand,
    fault::{Fault, When},
    server::{FakeServer, Reply, Request},
};

pub const API_KEY: &str = "api-key-of-the-application";
pub const CALLBACK_KEY: &str = "callback-key-0123456789";
pub const APPLICATION: &str = "application-1";

/// The fake. It acts on a reference once, as the original does.
pub struct NhsNotifyFake {
    pub server: FakeServer,
    dir: tempfile::TempDir,
    state: Arc<State>,
}

struct State {
    hand: Hand,
    public_key: Vec<u8>,
    own_url: Mutex<String>,
    tokens: Mutex<Vec<(String, i64)>>,
    used: Mutex<HashSet<String>>,
    messages: Mutex<Vec<Value>>,
    refused: Mutex<Vec<String>>,
}

impl NhsNotifyFake {
    pub async fn start(hand: &Hand) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let run = |arguments: &str| {
            let done = Command::new("openssl").current_dir(dir.path()).args(arguments.split(' ')).output().unwrap();
            assert!(done.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&done.stderr));
        };
        run("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key.pem");
        run("rsa -in key.pem -RSAPublicKey_out -outform DER -out public.der");
        let state = Arc::new(State {
            hand: hand.clone(),
            public_key: std::fs::read(dir.path().join("public.der")).unwrap(),
            own_url: Mutex::default(),
            tokens: Mutex::default(),
            used: Mutex::default(),
            messages: Mutex::default(),
            refused: Mutex::default(),
        });
        let inner = Arc::clone(&state);
        let server = FakeServer::start(move |request| inner.answer(request)).await;
        *state.own_url.lock().unwrap() = server.url("/oauth2/token");
        Self { server, dir, state }
    }

    pub fn key_file(&self) -> PathBuf {
        self.dir.path().join("key.pem")
    }

    pub fn settings(&self, more: &str) -> String {
        format!(
            "kind = \"nhs_notify\"\napi_key = \"{API_KEY}\"\nkey_id = \"test-1\"\nprivate_key_file = {:?}\n\
             application_id = \"{APPLICATION}\"\ncallback_key = \"{CALLBACK_KEY}\"\nbase_url = \"{}\"\n\
             token_url = \"{}\"\npolicy = {{ safety_gateway = \"spare\" }}\n{more}\n",
            self.key_file().display().to_string(),
            self.server.url("/comms"),
            self.server.url("/oauth2/token"),
        )
    }

    pub fn messages(&self) -> Vec<Value> {
        self.state.messages.lock().unwrap().clone()
    }

    pub fn refused(&self) -> Vec<String> {
        self.state.refused.lock().unwrap().clone()
    }

    pub fn tokens_given(&self) -> usize {
        self.state.used.lock().unwrap().len()
    }

    /// Makes every token given so far worthless.
    pub fn withdraw_tokens(&self) {
        self.state.tokens.lock().unwrap().clear();
    }
}

impl State {
    fn answer(&self, request: &Request) -> Reply {
        match (request.method.as_str(), request.path.as_str()) {
            ("POST", "/oauth2/token") => self.token(request).unwrap_or_else(|why| {
                self.refused.lock().unwrap().push(why.to_owned());
                Reply::json(400, &json!({"error": "invalid_request", "error_description": why}))
            }),
            ("POST", "/comms/v1/messages") => self.message(request),
            _ => error(404, "CM_NOT_FOUND", ""),
        }
    }

    fn token(&self, request: &Request) -> Result<Reply, &'static str> {
        if request.header("content-type") != Some("application/x-www-form-urlencoded") {
            return Err("content type");
        }
        let form = Request::pairs(std::str::from_utf8(&request.body).map_err(|_| "body")?);
        let get = |name: &str| form.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str());
        if get("grant_type") != "client_credentials"
            || get("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        {
            return Err("grant");
        }
        let (signed, signature) = get("client_assertion").rsplit_once('.').ok_or("no assertion")?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| "base64")?;
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA512, &self.public_key)
            .verify(signed.as_bytes(), &signature)
            .map_err(|_| "signature")?;
        let (head, claims) = signed.split_once('.').ok_or("no claims")?;
        let read = |part: &str| -> Result<Value, &'static str> {
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).map_err(|_| "base64")?).map_err(|_| "json")
        };
        if read(head)? != json!({"typ": "JWT", "alg": "RS512", "kid": "test-1"}) {
            return Err("header");
        }
        let claims = read(claims)?;
        let now = self.hand.now() / 1_000;
        let lifetime = claims["exp"].as_i64().ok_or("exp")? - now;
        if !(1..=300).contains(&lifetime) {
            return Err("exp more than five minutes away");
        }
        if claims["iss"] != API_KEY || claims["sub"] != API_KEY || claims["aud"] != *self.own_url.lock().unwrap() {
            return Err("iss, sub or aud");
        }
        let id = claims["jti"].as_str().filter(|id| id.len() >= 16).ok_or("jti")?;
        if !self.used.lock().unwrap().insert(id.to_owned()) {
            return Err("jti used before");
        }
        let token = format!("token-{id}");
        self.tokens.lock().unwrap().push((token.clone(), self.hand.now() + 599_000));
        Ok(Reply::json(200, &json!({"access_token": token, "expires_in": "599", "token_type": "Bearer"})))
    }

    fn message(&self, request: &Request) -> Reply {
        let token = request.header("authorization").and_then(|h| h.strip_prefix("Bearer ")).unwrap_or("");
        let now = self.hand.now();
        if !self.tokens.lock().unwrap().iter().any(|(t, until)| t == token && now < *until) {
            return error(401, "CM_DENIED", "");
        }
        if request.header("content-type") != Some("application/vnd.api+json") {
            return error(415, "CM_UNSUPPORTED_MEDIA", "");
        }
        if request.header("accept") != Some("application/vnd.api+json") {
            return error(406, "CM_NOT_ACCEPTABLE", "");
        }
        self.create(request).unwrap_or_else(|(code, pointer)| {
            self.refused.lock().unwrap().push(format!("{code} {pointer}"));
            error(400, code, pointer)
        })
    }

    fn create(&self, request: &Request) -> Result<Reply, (&'static str, &'static str)> {
        let body: Value = serde_json::from_slice(&request.body).map_err(|_| ("CM_INVALID_VALUE", "/"))?;
        let only = |value: &Value, known: &[&str], pointer: &'static str| {
            let fields = value.as_object().ok_or(("CM_MISSING_VALUE", pointer))?;
            let all_known = fields.keys().all(|k| known.contains(&k.as_str()));
            all_known.then_some(()).ok_or(("CM_INVALID_VALUE", pointer))
        };
        only(&body, &["data"], "/")?;
        only(&body["data"], &["type", "attributes"], "/data")?;
        let attributes = &body["data"]["attributes"];
        let known = ["routingPlanId", "messageReference", "recipient", "originator", "personalisation"];
        only(attributes, &known, "/data/attributes")?;
        let recipient = &attributes["recipient"];
        only(recipient, &["nhsNumber", "contactDetails"], "/data/attributes/recipient")?;
        let missing = ("CM_MISSING_VALUE", "/data/attributes/messageReference");
        let reference = attributes["messageReference"].as_str().ok_or(missing)?;
        let expected: &[&str] = match attributes["routingPlanId"].as_str().and_then(|id| id.rsplit('0').next()) {
            Some("1") => &["body"],
            Some("2") => &["email_subject", "email_body"],
            Some("3") => &["sms_body"],
            Some("4" | "5") => &["nhsapp_body", "email_subject", "email_body"],
            Some("6" | "7") => &["nhsapp_body", "sms_body"],
            _ => {
                return Ok(error(404, "CM_NO_SUCH_ROUTING_PLAN", "/data/attributes/routingPlanId"));
            }
        };
        only(&attributes["personalisation"], expected, "/data/attributes/personalisation")?;
        if expected.iter().any(|name| attributes["personalisation"][name].as_str().is_none_or(str::is_empty)) {
            return Err(("CM_MISSING_VALUE", "/data/attributes/personalisation"));
        }
        let number = recipient["nhsNumber"].as_str();
        if number.is_some_and(|n| n == "0000000000" || n.len() != 10 || !n.bytes().all(|b| b.is_ascii_digit())) {
            return Ok(error(400, "CM_INVALID_NHS_NUMBER", "/data/attributes/recipient/nhsNumber"));
        }
        let details = &recipient["contactDetails"];
        let to = details["sms"].as_str().or(details["email"].as_str()).or(number).unwrap_or("");
        match to {
            "+447700900301" => {
                return Ok(error(400, "CM_INVALID_VALUE", "/data/attributes/recipient/contactDetails/sms"));
            }
            "+447700900302" => {
                return Ok(error(400, "CM_CANNOT_SET_CONTACT_DETAILS", "/data/attributes/recipient/contactDetails"));
            }
            "" => return Err(("CM_MISSING_VALUE", "/data/attributes/recipient/nhsNumber")),
            _ => {}
        }
        let mut messages = self.messages.lock().unwrap();
        let before = messages.iter().filter(|m| m["messageReference"] == reference).count();
        if before > 0 {
            return Ok(error(422, "CM_DUPLICATE_REQUEST", "/data/attributes/messageReference"));
        }
        let fault = Fault::of_number(to);
        if let Some((fault, When::BeforeTaking)) = fault {
            return Ok(Reply::Wrong(fault));
        }
        messages.push(attributes.clone());
        let created = json!({"data": {"type": "Message", "id": format!("2WL3qFTEFM0qMY8xjRbt1LI{:04}", messages.len()),
            "attributes": {"messageReference": reference, "messageStatus": "created",
                "timestamps": {"created": "2027-03-01T12:00:00.000Z"}, "routingPlan": {}},
            "links": {"self": ""}}});
        Ok(match fault {
            Some((fault, _)) => Reply::Wrong(fault),
            None => Reply::Text(201, "application/vnd.api+json", created.to_string()),
        })
    }
}

fn error(status: u16, code: &str, pointer: &str) -> Reply {
    let body = json!({"errors": [{"id": "rrt-1", "code": code, "status": status.to_string(), "title": "",
        "detail": "", "links": {"about": ""}, "source": {"pointer": pointer}}]});
    Reply::Text(status, "application/vnd.api+json", body.to_string())
}

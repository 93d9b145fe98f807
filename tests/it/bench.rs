//! The parts of `between bench` that run as processes of their own, as a comparison beside other programs starts them.

use crate::app::{On, fresh_database};
use crate::on_both;
use between::store::{Db, due, inbox};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

fn bench(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_between"));
    command.arg("bench").args(arguments).env_remove("DATABASE_URL").stdin(Stdio::null());
    command
}

fn printed(arguments: &[&str]) -> Value {
    let done = bench(arguments).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let text = String::from_utf8(done.stdout).unwrap();
    assert_eq!(text.lines().count(), 1, "one line: {text}");
    serde_json::from_str(&text).unwrap()
}

/// A process that listens and says where: the second word of its first line.
struct Listening {
    child: Child,
    port: u16,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn listening(arguments: &[&str]) -> Listening {
    let mut child = bench(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    between::gateways::install_tls_provider();
    let port = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    Listening { child, port }
}

on_both! {
    async fn dispatch_makes_and_sends_its_messages_once_each(on) {
        let (url, _folder) = fresh_database(on).await?;
        assert_eq!(printed(&["dispatch", "--database", &url, "--enqueue", "250"])["enqueued"], 250);
        assert_eq!(printed(&["dispatch", "--database", &url, "--enqueue", "250"])["enqueued"], 0, "they are there");
        let sink = listening(&["sink"]);
        let address = format!("http://127.0.0.1:{}/messages", sink.port);
        let work = ["dispatch", "--database", &url, "--work", "--sink", &address, "--in-flight", "32"];
        let done = printed(&work);
        assert_eq!(done["n"], 250);
        assert!(done["secs"].as_f64().unwrap() > 0.0 && done["per_s"].as_f64().unwrap() > 0.0);
        let counts: Value = reqwest::get(format!("http://127.0.0.1:{}/counts", sink.port)).await.unwrap().json().await.unwrap();
        assert_eq!((counts["calls"].as_u64(), counts["ids"].as_u64()), (Some(250), Some(250)), "each once");
        for id in ["0", "249"] {
            let asked = reqwest::get(format!("{address}/{id}")).await.unwrap();
            assert!(asked.status().is_success(), "the ids count from 0");
        }
        let db = Db::open(&url).await.unwrap();
        assert_eq!(due::backlog(&db, i64::MAX).await.unwrap().due, 0, "every outcome is recorded");
        assert_eq!(printed(&work)["n"], 0, "nothing is sent again");
    }

    async fn inbound_stores_what_is_signed_and_nothing_else(on) {
        let (url, _folder) = fresh_database(on).await?;
        let secret = "a-secret-of-the-comparison";
        let server = listening(&["inbound", "--database", &url, "--port", "0", "--secret", secret]);
        let hook = format!("http://127.0.0.1:{}/hook", server.port);
        let client = reqwest::Client::new();
        let body = r#"{"id":"7","from":"+447700900001","to":"+447700900000","text":"4 days","at":"2027-01-04T10:00:00Z"}"#;
        let signature = hex(secret, body);
        let post = async |signature: &str| {
            client.post(&hook).header("x-signature", signature).body(body).send().await.unwrap().status().as_u16()
        };
        assert_eq!(post(&hex("another", body)).await, 403);
        assert_eq!(post(&signature).await, 200);
        assert_eq!(post(&signature).await, 200, "a replay is harmless");
        let elsewhere = hook.replace("/hook", "/webhooks/bench");
        assert_eq!(client.post(&elsewhere).body(body).send().await.unwrap().status().as_u16(), 404);
        let db = Db::open(&url).await.unwrap();
        assert_eq!(inbox::backlog(&db).await.unwrap().0, 1, "stored once");
    }
}

fn hex(key: &str, body: &str) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    between::gateways::to_hex(&mac.finalize().into_bytes())
}

//! R12: the program on a small machine: 64 open files, one core, little memory.

use super::kills::until_it_answers;
use super::rig::{WEBHOOK_KEY, gateway, inbound, post};
use super::workers::reminders_for;
use crate::app::{On, TestApp, full_size};
use crate::fake_gateways::Hand;
use crate::fake_gateways::http::HttpFake;
use crate::on_both;
use crate::scenarios::kit::{all_out, count, execute};
use between::clock::Clock;
use std::process::{Command, Stdio};
use std::time::Duration;

/// The most memory it ever had, in MiB.
fn most_memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

on_both! {
    async fn r12_sends_and_receives_with_64_files_one_core_and_128_mebibytes(on) {
        let clock = Clock::system();
        let fake = HttpFake::with_mood(&Hand::of(&clock), |_, _| None).await;
        let around = "[practice.window]\ndays = \"Mon-Sun\"\nfrom = \"00:00\"\nto = \"23:59\"\n[practice.limits]\nsegments_per_day = 0\n";
        // As many calls at once as a gateway has by default.
        let own = gateway(&fake).replace("timeout_seconds = 1", "timeout_seconds = 10").replace("in_flight = 64", "in_flight = 8");
        let settings = format!("{own}{around}");
        let app = TestApp::start_on(on, clock, &settings).await?;
        let many = if full_size() { 5_000 } else { 400 };
        reminders_for(&app, many, app.now() + 30 * 3_600_000).await;
        execute(&app.engine.db, format!("UPDATE due SET due_at = {}", app.now())).await;
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &settings).unwrap();
        let log = tempfile::NamedTempFile::new().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let line = format!(
            "ulimit -n 64; exec taskset -c 0 {} --config {} serve --listen 127.0.0.1:{port}",
            env!("CARGO_BIN_EXE_between"),
            file.path().display()
        );
        let mut child = Command::new("bash")
            .args(["-c", &line])
            .env("DATABASE_URL", &app.url)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log.reopen().unwrap())
            .spawn()
            .unwrap();
        until_it_answers(port).await;
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).pool_max_idle_per_host(8).build().unwrap();
        let url = format!("http://127.0.0.1:{port}");
        let poster = async |from: usize| {
            for number in (from..many).step_by(8) {
                let body = inbound(&format!("in-{number}"), &format!("+4477009{:05}", 50_000 + number), "thanks");
                while post(&client, &url, WEBHOOK_KEY, &body, Clock::system().now_ms()).await != 200 {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        };
        futures_util::future::join_all((0..8).map(poster)).await;
        for _ in 0..3_000 {
            let waiting = between::store::due::backlog(&app.engine.db, i64::MAX / 2).await.unwrap().due;
            if waiting == 0 && count(&app.engine.db, "inbox").await == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let memory = most_memory(child.id());
        child.kill().unwrap();
        child.wait().unwrap();
        let said = std::fs::read_to_string(log.path()).unwrap();
        assert!(!said.contains("panicked"), "{said}");
        let rows = all_out(&app).await;
        let accepted = rows.iter().filter(|m| m.template == "appointment_reminder" && m.status == "accepted").count();
        assert_eq!(accepted, many);
        assert_eq!(count(&app.engine.db, "message WHERE direction = 'in' AND status <> 'received'").await, many as i64);
        println!("{many} each way: {memory} MiB");
        assert!(memory <= 128, "{memory} MiB");
    }
}

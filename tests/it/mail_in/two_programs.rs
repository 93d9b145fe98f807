//! R18 with the program itself: two of them at one mailbox, one killed now and then. Each mail is recorded once.

use super::kit::{Office, settings, stray};
use crate::app::{On, full_size};
use crate::fake_gateways::dovecot::Dovecot;
use crate::on_both;
use crate::scenarios::kit::execute;
use between::worker;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

fn serve(office: &Office, config: &std::path::Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_between"))
        .arg("--config")
        .arg(config)
        .args(["serve", "--role", "worker"])
        .env("DATABASE_URL", &office.app.url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Looks often: a program is to be killed between keeping a mail and putting it aside.
async fn until(office: &Office, count: usize) {
    for _ in 0..60_000 {
        if office.received().await.len() >= count {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    panic!("{} of {count} mails were read: {:?}", office.received().await.len(), office.mailbox().await);
}

on_both! {
    async fn r18_two_programs_at_one_mailbox_one_of_them_killed_record_each_mail_once(on) {
        let Some(dovecot) = Dovecot::start(&["answers"]) else { return Some(()) };
        let more = "handled_folder = \"Done\"\npoll_seconds = 10\n";
        let office = Office::open(on, "answers", dovecot.port, more).await?;
        let config = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(config.path(), settings(&office.smtp, "answers", "127.0.0.1", dovecot.port, "none", more)).unwrap();
        let (rounds, mails) = if full_size() { (12, 500) } else { (4, 40) };
        let mut programs = [serve(&office, config.path()), serve(&office, config.path())];
        for round in 0..rounds {
            for number in 0..mails {
                dovecot.deliver("answers", &stray(round * mails + number));
            }
            // In the middle of it both are killed, whichever reads.
            until(&office, round * mails + 1).await;
            for victim in &mut programs {
                victim.kill().unwrap();
                victim.wait().unwrap();
            }
            // Those that come after see that whoever had the mailbox is dead, and wait for no claim to end.
            let began = std::time::Instant::now();
            programs = [serve(&office, config.path()), serve(&office, config.path())];
            until(&office, (round + 1) * mails).await;
            assert!(began.elapsed() < Duration::from_secs(100), "{:?}", began.elapsed());
        }
        for program in &mut programs {
            program.kill().unwrap();
            program.wait().unwrap();
        }
        worker::settle_now(&office.app.engine).await.unwrap();
        let mut received = office.received().await;
        received.sort();
        let before = received.len();
        received.dedup();
        assert_eq!((before, received.len()), (rounds * mails, rounds * mails), "each once");
        execute(&office.app.engine.db, "UPDATE mailbox SET lease_until = 0, retry_at = 0".to_owned()).await;
        // What was kept and not yet put aside by the one killed is put aside by the next look.
        office.fetch().await;
        assert_eq!(office.received().await.len(), rounds * mails);
        assert!(dovecot.mails("answers", "").is_empty());
        assert_eq!(dovecot.mails("answers", "Done").len(), rounds * mails, "moved, and nothing deleted");
    }
}

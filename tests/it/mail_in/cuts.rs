//! The connection is cut at each command, in three ways: nothing is lost and nothing doubled.

use super::kit::{Office, stray};
use crate::app::On;
use crate::fake_gateways::cutter::{Cut, Cutter};
use crate::fake_gateways::dovecot::Dovecot;

/// Three mails; the connection is cut at command `at`. Returns how many commands there were.
async fn cut_at(server: &Dovecot, account: &str, at: usize, cut: Cut, more: &str) -> usize {
    let cutter = Cutter::start(server.port, at, cut).await;
    let office = Office::open(On::Sqlite, account, cutter.addr.port(), more).await.unwrap();
    for number in 0..3 {
        server.deliver(account, &stray(number));
    }
    office.fetch().await;
    let place = format!("{cut:?} at {at}");
    let expected = [0, 1, 2].map(|number| format!("for_staff unknown_sender stray {number}"));
    assert_eq!(office.received().await, expected, "{place}");
    let mailbox = office.mailbox().await;
    assert_eq!((mailbox.fault.as_str(), mailbox.failures), ("", 0), "{place}");
    cutter.commands()
}

/// Cuts at each command in turn; afterwards the mails stand in `folder`, each once.
async fn cut_everywhere(more: &str, folder: &str) {
    let accounts: Vec<String> = (0..100).map(|n| format!("box{n}")).collect();
    let names: Vec<&str> = accounts.iter().map(String::as_str).collect();
    let Some(server) = Dovecot::start(&names) else { return };
    let mut fresh = names.iter();
    for cut in [Cut::Before, Cut::Unanswered, Cut::InTheAnswer] {
        for at in 1.. {
            let account = fresh.next().expect("an account for each cut");
            let commands = cut_at(&server, account, at, cut, more).await;
            let kept = server.mails(account, folder);
            assert_eq!(kept.len(), 3, "{cut:?} at {at}: nothing is deleted or copied twice");
            assert!(!folder.is_empty() || kept.iter().all(|(_, seen)| *seen), "{cut:?} at {at}");
            if at > commands {
                assert!(at > 6, "{at}: the cut was met at each command");
                break;
            }
        }
    }
}

#[tokio::test]
async fn r18_a_connection_cut_at_any_command_loses_and_doubles_nothing() {
    cut_everywhere("handled_folder = \"Done\"", "Done").await;
}

#[tokio::test]
async fn r18_a_connection_cut_at_any_command_loses_nothing_where_mails_are_only_marked() {
    cut_everywhere("", "").await;
}

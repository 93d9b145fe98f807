//! Why, by code and by words.

use std::sync::LazyLock;

use crate::domain::email::automatic::is_machine;
use crate::domain::email::fields::Mailbox;
use crate::domain::email::model::BounceReason;
use crate::domain::email::own_words::fold;

static PHRASES: LazyLock<Vec<(BounceReason, &str)>> = LazyLock::new(|| {
    let mut reason = BounceReason::Unknown;
    let mut phrases = Vec::new();
    for line in include_str!("phrases.txt")
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
    {
        match line
            .strip_prefix('[')
            .and_then(|line| line.strip_suffix(']'))
        {
            Some(name) => reason = reason_named(name),
            None => phrases.push((reason, line)),
        }
    }
    phrases
});

static SUBJECTS: LazyLock<Vec<&str>> = LazyLock::new(|| list(include_str!("subjects.txt")));
static DELAYS: LazyLock<Vec<&str>> = LazyLock::new(|| list(include_str!("delays.txt")));

fn list(file: &'static str) -> Vec<&'static str> {
    file.lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .collect()
}

fn reason_named(name: &str) -> BounceReason {
    match name {
        "unknown_user" => BounceReason::UnknownUser,
        "unknown_host" => BounceReason::UnknownHost,
        "disabled" => BounceReason::Disabled,
        "mailbox_full" => BounceReason::MailboxFull,
        "too_large" => BounceReason::TooLarge,
        "policy" => BounceReason::Policy,
        "content" => BounceReason::Content,
        "network" => BounceReason::Network,
        "system" => BounceReason::System,
        "protocol" => BounceReason::Protocol,
        _ => BounceReason::Unknown,
    }
}

/// How much of a report is compared with the phrases.
const LOOK_AT: usize = 6_000;

/// A failure told in words. A named cause wins over "could not be delivered".
pub(super) fn failure(text: &str) -> Option<BounceReason> {
    let folded = fold(
        text.get(..text.floor_char_boundary(LOOK_AT))
            .unwrap_or_default(),
    );
    let mut found = None;
    for (reason, phrase) in PHRASES.iter() {
        if folded.contains(phrase) {
            if *reason != BounceReason::Unknown {
                return Some(*reason);
            }
            found = Some(*reason);
        }
    }
    found
}

/// A subject by which mail systems report failures or delays.
pub(super) fn is_failure_subject(subject: &str) -> bool {
    let folded = fold(subject);
    let answer = ["re:", "aw:", "sv:", "odp:"]
        .iter()
        .any(|prefix| folded.starts_with(prefix));
    !answer && SUBJECTS.iter().any(|phrase| folded.contains(phrase))
}

/// The message still waits.
pub(super) fn is_delay(subject: &str, report: &str) -> bool {
    let report = fold(
        report
            .get(..report.floor_char_boundary(LOOK_AT))
            .unwrap_or_default(),
    );
    let subject = fold(subject);
    DELAYS
        .iter()
        .any(|phrase| report.contains(phrase) || subject.contains(phrase))
}

/// Mail systems by their address or name.
pub(super) fn is_daemon(from: &Mailbox) -> bool {
    let local = from.address.split('@').next().unwrap_or_default();
    let name = from.name.as_deref().map(fold).unwrap_or_default();
    let by_address = (is_machine(&from.address) && !local.contains("notification"))
        || [
            "mail-deliver",
            "mailer",
            "maildelivery",
            "mdaemon",
            "delivery",
            "mail-system",
            "root",
        ]
        .iter()
        .any(|word| local.starts_with(word));
    by_address
        || [
            "mail delivery",
            "mail system",
            "delivery system",
            "mailer-daemon",
            "delivery subsystem",
            "mail administrator",
            "postmaster",
            "microsoft outlook",
            "microsoft exchange",
            "system administrator",
            "mail router",
            "internet mail",
            "e-mail system",
        ]
        .iter()
        .any(|word| name.contains(word))
}

/// The cause: a telling code first, then the words, then what the reply code suggests.
pub(super) fn decide(
    status: Option<&str>,
    smtp: Option<u16>,
    told: Option<BounceReason>,
) -> BounceReason {
    let by_code = status.and_then(by_status);
    let told_cause = told.filter(|reason| *reason != BounceReason::Unknown);
    match (by_code, told_cause) {
        // Servers file nearly everything under 5.7.1 and 5.1.1 under rules of their own; full is full.
        (
            Some(BounceReason::Policy | BounceReason::System | BounceReason::Protocol),
            Some(told),
        ) => told,
        (Some(reason), _) => reason,
        (None, Some(told)) => told,
        (None, None) => smtp.map_or(BounceReason::Unknown, by_reply),
    }
}

/// RFC 3463 by class of subject and detail.
fn by_status(status: &str) -> Option<BounceReason> {
    let mut parts = status.split('.').skip(1);
    let subject = parts.next()?;
    let detail: u16 = parts.next()?.parse().ok()?;
    Some(match (subject, detail) {
        ("1", 2 | 8 | 10) => BounceReason::UnknownHost,
        ("1", 7) => BounceReason::Policy,
        ("1", 1 | 3 | 4 | 0) => BounceReason::UnknownUser,
        ("1", 6) | ("2", 1) => BounceReason::Disabled,
        ("2", 2) => BounceReason::MailboxFull,
        ("2", 3) | ("3", 4) => BounceReason::TooLarge,
        ("3", _) => BounceReason::System,
        ("4", 4) => BounceReason::UnknownHost,
        ("4", _) => BounceReason::Network,
        ("5", _) => BounceReason::Protocol,
        ("6", _) => BounceReason::Content,
        ("7", _) => BounceReason::Policy,
        _ => return None,
    })
}

fn by_reply(code: u16) -> BounceReason {
    match code {
        550 | 551 | 553 => BounceReason::UnknownUser,
        452 | 552 => BounceReason::MailboxFull,
        523 => BounceReason::TooLarge,
        421 | 441 | 442 | 446 | 447 | 449 => BounceReason::Network,
        450 | 451 | 471 => BounceReason::System,
        500..=504 => BounceReason::Protocol,
        530..=538 | 541 | 554 | 571 | 572 => BounceReason::Policy,
        510 | 511 => BounceReason::UnknownUser,
        512 => BounceReason::UnknownHost,
        _ => BounceReason::Unknown,
    }
}

/// A status for a report that names none: the class by the reply code or by the cause, the rest by the cause.
pub(super) fn status_for(smtp: Option<u16>, reason: BounceReason, delayed: bool) -> Option<String> {
    if smtp.is_none() && reason == BounceReason::Unknown && !delayed {
        return None;
    }
    let waits = matches!(reason, BounceReason::Network | BounceReason::System);
    let class = match smtp {
        Some(code) if code < 500 => 4,
        Some(_) => 5,
        None if delayed || waits => 4,
        None => 5,
    };
    let rest = match reason {
        BounceReason::UnknownUser => "1.1",
        BounceReason::UnknownHost => "1.2",
        BounceReason::Disabled => "2.1",
        BounceReason::MailboxFull => "2.2",
        BounceReason::TooLarge => "3.4",
        BounceReason::Policy => "7.1",
        BounceReason::Content => "6.0",
        BounceReason::Network => "4.1",
        BounceReason::System => "3.0",
        BounceReason::Protocol => "5.0",
        BounceReason::Unknown => "0.0",
    };
    Some(format!("{class}.{rest}"))
}

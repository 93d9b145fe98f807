//! Why, by code and by words.

use std::sync::LazyLock;

use crate::domain::email::fields::Mailbox;
use crate::domain::email::model::BounceReason;
use crate::domain::email::own_words::fold;
use crate::domain::email::phrase_set::{PhraseSet, lines, set};

/// The phrases and the cause of each, in the order in which causes win.
static PHRASES: LazyLock<(PhraseSet, Vec<BounceReason>)> = LazyLock::new(|| {
    let mut reason = BounceReason::Unknown;
    let mut phrases = Vec::new();
    let mut reasons = Vec::new();
    for line in lines(include_str!("phrases.txt")) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            reason = reason_named(name);
        } else {
            phrases.push(line);
            reasons.push(reason);
        }
    }
    (PhraseSet::new(phrases), reasons)
});

static SUBJECTS: LazyLock<PhraseSet> = LazyLock::new(|| set(include_str!("subjects.txt")));
static FINAL: LazyLock<PhraseSet> = LazyLock::new(|| set(include_str!("final.txt")));
static DELAYS: LazyLock<PhraseSet> = LazyLock::new(|| set(include_str!("delays.txt")));

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

/// A failure told in words, folded. A named cause wins over "could not be delivered".
pub(super) fn failure(folded: &str) -> Option<BounceReason> {
    let (phrases, reasons) = &*PHRASES;
    let first = phrases.find(folded).map(|(_, number)| number).min()?;
    reasons.get(first).copied()
}

/// A subject by which mail systems report failures or delays.
pub(super) fn is_failure_subject(subject: &str) -> bool {
    let folded = fold(subject);
    let answer = ["re:", "aw:", "sv:", "odp:"].iter().any(|prefix| folded.starts_with(prefix));
    !answer && SUBJECTS.is_in(&folded)
}

/// The message still waits; both texts folded.
pub(super) fn is_delay(subject: &str, report: &str) -> bool {
    DELAYS.is_in(report) || DELAYS.is_in(subject)
}

/// Mail systems by their address or name.
pub(super) fn is_daemon(from: &Mailbox) -> bool {
    // Beginnings of local parts, without what people write between words: `post_master`, `Mail-Delivery`.
    const LOCALS: &[&str] = &[
        "mailer",
        "maildaemon",
        "mdaemon",
        "daemon",
        "postmaster",
        "maildeliver",
        "delivery",
        "mailsystem",
        "bounce",
        "root",
        "uucp",
        "qmail",
        "smtp",
        "exim",
        "mta",
        "amavis",
        "virus",
        "systemadministrator",
    ];
    // Anywhere in them.
    const WITHIN: &[&str] = &["mailservice", "mailgateway", "smtpgateway", "antivirus", "mailerdaemon"];
    const NAMES: &[&str] = &[
        "mail delivery",
        "mail system",
        "delivery system",
        "mailer-daemon",
        "mailer daemon",
        "mail daemon",
        "delivery subsystem",
        "mail administrator",
        "postmaster",
        "microsoft outlook",
        "microsoft exchange",
        "system administrator",
        "mail router",
        "internet mail",
        "e-mail system",
        "email system",
        "interscan",
        "mail gateway",
        "email gateway",
        "mail security",
        "email security",
        "antivirus",
        "scanmail",
        "mail server",
        "non-delivery",
    ];
    let local: String = local_of(from).chars().filter(|c| c.is_alphanumeric()).collect();
    // "mta-7" and "mta2", but not a person called Mtama.
    let named = |word: &&str| {
        local.strip_prefix(*word).is_some_and(|rest| *word != "mta" || !rest.starts_with(char::is_alphabetic))
    };
    let name = from.name.as_deref().map(fold).unwrap_or_default();
    LOCALS.iter().any(named)
        || WITHIN.iter().any(|word| local.contains(word))
        || NAMES.iter().any(|word| name.contains(word))
}

/// The name that mail systems have had since the first ones, and that nothing else has.
pub(super) fn is_mailer_daemon(from: &Mailbox) -> bool {
    local_of(from) == "mailer-daemon"
}

fn local_of(from: &Mailbox) -> &str {
    from.address.split('@').next().unwrap_or_default()
}

/// The report says in words that no further try will be made.
pub(super) fn is_final(folded: &str) -> bool {
    FINAL.is_in(folded)
}

/// The cause: a telling code first, then the words, then what the reply code suggests.
pub(super) fn decide(status: Option<&str>, smtp: Option<u16>, told: Option<BounceReason>) -> BounceReason {
    let by_code = status.and_then(by_status);
    let told_cause = told.filter(|reason| *reason != BounceReason::Unknown);
    // Servers file nearly everything under 5.7.1, 5.3.0 or 5.5.0: there the words know better.
    let vague = matches!(by_code, None | Some(BounceReason::Policy | BounceReason::System | BounceReason::Protocol));
    let first = if vague { told_cause.or(by_code) } else { by_code };
    first.unwrap_or_else(|| smtp.map_or(BounceReason::Unknown, by_reply))
}

/// RFC 3463 by class of subject and detail.
fn by_status(status: &str) -> Option<BounceReason> {
    let mut parts = status.split('.').skip(1);
    let subject = parts.next()?;
    let detail: u16 = parts.next()?.parse().ok()?;
    Some(match (subject, detail) {
        ("1", 2 | 8 | 10) | ("4", 4) => BounceReason::UnknownHost,
        ("1", 7) | ("7", _) => BounceReason::Policy,
        ("1", 0 | 1 | 3 | 4) => BounceReason::UnknownUser,
        ("1", 6) | ("2", 1) => BounceReason::Disabled,
        ("2", 2) => BounceReason::MailboxFull,
        ("2", 3) | ("3", 4) => BounceReason::TooLarge,
        ("3", _) => BounceReason::System,
        ("4", _) => BounceReason::Network,
        ("5", _) => BounceReason::Protocol,
        ("6", _) => BounceReason::Content,
        _ => return None,
    })
}

fn by_reply(code: u16) -> BounceReason {
    match code {
        510 | 511 | 550 | 551 | 553 => BounceReason::UnknownUser,
        452 | 552 => BounceReason::MailboxFull,
        523 => BounceReason::TooLarge,
        421 | 441 | 442 | 446 | 447 | 449 => BounceReason::Network,
        450 | 451 | 471 => BounceReason::System,
        500..=504 => BounceReason::Protocol,
        530..=538 | 541 | 554 | 571 | 572 => BounceReason::Policy,
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
        None if delayed || waits => 4,
        Some(_) | None => 5,
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

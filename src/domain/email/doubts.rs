//! Tricks and damage by which a mail may pretend to be somebody else's (T13). A doubtful mail is still
//! read and recorded; it goes to people and is never answered by itself.

use super::auth;
use super::fields::{Fields, Mailbox, mailboxes, unfold};
use super::headers::is_unsafe;
use super::mime::Structure;
use super::model::{AuthResults, Doubt, ReadSettings, Verdict};

/// Headers that RFC 5322 section 3.6 and RFC 2045 allow once.
const SINGLE: &[&str] = &[
    "sender",
    "reply-to",
    "to",
    "cc",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "content-type",
    "content-transfer-encoding",
    "content-disposition",
    "mime-version",
];

/// Second-level names under which others register.
const SHARED: &[&str] =
    &["co", "org", "ac", "gov", "nhs", "net", "ltd", "plc", "me", "com", "sch", "police", "mod", "edu"];

/// Looks at who the mail says it is from.
pub(super) fn of_sender(
    fields: &Fields<'_>,
    senders: &[Mailbox],
    settings: &ReadSettings,
) -> (AuthResults, Vec<Doubt>) {
    let mut doubts = Vec::new();
    let (authentication, forged) = auth::results(fields, &settings.trusted_authserv);
    match senders.first() {
        None => doubts.push(Doubt::NoSender),
        Some(from) => {
            if senders.len() > 1 || fields.all("from").count() > 1 {
                doubts.push(Doubt::SeveralSenders);
            }
            let other = |word: &str| word.contains('@') && !word.eq_ignore_ascii_case(&from.address);
            let plain = |word: &str| other(word.trim_matches(|c: char| !c.is_alphanumeric()));
            if from.name.as_deref().is_some_and(|name| name.split_whitespace().any(plain)) {
                doubts.push(Doubt::NameIsOtherAddress);
            }
            let replies = fields.all("reply-to").flat_map(mailboxes);
            if replies.into_iter().any(|reply| reply.address != from.address) {
                doubts.push(Doubt::ReplyToElsewhere);
            }
            let envelope = fields
                .text("return-path")
                .map(|path| path.trim_matches(['<', '>', ' ']).to_lowercase())
                .filter(|path| path.contains('@'));
            let elsewhere = envelope.is_some_and(|path| organisation(&path) != organisation(&from.address));
            if elsewhere && authentication.dmarc != Some(Verdict::Pass) {
                doubts.push(Doubt::EnvelopeElsewhere);
            }
        }
    }
    if authentication.dmarc == Some(Verdict::Fail) {
        doubts.push(Doubt::DmarcFailed);
    }
    if forged {
        doubts.push(Doubt::ForgedAuthentication);
    }
    (authentication, doubts)
}

/// The registered domain of an address, near enough to tell strangers apart.
fn organisation(address: &str) -> String {
    let domain = address.rsplit('@').next().unwrap_or_default().trim_end_matches('.');
    let domain = if domain == "googlemail.com" { "gmail.com" } else { domain };
    let labels: Vec<&str> = domain.rsplit('.').collect();
    let shared =
        labels.first().is_some_and(|top| top.len() == 2) && labels.get(1).is_some_and(|second| SHARED.contains(second));
    labels.into_iter().take(if shared { 3 } else { 2 }).collect::<Vec<_>>().join(".")
}

/// Looks at the form of the headers.
pub(super) fn of_headers(fields: &Fields<'_>) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    for name in SINGLE {
        if fields.all(name).count() > 1 {
            doubts.push(Doubt::RepeatedHeader((*name).to_owned()));
        }
    }
    for name in ["from", "to", "cc", "reply-to", "subject", "sender"] {
        let tricky = |raw: &[u8]| {
            let value = unfold(raw);
            value.chars().any(is_unsafe) || (value.contains("=?") && encoded_control(&value))
        };
        if fields.all(name).any(tricky) {
            doubts.push(Doubt::ControlInHeader(name.to_owned()));
        }
    }
    if fields.capped {
        doubts.push(Doubt::TooLarge);
    }
    doubts
}

/// Whether an encoded word holds a control character. Read by hand, since readers of mail differ in
/// what they do with one.
fn encoded_control(value: &str) -> bool {
    value.split("=?").skip(1).any(|word| {
        let mut parts = word.splitn(4, '?');
        let (_, encoding, Some(content)) = (parts.next(), parts.next().unwrap_or_default(), parts.next()) else {
            return false;
        };
        let encoding = if encoding.eq_ignore_ascii_case("b") {
            super::model::Encoding::Base64
        } else {
            super::model::Encoding::QuotedPrintable
        };
        let bytes = super::decode::transfer(content.as_bytes(), encoding);
        bytes.iter().any(|byte| byte.is_ascii_control() && *byte != b'\t')
    })
}

/// Looks at the form of the body.
pub(super) fn of_structure(structure: &Structure) -> Vec<Doubt> {
    let signs = [
        (structure.sealed, Doubt::Sealed),
        (structure.too_many, Doubt::TooManyParts),
        (structure.too_deep, Doubt::TooDeep),
        (structure.too_large, Doubt::TooLarge),
    ];
    signs.into_iter().filter(|(holds, _)| *holds).map(|(_, doubt)| doubt).collect()
}

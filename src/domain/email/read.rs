//! Reading one mail: bytes in, values out.

use chrono::{DateTime, Utc};

use super::automatic;
use super::body;
use super::bounce::{self, Outcome};
use super::decode;
use super::doubts;
use super::fields::{Fields, Mailbox, decoded, mailboxes, message_ids, unfold};
use super::headers::is_unsafe;
use super::mime::{self, Structure};
use super::model::{Because, Class, Doubt, InboundEmail, ReadSettings};
use super::own_words::MAX_TEXT;

/// Reads one RFC 5322 message. Never fails and never panics; linear in the length of `raw`, of which
/// 64 MiB, 500 parts and 64 KiB of text are looked at. Attachments are measured, not decoded.
#[must_use]
pub fn read(raw: &[u8], settings: &ReadSettings) -> InboundEmail {
    let (fields, body_at) = Fields::read(raw);
    let structure = mime::walk(raw, &fields, body_at);
    let senders: Vec<Mailbox> = fields.all("from").flat_map(mailboxes).collect();
    let from = senders.first();
    let names: Vec<String> = from.and_then(|from| from.name.clone()).into_iter().collect();
    let text = body::read(raw, &structure, &names);
    let to: Vec<String> =
        ["to", "cc"].iter().flat_map(|name| fields.all(name)).flat_map(mailboxes).map(|to| to.address).collect();
    let subject = fields.all("subject").next().map(|raw| one_line(&decoded(raw)));

    let (authentication, mut doubted) = doubts::of_sender(&fields, &senders, settings);
    doubted.extend(doubts::of_headers(&fields));
    doubted.extend(doubts::of_structure(&structure));
    let (reply_token, several) = token(&fields, &to, settings);
    let more =
        [(several, Doubt::SeveralTokens), (text.capped, Doubt::TextCapped), (text.undecodable, Doubt::Undecodable)];
    doubted.extend(more.into_iter().filter(|(holds, _)| *holds).map(|(_, doubt)| doubt));

    let of_type = |types: &[&str]| parts_of_type(raw, &structure, types);
    let statuses = of_type(&["message/delivery-status", "message/global-delivery-status"]);
    let returned = of_type(&[
        "message/rfc822",
        "text/rfc822-headers",
        "message/rfc822-headers",
        "message/global",
        "message/global-headers",
        "text/rfc822",
    ]);
    let outcome = bounce::read(&bounce::Seen {
        fields: &fields,
        from,
        to: &to,
        subject: subject.as_deref().unwrap_or_default(),
        text: &text.whole,
        statuses: &statuses,
        returned: &returned,
        is_report: structure.is_report && structure.report_type.as_deref().is_none_or(|kind| kind == "delivery-status"),
        mailbox_full_is_permanent: settings.mailbox_full_is_permanent,
    });
    let (class, because, bounce) = match outcome {
        Outcome::Bounce(bounce, because) => (Class::Bounce, because, Some(bounce)),
        Outcome::Delivered(because) => (Class::Report, because, None),
        Outcome::Other => {
            let (class, because) = other_class(&fields, from, subject.as_deref(), &text, &structure);
            (class, because, None)
        }
    };

    InboundEmail {
        class,
        because,
        from: from.map(|from| one_line(&from.address)),
        from_name: from.and_then(|from| from.name.as_deref()).map(one_line),
        to,
        reply_token,
        message_id: fields.all("message-id").next().and_then(|raw| message_ids(raw).into_iter().next()),
        in_reply_to: fields.all("in-reply-to").next().and_then(|raw| message_ids(raw).into_iter().next()),
        references: fields.all("references").next().map(message_ids).unwrap_or_default(),
        date: date(&fields),
        subject,
        attachments: body::attachments(raw, &structure),
        kept: text.kept,
        cut: text.cut,
        authentication,
        doubts: doubted,
        bounce,
    }
}

fn other_class(
    fields: &Fields<'_>,
    from: Option<&Mailbox>,
    subject: Option<&str>,
    text: &body::Body,
    structure: &Structure,
) -> (Class, Vec<Because>) {
    let subject = subject.unwrap_or_default();
    let has_message = structure.parts.iter().any(|part| part.content_type == "message/rfc822");
    if automatic::is_old_complaint(subject, &text.whole, has_message) {
        return (Class::Complaint, vec![Because { what: "subject", detail: String::new() }]);
    }
    let (class, mut because) = automatic::classify(&automatic::Seen {
        fields,
        from: from.map(|from| from.address.as_str()),
        subject,
        text: &text.kept,
        report_type: structure.report_type.as_deref(),
    });
    if matches!(class, Class::Person | Class::AutoReply) && automatic::is_receipt(subject, &text.kept) {
        because.push(Because { what: "receipt", detail: String::new() });
        return (Class::Report, because);
    }
    (class, because)
}

fn one_line(text: &str) -> String {
    text.trim().chars().map(|c| if is_unsafe(c) { ' ' } else { c }).take(998).collect()
}

fn parts_of_type(raw: &[u8], structure: &Structure, types: &[&str]) -> Vec<String> {
    let wanted = structure.parts.iter().filter(|part| types.contains(&part.content_type.as_str()));
    wanted.take(4).map(|part| decode::text(raw, part, MAX_TEXT).0).collect()
}

/// The token of the address the mail was sent to. Two different ones are no answer.
fn token(fields: &Fields<'_>, to: &[String], settings: &ReadSettings) -> (Option<String>, bool) {
    let delivered = [
        "delivered-to",
        "x-original-to",
        "envelope-to",
        "x-envelope-to",
        "x-delivered-to",
        "x-forwarded-to",
        "resent-to",
    ];
    let by_server = delivered.iter().flat_map(|name| fields.all(name)).flat_map(|raw| {
        let mut addresses: Vec<String> = mailboxes(raw).into_iter().map(|mailbox| mailbox.address).collect();
        if addresses.is_empty() {
            addresses.push(unfold(raw));
        }
        addresses
    });
    let mut found: Option<String> = None;
    for address in by_server.chain(to.iter().cloned()) {
        match (settings.token.token_in(&address), &found) {
            (Some(token), None) => found = Some(token),
            (Some(token), Some(first)) if token != *first => return (None, true),
            _ => {}
        }
    }
    (found, false)
}

fn date(fields: &Fields<'_>) -> Option<DateTime<Utc>> {
    let value = fields.text("date")?;
    let date = mail_parser::DateTime::parse_rfc822(&value)?;
    if !date.is_valid() || !(1990..=2200).contains(&date.year) {
        return None;
    }
    DateTime::from_timestamp(date.to_timestamp(), 0)
}

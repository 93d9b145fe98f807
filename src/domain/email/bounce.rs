//! Failure reports: RFC 3464 where a server follows it, and the many forms of those that do not.
//!
//! Nothing here knows a particular server. A report is recognised by several signs together (who
//! sent it, what the subject says, a failure phrase, a status code, a returned message), and read
//! by shape: status codes, reply codes, the address beside them, the header block that came back.

mod codes;
mod dsn;
mod reasons;
mod recipients;
mod returned;

use super::automatic::is_machine;
use super::fields::{Fields, Mailbox};
use super::model::{Because, Bounce, BounceReason};
use super::own_words::fold;
use codes::Codes;

/// How much of a report is looked at; servers say what they have to say at its beginning.
const LOOK_AT: usize = 8_000;

/// What a mail offers to the reader of bounces.
pub(super) struct Seen<'a> {
    pub fields: &'a Fields<'a>,
    pub from: Option<&'a Mailbox>,
    pub to: &'a [String],
    pub subject: &'a str,
    /// The text for people, whole.
    pub text: &'a str,
    /// `message/delivery-status` parts.
    pub statuses: &'a [String],
    /// Header blocks of returned messages, from parts made for them.
    pub returned: &'a [String],
    pub is_report: bool,
    pub mailbox_full_is_permanent: bool,
}

/// What a mail turned out to be.
pub(super) enum Outcome {
    /// A failure or a delay.
    Bounce(Bounce, Vec<Because>),
    /// A status report without a failure.
    Delivered(Vec<Because>),
    /// Neither.
    Other,
}

/// Reads a failure report, if it is one. Linear in the text.
pub(super) fn read(seen: &Seen<'_>) -> Outcome {
    let mut because = Vec::new();
    let split = returned::split(seen.text).or_whole(|report| {
        // Some systems name the message first, and say below it what became of it.
        codes::find(report).any() || reasons::failure(&fold(report)).is_some()
    });
    let status_text: Vec<&str> = seen.statuses.iter().map(String::as_str).collect();
    let mut statuses: Vec<dsn::Status> = status_text.iter().flat_map(|text| dsn::read(text)).collect();
    if statuses.is_empty() {
        // Some servers send the fields as plain text.
        statuses = dsn::read_in_text(seen.text);
    }
    let words = words(seen, &split, &mut because);
    // A person may pass on a report and ask what it means.
    let from_system = seen.is_report || words.score >= 3;
    let Some(status) = dsn::choose(&statuses).filter(|_| from_system) else {
        return if words.enough() { Outcome::Bounce(by_words(seen, &split, &words), because) } else { Outcome::Other };
    };
    note(&mut because, "delivery_status", &status.action);
    match status.action.as_str() {
        "delivered" | "relayed" | "expanded" => return Outcome::Delivered(because),
        _ => {}
    }
    Outcome::Bounce(by_status(seen, status, &split, &words), because)
}

/// Why a mail server refuses, by its words alone; `None` where they say nothing known.
#[must_use]
pub fn told_reason(words: &str) -> Option<BounceReason> {
    reasons::failure(&fold(words.get(..words.floor_char_boundary(LOOK_AT)).unwrap_or_default()))
}

fn note(because: &mut Vec<Because>, what: &'static str, detail: &str) {
    let end = detail.floor_char_boundary(120);
    because.push(Because { what, detail: detail.get(..end).unwrap_or_default().to_owned() });
}

/// The signs of a report without RFC 3464.
struct Words {
    score: u32,
    failure: Option<BounceReason>,
    delayed: bool,
    codes: Codes,
    /// No further try will be made, it says.
    is_final: bool,
    /// Sent by a program, whatever the words say.
    by_program: bool,
    /// A mail system returned a message, in whatever language.
    returned_by_system: bool,
    recipient: Option<String>,
}

impl Words {
    /// A failure must be told or shown by a program, about a message or an address of somebody: a
    /// parcel that "could not be delivered" is none of ours.
    fn enough(&self) -> bool {
        let told = self.failure.is_some() || self.delayed || self.codes.any();
        let about = self.codes.any() || self.returned_by_system || self.recipient.is_some();
        self.by_program && about && (told || self.returned_by_system) && self.score >= 4
    }
}

fn words(seen: &Seen<'_>, split: &returned::Split<'_>, because: &mut Vec<Because>) -> Words {
    let report = split.report;
    let report = report.get(..report.floor_char_boundary(LOOK_AT)).unwrap_or_default();
    let codes = codes::find(report);
    let folded = fold(report);
    let failure = reasons::failure(&folded);
    let subject = reasons::is_failure_subject(seen.subject);
    let delayed = reasons::is_delay(&fold(seen.subject), &folded);
    let mut score = 0;
    let mut sign = |holds: bool, weight: u32, what: &'static str, detail: &str| {
        if holds {
            score += weight;
            note(because, what, detail);
        }
    };
    let daemon = seen.from.is_none_or(reasons::is_daemon);
    let weight = if seen.from.is_some_and(reasons::is_mailer_daemon) { 3 } else { 2 };
    sign(daemon, weight, "sent_by_mail_system", seen.from.map_or("no sender", |from| &from.address));
    let null_path = seen.fields.text("return-path").is_some_and(|path| path.trim_matches(['<', '>', ' ']).is_empty());
    sign(null_path, 1, "null_return_path", "<>");
    sign(seen.fields.has("x-failed-recipients"), 3, "failed_recipients_header", "x-failed-recipients");
    sign(subject, 2, "failure_subject", seen.subject);
    sign(failure.is_some(), 1, "failure_words", "");
    sign(codes.any(), 1, "status_code", codes.enhanced.as_deref().unwrap_or_default());
    sign(delayed, 1, "delay_words", "");
    let comes_back = !seen.returned.is_empty() || split.headers.is_some();
    sign(comes_back, 1, "message_returned", "");
    sign(seen.is_report, 2, "multipart_report", "");
    let answers_itself = seen.fields.text("auto-submitted").is_some_and(|value| !value.eq_ignore_ascii_case("no"));
    let failed_header = seen.fields.has("x-failed-recipients");
    // A shop's "do not reply" also writes of what could not be delivered: theirs counts with what came back.
    let machine = seen.from.is_some_and(|from| is_machine(&from.address)) && comes_back;
    sign(machine && !daemon, 1, "machine_sender", "");
    let by_program = daemon || null_path || failed_header || seen.is_report || answers_itself || machine;
    let recipient = by_program.then(|| recipients::find(seen, split.report)).flatten();
    let is_final = !delayed && reasons::is_final(&folded);
    Words { score, failure, delayed, codes, is_final, by_program, returned_by_system: daemon && comes_back, recipient }
}

fn by_words(seen: &Seen<'_>, split: &returned::Split<'_>, words: &Words) -> Bounce {
    let action = if words.delayed { "delayed" } else { "failed" };
    let recipient = words
        .recipient
        .clone()
        .or_else(|| returned_headers(seen, split, "to").and_then(|to| recipients::first_address(&to)))
        .or_else(|| split.headers.and_then(|headers| recipients::find(seen, headers)));
    let mut codes = words.codes.clone();
    if words.is_final && !codes.any() && matches!(words.failure, None | Some(BounceReason::Unknown)) {
        codes.enhanced = Some("5.0.0".to_owned());
    }
    finish(seen, split, &codes, words.failure, action.to_owned(), recipient)
}

fn by_status(seen: &Seen<'_>, status: &dsn::Status, split: &returned::Split<'_>, words: &Words) -> Bounce {
    let diagnostic = codes::find(&status.diagnostic);
    let mut codes = Codes { enhanced: status.code.clone(), smtp: diagnostic.smtp.or(words.codes.smtp) };
    // "5.0.0" says no more than "failed": what the other server said is better, if it agrees.
    for better in [diagnostic.enhanced.as_ref(), words.codes.enhanced.as_ref()] {
        codes.refine(better);
    }
    if codes.enhanced.is_none() && codes.smtp.is_none() {
        codes = words.codes.clone();
    }
    let reason = reasons::failure(&fold(&status.diagnostic)).or(words.failure);
    let recipient = status.recipient.clone().or_else(|| recipients::find(seen, split.report));
    finish(seen, split, &codes, reason, status.action.clone(), recipient)
}

fn finish(
    seen: &Seen<'_>,
    split: &returned::Split<'_>,
    codes: &Codes,
    told: Option<BounceReason>,
    action: String,
    recipient: Option<String>,
) -> Bounce {
    let delayed = action == "delayed";
    let reason = reasons::decide(codes.enhanced.as_deref(), codes.smtp, told);
    let status = codes.enhanced.clone().or_else(|| reasons::status_for(codes.smtp, reason, delayed));
    let full_waits = reason == BounceReason::MailboxFull && !seen.mailbox_full_is_permanent;
    let permanent = !delayed && !full_waits && status.as_deref().is_some_and(|status| status.starts_with('5'));
    let original = returned_headers(seen, split, "message-id")
        .or_else(|| seen.fields.text("x-original-message-id"))
        .or_else(|| seen.fields.text("in-reply-to"))
        .or_else(|| seen.fields.text("references"))
        .and_then(|value| super::fields::message_ids(value.as_bytes()).pop());
    Bounce {
        status,
        smtp_code: codes.smtp,
        action,
        final_recipient: recipient,
        original_message_id: original,
        reason,
        permanent,
    }
}

/// A field of the message that came back.
fn returned_headers(seen: &Seen<'_>, split: &returned::Split<'_>, name: &str) -> Option<String> {
    seen.returned.iter().map(String::as_str).chain(split.headers).find_map(|headers| returned::field(headers, name))
}

//! What is known about one inbound email after reading it.

use std::ops::Range;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::own_words::Cut;
use super::token::TokenPattern;

/// What reading depends on beside the bytes.
#[derive(Debug, Clone, Default)]
pub struct ReadSettings {
    /// How our reply addresses look.
    pub token: TokenPattern,
    /// The `authserv-id`s of our own receiving servers: only their verdicts on senders count.
    pub trusted_authserv: Vec<String>,
    /// Whether a full mailbox (x.2.2) makes an address unreachable at once.
    pub mailbox_full_is_permanent: bool,
}

/// Who or what wrote the mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// A human being, as far as can be told.
    Person,
    /// A vacation responder, a ticket system, a "do not reply" sender.
    AutoReply,
    /// A message of ours did not arrive, or not yet.
    Bounce,
    /// Mailing lists and bulk mail.
    List,
    /// News about a message of ours that is not a failure: read, delivered, relayed.
    Report,
    /// A feedback report: the person pressed "this is spam".
    Complaint,
}

/// One observation that led to the class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Because {
    /// What was seen, as a stable code.
    pub what: &'static str,
    /// Where: the header's value or the words, shortened. Personal: never to be logged.
    pub detail: String,
}

/// A file that came along. It is named and measured, never opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attachment {
    /// The sender's name for it, without directories, control and direction characters.
    pub name: String,
    /// What the sender says it is, in lower case. Not to be trusted.
    pub content_type: String,
    /// Bytes after decoding; for quoted-printable the encoded size.
    pub size: usize,
    /// Shown within the text (an embedded picture) rather than beside it.
    pub inline: bool,
    /// Where its encoded content stands in the raw mail.
    #[serde(skip)]
    pub body: Range<usize>,
    /// How it is encoded there.
    #[serde(skip)]
    pub encoding: Encoding,
}

/// A content transfer encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// 7bit, 8bit, binary, and whatever is not known.
    #[default]
    Identity,
    /// RFC 2045 section 6.8.
    Base64,
    /// RFC 2045 section 6.7.
    QuotedPrintable,
}

/// The verdict of one method of RFC 8601.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The sender is who the method says.
    Pass,
    /// They are not.
    Fail,
    /// Probably not.
    SoftFail,
    /// The sender's domain makes no statement.
    Neutral,
    /// Nothing to check.
    None,
    /// Could not be checked just then.
    TempError,
    /// Cannot be checked.
    PermError,
}

/// What our own receiving server found out about the sender.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct AuthResults {
    /// Sender Policy Framework, on the envelope's sender.
    pub spf: Option<Verdict>,
    /// DomainKeys Identified Mail: the best of all signatures.
    pub dkim: Option<Verdict>,
    /// DMARC: whether either of them vouches for the From line.
    pub dmarc: Option<Verdict>,
    /// A configured server said so. Without it the three above are empty.
    pub from_trusted_server: bool,
}

/// Why a mail goes to people even if it carries a valid token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// No From line, or one without an address.
    NoSender,
    /// Several From lines, or several addresses in one.
    SeveralSenders,
    /// A header that must be single stands there several times.
    RepeatedHeader(String),
    /// The name shown beside the sender is another email address.
    NameIsOtherAddress,
    /// Answers are asked to go to somebody else.
    ReplyToElsewhere,
    /// The envelope's sender is of another domain, and DMARC does not vouch.
    EnvelopeElsewhere,
    /// Our server says that the From line is forged.
    DmarcFailed,
    /// A second verdict in our server's name, further down.
    ForgedAuthentication,
    /// A header decodes to line breaks or control characters.
    ControlInHeader(String),
    /// Tokens of two different conversations.
    SeveralTokens,
    /// The content is encrypted or sealed and was not read.
    Sealed,
    /// More parts than are looked at.
    TooManyParts,
    /// Parts within parts, deeper than is looked at.
    TooDeep,
    /// Larger than is looked at, or headers beyond their cap.
    TooLarge,
    /// More text than is kept.
    TextCapped,
    /// Letters could not be decoded.
    Undecodable,
}

/// Why a message of ours did not arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BounceReason {
    /// No such mailbox.
    UnknownUser,
    /// No such domain or host.
    UnknownHost,
    /// Disabled, suspended, moved away.
    Disabled,
    /// No room.
    MailboxFull,
    /// The message, or its kind, is too large.
    TooLarge,
    /// Refused by rule: spam, reputation, authentication, relaying.
    Policy,
    /// The content was refused.
    Content,
    /// No connection, or time ran out.
    Network,
    /// The other server's own trouble.
    System,
    /// The servers did not understand each other.
    Protocol,
    /// It does not say.
    Unknown,
}

impl BounceReason {
    /// The address itself is at fault, as far as it is told; the others are about our server, the message or the way.
    #[must_use]
    pub const fn is_of_address(self) -> bool {
        matches!(self, Self::UnknownUser | Self::UnknownHost | Self::Disabled | Self::MailboxFull | Self::Unknown)
    }
}

/// A failure report, whatever its form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bounce {
    /// Enhanced status code of RFC 3463, `x.y.z`.
    pub status: Option<String>,
    /// Reply code of SMTP, if one is told.
    pub smtp_code: Option<u16>,
    /// `failed`, `delayed` …, of RFC 3464 or by the words.
    pub action: String,
    /// Whom it did not reach.
    pub final_recipient: Option<String>,
    /// The Message-ID of what did not arrive, without angle brackets.
    pub original_message_id: Option<String>,
    /// Why, in a few kinds.
    pub reason: BounceReason,
    /// It will not get better by itself.
    pub permanent: bool,
}

/// One inbound email, read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InboundEmail {
    /// Who or what wrote it.
    pub class: Class,
    /// Why it is of that class.
    pub because: Vec<Because>,
    /// The address of the From line, in lower case.
    pub from: Option<String>,
    /// The name beside it.
    pub from_name: Option<String>,
    /// To and Cc.
    pub to: Vec<String>,
    /// The conversation's token, from the address the mail was sent to.
    pub reply_token: Option<String>,
    /// Without angle brackets, as the following two.
    pub message_id: Option<String>,
    /// The first identifier of In-Reply-To.
    pub in_reply_to: Option<String>,
    /// At most the last 100.
    pub references: Vec<String>,
    /// What the sender's clock said.
    pub date: Option<DateTime<Utc>>,
    /// Decoded, on one line.
    pub subject: Option<String>,
    /// The person's own words.
    pub kept: String,
    /// Everything else that was written.
    pub cut: Vec<Cut>,
    /// Files, in order.
    pub attachments: Vec<Attachment>,
    /// What our server found out about the sender.
    pub authentication: AuthResults,
    /// Why people should look at it.
    pub doubts: Vec<Doubt>,
    /// For [`Class::Bounce`].
    pub bounce: Option<Bounce>,
}

/// Whether an automatic answer may be sent at all (RFC 3834 section 2): only to a person without any
/// doubt about who they are. Limits per person and day are the sender's business, not decided here.
#[must_use]
pub fn answerable(mail: &InboundEmail) -> bool {
    mail.class == Class::Person && mail.because.is_empty() && mail.doubts.is_empty() && mail.from.is_some()
}

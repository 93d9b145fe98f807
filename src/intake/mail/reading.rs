//! One mail read: whose answer it is, what kind of mail, and why a person must look at it.

use super::reference::reference;
use crate::domain::email::headers::id_of_message_id;
use crate::domain::email::{
    Attachment, AuthResults, Bounce, Class, Doubt, InboundEmail, ReadSettings, TokenPattern, Verdict, answerable,
    content, read,
};
use crate::gateways::MailIn;
use crate::gateways::to_hex;
use crate::outreach::Practices;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What is kept of reading a mail, beside its words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailReading {
    /// Nothing speaks against an automatic answer.
    pub answerable: bool,
    /// Why it is of its class, as codes.
    pub because: Vec<String>,
    /// The Message-ID of the mail of ours that it says it answers, without brackets.
    pub in_reply_to: Option<String>,
    /// Of a bounce: the Message-ID of what did not arrive.
    pub bounced: Option<String>,
    /// Of a bounce: its status code, or what stands for one.
    pub bounce_code: Option<String>,
    /// Of a bounce: it will not get better by itself, and it is the address that is at fault. A refusal of us or of the
    /// message counts with other failures: one bad day of our server's name must not close every mailbox.
    pub bounce_permanent: bool,
    /// Of a bounce: it is only late so far.
    pub bounce_delayed: bool,
    /// The person's mail program unsubscribes for them, by the address that we gave it for that.
    #[serde(default)]
    pub unsubscribes: bool,
}

/// A mail ready to be kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Taken {
    /// The same for the same mail, however often and by whatever way it comes.
    pub reference: String,
    /// The address of the From line.
    pub from: String,
    /// The message of ours that it answers: the token of its reply address, else the Message-ID that it names.
    pub token: Option<String>,
    /// Decoded, on one line.
    pub subject: Option<String>,
    /// The person's own words.
    pub text: String,
    /// A word of `Class`, or `unread`.
    pub class: String,
    /// Why a person must look at it, as words.
    pub doubts: Vec<String>,
    /// What else was read.
    pub reading: MailReading,
    /// Its own Message-ID, without brackets.
    pub mail_id: Option<String>,
    /// Files: name, type, size, SHA-256.
    pub files: Vec<(Attachment, String)>,
    /// The mail as it came, or its beginning.
    pub raw: Vec<u8>,
    /// How large the whole mail is.
    pub full_size: usize,
}

impl std::fmt::Debug for Taken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Taken").field("class", &self.class).finish_non_exhaustive()
    }
}

/// Reads a mail. `full_size` is larger than `raw` where only its beginning was fetched. A mail that breaks the reader is kept
/// for people, as it is.
pub fn take(raw: Vec<u8>, full_size: usize, way: &MailIn, practices: &Practices) -> Taken {
    let read = catch_unwind(AssertUnwindSafe(|| as_read(&raw, way, practices)));
    let mut taken = read.unwrap_or_else(|_| {
        tracing::error!(code = "mail_panicked", "reading a mail panicked; it goes to staff as it is");
        Taken {
            reference: to_hex(&Sha256::digest(&raw)),
            from: String::new(),
            token: None,
            subject: None,
            text: String::new(),
            class: "unread".to_owned(),
            doubts: vec!["unread".to_owned()],
            reading: MailReading::default(),
            mail_id: None,
            files: Vec::new(),
            raw: Vec::new(),
            full_size,
        }
    });
    if full_size > raw.len() {
        taken.doubts.push("not_whole".to_owned());
        taken.reading.answerable = false;
    }
    taken.full_size = full_size.max(raw.len());
    taken.raw = raw;
    taken
}

/// The same for a mail that is there whole.
pub fn as_read(raw: &[u8], way: &MailIn, practices: &Practices) -> Taken {
    let mail = with_token(raw, way, practices);
    let mut doubts: Vec<String> = mail.doubts.iter().map(doubt_word).collect();
    if unproven(&mail, way) {
        doubts.push("not_authenticated".to_owned());
    }
    let several = mail.doubts.contains(&Doubt::SeveralTokens);
    let named = || mail.in_reply_to.iter().chain(mail.references.iter().rev()).find_map(|id| own_id(id, way));
    let token = mail.reply_token.clone().or_else(|| if several { None } else { named() });
    let subject = mail.subject.as_deref().unwrap_or_default().trim();
    // Unsubscribing by mail is a mail with nothing but a subject (RFC 2369).
    let by_subject = ["unsubscribe", "stop"].contains(&subject.to_lowercase().as_str());
    // Some programs write it themselves when the button is pressed, mark it as automatic and add a line of their own.
    let unsubscribes = by_subject && mail.class == Class::AutoReply && mail.reply_token.is_some();
    let text =
        if unsubscribes || (by_subject && mail.kept.trim().is_empty()) { "STOP".to_owned() } else { mail.kept.clone() };
    if text.trim().is_empty() && mail.class == Class::Person {
        doubts.push("no_words".to_owned());
    }
    let files = mail.attachments.iter().map(|file| (file.clone(), to_hex(&Sha256::digest(content(raw, file)))));
    Taken {
        reference: reference(raw, &mail, token.as_deref()),
        from: mail.from.clone().unwrap_or_default(),
        token,
        subject: mail.subject.clone(),
        text,
        class: word(&mail.class),
        reading: MailReading {
            answerable: answerable(&mail) && doubts.is_empty(),
            because: mail.because.iter().map(|b| b.what.to_owned()).collect(),
            in_reply_to: mail.in_reply_to.clone(),
            bounced: mail.bounce.as_ref().and_then(|b| b.original_message_id.clone()),
            bounce_code: mail.bounce.as_ref().map(bounce_code),
            bounce_permanent: mail.bounce.as_ref().is_some_and(|b| b.permanent && b.reason.is_of_address()),
            bounce_delayed: mail.bounce.as_ref().is_some_and(|b| b.action == "delayed"),
            unsubscribes,
        },
        doubts,
        mail_id: mail.message_id.clone(),
        files: files.collect(),
        full_size: raw.len(),
        raw: Vec::new(),
    }
}

/// Reads with the reply domain of each practice until one finds its token.
fn with_token(raw: &[u8], way: &MailIn, practices: &Practices) -> InboundEmail {
    let mut domains: Vec<&str> = practices.iter().map(|s| s.practice.settings.reply_domain.as_str()).collect();
    domains.sort_unstable();
    domains.dedup();
    let settings = |token: TokenPattern| ReadSettings {
        token,
        trusted_authserv: way.trusted_authserv.clone(),
        mailbox_full_is_permanent: false,
    };
    let patterns = domains.iter().filter_map(|d| TokenPattern::parse(&format!("reply+TOKEN@{d}")).ok());
    let mut last = None;
    for pattern in patterns {
        let mail = read(raw, &settings(pattern));
        if mail.reply_token.is_some() || mail.doubts.contains(&Doubt::SeveralTokens) {
            return mail;
        }
        last = Some(mail);
    }
    last.unwrap_or_else(|| read(raw, &settings(TokenPattern::default())))
}

/// Our message id in a Message-ID of ours: as hard to guess as the reply token, for it is the same.
pub(super) fn own_id(id: &str, way: &MailIn) -> Option<String> {
    id_of_message_id(id, &way.domain).map(str::to_ascii_lowercase)
}

/// Our own server gave no good verdict on who sent it, where one is expected.
fn unproven(mail: &InboundEmail, way: &MailIn) -> bool {
    let AuthResults { spf, dkim, dmarc, from_trusted_server } = mail.authentication;
    let pass = Some(Verdict::Pass);
    // DMARC says more than the two it rests on; without it either of them must hold.
    let proven = match dmarc {
        Some(Verdict::Pass) => true,
        None | Some(Verdict::None) => spf == pass || dkim == pass,
        Some(_) => false,
    };
    mail.class == Class::Person && !way.trusted_authserv.is_empty() && !(from_trusted_server && proven)
}

fn bounce_code(bounce: &Bounce) -> String {
    let code = bounce.status.clone().or_else(|| bounce.smtp_code.map(|code| code.to_string()));
    code.unwrap_or_else(|| word(&bounce.reason))
}

fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The word of a doubt; what it is about is left out.
fn doubt_word(doubt: &Doubt) -> String {
    match serde_json::to_value(doubt) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(serde_json::Value::Object(map)) => map.keys().next().cloned().unwrap_or_default(),
        _ => String::new(),
    }
}

//! Writing the mail: one Message-ID for all tries, headers that no content can break.

use std::time::{Duration, UNIX_EPOCH};

use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart, SinglePart,
        header::{HeaderName, HeaderValue},
    },
};

use crate::{
    domain::{
        delivery::SendFailure,
        email::headers::{one_click_unsubscribe, references},
    },
    gateways::OutboundMessage,
};

/// A mail ready for the wire.
pub(super) struct Letter {
    pub(super) to: Address,
    pub(super) message_id: String,
    /// The address that answers to it go to.
    pub(super) reply_to: Option<Address>,
    pub(super) bytes: Vec<u8>,
}

impl Letter {
    /// Writes the mail. `answers` says whether mail to the reply address is read. A recipient that is no address is a [`SendFailure::BadAddress`]; anything of ours that cannot
    /// stand in a header is [`SendFailure::NotConfigured`].
    pub(super) fn write(
        message: &OutboundMessage,
        own: &Mailbox,
        answers: bool,
        now_ms: i64,
    ) -> Result<Self, SendFailure> {
        let ours = |_| SendFailure::NotConfigured;
        let to: Address = message
            .to
            .parse()
            .ok()
            // Addresses outside ASCII would need SMTPUTF8 all the way, which nobody can promise.
            .filter(|address: &Address| AsRef::<str>::as_ref(address).is_ascii())
            .filter(|address: &Address| !AsRef::<str>::as_ref(address).contains(char::is_control))
            .ok_or_else(|| SendFailure::BadAddress { code: "not_an_address".to_owned() })?;
        let from = match &message.sender {
            Some(sender) => mailbox(sender)?,
            None => own.clone(),
        };
        if message.reference.is_empty() || !message.reference.bytes().all(is_id_byte) {
            return Err(SendFailure::NotConfigured);
        }
        let message_id = format!("<{}@{}>", message.reference, from.email.domain());
        let sent_at = UNIX_EPOCH + Duration::from_millis(u64::try_from(now_ms).unwrap_or(0));

        let mut mail = Message::builder()
            .date(sent_at)
            .from(from)
            .to(Mailbox::new(None, to.clone()))
            .subject(one_line(message.subject.as_deref().unwrap_or_default()))
            .message_id(Some(message_id.clone()))
            // RFC 3834: keeps well-behaved machines from answering.
            .raw_header(header("Auto-Submitted", "auto-generated")?);
        let reply_to = message.reply_to.as_deref().map(mailbox).transpose()?;
        if let Some(reply_to) = &reply_to {
            mail = mail.reply_to(reply_to.clone());
        }
        // They came from outside: what is not a plain message id is left out, which costs only the threading.
        let follows: Vec<String> = message.follows.iter().filter_map(|id| message_id_of(id)).collect();
        if let Some(last) = follows.last() {
            mail = mail.in_reply_to(last.clone()).references(references(&follows));
        }
        if let Some(url) = &message.unsubscribe_url {
            // Programs without one click write to the conversation's own address, where somebody reads it.
            let mailto = reply_to.as_ref().filter(|_| answers);
            let headers = one_click_unsubscribe(url, mailto.map(|to| to.email.as_ref()))
                .map_err(|_| SendFailure::NotConfigured)?;
            mail = mail
                .raw_header(header("List-Unsubscribe", &headers.list_unsubscribe)?)
                .raw_header(header("List-Unsubscribe-Post", headers.list_unsubscribe_post)?);
        }
        let mail = match &message.html {
            Some(html) => mail.multipart(MultiPart::alternative_plain_html(message.text.clone(), html.clone())),
            None => mail.singlepart(SinglePart::plain(message.text.clone())),
        }
        .map_err(ours)?;
        let reply_to = reply_to.map(|mailbox| mailbox.email);
        Ok(Self { to, message_id, reply_to, bytes: mail.formatted() })
    }
}

/// A mailbox of our own making, such as `Oak Surgery <messages@oak.example>`.
pub(super) fn mailbox(text: &str) -> Result<Mailbox, SendFailure> {
    if text.contains(char::is_control) || text.contains("=?") {
        return Err(SendFailure::NotConfigured);
    }
    text.parse().map_err(|_| SendFailure::NotConfigured)
}

fn header(name: &'static str, value: &str) -> Result<HeaderValue, SendFailure> {
    let name = HeaderName::new_from_ascii(name.to_owned()).map_err(|_| SendFailure::NotConfigured)?;
    if value.contains("=?") || !value.bytes().all(|b| b.is_ascii_graphic() || b == b' ') {
        return Err(SendFailure::NotConfigured);
    }
    // Graphic ASCII only, and such a line must not be folded inside its address.
    Ok(HeaderValue::dangerous_new_pre_encoded(name, value.to_owned(), value.to_owned()))
}

/// A subject without line ends, and without anything a mail program would decode into one (RFC 2047).
fn one_line(subject: &str) -> String {
    let parts = subject.split(char::is_control).map(str::trim).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(" ").replace("=?", "= ?")
}

fn is_id_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"._-".contains(&byte)
}

/// A single message id with its brackets, or nothing.
fn message_id_of(text: &str) -> Option<String> {
    let inner = text.trim();
    let inner = inner.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(inner);
    let plain = inner.bytes().all(|b| b.is_ascii_graphic() && !b"<>,;\"\\()".contains(&b));
    let plain = plain && !inner.contains("=?");
    let (left, right) = inner.split_once('@')?;
    (plain && !left.is_empty() && !right.is_empty() && inner.len() <= 250).then(|| format!("<{inner}>"))
}

#[cfg(test)]
mod tests {
    use mail_parser::MessageParser;

    use super::*;
    use crate::domain::delivery::Channel;

    fn message() -> OutboundMessage {
        OutboundMessage {
            reference: "0191-ab.cd".into(),
            channel: Channel::Email,
            to: "person@patient.example".into(),
            subject: Some("Your visit".into()),
            text: "Dear Sam,\nhow are you?\n.\nOak Surgery".into(),
            html: Some("<p>Dear Sam</p>".into()),
            reply_to: Some("Oak Surgery <reply+t0k3n@oak.example>".into()),
            sender: None,
            unsubscribe_url: Some("https://oak.example/u/t0k3n".into()),
            follows: vec!["<m0@oak.example>".into(), "CAF=x@mail.example".into()],
            nhs_number: None,
            valid_until_ms: None,
        }
    }

    fn written(message: &OutboundMessage) -> Result<String, SendFailure> {
        let own = mailbox("Oak Surgery <messages@oak.example>").unwrap();
        Letter::write(message, &own, true, 1_803_902_400_000).map(|l| String::from_utf8(l.bytes).unwrap())
    }

    /// The headers, folded lines left out.
    fn header_lines(raw: &str) -> Vec<&str> {
        raw.split("\r\n\r\n").next().unwrap().split("\r\n").collect()
    }

    #[test]
    fn every_header_is_as_promised() {
        let raw = written(&message()).unwrap();
        let lines = header_lines(&raw);
        for expected in [
            "From: \"Oak Surgery\" <messages@oak.example>",
            "To: person@patient.example",
            "Reply-To: \"Oak Surgery\" <reply+t0k3n@oak.example>",
            "Subject: Your visit",
            "Message-ID: <0191-ab.cd@oak.example>",
            "In-Reply-To: <CAF=x@mail.example>",
            "References: <m0@oak.example> <CAF=x@mail.example>",
            "Auto-Submitted: auto-generated",
            "List-Unsubscribe: <https://oak.example/u/t0k3n>, <mailto:reply+t0k3n@oak.example?subject=unsubscribe>",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            "Date: Mon, 01 Mar 2027 12:00:00 +0000",
        ] {
            assert!(lines.contains(&expected), "{expected}\n{raw}");
        }
        let parsed = MessageParser::default().parse(raw.as_bytes()).unwrap();
        assert_eq!(parsed.body_text(0).unwrap().replace("\r\n", "\n"), message().text);
        assert_eq!(parsed.body_html(0).unwrap(), "<p>Dear Sam</p>");
    }

    #[test]
    fn a_retry_has_the_same_message_id() {
        let own = mailbox("messages@oak.example").unwrap();
        let ids = [0, 86_400_000].map(|now| Letter::write(&message(), &own, true, now).unwrap().message_id);
        assert_eq!(ids[0], ids[1]);
    }

    #[test]
    fn s12_no_content_makes_a_header_or_a_recipient() {
        let honest = header_lines(&written(&message()).unwrap()).len();
        let evil = [
            "x\r\nBcc: evil@example.org",
            "x\nBcc: evil@example.org",
            "x\rBcc: evil@example.org",
            "x\r\n\r\nbody",
            "=?utf-8?q?x=0D=0ABcc:_evil@example.org?=",
            "x\u{85}Bcc: evil@example.org\u{2028}Bcc: y@example.org",
        ];
        for text in evil {
            let mut with = message();
            with.subject = Some(text.into());
            with.follows = vec![text.into()];
            let raw = written(&with).unwrap();
            let lines = header_lines(&raw);
            // In-Reply-To and References are left out; nothing else may come or go.
            assert_eq!(lines.len(), honest - 2, "{raw}");
            assert!(!lines.iter().any(|l| l.to_ascii_lowercase().starts_with("bcc")), "{raw}");
            assert!(!lines.iter().any(|l| l.contains("=?") && l.contains("=0D")), "{raw}");
            assert!(!raw.replace("\r\n", "").contains(['\r', '\n']), "bare CR or LF: {raw:?}");

            for field in 0..5 {
                let mut with = message();
                match field {
                    0 => with.to = format!("a@b.example{text}"),
                    1 => with.reply_to = Some(format!("{text} <a@b.example>")),
                    2 => with.sender = Some(format!("{text} <a@b.example>")),
                    3 => with.reference = text.into(),
                    _ => with.unsubscribe_url = Some(format!("https://a.example/{text}")),
                }
                if let Ok(raw) = written(&with) {
                    let lines = header_lines(&raw);
                    assert!(!lines.iter().any(|l| l.contains("=?") && l.contains("=0D")), "{field} {raw}");
                    assert!(!lines.iter().any(|l| l.to_ascii_lowercase().starts_with("bcc")), "{field} {raw}");
                    assert_eq!(
                        raw.matches("\r\n\r\n").count(),
                        written(&message()).unwrap().matches("\r\n\r\n").count()
                    );
                }
            }
        }
    }

    #[test]
    fn recipients_that_are_no_address_are_the_person_s_fault_and_ours_are_ours() {
        for to in ["", "nobody", "a@", "@b.example", "a b@c.example", "a@b.example, c@d.example", "søren@ex.example"] {
            let failure = written(&OutboundMessage { to: to.into(), ..message() }).unwrap_err();
            assert_eq!(failure, SendFailure::BadAddress { code: "not_an_address".into() }, "{to}");
        }
        let broken = OutboundMessage { reply_to: Some("no address".into()), ..message() };
        assert_eq!(written(&broken), Err(SendFailure::NotConfigured));
    }

    #[test]
    fn long_lines_and_dots_and_other_alphabets_arrive_as_they_were() {
        let text = format!("{}\n.\n..\nZażółć gęślą jaźń 🌳 \u{645}\u{631}\u{62d}\u{628}\u{627}", "long ".repeat(400));
        let raw = written(&OutboundMessage { text: text.clone(), html: None, ..message() }).unwrap();
        assert!(raw.is_ascii() && raw.split("\r\n").all(|line| line.len() <= 998));
        let parsed = MessageParser::default().parse(raw.as_bytes()).unwrap();
        assert_eq!(parsed.body_text(0).unwrap().replace("\r\n", "\n").trim_end(), text);
    }
}

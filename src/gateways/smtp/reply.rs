//! What a mail server's refusal means, by the stage at which it came (RFC 5321, RFC 3463).

use lettre::transport::smtp::Error;

use crate::domain::{
    delivery::SendFailure,
    email::{BounceReason, told_reason},
};

/// How far the dialogue had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Greeting and EHLO.
    Greeting,
    /// AUTH.
    Login,
    /// MAIL FROM.
    Sender,
    /// RCPT TO.
    Recipient,
    /// DATA, before the message.
    Data,
    /// The message itself.
    Message,
}

/// An error and where it happened.
#[derive(Debug)]
pub(super) struct StageError {
    stage: Stage,
    status: Option<u16>,
    enhanced: Option<String>,
    /// The server's words: for the exchange log alone, which lets few of them stand.
    said: String,
}

impl Stage {
    pub(super) fn failed(self, error: &Error) -> StageError {
        let said = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
        StageError { stage: self, status: error.status().map(u16::from), enhanced: enhanced_code(&said), said }
    }
}

impl StageError {
    /// The reply code; `None` when the connection broke or the answer was no SMTP.
    pub(super) fn status(&self) -> Option<u16> {
        self.status
    }

    /// What the server said of it.
    pub(super) fn said(&self) -> &str {
        &self.said
    }

    pub(super) fn meaning(&self) -> SendFailure {
        let Some(status) = self.status else {
            // Until the message itself was sent, a broken dialogue means that it was not.
            return SendFailure::Unreachable { detail_code: "smtp_connection_lost".to_owned() };
        };
        let enhanced = self.enhanced.as_deref();
        let code = enhanced.map_or_else(|| status.to_string(), str::to_owned);
        let permanent = status >= 500;
        match self.stage {
            _ if !permanent => SendFailure::Rejected { code, permanent },
            // These concern our own set-up and would meet every mail alike: a person must mend it.
            Stage::Greeting | Stage::Login => SendFailure::NotConfigured,
            Stage::Sender if status != 552 => SendFailure::NotConfigured,
            _ if matches!(status, 530 | 534 | 535 | 538) => SendFailure::NotConfigured,
            Stage::Recipient if is_bad_address(status, enhanced, &self.said) => SendFailure::BadAddress { code },
            _ => SendFailure::Rejected { code, permanent },
        }
    }
}

/// 5.1.x is about the address, 5.2.1 a mailbox that is closed; without such a code 550, 551 and 553 say it, unless the words
/// are about us: many servers refuse whoever stands on a list with a bare 550.
fn is_bad_address(status: u16, enhanced: Option<&str>, said: &str) -> bool {
    match enhanced {
        Some(code) => matches!(code, "5.1.1" | "5.1.2" | "5.1.3" | "5.1.6" | "5.1.10" | "5.2.1"),
        None => matches!(status, 550 | 551 | 553) && told_reason(said).is_none_or(BounceReason::is_of_address),
    }
}

/// The enhanced status code at the start of a reply's text, such as `5.1.1`.
fn enhanced_code(text: &str) -> Option<String> {
    let word = text.split_ascii_whitespace().next()?;
    let numbers: Vec<_> = word.split('.').collect();
    let is_number = |n: &&str| (1..=3).contains(&n.len()) && n.bytes().all(|b| b.is_ascii_digit());
    (numbers.len() == 3 && numbers.iter().all(is_number)).then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning(stage: Stage, status: u16, text: &str) -> SendFailure {
        StageError { stage, status: Some(status), enhanced: enhanced_code(text), said: text.to_owned() }.meaning()
    }

    #[test]
    fn refusals_by_stage_and_code() {
        let bad = |code: &str| SendFailure::BadAddress { code: code.to_owned() };
        let rejected = |code: &str, permanent| SendFailure::Rejected { code: code.to_owned(), permanent };
        let table = [
            (Stage::Recipient, 550, "5.1.1 <a@b.example>: User unknown", bad("5.1.1")),
            (Stage::Recipient, 550, "no such user", bad("550")),
            (Stage::Recipient, 550, "blocked using a blocklist, see our pages", rejected("550", true)),
            (Stage::Recipient, 550, "5.7.1 refused by policy", rejected("5.7.1", true)),
            (Stage::Recipient, 552, "5.2.2 mailbox full", rejected("5.2.2", true)),
            (Stage::Recipient, 450, "4.2.0 greylisted", rejected("4.2.0", false)),
            (Stage::Recipient, 451, "try later", rejected("451", false)),
            (Stage::Sender, 553, "5.7.1 not owned by you", SendFailure::NotConfigured),
            (Stage::Sender, 530, "5.7.0 Must issue a STARTTLS command first", SendFailure::NotConfigured),
            (Stage::Login, 535, "5.7.8 no", SendFailure::NotConfigured),
            (Stage::Login, 454, "4.7.0 not now", rejected("4.7.0", false)),
            (Stage::Message, 554, "5.6.0 content refused", rejected("5.6.0", true)),
            (Stage::Message, 421, "4.3.2 closing", rejected("4.3.2", false)),
        ];
        for (stage, status, text, expected) in table {
            assert_eq!(meaning(stage, status, text), expected, "{stage:?} {status} {text}");
        }
    }

    #[test]
    fn a_reply_s_text_is_never_taken_for_a_code() {
        for text in ["", "User 5.1.1", "5.1", "5.1.1.1 x", "5.1.x", "07700.900.123456"] {
            assert_eq!(enhanced_code(text), None, "{text}");
        }
    }
}

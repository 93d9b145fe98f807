//! What became of a send: why it failed, how far it got, and when to try again.
//!
//! The lists are closed and the same for every gateway, so that the rest of the program never has to know a provider's codes.

mod breaker;
mod failure;
mod retry;
mod share;
mod status;

use serde::{Deserialize, Serialize};

pub use breaker::{Breaker, BreakerState, FailoverRules, Told};
pub use failure::SendFailure;
pub use retry::{BackOff, next_retry};
pub use share::{MINUTES as SHARE_MINUTES, Traffic, share};
pub use status::DeliveryStatus;

/// How a message travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A text message.
    Sms,
    /// An email.
    Email,
}

impl Channel {
    /// The word stored in the database and shown in configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Email => "email",
        }
    }

    /// The channel of that word, exactly as [`Channel::as_str`] writes it.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "sms" => Some(Self::Sms),
            "email" => Some(Self::Email),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Channel;

    #[test]
    fn a_channel_reads_back_what_it_writes() {
        for channel in [Channel::Sms, Channel::Email] {
            assert_eq!(Channel::parse(channel.as_str()), Some(channel));
            let json = serde_json::to_string(&channel).unwrap();
            assert_eq!(json, format!("\"{}\"", channel.as_str()));
        }
        assert_eq!(Channel::parse("SMS"), None);
    }
}

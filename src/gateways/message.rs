//! What goes out through a gateway, and what the gateway says to it at once.

use std::fmt;

use crate::domain::delivery::{Channel, DeliveryStatus};

/// One rendered message on its way out. `Debug` prints its reference and channel only.
#[derive(Clone, PartialEq, Eq)]
pub struct OutboundMessage {
    /// Our message id: the same on every try, so that the provider can be asked and can recognise a repeat.
    pub reference: String,
    /// Text or email.
    pub channel: Channel,
    /// A number in E.164 form, or an email address.
    pub to: String,
    /// Email only.
    pub subject: Option<String>,
    /// The text as it shall arrive; for email the plain part.
    pub text: String,
    /// Email only: the HTML part.
    pub html: Option<String>,
    /// Email only: the address that leads back to the conversation.
    pub reply_to: Option<String>,
    /// Overrides the gateway's own sender: a number or name, or for email a mailbox such as `Surgery <a@b.example>`.
    pub sender: Option<String>,
    /// Email only: the one-click address of RFC 8058.
    pub unsubscribe_url: Option<String>,
    /// Email only: the Message-IDs this one follows, oldest first, with or without angle brackets; it answers the last.
    pub follows: Vec<String>,
    /// The person's NHS number, ten digits: the NHS App knows people by it alone. Other gateways do not pass it on.
    pub nhs_number: Option<String>,
    /// From this moment (UTC milliseconds) the message is of no use and must not arrive any more.
    pub valid_until_ms: Option<i64>,
}

impl fmt::Debug for OutboundMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutboundMessage")
            .field("reference", &self.reference)
            .field("channel", &self.channel)
            .finish_non_exhaustive()
    }
}

/// The gateway's acknowledgement. It says that the gateway has the message, not that anyone received it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The provider's id, by which its reports name the message.
    pub provider_id: Option<String>,
    /// Usually [`DeliveryStatus::Accepted`].
    pub status: DeliveryStatus,
}

/// The answer to "did you get our message?".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LookUp {
    /// The provider has it.
    Found {
        /// The provider's id.
        provider_id: Option<String>,
        /// Where it stands.
        status: DeliveryStatus,
    },
    /// The provider does not have it, or acts on each reference only once: sending again cannot double it.
    NotFound,
    /// The provider cannot tell: sending again might double the message.
    CannotTell,
}

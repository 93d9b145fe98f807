//! Strict fakes of gateways: each refuses what its original would refuse, and each can misbehave on request.

pub mod cutter;
pub mod dovecot;
pub mod fault;
pub mod govuk_notify;
pub mod http;
pub mod nhs_notify;
pub mod postfix;
pub mod server;
pub mod smtp;
pub mod tls;
pub mod twilio;

use std::{collections::BTreeMap, sync::Arc};

use between::{
    clock::{Clock, instant},
    domain::delivery::Channel,
    gateways::{Gateway, GatewaySettings, Gateways, OutboundMessage, Surroundings, install_tls_provider},
};

/// Monday 1 March 2027, noon UTC.
pub const NOON: i64 = 1_803_902_400_000;

/// A clock that a test moves by hand.
#[derive(Clone)]
pub struct Hand(Clock);

impl Default for Hand {
    fn default() -> Self {
        Self::of(&Clock::manual(instant(NOON)))
    }
}

impl Hand {
    /// The hand on a clock that an engine looks at too.
    pub fn of(clock: &Clock) -> Self {
        Self(clock.clone())
    }

    pub fn now(&self) -> i64 {
        self.0.now_ms()
    }

    pub fn set(&self, now_ms: i64) {
        self.0.set_ms(now_ms);
    }

    pub fn surroundings(&self) -> Surroundings {
        let clock = self.clone();
        Surroundings {
            live: false,
            public_url: Some("https://messages.surgery.example".to_owned()),
            now_ms: Arc::new(move || clock.now()),
        }
    }
}

/// Builds one gateway, `test`, from its settings as a practice would write them, beside a sandbox named `spare`.
pub fn gateway(toml: &str, hand: &Hand) -> Arc<Gateway> {
    try_gateway(toml, hand).unwrap_or_else(|faults| panic!("{faults:?}"))
}

/// The same, with the faults as one text each.
pub fn try_gateway(toml: &str, hand: &Hand) -> Result<Arc<Gateway>, Vec<String>> {
    install_tls_provider();
    let settings: GatewaySettings = toml::from_str(toml).map_err(|e| vec![e.message().to_owned()])?;
    let spare: GatewaySettings = toml::from_str("kind = \"sandbox\"").unwrap();
    let all = BTreeMap::from([("test".to_owned(), settings), ("spare".to_owned(), spare)]);
    Gateways::build(&all, &hand.surroundings())
        .map(|gateways| Arc::clone(gateways.get("test").unwrap()))
        .map_err(|faults| faults.iter().map(ToString::to_string).collect())
}

/// Bytes in lower-case hex.
pub fn hex(bytes: impl AsRef<[u8]>) -> String {
    let digits: Vec<_> = bytes.as_ref().iter().map(|b| format!("{b:02x}")).collect();
    digits.concat()
}

/// A short mail.
pub fn mail_to(to: &str, reference: &str) -> OutboundMessage {
    OutboundMessage {
        channel: Channel::Email,
        subject: Some("Your walks".to_owned()),
        html: Some("<p>How are your walks going?</p>".to_owned()),
        reply_to: Some(format!("Oak Surgery <reply+{reference}@oak.test>")),
        unsubscribe_url: Some("https://oak.test/u/t0k3n".to_owned()),
        ..text_to(to, reference)
    }
}

/// A plain text to a number of the fiction range.
pub fn text_to(to: &str, reference: &str) -> OutboundMessage {
    OutboundMessage {
        reference: reference.to_owned(),
        channel: Channel::Sms,
        to: to.to_owned(),
        subject: None,
        text: format!("Oak Surgery: how are your walks going? ({reference})"),
        html: None,
        reply_to: None,
        sender: None,
        unsubscribe_url: None,
        follows: Vec::new(),
        nhs_number: None,
        valid_until_ms: Some(NOON + 48 * 3_600_000),
    }
}

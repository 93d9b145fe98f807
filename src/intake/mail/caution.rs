//! How far a mail is trusted: a person's own mail is taken like a text, a doubtful one goes to people, a machine's is recorded.

use super::reading::MailReading;
use crate::domain::conversation::{Consequences, Effect};
use crate::store::mails::MailView;

/// How a mail is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caution {
    /// Like a text from the person.
    None,
    /// Read and recorded for people to confirm; never answered.
    Doubtful,
    /// From nobody that a token vouches for: for people, and nothing follows for whoever has the address in its From line.
    Nobodys,
    /// Written by a machine: recorded, never answered; people see it only for danger.
    Machine,
    /// A button in the person's mail program: their no is taken, and no machine is answered.
    Unsubscribes,
    /// A message of ours came back.
    Bounce,
}

/// How this mail is taken. `other_address`: it came from an address that is not the person's on record.
pub fn caution(mail: &MailView, other_address: bool) -> (Caution, MailReading) {
    let reading: MailReading = serde_json::from_str(&mail.reading).unwrap_or_default();
    let caution = match mail.class.as_str() {
        "bounce" => Caution::Bounce,
        "auto_reply" if reading.unsubscribes => Caution::Unsubscribes,
        "auto_reply" | "list" | "report" => Caution::Machine,
        "person" if reading.answerable && !other_address => Caution::None,
        _ => Caution::Doubtful,
    };
    (caution, reading)
}

impl Caution {
    /// The same for a mail whose person is not known.
    pub fn without_person(self) -> Self {
        if matches!(self, Self::None | Self::Doubtful | Self::Unsubscribes) { Self::Nobodys } else { self }
    }

    /// How a received message is taken: a text, or the demo's email, has no mail behind it.
    pub fn of(mail: Option<&MailView>, other_address: bool) -> (Self, MailReading) {
        mail.map_or_else(|| (Self::None, MailReading::default()), |mail| caution(mail, other_address))
    }
}

/// What may follow from a mail that is not fully trusted. A priority is never lowered: whatever alerts or stops stays.
pub fn cautious(mut what: Consequences, caution: Caution) -> Consequences {
    match caution {
        Caution::None => what,
        Caution::Doubtful => {
            what.effects.retain(|effect| match effect {
                Effect::Answer(_) | Effect::SetAgenda(_) | Effect::AskedAgain | Effect::Heard => false,
                // Its answer is not sure to be the person's: the question stays open for them.
                Effect::CloseQuestion => false,
                Effect::Consent { granted, .. } => !granted,
                _ => true,
            });
            for effect in &mut what.effects {
                if let Effect::File(entry) = effect {
                    entry.sure = false;
                }
            }
            if !what.effects.iter().any(|effect| matches!(effect, Effect::Alert { .. })) {
                let reason = "An email to read: it is not certain who wrote it, or not all of it could be read.";
                what.effects.push(Effect::Alert { kind: "doubtful_mail", priority: "routine", reason });
            }
            what.for_staff = true;
            what
        }
        Caution::Unsubscribes => {
            what.effects.retain(|effect| !matches!(effect, Effect::Answer(_)));
            what
        }
        Caution::Nobodys => {
            let stops = what.effects.iter().any(|effect| matches!(effect, Effect::Consent { .. }));
            what.effects.retain(|effect| !matches!(effect, Effect::Answer(_) | Effect::Consent { .. }));
            if stops {
                let reason =
                    "An email asks to stop, and nothing proves whose it is: find the person and stop their email.";
                what.effects.retain(|effect| !matches!(effect, Effect::Alert { kind: "stop", .. }));
                what.effects.push(Effect::Alert { kind: "stop_to_check", priority: "asap", reason });
            }
            what.for_staff = true;
            what
        }
        Caution::Machine | Caution::Bounce => {
            let danger = what.effects.iter().any(|effect| {
                matches!(effect, Effect::Alert { priority: "urgent" | "stat", .. } | Effect::UnsafeContact)
            });
            what.effects.retain(|effect| {
                danger && matches!(effect, Effect::Alert { priority: "urgent" | "stat", .. } | Effect::Pause { .. })
            });
            what.for_staff = danger;
            what
        }
    }
}

//! Consent: append-only history in, one answer out.
//!
//! Basis (domain reference §5): messages for a person's own care rest on implied consent and can be refused at any time
//! (opt-out); readings and result values need recorded permission (opt-in).

use super::message::Purpose;
use super::reason::Reason;

text_enum! {
    /// What the person said.
    Decision { /// Yes.
        Granted = "granted", /// No.
        Refused = "refused" }
}

/// One line of a person's consent history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentLine<'a> {
    /// `sms`, `email` or `any`.
    pub channel: &'a str,
    /// The topic; `all` stands for every topic.
    pub purpose: Purpose,
    /// What was decided.
    pub decision: Decision,
}

const fn needs_permission(purpose: Purpose) -> bool {
    matches!(purpose, Purpose::ResultValues | Purpose::Readings)
}

/// May a message on this topic go by this channel? `history` is in order of time; later lines win over earlier ones
/// that speak of the same topic and channel, and STOP (`all`) wins over every earlier line of its channel.
pub fn allows<'a>(
    history: impl IntoIterator<Item = ConsentLine<'a>>,
    channel: &str,
    purpose: Purpose,
) -> Result<(), Reason> {
    let mut topic = None;
    let mut everything_refused = false;
    for line in history {
        if line.channel != "any" && line.channel != channel {
            continue;
        }
        if line.purpose == Purpose::All {
            everything_refused = line.decision == Decision::Refused;
        } else if line.purpose == purpose {
            topic = Some(line.decision);
        }
    }
    match topic {
        _ if everything_refused => Err(Reason::OptedOut),
        Some(Decision::Refused) => Err(Reason::OptedOut),
        None if needs_permission(purpose) => Err(Reason::NoPermission),
        Some(Decision::Granted) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(channel: &'static str, purpose: Purpose, decision: Decision) -> ConsentLine<'static> {
        ConsentLine { channel, purpose, decision }
    }

    #[test]
    fn reminders_are_opt_out_and_readings_are_opt_in() {
        assert_eq!(allows([], "sms", Purpose::Appointments), Ok(()));
        assert_eq!(allows([], "sms", Purpose::Readings), Err(Reason::NoPermission));
        let granted = [line("any", Purpose::Readings, Decision::Granted)];
        assert_eq!(allows(granted, "email", Purpose::Readings), Ok(()));
    }

    #[test]
    fn stop_ends_one_channel_and_start_restores_what_was_there() {
        let mut history =
            vec![line("sms", Purpose::Goals, Decision::Refused), line("sms", Purpose::All, Decision::Refused)];
        assert_eq!(allows(history.clone(), "sms", Purpose::Appointments), Err(Reason::OptedOut));
        assert_eq!(allows(history.clone(), "email", Purpose::Appointments), Ok(()));
        history.push(line("sms", Purpose::All, Decision::Granted));
        assert_eq!(allows(history.clone(), "sms", Purpose::Appointments), Ok(()));
        assert_eq!(
            allows(history, "sms", Purpose::Goals),
            Err(Reason::OptedOut),
            "an earlier refusal of one topic stands"
        );
    }

    #[test]
    fn a_topic_granted_after_stop_does_not_undo_stop() {
        let history = [line("sms", Purpose::All, Decision::Refused), line("sms", Purpose::Goals, Decision::Granted)];
        assert_eq!(allows(history, "sms", Purpose::Goals), Err(Reason::OptedOut));
    }
}

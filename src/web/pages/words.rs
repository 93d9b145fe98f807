//! The words staff read for what the database keeps as codes.

use crate::domain::reason::Reason;

/// A tag: its words and the colour of its frame. Never the colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tag {
    pub words: &'static str,
    pub colour: &'static str,
}

const fn tag(words: &'static str, colour: &'static str) -> Tag {
    Tag { words, colour }
}

/// Where a message stands.
pub(super) fn status(word: &str) -> Tag {
    match word {
        "planned" => tag("Planned", "blue"),
        "queued" => tag("About to go", "blue"),
        "sending" => tag("Being sent", "blue"),
        "accepted" => tag("Sent", "green"),
        "delivered" => tag("Delivered", "green"),
        "undelivered" => tag("Not delivered", "red"),
        "failed" => tag("Failed", "red"),
        "held" => tag("Held", "yellow"),
        "skipped" => tag("Not sent", "grey"),
        "cancelled" => tag("Called off", "grey"),
        "unknown" => tag("Not known", "red"),
        "received" => tag("Received", "blue"),
        "handled" => tag("Read by the program", "green"),
        "for_staff" => tag("For staff", "yellow"),
        _ => tag("Other", "grey"),
    }
}

/// The sentence behind a reason word; nothing when there is no reason.
pub(super) fn reason(word: &str) -> Option<&'static str> {
    match word.parse::<Reason>() {
        Ok(Reason::None) | Err(_) => None,
        Ok(reason) => Some(reason.sentence()),
    }
}

/// Where a message stands, in words.
pub fn status_in_words(word: &str) -> &'static str {
    status(word).words
}

/// What a message is, by its kind and wording.
pub fn message(kind: &str, template: &str) -> String {
    let words = match template {
        "" if kind.is_empty() => "Reply",
        "welcome" => "Welcome",
        "goal_check_in" => "Goal check-in",
        "results_notice" => "Results are ready",
        "agenda_prompt" => "What matters to you?",
        "agenda_nudge" => "What matters to you? (again)",
        "agenda_echo" => "Agenda received",
        "appointment_reminder" => "Appointment reminder",
        "reading_request" => "Request for a reading",
        "check_in_answer" => "Thanks for the check-in",
        "reading_answer" => "Thanks for the reading",
        "appointment_yes_answer" => "Thanks: coming",
        "appointment_no_answer" => "Thanks: not coming",
        "stop_confirmation" => "Confirmation of STOP",
        "start_confirmation" => "Confirmation of START",
        "help" => "Answer to HELP",
        "danger" => "Safety text: emergency",
        "crisis" => "Safety text: crisis",
        "could_not_read" => "Asked again",
        "closed" => "We are closed",
        "unknown_sender" => "Answer to an unknown number",
        "wrong_person_answer" => "Answer to a wrong number",
        "ask_who" => "Asked who wrote",
        "confirm_cancel" => "Asked to confirm",
        "staff_message" => "Message from staff",
        "alert_route" => "Notice to staff",
        "route_test" => "Test of the alert route",
        "gateway_test" => "Test of the gateway",
        other => return capital(&other.replace(['_', '-'], " ")),
    };
    words.to_owned()
}

/// A topic of consent.
pub(super) fn purpose(word: &str) -> &'static str {
    match word {
        "goals" => "Goals",
        "results" => "Results are ready",
        "result_values" => "Result values in a message",
        "agenda" => "What to talk about",
        "appointments" => "Appointment reminders",
        "readings" => "Home readings",
        "service" => "Answers and welcome",
        "all" => "Everything",
        _ => "Other",
    }
}

/// Text or email.
pub(super) fn channel(word: &str) -> &'static str {
    match word {
        "sms" => "Text",
        "email" => "Email",
        "any" => "Text and email",
        _ => "Other",
    }
}

/// How urgent an alert is.
pub(super) fn priority(word: &str) -> Tag {
    match word {
        "stat" => tag("At once", "red"),
        "urgent" => tag("Urgent", "red"),
        "asap" => tag("Today", "orange"),
        _ => tag("When read", "blue"),
    }
}

/// What an alert is about.
pub(super) fn alert_kind(word: &str) -> String {
    let words = match word {
        "red_flag" => "Words of danger",
        "crisis" => "Words of crisis",
        "unsafe_contact" => "Unsafe contact",
        "bereavement" => "Reported death",
        "wrong_person" => "Wrong number",
        "stop" => "Asked to stop",
        "start" => "Asked to start again",
        "reply_to_read" => "Reply to read",
        "appointment_change" => "Appointment to change",
        "unknown_sender" => "Unknown sender",
        "silent" => "No answers",
        "hold_overdue" => "Held result overdue",
        "spend_cap" => "Spending limit reached",
        "sudden_rise" => "Far more messages than usual",
        "gateway_down" => "A gateway does not work",
        "not_sent" => "Messages not sent",
        "flood" => "Very many messages",
        "unreachable" => "Number does not work",
        "no_address" => "No number or address",
        "shared_number" => "Shared number",
        "feed_stale" => "Old data",
        other => return capital(&other.replace('_', " ")),
    };
    words.to_owned()
}

/// Where a contact point stands.
pub(super) fn contact_status(word: &str) -> Tag {
    match word {
        "active" => tag("In use", "green"),
        "unreachable" => tag("Does not work", "red"),
        "wrong_person" => tag("Somebody else answers", "red"),
        _ => tag("No longer on record", "grey"),
    }
}

/// Where an appointment stands.
pub(super) fn appointment_status(word: &str) -> Tag {
    match word {
        "booked" => tag("Booked", "blue"),
        "cancelled" => tag("Cancelled", "grey"),
        "attended" => tag("Attended", "green"),
        "missed" => tag("Missed", "orange"),
        _ => tag("Other", "grey"),
    }
}

/// Where a result stands.
pub(super) fn result_state(word: &str) -> Tag {
    match word {
        "released" => tag("Released", "green"),
        "withdrawn" => tag("Withdrawn", "grey"),
        _ => tag("Held", "yellow"),
    }
}

/// Where an entry of the record stands.
pub(super) fn filed(word: &str) -> Tag {
    match word {
        "auto" => tag("Filed", "green"),
        "confirmed" => tag("Confirmed", "green"),
        "rejected" => tag("Rejected", "grey"),
        _ => tag("To confirm", "yellow"),
    }
}

/// Why a result is held.
pub(super) fn hold_reason(word: &str) -> String {
    let words = match word {
        "unfiled" => "No clinician has released it yet.",
        "not_final" => "The laboratory has not finished it.",
        "status_not_stated" => "Nothing says whether it is final.",
        "unknown_test" => "The test is not in the results catalogue.",
        "unit_missing" => "The unit is missing.",
        "unit_unknown" => "The unit is not known for this test.",
        "implausible" => "The value is outside what can be true.",
        "range_missing" => "The laboratory gave no reference range.",
        "hold_limit" => "Beyond a limit that the practice set for holding.",
        "critical_flag" => "The laboratory flagged it for alert.",
        "sensitive" => "A sensitive test: a clinician talks about it first.",
        other => return format!("{}.", capital(&other.replace('_', " "))),
    };
    words.to_owned()
}

/// A code in words: first letter large, underscores as spaces.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// "1 reply", "3 replies".
pub(super) fn count(number: i64, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::message::MessageStatus;

    #[test]
    fn every_status_has_words_of_its_own() {
        for known in MessageStatus::ALL {
            assert_ne!(status(known.as_str()).words, "Other", "{known}");
        }
    }

    #[test]
    fn every_purpose_has_words() {
        for known in crate::domain::message::Purpose::ALL {
            assert_ne!(purpose(known.as_str()), "Other", "{known}");
        }
    }

    #[test]
    fn no_reason_is_no_sentence() {
        assert_eq!(reason(""), None);
        assert!(reason("deceased").is_some());
    }
}

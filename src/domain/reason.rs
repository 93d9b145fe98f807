//! Why a message was held, skipped, cancelled or refused: one word for the ledger, one sentence for staff.

macro_rules! reasons {
    ($($variant:ident = $code:literal, $sentence:literal;)+) => {
        text_enum! {
            /// Why a message stands where it stands. A closed list, so that "why was it not sent" always has an answer.
            Reason { $(#[doc = $sentence] $variant = $code),+ }
        }
        impl Reason {
            /// The sentence staff read.
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$variant => $sentence),+ }
            }
        }
    };
}

reasons! {
    None = "", "Nothing stands in its way.";
    OptedOut = "opted_out", "The person said no to messages on this topic or channel.";
    NoPermission = "no_permission", "This topic needs the person's recorded permission, and there is none.";
    NoAddress = "no_address", "No usable phone number or email address is on record.";
    Unreachable = "unreachable", "The number or address no longer works: ask the person for a new one.";
    WrongPerson = "wrong_person", "Somebody else answers at this number: check it with the person.";
    SharedNumber = "shared_number", "Two patients share this number, so results and goals do not go to it.";
    NotTextable = "not_textable", "No valid NHS number and date of birth: this person is never texted.";
    UnderAge = "under_age", "The person is under the practice's minimum age for messages.";
    Deceased = "deceased", "The person has died.";
    LeftPractice = "left_practice", "The person is no longer registered here.";
    Sensitive = "sensitive", "The record is marked sensitive: nothing is sent.";
    UnsafeContact = "unsafe_contact", "Contact by message may be unsafe for this person.";
    ExcludedByTag = "excluded_by_tag", "A tag on the record (pregnancy, palliative care, eating disorder, admission) stops this programme.";
    Paused = "paused", "Messages to this person are paused.";
    NotEnrolled = "not_enrolled", "The person is no longer in the programme.";
    GoalClosed = "goal_closed", "The goal is no longer active.";
    AppointmentCancelled = "appointment_cancelled", "The appointment was cancelled.";
    AppointmentMoved = "appointment_moved", "The appointment was moved; the new time has messages of its own.";
    AppointmentOver = "appointment_over", "The appointment is over.";
    AlreadySent = "already_sent", "It was already sent for this appointment.";
    Answered = "answered", "The person had already answered.";
    NoReleasedResult = "no_released_result", "No result has been released for this person.";
    ResultWithdrawn = "result_withdrawn", "The result was withdrawn.";
    QuestionOpen = "question_open", "Another question is still open; this one waits its turn.";
    AppointmentWeek = "appointment_week", "Goal messages rest in the week of an appointment.";
    Capped = "capped", "The limit of messages to one person was reached.";
    WaitsForWindow = "waits_for_window", "Outside sending hours: it waits for the next opening.";
    PracticeCloses = "practice_closes", "The practice is about to close for longer than a night: news of results waits until somebody is there to ask.";
    PastDue = "past_due", "Its moment had passed when it could be sent.";
    Expired = "expired", "It was no longer useful by the time it could be sent.";
    FeedStale = "feed_stale", "The practice's data is too old to be sure: import fresh data.";
    RouteUntested = "route_untested", "Live sending is off: test and acknowledge the alert route, and set cover hours.";
    SendingOff = "sending_off", "Sending is off until a person confirms it (after a restore).";
    NoGateway = "no_gateway", "No gateway is set up for this channel.";
    SenderCannotReceive = "sender_cannot_receive", "A question may not go out by a sender that cannot receive the answer.";
    SpendCap = "spend_cap", "The practice's spending limit for the day was reached.";
    SuddenRise = "sudden_rise", "Far more messages than usual: sending stopped until a person confirms.";
    TemplateMissing = "template_missing", "There is no wording for this message.";
    MissingFact = "missing_fact", "The wording needs something that is not on record.";
    TooLong = "too_long", "The finished text is longer than the limit; it is never cut.";
    Unsendable = "unsendable", "The text has characters the gateway cannot carry.";
    GatewayRefused = "gateway_refused", "The gateway refused it for good.";
    BadAddress = "bad_address", "The gateway says the number or address is not valid.";
    GaveUp = "gave_up", "Every try failed until it was no longer useful.";
    Retrying = "retrying", "A try failed; it will be tried again.";
    GatewayRests = "gateway_rests", "The gateway does not work, and could not say what it took: it waits until that is tried again.";
    OutcomeUnknown = "outcome_unknown", "Nobody can tell whether it was sent, so it is not sent again.";
    Poison = "poison", "It failed in the program several times and was set aside: tell support.";
    NetworkUndelivered = "network_undelivered", "The network could not deliver it.";
    Superseded = "superseded", "A newer message took its place.";
    AutoAnswerLimit = "auto_answer_limit", "The limit of automatic answers for the day was reached.";
    MachineAnswer = "machine_answer", "The other side looks like a machine: it is not answered.";
    Stopped = "stopped", "A person at the practice stopped it.";
    NothingToSay = "nothing_to_say", "There was nothing to send back: the person had not answered.";
    Silent = "silent", "Several check-ins had no answer; the programme stopped and staff were told.";
    ForStaff = "for_staff", "A person at the practice must read it.";
    UnknownSender = "unknown_sender", "Nobody on record has this number or address.";
    SeveralPeople = "several_people", "Several people use this number: who wrote is not known.";
}

#[cfg(test)]
mod tests {
    use super::Reason;

    #[test]
    fn every_reason_has_a_sentence_and_a_word_of_its_own() {
        let mut words: Vec<_> = Reason::ALL.iter().map(|r| r.as_str()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Reason::ALL.len());
        assert!(Reason::ALL.iter().all(|r| r.sentence().ends_with('.')));
    }
}

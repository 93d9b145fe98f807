//! The everyday meanings phrases can have. Their words stand in `phrases.toml`.

use serde::Deserialize;

/// What an everyday phrase says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// Written by a machine.
    Machine,
    /// How a machine says that one may stop.
    MachineStop,
    /// A machine whose address is going away.
    MachineMoved,
    /// The opt-out word and nothing else.
    StopWord,
    /// A plain request to end the messages.
    StopPlain,
    /// Wants an end, but a person should know why.
    StopDoubt,
    /// An end to one topic.
    StopTopic,
    /// Asks how to end.
    StopHow,
    /// Asks not to stop.
    Keep,
    /// "cancel", which may mean the texts or the appointment.
    AskBack,
    /// Start again.
    StartWord,
    /// Wants the messages back without the word.
    StartDoubt,
    /// The help word.
    HelpWord,
    /// Does not know what to do.
    HelpDoubt,
    /// "help me".
    HelpMe,
    /// Not the person meant.
    WrongPerson,
    /// Saw another person's results.
    WrongResults,
    /// The patient has died.
    Died,
    /// May have died.
    DiedPerhaps,
    /// Told before.
    ToldBefore,
    /// Somebody else writes.
    Carer,
    /// The writer speaks of the person as another.
    CarerSays,
    /// Unhappy with the service.
    Complaint,
    /// A threat.
    Threat,
    /// Wants another language, or does not understand this one.
    Language,
    /// A question.
    Question,
    /// Small talk that looks like a question.
    SmallTalk,
    /// A request for something to be done.
    Request,
    /// Something a person should know.
    Tell,
    /// Yes.
    Yes,
    /// Probably yes.
    YesWeak,
    /// No.
    No,
    /// Probably no.
    NoWeak,
    /// In part.
    Partial,
    /// May be meant the other way round.
    Sarcasm,
    /// Nothing was done.
    Nought,
    /// Every day of the period.
    EveryDay,
    /// Every other day.
    OtherDay,
    /// Will answer later.
    Later,
    /// Undecided.
    Perhaps,
    /// Will come, or has read it.
    Confirm,
    /// Will not come.
    Cancel,
    /// Wants another time.
    Reschedule,
    /// Nothing to talk about.
    NothingToRaise,
    /// Points to something only the record knows.
    AsBefore,
    /// A new number or address.
    ContactNew,
    /// Nothing has changed.
    ContactSame,
    /// Well.
    Well,
    /// Unwell in general words.
    Unwell,
    /// Thanks.
    Thanks,
    /// Every option.
    AllOptions,
    /// Any option.
    AnyOption,
    /// Something is attached.
    Attached,
}

/// Each meaning by name, in their order: the word that files of phrases and of weights have for it.
pub const NAMES: [&str; 53] = [
    "machine",
    "machine_stop",
    "machine_moved",
    "stop_word",
    "stop_plain",
    "stop_doubt",
    "stop_topic",
    "stop_how",
    "keep",
    "ask_back",
    "start_word",
    "start_doubt",
    "help_word",
    "help_doubt",
    "help_me",
    "wrong_person",
    "wrong_results",
    "died",
    "died_perhaps",
    "told_before",
    "carer",
    "carer_says",
    "complaint",
    "threat",
    "language",
    "question",
    "small_talk",
    "request",
    "tell",
    "yes",
    "yes_weak",
    "no",
    "no_weak",
    "partial",
    "sarcasm",
    "nought",
    "every_day",
    "other_day",
    "later",
    "perhaps",
    "confirm",
    "cancel",
    "reschedule",
    "nothing_to_raise",
    "as_before",
    "contact_new",
    "contact_same",
    "well",
    "unwell",
    "thanks",
    "all_options",
    "any_option",
    "attached",
];

/// The words for the kinds of phrases whose tags come before: danger, what looks like it, what is worth reading.
pub const MARKS: [&str; 3] = ["flag", "harmless", "watch"];

#[cfg(test)]
mod tests {
    use super::super::lexicon::tag;
    use super::*;

    #[test]
    fn every_name_is_the_word_of_its_meaning() {
        for (number, name) in NAMES.iter().enumerate() {
            let label: Label = serde_json::from_value((*name).into()).expect("a meaning");
            assert_eq!(label as usize, number, "{name}");
        }
        assert_eq!(NAMES.len(), Label::Attached as usize + 1, "the last of them");
        assert_eq!(MARKS.len(), usize::from(tag::says(Label::Machine)), "the first of them follows the marks");
        assert_eq!(MARKS[usize::from(tag::WATCH)], "watch");
    }
}

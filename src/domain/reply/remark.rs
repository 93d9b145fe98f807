//! Long remarks beside an answer that speak of nothing everyday: a person reads them, whatever they say.
//!
//! Lists of danger and of what is worth reading never end. What people add to an answer in many words is either small talk, and
//! then names family, weather, food, places or pastimes, or it is something that the practice should know.

use super::context::{Channel, Context};
use super::danger::Dangers;
use super::draft::{Caution, Draft};
use super::facts::Unit;
use super::text::Text;
use super::tokens::Kind;
use super::understanding::{Intent, Route};
use super::vocabulary::{Vocabulary, words};

/// From so many words with a matter of their own a remark is long. Measured on replies not seen before: of those sent to a person
/// by this rule more than half needed one.
const LONG: usize = 4;

/// The same where something does not go.
const LONG_FAILING: usize = 2;

/// Sends an answer that would be filed by itself to a person when a long remark stands beside it.
pub fn read(
    text: &Text<'_>,
    context: &Context<'_>,
    dangers: &Dangers,
    answer: Option<(usize, usize)>,
    draft: &mut Draft,
) {
    let files = matches!(
        draft.answer,
        Some(
            Intent::Yes
                | Intent::No
                | Intent::Partial
                | Intent::ProgressNumber
                | Intent::Reading
                | Intent::Confirm
                | Intent::Choice
        )
    );
    if draft.route != Route::Auto || !files {
        return;
    }
    let known = &text.lexicon.known;
    let answered = |at: usize| answer.is_some_and(|(from, to)| (from..to).contains(&at));
    let not_meant = |at: usize| dangers.dismisses(at) || text.idiom(at, at + 1);
    let (mut found, mut first) = (0, 0);
    // "the new one I cannot work": what does not go is said in fewer words.
    let fails = text.core.clone().any(|at| {
        text.is(
            at,
            words![
                "cant", "cannot", "wont", "couldnt", "doesnt", "hasnt", "havent", "isnt", "nobody", "unable", "without"
            ],
        ) && !answered(at)
            && !not_meant(at)
    });
    let long = if fails { LONG_FAILING } else { LONG };
    for at in text.core.clone() {
        let Some(token) = text.token(at) else { break };
        // A letter is read by its sentences: its formulas add up to more than they say.
        if context.channel == Channel::Email && text.sentence_start(at) == at {
            found = 0;
        }
        if text.within(at, &known.everyday) || text.within(at, &known.relation) || text.smile(at) {
            return;
        }
        let fact = text.fact(at);
        let plain = token.kind != Kind::Word
            || token.word == Vocabulary::NAME
            || answered(at)
            || text.within(at, &known.function)
            || text.within(at, &known.courtesy)
            || text.within(at, &known.titles)
            || fact.number.is_some()
            || fact.unit != Unit::None
            || fact.weekday > 0
            || fact.month > 0
            || fact.part.is_some()
            || text.small_talk(at, at + 1)
            || not_meant(at);
        if plain {
            continue;
        }
        if found == 0 {
            first = at;
        }
        found += 1;
        if found >= long {
            let why = "more than an answer, and no small talk";
            draft.cautions.push(Caution { why, remark: true, from: first, to: at + 1 });
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{days, now, tablets};
    use super::super::{Prompt, Reader, Sources, Understanding, understand};
    use super::*;
    use chrono_tz::Europe::London;
    use std::sync::LazyLock;

    /// The rules alone: with a judge it has the last word on remarks.
    static RULES: LazyLock<Reader> = LazyLock::new(|| {
        Reader::from_sources(Sources { second_reader: "", ..Reader::shipped_sources() }).expect("a reader")
    });

    fn read(reply: &str, prompt: Option<&Prompt>) -> Understanding {
        let (received_at, channel, reader) = (now(), Channel::Sms, &*RULES);
        understand(reply, &Context { prompt, received_at, zone: London, channel, reader })
    }

    fn route(reply: &str, asked: &super::super::Prompt) -> Route {
        read(reply, Some(asked)).route
    }

    #[test]
    fn a_long_remark_is_read_by_a_person_unless_it_is_small_talk() {
        assert_eq!(route("4 days", &days()), Route::Auto);
        assert_eq!(
            route("4 days, the dog dragged me round the park and back in the pouring rain", &days()),
            Route::Auto
        );
        assert_eq!(route("4, the juggler catapulted marzipan zeppelins sideways", &days()), Route::Review);
        assert_eq!(
            route("yes, every single one, no nausea no itching no wheeze", &tablets()),
            Route::Auto,
            "what is denied counts for nothing"
        );
        assert_eq!(
            route("yes, though the blister foil wont peel", &tablets()),
            Route::Review,
            "what does not go is said in fewer words"
        );
    }

    #[test]
    fn the_reason_says_which_words() {
        let reply = "4, the juggler catapulted marzipan zeppelins sideways";
        let read = read(reply, Some(&days()));
        let why = read.because.iter().find(|b| b.what.contains("no small talk")).expect("a reason");
        assert!(reply[why.from..why.to].contains("juggler"), "{}", &reply[why.from..why.to]);
    }
}

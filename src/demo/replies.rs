//! What the demo's people answer: in their own style, some not at all. All of it is invented, and all of it takes the
//! real way in and is read by the real reader.

use super::dice::Dice;
use crate::domain::reply::{Expects, ReadingKind};

/// How the references of simulated replies begin.
pub(super) const SIMULATED: &str = "demo-";

/// How a person answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Hardly ever.
    Silent,
    /// In as few letters as possible.
    Brief,
    /// In sentences.
    Chatty,
    /// In words and with slips.
    Loose,
}

impl Style {
    /// A quarter says nothing.
    pub fn of(number: u64) -> Self {
        match number % 100 {
            0..25 => Self::Silent,
            25..55 => Self::Brief,
            55..80 => Self::Chatty,
            _ => Self::Loose,
        }
    }
}

const COUNT_BRIEF: [&str; 9] =
    ["{n}", "{n} days", "{n}/7", "{n} this week", "{n}.", "{n} times", "did {n}", "{n} out of 7", "Its {n}"];
const COUNT_CHATTY: [&str; 14] = [
    "{n} days this week, better than last week!",
    "Managed {n} days. The weather was awful",
    "I did {n}, thank you for asking",
    "Hi, {n} days. Knee a bit sore but ok",
    "only {n} I'm afraid, had visitors all week",
    "{n} days and feeling better for it",
    "{n} days! My wife came along twice",
    "Good morning. {n} days. Kind regards, J.",
    "That would be {n}. Slept through twice as well",
    "{n} days, would have been more but for the bus strike",
    "{n}. Is it ok to do it in the evening instead?",
    "{n} days. Do I count the walk to church?",
    "{n}, and tell the nurse thank you x",
    "{n} days, lost the sheet with the exercises, can you post me another",
];
const COUNT_LOOSE: [&str; 10] = [
    "{w} days",
    "{w} i think",
    "abuot {n}",
    "{n} dyas",
    "{n} or {m}",
    "{w}, maybe {v}",
    "did it {w} times love",
    "a good {w}",
    "{n}ish",
    "mayb {n} days not sure",
];
const YES: [&str; 10] = [
    "Yes",
    "yes thanks",
    "Y",
    "yes ill be there",
    "Yes I can come",
    "YES 👍",
    "yep see you then",
    "Yes. Do I need to fast?",
    "yes coming with my daughter",
    "Ok yes",
];
const NO: [&str; 6] = [
    "No",
    "No sorry I am working",
    "cant make it, can i have a friday instead",
    "N",
    "No, in hospital that day",
    "Please cancel, feeling much better",
];
const AGENDA: [&str; 16] = [
    "my sleep and the tablets",
    "1. dizzy spells 2. sore foot 3. blue badge form",
    "feet tingling at night, my weight, is the new inhaler right",
    "Tired all the time\nHearing\nFlu jab",
    "the pain in my hip, and a repeat prescription",
    "Water tablets. up four times a night",
    "what the kidney number means, salt, driving again",
    "worried about my memory",
    "1 cough 2 mood 3 form for work",
    "knee, knee and knee!",
    "can my husband come in with me. also the statin",
    "Losing weight, alcohol, stress at work",
    "nothing really thanks",
    "hot flushes and not sleeping",
    "blood sugar in the mornings; new meter; feet",
    "I want to talk about stopping the amlodipine because of my ankles",
];
const PRESSURE: [&str; 7] = [
    "{s}/{d}",
    "{s} over {d}",
    "BP {s}/{d}",
    "{s} {d}",
    "{s}/{d} pulse {p}",
    "this morning {s}/{d}",
    "it says {s} on top and {d} below",
];
const AFTER_RESULTS: [&str; 10] = [
    "Thanks",
    "Thank you, will look later",
    "what does the kidney one mean?",
    "cant open the link",
    "ok ta",
    "Is it good or bad",
    "I dont have the app can someone ring me",
    "11 stone 9 on the new scales by the way",
    "Thank you. I will ask about it when I come in",
    "dziękuję",
];
/// Two in a hundred answers are these: a demo without them would not show what the product is careful about.
const GRAVE: [&str; 4] = [
    "{n} days but I had chest pain yesterday going up the hill",
    "cant breathe properly since this morning",
    "{n}. to be honest i dont see the point in going on",
    "been coughing up blood",
];
const NUMBERS: [&str; 9] = ["none", "one", "two", "three", "four", "five", "six", "seven", "eight"];

/// The answer to a question, and after how many minutes; `None` when the person says nothing. `expects` is none for a
/// message that asks nothing.
pub(super) fn answer(dice: &mut Dice, style: Style, expects: Option<&Expects>) -> Option<(String, i64)> {
    if style == Style::Silent && !dice.percent(6) {
        return None;
    }
    // Most answer within the hour, some in the evening, a few the next day.
    let minutes = match dice.below(10) {
        0..6 => dice.between(2, 55),
        6..9 => dice.between(60, 420),
        _ => dice.between(600, 1_700),
    };
    let text = match expects {
        None if dice.percent(22) => dice.pick(&AFTER_RESULTS).to_owned(),
        None => return None,
        Some(_) if dice.percent(2) => dice.pick(&GRAVE).to_owned(),
        Some(Expects::Count { .. }) => count(dice, style),
        Some(Expects::Appointment { .. } | Expects::YesNoSome) => {
            if dice.percent(88) { dice.pick(&YES) } else { dice.pick(&NO) }.to_owned()
        }
        Some(Expects::Agenda { .. }) => dice.pick(&AGENDA).to_owned(),
        Some(Expects::Reading { reading: ReadingKind::Bp }) => dice.pick(&PRESSURE).to_owned(),
        Some(Expects::Scale { .. }) => "{n}".to_owned(),
        Some(_) => "ok".to_owned(),
    };
    Some((fill(dice, &text), minutes))
}

fn count(dice: &mut Dice, style: Style) -> String {
    match style {
        Style::Chatty => dice.pick(&COUNT_CHATTY),
        Style::Loose => dice.pick(&COUNT_LOOSE),
        Style::Brief | Style::Silent => dice.pick(&COUNT_BRIEF),
    }
    .to_owned()
}

fn fill(dice: &mut Dice, text: &str) -> String {
    let n = dice.below(8) as usize;
    let word = |at: usize| NUMBERS.get(at).copied().unwrap_or("some");
    text.replace("{n}", &n.to_string())
        .replace("{m}", &(n + 1).to_string())
        .replace("{w}", word(n))
        .replace("{v}", word(n + 1))
        .replace("{s}", &dice.between(118, 164).to_string())
        .replace("{d}", &dice.between(68, 96).to_string())
        .replace("{p}", &dice.between(56, 88).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_many_ways_to_answer_and_no_gap_is_left() {
        let all: Vec<&str> =
            [&COUNT_BRIEF[..], &COUNT_CHATTY, &COUNT_LOOSE, &YES, &NO, &AGENDA, &PRESSURE, &AFTER_RESULTS, &GRAVE]
                .concat();
        assert!(all.len() >= 60, "{}", all.len());
        let mut dice = Dice::new(1, "test");
        for text in all {
            let filled = fill(&mut dice, text);
            assert!(!filled.contains(['{', '}']), "{text}");
        }
    }

    #[test]
    fn a_quarter_says_nothing() {
        let silent = (0..1000).filter(|n| Style::of(*n) == Style::Silent).count();
        assert_eq!(silent, 250);
    }
}

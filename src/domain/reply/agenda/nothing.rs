//! "I'm grand, nothing from me": words that in sum raise no matter.

use super::super::text::Text;
use super::super::tokens::Kind;
use super::super::vocabulary::{Word, words};

/// Words that say there is none.
const NONE: &[Word] =
    words!["nothing", "nought", "nowt", "none", "nil", "zip", "nope", "nah", "naw", "no", "pass", "skip"];

/// Words that say all is well.
const WELL: &[Word] = words![
    "fine", "good", "ok", "okay", "grand", "well", "alright", "awright", "sound", "content", "happy", "dory", "dandy",
    "nicely", "great", "champion", "tickety", "fiddle"
];

/// What is said about there being none.
const ABOUT: &[Word] = words![
    "need",
    "needed",
    "needs",
    "raise",
    "report",
    "add",
    "say",
    "saying",
    "tell",
    "discuss",
    "ask",
    "mention",
    "declare",
    "think",
    "springs",
    "mind",
    "comes",
    "come",
    "concerns",
    "concern",
    "worries",
    "questions",
    "issues",
    "problems",
    "probs",
    "bother",
    "complaints",
    "complain",
    "topics",
    "items",
    "change",
    "changes",
    "changed",
    "important",
    "urgent",
    "major",
    "new",
    "special",
    "specific",
    "particular",
    "matter",
    "matters",
    "present",
    "moment",
    "minute",
    "wrong",
    "everything",
    "feeling",
    "feel",
    "doing",
    "along",
    "hunky",
    "boo",
    "fit",
    "rain",
    "hood",
    "sausage",
    "anything",
    "any",
    "owt",
    "aye",
    "isnt",
    "havent",
    "dont",
    "cannot",
    "cant",
    "theres",
    "am",
    "youre",
    "were",
    "tis",
    "nothings"
];

/// What turns it round: "nothing but my knee", "not well", "fine if I rest".
const TURNS: &[Word] = words![
    "but", "except", "apart", "bar", "save", "only", "other", "just", "if", "can", "could", "when", "why", "how",
    "what", "who", "where", "which", "about", "though", "although", "than", "until", "since", "my", "her", "his",
    "should", "will", "would", "over", "down", "out"
];

/// Whether a reply says in any words that there is nothing to talk about.
pub(super) fn is_nothing(text: &Text<'_>) -> bool {
    const MOST: usize = 9;
    let known = &text.lexicon.known;
    let has = |words: &[Word]| text.core.clone().any(|at| text.is(at, words));
    let light = |at: usize| {
        text.is(at, NONE)
            || text.is(at, WELL)
            || text.is(at, ABOUT)
            || text.smile(at)
            || text.within(at, &known.courtesy)
            || text.within(at, &known.function)
    };
    let denies = words!["not", "isnt", "arent", "never", "dont", "wont", "havent", "cannot", "cant", "hardly"];
    let denied = has(denies);
    let any = has(words!["anything", "any", "owt", "thing", "sausage", "complain"]);
    // "no good", "not well" are the opposite.
    let ill = text.core.clone().any(|at| {
        text.is(at, words!["no", "none"]) && (text.is(at + 1, WELL) || text.is(at + 1, words!["feeling", "feel"]))
    });
    let says = has(NONE) || has(WELL) && !denied || denied && any;
    let asks = text.core.clone().any(|at| text.token(at).is_some_and(|t| t.asked || t.kind == Kind::Number));
    (1..=MOST).contains(&text.core_len())
        && says
        && !ill
        && !asks
        && !has(TURNS)
        && text.core.clone().all(light)
        && !(denied && has(WELL) && !any)
}

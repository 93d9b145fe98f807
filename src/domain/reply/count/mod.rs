//! Answers that are a number: a count of days or things, or a mark on a scale.

mod fit;
mod likely;
mod period;

use super::context::{Context, Expects};
use super::facts::Unit;
use super::label::Label;
use super::numbers::{Amount, Bound, Role};
use super::text::Text;
use super::tokens::{Break, Kind};
use super::vocabulary::{Word, words};
use fit::{Fit, unit_fit};
pub use likely::likeliest;
pub use period::ticked;
use period::{named_days, whole_period};

/// What was asked.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The unit's name, in the plural.
    pub unit: &'a str,
    /// Least.
    pub min: f64,
    /// Most.
    pub max: Option<f64>,
    /// What is doubted beyond, where there is no most.
    pub believable: f64,
    /// The words of the question.
    pub prompt: &'a str,
    /// A mark on a scale, not a count.
    pub scale: bool,
}

impl<'a> Asked<'a> {
    /// What the open question asks, if it asks for a number.
    pub fn of(context: &Context<'a>) -> Option<Self> {
        let prompt = context.prompt.map_or("", |p| p.text.as_str());
        match context.prompt.map(|p| &p.expects)? {
            Expects::Count { unit, min, max, target, .. } => {
                let beyond = context.reader.settings.count_beyond_target;
                let believable = target.filter(|t| *t > 0.0).map_or(100.0, |t| t * beyond);
                Some(Self { unit, min: min.unwrap_or(0.0), max: *max, believable, prompt, scale: false })
            }
            Expects::Scale { min, max } => {
                Some(Self { unit: "", min: *min, max: Some(*max), believable: *max, prompt, scale: true })
            }
            _ => None,
        }
    }
}

/// A number that answers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Answer {
    /// A value, or a range.
    Value {
        /// The value or the lower end.
        lo: f64,
        /// The same or the upper end.
        hi: f64,
        /// A person has to check it, and why.
        check: Option<&'static str>,
        /// Tokens.
        span: (usize, usize),
    },
    /// Numbers that cannot be filed.
    AskAgain(&'static str),
    /// No number.
    None,
}

/// Words with which people take back what they wrote.
pub fn is_correction(text: &Text<'_>, at: usize) -> bool {
    text.is(
        at,
        words![
            "sorry",
            "mean",
            "meant",
            "actually",
            "correction",
            "oops",
            "wait",
            "scrap",
            "rather",
            "typo",
            "edit",
            "should",
            "call",
            "lie",
            "whoops",
            "woops",
            "mistake",
            "ignore",
            "disregard",
            "retook",
            "redid",
            "redone",
            "scratch",
            "doh"
        ],
    ) || text.is(at, words!["no"])
        && text.token(at).is_some_and(|t| t.parted >= Break::Comma || t.parted >= Break::Sentence)
        || text.is(at, words!["make"]) && text.is(at + 1, words!["that", "it"])
}

/// "I'd love to say 7 but it was 5": a number wished for is none that was reached.
fn is_hoped(text: &Text<'_>, amount: &Amount) -> bool {
    let from = text.sentence_start(amount.from).max(amount.from.saturating_sub(4));
    let hopes = |at: usize| {
        text.is(
            at,
            words!["love", "wish", "wished", "hoped", "hoping", "aimed", "aiming", "supposed", "planned", "target"],
        )
    };
    let but = (amount.end..text.sentence_end(amount.from)).any(|i| text.is(i, words!["but", "only", "managed"]));
    but && (from..amount.from).any(hopes)
}

/// Looks back in the sentence from a number over so many words, to the first clause that ends.
fn leads(text: &Text<'_>, amount: &Amount, over: usize) -> impl Iterator<Item = usize> {
    let start = text.sentence_start(amount.from).max(amount.from.saturating_sub(over));
    let begins = |i: &usize| text.token(*i).is_some_and(|t| t.parted >= Break::Comma) || text.is_number(*i - 1);
    (start + 1..=amount.from).rev().find(begins).unwrap_or(start)..amount.from
}

/// A number beside the answer: aimed at, said by somebody else, on condition, of the days left over, of the week before. Only
/// where another number is left.
fn is_no_answer(text: &Text<'_>, amount: &Amount) -> bool {
    let known = &text.lexicon.known;
    let before = |back: usize, words: &[Word]| amount.from.checked_sub(back).is_some_and(|b| text.is(b, words));
    let compares = text.is(amount.end, words!["more", "less", "fewer", "up", "down"])
        && text.is(amount.end + 1, words!["than", "on", "then"]);
    if compares || before(1, words!["other", "others", "remaining"]) {
        return true;
    }
    let aims = |at: usize| {
        text.is(
            at,
            words!["aim", "aimed", "aiming", "goal", "target", "supposed", "planned", "set", "nearly", "almost"],
        ) || text.is(at, words!["say", "said"]) && text.is(at - at.min(1), words!["to", "have", "of"])
            || text.is(at, words!["should", "would", "could", "id"])
                && text.is(at + 1, words!["have", "of", "be", "been"])
            || text.is(at, words!["wouldve", "shouldve", "couldve"])
            || text.is(at, words!["last"]) && text.fact(at + 1).unit == Unit::Week
    };
    let others = |at: usize| {
        text.within(at, &known.relation)
            && (at + 1..amount.from).any(|i| {
                text.is(
                    i,
                    words![
                        "says", "said", "say", "reckons", "reckon", "thinks", "would", "did", "got", "had", "is",
                        "does"
                    ],
                )
            })
            && !(at + 1..amount.from).any(|i| text.within(i, &known.own))
    };
    leads(text, amount, 7).any(|at| aims(at) || others(at))
}

/// "so that's four", "peas, salad = 5": what all that was said before comes to.
pub fn concludes(text: &Text<'_>, amount: &Amount) -> bool {
    text.token(amount.from).is_some_and(|t| t.mark == b'=')
        || leads(text, amount, 3).any(|at| {
            text.is(at, words!["so", "thats", "makes", "making", "total", "totals", "altogether", "equals", "call"])
        })
}

/// "tell a lie it was 2": told of the time that was asked about, not of another.
fn is_told(text: &Text<'_>, amount: &Amount) -> bool {
    let before = |back: usize, words: &[Word]| amount.from.checked_sub(back).is_some_and(|b| text.is(b, words));
    let another =
        (amount.end..amount.end + 4).any(|at| text.is(at, words!["last", "ago", "before", "previously", "usually"]));
    before(1, words!["was", "were"]) && before(2, words!["it", "that", "there"]) && !another
}

/// "missed 2", "in bed 4 days", "it rained 4 days": told of the days on which nothing was done.
fn days_without(text: &Text<'_>, amount: &Amount) -> bool {
    let missed = leads(text, amount, 4).any(|at| {
        text.is(
            at,
            words![
                "missed", "miss", "skipped", "forgot", "rained", "snowed", "bed", "off", "away", "ill", "poorly",
                "sick", "without", "except", "bar", "lost", "laid", "stuck", "rested", "rest"
            ],
        )
    });
    let behind = text.is(amount.end, words!["off", "missed", "without", "away", "ill", "sick"])
        && text.token(amount.end).is_some_and(|t| t.parted <= Break::Space);
    (missed || behind) && !concludes(text, amount)
}

/// "2x a day", "twice daily".
fn so_often_a_day(text: &Text<'_>, amount: &Amount) -> bool {
    let times = usize::from(text.is(amount.end, words!["x", "times", "time"]));
    let at = amount.end + times;
    text.is(at, words!["daily"]) || text.is(at, words!["a", "per", "each", "every"]) && text.is(at + 1, words!["day"])
}

/// Reads a count or a mark.
pub fn read(text: &Text<'_>, amounts: &[Amount], asked: &Asked<'_>) -> Answer {
    if let Some(answer) = whole_period(text, asked) {
        return answer;
    }
    let mut wrong_unit = None;
    let mut fits: Vec<(Amount, bool)> = Vec::new();
    for amount in amounts {
        match amount.role {
            Role::Plain => {}
            Role::Muddled => return Answer::AskAgain("letters among the digits"),
            _ => continue,
        }
        if is_hoped(text, amount)
            || amount.past && !is_told(text, amount)
            || text.nought(amount.from) && (amount.lo != 0.0 || text.says(Label::OtherDay))
        {
            continue;
        }
        match unit_fit(text, amount, asked) {
            Fit::Other => wrong_unit = Some("another unit than the one asked for"),
            Fit::Bare => fits.push((*amount, false)),
            Fit::Same => fits.push((*amount, true)),
        }
    }
    if fits.iter().any(|(a, _)| !is_no_answer(text, a)) {
        fits.retain(|(a, _)| !is_no_answer(text, a));
    }
    // "three, if you allow the peaches twice": beside a number these are no numbers.
    if fits.iter().any(|(a, _)| !a.is_fold(text)) {
        fits.retain(|(a, _)| !a.is_fold(text));
    }
    // "five (5) days": said twice. "Ten there, ten back" is not.
    if let [(a, same), (b, also)] = fits.as_slice()
        && (a.lo, a.hi) == (b.lo, b.hi)
        && (a.words != b.words || a.hi == 0.0 || asked.scale || asked.unit == "days")
    {
        fits = vec![if *same || !*also { (*a, *same) } else { (*b, *also) }];
    }
    let nought = text.all(Label::Nought).find(|h| !text.idiom(h.from as usize, h.to as usize));
    if let Some(hit) = nought
        && !fits.iter().any(|(a, _)| a.hi > 0.0)
        && !asked.scale
    {
        let quit = text.is(hit.from as usize, words!["quit", "stopped", "have", "given", "gave"]);
        return Answer::Value {
            lo: 0.0,
            hi: 0.0,
            check: quit.then_some("says it has stopped"),
            span: (hit.from as usize, hit.to as usize),
        };
    }
    let Some(chosen) = choose(text, &fits, asked.unit == "portions") else {
        if fits.is_empty()
            && let Some(answer) = named_days(text, asked)
        {
            return answer;
        }
        return match (fits.is_empty(), wrong_unit) {
            (false, _) => Answer::AskAgain("several numbers, and nothing says which"),
            (true, Some(why)) => Answer::AskAgain(why),
            (true, None) => Answer::None,
        };
    };
    // "4 pints Friday and 2 on Sunday": a bare number behind another unit counts that unit.
    let follows = amounts.iter().any(|a| {
        matches!(unit_fit(text, a, asked), Fit::Other)
            && a.role == Role::Plain
            && a.end <= chosen.amount.from
            && text.sentence_end(a.from) > chosen.amount.from
            && (a.end..chosen.amount.from).any(|i| text.is(i, words!["and"]))
    });
    if follows && matches!(unit_fit(text, &chosen.amount, asked), Fit::Bare) {
        return Answer::AskAgain("another unit than the one asked for");
    }
    // "2 apples and a banana": one more of something stands behind.
    let listed = (chosen.amount.end + 1..chosen.amount.end + 4).any(|at| {
        text.token(at).is_some_and(|t| t.parted == Break::Comma && t.kind == Kind::Word)
            && (text.is(at, words!["a", "an", "some", "plus"])
                || at + 1 >= text.core.end
                || text.token(at + 1).is_some_and(|t| t.parted >= Break::Comma))
    });
    let one_more = asked.unit == "portions" && listed && text.fact(chosen.amount.to).unit == Unit::None
        || asked.unit == "portions"
            && text.is(chosen.amount.end + 1, words!["and", "plus"])
            && text.is(chosen.amount.end + 2, words!["a", "an", "some"]);
    if one_more {
        return Answer::AskAgain("more is named than the number");
    }
    let over = amounts.iter().any(|a| {
        a.from > chosen.amount.from
            && matches!(a.unit, Unit::Day | Unit::Week)
            && a.from.checked_sub(1).is_some_and(|b| text.is(b, words!["in", "over", "every"]))
    });
    if over && asked.unit != "days" {
        return Answer::AskAgain("of another time than the one asked about");
    }
    if asked.unit == "days" && days_without(text, &chosen.amount) {
        return Answer::AskAgain("days on which it was not done");
    }
    if text.is(chosen.amount.end, words!["a", "per", "each", "every"])
        && text.is(chosen.amount.end + 1, words!["month", "year", "fortnight"])
    {
        return Answer::AskAgain("of another time than the one asked about");
    }
    if asked.unit == "days" && so_often_a_day(text, &chosen.amount) {
        return Answer::AskAgain("so often a day, and days were asked for");
    }
    if text.is(chosen.amount.end, words!["more", "less", "fewer"])
        && text.is(chosen.amount.end + 1, words!["than", "then"])
    {
        return Answer::AskAgain("a difference, no number");
    }
    judge(text, &chosen, asked)
}

struct Chosen {
    amount: Amount,
    check: Option<&'static str>,
}

fn choose(text: &Text<'_>, fits: &[(Amount, bool)], portions: bool) -> Option<Chosen> {
    let (first, rest) = fits.split_first()?;
    if rest.is_empty() {
        return Some(Chosen { amount: first.0, check: None });
    }
    let last = fits.last()?;
    // "5. no 4": what was taken back does not count.
    let corrected = fits.windows(2).rev().find_map(|w| match w {
        [a, b] if (a.0.end..b.0.from).len() <= 8 && (a.0.end..b.0.from).any(|i| is_correction(text, i)) => Some(b.0),
        _ => None,
    });
    if let Some(amount) = corrected {
        return Some(Chosen { amount, check: None });
    }
    let here = |a: &Amount| {
        let behind = (a.end..a.end + 3).take_while(|i| text.token(*i).is_some_and(|t| t.parted < Break::Comma));
        behind.into_iter().any(|i| text.is(i, words!["this", "now"]))
            || leads(text, a, 3).any(|i| text.is(i, words!["now"]))
    };
    if let Some(now) = fits.iter().find(|(a, _)| here(a)) {
        return Some(Chosen { amount: now.0, check: None });
    }
    if concludes(text, &last.0) {
        return Some(Chosen { amount: last.0, check: None });
    }
    let conditional = |a: &Amount| {
        (a.end..a.end + 2).any(|i| text.is(i, words!["if", "unless"]))
            || text.is(a.end, words!["on"]) && text.is(a.end + 1, words!["a", "good", "bad"])
    };
    if fits.len() == 2 && fits.iter().all(|(a, _)| conditional(a)) {
        let (lo, hi) = (first.0.lo.min(last.0.lo), first.0.hi.max(last.0.hi));
        return Some(Chosen { amount: Amount { lo, hi, ..first.0 }, check: Some("depends on something") });
    }
    let thing = |a: &Amount| is_part(text, a) && (a.end > a.to || !text.within(a.to, &text.lexicon.known.function));
    if portions && fits.iter().all(|(a, _)| thing(a)) {
        return Some(Chosen { amount: sum(fits)?, check: Some("added up") });
    }
    let same: Vec<_> = fits.iter().filter(|(_, same)| *same).collect();
    if let ([(whole, true), (more, false)], false) = (fits, same.is_empty())
        && (whole.end..more.from).any(|i| text.is(i, words!["and", "plus"]))
        && text.is(more.end, words!["with", "without", "after", "before", "in", "at", "on"])
    {
        // "two times with the pram and one without"
        return Some(Chosen { amount: sum(fits)?, check: Some("added up") });
    }
    if let [only] = same.as_slice() {
        return Some(Chosen { amount: only.0, check: None });
    }
    if same.len() == fits.len() && fits.len() == 2 && noun(text, &first.0) != noun(text, &last.0) {
        // "3 veg 2 fruit" are five portions; a person checks the sum.
        return Some(Chosen { amount: sum(fits)?, check: Some("added up") });
    }
    if same.len() == fits.len() {
        return None;
    }
    // The number the reply opens with is the answer when the others belong to something else that is named.
    let opens =
        first.0.from == text.core.start || text.token(first.0.from).is_some_and(|t| t.parted >= Break::Sentence);
    let parted =
        rest.iter().all(|(a, _)| text.token(a.end).is_some_and(|t| t.kind == Kind::Word && t.parted <= Break::Space));
    let closes =
        text.clause_ends(first.0.end) || text.is(first.0.end, words!["for", "because", "so", "but", "and", "if"]);
    if opens && parted && closes {
        return Some(Chosen { amount: first.0, check: None });
    }
    None
}

/// All of them together, as one number.
fn sum(fits: &[(Amount, bool)]) -> Option<Amount> {
    let (first, last) = (fits.first()?, fits.last()?);
    let (lo, hi) = fits.iter().fold((0.0, 0.0), |(lo, hi), (a, _)| (lo + a.lo, hi + a.hi));
    Some(Amount { lo, hi, end: last.0.end, ..first.0 })
}

/// One part of several: a thing of its own or a time of day stands behind.
fn is_part(text: &Text<'_>, amount: &Amount) -> bool {
    let thing = amount.end > amount.to
        || text.token(amount.to).is_some_and(|t| t.kind == Kind::Word && t.parted <= Break::Space);
    thing && !text.is(amount.to, words!["or", "maybe", "but", "so", "if"])
}

fn noun<'t>(text: &'t Text<'_>, amount: &Amount) -> &'t str {
    text.word(amount.end.saturating_sub(1))
}

fn judge(text: &Text<'_>, chosen: &Chosen, asked: &Asked<'_>) -> Answer {
    let mut amount = chosen.amount;
    let mut check = chosen.check;
    if amount.doubtful {
        check = Some("a word that sounds like a number");
    }
    // "a sherry or two"
    let or_two = amount.from >= 3
        && (amount.lo - 2.0).abs() < f64::EPSILON
        && text.is(amount.from - 1, words!["or"])
        && (3..=4).filter_map(|back| amount.from.checked_sub(back)).any(|b| text.is(b, words!["a", "an"]));
    if or_two {
        (amount.lo, check) = (1.0, Some("one or two"));
    }
    let elsewhere = amount.is_fold(text) && asked.unit == "days" && text.core_len() > 3;
    if elsewhere {
        check = Some("times, and days were asked for");
    }
    if let Some(of) = amount.of {
        let whole = asked.max.is_none_or(|max| (max - of).abs() < f64::EPSILON);
        if !whole && !asked.scale {
            return Answer::AskAgain("out of another number");
        }
        if amount.lo > of {
            return Answer::AskAgain("more than the whole");
        }
        if asked.scale && !whole {
            return Answer::AskAgain("another scale");
        }
    }
    if amount.unit == Unit::Percent {
        if asked.scale && amount.lo <= 100.0 {
            return Answer::Value {
                lo: amount.lo / 10.0,
                hi: amount.lo / 10.0,
                check: Some("a percentage"),
                span: (amount.from, amount.end),
            };
        }
        return Answer::AskAgain("a percentage");
    }
    match amount.bound {
        Bound::AtLeast => match asked.max {
            Some(max) if max >= amount.hi => amount.hi = max,
            _ => return Answer::AskAgain("a lower limit, no number"),
        },
        Bound::Open => return Answer::AskAgain("a limit, no number"),
        _ => {}
    }
    let minus = text
        .token(amount.from)
        .is_some_and(|t| t.mark == b'-' && t.marks == 1 && !t.spaced && amount.from == text.core.start)
        || amount.from.checked_sub(1).is_some_and(|b| text.is(b, words!["minus"]));
    if minus && amount.lo > 0.0 {
        return Answer::AskAgain("below nought");
    }
    if amount.lo < asked.min
        || asked.max.is_some_and(|max| amount.hi > max)
        || asked.max.is_none() && amount.hi > asked.believable
    {
        return Answer::AskAgain("outside what was asked");
    }
    if text.is(amount.end, words!["more"]) && text.is(amount.end + 1, words!["if"]) {
        check = Some("may be more");
    }
    let daily = text.is(amount.end, words!["daily"])
        || text.is(amount.end, words!["a"]) && text.is(amount.end + 1, words!["day"]);
    if daily && !asked.scale && asked.unit != "cigarettes" && asked.max.is_none() && asked.prompt.contains("week") {
        return Answer::Value {
            lo: amount.lo * 7.0,
            hi: amount.hi * 7.0,
            check: Some("times seven days"),
            span: (amount.from, amount.end),
        };
    }
    Answer::Value { lo: amount.lo, hi: amount.hi, check, span: (amount.from, amount.end) }
}

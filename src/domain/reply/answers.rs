//! The answer to the open question, by the kind of answer it asks for.

use super::agenda::{self, Agenda};
use super::vocabulary::words;

use super::appointment;
use super::choice::{self, Chosen};
use super::context::{Context, Expects, PromptKind, ReadingKind};
use super::count::{self, Answer, Asked};
use super::danger::{Dangers, Worry, worry};
use super::draft::Draft;
use super::label::Label;
use super::language;
use super::numbers::{Amount, Role};
use super::readings;
use super::text::Text;
use super::tokens::Kind;
use super::understanding::{Flag, Intent, Level, Reading, Route};
use super::yes_no;

/// Reads the answer; gives its tokens, if there is one.
pub fn read(
    text: &Text<'_>,
    context: &Context<'_>,
    amounts: &[Amount],
    dangers: &Dangers,
    draft: &mut Draft,
) -> Option<(usize, usize)> {
    if is_courtesy(text)
        && !matches!(context.expects()?, Expects::Acknowledge | Expects::Appointment { .. } | Expects::OptIn)
    {
        return None;
    }
    match context.expects()? {
        Expects::Count { unit, min, max, target, .. } => {
            let believable =
                target.filter(|t| *t > 0.0).map_or(100.0, |t| t * context.reader.settings.count_beyond_target);
            let prompt = context.prompt.map_or("", |p| p.text.as_str());
            let asked = Asked { unit, min: min.unwrap_or(0.0), max: *max, believable, prompt, scale: false };
            number(text, amounts, &asked, context, draft)
        }
        Expects::Scale { min, max } => {
            let prompt = context.prompt.map_or("", |p| p.text.as_str());
            let asked = Asked { unit: "", min: *min, max: Some(*max), believable: *max, prompt, scale: true };
            number(text, amounts, &asked, context, draft)
        }
        Expects::YesNoSome => yes_no_some(text, context, dangers, draft),
        Expects::Choice { options } => choose(text, amounts, options, draft),
        Expects::Reading { reading } => reading_answer(text, context, amounts, *reading, dangers, draft),
        Expects::Agenda { .. } => agenda_answer(text, context, amounts, dangers, draft),
        Expects::Appointment { starts_at, .. } => {
            appointment::read(text, context, starts_at, draft);
            draft.answer.map(|_| (text.core.start, text.core.end.min(text.core.start + 1)))
        }
        Expects::Acknowledge => acknowledge(text, draft),
        Expects::OptIn => opt_in(text, draft),
        Expects::Free => free(text, context, draft),
    }
}

fn number(
    text: &Text<'_>,
    amounts: &[Amount],
    asked: &Asked<'_>,
    context: &Context<'_>,
    draft: &mut Draft,
) -> Option<(usize, usize)> {
    let mut answer = count::read(text, amounts, asked);
    if answer == Answer::None
        && let Some(code) = draft.fields.language
    {
        answer = foreign_number(text, code);
    }
    if let Some((n, marks)) = count::ticked(text).filter(|_| !asked.scale) {
        draft.fields.value = Some(n);
        draft.answer(
            Intent::ProgressNumber,
            Route::Review,
            text,
            format!("{marks} ticks and crosses, counted"),
            text.core.start,
            text.core.end,
        );
        return Some((text.core.start, text.core.end));
    }
    match answer {
        Answer::Value { lo, hi, check, span } => {
            if (lo - hi).abs() < f64::EPSILON {
                draft.fields.value = Some(lo);
            } else {
                draft.fields.min = Some(lo);
                draft.fields.max = Some(hi);
            }
            let low = asked.scale && is_mood(context) && lo <= context.reader.settings.low_mood_at_most;
            let route = if check.is_some() || low { Route::Review } else { Route::Auto };
            let why = if low { "a low mood" } else { check.unwrap_or("the number asked for") };
            draft.answer(Intent::ProgressNumber, route, text, why, span.0, span.1);
            Some(span)
        }
        Answer::AskAgain(why) => {
            draft.doubt(text, why);
            draft.said.insert(Intent::Unclear);
            draft.asked_again = true;
            None
        }
        Answer::None if asked.scale => None,
        Answer::None => in_words(text, asked.unit == "days", draft),
    }
}

fn is_mood(context: &Context<'_>) -> bool {
    context.prompt.is_some_and(|p| {
        let low = p.text.to_lowercase();
        p.kind == PromptKind::Wellbeing
            && (low.contains("mood") || low.contains("feel") || low.contains("10 (best)") || low.contains("happy"))
    })
}

fn foreign_number(text: &Text<'_>, code: &str) -> Answer {
    let mut found = None;
    for at in text.core.clone() {
        if let Some(n) = language::number(code, text.word(at)) {
            if found.is_some() {
                return Answer::AskAgain("several numbers in another language");
            }
            found = Some((n, at));
        }
    }
    found.map_or(Answer::None, |(n, at)| Answer::Value {
        lo: n,
        hi: n,
        check: Some("a number in another language"),
        span: (at, at + 1),
    })
}

/// No number, but an answer in words.
fn in_words(text: &Text<'_>, days: bool, draft: &mut Draft) -> Option<(usize, usize)> {
    if text.says(Label::Later) {
        return None;
    }
    let answer = yes_no::read(text)?;
    if answer.from > text.core.start + 1 && answer.intent != Intent::Partial {
        return None;
    }
    let few = (answer.from..answer.to).any(|i| text.is(i, words!["few", "couple"]));
    if answer.intent == Intent::Partial && (!days || few) {
        return None;
    }
    let (route, why) = match answer.intent {
        Intent::Yes => (Route::Review, "yes is no number"),
        Intent::No => (if answer.weak { Route::Review } else { Route::Auto }, "none"),
        _ => (Route::Auto, "in part"),
    };
    draft.answer(answer.intent, route, text, why, answer.from, answer.to);
    Some((answer.from, answer.to))
}

fn yes_no_some(text: &Text<'_>, context: &Context<'_>, dangers: &Dangers, draft: &mut Draft) -> Option<(usize, usize)> {
    if text.says(Label::Perhaps) && text.core_len() <= 4 {
        draft.doubt(text, "undecided");
        draft.said.insert(Intent::Unclear);
        return None;
    }
    let worry = worry(context);
    let asks = text.first(Label::Question).filter(|h| h.from as usize == text.core.start);
    let answer = yes_no::read(text).filter(|a| asks.is_none() || a.from == text.core.start).filter(|a| {
        // "Brilliant, another questionnaire", "took my blood and bruised me": praise and verbs answer nothing beside a complaint.
        !text.says(Label::Complaint) || a.intent != Intent::Yes || is_literal(text, a.from)
    });
    let Some(answer) = answer else {
        if worry == Worry::YesUrgent && !dangers.watch.is_empty() {
            let (from, to) = dangers.watch.first().copied().unwrap_or_default();
            draft.answer(Intent::Yes, Route::Review, text, "names a sign that was asked about", from, to);
        } else if worry == Worry::YesUrgent && !dangers.dismissed.is_empty() {
            let (from, to) = dangers.dismissed.first().copied().unwrap_or_default();
            draft.answer(Intent::No, Route::Auto, text, "denies the signs that were asked about", from, to);
            return Some((from, to));
        }
        return None;
    };
    let route = match (worry, answer.intent) {
        (Worry::YesUrgent, Intent::Yes | Intent::Partial) | (Worry::NoUrgent, Intent::No) => {
            let better = text.core.clone().any(|i| text.is(i, words!["better"]));
            let explained = !dangers.watch.is_empty();
            if better {
                Route::Auto
            } else if explained {
                Route::Review
            } else {
                Route::Urgent
            }
        }
        (Worry::YesReview, Intent::Yes | Intent::Partial) => Route::Review,
        _ if answer.weak => Route::Review,
        _ => Route::Auto,
    };
    let why = match answer.intent {
        Intent::Yes => "yes",
        Intent::No => "no",
        _ => "in part",
    };
    draft.answer(answer.intent, route, text, why, answer.from, answer.to);
    Some((answer.from, answer.to))
}

fn choose(
    text: &Text<'_>,
    amounts: &[Amount],
    options: &[super::context::MenuOption],
    draft: &mut Draft,
) -> Option<(usize, usize)> {
    match choice::read(text, amounts, options) {
        Chosen::Keys(keys, check) => {
            // "What is the walking group like?" asks about an option; "could I do the second one" takes it.
            let asks_about = text.first(Label::Question).is_some_and(|h| {
                h.from as usize == text.core.start
                    && !text.is(h.from as usize, words!["could", "can", "may"])
                    && text.core_len() > 2
            });
            if asks_about {
                return None;
            }
            // "3 stop": the option whose label holds the word, or an end to the texts?
            let stop = text.core_len() <= 2
                && text.core.clone().any(|i| text.is(i, words!["stop"]))
                && text.core.clone().any(|i| text.token(i).is_some_and(|t| t.kind == Kind::Number));
            let check = if stop { Some("the option, or the word to stop?") } else { check };
            if keys.len() == 1 {
                draft.fields.option = keys.into_iter().next();
            } else {
                draft.fields.options = Some(keys);
            }
            let route = if check.is_some() { Route::Review } else { Route::Auto };
            draft.answer(
                Intent::Choice,
                route,
                text,
                check.unwrap_or("an option of the menu"),
                text.core.start,
                text.core.end,
            );
            Some((text.core.start, text.core.start + 1))
        }
        Chosen::NotOnMenu => {
            draft.doubt(text, "not on the menu");
            draft.said.insert(Intent::Unclear);
            None
        }
        Chosen::Nothing => None,
    }
}

fn reading_answer(
    text: &Text<'_>,
    context: &Context<'_>,
    amounts: &[Amount],
    kind: ReadingKind,
    dangers: &Dangers,
    draft: &mut Draft,
) -> Option<(usize, usize)> {
    let by_carer = draft.said.contains(&Intent::Carer);
    let found = readings::asked(text, context, amounts, kind, by_carer);
    if found.is_empty() {
        if let Some(why) = found.ask_again {
            draft.doubt(text, why);
            draft.said.insert(Intent::Unclear);
            draft.asked_again = true;
            if found.danger_left_out {
                draft.raise(Route::Urgent);
            }
        }
        return None;
    }
    let mut because = Vec::new();
    let route = readings::judge(&found, text, &context.reader.settings.cut_off, &mut because);
    draft.because.append(&mut because);
    let span = (found.spans.first().map_or(0, |s| s.0), found.spans.last().map_or(0, |s| s.1));
    draft.answer(Intent::Reading, route, text, "the reading asked for", span.0, span.1);
    let low = found.readings.iter().any(|r| {
        matches!(r, Reading::Single { level: Level::Lo, .. })
            || matches!(r, Reading::Single { level: Level::Number(n), .. } if *n < 10.0)
    });
    draft.fields.readings = Some(found.readings);
    // A sign beside a value beyond its limit: of low glucose beside a low one, of high beside a high one.
    let sign = dangers.beside.iter().find(|a| match a.flag {
        Flag::Hypo => low,
        Flag::Dka => !low,
        _ => true,
    });
    if let Some(sign) = sign.filter(|_| route == Route::Urgent) {
        // Beside such a value, drowsiness or a faint is told as the value's own danger.
        if draft.flag.is_none_or(|f| matches!(f, Flag::Collapse | Flag::Sepsis)) {
            draft.flag = Some(sign.flag);
        }
        draft.say(
            Intent::RedFlag,
            Route::Urgent,
            text,
            "a sign beside a value beyond a signed limit",
            sign.from,
            sign.to,
        );
    }
    if let Some(why) = found.check {
        draft.doubt(text, why);
    }
    Some(span)
}

fn agenda_answer(
    text: &Text<'_>,
    context: &Context<'_>,
    amounts: &[Amount],
    dangers: &Dangers,
    draft: &mut Draft,
) -> Option<(usize, usize)> {
    let prompt = context.prompt?;
    if text.says(Label::AsBefore) {
        draft.raise(Route::Review);
    }
    if text.says(Label::Language)
        || draft.fields.language.is_some()
        || text.says(Label::Attached) && text.core_len() <= 14
    {
        return None;
    }
    let nothing = text.says(Label::NothingToRaise);
    let alone = text.core_len() <= 3;
    if alone && !nothing && (text.says(Label::Thanks) && text.tokens.len() <= 4 || text.says(Label::AllOptions))
        || text.core_len() == 1 && (text.says(Label::Yes) || text.is(text.core.start, words!["everything"]))
    {
        return None;
    }
    if let Some(hit) = text
        .first(Label::Cancel)
        .filter(|_| text.core_len() <= 6 && !text.core.clone().any(|i| text.is(i, words!["off", "tablets"])))
    {
        draft.say(Intent::Cancel, Route::Review, text, "will not come", hit.from as usize, hit.to as usize);
        return None;
    }
    let logistics = text.is(text.core.start, words!["when", "where", "whens", "wheres"])
        || text.is(text.core.start, words!["what"]) && text.is(text.core.start + 1, words!["time", "day", "date"]);
    if logistics && text.core_len() <= 6 || text.says(Label::AnyOption) && text.core_len() <= 4 {
        return None;
    }
    if text.says(Label::Cancel) && text.core_len() <= 6
        || text.first(Label::HelpDoubt).is_some() && text.core_len() <= 6
    {
        return None;
    }
    match agenda::read(text, amounts, prompt) {
        Agenda::Items(items) => {
            let range = amounts.iter().any(|a| a.role == Role::Plain && !a.single());
            let route = if dangers.soon || range { Route::Review } else { Route::Auto };
            draft.fields.items = Some(items);
            draft.answer(Intent::AgendaItems, route, text, "things to talk about", text.core.start, text.core.end);
            Some((0, text.tokens.len()))
        }
        Agenda::NotOnMenu => {
            draft.doubt(text, "not on the menu");
            draft.said.insert(Intent::Unclear);
            None
        }
        Agenda::Nothing => None,
    }
}

fn acknowledge(text: &Text<'_>, draft: &mut Draft) -> Option<(usize, usize)> {
    let hit = text.first(Label::Confirm)?;
    let (from, to) = (hit.from as usize, hit.to as usize);
    draft.answer(Intent::Confirm, Route::Auto, text, "has read it", from, to);
    Some((from, to))
}

fn opt_in(text: &Text<'_>, draft: &mut Draft) -> Option<(usize, usize)> {
    if let Some(hit) = text.first(Label::Keep) {
        let (from, to) = (hit.from as usize, hit.to as usize);
        draft.answer(Intent::Yes, Route::Auto, text, "wants them to go on", from, to);
        return Some((from, to));
    }
    if draft.said.contains(&Intent::Stop) {
        return None;
    }
    let answer = yes_no::read(text)?;
    let beside = text.says(Label::Complaint) && !is_literal(text, answer.from);
    if answer.intent == Intent::Partial || answer.from > text.core.start + 3 || beside {
        return None;
    }
    let condition = text
        .core
        .clone()
        .any(|i| i > answer.from && text.is(i, words!["but", "if", "unless", "only", "except", "provided"]));
    let route = if answer.weak || condition { Route::Review } else { Route::Auto };
    draft.answer(
        answer.intent,
        route,
        text,
        if answer.intent == Intent::Yes { "yes" } else { "no" },
        answer.from,
        answer.to,
    );
    if condition && answer.intent == Intent::Yes {
        draft.said.insert(Intent::Other);
    }
    Some((answer.from, answer.to))
}

fn free(text: &Text<'_>, context: &Context<'_>, draft: &mut Draft) -> Option<(usize, usize)> {
    if context.prompt.is_some_and(|p| p.kind == PromptKind::Wellbeing) {
        return None;
    }
    let answer = yes_no::read(text)?;
    draft.answer(answer.intent, Route::Auto, text, "how it went", answer.from, answer.to);
    Some((answer.from, answer.to))
}

/// Values and wishes nobody asked for.
pub fn unasked(text: &Text<'_>, context: &Context<'_>, amounts: &[Amount], draft: &mut Draft) {
    if let Some((value, from, to)) = readings::ketones(text, amounts)
        && readings::ketones_urgent(value, &context.reader.settings.cut_off)
    {
        draft.flag.get_or_insert(Flag::Dka);
        draft.said.remove(&Intent::Unclear);
        draft.say(Intent::RedFlag, Route::Urgent, text, "ketones beyond a signed limit", from, to);
    }
    let asked = context.asked_reading();
    let found = readings::unasked(text, context, amounts, asked);
    let agenda = matches!(context.expects(), Some(Expects::Agenda { .. } | Expects::Acknowledge));
    if !found.is_empty() && !agenda {
        let mut because = Vec::new();
        let route = readings::judge(&found, text, &context.reader.settings.cut_off, &mut because);
        draft.because.append(&mut because);
        // A treated low from another day is read, not rushed.
        let route = if context.prompt.is_some_and(|p| p.kind == PromptKind::Wellbeing) {
            Route::Review
        } else {
            route.max(Route::Review)
        };
        let span = (found.spans.first().map_or(0, |s| s.0), found.spans.last().map_or(0, |s| s.1));
        draft.say(Intent::Reading, route, text, "a reading nobody asked for", span.0, span.1);
        draft.fields.readings.get_or_insert_default().extend(found.readings);
        draft.said.remove(&Intent::Unclear);
    }
    if !matches!(context.expects(), Some(Expects::Appointment { .. } | Expects::Agenda { .. } | Expects::Choice { .. }))
    {
        appointment::unasked(text, context, draft);
        let cancels = text.all(Label::Cancel).any(|h| {
            (h.from as usize..h.to as usize).any(|i| text.is(i, words!["appointment", "coming"]))
                || context.prompt.is_none() && (h.from..h.to).any(|i| text.is(i as usize, words!["cancel"]))
        });
        if cancels && !draft.said.contains(&Intent::Reschedule) {
            draft.say(Intent::Cancel, Route::Review, text, "will not come", text.core.start, text.core.end);
        }
    }
}

/// What is left when nothing answered.
pub fn last(text: &Text<'_>, context: &Context<'_>, amounts: &[Amount], dangers: &Dangers, draft: &mut Draft) {
    let only_courtesy = draft.said.iter().all(|i| *i == Intent::Thanks);
    if !only_courtesy {
        return;
    }
    let wellbeing = context.prompt.is_some_and(|p| p.kind == PromptKind::Wellbeing)
        && matches!(context.expects(), Some(Expects::Free));
    let number = amounts.iter().any(|a| matches!(a.role, Role::Plain | Role::Muddled));
    let words = text.core.clone().filter(|i| text.token(*i).is_some_and(|t| t.kind == Kind::Word)).count();
    if is_courtesy(text) {
        draft.say(Intent::Thanks, Route::Auto, text, "thanks", 0, text.tokens.len());
        return;
    }
    let thanks =
        text.first(Label::Thanks).is_some_and(|h| h.from as usize <= text.core.start + 2 || text.core_len() <= 12);
    let more = text.says(Label::Unwell);
    let thanks = thanks || text.all(Label::Thanks).count() > 1;
    if thanks && !number && !more {
        let hit = text.first(Label::Thanks);
        draft.say(
            Intent::Thanks,
            Route::Auto,
            text,
            "thanks",
            hit.map_or(0, |h| h.from as usize),
            hit.map_or(0, |h| h.to as usize),
        );
        return;
    }
    if text.says(Label::Later) {
        draft.say(Intent::Other, Route::Auto, text, "will answer later", text.core.start, text.core.end);
        return;
    }
    if wellbeing && words > 0 {
        let unwell = text.says(Label::Unwell) && !text.says(Label::Well);
        // What does not say that the person is well, in words or idiom, is read by a person.
        let unknown = !text.says(Label::Well);
        let route = if unwell || unknown { Route::Review } else { Route::Auto };
        draft.say(
            Intent::Other,
            route,
            text,
            if unwell { "not well" } else { "how the person is" },
            text.core.start,
            text.core.end,
        );
        return;
    }
    if text.tokens.iter().all(|t| text.lexicon.known.courtesy.contains(t.word)) && words > 0 {
        draft.say(Intent::Other, Route::Auto, text, "a greeting", 0, text.tokens.len());
        return;
    }
    if words >= 5 && !number && dangers.watch.is_empty() {
        draft.say(Intent::Other, Route::Review, text, "says something else", text.core.start, text.core.end);
        return;
    }
    draft.doubt(text, "not understood");
    draft.said.insert(Intent::Unclear);
}

/// The words yes and no themselves.
fn is_literal(text: &Text<'_>, at: usize) -> bool {
    text.is(at, words!["yes", "yep", "yeah", "yup", "ye", "y", "ok", "okay", "no", "nope", "nah", "aye"])
}

/// Thanks and an "ok", and nothing else: opens no work.
fn is_courtesy(text: &Text<'_>) -> bool {
    let known = &text.lexicon.known;
    let thanks = (0..text.tokens.len()).any(|i| text.is(i, words!["thanks", "thank", "ta", "cheers"]));
    let plain = |i: usize| {
        text.within(i, &known.courtesy)
            || text.within(i, &known.titles)
            || text.is(
                i,
                words![
                    "ok",
                    "okay",
                    "k",
                    "great",
                    "lovely",
                    "brilliant",
                    "fine",
                    "right",
                    "alright",
                    "noted",
                    "perfect",
                    "you",
                    "much",
                    "very",
                    "so",
                    "again",
                    "good",
                    "will",
                    "do",
                    "a",
                    "lot"
                ],
            )
            || text.token(i).is_some_and(|t| t.kind == Kind::Emoji && t.word == 0)
    };
    thanks && text.tokens.len() <= 7 && (0..text.tokens.len()).all(plain)
}

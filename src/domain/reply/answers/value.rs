//! Answers that are a reading, an option, or things to talk about.

use super::super::agenda::{self, Agenda};
use super::super::choice::{self, Chosen};
use super::super::context::Context;
use super::super::danger::Dangers;
use super::super::draft::Draft;
use super::super::label::Label;
use super::super::numbers::{Amount, Role};
use super::super::reading_kind::ReadingKind;
use super::super::readings;
use super::super::text::Text;
use super::super::tokens::Kind;
use super::super::understanding::{Flag, Intent, Level, Reading, Route};
use super::super::vocabulary::words;

pub(super) fn choose(
    text: &Text<'_>,
    amounts: &[Amount],
    options: &[super::super::context::MenuOption],
    draft: &mut Draft,
) -> Option<(usize, usize)> {
    match choice::read(text, amounts, options) {
        Chosen::Keys(keys, check) => {
            // "What is the walking group like?" asks about an option; "could I do the second one" takes it.
            let asks_about = text.first(Label::Question).is_some_and(|h| {
                h.from as usize == text.core.start
                    && !text.is(h.from as usize, words!["could", "can", "may"])
                    && text.core_len() > 2
                    // "when the soaps have finished so 3"
                    && !text.core.clone().any(|i| text.is(i, words!["so"]))
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

pub(super) fn reading_answer(
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
    // "lo this morning, then 5.5": HI and LO are found after the numbers, wherever they stand.
    let span = found.spans.iter().copied().reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))).unwrap_or_default();
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
        let own = |f: Flag| match f {
            Flag::Collapse | Flag::Sepsis | Flag::SightLoss | Flag::Breathless => true,
            Flag::Stroke => sign.flag == Flag::Hypo,
            _ => false,
        };
        if draft.flag.is_none_or(own) {
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

pub(super) fn agenda_answer(
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
    let thanks = text.first(Label::Thanks).is_some_and(|h| (h.from as usize) < text.core.end);
    if alone && !nothing && (thanks && text.tokens.len() <= 5 || text.says(Label::AllOptions))
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
    if text.says(Label::Perhaps) && !nothing && text.core_len() <= 6 {
        draft.doubt(text, "undecided");
        draft.said.insert(Intent::Unclear);
        return None;
    }
    // "is it the nurse I see": about the visit, not for it.
    let about_visit = text.is(text.core.start, words!["is", "will", "do", "does", "am", "are"])
        && text.core_len() <= 12
        && text.core.clone().any(|i| {
            text.is(
                i,
                words![
                    "nurse",
                    "doctor",
                    "fast",
                    "fasting",
                    "bring",
                    "appointment",
                    "visit",
                    "parking",
                    "phone",
                    "person",
                    "see",
                    "seeing",
                    "long",
                    "come",
                    "sample"
                ],
            )
        });
    if about_visit {
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

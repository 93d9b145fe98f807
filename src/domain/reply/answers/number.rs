//! Answers that are a number, and words in their place.

use super::super::context::{Context, PromptKind};
use super::super::count::{self, Answer, Asked};
use super::super::draft::Draft;
use super::super::label::Label;
use super::super::language;
use super::super::numbers::Amount;
use super::super::text::Text;
use super::super::tokens::Kind;
use super::super::understanding::{Intent, Route};
use super::super::vocabulary::words;
use super::super::yes_no;

pub(super) fn number(
    text: &Text<'_>,
    amounts: &[Amount],
    asked: &Asked<'_>,
    context: &Context<'_>,
    draft: &mut Draft,
) -> Option<(usize, usize)> {
    // "is it 20 minutes in one go or can it be two tens": numbers of a question are no answer.
    let asks = text.is(text.core.start, words!["is", "are", "does", "do", "can", "should", "what", "which", "how"])
        && text.first(Label::Question).is_some_and(|h| h.from as usize == text.core.start)
        && text.sentence_end(text.core.start) >= text.core.end
        && text.core_len() >= 6;
    if asks {
        return None;
    }
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

pub(super) fn is_mood(context: &Context<'_>) -> bool {
    context.prompt.is_some_and(|p| {
        let low = p.text.to_lowercase();
        p.kind == PromptKind::Wellbeing
            && (low.contains("mood") || low.contains("feel") || low.contains("10 (best)") || low.contains("happy"))
    })
}

pub(super) fn foreign_number(text: &Text<'_>, code: &str) -> Answer {
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
pub(super) fn in_words(text: &Text<'_>, days: bool, draft: &mut Draft) -> Option<(usize, usize)> {
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
        // "stopped at 3 today": a number beside the no may be the answer.
        Intent::No => {
            let number = text.core.clone().any(|i| text.token(i).is_some_and(|t| t.kind == Kind::Number));
            (if answer.weak || number { Route::Review } else { Route::Auto }, "none")
        }
        _ => (Route::Auto, "in part"),
    };
    draft.answer(answer.intent, route, text, why, answer.from, answer.to);
    Some((answer.from, answer.to))
}

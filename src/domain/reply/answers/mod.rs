//! The answer to the open question, by the kind of answer it asks for.

mod number;
mod polar;
mod rest;
mod value;

use number::number;
use polar::{acknowledge, free, opt_in, yes_no_some};
pub use rest::{is_courtesy, is_greeting, last, unasked};
use value::{agenda_answer, choose, reading_answer};

use super::appointment;
use super::context::{Context, Expects};
use super::count::Asked;
use super::danger::Dangers;
use super::draft::Draft;
use super::label::Label;
use super::numbers::Amount;
use super::text::Text;
use super::tokens::Kind;
use super::understanding::Intent;

/// Reads the answer; gives its tokens, if there is one.
pub fn read(
    text: &Text<'_>,
    context: &Context<'_>,
    amounts: &[Amount],
    dangers: &Dangers,
    draft: &mut Draft,
) -> Option<(usize, usize)> {
    let nothing = text.says(Label::NothingToRaise) && matches!(context.expects()?, Expects::Agenda { .. });
    if is_courtesy(text)
        && !nothing
        && !matches!(context.expects()?, Expects::Acknowledge | Expects::Appointment { .. } | Expects::OptIn)
    {
        return None;
    }
    // A thumb up and a thumb down.
    let thumb = |at: usize, up: &str| text.token(at).is_some_and(|t| t.kind == Kind::Emoji) && text.word(at) == up;
    if text.core.clone().any(|at| thumb(at, "\u{1F44D}")) && text.core.clone().any(|at| thumb(at, "\u{1F44E}")) {
        draft.doubt(text, "a thumb up and a thumb down");
        draft.said.insert(Intent::Unclear);
        return None;
    }
    match context.expects()? {
        Expects::Count { .. } | Expects::Scale { .. } => number(text, amounts, &Asked::of(context)?, context, draft),
        Expects::YesNoSome => yes_no_some(text, context, amounts, dangers, draft),
        Expects::Choice { options } => choose(text, amounts, options, draft),
        Expects::Reading { reading } => reading_answer(text, context, amounts, *reading, dangers, draft),
        Expects::Agenda { .. } => agenda_answer(text, context, amounts, dangers, draft),
        Expects::Appointment { .. } => {
            appointment::read(text, context, draft);
            draft.answer.map(|_| (text.core.start, text.core.end.min(text.core.start + 1)))
        }
        Expects::Acknowledge => acknowledge(text, draft),
        Expects::OptIn => opt_in(text, context, draft),
        Expects::Free => free(text, context, draft),
    }
}

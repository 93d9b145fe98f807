//! Replies about an appointment: will come, will not, wants another time.

use super::context::Context;
use super::dates::{Anchor, When, read as when};
use super::draft::Draft;
use super::label::Label;
use super::text::Text;
use super::understanding::{Intent, Route};
use super::vocabulary::{Word, words};
use chrono::Timelike;

/// Reads the answer to an appointment message.
pub fn read(text: &Text<'_>, context: &Context<'_>, draft: &mut Draft) {
    let anchor = Anchor::of(context);
    let (from, to) = (text.core.start, text.core.end);
    if let Some(menu) = by_menu(text, context) {
        let (intent, route) = if menu == 1 { (Intent::Confirm, Route::Auto) } else { (Intent::Cancel, Route::Review) };
        draft.answer(intent, route, text, "menu key", from, to);
        return;
    }
    let said = when(text, anchor);
    let confirm = text.first(Label::Confirm);
    let cancel = text.all(Label::Cancel).find(|h| !text.idiom(h.from as usize, h.to as usize));
    let other_time = text.first(Label::Reschedule);
    let opens_no = text.is(from, words!["no", "nope", "nah"]) && to == from + 1;
    let keep = text.says(Label::Keep) && (from..to).any(|i| text.is(i, words!["cancel"]));
    let still_comes = confirm.is_some() && cancel.is_some_and(|c| confirm.is_some_and(|k| k.from > c.to));

    if keep {
        draft.answer(Intent::Confirm, Route::Review, text, "asks not to cancel", from, to);
        return;
    }
    if text.says(Label::Perhaps) && other_time.is_none() {
        draft.doubt(text, "undecided");
        draft.said.insert(Intent::Unclear);
        return;
    }
    let own_day = anchor.appointment.map(|a| a.date());
    let same_day = said.days.iter().all(|d| d.date == own_day) && (said.date.is_none() || said.date == own_day);
    let same_time = said
        .time
        .is_none_or(|t| anchor.appointment.is_some_and(|a| t.hour() % 12 == a.hour() % 12 && t.minute() == a.minute()));
    let other_part = said.part.is_some() && said.days.is_empty() && said.time.is_none();
    let another = said.offered && (!(same_day && same_time) || other_part);
    let asks = (from..to).any(|i| text.is(i, words!["but", "move", "change", "instead", "later", "earlier"]));
    let says_yes = confirm.is_some_and(|c| c.from as usize == from && is_yes(text, from));
    let will_come = confirm.is_some_and(|c| {
        (c.from as usize..c.to as usize).any(|i| text.is(i, words!["see", "there", "attend", "coming"]))
    });
    let ends_yes = text.is(to.saturating_sub(1), words!["yes"]) && text.is(to.saturating_sub(2), words!["so", "then"]);
    let asked_for = other_time.is_some() && !(will_come && said.days.is_empty() && !strong(text));
    let wants_other = (asked_for || another && !will_come) && !ends_yes && (!says_yes || asks);
    // "Cancel please. Seeing the hospital man the same morning": opens with the word itself, and asks for no other time.
    let plainly = cancel.is_some_and(|c| {
        c.from as usize <= from + 2
            && other_time.is_none()
            && (c.from as usize..c.to as usize).any(|i| text.is(i, words!["cancel", "coming", "cancelled"]))
    });
    let only_cancels = cancel.is_some() && (!said.offered || plainly) && !strong(text);
    if wants_other && !only_cancels {
        reschedule(text, &said, draft, other_time.map_or((from, to), |h| (h.from as usize, h.to as usize)));
        return;
    }
    if let Some(hit) = confirm.filter(|_| cancel.is_none() || still_comes) {
        let wrong_day = !said.days.is_empty()
            && !same_day
            && !said.days.iter().any(|d| d.date == anchor.appointment.map(|a| a.date()));
        let route = if wrong_day { Route::Review } else { Route::Auto };
        let why = if wrong_day { "confirms, but names another day" } else { "will come" };
        draft.answer(Intent::Confirm, route, text, why, hit.from as usize, hit.to as usize);
        return;
    }
    if let Some(hit) = cancel {
        draft.answer(Intent::Cancel, Route::Review, text, "will not come", hit.from as usize, hit.to as usize);
        return;
    }
    let short_no = text.is(from, words!["no", "nope", "nah"]) && !text.says(Label::Question) && text.core_len() <= 4;
    if opens_no || short_no {
        draft.answer(Intent::Cancel, Route::Review, text, "no to the appointment", from, to);
    }
}

fn reschedule(text: &Text<'_>, said: &When, draft: &mut Draft, span: (usize, usize)) {
    draft.fields.date = said.date;
    draft.fields.time = said.time;
    if said.time.is_none() {
        draft.fields.part = said.part;
    }
    draft.answer(Intent::Reschedule, Route::Review, text, "wants another time", span.0, span.1);
}

/// A wish for another time, out of the blue or beside another answer.
pub fn unasked(text: &Text<'_>, context: &Context<'_>, draft: &mut Draft) -> bool {
    let names = |i: usize| {
        text.is(i, words!["appointment", "slot", "booking", "test", "visit", "check", "review"])
            || text.fact(i).weekday > 0
    };
    let Some(hit) = text.all(Label::Reschedule).find(|h| {
        let end = text.sentence_end(h.from as usize);
        (h.from as usize..end).any(|i| {
            text.is(
                i,
                words!["move", "change", "swap", "rearrange", "reschedule", "rebook", "postpone", "push", "bring"],
            )
        }) && (h.from as usize..end).any(names)
    }) else {
        return false;
    };
    let mut said = when(text, Anchor::of(context));
    // "move thurs to fri": the day after "to" is the one asked for.
    let end = text.sentence_end(hit.from as usize);
    said.days.retain(|d| (hit.from as usize..end).contains(&d.from));
    let named: Vec<_> = said.days.iter().filter(|d| !d.refused).collect();
    draft.fields.date = match named.as_slice() {
        [only] if text.fact(only.from).weekday == 0 || only.to - only.from > 2 => only.date,
        _ => None,
    };
    draft.fields.time = draft.fields.time.or(said.time.filter(|_| draft.fields.date.is_some()));
    if said.time.is_none() {
        draft.fields.part = said.part;
    }
    draft.say(Intent::Reschedule, Route::Review, text, "wants another time", hit.from as usize, hit.to as usize);
    true
}

/// 1 and 2, where the message offers them.
fn by_menu(text: &Text<'_>, context: &Context<'_>) -> Option<u64> {
    let prompt = context.prompt?.text.as_str();
    let token = text.token(text.core.start)?;
    let alone = text.core_len() == 1 && token.kind == super::tokens::Kind::Number && matches!(token.value, 1 | 2);
    let offered = prompt.contains("1 to") && prompt.contains("2 to")
        || prompt.contains("1 for") && prompt.contains("2 for")
        || prompt.contains("1 =");
    (alone && offered).then_some(token.value)
}

/// A plain yes.
fn is_yes(text: &Text<'_>, at: usize) -> bool {
    text.is(at, words!["yes", "yep", "yeah", "yup", "ok", "okay", "y", "confirm", "fine", "sure"])
}

/// Words that ask for another time and nothing else.
fn strong(text: &Text<'_>) -> bool {
    const WORDS: &[Word] = words![
        "move",
        "change",
        "swap",
        "rearrange",
        "rebook",
        "instead",
        "another",
        "different",
        "later",
        "earlier",
        "postpone",
        "reschedule",
    ];
    text.core.clone().any(|i| text.is(i, WORDS))
}

//! What nobody asked for, and what is left when nothing answered.

use super::super::appointment;
use super::super::context::{Context, Expects, PromptKind};
use super::super::danger::Dangers;
use super::super::draft::Draft;
use super::super::label::Label;
use super::super::numbers::{Amount, Role};
use super::super::readings;
use super::super::text::Text;
use super::super::tokens::Kind;
use super::super::understanding::{Flag, Intent, Route};
use super::super::vocabulary::words;

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
    // "I am well, thank you, and the sweet peas are up": asked how they are, people say so.
    let told = wellbeing
        && text.first(Label::Well).is_some_and(|w| text.first(Label::Thanks).is_some_and(|t| w.from < t.from))
        && text.core_len() > 5;
    if thanks && !told && !number && !more {
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
    if text.says(Label::Later) && !matches!(context.expects(), Some(Expects::Appointment { .. })) {
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
    // A smile beside a greeting says no more than the greeting.
    let laughs = context.prompt.is_some()
        && (0..text.tokens.len()).all(|i| text.is(i, words!["lol", "haha", "x"]) || text.smile(i));
    if words > 0 && !laughs && is_greeting(text) {
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

/// A greeting, kind words and smiles, and nothing else.
pub fn is_greeting(text: &Text<'_>) -> bool {
    (0..text.tokens.len()).all(|i| text.within(i, &text.lexicon.known.courtesy) || text.smile(i))
}

/// Thanks and an "ok", and nothing else: opens no work.
pub fn is_courtesy(text: &Text<'_>) -> bool {
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
            || text.smile(i)
    };
    thanks && text.tokens.len() <= 7 && (0..text.tokens.len()).all(plain)
}

//! Where the second reader takes a reply for something else than the first, a person reads it: it may name another meaning and
//! raise the route, but it files nothing, stops nothing and answers nothing by itself.

use super::Found;
use super::answers::{is_courtesy, is_greeting};
use super::asked::asked;
use super::context::Context;
use super::draft::Draft;
use super::features::Seen;
use super::findings::{self, Case};
use super::judge::Verdict;
use super::label::Label;
use super::likeness::{self, Likeness};
use super::once_more;
use super::settings::SecondOpinion;
use super::text::Text;
use super::understanding::{Intent, Route};

/// More words than this say nothing more of what a reply is.
const READ: usize = 80;

/// Asks the trained models about a reply the rules have read.
pub(super) fn read(text: &Text<'_>, context: &Context<'_>, found: &Found, draft: &mut Draft) {
    let first = draft.first();
    // A value and nothing else, or one word that was understood, leaves nothing to have an opinion on.
    let value = matches!(first, Intent::ProgressNumber | Intent::Reading)
        && found.answer.is_some_and(|(from, to)| from <= text.core.start && to >= text.core.end);
    let plain = draft.route == Route::Auto && draft.cautions.is_empty() && (value || text.core_len() == 1);
    if plain || draft.unsafe_contact || draft.route == Route::Urgent || is_courtesy(text) || is_greeting(text) {
        draft.heed(text);
        return;
    }
    let seen = Seen::of(spelled(text));
    // Most replies are short, deny nothing and joke about nothing: both models see the same words.
    let same = text.core_len() <= READ
        && !text.core.clone().any(|at| text.smile(at) || likeness::gap(text, &found.dangers, at));
    let of_danger = (!same).then(|| Seen::of(likeness::spelled(text, &found.dangers)));
    let likeness = Likeness::of(text, context, of_danger.as_ref().unwrap_or(&seen));
    let verdict = verdict(text, context, found, draft, &seen, likeness.logit);
    if let (Some(verdict), Some(limits)) = (&verdict, &context.reader.settings.second_reader) {
        weigh(text, context, verdict, limits, draft);
    }
    draft.heed(text);
    likeness.raise(text, context, verdict.map(|v| v.urgent), draft);
}

/// What the judge makes of the rules' reading and the second reader's opinion.
fn verdict(
    text: &Text<'_>,
    context: &Context<'_>,
    found: &Found,
    draft: &Draft,
    seen: &Seen,
    danger: f32,
) -> Option<Verdict> {
    let second = &context.reader.second;
    if second.judge.is_empty() || context.reader.settings.second_reader.is_none() {
        return None;
    }
    let opinion = second.of(seen, asked(context));
    let mut hearing = second.judge.hear();
    let case = Case { text, context, found, draft, words: &seen.words, opinion: &opinion, danger };
    findings::of_rules(&case, |feature| hearing.count(feature.hash, 1.0));
    let (agreed, value) = findings::agreed(&case, second);
    for feature in agreed {
        hearing.count(feature.hash, value);
    }
    Some(hearing.verdict(opinion.likely(), opinion.filed, danger))
}

fn weigh(text: &Text<'_>, context: &Context<'_>, verdict: &Verdict, limits: &SecondOpinion, draft: &mut Draft) {
    let first = draft.first();
    if stands(first) {
        return;
    }
    // Kind words and small talk are told apart by nobody.
    let same = |other: Intent| other == first || kind(first) && kind(other) && draft.route == Route::Auto;
    let meanings = &context.reader.second.judge.meanings;
    let may_be = may_be(first, text, context);
    let mut of_first = f32::MIN;
    let mut of_best: Option<(f32, Intent)> = None;
    let mut of_stop = f32::MIN;
    for (intent, place) in meanings {
        // A number that could not be read is asked for again: that helps more than knowing what it was meant for.
        let unread = if first == Intent::Unclear && has_fields(*intent) { limits.ask_again } else { 0.0 };
        let likely = verdict.of(*place) - unread;
        if *intent == Intent::Stop && may_be(*intent) {
            of_stop = likely;
        }
        if same(*intent) {
            of_first = of_first.max(likely);
        } else if of_best.is_none_or(|(best, _)| likely >= best) && may_be(*intent) {
            of_best = Some((likely, *intent));
        }
    }
    let other = of_best.filter(|(likely, _)| *likely > of_first + limits.head_start);
    if let Some((_, best)) = other {
        draft.suspect(best, text);
        once_more::read(text, context, best, draft);
    }
    let likeliest = other.map_or(of_first, |(likely, _)| likely);
    if !draft.said.contains(&Intent::Stop) && of_stop >= likeliest - limits.stop_within {
        draft.suspect_beside(Intent::Stop, text);
    }
    if draft.suspected.is_some() {
        return;
    }
    if verdict.filed < limits.file_from {
        if draft.route == Route::Auto && draft.cautions.is_empty() {
            draft.doubt(text, "such readings are often wrong");
        }
    } else if verdict.filed >= limits.trust_from && verdict.urgent < FAR_FROM_DANGER {
        // What is doubtful in the build of an answer stays so: "all but two".
        draft.cautions.retain(|caution| !caution.remark);
    }
}

/// A long remark is passed over only where danger is less likely than this.
const FAR_FROM_DANGER: f32 = 0.03;

/// For what the second reader may take what the first read as `first`.
fn may_be(first: Intent, text: &Text<'_>, context: &Context<'_>) -> impl Fn(Intent) -> bool {
    // Words to no question that are like a wish to stop are mostly about something else; and "do not stop" is none.
    let no_stop = context.prompt.is_none() || text.says(Label::Keep);
    // Of a word or two that say nothing it says nothing either.
    let nothing = vague(first) && text.core_len() <= 2;
    move |other| match other {
        Intent::Stop => !no_stop,
        // Danger is told by likeness, and nobody's messages start again by a guess.
        Intent::RedFlag | Intent::Start => false,
        other => !(nothing && vague(other)),
    }
}

fn vague(intent: Intent) -> bool {
    matches!(intent, Intent::Other | Intent::Unclear)
}

fn kind(intent: Intent) -> bool {
    matches!(intent, Intent::Thanks | Intent::Other)
}

/// What the rules know by clear words stands.
fn stands(first: Intent) -> bool {
    use Intent::{Bereavement, RedFlag, Start, Stop, WrongPerson};
    matches!(first, RedFlag | Stop | Start | Bereavement | WrongPerson)
}

/// What is nothing without its value.
fn has_fields(intent: Intent) -> bool {
    use Intent::{AgendaItems, Choice, ContactChange, ProgressNumber, Reading, Reschedule};
    matches!(intent, AgendaItems | Choice | ContactChange | ProgressNumber | Reading | Reschedule)
}

/// The words of a reply between blanks, without its courtesies and smiles.
pub(super) fn spelled(text: &Text<'_>) -> String {
    let mut words = String::with_capacity(text.folded.text.len().min(1024) + 2);
    for at in text.core.clone().filter(|at| !text.smile(*at)).take(READ) {
        words.push(' ');
        text.spell(at, &mut words);
    }
    words.push(' ');
    words
}

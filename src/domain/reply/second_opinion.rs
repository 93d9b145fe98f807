//! Where the second reader takes a reply for something else than the first, a person reads it: it may name another meaning and
//! raise the route, but it files nothing, stops nothing and answers nothing by itself.

use super::answers::{is_courtesy, is_greeting};
use super::context::{Context, Expects, PromptKind};
use super::draft::Draft;
use super::label::Label;
use super::text::Text;
use super::understanding::{Intent, Route};

/// More words than this say nothing more of what a reply is.
const READ: usize = 80;

/// Asks the second reader about a reply the first has read.
pub fn read(text: &Text<'_>, context: &Context<'_>, answer: Option<(usize, usize)>, draft: &mut Draft) {
    let (model, limits) = (&context.reader.second, &context.reader.settings.second_reader);
    let (Some(limits), false) = (limits, model.intents.is_empty()) else { return };
    let first = draft.first();
    // A value and nothing else, or one word that was understood, leaves nothing to have an opinion on.
    let value = matches!(first, Intent::ProgressNumber | Intent::Reading)
        && answer.is_some_and(|(from, to)| from <= text.core.start && to >= text.core.end);
    let plain = draft.route == Route::Auto && (value || text.core_len() == 1);
    if draft.unsafe_contact || stands(first) || plain || is_courtesy(text) || is_greeting(text) {
        return;
    }
    let likely = model.of(&spelled(text), asked(context));
    let head_start = |other: Intent| {
        if draft.route != Route::Auto && vague(first) && other != Intent::Stop { limits.vague } else { limits.clear }
    };
    // Kind words and small talk are told apart by nobody.
    let same = |other: Intent| other == first || kind(first) && kind(other) && draft.route == Route::Auto;
    let of_same = model.intents.iter().zip(&likely).filter(|((i, _), _)| same(*i)).map(|(_, l)| *l);
    let of_first = of_same.fold(f32::MIN, f32::max);
    let others = model
        .intents
        .iter()
        .zip(&likely)
        .filter(|((other, _), _)| !same(*other) && may_be(*other, first, text, context));
    let best = others.max_by(|(_, a), (_, b)| a.total_cmp(b));
    let Some(((best, _), of_best)) = best else { return };
    if *of_best > of_first + head_start(*best) {
        draft.suspect(*best, text);
    } else if draft.route == Route::Auto && of_first < limits.doubt_under.ln() {
        draft.doubt(text, "unlike answers that meant this");
    }
}

/// Whether the second reader may take for `other` what the first read as `first`.
fn may_be(other: Intent, first: Intent, text: &Text<'_>, context: &Context<'_>) -> bool {
    // A number that could not be read is asked for again: that helps more than knowing what it was meant for.
    let unread = first == Intent::Unclear && has_fields(other);
    // Words to no question that are like a wish to stop are mostly about something else; and "do not stop" is none.
    let no_stop = other == Intent::Stop && (context.prompt.is_none() || text.says(Label::Keep));
    // Of a word or two that say nothing it says nothing either.
    let nothing = vague(first) && vague(other) && text.core_len() <= 2;
    !unread && !no_stop && !nothing
}

fn vague(intent: Intent) -> bool {
    matches!(intent, Intent::Other | Intent::Unclear)
}

fn kind(intent: Intent) -> bool {
    matches!(intent, Intent::Thanks | Intent::Other)
}

/// What the first reader knows by clear words or has read in full stands.
fn stands(first: Intent) -> bool {
    use Intent::{Bereavement, ContactChange, Help, Language, RedFlag, Reschedule, Start, Stop, WrongPerson};
    matches!(first, RedFlag | Stop | Start | Help | Language | Reschedule | ContactChange | Bereavement | WrongPerson)
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

/// The kind of the open question and of the answer it asks for.
pub(super) fn asked(context: &Context<'_>) -> [&'static str; 2] {
    let Some(prompt) = context.prompt else { return ["nothing", ""] };
    let about = match prompt.kind {
        PromptKind::GoalProgress => "goal_progress",
        PromptKind::Agenda => "agenda",
        PromptKind::Appointment => "appointment",
        PromptKind::ResultsSent => "results_sent",
        PromptKind::Reading => "reading",
        PromptKind::ChoiceMenu => "choice_menu",
        PromptKind::OptOut => "opt_out",
        PromptKind::Wellbeing => "wellbeing",
    };
    let form = match prompt.expects {
        Expects::Count { .. } => "count",
        Expects::YesNoSome => "yes_no_some",
        Expects::Scale { .. } => "scale",
        Expects::Choice { .. } => "choice",
        Expects::Reading { .. } => "reading",
        Expects::Agenda { .. } => "agenda",
        Expects::Appointment { .. } => "appointment",
        Expects::Acknowledge => "acknowledge",
        Expects::OptIn => "opt_in",
        Expects::Free => "free",
    };
    [about, form]
}

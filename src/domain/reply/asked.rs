//! What was asked, as the trained models see it.

use super::context::{Context, Expects, PromptKind};

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

//! Which answer to the open question would itself be danger.

use super::super::context::{Context, Expects, PromptKind};

/// Which answer to the open question would itself be danger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worry {
    /// The question names signs of danger: yes is urgent.
    YesUrgent,
    /// The question names signs a person should hear of: yes is read.
    YesReview,
    /// The question asks whether all is as usual: no is urgent.
    NoUrgent,
    /// Neither.
    None,
}

/// Reads the question for what would be a worrying answer.
pub fn worry(context: &Context<'_>) -> Worry {
    let Some(prompt) = context.prompt else {
        return Worry::None;
    };
    if prompt.kind != PromptKind::Wellbeing || !matches!(prompt.expects, Expects::YesNoSome) {
        return Worry::None;
    }
    let low = prompt.text.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|w| low.contains(w));
    let signs = has(&[
        "chest pain",
        "breathless",
        "dizzy",
        "short of breath",
        "faint",
        "blackout",
        "palpitation",
        "swelling",
        "swollen",
        "lips",
        "tongue",
        "bleed",
        "weakness",
        "numb",
        "vision",
        "thoughts of",
        "hurting yourself",
        "harming",
    ]);
    if has(&[
        "as usual",
        "as normal",
        "as good as",
        "feeling safe",
        "feel safe",
        "back to normal",
        "all right",
        "as well as",
    ]) {
        return Worry::NoUrgent;
    }
    if signs {
        return Worry::YesUrgent;
    }
    if has(&[
        "low sugar",
        "hypo",
        "fall",
        "pain",
        "sick",
        "cough",
        "wheez",
        "side effect",
        "trouble",
        "problem",
        "rash",
        "headache",
    ]) {
        return Worry::YesReview;
    }
    Worry::None
}

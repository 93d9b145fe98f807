//! Goals in people's own words, with the short label they agreed to see in a text.

/// A goal as it was agreed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish {
    /// The person's own words: never in a text.
    pub words: &'static str,
    /// Completes "On how many of the last 7 days did you …?".
    pub label: &'static str,
    pub plan: &'static str,
    /// Days a week.
    pub target: i64,
    /// 0 to 10.
    pub confidence: i64,
}

const fn wish(words: &'static str, label: &'static str, plan: &'static str, target: i64, confidence: i64) -> Wish {
    Wish { words, label, plan, target, confidence }
}

/// The goals that people of the demo have.
pub(super) const GOALS: [Wish; 14] = [
    wish(
        "I want to walk to the shops and back without stopping, so I can go with my granddaughter",
        "go for your walk",
        "20 minutes after breakfast, round the park",
        5,
        7,
    ),
    wish(
        "Get my breath back enough to dig the allotment again",
        "do your steps",
        "Up and down the stairs five times before lunch",
        4,
        6,
    ),
    wish(
        "Stop the biscuits in the evening, they are my downfall",
        "have a fruit evening",
        "Fruit bowl on the table, biscuits out of the house",
        5,
        5,
    ),
    wish(
        "Sleep through without lying awake worrying about money",
        "keep your bedtime",
        "Phone off at 10, bed at half past",
        5,
        6,
    ),
    wish(
        "Be strong enough to lift my grandson",
        "do your exercises",
        "The sheet from the physio, morning and evening",
        6,
        8,
    ),
    wish(
        "Cut down to weekends only, I don't like who I am otherwise",
        "have a dry day",
        "Alcohol-free beer on weekdays, tell my brother",
        5,
        6,
    ),
    wish(
        "Take the inhaler properly, I always forget the morning one",
        "take the morning one",
        "Beside the toothbrush",
        7,
        8,
    ),
    wish("Swim again like before the heart trouble", "get to the pool", "Tuesday and Friday with Maureen", 2, 7),
    wish(
        "Cook proper food three times a week instead of takeaway",
        "cook at home",
        "Plan on Sunday, batch of dal on Monday",
        3,
        7,
    ),
    wish("Stop smoking before my daughter's wedding", "keep to your plan", "Patch in the morning, gum at work", 7, 5),
    wish(
        "Get out of the house each day, I have gone into my shell",
        "get out of the house",
        "Library or the bench by the canal",
        5,
        4,
    ),
    wish("Lose enough so the knee stops hurting on stairs", "eat your plan", "Smaller plate, no second helping", 6, 6),
    wish(
        "Dance at the temple festival without getting dizzy",
        "do your balance",
        "Hold the worktop, one leg, while the tea brews",
        6,
        8,
    ),
    wish("Check my feet like the nurse showed me", "do your evening check", "After the shower, with the mirror", 7, 9),
];

#[cfg(test)]
mod tests {
    use super::GOALS;

    #[test]
    fn a_label_is_short_and_says_nothing_private() {
        for goal in &GOALS {
            assert!(goal.label.len() <= 24, "{}", goal.label);
            assert!((1..=7).contains(&goal.target) && (0..=10).contains(&goal.confidence));
            let private = ["smok", "alcohol", "heart", "weight", "feet", "inhaler"];
            assert!(!private.iter().any(|word| goal.label.contains(word)), "{}", goal.label);
        }
    }
}

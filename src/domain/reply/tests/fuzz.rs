//! Hostile input: no panic, no hang, time that grows with the length alone.

use super::super::{Channel, Context, Prompt, ReadingKind, own_words, understand};
use super::{READER, days, feeling, menu, now, reading, tablets};
use chrono_tz::Europe::London;
use std::time::{Duration, Instant};

/// A small generator of our own: the same inputs at every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }
}

const PARTS: [&str; 60] = [
    "no ",
    "not ",
    "stop",
    "STOP ",
    "1",
    "12",
    "138/82",
    "/",
    ".",
    ",",
    "-",
    " ",
    "\n",
    "\n\n",
    "> ",
    "<p>",
    "<",
    "@",
    "a@b.c",
    "half ",
    "to ",
    "one ",
    "hundred ",
    "point ",
    "thousand ",
    "chest ",
    "pain ",
    "my ",
    "dad ",
    "had ",
    "a ",
    "in 1999 ",
    "tues ",
    "week ",
    "fortnight ",
    "next ",
    "14th ",
    "32nd ",
    "99/99/99",
    "07700 900123",
    "+44",
    "--",
    "On Mon, wrote:\n",
    "From: x\nSent: y\n",
    "4\u{FE0F}\u{20E3}",
    "\u{1F600}",
    "\u{200B}",
    "\u{9E8}",
    "\u{0}",
    "\u{FFFD}",
    "ЅТОР",
    "ਸਾਹ",
    "سانس",
    "e\u{301}\u{301}",
    "dot at ",
    "every day ",
    "bar ",
    "?",
    "!",
    "moved to 3 Road ZZ1 4AB ",
];

fn prompts() -> Vec<Option<Prompt>> {
    let mut all = vec![
        None,
        Some(days()),
        Some(tablets()),
        Some(feeling()),
        Some(menu(&["walking group", "morning", "evening", "none of these"])),
    ];
    all.extend(
        [ReadingKind::Bp, ReadingKind::Weight, ReadingKind::Glucose, ReadingKind::Spo2, ReadingKind::Steps]
            .map(|k| Some(reading(k))),
    );
    for (kind, expects) in [
        ("agenda", r#"{"type":"agenda","max_items":3}"#),
        ("appointment", r#"{"type":"appointment","starts_at":"2027-06-09T10:30:00+01:00"}"#),
        ("opt_out", r#"{"type":"opt_in"}"#),
        ("results_sent", r#"{"type":"acknowledge"}"#),
        ("wellbeing", r#"{"type":"scale","min":0,"max":10}"#),
    ] {
        let text = format!(r#"{{"kind":"{kind}","text":"Hello Joan, 1 one 2 two","expects":{expects}}}"#);
        all.push(Some(serde_json::from_str(&text).expect("a prompt")));
    }
    all
}

/// Reads `count` made-up inputs against every kind of question.
fn fuzz(count: usize) {
    let prompts = prompts();
    let mut dice = Dice(0x5EED);
    for _ in 0..count {
        let mut text = String::new();
        for _ in 0..=dice.roll(14) {
            match dice.roll(8) {
                0 => text.push(char::from_u32(dice.roll(0x11_0000) as u32).unwrap_or('\u{FFFD}')),
                _ => text.push_str(PARTS.get(dice.roll(PARTS.len())).copied().unwrap_or("")),
            }
        }
        let prompt = prompts.get(dice.roll(prompts.len())).and_then(Option::as_ref);
        let channel = if dice.roll(2) == 0 { Channel::Sms } else { Channel::Email };
        let context = Context { prompt, received_at: now(), zone: London, channel, reader: &READER };
        let u = understand(&text, &context);
        let length = text.chars().count();
        assert!(u.because.iter().all(|b| b.from <= b.to && b.to <= length), "{text:?} {:?}", u.because);
        assert!(own_words::kept(&text).iter().all(|r| text.get(r.clone()).is_some()), "{text:?}");
    }
}

/// 50,000 here; the whole million is run by `between bench replies` and by setting `BETWEEN_FUZZ`.
#[test]
fn r22_made_up_inputs_never_panic() {
    let count = std::env::var("BETWEEN_FUZZ").ok().and_then(|n| n.parse().ok()).unwrap_or(50_000);
    fuzz(count);
}

#[test]
fn danger_in_the_tail_of_an_absurd_text_is_seen() {
    for length in [5_000, 100_000, 2_000_000] {
        let text = format!("{} my chest hurts and I cant breathe", "la la 4 days, ".repeat(length / 14));
        let u = super::read(&text, Some(&days()));
        assert!(u.flag.is_some(), "{length}");
    }
}

/// Twice the length takes at most 2.3 times as long. The best of several runs counts; the machine may be busy.
#[test]
fn time_grows_with_the_length_alone() {
    let time = |text: &str, prompt: Option<&Prompt>| {
        (0..3)
            .map(|_| {
                let start = Instant::now();
                std::hint::black_box(super::read(text, prompt));
                start.elapsed()
            })
            .min()
            .unwrap_or_default()
    };
    for prompt in prompts() {
        for part in [
            "no ",
            "1 ",
            "1/",
            "pain ",
            "my dad ",
            "half ",
            "@",
            "a@b. ",
            "stop ",
            "tues ",
            "not any or ",
            "one hundred ",
            "<a",
            "what ",
        ] {
            let (once, twice) = (part.repeat(2_000), part.repeat(4_000));
            let mut pair = || (time(&once, prompt.as_ref()), time(&twice, prompt.as_ref()));
            let beyond = |(a, b): (Duration, Duration)| b >= a * 4 + Duration::from_millis(150);
            let (a, b) = Some(pair()).filter(|p| !beyond(*p)).unwrap_or_else(&mut pair);
            // Unoptimised builds on a shared machine jitter: only a growth well beyond linear fails.
            assert!(!beyond((a, b)), "{part:?} {a:?} {b:?} {:?}", prompt.as_ref().map(|p| p.kind));
        }
    }
}

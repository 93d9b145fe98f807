//! How a line shows what it is: the head of a thread, a closing formula, a name, a legal text.

/// An address in angle brackets or the mark of a picture is no tag.
pub(super) fn is_mark(tag: &str) -> bool {
    let inside = tag.get(1..tag.find('>').unwrap_or(1)).unwrap_or("");
    inside.contains('@') || matches!(inside, "image" | "picture" | "photo" | "attachment" | "media omitted")
}

pub(super) fn lower(line: &str) -> String {
    line.chars().take(400).flat_map(char::to_lowercase).map(|c| if c == '\u{2019}' { '\'' } else { c }).collect()
}

pub(super) fn starts_thread(line: &str, next: &[&str]) -> bool {
    let low = lower(line);
    let dashed = line.starts_with("---")
        && ["original message", "forwarded message", "forwarded by", "original appointment"]
            .iter()
            .any(|w| low.contains(w));
    let header = |l: &str| {
        let l = lower(l);
        let l = l.trim_start_matches('*');
        ["from:", "sent:", "to:", "date:", "subject:"].iter().any(|h| l.starts_with(h))
    };
    let outlook = header(line) && next.iter().take(2).filter(|l| header(l)).count() >= 1;
    let ruled = line.len() > 9 && line.bytes().all(|b| b == b'_') && next.iter().take(2).any(|l| header(l));
    dashed || outlook || ruled || low.starts_with("begin forwarded message")
}

/// "On Tuesday ... wrote:", on one line or several. The answer says whether the line ends it.
pub(super) fn attribution(line: &str, next: &[&str]) -> Option<bool> {
    let low = lower(line);
    if low.ends_with("wrote:") && (low.starts_with("on ") || line.contains('<') || low.contains(" at ")) {
        return Some(true);
    }
    if low.starts_with("on ") && line.bytes().any(|b| b.is_ascii_digit()) && !low.ends_with('.') {
        for l in next.iter().take(2) {
            if l.is_empty() {
                break;
            }
            if lower(l).ends_with("wrote:") {
                return Some(false);
            }
        }
    }
    None
}

pub(super) fn is_device(low: &str) -> bool {
    let low = low.trim_start_matches(['-', ' ']);
    [
        "sent from my",
        "sent from outlook",
        "sent from yahoo",
        "sent from mail",
        "sent via",
        "get outlook for",
        "sent with love from my",
        "sent from samsung",
        "sent from the",
    ]
    .iter()
    .any(|w| low.starts_with(w))
        || low.starts_with("sent ") && low.contains(" from my ") && low.len() < 60
}

pub(super) fn is_banner(line: &str, low: &str) -> bool {
    let boxed = line.starts_with('[') && line.ends_with(']')
        || line.starts_with('*')
        || low.starts_with("caution")
        || low.starts_with("warning")
        || low.starts_with("external");
    boxed
        && [
            "outside our organisation",
            "outside your organisation",
            "outside the organisation",
            "external",
            "do not click",
            "before you click",
            "unless you recognise",
            "sender",
            "think before",
        ]
        .iter()
        .any(|w| low.contains(w))
}

pub(super) fn is_disclaimer(low: &str) -> bool {
    [
        "intended recipient",
        "this email is confidential",
        "is confidential",
        "this message is private",
        "this e-mail",
        "registered charity",
        "registered office",
        "consider the environment",
        "before printing",
        "before you print",
        "scanned for viruses",
        "reached you in error",
        "received this in error",
        "received this email in error",
        "views expressed",
        "company number",
        "unsubscribe from this list",
    ]
    .iter()
    .any(|w| low.contains(w))
}

/// Closing formulas that fill a line.
const CLOSINGS: [&str; 26] = [
    "regards",
    "kind regards",
    "best regards",
    "warm regards",
    "best",
    "best wishes",
    "all the best",
    "with best wishes",
    "yours",
    "yours sincerely",
    "yours faithfully",
    "yours truly",
    "sincerely",
    "faithfully",
    "kindest regards",
    "many thanks and regards",
    "with kind regards",
    "i remain, yours sincerely",
    "warmest regards",
    "kr",
    "rgds",
    "respectfully",
    "with thanks and regards",
    "yours ever",
    "yours in good health",
    "love",
];

pub(super) fn is_closing(low: &str) -> bool {
    let low = low.trim_end_matches([',', '.', '!', ' ']);
    let words = low.split_whitespace().count();
    if words > 6 {
        return false;
    }
    if CLOSINGS.contains(&low) {
        return true;
    }
    (low.starts_with("yours ") || low.ends_with(" regards")) && words <= 4
        || low.ends_with("yours sincerely")
        || low.ends_with("yours faithfully")
        || low.ends_with("best wishes") && words <= 3
        || ["regards, ", "kind regards, ", "best wishes, ", "yours, "].iter().any(|w| low.starts_with(w))
}

pub(super) fn is_phone_line(low: &str) -> bool {
    let digits = low.bytes().filter(u8::is_ascii_digit).count();
    let marked = ["tel", "t ", "t:", "m ", "m:", "mob", "phone", "ph:", "fax"].iter().any(|w| low.starts_with(w));
    digits >= 10 && (marked || low.len() < 20 && (low.starts_with('0') || low.starts_with('+')))
}

pub(super) const TITLES: [&str; 16] = [
    "(mr)",
    "(mrs)",
    "(miss)",
    "(ms)",
    "(dr)",
    "mr",
    "mrs",
    "miss",
    "ms",
    "dr",
    "(capt., retd)",
    "ba",
    "retd)",
    "(retd)",
    "(hons)",
    "rev",
];

pub(super) fn has_title(line: &str) -> bool {
    line.split_whitespace().any(|w| TITLES.contains(&lower(w).as_str()))
}

/// One to four words, each with a capital or an initial, and nothing else.
pub(super) fn is_name(line: &str) -> bool {
    let line = line.trim_end_matches(['.', ',']);
    let mut words = 0;
    let mut letters = 0;
    for word in line.split_whitespace() {
        words += 1;
        letters += word.chars().count();
        let bare = word.trim_matches(['(', ')', '.', ',', '-', '\u{2013}', '"']);
        let first = bare.chars().next();
        let joins = matches!(bare, "x" | "xx" | "xxx" | "and" | "de" | "van" | "ap" | "");
        if !(joins || first.is_some_and(char::is_uppercase) && !bare.chars().any(|c| c.is_ascii_digit())) {
            return false;
        }
    }
    let low = lower(line);
    let answers = [
        "yes", "no", "some", "stop", "help", "start", "done", "ok", "none", "cancel", "hi", "hello", "lo", "thanks",
        "half",
    ];
    (1..=5).contains(&words)
        && letters <= 34
        && !answers.contains(&low.trim_end_matches(['.', '!', ',']))
        && line.chars().filter(|c| c.is_uppercase()).count() >= 1
        && (words > 1 || low.len() > 1 || line.len() == 1)
        && !["!", "?", ";", ":"].iter().any(|m| line.contains(m))
        && (words == 1
            || line.split_whitespace().filter(|w| w.chars().next().is_some_and(char::is_uppercase)).count()
                >= words.min(2))
}

pub(super) fn is_greeting(line: &str) -> bool {
    let low = lower(line);
    let first = low.split(|c: char| !c.is_alphabetic()).next().unwrap_or("");
    matches!(first, "hi" | "hello" | "dear" | "hiya" | "hey" | "morning") && low.split_whitespace().count() <= 4
}

/// A sentence in the first person under a signature is the person's own again: a postscript without its mark.
pub(super) fn is_own_again(low: &str) -> bool {
    let own = [
        "i ",
        "i'm ",
        "i've ",
        "im ",
        "ive ",
        "my ",
        "also ",
        "oh and ",
        "oh, ",
        "by the way",
        "btw ",
        "forgot to say",
        "one more thing",
    ];
    let office = ["office", "work ", "working", "annual leave", "part time", "part-time", "days are", "views"];
    own.iter().any(|w| low.starts_with(w)) && !office.iter().any(|w| low.contains(w))
}

//! The word lists, as data: a text file each, so that a phrase can be added without touching code.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// A kind of line in a header block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    From,
    Sent,
    To,
    Copy,
    Subject,
    Other,
}

macro_rules! lists {
    ($($name:ident: $kind:ty = $read:ident($file:literal);)*) => {
        $(pub(super) static $name: LazyLock<$kind> = LazyLock::new(|| $read(include_str!(concat!("phrases/", $file, ".txt"))));)*
    };
}

lists! {
    OPENERS: Vec<&'static str> = lines("openers");
    VERBS: Vec<&'static str> = lines("verbs");
    SEPARATORS_QUOTE: HashSet<&'static str> = line_set("separators_quote");
    SEPARATORS_FORWARDED: HashSet<&'static str> = line_set("separators_forwarded");
    SEPARATORS_BARE: HashSet<&'static str> = line_set("separators_bare");
    HEADER_KEYS: HashMap<&'static str, Key> = keys("header_keys");
    MOBILE: Vec<&'static str> = lines("mobile");
    MOBILE_NEEDS_DEVICE: HashSet<&'static str> = line_set("mobile_needs_device");
    DEVICES: Vec<&'static str> = words("devices");
    OFFICE: HashSet<&'static str> = word_set("office");
    DANGER: Vec<&'static str> = lines("danger");
    CLOSINGS_EMPTY: HashSet<&'static str> = line_set("closings_empty");
    CLOSINGS_THANKS: HashSet<&'static str> = line_set("closings_thanks");
    NOTICES: Vec<&'static str> = lines("notices");
    NOTICES_WEAK: Vec<&'static str> = lines("notices_weak");
    BANNERS: Vec<&'static str> = lines("banners");
    BANNERS_GO_ON: Vec<&'static str> = lines("banners_go_on");
    FIRST_NAMES: HashSet<&'static str> = word_set("first_names");
    FIRST_NAMES_WITH_SURNAME: HashSet<&'static str> = word_set("first_names_with_surname");
    ORDINARY: HashSet<&'static str> = word_set("ordinary_words");
}

/// One phrase a line; quotes keep the spaces at its ends.
fn lines(file: &'static str) -> Vec<&'static str> {
    file.lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.trim_matches('"'))
        .filter(|line| !line.is_empty())
        .collect()
}

fn line_set(file: &'static str) -> HashSet<&'static str> {
    lines(file).into_iter().collect()
}

fn words(file: &'static str) -> Vec<&'static str> {
    file.lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_ascii_whitespace)
        .collect()
}

fn word_set(file: &'static str) -> HashSet<&'static str> {
    words(file).into_iter().collect()
}

fn keys(file: &'static str) -> HashMap<&'static str, Key> {
    let mut keys = HashMap::new();
    for line in lines(file) {
        let Some((kind, names)) = line.split_once(": ") else {
            continue;
        };
        let key = match kind {
            "from" => Key::From,
            "sent" => Key::Sent,
            "to" => Key::To,
            "copy" => Key::Copy,
            "subject" => Key::Subject,
            _ => Key::Other,
        };
        keys.extend(names.split(", ").map(|name| (name, key)));
    }
    keys
}

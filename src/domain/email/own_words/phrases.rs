//! The word lists, as data: a text file each, so that a phrase can be added without touching code.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::domain::email::phrase_set::{PhraseSet, lines, set};

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
    OPENERS: PhraseSet = set("openers");
    VERBS: PhraseSet = set("verbs");
    SEPARATORS_QUOTE: HashSet<&'static str> = line_set("separators_quote");
    SEPARATORS_FORWARDED: HashSet<&'static str> = line_set("separators_forwarded");
    SEPARATORS_BARE: HashSet<&'static str> = line_set("separators_bare");
    HEADER_KEYS: HashMap<&'static str, Key> = keys("header_keys");
    MOBILE: PhraseSet = set("mobile");
    MOBILE_NEEDS_DEVICE: HashSet<&'static str> = line_set("mobile_needs_device");
    DEVICES: Vec<&'static str> = words("devices");
    OFFICE: HashSet<&'static str> = word_set("office");
    DANGER: PhraseSet = set("danger");
    CLOSINGS_EMPTY: HashSet<&'static str> = line_set("closings_empty");
    CLOSINGS_THANKS: HashSet<&'static str> = line_set("closings_thanks");
    NOTICES: PhraseSet = set("notices");
    NOTICES_WEAK: PhraseSet = set("notices_weak");
    BANNERS: PhraseSet = set("banners");
    BANNERS_GO_ON: PhraseSet = set("banners_go_on");
    FIRST_NAMES: HashSet<&'static str> = word_set("first_names");
    FIRST_NAMES_WITH_SURNAME: HashSet<&'static str> = word_set("first_names_with_surname");
    ORDINARY: HashSet<&'static str> = word_set("ordinary_words");
}

fn line_set(file: &'static str) -> HashSet<&'static str> {
    lines(file).into_iter().collect()
}

fn words(file: &'static str) -> Vec<&'static str> {
    file.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_ascii_whitespace).collect()
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

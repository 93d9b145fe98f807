//! Replies in other languages: recognised and sent to a person, with their numerals understood.

use super::normalise::fold_word;
use super::text::Text;
use super::tokens::Kind;
use super::vocabulary::{Vocabulary, WordId};

/// What a language's small words look like in Latin letters.
struct Sample {
    code: &'static str,
    /// Words no British reply uses.
    strong: &'static [&'static str],
    /// Words that are also English or names: two of them, or one beside a strong one, count.
    weak: &'static [&'static str],
    /// One to ten.
    numbers: [&'static str; 10],
}

const SAMPLES: [Sample; 6] = [
    Sample {
        code: "cy",
        strong: &[
            "diolch",
            "dwi",
            "gwelwch",
            "ydw",
            "naddo",
            "ddim",
            "gymraeg",
            "cymraeg",
            "mae",
            "wythnos",
            "diwrnod",
            "dydd",
            "heddiw",
            "bydda",
            "gallaf",
            "gaf",
            "eisiau",
            "isio",
            "wedi",
            "sori",
            "iawn",
            "peidiwch",
            "fy",
            "efo",
            "neges",
            "negeseuon",
            "rwy",
            "rwyn",
            "oes",
            "nagoes",
            "cerdded",
            "pwysau",
            "methu",
            "bore",
            "yfory",
            "apwyntiad",
            "hoffwn",
            "siarad",
            "llun",
            "mawrth",
            "mercher",
            "iau",
            "gwener",
            "sadwrn",
            "sul",
            "dim",
            "gen",
            "plis",
            "ydy",
            "gwnes",
            "oeddwn",
            "roedd",
            "nos",
            "wneud",
            "pob",
            "nawr",
            "rwan",
            "gwaed",
            "mrest",
            "frest",
            "poen",
        ],
        weak: &["do", "un", "yn", "na", "i", "os", "am", "ar", "o", "mwy", "y", "a", "yr"],
        numbers: ["un", "dau", "tri", "pedwar", "pump", "chwech", "saith", "wyth", "naw", "deg"],
    },
    Sample {
        code: "pl",
        strong: &[
            "nie",
            "tak",
            "prosze",
            "dziekuje",
            "dzieki",
            "jest",
            "mam",
            "dni",
            "dzien",
            "dobry",
            "rozumiem",
            "polsku",
            "moge",
            "czy",
            "jak",
            "mnie",
            "sie",
            "chcialabym",
            "chcialbym",
            "bardzo",
            "razy",
            "przepraszam",
            "rady",
            "przyjsc",
            "przyjde",
            "boli",
            "bol",
            "wizyte",
            "wizyta",
            "jutro",
            "dzisiaj",
            "dzis",
            "tydzien",
            "tygodniu",
            "zero",
            "tylko",
            "smsow",
            "wysylac",
            "wiecej",
            "chce",
            "byl",
            "byla",
            "cukier",
            "cisnienie",
            "waga",
            "rano",
            "wieczorem",
            "tabletki",
            "wszystkie",
            "codziennie",
            "ale",
            "mial",
            "lekarz",
            "lekarza",
            "duszno",
            "oddychac",
            "zyc",
            "mowie",
            "angielsku",
            "angielski",
            "polski",
            "gdzie",
            "kiedy",
            "mozna",
            "pomocy",
        ],
        weak: &["no", "na", "do", "to", "w", "i", "o", "po", "ja", "za", "zero", "mam", "ale", "jak"],
        numbers: ["jeden", "dwa", "trzy", "cztery", "piec", "szesc", "siedem", "osiem", "dziewiec", "dziesiec"],
    },
    Sample {
        code: "ur",
        strong: &[
            "hai", "hain", "mein", "mujhe", "mera", "meri", "mere", "nahi", "nahin", "shukriya", "kya", "aap", "haan",
            "subah", "aaj", "kal", "dard", "roz", "bohat", "bahut", "karna", "raha", "rahi", "hoon", "hun", "theek",
            "thik", "kuch", "ke", "se", "ko", "ji", "beta", "salam", "walaikum", "assalam", "dawai", "goli", "baje",
            "seene", "saans", "sirf", "abhi", "gaya", "gayi", "liye", "mat", "bhejo", "samajh", "urdu", "zindagi",
            "jeena", "marna",
        ],
        weak: &["ji", "se", "ke", "ko", "main", "me", "din", "do", "ho", "hun", "par", "na", "mat", "beta", "salam"],
        numbers: ["ek", "do", "teen", "char", "panch", "chay", "saat", "aath", "nau", "das"],
    },
    Sample {
        code: "pa",
        strong: &[
            "tuhada", "menu", "mainu", "sat", "akal", "dhanvaad", "dhanvad", "bibi", "bebe", "chaida", "chahida",
            "hega", "haiga", "kiddan", "tusi", "uthdi", "uthda", "gayi", "dig", "kha", "ohna", "sadi", "sada", "vich",
            "nu", "da", "di", "dian", "karda", "kardi", "ni", "panjabi",
        ],
        weak: &["da", "di", "nu", "ni", "sat", "dig", "kha"],
        numbers: ["ikk", "do", "tinn", "char", "panj", "chhe", "satt", "atth", "nau", "das"],
    },
    Sample {
        code: "bn",
        strong: &[
            "ami",
            "amar",
            "bujhi",
            "bujhte",
            "nai",
            "achi",
            "aache",
            "bhalo",
            "dhonnobad",
            "apni",
            "apnar",
            "korte",
            "korchi",
            "parchi",
            "parina",
            "bangla",
            "kemon",
            "koto",
            "shokale",
            "sokale",
            "aaj",
            "bar",
            "onek",
            "betha",
            "khub",
            "hocche",
            "ache",
            "daktar",
            "ekhon",
            "ektu",
            "kharap",
            "diyechi",
            "khaisi",
            "lagbe",
            "bolun",
        ],
        weak: &["bar", "nai", "na", "te", "ami", "ache", "tin", "char"],
        numbers: ["ek", "dui", "tin", "char", "pach", "choy", "sat", "at", "noy", "dosh"],
    },
    Sample {
        code: "ro",
        strong: &[
            "nu",
            "inteleg",
            "multumesc",
            "buna",
            "sunt",
            "engleza",
            "vorbesc",
            "ziua",
            "zile",
            "programare",
            "dimineata",
            "maine",
            "doctorul",
            "durere",
            "piept",
            "pentru",
            "romana",
            "scuze",
            "vreau",
            "pot",
        ],
        weak: &["nu", "da", "la", "cu", "pot", "am"],
        numbers: ["unu", "doua", "trei", "patru", "cinci", "sase", "sapte", "opt", "noua", "zece"],
    },
];

/// The language of a reply that is not in English, as a BCP 47 code.
pub fn of(text: &Text<'_>) -> Option<&'static str> {
    if !text.folded.text.is_ascii()
        && let Some(code) = by_script(&text.folded.text)
    {
        return Some(code);
    }
    in_latin(text)
}

fn by_script(text: &str) -> Option<&'static str> {
    let mut counts = [0u32; 9];
    let mut letters = 0u32;
    for c in text.chars().take(600) {
        let slot = match c as u32 {
            0x980..=0x9FF => 0,
            0xA00..=0xA7F => 1,
            0x600..=0x6FF | 0x750..=0x77F => 2,
            0x900..=0x97F => 3,
            0x400..=0x4FF => 4,
            0xA80..=0xAFF => 5,
            0xB80..=0xBFF => 6,
            0x4E00..=0x9FFF => 7,
            0x370..=0x3FF => 8,
            _ => {
                letters += u32::from(c.is_ascii_alphabetic());
                continue;
            }
        };
        if let Some(n) = counts.get_mut(slot) {
            *n += 1;
        }
    }
    let (slot, n) = counts.iter().enumerate().max_by_key(|(_, n)| **n)?;
    if *n < 2 || *n * 2 < letters {
        return None;
    }
    Some(match slot {
        0 => "bn",
        1 => "pa",
        // Letters Arabic does not have: Urdu and its neighbours.
        2 if text.chars().any(|c| {
            matches!(
                c,
                '\u{67E}'
                    | '\u{686}'
                    | '\u{688}'
                    | '\u{691}'
                    | '\u{679}'
                    | '\u{6BA}'
                    | '\u{6BE}'
                    | '\u{6C1}'
                    | '\u{6CC}'
                    | '\u{6D2}'
                    | '\u{6A9}'
                    | '\u{6AF}'
            )
        }) =>
        {
            "ur"
        }
        2 => "ar",
        3 => "hi",
        4 if text.chars().any(|c| matches!(c, '\u{456}' | '\u{457}' | '\u{454}' | '\u{491}')) => "uk",
        4 => "ru",
        5 => "gu",
        6 => "ta",
        7 => "zh",
        _ => "el",
    })
}

/// Which words belong to which sample, by word number, as bits.
#[derive(Debug, Clone, Default)]
pub struct Tongues(Vec<Bits>);

#[derive(Debug, Clone, Copy, Default)]
struct Bits {
    strong: u8,
    weak: u8,
    number: u8,
}

impl Tongues {
    /// Adds the samples' words to a vocabulary.
    pub fn new(vocabulary: &mut Vocabulary) -> Self {
        let mut tongues = Self::default();
        for (n, sample) in SAMPLES.iter().enumerate() {
            let bit = 1u8 << n;
            for word in sample.strong {
                tongues.at(vocabulary.add(&fold_word(word))).strong |= bit;
            }
            for word in sample.weak {
                tongues.at(vocabulary.add(&fold_word(word))).weak |= bit;
            }
            for word in sample.numbers {
                tongues.at(vocabulary.add(&fold_word(word))).number |= bit;
            }
        }
        tongues
    }

    fn at(&mut self, word: WordId) -> &mut Bits {
        let at = word as usize;
        if self.0.len() <= at {
            self.0.resize(at + 1, Bits::default());
        }
        &mut self.0[at]
    }

    fn of(&self, word: WordId) -> Bits {
        self.0.get(word as usize).copied().unwrap_or_default()
    }
}

fn in_latin(text: &Text<'_>) -> Option<&'static str> {
    let tongues = &text.lexicon.tongues;
    let any = text.tokens.iter().fold(0u8, |bits, t| {
        let b = tongues.of(t.word);
        bits | b.strong & !b.weak | b.number
    });
    if any == 0 {
        return None;
    }
    let bits: Vec<Bits> =
        text.tokens.iter().take(60).filter(|t| t.kind == Kind::Word).map(|t| tongues.of(t.word)).collect();
    let words = bits.len() as u32;
    let mut best: Option<(&'static str, u32)> = None;
    for (n, sample) in SAMPLES.iter().enumerate() {
        let bit = 1u8 << n;
        let count = |f: fn(&Bits) -> u8| bits.iter().filter(|b| f(b) & bit != 0).count() as u32;
        let (strong, weak, numbers) = (count(|b| b.strong), count(|b| b.weak), count(|b| b.number));
        let own = count(|b| b.strong & !b.weak);
        let score = own * 3 + strong + weak + numbers;
        // A lone foreign word in an English sentence is no foreign reply.
        let enough = own >= 2
            || own == 1 && words <= 3
            || own == 1 && weak + numbers >= 2
            || numbers >= 1 && strong + numbers >= 2 && words <= 4;
        if enough && score * 2 >= words && best.is_none_or(|(_, b)| score > b) {
            best = Some((sample.code, score));
        }
    }
    best.map(|(code, _)| code)
}

/// The number a word stands for in a language.
pub fn number(code: &str, word: &str) -> Option<f64> {
    let sample = SAMPLES.iter().find(|s| s.code == code)?;
    sample.numbers.iter().position(|n| *n == word).map(|n| n as f64 + 1.0)
}

/// Languages people ask for by name.
const NAMES: [(&str, &[&str]); 26] = [
    ("cy", &["welsh", "gymraeg", "cymraeg"]),
    ("pl", &["polish", "polsku", "polski"]),
    (
        "bn",
        &[
            "bengali",
            "bangla",
            "sylheti",
            "\u{9ac}\u{9be}\u{982}\u{9b2}\u{9be}",
            "\u{9ac}\u{9be}\u{982}\u{9b2}\u{9be}\u{9af}\u{9bc}",
        ],
    ),
    ("ur", &["urdu", "\u{627}\u{631}\u{62f}\u{648}"]),
    ("pa", &["punjabi", "panjabi", "\u{a2a}\u{a70}\u{a1c}\u{a3e}\u{a2c}\u{a40}"]),
    ("hi", &["hindi"]),
    ("ro", &["romanian", "romana"]),
    ("ar", &["arabic"]),
    ("so", &["somali"]),
    ("gu", &["gujarati"]),
    ("uk", &["ukrainian"]),
    ("fr", &["french"]),
    ("es", &["spanish"]),
    ("pt", &["portuguese"]),
    ("ta", &["tamil"]),
    ("zh", &["chinese", "mandarin", "cantonese"]),
    ("tr", &["turkish"]),
    ("fa", &["farsi", "persian", "dari"]),
    ("ps", &["pashto"]),
    ("lt", &["lithuanian"]),
    ("ru", &["russian"]),
    ("it", &["italian"]),
    ("ku", &["kurdish"]),
    ("ne", &["nepali"]),
    ("bg", &["bulgarian"]),
    ("hu", &["hungarian"]),
];

/// The language a reply names.
pub fn named(text: &Text<'_>) -> Option<&'static str> {
    (0..text.tokens.len())
        .find_map(|at| NAMES.iter().find(|(_, words)| words.iter().any(|w| text.is_str(at, w))).map(|(code, _)| *code))
}

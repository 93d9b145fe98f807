//! R22, F27: the person's own words, and nothing lost on the way.

use std::path::Path;

use between::domain::email::own_words::{Hints, own_words_with};
use between::domain::email::{OwnWords, own_words};

struct Case {
    name: String,
    text: String,
    kept: String,
    cut: Vec<String>,
}

fn cases() -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/email/own_words.txt");
    let file = std::fs::read_to_string(path).expect("the corpus is part of the repository");
    let mut cases: Vec<Case> = Vec::new();
    let mut in_kept = false;
    for line in file.lines().skip_while(|line| line.starts_with('#')) {
        match (line.strip_prefix("@@@ "), cases.last_mut()) {
            (Some("kept"), _) => in_kept = true,
            (Some(cut), Some(case)) if cut == "cut" || cut.starts_with("cut ") => {
                case.cut = cut.split(' ').skip(1).map(str::to_owned).collect();
            }
            (Some(name), _) => {
                in_kept = false;
                cases.push(Case { name: name.to_owned(), text: String::new(), kept: String::new(), cut: Vec::new() });
            }
            (None, Some(case)) => {
                let target = if in_kept { &mut case.kept } else { &mut case.text };
                target.push_str(line);
                target.push('\n');
            }
            (None, None) => panic!("text before the first case"),
        }
    }
    cases
}

fn reasons(words: &OwnWords) -> Vec<String> {
    words.cut.iter().map(|cut| serde_json::to_value(cut.why).unwrap().as_str().unwrap().to_owned()).collect()
}

/// How often each byte of visible text occurs: much cheaper than comparing sorted texts.
fn tally<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<u32> {
    let invisible = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{00ad}');
    let mut counts = vec![0; 256];
    for text in texts {
        if text.is_ascii() {
            text.bytes().for_each(|byte| counts[usize::from(byte)] += 1);
            continue;
        }
        let mut buffer = [0; 4];
        for c in text.chars().filter(|c| !c.is_whitespace() && !invisible(*c)) {
            c.encode_utf8(&mut buffer).bytes().for_each(|byte| counts[usize::from(byte)] += 1);
        }
    }
    // White space and control characters of the ASCII path.
    (0..=32).for_each(|control| counts[control] = 0);
    counts
}

/// Each visible character is in `kept` or in one of the cuts.
pub fn assert_nothing_lost(text: &str, words: &OwnWords) {
    let parts = std::iter::once(words.kept.as_str()).chain(words.cut.iter().map(|cut| cut.text.as_str()));
    assert_eq!(tally(parts), tally(std::iter::once(text)));
}

#[test]
fn r22_own_words_of_the_corpus() {
    let mut wrong = Vec::new();
    let cases = cases();
    assert!(cases.len() >= 60, "{} cases", cases.len());
    for case in &cases {
        let words = own_words(&case.text);
        assert_nothing_lost(&case.text, &words);
        if words.kept.trim_end() != case.kept.trim_end() || reasons(&words) != case.cut {
            wrong.push(format!("{}: kept {:?}, cut {:?}", case.name, words.kept, reasons(&words)));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn r22_own_words_do_not_depend_on_line_breaks_or_invisible_characters() {
    for case in cases() {
        let expected = own_words(&case.text).kept;
        let with = |from: &str, to: &str| own_words(&case.text.replace(from, to)).kept;
        assert_eq!(with("\n", "\r\n"), expected, "{} with CRLF", case.name);
        assert_eq!(with("\n", "\r"), expected, "{} with CR", case.name);
        assert_eq!(with("\n", "  \n").replace("  \n", "\n"), expected, "{} with trailing spaces", case.name);
        assert_eq!(own_words(&format!("\u{feff}{}", case.text)).kept, expected, "{} with a byte order mark", case.name);
        let curly = with("'", "\u{2019}");
        assert_eq!(curly.replace('\u{2019}', "'"), expected, "{} with curly quotes", case.name);
    }
}

#[test]
fn r22_pieces_point_at_the_kept_words() {
    for case in cases() {
        let words = own_words(&case.text);
        let from_pieces: Vec<&str> = words.pieces.iter().map(|piece| &case.text[piece.clone()]).collect();
        let from_kept: Vec<&str> = words.kept.lines().filter(|line| !line.is_empty()).collect();
        assert_eq!(from_pieces, from_kept, "{}", case.name);
    }
}

#[test]
fn f27_a_name_from_the_headers_is_a_sign_off() {
    let hints = Hints { names: vec!["Grace Okonkwo-Bright".into()], marks: Vec::new() };
    let words = own_words_with("ok thanks\n\nGrace", &hints);
    assert_eq!(words.kept, "ok thanks");
    assert_eq!(own_words("ok thanks\n\nGrace").kept, "ok thanks\n\nGrace", "without the hint, Grace is a word");
}

#[test]
fn r22_text_beyond_the_cap_is_cut_and_shown() {
    let text = "é".repeat(40_000);
    let words = own_words(&text);
    assert_eq!(words.kept.len(), 65_536);
    assert_nothing_lost(&text, &words);
}

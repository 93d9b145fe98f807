use proptest::prelude::*;

use super::*;

#[derive(serde::Deserialize)]
struct Vector {
    text: String,
    encoding: String,
    units: usize,
    segments: usize,
}

#[test]
fn all_vectors_are_right() {
    let vectors: Vec<Vector> = serde_json::from_str(include_str!("../../../tests/data/sms_segments.json")).unwrap();
    assert_eq!(vectors.len(), 36);
    for vector in vectors {
        let measure = measure(&vector.text);
        let encoding = serde_json::to_value(measure.encoding).unwrap();
        assert_eq!(
            (encoding.as_str(), measure.units, measure.segments),
            (Some(vector.encoding.as_str()), vector.units, vector.segments),
            "{:?}",
            vector.text
        );
    }
}

#[test]
fn the_alphabet_has_its_137_characters() {
    let all: Vec<(char, usize)> = ('\0'..=char::MAX).filter_map(|ch| Some((ch, gsm_units(ch)?))).collect();
    // 128 places less the escape, and 9 of the extension (its form feed and carriage return mark are not used).
    assert_eq!(all.iter().filter(|(_, units)| *units == 1).count(), 127);
    assert_eq!(all.iter().filter(|(_, units)| *units == 2).map(|(ch, _)| ch).collect::<String>(), "[\\]^{|}~€");
    for outside in ['`', 'á', 'ê', 'ç', 'ŵ', 'ŷ', 'µ', '²', '≤', '°', '½', '\t', '\u{1b}'] {
        assert_eq!(gsm_units(outside), None, "{outside}");
    }
}

#[test]
fn costly_characters_are_named_with_their_place() {
    let measured = measure("a€ [b]");
    assert_eq!(measured.costly.iter().map(|c| (c.ch, c.at)).collect::<Vec<_>>(), [('€', 1), ('[', 3), (']', 5)]);
    let measured = measure("Dr Ŵyn says [hi] 😀");
    assert_eq!(
        measured.costly.iter().map(|c| (c.ch, c.at, c.why)).collect::<Vec<_>>(),
        [('Ŵ', 3, Why::NotGsm), ('😀', 17, Why::NotGsm)]
    );
    assert_eq!(
        measured.costly[0].to_string(),
        "'Ŵ' (U+0174) at character 4 leaves room for 70 characters a text instead of 160"
    );
}

#[test]
fn limit_is_918_units() {
    assert!(!measure(&"a".repeat(918)).over_limit);
    assert_eq!(measure(&"a".repeat(918)).segments, 6);
    assert!(measure(&"a".repeat(919)).over_limit);
    assert!(measure(&"€".repeat(460)).over_limit);
}

#[test]
fn cleaning_keeps_the_words_and_says_what_it_did() {
    let cleaned =
        clean("Don\u{2019}t \u{201c}worry\u{201d} \u{2013} it\u{2026}\tis [#/\u{200b}volume]\r\n5\u{a0}to 10\u{feff}");
    assert_eq!(cleaned.text, "Don't \"worry\" - it... is [#/volume]\n5 to 10");
    assert_eq!(cleaned.changes[0], Change { at: 3, from: '\u{2019}', to: "'" });
    assert_eq!(cleaned.changes.len(), 10);
    assert_eq!(measure(&cleaned.text).encoding, Encoding::Gsm7);
    assert_eq!(clean("plain text\n"), Cleaned { text: "plain text\n".into(), changes: vec![] });
    assert_eq!(clean("old\rmac").text, "old\nmac");
}

#[test]
fn f07_emoji_polish_urdu_and_welsh_never_become_question_marks() {
    let urdu = "\u{6a9}\u{644}\u{200c}\u{200f}\u{6c1}\u{6d2}";
    for text in
        ["See you 👍🏽 \u{1f468}\u{200d}\u{1f469}", "Łukasz Żółć, proszę", urdu, "Siân Ŵyn", "৫ দিন", "µmol/L ≤ 5 ½"]
    {
        assert_eq!(clean(text).text, text, "nothing to clean");
        let sent = fit(text, SmsPolicy::default()).unwrap();
        assert_eq!(sent.text, text);
        assert_eq!(sent.measure.encoding, Encoding::Ucs2);
        // A gateway that cannot carry it refuses, and names the characters.
        let refused = fit(text, SmsPolicy { unicode: false, ..SmsPolicy::default() });
        let Err(SmsRefusal::Characters(named)) = refused else { panic!("{text} went through: {refused:?}") };
        assert!(!named.is_empty());
        assert!(named.iter().all(|c| c.why == Why::NotGsm && text.chars().nth(c.at) == Some(c.ch)));
    }
}

#[test]
fn f06_too_long_is_refused_and_never_cut() {
    let policy = SmsPolicy { max_segments: 2, ..SmsPolicy::default() };
    assert_eq!(fit(&"a".repeat(306), policy).unwrap().text.len(), 306);
    assert_eq!(fit(&"a".repeat(307), policy), Err(SmsRefusal::TooLong { units: 307, segments: 3 }));
    assert_eq!(fit(&"a".repeat(919), SmsPolicy::default()), Err(SmsRefusal::TooLong { units: 919, segments: 7 }));
    assert_eq!(fit(" \u{200b}\n", policy), Err(SmsRefusal::Empty));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn f07_cleaning_loses_no_letter_and_adds_no_question_mark(text in "\\PC{0,200}") {
        let cleaned = clean(&text);
        let marks = |text: &str| text.chars().filter(|c| *c == '?').count();
        prop_assert_eq!(marks(&text), marks(&cleaned.text));
        let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        // U+02BC, the letter apostrophe, is the one "letter" with a plain form.
        prop_assert_eq!(letters(&text.replace('\u{2bc}', "")), letters(&cleaned.text));
        prop_assert_eq!(&clean(&cleaned.text).text, &cleaned.text, "cleaning twice changes nothing");
    }

    #[test]
    fn parts_hold_what_they_can(text in "[a-z€\\[ŵ😀]{0,400}") {
        let m = measure(&text);
        let (single, many) = match m.encoding { Encoding::Gsm7 => (160, 153), Encoding::Ucs2 => (70, 67) };
        if m.units <= single {
            prop_assert_eq!(m.segments, usize::from(m.units > 0));
        } else {
            prop_assert!(m.segments * many >= m.units);
            // An escape pair may leave one unit of a part empty, no more.
            prop_assert!((m.segments - 1) * (many - 1) < m.units);
        }
    }
}

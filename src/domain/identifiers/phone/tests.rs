use proptest::prelude::*;

use super::*;

#[test]
fn one_mobile_however_it_is_written() {
    for text in [
        "07700900123",
        "07700 900123",
        "07700-900-123",
        "07700.900.123",
        "(07700) 900 123",
        "+447700900123",
        "+44 7700 900123",
        "+44 (0)7700 900123",
        "+44(0) 7700 900 123",
        "0044 7700 900123",
        "0044 (0) 7700 900123",
        "447700900123",
        "4407700900123",
        "7700900123",
        "7700900123.0",
        "+07700900123",
        "tel:+44-7700-900123",
        "'07700900123",
        "=\"07700900123\"",
        " \u{202a}07700\u{a0}900\u{2011}123\u{202c} ",
        "\u{ff10}\u{ff17}\u{ff17}\u{ff10}\u{ff10} 900123",
        "\u{660}\u{667}\u{667}\u{660}\u{660}\u{669}\u{660}\u{660}\u{661}\u{662}\u{663}",
    ] {
        let number = PhoneNumber::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(number.e164(), "+447700900123", "{text}");
        assert!(number.is_fiction());
    }
}

#[test]
fn real_ranges_are_told_apart() {
    // Ranges, not subscribers: the last digits are repeated or run on.
    let read = |text: &str| PhoneNumber::read(text).unwrap();
    assert_eq!(read("07400 000000").kind(), PhoneKind::Mobile);
    assert_eq!(read("020 7946 0000").kind(), PhoneKind::Landline);
    assert_eq!(read("01632 960123").kind(), PhoneKind::Landline);
    assert_eq!(read("0800 000 0000").kind(), PhoneKind::Freephone);
    assert_eq!(read("0909 879 0000").kind(), PhoneKind::Premium);
    assert_eq!(read("0300 000 0000").kind(), PhoneKind::Company);
    assert_eq!(read("070 1234 5678").kind(), PhoneKind::Personal);
    assert_eq!(read("07600 000000").kind(), PhoneKind::Pager);
    assert_eq!(read("+353 85 000 0000").region(), &Region::Foreign("IE".into()));
}

#[test]
fn each_refusal_says_why() {
    let refused = |text: &str| PhoneNumber::parse(text).unwrap_err();
    assert_eq!(refused(""), PhoneError::Empty);
    assert_eq!(refused(" - "), PhoneError::Empty);
    assert_eq!(refused("ask daughter"), PhoneError::Words);
    assert_eq!(refused("07700 900123 ext 4"), PhoneError::Words);
    assert_eq!(refused("7.7009E+09"), PhoneError::Rounded);
    assert_eq!(refused("4,47701E+11"), PhoneError::Rounded);
    assert_eq!(refused("07700 90012"), PhoneError::TooShort(10));
    assert_eq!(refused("07700 9001234"), PhoneError::TooLong(12));
    assert_eq!(refused("12345"), PhoneError::TooShort(6));
    assert_eq!(refused("01632 960123"), PhoneError::NotMobile(PhoneKind::Landline));
    assert_eq!(refused("020 7946 0000"), PhoneError::NotMobile(PhoneKind::Landline));
    assert_eq!(refused("0909 879 0000"), PhoneError::NotMobile(PhoneKind::Premium));
    assert_eq!(refused("07600 000000"), PhoneError::NotMobile(PhoneKind::Pager));
    assert_eq!(refused("070 1234 5678"), PhoneError::NotMobile(PhoneKind::Personal));
    assert_eq!(refused("07624 300000"), PhoneError::CrownDependency(CrownDependency::IsleOfMan));
    assert_eq!(refused("07797 700000"), PhoneError::CrownDependency(CrownDependency::Jersey));
    assert_eq!(refused("07781 100000"), PhoneError::CrownDependency(CrownDependency::Guernsey));
    assert_eq!(refused("+353 85 000 0000"), PhoneError::Foreign("IE".into()));
    assert_eq!(refused("00 48 512 345 678"), PhoneError::Foreign("PL".into()));
    assert_eq!(refused("+1 555 0100"), PhoneError::NotInUse);
    assert_eq!(refused(&"7".repeat(5000)), PhoneError::TooLong(5000));
    assert_eq!(refused("01632 960123").to_string(), "texts cannot go to a landline");
    assert_eq!(refused("07624 300000").to_string(), "the number is from the Isle of Man, not from the UK");
}

#[test]
fn a_policy_may_allow_more() {
    let policy = PhonePolicy { crown_dependencies: true, foreign: true, landlines: true };
    for text in ["07624 300000", "+353 85 000 0000", "01632 960123"] {
        assert!(PhoneNumber::parse_with(text, policy).is_ok(), "{text}");
    }
    assert_eq!(
        PhoneNumber::parse_with("07600 000000", policy),
        Err(PhoneError::NotMobile(PhoneKind::Pager)),
        "a pager never"
    );
}

#[test]
fn cells_with_several_numbers_give_the_first_usable_one() {
    let cell = |text: &str| PhoneCell::parse(text, PhonePolicy::default());
    for (text, notes) in [
        ("07700900123", vec![]),
        ("7700900123", vec![PhoneNote::LeadingZeroRestored]),
        ("Mob: 07700 900123", vec![]),
        ("01632 960001 / 07700 900123", vec![PhoneNote::Several(2)]),
        ("H: 01632 960001 M: 07700900123", vec![PhoneNote::Several(2)]),
        ("01632 960001, 7700 900123 or 07700 900124", vec![PhoneNote::Several(3), PhoneNote::LeadingZeroRestored]),
    ] {
        let read = cell(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(read.number.e164(), "+447700900123", "{text}");
        assert_eq!(read.notes, notes, "{text}");
    }
    assert_eq!(cell("07700 900123 (wife)"), Err(PhoneError::Words), "somebody else's number is never taken");
    assert_eq!(cell("01632 960001 / 020 7946 0000"), Err(PhoneError::NotMobile(PhoneKind::Landline)));
    assert_eq!(cell(" / "), Err(PhoneError::Empty));
    assert_eq!(cell(""), Err(PhoneError::Empty));
}

#[test]
fn shown_masked_and_in_full() {
    let number = PhoneNumber::parse("+447700900123").unwrap();
    assert_eq!(number.masked(), "07700 ***123");
    assert_eq!(number.display(), "07700 900123");
    assert_eq!(format!("{number:?}"), "PhoneNumber(07700 ***123, Mobile)");
    let abroad = PhoneNumber::read("+353 85 000 0123").unwrap();
    assert_eq!(abroad.masked(), "+35 ***123");
    assert_eq!(abroad.display(), "+353850000123");
    assert!(!abroad.is_fiction());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hostile_text_gives_an_error_or_a_number_that_reads_the_same_again(text in "[0-9+(). /xXeE\u{200b}\u{661}\"=',;:a-z-]{0,40}") {
        if let Ok(number) = PhoneNumber::read(&text) {
            prop_assert!(number.e164().len() <= 16);
            prop_assert_eq!(PhoneNumber::read(number.e164()), Ok(number));
        }
        let _ = PhoneCell::parse(&text, PhonePolicy::default());
    }

    #[test]
    fn any_text_is_survived(text in "\\PC{0,80}") {
        let _ = PhoneNumber::read(&text);
        let _ = PhoneCell::parse(&text, PhonePolicy::default());
    }

    #[test]
    fn every_drama_mobile_is_accepted(last in 0..1000_u32) {
        let number = PhoneNumber::parse(&format!("07700 900{last:03}")).unwrap();
        prop_assert_eq!(number.kind(), PhoneKind::Mobile);
        prop_assert_eq!(number.masked(), format!("07700 ***{last:03}"));
    }
}

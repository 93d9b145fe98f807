//! S12, T04: headers of what we send, and the reply address.

use between::domain::email::headers::{
    AUTO_SUBMITTED, HeaderFault, address, display_name, id_of_message_id, is_address, message_id,
    one_click_unsubscribe, references, subject,
};
use between::domain::email::{TokenFault, TokenPattern};

const ATTACKS: &[&str] = &[
    "Hello\r\nBcc: all@example.com",
    "Hello\nBcc: all@example.com",
    "Hello\rBcc: all@example.com",
    "Hello\u{2028}Bcc: all@example.com",
    "Hello\u{85}Bcc: all@example.com",
    "Hello\0Bcc: all@example.com",
    "Hello\r\n\r\n<html>",
    "=?utf-8?Q?Hello=0D=0ABcc:_all@example.com?=",
    "=?utf-8?B?SGVsbG8NCkJjYzogeEB4LmNvbQ==?=",
    "==?utf-8?Q?=0D=0A?=",
    "= ?utf-8?Q?x?=",
    "\u{202e}gro.elpmaxe",
];

#[test]
fn s12_nothing_typed_adds_a_header() {
    for attack in ATTACKS {
        for value in [subject(attack), display_name(attack)] {
            assert!(
                !value.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202e}')),
                "{value:?}"
            );
            assert!(!value.contains("=?"), "{value:?}");
        }
    }
    assert_eq!(subject("  Your\tresults \u{2014} caf\u{e9}  "), "Your results \u{2014} caf\u{e9}");
    assert_eq!(subject(&"x".repeat(5_000)).len(), 150);
    assert_eq!(subject(&"\u{e9}".repeat(5_000)).chars().count(), 150);
}

#[test]
fn s12_a_name_adds_no_recipient() {
    assert_eq!(display_name("Joan\" <x@evil.example>, \"Y"), "Joan x evil.example Y");
    assert_eq!(display_name("O'Neill-Smith (Mrs)"), "O'Neill-Smith Mrs");
}

#[test]
fn s12_addresses_are_one_plain_address() {
    for good in ["joan@example.net", "a.b+c@example.co.uk", "o'neill@example.org"] {
        assert_eq!(address(good), Ok(good));
    }
    for bad in [
        "",
        "joan",
        "@example.net",
        "joan@",
        "joan@localhost",
        "joan@example.net,x@example.com",
        "joan@example.net\r\nBcc: x@example.com",
        "Joan <joan@example.net>",
        "jo an@example.net",
        "joan@exa mple.net",
        "joan@-example.net",
        "joan@example..net",
        ".joan@example.net",
        "joan@@example.net",
        "\"joan\"@example.net",
        "joan@example.net>",
        "joan@ex\u{e9}mple.net",
        "joan@example.net;x",
    ] {
        assert_eq!(address(bad), Err(HeaderFault::Address), "{bad:?}");
    }
    assert!(!is_address(&format!("{}@example.net", "a".repeat(65))));
}

#[test]
fn s12_message_ids_are_stable_and_come_back() {
    let id = message_id("01930f3e-aaaa-7000-8000-000000000001", "elmbrook.example.org").unwrap();
    assert_eq!(id, "<01930f3e-aaaa-7000-8000-000000000001@elmbrook.example.org>");
    assert_eq!(Ok(id.clone()), message_id("01930f3e-aaaa-7000-8000-000000000001", "elmbrook.example.org"));
    assert_eq!(id_of_message_id(&id, "ELMBROOK.example.org"), Some("01930f3e-aaaa-7000-8000-000000000001"));
    assert_eq!(id_of_message_id("m1@evil.example", "elmbrook.example.org"), None);
    for bad in ["", "a b", "a>b", "a\r\nb", "a@b"] {
        assert_eq!(message_id(bad, "elmbrook.example.org"), Err(HeaderFault::Identifier), "{bad:?}");
    }
    assert_eq!(message_id("a", "x\r\ny.example"), Err(HeaderFault::Identifier));
}

#[test]
fn s12_references_hold_only_identifiers_and_stay_short() {
    let ids: Vec<String> = (0..60)
        .map(|at| format!("m{at}@example.net"))
        .chain(["x\r\nBcc: y@z".into(), "<ok@example.net>".into()])
        .collect();
    let value = references(&ids);
    assert!(value.starts_with("<m0@example.net> <m"));
    assert!(value.ends_with("<m59@example.net> <ok@example.net>"));
    assert!(!value.contains(['\r', '\n']));
    assert_eq!(value.split(' ').count(), 20);
    assert_eq!(references(&[]), "");
}

#[test]
fn t04_one_click_unsubscribe() {
    let headers = one_click_unsubscribe("https://between.example.org/u/abc123", None).unwrap();
    assert_eq!(headers.list_unsubscribe, "<https://between.example.org/u/abc123>");
    assert_eq!(headers.list_unsubscribe_post, "List-Unsubscribe=One-Click");
    let both =
        one_click_unsubscribe("https://between.example.org/u/abc123", Some("stop@elmbrook.example.org")).unwrap();
    assert_eq!(
        both.list_unsubscribe,
        "<https://between.example.org/u/abc123>, <mailto:stop@elmbrook.example.org?subject=unsubscribe>"
    );
    for bad in [
        "http://between.example.org/u",
        "https://",
        "https://a b",
        "https://x@y/",
        "https://a/>\r\nBcc: x",
        "javascript:x",
        "",
    ] {
        assert_eq!(one_click_unsubscribe(bad, None), Err(HeaderFault::Url), "{bad:?}");
    }
    assert_eq!(one_click_unsubscribe("https://a.example/u", Some("x\r\n@y.example")), Err(HeaderFault::Address));
    assert_eq!(AUTO_SUBMITTED, "auto-generated");
}

#[test]
fn t13_reply_addresses_are_built_and_read() {
    let pattern = TokenPattern::parse("reply+TOKEN@elmbrook.example.org").unwrap();
    let address = pattern.address("k7m2qx9d").unwrap();
    assert_eq!(address, "reply+k7m2qx9d@elmbrook.example.org");
    assert_eq!(pattern.token_in(&address).as_deref(), Some("k7m2qx9d"));
    assert_eq!(pattern.token_in("REPLY+K7M2QX9D@Elmbrook.Example.org").as_deref(), Some("k7m2qx9d"));
    for foreign in [
        "reply+k7m2qx9d@evil.example",
        "reply+@elmbrook.example.org",
        "reply@elmbrook.example.org",
        "xreply+k7m2qx9d@elmbrook.example.org",
        "reply+k7m2qx9d/../@elmbrook.example.org",
    ] {
        assert_eq!(pattern.token_in(foreign), None, "{foreign}");
    }
    assert_eq!(pattern.address("a b"), Err(TokenFault::BadToken));
    assert_eq!(pattern.address("k7m2@evil.example\r\nx"), Err(TokenFault::BadToken));
    assert_eq!(TokenPattern::parse("reply@elmbrook.example.org"), Err(TokenFault::NoPlace));
    assert_eq!(TokenPattern::parse("reply@TOKEN.example.org"), Err(TokenFault::NoPlace));
    assert_eq!(TokenPattern::parse("re ply+TOKEN@elmbrook.example.org"), Err(TokenFault::NotAnAddress));
    assert_eq!(TokenPattern::AnyPlus.token_in("anything+k7m2qx9d@x.example").as_deref(), Some("k7m2qx9d"));
}

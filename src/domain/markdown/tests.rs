use proptest::prelude::*;

use super::*;

const SHELL: Shell<'static> = Shell { language: "en-GB", title: "A question <for> you", sender: "Oak & Ash Surgery" };

const LETTER: &str = "Dear Sam\n\n# Before your appointment\n\nPlease bring:\n\n- your **meter**\n- a list\n  of questions\n\n\
    1. First\n2. Second\n\nSee [our page](https://oak.example.org/a?b=1&c=2) or <https://oak.example.org>.\nCall us.\n\n---\n\nTo stop, reply STOP.\n";

#[test]
fn a_letter_as_plain_text() {
    assert_eq!(
        to_text(LETTER),
        "Dear Sam\n\nBefore your appointment\n\nPlease bring:\n\n- your meter\n- a list\n  of questions\n\n1. First\n2. Second\n\n\
         See our page (https://oak.example.org/a?b=1&c=2) or https://oak.example.org.\nCall us.\n\n---\n\nTo stop, reply STOP.\n"
    );
    assert_eq!(to_text("- one\n\n- two.\n\n  more of two\n"), "- one\n- two.\n\nmore of two\n");
}

#[test]
fn a_letter_as_html() {
    let html = to_html(LETTER, &SHELL);
    assert!(html.starts_with("<!doctype html>\n<html lang=\"en-GB\">"));
    assert!(html.contains("<title>A question &lt;for&gt; you</title>"));
    assert!(html.contains(">Oak &amp; Ash Surgery</p>"));
    assert!(html.contains(">Before your appointment</h1>"));
    assert!(html.contains("your <strong>meter</strong></li>"));
    assert!(html.contains("href=\"https://oak.example.org/a?b=1&amp;c=2\""));
    assert!(html.contains("a list<br>\nof questions"));
    assert!(html.contains("<hr "));
}

#[test]
fn nothing_remote_and_nothing_active_passes() {
    let html = to_html(
        "<script>alert(1)</script>\n\n<img src=https://x.example/a.png> ![pixel](https://x.example/p.png)\n\n\
         [a](javascript:alert(1)) [b](http://x.example) [c](https://user@x.example/) [d](data:text/html,x)\n\n    <b>code</b>\n",
        &SHELL,
    );
    for active in ["<script", "<img", "<b>", "<a ", "href="] {
        assert!(!html.contains(active), "{active}: {html}");
    }
    assert!(html.contains("&lt;script&gt;"));
    assert!(!html.contains("x.example/p.png"), "a picture leaves its words, not its address");
    let text = to_text("[a](javascript:alert(1)) ![pixel](https://x.example/p.png)");
    assert_eq!(text, "a pixel\n");
}

#[test]
fn s11_a_value_is_only_ever_text() {
    for hostile in [
        "[click](https://evil.example)",
        "<b onclick=x>",
        "# Heading",
        "- item",
        "1. item",
        "**bold** _it_ `code`",
        "https://evil.example",
        "<https://evil.example>",
        "a\\",
        "&lt;b&gt;",
        "    code",
        "---",
        "x\n===",
        "![p](https://evil.example/p.png)",
        "| a | b |",
    ] {
        let markdown = format!("Dear {},\n\nText", escape(hostile));
        let lines: Vec<&str> = hostile.lines().map(str::trim).collect();
        assert_eq!(to_text(&markdown), format!("Dear {},\n\nText\n", lines.join("\n")), "{hostile}");
        let html = to_html(&markdown, &SHELL);
        for tag in ["<a ", "<b ", "<li", "<h1", "<strong", "<em>", "<hr", "<img"] {
            assert!(!html.contains(tag), "{hostile}: {tag}");
        }
    }
}

#[test]
fn s11_values_keep_their_lines_and_paragraphs() {
    let markdown = format!("Dear Sam\n\n{}", escape("One.\nTwo. \n\n\n  Three.\n"));
    assert_eq!(to_text(&markdown), "Dear Sam\n\nOne.\nTwo.\n\nThree.\n");
    assert_eq!(escape(" \n "), "");
}

#[test]
fn links_are_full_https_or_plain_words() {
    assert!(is_full_link("https://oak.example.org/r/1?x=2#y"));
    for other in [
        "http://oak.example.org",
        "https://localhost",
        "https://",
        "https://a@b.example",
        "https://a.example/ b",
        "https://a.example/>",
        "https://.example",
    ] {
        assert!(!is_full_link(other), "{other}");
    }
    assert_eq!(to_text(&link("https://oak.example.org/_a_*b*")), "https://oak.example.org/_a_*b*\n");
    assert_eq!(to_text(&link("javascript:alert(1)")), "javascript:alert(1)\n");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn s11_any_value_comes_out_as_it_went_in(value in "[ -~]{1,60}") {
        let value = value.trim().to_owned();
        prop_assume!(!value.is_empty());
        prop_assert_eq!(to_text(&format!("Dear {}, hello", escape(&value))), format!("Dear {value}, hello\n"));
        let html = to_html(&format!("Dear {}, hello", escape(&value)), &SHELL);
        let paragraph = html.split("<p style=\"margin:0 0 16px;\">").nth(1).and_then(|p| p.split("</p>").next()).unwrap_or_default();
        prop_assert!(!paragraph.contains('<'), "{}", paragraph);
    }

    #[test]
    fn any_markdown_is_survived_without_active_content(markdown in "[a-c \\n<>()\\[\\]!#*_`:/.&\"'0-9=-]{0,120}") {
        let html = to_html(&markdown, &SHELL);
        prop_assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("javascript:"));
        to_text(&markdown);
    }
}

//! What changes nothing: case, spaces, curly quotes, invisible characters, full width, a greeting, a smile.

use super::super::inspect::Line;
use super::super::{Channel, Understanding};
use super::{OWN_SETS, READER, own, shared};

type Change = (&'static str, fn(&str) -> String);

const CHANGES: [Change; 9] = [
    ("upper case", |t| t.to_uppercase()),
    ("lower case", |t| t.to_lowercase()),
    ("spaces around", |t| format!("  {t} \n")),
    ("two spaces", |t| t.replace(' ', "  ")),
    ("curly quotes", |t| t.replace('\'', "\u{2019}")),
    ("invisible", |t| t.chars().flat_map(|c| [c, '\u{200B}']).collect()),
    ("full width", |t| {
        t.chars().map(|c| if c.is_ascii_digit() { char::from_u32(c as u32 + 0xFEE0).unwrap_or(c) } else { c }).collect()
    }),
    ("greeting", |t| format!("Hello, {t}")),
    ("smile", |t| format!("{t} \u{1F642}")),
];

/// Everything but the reasons and their places.
fn answer(u: &Understanding) -> impl PartialEq + std::fmt::Debug {
    let mut fields = u.fields.clone();
    fields.items = fields.items.map(|items| items.iter().map(|i| plain(i)).collect());
    fields.new_address = fields.new_address.map(|a| plain(&a));
    (u.intent, fields, u.also.clone(), u.route, u.flag)
}

fn plain(text: &str) -> String {
    let text: String = text
        .to_lowercase()
        .chars()
        .filter(|c| *c != '\u{200B}')
        .map(|c| match c {
            '\u{2019}' => '\'',
            c if ('\u{FF10}'..='\u{FF19}').contains(&c) => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
            c => c,
        })
        .collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn lines() -> Vec<Line> {
    let own = OWN_SETS.map(own).concat();
    let dev = shared("replies-dev.jsonl").unwrap_or_default();
    own.lines().chain(dev.lines()).map(|l| serde_json::from_str(l).expect("a labelled line")).collect()
}

#[test]
fn spelling_out_the_same_changes_no_answer() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    // Line breaks and capitals are how an email shows where its signature begins: text messages only.
    for line in
        lines().into_iter().filter(|l| l.channel == Some(Channel::Sms) && l.reply.chars().any(char::is_alphanumeric))
    {
        let plain = line.understand(&READER);
        for (name, change) in CHANGES {
            // A greeting before a meter word or a lone greeting, and a smile after a lone smile, are other texts.
            let mut other = line.clone();
            other.reply = change(&line.reply);
            let changed = other.understand(&READER);
            seen += 1;
            if answer(&plain) != answer(&changed) {
                wrong.push(format!("{name}: {:?}\n  {:?}\n  {:?}", line.reply, answer(&plain), answer(&changed)));
            }
        }
    }
    assert!(seen > 1000);
    assert!(wrong.is_empty(), "{} of {seen}\n{}", wrong.len(), wrong.join("\n"));
}

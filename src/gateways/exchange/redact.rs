//! What of a request or an answer may be kept: not what is private is taken out, but what is harmless is let in.
//!
//! Names of fields stand; a value stands only in a field that is known to hold codes or ids, and only when it looks like one
//! and is nothing of the message. Of free text (a mail server's line, a provider's explanation) only the words of a fixed list stand.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use crate::gateways::{OutboundMessage, form_data::pairs};

/// What the message holds, to compare with. It never leaves this module.
pub(in crate::gateways) struct Private {
    reference: String,
    to: String,
    said: Vec<String>,
}

/// Fields that hold codes, ids and states, in small letters without `_` and `-`.
const KEPT: [&str; 36] = [
    "id",
    "sid",
    "status",
    "code",
    "errorcode",
    "error",
    "type",
    "reference",
    "clientreference",
    "messageid",
    "msgid",
    "messagereference",
    "messagestatus",
    "statuscode",
    "reason",
    "title",
    "permanent",
    "direction",
    "numsegments",
    "validityperiod",
    "validuntil",
    "templateid",
    "templatetype",
    "smssenderid",
    "routingplanid",
    "accountsid",
    "messagingservicesid",
    "datecreated",
    "createdat",
    "timestamp",
    "expiresin",
    "granttype",
    "tokentype",
    "pointer",
    "ttl",
    "messagecount",
];

/// Words that providers and mail servers use to say what is wrong, and that say nothing of a person.
const WORDS: &str = " accepted access account action address again allowed already and api are as at auth authenticated \
    authentication authorization be been bad badrequesterror blacklisted blocked body bounce bulk busy by can cannot \
    certificate characters check client closed closing code command complete completed configured connection content \
    contact country create created credentials credit daily deferred delay delayed delivered delivery denied destination \
    details digits disabled dkim dmarc does domain duplicate empty enabled enough error errors exceeded exist exists \
    expired failed failure field for forbidden found from full greylisted greylist has have host id in inactive incorrect \
    insufficient internal invalid is it key landline last later length limit local long mail mailbox mandatory match \
    maximum message messages missing mobile must name no not now number occurred of ok on one only or over out parameter \
    permanent permanently permission phone_number please policy possible prefix prohibited property protocol provided \
    queue queued quota rate reached received recipient recipients refused region rejected relay relaying reply reputation \
    request required requires resource response retry route routing see sender server service short size smtp spam spf \
    starttls status storage subscriber success successful suspended system table taken team temporarily temporary template \
    text than the this time timeout to token too toomanyrequestserror transaction trial try unable unauthorized unavailable \
    unknown unreachable unrouteable unsubscribed unsupported unverified user valid validation validationerror value verify \
    virtual was while with without wrong your ";

impl Private {
    pub(in crate::gateways) fn of(message: &OutboundMessage) -> Self {
        let more = [&message.subject, &message.reply_to, &message.sender, &message.unsubscribe_url];
        let mut said = vec![message.text.clone()];
        said.extend(more.into_iter().flatten().cloned());
        Self::new(&message.reference, &message.to, said)
    }

    fn new(reference: &str, to: &str, said: Vec<String>) -> Self {
        Self { reference: reference.to_owned(), to: to.to_owned(), said }
    }

    pub(in crate::gateways) fn of_look_up(reference: &str, to: &str, text: &str) -> Self {
        Self::new(reference, to, vec![text.to_owned()])
    }

    /// Whether this is the message's own text, or a good part of it, given back.
    fn is_said(&self, text: &str) -> bool {
        const GOOD_PART: usize = 20;
        let text = text.trim();
        let part = text.chars().count() >= GOOD_PART;
        self.said.iter().any(|said| said.trim() == text || (part && said.contains(text)))
    }

    /// Whether the value says something of the message: a part of its number or address, or a word of its text.
    fn holds(&self, value: &str) -> bool {
        if value == self.reference {
            return false;
        }
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        if value.bytes().filter(u8::is_ascii_digit).count() >= 6 {
            let (value_digits, to_digits) = (digits(value), digits(&self.to));
            // The last nine digits are the number, however its beginning is written.
            let number = to_digits.get(to_digits.len().saturating_sub(9)..).unwrap_or_default();
            if number.len() >= 6 && (value_digits.contains(number) || to_digits.contains(&value_digits)) {
                return true;
            }
        }
        long_words(value).any(|word| !is_known(word) && self.has_word(word))
    }

    fn has_word(&self, word: &str) -> bool {
        let mut texts = self.said.iter().chain([&self.to]);
        let Some(first) = word.bytes().next().filter(|_| word.is_ascii()) else {
            return texts.flat_map(|text| long_words(text)).any(|own| same_word(own, word));
        };
        // Most texts do not hold the word at all: only where they do is it asked whether it stands there by itself.
        texts.any(|text| {
            let places = text.as_bytes().windows(word.len());
            let mut places = places.filter(|place| place[0].eq_ignore_ascii_case(&first));
            places.any(|place| place.eq_ignore_ascii_case(word.as_bytes()))
                && long_words(text).any(|own| same_word(own, word))
        })
    }
}

/// The words of three letters or more.
fn long_words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|w| w.len() > 2 && w.chars().nth(2).is_some())
}

/// Whether two words differ in nothing but small and large letters.
fn same_word(one: &str, other: &str) -> bool {
    if one.is_ascii() && other.is_ascii() {
        return one.eq_ignore_ascii_case(other);
    }
    one.chars().flat_map(char::to_lowercase).eq(other.chars().flat_map(char::to_lowercase))
}

/// A request's body: a form or JSON with its values taken out, else its size.
pub(super) fn request(body: &[u8], kind: &str, private: &Private) -> String {
    if body.is_empty() {
        return String::new();
    }
    if kind.starts_with("application/x-www-form-urlencoded") {
        let fields = pairs(body);
        let shown = fields.iter().map(|(name, value)| {
            let shown = if is_shown(name, value, private) { value.clone() } else { size(value) };
            format!("{}={shown}", key(name, private))
        });
        return shown.collect::<Vec<_>>().join("&");
    }
    match serde_json::from_slice::<Value>(body) {
        Ok(json) => shown(&json, private, |value, _| size(value)),
        Err(_) => format!("[{} bytes]", body.len()),
    }
}

/// An answer's body: JSON with codes and explanations, else what kind of thing it was.
pub(super) fn answer(body: &[u8], private: &Private) -> String {
    const LARGEST_READ: usize = 64 * 1024;
    let text = body.trim_ascii();
    match text.first() {
        None => return "[empty]".to_owned(),
        Some(b'<') => return format!("[HTML, {} bytes]", body.len()),
        Some(_) if body.len() > LARGEST_READ => return format!("[{} bytes]", body.len()),
        Some(_) => {}
    }
    match serde_json::from_slice::<Value>(text) {
        Ok(json) => shown(&json, private, words),
        Err(_) => format!("[{} bytes]", body.len()),
    }
}

/// JSON with its shape and field names, each value put through `code`, or else through `other`.
fn shown(json: &Value, private: &Private, other: fn(&str, &Private) -> String) -> String {
    // A text in JSON always has a form.
    serde_json::to_string(&Shown { json, name: "", private, other }).unwrap_or_default()
}

/// What is shown of a value in a field of this name.
struct Shown<'a> {
    json: &'a Value,
    name: &'a str,
    private: &'a Private,
    other: fn(&str, &Private) -> String,
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        const MOST_ITEMS: usize = 3;
        let Self { json, name, private, other } = *self;
        match json {
            Value::Null | Value::Bool(_) => json.serialize(serializer),
            Value::Number(number) => {
                let text = number.to_string();
                if text.len() <= 5 && !private.holds(&text) {
                    number.serialize(serializer)
                } else {
                    serializer.serialize_str(if is_shown(name, &text, private) { &text } else { "[number]" })
                }
            }
            Value::String(text) if is_shown(name, text, private) => serializer.serialize_str(text),
            Value::String(text) => serializer.serialize_str(&other(text, private)),
            Value::Array(items) => {
                serializer.collect_seq(items.iter().take(MOST_ITEMS).map(|json| Shown { json, ..*self }))
            }
            Value::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, json) in members {
                    map.serialize_entry(key(name, private), &Shown { json, name, ..*self })?;
                }
                map.end()
            }
        }
    }
}

/// The name of a field, when it is one.
pub(super) fn key<'a>(name: &'a str, private: &Private) -> &'a str {
    let plain = name.len() <= 40
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b));
    // Names of fields such as `body` or `number` are words of many a text too: only a stranger one is left out.
    if plain && (name.len() <= 3 || is_kept(name) || !private.holds(name)) { name } else { "[name]" }
}

/// A part of a path.
pub(super) fn segment(segment: &str, private: &Private) -> String {
    if segment.is_empty() || segment == private.reference || (is_code(segment) && !private.holds(segment)) {
        segment.to_owned()
    } else {
        "[…]".to_owned()
    }
}

/// Whether a value may stand: its field holds codes and it looks like one.
fn is_shown(name: &str, value: &str, private: &Private) -> bool {
    value == private.reference || (is_kept(name) && is_code(value) && !private.holds(value))
}

fn is_kept(name: &str) -> bool {
    let letters = || name.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_lowercase());
    KEPT.iter().any(|kept| letters().eq(kept.bytes()))
}

/// Short, without spaces, and no telephone or NHS number.
fn is_code(value: &str) -> bool {
    let plain = value.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.:+-".contains(&b));
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let letters = value.bytes().any(|b| b.is_ascii_alphabetic());
    // A time is digits and separators as well.
    let time = value.len() >= 19 && value.as_bytes().get(4) == Some(&b'-') && value.as_bytes().get(10) == Some(&b'T');
    (1..=64).contains(&value.len())
        && plain
        && (digits < 7 || time || (letters && longest_run(value) < 9 || is_hex_id(value)))
}

fn longest_run(value: &str) -> usize {
    value.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or(0)
}

/// A UUID, or two letters and 32 hexadecimal digits, as Twilio's ids are.
fn is_hex_id(value: &str) -> bool {
    let hex = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    (value.len() == 36 && hex(value)) || (value.len() == 34 && value.get(2..).is_some_and(hex))
}

/// Free text: the words of the list, short codes, and ids of a mail queue; everything else is a gap.
pub(super) fn words(text: &str, private: &Private) -> String {
    if private.is_said(text) {
        return size(text);
    }
    let tokens: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || ",;:()<>\"'=/?&".contains(c))
        .map(|token| token.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|token| !token.is_empty())
        .collect();
    let numeric = |token: Option<&&str>| token.is_some_and(|t| t.bytes().all(|b| b.is_ascii_digit() || b == b'.'));
    let mut out = String::new();
    let mut gap = false;
    let mut kept = 0;
    for (index, word) in tokens.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| tokens.get(index));
        // A number in groups is somebody's; one that stands alone is a code only where a code is announced.
        let in_groups = numeric(before) || numeric(tokens.get(index + 1));
        let announced = before.is_none_or(|w| ["code", "error", "status"].iter().any(|word| same_word(w, word)));
        let number = is_short_code(word) && !in_groups && (word.contains('.') || announced);
        let fine = is_known(word) || ((number || is_queue_id(word)) && !private.holds(word));
        if fine {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(word);
            kept += 1;
            gap = false;
        } else if !gap {
            out.push_str(if out.is_empty() { "…" } else { " …" });
            gap = true;
        }
    }
    if kept == 0 { size(text) } else { out }
}

fn is_known(word: &str) -> bool {
    static KNOWN: LazyLock<HashSet<&str>> = LazyLock::new(|| WORDS.split_whitespace().collect());
    if word.bytes().any(|b| b.is_ascii_uppercase()) {
        KNOWN.contains(word.to_ascii_lowercase().as_str())
    } else {
        KNOWN.contains(word)
    }
}

/// `5.1.1`, `21211`, `http_429`.
fn is_short_code(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    (1..=5).contains(&digits) && word.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

fn is_queue_id(word: &str) -> bool {
    (8..=16).contains(&word.len())
        && word.bytes().all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(&b))
        && word.bytes().any(|b| b.is_ascii_alphabetic())
        && longest_run(word) < 9
}

fn size(value: &str) -> String {
    format!("[{} characters]", value.chars().count())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn private() -> Private {
        Private::of_look_up(
            "m-1",
            "+447700900123",
            "Dear Joan Queued, your walks with Rejected-Smith: 3 of 5. Ring 01632 960001",
        )
    }

    #[test]
    fn codes_and_explanations_stand_and_nothing_else() {
        for (given, expected) in [
            (
                r#"{"sid":"SM0123456789abcdef0123456789abcdef","status":"queued"}"#,
                r#"{"sid":"SM0123456789abcdef0123456789abcdef","status":"queued"}"#,
            ),
            (
                r#"{"code":21211,"message":"The 'To' number +447700900123 is not a valid phone number: Joan"}"#,
                r#"{"code":21211,"message":"The To number … is not … valid … number …"}"#,
            ),
            (r#"{"status":"Joan","id":"447700900123"}"#, r#"{"id":"[12 characters]","status":"[4 characters]"}"#),
            (
                r#"{"to":"+447700900123","n":7700900123,"body":"Dear Joan"}"#,
                r#"{"body":"[9 characters]","n":"[number]","to":"[13 characters]"}"#,
            ),
            (r#"{"x":"walks with Rejected-Smith: 3 of 5"}"#, r#"{"x":"[33 characters]"}"#),
            ("<html>Joan</html>", "[HTML, 17 bytes]"),
            ("not json, Joan", "[14 bytes]"),
            ("", "[empty]"),
        ] {
            assert_eq!(answer(given.as_bytes(), &private()), expected);
        }
        assert_eq!(
            words("5.1.1 <joan@mail.example>: Recipient address rejected: User unknown", &private()),
            "5.1.1 … Recipient address rejected User unknown"
        );
        assert_eq!(
            words("Number 07700 900 123, born 3 May 1960, rejected: error 21211", &private()),
            "Number … rejected error 21211"
        );
        assert_eq!(words("2.0.0 Ok: queued as 4F2A9C81B0", &private()), "2.0.0 Ok queued as 4F2A9C81B0");
    }

    #[test]
    fn of_a_request_only_the_names_of_its_fields_stand() {
        let form = b"To=%2B447700900123&Body=number+not+valid&ValidityPeriod=36000&MessagingServiceSid=MG0123456789abcdef0123456789abcdef";
        assert_eq!(
            request(form, "application/x-www-form-urlencoded", &private()),
            "To=[13 characters]&Body=[16 characters]&ValidityPeriod=36000&MessagingServiceSid=MG0123456789abcdef0123456789abcdef"
        );
        let json = br#"{"reference":"m-1","personalisation":{"body":"queued Joan"},"to":"+447700900123"}"#;
        assert_eq!(
            request(json, "application/json", &private()),
            r#"{"personalisation":{"body":"[11 characters]"},"reference":"m-1","to":"[13 characters]"}"#
        );
        assert_eq!(request(b"raw Joan", "text/plain", &private()), "[8 bytes]");
    }

    proptest! {
        #[test]
        fn no_number_and_no_word_of_the_text_stands(
            field in "[a-z_]{1,12}", before in "[ -~]{0,20}", after in "[ -~]{0,20}",
            secret in prop_oneof![Just("Joan"), Just("walks"), Just("Smith"), Just("7700900123"), Just("07700900123"), Just("+447700900123"), Just("07700 900123")],
        ) {
            let body = serde_json::json!({ field: format!("{before} {secret} {after}") }).to_string();
            let kept = answer(body.as_bytes(), &private());
            prop_assert!(!kept.contains(&format!(" {secret} ")) && !kept.contains(&format!("\"{secret}\"")), "{}", kept);
        }
    }
}

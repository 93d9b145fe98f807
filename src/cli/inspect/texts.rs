//! `between inspect sms`: what a text costs as written, and what becomes of it under each policy that gateways have for texts.

use crate::domain::delivery::SendFailure;
use crate::domain::sms::{self, CostlyChar, Measure, SmsPolicy, SmsRefusal};
use crate::gateways::{Policy, notify_takes};
use serde_json::{Value, json};

/// A policy by name, and the kinds of gateway that have it unless their settings say otherwise.
const POLICIES: [(&str, &[&str]); 3] = [
    ("unicode", &["generic", "http", "sandbox", "twilio"]),
    // The setting `policy.ucs2_allowed = false`, for a route that spoils other characters.
    ("gsm_7", &[]),
    ("notify", &["govuk_notify", "nhs_notify"]),
];

/// One JSON line for another.
pub(super) fn inspect(line: &str) -> Value {
    let parsed: Result<Value, _> = serde_json::from_str(line);
    let (id, text) = match &parsed {
        Ok(Value::Object(fields)) => (fields.get("id").cloned(), fields.get("text").and_then(Value::as_str)),
        Ok(Value::String(text)) => (None, Some(text.as_str())),
        _ => (None, None),
    };
    let Some(text) = text else {
        return json!({ "error": "a line is a JSON object {\"text\": …} or a JSON string" });
    };
    let measure = sms::measure(text);
    let policies: serde_json::Map<String, Value> =
        POLICIES.iter().map(|(name, kinds)| ((*name).to_owned(), under(name, kinds, text))).collect();
    let mut answer = json!({
        "encoding": measure.encoding, "units": measure.units, "segments": measure.segments, "over_limit": measure.over_limit,
        "costly": characters(&measure.costly),
        "policies": policies,
    });
    if let (Some(id), Some(fields)) = (id, answer.as_object_mut()) {
        fields.insert("id".to_owned(), id);
    }
    answer
}

/// What becomes of a text under one policy: how it is sent, or why it is not.
fn under(name: &str, kinds: &[&str], text: &str) -> Value {
    let limits = Policy::default();
    let policy = SmsPolicy { unicode: name != "gsm_7", max_segments: limits.max_segments as usize };
    let mut answer = match sms::fit(text, policy) {
        Ok(fitted) if name == "notify" => match notify_takes(&fitted.text, limits.max_characters) {
            Ok(()) => sent(&fitted.text, &fitted.measure),
            Err(SendFailure::Rejected { code, .. }) => json!({ "sent": false, "why": code }),
            Err(other) => json!({ "sent": false, "why": other.to_string() }),
        },
        Ok(fitted) if fitted.text.chars().count() > limits.max_characters as usize => {
            json!({ "sent": false, "why": "too_long" })
        }
        Ok(fitted) => sent(&fitted.text, &fitted.measure),
        Err(SmsRefusal::Characters(costly)) => {
            json!({ "sent": false, "why": "characters", "characters": characters(&costly) })
        }
        Err(SmsRefusal::TooLong { units, segments }) => {
            json!({ "sent": false, "why": "too_long", "units": units, "segments": segments })
        }
        Err(SmsRefusal::Empty) => json!({ "sent": false, "why": "empty" }),
    };
    if let Some(fields) = answer.as_object_mut() {
        fields.insert("kinds".to_owned(), json!(kinds));
    }
    answer
}

fn sent(text: &str, measure: &Measure) -> Value {
    json!({
        "sent": true, "text": text, "encoding": measure.encoding, "units": measure.units, "segments": measure.segments,
    })
}

fn characters(costly: &[CostlyChar]) -> Vec<Value> {
    costly.iter().map(|c| json!({ "character": c.ch.to_string(), "at": c.at, "why": c.to_string() })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcomes(text: &str) -> [Value; 3] {
        let answer = inspect(&json!({ "text": text }).to_string());
        POLICIES.map(|(name, _)| answer["policies"][name].clone())
    }

    #[test]
    fn each_policy_says_how_a_text_is_sent_or_why_not() {
        for (text, unicode, gsm, notify) in [
            ("Don\u{2019}t worry \u{2013} it is \u{a3}5", "GSM-7", "GSM-7", "GSM-7"),
            ("Si\u{e2}n, d\u{175}r", "UCS-2", "characters", "UCS-2"),
            ("\u{141}\u{f3}d\u{17a}", "UCS-2", "characters", "character_U+0141"),
            ("Well done \u{1f44d}", "UCS-2", "characters", "character_U+1F44D"),
            ("  ", "empty", "empty", "empty"),
        ] {
            let found = outcomes(text).map(|o| o["encoding"].as_str().or(o["why"].as_str()).unwrap_or("").to_owned());
            assert_eq!(found, [unicode, gsm, notify], "{text}");
        }
        let long = "x".repeat(919);
        assert!(outcomes(&long).iter().all(|o| o["why"] == "too_long"), "{:?}", outcomes(&long));
        assert_eq!(outcomes("\u{2019}")[1]["text"], "'", "the text as it is sent");
        assert_eq!(outcomes("\u{141}a")[1]["characters"][0]["character"], "\u{141}");
    }

    #[test]
    fn the_size_as_written_and_the_id_stand_beside_them() {
        let answer = inspect(r#"{"id": 7, "text": "a\u2019b"}"#);
        assert_eq!((&answer["id"], &answer["encoding"], &answer["units"]), (&json!(7), &json!("UCS-2"), &json!(3)));
        assert_eq!(answer["costly"][0]["at"], 1);
        assert!(inspect("7")["error"].is_string());
    }
}

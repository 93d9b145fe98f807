//! What `between inspect email` prints.

use serde_json::{Value, json};

use super::model::{ReadSettings, answerable};
use super::read::read;

/// One mail as JSON: everything that was read, and whether it may be answered automatically.
#[must_use]
pub fn inspect(raw: &[u8], settings: &ReadSettings) -> Value {
    let mail = read(raw, settings);
    let may_answer = answerable(&mail);
    let mut value = serde_json::to_value(&mail).unwrap_or_else(|_| json!({}));
    if let Value::Object(map) = &mut value {
        map.insert("answerable".to_owned(), Value::Bool(may_answer));
    }
    value
}

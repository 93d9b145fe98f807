//! `between inspect reply`: JSON lines in, JSON lines out, one for each, in order; no line ends it.

use super::context::{Channel, Context, Prompt};
use super::reader::Reader;
use super::understand;
use super::understanding::Understanding;
use chrono::{DateTime, FixedOffset, Utc};
use chrono_tz::Europe::London;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// One line of input. Keys beyond these are ignored, so labelled lines can be inspected as they are.
#[derive(Debug, Clone, Deserialize)]
pub struct Line {
    /// Given back.
    #[serde(default)]
    pub id: Value,
    /// The open question.
    #[serde(default)]
    pub prompt: Option<Prompt>,
    /// The body as received.
    pub reply: String,
    /// SMS if left out.
    #[serde(default)]
    pub channel: Option<Channel>,
    /// The moment dates are reckoned from; the epoch if left out.
    #[serde(default)]
    pub received_at: Option<DateTime<FixedOffset>>,
}

#[derive(Serialize)]
struct Read<'a> {
    id: &'a Value,
    #[serde(flatten)]
    understanding: &'a Understanding,
}

impl Line {
    /// Reads the line's reply.
    pub fn understand(&self, reader: &Reader) -> Understanding {
        understand(&self.reply, &self.context(reader))
    }

    pub(super) fn context<'a>(&'a self, reader: &'a Reader) -> Context<'a> {
        Context {
            prompt: self.prompt.as_ref(),
            received_at: self.received_at.map_or(DateTime::<Utc>::UNIX_EPOCH, |t| t.with_timezone(&Utc)),
            zone: London,
            channel: self.channel.unwrap_or(Channel::Sms),
            reader,
        }
    }
}

/// One JSON line for another. A line that cannot be read gives its id, if it has one, and the error.
pub fn inspect_line(line: &str, reader: &Reader) -> String {
    let read = serde_json::from_str::<Line>(line).and_then(|line| {
        let understanding = line.understand(reader);
        serde_json::to_string(&Read { id: &line.id, understanding: &understanding })
    });
    read.unwrap_or_else(|error| {
        let id = serde_json::from_str::<Value>(line).ok().and_then(|v| v.get("id").cloned()).unwrap_or(Value::Null);
        json!({ "id": id, "error": error.to_string() }).to_string()
    })
}

//! Everything a gateway can do wrong, and the numbers that make a fake do it.

/// One way to misbehave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// Never answers.
    Timeout,
    /// Closes the connection instead of answering.
    Drop,
    /// 429 with Retry-After: 90.
    TooMany,
    /// 503 with Retry-After: 120.
    Unavailable,
    /// 500 with a JSON body.
    ServerError,
    /// 200 with a page of HTML.
    Html200,
    /// 200 with no body.
    Empty200,
    /// 200 and a Content-Length that is not kept.
    Truncated,
    /// 200 with bytes that are no JSON.
    Garbage,
    /// 200 with JSON of another form.
    OtherJson,
    /// 200 with a body that never ends.
    Endless,
    /// 200 with 64 MiB announced.
    Huge,
    /// 200 with one byte a second.
    Slow,
    /// 307 to another place on the same host.
    Redirect,
}

impl Fault {
    pub const ALL: [Self; 14] = [
        Self::Timeout,
        Self::Drop,
        Self::TooMany,
        Self::Unavailable,
        Self::ServerError,
        Self::Html200,
        Self::Empty200,
        Self::Truncated,
        Self::Garbage,
        Self::OtherJson,
        Self::Endless,
        Self::Huge,
        Self::Slow,
        Self::Redirect,
    ];

    /// The number that provokes it: 07700 900 1NN before the gateway took the message, 2NN after it took it.
    pub fn number(self, when: When) -> String {
        let index = Self::ALL.iter().position(|f| *f == self).unwrap();
        format!("+447700900{}{index:02}", when as u8)
    }

    /// What this number provokes.
    pub fn of_number(to: &str) -> Option<(Self, When)> {
        let rest = to.strip_prefix("+447700900")?;
        let when = match rest.get(..1)? {
            "1" => When::BeforeTaking,
            "2" => When::AfterTaking,
            _ => return None,
        };
        Some((*Self::ALL.get(rest.get(1..)?.parse::<usize>().ok()?)?, when))
    }
}

/// Whether the gateway kept the message before it went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    BeforeTaking = 1,
    AfterTaking = 2,
}

//! Status codes in running text: `550 5.1.1`, `(#5.2.2)`, `said: 452-4.2.2`, `error 552`.

/// The codes of one report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Codes {
    /// Of RFC 3463.
    pub enhanced: Option<String>,
    /// Of RFC 5321.
    pub smtp: Option<u16>,
}

impl Codes {
    pub fn any(&self) -> bool {
        self.enhanced.is_some() || self.smtp.is_some()
    }

    /// Takes a more telling code of the same class, or any code if there is none.
    pub fn refine(&mut self, better: Option<&String>) {
        let Some(better) = better else { return };
        match &self.enhanced {
            None => self.enhanced = Some(better.clone()),
            Some(have) => {
                let class = |code: &str| code.get(..1).map(str::to_owned);
                let agrees = class(have) == class(better) || have.starts_with('2');
                if is_generic(have) && !is_generic(better) && agrees {
                    self.enhanced = Some(better.clone());
                }
            }
        }
    }
}

/// `x.0.0` and the like: a failure without a cause.
pub(super) fn is_generic(code: &str) -> bool {
    code.get(1..) == Some(".0.0")
}

/// Reply codes that servers give for mail; other three-digit numbers are not taken for one.
const REPLIES: &[u16] = &[
    421, 422, 431, 432, 441, 442, 446, 447, 449, 450, 451, 452, 453, 454, 455, 471, 500, 501, 502, 503, 504, 510, 511,
    512, 513, 515, 521, 523, 525, 530, 534, 535, 538, 541, 542, 544, 550, 551, 552, 553, 554, 555, 556, 557, 571, 572,
];

/// The most telling codes of a text: the first that names a cause, else the first. Linear.
pub(super) fn find(text: &str) -> Codes {
    let bytes = text.as_bytes();
    let mut codes = Codes::default();
    let mut at = 0;
    while at < bytes.len() {
        let Some(byte) = bytes.get(at) else { break };
        if !matches!(byte, b'4' | b'5')
            || at.checked_sub(1).and_then(|before| bytes.get(before)).is_some_and(u8::is_ascii_alphanumeric)
        {
            at += 1;
            continue;
        }
        if let Some((code, length)) = enhanced_at(bytes, at) {
            let better = codes.enhanced.as_deref().is_none_or(|have| is_generic(have) && !is_generic(&code));
            if better {
                codes.enhanced = Some(code);
            }
            at += length;
            continue;
        }
        if codes.smtp.is_none() {
            codes.smtp = reply_at(bytes, at);
        }
        at += 1;
    }
    codes
}

/// An enhanced code at `at` and its length. Subjects run to 7, so versions (4.94.2), dates (5.12.2026)
/// and addresses (5.9.1.2) do not pass.
fn enhanced_at(bytes: &[u8], at: usize) -> Option<(String, usize)> {
    let class = *bytes.get(at)?;
    let before = at.checked_sub(1).and_then(|before| bytes.get(before));
    if before.is_some_and(|byte| matches!(byte, b'.' | b'/' | b',')) || bytes.get(at + 1) != Some(&b'.') {
        return None;
    }
    let subject = *bytes.get(at + 2)?;
    if !matches!(subject, b'0'..=b'7') || bytes.get(at + 3) != Some(&b'.') {
        return None;
    }
    let rest = bytes.get(at + 4..)?;
    let digits = rest.iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
    let after = rest.get(digits);
    let goes_on = after == Some(&b'.') && rest.get(digits + 1).is_some_and(u8::is_ascii_digit);
    if !(1..=3).contains(&digits) || goes_on || after.is_some_and(u8::is_ascii_alphanumeric) {
        return None;
    }
    let detail: u16 = std::str::from_utf8(rest.get(..digits)?).ok()?.parse().ok()?;
    let code = format!("{}.{}.{detail}", char::from(class), char::from(subject));
    Some((code, 4 + digits))
}

fn reply_at(bytes: &[u8], at: usize) -> Option<u16> {
    let digits = bytes.get(at..at + 3)?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let ends = match bytes.get(at + 3) {
        None => true,
        Some(byte) => matches!(
            byte,
            b' ' | b'-' | b')' | b',' | b':' | b';' | b'\r' | b'\n' | b'_' | b']' | b'\'' | b'"' | b'.' | b'>'
        ),
    };
    let before = bytes.get(at.saturating_sub(2)..at).unwrap_or_default();
    let introduced = match before {
        // "said: 550", "smtp; 550", "<<< 550", "code 550", "error 550": not "room 550".
        []
        | [.., b'\n' | b'\r' | b'(' | b'"' | b'\'' | b'[' | b'#' | b';' | b':' | b'=']
        | [b':' | b';' | b'>' | b'<' | b',' | b'-' | b')' | b']' | b' ' | b'\t' | b'\n', b' ' | b'\t'] => true,
        [.., b' '] => introduced_by_word(bytes, at),
        _ => false,
    };
    let code: u16 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    (ends && introduced && REPLIES.contains(&code)).then_some(code)
}

fn introduced_by_word(bytes: &[u8], at: usize) -> bool {
    const WORDS: &[&[u8]] = &[
        b"code",
        b"error",
        b"said",
        b"status",
        b"response",
        b"reply",
        b"smtp",
        b"answer",
        b"with",
        b"returned",
        b"was",
        b"fehler",
        b"erreur",
        b"reason",
        b"permanent",
        b"temporary",
        b"replied",
        b"got",
        b"message",
    ];
    let head = bytes.get(at.saturating_sub(12)..at).unwrap_or_default().trim_ascii_end();
    WORDS.iter().any(|word| {
        head.len() >= word.len()
            && head.get(head.len() - word.len()..).is_some_and(|tail| tail.eq_ignore_ascii_case(word))
    })
}

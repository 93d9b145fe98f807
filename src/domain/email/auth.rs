//! Authentication-Results (RFC 8601): what our own receiving server found out about the sender.

use super::fields::{Fields, unfold};
use super::model::{AuthResults, Verdict};

/// The verdicts of the topmost field written by a trusted server, and whether another one further
/// down says something else in the same name: servers strip those, so it came with the mail.
pub(super) fn results(fields: &Fields<'_>, trusted: &[String]) -> (AuthResults, bool) {
    let mut found: Option<AuthResults> = None;
    let mut forged = false;
    for raw in fields.all("authentication-results") {
        let value = without_comments(&unfold(raw));
        let mut statements = value.split(';');
        let id = statements.next().unwrap_or_default().split_ascii_whitespace().next().unwrap_or_default();
        if !trusted.iter().any(|ours| ours.eq_ignore_ascii_case(id)) {
            continue;
        }
        let results = read(statements);
        match found {
            None => found = Some(results),
            // One server may write a field for each method; a contradiction is none of its doing.
            Some(first) => forged = forged || contradicts(first, results),
        }
    }
    (found.unwrap_or_default(), forged)
}

fn contradicts(first: AuthResults, later: AuthResults) -> bool {
    let differ = |a: Option<Verdict>, b: Option<Verdict>| b.is_some() && a != b;
    differ(first.spf, later.spf) || differ(first.dkim, later.dkim) || differ(first.dmarc, later.dmarc)
}

fn read<'a>(statements: impl Iterator<Item = &'a str>) -> AuthResults {
    let mut results = AuthResults { from_trusted_server: true, ..AuthResults::default() };
    for statement in statements {
        let first = statement.split_ascii_whitespace().next().unwrap_or_default();
        // "dkim/1 = pass" is allowed and seen.
        let compact: String = statement.split_ascii_whitespace().take(3).collect();
        let (method, rest) = match first.split_once('=') {
            Some(pair) => pair,
            None => match compact.split_once('=') {
                Some((method, rest)) => (method, rest),
                None => continue,
            },
        };
        let verdict = verdict(rest);
        let method = method.split('/').next().unwrap_or_default();
        if method.eq_ignore_ascii_case("spf") {
            results.spf = results.spf.or(verdict);
        } else if method.eq_ignore_ascii_case("dkim") {
            // Mail carries several signatures; one that holds is enough.
            results.dkim = if verdict == Some(Verdict::Pass) { verdict } else { results.dkim.or(verdict) };
        } else if method.eq_ignore_ascii_case("dmarc") {
            results.dmarc = results.dmarc.or(verdict);
        }
    }
    results
}

fn verdict(text: &str) -> Option<Verdict> {
    let word = text.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    Some(match word.to_ascii_lowercase().as_str() {
        "pass" => Verdict::Pass,
        "fail" | "hardfail" => Verdict::Fail,
        "softfail" => Verdict::SoftFail,
        "neutral" | "policy" => Verdict::Neutral,
        "none" => Verdict::None,
        "temperror" => Verdict::TempError,
        "permerror" => Verdict::PermError,
        _ => return None,
    })
}

/// Drops comments, which nest, and the content of quoted strings, which may hold `;` and `(`.
fn without_comments(value: &str) -> String {
    let mut plain = String::with_capacity(value.len());
    let mut depth = 0_usize;
    let mut quoted = false;
    let mut escaped = false;
    for c in value.chars() {
        if escaped {
            escaped = false;
            continue;
        }
        match c {
            '\\' if quoted || depth > 0 => escaped = true,
            '"' if depth == 0 => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth = depth.saturating_sub(1),
            _ if depth > 0 || (quoted && matches!(c, ';' | '=')) => {}
            _ => plain.push(c),
        }
    }
    plain
}

//! R18, R22, T13: mail made to hang, crash or fill the reader.

use std::fmt::Write as _;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use between::domain::email::{Class, Doubt, InboundEmail, content, inspect, own_words, read};

use super::corpus::{mails, settings, with_crlf};
use super::own_words::assert_nothing_lost;

const HEAD: &str = "From: Joan <joan@example.net>\nTo: reply+k7m2qx9d@elmbrook.example.org\nSubject: Re: walks\n";

fn mail(text: &str) -> InboundEmail {
    read(text.as_bytes(), &settings())
}

/// Processor time of this thread where the system tells it, so that other programs do not count;
/// else time on the wall. It may advance in steps of some milliseconds.
fn processor_time() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next().and_then(|first| first.parse().ok()));
    nanoseconds.map_or_else(|| START.elapsed(), Duration::from_nanos)
}

/// Time of one run, as the mean of as many as take 40 milliseconds together.
fn time(mut run: impl FnMut()) -> Duration {
    let start = processor_time();
    for runs in 1.. {
        run();
        let taken = processor_time().saturating_sub(start);
        if taken >= Duration::from_millis(40) || runs == 20_000 {
            return taken / runs;
        }
    }
    Duration::ZERO
}

/// The promise is about the shipped program. Without optimisation, beside other tests, this much is
/// allowed instead; what once hung took seconds for a thirtieth of the text even when optimised.
fn limit(milliseconds: u64) -> Duration {
    Duration::from_millis(if cfg!(debug_assertions) { milliseconds * 40 } else { milliseconds })
}

/// Texts of about `size` bytes that made other readers hang.
fn hostile_texts(size: usize) -> Vec<(&'static str, String)> {
    let fill = |unit: &str| unit.repeat(size / unit.len());
    vec![
        ("blank lines", fill("\n")),
        ("On a", fill("On a\n")),
        ("On a:", fill("On a:\n")),
        ("On … wrote:", fill("On 8 Mar 2027 at 09:00 <a@b> wrote:\n")),
        ("CRLF mix", fill("a\r\n\r\r\n\n \r\n>\r")),
        ("quotes", fill("> ")),
        ("quoted lines", fill("> a\nb\n")),
        ("keys", fill("From: a\n")),
        ("keys and blanks", fill("From:\n\nTo:\n\n")),
        ("heads typed by hand", fill("From: a\nTo: b\nDate: c\n")),
        ("dashes", fill("--\n")),
        ("one dash", fill("-\n\n")),
        ("rules", fill("__________\n")),
        ("regards", fill("Regards\n\n")),
        ("thanks and blanks", fill("Thanks\n\n\n\n\n\n\n\n")),
        ("names", fill("Mary Jones\n\n")),
        ("notices", fill("confidential privileged disclosure recipient ")),
        ("banners", fill("CAUTION: external\n")),
        ("one long line", fill("a")),
        ("one long word of colons", fill(":")),
        ("spaces", fill(" ")),
        ("invisible", fill("\u{200b}")),
        ("digits", fill("1 ")),
        ("dates", fill("08/03/2027 09:00 ")),
        ("codes", fill("550 5.1.1 ")),
        ("addresses", fill("a@b.example ")),
        ("header names", fill("Received: x\nFoo\n")),
    ]
}

fn hostile_html(size: usize) -> Vec<(&'static str, String)> {
    let fill = |unit: &str| unit.repeat(size / unit.len());
    vec![
        ("open tags", fill("<div>")),
        ("blockquotes", fill("<blockquote>")),
        ("crossed", fill("<div hidden><blockquote></div>")),
        ("unended comments", fill("<!--")),
        ("unended tags", fill("<a href=\"")),
        ("less than", fill("<")),
        ("ampersands", fill("&")),
        ("entities", fill("&#1234567890123;")),
        ("unended style", fill("<style>")),
        ("rules", fill("<hr>a: b<br>")),
        ("attributes", format!("<div {}>x", fill("a=b "))),
        ("marks", fill("<div class=gmail_signature>x</div>y")),
        ("nested marks", fill("<div class=yahoo_quoted><div class=gmail_signature>")),
    ]
}

#[test]
fn r22_hostile_texts_end_in_time_and_lose_nothing() {
    for (name, text) in hostile_texts(64 * 1024) {
        let taken = time(|| drop(own_words(&text)));
        assert!(taken < limit(50), "{name}: {taken:?}");
        assert_nothing_lost(&text, &own_words(&text));
        let whole = format!("{HEAD}\n{text}");
        let taken = time(|| drop(mail(&whole)));
        assert!(taken < limit(50), "{name} as a mail: {taken:?}");
        let bounce = format!("From: MAILER-DAEMON@a.example\nSubject: failure notice\n\n{text}");
        let taken = time(|| drop(mail(&bounce)));
        assert!(taken < limit(50), "{name} as a bounce: {taken:?}");
    }
    for (name, html) in hostile_html(512 * 1024) {
        let whole = format!("{HEAD}Content-Type: text/html\n\n{html}");
        let taken = time(|| drop(mail(&whole)));
        assert!(taken < limit(50), "{name}: {taken:?}");
    }
}

/// The promise is 2.3 times for twice the length, which the benchmark prints. Here, among other tests
/// on a busy machine, eight times the length may take 24 times as long: anything quadratic takes 64.
const MOST: f64 = 24.0;

fn ratio(short: impl Fn(), long: impl Fn()) -> f64 {
    let attempt = || {
        let short = time(&short).as_secs_f64().max(5e-6);
        time(&long).as_secs_f64() / short
    };
    // Another program may disturb one attempt, hardly five; what is quadratic fails them all.
    let mut best = f64::MAX;
    for _ in 0..5 {
        best = best.min(attempt());
        if best <= MOST {
            break;
        }
    }
    best
}

#[test]
fn r22_time_grows_with_the_length_and_not_faster() {
    let mut slow = Vec::new();
    for ((name, short), (_, long)) in hostile_texts(2 * 1024).into_iter().zip(hostile_texts(16 * 1024)) {
        let found = ratio(|| drop(own_words(&short)), || drop(own_words(&long)));
        if found > MOST {
            slow.push(format!("{name}: {found:.1}"));
        }
    }
    let html = |text: &str| format!("{HEAD}Content-Type: text/html\n\n{text}");
    for ((name, short), (_, long)) in hostile_html(4 * 1024).into_iter().zip(hostile_html(32 * 1024)) {
        let (short, long) = (html(&short), html(&long));
        let found = ratio(|| drop(mail(&short)), || drop(mail(&long)));
        if found > MOST {
            slow.push(format!("html {name}: {found:.1}"));
        }
    }
    assert!(slow.is_empty(), "{slow:?}");
}

#[test]
fn r18_a_mail_of_thirty_megabytes() {
    let line = format!("{}\r\n", "QUJD".repeat(19));
    let count = 30 * 1024 * 1024 / line.len();
    let mut text = with_crlf(format!("{HEAD}Content-Type: multipart/mixed; boundary=b\n\n--b\n\nfive times\n--b\nContent-Type: video/mp4; name=film.mp4\nContent-Transfer-Encoding: base64\n\n").as_bytes());
    for _ in 0..count {
        text.extend_from_slice(line.as_bytes());
    }
    text.extend_from_slice(b"--b--\r\n");
    let read_mail = read(&text, &settings());
    assert_eq!(read_mail.kept, "five times");
    assert_eq!(read_mail.attachments.len(), 1);
    assert_eq!(read_mail.attachments[0].name, "film.mp4");
    assert_eq!(read_mail.attachments[0].size, count * 57);
    let taken = time(|| drop(read(&text, &settings())));
    assert!(taken < limit(50), "{taken:?}");
    assert_eq!(content(&text, &read_mail.attachments[0]).len(), count * 57);
}

#[test]
fn r18_thirty_megabytes_of_text_are_capped() {
    let text = format!("{HEAD}\nfive times\n{}", "On and on it goes.\n".repeat(30 * 1024 * 1024 / 19));
    let taken = time(|| drop(mail(&text)));
    assert!(taken < limit(60), "{taken:?}");
    let read_mail = mail(&text);
    assert!(read_mail.kept.starts_with("five times"));
    assert!(read_mail.kept.len() <= 64 * 1024);
    assert!(read_mail.doubts.contains(&Doubt::TextCapped));
}

#[test]
fn t13_ten_thousand_parts() {
    let mut text = format!("{HEAD}Content-Type: multipart/mixed; boundary=b\n\n--b\n\nYes\n");
    for at in 0..10_000 {
        let _ = write!(text, "--b\nContent-Type: application/pdf; name=\"{at}.pdf\"\n\nx\n");
    }
    let read_mail = mail(&text);
    assert_eq!(read_mail.kept, "Yes");
    assert!(read_mail.attachments.len() <= 500);
    assert!(read_mail.doubts.contains(&Doubt::TooManyParts));
    assert!(time(|| drop(mail(&text))) < limit(50));
}

#[test]
fn t13_ten_thousand_nested_parts() {
    let mut text = HEAD.to_owned();
    for at in 0..10_000 {
        let _ = write!(text, "Content-Type: multipart/mixed; boundary=b{at}\n\n--b{at}\n");
    }
    text.push_str("\nYes\n");
    let read_mail = mail(&text);
    assert!(read_mail.doubts.contains(&Doubt::TooDeep));
    assert!(time(|| drop(mail(&text))) < limit(50));
}

#[test]
fn t13_ten_thousand_headers_and_endless_ones() {
    let many = format!("{}\n\nYes", "X-A: b\n".repeat(10_000));
    assert!(mail(&format!("{HEAD}{many}")).doubts.contains(&Doubt::TooLarge));
    let long = format!("{HEAD}X-A: {}\n\nYes", "b".repeat(10_000_000));
    assert_eq!(mail(&long).kept, "Yes");
    let folded = format!("{HEAD}X-A: b\n{}\n\nYes", " c\n".repeat(1_000_000));
    assert_eq!(mail(&folded).kept, "Yes");
    let addresses = format!("From: {}\n\nYes", "a@b.example, ".repeat(100_000));
    let comments = format!("From: {}\n\nYes", "(".repeat(1_000_000));
    let words = format!("{HEAD}Subject: {}\n\nYes", "=?utf-8?B?".repeat(100_000));
    let results = format!("Authentication-Results: {}\n{HEAD}\nYes", "(".repeat(1_000_000));
    for text in [long, folded, addresses, comments, words, results] {
        assert!(time(|| drop(mail(&text))) < limit(50));
    }
}

#[test]
fn t13_nothing_but_noise() {
    for raw in [
        &b""[..],
        b"\n",
        b"\r\n\r\n",
        b"\0\0\0",
        b":",
        b": x\n\ny",
        b"From:",
        b"\xff\xfe\xff",
        b"Content-Type: multipart/mixed; boundary=\"\"\n\n--\n--\n",
    ] {
        let found = read(raw, &settings());
        assert_eq!(found.class, Class::Person, "{raw:?}");
        assert!(found.doubts.contains(&Doubt::NoSender), "{raw:?}");
    }
}

/// A small generator of pseudo-random numbers (xorshift), so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

fn mutate(raw: &[u8], other: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = raw.to_vec();
    for _ in 0..=random.below(8) {
        let at = random.below(bytes.len());
        match random.below(7) {
            0 if !bytes.is_empty() => bytes[at] = random.below(256) as u8,
            1 if !bytes.is_empty() => drop(bytes.remove(at)),
            2 => bytes.insert(at, b"\n\r\0:;=?<>@-\"( \xff"[random.below(15)]),
            3 => bytes.truncate(at),
            4 => {
                let end = (at + random.below(60)).min(bytes.len());
                let piece = bytes[at..end].to_vec();
                let to = random.below(bytes.len());
                bytes.splice(to..to, piece);
            }
            5 => {
                let from = random.below(other.len());
                let end = (from + random.below(200)).min(other.len());
                bytes.splice(at..at, other[from..end].iter().copied());
            }
            _ => {
                let end = (at + random.below(40)).min(bytes.len());
                bytes.drain(at..end);
            }
        }
    }
    bytes
}

#[test]
fn r22_mutated_mail_never_panics_hangs_or_loses_words() {
    let usual = if std::env::var("CI").is_ok_and(|ci| ci == "true") { 20_000 } else { 4_000 };
    let count: usize = std::env::var("BETWEEN_FUZZ").ok().and_then(|count| count.parse().ok()).unwrap_or(usual);
    let mut random = Random(0x5eed_1234_abcd_0001);
    let mails = mails();
    for round in 0..count {
        let raw = &mails[random.below(mails.len())].1;
        let other = &mails[random.below(mails.len())].1;
        let bytes = mutate(raw, other, &mut random);
        let start = Instant::now();
        let found = read(&bytes, &settings());
        assert!(start.elapsed() < Duration::from_secs(1), "round {round}");
        assert_eq!(found.class == Class::Bounce, found.bounce.is_some(), "round {round}");
        if let Some(status) = found.bounce.as_ref().and_then(|bounce| bounce.status.as_ref()) {
            assert!(status.starts_with(['4', '5']), "round {round}: {status}");
        }
        for line in [found.subject.as_deref(), found.from_name.as_deref(), found.from.as_deref()].into_iter().flatten()
        {
            assert!(!line.chars().any(char::is_control), "round {round}");
        }
        for attachment in &found.attachments {
            assert!(
                !attachment.name.contains(['/', '\\', '\0', '\n']) && !attachment.name.starts_with('.'),
                "round {round}"
            );
            assert!(attachment.body.end <= bytes.len());
        }
        let text = String::from_utf8_lossy(&bytes);
        assert_nothing_lost(&text, &own_words(&text));
        if round % 64 == 0 {
            drop(inspect(&bytes, &settings()));
        }
    }
}

//! How fast replies are read: one core, the full reader, texts as people write them.

use super::{Figure, Goal};
use crate::domain::reply::{Channel, Context, Expects, Prompt, PromptKind, Reader, ReadingKind, understand};
use chrono::{DateTime, Utc};
use chrono_tz::Europe::London;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// How long each figure is measured.
const FOR: Duration = Duration::from_secs(2);

/// Ordinary replies, with the kind of question they answer.
const REPLIES: [(Asked, &str); 36] = [
    (Asked::Count, "4"),
    (Asked::Count, "5 days this week"),
    (Asked::Count, "three i think"),
    (Asked::Count, "Only managed 2, knee was playing up"),
    (Asked::Count, "every day bar sunday"),
    (Asked::Count, "none sorry been away with the grandkids"),
    (Asked::Count, "5. no 4"),
    (Asked::Count, "did it mon tues and thurs"),
    (Asked::Count, "Hello, I walked to the shop and back four times. Thanks, Jean"),
    (Asked::Visit, "yes"),
    (Asked::Visit, "YES I will be there"),
    (Asked::Visit, "no cant make it, work"),
    (Asked::Visit, "can we do thursday instead pls"),
    (Asked::Visit, "Ok thank you 👍"),
    (Asked::Visit, "is it at the new building?"),
    (Asked::Agenda, "1 my feet 2 tablets 3 tired all the time"),
    (Asked::Agenda, "the numbness in my toes, whether i still need metformin and can i drive"),
    (Asked::Agenda, "nothing thanks"),
    (Asked::Agenda, "sleep"),
    (Asked::Pressure, "138/82"),
    (Asked::Pressure, "135 over 80 pulse 71"),
    (Asked::Pressure, "bp was 142 / 88 this morning and 136/84 tonight"),
    (Asked::Pressure, "machine says error"),
    (Asked::Scale, "7"),
    (Asked::Scale, "about a 6 or 7 out of ten"),
    (Asked::Nothing, "thank you"),
    (Asked::Nothing, "can i have a repeat prescription please"),
    (Asked::Nothing, "what time do you close on friday"),
    (Asked::Nothing, "my weight is 12 stone 4"),
    (Asked::Nothing, "sugars were 7.2 before breakfast"),
    (Asked::Nothing, "STOP"),
    (Asked::Nothing, "please stop these messages now"),
    (Asked::Nothing, "who is this"),
    (Asked::Nothing, "no chest pain or anything, just a cold"),
    (Asked::Nothing, "ive moved house do you need my new address"),
    (Asked::Nothing, "Sorry wrong number love"),
];

#[derive(Clone, Copy)]
enum Asked {
    Count,
    Visit,
    Agenda,
    Pressure,
    Scale,
    Nothing,
}

fn prompt(asked: Asked, now: DateTime<Utc>) -> Option<Prompt> {
    let (kind, expects) = match asked {
        Asked::Count => (PromptKind::GoalProgress, Expects::days_of_a_week()),
        Asked::Visit => (
            PromptKind::Appointment,
            Expects::Appointment { starts_at: (now + chrono::Duration::days(2)).fixed_offset(), with: None },
        ),
        Asked::Agenda => (PromptKind::Agenda, Expects::Agenda { max_items: Some(3) }),
        Asked::Pressure => (PromptKind::Reading, Expects::Reading { reading: ReadingKind::Bp }),
        Asked::Scale => (PromptKind::Wellbeing, Expects::nought_to_ten()),
        Asked::Nothing => return None,
    };
    Some(Prompt { kind, text: "How did it go?".to_owned(), expects })
}

/// Reads ordinary replies for some seconds and gives the figures.
pub fn measure(reader: &Reader) -> Vec<Figure> {
    // A Monday morning: dates are reckoned from it.
    let now = DateTime::from_timestamp(1_799_056_800, 0).unwrap_or_default();
    let lines: Vec<(Option<Prompt>, &str)> = REPLIES.iter().map(|(asked, text)| (prompt(*asked, now), *text)).collect();
    let read = |prompt: &Option<Prompt>, text: &str| {
        let context =
            Context { prompt: prompt.as_ref(), received_at: now, zone: London, channel: Channel::Sms, reader };
        black_box(understand(black_box(text), &context));
    };
    let mut times = Vec::new();
    let start = Instant::now();
    while start.elapsed() < FOR {
        for (prompt, text) in &lines {
            let before = Instant::now();
            read(prompt, text);
            times.push(before.elapsed());
        }
    }
    let per_second = times.len() as f64 / start.elapsed().as_secs_f64();
    times.sort_unstable();
    let p99 = times.get(times.len() * 99 / 100).copied().unwrap_or_default();
    vec![
        Figure {
            name: "replies read by one core",
            value: per_second,
            unit: "/s",
            must: Some(Goal::AtLeast(200_000.0)),
            ambition: Some(Goal::AtLeast(1_000_000.0)),
            note: String::new(),
        },
        Figure {
            name: "an ordinary reply, p99",
            value: p99.as_secs_f64() * 1_000.0,
            unit: "ms",
            must: Some(Goal::AtMost(0.1)),
            ambition: None,
            note: String::new(),
        },
        Figure {
            name: "time for twice the length",
            value: doubling(|text| read(&None, text)),
            unit: "times",
            must: Some(Goal::AtMost(2.3)),
            ambition: None,
            note: String::new(),
        },
        Figure {
            name: "email replies read by one core",
            value: emails(reader, now),
            unit: "/s",
            must: Some(Goal::AtLeast(50_000.0)),
            ambition: None,
            note: String::new(),
        },
    ]
}

/// The worst growth from a length to its double, by the fastest of several rounds each: what is left is not the machine's noise.
fn doubling(read: impl Fn(&str)) -> f64 {
    const SENTENCE: &str = "I walked to the shop and back, then my knee was sore so I had a rest at 3pm. ";
    let fastest = |repeats: usize| {
        let text = SENTENCE.repeat(repeats);
        let rounds = (0..15).map(|_| {
            let before = Instant::now();
            read(&text);
            before.elapsed()
        });
        rounds.min().unwrap_or_default().as_secs_f64()
    };
    [16, 64, 256].into_iter().map(|n| fastest(2 * n) / fastest(n).max(1e-9)).fold(0.0, f64::max)
}

/// Texts of emails with the thread below: what is the person's own is cut out first.
fn emails(reader: &Reader, now: DateTime<Utc>) -> f64 {
    const MAIL: &str = "Yes I will be there. Can we talk about my feet?\n\nThanks\nJean\n\n\
        On Mon, 4 Jan 2027 at 10:00, The Surgery <replies@example.net> wrote:\n> Can you come? Reply YES or NO.\n>\n> Thank you\n";
    let prompt = prompt(Asked::Visit, now);
    let context = Context { prompt: prompt.as_ref(), received_at: now, zone: London, channel: Channel::Email, reader };
    let start = Instant::now();
    let mut count = 0_u32;
    while start.elapsed() < FOR {
        for _ in 0..50 {
            black_box(understand(black_box(MAIL), &context));
        }
        count += 50;
    }
    f64::from(count) / start.elapsed().as_secs_f64()
}

//! Training the weights: from the same labelled replies the same weights every time.
//!
//! Danger and the second reader learn from words. The judge learns from both of them and from what the rules found, and only from
//! replies by which the rules were never changed: elsewhere the rules look better than they are. For the same reason it hears of
//! each writer's replies what models say that have not learned them.

mod descent;

use super::asked::asked;
use super::by_rules;
use super::danger;
use super::draft::Draft;
use super::evaluate::Labelled;
use super::features::{Seen, features, features_of_answer};
use super::findings::{self, Case};
use super::judge;
use super::likeness;
use super::reader::Reader;
use super::resemblance::{BIAS, FAMILY, Resemblance, WeightsError};
use super::second_opinion;
use super::second_reader::SecondReader;
use super::text::Text;
use super::understanding::Route;
use descent::{Course, Examples};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

const DANGER: Course = Course { rounds: 16, step: 0.3, held_by: 2, shrink: 1e-4, prior: 0.0, smallest: 0.15 };
const FAMILIES: Course = Course { rounds: 20, step: 0.3, held_by: 2, shrink: 1e-4, prior: 0.0, smallest: 1.0 };
const INTENTS: Course = Course { rounds: 20, step: 0.3, held_by: 3, shrink: 1e-4, prior: 0.0, smallest: 0.7 };
const FILED: Course = Course { rounds: 20, step: 0.3, held_by: 3, shrink: 1e-4, prior: 0.0, smallest: 0.7 };
const JUDGE: Course = Course { rounds: 30, step: 0.1, held_by: 6, shrink: 0.0, prior: 10.0, smallest: 0.05 };

/// In so many parts the writers are left out, one part at a time.
const PARTS: usize = 3;

const RED_FLAG: &str = "red_flag";

const NOTE: &str = "# Made by `between replies train`; not to be edited by hand.";

/// The two files of weights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weights {
    /// `config/resemblance.tsv`.
    pub resemblance: String,
    /// `config/second-reader.tsv`.
    pub second_reader: String,
}

/// Learns from labelled lines in the schema of `between replies evaluate`. `unread` are those by which the rules were never
/// changed; without them there is no judge, and the second reader has no say. Lines that do not parse are left out.
pub fn train<'a>(
    lines: impl Iterator<Item = &'a str>,
    unread: impl Iterator<Item = &'a str>,
    reader: &Reader,
) -> Result<Weights, WeightsError> {
    let lines = lines.map(|line| (line, false)).chain(unread.map(|line| (line, true)));
    let lessons: Vec<Lesson> = lines.filter_map(|(line, unread)| Lesson::read(line, unread, reader)).collect();
    let resemblance = danger(lessons.iter());
    let mut second_reader = second(lessons.iter());
    let writers: BTreeSet<&str> = lessons.iter().filter(|l| l.unread).map(|l| l.writer.as_str()).collect();
    let mut bench = Bench::default();
    for part in 0..PARTS.min(writers.len()) {
        let out: BTreeSet<&str> = writers.iter().copied().skip(part).step_by(PARTS).collect();
        let left_out = |lesson: &&Lesson| lesson.unread && out.contains(lesson.writer.as_str());
        let danger = Resemblance::from_text(&danger(lessons.iter().filter(|l| !left_out(l))))?;
        let second = SecondReader::from_text(&second(lessons.iter().filter(|l| !left_out(l))))?;
        for lesson in lessons.iter().filter(left_out) {
            bench.hear(lesson, &danger, &second, reader);
        }
    }
    second_reader.push_str(&bench.weights());
    Ok(Weights { resemblance, second_reader })
}

/// One labelled reply, read once.
struct Lesson {
    labelled: Labelled,
    unread: bool,
    /// The id's first part.
    writer: String,
    intent: String,
    asked: [&'static str; 2],
    words: String,
    /// Without what was denied.
    danger_words: String,
    /// Labelled in every respect, and not only as danger or none.
    full: bool,
    needs_nobody: bool,
}

impl Lesson {
    fn read(line: &str, unread: bool, reader: &Reader) -> Option<Self> {
        let labelled: Labelled = serde_json::from_str(line).ok()?;
        let context = labelled.line.context(reader);
        let text = Text::new(&labelled.line.reply, &context);
        let danger_words = likeness::spelled(&text, &danger::read(&text, context.asked_reading()));
        let id = labelled.line.id.as_str().unwrap_or_default();
        Some(Self {
            unread,
            writer: id.split('-').next().unwrap_or_default().to_owned(),
            intent: labelled.expected.get("intent")?.as_str()?.to_owned(),
            asked: asked(&context),
            words: second_opinion::spelled(&text),
            danger_words,
            full: labelled.expected.contains_key("also"),
            needs_nobody: labelled.needs_nobody(),
            labelled,
        })
    }
}

/// The file of weights of danger.
fn danger<'l>(lessons: impl Iterator<Item = &'l Lesson>) -> String {
    let (mut examples, mut flags) = (Examples::default(), Examples::default());
    let mut families_of: Vec<&str> = Vec::new();
    for lesson in lessons {
        let mut reply = examples.reply();
        features(&lesson.danger_words, |feature, _| reply.see(&feature, 1.0));
        reply.of_class(usize::from(lesson.intent == RED_FLAG), true);
        if let Some(family) = lesson.labelled.expected.get("flag").and_then(|flag| flag.as_str()) {
            let mut reply = flags.reply();
            features(&lesson.danger_words, |feature, _| {
                if feature.is_word() {
                    reply.see(&feature, 1.0);
                }
            });
            reply.of_class(place(&mut families_of, family), true);
        }
    }
    let trained = examples.descend(&DANGER, 1);
    let mut file = format!("{NOTE}\n{:.3}\t{BIAS}\n", trained.bias.first().copied().unwrap_or_default());
    for (name, weights) in examples.kept(&trained, &DANGER) {
        for (_, weight) in weights {
            let _ = writeln!(file, "{weight:.2}\t{name}");
        }
    }
    families(&mut file, &flags, &families_of);
    file
}

fn families(file: &mut String, examples: &Examples, families: &[&str]) {
    let trained = examples.descend(&FAMILIES, families.len());
    let mut all: Outputs<'_> = BTreeMap::new();
    gather(&mut all, BIAS, trained.bias.iter().copied().enumerate().collect(), families);
    write_line(file, &format!("{FAMILY}{BIAS}"), &all.remove(BIAS).unwrap_or_default());
    for (name, weights) in examples.kept(&trained, &FAMILIES) {
        gather(&mut all, name, weights, families);
    }
    for (name, weights) in &all {
        write_line(file, &format!("{FAMILY}{name}"), weights);
    }
}

/// The file of weights of the second reader, without the judge.
fn second<'l>(lessons: impl Iterator<Item = &'l Lesson>) -> String {
    let (mut meanings, mut filed) = (Examples::default(), Examples::default());
    let mut intents: Vec<&str> = Vec::new();
    for lesson in lessons.filter(|l| l.full) {
        let mut reply = filed.reply();
        features_of_answer(&lesson.words, lesson.asked, |feature, _| reply.see(&feature, 1.0));
        reply.of_class(usize::from(lesson.needs_nobody), true);
        // Danger has a model of its own.
        if lesson.intent != RED_FLAG {
            let mut reply = meanings.reply();
            features_of_answer(&lesson.words, lesson.asked, |feature, _| reply.see(&feature, 1.0));
            reply.of_class(place(&mut intents, &lesson.intent), true);
        }
    }
    let trained = meanings.descend(&INTENTS, intents.len());
    let needs = filed.descend(&FILED, 1);
    let mut all: Outputs<'_> = BTreeMap::new();
    gather(&mut all, BIAS, trained.bias.iter().copied().enumerate().collect(), &intents);
    gather(&mut all, BIAS, needs.bias.iter().copied().enumerate().collect(), &[judge::FILED]);
    let bias = all.remove(BIAS).unwrap_or_default();
    for (name, weights) in meanings.kept(&trained, &INTENTS) {
        gather(&mut all, name, weights, &intents);
    }
    for (name, weights) in filed.kept(&needs, &FILED) {
        gather(&mut all, name, weights, &[judge::FILED]);
    }
    let mut file = format!("{NOTE}\n");
    write_line(&mut file, BIAS, &bias);
    for (name, weights) in &all {
        write_line(&mut file, name, weights);
    }
    file
}

/// By feature, what it says for each output.
type Outputs<'a> = BTreeMap<&'a str, Vec<(&'a str, f32)>>;

fn gather<'a>(all: &mut Outputs<'a>, name: &'a str, weights: Vec<(usize, f32)>, outputs: &[&'a str]) {
    let named = weights.into_iter().filter_map(|(number, weight)| Some((*outputs.get(number)?, weight)));
    all.entry(name).or_default().extend(named);
}

fn write_line(file: &mut String, name: &str, weights: &[(&str, f32)]) {
    let pairs: Vec<String> = weights.iter().map(|(output, weight)| format!("{weight:.2} {output}")).collect();
    let _ = writeln!(file, "{}\t{name}", pairs.join(" "));
}

fn place<'a>(known: &mut Vec<&'a str>, word: &'a str) -> usize {
    known.iter().position(|k| *k == word).unwrap_or_else(|| {
        known.push(word);
        known.len() - 1
    })
}

/// Where the judge learns.
#[derive(Default)]
struct Bench<'l> {
    meanings: Examples,
    filed: Examples,
    urgent: Examples,
    intents: Vec<&'l str>,
}

impl<'l> Bench<'l> {
    fn hear(&mut self, lesson: &'l Lesson, danger: &Resemblance, second: &SecondReader, reader: &Reader) {
        let context = lesson.labelled.line.context(reader);
        let mut text = Text::new(&lesson.labelled.line.reply, &context);
        let mut draft = Draft::default();
        let Some(found) = by_rules(&mut text, &context, &mut draft) else { return };
        let opinion = second.of(&Seen::of(lesson.words.clone()), lesson.asked);
        let case = Case {
            text: &text,
            context: &context,
            found: &found,
            draft: &draft,
            words: &lesson.words,
            opinion: &opinion,
            danger: danger.of(&Seen::of(lesson.danger_words.clone())).0,
        };
        let (mut meanings, mut filed, mut urgent) = (self.meanings.reply(), self.filed.reply(), self.urgent.reply());
        findings::each(&case, second, |feature, value| {
            meanings.see(&feature, value);
            filed.see(&feature, value);
            urgent.see(&feature, value);
        });
        meanings.of_class(place(&mut self.intents, &lesson.intent), false);
        let is_urgent = lesson.labelled.expected.get("route").and_then(|r| r.as_str()) == Some("urgent");
        urgent.of_class(usize::from(is_urgent), false);
        draft.route = Route::Auto;
        draft.cautions.clear();
        filed.of_class(usize::from(lesson.labelled.may_be_filed(&draft.finish())), false);
    }

    /// The judge's lines of the file.
    fn weights(&self) -> String {
        let mut file = String::new();
        if self.intents.is_empty() {
            return file;
        }
        let heads = [
            (&self.meanings, self.intents.as_slice()),
            (&self.filed, &[judge::FILED][..]),
            (&self.urgent, &[judge::URGENT][..]),
        ];
        let mut all: Outputs<'_> = BTreeMap::new();
        for (examples, outputs) in heads {
            let trained = examples.descend(&JUDGE, outputs.len());
            gather(&mut all, judge::BIAS, trained.bias.iter().copied().enumerate().collect(), outputs);
            for (name, weights) in examples.kept(&trained, &JUDGE) {
                gather(&mut all, name, weights, outputs);
            }
        }
        let bias = all.remove(judge::BIAS).unwrap_or_default();
        write_line(&mut file, judge::BIAS, &bias);
        for (name, weights) in &all {
            write_line(&mut file, name, weights);
        }
        file
    }
}

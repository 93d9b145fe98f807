//! A file into resources: bundle, single resource, list or NDJSON, each with its place.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::domain::import::{FileKind, Place, RefusalReason};

/// Nesting beyond which no real resource goes (questionnaires reach about 20).
const MAX_DEPTH: usize = 64;

/// What every resource begins with.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Head<'a> {
    #[serde(borrow)]
    pub(super) resource_type: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) implicit_rules: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) modifier_extension: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    pub(super) contained: Option<Vec<&'a RawValue>>,
}

/// One resource of a file.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) place: Place,
    pub(super) full_url: Option<String>,
    pub(super) raw: &'a str,
    pub(super) head: Head<'a>,
    /// The entry it is contained in.
    pub(super) parent: Option<usize>,
}

impl Entry<'_> {
    /// The resource type, `""` when there is none.
    pub(super) fn kind(&self) -> &str {
        self.head.resource_type.as_deref().unwrap_or_default()
    }

    /// `Type/id`.
    pub(super) fn local_reference(&self) -> Option<String> {
        self.head.id.as_ref().map(|id| format!("{}/{id}", self.kind()))
    }
}

/// What a place held that is no resource to read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Other {
    /// Refused, with a detail that holds no data.
    Refused(Place, RefusalReason, Option<String>),
    /// A request without a resource.
    Request,
    /// A request to delete.
    Deletion,
    /// The list of files of a bulk export.
    Manifest,
}

/// A file taken apart.
#[derive(Debug)]
pub(super) struct Split<'a> {
    pub(super) kind: FileKind,
    pub(super) entries: Vec<Entry<'a>>,
    pub(super) others: Vec<Other>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Bundle<'a> {
    #[serde(rename = "type", borrow)]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    entry: Option<Vec<&'a RawValue>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct BundleEntry<'a> {
    full_url: Option<String>,
    #[serde(borrow)]
    resource: Option<&'a RawValue>,
    request: Option<Request>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Request {
    method: Option<String>,
}

/// Takes a text apart. The outer form decides: one JSON value, or one on each line.
pub(super) fn split(text: &str, ndjson: bool) -> Result<Split<'_>, (RefusalReason, Option<String>)> {
    if text.trim().is_empty() {
        return Err((RefusalReason::FileEmpty, None));
    }
    if !ndjson {
        match serde_json::from_str::<&RawValue>(text) {
            Ok(one) => return one_value(one.get()),
            Err(error) => {
                let several = first_line_is_whole(text);
                if !several {
                    return Err((RefusalReason::JsonBroken, Some(position(&error))));
                }
            }
        }
    }
    let mut split = Split { kind: FileKind::FhirNdjson, entries: Vec::new(), others: Vec::new() };
    for (at, line) in text.split('\n').enumerate() {
        if !line.trim().is_empty() {
            split.add(Place::Line(at as u64 + 1), None, line.trim());
        }
    }
    Ok(split)
}

fn first_line_is_whole(text: &str) -> bool {
    let line = text.trim_start().lines().next().unwrap_or_default();
    serde_json::from_str::<&RawValue>(line).is_ok()
}

/// Line and column of a JSON error. Its own words may quote the data, so they are not used.
pub(super) fn position(error: &serde_json::Error) -> String {
    format!("at line {} column {}", error.line(), error.column())
}

fn one_value(text: &str) -> Result<Split<'_>, (RefusalReason, Option<String>)> {
    let mut split = Split { kind: FileKind::FhirBundle, entries: Vec::new(), others: Vec::new() };
    if text.starts_with('[') {
        let list: Vec<&RawValue> =
            serde_json::from_str(text).map_err(|e| (RefusalReason::JsonBroken, Some(position(&e))))?;
        for (at, raw) in list.into_iter().enumerate() {
            split.add(Place::Entry(at as u64 + 1), None, raw.get());
        }
        return Ok(split);
    }
    let head: Head<'_> = serde_json::from_str(text).map_err(|_| (RefusalReason::FormatUnknown, None))?;
    match head.resource_type.as_deref() {
        None if is_manifest(text) => {
            split.kind = FileKind::NotUsed;
            split.others.push(Other::Manifest);
            Ok(split)
        }
        None => Err((RefusalReason::FormatUnknown, None)),
        Some("Bundle") => bundle(text, split),
        Some(_) => {
            split.kind = FileKind::FhirResource;
            split.add(Place::Entry(1), None, text);
            Ok(split)
        }
    }
}

fn is_manifest(text: &str) -> bool {
    #[derive(Deserialize)]
    struct Manifest<'a> {
        #[serde(rename = "transactionTime", borrow)]
        _time: Cow<'a, str>,
        #[serde(rename = "output", borrow)]
        _output: Vec<&'a RawValue>,
    }
    serde_json::from_str::<Manifest<'_>>(text).is_ok()
}

fn bundle<'a>(text: &'a str, mut split: Split<'a>) -> Result<Split<'a>, (RefusalReason, Option<String>)> {
    let bundle: Bundle<'a> =
        serde_json::from_str(text).map_err(|e| (RefusalReason::BundleNotImportable, Some(position(&e))))?;
    let kind = bundle.kind.unwrap_or_default();
    // Responses report on requests and a history repeats old versions: neither says what holds now.
    if !matches!(kind.as_ref(), "" | "transaction" | "batch" | "collection" | "searchset" | "document" | "message") {
        return Err((RefusalReason::BundleNotImportable, None));
    }
    for (at, raw) in bundle.entry.unwrap_or_default().into_iter().enumerate() {
        let place = Place::Entry(at as u64 + 1);
        match serde_json::from_str::<BundleEntry<'a>>(raw.get()) {
            Err(error) => split.others.push(Other::Refused(place, RefusalReason::ShapeWrong, Some(position(&error)))),
            Ok(BundleEntry { full_url, resource: Some(resource), .. }) => split.add(place, full_url, resource.get()),
            Ok(BundleEntry { request: Some(request), .. }) if request.method.as_deref() == Some("DELETE") => {
                split.others.push(Other::Deletion);
            }
            Ok(_) => split.others.push(Other::Request),
        }
    }
    Ok(split)
}

impl<'a> Split<'a> {
    fn add(&mut self, place: Place, full_url: Option<String>, raw: &'a str) {
        if depth(raw) > MAX_DEPTH {
            self.others.push(Other::Refused(place, RefusalReason::TooDeep, None));
            return;
        }
        let head: Head<'a> = match serde_json::from_str(raw) {
            Ok(head) => head,
            Err(error) => {
                self.others.push(Other::Refused(place, RefusalReason::ShapeWrong, Some(position(&error))));
                return;
            }
        };
        if head.resource_type.is_none() {
            let detail = Some("no resourceType".to_owned());
            self.others.push(Other::Refused(place, RefusalReason::ShapeWrong, detail));
            return;
        }
        let contained = head.contained.clone().unwrap_or_default();
        let parent = self.entries.len();
        self.entries.push(Entry { place, full_url, raw, head, parent: None });
        // Observations inside a report are results like any other; other contained resources are only pointed at.
        for inner in contained {
            if let Ok(head) = serde_json::from_str::<Head<'a>>(inner.get())
                && head.resource_type.as_deref() == Some("Observation")
            {
                self.entries.push(Entry { place, full_url: None, raw: inner.get(), head, parent: Some(parent) });
            }
        }
    }
}

/// Deepest nesting of objects and lists, without recursion.
fn depth(text: &str) -> usize {
    let (mut now, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                now += 1;
                deepest = deepest.max(now);
            }
            b'}' | b']' if !in_string => now = now.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s15_depth_is_counted_outside_strings() {
        assert_eq!(depth(r#"{"a":[{"b":"[[[{{\"{"}]}"#), 3);
        assert_eq!(depth(&"[".repeat(1_000_000)), 1_000_000);
    }

    #[test]
    fn forms() {
        fn form(text: &str) -> Result<(FileKind, usize, usize), RefusalReason> {
            let split = split(text, false).map_err(|(reason, _)| reason)?;
            Ok((split.kind, split.entries.len(), split.others.len()))
        }
        let kind = |text: &str| form(text);
        let patient = r#"{"resourceType":"Patient","id":"1"}"#;
        assert_eq!(kind(patient), Ok((FileKind::FhirResource, 1, 0)));
        assert_eq!(kind(&format!("{patient}\r\n{patient}\n")), Ok((FileKind::FhirNdjson, 2, 0)));
        assert_eq!(kind(&format!("{patient}\n{{broken\n{patient}")), Ok((FileKind::FhirNdjson, 2, 1)));
        assert_eq!(kind(&format!("[{patient}]")), Ok((FileKind::FhirBundle, 1, 0)));
        let bundle = |t: &str| {
            format!(
                r#"{{"resourceType":"Bundle","type":"{t}","entry":[{{"resource":{patient}}},{{"request":{{"method":"GET"}}}},7]}}"#
            )
        };
        assert_eq!(kind(&bundle("batch")), Ok((FileKind::FhirBundle, 1, 2)));
        assert!(matches!(kind(&bundle("history")), Err(RefusalReason::BundleNotImportable)));
        assert!(matches!(kind("{\"a\":1}"), Err(RefusalReason::FormatUnknown)));
        assert!(matches!(kind("{\"a\":"), Err(RefusalReason::JsonBroken)));
        assert!(matches!(kind("  "), Err(RefusalReason::FileEmpty)));
        let deep = format!("{{\"resourceType\":\"Patient\",\"x\":{}{}}}", "[".repeat(70), "]".repeat(70));
        assert_eq!(kind(&deep), Ok((FileKind::FhirResource, 0, 1)));
        let deeper = format!("{{\"resourceType\":\"Patient\",\"x\":{}", "[".repeat(200_000));
        assert!(kind(&deeper).is_err());
    }
}

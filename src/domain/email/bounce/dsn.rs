//! The fields of RFC 3464, in the part made for them or in plain text.

use super::codes;

/// What is told of one recipient.
#[derive(Debug, Clone, Default)]
pub(super) struct Status {
    pub recipient: Option<String>,
    pub action: String,
    pub code: Option<String>,
    pub diagnostic: String,
}

/// Most recipients of one report that are read: our mails have one.
const MAX_RECIPIENTS: usize = 50;

/// Reads all groups of fields. A group without any recipient is about the message and is left out.
pub(super) fn read(text: &str) -> Vec<Status> {
    let mut found: Vec<Status> = Vec::new();
    let mut group: Vec<(String, String)> = Vec::new();
    for line in text.lines().chain(std::iter::once("")) {
        if line.trim().is_empty() {
            if let Some(status) = status_of(&group)
                && found.len() < MAX_RECIPIENTS
            {
                found.push(status);
            }
            group.clear();
        } else if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = group.last_mut().filter(|(_, value)| value.len() < 4_000) {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            group.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        } else if let Some((_, value)) =
            group.last_mut().filter(|(name, value)| name == "diagnostic-code" && value.len() < 4_000)
        {
            // Continued without indentation.
            value.push(' ');
            value.push_str(line.trim());
        }
    }
    found
}

/// The same within a text for people: only if it names a recipient and an action or a status.
pub(super) fn read_in_text(text: &str) -> Vec<Status> {
    let has = |name: &str| {
        text.lines()
            .any(|line| line.trim_start().get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)))
    };
    if !has("final-recipient:") || !(has("action:") || has("status:")) {
        return Vec::new();
    }
    let unindented: String = text.lines().flat_map(|line| [line.trim_start_matches(['>', ' ']), "\n"]).collect();
    read(&unindented).into_iter().filter(|status| status.recipient.is_some()).collect()
}

fn status_of(group: &[(String, String)]) -> Option<Status> {
    let get = |name: &str| group.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let diagnostic = get("diagnostic-code").unwrap_or_default().to_owned();
    let raw_status = get("status").unwrap_or_default();
    let named: Vec<String> = ["final-recipient", "original-recipient", "x-actual-recipient"]
        .iter()
        .filter_map(|name| get(name).and_then(recipient_of))
        .collect();
    // Some servers give the name of a channel of theirs for the domain: then what we wrote to says more.
    let of_the_net = |address: &&String| address.rsplit('@').next().is_some_and(|domain| domain.contains('.'));
    let recipient = named.iter().find(of_the_net).or_else(|| named.first()).cloned();
    if recipient.is_none() && get("action").is_none() && raw_status.is_empty() {
        return None;
    }
    let action = get("action").unwrap_or_default();
    let action = action.split([' ', '(', ';']).next().unwrap_or_default().to_ascii_lowercase();
    let code = codes::find(raw_status).enhanced.or_else(|| {
        let word = raw_status.split([' ', '(']).next().unwrap_or_default();
        let two = word.starts_with('2') && word.split('.').count() == 3;
        two.then(|| word.to_owned())
    });
    let action = match action.as_str() {
        "failed" | "failure" | "error" | "failed." => "failed".to_owned(),
        "delayed" | "delivered" | "relayed" | "expanded" => action,
        // Not told, or told in another language: the status decides.
        _ => match code.as_deref().and_then(|code| code.chars().next()) {
            Some('2') => "delivered".to_owned(),
            _ => "failed".to_owned(),
        },
    };
    Some(Status { recipient, action, code: code.filter(|code| !code.starts_with('2')), diagnostic })
}

/// The address of `rfc822; <joan@example.net>`.
fn recipient_of(value: &str) -> Option<String> {
    let address = value.rsplit(';').next().unwrap_or_default();
    super::recipients::first_address(address)
}

/// The recipient that failed, else one that waits, else whatever is told.
pub(super) fn choose(statuses: &[Status]) -> Option<&Status> {
    // A group that names nobody is about the whole message, wherever it stands.
    let somebody = statuses.iter().any(|status| status.recipient.is_some());
    let about = || statuses.iter().filter(|status| !somebody || status.recipient.is_some());
    ["failed", "delayed"]
        .iter()
        .find_map(|action| about().find(|status| status.action == *action))
        .or_else(|| about().next())
}

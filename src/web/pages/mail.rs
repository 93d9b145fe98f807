//! What came with an email: its files, by name only, and why a person must look at it.

use super::parts::row;
use crate::store::mails::{AttachmentRow, MailView};
use maud::{Markup, html};

/// The part of a message's page that is about the mail behind it.
pub(super) fn section(mail: &MailView, files: &[AttachmentRow]) -> Markup {
    let doubts: Vec<String> = serde_json::from_str(&mail.doubts).unwrap_or_default();
    html! {
        @if !doubts.is_empty() {
            h2.nhsuk-heading-m { "Why a person must look at it" }
            ul.nhsuk-list.nhsuk-list--bullet { @for doubt in &doubts { li { (sentence(doubt)) } } }
        }
        @if !mail.whole {
            p { "The whole email has " (size(mail.full_size)) ". Only its beginning was fetched: the rest is in the mailbox." }
        }
        @if !files.is_empty() {
            h2.nhsuk-heading-m { "Files that came with it" }
            p { "They were not opened. Anybody can give a file any name: open them only as you would open any file from outside." }
            dl.nhsuk-summary-list {
                @for file in files { (row(&file.name, &html! { (file.content_type) ", " (size(file.size)) @if file.inline { ", a picture in the text" } })) }
            }
        }
    }
}

fn size(bytes: i64) -> String {
    match bytes {
        ..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}

/// A sentence for each word of `domain::email::Doubt` and of the intake.
fn sentence(doubt: &str) -> &'static str {
    match doubt {
        "not_whole" => "It is too large: only its beginning was read.",
        "no_words" => "It has no words of the person's own.",
        "not_authenticated" => "The mail server could not confirm that it comes from this address.",
        "dmarc_failed" => "The mail server says that the sender's address is forged.",
        "forged_authentication" => "It carries a false confirmation of its sender.",
        "no_sender" => "It does not say who it is from.",
        "several_senders" | "repeated_header" => "It says in several ways who it is from or to.",
        "name_is_other_address" => "The name shown for the sender is another email address.",
        "reply_to_elsewhere" => "It asks for answers to go to another address.",
        "envelope_elsewhere" => "It was sent by another domain than it says.",
        "control_in_header" => "Its headers hold hidden characters.",
        "several_tokens" => "It answers two different messages.",
        "sealed" => "It is encrypted or sealed and could not be read.",
        "text_capped" | "too_large" | "too_many_parts" | "too_deep" => "It has more than the program reads.",
        "undecodable" => "Some of its letters could not be read.",
        _ => "The program could not read it.",
    }
}

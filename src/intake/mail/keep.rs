//! Kept first: the mail as it came and the message it is, in one transaction, once.

use super::reading::Taken;
use crate::intake::receive::storable;
use crate::outreach::{Engine, OutreachError};
use crate::store::ledger::MessageRow;
use crate::store::mails::{AttachmentRow, MailRow};
use crate::store::{inbox, ledger, mails};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::collections::BTreeSet;

/// Keeps mails durably, in one transaction. Returns how many are new: a known one changes nothing.
pub async fn keep(engine: &Engine, gateway: &str, taken: &[Taken]) -> Result<usize, OutreachError> {
    let now = engine.clock.now_ms();
    let messages: Vec<MessageRow> = taken
        .iter()
        .map(|mail| MessageRow {
            id: engine.clock.id(),
            direction: "in".to_owned(),
            status: "received".to_owned(),
            channel: Some("email".to_owned()),
            address: Some(storable(&mail.from)),
            gateway: Some(gateway.to_owned()),
            provider_reference: Some(mail.reference.clone()),
            subject: mail.subject.as_deref().map(storable),
            body: Some(storable(&mail.text)),
            in_reply_to: mail.token.clone(),
            facts: "{}".to_owned(),
            due_at: now,
            created_at: now,
            updated_at: now,
            ..MessageRow::default()
        })
        .collect();
    engine.practices().await?;
    let mut tx = engine.db.begin().await?;
    let ids = ledger::insert(&mut tx, &messages).await?;
    let new: BTreeSet<&String> = ids.iter().collect();
    let mut rows = Vec::with_capacity(ids.len());
    let mut files = Vec::new();
    for (mail, message) in taken.iter().zip(&messages).filter(|(_, message)| new.contains(&message.id)) {
        rows.push(MailRow {
            message_id: message.id.clone(),
            raw: STANDARD.encode(&mail.raw),
            full_size: mail.full_size as i64,
            whole: mail.full_size <= mail.raw.len(),
            class: mail.class.clone(),
            doubts: as_json(&mail.doubts),
            reading: as_json(&mail.reading),
            mail_id: mail.mail_id.as_deref().map(storable),
            received_at: now,
        });
        files.extend(mail.files.iter().enumerate().map(|(position, (file, sha256))| AttachmentRow {
            message_id: message.id.clone(),
            position: position as i64 + 1,
            name: storable(&file.name),
            content_type: storable(&file.content_type),
            size: file.size as i64,
            sha256: sha256.clone(),
            inline: file.inline,
        }));
    }
    mails::insert(&mut tx, &rows).await?;
    mails::insert_attachments(&mut tx, &files).await?;
    inbox::insert(&mut tx, &ids).await?;
    tx.commit().await?;
    Ok(ids.len())
}

fn as_json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

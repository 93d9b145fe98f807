//! Twilio's message statuses and error codes in our words.
//! From its public documentation: "Message resource" and "Error and warning dictionary".

use crate::domain::delivery::{DeliveryStatus, SendFailure};

/// A message status with its error code; `None` for a status that outgoing messages do not have.
pub(super) fn status(status: &str, code: Option<u32>) -> Option<DeliveryStatus> {
    let text = || code.map_or_else(|| "none".to_owned(), |code| code.to_string());
    Some(match status {
        "queued" | "accepted" | "scheduled" | "sending" => DeliveryStatus::Accepted,
        "sent" => DeliveryStatus::Sent,
        "delivered" | "read" => DeliveryStatus::Delivered,
        "undelivered" | "failed" if code == Some(21_610) => DeliveryStatus::OptedOut,
        "undelivered" => DeliveryStatus::Undelivered { code: text(), permanent: is_address_at_fault(code) },
        "failed" => DeliveryStatus::Failed { code: text(), permanent: is_address_at_fault(code) },
        "canceled" => DeliveryStatus::Failed { code: "canceled".to_owned(), permanent: false },
        _ => return None,
    })
}

fn is_address_at_fault(code: Option<u32>) -> bool {
    // 30004 blocked handset, 30005 unknown handset, 30006 landline or carrier that takes no texts.
    // 30003 (switched off), 30007 (filtered) and 30008 (unknown) say nothing lasting about the number.
    matches!(code, Some(30_004..=30_006 | 21_211 | 21_614 | 21_217))
}

/// The meaning of a refusal's code; `None` leaves it to the HTTP status.
pub(super) fn refusal(code: u32) -> Option<SendFailure> {
    let text = code.to_string();
    Some(match code {
        21_610 => SendFailure::OptedOut,
        // Invalid number, not a mobile number, invalid format.
        21_211 | 21_214 | 21_217 | 21_614 => SendFailure::BadAddress { code: text },
        // Authentication, account suspended, permission for the region, sender missing, not ours or not able.
        20_003 | 20_005 | 21_408 | 21_603 | 21_606 | 21_659 | 21_660 | 21_701..=21_705 => SendFailure::NotConfigured,
        // Queue of the sender full, concurrency, rate.
        21_611 | 14_107 | 20_429 => SendFailure::Throttled { retry_after_ms: None },
        // Text missing or too long; a number this sender cannot reach.
        21_602 | 21_605 | 21_612 | 21_617 => SendFailure::Rejected { code: text, permanent: true },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_and_codes() {
        let undelivered = |code: &str, permanent| DeliveryStatus::Undelivered { code: code.into(), permanent };
        for (word, code, expected) in [
            ("queued", None, DeliveryStatus::Accepted),
            ("sent", None, DeliveryStatus::Sent),
            ("delivered", None, DeliveryStatus::Delivered),
            ("undelivered", Some(30_003), undelivered("30003", false)),
            ("undelivered", Some(30_004), undelivered("30004", true)),
            ("undelivered", Some(30_005), undelivered("30005", true)),
            ("undelivered", Some(30_006), undelivered("30006", true)),
            ("undelivered", Some(30_007), undelivered("30007", false)),
            ("undelivered", Some(30_008), undelivered("30008", false)),
            ("failed", Some(21_610), DeliveryStatus::OptedOut),
            ("failed", None, DeliveryStatus::Failed { code: "none".into(), permanent: false }),
        ] {
            assert_eq!(status(word, code), Some(expected), "{word} {code:?}");
        }
        assert_eq!(status("received", None), None);
    }
}

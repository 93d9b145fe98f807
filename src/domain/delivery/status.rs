//! How far a message got, and the rule by which reports move it.

use serde::{Deserialize, Serialize};

/// The state of an accepted message as its gateway reports it. "Accepted" is an acknowledgement, never a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// The gateway has it.
    Accepted,
    /// The gateway handed it to the network or the next mail server.
    Sent,
    /// It reached the handset or mailbox.
    Delivered,
    /// The network could not deliver it.
    Undelivered {
        /// The provider's code.
        code: String,
        /// Whether the address itself is at fault.
        permanent: bool,
    },
    /// The gateway gave up before the network had it.
    Failed {
        /// The provider's code.
        code: String,
        /// Whether the address or message is at fault.
        permanent: bool,
    },
    /// The gateway stopped it because the person opted out there.
    OptedOut,
}

impl DeliveryStatus {
    /// The word stored in the database.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Undelivered { .. } => "undelivered",
            Self::Failed { .. } => "failed",
            Self::OptedOut => "opted_out",
        }
    }

    /// The provider's code, where there is one.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Undelivered { code, .. } | Self::Failed { code, .. } => Some(code),
            _ => None,
        }
    }

    /// How far along this status is. A report moves a message only to a higher rank; a delivery wins over everything.
    pub fn rank(&self) -> u8 {
        match self {
            Self::Accepted => 0,
            Self::Sent => 1,
            Self::Undelivered { permanent: false, .. } => 2,
            Self::Failed { permanent: false, .. } => 3,
            Self::Undelivered { permanent: true, .. } => 4,
            Self::Failed { permanent: true, .. } => 5,
            Self::OptedOut => 6,
            Self::Delivered => 7,
        }
    }

    /// Whether a report of `self` changes a message that stands at `current`.
    ///
    /// Equal ranks are settled by the code, so that the outcome of any set of reports does not depend on their order.
    pub fn supersedes(&self, current: &Self) -> bool {
        (self.rank(), self.code()) > (current.rank(), current.code())
    }

    /// Whether the provider has nothing more to say.
    pub fn is_final(&self) -> bool {
        self.rank() > 1
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::DeliveryStatus as D;

    fn settle(reports: &[D]) -> D {
        let mut state = D::Accepted;
        for report in reports {
            if report.supersedes(&state) {
                state = report.clone();
            }
        }
        state
    }

    fn any_status() -> impl Strategy<Value = D> {
        let code = prop_oneof![Just("1"), Just("2"), Just("3")];
        (0..6u8, code, any::<bool>()).prop_map(|(kind, code, permanent)| {
            let code = code.to_owned();
            match kind {
                0 => D::Accepted,
                1 => D::Sent,
                2 => D::Delivered,
                3 => D::Undelivered { code, permanent },
                4 => D::Failed { code, permanent },
                _ => D::OptedOut,
            }
        })
    }

    #[test]
    fn f30_delivered_then_sent_and_repeats_stay_delivered() {
        let mut reports = vec![D::Delivered, D::Sent];
        reports.extend(std::iter::repeat_n(D::Accepted, 5));
        reports.push(D::Failed { code: "late".to_owned(), permanent: true });
        assert_eq!(settle(&reports), D::Delivered);
    }

    #[test]
    fn f28_an_acknowledgement_is_never_a_delivery() {
        assert_eq!(settle(&[D::Accepted, D::Sent]), D::Sent);
        assert!(!D::Sent.is_final());
    }

    proptest! {
        #[test]
        fn order_and_repetition_do_not_matter(
            reports in proptest::collection::vec(any_status(), 0..8).prop_shuffle(),
            seed in any::<u64>(),
        ) {
            let mut other = reports.clone();
            other.extend(reports.clone());
            let turn = (seed as usize) % other.len().max(1);
            other.rotate_left(turn);
            other.sort_by_key(|s| s.rank().wrapping_mul(seed as u8 | 1));
            prop_assert_eq!(settle(&reports), settle(&other));
        }
    }
}

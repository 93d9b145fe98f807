//! The closed list of reasons why a send did not succeed.

use serde::{Deserialize, Serialize};

/// Why one attempt did not end in an acceptance. Codes are ours or the provider's, never personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "failure", rename_all = "snake_case")]
pub enum SendFailure {
    /// No connection was made (name, route, refused, TLS): nothing of the message left.
    #[error("gateway unreachable ({detail_code})")]
    Unreachable {
        /// What stood in the way: `dns`, `connect`, `connect_timeout`, `tls`.
        detail_code: String,
    },
    /// The gateway asked us to come back later and took nothing.
    #[error("gateway asked to wait")]
    Throttled {
        /// The gateway's own wish in milliseconds: a floor for the next try.
        retry_after_ms: Option<i64>,
    },
    /// The gateway understood the request and refused it.
    #[error("gateway refused the message ({code})")]
    Rejected {
        /// The provider's code.
        code: String,
        /// Whether the same message would be refused again.
        permanent: bool,
    },
    /// An answer came that proves nothing: HTML with 200, an empty or cut body, a server error. The outcome is unknown.
    #[error("gateway's answer proves nothing ({code})")]
    BadResponse {
        /// What was wrong with the answer.
        code: String,
    },
    /// The provider keeps a list of people who opted out, and this address is on it.
    #[error("the provider holds an opt-out for this address")]
    OptedOut,
    /// The address cannot receive: not a number, a landline, an unknown mailbox.
    #[error("the address cannot receive ({code})")]
    BadAddress {
        /// The provider's code.
        code: String,
    },
    /// Credentials, template or sender are not set up: a person must mend the configuration.
    #[error("the gateway is not set up for this")]
    NotConfigured,
    /// The time ran out, or the connection broke, after the request may have arrived. The outcome is unknown.
    #[error("no answer in time, outcome unknown")]
    TimedOut,
    /// The message was no longer useful when its turn came.
    #[error("the message was past its use")]
    Expired,
}

impl SendFailure {
    /// Whether it is sure that nothing was sent, so that trying again cannot double the message.
    pub fn certainly_not_sent(&self) -> bool {
        !matches!(self, Self::BadResponse { .. } | Self::TimedOut)
    }

    /// Whether trying the same message at the same address again is useless.
    pub fn permanent(&self) -> bool {
        match self {
            Self::Rejected { permanent, .. } => *permanent,
            Self::OptedOut | Self::BadAddress { .. } | Self::Expired => true,
            Self::Unreachable { .. }
            | Self::Throttled { .. }
            | Self::BadResponse { .. }
            | Self::NotConfigured
            | Self::TimedOut => false,
        }
    }

    /// The shortest wait before the next try, in milliseconds, where the failure names one.
    pub fn retry_floor_ms(&self) -> Option<i64> {
        match self {
            Self::Throttled { retry_after_ms } => *retry_after_ms,
            // A person has to act first; asking every few seconds only fills the log.
            Self::NotConfigured => Some(5 * 60_000),
            _ => None,
        }
    }

    /// A short code for records, logs and metrics.
    pub fn code(&self) -> &str {
        match self {
            Self::Unreachable { detail_code } => detail_code,
            Self::Throttled { .. } => "throttled",
            Self::Rejected { code, .. } | Self::BadResponse { code } | Self::BadAddress { code } => code,
            Self::OptedOut => "opted_out",
            Self::NotConfigured => "not_configured",
            Self::TimedOut => "timed_out",
            Self::Expired => "expired",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::SendFailure as F;

    fn code() -> String {
        "x1".to_owned()
    }

    #[test]
    fn each_failure_says_whether_it_was_sent_and_whether_to_try_again() {
        let table = [
            (F::Unreachable { detail_code: code() }, true, false),
            (F::Throttled { retry_after_ms: None }, true, false),
            (F::Rejected { code: code(), permanent: false }, true, false),
            (F::Rejected { code: code(), permanent: true }, true, true),
            (F::BadResponse { code: code() }, false, false),
            (F::OptedOut, true, true),
            (F::BadAddress { code: code() }, true, true),
            (F::NotConfigured, true, false),
            (F::TimedOut, false, false),
            (F::Expired, true, true),
        ];
        for (failure, not_sent, permanent) in table {
            assert_eq!(failure.certainly_not_sent(), not_sent, "{failure:?}");
            assert_eq!(failure.permanent(), permanent, "{failure:?}");
            let json = serde_json::to_string(&failure).unwrap();
            assert_eq!(serde_json::from_str::<F>(&json).unwrap(), failure);
        }
    }

    #[test]
    fn the_provider_s_wish_is_the_floor() {
        let failure = F::Throttled { retry_after_ms: Some(90_000) };
        assert_eq!(failure.retry_floor_ms(), Some(90_000));
        assert_eq!(F::TimedOut.retry_floor_ms(), None);
    }
}

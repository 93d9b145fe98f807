//! The address an answer comes back to: `reply+TOKEN@domain`.

use thiserror::Error;

/// Shortest and longest token, in characters.
const TOKEN_LENGTH: std::ops::RangeInclusive<usize> = 6..=64;

/// Where the token stands in an address. Compared without regard to case, since some mail servers
/// change it; tokens are therefore lower case letters, digits and `-`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum TokenPattern {
    /// Whatever stands between the first `+` and the `@` of any address.
    #[default]
    AnyPlus,
    /// Between a fixed beginning and a fixed end.
    Exact {
        /// Up to the token, for instance `reply+`.
        before: String,
        /// From the token on, for instance `@example.nhs.uk`.
        after: String,
    },
}

/// Why a pattern or token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TokenFault {
    /// The pattern must hold the word TOKEN exactly once, before an `@` and a domain.
    #[error("the reply address needs TOKEN once, before the @")]
    NoPlace,
    /// The rest of the pattern is not an address.
    #[error("the reply address is not an email address")]
    NotAnAddress,
    /// Six to 64 lower case letters, digits and dashes.
    #[error("a token has 6 to 64 characters a-z, 0-9 and -")]
    BadToken,
}

impl TokenPattern {
    /// Reads `reply+TOKEN@example.nhs.uk` from the configuration.
    pub fn parse(pattern: &str) -> Result<Self, TokenFault> {
        let (before, after) = pattern.split_once("TOKEN").ok_or(TokenFault::NoPlace)?;
        if before.contains('@') || after.contains("TOKEN") || !after.contains('@') {
            return Err(TokenFault::NoPlace);
        }
        if !super::headers::is_address(&format!("{before}token1{after}")) {
            return Err(TokenFault::NotAnAddress);
        }
        Ok(Self::Exact { before: before.to_ascii_lowercase(), after: after.to_ascii_lowercase() })
    }

    /// The address that carries `token`; needs an exact pattern.
    pub fn address(&self, token: &str) -> Result<String, TokenFault> {
        let Self::Exact { before, after } = self else {
            return Err(TokenFault::NoPlace);
        };
        if !is_token(token) {
            return Err(TokenFault::BadToken);
        }
        let address = format!("{before}{token}{after}");
        if super::headers::is_address(&address) { Ok(address) } else { Err(TokenFault::BadToken) }
    }

    /// The token within an address, in lower case.
    #[must_use]
    pub fn token_in(&self, address: &str) -> Option<String> {
        let address = address.trim().to_ascii_lowercase();
        let token = match self {
            Self::AnyPlus => address.split_once('@')?.0.split_once('+')?.1,
            Self::Exact { before, after } => address.strip_prefix(before.as_str())?.strip_suffix(after.as_str())?,
        };
        is_token(token).then(|| token.to_owned())
    }
}

fn is_token(token: &str) -> bool {
    TOKEN_LENGTH.contains(&token.len())
        && token.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

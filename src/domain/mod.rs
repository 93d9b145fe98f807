//! Values and rules. Nothing here reads a clock, a socket or a database: time and ids are arguments.

/// An enum whose variants are stored and shown as fixed lower-case words.
macro_rules! text_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$variant_meta])* #[serde(rename = $text)] $variant),+
        }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word used in the database, in files and on the command line.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::domain::UnknownWord;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err($crate::domain::UnknownWord { kind: stringify!($name), word: text.to_owned() }),
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::domain::UnknownWord;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }
    };
}

/// A word that is none of those an enum knows.
#[derive(Debug, thiserror::Error)]
#[error("\"{word}\" is not a {kind}")]
pub struct UnknownWord {
    /// The enum that was asked.
    pub kind: &'static str,
    /// The word as given.
    pub word: String,
}

pub mod calendar;
pub mod consent;
pub mod conversation;
pub mod decision;
pub mod delivery;
pub mod email;
pub mod identifiers;
pub mod import;
pub mod markdown;
pub mod message;
pub mod plan;
pub mod practice;
pub mod programme;
pub mod reason;
pub mod record;
pub mod reply;
pub mod result;
pub mod rhythm;
#[cfg(test)]
pub(crate) mod shared_data;
pub mod sms;
pub mod source;
pub mod template;

//! Words that record systems use for yes and no, statuses, channels and formats.

use crate::domain::import::{AppointmentStatus, ContactChannel, ContactFormat};

/// Yes or no; `None` for anything else.
pub(crate) fn yes_no(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "y" | "yes" | "true" | "t" | "1" | "x" => Some(true),
        "n" | "no" | "false" | "f" | "0" | "none" => Some(false),
        _ => None,
    }
}

/// Status of an appointment, in FHIR's words and those of the record systems.
pub(crate) fn appointment_status(text: &str) -> Option<AppointmentStatus> {
    use AppointmentStatus as S;
    Some(match text.trim().to_lowercase().as_str() {
        "booked" | "b" | "not started" | "slot booked" | "confirmed" => S::Booked,
        "proposed" | "pending" | "waitlist" | "requested" => S::Proposed,
        "arrived" | "checked-in" | "checked in" | "fulfilled" | "attended" | "seen" | "left" | "finished"
        | "in progress" | "started" | "sent in" | "quiet" => S::Attended,
        "cancelled" | "canceled" | "cancelled by patient" | "cancelled by unit" | "cancelled by practice" => {
            S::Cancelled
        }
        "noshow" | "no show" | "dna" | "did not attend" | "missed" | "walked out" => S::Missed,
        "entered-in-error" | "entered in error" => S::EnteredInError,
        _ => return None,
    })
}

/// Preferred channel, by the UK Core code or in words.
pub(crate) fn channel(text: &str) -> Option<ContactChannel> {
    use ContactChannel as C;
    Some(match text.trim().to_lowercase().as_str() {
        "1" | "letter" | "post" | "mail" => C::Letter,
        "2" | "visit" | "home visit" => C::Visit,
        "3" | "telephone" | "phone" | "call" => C::Telephone,
        "4" | "e-mail" | "email" => C::Email,
        "5" | "minicom" | "textphone" | "minicom (textphone)" => C::Textphone,
        "6" | "telephone contact via proxy" | "proxy" => C::Other,
        "9" | "sms" | "text" | "text message" | "short message service" => C::Sms,
        _ => return None,
    })
}

/// "Do not telephone", by the UK Core code or in words.
pub(crate) fn is_no_telephone(text: &str) -> bool {
    matches!(text.trim().to_lowercase().as_str(), "8" | "no telephone" | "no telephone contact" | "do not telephone")
}

/// Written format, by the UK Core code or in words.
pub(crate) fn format(text: &str) -> Option<ContactFormat> {
    use ContactFormat as F;
    Some(match text.trim().to_lowercase().as_str() {
        "11" | "large print" | "large font" => F::LargePrint,
        "12" | "braille" => F::Braille,
        "13" | "audio" | "audio tape" | "audio cd" => F::Audio,
        "easy read" | "easyread" => F::EasyRead,
        _ => return None,
    })
}

/// `SMITH, John (Mr)` and `Mr John Smith` into family and given names.
pub(crate) fn split_name(name: &str) -> (String, String) {
    const TITLES: [&str; 10] = ["mr", "mrs", "miss", "ms", "mx", "dr", "master", "prof", "rev", "sir"];
    let is_title = |w: &str| {
        let word: String = w.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect();
        TITLES.contains(&word.as_str())
    };
    let words =
        |text: &str| -> Vec<String> { text.split_whitespace().filter(|w| !is_title(w)).map(str::to_owned).collect() };
    if let Some((family, given)) = name.split_once(',') {
        return (words(family).join(" "), words(given).join(" "));
    }
    let mut all = words(name);
    let family = all.pop().unwrap_or_default();
    (family, all.join(" "))
}

#[cfg(test)]
mod tests {
    use super::split_name;

    #[test]
    fn names() {
        for (name, family, given) in [
            ("SMITH, John (Mr)", "SMITH", "John"),
            ("Mr John Paul Smith", "Smith", "John Paul"),
            ("van der Berg, Anna", "van der Berg", "Anna"),
            ("Cher", "Cher", ""),
        ] {
            assert_eq!(split_name(name), (family.to_owned(), given.to_owned()));
        }
    }
}

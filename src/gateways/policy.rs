//! What a gateway may be used for: facts of the provider, narrowed by the practice's settings.

use serde::Deserialize;

use crate::domain::delivery::Channel;

/// The limits within which the rest of the program uses a gateway.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// What it carries.
    pub channels: Vec<Channel>,
    /// Whether people can answer: a question never goes out where this is false.
    pub two_way: bool,
    /// Sends a second, shared by all workers.
    pub rate_per_second: f64,
    /// Calls under way at once.
    pub in_flight: usize,
    /// When it sends, in the practice's local time; `None` is always.
    pub hours: Option<DeliveryHours>,
    /// Whether it can be asked what became of a message.
    pub can_be_asked: bool,
    /// Whether "not found" means only that a repeat is recognised: then the message may be repeated here, and nowhere else.
    pub repeats_only_here: bool,
    /// The longest text in characters.
    pub max_characters: u32,
    /// The longest text in SMS segments.
    pub max_segments: u32,
    /// Whether texts outside the GSM 7-bit alphabet are allowed.
    pub ucs2_allowed: bool,
    /// The gateway that carries safety texts and STOP confirmations when this one may not.
    pub safety_gateway: Option<String>,
    /// The number, name or mailbox messages come from.
    pub sender: Option<String>,
    /// Its place among the gateways of a channel: the lowest goes first.
    pub order: u32,
}

/// The part of the day and week in which a gateway delivers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeliveryHours {
    /// First minute of the local day.
    pub from_minute: u16,
    /// First minute of the local day that no longer belongs.
    pub to_minute: u16,
    /// Monday to Friday only.
    pub weekdays_only: bool,
}

impl DeliveryHours {
    /// Whether a local time lies inside. `weekday` counts from Monday = 0.
    pub fn allows(self, weekday: u8, minute_of_day: u16) -> bool {
        (self.from_minute..self.to_minute).contains(&minute_of_day) && (!self.weekdays_only || weekday < 5)
    }
}

/// The `policy` table of a gateway's settings: what is not set stays as the provider has it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicySettings {
    /// Its place among the gateways of a channel: the lowest goes first.
    pub order: Option<u32>,
    /// Whether people can answer.
    pub two_way: Option<bool>,
    /// Sends a second.
    pub rate_per_second: Option<f64>,
    /// Calls under way at once.
    pub in_flight: Option<usize>,
    /// When it sends.
    pub hours: Option<HoursSettings>,
    /// The longest text in characters.
    pub max_characters: Option<u32>,
    /// The longest text in SMS segments.
    pub max_segments: Option<u32>,
    /// Whether texts outside the GSM 7-bit alphabet are allowed.
    pub ucs2_allowed: Option<bool>,
    /// The gateway for safety texts.
    pub safety_gateway: Option<String>,
}

/// Delivery hours as written in a settings file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoursSettings {
    /// `HH:MM`, local time.
    pub from: String,
    /// `HH:MM`, local time; `24:00` is the end of the day.
    pub to: String,
    /// Monday to Friday only.
    #[serde(default)]
    pub weekdays_only: bool,
}

impl HoursSettings {
    fn read(&self) -> Option<DeliveryHours> {
        let (from_minute, to_minute) = (minute(&self.from)?, minute(&self.to)?);
        (from_minute < to_minute).then_some(DeliveryHours { from_minute, to_minute, weekdays_only: self.weekdays_only })
    }
}

fn minute(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    let minute = hours * 60 + minutes;
    (minutes < 60 && minute <= 24 * 60).then_some(minute)
}

impl PolicySettings {
    /// The provider's policy with these settings applied, or each fault as (field, problem).
    pub(super) fn apply(&self, mut policy: Policy) -> Result<Policy, Vec<(&'static str, &'static str)>> {
        let mut faults = Vec::new();
        policy.order = self.order.unwrap_or(policy.order);
        policy.two_way = self.two_way.unwrap_or(policy.two_way);
        policy.ucs2_allowed = self.ucs2_allowed.unwrap_or(policy.ucs2_allowed);
        policy.safety_gateway = self.safety_gateway.clone().or(policy.safety_gateway);
        policy.max_characters = self.max_characters.unwrap_or(policy.max_characters);
        policy.max_segments = self.max_segments.unwrap_or(policy.max_segments);
        match self.rate_per_second {
            Some(rate) if rate.is_finite() && rate > 0.0 => policy.rate_per_second = rate,
            Some(_) => faults.push(("policy.rate_per_second", "must be above 0")),
            None => {}
        }
        match self.in_flight {
            Some(0) => faults.push(("policy.in_flight", "must be at least 1")),
            Some(n) => policy.in_flight = n,
            None => {}
        }
        if policy.max_characters == 0 || policy.max_segments == 0 {
            faults.push(("policy.max_characters, policy.max_segments", "must be at least 1"));
        }
        if let Some(hours) = &self.hours {
            match hours.read() {
                Some(hours) => policy.hours = Some(hours),
                None => faults.push(("policy.hours", "must be two times HH:MM, the first before the second")),
            }
        }
        if faults.is_empty() { Ok(policy) } else { Err(faults) }
    }
}

/// Whether a sender is a name: people cannot answer it.
pub(super) fn is_name(sender: &str) -> bool {
    sender.chars().any(char::is_alphabetic)
}

impl Default for Policy {
    /// A two-way SMS gateway without particulars.
    fn default() -> Self {
        Self {
            channels: vec![Channel::Sms],
            two_way: true,
            rate_per_second: 10.0,
            in_flight: 8,
            hours: None,
            can_be_asked: false,
            repeats_only_here: false,
            // GOV.UK Notify's limit, which is also six GSM segments: longer texts are not texts any more.
            max_characters: 918,
            max_segments: 6,
            ucs2_allowed: true,
            safety_gateway: None,
            sender: None,
            order: 100,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_half_open_and_know_the_weekend() {
        let hours = HoursSettings { from: "08:00".into(), to: "18:00".into(), weekdays_only: true };
        let hours = hours.read().unwrap();
        for (weekday, minute, inside) in [
            (0, 8 * 60, true),
            (0, 8 * 60 - 1, false),
            (4, 18 * 60 - 1, true),
            (4, 18 * 60, false),
            (5, 12 * 60, false),
        ] {
            assert_eq!(hours.allows(weekday, minute), inside, "{weekday} {minute}");
        }
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let settings = PolicySettings {
            rate_per_second: Some(0.0),
            in_flight: Some(0),
            max_segments: Some(0),
            hours: Some(HoursSettings { from: "18:00".into(), to: "8:00".into(), weekdays_only: false }),
            ..PolicySettings::default()
        };
        assert_eq!(settings.apply(Policy::default()).unwrap_err().len(), 4);
    }

    #[test]
    fn what_is_not_set_stays_as_the_provider_has_it() {
        let provider = Policy { rate_per_second: 50.0, ..Policy::default() };
        assert_eq!(PolicySettings::default().apply(provider.clone()), Ok(provider));
    }
}

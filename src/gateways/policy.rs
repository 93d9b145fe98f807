//! What a gateway may be used for: facts of the provider, narrowed by the practice's settings.

use chrono::{Datelike, Duration, NaiveDate, NaiveTime};
use chrono_tz::Tz;
use serde::Deserialize;

use crate::clock::instant;
use crate::domain::calendar::{local_date, resolve};
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
    /// Also on bank holidays.
    pub bank_holidays: bool,
}

/// Longer than any row of weekends and bank holidays.
const DAYS_AHEAD: i64 = 14;

impl DeliveryHours {
    /// The first moment from `from` (UTC milliseconds) on at which it delivers; `from` itself while it does. `is_holiday` says
    /// which local dates are bank holidays.
    pub fn opens_at(self, from: i64, zone: Tz, is_holiday: impl Fn(NaiveDate) -> bool) -> i64 {
        let today = local_date(instant(from), zone);
        let at = |date: NaiveDate, minute: u16| {
            let time = date.and_time(NaiveTime::MIN).checked_add_signed(Duration::minutes(minute.into()))?;
            Some(resolve(zone, time).timestamp_millis())
        };
        let found = (0..DAYS_AHEAD).find_map(|days| {
            let date = today.checked_add_signed(Duration::days(days))?;
            let closed = self.weekdays_only && date.weekday().num_days_from_monday() >= 5;
            if closed || (!self.bank_holidays && is_holiday(date)) {
                return None;
            }
            (from < at(date, self.to_minute)?).then_some(from.max(at(date, self.from_minute)?))
        });
        found.unwrap_or(from + DAYS_AHEAD * 86_400_000)
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
    /// Also on bank holidays. Without a word: where it delivers at weekends, too.
    pub bank_holidays: Option<bool>,
}

impl HoursSettings {
    fn read(&self) -> Option<DeliveryHours> {
        let (from_minute, to_minute) = (minute(&self.from)?, minute(&self.to)?);
        let weekdays_only = self.weekdays_only;
        let bank_holidays = self.bank_holidays.unwrap_or(!weekdays_only);
        (from_minute < to_minute).then_some(DeliveryHours { from_minute, to_minute, weekdays_only, bank_holidays })
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

    fn ms(at: &str) -> i64 {
        at.parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp_millis()
    }

    #[test]
    fn hours_are_half_open_and_know_weekends_bank_holidays_and_summer_time() {
        let good_friday_and_easter_monday = ["2027-03-26", "2027-03-29"].map(|d| d.parse::<NaiveDate>().unwrap());
        let table = [
            (None, "2027-03-25T08:00:00Z", "2027-03-25T08:00:00Z"),
            (None, "2027-03-25T07:59:59Z", "2027-03-25T08:00:00Z"),
            (None, "2027-03-25T17:59:59Z", "2027-03-25T17:59:59Z"),
            // Thursday evening before Easter: the next working day is Tuesday, and by then it is summer.
            (None, "2027-03-25T18:00:00Z", "2027-03-30T07:00:00Z"),
            (None, "2027-03-29T12:00:00Z", "2027-03-30T07:00:00Z"),
            (Some(true), "2027-03-25T18:00:00Z", "2027-03-26T08:00:00Z"),
            (Some(true), "2027-03-26T18:00:00Z", "2027-03-29T07:00:00Z"),
        ];
        for (bank_holidays, from, opens) in table {
            let hours = HoursSettings { from: "08:00".into(), to: "18:00".into(), weekdays_only: true, bank_holidays };
            let holiday = |date: NaiveDate| good_friday_and_easter_monday.contains(&date);
            let found = hours.read().unwrap().opens_at(ms(from), chrono_tz::Europe::London, holiday);
            assert_eq!(found, ms(opens), "{from} {bank_holidays:?}");
        }
        let always =
            HoursSettings { from: "00:00".into(), to: "24:00".into(), weekdays_only: false, bank_holidays: None };
        let now = ms("2027-03-27T23:59:59Z");
        assert_eq!(always.read().unwrap().opens_at(now, chrono_tz::Europe::London, |_| true), now);
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let settings = PolicySettings {
            rate_per_second: Some(0.0),
            in_flight: Some(0),
            max_segments: Some(0),
            hours: Some(HoursSettings {
                from: "18:00".into(),
                to: "8:00".into(),
                weekdays_only: false,
                bank_holidays: None,
            }),
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

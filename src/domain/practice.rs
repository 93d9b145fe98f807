//! A practice and how it wants to work: its hours, window, limits and whom to tell.

use super::calendar::{BankHolidays, Division, Holidays, OpeningHours, Window, parse_days};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The `[practice]` table: defaults for all, changed for one practice by its own settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each setting is explained where people read it: config/between.toml")]
pub struct PracticeSettings {
    pub phone: String,
    pub zone: Tz,
    pub holidays: Division,
    pub closed_days: Vec<NaiveDate>,
    pub language: String,
    pub minimum_age: u32,
    pub results_link: String,
    pub sms_gateways: Vec<String>,
    pub reply_domain: String,
    pub review_services: Vec<String>,
    pub window: WindowSettings,
    pub hours: BTreeMap<String, String>,
    pub limits: Limits,
    pub freshness: Freshness,
    pub results: ResultSettings,
    pub alerts: AlertSettings,
    pub safety: SafetyNumbers,
}

/// When planned messages go out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "explained in config/between.toml")]
pub struct WindowSettings {
    pub days: String,
    pub from: String,
    pub to: String,
    #[serde(default)]
    pub bank_holidays: bool,
}

/// How much one person gets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "explained in config/between.toml")]
pub struct Limits {
    pub per_day: i64,
    pub per_week: i64,
    pub auto_answers_per_day: i64,
    pub segments_per_day: i64,
    pub sudden_rise_factor: i64,
    pub sudden_rise_minimum: i64,
    pub appointment_week_days: i64,
}

/// How old the practice's data may be, in hours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "explained in config/between.toml")]
pub struct Freshness {
    pub patients_hours: i64,
    pub appointments_hours: i64,
}

/// Who owns held results.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "explained in config/between.toml")]
pub struct ResultSettings {
    pub hold_owner: String,
    pub hold_days: i64,
    pub hours_to_ask: i64,
    pub values_by_sms_owner: String,
}

/// Whom to tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "explained in config/between.toml")]
pub struct AlertSettings {
    pub route: String,
    pub second_route: String,
    pub escalate_after_minutes: i64,
    pub cover_hours: BTreeMap<String, String>,
    pub test_valid_days: i64,
    pub read_within_hours: i64,
}

/// Numbers to call, which differ between the nations of the UK.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "explained in config/between.toml")]
pub struct SafetyNumbers {
    pub urgent_number: String,
    pub emergency_number: String,
    pub crisis_line: String,
}

/// A practice ready to plan and send with.
#[derive(Clone, Debug)]
pub struct Practice {
    /// Our id.
    pub id: String,
    /// The name patients see.
    pub name: String,
    /// As configured.
    pub settings: PracticeSettings,
    /// Closed days.
    pub holidays: Holidays,
    /// When planned messages go out.
    pub window: Window,
    /// When somebody is there.
    pub hours: OpeningHours,
    /// When somebody acts on alerts.
    pub cover: OpeningHours,
    /// Since when sending is allowed.
    pub sending_allowed_at: Option<i64>,
    /// When each kind of data was last refreshed, UTC milliseconds.
    pub feeds: BTreeMap<String, i64>,
    /// When the alert route in force was last proven, UTC milliseconds.
    pub route_proven_at: Option<i64>,
}

fn time(text: &str) -> Result<NaiveTime, String> {
    NaiveTime::parse_from_str(text.trim(), "%H:%M").map_err(|_| format!("\"{text}\" is not a time like 09:00"))
}

/// Reads `"Mon-Fri" = "08:00-18:30"`; several periods of a day are separated by commas.
pub fn opening_hours(table: &BTreeMap<String, String>) -> Result<OpeningHours, String> {
    let mut hours = OpeningHours::new();
    for (days, periods) in table {
        let days = parse_days(days).map_err(|e| e.to_string())?;
        for period in periods.split(',') {
            let (from, to) =
                period.split_once('-').ok_or_else(|| format!("\"{period}\" is not a period like 08:00-18:30"))?;
            hours = hours.with(days, time(from)?, time(to)?).map_err(|e| e.to_string())?;
        }
    }
    Ok(hours)
}

impl WindowSettings {
    /// The window, or what is wrong with it.
    pub fn window(&self) -> Result<Window, String> {
        let days = parse_days(&self.days).map_err(|e| e.to_string())?;
        Window::new(days, time(&self.from)?, time(&self.to)?, !self.bank_holidays).map_err(|e| e.to_string())
    }
}

impl PracticeSettings {
    /// What is wrong, in sentences that name the setting; empty when a practice can work with it.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if let Err(fault) = self.window.window() {
            faults.push(format!("practice.window: {fault}"));
        }
        if let Err(fault) = opening_hours(&self.hours) {
            faults.push(format!("practice.hours: {fault}"));
        }
        if let Err(fault) = opening_hours(&self.alerts.cover_hours) {
            faults.push(format!("practice.alerts.cover_hours: {fault}"));
        }
        if self.limits.per_day < 1 || self.limits.per_week < 1 {
            faults.push("practice.limits: per_day and per_week must be at least 1".to_owned());
        }
        if !self.results_link.starts_with("https://") {
            faults.push("practice.results_link must begin with https://".to_owned());
        }
        faults
    }
}

impl Practice {
    /// Makes a practice from its settings, or says what is wrong with them.
    pub fn new(id: &str, name: &str, settings: PracticeSettings, bank: &BankHolidays) -> Result<Self, String> {
        let faults = settings.faults();
        if !faults.is_empty() {
            return Err(faults.join("; "));
        }
        let mut holidays = Holidays::new(bank.clone(), settings.holidays);
        for day in &settings.closed_days {
            holidays = holidays.with_closed_day(*day, "a day the practice is closed");
        }
        Ok(Self {
            id: id.to_owned(),
            name: name.to_owned(),
            holidays,
            window: settings.window.window()?,
            hours: opening_hours(&settings.hours)?,
            cover: opening_hours(&settings.alerts.cover_hours)?,
            settings,
            sending_allowed_at: None,
            feeds: BTreeMap::new(),
            route_proven_at: None,
        })
    }

    /// The person's zone: their own, or the practice's.
    pub fn zone_of(&self, zone: Option<&str>) -> Tz {
        zone.and_then(|name| name.parse().ok()).unwrap_or(self.settings.zone)
    }

    /// The part of the practice's window that a person also accepts; the practice's own when theirs leaves nothing.
    pub fn window_for(&self, own: Option<&Window>) -> Window {
        own.and_then(|own| self.window.intersect(own)).unwrap_or_else(|| self.window.clone())
    }

    /// Is somebody at the practice to read at this moment?
    pub fn is_open(&self, at: DateTime<Utc>) -> bool {
        self.hours.is_open(at, self.settings.zone, &self.holidays)
    }
}

//! The demo's clock.

use super::error::PageError;
use super::parts::safe_back;
use crate::clock::instant;
use crate::domain::calendar::{local_date, resolve};
use crate::web::AppState;
use axum::Form;
use axum::extract::State;
use axum::response::Redirect;
use chrono::{DateTime, Days, NaiveTime, Utc};
use chrono_tz::Tz;
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Move {
    to: String,
    #[serde(default)]
    back: String,
}

/// Begins to move the clock and goes back to the page, which shows how far it has come.
pub(super) async fn moved(State(state): State<AppState>, Form(form): Form<Move>) -> Result<Redirect, PageError> {
    let demo = state.demo.as_ref().ok_or(PageError::NotFound)?;
    let now = instant(state.engine.clock.now_ms());
    let zone = state.engine.config.practice.zone;
    let to = target(&form.to, now, zone).ok_or(PageError::Form("Choose how far the clock shall move."))?;
    demo.start_moving(to.timestamp_millis());
    Ok(Redirect::to(&safe_back(&form.back)))
}

/// An hour on, the next morning at 9, or seven days on at the same time of day.
fn target(word: &str, now: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
    let nine = NaiveTime::from_hms_opt(9, 0, 0)?;
    let today = local_date(now, zone);
    match word {
        "hour" => Some(now + chrono::Duration::hours(1)),
        "morning" => {
            let this = resolve(zone, today.and_time(nine));
            Some(if this > now { this } else { resolve(zone, today.succ_opt()?.and_time(nine)) })
        }
        "week" => {
            let time = crate::domain::calendar::local_time(now, zone);
            Some(resolve(zone, today.checked_add_days(Days::new(7))?.and_time(time)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn the_next_morning_and_week_keep_the_wall_clock_when_summer_time_begins() {
        let zone = chrono_tz::Europe::London;
        assert_eq!(target("morning", at("2027-03-27T08:00:00Z"), zone), Some(at("2027-03-27T09:00:00Z")));
        assert_eq!(target("morning", at("2027-03-27T10:00:00Z"), zone), Some(at("2027-03-28T08:00:00Z")));
        assert_eq!(target("week", at("2027-03-25T10:00:00Z"), zone), Some(at("2027-04-01T09:00:00Z")));
        assert_eq!(target("year", at("2027-03-25T10:00:00Z"), zone), None);
    }
}

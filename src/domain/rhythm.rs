//! The rhythm of goal check-ins: close at first, then rarer (domain reference §10).

use super::reason::Reason;
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

/// When check-ins fall, counted in days from the start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rhythm {
    /// The first check-in, days after the start.
    pub first_day: u32,
    /// How many weekly check-ins follow the first.
    pub weekly: u32,
    /// Then every two weeks until this week.
    pub fortnightly_until_week: u32,
    /// Then every so many days.
    pub later_every_days: u32,
    /// After so many unanswered check-ins in a row the gap doubles.
    pub rarer_after_silent: u32,
    /// After so many unanswered check-ins in a row the series ends and staff are told.
    pub stop_after_silent: u32,
}

impl Default for Rhythm {
    /// Day 2, weekly four times, fortnightly to week 12, then monthly; rarer after 2 silent, stop after 4.
    fn default() -> Self {
        Self {
            first_day: 2,
            weekly: 4,
            fortnightly_until_week: 12,
            later_every_days: 28,
            rarer_after_silent: 2,
            stop_after_silent: 4,
        }
    }
}

impl Rhythm {
    /// The local date of the next check-in strictly after `after`, or why there is none.
    pub fn next(&self, start: NaiveDate, after: NaiveDate, silent: u32) -> Result<NaiveDate, Reason> {
        if silent >= self.stop_after_silent {
            return Err(Reason::Silent);
        }
        let mut day = u64::from(self.first_day);
        let mut weekly_left = self.weekly;
        let thinning = if silent >= self.rarer_after_silent { 2 } else { 1 };
        // The steps of the series are few; a start many years back is walked in days of the last gap.
        for _ in 0..10_000 {
            let date = start.checked_add_days(Days::new(day)).ok_or(Reason::Expired)?;
            if date > after {
                return Ok(Self::thinned(date, after, self.gap(day, weekly_left), thinning));
            }
            day += self.gap(day, weekly_left);
            weekly_left = weekly_left.saturating_sub(1);
        }
        Err(Reason::Expired)
    }

    fn gap(&self, day: u64, weekly_left: u32) -> u64 {
        if weekly_left > 0 {
            7
        } else if day < u64::from(self.fortnightly_until_week) * 7 {
            14
        } else {
            u64::from(self.later_every_days.max(1))
        }
    }

    fn thinned(date: NaiveDate, after: NaiveDate, gap: u64, thinning: u64) -> NaiveDate {
        if thinning <= 1 {
            return date;
        }
        after.checked_add_days(Days::new(gap * thinning)).map_or(date, |rarer| rarer.max(date))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_goal_is_asked_about_on_day_2_then_weekly_then_fortnightly_then_monthly() {
        let rhythm = Rhythm::default();
        let start = date("2027-01-04");
        let mut at = start;
        let mut days = Vec::new();
        for _ in 0..12 {
            at = rhythm.next(start, at, 0).unwrap();
            days.push((at - start).num_days());
        }
        assert_eq!(days, [2, 9, 16, 23, 30, 44, 58, 72, 86, 114, 142, 170]);
    }

    #[test]
    fn two_silences_make_it_rarer_and_four_end_it() {
        let rhythm = Rhythm::default();
        let start = date("2027-01-04");
        assert_eq!(rhythm.next(start, date("2027-01-20"), 0), Ok(date("2027-01-27")));
        assert_eq!(rhythm.next(start, date("2027-01-20"), 2), Ok(date("2027-02-03")));
        assert_eq!(rhythm.next(start, date("2027-01-20"), 4), Err(Reason::Silent));
    }
}

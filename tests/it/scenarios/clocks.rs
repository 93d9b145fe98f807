//! R13: clock changes, leap day, year end, a clock that jumps back: every recurring send exactly once per local day.

use super::kit::ms;
use crate::app::{On, TestApp, phone};
use crate::on_both;
use between::clock::instant;
use chrono::Timelike;
use std::collections::BTreeMap;

/// Window and caps out of the way: what is tried is the clock.
const OPEN: &str = "[practice.window]\ndays = \"Mon-Sun\"\nfrom = \"00:00\"\nto = \"23:59\"\nbank_holidays = true\n
[practice.limits]\nper_day = 50\nper_week = 500\n";

async fn daily(app: &TestApp, name: &str, cron: &str) {
    let definition = format!(
            "name = \"{name}\"\ntitle = \"{name}\"\nabout = \"your goal\"\nwho = \"enrolled\"\n
             [[step]]\nid = \"{name}\"\nkind = \"goal_reminder\"\ntemplate = \"agenda_nudge_plain\"\npurpose = \"service\"\n
             when = {{ cron = \"{cron}\", useful_for_hours = 10 }}\npast_due = \"skip\"\n"
        )
        .replace("agenda_nudge_plain", "help");
    app.add_programme(name, definition).await;
    app.enrol("patient-0001", name, "").await;
}

/// Local wall times of what went out by step and local day.
async fn by_day(app: &TestApp, step: &str) -> BTreeMap<String, Vec<String>> {
    let mut days = BTreeMap::<String, Vec<String>>::new();
    for m in app.timeline("patient-0001").await {
        if m.step == step && m.status == "delivered" {
            let wall = instant(m.sent_at.unwrap()).with_timezone(&chrono_tz::Europe::London);
            days.entry(wall.format("%Y-%m-%d").to_string()).or_default().push(wall.format("%H:%M").to_string());
        }
    }
    days
}

async fn run(on: On, from: &str, to: &str) -> Option<TestApp> {
    let app = TestApp::start_with(on, from, OPEN).await?;
    app.person(1).await;
    for (name, cron) in
        [("early", "30 1 * * *"), ("nine", "0 9 * * *"), ("midnight", "0 0 * * *"), ("late", "45 23 * * *")]
    {
        daily(&app, name, cron).await;
    }
    app.advance_to(to).await;
    Some(app)
}

on_both! {
    async fn r13_in_march_each_rule_goes_once_and_0130_goes_at_0230(on) {
        let app = run(on, "2027-03-26T12:00:00Z", "2027-03-30T12:00:00Z").await?;
        for step in ["early", "nine", "midnight", "late"] {
            let days = by_day(&app, step).await;
            for day in ["2027-03-27", "2027-03-28", "2027-03-29"] {
                assert_eq!(days.get(day).map(Vec::len), Some(1), "{step} {day}: {days:?}");
            }
        }
        assert_eq!(by_day(&app, "early").await["2027-03-28"], ["02:30"]);
        assert_eq!(by_day(&app, "nine").await["2027-03-28"], ["09:00"]);
    }

    async fn r13_in_october_each_rule_goes_once_and_0130_goes_at_the_first(on) {
        let app = run(on, "2027-10-29T12:00:00Z", "2027-11-02T12:00:00Z").await?;
        for step in ["early", "nine", "midnight", "late"] {
            let days = by_day(&app, step).await;
            for day in ["2027-10-30", "2027-10-31", "2027-11-01"] {
                assert_eq!(days.get(day).map(Vec::len), Some(1), "{step} {day}: {days:?}");
            }
        }
        let early: Vec<_> = app.timeline("patient-0001").await.into_iter().filter(|m| m.step == "early").filter_map(|m| m.sent_at).collect();
        assert!(early.contains(&ms("2027-10-31T00:30:00Z")), "the first 01:30 of that night");
    }

    async fn r13_leap_day_and_year_end_are_days_like_others(on) {
        for (from, to, days) in [
            ("2028-02-27T12:00:00Z", "2028-03-02T12:00:00Z", ["2028-02-28", "2028-02-29", "2028-03-01"]),
            ("2027-12-30T12:00:00Z", "2028-01-02T12:00:00Z", ["2027-12-31", "2028-01-01", "2028-01-02"]),
        ] {
            let app = run(on, from, to).await?;
            for step in ["early", "nine", "midnight"] {
                let found = by_day(&app, step).await;
                for day in days {
                    assert_eq!(found.get(day).map(Vec::len), Some(1), "{step} {day}: {found:?}");
                }
            }
        }
    }

    async fn r13_a_clock_that_jumps_back_ten_minutes_neither_doubles_nor_skips(on) {
        let app = TestApp::start_with(on, "2027-06-01T12:00:00Z", OPEN).await?;
        app.person(1).await;
        daily(&app, "nine", "0 9 * * *").await;
        for day in 2..=6 {
            app.advance_to(&format!("2027-06-{day:02}T08:0{}:00Z", day % 5)).await;
            app.engine.clock.set_ms(app.now() - 600_000);
            app.engine.forget_practices();
        }
        app.advance_to("2027-06-07T12:00:00Z").await;
        let days = by_day(&app, "nine").await;
        for day in 2..=7 {
            let day = format!("2027-06-{day:02}");
            assert_eq!(days.get(&day).map(Vec::len), Some(1), "{day}: {days:?}");
        }
        // An answer given just before the jump is still an answer, once.
        app.text_in(&phone(1), "STOP").await;
        app.engine.clock.set_ms(app.now() - 600_000);
        app.advance_to_ms(app.now() + 1_200_000).await;
        let stops = app.sent("patient-0001").await.into_iter().filter(|(t, _)| t == "stop_confirmation").count();
        assert_eq!(stops, 1);
    }

    async fn r13_a_fixed_offset_is_not_a_zone_nothing_at_night_all_year(on) {
        // The shipped window over both changes: nine on the wall is nine on the wall (F08).
        let app = TestApp::start(on, "2027-03-25T12:00:00Z").await?;
        app.person(1).await;
        daily(&app, "nine", "0 9 * * *").await;
        app.advance_to("2027-04-02T12:00:00Z").await;
        app.engine.clock.set_ms(ms("2027-10-28T12:00:00Z"));
        app.advance_to("2027-11-05T12:00:00Z").await;
        let sent: Vec<_> = app.timeline("patient-0001").await.into_iter().filter(|m| m.status == "delivered").filter_map(|m| m.sent_at).collect();
        assert!(sent.len() >= 8, "{}", sent.len());
        for at in sent {
            let hour = instant(at).with_timezone(&chrono_tz::Europe::London).hour();
            assert!((9..18).contains(&hour), "{}", instant(at));
        }
    }
}

//! Programmes and their steps, to read.

use super::desk::{Desk, Menu};
use super::error::PageError;
use super::words;
use crate::domain::calendar::time_text;
use crate::domain::message::PastDue;
use crate::domain::programme::{Programme, Step, When, Who};
use crate::web::AppState;
use axum::extract::State;
use maud::{Markup, html};

pub(super) async fn page(State(state): State<AppState>) -> Result<Markup, PageError> {
    let desk = Desk::open(&state).await?;
    let practice = desk.practice()?;
    let body = html! {
        p { "What is sent, and when. A practice changes these as files: see the folder " code { "config/programmes" } "." }
        @for programme in &practice.programmes { (one(programme)) }
    };
    Ok(desk.page("Programmes", Menu::Programmes, "/programmes", &body))
}

fn one(programme: &Programme) -> Markup {
    html! {
        section.btw-section {
            h2.nhsuk-heading-m { (programme.title) }
            p.btw-quiet {
                @if programme.who == Who::Everyone { "For everybody with such an appointment." } @else { "For people who were enrolled." }
                @if let Some(most) = programme.per_week { " At most " (most) " a week." }
                @if !programme.excluded_tags.is_empty() { " Not for people with: " (programme.excluded_tags.join(", ").replace('_', " ")) "." }
            }
            table.nhsuk-table.btw-table {
                caption.nhsuk-table__caption { "Steps" }
                thead {
                    tr { th scope="col" { "Message" } th scope="col" { "When" } th scope="col" { "If it is late" } th scope="col" { "Topic" } }
                }
                tbody {
                    @for step in &programme.steps {
                        tr {
                            td data-label="Message" { a href={ "/wording#" (step.template) } { (words::message(step.kind.as_str(), &step.template)) } }
                            td data-label="When" { (when(&step.when)) (only_for(step)) }
                            td data-label="If it is late" { (late(step.past_due)) }
                            td data-label="Topic" { (words::purpose(step.purpose.as_str())) }
                        }
                    }
                }
            }
        }
    }
}

fn only_for(step: &Step) -> Markup {
    html! {
        @if !step.appointment_kinds.is_empty() { ", for: " (step.appointment_kinds.join(", ").replace('_', " ")) }
        @if step.priority >= crate::domain::decision::NEVER_CAPPED { ". Never capped away" }
    }
}

fn late(policy: PastDue) -> &'static str {
    match policy {
        PastDue::Send => "Sent while it is useful",
        PastDue::Skip => "Not sent",
        PastDue::Shorten => "Sent with shorter notice, if there is enough",
    }
}

/// "3 days before, 10am".
fn when(when: &When) -> String {
    let at = when.at.map_or_else(String::new, |at| format!(", {}", time_text(at)));
    if when.at_start {
        return "At the start".to_owned();
    }
    if let Some(cron) = &when.cron {
        return recurring(cron);
    }
    if let Some(rhythm) = &when.rhythm {
        return format!(
            "Day {}, then weekly {} times, every two weeks to week {}, then every {} days{at}",
            rhythm.first_day, rhythm.weekly, rhythm.fortnightly_until_week, rhythm.later_every_days
        );
    }
    let (number, unit) = match (when.days, when.working_days) {
        (Some(days), _) => (days, "day"),
        (None, Some(days)) => (days, "working day"),
        (None, None) => return "Not said".to_owned(),
    };
    let side = match number {
        0 => return format!("On the day{at}"),
        n if n < 0 => "before",
        _ => "after",
    };
    format!("{} {side}{at}", words::count(number.abs(), unit, &format!("{unit}s")))
}

/// "Every Tue, 9:30am" for the plain weekly form; any other expression as it is written.
fn recurring(cron: &str) -> String {
    if let [minute, hour, "*", "*", day] = cron.split_whitespace().collect::<Vec<_>>().as_slice()
        && let (Ok(minute), Ok(hour)) = (minute.parse(), hour.parse())
        && let Some(at) = chrono::NaiveTime::from_hms_opt(hour, minute, 0)
    {
        let day = if *day == "*" { "day" } else { day };
        return format!("Every {day}, {}", time_text(at));
    }
    format!("Recurring: {cron}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weekly_expression_is_said_in_words_and_others_are_shown() {
        assert_eq!(recurring("30 9 * * Tue"), "Every Tue, 9:30am");
        assert_eq!(recurring("0 10 1 * *"), "Recurring: 0 10 1 * *");
    }

    #[test]
    fn every_shipped_step_says_when_it_is_due() {
        for programme in crate::outreach::shipped_programmes().unwrap() {
            for step in &programme.steps {
                assert_ne!(when(&step.when), "Not said", "{}/{}", programme.name, step.id);
            }
        }
    }
}

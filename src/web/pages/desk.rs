//! What every page needs: the practice, the time, the counts beside the menu, and the frame around it.

use super::error::PageError;
use super::parts::{back_field, head};
use super::simulation::Progress;
use super::words::count;
use crate::clock::instant;
use crate::domain::calendar::{date_text, day_text, local, time_text};
use crate::outreach::{PracticeState, Practices};
use crate::store::views::lists::{self, DeskCounts};
use crate::web::AppState;
use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;
use maud::{DOCTYPE, Markup, html};
use std::sync::Arc;

/// Which part of the menu a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Menu {
    Today,
    People,
    Alerts,
    Inbox,
    Phone,
    Explain,
    Programmes,
    Wording,
}

/// "Thursday 6 August 2026".
pub(super) fn long_day(date: NaiveDate) -> String {
    format!("{} {}", day_text(date), date.year())
}

/// The practice's desk at this moment.
pub(super) struct Desk {
    practices: Arc<Practices>,
    pub practice_id: String,
    pub now: i64,
    pub zone: Tz,
    pub counts: DeskCounts,
    demo: bool,
    progress: Option<Progress>,
    fault: Option<String>,
}

impl Desk {
    /// Reads what every page shows. The pages show the first practice; a server with several has no pages yet.
    pub async fn open(state: &AppState) -> Result<Self, PageError> {
        let practices = state.engine.practices().await?;
        let (practice_id, zone) = practices
            .iter()
            .next()
            .map(|first| (first.practice.id.clone(), first.practice.settings.zone))
            .ok_or(PageError::NoPractice)?;
        let counts = lists::desk_counts(&state.engine.db, &practice_id).await?;
        Ok(Self {
            practices,
            practice_id,
            now: state.engine.clock.now_ms(),
            zone,
            counts,
            demo: state.demo.is_some(),
            progress: state.demo.as_ref().and_then(|demo| demo.progress()),
            fault: state.demo.as_ref().and_then(|demo| demo.take_fault()),
        })
    }

    /// The practice.
    pub fn practice(&self) -> Result<&PracticeState, PageError> {
        self.practices.get(&self.practice_id).ok_or(PageError::NoPractice)
    }

    /// Is this the demo?
    pub const fn is_demo(&self) -> bool {
        self.demo
    }

    /// The local date of a moment.
    pub fn date(&self, ms: i64) -> NaiveDate {
        local(instant(ms), self.zone).date()
    }

    /// "9:30am".
    pub fn time(&self, ms: i64) -> String {
        time_text(local(instant(ms), self.zone).time())
    }

    /// "Thu 6 Aug, 9:30am", with the year when it is another one.
    pub fn when(&self, ms: i64) -> String {
        let date = self.date(ms);
        let form = if date.year() == self.date(self.now).year() { "%a %-d %b" } else { "%a %-d %b %Y" };
        format!("{}, {}", date.format(form), self.time(ms))
    }

    /// "6 August 2026".
    pub fn day(&self, ms: i64) -> String {
        date_text(self.date(ms))
    }

    /// A moment for machines and screen readers.
    pub fn stamp(&self, ms: i64) -> Markup {
        html! { time datetime=(instant(ms).to_rfc3339()) { (self.when(ms)) } }
    }

    /// The page: frame, menu, the demo's clock, and `body` under the heading.
    pub fn page(&self, title: &str, menu: Menu, path: &str, body: &Markup) -> Markup {
        let practice = self.practices.get(&self.practice_id).map_or("", |p| p.practice.name.as_str());
        html! {
            (DOCTYPE)
            html lang="en-GB" {
                (head(title, self.progress.map(|_| 1)))
                body {
                    a.nhsuk-skip-link href="#maincontent" { "Skip to main content" }
                    header.nhsuk-header {
                        div.nhsuk-width-container.btw-header {
                            a.btw-brand href="/" { img src="/assets/mark.svg" alt="" width="28" height="28"; "between" }
                            span.btw-practice { (practice) }
                        }
                        nav.nhsuk-header__navigation aria-label="Menu" { div.nhsuk-width-container { (self.menu(menu)) } }
                    }
                    @if self.demo { (self.clock(path)) }
                    div.nhsuk-width-container {
                        main.nhsuk-main-wrapper id="maincontent" tabindex="-1" {
                            h1.nhsuk-heading-l { (title) }
                            (body)
                        }
                    }
                    footer.nhsuk-footer {
                        div.nhsuk-width-container {
                            p {
                                @if self.demo { "A demonstration: everybody here is invented, and nothing leaves this computer. " }
                                "Replies are read by rules that anyone can look up: " a href="/explain" { "how a reply is read" } "."
                            }
                        }
                    }
                }
            }
        }
    }

    fn menu(&self, current: Menu) -> Markup {
        let counts = &self.counts;
        let entries = [
            (Menu::Today, "/", "Today", 0, false),
            (Menu::People, "/people", "People", 0, false),
            (Menu::Alerts, "/alerts", "Alerts", counts.alerts_open, counts.alerts_urgent > 0),
            (Menu::Inbox, "/inbox", "Inbox", counts.inbox, false),
            (Menu::Phone, "/phone", "Phone", 0, false),
            (Menu::Explain, "/explain", "Reading", 0, false),
            (Menu::Programmes, "/programmes", "Programmes", 0, false),
            (Menu::Wording, "/wording", "Wording", 0, false),
        ];
        html! {
            ul.nhsuk-header__navigation-list {
                @for (entry, path, words, waiting, urgent) in entries {
                    @if entry != Menu::Phone || self.demo {
                        li {
                            a href=(path) aria-current=[(entry == current).then_some("page")] {
                                (words)
                                @if waiting > 0 {
                                    " " span.btw-count.btw-count--urgent[urgent] { (waiting) }
                                    span.nhsuk-u-visually-hidden { @if urgent { " open, some urgent" } @else { " open" } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    fn clock(&self, path: &str) -> Markup {
        let now = format!("{}, {}", long_day(self.date(self.now)), self.time(self.now));
        html! {
            section.btw-clock aria-label="The demo's clock" {
                div.nhsuk-width-container {
                    @if let Some(progress) = self.progress { (self.moving(progress)) } @else {
                        p.btw-clock__now { span { "Demo clock" } " " strong { (now) } }
                        form method="post" action="/clock" {
                            (back_field(path))
                            span.btw-clock__label id="move-on" { "Move on to" }
                            @for (value, words) in [("hour", "In 1 hour"), ("morning", "Next morning"), ("week", "Next week")] {
                                button.nhsuk-button.nhsuk-button--reverse.nhsuk-button--small name="to" value=(value)
                                    aria-describedby="move-on" { (words) }
                            }
                        }
                    }
                    @if let Some(fault) = &self.fault { p.btw-clock__fault role="alert" { (fault) } }
                }
            }
        }
    }

    fn moving(&self, progress: Progress) -> Markup {
        html! {
            div.btw-clock__moving role="status" {
                p {
                    strong { "The clock is moving. " }
                    "It stands at " (self.when(progress.at)) " and goes to " (self.when(progress.to)) ": "
                    (count(progress.sent as i64, "message", "messages")) " sent, "
                    (count(progress.replies as i64, "reply", "replies")) " received."
                }
                progress max="100" value=(progress.percent()) aria-label="How far the clock has come" { (progress.percent()) "%" }
            }
        }
    }
}

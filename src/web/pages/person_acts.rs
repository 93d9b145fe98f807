//! The forms of a person's page.

use super::acts::{self, Said};
use super::error::PageError;
use super::parts::safe_back;
use crate::domain::calendar::resolve;
use crate::domain::message::Purpose;
use crate::intake::ResultMove;
use crate::web::AppState;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Redirect;
use chrono::{NaiveDate, NaiveTime};
use serde::Deserialize;

fn back_to(id: &str, place: &str) -> Redirect {
    Redirect::to(&safe_back(&format!("/people/{id}{place}")))
}

fn said(text: &str, most: usize) -> Option<String> {
    let text: String = text.trim().chars().filter(|c| !c.is_control()).take(most).collect();
    (!text.is_empty()).then_some(text)
}

#[derive(Deserialize)]
pub(super) struct Pause {
    until: String,
    reason: String,
}

pub(super) async fn pause(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Form(form): Form<Pause>,
) -> Result<Redirect, PageError> {
    let last: NaiveDate =
        form.until.parse().map_err(|_| PageError::Form("Say until which day messages are paused."))?;
    let reason = said(&form.reason, 120).ok_or(PageError::Form("Say why, for your colleagues."))?;
    let end = last.succ_opt().map(|day| resolve(state.engine.config.practice.zone, day.and_time(NaiveTime::MIN)));
    let end = end.filter(|end| end.timestamp_millis() > state.engine.clock.now_ms());
    let end = end.ok_or(PageError::Form("The last day of the pause must not lie in the past."))?;
    acts::pause(&state, &id, Some(end.timestamp_millis()), &reason).await?;
    Ok(back_to(&id, ""))
}

pub(super) async fn resume(State(state): State<AppState>, Path(id): Path<String>) -> Result<Redirect, PageError> {
    acts::pause(&state, &id, None, "").await?;
    Ok(back_to(&id, ""))
}

pub(super) async fn safe_contact(State(state): State<AppState>, Path(id): Path<String>) -> Result<Redirect, PageError> {
    acts::set_unsafe(&state, &id, false).await?;
    Ok(back_to(&id, ""))
}

#[derive(Deserialize)]
pub(super) struct Consent {
    purpose: String,
    channel: String,
    decision: String,
    source: String,
}

pub(super) async fn consent(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Form(form): Form<Consent>,
) -> Result<Redirect, PageError> {
    let purpose: Purpose = form.purpose.parse().map_err(|_| PageError::Form("Choose what the person spoke about."))?;
    if !matches!(form.channel.as_str(), "any" | "sms" | "email")
        || !matches!(form.decision.as_str(), "granted" | "refused")
    {
        return Err(PageError::Form("Choose text or email, and yes or no."));
    }
    let source = said(&form.source, 120).ok_or(PageError::Form("Say where the person said it."))?;
    let said = Said {
        channel: &form.channel,
        purpose: purpose.as_str(),
        granted: form.decision == "granted",
        source: &source,
    };
    acts::consent(&state, &id, &said).await?;
    Ok(back_to(&id, "#contact"))
}

#[derive(Deserialize)]
pub(super) struct Enrol {
    programme: String,
    #[serde(default)]
    goal: String,
    source: String,
}

pub(super) async fn enrol(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Form(form): Form<Enrol>,
) -> Result<Redirect, PageError> {
    let source = said(&form.source, 120).ok_or(PageError::Form("Say where the person agreed."))?;
    let practices = state.engine.practices().await?;
    let asks_goal = practices
        .iter()
        .filter_map(|p| p.programme(&form.programme))
        .flat_map(|p| &p.steps)
        .any(|step| step.purpose == Purpose::Goals);
    if asks_goal && form.goal.is_empty() {
        return Err(PageError::Form("Choose the goal that the check-ins are about."));
    }
    let goal = if asks_goal { form.goal.as_str() } else { "" };
    acts::enrol(&state, &id, &form.programme, goal, &source).await?;
    Ok(back_to(&id, "#programmes"))
}

#[derive(Deserialize)]
pub(super) struct Leave {
    programme: String,
}

pub(super) async fn leave(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Form(form): Form<Leave>,
) -> Result<Redirect, PageError> {
    acts::leave(&state, &id, &form.programme).await?;
    Ok(back_to(&id, "#programmes"))
}

#[derive(Deserialize)]
pub(super) struct Review {
    to: String,
    #[serde(default)]
    back: String,
}

pub(super) async fn review_entry(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Form(form): Form<Review>,
) -> Result<Redirect, PageError> {
    let confirm = match form.to.as_str() {
        "confirm" => true,
        "reject" => false,
        _ => return Err(PageError::Form("Choose confirm or reject.")),
    };
    acts::review_entry(&state, &id, confirm).await?;
    Ok(Redirect::to(&safe_back(&form.back)))
}

#[derive(Deserialize)]
pub(super) struct Decide {
    to: String,
    by: String,
    /// A second person, for the first release of a test.
    #[serde(default)]
    second: String,
}

pub(super) async fn move_result(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Form(form): Form<Decide>,
) -> Result<Redirect, PageError> {
    let to = match form.to.as_str() {
        // Who releases here has the reasons before their eyes: the page shows every one.
        "release" => ResultMove::Release { second: said(&form.second, 80), knowing: None },
        "hold" => ResultMove::Hold,
        "withdraw" => ResultMove::Withdraw,
        _ => return Err(PageError::Form("Choose release, hold or withdraw.")),
    };
    let by = said(&form.by, 80)
        .ok_or(PageError::Form("A result is released, held or withdrawn in the name of a clinician: give yours."))?;
    let person = acts::move_result(&state, &id, &to, &by).await?;
    Ok(back_to(&person, &format!("#result-{id}")))
}

//! NHS Notify: free text through its global routing plans, one `messageReference` for all tries.
//!
//! It cannot be asked by our reference, but it acts on each reference only once (for nine months): a repeat is answered
//! 422 and is as good as the first acceptance. Its texts travel through GOV.UK Notify, with that service's characters.

mod auth;
mod settings;
mod webhook;

use reqwest::{
    Method, Url,
    header::{ACCEPT, CONTENT_TYPE},
};
use serde::Deserialize;
use serde_json::{Value, json};

use auth::Tokens;
pub use settings::{EmailRoute, NhsNotifySettings, TextRoute};

use super::{
    Accepted, Adapter, Ask, Base, Faults, Forged, LookUp, OutboundMessage, ParseError, Received, WebhookRequest,
    client::{Answer, Client, call, is_id, safe_code},
    govuk_notify::characters,
};
use crate::{
    domain::{
        calendar::{BankHolidays, Division},
        delivery::{Channel, DeliveryStatus, SendFailure},
    },
    secret::Secret,
};

const JSON_API: &str = "application/vnd.api+json";

/// The gateway.
pub struct NhsNotify {
    base: Base,
    client: Client,
    url: Url,
    tokens: Option<Tokens>,
    text_route: Option<TextRoute>,
    email_route: Option<EmailRoute>,
    ods_code: Option<String>,
    application_id: String,
    callback_keys: Vec<Secret>,
    timeout: std::time::Duration,
    bank_holidays: BankHolidays,
}

#[derive(Deserialize)]
struct Created {
    data: CreatedData,
}

#[derive(Deserialize)]
struct CreatedData {
    id: String,
    attributes: CreatedAttributes,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreatedAttributes {
    message_reference: String,
}

#[derive(Deserialize)]
struct Refusal {
    errors: Vec<RefusalItem>,
}

#[derive(Deserialize)]
struct RefusalItem {
    code: String,
    source: Option<Source>,
}

#[derive(Deserialize)]
struct Source {
    pointer: Option<String>,
}

impl NhsNotify {
    pub(super) fn build(
        base: Base,
        settings: &NhsNotifySettings,
        shared: &Client,
        faults: &mut Faults<'_>,
    ) -> Option<Self> {
        settings.build(base, shared, faults)
    }

    /// The first of these routes, each slower than the next, by which the message comes to the person's own address before it is
    /// of no use any more. It falls back only within its hours, and asks nobody before it does.
    fn in_time<R: Copy>(&self, routes: &[(R, i64)], message: &OutboundMessage) -> Option<R> {
        let comes_at = |hours: i64| {
            let at = self.base.now() + hours * 3_600_000;
            let holiday = |date| self.bank_holidays.is_holiday(Division::EnglandAndWales, date).is_certain();
            self.base.policy.hours.map_or(at, |open| open.opens_at(at, chrono_tz::Europe::London, holiday))
        };
        let in_time = |hours: i64| hours == 0 || message.valid_until_ms.is_none_or(|until| comes_at(hours) < until);
        routes.iter().find(|(_, hours)| in_time(*hours)).map(|(route, _)| *route)
    }

    /// The routing plan, its personalisation, and whether it knows people by their NHS number.
    fn plan(&self, message: &OutboundMessage) -> Result<(&'static str, Value, bool), SendFailure> {
        let text = &message.text;
        match message.channel {
            Channel::Sms => {
                let route = self.text_route.and_then(|route| self.in_time(route.and_quicker(), message));
                let route = route.ok_or(SendFailure::NotConfigured)?;
                if route != TextRoute::App {
                    characters::check(text, self.base.policy.max_characters)?;
                }
                let fields = match route {
                    TextRoute::Text => json!({"sms_body": text}),
                    TextRoute::App => json!({"body": text}),
                    TextRoute::AppThenText4h | TextRoute::AppThenText24h => {
                        json!({"nhsapp_body": text, "sms_body": text})
                    }
                };
                Ok((route.plan(), fields, route != TextRoute::Text))
            }
            Channel::Email => {
                let route = self.email_route.and_then(|route| self.in_time(route.and_quicker(), message));
                let route = route.ok_or(SendFailure::NotConfigured)?;
                let mut fields = json!({"email_subject": message.subject, "email_body": text});
                if let (EmailRoute::AppThenEmail4h | EmailRoute::AppThenEmail24h, Some(fields)) =
                    (route, fields.as_object_mut())
                {
                    fields.insert("nhsapp_body".to_owned(), text.as_str().into());
                }
                Ok((route.plan(), fields, route != EmailRoute::Email))
            }
        }
    }

    fn body(&self, message: &OutboundMessage) -> Result<Value, SendFailure> {
        let (plan, personalisation, by_nhs_number) = self.plan(message)?;
        // Our address goes along whatever comes first: at its fallback Notify would take the one that it finds itself.
        let mut recipient = match message.channel {
            Channel::Sms => json!({"contactDetails": {"sms": message.to}}),
            Channel::Email => json!({"contactDetails": {"email": message.to}}),
        };
        // The NHS App knows people by their NHS number alone.
        if by_nhs_number {
            let number = message.nhs_number.as_deref().filter(|number| number.len() == 10);
            let Some(number) = number.filter(|number| number.bytes().all(|b| b.is_ascii_digit())) else {
                return Err(SendFailure::Rejected { code: "no_nhs_number".to_owned(), permanent: true });
            };
            if let Some(fields) = recipient.as_object_mut() {
                fields.insert("nhsNumber".to_owned(), number.into());
            }
        }
        let mut attributes = json!({
            "routingPlanId": plan,
            "messageReference": message.reference,
            "recipient": recipient,
            "personalisation": personalisation,
        });
        if let (Some(code), Some(fields)) = (&self.ods_code, attributes.as_object_mut()) {
            fields.insert("originator".to_owned(), json!({"odsCode": code}));
        }
        Ok(json!({"data": {"type": "Message", "attributes": attributes}}))
    }

    async fn post(&self, body: &Value, token: Option<&str>) -> Result<Answer, SendFailure> {
        let mut request = self
            .client
            .request(Method::POST, self.url.clone())
            .timeout(self.timeout)
            .header(ACCEPT, JSON_API)
            .header(CONTENT_TYPE, JSON_API)
            .body(body.to_string());
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        call(request).await
    }

    fn read(&self, answer: &Answer, reference: &str) -> Result<Accepted, SendFailure> {
        let accepted = |provider_id| Accepted { provider_id, status: DeliveryStatus::Accepted };
        if answer.status == 201 {
            let created: Created = answer.json()?;
            if !is_id(&created.data.id) || created.data.attributes.message_reference != reference {
                return Err(SendFailure::BadResponse { code: "not_the_form".to_owned() });
            }
            return Ok(accepted(Some(created.data.id)));
        }
        if answer.is_success() {
            return Err(SendFailure::BadResponse { code: format!("http_{}", answer.status) });
        }
        let now = self.base.now();
        let first = answer.json::<Refusal>().ok().and_then(|refusal| refusal.errors.into_iter().next());
        let Some(first) = first else {
            return Err(match answer.status {
                425 => SendFailure::Throttled { retry_after_ms: answer.retry_after_ms(now) },
                _ => answer.failure_by_status(now),
            });
        };
        let about_recipient = first
            .source
            .and_then(|source| source.pointer)
            .is_some_and(|pointer| pointer.contains("/recipient/contactDetails"));
        let code = safe_code(&first.code);
        match (answer.status, code.as_str()) {
            (422, "CM_DUPLICATE_REQUEST") => Ok(accepted(None)),
            // An earlier request with this reference is still being worked on.
            (425, _) => Err(SendFailure::Throttled { retry_after_ms: answer.retry_after_ms(now) }),
            (400, "CM_CANNOT_SET_CONTACT_DETAILS" | "CM_ODS_CODE_REQUIRED" | "CM_CANNOT_SET_ODS_CODE") => {
                Err(SendFailure::NotConfigured)
            }
            (400, "CM_INVALID_VALUE") if about_recipient => Err(SendFailure::BadAddress { code }),
            (400, _) => Err(SendFailure::Rejected { code, permanent: true }),
            _ => Err(answer.failure_by_status(now)),
        }
    }
}

impl Adapter for NhsNotify {
    fn base(&self) -> &Base {
        &self.base
    }

    async fn send(&self, message: &OutboundMessage) -> Result<Accepted, SendFailure> {
        let body = self.body(message)?;
        let Some(tokens) = &self.tokens else {
            let answer = self.post(&body, None).await?;
            return self.read(&answer, &message.reference);
        };
        let now = self.base.now();
        let token = tokens.get(&self.client, now, None).await?;
        let mut answer = self.post(&body, Some(&token)).await?;
        if answer.status == 401 {
            // The token was withdrawn before its time; a refusal at the door took nothing in.
            let token = tokens.get(&self.client, now, Some(&token)).await?;
            answer = self.post(&body, Some(&token)).await?;
        }
        self.read(&answer, &message.reference)
    }

    /// Sending the same reference again is how NHS Notify is asked.
    async fn look_up(&self, _: &Ask<'_>) -> Result<LookUp, SendFailure> {
        Ok(LookUp::NotFound)
    }

    fn verify(&self, request: &WebhookRequest<'_>) -> Result<(), Forged> {
        webhook::verify(&self.application_id, &self.callback_keys, request)
    }

    fn parse(&self, request: &WebhookRequest<'_>) -> Result<Vec<Received>, ParseError> {
        webhook::parse(request.body, self.text_route, self.email_route)
    }
}

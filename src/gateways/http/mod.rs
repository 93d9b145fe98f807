//! An SMS gateway that speaks `between`'s own JSON form: the one to put before any device or service that a few lines
//! of script can drive. The form is written down in `docs/HTTP-GATEWAY.md`.

mod form;
mod settings;
mod webhook;

use reqwest::{Method, RequestBuilder, Url, header::CONTENT_TYPE};

pub use settings::{HttpSettings, Proof, SignatureForm};

use super::{
    Accepted, Adapter, Ask, Base, Faults, Forged, LookUp, OutboundMessage, ParseError, Received, WebhookRequest,
    client::{Client, call},
    signature::{hmac_sha256, to_hex},
};
use crate::{domain::delivery::SendFailure, secret::Secret};

/// The gateway.
pub struct Http {
    base: Base,
    client: Client,
    url: Url,
    key: Secret,
    bearer: Option<Secret>,
    timeout: std::time::Duration,
    keys_in: Vec<Secret>,
    signature: SignatureForm,
    proof: Proof,
}

impl Http {
    pub(super) fn build(base: Base, settings: &HttpSettings, shared: &Client, faults: &mut Faults<'_>) -> Option<Self> {
        settings.build(base, shared, faults)
    }

    /// Signs what is asked for: the body of a POST, the reference of a GET.
    fn signed(&self, method: Method, url: Url, signed: &[u8]) -> Option<RequestBuilder> {
        let timestamp = (self.base.now() / 1_000).to_string();
        let key = self.key.expose().as_bytes();
        let mac = hmac_sha256(key, &[timestamp.as_bytes(), b".", signed])?;
        let mut request = self
            .client
            .request(method, url)
            .timeout(self.timeout)
            .header("x-timestamp", timestamp)
            .header("x-signature", to_hex(&mac));
        if let Some(bearer) = &self.bearer {
            request = request.bearer_auth(bearer.expose());
        }
        Some(request)
    }
}

impl Adapter for Http {
    fn base(&self) -> &Base {
        &self.base
    }

    async fn send(&self, message: &OutboundMessage) -> Result<Accepted, SendFailure> {
        let body = form::request_body(message, self.base.sender(message).as_deref());
        let request = self
            .signed(Method::POST, self.url.clone(), &body)
            .ok_or(SendFailure::NotConfigured)?
            .header(CONTENT_TYPE, "application/json")
            .body(body);
        form::read_send(&call(request).await?, self.proof, self.base.now())
    }

    async fn look_up(&self, ask: &Ask<'_>) -> Result<LookUp, SendFailure> {
        if !self.base.policy.can_be_asked {
            return Ok(LookUp::CannotTell);
        }
        let mut url = self.url.clone();
        url.path_segments_mut().map_err(|()| SendFailure::NotConfigured)?.pop_if_empty().push(ask.reference);
        let request = self.signed(Method::GET, url, ask.reference.as_bytes()).ok_or(SendFailure::NotConfigured)?;
        form::read_look_up(&call(request).await?, ask.reference, self.base.now())
    }

    fn verify(&self, request: &WebhookRequest<'_>) -> Result<(), Forged> {
        webhook::verify(&self.keys_in, self.signature, request)
    }

    fn parse(&self, request: &WebhookRequest<'_>) -> Result<Vec<Received>, ParseError> {
        webhook::parse(request.body)
    }
}

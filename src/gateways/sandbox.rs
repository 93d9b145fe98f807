//! The sandbox: takes everything, sends nothing. The phone simulator shows what it took from the record.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, PoisonError},
};

use serde::Deserialize;

use super::{
    Accepted, Adapter, Base, Faults, Forged, LookUp, OutboundMessage, ParseError, Policy, PolicySettings, Received,
    WebhookRequest,
};
use crate::domain::delivery::{Channel, DeliveryStatus, SendFailure};

/// How many references it remembers: enough for anything still open, small enough for a million sends.
const MEMORY: usize = 20_000;

/// Settings of the sandbox.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SandboxSettings {
    /// Overrides of its policy.
    pub policy: PolicySettings,
    /// The number or name it pretends to send from.
    pub sender: Option<String>,
}

/// A gateway that keeps references in memory and lets nothing out. It opens no webhook.
pub struct Sandbox {
    base: Base,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    known: HashMap<String, Accepted>,
    oldest_first: VecDeque<String>,
}

impl Sandbox {
    pub(super) fn build(base: Base, settings: &SandboxSettings, faults: &mut Faults<'_>) -> Self {
        let provider = Policy {
            channels: vec![Channel::Sms, Channel::Email],
            rate_per_second: 1_000.0,
            in_flight: 64,
            can_be_asked: true,
            sender: settings.sender.clone(),
            ..Policy::default()
        };
        let policy = faults.policy(&settings.policy, provider);
        Self { base: base.with(policy), taken: Mutex::default() }
    }
}

impl Adapter for Sandbox {
    fn base(&self) -> &Base {
        &self.base
    }

    async fn send(&self, message: &OutboundMessage) -> Result<Accepted, SendFailure> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = taken.known.get(&message.reference) {
            return Ok(before.clone());
        }
        if taken.oldest_first.len() >= MEMORY
            && let Some(oldest) = taken.oldest_first.pop_front()
        {
            taken.known.remove(&oldest);
        }
        // The simulator's phone has it the moment it is taken: this is a delivery, not an acknowledgement.
        let accepted =
            Accepted { provider_id: Some(format!("sandbox-{}", message.reference)), status: DeliveryStatus::Delivered };
        taken.known.insert(message.reference.clone(), accepted.clone());
        taken.oldest_first.push_back(message.reference.clone());
        Ok(accepted)
    }

    async fn look_up(&self, ask: &super::Ask<'_>) -> Result<LookUp, SendFailure> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(match taken.known.get(ask.reference) {
            Some(Accepted { provider_id, status }) => {
                LookUp::Found { provider_id: provider_id.clone(), status: status.clone() }
            }
            // Forgotten at a restart: nothing of it ever left, so it may be sent again.
            None => LookUp::NotFound,
        })
    }

    fn verify(&self, _: &WebhookRequest<'_>) -> Result<(), Forged> {
        Err(Forged::NotOpen)
    }

    fn parse(&self, _: &WebhookRequest<'_>) -> Result<Vec<Received>, ParseError> {
        Err(ParseError::new("not_open"))
    }
}

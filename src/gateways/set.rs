//! The gateways of an installation, by name.

use std::{collections::BTreeMap, sync::Arc};

use super::{Base, Faults, Gateway, GatewaySettings, NowMs, Policy, SettingsFault, client::Client};
use super::{
    generic::Generic,
    govuk_notify::GovukNotify,
    http::{Http, Proof},
    nhs_notify::NhsNotify,
    sandbox::Sandbox,
    smtp::Smtp,
    twilio::Twilio,
};
use crate::domain::delivery::Channel;

/// What gateways need to know of the installation around them.
#[derive(Clone)]
pub struct Surroundings {
    /// Whether real people are written to: then the sandbox is refused.
    pub live: bool,
    /// The address under which providers reach our webhooks, without a trailing slash.
    pub public_url: Option<String>,
    /// The time in UTC milliseconds, for signatures and validity.
    pub now_ms: NowMs,
}

/// All gateways by name.
#[derive(Default, Clone)]
pub struct Gateways {
    by_name: BTreeMap<String, Arc<Gateway>>,
}

impl Gateways {
    /// Builds every gateway, or names every fault of every gateway at once.
    pub fn build(
        settings: &BTreeMap<String, GatewaySettings>,
        around: &Surroundings,
    ) -> Result<Self, Vec<SettingsFault>> {
        let mut by_name = BTreeMap::new();
        let mut found = Vec::new();
        // One shared pool of connections, made only when something leaves this machine: the demo needs no trust store.
        let mut client: Option<Client> = None;
        for (name, settings) in settings {
            let mut faults = Faults::new(name);
            let base = Base::new(name, &around.now_ms);
            if !is_plain(name) {
                faults.add("name", "may hold small letters, digits, _ and - only: it stands in addresses");
            }
            let public = around.public_url.as_deref();
            let f = &mut faults;
            let gateway = match settings {
                GatewaySettings::Sandbox(settings) => {
                    if around.live {
                        f.add("kind", "the sandbox is refused when environment = \"live\"");
                    }
                    Some(Gateway::Sandbox(Sandbox::build(base, settings, f)))
                }
                GatewaySettings::Smtp(settings) => {
                    Smtp::build(base, settings, f).map(|smtp| Gateway::Smtp(Box::new(smtp)))
                }
                GatewaySettings::Http(settings) => {
                    if around.live && settings.proof == Proof::Status {
                        f.add("proof", "\"status\" is refused when environment = \"live\": it proves nothing");
                    }
                    shared(&mut client, f).and_then(|c| Http::build(base, settings, &c, f)).map(Gateway::Http)
                }
                GatewaySettings::Twilio(settings) => shared(&mut client, f)
                    .and_then(|c| Twilio::build(base, settings, &c, public, f))
                    .map(Gateway::Twilio),
                GatewaySettings::GovukNotify(settings) => shared(&mut client, f)
                    .and_then(|c| GovukNotify::build(base, settings, &c, f))
                    .map(Gateway::GovukNotify),
                GatewaySettings::NhsNotify(settings) => shared(&mut client, f)
                    .and_then(|c| NhsNotify::build(base, settings, &c, f))
                    .map(|notify| Gateway::NhsNotify(Box::new(notify))),
                GatewaySettings::Generic(settings) => shared(&mut client, f)
                    .and_then(|c| Generic::build(base, settings, &c, public, f))
                    .map(|generic| Gateway::Generic(Box::new(generic))),
            };
            found.append(&mut faults.found);
            if let Some(gateway) = gateway {
                by_name.insert(name.clone(), Arc::new(gateway));
            }
        }
        let gateways = Self { by_name };
        found.extend(gateways.without_a_way_out());
        if found.is_empty() { Ok(gateways) } else { Err(found) }
    }

    /// The gateway of that name.
    pub fn get(&self, name: &str) -> Option<&Arc<Gateway>> {
        self.by_name.get(name)
    }

    /// Every gateway, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Gateway>> {
        self.by_name.values()
    }

    /// The gateways that carry a channel, first choice first; with `two_way`, only those that people can answer.
    pub fn candidates(&self, channel: Channel, two_way: bool) -> Vec<&Arc<Gateway>> {
        let mut fitting: Vec<_> = self
            .iter()
            .filter(|g| g.policy().channels.contains(&channel) && (g.policy().two_way || !two_way))
            .collect();
        fitting.sort_by_key(|g| g.policy().order);
        fitting
    }

    /// The first choice for a channel.
    pub fn choose_for(&self, channel: Channel, two_way: bool) -> Option<&Arc<Gateway>> {
        self.candidates(channel, two_way).first().copied()
    }

    /// The gateway for a safety text or STOP confirmation to somebody who wrote through `came_in_by`: that one,
    /// unless its hours or one-way sender forbid it; then its named safety gateway.
    pub fn way_out(&self, came_in_by: &str) -> Option<&Arc<Gateway>> {
        let gateway = self.get(came_in_by)?;
        if always_open(gateway.policy()) {
            return Some(gateway);
        }
        self.get(gateway.policy().safety_gateway.as_deref()?)
    }

    /// What is wrong with a practice's own order of gateways for its texts, in sentences.
    pub fn faults_of_order(&self, names: &[String]) -> Vec<String> {
        let fault = |name: &String| {
            let problem = match self.get(name) {
                None => "is no gateway of this installation",
                Some(gateway) if !gateway.policy().channels.contains(&Channel::Sms) => "carries no texts",
                Some(_) => return None,
            };
            Some(format!("practice.sms_gateways: {name} {problem}"))
        };
        names.iter().filter_map(fault).collect()
    }

    fn without_a_way_out(&self) -> impl Iterator<Item = SettingsFault> {
        self.iter().filter_map(|gateway| {
            let policy = gateway.policy();
            if always_open(policy) || !policy.channels.contains(&Channel::Sms) {
                return None;
            }
            let problem = match policy.safety_gateway.as_deref().map(|name| self.get(name)) {
                None => "this gateway has delivery hours or cannot receive: name another one for safety texts",
                Some(None) => "there is no gateway of this name",
                Some(Some(other)) if !always_open(other.policy()) => {
                    "the safety gateway must be two-way and have no delivery hours"
                }
                Some(Some(other)) if !other.policy().channels.contains(&Channel::Sms) => {
                    "the safety gateway must carry texts"
                }
                Some(Some(_)) => return None,
            };
            Some(SettingsFault {
                gateway: gateway.name().to_owned(),
                field: "policy.safety_gateway".to_owned(),
                problem: problem.to_owned(),
            })
        })
    }
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-".contains(&b))
}

fn always_open(policy: &Policy) -> bool {
    policy.hours.is_none() && policy.two_way
}

fn shared(client: &mut Option<Client>, faults: &mut Faults<'_>) -> Option<Client> {
    if client.is_none() {
        match Client::new() {
            Ok(made) => *client = Some(made),
            Err(error) => faults.add("kind", error),
        }
    }
    client.clone()
}

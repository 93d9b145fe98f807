//! Which address and which gateway: preference, consent, and what the address can take.

use super::SendFacts;
use crate::domain::consent;
use crate::domain::delivery::Channel;
use crate::domain::message::{Lane, Purpose};
use crate::domain::reason::Reason;

text_enum! {
    /// Whether an address can be used.
    ContactState {
        /// It can.
        Active = "active",
        /// Messages to it fail.
        Unreachable = "unreachable",
        /// Somebody else answers there.
        WrongPerson = "wrong_person",
        /// The practice's data no longer names it.
        Old = "old",
    }
}

/// One phone number or email address of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Text or email.
    pub channel: Channel,
    /// The number in E.164, or the address.
    pub address: String,
    /// Whether it can be used.
    pub state: ContactState,
    /// Another patient has the same address.
    pub shared: bool,
    /// The address itself is stopped, whoever has it.
    pub stopped: bool,
}

/// A gateway, as far as a decision needs it. In order: the first that fits is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewayFacts {
    /// Its name.
    pub name: String,
    /// What it carries.
    pub channels: Vec<Channel>,
    /// People can answer.
    pub two_way: bool,
    /// When it next takes messages, UTC milliseconds; `None` is always.
    pub opens_at: Option<i64>,
    /// When it is tried again, UTC milliseconds, while it rests after failures and cannot be asked what became of a message: what
    /// it is given meanwhile might be lost, and nobody could tell.
    pub rests_until: Option<i64>,
    /// Of a hundred messages it takes so many while another gateway can take the rest: 0 while it rests after failures.
    pub takes: i64,
}

/// Where a message goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Text or email.
    pub channel: Channel,
    /// The number or address.
    pub address: String,
    /// The gateway's name.
    pub gateway: String,
    /// When the gateway takes it, if not at once.
    pub gateway_opens_at: Option<i64>,
    /// When the gateway is tried again, if it rests and cannot be asked.
    pub gateway_rests_until: Option<i64>,
}

/// The first address, in the person's order, that may be used, or the reason that is most useful to staff.
pub fn choose(facts: &SendFacts<'_>) -> Result<Route, Reason> {
    let Some(person) = &facts.person else {
        return Err(Reason::NoAddress);
    };
    let mut contacts: Vec<_> = person.contacts.iter().collect();
    contacts.sort_by_key(|c| person.preferred.is_some_and(|preferred| preferred != c.channel));
    let mut refusal = Reason::NoAddress;
    for contact in contacts {
        let found = address_allows(facts, contact)
            .and_then(|()| consent::allows(person.consents.iter().cloned(), contact.channel.as_str(), facts.purpose))
            .and_then(|()| gateway_for(facts, contact.channel));
        match found {
            Ok(gateway) => {
                return Ok(Route {
                    channel: contact.channel,
                    address: contact.address.clone(),
                    gateway: gateway.name.clone(),
                    gateway_opens_at: gateway.opens_at,
                    gateway_rests_until: gateway.rests_until,
                });
            }
            Err(reason) if weight(reason) > weight(refusal) => refusal = reason,
            Err(_) => {}
        }
    }
    Err(refusal)
}

fn address_allows(facts: &SendFacts<'_>, contact: &Contact) -> Result<(), Reason> {
    match contact.state {
        ContactState::Active => {}
        ContactState::Unreachable => return Err(Reason::Unreachable),
        ContactState::WrongPerson => return Err(Reason::WrongPerson),
        ContactState::Old => return Err(Reason::NoAddress),
    }
    if contact.stopped && facts.lane == Lane::Planned {
        return Err(Reason::OptedOut);
    }
    let private =
        matches!(facts.purpose, Purpose::Results | Purpose::ResultValues | Purpose::Goals | Purpose::Readings);
    if contact.shared && private {
        return Err(Reason::SharedNumber);
    }
    Ok(())
}

fn gateway_for<'a>(facts: &SendFacts<'a>, channel: Channel) -> Result<&'a GatewayFacts, Reason> {
    let carrying = carrying(facts.gateways, &facts.practice.settings.sms_gateways, channel);
    let fitting: Vec<_> = carrying.iter().filter(|g| g.two_way || !facts.asks).copied().collect();
    let found = fitting.iter().find(|g| facts.draw < g.takes).or_else(|| fitting.iter().find(|g| g.takes > 0));
    match found.or(fitting.first()) {
        Some(gateway) => Ok(gateway),
        None if carrying.is_empty() => Err(Reason::NoGateway),
        None => Err(Reason::SenderCannotReceive),
    }
}

/// The gateways that carry a channel, in the practice's order where it has one of its own for texts.
pub fn carrying<'a>(gateways: &'a [GatewayFacts], own_order: &[String], channel: Channel) -> Vec<&'a GatewayFacts> {
    let all = || gateways.iter().filter(|g| g.channels.contains(&channel));
    if channel != Channel::Sms || own_order.is_empty() {
        return all().collect();
    }
    own_order.iter().filter_map(|name| all().find(|g| g.name == *name)).collect()
}

/// Which of several refusals tells staff most: the person's own will first, then what can be mended.
const fn weight(reason: Reason) -> u8 {
    match reason {
        Reason::OptedOut => 7,
        Reason::NoPermission => 6,
        Reason::WrongPerson => 5,
        Reason::SharedNumber => 4,
        Reason::Unreachable => 3,
        Reason::SenderCannotReceive => 2,
        Reason::NoGateway => 1,
        _ => 0,
    }
}

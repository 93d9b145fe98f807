//! Things that break while it works: poisoned rows, several workers, dead processes, a gateway that misbehaves.

mod failover;
mod fallback;
mod floods;
mod gateway;
mod hours;
mod kills;
mod kills_each;
mod outage;
mod poison;
mod rate;
mod replay;
mod reports;
pub mod rig;
mod small_machine;
mod workers;

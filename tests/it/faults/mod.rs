//! Things that break while it works: poisoned rows, several workers, dead processes, a gateway that misbehaves.

mod failover;
mod fallback;
mod gateway;
mod kills;
mod poison;
mod rate;
mod reports;
pub mod rig;
mod workers;

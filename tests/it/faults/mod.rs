//! Things that break while it works: poisoned rows, several workers, dead processes, a gateway that misbehaves.

pub mod rig;

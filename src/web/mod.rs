//! HTTP: pages for staff.

pub mod pages;

use crate::intake::Receiver;
use crate::outreach::Engine;
use std::sync::Arc;

/// What every handler may use.
#[derive(Clone)]
pub struct AppState {
    /// Planning, sending, reading.
    pub engine: Arc<Engine>,
    /// Where received messages go first.
    pub receiver: Receiver,
    /// The demo's clock and phones; `None` outside the demo.
    pub demo: Option<Arc<dyn pages::Simulation>>,
}

//! Arguments of `between bench`.

use clap::{Args, ValueEnum};

/// What `bench` can measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum BenchFigure {
    /// Sending to a gateway that answers at once
    Dispatch,
    /// Sending to a gateway that takes 50 ms
    Slow,
    /// A gateway's rate, shared by two workers; takes three minutes and is measured only by name
    Limiter,
    /// Sending mail by one connection
    Email,
    /// Planning for 1,000,000 people
    Planning,
    /// Receiving by webhook
    Inbound,
    /// STOP while 100,000 messages wait
    Stop,
    /// How fast replies and emails are read
    Replies,
    /// Memory, start and CPU of `serve` when nothing happens
    Rest,
    /// The other side of a measurement
    #[value(hide = true)]
    Sink,
}

#[derive(Debug, Args)]
#[allow(missing_docs, reason = "help texts")]
pub struct BenchArgs {
    /// One figure; all but the limiter when none is named
    #[arg(value_enum)]
    pub figure: Option<BenchFigure>,
    /// postgres://… to measure on a schema of its own there; a SQLite file by default
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
    /// dispatch: only make this many due messages in --database, ids 0 to N-1
    #[arg(long, value_name = "N", conflicts_with = "work")]
    pub enqueue: Option<usize>,
    /// dispatch: only send what is due in --database, print one line of JSON and end
    #[arg(long)]
    pub work: bool,
    /// dispatch --work: POST every message here; any 2xx counts as taken
    #[arg(long, value_name = "URL", requires = "work")]
    pub sink: Option<String>,
    /// dispatch --work: calls under way at once
    #[arg(long, value_name = "C", default_value_t = 64)]
    pub in_flight: usize,
    /// inbound: only serve POST /hook on this port of 127.0.0.1
    #[arg(long, value_name = "P")]
    pub port: Option<u16>,
    /// inbound --port: the key that texts are signed with
    #[arg(long, value_name = "S", requires = "port")]
    pub secret: Option<String>,
    #[arg(long, hide = true, default_value_t = 0)]
    pub delay_ms: u64,
}

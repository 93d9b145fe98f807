//! The `between` program: arguments in, exit code out.

use clap::Parser;
use std::process::ExitCode;
use tikv_jemallocator::Jemalloc;

#[global_allocator]
static MEMORY: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    between::gateways::install_tls_provider();
    between::cli::main(between::cli::Cli::parse())
}

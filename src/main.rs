//! The `between` program: arguments in, exit code out.

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    between::gateways::install_tls_provider();
    between::cli::main(between::cli::Cli::parse())
}

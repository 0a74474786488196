//! `yima openapi`: the description of the API, and the access matrix, as they are committed under docs/.
//! It prints what server and kernel say, and adds nothing.

use crate::failure::Done;
use crate::say;
use clap::Args;
use std::process::ExitCode;

/// What to print.
#[derive(Args)]
pub struct OpenApi {
    /// Print who may do which deed in place of the API
    #[arg(long)]
    access_matrix: bool,
}

/// Runs `yima openapi`.
pub fn run(openapi: &OpenApi) -> Done {
    let text = if openapi.access_matrix { yima_kernel::matrix::print() } else { yima_server::openapi::text() };
    say::bytes(text.as_bytes());
    Ok(ExitCode::SUCCESS)
}

//! `yima openapi`: the description of the API, and the access matrix, as they are committed under docs/.
//! It prints what server and kernel say, and adds nothing.

use crate::failure::{Done, Failure};
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
    let text = if openapi.access_matrix {
        let conditions = yima_province::conditions().map_err(|why| Failure::could_not(why.to_string()))?;
        yima_kernel::matrix::print() + &conditions
    } else {
        yima_server::openapi::text()
    };
    say::bytes(text.as_bytes());
    Ok(ExitCode::SUCCESS)
}

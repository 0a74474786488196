//! `yima completions`: what a shell needs to complete the commands.
//! It knows the shells that clap knows.

use crate::failure::Done;
use crate::say;
use clap::{Args, CommandFactory};
use clap_complete::Shell;
use std::process::ExitCode;

/// Which shell.
#[derive(Args)]
pub struct Completions {
    /// bash, zsh, fish, elvish or powershell
    shell: Shell,
}

/// Runs `yima completions`.
pub fn run(completions: &Completions) -> Done {
    let mut script = Vec::new();
    clap_complete::generate(completions.shell, &mut crate::Cli::command(), "yima", &mut script);
    say::bytes(&script);
    Ok(ExitCode::SUCCESS)
}

//! Why a command did not do what it was asked, as a sentence and an exit code.
//! It does not know which command it was.

use std::fmt;
use std::process::ExitCode;

/// How a command ended, as the shell sees it. The guide for operators lists these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 1: the answer is no: a code was refused, a check of the machine found a fault.
    Refused = 1,
    /// 2: nothing could be said: no bundle, no server, a clock that can't be trusted. clap's own errors are 2 as well.
    CouldNot = 2,
    /// 3: something is wrong with what was given: a file, a value, a manifest.
    BadInput = 3,
    /// 4: the machine refused: disk, network, permissions.
    Machine = 4,
}

/// A sentence that begins where "failed to" would end, and how to exit.
#[derive(Debug)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// What happened and what to do.
    pub sentence: String,
}

/// What every command returns.
pub type Done = Result<ExitCode, Failure>;

impl Failure {
    /// The answer is no.
    pub fn refused(sentence: impl Into<String>) -> Self {
        Self { exit: Exit::Refused, sentence: sentence.into() }
    }

    /// Nothing could be said.
    pub fn could_not(sentence: impl Into<String>) -> Self {
        Self { exit: Exit::CouldNot, sentence: sentence.into() }
    }

    /// What was given is wrong.
    pub fn bad_input(sentence: impl Into<String>) -> Self {
        Self { exit: Exit::BadInput, sentence: sentence.into() }
    }

    /// The machine refused, while doing something.
    pub fn machine(doing: impl fmt::Display, why: impl fmt::Display) -> Self {
        Self { exit: Exit::Machine, sentence: format!("failed to {doing}: {why}") }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

//! A secret that a person types, or that a script pipes in: one line of standard input, not echoed by a terminal.
//! It does not know what the secret opens.

use crate::failure::Failure;
use crate::say;
use std::io::{BufRead, IsTerminal, Read, stdin};
use std::process::Command;

/// A longer line is no passphrase, bytes.
const LINE_MAX: u64 = 4096;

/// Reads one line; `asks` is shown to a person at a terminal.
pub fn line(asks: &str) -> Result<String, Failure> {
    let person = stdin().is_terminal();
    if person {
        say::remark(asks);
        echo(false);
    }
    let mut text = String::new();
    let read = stdin().lock().take(LINE_MAX).read_line(&mut text);
    if person {
        echo(true);
    }
    read.map_err(|why| Failure::machine("read standard input", why))?;
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() {
        return Err(Failure::could_not(
            "no passphrase: set YIMA_PASSPHRASE_FILE or YIMA_PASSPHRASE, or type it when asked",
        ));
    }
    Ok(text.to_owned())
}

/// Where there is no `stty` the line is echoed, and works all the same.
fn echo(on: bool) {
    let _ = Command::new("stty").arg(if on { "echo" } else { "-echo" }).status();
}

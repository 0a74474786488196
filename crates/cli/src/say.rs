//! What the program prints: results on standard output, everything else on standard error.
//! The only place that writes to either; it does not know what the words mean.

use serde::Serialize;
use std::io::{self, IsTerminal, Write};

/// A line of result. A reader that has gone away ends the program quietly, as with any filter.
pub fn line(text: &str) {
    let mut out = io::stdout().lock();
    if writeln!(out, "{text}").and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}

/// A result as one line of JSON.
pub fn json(value: &impl Serialize) {
    line(&serde_json::to_string(value).expect("our own shapes have string keys and no failing parts"));
}

/// Bytes of a result, as they are.
pub fn bytes(bytes: &[u8]) {
    let mut out = io::stdout().lock();
    if out.write_all(bytes).and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}

/// A remark for the person who looks on; it never mixes with results.
pub fn remark(text: &str) {
    // Standard error may be closed; a remark that nobody can read is no failure.
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Whether a person reads standard output.
pub fn to_a_person() -> bool {
    io::stdout().is_terminal()
}

//! Measures the OpenID provider beside another one, in one run on one machine: `cargo xtask bench account`.
//! It brings and starts the peer and hands its line to the example program, which reads the CPU time of both; it computes nothing.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::postgres::Postgres;
use crate::shell::Shell;
use crate::tree;

/// Seconds that the packages may take to come.
const INSTALL_LIMIT_S: u64 = 600;
/// What npm reads, copied into a folder of its own under `target`, so that nothing is installed beside the sources.
const NPM_FILES: [&str; 4] = [".npmrc", "package.json", "package-lock.json", "peer.mjs"];
/// Where the peer listens.
const PORT: &str = "7801";

/// The example program and how it is built.
const EXAMPLE: [&str; 7] = ["run", "--quiet", "--release", "-p", "yima-testkit", "--example", "bench_account"];

/// Loads so many accounts with a way to sign in, where a folder is named into that one, and measures a server of them.
pub fn load(words: &[String]) -> Result<(), String> {
    let count = words.first().map_or("1000000", String::as_str);
    let status = Command::new(env!("CARGO"))
        .args(EXAMPLE)
        .args(["--", "load", count])
        .args(words.get(1..).unwrap_or_default())
        .current_dir(tree::root())
        .stdin(Stdio::null())
        .status()
        .map_err(|why| format!("failed to start cargo: {why}"))?;
    if status.success() { Ok(()) } else { Err(format!("the bench ended with {status}")) }
}

/// Prints the tables: both databases, and the peer. `words`: operations, and one part alone.
pub fn account(words: &[String]) -> Result<(), String> {
    let folder = tree::work_dir().join("account");
    std::fs::create_dir_all(&folder).map_err(|why| format!("failed to make {}: {why}", folder.display()))?;
    npm(&folder)?;
    let postgres = Postgres::start_durable()?;
    let (_peer, line) = started(&folder)?;
    let status = Command::new(env!("CARGO"))
        .args(EXAMPLE)
        .arg("--")
        .args(words)
        .env("YIMA_BENCH_POSTGRES", &postgres.url)
        .env("YIMA_BENCH_PEER", line)
        .current_dir(tree::root())
        .stdin(Stdio::null())
        .status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("the bench ended with {status}")),
        Err(why) => Err(format!("failed to start cargo: {why}")),
    }
}

fn npm(folder: &Path) -> Result<(), String> {
    for name in NPM_FILES {
        let from = tree::root().join("bench/account").join(name);
        std::fs::copy(&from, folder.join(name)).map_err(|why| format!("failed to copy {}: {why}", from.display()))?;
    }
    let words = ["install", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund"];
    let ran = Shell::new(INSTALL_LIMIT_S, "npm", &words).folder(folder).run("account-npm")?;
    if ran.success { Ok(()) } else { Err(format!("the npm packages did not come: {}", ran.tail())) }
}

/// The peer's process, which ends with this value, however the bench ends.
struct Peer(Child);

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to stop.
        let _ = self.0.kill().and_then(|()| self.0.wait());
    }
}

/// The peer, and the line that it prints when it listens.
fn started(folder: &Path) -> Result<(Peer, String), String> {
    let mut command = Command::new("node");
    command
        .args(["peer.mjs", PORT])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut peer = Peer(command.spawn().map_err(|why| format!("failed to start node: {why}"))?);
    let mut line = String::new();
    if let Some(out) = peer.0.stdout.take() {
        BufReader::new(out).read_line(&mut line).map_err(|why| format!("failed to hear the peer: {why}"))?;
    }
    if line.trim().is_empty() { Err("the peer ended before it listened".to_owned()) } else { Ok((peer, line)) }
}

//! Measures our check beside other people's libraries, in one run on one machine: `cargo xtask bench peers`.
//! It brings and starts them and hands their lines to `bench/peers/peers.py`, which reads them; it computes nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::shell::Shell;
use crate::{install, tree};

/// Seconds that the packages may take to come.
const INSTALL_LIMIT_S: u64 = 600;
/// What npm reads, copied into a folder of its own under `target`, so that nothing is installed beside the sources.
const NPM_FILES: [&str; 4] = [".npmrc", "package.json", "package-lock.json", "mdl.mjs"];

/// Prints the table of the peers.
pub fn peers() -> Result<(), String> {
    let folder = tree::work_dir().join("peers");
    fs::create_dir_all(&folder).map_err(|why| format!("failed to make {}: {why}", folder.display()))?;
    let python = install::python()?;
    npm(&folder)?;
    let ours = folder.join("ours.jsonl");
    let check = ["run", "--quiet", "--release", "-p", "yima-code", "--example", "bench_check"];
    lines(Command::new(env!("CARGO")).args(check).current_dir(tree::root()), &ours)?;
    let mdl = folder.join("mdl.jsonl");
    lines(Command::new("node").arg("mdl.mjs").current_dir(&folder), &mdl)?;
    let table = [tree::root().join("bench/peers/peers.py"), ours, mdl];
    sure(Command::new(python).args(table).stdin(Stdio::null()))
}

fn npm(folder: &Path) -> Result<(), String> {
    for name in NPM_FILES {
        let from = tree::root().join("bench/peers").join(name);
        fs::copy(&from, folder.join(name)).map_err(|why| format!("failed to copy {}: {why}", from.display()))?;
    }
    // Not `npm ci`: a lock written where a library's optional native parts can't be had does not name them, and it refuses that.
    let words = ["install", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund"];
    let ran = Shell::new(INSTALL_LIMIT_S, "npm", &words).folder(folder).run("peers-npm")?;
    if ran.success { Ok(()) } else { Err(format!("the npm packages did not come: {}", ran.tail())) }
}

/// Runs a measurement and keeps the lines that it prints.
fn lines(command: &mut Command, into: &PathBuf) -> Result<(), String> {
    let file = fs::File::create(into).map_err(|why| format!("failed to write {}: {why}", into.display()))?;
    sure(command.stdin(Stdio::null()).stdout(file))
}

fn sure(command: &mut Command) -> Result<(), String> {
    let told = format!("{command:?}");
    let status = command.status().map_err(|why| format!("failed to start {told}: {why}"))?;
    if status.success() { Ok(()) } else { Err(format!("{told} ended with {status}")) }
}

//! The first of the two commands: pages and program built, a demonstration started, its links printed.
//! It does not know what the demonstration shows.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::tree;

/// Builds, then hands the terminal to `yima demo`; `words` go to it as they are.
pub fn run(words: &[String]) -> Result<(), String> {
    let web = tree::root().join("web");
    if web.join("package.json").is_file() {
        if !web.join("node_modules/.package-lock.json").is_file() {
            plainly(Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&web))?;
        }
        plainly(Command::new("npm").args(["run", "--silent", "build"]).current_dir(&web))?;
    }
    let cargo = env!("CARGO");
    plainly(Command::new(cargo).args(["build", "--profile", "demo", "-p", "yima-cli"]).current_dir(tree::root()))?;
    let program: PathBuf = tree::target_dir().join("demo/yima");
    let mut demo = Command::new(program);
    demo.arg("demo").current_dir(tree::root());
    let own = words.iter().filter(|word| *word != "--");
    if !words.iter().any(|word| word == "--dir") {
        demo.arg("--dir").arg(tree::target_dir().join("demo-data"));
    }
    plainly(demo.args(own))
}

fn plainly(command: &mut Command) -> Result<(), String> {
    let told = format!("{command:?}");
    let status = command.stdin(Stdio::inherit()).status().map_err(|why| format!("failed to start {told}: {why}"))?;
    if status.success() { Ok(()) } else { Err(format!("{told} ended with {status}")) }
}

//! Runs every fuzz target for a while and stops at the first finding.
//! The targets are those of `cargo fuzz` (nightly; `cargo install cargo-fuzz`); `python3 fuzz/seed.py` gives them the vectors first.

use std::process::{Command, Stdio};

use crate::tree;

/// Seconds that each target runs unless told otherwise.
const DEFAULT_S: &str = "600";

/// One target after the other, each named after what it attacks.
pub fn fuzz(words: &[String]) -> Result<(), String> {
    let seconds = words.first().map_or(DEFAULT_S, String::as_str);
    if seconds.parse::<u64>().is_err() {
        return Err(format!("`{seconds}` is not a number of seconds"));
    }
    let targets = targets();
    if targets.is_empty() {
        return Err("no fuzz target in fuzz/".to_owned());
    }
    for target in &targets {
        println!("── {target}: {seconds} s");
        let status = Command::new("rustup")
            .args(["run", "nightly", "cargo", "fuzz", "run", target, "--"])
            .args([&format!("-max_total_time={seconds}"), "-rss_limit_mb=1024", "-max_len=16384"])
            .current_dir(tree::root().join("fuzz"))
            .stdin(Stdio::null())
            .status()
            .map_err(|why| format!("failed to start the fuzz target {target}: {why}"))?;
        if !status.success() {
            return Err(format!("the fuzz target {target} found something: {status}"));
        }
    }
    println!("{} targets, no finding", targets.len());
    Ok(())
}

fn targets() -> Vec<String> {
    let folder = tree::root().join("fuzz");
    ["src/bin", "fuzz_targets"]
        .iter()
        .flat_map(|inner| tree::files(&folder.join(inner), &[".rs"]))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect()
}

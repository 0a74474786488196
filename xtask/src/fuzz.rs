//! Runs every fuzz target for a while and stops at the first finding.
//! The targets are libFuzzer programs of the `fuzz` folder, built with coverage by the stable compiler; what they feed is theirs.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::tree;

/// Seconds that each target runs unless told otherwise.
const DEFAULT_S: &str = "600";
/// One input may take this long, seconds; a code is checked in far less.
const INPUT_LIMIT_S: u64 = 10;
/// Memory of a target, MiB.
const MEMORY_MIB: u64 = 2048;
/// Counters for every edge, as cargo-fuzz asks for them; no sanitizer, for there is no unsafe code to watch.
const COVERAGE: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 -Cdebug-assertions";

/// `fuzz [SECONDS] [TARGET …]`: one target after the other.
pub fn fuzz(words: &[String]) -> Result<(), String> {
    let seconds = words.first().map_or(DEFAULT_S, String::as_str);
    if seconds.parse::<u64>().is_err() {
        return Err(format!("`{seconds}` is not a number of seconds"));
    }
    let named = words.get(1..).unwrap_or_default();
    let targets: Vec<String> =
        targets().into_iter().filter(|target| named.is_empty() || named.contains(target)).collect();
    if targets.is_empty() {
        return Err("no such fuzz target in fuzz/fuzz_targets".to_owned());
    }
    seed()?;
    let built = build()?;
    for target in &targets {
        println!("── {target}: {seconds} s");
        run(&built, target, seconds)?;
    }
    println!("{} targets, {seconds} s each, no finding", targets.len());
    Ok(())
}

/// The vectors are the first inputs.
fn seed() -> Result<(), String> {
    let status = Command::new("python3").arg("fuzz/seed.py").current_dir(tree::root()).stdin(Stdio::null()).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("fuzz/seed.py ended with {status}")),
        Err(why) => Err(format!("failed to start python3: {why}")),
    }
}

fn build() -> Result<PathBuf, String> {
    let target = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let folder = tree::target_dir().join("fuzz");
    let status = Command::new(env!("CARGO"))
        .args([
            "build",
            "--release",
            "--manifest-path",
            "fuzz/Cargo.toml",
            "--bins",
            "--target",
            &target,
            "--target-dir",
        ])
        .arg(&folder)
        .env("RUSTFLAGS", COVERAGE)
        .current_dir(tree::root())
        .stdin(Stdio::null())
        .status()
        .map_err(|why| format!("failed to start cargo: {why}"))?;
    if status.success() {
        Ok(folder.join(target).join("release"))
    } else {
        Err(format!("the targets do not build: {status}"))
    }
}

fn run(built: &std::path::Path, target: &str, seconds: &str) -> Result<(), String> {
    let folder = tree::root().join("fuzz");
    let (seeds, found) = (folder.join("corpus").join(target), tree::target_dir().join("fuzz/corpus").join(target));
    for made in [&seeds, &found] {
        std::fs::create_dir_all(made).map_err(|why| format!("failed to make {}: {why}", made.display()))?;
    }
    let artifacts = format!("-artifact_prefix={}/", tree::target_dir().join("fuzz").display());
    let status = Command::new(built.join(target))
        .args([&found, &seeds])
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-timeout={INPUT_LIMIT_S}"))
        .arg(format!("-rss_limit_mb={MEMORY_MIB}"))
        .args([artifacts.as_str(), "-print_final_stats=1"])
        .current_dir(&folder)
        .stdin(Stdio::null())
        .status()
        .map_err(|why| format!("failed to start the fuzz target {target}: {why}"))?;
    if status.success() { Ok(()) } else { Err(format!("the fuzz target {target} found something: {status}")) }
}

fn targets() -> Vec<String> {
    tree::files(&tree::root().join("fuzz/fuzz_targets"), &[".rs"])
        .into_iter()
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect()
}

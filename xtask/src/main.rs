//! The chores of the house: `cargo xtask run | check | gen | bench | bom | fuzz | api-fuzz`, for a person and for CI alike.
//! It drives other programs and reads what they print; it knows nothing of codes, residents or the store.

mod account;
mod api_fuzz;
mod bench;
mod bom;
mod check;
mod claims;
mod demo;
mod edges;
mod fuzz;
mod generate;
mod install;
mod links;
mod peers;
mod postgres;
mod program;
mod report;
mod run;
mod shell;
mod tally;
mod tidy;
mod tree;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask <chore>

  run    [-- ARGS]   build the pages and the program, start `yima demo --dir target/demo`, print its links
  check  [STEP ...]  everything a change must pass; with names, only those steps (`check --list` names them)
  gen    [--check]   write the generated files again; with --check only say which are not current
  bench  [NAME ...]  measure, and print the tables of docs/benchmarks.md; `bench peers`, `bench shots [SHOTS]`,
                     `bench account [OPERATIONS] [PART]`, `bench load-accounts [ACCOUNTS] [FOLDER]` by name
  bom    [FILE]      write a bill of materials (CycloneDX 1.6) of what ships, target/yima.cdx.json
  fuzz   [SECONDS]   run every fuzz target so long (default 600 s each)
  api-fuzz [CASES]   Schemathesis over the API as every caller, so many cases an operation (default 40)
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let rest = words.get(1..).unwrap_or_default();
    let done = match words.first().map(String::as_str) {
        Some("run") => run::run(rest),
        Some("check") => check::check(rest),
        Some("gen") => generate::generate(rest.iter().any(|word| word == "--check")),
        Some("bench") => bench::bench(rest),
        Some("bom") => bom::bom(rest),
        Some("fuzz") => fuzz::fuzz(rest),
        Some("api-fuzz") => api_fuzz::api_fuzz(rest),
        Some("help" | "--help" | "-h") => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(USAGE.to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

//! Measures what docs/benchmarks.md promises: each bench is an example program of the room that it measures,
//! or one of four that need other people's packages and run only when named. It computes nothing itself.

use std::process::{Command, Stdio};

use crate::postgres::Postgres;
use crate::{account, install, peers, tree};

/// Benches that measure PostgreSQL too, by the address in this variable.
const ON_POSTGRES: [&str; 1] = ["bench_check_http"];
const POSTGRES: &str = "YIMA_BENCH_POSTGRES";

/// Runs the named benches, or every example program of every room.
pub fn bench(names: &[String]) -> Result<(), String> {
    match names {
        [name] if name == "peers" => return peers::peers(),
        [name, words @ ..] if name == "account" => return account::account(words),
        [name, words @ ..] if name == "load-accounts" => return account::load(words),
        [name, shots @ ..] if name == "shots" => return gate_shots(shots),
        _ => {}
    }
    let mut ran = 0;
    for (room, name) in examples() {
        if !names.is_empty() && !names.contains(&name) {
            continue;
        }
        ran += 1;
        println!("\n## {name} ({room})\n`cargo run --release -p yima-{room} --example {name} --all-features`\n");
        let package = format!("yima-{room}");
        let words = ["run", "--quiet", "--release", "--all-features", "-p", &package, "--example", &name];
        let postgres = if ON_POSTGRES.contains(&name.as_str()) && std::env::var_os(POSTGRES).is_none() {
            Some(Postgres::start_durable()?)
        } else {
            None
        };
        let status = Command::new(env!("CARGO"))
            .args(words)
            .envs(postgres.as_ref().map(|own| (POSTGRES, own.url.as_str())))
            .current_dir(tree::root())
            .stdin(Stdio::null())
            .status()
            .map_err(|why| format!("failed to start the bench {name}: {why}"))?;
        if !status.success() {
            return Err(format!("the bench {name} ended with {status}"));
        }
    }
    if ran == 0 { Err(format!("no bench of that name; there are: {}", listed())) } else { Ok(()) }
}

/// Simulated gate shots, with what its packages need.
fn gate_shots(words: &[String]) -> Result<(), String> {
    let status = Command::new(install::python()?)
        .arg("bench/gate_shots.py")
        .args(words)
        .current_dir(tree::root())
        .stdin(Stdio::null())
        .status()
        .map_err(|why| format!("failed to start bench/gate_shots.py: {why}"))?;
    if status.success() { Ok(()) } else { Err(format!("bench/gate_shots.py ended with {status}")) }
}

fn listed() -> String {
    let others = ["account", "load-accounts", "peers", "shots"].into_iter().map(str::to_owned);
    others.chain(examples().into_iter().map(|(_, name)| name)).collect::<Vec<_>>().join(", ")
}

fn examples() -> Vec<(String, String)> {
    tree::files(&tree::root().join("crates"), &[".rs"])
        .into_iter()
        .filter_map(|path| {
            let name = path.file_stem()?.to_str()?.to_owned();
            let folder = path.parent()?;
            let room = folder.parent()?.file_name()?.to_str()?.to_owned();
            folder.ends_with("examples").then_some((room, name))
        })
        .collect()
}

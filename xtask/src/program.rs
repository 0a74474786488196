//! Builds the program as the tests use it: one build serves them, the generated files, the stories and the fuzzer.
//! It does not know what any of them does with it.

use std::path::PathBuf;

use crate::shell::Shell;
use crate::tree;

/// Seconds until a build is given up.
const LIMIT_S: u64 = 2_400;
/// Features depend on what is built together: other words would compile every dependency once more.
pub const WORDS: [&str; 4] = ["test", "--workspace", "--all-features", "--no-fail-fast"];

/// The program, built with all tests; nothing to do when it is fresh.
pub fn built() -> Result<PathBuf, String> {
    let ran = Shell::new(LIMIT_S, env!("CARGO"), &[&WORDS[..], &["--no-run"]].concat()).run("build")?;
    if !ran.success {
        return Err(format!("the program does not build: {}", ran.tail()));
    }
    Ok(tree::target_dir().join("debug/yima"))
}

//! Writes the files that are made from the program itself, or says which of them are no longer current.
//! It knows which words of the program make which file, and nothing of what stands in them.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::{program, tree};

/// A generated file and the program's words that print it on standard output.
struct Made {
    file: &'static str,
    words: &'static [&'static str],
}

const FILES: [Made; 2] = [
    Made { file: "docs/api/openapi.json", words: &["openapi"] },
    Made { file: "docs/access-matrix.txt", words: &["openapi", "--access-matrix"] },
];

/// Makes each file again. With `only_check` nothing is written and a difference is an error.
pub fn generate(only_check: bool) -> Result<(), String> {
    let program = program::built()?;
    let mut stale = Vec::new();
    for made in &FILES {
        let path = tree::root().join(made.file);
        let fresh = print(&program, made)?;
        let current = fs::read(&path).is_ok_and(|old| old == fresh);
        if current {
            continue;
        }
        if only_check {
            stale.push(made.file);
            continue;
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|why| format!("failed to make {}: {why}", folder.display()))?;
        }
        fs::write(&path, &fresh).map_err(|why| format!("failed to write {}: {why}", made.file))?;
        println!("wrote {}", made.file);
    }
    if stale.is_empty() { Ok(()) } else { Err(format!("not current: {}; run `cargo xtask gen`", stale.join(", "))) }
}

fn print(program: &Path, made: &Made) -> Result<Vec<u8>, String> {
    let output = Command::new(program)
        .args(made.words)
        .current_dir(tree::root())
        .stdin(Stdio::null())
        .output()
        .map_err(|why| format!("failed to start {}: {why}", program.display()))?;
    if !output.status.success() {
        return Err(format!("failed to make {}: {}", made.file, String::from_utf8_lossy(&output.stderr)));
    }
    Ok(output.stdout)
}

//! Finds files of the repository: the root, and the files under a folder that are ours.
//! It does not know what any of them is for.

use std::fs;
use std::path::{Path, PathBuf};

/// Folders that hold nothing written here.
const NOT_OURS: [&str; 7] = ["target", "node_modules", ".git", "dist", "__pycache__", "corpus", "artifacts"];

/// The root of the repository: the folder above this crate.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Where the check keeps its logs, its Python and its throw-away data.
pub fn work_dir() -> PathBuf {
    target_dir().join("xtask")
}

/// Cargo's target folder, as the environment says or beside the root manifest.
pub fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// All files under `folder` that end in one of `endings` (`.rs`), sorted; nothing if the folder is absent.
pub fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    walk(folder, &mut |path| {
        let name = path.to_string_lossy();
        if endings.iter().any(|ending| name.ends_with(ending)) {
            found.push(path.to_owned());
        }
    });
    found.sort();
    found
}

/// A path as people read it: from the root of the repository.
pub fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

fn walk(folder: &Path, visit: &mut dyn FnMut(&Path)) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        if kind.is_dir() {
            let name = entry.file_name();
            if !NOT_OURS.iter().any(|not| name == *not) {
                walk(&path, visit);
            }
        } else if kind.is_file() {
            visit(&path);
        }
    }
}

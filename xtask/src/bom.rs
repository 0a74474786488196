//! A bill of materials (CycloneDX 1.6) of what ships: the crates that the program is built from and the packages of the pages.
//! It reads lock files and knows nothing of holes in what it lists; a scanner reads it for that.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::tree;

/// Writes the bill to a file, `target/yima.cdx.json` when none is named.
pub fn bom(words: &[String]) -> Result<(), String> {
    let file =
        words.first().map_or_else(|| tree::target_dir().join("yima.cdx.json"), |name| Path::new(name).to_owned());
    let mut components = crates()?;
    components.extend(packages(&std::fs::read_to_string(tree::root().join("web/package-lock.json")).map_err(said)?)?);
    let count = components.len();
    let text = serde_json::to_string_pretty(&bill(components)).map_err(said)?;
    std::fs::write(&file, text + "\n").map_err(|why| format!("failed to write {}: {why}", file.display()))?;
    println!("wrote {}: {count} components", file.display());
    Ok(())
}

fn bill(components: Vec<Value>) -> Value {
    json!({
        "bomFormat": "CycloneDX",
        "components": components,
        "metadata": { "component": { "name": "yima", "type": "application", "version": env!("CARGO_PKG_VERSION") } },
        "specVersion": "1.6",
        "version": 1,
    })
}

/// What `yima` is compiled from, parts that only run while it is built included.
fn crates() -> Result<Vec<Value>, String> {
    let words =
        ["tree", "--locked", "-p", "yima-cli", "-e", "normal,build", "--prefix", "none", "--format", "{p}\t{l}"];
    let output = Command::new(env!("CARGO")).args(words).current_dir(tree::root()).output();
    let output = output.map_err(|why| format!("failed to start cargo tree: {why}"))?;
    if !output.status.success() {
        return Err(format!("cargo tree: {}", String::from_utf8_lossy(&output.stderr)));
    }
    Ok(of_tree(&String::from_utf8_lossy(&output.stdout)))
}

fn of_tree(text: &str) -> Vec<Value> {
    let rows = text.lines().map(|line| line.trim_end_matches(" (*)")).collect::<BTreeSet<_>>();
    let part = |line: &str| {
        let (package, licence) = line.split_once('\t')?;
        let mut words = package.split_whitespace();
        let (name, version) = (words.next()?, words.next()?.strip_prefix('v')?);
        // Rooms of this house have a path behind their version.
        let own = words.any(|word| word.starts_with("(/"));
        (!own).then(|| component("cargo", name, version, licence.trim_end_matches(" (*)")))
    };
    rows.into_iter().filter_map(part).collect()
}

/// What the pages are bundled from; packages that only build or test them do not ship.
fn packages(lock: &str) -> Result<Vec<Value>, String> {
    let lock: Value = serde_json::from_str(lock).map_err(said)?;
    let rows = lock["packages"].as_object().into_iter().flatten();
    let ships = rows.filter(|(path, row)| !path.is_empty() && row["dev"] != true && row["version"].is_string());
    let part = |(path, row): (&String, &Value)| {
        let name = path.rsplit("node_modules/").next()?;
        Some(component("npm", name, row["version"].as_str()?, row["license"].as_str().unwrap_or_default()))
    };
    Ok(ships.filter_map(part).collect())
}

fn component(kind: &str, name: &str, version: &str, licence: &str) -> Value {
    let mut one = json!({
        "name": name,
        "purl": format!("pkg:{kind}/{}@{version}", name.replace('@', "%40")),
        "type": "library",
        "version": version,
    });
    if !licence.is_empty() {
        one["licenses"] = json!([{ "expression": licence.replace('/', " OR ") }]);
    }
    one
}

fn said(why: impl std::fmt::Display) -> String {
    why.to_string()
}

#[cfg(test)]
mod tests {
    use super::{of_tree, packages};

    #[test]
    fn what_ships_is_listed_once_and_what_is_ours_or_for_tests_is_not() {
        let tree = "yima-cli v0.1.0 (/x/crates/cli)\tApache-2.0\nserde v1.0.1\tMIT OR Apache-2.0\nserde v1.0.1\tMIT OR Apache-2.0 (*)\n";
        let found = of_tree(tree);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0]["purl"], "pkg:cargo/serde@1.0.1");
        assert_eq!(found[0]["licenses"][0]["expression"], "MIT OR Apache-2.0");
        let lock = r#"{"packages": {"": {"version": "1"}, "node_modules/@a/b": {"version": "2.0.0", "license": "MIT"},
            "node_modules/c": {"version": "3.0.0", "dev": true}}}"#;
        let found = packages(lock).expect("read");
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0]["purl"], "pkg:npm/%40a/b@2.0.0");
    }
}

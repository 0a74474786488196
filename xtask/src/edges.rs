//! The doors between the rooms: which crate may use which, and which foreign thing only one room may know.
//! It reads Cargo's own description of the workspace and no source.

use serde_json::Value;
use std::process::Command;

use crate::tree;

/// Each room and the rooms below it that it may use. What is not written is forbidden.
const ARROWS: [(&str, &[&str]); 16] = [
    ("keys", &[]),
    ("wire", &[]),
    ("code", &["keys"]),
    ("kernel", &["code"]),
    ("store", &["kernel"]),
    ("print", &[]),
    ("exchange", &["kernel"]),
    ("oidc", &["kernel", "keys"]),
    ("passkey", &["keys"]),
    ("policy", &["kernel"]),
    ("province", &["kernel", "code", "keys", "store", "print", "exchange", "oidc", "passkey", "policy"]),
    ("server", &["province", "oidc", "wire", "kernel", "code", "keys"]),
    ("cli", &["server", "province", "wire", "code", "keys", "print", "kernel", "exchange"]),
    ("testkit", &["server", "store", "province", "oidc", "wire", "code", "keys", "kernel"]),
    ("xtask", &[]),
    ("fuzz", &["code", "keys", "kernel", "province"]),
];

/// Rooms that only tests may open, from any room that is not below them.
const FOR_TESTS: [(&str, &[&str]); 7] = [
    ("server", &["testkit", "code", "keys", "kernel", "store"]),
    ("cli", &["testkit", "store"]),
    ("province", &["testkit", "wire"]),
    ("store", &["code", "keys"]),
    ("code", &["print"]),
    ("print", &["code"]),
    // What stands on paper is read off the paper.
    ("testkit", &["print"]),
];

/// A foreign thing, the only rooms that know it, and why.
const FOREIGN: [(&str, &[&str], &str); 16] = [
    ("sqlx", &["store", "testkit"], "store holds the only SQL"),
    ("axum", &["server", "testkit"], "server is the only web server"),
    ("axum-server", &["server"], "server is the only web server"),
    ("utoipa", &["server", "wire"], "the API's description belongs to server and wire"),
    ("reqwest", &["exchange", "cli", "testkit"], "exchange makes the only outbound calls of the platform"),
    ("cryptoki", &["keys"], "keys holds the only private keys"),
    ("p256", &["keys"], "keys knows the signature suites"),
    ("sm2", &["keys"], "keys knows the signature suites"),
    ("aws-lc-rs", &["keys", "code"], "keys knows the suites, and code seals a gate's records"),
    ("fast_qr", &["print"], "print draws the only symbols"),
    ("krilla", &["print"], "print draws the only pages"),
    ("webauthn-rs-core", &["passkey"], "passkey holds the only WebAuthn words"),
    ("cedar-policy", &["policy"], "policy holds the only Cedar words"),
    ("maud", &["server"], "server writes the only HTML"),
    ("clap", &["cli"], "cli reads the only command line"),
    ("indicatif", &["cli"], "cli draws the only progress bars"),
];

/// Rooms that stay free of any runtime: they compute, they never wait.
const PURE: [&str; 8] = ["keys", "code", "kernel", "wire", "print", "oidc", "passkey", "policy"];
const RUNTIMES: [&str; 3] = ["tokio", "futures-util", "async-std"];

/// Every arrow that points where it may not.
pub fn edges() -> Result<Vec<String>, String> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps"])
        .current_dir(tree::root())
        .output()
        .map_err(|why| format!("failed to start cargo metadata: {why}"))?;
    let workspace: Value =
        serde_json::from_slice(&output.stdout).map_err(|why| format!("failed to read cargo metadata: {why}"))?;
    Ok(violations(&workspace))
}

fn violations(workspace: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for package in workspace["packages"].as_array().into_iter().flatten() {
        let from = room(package["name"].as_str().unwrap_or_default());
        let Some((_, below)) = ARROWS.iter().find(|(name, _)| *name == from) else {
            found.push(format!(
                "{from}: a room that no arrow names; write it into xtask/src/edges.rs and ARCHITECTURE.md"
            ));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            found.extend(judge(from, below, dependency));
        }
    }
    found
}

fn judge(from: &str, below: &[&str], dependency: &Value) -> Option<String> {
    let name = dependency["name"].as_str().unwrap_or_default();
    let in_tests = dependency["kind"] == "dev";
    if !name.starts_with("yima-") {
        return if in_tests { None } else { foreign(from, name) };
    }
    let to = room(name);
    let opened = in_tests && FOR_TESTS.iter().any(|(room, more)| *room == from && more.contains(&to));
    if !below.contains(&to) && !opened {
        let may = if below.is_empty() { "no other room".to_owned() } else { below.join(", ") };
        return Some(format!("{from} -> {to}: arrows only point down, and {from} may use {may}"));
    }
    let custody = dependency["features"].as_array().is_some_and(|list| list.iter().any(|word| word != "std"))
        || dependency["uses_default_features"] == true;
    if to == "keys" && !in_tests && matches!(from, "code" | "kernel") && custody {
        return Some(format!(
            "{from} -> keys with custody: a gate is built without private keys, so {from} takes the checking half"
        ));
    }
    None
}

fn foreign(from: &str, name: &str) -> Option<String> {
    if PURE.contains(&from) && RUNTIMES.contains(&name) {
        return Some(format!("{from} -> {name}: {from} computes and never waits, so it takes no runtime"));
    }
    let (_, rooms, why) = FOREIGN.iter().find(|(thing, ..)| *thing == name)?;
    if rooms.contains(&from) {
        return None;
    }
    Some(format!("{from} -> {name}: {why}; only {} may use it", rooms.join(", ")))
}

fn room(package: &str) -> &str {
    package.strip_prefix("yima-").unwrap_or(package)
}

#[cfg(test)]
mod tests {
    use super::{edges, violations};
    use serde_json::json;

    #[test]
    fn the_workspace_keeps_its_doors() {
        assert_eq!(edges().expect("cargo metadata"), Vec::<String>::new());
    }

    #[test]
    fn a_wrong_arrow_is_named_with_its_rule() {
        let dependency = |name: &str, kind: Option<&str>, features: &[&str]| json!({"name": name, "kind": kind, "features": features, "uses_default_features": false});
        let table = [
            ("yima-code", dependency("yima-keys", None, &[]), None),
            ("yima-code", dependency("yima-keys", None, &["custody"]), Some("code -> keys with custody")),
            ("yima-code", dependency("yima-kernel", None, &[]), Some("code -> kernel")),
            ("yima-store", dependency("yima-print", None, &[]), Some("store -> print")),
            ("yima-server", dependency("yima-store", None, &[]), Some("server -> store")),
            ("yima-server", dependency("yima-store", Some("dev"), &[]), None),
            ("yima-province", dependency("sqlx", None, &[]), Some("store holds the only SQL")),
            ("yima-kernel", dependency("tokio", None, &[]), Some("takes no runtime")),
            ("yima-attic", dependency("serde", None, &[]), Some("no arrow names")),
        ];
        for (package, dependency, rule) in table {
            let found = violations(&json!({"packages": [{"name": package, "dependencies": [dependency]}]}));
            match rule {
                Some(words) => assert!(found.len() == 1 && found[0].contains(words), "{package}: {found:?}"),
                None => assert!(found.is_empty(), "{package}: {found:?}"),
            }
        }
    }
}

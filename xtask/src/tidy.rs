//! The habits of the house that a compiler does not see: heads of modules, names of files, words that belong to one room.
//! It reads source as text and does not parse it; a rule that needs types belongs to clippy.

use std::path::Path;

use crate::tree;

/// Lines from which a file is mentioned as long. A hint, not a fault: a long file may hold one deep idea.
const LONG_LINES: usize = 400;

/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 6] = ["utils", "util", "helpers", "common", "misc", "manager"];

/// Starts of SQL statements as they stand in a string.
const SQL: [&str; 6] = ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ", "CREATE TABLE ", "ALTER TABLE "];

/// A word, the rooms where it may not stand, the files that are excepted, and why.
struct Ban {
    word: &'static str,
    rooms: &'static [&'static str],
    except: &'static [&'static str],
    why: &'static str,
}

const PURE: &[&str] = &["keys", "code", "kernel", "wire", "print", "passkey", "policy"];
const ALL: &[&str] = &[
    "keys", "code", "kernel", "wire", "print", "store", "exchange", "province", "server", "cli", "testkit", "passkey",
    "policy",
];

const BANS: [Ban; 10] = [
    Ban { word: "SystemTime::now", rooms: PURE, except: &[], why: "time is an argument" },
    Ban { word: "Instant::now", rooms: PURE, except: &[], why: "time is an argument" },
    Ban { word: "async fn", rooms: PURE, except: &[], why: "this room computes and never waits" },
    Ban { word: "std::net", rooms: PURE, except: &[], why: "this room does no I/O" },
    Ban {
        word: "std::fs",
        rooms: &["code", "kernel", "wire", "print"],
        except: &["crates/print/src/font.rs"],
        why: "this room does no I/O",
    },
    Ban {
        word: "StatusCode::",
        rooms: &["server", "province", "store", "kernel", "wire"],
        except: &["crates/server/src/error.rs", "crates/server/src/error/oauth.rs", "crates/server/src/error/scim.rs"],
        why: "a refusal's status stands in server/src/error.rs alone",
    },
    Ban { word: concat!("TO", "DO"), rooms: ALL, except: &[], why: "finish it or file an issue" },
    Ban { word: concat!("FIX", "ME"), rooms: ALL, except: &[], why: "finish it or file an issue" },
    Ban { word: concat!("#[al", "low("), rooms: ALL, except: &[], why: "write #[expect(lint, reason = \"…\")]" },
    Ban { word: concat!("uns", "afe {"), rooms: ALL, except: &[], why: "no unsafe in this house" },
];

/// Words by which text of others becomes markup or script in a page, or a key of others reaches every object.
const SCRIPT_BANS: [&str; 8] =
    ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "__proto__", "srcdoc"];

/// Every broken habit, with its file, line and reason. Long files are printed as hints.
pub fn tidy() -> Vec<String> {
    let mut found = Vec::new();
    for room in ALL {
        let source = tree::root().join("crates").join(room).join("src");
        for path in tree::files(&source, &[".rs"]) {
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            found.extend(in_file(room, &tree::shown(&path), &text));
        }
    }
    for path in tree::files(&tree::root().join("web/src"), &[".ts", ".tsx", ".mjs"]) {
        found.extend(in_script(&tree::shown(&path), &std::fs::read_to_string(&path).unwrap_or_default()));
    }
    for path in tree::files(&tree::root(), &[".rs", ".ts", ".tsx", ".py"]) {
        found.extend(in_name(&path));
    }
    found
}

fn in_file(room: &str, shown: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let of_tests = shown.ends_with("tests.rs");
    if !of_tests && sentences(text) < 2 {
        found.push(format!(
            "{shown}:1: the head says in two sentences what the module is for and what it does not know"
        ));
    }
    let lines = text.lines().count();
    if lines > LONG_LINES {
        println!("hint: {shown} has {lines} lines");
    }
    // Tests inside a file stand at its end and may do what the room may not.
    let body = text.split("#[cfg(test)]").next().unwrap_or_default();
    for (number, line) in body.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
        let at = format!("{shown}:{}", number + 1);
        // Nothing to say, and nothing new, are no refusals.
        let line = &line.replace("StatusCode::NO_CONTENT", "").replace("StatusCode::NOT_MODIFIED", "");
        for ban in BANS.iter().filter(|ban| ban.rooms.contains(&room) && !ban.except.contains(&shown)) {
            if line.contains(ban.word) {
                found.push(format!("{at}: `{}`: {}", ban.word, ban.why));
            }
        }
        if !matches!(room, "store" | "testkit") && has_sql(line) {
            found.push(format!("{at}: SQL belongs to the store"));
        }
    }
    found
}

fn in_script(shown: &str, text: &str) -> Vec<String> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
    let banned = |line: &str| SCRIPT_BANS.into_iter().find(|word| line.contains(word));
    let faults = lines.filter_map(|(number, line)| Some((number, banned(line)?)));
    faults.map(|(number, word)| format!("{shown}:{}: `{word}`: what others wrote stays text", number + 1)).collect()
}

fn in_name(path: &Path) -> Option<String> {
    let stem = path.file_stem()?.to_str()?;
    EMPTY_NAMES.contains(&stem).then(|| format!("{}: `{stem}` says nothing; name the thing inside", tree::shown(path)))
}

/// A string that opens with a statement of SQL; prose that begins with such a word is not one.
fn has_sql(line: &str) -> bool {
    line.split('"').skip(1).step_by(2).any(|inside| SQL.iter().any(|start| inside.trim_start().starts_with(start)))
}

/// Sentences in the `//!` block at the head of a file.
fn sentences(text: &str) -> usize {
    let head: String = text
        .lines()
        .take_while(|line| line.starts_with("//!") || line.starts_with("// @generated"))
        .filter_map(|line| line.strip_prefix("//!"))
        .collect::<Vec<_>>()
        .join(" ");
    let ended = head.trim_end().ends_with(['.', '。', '`', ':']);
    head.matches(". ").count() + head.matches(".  ").count() + head.matches('。').count() + usize::from(ended)
}

#[cfg(test)]
mod tests {
    use super::{in_file, in_script, tidy};

    const HEAD: &str = "//! It does a thing. It knows no other.\n";

    #[test]
    fn the_house_is_tidy() {
        assert_eq!(tidy(), Vec::<String>::new());
    }

    #[test]
    fn each_habit_is_seen_when_broken() {
        let table = [
            ("kernel", "fn a() {}", None),
            ("kernel", "let t = SystemTime::now();", Some("time is an argument")),
            ("kernel", "#[cfg(test)]\nmod t { fn a() { SystemTime::now(); } }", None),
            ("kernel", "// SystemTime::now is for others", None),
            ("province", "let q = \"SELECT id FROM resident\";", Some("SQL belongs to the store")),
            ("store", "let q = \"SELECT id FROM resident\";", None),
            ("cli", "print(\"Select a scenario\");", None),
            ("server", "StatusCode::NOT_FOUND", Some("a refusal's status")),
            ("server", "Ok(StatusCode::NO_CONTENT)", None),
        ];
        for (room, body, rule) in table {
            let found = in_file(room, "crates/x/src/x.rs", &format!("{HEAD}{body}\n"));
            match rule {
                Some(words) => assert!(found.len() == 1 && found[0].contains(words), "{body}: {found:?}"),
                None => assert!(found.is_empty(), "{body}: {found:?}"),
            }
        }
        assert_eq!(in_script("web/src/a.ts", "a.innerHTML = b;\n// no eval(\na.textContent = b;").len(), 1);
        assert_eq!(in_file("code", "crates/x/src/x.rs", "fn headless() {}\n").len(), 1);
        assert_eq!(in_file("code", "crates/x/src/x.rs", "//! One sentence only.\n").len(), 1);
    }
}

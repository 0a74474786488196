//! An import that is killed with SIGKILL, again and again, wherever it is: the register is in the store once, and each refusal is told.
//! It does not know batches; `YIMA_KILLS` says how often it is killed at the most.

use crate::program::{command, json, run};
use std::collections::BTreeSet;
use std::process::Stdio;
use std::time::Duration;

/// Some batches, so that kills fall into reading, into writing, and between two commits.
const RESIDENTS: u32 = 130_000;
const WRONG_EVERY: usize = 9_000;

#[test]
fn an_import_that_is_killed_anywhere_is_whole_in_the_end() {
    let kills: u32 = std::env::var("YIMA_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(6);
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (home, people) = (path("home"), path("people.csv"));
    run(&["init", "--dir", &home, "--json"], 0);
    let mut register = String::new();
    let mut wrong = BTreeSet::new();
    for (row, line) in yima_province::demo::csv(9, RESIDENTS).lines().enumerate() {
        register.push_str(line);
        register.push('\n');
        if row % WRONG_EVERY == WRONG_EVERY - 1 {
            register.push_str("王明华,110105194912310021,13800138000,370102\n");
            wrong.insert(row + wrong.len() + 1);
        }
    }
    std::fs::write(&people, register).expect("written");
    let import = ["resident", "import", people.as_str(), "--dir", home.as_str(), "--json"];
    for kill in 0..kills {
        let mut child =
            command(&import).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
        std::thread::sleep(Duration::from_millis(300 + 700 * u64::from(kill)));
        child.kill().expect("killed, or through before");
        child.wait().expect("it ended");
    }
    // What was refused makes the exit code 1.
    let done = json(&run(&import, 1));
    assert_eq!((&done["inserted"], &done["duplicates"]), (&RESIDENTS.into(), &0.into()), "{done}");
    assert_eq!((&done["rows"], &done["rejected"]), (&(RESIDENTS as usize + wrong.len()).into(), &wrong.len().into()));
    let told = std::fs::read_to_string(path("people.rejects.csv")).expect("rejects");
    let told: BTreeSet<usize> =
        told.lines().map(|line| line.split(',').next().expect("a row").parse().expect("a number")).collect();
    assert_eq!(told, wrong, "each is told; a kill just before a mark may have one told twice");
    let left: Vec<_> = std::fs::read_dir(&home).expect("a folder").flatten().map(|entry| entry.file_name()).collect();
    let spools = left.iter().filter(|name| name.to_string_lossy().ends_with(".spool")).count();
    assert!(spools <= 1, "an empty one at most, from a kill between its making and the loss of its name: {left:?}");
    assert_eq!(json(&run(&import, 1))["already"], true);
}

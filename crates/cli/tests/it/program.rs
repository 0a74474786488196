//! Runs the program as a shell would, and a demonstration beside it.
//! It asserts exit codes; what a command printed is for the stories.

use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_yima");

/// Runs to the end, expects this exit code, and gives standard output.
pub fn run(words: &[&str], exit: i32) -> String {
    let output = command(words).output().expect("the program starts");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let remarks = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(exit), "yima {}\n{said}\n{remarks}", words.join(" "));
    said
}

/// The same with settings from the environment; gives standard output and what was remarked.
pub fn run_with(env: &[(&str, &str)], words: &[&str], exit: i32) -> (String, String) {
    let output = command(words).envs(env.iter().copied()).output().expect("the program starts");
    let [said, remarks] = [output.stdout, output.stderr].map(|out| String::from_utf8_lossy(&out).into_owned());
    assert_eq!(output.status.code(), Some(exit), "yima {}\n{said}\n{remarks}", words.join(" "));
    (said, remarks)
}

/// A server over a province that is there; it ends with the story.
pub struct Served {
    child: Child,
    /// What it printed when it was ready.
    pub ready: Value,
}

impl Served {
    pub fn start(dir: &str, env: &[(&str, &str)]) -> Self {
        let words = ["serve", "--dir", dir, "--listen", "127.0.0.1:0", "--json"];
        let mut child = command(&words)
            .envs(env.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
        Self { child, ready: json(&line) }
    }

    pub fn url(&self) -> String {
        self.ready["url"].as_str().expect("url").to_owned()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Feeds lines to a command, reads a line of answer for each, and closes its input or kills it.
pub fn feed(words: &[&str], input: &str, kill: bool) -> Vec<String> {
    let mut child = command(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut answers = BufReader::new(child.stdout.take().expect("piped")).lines();
    let mut questions = child.stdin.take().expect("piped");
    let mut said = Vec::new();
    for line in input.lines() {
        writeln!(questions, "{line}").expect("it reads");
        said.push(answers.next().expect("an answer").expect("text"));
    }
    if kill {
        child.kill().expect("killed");
    }
    drop(questions);
    child.wait().expect("it ended");
    said
}

/// The JSON of a line.
pub fn json(text: &str) -> Value {
    serde_json::from_str(text.trim()).unwrap_or_else(|why| panic!("{why}: {text}"))
}

/// A demonstration in a folder of its own; it ends with the story.
pub struct Demo {
    child: Child,
    /// What it printed when it was ready.
    pub ready: Value,
    _folder: tempfile::TempDir,
}

impl Demo {
    /// With so many invented residents.
    pub fn start(residents: u32) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (dir, count) = (folder.path().join("demo").display().to_string(), residents.to_string());
        let words = ["demo", "--dir", &dir, "--listen", "127.0.0.1:0", "--json", "--residents", &count];
        let mut child =
            command(&words).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
        let ready = json(&line);
        Self { child, ready, _folder: folder }
    }

    pub fn url(&self) -> String {
        self.ready["url"].as_str().expect("url").to_owned()
    }

    pub fn code(&self, number: usize) -> String {
        self.ready["enrolment_codes"][number].as_str().expect("a code").to_owned()
    }

    pub fn gate(&self, scenario: &str) -> Value {
        let gates = self.ready["gates"].as_array().expect("gates");
        gates.iter().find(|gate| gate["scenario"] == scenario).expect("a gate of that scenario").clone()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(words: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(words).stdin(Stdio::null()).env("YIMA_LOG", "warn");
    for name in ["YIMA_DIR", "YIMA_SERVER", "YIMA_PASSPHRASE", "YIMA_PASSPHRASE_FILE", "YIMA_CUSTODY"] {
        command.env_remove(name);
    }
    command
}

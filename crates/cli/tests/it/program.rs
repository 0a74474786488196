//! Runs the program as a shell would, and a demonstration beside it.
//! It asserts exit codes; what a command printed is for the stories.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

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

/// A command that is on its way, to be killed or waited for.
pub struct Begun {
    child: Child,
    began: Instant,
}

/// Starts a command; what it says goes to a file.
#[expect(clippy::disallowed_methods, reason = "a story over real processes runs on the machine's clock")]
pub fn begin(words: &[&str], said: &str) -> Begun {
    let file = std::fs::File::create(said).expect("a file");
    let child = command(words).stdout(Stdio::null()).stderr(file).spawn().expect("the program starts");
    Begun { child, began: Instant::now() }
}

impl Begun {
    /// Waits for its good end; how long it took.
    pub fn took(mut self) -> Duration {
        assert!(self.child.wait().expect("it ended").success());
        self.began.elapsed()
    }

    /// Waits until `holds`, or until it has ended.
    pub fn until(&mut self, holds: impl Fn() -> bool) {
        while !holds() && self.child.try_wait().expect("asked").is_none() {
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// kill -9. True when it had ended well before.
    pub fn kill(&mut self) -> bool {
        let _ = self.child.kill();
        self.child.wait().expect("it ended").success()
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
    folder: Option<tempfile::TempDir>,
}

impl Demo {
    /// With so many invented residents.
    pub fn start(residents: u32) -> Self {
        Self::start_in(tempfile::tempdir().expect("a folder"), residents)
    }

    /// Stops, and starts again in its folder, after `meanwhile` had its directory.
    pub fn start_again(mut self, residents: u32, meanwhile: impl FnOnce(&Path)) -> Self {
        let folder = self.folder.take().expect("one start, one folder");
        drop(self);
        meanwhile(&folder.path().join("demo"));
        Self::start_in(folder, residents)
    }

    fn start_in(folder: tempfile::TempDir, residents: u32) -> Self {
        let (dir, count) = (folder.path().join("demo").display().to_string(), residents.to_string());
        let words = ["demo", "--dir", &dir, "--listen", "127.0.0.1:0", "--json", "--residents", &count];
        let mut child =
            command(&words).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
        let ready = json(&line);
        Self { child, ready, folder: Some(folder) }
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

impl Demo {
    /// Signs the system operator in; the cookie of the session.
    pub fn operator(&self) -> String {
        let who = &self.ready["sign_ins"]["system"];
        let wish = serde_json::json!({"name": who["name"], "password": who["password"], "totp": who["totp_now"]});
        let (head, _) = http(&self.url(), "POST", "/api/v1/operators/sign-in", &[], &wish.to_string()).expect("served");
        let cookie = head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).expect("a session");
        cookie.split(';').next().unwrap_or_default().to_owned()
    }

    /// A request of the signed-in operator.
    pub fn as_operator(&self, cookie: &str, method: &str, path: &str, body: &str) -> Value {
        let (_, body) = http(&self.url(), method, path, &[("cookie", cookie)], body).expect("served");
        json(&body)
    }
}

/// A gate's agent with local HTTP; it never outlives its story.
pub struct Gate {
    child: Child,
    url: String,
}

impl Gate {
    /// Starts `yima gate run …` with a door of its own, and waits until it is open.
    pub fn start(words: &[&str]) -> Self {
        let mut all = vec!["gate", "run", "--listen", "127.0.0.1:0"];
        all.extend(words);
        let mut child = command(&all)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let remarks = BufReader::new(child.stderr.take().expect("piped")).lines();
        let (found, door) = mpsc::channel();
        // Whoever reads to the end keeps the gate from waiting for a reader.
        thread::spawn(move || {
            for line in remarks.map_while(Result::ok) {
                if let Some(rest) = line.strip_prefix("listening on ").filter(|rest| rest.contains("/check")) {
                    let _ = found.send(rest.split(' ').next().unwrap_or_default().to_owned());
                }
            }
        });
        let url = door.recv_timeout(Duration::from_secs(120)).expect("the gate opens its door");
        Self { child, url }
    }

    /// `None` when the gate died before a whole answer.
    pub fn ask(&self, method: &str, path: &str, body: &str) -> Option<Value> {
        http(&self.url, method, path, &[], body).map(|(_, body)| json(&body))
    }

    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// Asks until the status is as wanted.
    pub fn until(&self, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..1_200 {
            let status = self.ask("GET", "/status", "").expect("the gate runs");
            if holds(&status) {
                return status;
            }
            thread::sleep(Duration::from_millis(100));
        }
        panic!("the gate never was: {what}");
    }

    /// kill -9.
    pub fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("it ended");
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One plain request; head and body of a whole answer, or nothing.
pub fn http(url: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Option<(String, String)> {
    let address = url.strip_prefix("http://")?;
    let mut stream = TcpStream::connect(address).ok()?;
    let more: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/json\r\n{more}content-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let head = lower_names(head);
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    (length == Some(body.len())).then(|| (head, body.to_owned()))
}

/// Header names in lower case, values as they came.
fn lower_names(head: &str) -> String {
    let line = |line: &str| match line.split_once(": ") {
        Some((name, value)) => format!("{}: {value}\n", name.to_ascii_lowercase()),
        None => format!("{line}\n"),
    };
    head.lines().map(line).collect()
}

/// An address that was free a moment ago.
pub fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").to_string()
}

/// The program with these words, without settings of the machine.
pub fn command(words: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(words).stdin(Stdio::null()).env("YIMA_LOG", "warn");
    for name in ["YIMA_DIR", "YIMA_SERVER", "YIMA_PASSPHRASE", "YIMA_PASSPHRASE_FILE", "YIMA_CUSTODY"] {
        command.env_remove(name);
    }
    command
}

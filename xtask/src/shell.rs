//! Runs another program with standard input closed, keeps what it prints in a log, and shows what matters.
//! It does not know which program it runs or why.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;

use crate::tree;

/// How much of a failed program's output is shown, in lines; the log has it all.
const TAIL_LINES: usize = 120;

/// What a program left behind.
pub struct Ran {
    pub success: bool,
    /// Standard output and error, in the order they came.
    pub output: String,
    pub log: PathBuf,
}

impl Ran {
    /// The end of the output, for a person who must mend something.
    pub fn tail(&self) -> String {
        let lines: Vec<&str> = self.output.lines().collect();
        lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
    }
}

/// A command to run from `folder`, at most `limit_s` seconds long.
pub struct Shell {
    command: Command,
    told: String,
    loud: bool,
}

impl Shell {
    pub fn new(limit_s: u64, program: impl AsRef<OsStr>, arguments: &[&str]) -> Self {
        let mut command = Command::new("timeout");
        command.args(["--kill-after=10", &limit_s.to_string()]).arg(program.as_ref()).args(arguments);
        command.current_dir(tree::root()).stdin(Stdio::null());
        let told = format!("{} {}", program.as_ref().to_string_lossy(), arguments.join(" "));
        Self { command, told, loud: std::io::stdout().is_terminal() }
    }

    pub fn folder(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs it to its end. `log` names the file under the check's own folder.
    pub fn run(mut self, log: &str) -> Result<Ran, String> {
        let path = tree::work_dir().join("logs").join(format!("{}.log", log.replace([' ', '/'], "-")));
        let mut file = create(&path)?;
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.command.spawn().map_err(|why| format!("failed to start `{}`: {why}", self.told))?;
        let (sender, lines) = mpsc::channel();
        let readers = [
            child.stdout.take().map(|pipe| forward(pipe, sender.clone())),
            child.stderr.take().map(|pipe| forward(pipe, sender)),
        ];
        let mut output = String::new();
        for line in lines {
            if self.loud {
                println!("{line}");
            }
            output.push_str(&line);
            output.push('\n');
        }
        for reader in readers.into_iter().flatten() {
            reader.join().map_err(|_| format!("failed to read what `{}` printed", self.told))?;
        }
        let status = child.wait().map_err(|why| format!("failed to wait for `{}`: {why}", self.told))?;
        if status.code() == Some(124) {
            output.push_str("stopped: it took longer than its limit\n");
        }
        file.write_all(output.as_bytes()).map_err(|why| format!("failed to write {}: {why}", path.display()))?;
        Ok(Ran { success: status.success(), output, log: path })
    }
}

/// Whether a program of this name can be started.
pub fn has(program: &str) -> bool {
    let Some(paths) = std::env::var_os("PATH") else {
        return false;
    };
    std::env::split_paths(&paths).any(|folder| folder.join(program).is_file())
}

/// Whether this process may install packages.
pub fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.trim_ascii() == b"0")
}

fn forward(pipe: impl Read + Send + 'static, sender: mpsc::Sender<String>) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        let mut reader = BufReader::new(pipe);
        let mut bytes = Vec::new();
        while reader.read_until(b'\n', &mut bytes).is_ok_and(|count| count > 0) {
            let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
            bytes.clear();
            if sender.send(line).is_err() {
                return;
            }
        }
    })
}

fn create(path: &Path) -> Result<fs::File, String> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|why| format!("failed to make {}: {why}", folder.display()))?;
    }
    fs::File::create(path).map_err(|why| format!("failed to write {}: {why}", path.display()))
}

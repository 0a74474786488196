//! Starts the demonstration in a folder of its own and reads the one JSON line that it prints when it is ready.
//! It does not know what the demonstration holds.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

/// Seconds until a demonstration that has not spoken is given up.
const READY_WITHIN: Duration = Duration::from_secs(120);

/// A running demonstration; dropping it stops it and removes its folder.
pub struct Demo {
    child: Child,
    folder: PathBuf,
    /// The line as it was printed.
    pub line: String,
    pub url: String,
}

impl Demo {
    /// Starts `program demo` on a free port; `whose` keeps its folder apart from those of other steps.
    pub fn start(program: &Path, whose: &str) -> Result<Self, String> {
        let folder = std::env::temp_dir().join(format!("yima-check-{whose}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        let mut child = Command::new(program)
            .args(["demo", "--listen", "127.0.0.1:0", "--json", "--dir"])
            .arg(&folder)
            .env("YIMA_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .map_err(|why| format!("failed to start {}: {why}", program.display()))?;
        let line = first_line(&mut child);
        let url = line
            .as_deref()
            .ok()
            .and_then(|line| serde_json::from_str::<Value>(line).ok())
            .and_then(|said| said["url"].as_str().map(str::to_owned));
        let Some(url) = url else {
            let _ = child.kill();
            let _ = child.wait();
            return Err(format!("the demonstration did not say where it is: {line:?}"));
        };
        Ok(Self { child, folder, line: line?, url })
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn first_line(child: &mut Child) -> Result<String, String> {
    let pipe = child.stdout.take().ok_or("the demonstration has no standard output")?;
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut reader = BufReader::new(pipe);
        let mut line = String::new();
        let read = reader.read_line(&mut line);
        let _ = sender.send(read.map(|_| line));
        // Keep the pipe open and empty, so that the program never waits for a reader.
        let _ = std::io::copy(&mut reader, &mut std::io::sink());
    });
    receiver
        .recv_timeout(READY_WITHIN)
        .map_err(|_| format!("the demonstration was not ready after {} s", READY_WITHIN.as_secs()))?
        .map_err(|why| format!("failed to read the demonstration's line: {why}"))
}

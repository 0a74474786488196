//! A PostgreSQL of the check's own: made empty, started on a free port, stopped and thrown away at the end.
//! It does not know what the tests keep in it.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use crate::shell::{self, Shell};

/// Seconds that making or starting an empty database may take.
const LIMIT_S: u64 = 120;

/// Settings for tests: durability on power loss is not what they test, many connections are.
const SETTINGS: &str =
    "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=300 -c shared_buffers=64MB";

/// Settings for benches: every commit is on the disk before it is answered, as in production.
const DURABLE: &str = "-c fsync=on -c synchronous_commit=on -c max_connections=100 -c shared_buffers=256MB";

/// A running database; dropping it stops it and removes its files.
pub struct Postgres {
    home: PathBuf,
    programs: PathBuf,
    pub url: String,
}

impl Postgres {
    /// PostgreSQL refuses to run as root, so root hands it to the user `postgres`.
    pub fn start() -> Result<Self, String> {
        Self::start_with(SETTINGS)
    }

    /// The same, which keeps what it acknowledged.
    pub fn start_durable() -> Result<Self, String> {
        Self::start_with(DURABLE)
    }

    fn start_with(settings: &str) -> Result<Self, String> {
        let programs = programs().ok_or("no PostgreSQL programs (initdb, pg_ctl) on this machine")?;
        let home = std::env::temp_dir().join(format!("yima-check-postgres-{}", std::process::id()));
        let _ = fs::remove_dir_all(&home);
        fs::create_dir_all(&home).map_err(|why| format!("failed to make {}: {why}", home.display()))?;
        if shell::is_root() {
            sure(Shell::new(LIMIT_S, "chown", &["postgres:", &shown(&home)]), "postgres-chown")?;
        }
        let port = free_port()?;
        let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
        let new = Self { home, programs, url };
        let data = shown(&new.home.join("data"));
        new.call("initdb", &["-D", &data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"])?;
        let options = format!("-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' {settings}");
        let log = shown(&new.home.join("log"));
        new.call("pg_ctl", &["-D", &data, "-l", &log, "-w", "-t", "60", "-o", &options, "start"])?;
        Ok(new)
    }

    fn call(&self, program: &str, arguments: &[&str]) -> Result<(), String> {
        let path = shown(&self.programs.join(program));
        let shell = if shell::is_root() {
            let mut all = vec!["--reuid=postgres", "--regid=postgres", "--init-groups", &path];
            all.extend(arguments);
            Shell::new(LIMIT_S, "setpriv", &all)
        } else {
            Shell::new(LIMIT_S, &path, arguments)
        };
        sure(shell.folder(Path::new("/")), &format!("postgres-{program}"))
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let data = shown(&self.home.join("data"));
        let _ = self.call("pg_ctl", &["-D", &data, "-m", "immediate", "-w", "stop"]);
        let _ = fs::remove_dir_all(&self.home);
    }
}

/// The folder of PostgreSQL's own programs, the newest version first.
pub fn programs() -> Option<PathBuf> {
    let mut versions: Vec<PathBuf> =
        fs::read_dir("/usr/lib/postgresql").ok()?.flatten().map(|entry| entry.path().join("bin")).collect();
    versions.sort();
    versions.into_iter().rev().find(|bin| bin.join("initdb").is_file() && bin.join("pg_ctl").is_file())
}

fn free_port() -> Result<u16, String> {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|why| format!("failed to find a free port: {why}"))
}

fn sure(shell: Shell, log: &str) -> Result<(), String> {
    let ran = shell.run(log)?;
    if ran.success { Ok(()) } else { Err(format!("{log} failed: {}", ran.tail())) }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

//! Rows of the tables: a run of callers, and the CPU time that the server took meanwhile. It does not know what is asked.

use super::callers::{Calling, Seen};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// Callers at once, as `wrk -c16`.
pub const CALLERS: usize = 16;

/// The head of a table of operations.
pub fn head() {
    println!("| server | operation | operations | rate /s | p99 ms | CPU us of the server an operation |");
    println!("|---|---|---|---|---|---|");
}

/// Where a server is, and which process it is.
#[derive(Clone, Copy)]
pub struct Server<'a> {
    pub name: &'a str,
    pub pid: &'a str,
    pub url: &'a str,
}

/// Measures `asks`, one a caller, and prints a row; CPU microseconds an operation.
pub async fn row(server: Server<'_>, name: &str, operations: usize, asks: &[Value]) -> f64 {
    let each = operations / asks.len();
    let cpu = cpu_us(server.pid);
    let seen = Calling::start(server.url, each, 0, asks).seen().await;
    let cpu = (cpu_us(server.pid) - cpu) / (each * asks.len()) as f64;
    let Seen { rate, p99_ms, statuses, .. } = seen;
    assert!(statuses.keys().all(|status| status.starts_with('2') || status.starts_with('3')), "{name}: {statuses:?}");
    println!("| {} | {name} | {} | {rate:.0} | {p99_ms:.1} | {cpu:.0} |", server.name, each * asks.len());
    cpu
}

/// The same request by every caller, some of them first to warm up.
pub async fn same(server: Server<'_>, name: &str, operations: usize, ask: Value) -> f64 {
    let asks = vec![ask; CALLERS];
    let warm = Calling::start(server.url, operations / CALLERS / 4, 0, &asks).seen().await;
    assert!(warm.statuses.keys().all(|status| status == "200"), "{name}: {:?}", warm.statuses);
    row(server, name, operations, &asks).await
}

/// A GET, or a POST of a form by an app that shows its secret.
pub fn ask(path: &str, body: Option<&str>, basic: &str) -> Value {
    json!({ "kind": "same", "path": path, "body": body.unwrap_or_default(), "authorization": basic })
}

/// The header by which an app proves itself.
pub fn basic(id: &str, secret: Option<&str>) -> String {
    secret.map_or_else(String::new, |secret| format!("Basic {}", STANDARD.encode(format!("{id}:{secret}"))))
}

/// CPU time of a process, microseconds (Linux: 100 ticks a second).
pub fn cpu_us(pid: &str) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: f64 = fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap();
    ticks * 10_000.0
}

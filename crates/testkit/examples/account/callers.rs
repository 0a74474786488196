//! The callers of the bench: this program again as a process of its own, so that their CPU is not the server's. It reads its
//! task as JSON from its input and prints what it saw. It does not know what is measured.

use super::asks::Ask;
use reqwest::Client;
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// What a run of callers saw.
pub struct Seen {
    /// Operations a second.
    pub rate: f64,
    /// Milliseconds of an operation, the middle one and the hundredth slowest.
    pub p50_ms: f64,
    pub p99_ms: f64,
    /// Operations by the status of their last answer.
    pub statuses: BTreeMap<String, u64>,
    /// Answers that said when to come again.
    pub said_when: u64,
}

/// Callers under way.
pub struct Calling(Child);

impl Calling {
    /// Starts one caller an ask, `count` operations each, or until `seconds` are over where that is not 0.
    pub fn start(url: &str, count: usize, seconds: u64, asks: &[Value]) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        let mut child = command.arg("call").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let task = json!({ "url": url, "count": count, "seconds": seconds, "asks": asks });
        child.stdin.take().unwrap().write_all(task.to_string().as_bytes()).unwrap();
        Self(child)
    }

    /// Waits for their end.
    pub async fn seen(self) -> Seen {
        let output = tokio::task::spawn_blocking(move || self.0.wait_with_output().unwrap()).await.unwrap();
        assert!(output.status.success(), "the callers stopped");
        let said: Value = serde_json::from_slice(&output.stdout).unwrap();
        let number = |name: &str| said[name].as_f64().unwrap();
        let statuses = said["statuses"].as_object().unwrap().iter();
        Seen {
            rate: number("rate"),
            p50_ms: number("p50_ms"),
            p99_ms: number("p99_ms"),
            statuses: statuses.map(|(status, many)| (status.clone(), many.as_u64().unwrap())).collect(),
            said_when: said["said_when"].as_u64().unwrap(),
        }
    }
}

/// What the started process does.
pub async fn call() {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).unwrap();
    let task: Value = serde_json::from_str(&text).unwrap();
    let (url, count) = (task["url"].as_str().unwrap(), task["count"].as_u64().unwrap());
    let end = Duration::from_secs(task["seconds"].as_u64().filter(|s| *s > 0).unwrap_or(3_600));
    let client = Client::builder().redirect(Policy::none()).build().unwrap();
    let start = Instant::now();
    let callers = task["asks"].as_array().unwrap().iter().map(|ask| {
        let (mut ask, client, url) = (Ask::read(ask), client.clone(), url.to_owned());
        tokio::spawn(async move {
            let mut seen = Vec::new();
            while (seen.len() as u64) < count && start.elapsed() < end {
                let began = Instant::now();
                let (status, said_when) = ask.once(&client, &url).await;
                seen.push((began.elapsed(), status, said_when));
            }
            seen
        })
    });
    let callers: Vec<_> = callers.collect();
    let mut all = Vec::new();
    for caller in callers {
        all.extend(caller.await.unwrap());
    }
    let seconds = start.elapsed().as_secs_f64();
    all.sort_by_key(|(took, ..)| *took);
    let at = |share: usize| all[(all.len() * share / 100).min(all.len() - 1)].0.as_secs_f64() * 1_000.0;
    let mut statuses: BTreeMap<String, u64> = BTreeMap::new();
    for (_, status, _) in &all {
        *statuses.entry(status.to_string()).or_default() += 1;
    }
    let said_when = all.iter().filter(|(.., said_when)| *said_when).count();
    println!(
        "{}",
        json!({ "rate": all.len() as f64 / seconds, "p50_ms": at(50), "p99_ms": at(99), "statuses": statuses,
            "said_when": said_when })
    );
}

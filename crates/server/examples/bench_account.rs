//! What the OpenID provider costs: CPU of the server a request, and requests a second, over HTTP with a durable store.
//! `cargo run --release -p yima-server --example bench_account [requests]`; PostgreSQL too where `YIMA_BENCH_POSTGRES` names one,
//! and the peer that `cargo xtask bench account` starts, by the line of JSON in `YIMA_BENCH_PEER`.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement stops where it cannot go on, and prints")]
#![expect(clippy::disallowed_methods, reason = "a measurement reads a stopwatch")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use std::time::Instant;
use yima_kernel::subject::Actor;
use yima_province::ProposeClient;
use yima_testkit::{Database, Town};

/// Callers at once, as `wrk -c16`.
const CALLERS: usize = 16;

/// What is asked again and again.
#[derive(Clone)]
struct Ask {
    name: &'static str,
    path: String,
    body: Option<String>,
    basic: String,
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [word, url, count, path, basic, body] = arguments.as_slice()
        && word == "call"
    {
        return call(url, count.parse().unwrap(), path, basic, body).await;
    }
    let requests: usize = arguments.first().map_or(20_000, |n| n.parse().unwrap());
    println!("| store | endpoint | requests | rate /s | CPU us of the server a request |");
    println!("|---|---|---|---|---|");
    let postgres = std::env::var("YIMA_BENCH_POSTGRES").ok().map(Database::Postgres);
    for database in std::iter::once(Database::Sqlite).chain(postgres) {
        measure(&database, requests).await;
    }
    if let Ok(line) = std::env::var("YIMA_BENCH_PEER") {
        measure_peer(&serde_json::from_str(&line).unwrap(), requests / 4).await;
    }
}

async fn measure(database: &Database, requests: usize) {
    let town = Town::open(database).await;
    let basic = app(&town).await;
    let grant = "grant_type=client_credentials".to_owned();
    let token = post(town.door.url(), "/oauth2/token", &basic, &grant).await;
    let token: serde_json::Value = serde_json::from_str(&token).unwrap();
    let introspected = format!("token={}", token["access_token"].as_str().unwrap());
    let asks = [
        ("token, client_credentials", "/oauth2/token", Some(grant)),
        ("introspection", "/oauth2/introspect", Some(introspected)),
        ("discovery", "/.well-known/openid-configuration", None),
        ("JWKS", "/oauth2/jwks", None),
    ];
    for (name, path, body) in asks {
        let ask = Ask { name, path: path.to_owned(), body, basic: basic.clone() };
        row(town.province.store_kind(), "self", town.door.url(), requests, ask).await;
    }
}

/// The peer is another process; its introspection takes opaque tokens alone, which it is asked for by a resource.
async fn measure_peer(peer: &serde_json::Value, requests: usize) {
    let text = |name: &str| peer[name].as_str().unwrap_or_default().to_owned();
    let (url, basic) = (text("url"), format!("Basic {}", text("basic")));
    let grant = format!("grant_type=client_credentials&scope={}", text("scope"));
    let token = post(&url, &text("token"), &basic, &format!("{grant}{}", text("introspected"))).await;
    let token: serde_json::Value = serde_json::from_str(&token).unwrap();
    let introspected = format!("token={}", token["access_token"].as_str().unwrap());
    let asks = [
        ("token, client_credentials", text("token"), Some(grant)),
        ("introspection", text("introspect"), Some(introspected)),
        ("discovery", text("discovery"), None),
        ("JWKS", text("jwks"), None),
    ];
    for (name, path, body) in asks {
        let ask = Ask { name, path, body, basic: basic.clone() };
        row(&text("name"), &peer["pid"].to_string(), &url, requests, ask).await;
    }
}

async fn row(store: &str, pid: &str, url: &str, requests: usize, ask: Ask) {
    let name = ask.name;
    called(url, requests / 4, &ask).await;
    let cpu = cpu_us(pid);
    let rate = called(url, requests, &ask).await;
    let cpu = (cpu_us(pid) - cpu) / requests as f64;
    println!("| {store} | {name} | {requests} | {rate} | {cpu:.0} |");
}

async fn app(town: &Town) -> String {
    let words = json!({ "zh": "测量", "en": "Measurement" });
    let metadata = json!({ "client_name": "测量", "grant_types": ["client_credentials"], "yima_purpose": words });
    let wish = ProposeClient {
        id: None,
        organisation: "91370000000000001P".to_owned(),
        owner: "测量公司".to_owned(),
        metadata: metadata.to_string(),
    };
    let made = town.province.propose_client(&Actor::System, wish).await.unwrap();
    town.province.review_client(&Actor::System, &made.version.id, 1, true, "measured").await.unwrap();
    let both = format!("{}:{}", made.version.id, made.secret.unwrap());
    format!("Basic {}", STANDARD.encode(both))
}

async fn post(url: &str, path: &str, basic: &str, body: &str) -> String {
    let request = reqwest::Client::new().post(format!("{url}{path}")).header("authorization", basic);
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(body.to_owned());
    request.send().await.unwrap().text().await.unwrap()
}

/// Starts this program as the callers, so that their CPU is not the server's.
async fn called(url: &str, requests: usize, ask: &Ask) -> String {
    let (url, count, ask) = (url.to_owned(), requests.to_string(), ask.clone());
    let callers = tokio::task::spawn_blocking(move || {
        let body = ask.body.unwrap_or_default();
        let program = std::env::current_exe().unwrap();
        std::process::Command::new(program).args(["call", &url, &count, &ask.path, &ask.basic, &body]).output().unwrap()
    });
    let callers = callers.await.unwrap();
    assert!(callers.status.success(), "{}", String::from_utf8_lossy(&callers.stderr));
    String::from_utf8(callers.stdout).unwrap().trim().to_owned()
}

async fn call(url: &str, count: usize, path: &str, basic: &str, body: &str) {
    let start = Instant::now();
    let client = reqwest::Client::new();
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let (client, address) = (client.clone(), format!("{url}{path}"));
            let (basic, body) = (basic.to_owned(), body.to_owned());
            tokio::spawn(async move {
                for _ in 0..count / CALLERS {
                    let request = if body.is_empty() {
                        client.get(&address)
                    } else {
                        let request = client.post(&address).header("authorization", &basic);
                        request.header("content-type", "application/x-www-form-urlencoded").body(body.clone())
                    };
                    let answer = request.send().await.unwrap();
                    assert!(answer.status().is_success(), "{}", answer.status());
                    let _ = answer.bytes().await.unwrap();
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap();
    }
    println!("{:.0}", count as f64 / start.elapsed().as_secs_f64());
}

/// CPU time of a process, microseconds (Linux: 100 ticks a second).
fn cpu_us(pid: &str) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: f64 = fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap();
    ticks * 10_000.0
}

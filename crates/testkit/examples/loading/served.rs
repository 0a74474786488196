//! A server of the loaded accounts in a process of its own, random people who sign in, an app that asks; and the server's memory.
//! It does not know how the accounts came.

use super::accounts::{KEY, setup};
use crate::account::callers::Calling;
use crate::account::rows::{CALLERS, Server, ask, basic, head, row};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use yima_kernel::id::OperatorId;
use yima_kernel::subject::{Actor, Role};
use yima_oidc::form::Params;
use yima_province::{ProposeClient, Province};
use yima_server::Config;

/// People who sign in again and again, spread over all.
const PEOPLE: usize = 2_000;

/// Serves until it is killed, after a line of JSON that says where, and for whom.
pub async fn serve(folder: &Path) {
    let province = Arc::new(Province::open(setup(folder)).await.unwrap());
    let listening = yima_server::bind(Config::plain(SocketAddr::from(([127, 0, 0, 1], 0)))).unwrap();
    let words = json!({ "zh": "测量", "en": "Measurement" });
    let metadata = json!({ "client_name": "测量", "grant_types": ["client_credentials"], "yima_purpose": words });
    let wish = ProposeClient {
        id: None,
        organisation: "91370000000000001P".to_owned(),
        owner: "测量公司".to_owned(),
        metadata: metadata.to_string(),
    };
    let made = province.propose_client(&Actor::System, wish).await.unwrap();
    province.review_client(&Actor::System, &made.version.id, 1, true, "measured").await.unwrap();
    let people = people(&province).await;
    let basic = basic(&made.version.id, made.secret.as_deref());
    println!("{}", json!({ "url": listening.url(), "basic": basic, "people": people }));
    listening.serve(province).await.unwrap();
}

/// Accounts of all counties, some of each.
async fn people(province: &Province) -> Vec<String> {
    let clerk = Actor::Operator { operator: OperatorId::new(0, [0; 10]), role: Role::System };
    let mut people = Vec::new();
    for region in yima_province::demo::regions() {
        let page = province.find_residents(&clerk, None, Some(&region), None).await.unwrap();
        people.extend(page.items.into_iter().map(|row| row.id));
    }
    people.truncate(PEOPLE);
    people
}

/// Loads the server of a folder, and prints its memory before, under way and after.
pub async fn measure(folder: &Path) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let mut server = command.arg("serve").arg(folder).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let said: Value = serde_json::from_str(&line).unwrap();
    let (pid, url) = (server.id().to_string(), said["url"].as_str().unwrap().to_owned());
    let at = Server { name: "Yima, SQLite", pid: &pid, url: &url };
    println!();
    head();
    let mut memory = vec![("ready", memory_mb(&pid))];
    let basic = said["basic"].as_str().unwrap();
    let token = crate::account::peer::post(&url, "/oauth2/token", basic, "grant_type=client_credentials").await;
    let body = Params::default().with("token", token["access_token"].as_str().unwrap()).encoded();
    let same = |ask: Value| vec![ask; CALLERS];
    let asks = same(ask("/oauth2/introspect", Some(&body), basic));
    row(at, "introspection of a JWT", 20_000, &asks).await;
    memory.push(("after introspection", memory_mb(&pid)));
    let asks = same(ask("/oauth2/token", Some("grant_type=client_credentials"), basic));
    row(at, "token, client_credentials", 20_000, &asks).await;
    memory.push(("after tokens", memory_mb(&pid)));
    let asks = sign_ins(&url, &said["people"]).await;
    row(at, "passkey: asked, then signed in", 20_000, &asks).await;
    memory.push(("after sign-ins", memory_mb(&pid)));
    let keys = Calling::start(&url, 20_000, 0, &same(ask("/oauth2/jwks", None, ""))).seen().await;
    memory.push(("after 320,000 JWKS", memory_mb(&pid)));
    println!("\nJWKS: {:.0} a second\n\n| memory, MB | VmRSS | RssAnon | VmHWM |\n|---|---|---|---|", keys.rate);
    for (when, [rss, anon, peak]) in memory {
        println!("| {when} | {rss} | {anon} | {peak} |");
    }
    server.kill().unwrap();
    server.wait().unwrap();
}

/// One caller for sixteen people each, by turns.
async fn sign_ins(url: &str, people: &Value) -> Vec<Value> {
    let page = reqwest::Client::new().get(format!("{url}/account/sign-in")).send().await.unwrap();
    let cookies: Vec<_> = page.headers().get_all("set-cookie").iter().map(|c| c.to_str().unwrap().to_owned()).collect();
    let cookie = cookies.iter().find(|cookie| cookie.starts_with("yb=")).unwrap().split(';').next().unwrap().to_owned();
    let mark = crate::account::browsers::field(&page.text().await.unwrap(), "mark");
    let all: Vec<&str> = people.as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    let shares = all.chunks(all.len().div_ceil(CALLERS)).map(|share| {
        json!({ "kind": "passkey", "passkey": KEY, "people": share, "mark": mark, "cookie": cookie,
            "origin": url.replace("127.0.0.1", "localhost") })
    });
    shares.collect()
}

fn memory_mb(pid: &str) -> [u64; 3] {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    ["VmRSS:", "RssAnon:", "VmHWM:"].map(|name| {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
    })
}

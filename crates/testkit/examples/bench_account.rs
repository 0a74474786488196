//! What the OpenID provider and signing in cost: CPU of the server an operation, and operations a second, over HTTP with a durable
//! store. `cargo run --release -p yima-testkit --example bench_account -- [OPERATIONS] [all|apps|people|crowded|flood]`; PostgreSQL
//! too where `YIMA_BENCH_POSTGRES` names one, and the peer that `cargo xtask bench account` starts, by the JSON in `YIMA_BENCH_PEER`.
//! `-- load ACCOUNTS [FOLDER]` loads so many accounts with a passkey each, into a folder where they are kept, and serves them.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a measurement stops where it cannot go on, and prints"
)]
#![expect(clippy::disallowed_methods, reason = "a measurement reads a stopwatch")]

mod account;
mod loading;

use account::rows::{Server, ask, basic, head, row, same};
use account::world::World;
use account::{callers, crowded, flood, floor, peer, people};
use serde_json::json;
use std::path::Path;
use yima_testkit::{Database, Town};

#[tokio::main]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["call"] => return callers::call().await,
        ["serve", folder] => return loading::served::serve(folder.as_ref()).await,
        ["load", count, folder @ ..] => return load(count.parse().unwrap(), folder.first().copied()).await,
        _ => {}
    }
    let operations: usize = words.first().map_or(20_000, |n| n.parse().unwrap());
    let part = words.get(1).map_or("all", String::as_str);
    let wanted = |name: &str| part == "all" || part == name;
    let postgres = std::env::var("YIMA_BENCH_POSTGRES").ok().map(Database::Postgres);
    head();
    for database in std::iter::once(Database::Sqlite).chain(postgres) {
        let world = World::of(Town::with_residents(&database, 16).await).await;
        if wanted("apps") {
            of_apps(&world, operations).await;
        }
        if wanted("people") {
            of_people(&world, operations).await;
        }
    }
    if wanted("people") {
        floor::print();
    }
    if wanted("apps")
        && let Ok(line) = std::env::var("YIMA_BENCH_PEER")
    {
        peer::measure(&serde_json::from_str(&line).unwrap(), operations / 4).await;
    }
    if wanted("crowded") {
        crowded::measure(operations / 4).await;
    }
    if wanted("flood") {
        flood::measure(&Town::open(&Database::Sqlite).await).await;
    }
}

async fn load(count: u32, folder: Option<&str>) {
    let own = tempfile::Builder::new().prefix("yima-accounts-").tempdir().unwrap();
    let folder = folder.map_or(own.path(), Path::new);
    loading::accounts::load(folder, count).await;
    loading::served::measure(folder).await;
}

fn server(world: &World) -> Server<'_> {
    let name = if world.town.province.store_kind() == "sqlite" { "Yima, SQLite" } else { "Yima, PostgreSQL" };
    Server { name, pid: "self", url: world.town.door.url() }
}

/// What both providers do.
async fn of_apps(world: &World, operations: usize) {
    let more = json!({ "grant_types": ["client_credentials"], "redirect_uris": [], "scope": "" });
    let app = world.app(more).await;
    let (basic, grant) = (basic(&app.id, app.secret.as_deref()), "grant_type=client_credentials");
    let token = peer::post(world.town.door.url(), "/oauth2/token", &basic, grant).await;
    let introspected = format!("token={}", token["access_token"].as_str().unwrap());
    let asks = [
        ("token, client_credentials, ES256 JWT", "/oauth2/token", Some(grant)),
        ("introspection of a JWT", "/oauth2/introspect", Some(introspected.as_str())),
        ("discovery", "/.well-known/openid-configuration", None),
        ("JWKS", "/oauth2/jwks", None),
    ];
    for (name, path, body) in asks {
        same(server(world), name, operations, ask(path, body, &basic)).await;
    }
}

/// What is done for a person.
async fn of_people(world: &World, operations: usize) {
    let server = server(world);
    let proven = world.app(json!({})).await;
    let public = world.app(json!({ "token_endpoint_auth_method": "none" })).await;
    let ask = people::introspection(world, &proven).await;
    same(server, "introspection of a person's JWT", operations, ask).await;
    let asks = people::refreshes(world, &proven, false).await;
    row(server, "refresh, bound by the app's secret", operations, &asks).await;
    let asks = people::refreshes(world, &public, true).await;
    row(server, "refresh, bound by DPoP", operations, &asks).await;
    let asks = people::refreshes(world, &public, false).await;
    row(server, "refresh, rotating, durable", operations, &asks).await;
    let asks = people::code_flow(world, &proven).await;
    row(server, "code flow: authorize, then token", operations / 2, &asks).await;
    let asks = people::passkeys(&world.town).await;
    let first: Vec<_> = asks.iter().map(people::first_half).collect();
    row(server, "passkey: asked", operations / 4, &first).await;
    row(server, "passkey: asked, then signed in", operations / 4, &asks).await;
}

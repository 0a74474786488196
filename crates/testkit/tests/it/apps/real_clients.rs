//! Clients of others, unmodified, against a running server: openid-client and oauth4webapi by Node, Authlib by Python; and
//! the clauses of the RFCs one by one, beside npm oidc-provider.

use super::world::{RegisteredApp, World};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use yima_keys::custody::IssuingKey;
use yima_keys::{PublicKey, Suite};
use yima_province::clock::{Clock as _, SystemClock};
use yima_testkit::{Database, Town};

const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";

#[tokio::test(flavor = "multi_thread")]
async fn openid_client_goes_the_whole_way() {
    let world = described().await;
    run("node", &web().join("apps/openid-client.mjs"), &world.1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn oauth4webapi_holds_every_answer_against_its_rfc() {
    let world = described().await;
    run("node", &web().join("apps/oauth4webapi.mjs"), &world.1).await;
}

/// Some 250 cases; where the two differ, docs/oidc-differences.md says so and why, and nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn every_clause_is_kept_and_differences_from_oidc_provider_are_those_that_are_declared() {
    let world = described().await;
    run("node", &web().join("apps/clauses/run.mjs"), &world.1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn authlib_goes_the_whole_way() {
    let world = described().await;
    let python = std::env::var("YIMA_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/apps/authlib_client.py");
    run(&python, &script, &world.1).await;
}

/// A world at the time of this machine, and what a client must know of it.
async fn described() -> (World, Value) {
    let now = SystemClock.now_us() / 1_000_000;
    let world = World::of(Town::open_at(&Database::Sqlite, now - 2).await).await;
    // The person signed in a moment ago: a `max_age` of 0 is not met by that.
    world.town.clock.advance(2);
    let secret = world.app(json!({})).await;
    let open = world
        .app(
            json!({ "token_endpoint_auth_method": "none", "client_name#zh": "泉城药房", "client_name#en": "Pharmacy" }),
        )
        .await;
    let key = IssuingKey::from_secret(Suite::Es256, &[5; 32]).unwrap();
    let public = PublicKey::parse(Suite::Es256, &key.public()).unwrap();
    let mut jwk = yima_oidc::jwk::write(&public, "k1").unwrap();
    let keyed = world
        .app(json!({ "grant_types": ["client_credentials"], "redirect_uris": [], "scope": "",
            "client_name#zh": "叫号屏", "client_name#en": "Waiting Screen", "yima_app_scopes": ["waits:read"],
            "jwks": { "keys": [jwk.clone()] }, "token_endpoint_auth_method": "private_key_jwt" }))
        .await;
    let other = named(&world, "泉城诊所", "Clinic", json!({})).await;
    let pushed = json!({ "require_pushed_authorization_requests": true });
    let pushed = named(&world, "泉城体检", "Check-ups", pushed).await;
    let edwards = named(&world, "泉城影像", "Imaging", json!({ "id_token_signed_response_alg": "EdDSA" })).await;
    let screen = json!({ "grant_types": [DEVICE, "refresh_token"], "redirect_uris": [], "post_logout_redirect_uris": [],
        "token_endpoint_auth_method": "none" });
    let screen = named(&world, "候诊电视", "Waiting Room Screen", screen).await;
    // RFC 7518 section 6.2.2: a key of this test alone.
    jwk["d"] = text(&[5; 32]).into();
    let apps = json!({
        "secret": { "id": secret.id, "secret": secret.secret }, "open": { "id": open.id },
        "other": { "id": other.id, "secret": other.secret }, "pushed": { "id": pushed.id, "secret": pushed.secret },
        "edwards": { "id": edwards.id, "secret": edwards.secret }, "screen": { "id": screen.id },
        "keyed": { "id": keyed.id, "jwk": { "kty": "EC", "crv": "P-256", "x": jwk["x"], "y": jwk["y"], "d": jwk["d"] } },
    });
    // The town's clock stands still: whoever signs something dated is told the time.
    let described = json!({ "url": world.issuer(), "cookie": world.cookie, "now": now, "apps": apps });
    (world, described)
}

/// One more app of the organisation, under a name of its own.
async fn named(world: &World, zh: &str, en: &str, mut more: Value) -> RegisteredApp {
    more["client_name#zh"] = zh.into();
    more["client_name#en"] = en.into();
    world.app(more).await
}

fn text(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

fn web() -> PathBuf {
    let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web");
    for name in ["openid-client", "oauth4webapi", "oidc-provider"] {
        assert!(web.join("node_modules").join(name).exists(), "run `npm ci` in web/: {name} is not there");
    }
    web
}

async fn run(program: &str, script: &Path, world: &Value) {
    let (program, script, world) = (program.to_owned(), script.to_owned(), world.to_string());
    let shown = script.display().to_string();
    let done = tokio::task::spawn_blocking(move || {
        Command::new(program).arg(script).env("YIMA_WORLD", world).env("NO_PROXY", "*").output()
    });
    let output = done.await.unwrap().unwrap_or_else(|why| panic!("{shown}: {why}"));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{shown}:\n{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.lines().filter(|line| line.starts_with("ok ")).count() >= 6, "{said}");
}

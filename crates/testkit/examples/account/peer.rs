//! The other provider, in a process that `cargo xtask bench account` started. Its introspection takes opaque tokens alone,
//! which it is asked for by a resource. It does not start it.

use super::rows::{Server, ask, same};
use serde_json::Value;

/// Measures what both providers do, by the line of JSON that the peer printed.
pub async fn measure(peer: &Value, operations: usize) {
    let text = |name: &str| peer[name].as_str().unwrap_or_default().to_owned();
    let (url, name, pid) = (text("url"), text("name"), peer["pid"].to_string());
    let (basic, grant) = (format!("Basic {}", text("basic")), "grant_type=client_credentials&scope=".to_owned());
    let grant = format!("{grant}{}", text("scope"));
    let token = post(&url, &text("token"), &basic, &format!("{grant}{}", text("introspected"))).await;
    let introspected = format!("token={}", token["access_token"].as_str().unwrap());
    let server = Server { name: &name, pid: &pid, url: &url };
    let asks = [
        ("token, client_credentials, ES256 JWT", text("token"), Some(grant)),
        ("introspection of an opaque token", text("introspect"), Some(introspected)),
        ("discovery", text("discovery"), None),
        ("JWKS", text("jwks"), None),
    ];
    for (name, path, body) in asks {
        same(server, name, operations, ask(&path, body.as_deref(), &basic)).await;
    }
}

/// The answer to a form.
pub async fn post(url: &str, path: &str, basic: &str, body: &str) -> Value {
    let request = reqwest::Client::new().post(format!("{url}{path}")).header("authorization", basic);
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(body.to_owned());
    serde_json::from_str(&request.send().await.unwrap().text().await.unwrap()).unwrap()
}

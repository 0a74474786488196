//! What is asked where a person stands behind it: refresh, a sign-in at an app, introspection and userinfo, a passkey.
//! It makes the questions; it does not measure.

use super::browsers::Browser;
use super::rows::{CALLERS, ask, basic};
use super::soft_passkey::SoftPasskey;
use super::world::{Prover, RegisteredApp, World};
use serde_json::{Value, json};
use yima_kernel::id::OperatorId;
use yima_kernel::subject::{Actor, Role};
use yima_testkit::Town;

/// A family for each caller of an app that proves itself, by its secret or by a key of each family (`bound`).
pub async fn refreshes(world: &World, app: &RegisteredApp, bound: bool) -> Vec<Value> {
    let mut asks = Vec::new();
    for number in 1..=CALLERS {
        let code = world.code(app).await;
        let prover = u8::try_from(number).unwrap();
        let claims = json!({ "htm": "POST", "htu": format!("{}/oauth2/token", world.issuer()),
            "iat": world.town.now(), "jti": format!("first-{number}") });
        let proof = if bound { vec![("dpop", Prover::new(prover).proof(&claims))] } else { Vec::new() };
        let said = world.as_app(app, "/oauth2/token", &world.redemption(&code), &proof).await;
        assert_eq!(said.status, 200, "{}", said.text);
        let mut ask = json!({ "kind": "refresh", "token": said.json()["refresh_token"], "issuer": world.issuer(),
            "now": world.town.now(), "authorization": basic(&app.id, app.secret.as_deref()) });
        if app.secret.is_none() {
            ask["client"] = app.id.as_str().into();
        }
        if bound {
            ask["prover"] = prover.into();
        }
        asks.push(ask);
    }
    asks
}

/// A signed-in person who comes from an app that they allowed before, and that app's redemption of the code.
pub async fn code_flow(world: &World, app: &RegisteredApp) -> Vec<Value> {
    let _ = world.code(app).await;
    let path = format!("/oauth2/authorize?{}", world.request(app).encoded());
    let redemption = world.redemption("").encoded();
    let ask = json!({ "kind": "code", "path": path, "signed_in": world.cookie, "redemption": redemption,
        "authorization": basic(&app.id, app.secret.as_deref()) });
    vec![ask; CALLERS]
}

/// An app asks about the token of a person that it was given.
pub async fn introspection(world: &World, app: &RegisteredApp) -> Value {
    let token = world.signed_in(app).await;
    let body = format!("token={}", token["access_token"].as_str().unwrap());
    ask("/oauth2/introspect", Some(&body), &basic(&app.id, app.secret.as_deref()))
}

/// Residents who joined with a passkey, one a caller, each in a browser of their own.
pub async fn passkeys(town: &Town) -> Vec<Value> {
    let clerk = Actor::Operator { operator: OperatorId::new(0, [0; 10]), role: Role::System };
    let mut asks = Vec::new();
    for (number, account) in (1..).zip(town.accounts().await.into_iter().take(CALLERS)) {
        let mut browser = Browser::new(town);
        let code = town.province.issue_enrolment_code(&clerk, &account).await.unwrap().0;
        let began = browser.form("/account/join", "/account/join", &[("code", &code)]).await;
        assert_eq!(began.status, 303, "{}", began.body);
        let asked = browser.ask("/account/join/ways", "join", json!({})).await;
        let (_, answer) = SoftPasskey::make(&asked["options"], &browser.origin(), number, false);
        let fields = [("ask", asked["ask"].as_str().unwrap()), ("answer", &answer), ("name", "钥匙")];
        let done = browser.form("/account/join/ways", "/account/join/passkey", &fields).await;
        assert_eq!(done.status, 303, "{}", done.body);
        let mut other = Browser::new(town);
        let mark = other.mark("/account/sign-in").await;
        asks.push(json!({ "kind": "passkey", "passkey": number, "origin": other.origin(), "mark": mark,
            "cookie": format!("yb={}", other.cookie("yb").unwrap()),
            "handle": asked["options"]["publicKey"]["user"]["id"] }));
    }
    asks
}

/// The same without the answer.
pub fn first_half(ask: &Value) -> Value {
    let mut first = ask.clone();
    first["kind"] = "passkey-ask".into();
    first
}

//! Bad input, each refused with the RFC's own error; the name of a test is the clause that asks for it.

use super::world::{BACK, CHALLENGE, Prover, World, query};
use reqwest::Method;
use serde_json::{Value, json};
use yima_oidc::form::Params;
use yima_testkit::Database;

#[tokio::test(flavor = "multi_thread")]
async fn rfc_6749_4_1_2_1_and_rfc_9700_4_1_no_error_and_no_code_goes_to_an_address_that_is_not_registered() {
    let world = World::new(&Database::Sqlite).await;
    let app = world.app(json!({})).await;
    let good = world.request(&app);
    let table = [
        good.with("redirect_uri", "https://evil.cn/cb"),
        good.with("redirect_uri", "https://hospital.example.cn/cb/"),
        good.with("redirect_uri", "https://hospital.example.cn/cb?x=1"),
        good.with("redirect_uri", "https://hospital.example.cn/cb#x"),
        good.with("redirect_uri", "https://hospital.example.cn.evil.cn/cb"),
        good.with("redirect_uri", "https://hospital.example.cn@evil.cn/cb"),
        good.with("redirect_uri", "javascript:alert(1)"),
        good.without(&["redirect_uri"]),
        good.without(&["client_id"]),
        good.with("client_id", "app_00000000000000000000000000"),
        good.with("client_id", "' OR 1=1"),
    ];
    for request in table {
        let said = world.browse(&format!("/oauth2/authorize?{}", request.encoded())).await;
        assert_eq!(said.status, 400, "{}", request.encoded());
        let leads =
            said.text.contains("0;url=") || said.text.contains("=\"https://") || said.text.contains("javascript:");
        assert!(!said.headers.contains_key("location") && !leads, "{}", said.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc_6749_3_1_repeated_and_over_long_parameters_are_refused() {
    let world = World::new(&Database::Sqlite).await;
    let app = world.app(json!({})).await;
    let request = world.request(&app).encoded();
    let twice = world.browse(&format!("/oauth2/authorize?{request}&scope=openid")).await;
    assert_eq!(twice.status, 400);
    let long = world.request(&app).with("state", &"s".repeat(513)).encoded();
    let to = world.browse(&format!("/oauth2/authorize?{long}")).await.leads_to();
    assert_eq!(query(&to).get("error"), Some("invalid_request"));
    let body = format!("grant_type=client_credentials&grant_type=client_credentials&client_id={}", app.id);
    assert_eq!(world.send(Method::POST, "/oauth2/token", Some(body), &[]).await.word(), "invalid_request");
    let body = format!("grant_type=client_credentials&x={}", "x".repeat(17 * 1024));
    assert_eq!(world.send(Method::POST, "/oauth2/token", Some(body), &[]).await.word(), "invalid_request");
    let json = world.send(Method::POST, "/oauth2/token", None, &[("content-type", "application/json".into())]).await;
    assert_eq!(json.word(), "invalid_request");
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc_7636_4_4_1_pkce_is_not_downgraded() {
    let world = World::new(&Database::Sqlite).await;
    let app = world.app(json!({})).await;
    let good = world.request(&app);
    let bad = [
        good.without(&["code_challenge", "code_challenge_method"]),
        good.without(&["code_challenge_method"]),
        good.with("code_challenge_method", "plain"),
        good.with("code_challenge", "short"),
    ];
    for request in bad {
        let to = world.browse(&format!("/oauth2/authorize?{}", request.encoded())).await.leads_to();
        assert!(to.starts_with(BACK), "{to}");
        let back = query(&to);
        assert_eq!((back.get("error"), back.get("state")), (Some("invalid_request"), Some("s-1")), "{to}");
        assert_eq!(back.get("iss"), Some(world.issuer().as_str()), "RFC 9207 section 2: errors name the issuer too");
    }
    let code = world.code(&app).await;
    let none = world.redemption(&code).without(&["code_verifier"]);
    assert_eq!(world.token(&app, &none).await.word(), "invalid_request");
    // A wrong verifier burns the code (rule R26).
    assert_eq!(
        world.token(&app, &world.redemption(&code).with("code_verifier", CHALLENGE)).await.word(),
        "invalid_grant"
    );
    assert_eq!(world.token(&app, &world.redemption(&code)).await.word(), "invalid_grant");
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc_6749_4_1_2_a_replayed_code_ends_its_tokens_and_a_lost_reply_does_not() {
    for database in Database::all() {
        let world = World::new(&database).await;
        let app = world.app(json!({})).await;
        let code = world.code(&app).await;
        let first = world.token(&app, &world.redemption(&code)).await.json();
        world.town.clock.advance(9);
        assert_eq!(world.token(&app, &world.redemption(&code)).await.word(), "invalid_grant");
        assert_eq!(world.userinfo(&first).await.status, 200, "a lost reply within ten seconds ends nothing");
        world.town.clock.advance(2);
        assert_eq!(world.token(&app, &world.redemption(&code)).await.word(), "invalid_grant");
        assert_eq!(world.userinfo(&first).await.word(), "invalid_token", "a replay ends the tokens");
        assert_eq!(world.refresh(&app, &first).await.word(), "invalid_grant");
        // A thief with the code and another verifier, within those ten seconds.
        let code = world.code(&app).await;
        let second = world.token(&app, &world.redemption(&code)).await.json();
        let thief = world.redemption(&code).with("code_verifier", &"x".repeat(43));
        assert_eq!(world.token(&app, &thief).await.word(), "invalid_grant");
        assert_eq!(world.userinfo(&second).await.word(), "invalid_token");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc_6749_4_1_3_a_code_is_its_clients_for_a_minute_to_one_address() {
    let world = World::new(&Database::Sqlite).await;
    let app = world.app(json!({ "redirect_uris": [BACK, "https://hospital.example.cn/other"] })).await;
    let other = world.app(json!({ "client_name#zh": "乙", "client_name#en": "B" })).await;
    let code = world.code(&app).await;
    assert_eq!(world.token(&other, &world.redemption(&code)).await.word(), "invalid_grant", "mix-up of clients");
    let wrong_secret = super::world::RegisteredApp { id: app.id.clone(), secret: Some("wrong".into()) };
    let said = world.token(&wrong_secret, &world.redemption(&code)).await;
    assert_eq!((said.status, said.word().as_str()), (401, "invalid_client"));
    assert!(said.headers["www-authenticate"].starts_with("Basic"));
    assert_eq!(world.token(&app, &world.redemption(&code)).await.status, 200, "neither of them used it up");
    let code = world.code(&app).await;
    let moved = world.redemption(&code).with("redirect_uri", "https://hospital.example.cn/other");
    assert_eq!(world.token(&app, &moved).await.word(), "invalid_grant");
    let code = world.code(&app).await;
    world.town.clock.advance(61);
    assert_eq!(world.token(&app, &world.redemption(&code)).await.word(), "invalid_grant");
    for forged in ["", "x", &code[..code.len() - 1], &format!("{code}A")] {
        assert_ne!(world.token(&app, &world.redemption(forged)).await.status, 200, "{forged}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc_9700_4_14_a_stolen_refresh_token_ends_the_family() {
    for database in Database::all() {
        let world = World::new(&database).await;
        let app = world.app(json!({ "token_endpoint_auth_method": "none" })).await;
        let first = world.signed_in(&app).await;
        let second = world.refresh(&app, &first).await.json();
        assert_ne!(first["refresh_token"], second["refresh_token"], "it rotates");
        let again = world.refresh(&app, &first).await.json();
        assert_eq!(again["refresh_token"], second["refresh_token"], "a lost reply gets the same bytes (R24)");
        let third = world.refresh(&app, &second).await.json();
        world.town.clock.advance(31);
        assert_eq!(world.refresh(&app, &second).await.word(), "invalid_grant", "used up: somebody else has it");
        assert_eq!(world.refresh(&app, &third).await.word(), "invalid_grant", "and with it the family ended");
        assert_eq!(world.userinfo(&third).await.word(), "invalid_token");
        let other = world
            .app(json!({ "token_endpoint_auth_method": "none", "client_name#zh": "乙", "client_name#en": "B" }))
            .await;
        let mine = world.signed_in(&app).await;
        assert_eq!(world.refresh(&other, &mine).await.word(), "invalid_grant", "another client's");
        assert_eq!(world.refresh(&app, &mine).await.status, 200);
        let more = Params::default()
            .with("grant_type", "refresh_token")
            .with("refresh_token", world.signed_in(&app).await["refresh_token"].as_str().unwrap())
            .with("scope", "openid profile phone");
        assert_eq!(world.token(&app, &more).await.word(), "invalid_scope", "RFC 6749 section 6");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc_9449_a_bound_token_needs_its_key_and_a_proof_counts_once() {
    let world = World::new(&Database::Sqlite).await;
    let app = world.app(json!({ "token_endpoint_auth_method": "none" })).await;
    let (owner, thief) = (Prover::new(1), Prover::new(2));
    let at = |path: &str| format!("{}{path}", world.issuer());
    let proof = |who: &Prover, method: &str, path: &str, jti: &str, more: Value| {
        let mut claims = json!({ "htm": method, "htu": at(path), "iat": world.town.now(), "jti": jti });
        for (name, value) in more.as_object().unwrap() {
            claims[name] = value.clone();
        }
        ("dpop", who.proof(&claims))
    };
    let code = world.code(&app).await;
    let expired = proof(&owner, "POST", "/oauth2/token", "a", json!({ "iat": 1 }));
    let said = world.as_app(&app, "/oauth2/token", &world.redemption(&code), &[expired]).await;
    assert_eq!((said.status, said.word().as_str()), (400, "use_dpop_nonce"));
    let nonce = said.headers["dpop-nonce"].clone();
    let forged = proof(&owner, "POST", "/oauth2/token", "a", json!({ "nonce": "forged" }));
    assert_eq!(world.as_app(&app, "/oauth2/token", &world.redemption(&code), &[forged]).await.word(), "use_dpop_nonce");
    let elsewhere = proof(&owner, "POST", "/oauth2/par", "a", json!({ "nonce": nonce }));
    assert_eq!(
        world.as_app(&app, "/oauth2/token", &world.redemption(&code), &[elsewhere]).await.word(),
        "invalid_dpop_proof"
    );
    let good = proof(&owner, "POST", "/oauth2/token", "b", json!({ "nonce": nonce }));
    let said = world.as_app(&app, "/oauth2/token", &world.redemption(&code), &[good]).await;
    let tokens = said.json();
    assert_eq!(tokens["token_type"], "DPoP", "{tokens}");
    let access = tokens["access_token"].as_str().unwrap();
    let bearer = world.get("/oauth2/userinfo", &[("authorization", format!("Bearer {access}"))]).await;
    assert_eq!((bearer.status, bearer.word().as_str()), (401, "invalid_token"), "a bound token is no bearer token");
    let ath = {
        use base64::Engine as _;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(yima_keys::sha256(&[access.as_bytes()]))
    };
    let scheme = ("authorization", format!("DPoP {access}"));
    let mine = proof(&owner, "GET", "/oauth2/userinfo", "c", json!({ "ath": ath }));
    let read = world.get("/oauth2/userinfo", &[scheme.clone(), mine.clone()]).await;
    assert_eq!(read.status, 200, "{}", read.text);
    let table = [
        (mine, "invalid_dpop_proof"),
        (proof(&thief, "GET", "/oauth2/userinfo", "d", json!({ "ath": ath })), "invalid_dpop_proof"),
        (proof(&owner, "GET", "/oauth2/userinfo", "e", json!({})), "invalid_dpop_proof"),
        (proof(&owner, "POST", "/oauth2/userinfo", "f", json!({ "ath": ath })), "invalid_dpop_proof"),
        (proof(&owner, "GET", "/oauth2/userinfo", "g", json!({ "ath": ath, "iat": 1 })), "use_dpop_nonce"),
    ];
    for (i, (proof, word)) in table.into_iter().enumerate() {
        let said = world.get("/oauth2/userinfo", &[scheme.clone(), proof]).await;
        assert_eq!((said.status, said.word().as_str()), (401, word), "row {i}");
        assert!(said.headers["www-authenticate"].starts_with("DPoP"), "row {i}");
    }
    // R23: bound, so it does not rotate; and only with the key.
    let body = Params::default()
        .with("grant_type", "refresh_token")
        .with("refresh_token", tokens["refresh_token"].as_str().unwrap());
    assert_eq!(world.token(&app, &body).await.word(), "invalid_grant");
    let by_thief = proof(&thief, "POST", "/oauth2/token", "h", json!({}));
    assert_eq!(world.as_app(&app, "/oauth2/token", &body, &[by_thief]).await.word(), "invalid_grant");
    let by_owner = proof(&owner, "POST", "/oauth2/token", "i", json!({}));
    let next = world.as_app(&app, "/oauth2/token", &body, &[by_owner]).await.json();
    assert_eq!(next["refresh_token"], tokens["refresh_token"], "{next}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc_6819_4_4_1_8_consent_is_not_given_by_a_foreign_page() {
    let world = World::new(&Database::Sqlite).await;
    let app = world.app(json!({})).await;
    let page = world.browse(&format!("/oauth2/authorize?{}", world.request(&app).encoded())).await;
    let form = |mark: &str| {
        let form = ["request", "shown", "lang"]
            .into_iter()
            .fold(Params::default(), |form, name| form.with(name, &super::world::hidden(&page.text, name)));
        form.with("mark", mark).with("answer", "allow").with("c_region", "give").with("c_age_band", "give")
    };
    let mark = super::world::hidden(&page.text, "mark");
    let cookie = ("cookie", world.cookie.clone());
    let table = [
        (form(&mark), vec![cookie.clone(), ("sec-fetch-site", "cross-site".to_owned())], 403),
        (form(&mark), vec![cookie.clone(), ("origin", "https://evil.cn".to_owned())], 403),
        (form("x"), vec![cookie.clone(), ("sec-fetch-site", "same-origin".to_owned())], 403),
        (form(&mark).without(&["mark"]), vec![cookie.clone()], 403),
        (form(&mark), vec![], 401),
        (form(&mark), vec![cookie, ("sec-fetch-site", "same-origin".to_owned())], 200),
    ];
    for (i, (form, headers, status)) in table.into_iter().enumerate() {
        assert_eq!(world.post("/oauth2/consent", &form, &headers).await.status, status, "row {i}");
    }
    assert!(page.headers["content-security-policy"].contains("frame-ancestors 'none'"));
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc_8725_2_1_forged_access_tokens_open_nothing() {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let world = World::new(&Database::Sqlite).await;
    let app = world.app(json!({})).await;
    let tokens = world.signed_in(&app).await;
    let access = tokens["access_token"].as_str().unwrap();
    let mut parts = access.split('.');
    let (header, body) = (parts.next().unwrap(), parts.next().unwrap());
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
    let jwks = world.get("/oauth2/jwks", &[]).await.json();
    let key = jwks["keys"].as_array().unwrap().iter().find(|key| key["kid"] == header["kid"]).unwrap().clone();
    let with = |alg: &str, secret: Option<&[u8]>| {
        let mut header = header.clone();
        header["alg"] = alg.into();
        let input = format!("{}.{body}", URL_SAFE_NO_PAD.encode(header.to_string()));
        let mac = secret.map(|secret| URL_SAFE_NO_PAD.encode(yima_keys::hmac_sha256(secret, &[input.as_bytes()])));
        format!("{input}.{}", mac.unwrap_or_default())
    };
    let id = tokens["id_token"].as_str().unwrap().to_owned();
    let forged = [
        with("none", None),
        with("HS256", Some(key.to_string().as_bytes())),
        with("HS256", Some(key["x"].as_str().unwrap().as_bytes())),
        with("ES256", None),
        id,
        format!("{access}x"),
        String::new(),
    ];
    for token in forged {
        let said = world.get("/oauth2/userinfo", &[("authorization", format!("Bearer {token}"))]).await;
        assert_eq!((said.status, said.word().as_str()), (401, "invalid_token"), "{token}");
        let body = Params::default().with("token", if token.is_empty() { "x" } else { &token });
        assert_eq!(world.as_app(&app, "/oauth2/introspect", &body, &[]).await.json(), json!({ "active": false }));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc_7009_and_rfc_7662_a_token_is_ended_and_told_by_its_own_client_alone() {
    let world = World::new(&Database::Sqlite).await;
    let app = world.app(json!({})).await;
    let other = world.app(json!({ "client_name#zh": "乙", "client_name#en": "B" })).await;
    let tokens = world.signed_in(&app).await;
    let body = |name: &str| Params::default().with("token", tokens[name].as_str().unwrap());
    for name in ["access_token", "refresh_token"] {
        let own = world.as_app(&app, "/oauth2/introspect", &body(name), &[]).await.json();
        assert_eq!((&own["active"], &own["client_id"]), (&json!(true), &json!(app.id)), "{own}");
        let foreign = world.as_app(&other, "/oauth2/introspect", &body(name), &[]).await;
        assert_eq!(foreign.json(), json!({ "active": false }));
        assert_eq!(world.as_app(&other, "/oauth2/revoke", &body(name), &[]).await.status, 200);
    }
    assert_eq!(world.userinfo(&tokens).await.status, 200, "another client ends nothing");
    let stranger = world.post("/oauth2/introspect", &body("access_token"), &[]).await;
    assert_eq!((stranger.status, stranger.word().as_str()), (401, "invalid_client"));
    assert_eq!(world.as_app(&app, "/oauth2/revoke", &body("refresh_token"), &[]).await.status, 200);
    assert_eq!(world.userinfo(&tokens).await.word(), "invalid_token");
    assert_eq!(world.refresh(&app, &tokens).await.word(), "invalid_grant");
    assert_eq!(
        world.as_app(&app, "/oauth2/revoke", &Params::default().with("token", "unknown"), &[]).await.status,
        200
    );
}

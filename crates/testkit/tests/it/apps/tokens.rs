//! Apps as themselves, how they prove who they are, and who reviews them.

use super::world::{CODE_A, World, inside, metadata};
use serde_json::{Value, json};
use yima_kernel::id::OperatorId;
use yima_kernel::subject::{Actor, Role};
use yima_keys::Suite;
use yima_keys::custody::IssuingKey;
use yima_oidc::form::Params;
use yima_province::{DeedError, ProposeClient};
use yima_testkit::Database;

#[tokio::test(flavor = "multi_thread")]
async fn rfc_6749_4_4_an_app_as_itself_gets_a_token_without_a_person() {
    for database in Database::all() {
        let world = World::new(&database).await;
        let app = world
            .app(json!({ "grant_types": ["client_credentials"], "redirect_uris": [], "scope": "",
                "yima_app_scopes": ["waits:read"], "yima_resources": ["https://api.hospital.example.cn/"] }))
            .await;
        let body = Params::default().with("grant_type", "client_credentials");
        let said = world.token(&app, &body).await;
        assert_eq!(said.status, 200, "{}", said.text);
        let token = said.json();
        let access = inside(&token["access_token"]);
        assert_eq!((&access["sub"], &access["scope"]), (&json!(app.id), &json!("waits:read")));
        assert!(access.get("sid").is_none() && token.get("refresh_token").is_none() && token.get("id_token").is_none());
        let aimed = world.token(&app, &body.with("resource", "https://api.hospital.example.cn/")).await.json();
        assert_eq!(inside(&aimed["access_token"])["aud"], "https://api.hospital.example.cn/");
        assert_eq!(world.userinfo(&token).await.word(), "insufficient_scope");
        assert_eq!(world.token(&app, &body.with("scope", "openid")).await.word(), "invalid_scope");
        assert_eq!(world.token(&app, &world.redemption("x")).await.word(), "unauthorized_client");
        let introspected = Params::default().with("token", token["access_token"].as_str().unwrap());
        assert_eq!(world.as_app(&app, "/oauth2/introspect", &introspected, &[]).await.json()["active"], true);
        world.town.province.end_client(&Actor::System, &app.id, "contract over").await.unwrap();
        assert_eq!(world.token(&app, &body).await.word(), "invalid_client");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc_7523_an_app_proves_itself_by_its_key_and_an_assertion_counts_once() {
    let world = World::new(&Database::Sqlite).await;
    let key = IssuingKey::from_secret(Suite::Es256, &[5; 32]).unwrap();
    let public = yima_keys::PublicKey::parse(Suite::Es256, &key.public()).unwrap();
    let jwks = json!({ "keys": [yima_oidc::jwk::write(&public, "k1").unwrap()] });
    let app = world
        .app(json!({ "grant_types": ["client_credentials"], "redirect_uris": [], "scope": "", "jwks": jwks,
            "token_endpoint_auth_method": "private_key_jwt" }))
        .await;
    assert!(app.secret.is_none());
    let assertion = |more: Value| {
        let now = world.town.now();
        let mut claims =
            json!({ "iss": app.id, "sub": app.id, "aud": world.issuer(), "iat": now, "exp": now + 50, "jti": "1" });
        for (name, value) in more.as_object().unwrap() {
            claims[name] = value.clone();
        }
        let mut rng: rand::rngs::StdRng = rand::SeedableRng::seed_from_u64(1);
        yima_oidc::jwt::sign(Suite::Es256, "JWT", "k1", &claims, |input| key.sign(&[input], &mut rng)).unwrap()
    };
    let ask = |jwt: String| {
        let body = Params::default()
            .with("grant_type", "client_credentials")
            .with("client_assertion_type", yima_oidc::client_auth::JWT_BEARER)
            .with("client_assertion", &jwt);
        let world = &world;
        async move { world.post("/oauth2/token", &body, &[]).await }
    };
    let good = assertion(json!({}));
    assert_eq!(ask(good.clone()).await.status, 200);
    assert_eq!(ask(good).await.word(), "invalid_client", "once (R35)");
    let bad = [
        json!({ "jti": "2", "aud": format!("{}/oauth2/token", world.issuer()) }),
        json!({ "jti": "3", "aud": [world.issuer()] }),
        json!({ "jti": "4", "exp": world.town.now() + 200 }),
        json!({ "jti": "5", "exp": world.town.now() - 100 }),
        json!({ "jti": "6", "iss": "app_00000000000000000000000000" }),
    ];
    for more in bad {
        assert_eq!(ask(assertion(more.clone())).await.word(), "invalid_client", "{more}");
    }
    let weaker = Params::default().with("grant_type", "client_credentials").with("client_id", &app.id);
    assert_eq!(world.post("/oauth2/token", &weaker, &[]).await.word(), "invalid_client", "only as it is registered");
    assert_eq!(world.post("/oauth2/token", &weaker.with("client_secret", "x"), &[]).await.word(), "invalid_client");
}

#[tokio::test(flavor = "multi_thread")]
async fn r37_an_app_counts_only_after_another_person_reviewed_it() {
    for database in Database::all() {
        let world = World::new(&database).await;
        let operator = |n, role| Actor::Operator { operator: OperatorId::new(0, [n; 10]), role };
        let (clerk, colleague, auditor) =
            (operator(1, Role::System), operator(2, Role::Security), operator(3, Role::Audit));
        let province = &world.town.province;
        let wish = |more: Value| ProposeClient {
            id: None,
            organisation: CODE_A.to_owned(),
            owner: "泉城医院管理中心".to_owned(),
            metadata: metadata(more).to_string(),
        };
        let made = province.propose_client(&clerk, wish(json!({}))).await.unwrap();
        let id = made.version.id.clone();
        let app = super::world::RegisteredApp { id: id.clone(), secret: made.secret };
        let page = world.browse(&format!("/oauth2/authorize?{}", world.request(&app).encoded())).await;
        assert_eq!(page.status, 400, "not reviewed yet");
        let own = province.review_client(&clerk, &id, 1, true, "").await;
        assert!(matches!(own, Err(DeedError::Refused(_))), "{own:?}");
        assert!(matches!(province.review_client(&auditor, &id, 1, true, "").await, Err(DeedError::Refused(_))));
        province.review_client(&colleague, &id, 1, true, "合同编号 7").await.unwrap();
        assert!(matches!(province.review_client(&colleague, &id, 1, true, "").await, Err(DeedError::NotFound(_))));
        let page = world.browse(&format!("/oauth2/authorize?{}", world.request(&app).encoded())).await;
        assert_eq!(page.status, 200);
        // Rule R40: another organisation may not look like this one.
        let twin = ProposeClient {
            organisation: "91370000000000002T".into(),
            ..wish(json!({ "client_name#en": "Ouancheng" }))
        };
        assert!(matches!(province.propose_client(&clerk, twin).await, Err(DeedError::Conflict(_))));
        let bad = province.propose_client(&clerk, wish(json!({ "redirect_uris": ["http://evil.cn/cb"] }))).await;
        assert!(matches!(bad, Err(DeedError::Invalid { field: "metadata", .. })));
        let (listed, _) = province.list_clients(&auditor, None, None).await.unwrap();
        assert_eq!(listed.iter().filter(|one| one.id == id && one.state == "active").count(), 1);
        // A new version waits beside the one in force, and a reviewer sees both.
        let again = ProposeClient { id: Some(id.clone()), ..wish(json!({ "yima_grant_days": 30 })) };
        province.propose_client(&clerk, again).await.unwrap();
        let (waiting, _) = province.list_clients(&colleague, None, Some("proposed")).await.unwrap();
        assert!(waiting.iter().any(|one| one.id == id) && waiting.iter().all(|one| one.state == "proposed"));
        assert!(matches!(province.list_clients(&colleague, None, Some("?")).await, Err(DeedError::Invalid { .. })));
        let versions = province.client_versions(&colleague, &id).await.unwrap();
        let stand: Vec<_> = versions.iter().map(|one| (one.version, one.state, one.reviewed_at.is_some())).collect();
        assert_eq!(stand, [(2, "proposed", false), (1, "active", true)]);
        assert_eq!(versions[0].sector, versions[0].organisation);
        let nobody = province.client_versions(&colleague, "app_00000000000000000000000000").await;
        assert!(matches!(nobody, Err(DeedError::NotFound(_))), "{nobody:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc_8414_discovery_and_keys_are_there_and_kept_a_quarter_of_an_hour() {
    let world = World::new(&Database::Sqlite).await;
    for path in ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"] {
        let said = world.get(path, &[]).await;
        assert_eq!(said.json()["issuer"], world.issuer());
        assert_eq!(said.headers["cache-control"], "public, max-age=900");
        assert_eq!(said.headers["access-control-allow-origin"], "*");
    }
    let jwks = world.get("/oauth2/jwks", &[]).await;
    assert_eq!(jwks.headers["content-type"], "application/jwk-set+json");
    let kids: Vec<String> =
        jwks.json()["keys"].as_array().unwrap().iter().map(|k| k["kid"].as_str().unwrap().to_owned()).collect();
    assert_eq!(kids.len(), 5, "one for each kind of token, two for those whose client chooses: {kids:?}");
    // Rule R33: a new key is shown for a day before it signs.
    let (province, clock) = (&world.town.province, &world.town.clock);
    assert!(province.rotate_token_keys(&Actor::System, "drill", false).await.is_err());
    clock.advance(901);
    province.turn_token_keys().await.unwrap();
    assert_eq!(world.get("/oauth2/jwks", &[]).await.json()["keys"].as_array().unwrap().len(), 10);
    clock.advance(24 * 3600);
    let app = world.app(json!({ "grant_types": ["client_credentials"], "redirect_uris": [], "scope": "" })).await;
    let body = Params::default().with("grant_type", "client_credentials");
    let before = world.token(&app, &body).await.json();
    let active = |token: Value| {
        let body = Params::default().with("token", token["access_token"].as_str().unwrap());
        let (world, app) = (&world, &app);
        async move { world.as_app(app, "/oauth2/introspect", &body, &[]).await.json()["active"].clone() }
    };
    province.rotate_token_keys(&Actor::System, "drill", false).await.unwrap();
    let after = world.token(&app, &body).await.json();
    assert_eq!(
        (active(before.clone()).await, active(after.clone()).await),
        (json!(true), json!(true)),
        "both are shown"
    );
    province.rotate_token_keys(&Actor::System, "the key leaked", true).await.unwrap();
    assert_eq!(active(after).await, json!(false), "void at once in an emergency");
    assert_eq!(active(before).await, json!(true), "and only those of that key");
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc_7591_3_an_organisation_registers_its_app_by_a_token_once_and_waits_for_review() {
    let world = World::new(&Database::Sqlite).await;
    let clerk = Actor::Operator { operator: OperatorId::new(0, [1; 10]), role: Role::System };
    let token = world.town.province.invite_client(&clerk, CODE_A, "泉城医院管理中心").await.unwrap();
    let register = |token: String, metadata: Value| {
        let world = &world;
        async move {
            let headers = [("authorization", format!("Bearer {token}"))];
            world.send(reqwest::Method::POST, "/oauth2/register", Some(metadata.to_string()), &headers).await
        }
    };
    let stranger = register("x".into(), metadata(json!({}))).await;
    assert_eq!((stranger.status, stranger.word().as_str()), (401, "invalid_token"));
    assert!(stranger.headers["www-authenticate"].starts_with("Bearer"));
    let bad = register(token.clone(), metadata(json!({ "redirect_uris": ["http://evil.cn/cb"] }))).await;
    assert_eq!((bad.status, bad.word().as_str()), (400, "invalid_redirect_uri"));
    let bad = register(token.clone(), metadata(json!({ "subject_type": "public" }))).await;
    assert_eq!(bad.word(), "invalid_client_metadata");
    let made = register(token.clone(), metadata(json!({}))).await;
    assert_eq!((made.status, made.json()["yima_state"].as_str()), (201, Some("proposed")), "{}", made.text);
    assert_eq!(register(token, metadata(json!({}))).await.word(), "invalid_token", "once");
    let app = super::world::RegisteredApp {
        id: made.json()["client_id"].as_str().unwrap().to_owned(),
        secret: made.json()["client_secret"].as_str().map(str::to_owned),
    };
    let path = format!("/oauth2/authorize?{}", world.request(&app).encoded());
    assert_eq!(world.browse(&path).await.status, 400, "not reviewed");
    world.town.province.review_client(&clerk, &app.id, 1, true, "ok").await.unwrap();
    assert_eq!(world.browse(&path).await.status, 200);
    let late = world.town.province.invite_client(&clerk, CODE_A, "泉城医院管理中心").await.unwrap();
    world.town.clock.advance(24 * 3600 + 1);
    assert_eq!(register(late, metadata(json!({}))).await.word(), "invalid_token");
}

//! An app goes to the API of another organisation for its person (rule R22): with a token that says nothing to the app, and
//! to that API what its own organisation knows the person by.

use super::acting::{as_account, exchange, mandate, ticket, tokens};
use super::world::{CODE_A, Prover, RegisteredApp, World, inside};
use serde_json::{Value, json};
use yima_oidc::form::Params;
use yima_testkit::Database;

const CODE_B: &str = "91370000000000002T";
const OWNER_B: &str = "省医疗保障服务中心";
const API_A: &str = "https://api.hospital.example.cn/";
const API_B: &str = "https://api.insurance.example.cn/";
const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

/// A hospital's app that may go to the API of an insurance, and how that insurance itself knows people.
struct Two {
    world: World,
    hospital: RegisteredApp,
    api: RegisteredApp,
    insurance: RegisteredApp,
}

/// An API of the insurance; `more` replaces members.
async fn api_of(world: &World, name: &str, more: Value) -> RegisteredApp {
    let mut all = json!({ "client_name#zh": name, "client_name#en": name, "grant_types": ["client_credentials"],
        "redirect_uris": [], "post_logout_redirect_uris": [], "scope": "", "yima_claims": {}, "yima_resources": [API_B] });
    for (name, value) in more.as_object().unwrap() {
        all[name] = value.clone();
    }
    world.app_of(CODE_B, OWNER_B, all).await
}

fn to(api: &RegisteredApp) -> Value {
    json!([{ "client": api.id, "resource": API_B }])
}

impl Two {
    async fn new(database: &Database) -> Self {
        let world = World::new(database).await;
        let api = api_of(&world, "医保接口", json!({})).await;
        let hospital = json!({ "yima_audiences": to(&api), "yima_resources": [API_A],
            "grant_types": ["authorization_code", "refresh_token", "client_credentials"], "yima_app_scopes": ["bills:read"] });
        let hospital = world.app(hospital).await;
        let insurance = json!({ "client_name#zh": "齐鲁医保", "client_name#en": "Insurance" });
        let insurance = world.app_of(CODE_B, OWNER_B, insurance).await;
        Self { world, hospital, api, insurance }
    }

    /// Tokens of the hospital for the API of the insurance.
    async fn signed_in(&self) -> Value {
        let request = self.world.request(&self.hospital).with("resource", API_B);
        let code = self.world.code_by(&request).await;
        let said = self.world.token(&self.hospital, &self.world.redemption(&code)).await;
        assert_eq!(said.status, 200, "{}", said.text);
        said.json()
    }

    async fn told(&self, asker: &RegisteredApp, token: &Value) -> Value {
        let body = Params::default().with("token", token["access_token"].as_str().unwrap());
        self.world.as_app(asker, "/oauth2/introspect", &body, &[]).await.json()
    }

    async fn active(&self, token: &Value) -> bool {
        self.told(&self.api, token).await["active"] == true
    }
}

fn inactive() -> Value {
    json!({ "active": false })
}

#[tokio::test(flavor = "multi_thread")]
async fn r22_a_token_for_another_organisations_api_is_opaque_and_says_its_own_sub_to_it_alone() {
    for database in Database::all() {
        let two = Two::new(&database).await;
        let world = &two.world;
        let request = world.request(&two.hospital).with("resource", API_B);
        let page = world.browse(&format!("/oauth2/authorize?{}", request.encoded())).await;
        for word in [OWNER_B, API_B, "它还可以替你去这些单位的接口"] {
            assert!(page.text.contains(word), "the person is told before: {word}");
        }
        let token = two.signed_in().await;
        let access = token["access_token"].as_str().unwrap();
        assert!(access.starts_with("yot_") && !access.contains('.') && access.len() == 4 + 64, "{access}");
        let here = inside(&token["id_token"])["sub"].clone();
        let there = inside(&world.signed_in(&two.insurance).await["id_token"])["sub"].clone();
        assert_ne!(here, there, "R20");

        let told = two.told(&two.api, &token).await;
        assert_eq!((&told["active"], &told["sub"]), (&json!(true), &there), "as its own organisation knows them");
        assert_eq!((&told["aud"], &told["client_id"]), (&json!(API_B), &json!(two.hospital.id)));
        assert_eq!(
            (&told["acr"], &told["token_type"], &told["scope"]),
            (&json!("yima:3"), &json!("Bearer"), &token["scope"])
        );
        assert_eq!(told["exp"].as_i64().unwrap() - told["iat"].as_i64().unwrap(), 300);
        assert!(told.get("sid").is_none(), "the name of the sign-in is the hospital's");

        let same = api_of(world, "医保对账", json!({})).await;
        for (asker, why) in [(&two.hospital, "its own client"), (&same, "another app"), (&two.insurance, "and another")]
        {
            assert_eq!(two.told(asker, &token).await, inactive(), "{why}");
        }
        assert_eq!(world.userinfo(&token).await.word(), "invalid_token", "it opens nothing here");

        let next = world.refresh(&two.hospital, &token).await.json();
        assert_ne!(next["access_token"], token["access_token"]);
        assert_eq!(two.told(&two.api, &next).await["sub"], there);
        // One of the hospital's own API stays as it was.
        let own = world.code_by(&world.request(&two.hospital).with("resource", API_A)).await;
        let own = world.token(&two.hospital, &world.redemption(&own)).await.json();
        assert_eq!(
            (&inside(&own["access_token"])["sub"], &inside(&own["access_token"])["aud"]),
            (&here, &json!(API_A))
        );

        let cookie = world.cookie.split(';').find_map(|pair| pair.trim().strip_prefix("ys=")).unwrap().to_owned();
        let person = world.town.province.person(&cookie).await.unwrap().unwrap();
        let grants = world.town.province.allowed_apps(&person.actor()).await.unwrap();
        let grant = grants.iter().find(|grant| grant.client == two.hospital.id).unwrap();
        let named: Vec<_> = grant.audiences.iter().map(|api| (api.owner.as_str(), api.resource.as_str())).collect();
        assert_eq!(named, [(OWNER_B, API_B)]);
        let listed = world.browse("/account/apps?lang=en").await.text;
        for word in [OWNER_B, API_B, "It may also go to these organisations"] {
            assert!(listed.contains(word), "the list says it as the letter did: {word}");
        }
        world.town.province.withdraw_app(&person.actor(), &grant.id).await.unwrap();
        let listed = world.browse("/account/apps").await.text;
        assert!(!listed.contains(API_B), "it goes nowhere any more");
        for token in [&token, &next] {
            assert_eq!(two.told(&two.api, token).await, inactive(), "withdrawn: there too, at once");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r22_an_opaque_token_ends_as_others_do_and_a_row_by_hand_opens_nothing() {
    for database in Database::all() {
        let two = Two::new(&database).await;
        let world = &two.world;
        let token = two.signed_in().await;
        let revoke = |token: &Value| Params::default().with("token", token["access_token"].as_str().unwrap());
        assert_eq!(world.as_app(&two.api, "/oauth2/revoke", &revoke(&token), &[]).await.status, 200);
        assert!(two.active(&token).await, "RFC 7009 section 2.1: it is another client's");
        assert_eq!(world.as_app(&two.hospital, "/oauth2/revoke", &revoke(&token), &[]).await.status, 200);
        assert!(!two.active(&token).await && world.refresh(&two.hospital, &token).await.word() == "invalid_grant");

        let token = two.signed_in().await;
        world.town.clock.advance(299);
        assert!(two.active(&token).await, "a second before its end");
        world.by_hand("UPDATE opaque_token SET expires_at = expires_at + 900000000").await;
        assert!(!two.active(&token).await, "R44: made longer by hand");
        world.by_hand("UPDATE opaque_token SET expires_at = expires_at - 900000000").await;
        assert!(two.active(&token).await);
        world.town.clock.advance(1);
        assert!(!two.active(&token).await, "over");

        let token = two.signed_in().await;
        world.by_hand("UPDATE opaque_token SET proofing = 0").await;
        assert!(!two.active(&token).await, "R44: changed by hand");

        // An app as itself.
        let itself = Params::default().with("grant_type", "client_credentials").with("resource", API_B);
        let itself = world.token(&two.hospital, &itself).await.json();
        let told = two.told(&two.api, &itself).await;
        assert_eq!((&told["sub"], &told["scope"]), (&json!(two.hospital.id), &json!("bills:read")));
        assert_eq!(world.as_app(&two.hospital, "/oauth2/revoke", &revoke(&itself), &[]).await.status, 200);
        assert!(!two.active(&itself).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc_9449_6_2_an_opaque_token_says_the_key_that_it_is_bound_to() {
    let two = Two::new(&Database::Sqlite).await;
    let (world, prover) = (&two.world, Prover::new(7));
    let code = world.code_by(&world.request(&two.hospital).with("resource", API_B)).await;
    let proof = |nonce: Option<&str>| {
        let url = format!("{}/oauth2/token", world.issuer());
        let mut claims = json!({ "jti": "j-1", "htm": "POST", "htu": url, "iat": 0 });
        if let Some(nonce) = nonce {
            claims["nonce"] = nonce.into();
        }
        ("dpop", prover.proof(&claims))
    };
    let body = world.redemption(&code);
    let said = world.as_app(&two.hospital, "/oauth2/token", &body, &[proof(None)]).await;
    let nonce = said.headers["dpop-nonce"].clone();
    let said = world.as_app(&two.hospital, "/oauth2/token", &body, &[proof(Some(&nonce))]).await;
    assert_eq!(said.json()["token_type"], json!("DPoP"), "{}", said.text);
    let told = two.told(&two.api, &said.json()).await;
    let public = yima_keys::custody::IssuingKey::from_secret(yima_keys::Suite::Es256, &[7; 32]).unwrap().public();
    let public = yima_keys::PublicKey::parse(yima_keys::Suite::Es256, &public).unwrap();
    let print = yima_oidc::jwk::thumbprint(&public).unwrap();
    assert_eq!(told["cnf"]["jkt"], json!(yima_oidc::dpop::jkt_text(&print)));
    assert_eq!(told["token_type"], json!("DPoP"));
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc_8707_2_an_api_that_is_not_registered_on_both_sides_is_invalid_target() {
    let two = Two::new(&Database::Sqlite).await;
    let (world, province) = (&two.world, &two.world.town.province);
    let elsewhere = json!({ "client_name#zh": "泉城影像", "client_name#en": "Imaging",
        "yima_audiences": [{ "client": two.api.id, "resource": "https://api.insurance.example.cn/v2" }] });
    let elsewhere = world.app(elsewhere).await;
    let request = world.request(&elsewhere).with("resource", "https://api.insurance.example.cn/v2");
    let to = world.browse(&format!("/oauth2/authorize?{}", request.encoded())).await.leads_to();
    assert!(to.contains("error=invalid_target"), "the insurance has no such API: {to}");
    let pushed = world.as_app(&elsewhere, "/oauth2/par", &request, &[]).await;
    assert_eq!(pushed.word(), "invalid_target");

    let token = two.signed_in().await;
    assert!(two.active(&token).await);
    province.end_client(&yima_kernel::subject::Actor::System, &two.api.id, "contract over").await.unwrap();
    assert_eq!(world.refresh(&two.hospital, &token).await.word(), "invalid_target");
    let request = world.request(&two.hospital).with("resource", API_B);
    let to = world.browse(&format!("/oauth2/authorize?{}", request.encoded())).await.leads_to();
    assert!(to.contains("error=invalid_target"), "{to}");
    let page = world.browse(&format!("/oauth2/authorize?{}", world.request(&elsewhere).encoded())).await;
    assert!(
        page.text.contains("name=\"shown\"") && !page.text.contains(OWNER_B),
        "it opens nothing, so it is not named"
    );
}

/// A stranger who registers somebody's address as its own, and is reviewed, is still told nothing of their people.
#[tokio::test(flavor = "multi_thread")]
async fn r22_another_organisation_with_the_same_address_is_told_no_sub() {
    let two = Two::new(&Database::Sqlite).await;
    let world = &two.world;
    let code = world.code_by(&world.request(&two.hospital).with("resource", API_A)).await;
    let token = world.token(&two.hospital, &world.redemption(&code)).await.json();
    let thief = api_of(world, "抄来的", json!({ "yima_resources": [API_A] })).await;
    assert_eq!(two.told(&thief, &token).await, inactive());
    let more = json!({ "client_name#zh": "泉城接口", "client_name#en": "Own API", "grant_types": ["client_credentials"],
        "redirect_uris": [], "post_logout_redirect_uris": [], "scope": "", "yima_claims": {}, "yima_resources": [API_A] });
    let own = world.app_of(CODE_A, "泉城医院管理中心", more).await;
    assert_eq!(two.told(&own, &token).await["active"], json!(true));
}

#[tokio::test(flavor = "multi_thread")]
async fn r21_who_acts_has_a_name_of_that_sector_and_only_an_api_that_is_registered_for_it_hears_of_them() {
    let mut world = World::new(&Database::Sqlite).await;
    let deaf = api_of(&world, "医保接口", json!({})).await;
    // An API hears of mandates where its app is registered for them, and such an app signs people in (RFC 7591 members).
    let hears = json!({ "client_name#zh": "医保代办", "client_name#en": "Insurance Helper",
        "grant_types": ["authorization_code", EXCHANGE], "redirect_uris": [super::world::BACK], "scope": "openid",
        "yima_mandates": ["helper"], "yima_resources": ["https://api.insurance.example.cn/help"] });
    let hears = api_of(&world, "医保代办", hears).await;
    let office = json!({ "client_name#zh": "泉城政务", "client_name#en": "Quancheng Services",
        "grant_types": ["authorization_code", "refresh_token", EXCHANGE], "yima_mandates": ["guardian", "helper"],
        "yima_audiences": [{ "client": deaf.id, "resource": API_B },
            { "client": hears.id, "resource": "https://api.insurance.example.cn/help" }] });
    let office = world.app(office).await;
    let all = world.town.accounts().await;
    as_account(&mut world, &all[1]).await;
    world.signed_in(&office).await;
    let elder = world.code_by(&world.request(&hears).with("scope", "openid")).await;
    let elder = inside(&world.token(&hears, &world.redemption(&elder)).await.json()["id_token"])["sub"].clone();
    let mandate = mandate(&world, "helper", &all[0], &all[1]).await;
    as_account(&mut world, &all[0]).await;
    let own = tokens(&world, &office, "self").await;

    let asked = |ticket: &str, api: &str| exchange(ticket, &own).with("resource", api);
    let at_deaf = ticket(&world, &office, &mandate).await;
    assert_eq!(world.token(&office, &asked(&at_deaf, API_B)).await.word(), "invalid_target");
    let at_hears = ticket(&world, &office, &mandate).await;
    let made = world.token(&office, &asked(&at_hears, "https://api.insurance.example.cn/help")).await;
    let made = made.json();
    let body = Params::default().with("token", made["access_token"].as_str().unwrap_or_else(|| panic!("{made}")));
    let told = world.as_app(&hears, "/oauth2/introspect", &body, &[]).await.json();
    assert_eq!((&told["sub"], &told["act"]["kind"]), (&elder, &json!("helper")), "{told}");
    assert_ne!(told["act"]["sub"], told["sub"]);
    assert_eq!(told["mandate_scope"], json!("show_code book read_notices claim_benefit"));
}

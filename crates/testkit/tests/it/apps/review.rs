//! What a review covers: every change of an app is a new version that waits, its picture too (rules R37 and R40).

use super::world::{CODE_A, RegisteredApp, World, metadata};
use serde_json::{Value, json};
use yima_kernel::id::OperatorId;
use yima_kernel::subject::{Actor, Role};
use yima_province::{DeedError, ProposeClient};
use yima_testkit::Database;

const OWNER: &str = "泉城医院管理中心";
/// One red pixel.
const RED: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mP4z8AAAAMBAQD3A0FDAAAAAElFTkSuQmCC";

fn clerk() -> Actor {
    Actor::Operator { operator: OperatorId::new(0, [1; 10]), role: Role::System }
}

fn wish(app: Option<&str>, organisation: &str, more: Value) -> ProposeClient {
    ProposeClient {
        id: app.map(str::to_owned),
        organisation: organisation.to_owned(),
        owner: OWNER.to_owned(),
        metadata: metadata(more).to_string(),
    }
}

async fn active(world: &World, id: &str) -> (u32, String) {
    let (rows, _) = world.town.province.list_clients(&clerk(), None).await.unwrap();
    let row = rows.into_iter().find(|row| row.id == id && row.state == "active").unwrap();
    (row.version, row.metadata)
}

#[tokio::test(flavor = "multi_thread")]
async fn r37_any_change_is_a_new_version_and_the_reviewed_one_stays_until_somebody_else_agrees() {
    let world = World::new(&Database::Sqlite).await;
    let app = world.app(json!({})).await;
    let before = active(&world, &app.id).await;
    let key = json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
    let changes = [
        (CODE_A, json!({ "redirect_uris": ["https://hospital.example.cn/other"] })),
        (CODE_A, json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks": { "keys": [key] } })),
        (CODE_A, json!({ "client_name#zh": "泉城门诊" })),
        (CODE_A, json!({ "yima_logo": RED })),
        ("91370000000000002T", json!({})),
        (CODE_A, json!({ "yima_mandates": ["guardian"] })),
    ];
    for (at, (organisation, change)) in (2..).zip(changes) {
        let made =
            world.town.province.propose_client(&clerk(), wish(Some(&app.id), organisation, change.clone())).await;
        let made = made.unwrap();
        assert_eq!((made.version.version, made.version.state), (at, "proposed"), "{change}");
        assert_eq!(active(&world, &app.id).await, before, "what was reviewed is in force still: {change}");
        let own = world.town.province.review_client(&clerk(), &app.id, at, true, "").await;
        assert!(matches!(own, Err(DeedError::Refused(_))), "nobody reviews their own: {change}");
    }
    // And the one in force serves on: the address of a proposal is no address.
    let moved = world.request(&app).with("redirect_uri", "https://hospital.example.cn/other");
    assert_eq!(world.browse(&format!("/oauth2/authorize?{}", moved.encoded())).await.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn r40_a_logo_is_encoded_anew_reviewed_and_shown_beside_the_name() {
    for database in Database::all() {
        let world = World::new(&database).await;
        let app: RegisteredApp = world.app(json!({ "yima_logo": RED })).await;
        let kept: Value = serde_json::from_str(&active(&world, &app.id).await.1).unwrap();
        let hash = kept["yima_logo"].as_str().unwrap();
        let page = world.browse(&format!("/oauth2/authorize?{}", world.request(&app).encoded())).await;
        let at = |word: &str| page.text.find(word).unwrap_or_else(|| panic!("{word}: {}", page.text));
        let picture = format!("/oauth2/logo/{hash}");
        assert!(at(OWNER) < at(&picture), "the legal name comes first");
        assert!(at(&picture) < at("<bdi>hospital.example.cn"), "and the host last");
        let said = world.get(&picture, &[]).await;
        assert_eq!((said.status, said.headers["content-type"].as_str()), (200, "image/png"));
        assert!(said.headers["cache-control"].contains("immutable"));
        assert_eq!(said.headers["x-content-type-options"], "nosniff");
        assert_eq!(world.get(&format!("/oauth2/logo/{}", "0".repeat(64)), &[]).await.status, 404);

        // The next version names the picture that is there; one that was never taken is none.
        let next = wish(Some(&app.id), CODE_A, json!({ "yima_logo": hash }));
        assert!(world.town.province.propose_client(&clerk(), next).await.is_ok());
        for bad in
            ["0".repeat(64), "https://hospital.example.cn/logo.png".into(), "data:image/svg+xml;base64,PHN2Zy8+".into()]
        {
            let said =
                world.town.province.propose_client(&clerk(), wish(None, CODE_A, json!({ "yima_logo": bad }))).await;
            assert!(matches!(said, Err(DeedError::Invalid { field: "metadata", .. })), "{bad}: {said:?}");
        }
        let plain = world.app(json!({ "client_name#zh": "泉城药房", "client_name#en": "Pharmacy" })).await;
        let page = world.browse(&format!("/oauth2/authorize?{}", world.request(&plain).encoded())).await;
        assert!(!page.text.contains("/oauth2/logo/"), "no picture, no place for one");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r37_open_registration_is_in_a_sandbox_alone() {
    let world = World::new(&Database::Sqlite).await;
    let register = |metadata: Value| {
        let world = &world;
        async move { world.send(reqwest::Method::POST, "/oauth2/register", Some(metadata.to_string()), &[]).await }
    };
    let made = register(metadata(json!({ "client_name#zh": "试一试", "client_name#en": "Try it" }))).await;
    assert_eq!((made.status, made.json()["yima_state"].as_str()), (201, Some("active")), "{}", made.text);
    let app = RegisteredApp {
        id: made.json()["client_id"].as_str().unwrap().to_owned(),
        secret: made.json()["client_secret"].as_str().map(str::to_owned),
    };
    let page = world.browse(&format!("/oauth2/authorize?{}", world.request(&app).encoded())).await;
    for word in ["演示数据", "没有审核", "试一试"] {
        assert!(page.text.contains(word), "{word}: {}", page.text);
    }
    let tokens = world.signed_in(&app).await;
    let other = register(metadata(json!({ "client_name#zh": "再试", "client_name#en": "Try again" }))).await.json();
    let other = RegisteredApp {
        id: other["client_id"].as_str().unwrap().to_owned(),
        secret: other["client_secret"].as_str().map(str::to_owned),
    };
    let sub = |tokens: &Value| super::world::inside(&tokens["id_token"])["sub"].clone();
    assert_ne!(sub(&tokens), sub(&world.signed_in(&other).await), "strangers share no pseudonym");
    let named = world.app(json!({})).await;
    assert!(named.id.starts_with("app_"));
    let twin = register(metadata(json!({}))).await;
    assert_eq!(twin.word(), "invalid_client_metadata", "nobody takes the name of a reviewed app");
    let inside = register(metadata(json!({ "client_name": "丙", "yima_private_network": "10.0.0.0/8" }))).await;
    assert_eq!(inside.word(), "invalid_client_metadata", "an operator names a private network, and nobody else (R39)");

    // The same province as it serves people: nobody comes in without a token of an operator.
    let setup = yima_province::Setup {
        dir: world.town.folder(),
        database: None,
        keys: yima_province::KeyPlace::File(yima_keys::custody::Lock::passphrase("town")),
        clock: std::sync::Arc::<yima_province::clock::FrozenClock>::clone(&world.town.clock),
        seed: Some([9; 32]),
        messenger: std::sync::Arc::new(yima_province::Inbox::default()),
        demo: false,
    };
    let serving = yima_province::Province::open(setup).await.unwrap();
    let said = serving.register_in_sandbox(&metadata(json!({})).to_string()).await.unwrap_err();
    assert_eq!(said.oauth().code.as_str(), "invalid_token");
}

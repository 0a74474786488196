//! A screen without a browser (RFC 8628): its person types a code here, compares it, and decides.

use super::world::{RegisteredApp, Said, World, hidden, inside};
use serde_json::json;
use yima_oidc::form::Params;
use yima_testkit::Database;

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

pub async fn television(world: &World) -> RegisteredApp {
    world
        .app(
            json!({ "grant_types": [GRANT, "refresh_token"], "redirect_uris": [], "token_endpoint_auth_method": "none",
            "client_name#zh": "候诊电视", "client_name#en": "Waiting Room Screen" }),
        )
        .await
}

pub async fn begin(world: &World, app: &RegisteredApp) -> serde_json::Value {
    let body = Params::default().with("scope", "openid profile offline_access");
    let said = world.as_app(app, "/oauth2/device_authorization", &body, &[]).await;
    assert_eq!(said.status, 200, "{}", said.text);
    said.json()
}

pub async fn poll(world: &World, app: &RegisteredApp, code: &serde_json::Value) -> Said {
    let body = Params::default().with("grant_type", GRANT).with("device_code", code["device_code"].as_str().unwrap());
    world.token(app, &body).await
}

async fn send(world: &World, form: &Params) -> Said {
    world
        .post("/account/device", form, &[("cookie", world.cookie.clone()), ("sec-fetch-site", "same-origin".into())])
        .await
}

pub async fn typed(world: &World, code: &str) -> Said {
    let page = world.browse("/account/device").await;
    send(world, &Params::default().with("mark", &hidden(&page.text, "mark")).with("user_code", code)).await
}

pub(super) async fn press(world: &World, page: &Said, answer: &str) -> Said {
    let form = ["mark", "user_code", "shown", "lang"]
        .into_iter()
        .fold(Params::default(), |form, name| form.with(name, &hidden(&page.text, name)));
    send(world, &form.with("answer", answer).with("c_region", "keep").with("c_age_band", "give")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc_8628_3_a_device_gets_tokens_once_its_person_has_compared_the_code() {
    for database in Database::all() {
        let world = World::new(&database).await;
        let app = television(&world).await;
        let code = begin(&world, &app).await;
        assert_eq!(code["interval"], 5);
        assert_eq!(poll(&world, &app, &code).await.word(), "authorization_pending");
        assert_eq!(poll(&world, &app, &code).await.word(), "slow_down");
        let user_code = code["user_code"].as_str().unwrap();
        let page = typed(&world, &user_code.to_lowercase().replace('-', " ")).await;
        for word in ["候诊电视", user_code, "设备屏幕上是这个码吗"] {
            assert!(page.text.contains(word), "{word}: {}", page.text);
        }
        let done = press(&world, &page, "allow").await;
        assert!(done.text.contains("设备已登录"), "{}", done.text);
        world.town.clock.advance(6);
        let tokens = poll(&world, &app, &code).await;
        assert_eq!(tokens.status, 200, "{}", tokens.text);
        let tokens = tokens.json();
        assert_eq!(inside(&tokens["id_token"])["acr"], "yima:2", "never more than that (R10)");
        let told = world.userinfo(&tokens).await.json();
        assert!(told["age_band"].is_string() && told.get("region").is_none(), "{told}");
        world.town.clock.advance(11);
        assert_eq!(poll(&world, &app, &code).await.word(), "invalid_grant", "once");
        assert_eq!(world.userinfo(&tokens).await.word(), "invalid_token", "and a second time ends it");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc_8628_3_5_a_refusal_and_an_end_are_told_and_codes_are_not_guessed() {
    let world = World::new(&Database::Sqlite).await;
    let app = television(&world).await;
    let code = begin(&world, &app).await;
    let page = typed(&world, code["user_code"].as_str().unwrap()).await;
    assert!(press(&world, &page, "refuse").await.text.contains("没有让设备登录"));
    assert_eq!(poll(&world, &app, &code).await.word(), "access_denied");
    let late = begin(&world, &app).await;
    world.town.clock.advance(601);
    assert_eq!(poll(&world, &app, &late).await.word(), "expired_token");
    let fresh = begin(&world, &app).await;
    for _ in 0..5 {
        assert!(typed(&world, "BCDF-GHJK").await.text.contains("这个码不对"));
    }
    assert_eq!(typed(&world, fresh["user_code"].as_str().unwrap()).await.status, 429, "five wrong ones (R10)");
    let other = world.app(json!({})).await;
    assert_eq!(
        world
            .as_app(&other, "/oauth2/device_authorization", &Params::default().with("scope", "openid"), &[])
            .await
            .word(),
        "unauthorized_client"
    );
    let stranger = television(&world).await;
    assert_eq!(poll(&world, &stranger, &fresh).await.word(), "invalid_grant", "another client's");
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc_8628_5_1_a_day_has_a_budget_of_wrong_codes_over_all_that_are_live() {
    for database in Database::all() {
        let world = World::new(&database).await;
        let app = television(&world).await;
        let code = begin(&world, &app).await;
        let code = code["user_code"].as_str().unwrap();
        assert!(typed(&world, "BCDF-GHJK").await.text.contains("这个码不对"));
        // 1 % of the 20^8 codes, where a wrong one costs as many as are live: one was, and one is spent.
        let sql = "UPDATE wrong_try SET in_a_row = in_a_row + 255999998 WHERE scope = 'device_day' AND in_a_row = 1";
        world.by_hand(sql).await;
        assert!(typed(&world, "BCDF-GHJK").await.text.contains("这个码不对"), "the last that the day has");
        let page = typed(&world, code).await;
        assert_eq!(page.status, 429, "a right one is not taken either, or the budget would tell which are right");
        world.town.clock.advance(86_400);
        let fresh = begin(&world, &app).await;
        let mut world = world;
        world.cookie = world.town.sign_in(&world.account, yima_kernel::assurance::Acr::Passkey).await;
        let page = typed(&world, fresh["user_code"].as_str().unwrap()).await;
        assert!(page.text.contains("设备屏幕上是这个码吗"), "{}", page.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc_8628_5_4_the_page_says_where_the_device_is() {
    let world = World::new(&Database::Sqlite).await;
    let app = television(&world).await;
    let region = yima_province::Region { code: "370100".to_owned(), name: "济南 Jinan".to_owned() };
    for region in [Some(region), None] {
        let asks = yima_province::AppRequest {
            params: Params::default().with("scope", "openid profile").with("client_id", &app.id),
            authorization: None,
            dpop: None,
            network: "203.0.113.0/24".to_owned(),
            region: region.clone(),
        };
        let code = world.town.province.ask_by_device(&asks).await.unwrap();
        let page = typed(&world, &code.user_code).await;
        assert!(page.text.contains(&code.user_code), "{}", page.text);
        let said = page.text.contains("设备所在的地方") && page.text.contains("济南 Jinan");
        assert_eq!(said, region.is_some(), "nothing is said where nobody knows: {}", page.text);
    }
}

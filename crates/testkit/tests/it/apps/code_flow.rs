//! A person signs in to an app, agrees, and takes it back; the same on both databases.

use super::world::{BACK, World, hidden, inside, query};
use serde_json::{Value, json};
use yima_kernel::assurance::Acr;
use yima_kernel::id::OperatorId;
use yima_kernel::subject::{Actor, Role};
use yima_oidc::form::Params;
use yima_province::Standing;
use yima_testkit::Database;

#[tokio::test(flavor = "multi_thread")]
async fn oidc_3_1_a_person_signs_in_agrees_and_the_app_reads_what_was_agreed() {
    for database in Database::all() {
        let world = World::new(&database).await;
        let app = world.app(json!({})).await;
        let page = world.browse(&format!("/oauth2/authorize?{}", world.request(&app).encoded())).await;
        assert_eq!(page.status, 200, "{}", page.text);
        for word in ["泉城医院管理中心", "泉城医院", "门诊挂号", "hospital.example.cn", "年龄段", "不给"]
        {
            assert!(page.text.contains(word), "{word}");
        }
        assert!(page.headers["content-security-policy"].starts_with("default-src 'none'; script-src 'self'"));
        let done =
            world.press_on(&page, "allow", &[("c_name", "give"), ("c_region", "keep"), ("c_age_band", "give")]).await;
        // Rule R42: a page that leads on, never a redirect.
        assert_eq!(done.status, 200);
        let back = query(&done.leads_to());
        assert!(done.leads_to().starts_with(&format!("{BACK}?")));
        assert_eq!((back.get("state"), back.get("iss")), (Some("s-1"), Some(world.issuer().as_str())));
        let said = world.token(&app, &world.redemption(back.get("code").unwrap())).await;
        assert_eq!(said.status, 200, "{}", said.text);
        assert_eq!(said.headers["cache-control"], "no-store");
        let tokens = said.json();
        let (id, access) = (inside(&tokens["id_token"]), inside(&tokens["access_token"]));
        assert_eq!((&id["aud"], &id["nonce"], &id["acr"]), (&json!(app.id), &json!("n-1"), &json!("yima:3")));
        assert_eq!((&id["proofing"], &access["client_id"]), (&json!(1), &json!(app.id)));
        assert_eq!(access["exp"].as_i64().unwrap() - access["iat"].as_i64().unwrap(), 300);
        let told = world.userinfo(&tokens).await.json();
        assert_eq!(told["sub"], id["sub"]);
        assert!(told["name"].is_string() && told["age_band"].is_string(), "{told}");
        assert!(told.get("region").is_none(), "a free claim that was kept back is not an error, and not given: {told}");
        // The same app again: nobody is asked twice.
        let again = world.browse(&format!("/oauth2/authorize?{}", world.request(&app).encoded())).await;
        assert_eq!(again.status, 302, "{}", again.text);
        assert!(query(&again.leads_to()).get("code").is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn oidc_8_one_person_is_another_to_each_organisation() {
    let world = World::new(&Database::Sqlite).await;
    let one = world.app(json!({})).await;
    let two = world.app(json!({ "client_name#zh": "泉城药房", "client_name#en": "Quancheng Pharmacy" })).await;
    let other = world
        .app_of(
            "91370000000000002T",
            "齐鲁书店",
            json!({ "client_name#zh": "齐鲁书店", "client_name#en": "Qilu Books" }),
        )
        .await;
    let sub = |tokens: Value| inside(&tokens["id_token"])["sub"].clone();
    let subs = [sub(world.signed_in(&one).await), sub(world.signed_in(&two).await), sub(world.signed_in(&other).await)];
    assert_eq!(subs[0], subs[1], "one organisation, one pseudonym");
    assert_ne!(subs[0], subs[2]);
    let sid = |tokens: Value| inside(&tokens["id_token"])["sid"].clone();
    assert_ne!(sid(world.signed_in(&one).await), sid(world.signed_in(&one).await), "a sign-in has a name of its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn oidc_3_1_2_3_who_is_not_signed_in_is_sent_to_sign_in_and_comes_back() {
    let world = World::new(&Database::Sqlite).await;
    let app = world.app(json!({})).await;
    let path = format!("/oauth2/authorize?{}", world.request(&app).encoded());
    let sent = world.get(&path, &[]).await;
    assert_eq!(sent.status, 303);
    assert!(sent.leads_to().starts_with("/account/sign-in?next=%2Foauth2%2Fauthorize%3F"), "{}", sent.leads_to());
    let next = query(&sent.leads_to()).get("next").unwrap().to_owned();
    let page = world.browse(&next).await;
    assert!(page.text.contains("name=\"shown\""), "{}", page.text);
    // prompt=login asks for a sign-in that is newer than the request.
    let again = world.request(&app).with("prompt", "login");
    let sent = world.browse(&format!("/oauth2/authorize?{}", again.encoded())).await;
    assert!(sent.leads_to().starts_with("/account/step-up?for=app&next="), "{}", sent.leads_to());
    let endless = again.with("state", &"s".repeat(500)).with("x", &"x".repeat(1500));
    let to = world.browse(&format!("/oauth2/authorize?{}", endless.encoded())).await.leads_to();
    assert_eq!(query(&to).get("error"), Some("invalid_request"), "too long for our own page of sign-in: it is pushed");
    let next = query(&sent.leads_to()).get("next").unwrap().to_owned();
    world.town.clock.advance(5);
    assert_eq!(world.browse(&next).await.status, 303, "the old sign-in is not enough");
    let cookie = world.town.sign_in(&world.account, Acr::Passkey).await;
    assert_eq!(world.get(&next, &[("cookie", cookie)]).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn oidc_3_1_2_6_prompt_none_shows_nothing() {
    let world = World::new(&Database::Sqlite).await;
    let app = world.app(json!({})).await;
    let silent = world.request(&app).with("prompt", "none");
    let path = format!("/oauth2/authorize?{}", silent.encoded());
    let error = |to: String| query(&to).get("error").map(str::to_owned);
    assert_eq!(error(world.get(&path, &[]).await.leads_to()).as_deref(), Some("login_required"));
    assert_eq!(error(world.browse(&path).await.leads_to()).as_deref(), Some("login_required"), "no grant yet (R22)");
    let _ = world.code(&app).await;
    assert!(query(&world.browse(&path).await.leads_to()).get("code").is_some());
    let other = silent.with("claims", r#"{"id_token":{"sub":{"value":"somebody"}}}"#);
    let to = world.browse(&format!("/oauth2/authorize?{}", other.encoded())).await.leads_to();
    assert_eq!(error(to).as_deref(), Some("login_required"));
}

#[tokio::test(flavor = "multi_thread")]
async fn r32_withdrawal_ends_everything_in_one_touch_and_is_told() {
    for database in Database::all() {
        let world = World::new(&database).await;
        let app = world.app(json!({})).await;
        let tokens = world.signed_in(&app).await;
        let code = world.code(&app).await;
        let person = person(&world).await;
        let mine = world.town.province.allowed_apps(&person).await.unwrap();
        assert_eq!((mine.len(), mine[0].state, mine[0].owner.as_str()), (1, "active", "泉城医院管理中心"));
        // By the page, as its person would.
        let page = world.browse("/account/apps").await;
        assert!(page.text.contains("泉城医院管理中心") && page.text.contains("收回"), "{}", page.text);
        let form = Params::default().with("id", &hidden(&page.text, "id")).with("mark", &hidden(&page.text, "mark"));
        let foreign = world.post("/account/apps", &form.with("mark", "x"), &[("cookie", world.cookie.clone())]).await;
        assert_eq!(foreign.status, 403);
        let done = world.post("/account/apps", &form, &[("cookie", world.cookie.clone())]).await;
        assert_eq!(done.status, 303, "{}", done.text);
        assert!(world.browse(&done.leads_to()).await.text.contains("已收回"));
        assert_eq!(world.token(&app, &world.redemption(&code)).await.word(), "invalid_grant");
        assert_eq!(world.refresh(&app, &tokens).await.word(), "invalid_grant");
        let read = world.userinfo(&tokens).await;
        assert_eq!((read.status, read.word().as_str()), (401, "invalid_token"));
        assert!(read.headers["www-authenticate"].contains("invalid_token"));
        let body = Params::default().with("token", tokens["access_token"].as_str().unwrap());
        assert_eq!(world.as_app(&app, "/oauth2/introspect", &body, &[]).await.json(), json!({ "active": false }));
        assert!(world.town.province.withdraw_app(&person, &mine[0].id).await.is_err(), "once");
        let page = world.browse(&format!("/oauth2/authorize?{}", world.request(&app).encoded())).await;
        assert!(page.text.contains("name=\"shown\""), "they are asked again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r31_a_new_version_of_the_app_asks_again_and_a_refusal_is_an_answer() {
    let world = World::new(&Database::Sqlite).await;
    let app = world.app(json!({})).await;
    let page = world.browse(&format!("/oauth2/authorize?{}", world.request(&app).encoded())).await;
    let done = world.press_on(&page, "refuse", &[]).await;
    assert_eq!(query(&done.leads_to()).get("error"), Some("access_denied"));
    let _ = world.code(&app).await;
    // What was shown when the page was opened is not what stands now: the page comes again.
    let wish = yima_province::ProposeClient {
        id: Some(app.id.clone()),
        organisation: super::world::CODE_A.to_owned(),
        owner: "泉城医院管理中心".to_owned(),
        metadata: super::world::metadata(
            json!({ "yima_purpose": { "zh": "门诊和住院", "en": "Out- and inpatients" } }),
        )
        .to_string(),
    };
    world.town.province.propose_client(&Actor::System, wish).await.unwrap();
    world.town.province.review_client(&Actor::System, &app.id, 2, true, "ok").await.unwrap();
    let stale = world.press_on(&page, "allow", &[("c_region", "give"), ("c_age_band", "give")]).await;
    assert!(stale.text.contains("门诊和住院") && stale.text.contains("name=\"shown\""), "{}", stale.text);
    let asked = world.browse(&format!("/oauth2/authorize?{}", world.request(&app).encoded())).await;
    assert!(asked.text.contains("门诊和住院"), "asked again: {}", asked.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc_9126_a_pushed_request_is_opened_within_a_minute_and_used_once() {
    let world = World::new(&Database::Sqlite).await;
    let app = world.app(json!({ "require_pushed_authorization_requests": true })).await;
    let bare = world.browse(&format!("/oauth2/authorize?{}", world.request(&app).encoded())).await;
    assert_eq!(query(&bare.leads_to()).get("error"), Some("invalid_request"), "RFC 9126 section 6");
    let pushed = world.as_app(&app, "/oauth2/par", &world.request(&app), &[]).await;
    assert_eq!((pushed.status, pushed.json()["expires_in"].as_i64()), (201, Some(60)), "{}", pushed.text);
    let uri = pushed.json()["request_uri"].as_str().unwrap().to_owned();
    let path = format!(
        "/oauth2/authorize?{}",
        Params::default().with("client_id", &app.id).with("request_uri", &uri).encoded()
    );
    let page = world.browse(&path).await;
    assert!(page.text.contains("name=\"shown\""), "{}", page.text);
    world.town.clock.advance(120);
    assert_eq!(world.browse(&path).await.status, 400, "opened too late");
    let done = world.press_on(&page, "allow", &[("c_region", "give"), ("c_age_band", "give")]).await;
    let code = query(&done.leads_to()).get("code").unwrap().to_owned();
    let again = world.press_on(&page, "allow", &[("c_region", "give"), ("c_age_band", "give")]).await;
    assert!(!again.text.contains("code="), "used once: {}", again.text);
    assert_eq!(world.token(&app, &world.redemption(&code)).await.status, 200);
    let wrong = world.request(&app).with("redirect_uri", "https://evil.cn/cb");
    assert_eq!(world.as_app(&app, "/oauth2/par", &wrong, &[]).await.word(), "invalid_request");
    let other = world.app(json!({ "client_name#zh": "乙", "client_name#en": "B" })).await;
    let uri = world.as_app(&app, "/oauth2/par", &world.request(&app), &[]).await.json()["request_uri"].clone();
    let stolen = Params::default().with("client_id", &other.id).with("request_uri", uri.as_str().unwrap());
    assert_eq!(world.browse(&format!("/oauth2/authorize?{}", stolen.encoded())).await.status, 400, "another client's");
}

#[tokio::test(flavor = "multi_thread")]
async fn rp_initiated_logout_asks_and_ends_the_sign_ins() {
    let world = World::new(&Database::Sqlite).await;
    let app = world.app(json!({})).await;
    let tokens = world.signed_in(&app).await;
    let hint = tokens["id_token"].as_str().unwrap();
    let request = Params::default()
        .with("id_token_hint", hint)
        .with("post_logout_redirect_uri", "https://hospital.example.cn/out")
        .with("state", "x");
    let path = format!("/oauth2/logout?{}", request.encoded());
    let page = world.browse(&path).await;
    assert!(page.text.contains("要退出登录吗"), "{}", page.text);
    let form = Params::default()
        .with("request", &hidden(&page.text, "request"))
        .with("mark", &hidden(&page.text, "mark"))
        .with("answer", "leave");
    let foreign = world.post("/oauth2/logout", &form.with("mark", "x"), &[("cookie", world.cookie.clone())]).await;
    assert_eq!(foreign.status, 403, "a form of another page signs nobody out");
    let done = world.post("/oauth2/logout", &form, &[("cookie", world.cookie.clone())]).await;
    assert_eq!(done.leads_to(), "https://hospital.example.cn/out?state=x");
    assert_eq!(world.refresh(&app, &tokens).await.word(), "invalid_grant");
    assert_eq!(world.userinfo(&tokens).await.status, 401);
    assert_eq!(world.browse(&format!("/oauth2/authorize?{}", world.request(&app).encoded())).await.status, 303);
    let evil = Params::default().with("id_token_hint", hint).with("post_logout_redirect_uri", "https://evil.cn/");
    assert_eq!(
        world.browse(&format!("/oauth2/logout?{}", evil.encoded())).await.status,
        400,
        "nobody is sent where the app did not register"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_person_sees_who_read_what_and_why() {
    let world = World::new(&Database::Sqlite).await;
    let app = world.app(json!({})).await;
    let tokens = world.signed_in(&app).await;
    assert_eq!(world.userinfo(&tokens).await.status, 200);
    let mut phone = yima_testkit::Phone::new(yima_keys::Suite::Es256, 77);
    let (code, _) = world.town.province.issue_enrolment_code(&Actor::System, &world.account).await.unwrap();
    let _ = phone.enrol(&world.town.door, world.town.now(), json!({ "code": code })).await.ok();
    let record =
        phone.send(&world.town.door, world.town.now(), reqwest::Method::GET, "/api/v1/record", None).await.ok();
    let read =
        record["entries"].as_array().unwrap().iter().find(|entry| entry["deed"] == "read_claims").cloned().unwrap();
    assert_eq!(read["who"]["zh"], "泉城医院管理中心");
    assert_eq!(read["why"]["zh"], "门诊挂号");
    assert_eq!(read["saw"]["en"], "Name, County of registration, Age band");
}

/// The actor behind the world's browser.
async fn person(world: &World) -> Actor {
    let cookie = world.cookie.split(';').find_map(|pair| pair.trim().strip_prefix("ys=")).unwrap().to_owned();
    world.town.province.person(&cookie).await.unwrap().unwrap().actor()
}

#[tokio::test(flavor = "multi_thread")]
async fn back_channel_logout_2_5_an_app_is_told_that_its_sign_in_ended() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let world = World::new(&Database::Sqlite).await;
    let ear = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/told", ear.local_addr().unwrap());
    let app = world.app(json!({ "backchannel_logout_uri": address })).await;
    let tokens = world.signed_in(&app).await;
    let cookie = world.cookie.split(';').find_map(|pair| pair.trim().strip_prefix("ys=")).unwrap().to_owned();
    let person = world.town.province.person(&cookie).await.unwrap().unwrap();
    world.town.province.sign_person_out(&person).await.unwrap();
    assert_eq!(world.userinfo(&tokens).await.word(), "invalid_token", "its tokens ended with the session");
    let heard = tokio::spawn(async move {
        let (mut stream, _) = ear.accept().await.unwrap();
        let mut text = String::new();
        let mut part = [0u8; 4096];
        while !text.contains("logout_token=") || !text.contains("\r\n\r\n") {
            let read = stream.read(&mut part).await.unwrap();
            text.push_str(&String::from_utf8_lossy(&part[..read]));
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await.unwrap();
        text
    });
    assert_eq!(world.town.province.tell_apps().await.unwrap(), 1);
    let text = heard.await.unwrap();
    let token = text.split("logout_token=").nth(1).unwrap().trim().to_owned();
    let claims = inside(&json!(token));
    assert_eq!(claims["sid"], inside(&tokens["id_token"])["sid"]);
    assert_eq!(claims["aud"], app.id);
    assert!(
        claims["events"]["http://schemas.openid.net/event/backchannel-logout"].is_object()
            && claims.get("nonce").is_none()
    );
    assert_eq!(world.town.province.tell_apps().await.unwrap(), 0, "once");
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc_9126_7_1_a_hundred_requests_of_a_public_client_and_network_are_live_and_no_more() {
    for database in Database::all() {
        let world = World::new(&database).await;
        let open =
            json!({ "token_endpoint_auth_method": "none", "client_name#zh": "泉城药房", "client_name#en": "Pharmacy" });
        let open = world.app(open).await;
        let push = async |app| world.as_app(app, "/oauth2/par", &world.request(app), &[]).await;
        for n in 0..100 {
            assert_eq!(push(&open).await.status, 201, "{n}");
        }
        let said = push(&open).await;
        assert_eq!((said.status, said.word().as_str()), (503, "temporarily_unavailable"), "{}", said.text);
        let proven = world.app(json!({})).await;
        assert_eq!(push(&proven).await.status, 201, "a client that proves itself is not held to that");
        // Ten thousand of a client, whatever their network.
        let many = "UPDATE one_time SET network = NULL WHERE kind = 'par'";
        world.by_hand(many).await;
        assert_eq!(push(&open).await.status, 201, "those were of another network");
        world.by_hand(&ten_thousand(&open.id)).await;
        assert_eq!(push(&open).await.word(), "temporarily_unavailable");
        world.town.clock.advance(17 * 60);
        assert_eq!(push(&open).await.status, 201, "they are over by themselves");
    }
}

/// Pushed requests of a client beside its first one, as a flood would leave them.
fn ten_thousand(client: &str) -> String {
    let digits: Vec<String> = (0..10).map(|d| format!("SELECT '{d}' AS d")).collect();
    let digits = digits.join(" UNION ALL ");
    format!(
        "INSERT INTO one_time (id_hash, kind, client, body, created_at, expires_at)
         SELECT CAST(a.d || b.d || c.d || e.d AS @BYTES), 'par', first.client, '', first.created_at, first.expires_at
         FROM (SELECT client, created_at, expires_at FROM one_time WHERE kind = 'par' AND client = '{client}' LIMIT 1) first,
         ({digits}) a, ({digits}) b, ({digits}) c, ({digits}) e"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc_9126_2_3_a_pushed_request_is_sixteen_kib_at_most() {
    let world = World::new(&Database::Sqlite).await;
    let app = world.app(json!({})).await;
    let long = (0..4).fold(world.request(&app), |request, n| request.with(&format!("x{n}"), &"x".repeat(5_000)));
    let said = world.as_app(&app, "/oauth2/par", &long, &[]).await;
    assert_eq!((said.status, said.word().as_str()), (400, "invalid_request"), "{}", said.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc_6750_3_1_a_token_of_a_suspended_account_is_invalid() {
    let world = World::new(&Database::Sqlite).await;
    let app = world.app(json!({})).await;
    let tokens = world.signed_in(&app).await;
    assert_eq!(world.userinfo(&tokens).await.status, 200);
    let clerk = Actor::Operator { operator: OperatorId::new(0, [0; 10]), role: Role::System };
    world.town.province.change_standing(&clerk, &world.account, Standing::Suspend, "court order").await.unwrap();
    let said = world.userinfo(&tokens).await;
    assert_eq!((said.status, said.word().as_str()), (401, "invalid_token"), "{}", said.text);
    assert!(said.headers["www-authenticate"].contains("invalid_token"));
}

/// What was agreed to stands for an app that can be told from others. A program that may be any on the person's device can't:
/// it is asked for again, and silently it gets nothing.
#[tokio::test(flavor = "multi_thread")]
async fn rfc_8252_8_6_an_app_that_could_be_any_program_is_agreed_to_each_time() {
    let world = World::new(&Database::Sqlite).await;
    let public = |to: &str, name: &str| json!({ "token_endpoint_auth_method": "none", "redirect_uris": [to], "client_name#zh": name, "client_name#en": name });
    let at_home = world.app(public("https://hospital.example.cn/app", "甲")).await;
    let scheme = world.app(public("cn.example.hospital:/cb", "乙")).await;
    let port = world.app(public("http://127.0.0.1/cb", "丙")).await;
    let table = [
        (&at_home, "https://hospital.example.cn/app", false),
        (&scheme, "cn.example.hospital:/cb", true),
        (&port, "http://127.0.0.1:4711/cb", true),
    ];
    for (app, to, again) in table {
        let request = world.request(app).with("redirect_uri", to);
        let path = format!("/oauth2/authorize?{}", request.encoded());
        let page = world.browse(&path).await;
        let given = [("c_name", "give"), ("c_region", "give"), ("c_age_band", "give")];
        let first = world.press_on(&page, "allow", &given).await.leads_to();
        assert!(query(&first).get("code").is_some(), "{first}");
        let second = world.browse(&path).await;
        assert_eq!(second.text.contains("name=\"shown\""), again, "{to}: {}", second.text);
        let silent = format!("/oauth2/authorize?{}", request.with("prompt", "none").encoded());
        let silent = world.browse(&silent).await.leads_to();
        assert_eq!(silent.contains("error=login_required"), again, "{to}: {silent}");
    }
}

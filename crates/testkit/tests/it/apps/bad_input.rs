//! More bad input, each refused with the RFC's own error; the name of a test is the clause that asks for it. Where a list of
//! the clauses and their tests is: docs/bad-input.md.

use super::acting::{as_account, asked, child, code, exchange, helped, introspected, mandate, office, ticket, tokens};
use super::devices::{begin, poll, press, television, typed};
use super::world::{RegisteredApp, World, query};
use reqwest::Method;
use serde_json::json;
use yima_kernel::assurance::Acr;
use yima_kernel::subject::Actor;
use yima_oidc::form::Params;
use yima_testkit::Database;

#[tokio::test(flavor = "multi_thread")]
async fn rfc_9207_2_mixed_up_issuers_are_told_apart() {
    // Two issuers with the same keys, as a copy of a province would have them.
    let (here, there) = (World::new(&Database::Sqlite).await, World::new(&Database::Sqlite).await);
    let app = here.app(json!({})).await;
    let twin = there.app(json!({})).await;
    assert_ne!(here.issuer(), there.issuer());
    let foreign = there.signed_in(&twin).await;
    let read = here.userinfo(&foreign).await;
    assert_eq!((read.status, read.word().as_str()), (401, "invalid_token"), "another issuer's access token");
    let body = Params::default().with("token", foreign["access_token"].as_str().unwrap());
    assert_eq!(here.as_app(&app, "/oauth2/introspect", &body, &[]).await.json(), json!({ "active": false }));
    assert_eq!(here.token(&app, &here.redemption(&there.code(&twin).await)).await.word(), "invalid_grant");
    assert_eq!(here.refresh(&app, &foreign).await.word(), "invalid_grant");
    let hint = here.request(&app).with("id_token_hint", foreign["id_token"].as_str().unwrap()).with("prompt", "none");
    let to = here.browse(&format!("/oauth2/authorize?{}", hint.encoded())).await.leads_to();
    assert_eq!(query(&to).get("error"), Some("login_required"), "another issuer's hint names nobody");
    // Every answer says whose it is, so that an app at two issuers can tell: yes, no, and wrong.
    let page = here.browse(&format!("/oauth2/authorize?{}", here.request(&app).encoded())).await;
    let yes = here.press_on(&page, "allow", &[("c_region", "give"), ("c_age_band", "give")]).await.leads_to();
    let no = {
        let again = here.request(&app).with("prompt", "consent");
        let page = here.browse(&format!("/oauth2/authorize?{}", again.encoded())).await;
        here.press_on(&page, "refuse", &[]).await.leads_to()
    };
    let wrong = here.request(&app).with("response_type", "token");
    let wrong = here.browse(&format!("/oauth2/authorize?{}", wrong.encoded())).await.leads_to();
    for to in [yes, no, wrong] {
        assert_eq!(query(&to).get("iss"), Some(here.issuer().as_str()), "{to}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc_6819_4_4_1_9_no_page_of_ours_is_shown_in_a_frame() {
    let world = World::new(&Database::Sqlite).await;
    let app = world.app(json!({})).await;
    let request = world.request(&app).encoded();
    let asks = format!("/oauth2/authorize?{request}");
    let stops = format!("/oauth2/authorize?{}", world.request(&app).with("redirect_uri", "https://evil.cn/").encoded());
    let pages = [
        asks.as_str(),
        &stops,
        "/oauth2/logout",
        "/account/device",
        "/account/apps",
        "/account",
        "/account/step-up",
        "/",
    ];
    let mut said = Vec::new();
    for path in pages {
        said.push((path, world.browse(path).await));
    }
    said.push(("/account/sign-in", world.get("/account/sign-in", &[]).await));
    let page = world.browse(&asks).await;
    said.push(("leaving", world.press_on(&page, "refuse", &[]).await));
    for (path, said) in said {
        let policy = said.headers.get("content-security-policy").cloned().unwrap_or_default();
        assert!(policy.contains("frame-ancestors 'none'"), "{path} {}: {policy}", said.status);
        assert!(
            !policy.contains("unsafe-inline") && !said.text.contains(" onclick="),
            "{path}: no script stands in it"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc_6749_10_12_a_page_that_was_opened_in_another_session_is_not_answered() {
    let mut world = World::new(&Database::Sqlite).await;
    let app = world.app(json!({})).await;
    let (attacker, cookie) = (world.account.clone(), world.cookie.clone());
    let page = world.browse(&format!("/oauth2/authorize?{}", world.request(&app).encoded())).await;
    // The same browser cookie, planted in another's browser, and their session: the mark is of both.
    let victim = world.town.accounts().await[1].clone();
    as_account(&mut world, &victim).await;
    let said = world.press_on(&page, "allow", &[("c_region", "give"), ("c_age_band", "give")]).await;
    assert_eq!(said.status, 403, "{}", said.text);
    // A fresh sign-in of the same person is another session too: what was planted before it is of no use.
    as_account(&mut world, &attacker).await;
    assert_ne!(world.cookie, cookie);
    let said = world.press_on(&page, "allow", &[("c_region", "give"), ("c_age_band", "give")]).await;
    assert_eq!(said.status, 403, "{}", said.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc_6749_5_2_what_is_unknown_and_what_is_anothers_are_one_answer() {
    let world = World::new(&Database::Sqlite).await;
    let app = world.app(json!({})).await;
    let other = world.app(json!({ "client_name#zh": "乙", "client_name#en": "B" })).await;
    let screen = television(&world).await;
    let own = async |form: Params| {
        let said = world.token(&app, &form).await;
        (said.status, said.text)
    };
    // Clients: one that is not there, one with a wrong secret, one that was never reviewed.
    let secret = |id: &str| RegisteredApp { id: id.to_owned(), secret: Some("a wrong one".into()) };
    let wish = yima_province::ProposeClient {
        id: None,
        organisation: super::world::CODE_A.into(),
        owner: "泉城医院管理中心".into(),
        metadata: super::world::metadata(json!({})).to_string(),
    };
    let proposed = world.town.province.propose_client(&Actor::System, wish).await.unwrap();
    let unreviewed = RegisteredApp { id: proposed.version.id, secret: proposed.secret };
    let mut said = Vec::new();
    for one in [secret("app_00000000000000000000000000"), secret("x"), secret(&app.id), unreviewed] {
        let answer = world.token(&one, &Params::default().with("grant_type", "client_credentials")).await;
        said.push((answer.status, answer.text));
    }
    said.dedup();
    assert_eq!(said.len(), 1, "one answer for all: {said:?}");
    // Codes, refresh tokens, device codes, pushed requests: another's, and none at all.
    let code = world.code(&other).await;
    assert_eq!(own(world.redemption(&code)).await, own(world.redemption("x")).await);
    let tokens = world.signed_in(&other).await;
    let refresh = |token: &str| Params::default().with("grant_type", "refresh_token").with("refresh_token", token);
    let theirs = tokens["refresh_token"].as_str().unwrap();
    assert_eq!(own(refresh(theirs)).await, own(refresh("x")).await);
    let asked = begin(&world, &screen).await;
    let stranger = television_of_another(&world).await;
    let theirs = poll(&world, &stranger, &asked).await;
    let none = poll(&world, &stranger, &json!({ "device_code": "x" })).await;
    assert_eq!((theirs.status, theirs.text), (none.status, none.text));
    let pushed = world.as_app(&other, "/oauth2/par", &world.request(&other), &[]).await.json();
    let open = |uri: &str| {
        let query = Params::default().with("client_id", &app.id).with("request_uri", uri).encoded();
        let world = &world;
        async move { world.browse(&format!("/oauth2/authorize?{query}")).await }
    };
    let (theirs, none) =
        (open(pushed["request_uri"].as_str().unwrap()).await, open("urn:ietf:params:oauth:request_uri:x").await);
    assert_eq!(theirs.status, none.status);
    assert!(
        theirs.text.contains("this request was not pushed here")
            == none.text.contains("this request was not pushed here")
    );
    for path in ["/oauth2/introspect", "/oauth2/revoke"] {
        let ask = |token: &str| Params::default().with("token", token);
        let theirs = world.as_app(&app, path, &ask(tokens["access_token"].as_str().unwrap()), &[]).await;
        let none = world.as_app(&app, path, &ask("x"), &[]).await;
        assert_eq!((theirs.status, theirs.text), (none.status, none.text), "{path}");
    }
}

async fn television_of_another(world: &World) -> RegisteredApp {
    let more = json!({ "grant_types": ["urn:ietf:params:oauth:grant-type:device_code"], "redirect_uris": [], "scope": "openid",
        "token_endpoint_auth_method": "none", "client_name#zh": "乙屏", "client_name#en": "B Screen" });
    world.app(more).await
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc_8693_4_1_mandates_make_no_loop_and_no_chain() {
    let (mut world, app, first, _) = helped(&Database::Sqlite).await;
    let all = world.town.accounts().await;
    // The two help each other, which is allowed.
    as_account(&mut world, &all[0]).await;
    let _ = tokens(&world, &app, "self").await;
    let second = mandate(&world, "helper", &all[1], &all[0]).await;
    let own = tokens(&world, &app, "self").await;
    let given = ticket(&world, &app, &first).await;
    let acting = world.token(&app, &exchange(&given, &own)).await;
    assert_eq!(acting.status, 200, "{}", acting.text);
    let acting = acting.json();
    // Nobody acts while acting: such a token is nobody's word for a next one, back or on.
    let given = ticket(&world, &app, &first).await;
    let said = world.token(&app, &exchange(&given, &acting)).await;
    assert_eq!((said.status, said.word().as_str()), (400, "invalid_request"), "{}", said.text);
    as_account(&mut world, &all[1]).await;
    let back = ticket(&world, &app, &second).await;
    let said = world.token(&app, &exchange(&back, &acting)).await;
    assert_eq!((said.status, said.word().as_str()), (400, "invalid_request"), "{}", said.text);
    let self_made = world
        .town
        .province
        .register_mandate(&super::acting::clerk(), &all[0], super::acting::wish("helper", &all[0]))
        .await;
    assert!(self_made.is_err(), "and nobody is their own helper");
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc_6749_5_2_a_guardian_whose_mandate_is_over_gets_nothing() {
    for database in Database::all() {
        let mut world = World::new(&database).await;
        let app = office(&world).await;
        let guardian = world.account.clone();
        // Eighteen at the first moment of 1 December 2026, the day after the birthday.
        let child = child(&world, "20081130").await;
        as_account(&mut world, &child).await;
        world.signed_in(&app).await;
        let under = mandate(&world, "guardian", &guardian, &child).await;
        world.town.clock.advance(7 * 86_400 + 13 * 3_600 + 59 * 60 + 30);
        as_account(&mut world, &guardian).await;
        let acting = tokens(&world, &app, &under).await;
        assert_eq!(introspected(&world, &app, &acting).await["active"], json!(true));
        let own = tokens(&world, &app, "self").await;
        let page = super::acting::pick(&world, &asked(&world, &app).await, &under).await;
        let late = code(&world, page).await;
        let given = ticket(&world, &app, &under).await;
        world.town.clock.advance(40);
        assert_eq!(introspected(&world, &app, &acting).await, json!({ "active": false }));
        assert_eq!(world.userinfo(&acting).await.word(), "invalid_token");
        assert_eq!(world.token(&app, &world.redemption(&late)).await.word(), "invalid_grant", "the code lived still");
        let said = world.token(&app, &exchange(&given, &own)).await;
        assert_eq!(
            (said.status, said.word().as_str()),
            (400, "invalid_request"),
            "and so did the ticket: {}",
            said.text
        );
        let page = asked(&world, &app).await;
        assert!(!page.text.contains(&under), "they are not offered it any more");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc_6749_5_2_a_consent_that_is_withdrawn_during_a_flow_ends_the_flow() {
    for database in Database::all() {
        let world = World::new(&database).await;
        let app = world.app(json!({})).await;
        world.signed_in(&app).await;
        let code = world.code(&app).await;
        take_back(&world, &world.cookie).await;
        assert_eq!(world.token(&app, &world.redemption(&code)).await.word(), "invalid_grant", "a code on its way");
        let screen = television(&world).await;
        let asked = begin(&world, &screen).await;
        let page = typed(&world, asked["user_code"].as_str().unwrap()).await;
        press(&world, &page, "allow").await;
        take_back(&world, &world.cookie).await;
        world.town.clock.advance(6);
        assert_eq!(poll(&world, &screen, &asked).await.word(), "invalid_grant", "a screen that was about to ask");
        // Whom somebody acts for takes it back while a ticket is on its way.
        let (world, app, mandate, _) = helped(&database).await;
        let own = tokens(&world, &app, "self").await;
        let given = ticket(&world, &app, &mandate).await;
        let elder = world.town.accounts().await[1].clone();
        take_back(&world, &world.town.sign_in(&elder, Acr::Passkey).await).await;
        let said = world.token(&app, &exchange(&given, &own)).await;
        assert_ne!(said.status, 200, "{}", said.text);
        assert!(["invalid_grant", "invalid_request", "access_denied"].contains(&said.word().as_str()), "{}", said.text);
    }
}

/// Takes back what stands, as the person of this browser.
async fn take_back(world: &World, cookie: &str) {
    let session = cookie.split(';').find_map(|pair| pair.trim().strip_prefix("ys=")).unwrap().to_owned();
    let person = world.town.province.person(&session).await.unwrap().unwrap().actor();
    let mine = world.town.province.allowed_apps(&person).await.unwrap();
    let standing = mine.iter().find(|app| app.state == "active").unwrap();
    world.town.province.withdraw_app(&person, &standing.id).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc_6749_3_2_over_long_requests_are_refused_at_every_endpoint() {
    let world = World::new(&Database::Sqlite).await;
    let app = world.app(json!({})).await;
    let forms = [
        "/oauth2/token",
        "/oauth2/par",
        "/oauth2/introspect",
        "/oauth2/revoke",
        "/oauth2/device_authorization",
        "/oauth2/deletions",
        "/oauth2/deletions/answer",
        "/oauth2/consent",
        "/oauth2/for",
        "/oauth2/logout",
        "/account/device",
        "/account/apps",
    ];
    for path in forms {
        let many = (0..65).fold(Params::default(), |form, n| form.with(&format!("p{n}"), "x"));
        for form in
            [Params::default().with("x", &"x".repeat(8_193)), Params::default().with("x", &"x".repeat(70_000)), many]
        {
            let said = world.as_app(&app, path, &form, &[("cookie", world.cookie.clone())]).await;
            assert!((400..500).contains(&said.status), "{path}: {} {}", said.status, said.text);
        }
    }
    for path in ["/oauth2/authorize", "/oauth2/logout", "/oauth2/acting"] {
        let said = world.browse(&format!("{path}?client_id={}&x={}", app.id, "x".repeat(17_000))).await;
        assert!((400..500).contains(&said.status), "{path}: {}", said.status);
    }
    let metadata = super::world::metadata(json!({ "yima_purpose": { "zh": "长".repeat(20_000), "en": "x" } }));
    let said = world
        .send(Method::POST, "/oauth2/register", Some(metadata.to_string()), &[("authorization", "Bearer x".into())])
        .await;
    assert_eq!((said.status, said.word().as_str()), (401, "invalid_token"), "who may not register is read no further");
    for (name, value) in [("authorization", format!("Bearer {}", "x".repeat(20_000))), ("dpop", "x".repeat(20_000))] {
        let said = world.get("/oauth2/userinfo", &[(name, value)]).await;
        assert!((400..500).contains(&said.status), "{name}: {}", said.status);
    }
}

/// OWASP ASVS 5.0 V1.2.1: what others write is text on our pages.
#[tokio::test(flavor = "multi_thread")]
async fn html_13_1_2_what_an_app_writes_is_text_on_our_pages() {
    let world = World::new(&Database::Sqlite).await;
    let markup = "<script>alert('1')</script><b a=\"x\">&amp;";
    let mut claims = super::world::claims();
    claims["region"] = json!({ "zh": markup, "en": markup });
    let app = world.app(json!({ "yima_purpose": { "zh": markup, "en": markup }, "yima_claims": claims })).await;
    let page = world.browse(&format!("/oauth2/authorize?{}", world.request(&app).encoded())).await;
    let shown = |text: &str| {
        assert!(!text.contains("<script>alert") && !text.contains("<b a="), "{text}");
        text.matches("&lt;script&gt;alert").count()
    };
    assert_eq!(shown(&page.text), 2, "the purpose and the reason, as they are written");
    let state = world.request(&app).with("state", "\"><script>alert(1)</script>");
    let done = world.browse(&format!("/oauth2/authorize?{}", state.encoded())).await;
    shown(&done.text);
    let code = world.press_on(&done, "allow", &[("c_region", "give"), ("c_age_band", "give")]).await;
    shown(&code.text);
    assert_eq!(query(&code.leads_to()).get("state"), Some("\"><script>alert(1)</script>"), "and it comes back whole");
    take_back(&world, &world.cookie).await;
    let waiting = world.as_app(&app, "/oauth2/deletions", &Params::default(), &[]).await.json();
    let answer = Params::default()
        .with("deletion", waiting["deletions"][0]["deletion"].as_str().unwrap())
        .with("answer", "kept")
        .with("why", markup);
    assert_eq!(world.as_app(&app, "/oauth2/deletions/answer", &answer, &[]).await.status, 204);
    assert_eq!(shown(&world.browse("/account/apps").await.text), 2, "its purpose, and its sentence");
}

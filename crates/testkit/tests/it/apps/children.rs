//! What is agreed to for a child at apps (rules R16, R31 and R32): a guardian takes it back, it lapses when the child is 14
//! and says nothing, and a screen without a browser asks no child.

use super::acting::{EXCHANGE, as_account, asked, child, clerk, code, introspected, mandate, pick, resident_of};
use super::devices::{begin, poll, television, typed};
use super::world::{RegisteredApp, Said, World, hidden};
use serde_json::{Value, json};
use yima_kernel::id::OperatorId;
use yima_kernel::subject::{Actor, Role};
use yima_oidc::form::Params;
use yima_province::{DeedError, ReadUses};
use yima_testkit::Database;

const DAY_S: i64 = 86_400;

async fn office(world: &World) -> RegisteredApp {
    world
        .app(json!({
            "client_name#zh": "泉城校园", "client_name#en": "Quancheng School",
            "grant_types": ["authorization_code", "refresh_token", EXCHANGE], "yima_mandates": ["guardian"]
        }))
        .await
}

/// The guardian agrees for the child, who then signs in by itself; what the child has. The browser is the child's.
async fn agreed(world: &mut World, app: &RegisteredApp, (guardian, edge): (&str, &str), child: &str) -> Value {
    as_account(world, guardian).await;
    let letter = pick(world, &asked(world, app).await, edge).await;
    let code = code(world, letter).await;
    assert_eq!(world.token(app, &world.redemption(&code)).await.status, 200);
    as_account(world, child).await;
    own(world, app).await
}

/// A sign-in of whoever is in the browser, for themselves, agreed to where they are asked.
async fn own(world: &World, app: &RegisteredApp) -> Value {
    let code = code(world, asked(world, app).await).await;
    let said = world.token(app, &world.redemption(&code)).await;
    assert_eq!(said.status, 200, "{}", said.text);
    said.json()
}

/// Presses Take back at the newest app of the page.
async fn take_back(world: &World, page: &Said, id: &str) -> Said {
    let form = Params::default().with("mark", &hidden(&page.text, "mark")).with("id", id).with("lang", "zh");
    let headers = [("cookie", world.cookie.clone()), ("sec-fetch-site", "same-origin".to_owned())];
    world.post("/account/apps", &form, &headers).await
}

#[tokio::test(flavor = "multi_thread")]
async fn r31_a_guardian_takes_back_what_they_gave_for_a_child() {
    for database in Database::all() {
        let mut world = World::new(&database).await;
        let app = office(&world).await;
        let all = world.town.accounts().await;
        let (guardian, other, child) = (all[0].clone(), all[1].clone(), child(&world, "20160301").await);
        let edge = mandate(&world, "guardian", &guardian, &child).await;
        mandate(&world, "guardian", &other, &child).await;
        let tokens = agreed(&mut world, &app, (&guardian, &edge), &child).await;
        let page = world.browse("/account/apps").await;
        assert!(page.text.contains("监护人替你同意的"), "the child's list says who agreed: {}", page.text);
        // The other parent did not give it, and does not see it.
        as_account(&mut world, &other).await;
        let page = world.browse("/account/apps").await;
        assert!(!page.text.contains("泉城校园"), "{}", page.text);
        as_account(&mut world, &guardian).await;
        let page = world.browse("/account/apps?lang=en").await;
        assert!(page.text.contains("Agreed to for ") && page.text.contains("as their guardian"), "{}", page.text);
        let id = hidden(&page.text, "id");
        // Nor can the other one take it back, by the id alone.
        as_account(&mut world, &other).await;
        let theirs = world.browse("/account/device").await;
        assert_eq!(take_back(&world, &theirs, &id).await.status, 404);
        assert_eq!(introspected(&world, &app, &tokens).await["active"], json!(true));
        as_account(&mut world, &guardian).await;
        let page = world.browse("/account/apps").await;
        assert_eq!(take_back(&world, &page, &id).await.leads_to(), "/account/apps?done=1");
        assert_eq!(introspected(&world, &app, &tokens).await, json!({ "active": false }));
        assert_eq!(world.refresh(&app, &tokens).await.word(), "invalid_grant");
        let auditor = Actor::Operator { operator: OperatorId::new(0, [1; 10]), role: Role::Audit };
        let wanted = ReadUses { deed: Some("withdraw_app_for"), outcome: Some("done"), ..ReadUses::default() };
        assert_eq!(world.town.province.uses(&auditor, wanted).await.unwrap().items.len(), 2, "both records");
        as_account(&mut world, &child).await;
        assert!(asked(&world, &app).await.text.contains("要先由监护人同意"), "the child waits again");
        // With the mandate the right to take back ends; the child's own list still has what was given.
        let tokens = agreed(&mut world, &app, (&guardian, &edge), &child).await;
        let given = hidden(&world.browse("/account/apps").await.text, "id");
        world.town.province.end_mandate(&clerk(), &edge, "one word").await.unwrap();
        assert_eq!(introspected(&world, &app, &tokens).await, json!({ "active": false }));
        as_account(&mut world, &guardian).await;
        let page = world.browse("/account/apps").await;
        assert!(!page.text.contains("泉城校园"), "{}", page.text);
        assert_eq!(take_back(&world, &world.browse("/account/device").await, &given).await.status, 403);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r16_what_a_guardian_gave_lapses_ninety_days_after_fourteen_unless_the_child_agrees() {
    let mut world = World::new(&Database::Sqlite).await;
    let app = office(&world).await;
    let guardian = world.account.clone();
    // The town opens on 23 November 2026; who was born on this day is 14 at 00:00 of 3 December.
    let born = "20121202";
    let (quiet, agrees) = (child(&world, born).await, resident_of(&world, born, "701").await.0);
    let mut both = Vec::new();
    for one in [&quiet, &agrees] {
        let edge = mandate(&world, "guardian", &guardian, one).await;
        both.push(agreed(&mut world, &app, (&guardian, &edge), one).await);
    }
    // 13 years old, the day before: nobody is asked.
    world.town.clock.advance(9 * DAY_S);
    as_account(&mut world, &quiet).await;
    assert!(!asked(&world, &app).await.text.contains("name=\"shown\""));
    // 14: the child is asked itself; what was given goes on meanwhile.
    world.town.clock.advance(2 * DAY_S);
    for one in [&quiet, &agrees] {
        as_account(&mut world, one).await;
        assert!(asked(&world, &app).await.text.contains("name=\"shown\""), "their own word is asked from 14 on");
    }
    let yes = own(&world, &app).await;
    for tokens in &both {
        assert_eq!(world.refresh(&app, tokens).await.word(), "ok");
    }
    for _ in 0..4 {
        world.town.clock.advance(22 * DAY_S);
        for tokens in both.iter().chain([&yes]) {
            assert_eq!(world.refresh(&app, tokens).await.word(), "ok", "the ninety days are not over");
        }
    }
    world.town.clock.advance(3 * DAY_S);
    for tokens in &both {
        assert_eq!(world.refresh(&app, tokens).await.word(), "invalid_grant", "lapsed");
    }
    assert_eq!(world.refresh(&app, &yes).await.word(), "ok", "what the child agreed to stands");
    as_account(&mut world, &quiet).await;
    let page = world.browse("/account/apps").await;
    assert!(page.text.contains("监护人替你同意的") && page.text.contains("已到期"), "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn r31_a_screen_without_a_browser_asks_no_child() {
    let mut world = World::new(&Database::Sqlite).await;
    let app = television(&world).await;
    let child = child(&world, "20160301").await;
    as_account(&mut world, &child).await;
    let device = begin(&world, &app).await;
    let page = typed(&world, device["user_code"].as_str().unwrap()).await;
    assert!(page.text.contains("由监护人定") && !page.text.contains("value=\"allow\""), "{}", page.text);
    // Whoever presses yes all the same is not heard.
    let form = ["mark", "user_code", "lang"]
        .into_iter()
        .fold(Params::default(), |form, name| form.with(name, &hidden(&page.text, name)));
    let headers = [("cookie", world.cookie.clone()), ("sec-fetch-site", "same-origin".to_owned())];
    let done = world.post("/account/device", &form.with("answer", "refuse"), &headers).await;
    assert!(done.text.contains("没有让设备登录"), "{}", done.text);
    assert_eq!(poll(&world, &app, &device).await.word(), "access_denied");
}

#[tokio::test(flavor = "multi_thread")]
async fn r16_under_fourteen_nobody_changes_their_number_alone() {
    for database in Database::all() {
        let mut world = World::new(&database).await;
        for (born, alone) in [("20160301", false), ("20110301", true)] {
            let who = child(&world, born).await;
            as_account(&mut world, &who).await;
            let cookie = world.cookie.split(';').find_map(|pair| pair.trim().strip_prefix("ys=")).unwrap().to_owned();
            let me = world.town.province.person(&cookie).await.unwrap().unwrap();
            let asked = world.town.province.send_number_digits(&me, Some("15499900123")).await;
            if alone {
                assert!(asked.is_ok(), "{asked:?}");
            } else {
                assert!(matches!(&asked, Err(DeedError::Conflict(_))), "{asked:?}");
            }
        }
    }
}

//! After a withdrawal: the app is told to delete, answers or does not, and its person and the operators see which.

use super::world::{RegisteredApp, Said, World, inside};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use yima_kernel::id::OperatorId;
use yima_kernel::subject::{Actor, Role};
use yima_oidc::form::Params;
use yima_testkit::Database;

const DAY: i64 = 86_400;

async fn person(world: &World) -> Actor {
    let cookie = world.cookie.split(';').find_map(|pair| pair.trim().strip_prefix("ys=")).unwrap().to_owned();
    world.town.province.person(&cookie).await.unwrap().unwrap().actor()
}

async fn taken_back(world: &World) {
    let person = person(world).await;
    let mine = world.town.province.allowed_apps(&person).await.unwrap();
    world.town.province.withdraw_app(&person, &mine[0].id).await.unwrap();
}

async fn listed(world: &World, app: &RegisteredApp) -> Vec<Value> {
    let said = world.as_app(app, "/oauth2/deletions", &Params::default(), &[]).await;
    assert_eq!(said.status, 200, "{}", said.text);
    said.json()["deletions"].as_array().unwrap().clone()
}

async fn answer(world: &World, app: &RegisteredApp, pairs: &[(&str, &str)]) -> Said {
    let form = pairs.iter().fold(Params::default(), |form, (name, value)| form.with(name, value));
    world.as_app(app, "/oauth2/deletions/answer", &form, &[]).await
}

async fn page(world: &mut World) -> String {
    world.cookie = world.town.sign_in(&world.account, yima_kernel::assurance::Acr::Passkey).await;
    world.browse("/account/apps").await.text
}

#[tokio::test(flavor = "multi_thread")]
async fn r32_an_app_says_whether_it_deleted_and_its_person_sees_it() {
    for database in Database::all() {
        let mut world = World::new(&database).await;
        let app = world.app(json!({})).await;
        let sub = inside(&world.signed_in(&app).await["id_token"])["sub"].clone();
        assert!(listed(&world, &app).await.is_empty());
        taken_back(&world).await;
        let shown = page(&mut world).await;
        assert!(shown.contains("还没有通知到它删除") && shown.contains("最迟答复：2026-12-14"), "{shown}");

        let open =
            json!({ "token_endpoint_auth_method": "none", "client_name#zh": "泉城药房", "client_name#en": "Pharmacy" });
        let open = world.app(open).await;
        let named = json!({ "client_name#zh": "齐鲁书店", "client_name#en": "Qilu Books" });
        let other = world.app_of("91370000000000002T", "齐鲁书店", named).await;
        let refused = world.as_app(&open, "/oauth2/deletions", &Params::default(), &[]).await;
        assert_eq!((refused.status, refused.word().as_str()), (401, "invalid_client"), "who can't prove itself");
        assert!(listed(&world, &other).await.is_empty(), "another organisation's");

        let waiting = listed(&world, &app).await;
        assert_eq!((waiting.len(), &waiting[0]["sub"], &waiting[0]["client_id"]), (1, &sub, &json!(app.id)));
        // Monday 23 November 2026: the last of fifteen working days is Monday 14 December.
        let due = waiting[0]["due_at"].as_i64().unwrap();
        assert_eq!((due + 8 * 3_600) % DAY, 0, "at the end of a day in China");
        assert_eq!((due - world.town.now()) / DAY, 21);
        assert!(page(&mut world).await.contains("已通知它删除：2026-11-23"));

        let id = waiting[0]["deletion"].as_str().unwrap();
        let wrong: [&[(&str, &str)]; 5] = [
            &[("deletion", id)],
            &[("deletion", id), ("answer", "maybe")],
            &[("deletion", id), ("answer", "kept")],
            &[("deletion", id), ("answer", "deleted"), ("why", "x")],
            &[("deletion", "x"), ("answer", "deleted")],
        ];
        for pairs in wrong {
            assert_eq!(answer(&world, &app, pairs).await.word(), "invalid_request", "{pairs:?}");
        }
        let stranger = answer(&world, &other, &[("deletion", id), ("answer", "deleted")]).await;
        assert_eq!(stranger.word(), "invalid_request", "another organisation answers nothing here");
        let kept = [("deletion", id), ("answer", "kept"), ("why", "病历管理规定：门诊病历保存 15 年")];
        assert_eq!(answer(&world, &app, &kept).await.status, 204);
        assert_eq!(answer(&world, &app, &kept).await.word(), "invalid_request", "said once");
        let shown = page(&mut world).await;
        assert!(shown.contains("它说有一些必须留着") && shown.contains("门诊病历保存 15 年"), "{shown}");
        let done = answer(&world, &app, &[("deletion", id), ("answer", "deleted")]).await;
        assert_eq!(done.status, 204, "what was kept may be deleted later: {}", done.text);
        let shown = page(&mut world).await;
        assert!(shown.contains("它说已经删除：</b>2026-11-23"), "{shown}");
        assert!(listed(&world, &app).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r32_who_does_not_answer_in_fifteen_working_days_is_overdue_for_all_to_see() {
    let mut world = World::new(&Database::Sqlite).await;
    let app = world.app(json!({})).await;
    world.signed_in(&app).await;
    taken_back(&world).await;
    let auditor = Actor::Operator { operator: OperatorId::new(0, [3; 10]), role: Role::Audit };
    let province = std::sync::Arc::clone(&world.town.province);
    let (rows, next) = province.deletions_waiting(&auditor, None).await.unwrap();
    assert_eq!((rows.len(), rows[0].overdue, rows[0].told_at, next), (1, false, None, None));
    world.town.clock.advance(22 * DAY);
    let (rows, _) = province.deletions_waiting(&auditor, None).await.unwrap();
    assert_eq!((rows[0].overdue, rows[0].owner.as_str()), (true, "泉城医院管理中心"));
    let shown = page(&mut world).await;
    assert!(shown.contains("已过期限，它没有答复"), "{shown}");
    let english = world.browse("/account/apps?lang=en").await.text;
    assert!(english.contains("Overdue without an answer"), "{english}");
    assert!(province.deletions_waiting(&person(&world).await, None).await.is_err(), "operators alone");
}

#[tokio::test(flavor = "multi_thread")]
async fn r32_what_ran_out_starts_the_same_clock_as_what_was_taken_back() {
    for database in Database::all() {
        let mut world = World::new(&database).await;
        let app = world.app(json!({})).await;
        let sub = inside(&world.signed_in(&app).await["id_token"])["sub"].clone();
        let me = person(&world).await;
        let province = std::sync::Arc::clone(&world.town.province);
        let until = province.allowed_apps(&me).await.unwrap()[0].until_at;
        world.town.clock.advance(until - world.town.now() - 1);
        province.publish_bundle(&Actor::System).await.unwrap();
        assert!(listed(&world, &app).await.is_empty(), "in force to its last second");
        world.town.clock.advance(1);
        province.publish_bundle(&Actor::System).await.unwrap();

        let waiting = listed(&world, &app).await;
        assert_eq!((waiting.len(), &waiting[0]["sub"]), (1, &sub));
        assert_eq!(waiting[0]["asked_at"], json!(world.town.now()), "the clock begins when it ended");
        let shown = page(&mut world).await;
        assert!(shown.contains("已到期") && shown.contains("最迟答复") && !shown.contains("已收回"), "{shown}");
        province.publish_bundle(&Actor::System).await.unwrap();
        assert_eq!(listed(&world, &app).await.len(), 1, "once");
        let id = waiting[0]["deletion"].as_str().unwrap();
        assert_eq!(answer(&world, &app, &[("deletion", id), ("answer", "deleted")]).await.status, 204);
        // Who comes back is asked anew, and known by the same pseudonym.
        assert_eq!(inside(&world.signed_in(&app).await["id_token"])["sub"], sub);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r49_an_erased_account_starts_the_clock_of_each_app_it_had_allowed() {
    for database in Database::all() {
        let world = World::new(&database).await;
        let app = world.app(json!({})).await;
        let sub = inside(&world.signed_in(&app).await["id_token"])["sub"].clone();
        let named = json!({ "client_name#zh": "齐鲁书店", "client_name#en": "Qilu Books" });
        let left = world.app_of("91370000000000002T", "齐鲁书店", named).await;
        world.signed_in(&left).await;
        let me = person(&world).await;
        let province = std::sync::Arc::clone(&world.town.province);
        let shop = province.allowed_apps(&me).await.unwrap().into_iter().find(|one| one.client == left.id).unwrap();
        province.withdraw_app(&me, &shop.id).await.unwrap();
        province.delete_data(&me).await.unwrap();
        world.town.clock.advance(7 * DAY);
        assert!(listed(&world, &app).await.is_empty(), "nobody is told while the person can still stop it");
        province.publish_bundle(&Actor::System).await.unwrap();

        let waiting = listed(&world, &app).await;
        assert_eq!((waiting.len(), &waiting[0]["sub"], &waiting[0]["client_id"]), (1, &sub, &json!(app.id)));
        assert_eq!(waiting[0]["asked_at"], json!(world.town.now()), "the clock begins with the erasure");
        // Monday 30 November 2026: the last of fifteen working days is Monday 21 December.
        assert_eq!((waiting[0]["due_at"].as_i64().unwrap() - world.town.now()) / DAY, 21);
        assert_eq!(listed(&world, &left).await.len(), 1, "a withdrawal of before keeps its own clock");
        let id = waiting[0]["deletion"].as_str().unwrap();
        assert_eq!(answer(&world, &app, &[("deletion", id), ("answer", "deleted")]).await.status, 204);
        assert!(listed(&world, &app).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn back_channel_logout_2_4_the_end_of_a_grant_is_told_with_the_person_and_the_day() {
    let world = World::new(&Database::Sqlite).await;
    let ear = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/told", ear.local_addr().unwrap());
    let app = world.app(json!({ "backchannel_logout_uri": address })).await;
    let tokens = world.signed_in(&app).await;
    taken_back(&world).await;
    let heard = tokio::spawn(async move { [hear(&ear).await, hear(&ear).await] });
    assert_eq!(world.town.province.tell_apps().await.unwrap(), 2, "the sign-in, and the grant");
    let told = heard.await.unwrap().map(|token| inside(&json!(token)));
    let ended = told.iter().find(|claims| claims.get("sid").is_none()).unwrap();
    assert_eq!((&ended["sub"], &ended["aud"]), (&inside(&tokens["id_token"])["sub"], &json!(app.id)));
    assert!(ended["events"]["http://schemas.openid.net/event/backchannel-logout"].is_object());
    let event = &ended["events"]["urn:yima:event:grant-ended"];
    let waiting = listed(&world, &app).await;
    assert_eq!((&event["deletion"], &event["due_at"]), (&waiting[0]["deletion"], &waiting[0]["due_at"]));
    let mine = world.town.province.allowed_apps(&person(&world).await).await.unwrap();
    assert_eq!(mine[0].deletion.as_ref().unwrap().told_at, Some(world.town.now()));
}

/// The logout token that comes next.
async fn hear(ear: &TcpListener) -> String {
    let (mut stream, _) = ear.accept().await.unwrap();
    let (mut text, mut part) = (String::new(), [0u8; 4096]);
    while !text.contains("logout_token=") || !text.contains("\r\n\r\n") {
        let read = stream.read(&mut part).await.unwrap();
        text.push_str(&String::from_utf8_lossy(&part[..read]));
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await.unwrap();
    text.split("logout_token=").nth(1).unwrap().trim().to_owned()
}

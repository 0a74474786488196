//! One person acts for another at an app (RFC 8693, rules R18, R19, R21, R25, R31 and R52), through the public door.

use super::world::{BACK, RegisteredApp, Said, World, hidden, inside, query};
use serde_json::{Value, json};
use std::io::Cursor;
use std::sync::Arc;
use yima_kernel::assurance::Acr;
use yima_kernel::id::OperatorId;
use yima_kernel::subject::{Actor, Role};
use yima_oidc::exchange::{ACCESS_TOKEN, MANDATE_TICKET};
use yima_oidc::form::Params;
use yima_province::{Format, Import, ReadUses, RegisterMandate};
use yima_testkit::{Database, Lot};

pub const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

pub fn clerk() -> Actor {
    Actor::Operator { operator: OperatorId::new(0, [0; 10]), role: Role::System }
}

/// An app at which people may act for others.
pub(super) async fn office(world: &World) -> RegisteredApp {
    world
        .app(json!({
            "client_name#zh": "泉城政务", "client_name#en": "Quancheng Services",
            "grant_types": ["authorization_code", "refresh_token", EXCHANGE], "yima_mandates": ["guardian", "helper"]
        }))
        .await
}

pub async fn mandate(world: &World, kind: &str, actor: &str, principal: &str) -> String {
    world.town.province.register_mandate(&clerk(), principal, wish(kind, actor)).await.unwrap()
}

/// What a clerk fills in for it.
pub fn wish(kind: &str, actor: &str) -> RegisterMandate {
    RegisterMandate {
        kind: kind.to_owned(),
        actor: actor.to_owned(),
        scopes: Vec::new(),
        evidence: "counter".to_owned(),
        reference: "file 7".to_owned(),
        agreed: true,
        until_at: None,
    }
}

async fn end(world: &World, mandate: &str) {
    world.town.province.end_mandate(&clerk(), mandate, "one word").await.unwrap();
}

/// A child who comes into the register now; their account.
pub async fn child(world: &World, born: &str) -> String {
    resident(world, born).await.0
}

/// Somebody who comes into the register now; their account and ID number.
pub async fn resident(world: &World, born: &str) -> (String, String) {
    resident_of(world, born, "501").await
}

/// The same with another number of the day.
pub async fn resident_of(world: &World, born: &str, order: &str) -> (String, String) {
    let head = format!("370101{born}{order}");
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = head.chars().zip(weights).map(|(digit, weight)| digit.to_digit(10).unwrap() * weight).sum();
    let number = format!("{head}{}", "10X98765432".chars().nth((sum % 11) as usize).unwrap());
    let csv = format!("name,id_number,phone,region\n颜小宁,{number},15499900077,370102\n");
    let import = Import {
        file_hash: yima_keys::sha256(&[csv.as_bytes()]),
        source: String::new(),
        signature: None,
        reader: Box::new(Cursor::new(csv)),
        format: Format::Csv,
        rejects: Box::new(std::io::sink()),
        proofing: 2,
    };
    assert_eq!(world.town.province.import_residents(&Actor::System, import, |_| {}).await.unwrap().total.inserted, 1);
    let found = world.town.province.find_residents(&clerk(), Some(&number), None, None).await.unwrap();
    (found.items[0].id.clone(), number)
}

/// Picks on the page that asks for whom; what the browser then sees.
pub async fn pick(world: &World, page: &Said, whom: &str) -> Said {
    assert!(page.text.contains("替谁办"), "{}", page.text);
    let form = Params::default()
        .with("request", &hidden(&page.text, "request"))
        .with("mark", &hidden(&page.text, "mark"))
        .with("lang", "zh")
        .with("whom", whom);
    let path = if page.text.contains("action=\"/oauth2/acting\"") { "/oauth2/acting" } else { "/oauth2/for" };
    let headers = [("cookie", world.cookie.clone()), ("sec-fetch-site", "same-origin".to_owned())];
    let said = world.post(path, &form, &headers).await;
    match said.headers.get("location") {
        Some(to) if to.starts_with("/oauth2/authorize?") => world.browse(to).await,
        _ => said,
    }
}

pub async fn asked(world: &World, app: &RegisteredApp) -> Said {
    world.browse(&format!("/oauth2/authorize?{}", world.request(app).encoded())).await
}

/// The code at the end of it, agreed to where that is asked.
pub async fn code(world: &World, page: Said) -> String {
    let done = if page.text.contains("name=\"shown\"") {
        world.press_on(&page, "allow", &[("c_name", "give"), ("c_region", "give"), ("c_age_band", "give")]).await
    } else {
        page
    };
    let to = done.leads_to();
    query(&to).get("code").unwrap_or_else(|| panic!("no code: {to}")).to_owned()
}

/// Tokens of a sign-in for whom they pick.
pub async fn tokens(world: &World, app: &RegisteredApp, whom: &str) -> Value {
    let page = pick(world, &asked(world, app).await, whom).await;
    let code = code(world, page).await;
    let said = world.token(app, &world.redemption(&code)).await;
    assert_eq!(said.status, 200, "{}", said.text);
    said.json()
}

pub async fn as_account(world: &mut World, account: &str) {
    world.account = account.to_owned();
    world.cookie = world.town.sign_in(account, Acr::Passkey).await;
}

async fn ticket_to(world: &World, app: &RegisteredApp, whom: &str) -> Params {
    let request = Params::default().with("client_id", &app.id).with("redirect_uri", BACK).with("state", "s-2");
    let page = world.browse(&format!("/oauth2/acting?{}", request.encoded())).await;
    let to = pick(world, &page, whom).await.leads_to();
    assert!(to.starts_with(BACK), "{to}");
    query(&to)
}

pub async fn ticket(world: &World, app: &RegisteredApp, whom: &str) -> String {
    let back = ticket_to(world, app, whom).await;
    assert_eq!((back.get("state"), back.get("iss")), (Some("s-2"), Some(world.issuer().as_str())));
    back.get("mandate_ticket").unwrap_or_else(|| panic!("no ticket: {}", back.encoded())).to_owned()
}

pub fn exchange(ticket: &str, actor: &Value) -> Params {
    Params::default()
        .with("grant_type", EXCHANGE)
        .with("subject_token", ticket)
        .with("subject_token_type", MANDATE_TICKET)
        .with("actor_token", actor["access_token"].as_str().unwrap())
        .with("actor_token_type", ACCESS_TOKEN)
}

pub async fn introspected(world: &World, app: &RegisteredApp, tokens: &Value) -> Value {
    let body = Params::default().with("token", tokens["access_token"].as_str().unwrap());
    world.as_app(app, "/oauth2/introspect", &body, &[]).await.json()
}

/// A town in which the first resident is the helper of the second, who allowed the app.
pub(super) async fn helped(database: &Database) -> (World, RegisteredApp, String, Value) {
    let mut world = World::new(database).await;
    let app = office(&world).await;
    let all = world.town.accounts().await;
    as_account(&mut world, &all[1]).await;
    let elder = world.signed_in(&app).await;
    let mandate = mandate(&world, "helper", &all[0], &all[1]).await;
    as_account(&mut world, &all[0]).await;
    (world, app, mandate, elder)
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc_8693_2_a_ticket_becomes_a_token_for_somebody_else_once() {
    for database in Database::all() {
        let (world, app, mandate, elder) = helped(&database).await;
        let own = tokens(&world, &app, "self").await;
        let ticket = ticket(&world, &app, &mandate).await;
        let said = world.token(&app, &exchange(&ticket, &own)).await;
        assert_eq!(said.status, 200, "{}", said.text);
        let made = said.json();
        assert_eq!(made["issued_token_type"], json!(ACCESS_TOKEN), "RFC 8693 section 2.2.1");
        assert!(made.get("refresh_token").is_none() && made.get("id_token").is_none(), "{made}");
        assert_eq!((&made["expires_in"], &made["scope"]), (&json!(300), &json!("openid profile")), "r19");
        let (access, actor) = (inside(&made["access_token"]), inside(&own["access_token"]));
        let principal = inside(&elder["access_token"]);
        assert_eq!(access["sub"], principal["sub"]);
        assert_eq!(access["act"]["kind"], json!("helper"), "RFC 8693 section 4.1");
        assert_eq!((&access["acr"], &access["auth_time"]), (&actor["acr"], &actor["auth_time"]), "r19: of the actor");
        assert!(access["act"]["sub"] != actor["sub"] && access["act"]["sub"] != principal["sub"], "r21");
        assert!(!access.to_string().contains(&mandate), "r21: no id of a mandate leaves");
        let told = world.userinfo(&made).await.json();
        assert_eq!(told["sub"], principal["sub"]);
        assert_eq!(told["name"], world.userinfo(&elder).await.json()["name"], "{told}");
        let active = introspected(&world, &app, &made).await;
        assert_eq!((&active["active"], &active["act"]), (&json!(true), &access["act"]));
        assert_eq!(active["mandate_scope"], json!("show_code book read_notices claim_benefit"));
        // Once (rule R26).
        assert_eq!(world.token(&app, &exchange(&ticket, &own)).await.word(), "invalid_request");
        // Both records have it.
        let auditor = Actor::Operator { operator: OperatorId::new(0, [1; 10]), role: Role::Audit };
        let wanted = ReadUses { deed: Some("take_token"), outcome: Some("done"), ..ReadUses::default() };
        let uses = world.town.province.uses(&auditor, wanted).await.unwrap().items.len();
        assert_eq!(uses, 4, "two sign-ins, and one exchange in two records");
        // An end is felt at once (rules R19 and R52).
        end(&world, &mandate).await;
        assert_eq!(introspected(&world, &app, &made).await, json!({ "active": false }));
        assert_eq!(world.userinfo(&made).await.word(), "invalid_token");
        assert_eq!(introspected(&world, &app, &own).await["active"], json!(true), "their own sign-in goes on");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r18_the_choice_lives_in_the_code_and_is_never_refreshed() {
    for database in Database::all() {
        let (world, app, mandate, elder) = helped(&database).await;
        let page = asked(&world, &app).await;
        for word in ["泉城政务", "我是代办人", "给自己办", "value=\"self\""] {
            assert!(page.text.contains(word), "{word}: {}", page.text);
        }
        assert!(page.headers["content-security-policy"].starts_with("default-src 'none'; script-src 'self'"));
        let made = tokens(&world, &app, &mandate).await;
        let (id, access) = (inside(&made["id_token"]), inside(&made["access_token"]));
        assert_eq!((&id["sub"], &id["act"]), (&inside(&elder["id_token"])["sub"], &access["act"]));
        assert_eq!((&access["act"]["kind"], &made["scope"]), (&json!("helper"), &json!("openid profile")));
        assert!(made.get("refresh_token").is_none(), "r25: what is made while acting is not refreshed: {made}");
        assert_eq!(world.refresh(&app, &elder).await.status, 200, "the elder's own goes on");
        // The agreement is the elder's: a helper can't answer for them, and its end ends this too.
        let code = code(&world, pick(&world, &asked(&world, &app).await, &mandate).await).await;
        end(&world, &mandate).await;
        assert_eq!(world.token(&app, &world.redemption(&code)).await.word(), "invalid_grant");
        assert_eq!(introspected(&world, &app, &made).await, json!({ "active": false }));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r18_who_is_not_registered_or_not_chosen_never_hears_of_a_mandate() {
    let (world, app, mandate, _) = helped(&Database::Sqlite).await;
    let plain = world.app(json!({})).await;
    let page = asked(&world, &plain).await;
    assert!(page.text.contains("name=\"shown\"") && !page.text.contains("替谁办"), "{}", page.text);
    let own = world.signed_in(&plain).await;
    assert_eq!(world.token(&plain, &exchange("x", &own)).await.word(), "unauthorized_client");
    let request = Params::default().with("client_id", &plain.id).with("redirect_uri", BACK);
    let to = world.browse(&format!("/oauth2/acting?{}", request.encoded())).await.leads_to();
    assert_eq!(query(&to).get("error"), Some("unauthorized_client"));
    // An app can't choose for the person, nor prompt=none.
    let forged = world.request(&app).with("yima_for", &mandate);
    let page = world.browse(&format!("/oauth2/authorize?{}", forged.encoded())).await;
    assert!(page.text.contains("替谁办"), "{}", page.text);
    let silent = world.request(&app).with("prompt", "none");
    let to = world.browse(&format!("/oauth2/authorize?{}", silent.encoded())).await.leads_to();
    assert_eq!(query(&to).get("error"), Some("login_required"), "for oneself, and nothing was agreed to yet");
    // Nor another page for the browser.
    let form = Params::default().with("request", &request.encoded()).with("mark", "x").with("whom", &mandate);
    let headers = [("cookie", world.cookie.clone()), ("sec-fetch-site", "same-origin".to_owned())];
    assert_eq!(world.post("/oauth2/acting", &form, &headers).await.status, 403);
    // A stranger's mandate is none.
    let page = pick(&world, &asked(&world, &app).await, "edg_01JDAAAAAAAAAAAAAAAAAAAAAA").await;
    assert_eq!(query(&page.leads_to()).get("error"), Some("access_denied"));
    let back = ticket_to(&world, &app, "self").await;
    assert_eq!((back.get("error"), back.get("mandate_ticket")), (Some("access_denied"), None));
    // Who is not signed in signs in first.
    let request = Params::default().with("client_id", &app.id).with("redirect_uri", BACK);
    let to = world.get(&format!("/oauth2/acting?{}", request.encoded()), &[]).await.leads_to();
    assert!(to.starts_with("/account/sign-in?next=%2Foauth2%2Facting"), "{to}");
    // Whose elder did not allow the app gets nothing: nobody agrees for an adult.
    let all = world.town.accounts().await;
    let other = self::mandate(&world, "helper", &world.account, &all[2]).await;
    let page = pick(&world, &asked(&world, &app).await, &other).await;
    assert_eq!(query(&page.leads_to()).get("error"), Some("access_denied"), "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc_8693_2_2_2_what_does_not_belong_together_is_refused_and_uses_the_ticket_up() {
    let (mut world, app, mandate, elder) = helped(&Database::Sqlite).await;
    let own = tokens(&world, &app, "self").await;
    let refused = async |world: &World, ticket: &str, actor: &Value, why: &str| {
        assert_eq!(world.token(&app, &exchange(ticket, actor)).await.word(), "invalid_request", "{why}");
        assert_eq!(world.token(&app, &exchange(ticket, &own)).await.word(), "invalid_request", "used up: {why}");
    };
    let stolen = ticket(&world, &app, &mandate).await;
    refused(&world, &stolen, &elder, "the token of somebody else").await;
    // A token that acts already is refused before the ticket is looked at, and so is one of another app.
    let acting = tokens(&world, &app, &mandate).await;
    let good = ticket(&world, &app, &mandate).await;
    assert_eq!(world.token(&app, &exchange(&good, &acting)).await.word(), "invalid_request", "depth one");
    let other = world
        .app(json!({ "client_name#zh": "乙", "client_name#en": "B", "grant_types": ["authorization_code", EXCHANGE],
            "scope": "openid profile", "yima_mandates": ["helper"] }))
        .await;
    assert_eq!(world.token(&other, &exchange(&good, &own)).await.word(), "invalid_request", "another client's");
    assert_eq!(world.token(&app, &exchange(&good, &own).with("scope", "phone")).await.word(), "invalid_scope");
    let late = ticket(&world, &app, &mandate).await;
    world.town.clock.advance(121);
    refused(&world, &late, &own, "121 seconds").await;
    assert_eq!(world.token(&app, &exchange("AAAA", &own)).await.word(), "invalid_request");
    // Of another session of the same person.
    let helper = world.account.clone();
    as_account(&mut world, &helper).await;
    let fresh = ticket(&world, &app, &mandate).await;
    refused(&world, &fresh, &own, "another session").await;
    // A mandate that changed since: it ended, and was undone.
    let own = tokens(&world, &app, "self").await;
    let before = ticket(&world, &app, &mandate).await;
    end(&world, &mandate).await;
    assert_eq!(world.token(&app, &exchange(&before, &own)).await.word(), "invalid_request", "it ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn r52_sixteen_bring_one_ticket_and_one_has_a_token() {
    let mut lot = Lot::of("r52_sixteen_bring_one_ticket_and_one_has_a_token");
    for database in Database::all() {
        let (world, app, mandate, _) = helped(&database).await;
        let own = tokens(&world, &app, "self").await;
        let world = Arc::new(world);
        for round in 0..5 {
            let body = exchange(&ticket(&world, &app, &mandate).await, &own);
            let tries: Vec<_> = (0..16)
                .map(|_| {
                    let (world, app, body) = (Arc::clone(&world), app.clone(), body.clone());
                    let begins = lot.start(5);
                    tokio::spawn(async move {
                        tokio::time::sleep(begins).await;
                        world.token(&app, &body).await.word()
                    })
                })
                .collect();
            let mut won = 0;
            for one in tries {
                match one.await.unwrap().as_str() {
                    "ok" => won += 1,
                    word => assert_eq!(word, "invalid_request", "round {round}"),
                }
            }
            assert_eq!(won, 1, "round {round}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r52_no_token_comes_of_an_acknowledged_end_of_a_mandate() {
    let mut lot = Lot::of("r52_no_token_comes_of_an_acknowledged_end_of_a_mandate");
    for database in Database::all() {
        let (world, app, first, _) = helped(&database).await;
        let principal = world.town.accounts().await[1].clone();
        let own = tokens(&world, &app, "self").await;
        let world = Arc::new(world);
        let (mut mandate, mut before) = (first, 0);
        for round in 0..12 {
            let body = exchange(&ticket(&world, &app, &mandate).await, &own);
            let exchanging = {
                let (world, app) = (Arc::clone(&world), app.clone());
                tokio::spawn(async move { world.token(&app, &body).await })
            };
            // Now the one is first, now the other.
            tokio::time::sleep(lot.start(3)).await;
            end(&world, &mandate).await;
            let after = introspected(&world, &app, &own).await;
            assert_eq!(after["active"], json!(true));
            let said = exchanging.await.unwrap();
            if said.status == 200 {
                before += 1;
                // It was made before the end, and counts no more after it.
                assert_eq!(introspected(&world, &app, &said.json()).await, json!({ "active": false }), "round {round}");
            } else {
                assert_eq!(said.word(), "invalid_request", "round {round}: {}", said.text);
            }
            mandate = self::mandate(&world, "helper", &world.account, &principal).await;
        }
        println!("{database:?}: {before} of 12 were exchanged before the end");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r31_under_fourteen_the_guardian_answers_and_the_child_signs_in() {
    for database in Database::all() {
        let mut world = World::new(&database).await;
        let app = office(&world).await;
        let (guardian, child) = (world.account.clone(), child(&world, "20160301").await);
        as_account(&mut world, &child).await;
        let waits = asked(&world, &app).await;
        assert!(waits.status == 200 && waits.text.contains("要先由监护人同意"), "{}", waits.text);
        assert!(waits.text.contains("error=access_denied"), "back to the app is a link: {}", waits.text);
        let mandate = mandate(&world, "guardian", &guardian, &child).await;
        as_account(&mut world, &guardian).await;
        let letter = pick(&world, &asked(&world, &app).await, &mandate).await;
        assert!(letter.text.contains("我是监护人") && letter.text.contains("name=\"shown\""), "{}", letter.text);
        assert!(letter.text.contains("0-13") || letter.text.contains("岁"), "the child's own values: {}", letter.text);
        let made = world.token(&app, &world.redemption(&code(&world, letter).await)).await.json();
        assert_eq!(inside(&made["access_token"])["act"]["kind"], json!("guardian"));
        assert_eq!(
            made["scope"],
            json!("openid profile"),
            "r19: what the child may do when nobody is there is not carried"
        );
        // Now the child comes in by itself, and nobody acts.
        as_account(&mut world, &child).await;
        let code = query(&asked(&world, &app).await.leads_to()).get("code").unwrap().to_owned();
        let own = world.token(&app, &world.redemption(&code)).await.json();
        let access = inside(&own["access_token"]);
        assert!(access.get("act").is_none() && access["sub"] == inside(&made["access_token"])["sub"], "{access}");
        // Rule R25: the guardian's word stands as long as their mandate.
        let again = world.refresh(&app, &own).await;
        assert_eq!(again.word(), "ok", "{}", again.text);
        end(&world, &mandate).await;
        assert_eq!(world.refresh(&app, &own).await.word(), "invalid_grant");
        assert_eq!(world.userinfo(&own).await.word(), "invalid_token");
        assert!(asked(&world, &app).await.text.contains("要先由监护人同意"), "and the child waits again");
    }
}

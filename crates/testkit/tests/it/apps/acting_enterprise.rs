//! Somebody acts for an enterprise at an app (rules R17 to R19, R21, R27 and R52), through the public door: the letter, the
//! ticket, what the token says, and a dismissal in mid-session.

use super::acting::{EXCHANGE, as_account, asked, clerk, code, exchange, introspected, pick, resident, ticket, tokens};
use super::world::{RegisteredApp, World, inside};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use yima_kernel::id::OperatorId;
use yima_kernel::subject::{Actor, Role};
use yima_province::{NewAgent, NewOrganisation, OrganisationChange, Person, ReadUses};
use yima_testkit::{Database, Lot};

const NAME: &str = "泉城商贸";
const CODE: &str = "91110000600037341L";

/// A town with an enterprise: who represents it, and an agent whom they appointed for taxes up to 500 yuan.
struct Firm {
    world: World,
    app: RegisteredApp,
    organisation: String,
    boss: String,
    represents: String,
    agent: String,
    number: String,
    appointed: String,
    /// Where the app hears of logouts.
    ear: TcpListener,
}

pub(super) async fn person(world: &World) -> Person {
    let cookie = world.cookie.split(';').find_map(|pair| pair.trim().strip_prefix("ys=")).unwrap().to_owned();
    world.town.province.person(&cookie).await.unwrap().unwrap()
}

/// Appoints the agent, who accepts; the mandate. The browser is the agent's afterwards.
pub(super) async fn appoint(
    world: &mut World,
    (boss, represents): (&str, &str),
    (agent, number): (&str, &str),
) -> String {
    as_account(world, boss).await;
    let new = NewAgent {
        id_number: number.to_owned(),
        services: vec!["tax".to_owned(), "permit".to_owned()],
        limit_amount: Some(50_000),
        show_code: true,
        may_appoint: false,
        days: 60,
    };
    let offer = world.town.province.appoint_agent(&person(world).await, represents, new).await.unwrap();
    as_account(world, agent).await;
    world.town.province.accept_appointment(&person(world).await, &offer).await.unwrap();
    offer
}

impl Firm {
    async fn open(database: &Database) -> Self {
        let mut world = World::new(database).await;
        let ear = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let told = format!("http://{}/told", ear.local_addr().unwrap());
        let app = world
            .app(json!({
                "client_name#zh": "泉城税务", "client_name#en": "Quancheng Tax", "backchannel_logout_uri": told,
                "grant_types": ["authorization_code", "refresh_token", EXCHANGE],
                "yima_mandates": ["representative", "agent"]
            }))
            .await;
        let new = NewOrganisation {
            enterprise: true,
            credit_code: Some(CODE.to_owned()),
            name: NAME.to_owned(),
            region: String::new(),
            parent: None,
            source: "register".to_owned(),
        };
        let province = Arc::clone(&world.town.province);
        let organisation = province.add_organisation(&clerk(), new).await.unwrap().id;
        let boss = world.account.clone();
        let other = Actor::Operator { operator: OperatorId::new(0, [2; 10]), role: Role::Security };
        let change = province.propose_representative(&clerk(), &organisation, &boss, "register 7").await.unwrap();
        province.decide_representative(&other, &change, true).await.unwrap();
        let me = person(&world).await;
        let represents = province.own_enterprises(&me.actor()).await.unwrap().own[0].id.clone();
        province.accept_representation(&me, &represents).await.unwrap();
        let (agent, number) = resident(&world, "19910301").await;
        let appointed = appoint(&mut world, (&boss, &represents), (&agent, &number)).await;
        Self { world, app, organisation, boss, represents, agent, number, appointed, ear }
    }

    async fn dismiss(&self, by: &Person) {
        self.world.town.province.dismiss_agent(by, &self.appointed).await.unwrap();
    }

    /// The boss's sign-in, while the browser stays the agent's.
    async fn boss(&mut self) -> Person {
        let (account, cookie) = (self.world.account.clone(), self.world.cookie.clone());
        as_account(&mut self.world, &self.boss.clone()).await;
        let boss = person(&self.world).await;
        (self.world.account, self.world.cookie) = (account, cookie);
        boss
    }

    /// The logout tokens that come to the app, so many.
    async fn hears(&self, many: usize) -> Vec<Value> {
        let hears = async {
            let mut heard = Vec::new();
            for _ in 0..many {
                let (mut stream, _) = self.ear.accept().await.unwrap();
                let mut text = String::new();
                let mut part = [0u8; 4096];
                while !text.contains("logout_token=") {
                    let read = stream.read(&mut part).await.unwrap();
                    text.push_str(&String::from_utf8_lossy(&part[..read]));
                }
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await.unwrap();
                heard.push(inside(&json!(text.split("logout_token=").nth(1).unwrap().trim())));
            }
            heard
        };
        let (told, heard) = tokio::join!(self.world.town.province.tell_apps(), hears);
        assert_eq!(told.unwrap(), many);
        heard
    }

    async fn uses(&self, deed: &str) -> usize {
        let auditor = Actor::Operator { operator: OperatorId::new(0, [1; 10]), role: Role::Audit };
        let wanted = ReadUses { deed: Some(deed), ..ReadUses::default() };
        self.world.town.province.uses(&auditor, wanted).await.unwrap().items.len()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r17_an_agent_files_at_an_app_and_is_dismissed_in_mid_session() {
    for database in Database::all() {
        let mut firm = Firm::open(&database).await;
        let page = asked(&firm.world, &firm.app).await;
        for word in [NAME, "我是经办人", "给自己办"] {
            assert!(page.text.contains(word), "{word}: {}", page.text);
        }
        // The letter says what the app would be told of the enterprise, and nothing of the person.
        let letter = pick(&firm.world, &page, &firm.appointed).await;
        for word in ["泉城税务想看这家企业的 2 项资料", CODE, "企业名称和信用代码"] {
            assert!(letter.text.contains(word), "{word}: {}", letter.text);
        }
        assert!(!letter.text.contains("c_age_band"), "an enterprise has no age: {}", letter.text);
        let made = firm.world.token(&firm.app, &firm.world.redemption(&code(&firm.world, letter).await)).await.json();
        let (id, access) = (inside(&made["id_token"]), inside(&made["access_token"]));
        assert_eq!(access["act"]["kind"], json!("agent"));
        let limits = json!({ "services": ["tax", "permit"], "limit_amount": 50_000 });
        assert_eq!((&access["yima_mandate"], &id["yima_mandate"]), (&limits, &limits));
        assert!(made.get("refresh_token").is_none(), "r19: {made}");
        assert_eq!((&made["scope"], &made["expires_in"]), (&json!("openid profile"), &json!(300)));
        assert!(
            !access.to_string().contains(&firm.organisation) && !access.to_string().contains(&firm.appointed),
            "r21"
        );
        let told = firm.world.userinfo(&made).await.json();
        let said = json!({ "sub": access["sub"], "name": NAME, "yima_credit_code": CODE, "region": "110000" });
        assert_eq!(told, said);
        // Another agreement than the person's own, who is somebody else to this app.
        let own = tokens(&firm.world, &firm.app, "self").await;
        assert!(inside(&own["access_token"])["sub"] != access["sub"] && access["act"]["sub"] != access["sub"]);
        // An exchange under the same mandate gives the same, without an ID token.
        let by_ticket = exchange(&ticket(&firm.world, &firm.app, &firm.appointed).await, &own);
        let exchanged = firm.world.token(&firm.app, &by_ticket).await.json();
        let again = inside(&exchanged["access_token"]);
        for name in ["sub", "act", "yima_mandate", "acr"] {
            assert_eq!(again[name], access[name], "{name}");
        }
        // The app files: it asks what the one in front of it may do at this moment.
        let active = introspected(&firm.world, &firm.app, &exchanged).await;
        assert_eq!((&active["active"], &active["yima_mandate"]), (&json!(true), &limits));
        assert_eq!(active["mandate_scope"], json!("show_code read_notices file"));
        // What was done for it stands in the agent's record and in the enterprise's.
        assert_eq!(firm.uses("allow_app_for").await, 2);
        assert_eq!(
            firm.uses("take_token").await,
            2 + 1 + 2,
            "a code and an exchange in two records, an own sign-in in one"
        );
        // Dismissed in mid-session: no token counts, and the app is told to end both sign-ins.
        let waits = exchange(&ticket(&firm.world, &firm.app, &firm.appointed).await, &own);
        let boss = firm.boss().await;
        firm.dismiss(&boss).await;
        for token in [&made, &exchanged] {
            assert_eq!(introspected(&firm.world, &firm.app, token).await, json!({ "active": false }));
        }
        assert_eq!(firm.world.userinfo(&made).await.word(), "invalid_token");
        let ended: Vec<_> = firm.hears(2).await.into_iter().map(|token| token["sid"].clone()).collect();
        assert!(ended.contains(&id["sid"]) && ended.contains(&again["sid"]), "{ended:?}");
        assert_eq!(firm.world.token(&firm.app, &waits).await.word(), "invalid_request", "nor is a ticket exchanged");
        assert_eq!(firm.uses("take_token").await, 7, "the refusal stands in both records");
        assert_eq!(
            introspected(&firm.world, &firm.app, &own).await["active"],
            json!(true),
            "they are themselves still"
        );
        assert!(!asked(&firm.world, &firm.app).await.text.contains(NAME), "and are not offered it any more");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r18_a_representative_acts_and_an_enterprise_that_may_not_act_ends_it() {
    let mut firm = Firm::open(&Database::Sqlite).await;
    // A guardian's app hears of no enterprise, and this one of no person.
    let others =
        firm.world.app(json!({ "client_name#zh": "丙", "client_name#en": "C", "yima_mandates": ["guardian"] })).await;
    assert!(!asked(&firm.world, &others).await.text.contains(NAME));
    let boss = firm.boss.clone();
    as_account(&mut firm.world, &boss).await;
    // A ticket before anybody agreed for the enterprise gives nothing, whatever the person allowed for themselves.
    let own = tokens(&firm.world, &firm.app, "self").await;
    let early = exchange(&ticket(&firm.world, &firm.app, &firm.represents).await, &own);
    assert_eq!(firm.world.token(&firm.app, &early).await.word(), "invalid_request");
    let made = tokens(&firm.world, &firm.app, &firm.represents).await;
    let access = inside(&made["access_token"]);
    assert_eq!(access["act"]["kind"], json!("representative"));
    let all = ["tax", "annual_report", "permit", "social_insurance"];
    let services = access["yima_mandate"]["services"].as_array().unwrap();
    assert!(services.len() >= all.len() - 1 && access["yima_mandate"].get("limit_amount").is_none(), "{access}");
    // The agreement stands in the person's list, for the enterprise, and is taken back in one touch.
    let me = person(&firm.world).await;
    let apps = firm.world.town.province.allowed_apps(&me.actor()).await.unwrap();
    let given = apps.iter().find(|app| app.given_for.as_ref().is_some_and(|given| given.name == NAME)).unwrap();
    firm.world.town.province.withdraw_app(&me.actor(), &given.id).await.unwrap();
    assert_eq!(introspected(&firm.world, &firm.app, &made).await, json!({ "active": false }));
    // A suspended enterprise acts nowhere.
    let made = tokens(&firm.world, &firm.app, &firm.represents).await;
    let province = Arc::clone(&firm.world.town.province);
    province.change_organisation(&clerk(), &firm.organisation, OrganisationChange::Suspend, "file 3").await.unwrap();
    assert_eq!(introspected(&firm.world, &firm.app, &made).await, json!({ "active": false }));
    assert!(!asked(&firm.world, &firm.app).await.text.contains(NAME));
}

#[tokio::test(flavor = "multi_thread")]
async fn r52_no_token_for_an_enterprise_comes_of_an_acknowledged_dismissal() {
    let mut lot = Lot::of("r52_no_token_for_an_enterprise_comes_of_an_acknowledged_dismissal");
    for database in Database::all() {
        let mut firm = Firm::open(&database).await;
        let mut before = 0;
        for round in 0..8 {
            let own = tokens(&firm.world, &firm.app, "self").await;
            tokens(&firm.world, &firm.app, &firm.appointed).await;
            let body = exchange(&ticket(&firm.world, &firm.app, &firm.appointed).await, &own);
            let boss = firm.boss().await;
            let (exchanged, ()) = tokio::join!(firm.world.token(&firm.app, &body), async {
                // Now the one is first, now the other.
                tokio::time::sleep(lot.start(4)).await;
                firm.dismiss(&boss).await;
            });
            if exchanged.status == 200 {
                before += 1;
                let seen = introspected(&firm.world, &firm.app, &exchanged.json()).await;
                assert_eq!(
                    seen,
                    json!({ "active": false }),
                    "round {round}: made before the dismissal, it counts no more"
                );
            } else {
                assert_eq!(exchanged.word(), "invalid_request", "round {round}: {}", exchanged.text);
            }
            let (boss, represents) = (firm.boss.clone(), firm.represents.clone());
            let (agent, number) = (firm.agent.clone(), firm.number.clone());
            firm.appointed = appoint(&mut firm.world, (&boss, &represents), (&agent, &number)).await;
        }
        println!("{database:?}: {before} of 8 were exchanged before the dismissal");
    }
}

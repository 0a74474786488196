//! Organisations merge (rule R20, decision 0035): told before, in force on its day, and whoever had met the merged one stays who
//! they were to its apps.

use super::acting::{as_account, resident_of};
use super::world::{CODE_A, RegisteredApp, World, hidden, inside, query};
use crate::organisations::signed_in;
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use yima_kernel::assurance::Acr;
use yima_kernel::subject::Actor;
use yima_oidc::form::Params;
use yima_province::{DeedError, ProposeClient};
use yima_testkit::Database;

const CODE_B: &str = "91370000000000002T";
const CODE_C: &str = "91370000000000003X";
const NAME_A: &str = "泉城医院管理中心";
const NAME_B: &str = "省医疗集团";
const CONTACT: &str = "0531-0000-0000";
const DAY: i64 = 86_400;

/// Two organisations with an app each, and something under the first.
struct Two {
    world: World,
    a: RegisteredApp,
    b: RegisteredApp,
    org_a: String,
    org_b: String,
    under: String,
}

impl Two {
    async fn new(database: &Database) -> Self {
        let world = World::new(database).await;
        let system = signed_in(&world.town, 0).await;
        let add = |name: &'static str, code: Option<&'static str>, parent: Option<String>| {
            let body = json!({ "kind": "department", "name": name, "credit_code": code, "region": "370000",
                "parent": parent, "source": "test" });
            let (town, system) = (&world.town, &system);
            async move {
                let made = town.door.operator(system, Method::POST, "/api/v1/organisations", Some(body)).await.ok();
                made["id"].as_str().unwrap().to_owned()
            }
        };
        let org_a = add(NAME_A, Some(CODE_A), None).await;
        let org_b = add(NAME_B, Some(CODE_B), None).await;
        let under = add("分院", None, Some(org_a.clone())).await;
        let a = world.app(json!({})).await;
        let b = json!({ "client_name#zh": "集团门诊", "client_name#en": "Group Outpatients" });
        let b = world.app_of(CODE_B, NAME_B, b).await;
        Self { world, a, b, org_a, org_b, under }
    }

    /// As the system (0) or security (1) operator, who signs in anew.
    async fn office(&self, nth: usize, method: Method, path: &str, body: Option<Value>) -> (String, Value) {
        // One code of an authenticator counts once.
        self.world.town.clock.advance(31);
        let cookie = signed_in(&self.world.town, nth).await;
        let path = format!("/api/v1/organisations{path}");
        let answer = self.world.town.door.operator(&cookie, method, &path, body).await;
        (answer.word(), answer.body.clone())
    }

    async fn propose(&self, days: i64) -> String {
        let at = self.world.town.now() + days * DAY + 600;
        let body = json!({ "successor": self.org_b, "contact": CONTACT, "reference": "lu fa 2026 9", "effect_at": at });
        self.office(0, Method::POST, &format!("/{}/merge", self.org_a), Some(body)).await.0
    }

    async fn merger(&self) -> Value {
        self.office(0, Method::GET, "/mergers", None).await.1["mergers"][0].clone()
    }

    async fn decide(&self, nth: usize, verb: &str) -> String {
        let id = self.merger().await["id"].as_str().unwrap().to_owned();
        let body = if verb == "withdraw" { json!({ "reason": "test" }) } else { json!({}) };
        self.office(nth, Method::POST, &format!("/mergers/{id}/{verb}"), Some(body)).await.0
    }

    /// Time goes by, and what is due is done.
    async fn later(&self, days: i64) {
        self.world.town.clock.advance(days * DAY);
        self.publish().await;
    }

    async fn publish(&self) {
        self.world.town.province.publish_bundle(&Actor::System).await.unwrap();
    }

    async fn sub(&mut self, account: &str, at_a: bool) -> String {
        as_account(&mut self.world, account).await;
        let app = if at_a { self.a.clone() } else { self.b.clone() };
        let token = self.world.signed_in(&app).await;
        let sub = inside(&token["id_token"])["sub"].as_str().unwrap().to_owned();
        assert_eq!(self.world.userinfo(&token).await.json()["sub"], sub.as_str());
        sub
    }

    async fn apps_page(&self) -> String {
        self.world.browse("/account/apps?lang=zh").await.text
    }

    /// Whether the one in front of the browser is asked by the first app, and what they read then.
    async fn asked(&self) -> Option<String> {
        let page =
            self.world.browse(&format!("/oauth2/authorize?{}", self.world.request(&self.a).encoded())).await.text;
        page.contains("name=\"shown\"").then_some(page)
    }

    async fn version(&mut self, organisation: &str, owner: &str) -> Result<(), DeedError> {
        let metadata = super::world::metadata(json!({})).to_string();
        let (organisation, owner) = (organisation.to_owned(), owner.to_owned());
        let wish = ProposeClient { id: Some(self.a.id.clone()), organisation, owner, metadata };
        let made = self.world.town.province.propose_client(&Actor::System, wish).await?;
        // Each version has a secret of its own.
        self.a.secret = made.secret;
        let version = made.version.version;
        self.world.town.province.review_client(&Actor::System, &self.a.id, version, true, "ok").await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r20_who_had_met_the_merged_organisation_stays_who_they_were_and_who_comes_new_is_the_successors() {
    for database in Database::all() {
        let mut two = Two::new(&database).await;
        let old = two.world.account.clone();
        let both = resident_of(&two.world, "19800505", "501").await.0;
        let new = resident_of(&two.world, "19810606", "503").await.0;
        let old_a = two.sub(&old, true).await;
        let (both_a, both_b) = (two.sub(&both, true).await, two.sub(&both, false).await);

        assert_eq!(two.propose(10).await, "invalid", "people are told fifteen days before");
        assert_eq!(two.propose(20).await, "ok");
        assert_eq!(two.propose(20).await, "conflict", "one at a time");
        assert_eq!(two.decide(0, "approve").await, "same_person", "nobody approves their own");
        as_account(&mut two.world, &old).await;
        assert!(!two.apps_page().await.contains(NAME_B), "a proposal is not told");
        assert_eq!(two.decide(1, "approve").await, "ok");
        two.publish().await;
        let said = two.merger().await;
        assert_eq!((&said["state"], &said["told"], &said["all_told"]), (&json!("approved"), &json!(2), &json!(true)));
        let page = two.apps_page().await;
        assert!(page.contains(NAME_B) && page.contains(CONTACT) && page.contains("收回"), "{page}");
        assert!(two.asked().await.is_none(), "nobody is asked anew: what it is for stays");
        as_account(&mut two.world, &new).await;
        let letter = two.asked().await.expect("somebody new is asked");
        assert!(letter.contains(NAME_B) && letter.contains(CONTACT), "and told before they agree");

        two.later(21).await;
        assert_eq!(two.merger().await["state"], "in_force");
        assert_eq!(two.sub(&old, true).await, old_a);
        assert!(two.apps_page().await.contains(CONTACT));
        assert_eq!((two.sub(&both, true).await, two.sub(&both, false).await), (both_a, both_b));
        let new_b = two.sub(&new, true).await;
        assert_eq!(two.sub(&new, false).await, new_b, "who comes new gets the successor's");

        // A later version of the app names the successor: reviewed, asked anew, and everybody stays who they were.
        assert!(matches!(two.version(CODE_A, NAME_A).await, Err(DeedError::Conflict(_))), "that one is no more");
        two.version(CODE_B, NAME_B).await.unwrap();
        as_account(&mut two.world, &old).await;
        let letter = two.asked().await.expect("a new version is asked for");
        assert!(letter.contains(NAME_B) && !letter.contains(NAME_A), "it says by itself whose it is");
        assert_eq!(two.sub(&old, true).await, old_a);
        assert_eq!(two.sub(&new, true).await, new_b);

        assert_eq!(two.decide(0, "withdraw").await, "conflict", "it has taken effect");
        let line = two.office(0, Method::GET, &format!("/{}", two.under), None).await.1;
        let above: Vec<_> = line["line"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
        assert_eq!(above, [two.org_b.as_str(), two.under.as_str()], "what stood under it stands under the successor");
        let line = two.office(0, Method::GET, &format!("/{}", two.org_a), None).await.1;
        assert_eq!(line["line"][0]["state"], "ended");
        assert_eq!(two.propose(20).await, "conflict");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r20_a_merger_that_is_called_off_before_its_day_changes_nothing_and_that_is_told() {
    for database in Database::all() {
        let mut two = Two::new(&database).await;
        let (old, new) = (two.world.account.clone(), resident_of(&two.world, "19800505", "501").await.0);
        let old_a = two.sub(&old, true).await;
        assert_eq!(two.propose(20).await, "ok");
        assert_eq!(two.decide(1, "approve").await, "ok");
        two.publish().await;
        assert_eq!(two.decide(1, "withdraw").await, "ok");
        assert_eq!(two.decide(1, "withdraw").await, "conflict");
        two.later(21).await;
        let said = two.merger().await;
        assert_eq!((&said["state"], &said["told"]), (&json!("withdrawn"), &json!(2)), "told of it, and that it is off");
        assert_eq!(two.sub(&old, true).await, old_a);
        assert!(!two.apps_page().await.contains(NAME_B));
        let new_a = two.sub(&new, true).await;
        assert_ne!(two.sub(&new, false).await, new_a, "still two organisations");
        assert_eq!(two.propose(20).await, "ok", "it may be proposed anew");
    }
}

/// What is approved can be done: no ring, no successor that is gone by the day, and nobody ends an organisation of which people
/// were told that it goes on.
#[tokio::test(flavor = "multi_thread")]
async fn r20_no_ring_of_mergers_and_nobody_ends_one_that_people_were_told_of() {
    for database in Database::all() {
        let two = Two::new(&database).await;
        let body = json!({ "kind": "department", "name": "第三家", "credit_code": CODE_C, "region": "370000", "source": "test" });
        let org_c = two.office(0, Method::POST, "", Some(body)).await.1["id"].as_str().unwrap().to_owned();
        let (a, b, c) = (two.org_a.as_str(), two.org_b.as_str(), org_c.as_str());
        let propose = |from: &str, to: &str, days: i64| {
            let at = two.world.town.now() + days * DAY + 600;
            let body = json!({ "successor": to, "contact": CONTACT, "reference": "x", "effect_at": at });
            let (path, two) = (format!("/{from}/merge"), &two);
            async move { two.office(0, Method::POST, &path, Some(body)).await.0 }
        };
        let of = |from: &str| {
            let (from, two) = (from.to_owned(), &two);
            async move {
                let all = two.office(0, Method::GET, "/mergers", None).await.1;
                let one = all["mergers"].as_array().unwrap().iter().find(|one| one["merged"] == from.as_str()).unwrap();
                (one["id"].as_str().unwrap().to_owned(), one["state"].clone())
            }
        };
        let decide = |from: &str, verb: &'static str| {
            let (of, two) = (of(from), &two);
            async move {
                let path = format!("/mergers/{}/{verb}", of.await.0);
                two.office(1, Method::POST, &path, Some(json!({ "reason": "test" }))).await.0
            }
        };
        let end = |id: &str| {
            let (path, two) = (format!("/{id}/end"), &two);
            async move { two.office(0, Method::POST, &path, Some(json!({ "reason": "test" }))).await.0 }
        };
        // All three are proposed before any is approved; the one that would close the ring is not.
        assert_eq!(propose(a, b, 20).await, "ok");
        assert_eq!(propose(b, c, 25).await, "ok");
        assert_eq!(propose(c, a, 16).await, "ok");
        assert_eq!(decide(a, "approve").await, "ok");
        assert_eq!(decide(b, "approve").await, "ok");
        assert_eq!(decide(c, "approve").await, "conflict", "a ring");
        assert_eq!(decide(c, "refuse").await, "ok");
        assert_eq!(propose(c, a, 16).await, "conflict", "nor is it proposed");
        // Neither side of what people were told of ends, until it is called off.
        assert_eq!(end(&two.under).await, "ok");
        assert_eq!([end(a).await, end(b).await, end(c).await], ["conflict"; 3]);
        // A successor that is gone by the day is none.
        assert_eq!(decide(b, "withdraw").await, "ok");
        assert_eq!(propose(b, c, 18).await, "conflict", "before what goes on in it");
        assert_eq!(propose(c, a, 22).await, "conflict", "after that has gone on in another");
        assert_eq!(end(c).await, "ok");
        // What was approved takes effect on its day.
        two.later(21).await;
        assert_eq!(of(a).await.1, json!("in_force"));
        assert_eq!(end(b).await, "ok", "and then it is an organisation as any");
    }
}

/// Posts and personnel systems of the merged organisation end with it, those under it go on.
#[tokio::test(flavor = "multi_thread")]
async fn r20_posts_and_personnel_systems_of_the_merged_organisation_end() {
    for database in Database::all() {
        let two = Two::new(&database).await;
        assert_eq!(two.propose(16).await, "ok");
        assert_eq!(two.decide(1, "approve").await, "ok");
        two.world.town.clock.advance(15 * DAY);
        for (at, role) in [(&two.org_a, "head"), (&two.under, "counter")] {
            let body = json!({ "resident": two.world.account, "role": role });
            assert_eq!(two.office(0, Method::POST, &format!("/{at}/posts"), Some(body)).await.0, "ok");
        }
        let feed =
            two.office(0, Method::POST, &format!("/{}/feeds", two.org_a), Some(json!({ "label": "hr" }))).await.1;
        two.later(2).await;
        let posts = |at: String| {
            let two = &two;
            async move {
                let all = two.office(0, Method::GET, &format!("/{at}/posts"), None).await.1;
                let one = &all["items"][0];
                (one["state"].clone(), one["reason"].clone())
            }
        };
        assert_eq!(posts(two.org_a.clone()).await, (json!("ended"), json!("merged")));
        assert_eq!(posts(two.under.clone()).await.0, json!("pending"));
        let token = feed["token"].as_str().unwrap();
        assert!(two.world.town.province.feed(token).await.unwrap().is_none());
    }
}

/// Somebody agrees while the merger takes effect: whichever came first, who they are to the app never changes afterwards.
#[tokio::test(flavor = "multi_thread")]
async fn r20_whoever_agrees_while_a_merger_takes_effect_is_one_person_ever_after() {
    for database in Database::all() {
        let two = Two::new(&database).await;
        let mut people = Vec::new();
        for nth in 0..12 {
            people.push(resident_of(&two.world, "19800505", &format!("{}", 501 + 2 * nth)).await.0);
        }
        assert_eq!(two.propose(16).await, "ok");
        assert_eq!(two.decide(1, "approve").await, "ok");
        two.world.town.clock.advance(16 * DAY - 3_600);
        two.publish().await;
        two.world.town.clock.advance(2 * 3_600);
        let two = Arc::new(two);
        // It takes effect in the midst of them: when one is through, and half of them begin with it.
        let through = Arc::new(tokio::sync::Semaphore::new(0));
        let begins = Arc::new(tokio::sync::Semaphore::new(0));
        let agree: Vec<_> = people
            .iter()
            .enumerate()
            .map(|(nth, account)| {
                let begins = Arc::clone(&begins);
                let (two, account, through) = (Arc::clone(&two), account.clone(), Arc::clone(&through));
                tokio::spawn(async move {
                    if nth % 2 == 1 {
                        begins.acquire().await.unwrap().forget();
                    }
                    let cookie = two.world.town.sign_in(&account, Acr::Passkey).await;
                    let first = sub_as(&two, &cookie).await;
                    through.add_permits(1);
                    (cookie, first)
                })
            })
            .collect();
        let merge = tokio::spawn({
            let two = Arc::clone(&two);
            async move {
                through.acquire().await.unwrap().forget();
                begins.add_permits(6);
                two.publish().await;
            }
        });
        merge.await.unwrap();
        let (mut before, mut after) = (0, 0);
        for one in agree {
            let (cookie, first) = one.await.unwrap();
            assert_eq!(sub_as(&two, &cookie).await, first, "the same ever after");
            let at_b = sub_at(&two, &two.b, &cookie).await;
            if at_b == first { after += 1 } else { before += 1 }
        }
        assert_eq!(two.merger().await["state"], "in_force");
        println!("{database:?}: {before} agreed before, {after} after");
        assert_eq!(before + after, 12);
    }
}

async fn sub_as(two: &Two, cookie: &str) -> String {
    sub_at(two, &two.a, cookie).await
}

/// Signs in at an app, and again where the app changed meanwhile.
async fn sub_at(two: &Two, app: &RegisteredApp, cookie: &str) -> String {
    let mut last = String::new();
    for _ in 0..20 {
        let world = &two.world;
        let cookies = [("cookie", cookie.to_owned()), ("sec-fetch-site", "same-origin".to_owned())];
        let page = world.get(&format!("/oauth2/authorize?{}", world.request(app).encoded()), &cookies).await;
        let done = if page.text.contains("name=\"shown\"") {
            let mut form = Params::default();
            for name in ["request", "shown", "lang", "mark"] {
                form = form.with(name, &hidden(&page.text, name));
            }
            for claim in ["c_name", "c_region", "c_age_band"] {
                form = form.with(claim, "give");
            }
            world.post("/oauth2/consent", &form.with("answer", "allow"), &cookies).await
        } else {
            page
        };
        // The app changed meanwhile: once more.
        if done.status >= 400 || !done.headers.contains_key("location") && !done.text.contains("0;url=") {
            last = format!("{} {}", done.status, done.text);
            continue;
        }
        let to = done.leads_to();
        let Some(code) = query(&to).get("code").map(str::to_owned) else {
            last = to;
            continue;
        };
        let token = world.token(app, &world.redemption(&code)).await;
        if token.status == 200 {
            return inside(&token.json()["id_token"])["sub"].as_str().unwrap().to_owned();
        }
        last = token.text;
    }
    panic!("no sign-in of twenty came through: {last}")
}

//! Phones in a recovery (R3): one that the ceremony did not keep by name draws and shows nothing from then on, online at once and at
//! a gate with the next bundle; it stops the recovery all the same, and goes on with new codes then. Told on both databases.

use crate::browsers::{Browser, Shown};
use crate::recovery::{approved, joined, new_passkey, showing, sign_in, signed_in};
use crate::soft_passkey::SoftPasskey;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use serde_json::{Value, json};
use yima_code::Challenge;
use yima_code::bundle::Bundle;
use yima_code::check::{CheckerClock, Context, ListTimes, Place, check_digits};
use yima_code::gate_state::GateFloor;
use yima_code::seen::SeenInMemory;
use yima_kernel::subject::Actor;
use yima_keys::Suite;
use yima_province::{NewPlace, Text};
use yima_testkit::{Answer, Database, Lot, Phone, Town};

const RECOVER: &str = "/account/recover/passkey";

/// A place with a gate; what it asks holders is unsigned, as a small desk's is.
struct Desk {
    key: String,
    site: u32,
    scenario: u16,
    asked: u8,
}

impl Desk {
    async fn of(town: &Town, slug: &str) -> Self {
        let name = Text::new("借还台", "Desk");
        let new = NewPlace { name, scenario: slug.to_owned(), region: "370102".to_owned() };
        let place = town.province.add_place(&Actor::System, new).await.unwrap();
        town.province.publish_bundle(&Actor::System).await.unwrap();
        let key = town.province.add_gate(&Actor::System, slug, place.site).await.unwrap().key;
        Self { key, site: place.site, scenario: place.scenario_id, asked: 0 }
    }

    /// What the server says of a code: the reason, or the verdict without one.
    async fn online(&self, town: &Town, check: Value) -> String {
        let answer = town.door.gate(&self.key, "/api/v1/codes/check", check).await.ok();
        answer["reason"].as_str().unwrap_or_else(|| answer["verdict"].as_str().unwrap()).to_owned()
    }

    async fn shown(&self, town: &Town, phone: &mut Phone) -> String {
        let digits = phone.show(town.now(), self.scenario, self.site);
        self.online(town, json!({ "digits": digits })).await
    }

    fn challenge(&mut self, town: &Town) -> Challenge {
        self.asked += 1;
        Challenge::unsigned(self.scenario, self.site, u32::try_from(town.now()).unwrap(), [self.asked; 8])
    }

    /// Online, by an answer with a code of a mandate.
    async fn answered(&mut self, town: &Town, phone: &mut Phone, mandate: &str) -> String {
        let challenge = self.challenge(town);
        phone.turn_to(mandate);
        let digits = phone.answer(town.now(), &challenge);
        phone.turn_to(mandate);
        let asked = URL_SAFE_NO_PAD.encode(challenge.to_bytes());
        self.online(town, json!({ "challenge": asked, "digits": digits })).await
    }

    /// What a gate without a network says of a T1, by the newest bundle.
    async fn offline(&self, town: &Town, digits: &str) -> String {
        let file = town.door.get("/api/v1/bundle").await.bytes;
        let now = u32::try_from(town.now()).unwrap();
        let floor = GateFloor::pinned(town.province.root_fingerprint());
        let (bundle, _) = Bundle::open(&file, &floor, now).unwrap().keep(|_| Ok::<_, ()>(())).unwrap();
        let context = Context {
            place: Place { scenario: self.scenario, site: self.site },
            rule: bundle.rule(self.scenario).unwrap(),
            clock: CheckerClock::Trusted(now),
            issuers: &bundle,
            withdrawn: &bundle,
            lists: ListTimes { bundle_at: Some(bundle.head().time), urgent_at: Some(bundle.urgent().as_of) },
            challenge: None,
            guardian_at: None,
        };
        let verdict = check_digits(digits, &context, &mut SeenInMemory::with_capacity(8));
        verdict.reason.map_or(verdict.kind.as_str(), |reason| reason.as_str()).to_owned()
    }
}

async fn enrolled(town: &Town, account: &str, number: u64) -> Phone {
    let mut phone = Phone::new(Suite::Es256, number);
    let code = crate::passkeys::code(town, account).await;
    assert_eq!(phone.enrol(&town.door, town.now(), json!({ "code": code })).await.word(), "ok");
    phone
}

/// Enrols a phone of the first resident with name, ID number and what a message said.
async fn by_message(town: &Town, number: u64) -> Answer {
    let holder = &town.residents[0];
    let wish = json!({ "id_number": holder.id_number, "name": holder.name });
    let asked = town.door.send(Method::POST, "/api/v1/enrolments/otp", Some(wish), &[]).await.ok();
    let text = town.province.inbox().remove(0).text;
    let otp: String = text.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    let proof = json!({ "challenge_id": asked["challenge_id"], "otp": otp });
    Phone::new(Suite::Es256, number).enrol(&town.door, town.now(), proof).await
}

async fn drawn(town: &Town, phone: &mut Phone) {
    let answer = phone.draw(&town.door, town.now(), 8, 3).await;
    assert_eq!(answer.word(), "ok", "{}", answer.body);
}

async fn ask(town: &Town, phone: &mut Phone, method: Method, path: &str) -> Answer {
    phone.send(&town.door, town.now(), method, path, None).await
}

/// Makes the new passkey in a browser that may, and keeps these by name.
pub async fn comes_back(browser: &mut Browser, keep: &[&str], number: u8) -> (SoftPasskey, Shown) {
    let asked = browser.ask("/account/recover", "recover", json!({})).await;
    let (key, answer) = SoftPasskey::make(&asked["options"], &browser.origin(), number, true);
    let mut fields = vec![("ask", asked["ask"].as_str().unwrap()), ("answer", answer.as_str()), ("name", "新手机")];
    fields.extend(keep.iter().map(|id| ("keep", *id)));
    let shown = browser.form("/account/recover", RECOVER, &fields).await;
    (key, shown)
}

async fn published(town: &Town) {
    town.province.publish_bundle(&Actor::System).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn r3_a_phone_that_is_not_kept_shows_nothing_from_then_on_and_ends_with_the_hold() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let cookies = [signed_in(&town, 0).await, signed_in(&town, 1).await];
        let find = Some(json!({ "q": town.residents[0].id_number }));
        let found = town.door.operator(&cookies[0], Method::POST, "/api/v1/residents/find", find).await.ok();
        let account = found["items"][0]["id"].as_str().unwrap().to_owned();
        let desk = Desk::of(&town, "library").await;
        let (mut lost, mut kept) = (enrolled(&town, &account, 1).await, enrolled(&town, &account, 2).await);
        drawn(&town, &mut lost).await;
        drawn(&town, &mut kept).await;
        let wish = json!({ "scenario": "library" });
        let number = lost.send(&town.door, town.now(), Method::POST, "/api/v1/short-numbers", Some(wish)).await.ok();
        assert_eq!(desk.shown(&town, &mut lost).await, "valid");

        // The ceremony lists both, and when they drew last; the person ticks the one in the hand.
        let (mut browser, id) = approved(&town, &cookies, &account).await;
        let page = browser.get("/account/recover").await.body;
        assert!(
            page.contains(&lost.id) && page.contains(&kept.id) && page.contains("最近备码 2026-11-23 10:00"),
            "{page}"
        );
        let (_, done) = comes_back(&mut browser, &[&kept.id], 2).await;
        assert_eq!((done.status, done.to.as_str()), (303, "/account"), "{}", done.body);

        // Online at once: its T1, T0 and short number; its draws, and whatever else it asks for. The kept one goes on.
        assert_eq!(desk.shown(&town, &mut lost).await, "withdrawn", "{database:?}");
        let grid = lost.show_online(town.now(), desk.scenario, desk.site);
        assert_eq!(desk.online(&town, json!({ "digits": grid })).await, "withdrawn");
        assert_eq!(desk.online(&town, json!({ "digits": number["number"] })).await, "withdrawn");
        assert_eq!(lost.draw(&town.door, town.now(), 1, 1).await.word(), "phone_suspended");
        for path in ["/api/v1/device", "/api/v1/record", "/api/v1/confirmations", "/api/v1/mandates", "/api/v1/posts"] {
            assert_eq!(ask(&town, &mut lost, Method::GET, path).await.word(), "phone_suspended", "{path}");
        }
        for path in ["/api/v1/rights/delete", "/api/v1/account/link"] {
            assert_eq!(ask(&town, &mut lost, Method::POST, path).await.word(), "phone_suspended", "{path}");
        }
        let screen = json!({ "challenge": Challenge::unsigned(1, 0, 1, [1; 8]).to_digits() });
        let read = lost.send(&town.door, town.now(), Method::POST, "/api/v1/screens/read", Some(screen)).await;
        assert_eq!(read.word(), "phone_suspended");
        let seen = ask(&town, &mut lost, Method::GET, "/api/v1/recoveries").await.ok();
        assert_eq!((&seen[0]["id"], &seen[0]["state"]), (&json!(id), &json!("held")), "it is told");
        assert_eq!(desk.shown(&town, &mut kept).await, "valid");
        drawn(&town, &mut kept).await;

        // What was refused stands in the record, and the kept phone sees how the lost one stands.
        let record = ask(&town, &mut kept, Method::GET, "/api/v1/record").await.ok();
        let refused = |one: &&Value| one["deed"] == "draw" && one["outcome"] == "refused";
        assert_eq!(record["entries"].as_array().unwrap().iter().filter(refused).count(), 1, "{record}");
        let home = ask(&town, &mut kept, Method::GET, "/api/v1/device").await.ok();
        let stands = |home: &Value, id: &str| {
            let one = home["devices"].as_array().unwrap().iter().find(|one| one["id"] == id).cloned();
            one.unwrap()["state"].as_str().unwrap().to_owned()
        };
        assert_eq!((stands(&home, &lost.id), stands(&home, &kept.id)), ("suspended".into(), "active".into()));

        // A gate without a network: the next bundle refuses the lost phone, and admits the kept and a new one.
        let mut new = enrolled(&town, &account, 3).await;
        drawn(&town, &mut new).await;
        published(&town).await;
        for (phone, expected) in [(&mut lost, "withdrawn"), (&mut kept, "valid"), (&mut new, "valid")] {
            let digits = phone.show(town.now(), desk.scenario, desk.site);
            assert_eq!(desk.offline(&town, &digits).await, expected, "{database:?}");
        }

        // A message may reach the lost phone: it adds none until the hold is over. Then that one ends for good.
        assert_eq!(by_message(&town, 4).await.word(), "in_hold");
        town.clock.advance(72 * 3600);
        published(&town).await;
        assert_eq!(ask(&town, &mut lost, Method::GET, "/api/v1/recoveries").await.word(), "not_signed");
        let home = ask(&town, &mut kept, Method::GET, "/api/v1/device").await.ok();
        assert_eq!((stands(&home, &lost.id), stands(&home, &new.id)), ("ended".into(), "active".into()));
        let told = |kind: &str| home["notices"].as_array().unwrap().iter().filter(|one| one["kind"] == kind).count();
        assert_eq!(told("device_ended"), 1, "{home}");
        assert_eq!(by_message(&town, 5).await.word(), "ok");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r3_a_stopped_recovery_leaves_the_phones_as_before_and_they_draw_anew() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let account = town.accounts().await.remove(0);
        let cookies = [signed_in(&town, 0).await, signed_in(&town, 1).await];
        let desk = Desk::of(&town, "library").await;
        let mut own = enrolled(&town, &account, 11).await;
        drawn(&town, &mut own).await;
        let slot = ask(&town, &mut own, Method::GET, "/api/v1/device").await.ok()["devices"][0]["slot"].clone();
        let (_, old) = joined(&town, &account, 11).await;
        let (mut browser, id) = approved(&town, &cookies, &account).await;
        let (thief, done) = comes_back(&mut browser, &[], 12).await;
        assert_eq!(done.to, "/account", "{}", done.body);
        let mut thiefs = enrolled(&town, &account, 12).await;
        drawn(&town, &mut thiefs).await;
        assert_eq!(desk.shown(&town, &mut thiefs).await, "valid");

        // The phone that was paused says no: whoever came with the recovery is out, with the phone that was added.
        let stop = format!("/api/v1/recoveries/{id}/stop");
        assert_eq!(ask(&town, &mut own, Method::POST, &stop).await.word(), "ok");
        assert_eq!((sign_in(&town, &thief).await.0, sign_in(&town, &old).await.0), (403, 303));
        assert_eq!(ask(&town, &mut thiefs, Method::GET, "/api/v1/device").await.word(), "not_signed");
        assert_eq!(desk.shown(&town, &mut thiefs).await, "device_ended");

        // What it drew before is over for good, online too; what it draws now, in another slot, counts.
        let before = own.show(town.now(), desk.scenario, desk.site);
        assert_eq!(desk.online(&town, json!({ "digits": before })).await, "withdrawn");
        let before = own.show(town.now(), desk.scenario, desk.site);
        let home = ask(&town, &mut own, Method::GET, "/api/v1/device").await.ok();
        let this = home["devices"].as_array().unwrap().iter().find(|one| one["this"] == true).unwrap();
        assert_eq!(this["state"], "active");
        assert_ne!(this["slot"], slot, "what was drawn in the old slot is withdrawn");
        let mut again = resumed(&own, 11);
        let full = again.draw(&town.door, town.now(), 32, 16).await;
        assert_eq!(full.word(), "ok", "a whole day's batch: {}", full.body);
        assert_eq!(desk.shown(&town, &mut again).await, "valid", "{database:?}");
        published(&town).await;
        let after = again.show(town.now(), desk.scenario, desk.site);
        assert_eq!(desk.offline(&town, &before).await, "withdrawn");
        assert_eq!(desk.offline(&town, &after).await, "valid");
        let thief = thiefs.show(town.now(), desk.scenario, desk.site);
        assert_eq!(desk.offline(&town, &thief).await, "withdrawn");

        // Its old slot rests: a new phone takes a third one.
        let mut third = enrolled(&town, &account, 13).await;
        drawn(&town, &mut third).await;
        assert_eq!(desk.shown(&town, &mut third).await, "valid");
    }
}

/// The same phone with nothing drawn: its key comes of its number.
fn resumed(phone: &Phone, number: u64) -> Phone {
    let mut same = Phone::new(Suite::Es256, number);
    same.id.clone_from(&phone.id);
    // Other keys and another request than those of its first batch.
    for _ in 0..9 {
        same.wish(1, (1, 0), &json!({ "flavour": "plain" }));
    }
    same
}

#[tokio::test(flavor = "multi_thread")]
async fn r3_codes_for_a_child_go_with_the_phone_that_shows_them_and_not_with_the_childs() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let cookies = [signed_in(&town, 0).await, signed_in(&town, 1).await];
        let parent = town.accounts().await.remove(0);
        let child = crate::ways_back::child(&town, &cookies[0]).await;
        crate::ways_back::guardian(&town, &cookies[0], &child, &parent).await;
        let mut desk = Desk::of(&town, "window").await;
        let mut hers = enrolled(&town, &parent, 21).await;
        let mut childs = enrolled(&town, &child, 22).await;
        drawn(&town, &mut childs).await;
        let listed = ask(&town, &mut hers, Method::GET, "/api/v1/mandates").await.ok();
        let mandate = format!("edg_{}", &listed.to_string().split("edg_").nth(1).unwrap()[..26]);
        assert_eq!(hers.draw_acting(&town.door, town.now(), &mandate, 6, 0).await.word(), "ok");
        assert_eq!(desk.answered(&town, &mut hers, &mandate).await, "valid");

        // The child lost a phone: that one waits, and the parent's goes on showing the child's code.
        let (mut mother, _) = joined(&town, &parent, 21).await;
        let (mut browser, letters) = showing(&town).await;
        let fields = [("number", letters.as_str()), ("ward", child.as_str())];
        assert_eq!(mother.form("/account/let-in", "/account/let-in/ward", &fields).await.status, 200);
        let page = browser.get("/account/recover").await.body;
        assert!(page.contains(&childs.id) && !page.contains(&hers.id), "nobody else's phone is listed: {page}");
        let (_, done) = new_passkey(&mut browser, "/account/recover", "recover", RECOVER, 22).await;
        assert_eq!(done.to, "/account", "{}", done.body);
        assert_eq!(childs.draw(&town.door, town.now(), 1, 0).await.word(), "phone_suspended");
        assert_eq!(desk.answered(&town, &mut hers, &mandate).await, "valid", "{database:?}");

        // The parent lost a phone: what it drew for the child is over with it, and her new phone draws for the child.
        let (mut browser, id) = approved(&town, &cookies, &parent).await;
        let (_, done) = comes_back(&mut browser, &[], 23).await;
        assert_eq!(done.to, "/account", "{}", done.body);
        assert_eq!(desk.answered(&town, &mut hers, &mandate).await, "withdrawn");
        assert_eq!(hers.draw_acting(&town.door, town.now(), &mandate, 1, 0).await.word(), "phone_suspended");
        let mut new = enrolled(&town, &parent, 23).await;
        assert_eq!(new.draw_acting(&town.door, town.now(), &mandate, 4, 0).await.word(), "ok");
        assert_eq!(desk.answered(&town, &mut new, &mandate).await, "valid");

        // Stopped, the phone that was added ends, and the old one takes the mandate's slot again.
        let stop = format!("/api/v1/recoveries/{id}/stop");
        assert_eq!(ask(&town, &mut hers, Method::POST, &stop).await.word(), "ok");
        assert_eq!(desk.answered(&town, &mut new, &mandate).await, "device_ended");
        assert_eq!(hers.draw_acting(&town.door, town.now(), &mandate, 4, 0).await.word(), "ok");
        assert_eq!(desk.answered(&town, &mut hers, &mandate).await, "valid");
    }
}

/// R52: fifteen draws of a phone meet the recovery that does not keep it. Whichever came first, nothing that it drew counts.
#[tokio::test(flavor = "multi_thread")]
async fn r52_no_batch_of_a_phone_that_was_not_kept_counts_after_the_recovery() {
    let mut lot = Lot::of("r52_no_batch_of_a_phone_that_was_not_kept_counts_after_the_recovery");
    for database in Database::all() {
        let town = Town::open(&database).await;
        let cookies = [signed_in(&town, 0).await, signed_in(&town, 1).await];
        let desk = Desk::of(&town, "library").await;
        let (mut before, mut after, mut shown) = (0, 0, Vec::new());
        for (n, account) in (0u8..).zip(town.accounts().await) {
            let number = 100 + u64::from(n);
            let lost = enrolled(&town, &account, number).await;
            let (mut browser, _) = approved(&town, &cookies, &account).await;
            let asked = browser.ask("/account/recover", "recover", json!({})).await;
            let (_, answer) = SoftPasskey::make(&asked["options"], &browser.origin(), 60 + n, true);
            let mark = browser.mark("/account/recover").await;
            let fields = [("ask", asked["ask"].as_str().unwrap()), ("answer", answer.as_str()), ("name", "新")];
            let recovery = browser.form_request(&mark, RECOVER, &fields);
            let mut draws = Vec::new();
            for turn in 0..15 {
                let mut same = Phone::new(Suite::Es256, number);
                same.id.clone_from(&lost.id);
                // Each with keys and a request of its own.
                for _ in 0..=turn {
                    same.wish(town.now(), (2, 1), &json!({ "flavour": "plain" }));
                }
                let (door, now, start) = (town.door.clone(), town.now(), lot.start(60));
                draws.push(tokio::spawn(async move {
                    tokio::time::sleep(start).await;
                    let word = same.ask(&door, now).await.word();
                    (word, same)
                }));
            }
            tokio::time::sleep(lot.start(60)).await;
            assert_eq!(browser.send(recovery).await.status, 303);
            for draw in draws {
                let (word, phone) = draw.await.unwrap();
                match word.as_str() {
                    "ok" => {
                        before += 1;
                        shown.push(phone);
                    }
                    "phone_suspended" => after += 1,
                    other => panic!("{other}"),
                }
            }
        }
        println!("{database:?}: {before} draws came before a recovery, {after} after");
        for phone in &mut shown {
            assert_eq!(desk.shown(&town, phone).await, "withdrawn", "{database:?}");
            let grid = phone.show_online(town.now(), desk.scenario, desk.site);
            assert_eq!(desk.online(&town, json!({ "digits": grid })).await, "withdrawn");
        }
        published(&town).await;
        for phone in &mut shown {
            let digits = phone.show(town.now(), desk.scenario, desk.site);
            assert_eq!(desk.offline(&town, &digits).await, "withdrawn", "{database:?}");
        }
    }
}

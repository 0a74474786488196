//! Whoever can write into the database opens nothing by it (rule R44, decision 0044): devices, consents, searches of the audit
//! and orders that the program did not write are could-not for everybody, and an alarm. It does not know how a seal is made.

use crate::recovery::{approved, signed_in};
use reqwest::Method;
use rusqlite::{Connection, params};
use serde_json::{Value, json};
use yima_code::day::Day;
use yima_kernel::id::{AccountId, ConsentId, DeviceId};
use yima_kernel::subject::Actor;
use yima_keys::Suite;
use yima_province::{Disclosure, Draw, NewPlace, Text};
use yima_testkit::{Answer, Database, Phone, Town};

const SEARCHES: &str = "/api/v1/manage/audit-searches";
const COULD_NOT: &str = "server_error";

/// The hand that writes into the database beside the program.
fn hand(town: &Town) -> Connection {
    let database = Connection::open(town.folder().join("yima.db")).unwrap();
    database.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
    database
}

fn written(database: &Connection, sql: &str, values: impl rusqlite::Params) {
    assert_eq!(database.execute(sql, values).unwrap(), 1, "{sql}");
}

/// Whether the log holds the alarm about this row.
fn alarm(table: &str, id: &str) -> bool {
    let log = String::from_utf8_lossy(&yima_testkit::logged()).into_owned();
    log.lines().any(|line| line.contains("row_seal") && line.contains(table) && line.contains(id))
}

/// A desk with a gate: key, site, number of the scenario.
struct Desk {
    key: String,
    site: u32,
    scenario: u16,
}

impl Desk {
    async fn of(town: &Town, slug: &str) -> Self {
        let name = Text::new("服务台", "Desk");
        let new = NewPlace { name, scenario: slug.to_owned(), region: "370102".to_owned() };
        let place = town.province.add_place(&Actor::System, new).await.unwrap();
        town.province.publish_bundle(&Actor::System).await.unwrap();
        let key = town.province.add_gate(&Actor::System, slug, place.site).await.unwrap().key;
        Self { key, site: place.site, scenario: place.scenario_id }
    }

    async fn asks(&self, town: &Town, path: &str, body: Value) -> Answer {
        town.door.gate(&self.key, path, body).await
    }

    /// What the server says of the next code of a phone: the verdict, or why there is none.
    async fn shown(&self, town: &Town, phone: &mut Phone) -> String {
        let digits = phone.show(town.now(), self.scenario, self.site);
        let answer = self.asks(town, "/api/v1/codes/check", json!({ "digits": digits })).await;
        if answer.status.is_success() { answer.body["verdict"].as_str().unwrap().to_owned() } else { answer.word() }
    }

    /// Shows an online code, which its holder confirms; the receipt.
    async fn confirmed(&self, town: &Town, phone: &mut Phone) -> String {
        let digits = phone.show_online(town.now(), self.scenario, self.site);
        let check = json!({ "digits": digits });
        let asked = self.asks(town, "/api/v1/codes/check", check.clone()).await.ok();
        let path = format!("/api/v1/confirmations/{}/confirm", asked["confirmation"]["id"].as_str().unwrap());
        assert_eq!(ask(town, phone, Method::POST, &path, Some(json!({}))).await.word(), "ok");
        let checked = self.asks(town, "/api/v1/codes/check", check).await.ok();
        assert_eq!(checked["verdict"], "valid", "{checked}");
        checked["receipt"].as_str().unwrap().to_owned()
    }

    async fn resolve(&self, town: &Town, receipt: &str) -> Answer {
        self.asks(town, "/api/v1/codes/resolve", json!({ "receipt": receipt, "attributes": ["name"] })).await
    }
}

async fn enrolled(town: &Town, account: &str, number: u64) -> Phone {
    let mut phone = Phone::new(Suite::Es256, number);
    let code = crate::passkeys::code(town, account).await;
    assert_eq!(phone.enrol(&town.door, town.now(), json!({ "code": code })).await.word(), "ok");
    assert_eq!(phone.draw(&town.door, town.now(), 6, 4).await.word(), "ok");
    phone
}

async fn ask(town: &Town, phone: &mut Phone, method: Method, path: &str, body: Option<Value>) -> Answer {
    phone.send(&town.door, town.now(), method, path, body).await
}

async fn home(town: &Town, phone: &mut Phone) -> String {
    ask(town, phone, Method::GET, "/api/v1/device", None).await.word()
}

/// A draw past the door at which requests are looked at: the draw looks at its device by itself.
async fn drawn_inside(town: &Town, account: &str, phone: &Phone, slot: u8) -> Result<(), String> {
    let device = DeviceId::parse(&phone.id).unwrap();
    let actor = Actor::Device { account: AccountId::parse(account).unwrap(), device, slot };
    let day = Day::shown_at(u32::try_from(town.now()).unwrap()).0;
    let wish = Draw { request_id: [9; 16], day, t1: vec![(Disclosure::Plain, [2; 33])], t0: 0 };
    town.province.draw_tokens(&actor, wish).await.map(drop).map_err(|error| format!("{error:?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn r44_a_device_written_by_hand_signs_for_nobody() {
    let town = Town::open(&Database::Sqlite).await;
    let accounts = town.accounts().await;
    let (victim, own) = (accounts[0].as_str(), accounts[1].as_str());
    let desk = Desk::of(&town, "library").await;
    let mut thief = enrolled(&town, own, 2).await;
    let database = hand(&town);

    // The thief's own device becomes the victim's, and goes back.
    for (sql, back) in [
        ("UPDATE device SET account = ?1 WHERE id = ?2", "UPDATE device SET account = ?1 WHERE id = ?2"),
        (
            "UPDATE device SET slot = 7 WHERE ?1 <> ?2 AND id = ?2",
            "UPDATE device SET slot = 0 WHERE ?1 <> ?2 AND id = ?2",
        ),
        (
            "UPDATE device SET attested = 1 WHERE ?1 <> ?2 AND id = ?2",
            "UPDATE device SET attested = 0 WHERE ?1 <> ?2 AND id = ?2",
        ),
    ] {
        written(&database, sql, [victim, &thief.id]);
        assert_eq!(home(&town, &mut thief).await, COULD_NOT, "{sql}");
        let (account, slot) =
            if sql.contains("account") { (victim, 0) } else { (own, u8::from(sql.contains("slot")) * 7) };
        let drawn = drawn_inside(&town, account, &thief, slot).await;
        assert!(drawn.as_ref().is_err_and(|error| error.contains("Internal")), "{sql}: {drawn:?}");
        written(&database, back, [own, &thief.id]);
        assert_eq!(home(&town, &mut thief).await, "ok", "{back}");
    }
    assert!(alarm("device", &thief.id));

    // A copy of it under the victim's name, as whole as can be; and one without any seal.
    let mut copy = Phone::new(Suite::Es256, 2);
    for (n, seal) in [(1_u8, "seal"), (2, "NULL"), (3, "x''")] {
        copy.id = DeviceId::new(n.into(), [7; 10]).to_string();
        let sql = format!(
            "INSERT INTO device (id, account, slot, suite, public_key, label, state, attested, enrolled_at, by_code, version,
               seal) SELECT ?1, ?2, ?3, suite, public_key, label, state, attested, enrolled_at, 1, version, {seal}
             FROM device WHERE id = ?4"
        );
        written(&database, &sql, params![copy.id, victim, 20 + n, thief.id]);
        assert_eq!(home(&town, &mut copy).await, COULD_NOT, "{seal}");
        let link = ask(&town, &mut copy, Method::POST, "/api/v1/account/link", None).await;
        assert_eq!(link.word(), COULD_NOT, "{seal}");
        assert!(alarm("device", &copy.id), "{seal}");
    }
    assert_eq!(desk.shown(&town, &mut thief).await, "valid", "its own stays what it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn r44_a_device_that_ended_or_waits_is_not_brought_back_by_hand() {
    let town = Town::open(&Database::Sqlite).await;
    let account = town.accounts().await.remove(0);
    let desk = Desk::of(&town, "library").await;
    let (mut lost, mut kept) = (enrolled(&town, &account, 1).await, enrolled(&town, &account, 2).await);
    assert_eq!(desk.shown(&town, &mut lost).await, "valid");
    let wish = json!({ "scenario": "library" });
    let number = ask(&town, &mut lost, Method::POST, "/api/v1/short-numbers", Some(wish)).await.ok();
    let end = format!("/api/v1/devices/{}/end", lost.id);
    assert_eq!(ask(&town, &mut kept, Method::POST, &end, Some(json!({ "reason": "lost" }))).await.word(), "ok");
    assert_eq!(home(&town, &mut lost).await, "not_signed");

    // The thief revives it, and takes back what was withdrawn with it.
    let database = hand(&town);
    written(&database, "UPDATE device SET state = 'live', ended_at = NULL, reason = NULL WHERE id = ?1", [&lost.id]);
    database.execute("DELETE FROM withdrawal WHERE account = ?1", [&account]).unwrap();
    assert_eq!(home(&town, &mut lost).await, COULD_NOT);
    assert_eq!(desk.shown(&town, &mut lost).await, COULD_NOT, "its code");
    let short = desk.asks(&town, "/api/v1/codes/check", json!({ "digits": number["number"] })).await;
    assert_eq!(short.word(), COULD_NOT, "its short number");
    assert!(alarm("device", &lost.id));
    assert_eq!(desk.shown(&town, &mut kept).await, "valid");

    // A recovery can't choose it, and nobody ends it as if it had been one of theirs.
    let end = ask(&town, &mut kept, Method::POST, &end, Some(json!({ "reason": "lost" }))).await;
    assert_eq!(end.word(), COULD_NOT);
    let cookies = [signed_in(&town, 0).await, signed_in(&town, 1).await];
    let (mut browser, _) = approved(&town, &cookies, &account).await;
    assert_eq!(browser.get("/account/recover").await.status, 500);

    // The same with one that waits: whoever lets it go on by hand gets nothing.
    written(&database, "UPDATE device SET state = 'ended', ended_at = 1, reason = 'lost' WHERE id = ?1", [&lost.id]);
    let (_, done) = crate::lost_phones::comes_back(&mut browser, &[], 3).await;
    assert_eq!((done.status, done.to.as_str()), (303, "/account"), "{}", done.body);
    assert_eq!(home(&town, &mut kept).await, "phone_suspended");
    written(&database, "UPDATE device SET suspended_until = NULL WHERE id = ?1", [&kept.id]);
    assert_eq!(home(&town, &mut kept).await, COULD_NOT);
    assert!(alarm("device", &kept.id));
}

#[tokio::test(flavor = "multi_thread")]
async fn r44_a_consent_written_by_hand_lets_nobody_learn() {
    let town = Town::open(&Database::Sqlite).await;
    let account = town.accounts().await.remove(0);
    let desk = Desk::of(&town, "hospital").await;
    let mut phone = enrolled(&town, &account, 1).await;
    let receipt = desk.confirmed(&town, &mut phone).await;
    let withheld = desk.resolve(&town, &receipt).await.ok();
    assert_eq!(withheld["withheld"], json!(["name"]), "nobody agreed to it");
    let database = hand(&town);

    // Inserted.
    let by_hand = ConsentId::new(1, [7; 10]).to_string();
    let (from, until) = (town.now() * 1_000_000, (town.now() + 3_600) * 1_000_000);
    let sql =
        "INSERT INTO consent (id, account, scenario, attributes, from_at, until_at, state, version, row_version, seal)
               VALUES (?5, ?1, 'hospital', '[\"name\"]', ?2, ?3, 'given', 1, 1, ?4)";
    for seal in [None, Some(Vec::new()), Some(vec![0_u8; 32])] {
        written(&database, sql, params![account, from, until, seal, by_hand]);
        assert_eq!(desk.resolve(&town, &receipt).await.word(), COULD_NOT, "{seal:?}");
        let agree = json!({ "scenario": "hospital", "attributes": ["name"], "until_at": town.now() + 60 });
        let agreed = ask(&town, &mut phone, Method::POST, "/api/v1/consents", Some(agree)).await;
        assert_eq!(agreed.word(), COULD_NOT, "nor is it taken for the person's own that goes before");
        written(&database, "DELETE FROM consent WHERE id = ?1", [&by_hand]);
    }
    assert!(alarm("consent", &by_hand));

    // Widened, moved to another person's, lengthened, revived.
    let agree = json!({ "scenario": "hospital", "attributes": ["binding"], "until_at": town.now() + 60 });
    let id = ask(&town, &mut phone, Method::POST, "/api/v1/consents", Some(agree)).await.ok()["id"].clone();
    let id = id.as_str().unwrap();
    for (sql, back) in [
        ("attributes = '[\"name\"]'", "attributes = '[\"binding\"]'"),
        ("until_at = until_at + 1", "until_at = until_at - 1"),
        ("from_at = from_at - 1", "from_at = from_at + 1"),
    ] {
        written(&database, &format!("UPDATE consent SET {sql} WHERE id = ?1"), [id]);
        assert_eq!(desk.resolve(&town, &receipt).await.word(), COULD_NOT, "{sql}");
        written(&database, &format!("UPDATE consent SET {back} WHERE id = ?1"), [id]);
        assert_eq!(desk.resolve(&town, &receipt).await.word(), "ok", "{back}");
    }
    let path = format!("/api/v1/consents/{id}");
    assert_eq!(ask(&town, &mut phone, Method::DELETE, &path, None).await.word(), "ok");
    assert_eq!(desk.resolve(&town, &receipt).await.ok()["withheld"], json!(["name"]));
    written(&database, "UPDATE consent SET state = 'given', ended_at = NULL WHERE id = ?1", [id]);
    assert_eq!(desk.resolve(&town, &receipt).await.word(), COULD_NOT, "revived");
    assert_eq!(ask(&town, &mut phone, Method::DELETE, &path, None).await.word(), COULD_NOT);
    assert!(alarm("consent", id));
}

#[tokio::test(flavor = "multi_thread")]
async fn r44_a_search_or_an_order_agreed_to_by_hand_opens_and_hides_nothing() {
    let town = Town::open(&Database::Sqlite).await;
    for (nth, resident) in [(1, 3), (2, 4)] {
        let (name, number) = (&town.operators[nth].name, &town.residents[resident].id_number);
        town.province.know_operator(&Actor::System, name, number).await.unwrap();
    }
    let post = async |nth: usize, path: &str, body: Value| {
        town.clock.advance(30);
        town.door.operator(&signed_in(&town, nth).await, Method::POST, path, Some(body)).await
    };
    let asked = async |order: bool| {
        let now = town.now();
        let mut body = json!({
            "case_number": "2026-0042", "from": now - 86_400, "person": town.residents[1].id_number,
            "purpose": "complaint 7", "to": now,
        });
        if order {
            body["order"] = json!({ "authority": "第一法院", "order_number": "7", "until": now + 60 * 86_400 });
        }
        post(2, SEARCHES, body).await.ok()["id"].as_str().unwrap().to_owned()
    };
    let database = hand(&town);
    let security: String =
        database.query_row("SELECT id FROM operator WHERE name = 'security'", [], |row| row.get(0)).unwrap();
    let until = (town.now() + 86_400) * 1_000_000;
    let yes = json!({ "approve": true });

    // One person asks, and answers in the database for the other.
    let search = asked(false).await;
    let read = format!("{SEARCHES}/{search}/read");
    let agree =
        "UPDATE audit_search SET state = 'approved', answered_by = ?2, answered_at = ?3, until_at = ?3 WHERE id = ?1";
    written(&database, agree, params![search, security, until]);
    assert_eq!(post(2, &read, json!({})).await.word(), COULD_NOT);
    assert!(alarm("audit_search", &search));
    let back = "UPDATE audit_search SET state = 'waiting', answered_by = NULL, answered_at = NULL, until_at = NULL
                WHERE id = ?1";
    written(&database, back, [&search]);

    // What somebody agrees to is what was asked for; and what was agreed to reaches no further.
    let answer = format!("{SEARCHES}/{search}/answer");
    written(&database, "UPDATE audit_search SET from_at = from_at - 1 WHERE id = ?1", [&search]);
    assert_eq!(post(1, &answer, yes.clone()).await.word(), COULD_NOT);
    written(&database, "UPDATE audit_search SET from_at = from_at + 1 WHERE id = ?1", [&search]);
    assert_eq!(post(1, &answer, yes.clone()).await.word(), "ok");
    assert_eq!(post(2, &read, json!({})).await.word(), "ok");
    let whose: String =
        database.query_row("SELECT account FROM audit_search WHERE id = ?1", [&search], |row| row.get(0)).unwrap();
    let another = town.accounts().await.into_iter().find(|one| *one != whose).unwrap();
    let change = "UPDATE audit_search SET account = ?2, until_at = until_at + ?3 WHERE id = ?1";
    for (account, more) in [(&another, 0), (&whose, 1)] {
        written(&database, change, params![search, account, more]);
        assert_eq!(post(2, &read, json!({})).await.word(), COULD_NOT, "{account} {more}");
        written(&database, change, params![search, whose, -more]);
        assert_eq!(post(2, &read, json!({})).await.word(), "ok");
    }

    // An order that waits is agreed to, refused or lengthened by hand: nothing is done under it.
    let search = asked(true).await;
    let order: String =
        database.query_row("SELECT id FROM audit_delay WHERE search = ?1", [&search], |row| row.get(0)).unwrap();
    let answers = [format!("{SEARCHES}/{search}/answer"), format!("/api/v1/manage/audit-delays/{order}/answer")];
    for (state, more) in [("agreed", 0), ("refused", 0), ("waiting", 1)] {
        let sql = "UPDATE audit_delay SET state = ?2, until_at = until_at + ?3, answered_by = ?4 WHERE id = ?1";
        let by = Some(&security).filter(|_| state != "waiting");
        written(&database, sql, params![order, state, more, by]);
        for path in &answers {
            assert_eq!(post(1, path, yes.clone()).await.word(), COULD_NOT, "{state} {path}");
        }
        written(&database, sql, params![order, "waiting", -more, None::<String>]);
    }
    assert!(alarm("audit_delay", &order));
    for path in &answers {
        assert_eq!(post(1, path, yes.clone()).await.word(), "ok", "{path}");
    }
}

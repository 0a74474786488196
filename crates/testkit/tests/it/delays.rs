//! An order delays what a person sees of a search of their uses: to them it looks like absence everywhere, the audit sees it, two
//! persons answer for it, and within a year it shows by itself.

use crate::organisations::signed_in;
use reqwest::Method;
use serde_json::{Value, json};
use yima_kernel::id::OperatorId;
use yima_kernel::subject::{Actor, Role};
use yima_keys::Suite;
use yima_testkit::{Database, Phone, Town};

const SEARCHES: &str = "/api/v1/manage/audit-searches";
const DAY: i64 = 86_400;

/// The parts of a search: who asks, who answers, who is searched.
struct Case {
    town: Town,
    phone: Phone,
}

impl Case {
    /// The auditor and the security operator are known residents, the searched one has a phone.
    async fn open(database: &Database) -> Self {
        let town = Town::open(database).await;
        for (nth, resident) in [(1, 3), (2, 4)] {
            let (name, number) = (&town.operators[nth].name, &town.residents[resident].id_number);
            town.province.know_operator(&Actor::System, name, number).await.unwrap();
        }
        let clerk = Actor::Operator { operator: OperatorId::new(0, [0; 10]), role: Role::System };
        let number = &town.residents[1].id_number;
        let found = town.province.find_residents(&clerk, Some(number), None, None).await.unwrap();
        let (code, _) = town.province.issue_enrolment_code(&clerk, &found.items[0].id).await.unwrap();
        let mut phone = Phone::new(Suite::Es256, 1);
        assert_eq!(phone.enrol(&town.door, town.now(), json!({ "code": code })).await.word(), "ok");
        town.clock.advance(1);
        Self { town, phone }
    }

    /// An operator, signed in now: sessions are short.
    async fn by(&self, nth: usize) -> String {
        self.town.clock.advance(30);
        signed_in(&self.town, nth).await
    }

    async fn post(&self, nth: usize, path: &str, body: Value) -> yima_testkit::Answer {
        self.town.door.operator(&self.by(nth).await, Method::POST, path, Some(body)).await
    }

    async fn ask(&self, days: Option<i64>) -> yima_testkit::Answer {
        let now = self.town.now();
        let mut body = json!({
            "case_number": "2026-0042", "from": now - 30 * DAY, "person": self.town.residents[1].id_number,
            "purpose": "complaint 7", "to": now,
        });
        if let Some(days) = days {
            body["order"] = self.order(now + days * DAY);
        }
        self.post(2, SEARCHES, body).await
    }

    fn order(&self, until: i64) -> Value {
        json!({ "authority": "第一法院", "order_number": "(2026) 7", "until": until })
    }

    /// What the person's own pages, export and copy hold of it: how many entries of a search, and of all.
    async fn seen(&mut self) -> (usize, usize) {
        let mut get = async |method: Method, path: &str, body: Option<Value>| {
            self.phone.send(&self.town.door, self.town.now(), method, path, body).await
        };
        let listed = get(Method::GET, "/api/v1/record", None).await.ok();
        let exported = get(Method::GET, "/api/v1/record/export", None).await.ok();
        let copied = get(Method::POST, "/api/v1/rights/copy", Some(json!({ "form": "json" }))).await.ok();
        let of_search = |rows: &Value| {
            let rows = rows.as_array().unwrap();
            rows.iter()
                .filter(|row| row["deed"].as_str().unwrap().contains("audit") || row["deed"] == "read_person_uses")
                .count()
        };
        let found = of_search(&listed["entries"]);
        assert_eq!(of_search(&exported["entries"]), found, "the export says the same");
        assert_eq!(of_search(&copied["record"]), found, "and the copy");
        let text = copied.to_string();
        assert_eq!(text.contains("2026-0042") || text.contains("complaint 7"), found > 0, "nowhere else in the copy");
        let home = get(Method::GET, "/api/v1/device", None).await;
        assert!(found > 0 || !home.body.to_string().contains("audit"), "{}", home.body);
        (found, listed["entries"].as_array().unwrap().len())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r46_what_an_order_delays_looks_like_absence_until_its_end() {
    for database in Database::all() {
        let mut case = Case::open(&database).await;
        let before = case.seen().await.0;
        assert_eq!(before, 0);
        let search = case.ask(Some(60)).await.ok()["id"].as_str().unwrap().to_owned();
        assert_eq!(case.seen().await.0, 0, "asked for with an order, it does not show while that waits");
        let rows = case.town.door.operator(&case.by(1).await, Method::GET, SEARCHES, None).await.ok();
        let order = rows["items"][0]["orders"][0].clone();
        assert_eq!((&order["state"], &order["may_answer"]), (&json!("waiting"), &json!(true)), "the audit sees it");
        let path = format!("/api/v1/manage/audit-delays/{}/answer", order["id"].as_str().unwrap());
        let yes = json!({ "approve": true });
        assert_eq!(case.post(2, &path, yes.clone()).await.word(), "same_person");
        assert_eq!(case.seen().await.0, 0, "nor does the refusal of whoever asked");
        assert_eq!(case.post(0, &path, yes.clone()).await.word(), "not_allowed");
        assert_eq!(case.post(1, &path, yes.clone()).await.word(), "ok");
        assert_eq!(case.post(1, &path, yes.clone()).await.word(), "conflict");
        assert_eq!(case.post(2, &format!("{SEARCHES}/{search}/answer"), yes.clone()).await.word(), "same_person");
        assert_eq!(case.post(1, &format!("{SEARCHES}/{search}/answer"), yes).await.word(), "ok");
        assert_eq!(case.post(2, &format!("{SEARCHES}/{search}/read"), json!({})).await.word(), "ok");
        // Of everything that was done since, only the person's own copies came into their record.
        let (of_search, all) = case.seen().await;
        assert_eq!(of_search, 0);

        // A page is as long as any, and leads on: nothing is missing to be counted.
        for _ in 0..60 {
            case.town.clock.advance(1);
            let copied = case
                .phone
                .send(
                    &case.town.door,
                    case.town.now(),
                    Method::POST,
                    "/api/v1/rights/explain",
                    Some(json!({ "question": "?" })),
                )
                .await;
            if !copied.status.is_success() {
                break;
            }
        }
        let first = case.phone.send(&case.town.door, case.town.now(), Method::GET, "/api/v1/record", None).await.ok();
        let length = first["entries"].as_array().unwrap().len();
        assert!(length == 50 || first.get("next").is_none_or(Value::is_null), "{length} of {all}");

        // At its end it shows by itself, with the order in its words.
        case.town.clock.advance(61 * DAY);
        let (of_search, _) = case.seen().await;
        assert!(of_search >= 6, "asked, refusals, agreed, approved, read: {of_search}");
        let exported =
            case.phone.send(&case.town.door, case.town.now(), Method::GET, "/api/v1/record/export", None).await.ok();
        assert!(exported.to_string().contains("第一法院"), "whose order it was");
        // What was seen stays seen.
        let again = case.post(2, &format!("{SEARCHES}/{search}/delay"), case.order(case.town.now() + 30 * DAY)).await;
        assert_eq!(again.word(), "conflict");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r46_one_person_hides_nothing_and_orders_never_reach_beyond_a_year() {
    for database in Database::all() {
        let mut case = Case::open(&database).await;
        assert_eq!(case.ask(Some(366)).await.word(), "invalid");
        assert_eq!(case.seen().await.0, 0);
        // Nobody agrees: after three days it shows.
        assert_eq!(case.ask(Some(60)).await.word(), "ok");
        assert_eq!(case.seen().await.0, 0);
        case.town.clock.advance(3 * DAY);
        assert_eq!(case.seen().await.0, 1);
        // Refused: it shows at once, the refusal too.
        let search = case.ask(Some(60)).await.ok()["id"].as_str().unwrap().to_owned();
        let rows = case.town.door.operator(&case.by(1).await, Method::GET, SEARCHES, None).await.ok();
        let row = rows["items"].as_array().unwrap().iter().find(|row| row["id"] == json!(search)).unwrap();
        let path = format!("/api/v1/manage/audit-delays/{}/answer", row["orders"][0]["id"].as_str().unwrap());
        assert_eq!(case.seen().await.0, 1);
        assert_eq!(case.post(1, &path, json!({ "approve": false })).await.word(), "ok");
        assert_eq!(case.seen().await.0, 3);

        // Orders that follow each other count into one year from the search.
        let asked_at = case.town.now();
        let search = case.ask(Some(200)).await.ok()["id"].as_str().unwrap().to_owned();
        let agree = async |case: &Case, nth: usize| {
            let rows = case.town.door.operator(&case.by(1).await, Method::GET, SEARCHES, None).await.ok();
            let row = rows["items"].as_array().unwrap().iter().find(|row| row["id"] == json!(search)).unwrap().clone();
            let path = format!("/api/v1/manage/audit-delays/{}/answer", row["orders"][nth]["id"].as_str().unwrap());
            assert_eq!(case.post(1, &path, json!({ "approve": true })).await.word(), "ok");
        };
        agree(&case, 0).await;
        case.town.clock.advance(190 * DAY);
        let delay = format!("{SEARCHES}/{search}/delay");
        assert_eq!(case.post(2, &delay, case.order(asked_at + 366 * DAY)).await.word(), "invalid");
        assert_eq!(case.post(1, &delay, case.order(asked_at + 300 * DAY)).await.word(), "not_allowed");
        assert_eq!(case.post(2, &delay, case.order(asked_at + 365 * DAY)).await.word(), "ok");
        assert_eq!(case.seen().await.0, 3, "neither the further order shows");
        agree(&case, 1).await;
        case.town.clock.advance(asked_at + 364 * DAY - case.town.now());
        assert_eq!(case.seen().await.0, 3);
        case.town.clock.advance(2 * DAY);
        assert!(case.seen().await.0 >= 7, "a year after it was asked for, all of it");
    }
}

//! Organisations through the public door, and an import of many: tried, approved by somebody else, run, undone.

use reqwest::Method;
use serde_json::{Value, json};
use std::io::Cursor;
use yima_kernel::subject::Actor;
use yima_keys::Suite;
use yima_province::{Format, OrganisationFile, OrganisationImport};
use yima_testkit::{Answer, Database, Phone, Town};

const CSV: &str = "统一社会信用代码,名称,地区,上级,类型\n91110000600037341L,某集团,370000,,\n,某部门,370100,91110000600037341L,部门\n\
                   91110000600037341M,坏代码,370000,,\n,没有上级,370000,org_00000000000000000000000000,部门\n";

/// The cookies of the system and the security operator.
pub async fn signed_in(town: &Town, nth: usize) -> String {
    let operator = &town.operators[nth];
    let secret = operator.totp_uri.split("secret=").nth(1).and_then(|rest| rest.split('&').next()).unwrap();
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    let code = totp.generate(u64::try_from(town.now()).unwrap()).to_string();
    let wish = json!({ "name": operator.name, "password": operator.password, "totp": code });
    let answer = town.door.send(Method::POST, "/api/v1/operators/sign-in", Some(wish), &[]).await;
    assert!(answer.status.is_success(), "{}", answer.body);
    answer.cookie.unwrap()
}

async fn post(town: &Town, cookie: &str, path: &str, body: Value) -> Answer {
    town.door.operator(cookie, Method::POST, &format!("/api/v1/organisations{path}"), Some(body)).await
}

async fn import(town: &Town) -> OrganisationImport {
    let file = OrganisationFile {
        reader: Box::new(Cursor::new(CSV)),
        file_hash: yima_keys::sha256(&[CSV.as_bytes()]),
        format: Format::Csv,
        signature: None,
        source: "the register of enterprises".into(),
        rejects: Box::new(std::io::sink()),
    };
    town.province.import_organisations(&Actor::System, file).await.unwrap()
}

/// What one writes and others are shown has nothing in it that turns the order of letters or can't be seen (rule R40).
#[tokio::test(flavor = "multi_thread")]
async fn r40_no_text_that_is_shown_turns_or_hides() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let system = signed_in(&town, 0).await;
        let named = |name: &str, source: &str, code: &str| json!({ "kind": "enterprise", "name": name, "credit_code": code, "region": "370000", "source": source });
        let (first, second) = ("91370000000000003X", "91370000000000002T");
        let made = post(&town, &system, "", named("泉城公司", "test", first)).await.ok();
        for twin in ["泉城\u{200b}公司", "泉城公司\u{202e}", "泉城\u{2800}公司", "泉城公司\u{e0041}"] {
            assert_eq!(post(&town, &system, "", named(twin, "test", second)).await.word(), "invalid", "{twin:?}");
        }
        assert_eq!(post(&town, &system, "", named("泉城二公司", "a\u{202e}b", second)).await.word(), "invalid");
        let other = post(&town, &system, "", named("泉城二公司", "test", second)).await.ok();
        let merge = |contact: &str| json!({ "successor": other["id"], "contact": contact, "reference": "x", "effect_at": town.now() + 20 * 86_400 });
        let path = format!("/{}/merge", made["id"].as_str().unwrap());
        for contact in ["12345\n一码官方：请输入密码", "12\u{202e}345", "12345\u{200b}"] {
            assert_eq!(post(&town, &system, &path, merge(contact)).await.word(), "invalid", "{contact:?}");
        }
        assert_eq!(post(&town, &system, &path, merge("0531-12345")).await.word(), "ok");
        // A phone's name is shown to its owner, and to officers.
        let wish = Some(json!({ "q": town.residents[1].id_number }));
        let found = town.door.operator(&system, Method::POST, "/api/v1/residents/find", wish).await.ok();
        let path = format!("/api/v1/residents/{}/enrolment-codes", found["items"][0]["id"].as_str().unwrap());
        let code = town.door.operator(&system, Method::POST, &path, None).await.ok()["code"].clone();
        let mut phone = Phone::new(Suite::Es256, 1);
        for label in ["手机\u{202e}", "手\u{200b}机", "手机\u{2066}"] {
            let wish = json!({ "code": code, "label": label });
            assert_eq!(phone.enrol(&town.door, town.now(), wish).await.word(), "invalid", "{label:?}");
        }
        assert_eq!(phone.enrol(&town.door, town.now(), json!({ "code": code })).await.word(), "ok");
        // So is what is asked of officers: lines are taken, what hides is not.
        let question = |text: &str| Some(json!({ "question": text }));
        let path = "/api/v1/rights/explain";
        let asked = phone.send(&town.door, town.now(), Method::POST, path, question("为什么\u{202e}")).await;
        assert_eq!(asked.word(), "invalid");
        assert_eq!(phone.send(&town.door, town.now(), Method::POST, path, question("一\n二")).await.word(), "ok");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tree_has_no_loop_and_ends_from_its_leaves() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let system = signed_in(&town, 0).await;
        let add = |name: &'static str, parent: Option<String>| {
            let (town, system) = (&town, system.clone());
            async move {
                let body = json!({ "kind": "department", "name": name, "region": "370000", "parent": parent, "source": "test" });
                post(town, &system, "", body).await.ok()["id"].as_str().unwrap().to_owned()
            }
        };
        let top = add("省厅", None).await;
        let middle = add("处", Some(top.clone())).await;
        let leaf = add("科", Some(middle.clone())).await;
        let body =
            json!({ "kind": "enterprise", "name": "某公司", "credit_code": "91110000600037341M", "source": "test" });
        assert_eq!(post(&town, &system, "", body).await.word(), "invalid");
        let to = |parent: &str| json!({ "parent": parent });
        let why = || json!({ "reason": "test" });
        assert_eq!(post(&town, &system, &format!("/{top}/move"), to(&leaf)).await.word(), "conflict", "a loop");
        assert_eq!(post(&town, &system, &format!("/{top}/move"), to(&top)).await.word(), "conflict", "itself");
        assert_eq!(post(&town, &system, &format!("/{top}/end"), why()).await.word(), "conflict", "it has leaves");
        assert_eq!(post(&town, &system, &format!("/{middle}/suspend"), why()).await.word(), "ok");
        let under =
            json!({ "kind": "department", "name": "新科", "region": "370000", "parent": leaf, "source": "test" });
        assert_eq!(post(&town, &system, "", under).await.word(), "conflict", "one above is suspended");
        assert_eq!(post(&town, &system, &format!("/{leaf}/move"), to(&top)).await.word(), "ok");
        assert_eq!(post(&town, &system, &format!("/{middle}/end"), why()).await.word(), "ok");
        assert_eq!(post(&town, &system, &format!("/{middle}/resume"), why()).await.word(), "conflict", "for good");
        assert_eq!(post(&town, &system, "/org_nobody/end", why()).await.word(), "not_found");
        let level =
            town.door.operator(&system, Method::GET, &format!("/api/v1/organisations?parent={top}"), None).await.ok();
        let items = level["items"].as_array().unwrap();
        let state = |id: &str| items.iter().find(|one| one["id"] == id).map(|one| one["state"].clone());
        assert_eq!((items.len(), state(&middle), state(&leaf)), (2, Some(json!("ended")), Some(json!("active"))));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_takes_two_persons_and_is_undone_as_one() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let (system, security) = (signed_in(&town, 0).await, signed_in(&town, 1).await);
        let tried = import(&town).await;
        assert_eq!((tried.state, tried.counts.rows, tried.counts.new, tried.counts.rejected), ("proposed", 4, 2, 2));
        assert_eq!(import(&town).await.state, "proposed", "the same file again proposes nothing more");
        let none = town.door.operator(&system, Method::GET, "/api/v1/organisations", None).await.ok();
        assert_eq!(none["items"], json!([]), "a dry run writes nothing");
        let path = format!("/imports/{}", tried.id);
        assert_eq!(
            post(&town, &security, &format!("{path}/undo"), json!({ "reason": "test" })).await.word(),
            "not_allowed"
        );
        assert_eq!(post(&town, &security, &format!("{path}/approve"), json!({})).await.word(), "ok");
        assert_eq!(post(&town, &security, &format!("{path}/approve"), json!({})).await.word(), "conflict");
        let done = import(&town).await;
        assert_eq!((done.state, done.counts.new, done.counts.rejected, done.rows_read), ("done", 2, 2, 4));
        assert_eq!(import(&town).await.state, "done", "twice changes nothing");
        let code = "/api/v1/organisations?credit_code=91110000600037341L";
        let found = town.door.operator(&system, Method::GET, code, None).await.ok();
        assert_eq!(found["items"][0]["has_children"], true);
        let undone = post(&town, &system, &format!("{path}/undo"), json!({ "reason": "test" })).await.ok();
        assert_eq!(undone["ended"], 2);
        let after = town.door.operator(&system, Method::GET, code, None).await.ok();
        assert_eq!(after["items"][0]["state"], "ended");
    }
}

/// Who writes a row behind the program's back has no seal: the deed that reads it stops.
#[tokio::test(flavor = "multi_thread")]
async fn a_row_without_a_seal_opens_nothing() {
    let town = Town::open(&Database::Sqlite).await;
    let system = signed_in(&town, 0).await;
    let body = json!({ "kind": "department", "name": "省厅", "region": "370000", "source": "test" });
    let id = post(&town, &system, "", body).await.ok()["id"].as_str().unwrap().to_owned();
    let path = town.folder().join("yima.db");
    let database = rusqlite::Connection::open(path).unwrap();
    database.execute("UPDATE organisation SET name = '别的' WHERE id = ?1", [&id]).unwrap();
    assert_eq!(
        post(&town, &system, &format!("/{id}/suspend"), json!({ "reason": "test" })).await.word(),
        "server_error"
    );
}

//! Rule R44 over operators: whoever can write into the database, and has no key of the program, makes no operator, no session of one
//! and no proposal that a second person would agree to. Each try is could-not or no sign-in, with an alarm in the log.

use crate::kin::{agree, name};
use crate::operator_ends::{ended, id_of, listed, newcomer};
use crate::operators::{answer, propose};
use crate::organisations::signed_in;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Method, StatusCode};
use rusqlite::Connection;
use serde_json::{Value, json};
use yima_testkit::{Answer, Database, Town};

const ME: &str = "/api/v1/operators/me";
const COULD_NOT: StatusCode = StatusCode::INTERNAL_SERVER_ERROR;

/// The town's database as its operator has it, beside the running program.
fn by_hand(town: &Town) -> Connection {
    let database = Connection::open(town.folder().join("yima.db")).unwrap();
    database.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
    database
}

/// One row is changed or made.
fn write(database: &Connection, sql: &str) {
    assert_eq!(database.execute(sql, []).unwrap(), 1, "{sql}");
}

/// The alarms in the log that name a row, or a mark. Other tests of this process write there too.
fn alarms(of: &str) -> usize {
    let log = String::from_utf8_lossy(&yima_testkit::logged()).into_owned();
    log.lines().filter(|line| line.contains("alarm=") && line.contains(of)).count()
}

async fn try_in(town: &Town, name: &str, password: &str, secret: &str) -> Answer {
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    let code = totp.generate(u64::try_from(town.now()).unwrap()).to_string();
    let wish = json!({ "name": name, "password": password, "totp": code });
    town.door.send(Method::POST, "/api/v1/operators/sign-in", Some(wish), &[]).await
}

async fn comes_in(town: &Town, nth: usize) -> StatusCode {
    let own = &town.operators[nth];
    try_in(town, &own.name, &own.password, &own.totp_secret).await.status
}

async fn me(town: &Town, cookie: &str) -> StatusCode {
    town.door.operator(cookie, Method::GET, ME, None).await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn r44_a_changed_row_of_an_operator_opens_nothing() {
    let town = Town::open(&Database::Sqlite).await;
    let (system, audit) = (signed_in(&town, 0).await, signed_in(&town, 2).await);
    let id = id_of(&town, &system, "audit").await;
    let database = by_hand(&town);
    let changes = [
        ("role = 'security'", "role = 'audit'"),
        ("person = 'somebody else'", "person = 'STAFFOFAUDIT'"),
        ("suspended_until = -1", "suspended_until = 0"),
        ("version = 2", "version = 1"),
        ("totp_sealed = x'00'", "totp_sealed = (SELECT kept FROM kept)"),
        (
            "password_hash = (SELECT password_hash FROM operator WHERE name = 'system')",
            "password_hash = (SELECT hash FROM kept)",
        ),
        ("seal = (SELECT seal FROM operator WHERE name = 'system')", "seal = (SELECT seal FROM kept)"),
        ("seal = x''", "seal = (SELECT seal FROM kept)"),
    ];
    let kept = "CREATE TABLE kept AS SELECT totp_sealed AS kept, password_hash AS hash, seal FROM operator WHERE name = 'audit'";
    database.execute_batch(kept).unwrap();
    for (change, back) in changes {
        let before = alarms(&id);
        town.clock.advance(60);
        write(&database, &format!("UPDATE operator SET {change} WHERE name = 'audit'"));
        assert_eq!(me(&town, &audit).await, COULD_NOT, "{change}");
        assert_eq!(comes_in(&town, 2).await, COULD_NOT, "{change}");
        // The others go on; whose row it is stands in no list until somebody has looked into it.
        let all = listed(&town, &system).await;
        assert_eq!(all["operators"].as_array().unwrap().len(), 2, "{change}: {all}");
        assert!(alarms(&id) >= before + 3, "{change}");
        write(&database, &format!("UPDATE operator SET {back} WHERE id = '{id}'"));
        assert_eq!(me(&town, &audit).await, StatusCode::OK, "{back}");
    }
    town.clock.advance(60);
    assert_eq!(comes_in(&town, 2).await, StatusCode::OK, "as before");
}

#[tokio::test(flavor = "multi_thread")]
async fn r44_an_operator_made_by_hand_or_brought_back_does_not_come_in() {
    let town = Town::open(&Database::Sqlite).await;
    let (system, security) = (signed_in(&town, 0).await, signed_in(&town, 1).await);
    let database = by_hand(&town);

    // Whoever proposed somebody knows their second factor, and gives them a password of their own without a second person.
    let made = propose(&town, &system, "zhao", "staff 9", "security").await.ok();
    let (zhao, secret) = (made["id"].as_str().unwrap(), made["totp_secret"].as_str().unwrap());
    for (seal, version) in [("x''", "0"), ("x''", "1"), ("g.seal", "g.version"), ("o.seal", "o.version")] {
        town.clock.advance(60);
        let sql = format!(
            "INSERT INTO operator (id, name, person, role, password_hash, totp_sealed, state, created_at, version, seal)
             SELECT g.id, g.name, g.person, g.role, o.password_hash, g.totp_sealed, 'active', 1, {version}, {seal}
             FROM operator_grant g JOIN operator o ON o.name = 'system'"
        );
        write(&database, &sql);
        let before = alarms(zhao);
        let came = try_in(&town, "zhao", &town.operators[0].password, secret).await;
        assert!(!came.status.is_success(), "{seal} {version}: {}", came.body);
        if version != "0" {
            assert_eq!(came.status, COULD_NOT, "{seal} {version}");
            assert!(alarms(zhao) > before, "{seal} {version}");
        }
        write(&database, &format!("DELETE FROM operator WHERE id = '{zhao}'"));
    }

    // Who was ended does not come back, and who was stopped goes on no sooner.
    newcomer(&town, (&system, &security), "qian", "staff 10", "security").await;
    let second = newcomer(&town, (&system, &security), "wu", "staff 11", "system").await;
    let gone = id_of(&town, &system, "security").await;
    ended(&town, &gone, &system, &second).await;
    town.clock.advance(60);
    assert_eq!(comes_in(&town, 1).await, StatusCode::FORBIDDEN);
    write(&database, "UPDATE operator SET state = 'active' WHERE name = 'security'");
    let before = alarms(&gone);
    assert_eq!(comes_in(&town, 1).await, COULD_NOT);
    assert!(alarms(&gone) > before);
    let stops = id_of(&town, &second, "audit").await;
    let path = format!("/api/v1/manage/operators/{stops}/suspend");
    assert_eq!(town.door.operator(&second, Method::POST, &path, Some(json!({ "reason": "lost" }))).await.word(), "ok");
    town.clock.advance(60);
    assert_eq!(comes_in(&town, 2).await, StatusCode::FORBIDDEN);
    write(&database, "UPDATE operator SET suspended_until = 0 WHERE name = 'audit'");
    let before = alarms(&stops);
    assert_eq!(comes_in(&town, 2).await, COULD_NOT);
    assert!(alarms(&stops) > before);
}

#[tokio::test(flavor = "multi_thread")]
async fn r44_a_session_by_hand_is_nobodys() {
    let town = Town::open(&Database::Sqlite).await;
    let (system, audit) = (signed_in(&town, 0).await, signed_in(&town, 2).await);
    let (own, other) = (id_of(&town, &system, "system").await, id_of(&town, &system, "audit").await);
    let database = by_hand(&town);

    // A row whose secret the writer knows; they have no mark to go with it, and that of another session is none.
    let secret = [7_u8; 32];
    let hash = hex::encode(yima_keys::sha256(&[b"yima.session.v1\0", &secret]));
    let sql = format!(
        "INSERT INTO operator_session (token_hash, operator, created_at, idle_until, until_at)
         SELECT x'{hash}', operator, created_at, idle_until, until_at FROM operator_session WHERE operator = '{own}'"
    );
    write(&database, &sql);
    let token = URL_SAFE_NO_PAD.decode(audit.strip_prefix("yima_op=").unwrap()).unwrap();
    for mark in [[0_u8; 16].as_slice(), &token[32..]] {
        let before = alarms("session_mark");
        let whole = [secret.as_slice(), mark].concat();
        let cookie = format!("yima_op={}", URL_SAFE_NO_PAD.encode(whole));
        assert_eq!(me(&town, &cookie).await, StatusCode::UNAUTHORIZED);
        assert!(alarms("session_mark") > before);
    }

    // One's own session given to somebody else, or made to last.
    for change in [format!("operator = '{own}'"), "until_at = until_at + 1".to_owned()] {
        assert_eq!(me(&town, &audit).await, StatusCode::OK);
        let before = alarms("session_mark");
        let keep = "SELECT until_at FROM operator_session WHERE operator = ?1";
        let until: i64 = database.query_row(keep, [&other], |row| row.get(0)).unwrap();
        write(&database, &format!("UPDATE operator_session SET {change} WHERE operator = '{other}'"));
        assert_eq!(me(&town, &audit).await, StatusCode::UNAUTHORIZED, "{change}");
        assert!(alarms("session_mark") > before, "{change}");
        let hash = hex::encode(yima_keys::sha256(&[b"yima.session.v1\0", &token[..32]]));
        let back = format!(
            "UPDATE operator_session SET operator = '{other}', until_at = {until} WHERE token_hash = x'{hash}'"
        );
        write(&database, &back);
    }
    assert_eq!(me(&town, &audit).await, StatusCode::OK);
}

async fn key_deed(town: &Town, cookie: &str, id: &str) -> Answer {
    let path = format!("/api/v1/keys/deeds/{id}/answer");
    town.door.operator(cookie, Method::POST, &path, Some(json!({ "agree": true }))).await
}

async fn end_answer(town: &Town, cookie: &str, id: &str) -> Answer {
    let path = format!("/api/v1/manage/operator-ends/{id}/answer");
    town.door.operator(cookie, Method::POST, &path, Some(json!({ "confirm": true }))).await
}

fn id(made: &Value) -> String {
    made["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn r44_nobody_agrees_to_a_proposal_that_was_changed_or_made_by_hand() {
    let town = Town::open(&Database::Sqlite).await;
    let (system, security) = (signed_in(&town, 0).await, signed_in(&town, 1).await);
    newcomer(&town, (&system, &security), "qian", "staff 10", "security").await;
    let (own, other) = (id_of(&town, &system, "system").await, id_of(&town, &system, "qian").await);
    let accounts = town.accounts().await;
    let database = by_hand(&town);

    // A post.
    let post = id(&propose(&town, &system, "zhao", "staff 9", "audit").await.ok());
    write(&database, "UPDATE operator_grant SET role = 'security' WHERE name = 'zhao'");
    assert_eq!(answer(&town, &security, &post, true).await.status, COULD_NOT);
    assert!(alarms(&post) > 0);
    let sql = "INSERT INTO operator_grant (id, name, person, role, totp_sealed, state, proposed_by, proposed_at, version, seal)
               SELECT 'opr_' || substr(id, 5, 25) || '0', 'evil', 'EVIL', role, totp_sealed, state, proposed_by, proposed_at, version, seal
               FROM operator_grant WHERE name = 'zhao'";
    write(&database, sql);
    let evil: String =
        database.query_row("SELECT id FROM operator_grant WHERE name = 'evil'", [], |row| row.get(0)).unwrap();
    assert_eq!(answer(&town, &security, &evil, true).await.status, COULD_NOT);
    assert!(alarms(&evil) > 0);

    // An end.
    let path = format!("/api/v1/manage/operators/{other}/end");
    let end = id(&town.door.operator(&system, Method::POST, &path, Some(json!({ "reason": "left" }))).await.ok());
    let target = id_of(&town, &system, "security").await;
    write(&database, &format!("UPDATE operator_end SET operator = '{target}'"));
    assert_eq!(end_answer(&town, &security, &end).await.status, COULD_NOT);
    assert!(alarms(&end) > 0);

    // Whose file is an operator's own, as proposed and as agreed to.
    let named = id(&name(&town, &system, &own, &town.residents[0].id_number).await.ok());
    let account: String = database.query_row("SELECT account FROM operator_name", [], |row| row.get(0)).unwrap();
    let wrong = accounts.iter().find(|one| **one != account).unwrap();
    write(&database, &format!("UPDATE operator_name SET account = '{wrong}'"));
    assert_eq!(agree(&town, &security, &named, true).await, "server_error");
    assert!(alarms(&named) > 0);

    // Keys.
    let keys = json!({ "reason": "quarterly", "what": "paper_es256" });
    let keys = id(&town.door.operator(&security, Method::POST, "/api/v1/keys/deeds", Some(keys)).await.ok());
    write(&database, &format!("UPDATE key_deed SET what = 'paper_sm2' WHERE id = '{keys}'"));
    assert_eq!(key_deed(&town, &system, &keys).await.status, COULD_NOT);
    assert!(alarms(&keys) > 0);

    // None of them stands in a list, and each list still shows the rest.
    let good = id(&propose(&town, &system, "sun", "staff 12", "audit").await.ok());
    let all = listed(&town, &security).await;
    assert_eq!(all["grants"].as_array().unwrap().iter().filter(|one| one["name"] != "qian").count(), 1, "{all}");
    assert_eq!((all["ends"].as_array().unwrap().len(), all["names"].as_array().unwrap().len()), (0, 0), "{all}");
    let shown = town.door.operator(&system, Method::GET, "/api/v1/keys/deeds", None).await.ok();
    assert!(!shown.to_string().contains(&keys), "{shown}");

    // Nor does anybody agree to what somebody proposed whose own row was changed: who is another person is read from it.
    write(&database, &format!("UPDATE operator SET person = 'ANOTHER' WHERE id = '{own}'"));
    assert_eq!(answer(&town, &security, &good, true).await.status, COULD_NOT);
    write(&database, &format!("UPDATE operator SET person = 'STAFFOFSYSTEM' WHERE id = '{own}'"));
    assert_eq!(answer(&town, &security, &good, true).await.word(), "ok");
}

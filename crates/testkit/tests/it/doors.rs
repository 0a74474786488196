//! The doors themselves: nobody comes in without a caller, refusals have one shape, and the document is current.

use reqwest::{Method, StatusCode};
use serde_json::json;
use yima_server::router::{Who, table};
use yima_testkit::{Database, Town};

#[tokio::test(flavor = "multi_thread")]
async fn without_a_caller_every_closed_door_stays_closed() {
    let town = Town::open(&Database::Sqlite).await;
    for row in table() {
        let path =
            row.path.replace("{site}", "1").replace("{day}", "1").replace("{prefix}", "-").replace("{list}", "1");
        let path = path.replace("{id}", "x").replace("{slug}", "bus").replace("{number}", "1");
        let method: Method = row.method.parse().unwrap();
        let body = (method == Method::POST).then(|| json!({}));
        let expected = match row.who {
            Who::Anyone => continue,
            Who::Device | Who::NewDevice => "not_signed",
            Who::Gate => "gate_key_needed",
            Who::Person | Who::DeviceOrPerson | Who::Operator | Who::DeviceOrOperator => "sign_in_needed",
        };
        let answer = town.door.send(method, &path, body, &[]).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{} {}", row.method, row.path);
        assert_eq!(answer.word(), expected, "{} {}", row.method, row.path);
        assert!(answer.body["request_id"].as_str().is_some_and(|id| id.starts_with("req-")), "{}", row.path);
        assert!(answer.body["detail_zh"].as_str().is_some_and(|words| !words.is_empty()), "{}", row.path);
    }
}

#[test]
fn what_is_asked_by_get_is_a_deed_of_looking() {
    for row in table().iter().filter(|row| row.method == "GET") {
        let Some(deed) = row.deed else { continue };
        let word = deed.as_str();
        // The paper of a card that was issued is drawn again as it is; who may issue one may do that.
        let again = row.path == "/api/v1/cards/{id}/pdf";
        assert!(again || word.starts_with("see_") || word.starts_with("read_"), "{} does {word} by GET", row.path);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn open_doors_answer_and_bad_input_gets_a_problem() {
    let town = Town::open(&Database::Sqlite).await;
    let table: &[(&str, u16)] = &[
        ("/healthz", 200),
        ("/readyz", 200),
        ("/metrics", 200),
        ("/api/openapi.json", 200),
        ("/api/docs", 200),
        ("/", 200),
        ("/check", 200),
        ("/console", 200),
        ("/api/v1/time?nonce=AAAAAAAAAAAAAAAAAAAAAA", 200),
        ("/api/v1/time?nonce=A", 400),
        ("/api/v1/time?nonce=AAAA", 422),
        ("/api/v1/time", 400),
        ("/api/v1/scenarios", 200),
        ("/api/v1/bundle", 200),
        ("/api/v1/bundle?from=zz", 400),
        ("/api/v1/sites/4294967296", 404),
        ("/api/v1/status-lists/1", 200),
        ("/api/v1/status-lists/9", 404),
        ("/api/v1/record/buckets/2500", 200),
        ("/api/v1/record/buckets/2500/-", 200),
        ("/api/v1/record/buckets/2500/xyz", 400),
        ("/api/v1/nothing", 404),
        ("/nothing.js", 404),
    ];
    for (path, status) in table {
        let answer = town.door.get(path).await;
        assert_eq!(answer.status.as_u16(), *status, "{path}: {}", answer.body);
    }
    let answer = town.door.send(Method::DELETE, "/api/v1/time", None, &[]).await;
    assert_eq!(answer.word(), "method_not_allowed");
    let answer = town.door.send(Method::POST, "/api/v1/enrolments/otp", Some(json!({ "name": 7 })), &[]).await;
    assert_eq!(answer.word(), "malformed");
    let long = json!({ "name": "x".repeat(70_000), "id_number": "" });
    let answer = town.door.send(Method::POST, "/api/v1/enrolments/otp", Some(long), &[]).await;
    assert_eq!(answer.word(), "too_large");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_another_site_cannot_sign_in_or_act() {
    let town = Town::open(&Database::Sqlite).await;
    let wish = json!({ "name": "system", "password": "x", "totp": "000000" });
    let foreign = [("origin", "https://elsewhere.example".to_owned())];
    let answer = town.door.send(Method::POST, "/api/v1/operators/sign-in", Some(wish.clone()), &foreign).await;
    assert_eq!(answer.word(), "cross_site");
    let answer = town.door.send(Method::POST, "/api/v1/operators/sign-in", Some(wish), &[]).await;
    assert_eq!(answer.word(), "not_accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_that_no_clock_shows_are_refused_and_break_nothing() {
    let town = Town::open(&Database::Sqlite).await;
    let place = yima_province::NewPlace {
        name: yima_province::Text::new("站", "Stop"),
        scenario: "bus".to_owned(),
        region: "370102".to_owned(),
    };
    let system = yima_kernel::subject::Actor::System;
    let site = town.province.add_place(&system, place).await.unwrap();
    town.province.publish_bundle(&system).await.unwrap();
    let gate = town.province.add_gate(&system, "gate", site.site).await.unwrap();
    for at in [i64::MIN, i64::MIN + 1, -1, i64::MAX] {
        let sync = json!({ "bundle_version": 1, "spool": 0, "clock_at": at });
        assert_eq!(town.door.gate(&gate.key, "/api/v1/gates/sync", sync).await.word(), "invalid", "clock_at {at}");
        let row = json!({ "hour_at": at, "form": "T1", "verdict": "valid", "reason": "", "n": 1 });
        let batch = json!({ "batch_id": "AAAAAAAAAAAAAAAAAAAAAA", "counted": [row] });
        assert_eq!(town.door.gate(&gate.key, "/api/v1/gates/uploads", batch).await.word(), "invalid", "hour_at {at}");
    }
    let sync = json!({ "bundle_version": 1, "spool": 0, "clock_at": town.now() });
    assert_eq!(town.door.gate(&gate.key, "/api/v1/gates/sync", sync).await.word(), "ok");
}

/// `YIMA_BLESS=1` writes it anew.
#[test]
fn the_published_document_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/api/openapi.json");
    let current = yima_server::openapi::text();
    if std::env::var_os("YIMA_BLESS").is_some() {
        std::fs::create_dir_all(std::path::Path::new(path).parent().unwrap()).unwrap();
        std::fs::write(path, &current).unwrap();
    }
    let published = std::fs::read_to_string(path).unwrap_or_default();
    assert!(published == current, "docs/api/openapi.json is not current: run YIMA_BLESS=1 cargo test -p yima-testkit");
}

/// What a server answers to these octets, up to the end of the connection.
async fn raw(town: &Town, octets: &str) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let at = town.door.url().trim_start_matches("http://").to_owned();
    let mut socket = tokio::net::TcpStream::connect(at).await.unwrap();
    socket.write_all(octets.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    answer
}

/// RFC 9112 section 6.3: where a message ends is said once. Nobody hides a second request in the first one's body.
#[tokio::test(flavor = "multi_thread")]
async fn rfc_9112_6_3_a_message_ends_at_one_place_or_is_refused() {
    let town = Town::open(&Database::Sqlite).await;
    let head = "POST /api/v1/enrolments/otp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    let hidden = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let answers = |text: &str| text.matches("HTTP/1.1 ").count();
    // Two lengths, an unknown coding, and a coding after which nothing is chunked: one refusal, and the line is cut.
    for framing in [
        "Content-Length: 2\r\nContent-Length: 40\r\n",
        "Content-Length: 2, 40\r\n",
        "Content-Length: +2\r\n",
        "Content-Length: 0x2\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
    ] {
        let said = raw(&town, &format!("{head}{framing}\r\n{{}}{hidden}")).await;
        assert_eq!(answers(&said), 1, "{framing}: {said}");
        assert!(said.starts_with("HTTP/1.1 400 "), "{framing}: {said}");
    }
    // Chunked and a length: the chunks count (section 6.1), so what stands behind the last one is the next request.
    let chunked = "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n";
    let said = raw(&town, &format!("{head}{chunked}\r\n2\r\n{{}}\r\n0\r\n\r\n{hidden}")).await;
    let refused = answers(&said) == 1 && said.starts_with("HTTP/1.1 400 ");
    assert!(refused || (answers(&said) == 2 && said.trim_end().ends_with("ok")), "{said}");
    // And what stands inside a body that is long enough is no request.
    let length = format!("Content-Length: {}\r\nConnection: close\r\n", hidden.len());
    assert_eq!(answers(&raw(&town, &format!("{head}{length}\r\n{hidden}")).await), 1);
}

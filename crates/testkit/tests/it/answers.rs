//! What is true of every answer: its type is named, a browser is bound by its headers, nothing of other origins is let in,
//! what people wrote stays text, and a fault inside tells nothing.

use crate::browsers::Browser;
use crate::passkeys::{code, joined};
use crate::soft_passkey::SoftPasskey;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Response};
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use yima_server::Config;
use yima_server::router::table;
use yima_testkit::{Database, Town, logged};

const ACCOUNT_PAGES: [&str; 12] = [
    "/account",
    "/account/sign-in",
    "/account/sign-in/message",
    "/account/join",
    "/account/password",
    "/account/passkey/add",
    "/account/recover",
    "/account/enterprises",
    "/account/posts",
    "/account/apps",
    "/account/sign-out",
    "/account/across",
];

fn paths() -> Vec<(Method, String)> {
    let fixed = ["/", "/check", "/console", "/healthz", "/readyz", "/api/docs", "/api/openapi.json", "/nothing"];
    let discovery = [
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
        "/oauth2/jwks",
        "/oauth2/token",
    ];
    let rows = table().into_iter().map(|row| {
        let path = ["{site}", "{day}", "{list}", "{number}"].iter().fold(row.path.to_owned(), |p, v| p.replace(v, "1"));
        let path = path.replace("{prefix}", "-").replace("{id}", "x").replace("{slug}", "bus");
        (row.method.parse().unwrap(), path)
    });
    let gets = fixed.into_iter().chain(discovery).chain(ACCOUNT_PAGES).map(|path| (Method::GET, path.to_owned()));
    rows.chain(gets).collect()
}

fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

/// Another server over the same province, behind a proxy that ends TLS.
async fn behind_tls(town: &Town) -> String {
    let plain = Config::plain(SocketAddr::from(([127, 0, 0, 1], 0)));
    let listening = yima_server::bind(Config { behind_tls: true, ..plain }).unwrap();
    let url = listening.url();
    tokio::spawn(listening.serve(Arc::clone(&town.province)));
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_names_its_type_and_binds_the_browser() {
    let town = Town::open(&Database::Sqlite).await;
    let (open, secure) = (town.door.url().to_owned(), behind_tls(&town).await);
    let client = Client::builder().redirect(Policy::none()).build().unwrap();
    for (server, is_secure) in [(&open, false), (&secure, true)] {
        for (method, path) in paths() {
            let request = client.request(method.clone(), format!("{server}{path}"));
            let request = request.header("origin", "https://elsewhere.example").header("sec-fetch-site", "cross-site");
            let response = request.send().await.unwrap();
            let seen = format!("{method} {path} {}", response.status());
            let kind = header(&response, "content-type").to_owned();
            let text = kind.starts_with("text/");
            assert!(!text || kind.contains("charset=utf-8"), "{seen}: {kind}");
            assert_eq!(header(&response, "x-content-type-options"), "nosniff", "{seen}");
            assert_eq!(header(&response, "referrer-policy"), "no-referrer", "{seen}");
            let policy = header(&response, "content-security-policy");
            assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{seen}");
            assert!(!policy.contains("script-src 'self' 'unsafe") && !policy.contains("http"), "{seen}: {policy}");
            let stays = header(&response, "strict-transport-security");
            assert_eq!(stays, if is_secure { "max-age=31536000; includeSubDomains" } else { "" }, "{seen}");
            let others = header(&response, "access-control-allow-origin");
            let public = path.starts_with("/.well-known/") || path == "/oauth2/jwks" || path == "/oauth2/token";
            assert!(others.is_empty() || (public && others == "*"), "{seen}: {others}");
            assert_eq!(header(&response, "access-control-allow-credentials"), "", "{seen}");
            if path.starts_with("/account") {
                assert_eq!(header(&response, "cache-control"), "no-store", "{seen}");
            }
            let empty = response.headers().get("content-length").is_some_and(|length| length == "0");
            let has_body = !response.bytes().await.unwrap().is_empty();
            assert!(!has_body || empty || !kind.is_empty(), "{seen}: a body without a type");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn over_tls_every_cookie_is_of_this_host_alone() {
    let town = Town::open(&Database::Sqlite).await;
    let secure = behind_tls(&town).await;
    let client = Client::builder().redirect(Policy::none()).build().unwrap();
    let mut seen = Vec::new();
    for path in ["/account/sign-in", "/account/sign-in?lang=en&size=large"] {
        seen.extend(cookies(&client.get(format!("{secure}{path}")).send().await.unwrap()));
    }
    let operator = &town.operators[0];
    let secret = totp_rs::Secret::try_from_base32(&operator.totp_secret).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    let digits = totp.generate(u64::try_from(town.now()).unwrap()).to_string();
    let wish = json!({ "name": operator.name, "password": operator.password, "totp": digits });
    let request = client.post(format!("{secure}/api/v1/operators/sign-in")).header("content-type", "application/json");
    let answer = request.body(wish.to_string()).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    seen.extend(cookies(&answer));
    assert!(
        seen.iter().any(|line| line.starts_with("__Host-yima_op=") && line.contains("SameSite=Strict")),
        "{seen:?}"
    );
    assert!(seen.iter().any(|line| line.starts_with("__Host-yb=")), "{seen:?}");
    for line in &seen {
        let whole = ["Path=/", "HttpOnly", "; Secure", "SameSite="].iter().all(|part| line.contains(part));
        assert!(line.starts_with("__Host-") && whole && !line.contains("Domain"), "{line}");
    }
    // A session of the plain name opens nothing there.
    let token = seen.iter().find_map(|line| line.strip_prefix("__Host-yima_op=")).unwrap().split(';').next().unwrap();
    for (name, status) in [("yima_op", 401), ("__Host-yima_op", 200)] {
        let request = client.get(format!("{secure}/api/v1/operators/me")).header("cookie", format!("{name}={token}"));
        assert_eq!(request.send().await.unwrap().status(), status, "{name}");
    }
}

fn cookies(response: &Response) -> Vec<String> {
    response.headers().get_all("set-cookie").iter().map(|line| line.to_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_write_stays_text_on_a_page() {
    const MARKUP: &str = "<img src=x onerror=alert(1)>\"'&";
    let town = Town::open(&Database::Sqlite).await;
    let account = town.accounts().await.remove(0);
    let mut browser = Browser::new(&town);
    let code = code(&town, &account).await;
    browser.form("/account/join", "/account/join", &[("code", &code)]).await;
    let asked = browser.ask("/account/join/ways", "join", json!({})).await;
    let (_, answer) = SoftPasskey::make(&asked["options"], &browser.origin(), 3, false);
    let mark = browser.mark("/account/join/ways").await;
    let fields = [("ask", asked["ask"].as_str().unwrap()), ("answer", &answer), ("name", MARKUP)];
    let done = browser.form_with(&mark, "/account/join/passkey", &fields).await;
    assert_eq!(done.status, 303, "{}", done.body);
    let page = browser.get("/account").await.body;
    assert!(page.contains("&lt;img src=x onerror=alert(1)&gt;&quot;"), "{page}");
    assert!(!page.contains("<img src=x"), "{page}");
    // What stands in an address comes back as text too, or not at all.
    let echoed = browser.get("/account/sign-in?next=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").await.body;
    assert!(!echoed.contains("<script>alert"), "{echoed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_trace_and_no_figures_for_strangers() {
    let town = Town::open(&Database::Sqlite).await;
    let client = Client::new();
    for path in ["/", "/account", "/api/v1/time", "/oauth2/token"] {
        let method = Method::from_bytes(b"TRACE").unwrap();
        let request = client.request(method, format!("{}{path}", town.door.url())).header("x-secret", "7F3K");
        let response = request.send().await.unwrap();
        assert!(response.status().is_client_error(), "{path}: {}", response.status());
        assert!(!response.text().await.unwrap().contains("7F3K"), "{path}");
    }
    assert_eq!(town.door.get("/metrics").await.status, 200, "for a collector on this machine");
    for name in ["x-forwarded-for", "forwarded", "via"] {
        let through = town.door.send(Method::GET, "/metrics", None, &[(name, "192.0.2.7".to_owned())]).await;
        assert_eq!(through.status, 404, "{name}: nobody whom a proxy let in");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_inside_is_logged_and_tells_the_caller_nothing() {
    let town = Town::open(&Database::Sqlite).await;
    let account = town.accounts().await.remove(0);
    let (mut browser, _) = joined(&town, &account, 4).await;
    let file = town.folder().join("yima.db");
    let damaged = rusqlite::Connection::open(&file).unwrap();
    damaged.execute_batch("ALTER TABLE authenticator RENAME TO lost").unwrap();
    let page = browser.get("/account").await;
    assert_eq!(page.status, 500, "{}", page.body);
    let wish = json!({ "name": "system", "password": "x", "totp": "000000" });
    damaged.execute_batch("ALTER TABLE operator RENAME TO lost_too").unwrap();
    let answer = town.door.send(Method::POST, "/api/v1/operators/sign-in", Some(wish), &[]).await;
    assert_eq!((answer.status.as_u16(), answer.word()), (500, "server_error".to_owned()));
    let request_id = answer.body["request_id"].as_str().unwrap().to_owned();
    for text in [page.body, answer.body.to_string()] {
        for inside in ["authenticator", "lost", "no such table", "SELECT", ".rs", "sqlite", "panicked"] {
            assert!(!text.to_lowercase().contains(&inside.to_lowercase()), "{inside} in {text}");
        }
    }
    let log = String::from_utf8(logged()).unwrap();
    // Towns beside this one count their requests in the same way.
    let broke = |line: &&str| line.contains(&request_id) && line.contains("no such table");
    let line = log.lines().find(broke).unwrap_or_else(|| panic!("no fault of {request_id}"));
    assert!(line.contains("ERROR"), "{line}");
    // Each line begins with its time, in UTC (RFC 3339).
    let stamp = line.split_whitespace().next().unwrap();
    assert!(stamp.ends_with('Z') && stamp.as_bytes()[10] == b'T', "{stamp}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_types_a_wrong_address_reads_a_page_and_a_program_reads_a_refusal() {
    let town = Town::open(&Database::Sqlite).await;
    const BROWSER: &str = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8";
    let ask = async |path: &str, accept: &str, lang: &str| {
        let headers = [("accept", accept.to_owned()), ("accept-language", lang.to_owned())];
        let answer = town.door.send(Method::GET, path, None, &headers).await;
        assert_eq!(answer.status.as_u16(), 404, "{path} {accept}");
        answer
    };
    let pages = [
        ("/sing-in", "zh-CN", "没有这个网页"),
        ("/sing-in", "en-GB", "There is no such page"),
        ("/sing-in?lang=zh&size=large", "en-GB", "没有这个网页"),
        ("/account/nowhere", "zh-CN", "没有这个网页"),
    ];
    for (path, lang, said) in pages {
        let text = String::from_utf8(ask(path, BROWSER, lang).await.bytes).unwrap();
        assert!(text.starts_with("<!DOCTYPE html>") && text.contains(said), "{path} {lang}: {text}");
    }
    for (path, accept) in [("/sing-in", "*/*"), ("/assets/gone.js", "*/*"), ("/api/v1/nothing", BROWSER)] {
        assert_eq!(ask(path, accept, "en-GB").await.word(), "not_found", "{path} {accept}");
    }
    let page = ask("/sing-in%3Cscript%3E", BROWSER, "en-GB").await;
    assert!(!String::from_utf8(page.bytes).unwrap().contains("script"), "the address does not come back");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_writes_a_line_of_the_log() {
    let town = Town::open(&Database::Sqlite).await;
    const FORGED: &str = "2026-01-01T00:00:00Z ERROR forged by a stranger 5PQ2";
    let path = format!("/api/v1/nothing%0A{}", FORGED.replace(' ', "%20"));
    town.door.get(&path).await;
    let fields =
        [("identifier", "x\n2026-01-01T00:00:00Z ERROR forged by a stranger 5PQ2"), ("password", "y"), ("digits", "1")];
    Browser::new(&town).form("/account/sign-in", "/account/sign-in", &fields).await;
    let wish = json!({ "name": format!("x\n{FORGED}"), "password": FORGED, "totp": "000000" });
    town.door.send(Method::POST, "/api/v1/operators/sign-in", Some(wish), &[]).await;
    let log = String::from_utf8(logged()).unwrap();
    assert!(log.lines().all(|line| !line.starts_with("2026-01-01T00:00:00Z")), "a stranger wrote a line");
}

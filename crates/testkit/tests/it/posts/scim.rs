//! SCIM: what a personnel system may and may not, the calm answer, versions, errors; and a client of others, unmodified.

use super::{Office, POST, USER, code, first, press, said};
use reqwest::Method;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use yima_kernel::assurance::Acr;
use yima_testkit::{Database, Town};

#[tokio::test(flavor = "multi_thread")]
async fn r48_nobody_learns_from_scim_who_has_an_account() {
    for database in Database::all() {
        let office = Office::of(Town::open(&database).await).await;
        // A number that nobody here has, beside a resident's.
        let mut stranger = office.user(0, "counter");
        stranger["userName"] = "g-99".into();
        stranger["externalId"] = "e-99".into();
        stranger[POST]["idNumber"] = "11010519491231002X".into();
        let unknown = office.scim(Method::POST, "/Users", Some(stranger.clone()), &[]).await;
        let known = office.scim(Method::POST, "/Users", Some(office.user(0, "counter")), &[]).await;
        let calm = |said: &super::Said| {
            let mut body = said.body.clone();
            for name in ["id", "userName", "externalId"] {
                body[name] = Value::Null;
            }
            body["meta"]["location"] = Value::Null;
            body["meta"]["version"] = Value::Null;
            (said.status, body)
        };
        assert_eq!(calm(&unknown), calm(&known));
        assert!(!known.body.to_string().contains("idNumber"), "write-only: {}", known.body);
        stranger["userName"] = "g-98".into();
        let twice = office.scim(Method::POST, "/Users", Some(stranger), &[]).await;
        assert_eq!((twice.status, &twice.body["scimType"]), (409, &json!("uniqueness")));
        let mut second = office.user(0, "counter");
        second["userName"] = "g-97".into();
        assert_eq!(office.scim(Method::POST, "/Users", Some(second), &[]).await.status, 409, "the same for both");

        // A code is used once; a wrong one gets the same answer, and nobody ever sees that post.
        let mut person = office.browser(1, Acr::Passkey).await;
        let given = code(&mut person).await;
        let by_code = |name: &str, code: &str| {
            let mut user = json!({ "schemas": [USER, POST], "userName": name });
            user[POST] = json!({ "role": "head", "invitation": code });
            Some(user)
        };
        for (name, code) in [("c-1", given.as_str()), ("c-2", &given), ("c-3", "zzzzz-zzzzz")] {
            let made = office.scim(Method::POST, "/Users", by_code(name, code), &[]).await;
            assert_eq!((made.status, &made.body[POST]["state"]), (201, &json!("pending")), "{}", made.body);
        }
        let page = person.get("/account/posts").await.body;
        assert_eq!(page.matches("/accept\"").count(), 1, "{page}");
        let id = first(&mut person, "accept").await;
        assert_eq!(press(&mut person, &id, "accept", &[]).await.status, 303);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r48_a_token_opens_one_subtree_until_it_is_ended_and_touches_no_account() {
    let office = Office::of(Town::open(&Database::Sqlite).await).await;
    let elsewhere = super::department(&office.town, &office.system, "别的厅", None).await;
    let mut user = office.user(0, "counter");
    user[POST]["organisation"] = elsewhere.into();
    let outside = office.scim(Method::POST, "/Users", Some(user.clone()), &[]).await;
    assert_eq!((outside.status, &outside.body["scimType"]), (400, &json!("invalidValue")), "{}", outside.body);
    user[POST]["organisation"] = office.under.clone().into();
    user["active"] = true.into();
    user["password"] = "hunter22".into();
    user["phoneNumbers"] = json!([{ "value": "13800000000" }]);
    let made = office.scim(Method::POST, "/Users", Some(user.clone()), &[]).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let id = made.body["id"].as_str().unwrap().to_owned();
    let mut person = office.browser(0, Acr::Passkey).await;
    assert_eq!(press(&mut person, &id, "accept", &[]).await.status, 303);

    // `active: false` ends the post; account, sessions and ways to sign in stay.
    user["active"] = false.into();
    let path = format!("/Users/{id}");
    let off = office.scim(Method::PUT, &path, Some(user.clone()), &[]).await;
    assert_eq!((off.status, &off.body["active"]), (200, &json!(false)));
    assert_eq!(person.get("/account").await.status, 200, "the person is signed in as before");
    let shown = office.operator(Method::GET, &format!("/residents/{}", office.account(0)), None).await.ok();
    assert_eq!(shown["state"], "active");

    // Another organisation's feed sees nothing of it.
    let path_of = format!("/api/v1/organisations/{}/feeds", office.under);
    let other =
        office.town.door.operator(&office.system, Method::POST, &path_of, Some(json!({ "label": "x" }))).await.ok();
    let token = other["token"].as_str().unwrap();
    assert_eq!(said(&office.town, token, Method::GET, &path, None, &[]).await.status, 404);
    assert_eq!(said(&office.town, token, Method::DELETE, &path, None, &[]).await.status, 404);
    assert_eq!(said(&office.town, token, Method::GET, "/Users", None, &[]).await.body["totalResults"], 0);

    let end = format!("/feeds/{}/end", office.feed);
    assert_eq!(office.operator(Method::POST, &end, None).await.word(), "ok");
    for token in [office.token.as_str(), "yfd_nothing", "none"] {
        let shut = said(&office.town, token, Method::GET, "/Users", None, &[]).await;
        assert_eq!((shut.status, &shut.body["status"]), (401, &json!("401")), "one answer for all");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc_7644_filters_pages_versions_and_errors() {
    let office = Office::of(Town::open(&Database::Sqlite).await).await;
    for nth in 0..5 {
        office.made(nth, "counter").await;
    }
    let get = |path: &'static str| {
        let office = &office;
        async move { office.scim(Method::GET, path, None, &[]).await }
    };
    // (query, status, totalResults, itemsPerPage)
    let table = [
        ("/Users", 200, 5, 5),
        ("/Users?startIndex=4&count=200", 200, 5, 2),
        ("/Users?count=0", 200, 5, 0),
        ("/Users?startIndex=0&count=2", 200, 5, 2),
        ("/Users?startIndex=9", 200, 5, 0),
        ("/Users?filter=userName%20eq%20%22g-3%22", 200, 1, 1),
        ("/Users?filter=externalId%20EQ%20%22e-2%22", 200, 1, 1),
        ("/Users?filter=userName%20eq%20%22nobody%22", 200, 0, 0),
        ("/Users?filter=id%20eq%20%22pst_nobody%22", 200, 0, 0),
    ];
    for (query, status, total, items) in table {
        let said = get(query).await;
        assert_eq!(said.status, status, "{query}");
        assert_eq!((&said.body["totalResults"], &said.body["itemsPerPage"]), (&json!(total), &json!(items)), "{query}");
    }
    // (query, status, scimType)
    for (query, status, kind) in [
        ("/Users?filter=userName%20sw%20%22g%22", 400, json!("invalidFilter")),
        ("/Users?count=many", 400, json!("invalidValue")),
        ("/Users/pst_nobody", 404, Value::Null),
        ("/Groups", 404, Value::Null),
        ("/Me", 501, Value::Null),
    ] {
        let said = get(query).await;
        assert_eq!((said.status, &said.body["scimType"]), (status, &kind), "{query}");
        assert_eq!(said.body["schemas"][0], "urn:ietf:params:scim:api:messages:2.0:Error");
    }

    let one = get("/Users?filter=userName%20eq%20%22g-3%22").await.body["Resources"][0].clone();
    let path = format!("/Users/{}", one["id"].as_str().unwrap());
    let tag = office.scim(Method::GET, &path, None, &[]).await.tag;
    assert_eq!(tag, one["meta"]["version"].as_str().unwrap());
    assert_eq!(office.scim(Method::GET, &path, None, &[("if-none-match", &tag)]).await.status, 304);
    let renewed = office.scim(Method::PUT, &path, Some(office.user(3, "counter")), &[("if-match", &tag)]).await;
    assert_eq!(renewed.status, 200, "{}", renewed.body);
    assert_ne!(renewed.tag, tag);
    let late = office.scim(Method::PUT, &path, Some(office.user(3, "head")), &[("if-match", &tag)]).await;
    assert_eq!(late.status, 412, "{}", late.body);
    let other = office
        .scim(
            Method::PUT,
            &path,
            Some({
                let mut user = office.user(4, "counter");
                user["userName"] = "g-3".into();
                user
            }),
            &[],
        )
        .await;
    assert_eq!((other.status, &other.body["scimType"]), (400, &json!("mutability")), "another person");
    let mut number = office.user(3, "counter");
    number["userName"] = office.town.residents[3].id_number.clone().into();
    assert_eq!(office.scim(Method::PUT, &path, Some(number), &[]).await.status, 400, "no ID number as a name");
    assert_eq!(office.scim(Method::DELETE, &path, None, &[]).await.status, 204);
    assert_eq!(office.scim(Method::GET, &path, None, &[]).await.status, 404);
    assert_eq!(office.made(3, "counter").await["userName"], "g-3", "its name is free again");
}

#[tokio::test(flavor = "multi_thread")]
async fn scim2_client_and_scim2_tester_go_the_whole_way() {
    let office = Office::of(Town::open(&Database::Sqlite).await).await;
    let numbers: Vec<_> = office.town.residents.iter().take(6).map(|one| one.id_number.clone()).collect();
    let world = json!({ "url": format!("{}/scim/v2", office.town.door.url()), "token": office.token,
        "under": office.under, "numbers": numbers });
    let python = std::env::var("YIMA_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/posts/scim_client.py");
    let done = tokio::task::spawn_blocking(move || {
        Command::new(python).arg(script).env("YIMA_WORLD", world.to_string()).env("NO_PROXY", "*").output()
    });
    let output = done.await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.lines().filter(|line| line.starts_with("ok ")).count() >= 8, "{said}");
}

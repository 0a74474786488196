//! Posts of officers through the public doors: named by a personnel system over SCIM or by an operator, accepted and left on
//! the person's page, with deputies; over by silence, by transfer, by death.

mod codes;
mod import;
mod office;
mod races;
mod scim;

use crate::browsers::{Browser, Shown};
use crate::organisations::signed_in;
use reqwest::Method;
use serde_json::{Value, json};
use yima_kernel::assurance::Acr;
use yima_testkit::{Answer, Town};

pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub const POST: &str = "urn:ietf:params:scim:schemas:extension:yima:2.0:User";

/// A department with a department under it, and the token of its personnel system.
pub struct Office {
    pub town: Town,
    pub system: String,
    pub top: String,
    pub under: String,
    pub feed: String,
    pub token: String,
    accounts: Vec<String>,
}

impl Office {
    pub async fn of(town: Town) -> Self {
        let system = signed_in(&town, 0).await;
        let top = department(&town, &system, "省厅", None).await;
        let under = department(&town, &system, "处", Some(&top)).await;
        let path = format!("/api/v1/organisations/{top}/feeds");
        let made = town.door.operator(&system, Method::POST, &path, Some(json!({ "label": "人事系统" }))).await.ok();
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        let (feed, token) = (text("id"), text("token"));
        let mut accounts = Vec::new();
        for resident in town.residents.iter().take(5) {
            let wish = Some(json!({ "q": resident.id_number }));
            let found = town.door.operator(&system, Method::POST, "/api/v1/residents/find", wish).await.ok();
            accounts.push(found["items"][0]["id"].as_str().unwrap().to_owned());
        }
        Self { town, system, top, under, feed, token, accounts }
    }

    /// A request of the personnel system: status, body and tag.
    pub async fn scim(&self, method: Method, path: &str, body: Option<Value>, more: &[(&str, &str)]) -> Said {
        said(&self.town, &self.token, method, path, body, more).await
    }

    /// A User of the nth resident.
    pub fn user(&self, nth: usize, role: &str) -> Value {
        let mut user =
            json!({ "schemas": [USER, POST], "userName": format!("g-{nth}"), "externalId": format!("e-{nth}") });
        user[POST] = json!({ "role": role, "idNumber": self.town.residents[nth].id_number });
        user
    }

    pub async fn made(&self, nth: usize, role: &str) -> Value {
        let made = self.scim(Method::POST, "/Users", Some(self.user(nth, role)), &[]).await;
        assert_eq!(made.status, 201, "{}", made.body);
        made.body
    }

    /// The nth resident's browser, signed in with a passkey a moment ago.
    pub async fn browser(&self, nth: usize, acr: Acr) -> Browser {
        let mut browser = Browser::new(&self.town);
        for pair in self.town.sign_in(self.account(nth), acr).await.split("; ") {
            let (name, value) = pair.split_once('=').unwrap();
            browser.set_cookie(name, value);
        }
        browser
    }

    pub fn account(&self, nth: usize) -> &str {
        &self.accounts[nth]
    }

    /// The operator signs in again, when time has gone by.
    pub async fn later(&mut self, seconds: i64) {
        self.town.clock.advance(seconds);
        self.system = signed_in(&self.town, 0).await;
    }

    pub async fn operator(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.town.door.operator(&self.system, method, &format!("/api/v1{path}"), body).await
    }

    /// (role, state, reason) of all posts of an organisation, the newest first.
    pub async fn posts(&self, of: &str) -> Vec<(String, String, String)> {
        let all = self.operator(Method::GET, &format!("/organisations/{of}/posts"), None).await.ok();
        let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
        let rows = all["items"].as_array().unwrap();
        rows.iter().map(|row| (text(row, "role"), text(row, "state"), text(row, "reason"))).collect()
    }
}

pub struct Said {
    pub status: u16,
    pub body: Value,
    pub tag: String,
}

pub async fn said(
    town: &Town,
    token: &str,
    method: Method,
    path: &str,
    body: Option<Value>,
    more: &[(&str, &str)],
) -> Said {
    let mut request = reqwest::Client::new().request(method, format!("{}/scim/v2{path}", town.door.url()));
    request = request.bearer_auth(token);
    for (name, value) in more {
        request = request.header(*name, *value);
    }
    if let Some(body) = body {
        request = request.header("content-type", "application/scim+json").body(body.to_string());
    }
    let answer = request.send().await.unwrap();
    let tag = answer.headers().get("etag").map(|tag| tag.to_str().unwrap().to_owned()).unwrap_or_default();
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    Said { status, tag, body: serde_json::from_str(&text).unwrap_or(Value::Null) }
}

pub async fn department(town: &Town, system: &str, name: &str, parent: Option<&str>) -> String {
    let body = json!({ "kind": "department", "name": name, "region": "370000", "parent": parent, "source": "test" });
    let made = town.door.operator(system, Method::POST, "/api/v1/organisations", Some(body)).await.ok();
    made["id"].as_str().unwrap().to_owned()
}

/// Presses a button of the page "my posts".
pub async fn press(browser: &mut Browser, post: &str, verb: &str, fields: &[(&str, &str)]) -> Shown {
    browser.form("/account/posts", &format!("/account/posts/{post}/{verb}"), fields).await
}

/// The id of the first post of the page that has this button.
pub async fn first(browser: &mut Browser, verb: &str) -> String {
    let page = browser.get("/account/posts").await.body;
    let (head, _) = page.split_once(&format!("/{verb}\"")).unwrap_or_else(|| panic!("no {verb} in {page}"));
    head.rsplit("/account/posts/").next().unwrap().to_owned()
}

/// A code for an office or a colleague.
pub async fn code(browser: &mut Browser) -> String {
    let page = browser.form("/account/posts", "/account/posts/code", &[]).await.body;
    page.split("<b class=\"code\">").nth(1).unwrap().split('<').next().unwrap().to_owned()
}

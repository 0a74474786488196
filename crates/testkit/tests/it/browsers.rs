//! A browser in a test: keeps cookies, follows no redirect by itself, and fills the forms that it was shown.
//! It does not know what the pages mean.

use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use yima_testkit::Town;

/// What came back.
pub struct Shown {
    pub status: u16,
    pub to: String,
    pub body: String,
    pub policy: String,
    pub retry_after: Option<String>,
    pub cookies: Vec<String>,
    /// What the browser is told to forget.
    pub clears: Option<String>,
}

#[derive(Clone)]
pub struct Browser {
    client: Client,
    url: String,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    pub fn new(town: &Town) -> Self {
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        Self { client, url: town.door.url().to_owned(), cookies: BTreeMap::new() }
    }

    /// The origin that passkeys are of.
    pub fn origin(&self) -> String {
        self.url.replace("127.0.0.1", "localhost")
    }

    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    pub fn forget(&mut self, name: &str) {
        self.cookies.remove(name);
    }

    pub async fn get(&mut self, path: &str) -> Shown {
        let request = self.client.get(format!("{}{path}", self.url));
        self.send(request).await
    }

    /// Sends a form with the mark of the page at `from`.
    pub async fn form(&mut self, from: &str, to: &str, fields: &[(&str, &str)]) -> Shown {
        let mark = self.mark(from).await;
        self.form_with(&mark, to, fields).await
    }

    pub async fn form_with(&mut self, mark: &str, to: &str, fields: &[(&str, &str)]) -> Shown {
        let request = self.form_request(mark, to, fields);
        self.send(request).await
    }

    /// Sends a form whose answer is a file: its status and its bytes.
    pub async fn file(&mut self, mark: &str, to: &str, fields: &[(&str, &str)]) -> (u16, Vec<u8>) {
        let line: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.form_request(mark, to, fields).header("cookie", line.join("; "));
        let response = request.header("user-agent", "Chrome/130 Linux").send().await.unwrap();
        (response.status().as_u16(), response.bytes().await.unwrap().to_vec())
    }

    pub fn form_request(&self, mark: &str, to: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        let mut pairs = vec![("mark", mark)];
        pairs.extend(fields);
        let body: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
        let request = self.client.post(format!("{}{to}", self.url)).body(body.join("&"));
        request.header("content-type", "application/x-www-form-urlencoded").header("sec-fetch-site", "same-origin")
    }

    /// What a script sends.
    pub async fn json(&mut self, path: &str, body: &Value) -> Shown {
        let request = self.client.post(format!("{}{path}", self.url)).body(body.to_string());
        self.send(request.header("content-type", "application/json").header("sec-fetch-site", "same-origin")).await
    }

    /// What the script asks before it speaks to a passkey.
    pub async fn ask(&mut self, from: &str, what: &str, more: Value) -> Value {
        let mark = self.mark(from).await;
        let mut body = json!({ "mark": mark, "what": what });
        for (name, value) in more.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        let request = self.client.post(format!("{}/account/passkey/ask", self.url)).body(body.to_string());
        let shown = self.send(request.header("content-type", "application/json")).await;
        serde_json::from_str(&shown.body).unwrap_or_else(|_| panic!("{} {}", shown.status, shown.body))
    }

    pub async fn mark(&mut self, from: &str) -> String {
        let page = self.get(from).await;
        field(&page.body, "mark")
    }

    pub async fn send(&mut self, request: RequestBuilder) -> Shown {
        let line: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = if line.is_empty() { request } else { request.header("cookie", line.join("; ")) };
        let response = request.header("user-agent", "Chrome/130 Linux").send().await.unwrap();
        let header = |name: &str| response.headers().get(name).map(|v| v.to_str().unwrap().to_owned());
        let cookies: Vec<String> =
            response.headers().get_all("set-cookie").iter().map(|v| v.to_str().unwrap().to_owned()).collect();
        let (to, policy) =
            (header("location").unwrap_or_default(), header("content-security-policy").unwrap_or_default());
        let clears = header("clear-site-data");
        let (retry_after, status) = (header("retry-after"), response.status().as_u16());
        for cookie in &cookies {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Shown { status, to, policy, retry_after, cookies, clears, body: response.text().await.unwrap() }
    }
}

/// The value of a hidden field, the first of this name.
pub fn field(page: &str, name: &str) -> String {
    let from = page.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap_or_else(|| panic!("no {name} in {page}"));
    from.split('"').next().unwrap().to_owned()
}

fn escaped(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

/// Of sixteen that open an address at once as this browser, the one that is sent on; exactly one is.
pub async fn one_of_sixteen(browser: &Browser, path: &str) -> Browser {
    let tries: Vec<_> = (0..16)
        .map(|_| {
            let (mut one, path) = (browser.clone(), path.to_owned());
            tokio::spawn(async move { (one.get(&path).await.status == 303, one) })
        })
        .collect();
    let mut sent_on = Vec::new();
    for one in tries {
        let (yes, browser) = one.await.unwrap();
        sent_on.extend(yes.then_some(browser));
    }
    assert_eq!(sent_on.len(), 1);
    sent_on.remove(0)
}

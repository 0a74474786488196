//! A town with an app, and a browser that is signed in. Requests are plain HTTP; redirects are looked at, not followed.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use yima_kernel::assurance::Acr;
use yima_kernel::subject::Actor;
use yima_keys::Suite;
use yima_keys::custody::IssuingKey;
use yima_oidc::form::Params;
use yima_province::ProposeClient;
use yima_testkit::{Database, Town};

pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub const BACK: &str = "https://hospital.example.cn/cb";
/// A credit code with a right check character.
pub const CODE_A: &str = "91370000000000001P";

/// What came back.
pub struct Said {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub text: String,
}

impl Said {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    /// The protocol's word, or `ok`.
    pub fn word(&self) -> String {
        if self.status < 400 { "ok".into() } else { self.json()["error"].as_str().unwrap_or("?").to_owned() }
    }

    /// Where it leads: by a header or by the page itself.
    pub fn leads_to(&self) -> String {
        if let Some(to) = self.headers.get("location") {
            return to.clone();
        }
        leads_to(&self.text)
    }
}

/// Where a page itself leads.
pub fn leads_to(page: &str) -> String {
    let at = page.find("0;url=").map(|at| at + 6).unwrap_or_else(|| panic!("leads nowhere: {page}"));
    let rest = &page[at..];
    rest[..rest.find('"').unwrap()].replace("&amp;", "&")
}

/// The parameters of an address.
pub fn query(address: &str) -> Params {
    Params::parse(address.split_once('?').map_or("", |(_, query)| query).as_bytes()).unwrap()
}

pub struct World {
    pub town: Town,
    pub account: String,
    pub cookie: String,
    client: Client,
}

/// A registered app.
#[derive(Clone)]
pub struct RegisteredApp {
    pub id: String,
    pub secret: Option<String>,
}

pub fn claims() -> Value {
    json!({
        "name": { "required": true, "zh": "挂号用", "en": "For registration" },
        "region": { "zh": "就近分诊", "en": "To send you nearby" },
        "age_band": { "zh": "分科", "en": "To find the ward" }
    })
}

/// Metadata of a hospital's app; `more` replaces members.
pub fn metadata(more: Value) -> Value {
    let mut all = json!({
        "client_name#zh": "泉城医院", "client_name#en": "Quancheng Hospital",
        "redirect_uris": [BACK], "grant_types": ["authorization_code", "refresh_token"],
        "scope": "openid profile offline_access", "yima_claims": claims(),
        "yima_purpose": { "zh": "门诊挂号", "en": "Outpatient registration" },
        "post_logout_redirect_uris": ["https://hospital.example.cn/out"]
    });
    for (name, value) in more.as_object().unwrap() {
        all[name] = value.clone();
    }
    all
}

impl World {
    pub async fn new(database: &Database) -> Self {
        Self::of(Town::open(database).await).await
    }

    pub async fn of(town: Town) -> Self {
        // An adult with a name of their own.
        let account = town.accounts().await[0].clone();
        let cookie = town.sign_in(&account, Acr::Passkey).await;
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        Self { town, account, cookie, client }
    }

    /// An app that was proposed and reviewed.
    pub async fn app(&self, more: Value) -> RegisteredApp {
        self.app_of(CODE_A, "泉城医院管理中心", more).await
    }

    pub async fn app_of(&self, organisation: &str, owner: &str, more: Value) -> RegisteredApp {
        let wish = ProposeClient {
            id: None,
            organisation: organisation.to_owned(),
            owner: owner.to_owned(),
            metadata: metadata(more).to_string(),
        };
        let made = self.town.province.propose_client(&Actor::System, wish).await.unwrap();
        let id = made.version.id.clone();
        self.town.province.review_client(&Actor::System, &id, 1, true, "ok").await.unwrap();
        RegisteredApp { id, secret: made.secret }
    }

    pub fn issuer(&self) -> String {
        self.town.province.issuer().to_owned()
    }

    /// Writes to the town's database as nobody but its operator could. `@BYTES` is the type of octets.
    pub async fn by_hand(&self, sql: &str) {
        use sqlx::{AssertSqlSafe, Executor as _};
        match self.town.postgres().await {
            Some(mut postgres) => {
                postgres.execute(AssertSqlSafe(sql.replace("@BYTES", "BYTEA"))).await.unwrap();
            }
            None => {
                let database = rusqlite::Connection::open(self.town.folder().join("yima.db")).unwrap();
                database.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
                database.execute(&sql.replace("@BYTES", "BLOB"), []).unwrap();
            }
        }
    }

    pub async fn get(&self, path: &str, headers: &[(&str, String)]) -> Said {
        self.send(Method::GET, path, None, headers).await
    }

    pub async fn post(&self, path: &str, body: &Params, headers: &[(&str, String)]) -> Said {
        self.send(Method::POST, path, Some(body.encoded()), headers).await
    }

    pub async fn send(&self, method: Method, path: &str, body: Option<String>, headers: &[(&str, String)]) -> Said {
        let mut request = self.client.request(method, format!("{}{path}", self.town.door.url()));
        if let Some(body) = body {
            request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        }
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        said(request.send().await.unwrap()).await
    }

    /// As the signed-in browser.
    pub async fn browse(&self, path: &str) -> Said {
        self.get(path, &[("cookie", self.cookie.clone())]).await
    }

    /// A good authorization request of an app.
    pub fn request(&self, app: &RegisteredApp) -> Params {
        let pairs = [
            ("response_type", "code"),
            ("client_id", app.id.as_str()),
            ("redirect_uri", BACK),
            ("scope", "openid profile offline_access"),
            ("state", "s-1"),
            ("nonce", "n-1"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        Params::of(pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    /// Presses a button on the page of consent.
    pub async fn press_on(&self, page: &Said, answer: &str, choices: &[(&str, &str)]) -> Said {
        let mut form = Params::default();
        for name in ["request", "shown", "lang", "mark"] {
            form = form.with(name, &hidden(&page.text, name));
        }
        for (name, value) in choices {
            form = form.with(name, value);
        }
        let form = form.with("answer", answer);
        self.post(
            "/oauth2/consent",
            &form,
            &[("cookie", self.cookie.clone()), ("sec-fetch-site", "same-origin".into())],
        )
        .await
    }

    /// A code, agreed to with every claim.
    pub async fn code(&self, app: &RegisteredApp) -> String {
        self.code_by(&self.request(app)).await
    }

    pub async fn code_by(&self, request: &Params) -> String {
        let first = self.browse(&format!("/oauth2/authorize?{}", request.encoded())).await;
        let done = if first.text.contains("name=\"shown\"") {
            self.press_on(&first, "allow", &[("c_name", "give"), ("c_region", "give"), ("c_age_band", "give")]).await
        } else {
            first
        };
        let to = done.leads_to();
        query(&to).get("code").unwrap_or_else(|| panic!("no code: {to}")).to_owned()
    }

    pub fn redemption(&self, code: &str) -> Params {
        let pairs =
            [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", BACK), ("code_verifier", VERIFIER)];
        Params::of(pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    /// Asks the token endpoint as an app with its secret, or with none.
    pub async fn token(&self, app: &RegisteredApp, body: &Params) -> Said {
        self.as_app(app, "/oauth2/token", body, &[]).await
    }

    pub async fn as_app(&self, app: &RegisteredApp, path: &str, body: &Params, more: &[(&str, String)]) -> Said {
        let mut headers = more.to_vec();
        let body = match &app.secret {
            Some(secret) => {
                headers.push(("authorization", format!("Basic {}", STANDARD.encode(format!("{}:{secret}", app.id)))));
                body.clone()
            }
            None => body.with("client_id", &app.id),
        };
        self.post(path, &body, &headers).await
    }

    /// Tokens of a fresh sign-in.
    pub async fn signed_in(&self, app: &RegisteredApp) -> Value {
        let code = self.code(app).await;
        let said = self.token(app, &self.redemption(&code)).await;
        assert_eq!(said.status, 200, "{}", said.text);
        said.json()
    }

    pub async fn userinfo(&self, token: &Value) -> Said {
        let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
        self.get("/oauth2/userinfo", &[("authorization", bearer)]).await
    }

    pub async fn refresh(&self, app: &RegisteredApp, token: &Value) -> Said {
        let body = Params::default()
            .with("grant_type", "refresh_token")
            .with("refresh_token", token["refresh_token"].as_str().unwrap_or("none"));
        self.token(app, &body).await
    }
}

async fn said(response: Response) -> Said {
    let status = response.status().as_u16();
    let headers = response.headers().iter();
    let headers =
        headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned())).collect();
    Said { status, headers, text: response.text().await.unwrap() }
}

/// The value of a hidden field.
pub fn hidden(page: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let at = page.find(&start).unwrap_or_else(|| panic!("no field {name}: {page}")) + start.len();
    let rest = &page[at..];
    rest[..rest.find('"').unwrap()].replace("&amp;", "&").replace("&quot;", "\"")
}

/// The claims of a token, unchecked.
pub fn inside(token: &Value) -> Value {
    let text = token.as_str().unwrap_or_else(|| panic!("no token"));
    let body = text.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).unwrap()).unwrap()
}

/// Somebody's key that proves possession.
pub struct Prover(IssuingKey);

impl Prover {
    pub fn new(number: u8) -> Self {
        Self(IssuingKey::from_secret(Suite::Es256, &[number; 32]).unwrap())
    }

    pub fn proof(&self, claims: &Value) -> String {
        let public = yima_keys::PublicKey::parse(Suite::Es256, &self.0.public()).unwrap();
        let header = json!({ "alg": "ES256", "typ": "dpop+jwt", "jwk": yima_oidc::jwk::write(&public, "x") });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let input = format!("{}.{}", part(&header), part(claims));
        let mut rng = rand::SeedableRng::seed_from_u64(1);
        let signature = self.0.sign(&[input.as_bytes()], &mut rng as &mut rand::rngs::StdRng).unwrap();
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

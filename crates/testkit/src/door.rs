//! The public door, as phones, gates and operators knock at it; requests are HTTP, answers are JSON.
//! It does not know what an answer means.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use std::collections::HashMap;
use yima_code::{Challenge, HolderPart, IssuerPart, T0};
use yima_keys::Suite;
use yima_keys::custody::IssuingKey;
use yima_wire::message_signature as profile;

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Status code.
    pub status: StatusCode,
    /// Body, `null` when it is empty or no JSON.
    pub body: Value,
    /// The body as it came.
    pub bytes: Vec<u8>,
    /// The session cookie, if one was set.
    pub cookie: Option<String>,
    /// Seconds after which to come again, if the answer names them.
    pub retry_after_s: Option<u32>,
}

impl Answer {
    /// The body of a success.
    ///
    /// # Panics
    /// When it is none: the test shows status and body.
    #[must_use]
    pub fn ok(self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.body);
        self.body
    }

    /// `ok`, or the problem's code.
    #[must_use]
    pub fn word(&self) -> String {
        if self.status.is_success() { "ok".to_owned() } else { self.body["code"].as_str().unwrap_or("?").to_owned() }
    }
}

/// An open door.
#[derive(Clone, Debug)]
pub struct Door {
    client: Client,
    url: String,
}

impl Door {
    /// Of a server.
    #[must_use]
    pub fn at(url: &str) -> Self {
        Self { client: Client::new(), url: url.to_owned() }
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Without any sign-in.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None, &[]).await
    }

    /// With headers of one's own.
    ///
    /// # Panics
    /// When nobody answers.
    pub async fn send(&self, method: Method, path: &str, body: Option<Value>, headers: &[(&str, String)]) -> Answer {
        self.try_send(method, path, body, headers).await.unwrap()
    }

    /// The same where the server may die meanwhile.
    ///
    /// # Errors
    /// When no whole answer came.
    pub async fn try_send(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, String)],
    ) -> Result<Answer, reqwest::Error> {
        let mut request = self.client.request(method, format!("{}{path}", self.url));
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let response = request.send().await?;
        let status = response.status();
        let cookie = response.headers().get("set-cookie").and_then(|v| v.to_str().ok());
        let cookie = cookie.and_then(|v| v.split(';').next()).map(str::to_owned);
        let retry_after_s = response.headers().get("retry-after").and_then(|v| v.to_str().ok()?.parse().ok());
        let bytes = response.bytes().await?.to_vec();
        Ok(Answer { status, retry_after_s, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null), bytes, cookie })
    }

    /// As a gate.
    pub async fn gate(&self, key: &str, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body), &[("authorization", format!("Bearer {key}"))]).await
    }

    /// As an operator with this cookie.
    pub async fn operator(&self, cookie: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.send(method, path, body, &[("cookie", cookie.to_owned())]).await
    }
}

/// Tokens with their keys, and online ids.
type Batch = (Vec<(IssuerPart, IssuingKey, String)>, Vec<([u8; 16], [u8; 16])>);

/// A phone with its key and, after a draw, its batch.
pub struct Phone {
    key: IssuingKey,
    /// `dev_…` once enrolled.
    pub id: String,
    tokens: Vec<(IssuerPart, IssuingKey, String)>,
    online: Vec<([u8; 16], [u8; 16])>,
    wish: Option<(Value, Vec<IssuingKey>)>,
    /// Codes that are shown for somebody else, by mandate.
    family: HashMap<String, Batch>,
    day: u16,
    rng: StdRng,
}

impl Phone {
    /// A new phone; the number makes its chance its own.
    #[must_use]
    pub fn new(suite: Suite, number: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(number);
        let key = IssuingKey::generate(suite, &mut rng).unwrap();
        Self {
            key,
            id: profile::KEY_ID_NEW.to_owned(),
            tokens: Vec::new(),
            online: Vec::new(),
            wish: None,
            family: HashMap::new(),
            day: 0,
            rng,
        }
    }

    /// A signed request.
    pub async fn send(&mut self, door: &Door, now: i64, method: Method, path: &str, body: Option<Value>) -> Answer {
        let text = body.as_ref().map(ToString::to_string).unwrap_or_default();
        let digest = profile::content_digest_header(&STANDARD.encode(yima_keys::sha256(&[text.as_bytes()])));
        let parameters = profile::SignatureParameters { created_at: now, key_id: &self.id };
        let (plain, query) = path.split_once('?').unwrap_or((path, ""));
        let base = profile::signature_base(method.as_str(), plain, query, &digest, &parameters);
        let signature = self.key.sign(&[base.as_bytes()], &mut self.rng).unwrap();
        let headers = [
            (profile::CONTENT_DIGEST, digest),
            (profile::SIGNATURE_INPUT, parameters.header()),
            (profile::SIGNATURE, profile::signature_header(&STANDARD.encode(signature))),
        ];
        door.send(method, path, body, &headers).await
    }

    /// Enrols with a proof: `{"code": …}` or `{"challenge_id": …, "otp": …}`.
    pub async fn enrol(&mut self, door: &Door, now: i64, proof: Value) -> Answer {
        let suite = if self.key.suite() == Suite::Sm2Sm3 { "SM2" } else { "ES256" };
        let mut body =
            json!({ "public_key": URL_SAFE_NO_PAD.encode(self.key.public()), "suite": suite, "label": "手机" });
        for (name, value) in proof.as_object().unwrap() {
            body[name] = value.clone();
        }
        let answer = self.send(door, now, Method::POST, "/api/v1/enrolments", Some(body)).await;
        if let Some(id) = answer.body["device_id"].as_str() {
            self.id = id.to_owned();
        }
        answer
    }

    /// Draws a batch of plain tokens and online ids for the day that is shown now.
    pub async fn draw(&mut self, door: &Door, now: i64, t1: usize, t0: usize) -> Answer {
        self.wish(now, (t1, t0), &json!({ "flavour": "plain" }));
        self.ask(door, now).await
    }

    /// Draws tokens that disclose something, `{"flavour": "benefit", "benefit": 2}`; they are shown before all others.
    pub async fn draw_saying(&mut self, door: &Door, now: i64, t1: usize, says: &Value) -> Answer {
        let before = std::mem::take(&mut self.tokens);
        self.wish(now, (t1, 0), says);
        let answer = self.ask(door, now).await;
        self.tokens.extend(before);
        answer
    }

    /// Makes the keys of a batch of so many T1 and T0 and the request for it, to be sent by [`Phone::ask`].
    pub fn wish(&mut self, now: i64, (t1, t0): (usize, usize), says: &Value) {
        let day = yima_code::Day::shown_at(u32::try_from(now).unwrap()).0;
        let suite = self.key.suite();
        let keys: Vec<_> = (0..t1).map(|_| IssuingKey::generate(suite, &mut self.rng).unwrap()).collect();
        let mut request_id = [0; 16];
        self.rng.fill_bytes(&mut request_id);
        let wanted: Vec<_> = keys
            .iter()
            .map(|k| {
                let mut wanted = says.clone();
                wanted["holder_key"] = URL_SAFE_NO_PAD.encode(k.public()).into();
                wanted
            })
            .collect();
        let body = json!({ "request_id": URL_SAFE_NO_PAD.encode(request_id), "day": day, "t1": wanted, "t0": t0 });
        self.wish = Some((body, keys));
    }

    /// Sends the wish; one that was not granted is kept, to be sent again with the same keys.
    ///
    /// # Panics
    /// Without a wish.
    pub async fn ask(&mut self, door: &Door, now: i64) -> Answer {
        self.ask_at(door, now, "/api/v1/tokens/draw").await
    }

    async fn ask_at(&mut self, door: &Door, now: i64, path: &str) -> Answer {
        let (body, keys) = self.wish.take().unwrap();
        let answer = self.send(door, now, Method::POST, path, Some(body.clone())).await;
        if answer.status.is_success() {
            self.day = u16::try_from(body["day"].as_u64().unwrap()).unwrap();
            self.take(&answer.body, keys);
        } else {
            self.wish = Some((body, keys));
        }
        answer
    }

    fn take(&mut self, batch: &Value, keys: Vec<IssuingKey>) {
        for (token, key) in batch["tokens"].as_array().unwrap().iter().zip(keys) {
            let part = IssuerPart::from_bytes(&bytes(&token["issuer_part"])).unwrap();
            self.tokens.push((part, key, token["flavour"].as_str().unwrap().to_owned()));
        }
        self.online.extend(batch["t0"].as_array().unwrap().iter().map(|t0| (bytes(&t0["id"]), bytes(&t0["key"]))));
    }

    /// Shows a T1: the digits of its symbol. Each token is shown once.
    ///
    /// # Panics
    /// When the batch is used up.
    pub fn show(&mut self, now: i64, scenario: u16, site: u32) -> String {
        let (part, key, _) = self.tokens.remove(0);
        let holder = HolderPart::new(u32::try_from(now).unwrap(), scenario, site);
        let signature = key.sign(&holder.holder_message(&part).parts(), &mut self.rng).unwrap();
        holder.assemble(part, signature).to_digits()
    }

    /// Draws codes to be shown for the principal of a mandate (`edg_…`), or in a post (`pst_…`).
    pub async fn draw_acting(&mut self, door: &Door, now: i64, mandate: &str, t1: usize, t0: usize) -> Answer {
        let noun = if mandate.starts_with("pst_") { "posts" } else { "mandates" };
        self.turn_to(mandate);
        // What was drawn before may be of a slot that ended.
        self.tokens.clear();
        self.online.clear();
        self.wish(now, (t1, t0), &json!({ "flavour": "acting" }));
        let answer = self.ask_at(door, now, &format!("/api/v1/{noun}/{mandate}/draw")).await;
        self.wish = None;
        self.turn_to(mandate);
        answer
    }

    /// Swaps the phone's own codes for those of a mandate; a second call swaps back.
    pub fn turn_to(&mut self, mandate: &str) {
        let (tokens, online) = self.family.remove(mandate).unwrap_or_default();
        let own = (std::mem::replace(&mut self.tokens, tokens), std::mem::replace(&mut self.online, online));
        self.family.insert(mandate.to_owned(), own);
    }

    /// Answers a challenge with a T1c.
    ///
    /// # Panics
    /// When the batch is used up.
    pub fn answer(&mut self, now: i64, challenge: &Challenge) -> String {
        self.answer_at(now, challenge.scenario, challenge.site, challenge.short())
    }

    /// Answers a checker's challenge with a T1c.
    ///
    /// # Panics
    /// When the batch is used up.
    pub fn answer_at(&mut self, now: i64, scenario: u16, site: u32, challenge: [u8; 8]) -> String {
        let (part, key, _) = self.tokens.remove(0);
        let holder = HolderPart::new(u32::try_from(now).unwrap(), scenario, site).answering(challenge);
        let signature = key.sign(&holder.holder_message(&part).parts(), &mut self.rng).unwrap();
        holder.assemble(part, signature).to_digits()
    }

    /// Shows a T0, which only the server can check.
    ///
    /// # Panics
    /// When the batch is used up.
    pub fn show_online(&mut self, now: i64, scenario: u16, site: u32) -> String {
        let (id, key) = self.online.remove(0);
        let step = T0::step_at(yima_code::Day(self.day), u32::try_from(now).unwrap());
        T0::make(self.key.suite(), &key, id, step, scenario, site).to_digits()
    }
}

fn bytes<const N: usize>(text: &Value) -> [u8; N] {
    URL_SAFE_NO_PAD.decode(text.as_str().unwrap()).unwrap().try_into().unwrap()
}

//! What one caller does again and again: one request, a refresh whose answer is the next one's question, a sign-in at an app,
//! a sign-in with a passkey, a wrong password. It keeps no time.

use super::soft_passkey::SoftPasskey;
use super::world::{Prover, leads_to, query};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use yima_oidc::form::Params;

const FORM: &str = "application/x-www-form-urlencoded";

/// A caller's task, as JSON says it: `kind`, and what that kind needs.
pub struct Ask {
    kind: String,
    said: Value,
    /// The refresh token to be brought next.
    token: String,
    prover: Option<Prover>,
    passkey: Option<SoftPasskey>,
    turn: u64,
}

impl Ask {
    pub fn read(said: &Value) -> Self {
        let text = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
        let prover = said["prover"].as_u64().map(|number| Prover::new(u8::try_from(number).unwrap()));
        let passkey = said["passkey"].as_u64().map(|number| {
            let handle = said["handle"].as_str().map_or_else(|| URL_SAFE_NO_PAD.encode([0; 32]), str::to_owned);
            let options = json!({ "publicKey": { "challenge": "", "user": { "id": handle },
                "authenticatorSelection": { "userVerification": "required", "residentKey": "required" } } });
            SoftPasskey::make(&options, &text("origin"), u8::try_from(number).unwrap(), false).0
        });
        Self { kind: text("kind"), said: said.clone(), token: text("token"), prover, passkey, turn: 0 }
    }

    /// Does it once: the status of the last answer, and whether that said when to come again.
    pub async fn once(&mut self, client: &Client, url: &str) -> (u16, bool) {
        self.turn += 1;
        let answer = match self.kind.as_str() {
            "same" => self.same(client, url).await,
            "refresh" => return self.refresh(client, url).await,
            "code" => self.code(client, url).await,
            "acting" => self.acting(client, url).await,
            "passkey" => self.sign_in(client, url).await,
            "passkey-ask" => self.asked(client, url).await,
            _ => self.wrong_password(client, url).await,
        };
        let seen = (answer.status().as_u16(), answer.headers().contains_key("retry-after"));
        let _ = answer.bytes().await.unwrap();
        seen
    }

    fn text(&self, name: &str) -> &str {
        self.said[name].as_str().unwrap_or_default()
    }

    fn form(&self, client: &Client, url: &str, path: &str, body: String) -> RequestBuilder {
        let request = client.post(format!("{url}{path}")).header("content-type", FORM).body(body);
        let request = request.header("sec-fetch-site", "same-origin");
        ["authorization", "cookie"]
            .iter()
            .filter(|name| !self.text(name).is_empty())
            .fold(request, |request, name| request.header(*name, self.text(name)))
    }

    async fn same(&self, client: &Client, url: &str) -> Response {
        let path = self.text("path");
        let request = match self.text("body") {
            "" => client.get(format!("{url}{path}")),
            body => self.form(client, url, path, body.to_owned()),
        };
        request.send().await.unwrap()
    }

    async fn refresh(&mut self, client: &Client, url: &str) -> (u16, bool) {
        let body = Params::default().with("grant_type", "refresh_token").with("refresh_token", &self.token);
        let body = if self.text("client").is_empty() { body } else { body.with("client_id", self.text("client")) };
        let mut request = self.form(client, url, "/oauth2/token", body.encoded());
        if let Some(prover) = &self.prover {
            let claims = json!({ "htm": "POST", "htu": format!("{}/oauth2/token", self.text("issuer")),
                "iat": self.said["now"], "jti": format!("{}-{}", self.token, self.turn) });
            let hash = yima_keys::sha256(&[claims["jti"].to_string().as_bytes()]);
            let claims = {
                let mut short = claims;
                short["jti"] = hex::encode(hash).into();
                short
            };
            request = request.header("dpop", prover.proof(&claims));
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let body: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        assert_eq!(status, 200, "{body}");
        body["refresh_token"].as_str().unwrap().clone_into(&mut self.token);
        (status, false)
    }

    async fn code(&self, client: &Client, url: &str) -> Response {
        let asked = client.get(format!("{url}{}", self.text("path"))).header("cookie", self.text("signed_in"));
        let answer = asked.send().await.unwrap();
        let to = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
        let to = to.unwrap_or_else(|| panic!("{} leads nowhere", answer.status()));
        let _ = answer.bytes().await.unwrap();
        let code = query(&to).get("code").unwrap_or_else(|| panic!("no code: {to}")).to_owned();
        let body = Params::parse(self.text("redemption").as_bytes()).unwrap().with("code", &code);
        let answer = self.form(client, url, "/oauth2/token", body.encoded()).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 200);
        answer
    }

    /// Picks for whom on our page, and exchanges the ticket.
    async fn acting(&self, client: &Client, url: &str) -> Response {
        let form = client.post(format!("{url}/oauth2/acting")).header("content-type", FORM);
        let form = form.header("cookie", self.text("signed_in")).header("sec-fetch-site", "same-origin");
        let picked = form.body(self.text("pick").to_owned()).send().await.unwrap();
        let to = picked.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
        let to = match to {
            Some(to) => to,
            None => leads_to(&picked.text().await.unwrap()),
        };
        let ticket = query(&to).get("mandate_ticket").unwrap_or_else(|| panic!("no ticket: {to}")).to_owned();
        let body = Params::parse(self.text("exchange").as_bytes()).unwrap().with("subject_token", &ticket);
        let answer = self.form(client, url, "/oauth2/token", body.encoded()).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 200);
        answer
    }

    /// Before each sign-in of several people: the passkey becomes the next one's, for all have one key.
    fn next_person(&mut self) {
        let Some(people) = self.said["people"].as_array() else { return };
        let person = people[usize::try_from(self.turn).unwrap() % people.len()].as_str().unwrap();
        let passkey = self.passkey.as_mut().unwrap();
        passkey.id = yima_province::invented_credential(person);
        passkey.handle = URL_SAFE_NO_PAD.encode(yima_province::invented_handle(person));
    }

    /// The first half of a sign-in: what the page asks before it speaks to a passkey.
    async fn asked(&self, client: &Client, url: &str) -> Response {
        let body = json!({ "mark": self.text("mark"), "what": "sign-in" }).to_string();
        let asked = client.post(format!("{url}/account/passkey/ask")).header("content-type", "application/json");
        asked.header("cookie", self.text("cookie")).body(body).send().await.unwrap()
    }

    async fn sign_in(&mut self, client: &Client, url: &str) -> Response {
        self.next_person();
        let asked = self.asked(client, url).await;
        let asked: Value = serde_json::from_slice(&asked.bytes().await.unwrap()).unwrap();
        let answer = self.passkey.as_ref().unwrap().prove(&asked["options"]);
        let form = Params::default().with("mark", self.text("mark"));
        let form = form.with("ask", asked["ask"].as_str().unwrap()).with("answer", &answer);
        let done = self.form(client, url, "/account/sign-in/passkey", form.encoded()).send().await.unwrap();
        assert_eq!(done.status().as_u16(), 303, "{}", done.text().await.unwrap());
        done
    }

    async fn wrong_password(&self, client: &Client, url: &str) -> Response {
        let nobody = format!("{}-{}", self.text("who"), self.turn);
        let form = Params::default().with("mark", self.text("mark")).with("identifier", &nobody);
        let form = form.with("password", "not this one either").with("digits", "000000");
        self.form(client, url, "/account/sign-in", form.encoded()).send().await.unwrap()
    }
}

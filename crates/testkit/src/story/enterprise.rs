//! The steps of enterprises: whom the register names, who is appointed, files and is dismissed, all by the forms of the
//! account's pages. It does not know how a step is done inside.

use super::Cast;
use reqwest::redirect::Policy;
use reqwest::{Client, Method};
use serde_json::json;
use yima_kernel::assurance::Acr;
use yima_province::DeedError;

/// Credit codes that check (GB 32100), one an enterprise of a story.
const CODES: [&str; 2] = ["91110000600037341L", "91370100000000001W"];

/// What the page says above a form that was not done, and the word for it.
const SAID: [(&str, &str); 6] = [
    ("授权已经结束或到期", "mandate_over"),
    ("授权确认前不能办新的事", "mandate_waits"),
    ("不含这个事项，或金额超过限额", "mandate_narrower"),
    ("不能高于你自己的限额", "limit_too_high"),
    ("不能超出你自己的事项", "services_too_wide"),
    ("先选替哪家企业办", "pick_first"),
];

impl Cast<'_> {
    pub(super) async fn enterprise_step(&mut self, words: &[&str]) -> Option<String> {
        Some(match words {
            ["enterprise", name] => self.enterprise(name).await,
            [role, "names", who, "for", name] => self.names(role, who, name).await,
            [role, answer @ ("approves" | "refuses"), "the", "naming", "for", name] => {
                self.decides(role, answer, name).await
            }
            [who, "signs", "in"] => self.signs_in(who, Acr::Passkey).await,
            [who, "signs", "in", "by", "password"] => self.signs_in(who, Acr::TwoFactor).await,
            [who, "becomes", "representative", "of", name] => self.press(who, name, "represent").await,
            [who, "appoints", other, "for", name, "in", services, "up", "to", limit] => {
                self.appoints(who, other, name, (services, limit), false).await
            }
            [who, "appoints", other, "for", name, "in", services, "up", "to", limit, "with", "others"] => {
                self.appoints(who, other, name, (services, limit), true).await
            }
            [who, "accepts", "the", "offer", "of", name] => self.accepts(who, name).await,
            [who, "acts", "for", name] => self.press(who, name, "act").await,
            [who, "is", "themselves", "again"] => self.form(who, "/account/enterprises/self", &[]).await,
            [who, "files", service, amount, "for", name] => self.files(who, service, amount, name).await,
            [who, "dismisses", other, "from", name] => self.dismisses(who, other, name).await,
            [who, "confirms", others, "for", name] => self.confirms(who, others, name).await,
            [who, "sees", "enterprises"] => self.own_enterprises(who).await,
            [who, "reads", n, "of", "the", "record", "of", name] => self.enterprise_record(who, n, name).await,
            [who, "lists", "filings", "of", name] => self.filings(who, name).await,
            [phone, "draws", t1, "and", t0, "as", who, "for", name] => self.draws_for(phone, (t1, t0), who, name).await,
            _ => return None,
        })
    }

    async fn enterprise(&mut self, name: &str) -> String {
        let code = CODES[self.enterprises.len()];
        let body = json!({ "kind": "enterprise", "name": name, "credit_code": code, "source": "register" });
        let answer = self.operator("system", Method::POST, "/api/v1/organisations", Some(body)).await;
        if let Some(id) = answer.body["id"].as_str() {
            self.enterprises.insert(name.to_owned(), id.to_owned());
        }
        answer.word()
    }

    async fn names(&mut self, role: &str, who: &str, name: &str) -> String {
        let body = json!({ "resident": self.account(who).await, "reference": "register 7" });
        let path = format!("/api/v1/organisations/{}/representative", self.enterprises[name]);
        self.operator(role, Method::POST, &path, Some(body)).await.word()
    }

    async fn decides(&mut self, role: &str, answer: &str, name: &str) -> String {
        let rows = self.operator(role, Method::GET, "/api/v1/representatives", None).await.ok();
        let waits = rows["representatives"]
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["organisation"] == self.enterprises[name].as_str() && row["state"] == "proposed");
        let Some(id) = waits.and_then(|row| row["id"].as_str()).map(str::to_owned) else { return "nothing".to_owned() };
        let verb = if answer == "approves" { "approve" } else { "refuse" };
        let path = format!("/api/v1/representatives/{id}/{verb}");
        self.operator(role, Method::POST, &path, Some(json!({}))).await.word()
    }

    pub(super) async fn signs_in(&mut self, who: &str, acr: Acr) -> String {
        let account = self.account(who).await;
        let cookie = self.town.sign_in(&account, acr).await;
        self.browsers.insert(who.to_owned(), cookie);
        "ok".to_owned()
    }

    /// Presses a button at the newest mandate of somebody for an enterprise.
    async fn press(&mut self, who: &str, name: &str, verb: &str) -> String {
        match self.mandate_of(who, name).await {
            Some(id) => self.form(who, &format!("/account/enterprises/{id}/{verb}"), &[]).await,
            None => "nothing".to_owned(),
        }
    }

    async fn appoints(
        &mut self,
        who: &str,
        other: &str,
        name: &str,
        (services, limit): (&str, &str),
        may_appoint: bool,
    ) -> String {
        let Some(id) = self.mandate_of(who, name).await else { return "nothing".to_owned() };
        let number = self.person(other).id_number.clone();
        let mut fields = vec![("id_number", number.as_str()), ("limit", limit), ("show_code", "yes")];
        // Nobody gives a longer time than their own.
        fields.push(("days", if may_appoint { "90" } else { "60" }));
        fields.extend(services.split(',').map(|service| ("services", service)));
        if may_appoint {
            fields.push(("may_appoint", "yes"));
        }
        self.form(who, &format!("/account/enterprises/{id}/appoint"), &fields).await
    }

    async fn accepts(&mut self, who: &str, name: &str) -> String {
        let person = self.signed_in(who).await;
        let found = self.town.province.own_enterprises(&person).await.unwrap();
        let Some(offer) = found.offers.iter().find(|offer| offer.name == name) else { return "nothing".to_owned() };
        let to = format!("/account/enterprises/{}/accept", offer.id);
        self.form(who, &to, &[]).await
    }

    async fn files(&mut self, who: &str, service: &str, amount: &str, name: &str) -> String {
        let Some(id) = self.mandate_of(who, name).await else { return "nothing".to_owned() };
        let fields = [("service", service), ("amount", amount), ("text", "一份申报")];
        self.form(who, &format!("/account/enterprises/{id}/file"), &fields).await
    }

    async fn dismisses(&mut self, who: &str, other: &str, name: &str) -> String {
        let Some(id) = self.mandate_of(other, name).await else { return "nothing".to_owned() };
        let seen = self.form(who, &format!("/account/enterprises/{id}/dismiss"), &[]).await;
        self.publish().await;
        seen
    }

    async fn confirms(&mut self, who: &str, others: &str, name: &str) -> String {
        let Some(own) = self.mandate_of(who, name).await else { return "nothing".to_owned() };
        let mut keep = Vec::new();
        for other in others.split(',') {
            keep.extend(self.mandate_of(other, name).await);
        }
        let fields: Vec<_> = keep.iter().map(|id| ("keep", id.as_str())).collect();
        self.form(who, &format!("/account/enterprises/{own}/confirm"), &fields).await
    }

    async fn own_enterprises(&mut self, who: &str) -> String {
        let person = self.signed_in(who).await;
        let found = self.town.province.own_enterprises(&person).await.unwrap();
        let own = found.own.iter().map(|one| {
            let side = if one.represents { "represents" } else { "agent of" };
            let why = one.reason.as_deref().filter(|_| one.state == "ended" || one.state == "suspended");
            format!("{side} {} {}{}", one.name, one.state, why.map(|why| format!(" ({why})")).unwrap_or_default())
        });
        let offers = found.offers.iter().map(|offer| format!("offer of {}", offer.name));
        let all: Vec<_> = own.chain(offers).collect();
        if all.is_empty() { "nothing".to_owned() } else { all.join(", ") }
    }

    async fn enterprise_record(&mut self, who: &str, n: &str, name: &str) -> String {
        let Some(page) = self.enterprise_page(who, name).await else { return "nothing".to_owned() };
        let rows = page.record.iter().take(n.parse().unwrap()).map(|row| {
            let reason = row.reason.as_deref().map(|why| format!(" {why}")).unwrap_or_default();
            format!("{} {}{reason}{}", row.deed, row.outcome, if row.who.is_empty() { "" } else { " by somebody" })
        });
        rows.collect::<Vec<_>>().join(", ")
    }

    async fn filings(&mut self, who: &str, name: &str) -> String {
        let Some(page) = self.enterprise_page(who, name).await else { return "nothing".to_owned() };
        let rows: Vec<_> =
            page.filings.iter().map(|row| format!("{} {} {}", row.service, row.amount / 100, row.state)).collect();
        if rows.is_empty() { "nothing".to_owned() } else { rows.join(", ") }
    }

    async fn enterprise_page(&mut self, who: &str, name: &str) -> Option<yima_province::EnterprisePage> {
        let id = self.mandate_of(who, name).await?;
        let token = self.token(who);
        let person = self.town.province.person(&token).await.unwrap()?;
        match self.town.province.enterprise_page(&person, &id).await {
            Ok(page) => Some(page),
            Err(DeedError::NotFound(_) | DeedError::Refused(_)) => None,
            Err(error) => panic!("{error}"),
        }
    }

    async fn draws_for(&mut self, phone: &str, (t1, t0): (&str, &str), who: &str, name: &str) -> String {
        let Some(id) = self.mandate_of(who, name).await else { return "nothing".to_owned() };
        self.mandates.insert(name.to_owned(), id);
        self.draw_for(phone, t1, t0, name).await
    }

    /// The newest mandate of somebody over an enterprise.
    async fn mandate_of(&mut self, who: &str, name: &str) -> Option<String> {
        if !self.browsers.contains_key(who) {
            self.signs_in(who, Acr::Passkey).await;
        }
        let person = self.signed_in(who).await;
        let found = self.town.province.own_enterprises(&person).await.unwrap();
        found.own.into_iter().find(|one| one.name == name).map(|one| one.id)
    }

    fn token(&self, who: &str) -> String {
        let cookie = &self.browsers[who];
        cookie.split(';').next().and_then(|pair| pair.strip_prefix("ys=")).unwrap().to_owned()
    }

    async fn signed_in(&mut self, who: &str) -> yima_kernel::subject::Actor {
        let token = self.token(who);
        self.town.province.person(&token).await.unwrap().unwrap().actor()
    }

    /// Sends a form as somebody's browser does; what the page says.
    pub(super) async fn form(&mut self, who: &str, to: &str, fields: &[(&str, &str)]) -> String {
        let cookie = self.browsers[who].clone();
        let mark = self.town.form_mark(&cookie);
        let mut pairs = vec![("mark", mark.as_str())];
        pairs.extend(fields);
        let body: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        let request = client
            .post(format!("{}{to}", self.town.door.url()))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .header("cookie", cookie)
            .body(body.join("&"));
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let to = response.headers().get("location").map(|to| to.to_str().unwrap().to_owned()).unwrap_or_default();
        if status == 303 {
            return if to.starts_with("/account/step-up") { "step_up" } else { "ok" }.to_owned();
        }
        let page = response.text().await.unwrap();
        let said = SAID.iter().find(|(words, _)| page.contains(words)).map(|(_, word)| (*word).to_owned());
        said.unwrap_or_else(|| match status {
            404 => "not_found".to_owned(),
            409 => "conflict".to_owned(),
            _ => format!("{status}"),
        })
    }
}

fn escaped(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

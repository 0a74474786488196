//! Tells a story from its text: one line a step, who does what, and after a colon what they see.
//! It does not know how a step is done inside; docs of the words stand in stories/README.md.

mod audit;
mod enterprise;
mod family;
mod posts;

use crate::door::{Answer, Phone};
use crate::town::Town;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fmt::Write as _;
use yima_code::Challenge;
use yima_keys::Suite;
use yima_province::demo::Synthetic;

/// Each step takes a second of the town's time, so that what comes later is later.
const STEP_S: i64 = 1;

/// Tells a story in a town.
///
/// # Panics
/// When somebody sees something else than the story says; the message names the line.
pub async fn tell(town: &Town, name: &str, text: &str) {
    let mut cast = Cast::of(town);
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (step, expected) = line.split_once(": ").unwrap_or((line, "ok"));
        let words: Vec<&str> = step.split_whitespace().collect();
        let seen = cast.step(&words).await;
        town.clock.advance(STEP_S);
        assert_eq!(seen.trim(), expected.trim(), "{name}, line {}: {line}", number + 1);
    }
}

struct Cast<'a> {
    town: &'a Town,
    cookies: HashMap<String, String>,
    accounts: HashMap<String, String>,
    phones: HashMap<String, Phone>,
    places: HashMap<String, (u32, u16)>,
    gates: HashMap<String, String>,
    codes: HashMap<String, String>,
    receipts: HashMap<String, String>,
    questions: HashMap<String, String>,
    codes_to_enrol: HashMap<String, String>,
    /// Residents who came in the story.
    newcomers: HashMap<String, Synthetic>,
    /// The newest mandate over each resident.
    mandates: HashMap<String, String>,
    /// Codes by which helpers come forward.
    invitations: HashMap<String, String>,
    /// Challenges that codes answer.
    challenges: HashMap<String, Challenge>,
    /// What each gate remembers while its network is down.
    memories: HashMap<String, family::Memory>,
    /// Enterprises by name.
    enterprises: HashMap<String, String>,
    /// Cookies of residents who are signed in.
    browsers: HashMap<String, String>,
    /// The newest search by person.
    search: String,
}

impl<'a> Cast<'a> {
    fn of(town: &'a Town) -> Self {
        Self {
            town,
            cookies: HashMap::new(),
            accounts: HashMap::new(),
            phones: HashMap::new(),
            places: HashMap::new(),
            gates: HashMap::new(),
            codes: HashMap::new(),
            receipts: HashMap::new(),
            questions: HashMap::new(),
            codes_to_enrol: HashMap::new(),
            newcomers: HashMap::new(),
            mandates: HashMap::new(),
            invitations: HashMap::new(),
            challenges: HashMap::new(),
            memories: HashMap::new(),
            enterprises: HashMap::new(),
            browsers: HashMap::new(),
            search: String::new(),
        }
    }

    async fn step(&mut self, words: &[&str]) -> String {
        if let Some(seen) = self.family_step(words).await {
            return seen;
        }
        if let Some(seen) = self.enterprise_step(words).await {
            return seen;
        }
        if let Some(seen) = self.post_step(words).await {
            return seen;
        }
        if let Some(seen) = self.audit_step(words).await {
            return seen;
        }
        match words {
            ["wait", n, unit] => self.wait(n, unit),
            ["publish"] => self.publish().await,
            ["place", place, "of", scenario] => self.place(place, scenario).await,
            ["gate", gate, "at", place] => self.gate(gate, place).await,
            ["gate", gate, "ends"] => self.end_gate(gate).await,
            ["counter", "gives", who, "a", "code"] => self.counter(who).await,
            [who, "enrols", phone] => self.enrol(who, phone, Suite::Es256).await,
            [who, "enrols", phone, "under", "SM2"] => self.enrol(who, phone, Suite::Sm2Sm3).await,
            [who, "enrols", phone, "by", "password"] => self.enrol_by_password(who, phone).await,
            [phone, "draws", t1, "and", t0, "online"] => self.draw(phone, t1, t0).await,
            [phone, "draws", t1, "saying", "benefit", number] => {
                let number: u8 = number.parse().unwrap();
                self.draw_saying(phone, t1, json!({ "flavour": "benefit", "benefit": number })).await
            }
            [phone, "draws", t1, "saying", flavour] => self.draw_saying(phone, t1, json!({ "flavour": flavour })).await,
            [role, "gives", who, "benefit", number, "until", day] => self.give(role, who, number, day).await,
            [role, "ends", who, "benefit", number] => self.end_benefit(role, who, number).await,
            [phone, "may", "draw"] => self.may_draw(phone).await,
            [phone, "shows", code, "for", place] => self.show(phone, code, place, false),
            [phone, "shows", code, "online", "for", place] => self.show(phone, code, place, true),
            [phone, "speaks", code, "for", place] => self.speak(phone, code, place).await,
            [phone, answer @ ("confirms" | "refuses"), code] => self.answer(phone, answer, code).await,
            [phone, "is", "asked", "nothing"] => self.asked(phone).await,
            [gate, "checks", code] => self.check(gate, code).await,
            [gate, "resolves", code, attribute] => self.resolve(gate, code, attribute).await,
            [gate, "binds", code, "as", card] => self.bind(gate, code, card).await,
            [gate, "finds", card] => self.gate_word(gate, "/api/v1/bindings/find", json!({ "card": card })).await,
            [gate, "unbinds", card] => self.gate_word(gate, "/api/v1/bindings/unbind", json!({ "card": card })).await,
            [gate, "sees", "the", "card", "of", code] => self.bound_card(gate, code).await,
            [phone, "unbinds", "at", scenario] => self.unbind(phone, scenario).await,
            [phone, "withdraws", "from", scenario] => self.withdraw(phone, scenario).await,
            ["anybody", "counts", scenario] => self.count(scenario).await,
            [phone, "ends", other, reason] => self.end_device(phone, other, reason).await,
            [phone, "checks", "in", "at", place] => self.check_in(phone, place).await,
            [phone, "agrees", "to", attribute, "for", scenario] => self.consent(phone, attribute, scenario).await,
            [phone, "sees", n, "entries"] => self.record(phone, n).await,
            [role, change @ ("suspends" | "resumes"), who] => self.standing(role, change, who).await,
            [role, "reports", who, "dead", "by", source] => {
                self.death(role, who, "death", json!({ "source": source, "evidence": "story" })).await
            }
            [role, "takes", "back", "the", "death", "of", who] => {
                self.death(role, who, "death/undo", json!({ "reason": "story" })).await
            }
            [role, "sees", "deaths"] => self.deaths(role).await,
            [phone, "asks", "to", right] => self.ask_right(phone, right, json!(null)).await,
            [phone, "asks", "to", "correct", field, "to", value] => {
                let body = json!({ "field": field, "to": value, "why": "story" });
                self.ask_right(phone, "correct", body).await
            }
            [phone, "takes", "a", "copy"] => self.ask_right(phone, "copy", json!({ "form": "json" })).await,
            [phone, "stops", "its", right] => self.stop_right(phone, right).await,
            [phone, "sees", "its", "requests"] => self.rights(phone).await,
            [role, "answers", right, decision] => self.answer_right(role, right, decision).await,
            [role, "files", "for", "the", "kin", "of", who, "to", wants] => self.file_kin(role, who, wants).await,
            [role, "opens", path] => self.open(role, path).await,
            other => panic!("no such step: {}", other.join(" ")),
        }
    }

    fn wait(&self, n: &str, unit: &str) -> String {
        let seconds = match unit {
            "s" => 1,
            "min" => 60,
            "h" => 3600,
            "d" | "days" => 86_400,
            _ => panic!("wait in s, min, h, d or days"),
        };
        self.town.clock.advance(n.parse::<i64>().unwrap() * seconds);
        "ok".to_owned()
    }

    async fn publish(&self) -> String {
        self.town.province.publish_bundle(&yima_kernel::subject::Actor::System).await.unwrap();
        "ok".to_owned()
    }

    async fn place(&mut self, place: &str, scenario: &str) -> String {
        let body = json!({ "name": { "zh": place, "en": place }, "scenario": scenario, "region": "370102" });
        let answer = self.operator("system", Method::POST, "/api/v1/places", Some(body)).await;
        if let (Some(site), Some(id)) = (answer.body["site"].as_u64(), answer.body["scenario_id"].as_u64()) {
            self.places.insert(place.to_owned(), (u32::try_from(site).unwrap(), u16::try_from(id).unwrap()));
            self.publish().await;
        }
        answer.word()
    }

    async fn gate(&mut self, gate: &str, place: &str) -> String {
        let body = json!({ "name": gate, "site": self.places[place].0 });
        let answer = self.operator("system", Method::POST, "/api/v1/gates", Some(body)).await;
        if let Some(key) = answer.body["key"].as_str() {
            self.gates.insert(gate.to_owned(), key.to_owned());
            self.gates.insert(format!("{gate} id"), answer.body["id"].as_str().unwrap().to_owned());
        }
        answer.word()
    }

    async fn end_gate(&mut self, gate: &str) -> String {
        let path = format!("/api/v1/gates/{}/end", self.gates[&format!("{gate} id")]);
        self.operator("system", Method::POST, &path, None).await.word()
    }

    async fn counter(&mut self, who: &str) -> String {
        let account = self.account(who).await;
        let path = format!("/api/v1/residents/{account}/enrolment-codes");
        let answer = self.operator("system", Method::POST, &path, None).await;
        if let Some(code) = answer.body["code"].as_str() {
            self.codes_to_enrol.insert(who.to_owned(), code.to_owned());
        }
        answer.word()
    }

    async fn enrol(&mut self, who: &str, phone: &str, suite: Suite) -> String {
        let code = self.codes_to_enrol.get(who).cloned().unwrap_or_else(|| "aaaa-bbbb-cccc-dddd".to_owned());
        let mut new = Phone::new(suite, self.phones.len() as u64);
        let answer = new.enrol(&self.town.door, self.town.now(), json!({ "code": code })).await;
        self.phones.insert(phone.to_owned(), new);
        answer.word()
    }

    async fn enrol_by_password(&mut self, who: &str, phone: &str) -> String {
        let person = self.person(who);
        let body = json!({ "name": person.name, "id_number": person.id_number });
        let asked = self.town.door.send(Method::POST, "/api/v1/enrolments/otp", Some(body), &[]).await.ok();
        let inbox = self.town.door.get("/api/v1/demo").await.ok();
        let text = inbox["messages"][0]["text"].as_str().unwrap_or_default();
        let otp: String = digits(text).unwrap_or_else(|| "00000000".to_owned());
        let mut new = Phone::new(Suite::Es256, self.phones.len() as u64);
        let proof = json!({ "challenge_id": asked["challenge_id"], "otp": otp });
        let answer = new.enrol(&self.town.door, self.town.now(), proof).await;
        self.phones.insert(phone.to_owned(), new);
        answer.word()
    }

    async fn draw(&mut self, phone: &str, t1: &str, t0: &str) -> String {
        let now = self.town.now();
        let phone = self.phones.get_mut(phone).unwrap();
        phone.draw(&self.town.door, now, t1.parse().unwrap(), t0.parse().unwrap()).await.word()
    }

    async fn draw_saying(&mut self, phone: &str, t1: &str, says: Value) -> String {
        let now = self.town.now();
        let phone = self.phones.get_mut(phone).unwrap();
        phone.draw_saying(&self.town.door, now, t1.parse().unwrap(), &says).await.word()
    }

    async fn give(&mut self, role: &str, who: &str, number: &str, until: &str) -> String {
        let path = format!("/api/v1/residents/{}/benefits", self.account(who).await);
        let body = json!({ "number": number.parse::<u8>().unwrap(), "until": until, "source": "story" });
        self.operator(role, Method::POST, &path, Some(body)).await.word()
    }

    async fn end_benefit(&mut self, role: &str, who: &str, number: &str) -> String {
        let path = format!("/api/v1/residents/{}/benefits/{number}/end", self.account(who).await);
        self.operator(role, Method::POST, &path, Some(json!({ "reason": "story" }))).await.word()
    }

    /// What the phone is told that it may draw.
    async fn may_draw(&mut self, phone: &str) -> String {
        let home = self.device(phone, Method::GET, "/api/v1/device", None).await.ok();
        let words = home["flavours"].as_array().unwrap().iter().map(|word| word.as_str().unwrap());
        words.collect::<Vec<_>>().join(", ")
    }

    fn show(&mut self, phone: &str, code: &str, place: &str, online: bool) -> String {
        let (site, scenario) = if place == "anywhere" { (0, 0) } else { self.places[place] };
        let (now, phone) = (self.town.now(), self.phones.get_mut(phone).unwrap());
        let digits = if online { phone.show_online(now, scenario, site) } else { phone.show(now, scenario, site) };
        self.codes.insert(code.to_owned(), digits);
        "ok".to_owned()
    }

    async fn speak(&mut self, phone: &str, code: &str, place: &str) -> String {
        let site = self.town.door.get(&format!("/api/v1/sites/{}", self.places[place].0)).await.ok();
        let body = json!({ "scenario": site["scenario"] });
        let answer = self.device(phone, Method::POST, "/api/v1/short-numbers", Some(body)).await;
        if let Some(number) = answer.body["number"].as_str() {
            self.codes.insert(code.to_owned(), number.to_owned());
        }
        answer.word()
    }

    async fn check(&mut self, gate: &str, code: &str) -> String {
        let digits = self.codes.get(code).cloned().unwrap_or_else(|| code.to_owned());
        let mut sent = json!({ "digits": digits });
        if let Some(challenge) = self.challenges.get(code) {
            sent["challenge"] = URL_SAFE_NO_PAD.encode(challenge.to_bytes()).into();
        }
        let answer = self.town.door.gate(&self.gates[gate], "/api/v1/codes/check", sent).await;
        if !answer.status.is_success() {
            return answer.word();
        }
        let body = answer.body;
        if let Some(receipt) = body["receipt"].as_str() {
            self.receipts.insert(code.to_owned(), receipt.to_owned());
        }
        if let Some(question) = body["confirmation"]["id"].as_str() {
            self.questions.insert(code.to_owned(), question.to_owned());
        }
        let mut seen = body["verdict"].as_str().unwrap().to_owned();
        if let Some(reason) = body["reason"].as_str() {
            let _ = write!(seen, " {reason}");
        }
        if body["acting"] == true {
            seen.push_str(" acting");
        }
        if let Some(name) = body["shown_for"].as_str() {
            let _ = write!(seen, " for {name}");
        }
        if let Some(role) = body["post"]["role"].as_str() {
            let _ = write!(seen, " in the post of {role}");
        } else if body["shown_for_kind"] == "officer" {
            seen.push_str(" as an officer");
        }
        for also in body["also"].as_array().into_iter().flatten() {
            let _ = write!(seen, " also {}", also["scenario"].as_str().unwrap());
        }
        seen
    }

    /// Answers the question about a code; the phone's own question, whoever answers.
    async fn answer(&mut self, phone: &str, answer: &str, code: &str) -> String {
        let verb = if answer == "confirms" { "confirm" } else { "refuse" };
        let path = format!("/api/v1/confirmations/{}/{verb}", self.questions[code]);
        self.device(phone, Method::POST, &path, Some(json!({}))).await.word()
    }

    /// How many questions wait for a phone: `ok` when none does.
    async fn asked(&mut self, phone: &str) -> String {
        let waiting = self.device(phone, Method::GET, "/api/v1/confirmations", None).await.ok();
        match waiting["confirmations"].as_array().unwrap().as_slice() {
            [] => "ok".to_owned(),
            questions => {
                questions.iter().map(|one| one["place"]["en"].as_str().unwrap()).collect::<Vec<_>>().join(", ")
            }
        }
    }

    async fn resolve(&mut self, gate: &str, code: &str, attribute: &str) -> String {
        let body = json!({ "receipt": self.receipts[code], "attributes": [attribute] });
        let answer = self.town.door.gate(&self.gates[gate], "/api/v1/codes/resolve", body).await;
        match answer.body["attributes"][attribute].as_str() {
            Some(_) => "given".to_owned(),
            None if answer.status.is_success() => "withheld".to_owned(),
            None => answer.word(),
        }
    }

    async fn gate_word(&self, gate: &str, path: &str, body: Value) -> String {
        self.town.door.gate(&self.gates[gate], path, body).await.word()
    }

    async fn bind(&self, gate: &str, code: &str, card: &str) -> String {
        let body = json!({ "receipt": self.receipts[code], "card": card });
        self.gate_word(gate, "/api/v1/bindings", body).await
    }

    async fn bound_card(&self, gate: &str, code: &str) -> String {
        let body = json!({ "receipt": self.receipts[code], "attributes": [] });
        let answer = self.town.door.gate(&self.gates[gate], "/api/v1/codes/resolve", body).await;
        match answer.body["bound_card"].as_str() {
            Some(card) => card.to_owned(),
            None if answer.status.is_success() => "none".to_owned(),
            None => answer.word(),
        }
    }

    async fn unbind(&mut self, phone: &str, scenario: &str) -> String {
        let bindings = self.device(phone, Method::GET, "/api/v1/bindings", None).await.ok();
        let id = standing(&bindings["bindings"], scenario);
        self.device(phone, Method::DELETE, &format!("/api/v1/bindings/{id}"), None).await.word()
    }

    async fn withdraw(&mut self, phone: &str, scenario: &str) -> String {
        let consents = self.device(phone, Method::GET, "/api/v1/consents", None).await.ok();
        let id = standing(&consents["consents"], scenario);
        self.device(phone, Method::DELETE, &format!("/api/v1/consents/{id}"), None).await.word()
    }

    /// The public count: a number, `fewer than 10`, or `none`.
    async fn count(&self, scenario: &str) -> String {
        let told = self.town.door.get("/api/v1/resolves").await.ok();
        let line = told["counts"].as_array().unwrap().iter().find(|c| c["scenario"] == scenario);
        match line.map(|line| line["many"].as_i64()) {
            None => "none".to_owned(),
            Some(None) => format!("fewer than {}", told["shown_from"]),
            Some(Some(many)) => many.to_string(),
        }
    }

    async fn end_device(&mut self, phone: &str, other: &str, reason: &str) -> String {
        let path = format!("/api/v1/devices/{}/end", self.phones[other].id);
        let body = Some(json!({ "reason": reason }));
        match phone {
            "counter" => self.operator("system", Method::POST, &path, body).await.word(),
            phone => self.device(phone, Method::POST, &path, body).await.word(),
        }
    }

    async fn check_in(&mut self, phone: &str, place: &str) -> String {
        let body = json!({ "site": self.places[place].0 });
        self.device(phone, Method::POST, "/api/v1/check-ins", Some(body)).await.word()
    }

    async fn consent(&mut self, phone: &str, attribute: &str, scenario: &str) -> String {
        let until_at = self.town.now() + 3600;
        let body = json!({ "scenario": scenario, "attributes": [attribute], "until_at": until_at });
        self.device(phone, Method::POST, "/api/v1/consents", Some(body)).await.word()
    }

    /// The newest entries, newest first: deed and outcome of each.
    async fn record(&mut self, phone: &str, n: &str) -> String {
        let record = self.device(phone, Method::GET, "/api/v1/record", None).await.ok();
        let entries = record["entries"].as_array().unwrap().iter().take(n.parse().unwrap());
        let words = entries.map(|e| format!("{} {}", e["deed"].as_str().unwrap(), e["outcome"].as_str().unwrap()));
        words.collect::<Vec<_>>().join(", ")
    }

    async fn standing(&mut self, role: &str, change: &str, who: &str) -> String {
        let verb = if change == "suspends" { "suspend" } else { "resume" };
        let path = format!("/api/v1/residents/{}/{verb}", self.account(who).await);
        self.operator(role, Method::POST, &path, Some(json!({ "reason": "story" }))).await.word()
    }

    async fn death(&mut self, role: &str, who: &str, verb: &str, body: Value) -> String {
        let path = format!("/api/v1/residents/{}/{verb}", self.account(who).await);
        self.operator(role, Method::POST, &path, Some(body)).await.word()
    }

    /// How far each reported death is, the oldest first, and whether this officer may confirm it; or the problem's code.
    async fn deaths(&mut self, role: &str) -> String {
        let answer = self.operator(role, Method::GET, "/api/v1/manage/deaths", None).await;
        let Some(rows) = answer.body.as_array() else { return answer.word() };
        let words = rows.iter().map(|row| {
            let may = if row["yours"] == true { " to confirm" } else { "" };
            format!("{} {}{may}", row["source"].as_str().unwrap(), row["state"].as_str().unwrap())
        });
        if rows.is_empty() { "none".to_owned() } else { words.collect::<Vec<_>>().join(", ") }
    }

    async fn ask_right(&mut self, phone: &str, right: &str, body: Value) -> String {
        let body = if right == "explain" { json!({ "question": "story" }) } else { body };
        let path = format!("/api/v1/rights/{right}");
        let answer = self.device(phone, Method::POST, &path, (!body.is_null()).then_some(body)).await;
        if let Some(id) = answer.body["id"].as_str() {
            self.mandates.insert("newest request".to_owned(), id.to_owned());
        }
        answer.word()
    }

    async fn stop_right(&mut self, phone: &str, right: &str) -> String {
        let mine = self.device(phone, Method::GET, "/api/v1/rights", None).await.ok();
        let found = mine["requests"].as_array().unwrap().iter().find(|one| one["kind"] == right);
        let id = found.map_or("none", |one| one["id"].as_str().unwrap()).to_owned();
        self.device(phone, Method::POST, &format!("/api/v1/rights/{id}/stop"), None).await.word()
    }

    /// Kind and state of each request, the newest first; or the problem's code.
    async fn rights(&mut self, phone: &str) -> String {
        let answer = self.device(phone, Method::GET, "/api/v1/rights", None).await;
        let Some(mine) = answer.body["requests"].as_array() else { return answer.word() };
        let words =
            mine.iter().map(|one| format!("{} {}", one["kind"].as_str().unwrap(), one["state"].as_str().unwrap()));
        words.collect::<Vec<_>>().join(", ")
    }

    /// Opens the most urgent request of a kind and answers it.
    async fn answer_right(&mut self, role: &str, right: &str, decision: &str) -> String {
        let queue = self.operator(role, Method::GET, "/api/v1/manage/rights", None).await;
        let Some(items) = queue.body["items"].as_array() else { return queue.word() };
        let Some(one) = items.iter().find(|one| one["kind"] == right) else { return "none".to_owned() };
        let path = format!("/api/v1/manage/rights/{}", one["id"].as_str().unwrap());
        let opened = self.operator(role, Method::GET, &path, None).await;
        if !opened.status.is_success() {
            return opened.word();
        }
        self.town.clock.advance(STEP_S);
        let body = json!({ "decision": decision, "text": "story", "evidence": "story" });
        let verb = if right == "kin" { "answer-kin" } else { "answer" };
        self.operator(role, Method::POST, &format!("{path}/{verb}"), Some(body)).await.word()
    }

    async fn file_kin(&mut self, role: &str, who: &str, wants: &str) -> String {
        let body = json!({
            "resident": self.account(who).await, "name": "王小明", "relation": "child", "wants": wants,
            "why": "story", "evidence": "story",
        });
        self.operator(role, Method::POST, "/api/v1/manage/rights/kin", Some(body)).await.word()
    }

    async fn open(&mut self, role: &str, path: &str) -> String {
        self.operator(role, Method::GET, path, None).await.word()
    }

    fn person(&self, who: &str) -> &Synthetic {
        self.newcomers.get(who).unwrap_or_else(|| &self.town.residents[index(who)])
    }

    async fn account(&mut self, who: &str) -> String {
        if !self.accounts.contains_key(who) {
            let number = self.person(who).id_number.clone();
            let found = self
                .operator("system", Method::POST, "/api/v1/residents/find", Some(json!({ "q": number })))
                .await
                .ok();
            self.accounts.insert(who.to_owned(), found["items"][0]["id"].as_str().unwrap().to_owned());
        }
        self.accounts[who].clone()
    }

    async fn device(&mut self, phone: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
        let now = self.town.now();
        self.phones.get_mut(phone).unwrap().send(&self.town.door, now, method, path, body).await
    }

    async fn operator(&mut self, role: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
        let answer = self.knock(role, method.clone(), path, body.clone()).await;
        if answer.word() != "sign_in_needed" {
            return answer;
        }
        // The session ended while the story waited.
        self.cookies.remove(role);
        self.knock(role, method, path, body).await
    }

    async fn knock(&mut self, role: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
        if !self.cookies.contains_key(role) {
            let operator = self.town.operators.iter().find(|o| o.name == role).unwrap();
            let totp = totp(&operator.totp_uri, self.town.now());
            let wish = json!({ "name": operator.name, "password": operator.password, "totp": totp });
            let answer = self.town.door.send(Method::POST, "/api/v1/operators/sign-in", Some(wish), &[]).await;
            assert!(answer.status.is_success(), "{role} cannot sign in: {}", answer.body);
            self.cookies.insert(role.to_owned(), answer.cookie.unwrap());
        }
        self.town.door.operator(&self.cookies[role], method, path, body).await
    }
}

/// The residents of all stories, by their places in the town's register; Grandmother is the one of 74 years.
fn index(who: &str) -> usize {
    let cast = [("Grandmother", 7), ("Nurse", 1), ("Student", 2)];
    let found = cast.iter().find(|(name, _)| *name == who);
    found.unwrap_or_else(|| panic!("nobody is called {who}")).1
}

/// Id of the active one of a scenario, or one that nobody has.
fn standing(list: &Value, scenario: &str) -> String {
    let mut all = list.as_array().unwrap().iter();
    let found = all.find(|one| one["scenario"] == scenario && one["state"] == "active");
    found.map_or("none", |one| one["id"].as_str().unwrap()).to_owned()
}

fn digits(text: &str) -> Option<String> {
    text.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 8).map(str::to_owned)
}

fn totp(uri: &str, now: i64) -> String {
    let secret = uri.split("secret=").nth(1).and_then(|rest| rest.split('&').next()).unwrap();
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    totp.generate(u64::try_from(now).unwrap()).to_string()
}

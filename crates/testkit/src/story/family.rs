//! The steps of mandates and family codes, and of a gate whose network is down. It does not know how a step is done inside.

use super::Cast;
use reqwest::Method;
use serde_json::{Value, json};
use std::io::Cursor;
use yima_code::bundle::Bundle;
use yima_code::check::{CheckerClock, Context, ListTimes, Place, check_digits};
use yima_code::gate_state::GateFloor;
use yima_code::seen::SeenInMemory;
use yima_code::{Challenge, bundle};
use yima_kernel::subject::Actor;
use yima_province::demo::Synthetic;
use yima_province::{Format, Import};

/// What a gate remembers while its network is down.
pub(super) struct Memory {
    bundle: Vec<u8>,
    seen: SeenInMemory,
    guardian_at: Option<u32>,
}

impl Cast<'_> {
    pub(super) async fn family_step(&mut self, words: &[&str]) -> Option<String> {
        Some(match words {
            ["newcomer", who, "born", birth] => self.newcomer(who, birth, None).await,
            ["newcomer", who, "born", birth, "with", "the", "number", "of", other] => {
                self.newcomer(who, birth, Some(other)).await
            }
            [role, "registers", actor, "as", kind, "of", who, "by", evidence] => {
                self.register(role, (actor, kind, who), evidence, json!({})).await
            }
            [role, "registers", actor, "as", kind, "of", who, "by", evidence, "heard"] => {
                self.register(role, (actor, kind, who), evidence, json!({ "agreed": true })).await
            }
            [role, "registers", actor, "as", kind, "of", who, "by", evidence, "for", days, "days"] => {
                let until = self.town.now() + days.parse::<i64>().unwrap() * 86_400;
                self.register(role, (actor, kind, who), evidence, json!({ "until_at": until })).await
            }
            ["counter", "hears", who, "alone"] => self.at_counter(who, "confirm", json!({ "alone": true })).await,
            ["counter", "hears", who] => self.at_counter(who, "confirm", json!({})).await,
            ["counter", "ends", "the", "mandate", "over", who] => {
                self.at_counter(who, "end", json!({ "reason": "one word" })).await
            }
            [role, order @ ("suspends" | "resumes"), "the", "mandate", "over", who] => {
                let verb = if *order == "suspends" { "suspend" } else { "resume" };
                self.as_operator(role, who, verb, json!({ "order": "file 7" })).await
            }
            [phone, "invites", "a", "helper", "for", scopes] => self.invite(phone, scopes).await,
            [phone, "comes", "forward", "for", who] => self.accept(phone, who).await,
            [phone, "says", "yes", "to", "the", "mandate", "over", who] => self.by_phone(phone, who, "confirm").await,
            [phone, "ends", "the", "mandate", "over", who] => self.by_phone(phone, who, "end").await,
            [phone, "restores", "the", "mandate", "over", who] => self.by_phone(phone, who, "restore").await,
            [phone, "lists", "mandates"] => self.listed(phone).await,
            [phone, "asks", "for", who, "to", "delete"] => self.ask_for(phone, who, json!({})).await,
            [phone, "asks", "for", who, "to", switch @ ("restrict" | "lift")] => {
                self.ask_for(phone, who, json!({ "field": switch })).await
            }
            [phone, "asks", "for", who, "to", "correct", field, "to", to] => {
                self.ask_for(phone, who, json!({ "field": field, "to": to, "why": "it changed" })).await
            }
            [phone, "objects", "for", who, "to", "the", "newest"] => self.object_for(phone, who).await,
            [phone, "lists", "requests", "of", "wards"] => self.ward_requests(phone).await,
            [role, "sees", "who", "is", "alone"] => self.alone(role).await,
            [role, "sees", "to", who] => {
                let path = format!("/api/v1/residents/{}/ward-alone/end", self.account(who).await);
                self.operator(role, Method::POST, &path, Some(json!({ "how": "civil affairs, file 7" }))).await.word()
            }
            [phone, "invites", "a", "trusted", "person"] => self.invite_trusted(phone).await,
            [phone, "agrees", "to", "be", "trusted", "by", who] => self.be_trusted(phone, who).await,
            [role, "names", person, "trusted", "person", "of", who] => self.name_trusted(role, person, who, true).await,
            [role, "names", person, "trusted", "person", "of", who, "unheard"] => {
                self.name_trusted(role, person, who, false).await
            }
            ["counter", "ends", "the", "trust", "of", who] => {
                let path = format!("/api/v1/trusted/{}/end", self.mandates[&format!("trust of {who}")]);
                self.operator("system", Method::POST, &path, Some(json!({ "reason": "one word" }))).await.word()
            }
            [phone, verb @ ("accepts" | "ends"), "the", "trust", "of", who] => self.trust(phone, verb, who).await,
            [phone, "lists", "trusted"] => self.trusted(phone).await,
            [phone, "is", "told", n, "times", "of", kind] => self.told_of(phone, n, kind).await,
            [phone, "draws", t1, "and", t0, "for", who] => self.draw_for(phone, t1, t0, who).await,
            [phone, "shows", code, "for", place, "as", who] => self.show_as(phone, code, place, who, false),
            [phone, "shows", code, "online", "for", place, "as", who] => self.show_as(phone, code, place, who, true),
            [phone, "answers", place, "with", code, "as", who] => self.answer_as(phone, place, code, Some(who)),
            [phone, "answers", place, "with", code] => self.answer_as(phone, place, code, None),
            [gate, "loses", "its", "network"] => self.offline(gate).await,
            [gate, "checks", code, "at", place, "offline"] => self.check_offline(gate, code, place),
            [phone, "sees", n, "roles"] => self.roles(phone, n).await,
            [phone, "reads", n, "of", who] => self.ward_record(phone, n, who).await,
            _ => return None,
        })
    }

    /// A resident who comes into the register now.
    async fn newcomer(&mut self, who: &str, birth: &str, same_number: Option<&str>) -> String {
        let many = self.newcomers.len();
        let head = format!("370101{}{:03}", birth.replace('-', ""), 500 + many);
        let phone = match same_number {
            Some(other) => self.person(other).phone.clone(),
            None => format!("154999{many:05}"),
        };
        let name = ["小宁", "小舟", "大海", "明泉"][many % 4];
        let one = Synthetic {
            name: format!("颜{name}"),
            id_number: format!("{head}{}", check_digit(&head)),
            phone,
            region: "370102".to_owned(),
        };
        let csv = format!("name,id_number,phone,region\n{},{},{},{}\n", one.name, one.id_number, one.phone, one.region);
        let import = Import {
            file_hash: yima_keys::sha256(&[csv.as_bytes()]),
            source: String::new(),
            signature: None,
            reader: Box::new(Cursor::new(csv)),
            format: Format::Csv,
            rejects: Box::new(std::io::sink()),
            proofing: 2,
        };
        let done = self.town.province.import_residents(&Actor::System, import, |_| {}).await.unwrap();
        self.newcomers.insert(who.to_owned(), one);
        if done.total.inserted == 1 { "ok".to_owned() } else { "rejected".to_owned() }
    }

    async fn register(&mut self, role: &str, who: (&str, &str, &str), evidence: &str, more: Value) -> String {
        let (actor, kind, principal) = who;
        let path = format!("/api/v1/residents/{}/mandates", self.account(principal).await);
        let mut body =
            json!({ "kind": kind, "actor": self.account(actor).await, "evidence": evidence, "reference": "file 7" });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        let answer = self.operator(role, Method::POST, &path, Some(body)).await;
        if let Some(id) = answer.body["id"].as_str() {
            self.mandates.insert(principal.to_owned(), id.to_owned());
            self.publish().await;
        }
        answer.word()
    }

    async fn at_counter(&mut self, who: &str, verb: &str, body: Value) -> String {
        self.as_operator("system", who, verb, body).await
    }

    async fn as_operator(&mut self, role: &str, who: &str, verb: &str, body: Value) -> String {
        let path = format!("/api/v1/mandates/{}/{verb}", self.mandates[who]);
        self.operator(role, Method::POST, &path, Some(body)).await.word()
    }

    async fn by_phone(&mut self, phone: &str, who: &str, verb: &str) -> String {
        let path = format!("/api/v1/mandates/{}/{verb}", self.mandates[who]);
        let answer = self.device(phone, Method::POST, &path, Some(json!({}))).await.word();
        self.publish().await;
        answer
    }

    async fn invite(&mut self, phone: &str, scopes: &str) -> String {
        let scopes: Vec<&str> = scopes.split(',').collect();
        let answer =
            self.device(phone, Method::POST, "/api/v1/mandates/invitations", Some(json!({ "scopes": scopes }))).await;
        if let Some(code) = answer.body["code"].as_str() {
            self.invitations.insert("newest".to_owned(), code.to_owned());
        }
        answer.word()
    }

    async fn accept(&mut self, phone: &str, who: &str) -> String {
        let code = self.invitations["newest"].clone();
        let answer = self.device(phone, Method::POST, "/api/v1/mandates", Some(json!({ "code": code }))).await;
        if let Some(id) = answer.body["id"].as_str() {
            self.mandates.insert(who.to_owned(), id.to_owned());
        }
        answer.word()
    }

    /// The mandate of a phone's holder over somebody; a strange one where there is none.
    async fn guards(&mut self, phone: &str, who: &str) -> String {
        let other = self.account(who).await;
        let found =
            self.operator("system", Method::GET, &format!("/api/v1/residents/{other}/mandates"), None).await.ok();
        let own = self.device(phone, Method::GET, "/api/v1/mandates", None).await.ok();
        let mine: Vec<&str> = own["mandates"].as_array().unwrap().iter().filter_map(|one| one["id"].as_str()).collect();
        let rows = found["mandates"].as_array().unwrap().clone();
        let id = rows.iter().filter_map(|one| one["id"].as_str()).find(|id| mine.contains(id));
        id.or_else(|| rows.iter().find_map(|one| one["id"].as_str())).unwrap_or_default().to_owned()
    }

    async fn ask_for(&mut self, phone: &str, who: &str, body: Value) -> String {
        let path = format!("/api/v1/mandates/{}/requests", self.guards(phone, who).await);
        let answer = self.device(phone, Method::POST, &path, Some(body)).await;
        if let Some(id) = answer.body["id"].as_str() {
            self.mandates.insert("newest request".to_owned(), id.to_owned());
        }
        answer.word()
    }

    async fn object_for(&mut self, phone: &str, who: &str) -> String {
        let newest = self.mandates["newest request"].clone();
        let path = format!("/api/v1/mandates/{}/requests/{newest}/object", self.guards(phone, who).await);
        self.device(phone, Method::POST, &path, None).await.word()
    }

    async fn ward_requests(&mut self, phone: &str) -> String {
        let list = self.device(phone, Method::GET, "/api/v1/wards/requests", None).await.ok();
        let words = list["requests"].as_array().unwrap().iter().map(|one| {
            let word = |field: &str, word| one[field].as_bool().filter(|yes| *yes).map(|_| word);
            let parts = [one["kind"].as_str(), one["field"].as_str(), word("mine", "mine"), word("by_ward", "theirs")];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
        });
        let line = words.collect::<Vec<_>>().join(", ");
        if line.is_empty() { "none".to_owned() } else { line }
    }

    async fn alone(&mut self, role: &str) -> String {
        let answer = self.operator(role, Method::GET, "/api/v1/manage/wards-alone", None).await;
        let Some(rows) = answer.body.as_array() else { return answer.word() };
        let line = rows.iter().filter_map(|one| one["reason"].as_str()).collect::<Vec<_>>().join(", ");
        if line.is_empty() { "none".to_owned() } else { line }
    }

    async fn invite_trusted(&mut self, phone: &str) -> String {
        let answer = self.device(phone, Method::POST, "/api/v1/trusted/invitations", None).await;
        if let Some(code) = answer.body["code"].as_str() {
            self.invitations.insert("newest".to_owned(), code.to_owned());
        }
        answer.word()
    }

    async fn be_trusted(&mut self, phone: &str, who: &str) -> String {
        let code = self.invitations["newest"].clone();
        let answer = self.device(phone, Method::POST, "/api/v1/mandates", Some(json!({ "code": code }))).await;
        if let Some(id) = answer.body["id"].as_str() {
            self.mandates.insert(format!("trust of {who}"), id.to_owned());
        }
        answer.word()
    }

    async fn name_trusted(&mut self, role: &str, person: &str, who: &str, alone: bool) -> String {
        let path = format!("/api/v1/residents/{}/trusted", self.account(who).await);
        let body = json!({ "person": self.account(person).await, "alone": alone });
        let answer = self.operator(role, Method::POST, &path, Some(body)).await;
        if let Some(id) = answer.body["id"].as_str() {
            self.mandates.insert(format!("trust of {who}"), id.to_owned());
        }
        answer.word()
    }

    async fn trust(&mut self, phone: &str, verb: &str, who: &str) -> String {
        let verb = verb.trim_end_matches('s');
        let path = format!("/api/v1/trusted/{}/{verb}", self.mandates[&format!("trust of {who}")]);
        self.device(phone, Method::POST, &path, Some(json!({}))).await.word()
    }

    async fn trusted(&mut self, phone: &str) -> String {
        let list = self.device(phone, Method::GET, "/api/v1/trusted", None).await.ok();
        let words = list["trusted"].as_array().unwrap().iter().map(|one| {
            let side = if one["told"] == true { "I am told" } else { "told of me" };
            let state = if one["pending"] == true { "waits" } else { "stands" };
            format!("{side} {state}")
        });
        let line = words.collect::<Vec<_>>().join(", ");
        if line.is_empty() { "none".to_owned() } else { line }
    }

    async fn told_of(&mut self, phone: &str, n: &str, kind: &str) -> String {
        let home = self.device(phone, Method::GET, "/api/v1/device", None).await.ok();
        let many = home["notices"].as_array().unwrap().iter().filter(|one| one["kind"] == kind).count();
        if many.to_string() == n { "ok".to_owned() } else { format!("{many} times") }
    }

    /// Kind, side and standing of each, the newest first, and what may be done.
    async fn listed(&mut self, phone: &str) -> String {
        let list = self.device(phone, Method::GET, "/api/v1/mandates", None).await.ok();
        let words = list["mandates"].as_array().unwrap().iter().map(|one| {
            let side = if one["acts"] == true { "acts" } else { "over me" };
            let may =
                ["confirm", "end", "undo", "show", "see"].into_iter().filter(|may| one[format!("may_{may}")] == true);
            let may = may.collect::<Vec<_>>().join("+");
            format!("{} {side} {} [{may}]", one["kind"].as_str().unwrap(), one["state"].as_str().unwrap())
        });
        let line = words.collect::<Vec<_>>().join(", ");
        if line.is_empty() { "none".to_owned() } else { line }
    }

    pub(super) async fn draw_for(&mut self, phone: &str, t1: &str, t0: &str, who: &str) -> String {
        let (now, mandate) = (self.town.now(), self.mandates[who].clone());
        let phone = self.phones.get_mut(phone).unwrap();
        phone.draw_acting(&self.town.door, now, &mandate, t1.parse().unwrap(), t0.parse().unwrap()).await.word()
    }

    fn show_as(&mut self, phone: &str, code: &str, place: &str, who: &str, online: bool) -> String {
        let mandate = self.mandates[who].clone();
        self.phones.get_mut(phone).unwrap().turn_to(&mandate);
        let seen = self.show(phone, code, place, online);
        self.phones.get_mut(phone).unwrap().turn_to(&mandate);
        seen
    }

    /// Answers the challenge that a checker at a place shows now.
    fn answer_as(&mut self, phone: &str, place: &str, code: &str, who: Option<&str>) -> String {
        let (site, scenario) = self.places[place];
        let now = u32::try_from(self.town.now()).unwrap();
        let challenge = Challenge::unsigned(scenario, site, now, u64::from(now).to_be_bytes());
        let mandate = who.map(|who| self.mandates[who].clone());
        let phone = self.phones.get_mut(phone).unwrap();
        if let Some(mandate) = &mandate {
            phone.turn_to(mandate);
        }
        let digits = phone.answer(now.into(), &challenge);
        if let Some(mandate) = &mandate {
            phone.turn_to(mandate);
        }
        self.codes.insert(code.to_owned(), digits);
        self.challenges.insert(code.to_owned(), challenge);
        "ok".to_owned()
    }

    /// From now on the gate has the bundle of this moment.
    async fn offline(&mut self, gate: &str) -> String {
        self.publish().await;
        let bundle = self.town.door.get("/api/v1/bundle").await.bytes;
        let seen = SeenInMemory::with_capacity(64);
        self.memories.insert(gate.to_owned(), Memory { bundle, seen, guardian_at: None });
        "ok".to_owned()
    }

    fn check_offline(&mut self, gate: &str, code: &str, place: &str) -> String {
        let (site, scenario) = self.places[place];
        let now = u32::try_from(self.town.now()).unwrap();
        let (digits, challenge) = (self.codes[code].clone(), self.challenges.get(code).map(Challenge::open));
        let memory = self.memories.get_mut(gate).unwrap();
        let root = bundle::peek_root_fingerprint(&memory.bundle).unwrap();
        let opened = Bundle::open(&memory.bundle, &GateFloor::pinned(root), now).unwrap();
        let (bundle, _) = opened.keep(|_| Ok::<_, ()>(())).unwrap();
        let context = Context {
            place: Place { scenario, site },
            rule: bundle.rule(scenario).unwrap(),
            clock: CheckerClock::Trusted(now),
            issuers: &bundle,
            withdrawn: &bundle,
            lists: ListTimes { bundle_at: Some(bundle.head().time), urgent_at: Some(bundle.urgent().as_of) },
            challenge,
            guardian_at: memory.guardian_at,
        };
        let verdict = check_digits(&digits, &context, &mut memory.seen);
        if verdict.is_valid() && !verdict.acting && !verdict.repeated {
            memory.guardian_at = Some(now);
        }
        let mut seen = verdict.kind.as_str().to_owned();
        if let Some(reason) = verdict.reason {
            seen.push(' ');
            seen.push_str(reason.as_str());
        }
        if verdict.acting {
            seen.push_str(" acting");
        }
        seen
    }

    /// The newest entries with the role of the other party.
    async fn roles(&mut self, phone: &str, n: &str) -> String {
        let record = self.device(phone, Method::GET, "/api/v1/record", None).await.ok();
        told(&record, n)
    }

    async fn ward_record(&mut self, phone: &str, n: &str, who: &str) -> String {
        let path = format!("/api/v1/mandates/{}/record", self.mandates[who]);
        let answer = self.device(phone, Method::GET, &path, None).await;
        if answer.status.is_success() { told(&answer.body, n) } else { answer.word() }
    }
}

/// `check valid at Desk: Shown by your helper`, the newest first; `nothing` for an empty record.
fn told(record: &Value, n: &str) -> String {
    let entries = record["entries"].as_array().unwrap().iter().take(n.parse().unwrap());
    let words = entries.map(|e| {
        let text = |name: &str| e[name]["en"].as_str().unwrap_or_default().to_owned();
        let mut line = format!("{} {}", e["deed"].as_str().unwrap(), e["outcome"].as_str().unwrap());
        for (before, part) in [(" at ", text("place")), (" (", text("role"))] {
            if !part.is_empty() {
                line.push_str(before);
                line.push_str(&part);
            }
        }
        if !text("role").is_empty() {
            line.push(')');
        }
        line
    });
    let line = words.collect::<Vec<_>>().join(", ");
    if line.is_empty() { "nothing".to_owned() } else { line }
}

/// The check character of 17 digits (GB 11643-1999, ISO/IEC 7064 MOD 11-2).
fn check_digit(head: &str) -> char {
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = head.chars().zip(weights).map(|(digit, weight)| digit.to_digit(10).unwrap() * weight).sum();
    "10X98765432".chars().nth((sum % 11) as usize).unwrap()
}

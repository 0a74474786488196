//! The steps of finding residents and of searches of the uses by person. It does not know how a step is done inside.

use super::Cast;
use reqwest::Method;
use serde_json::{Value, json};
use yima_kernel::subject::Actor;
use yima_province::DeedError;

const SEARCHES: &str = "/api/v1/manage/audit-searches";

impl Cast<'_> {
    pub(super) async fn audit_step(&mut self, words: &[&str]) -> Option<String> {
        Some(match words {
            [role, "looks", "for", name] => self.look_for(role, json!({ "name": name })).await,
            [role, "looks", "for", name, "in", region] => {
                self.look_for(role, json!({ "name": name, "region": region })).await
            }
            [role, "looks", "for", name, "in", region, "born", year] => {
                let born: u16 = year.parse().unwrap();
                self.look_for(role, json!({ "name": name, "region": region, "born": born })).await
            }
            [role, "opens", "the", "file", "of", who] => self.open_file(role, who).await,
            [role, "is", who] => self.is_person(role, who).await,
            [role, "asks", "for", "the", "record", "of", who] => self.ask_search(role, who, 30).await,
            [role, "asks", "for", days, "days", "of", who] => self.ask_search(role, who, days.parse().unwrap()).await,
            [role, "asks", "for", "the", "record", "of", "somebody", "called", who] => {
                let name = self.person(who).name.clone();
                self.send_search(role, name, 30).await
            }
            [role, answer @ ("approves" | "declines"), "the", "search"] => {
                let path = format!("{SEARCHES}/{}/answer", self.search);
                let body = json!({ "approve": *answer == "approves" });
                self.operator(role, Method::POST, &path, Some(body)).await.word()
            }
            [role, "reads", "the", "search"] => self.read_search(role).await,
            [role, "lists", "searches"] => self.list_searches(role).await,
            _ => return None,
        })
    }

    async fn look_for(&mut self, role: &str, body: Value) -> String {
        self.operator(role, Method::POST, "/api/v1/residents/find", Some(body)).await.word()
    }

    async fn open_file(&mut self, role: &str, who: &str) -> String {
        let path = format!("/api/v1/residents/{}", self.account(who).await);
        self.operator(role, Method::GET, &path, None).await.word()
    }

    /// Whoever owns the data directory notes which resident an operator is.
    async fn is_person(&mut self, role: &str, who: &str) -> String {
        let number = self.person(who).id_number.clone();
        match self.town.province.know_operator(&Actor::System, role, &number).await {
            Ok(()) => "ok".to_owned(),
            Err(DeedError::NotFound(what)) => format!("no {what}"),
            Err(other) => other.to_string(),
        }
    }

    async fn ask_search(&mut self, role: &str, who: &str, days: i64) -> String {
        let number = self.person(who).id_number.clone();
        self.send_search(role, number, days).await
    }

    async fn send_search(&mut self, role: &str, person: String, days: i64) -> String {
        let now = self.town.now();
        let body = json!({
            "person": person, "case_number": "2026-0042", "purpose": "complaint 7",
            "from": now - days * 86_400, "to": now,
        });
        let answer = self.operator(role, Method::POST, SEARCHES, Some(body)).await;
        if let Some(id) = answer.body["id"].as_str() {
            id.clone_into(&mut self.search);
        }
        answer.word()
    }

    async fn read_search(&mut self, role: &str) -> String {
        let path = format!("{SEARCHES}/{}/read", self.search);
        let answer = self.operator(role, Method::POST, &path, Some(json!({}))).await;
        match answer.body["items"].as_array() {
            Some(rows) => {
                // The town's clock stands still: what it did within one moment is in no order.
                let mut deeds: Vec<_> = rows.iter().filter_map(|row| row["deed"].as_str()).collect();
                deeds.sort_unstable();
                deeds.join(", ")
            }
            None => answer.word(),
        }
    }

    async fn list_searches(&mut self, role: &str) -> String {
        let answer = self.operator(role, Method::GET, SEARCHES, None).await;
        match answer.body["items"].as_array() {
            Some(rows) => rows.iter().filter_map(|row| row["state"].as_str()).collect::<Vec<_>>().join(", "),
            None => answer.word(),
        }
    }
}

//! The steps of offices and their officers: a post is proposed, accepted and ended, and codes are drawn in it. It does not know
//! how a step is done inside.

use super::Cast;
use reqwest::Method;
use serde_json::json;
use yima_kernel::assurance::Acr;

impl Cast<'_> {
    pub(super) async fn post_step(&mut self, words: &[&str]) -> Option<String> {
        Some(match words {
            ["office", name] => self.office(name).await,
            [role, "proposes", who, "as", post, "of", name] => self.proposes_post(role, who, post, name).await,
            [who, "accepts", "the", "post", "at", name] => {
                self.signs_in(who, Acr::Passkey).await;
                let to = format!("/account/posts/{}/accept", self.mandates[*name]);
                self.form(who, &to, &[]).await
            }
            [role, "ends", "the", "post", "at", name] => {
                let path = format!("/api/v1/posts/{}/end", self.mandates[*name]);
                self.operator(role, Method::POST, &path, Some(json!({ "reason": "story" }))).await.word()
            }
            [phone, "draws", t1, "and", t0, "in", "the", "post", "at", name] => {
                self.draw_for(phone, t1, t0, name).await
            }
            [phone, "lists", "posts"] => self.posts_of(phone).await,
            _ => return None,
        })
    }

    async fn office(&mut self, name: &str) -> String {
        let body = json!({ "kind": "department", "name": name, "region": "370000", "source": "story" });
        let answer = self.operator("system", Method::POST, "/api/v1/organisations", Some(body)).await;
        if let Some(id) = answer.body["id"].as_str() {
            self.enterprises.insert(name.to_owned(), id.to_owned());
        }
        answer.word()
    }

    /// One post an office and story: the newest.
    async fn proposes_post(&mut self, role: &str, who: &str, post: &str, name: &str) -> String {
        let body = json!({ "resident": self.account(who).await, "role": post });
        let path = format!("/api/v1/organisations/{}/posts", self.enterprises[name]);
        let answer = self.operator(role, Method::POST, &path, Some(body)).await;
        if let Some(id) = answer.body["id"].as_str() {
            self.mandates.insert(name.to_owned(), id.to_owned());
        }
        answer.word()
    }

    async fn posts_of(&mut self, phone: &str) -> String {
        let list = self.device(phone, Method::GET, "/api/v1/posts", None).await.ok();
        let words = list["posts"].as_array().unwrap().iter().map(|one| {
            let deputy = if one["deputy"] == true { " as a deputy" } else { "" };
            format!("{} of {}{deputy}", one["role"].as_str().unwrap(), one["office"].as_str().unwrap())
        });
        let line = words.collect::<Vec<_>>().join(", ");
        if line.is_empty() { "none".to_owned() } else { line }
    }
}

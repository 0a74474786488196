//! The gate's own door for a turnstile's controller: three paths on one address.
//! It does not know codes; it hands digits to the agent.

use super::agent::Agent;
use super::http::{self, Reply};
use crate::failure::Failure;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::Mutex;
use yima_code::challenge::CHALLENGE_OPEN_S;

/// What a controller may send in place of bare digits.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ask {
    digits: String,
    #[serde(default)]
    challenge: Option<String>,
}

/// Binds, then serves as long as the future is polled.
pub async fn serve(address: SocketAddr, agent: Arc<Mutex<Agent>>) -> Result<impl Future<Output = ()>, Failure> {
    let answer = move |line: String, body: Vec<u8>| {
        let agent = Arc::clone(&agent);
        async move { reply(&line, &body, &agent).await }
    };
    http::serve(address, "POST /check, GET /challenge, GET /status", answer).await
}

async fn reply(first_line: &str, body: &[u8], agent: &Mutex<Agent>) -> Reply {
    let mut words = first_line.split(' ');
    match (words.next(), words.next()) {
        (Some("POST"), Some("/check")) => {
            let Some((digits, challenge)) = read_ask(body) else {
                return (
                    "400 Bad Request",
                    r#"{"detail":"send the digits, or {\"digits\":…,\"challenge\":…}"}"#.to_owned(),
                );
            };
            let verdict = agent.lock().await.answer(&digits, challenge).await;
            ("200 OK", serde_json::to_string(&verdict).unwrap_or_default())
        }
        (Some("GET"), Some("/challenge")) => match agent.lock().await.challenge() {
            Some(challenge) => {
                let told = serde_json::json!({
                    "digits": challenge.to_digits(),
                    "challenge": URL_SAFE_NO_PAD.encode(challenge.to_bytes()),
                    "until_at": challenge.time + CHALLENGE_OPEN_S,
                });
                ("200 OK", told.to_string())
            }
            None => ("503 Service Unavailable", r#"{"detail":"no bundle yet"}"#.to_owned()),
        },
        (Some("GET"), Some("/status")) => ("200 OK", agent.lock().await.standing().to_string()),
        _ => ("404 Not Found", r#"{"detail":"POST /check, GET /challenge, GET /status"}"#.to_owned()),
    }
}

/// Bare digits, or JSON with them.
fn read_ask(body: &[u8]) -> Option<(String, Option<Vec<u8>>)> {
    if body.first() == Some(&b'{') {
        let ask: Ask = serde_json::from_slice(body).ok()?;
        let challenge = match ask.challenge {
            Some(text) => Some(URL_SAFE_NO_PAD.decode(text).ok()?),
            None => None,
        };
        return Some((ask.digits, challenge));
    }
    let digits = std::str::from_utf8(body).ok()?.trim_end_matches(['\r', '\n']);
    (!digits.is_empty()).then(|| (digits.to_owned(), None))
}

#[cfg(test)]
mod tests {
    use super::read_ask;

    #[test]
    fn digits_come_bare_or_in_json_and_nothing_else_is_read() {
        assert_eq!(read_ask(b"123\r\n"), Some(("123".to_owned(), None)));
        assert_eq!(read_ask(br#"{"digits":"1","challenge":"AQ"}"#), Some(("1".to_owned(), Some(vec![1]))));
        for bad in [&b""[..], b"{", br#"{"digits":"1","extra":1}"#, br#"{"digits":"1","challenge":"="}"#, b"\xff"] {
            assert_eq!(read_ask(bad), None);
        }
    }
}

//! The gate's own door for a turnstile's controller: HTTP/1.1 on one address, three paths, one request a connection.
//! It does not know codes; it bounds what it reads and hands digits to the agent.

use super::agent::Agent;
use crate::failure::Failure;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, Semaphore};
use yima_code::challenge::CHALLENGE_OPEN_S;

/// A request, head and body, in bytes: digits are at most 495.
const REQUEST_BYTES_MAX: usize = 16 << 10;
/// Seconds for a request to arrive in whole.
const REQUEST_S: u64 = 5;
/// Connections at a time; a turnstile has one.
const CONNECTIONS_MAX: usize = 64;

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
    let listener =
        TcpListener::bind(address).await.map_err(|why| Failure::machine(format!("listen on {address}"), why))?;
    if let Ok(bound) = listener.local_addr() {
        crate::say::remark(&format!("listening on http://{bound} (POST /check, GET /challenge, GET /status)"));
    }
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    Ok(async move {
        loop {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            let Ok((stream, _)) = listener.accept().await else { continue };
            let agent = Arc::clone(&agent);
            tokio::spawn(async move {
                let _place = place;
                // A peer that goes away or dawdles costs its own connection only.
                let _ = tokio::time::timeout(Duration::from_secs(REQUEST_S * 4), converse(stream, &agent)).await;
            });
        }
    })
}

async fn converse(mut stream: TcpStream, agent: &Mutex<Agent>) -> std::io::Result<()> {
    let read = tokio::time::timeout(Duration::from_secs(REQUEST_S), read_request(&mut stream)).await;
    let (status, body) = match read {
        Ok(Ok(Some((first_line, body)))) => reply(&first_line, &body, agent).await,
        _ => ("400 Bad Request", r#"{"detail":"no request that can be read"}"#.to_owned()),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\ncache-control: no-store\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    stream.shutdown().await
}

async fn reply(first_line: &str, body: &[u8], agent: &Mutex<Agent>) -> (&'static str, String) {
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

/// The request line and the body; `None` for anything out of bounds.
async fn read_request(stream: &mut TcpStream) -> std::io::Result<Option<(String, Vec<u8>)>> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let Some(length) = content_length(&head) else { return Ok(None) };
            if bytes.len() >= end + 4 + length {
                let first_line = head.lines().next().unwrap_or_default().to_owned();
                return Ok(Some((first_line, bytes[end + 4..end + 4 + length].to_vec())));
            }
        }
        let count = stream.read(&mut chunk).await?;
        if count == 0 || bytes.len() + count > REQUEST_BYTES_MAX {
            return Ok(None);
        }
        bytes.extend_from_slice(&chunk[..count]);
    }
}

/// The length that the head names, 0 without one; `None` for a length out of bounds or a body in chunks.
fn content_length(head: &str) -> Option<usize> {
    let mut length = 0;
    for line in head.lines().skip(1) {
        let (name, value) = line.split_once(':')?;
        if name.eq_ignore_ascii_case("transfer-encoding") {
            return None;
        }
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().ok().filter(|length| *length <= REQUEST_BYTES_MAX)?;
        }
    }
    Some(length)
}

#[cfg(test)]
mod tests {
    use super::{content_length, read_ask};

    #[test]
    fn only_plain_bounded_requests_are_read() {
        let table = [
            ("POST /check HTTP/1.1\r\nContent-Length: 5", Some(5)),
            ("GET /status HTTP/1.1", Some(0)),
            ("POST /check HTTP/1.1\r\nContent-Length: 99999999", None),
            ("POST /check HTTP/1.1\r\nContent-Length: -1", None),
            ("POST /check HTTP/1.1\r\nTransfer-Encoding: chunked", None),
            ("POST /check HTTP/1.1\r\nno colon", None),
        ];
        for (head, length) in table {
            assert_eq!(content_length(head), length, "{head}");
        }
        assert_eq!(read_ask(b"123\r\n"), Some(("123".to_owned(), None)));
        assert_eq!(read_ask(br#"{"digits":"1","challenge":"AQ"}"#), Some(("1".to_owned(), Some(vec![1]))));
        for bad in [&b""[..], b"{", br#"{"digits":"1","extra":1}"#, br#"{"digits":"1","challenge":"="}"#, b"\xff"] {
            assert_eq!(read_ask(bad), None);
        }
    }
}

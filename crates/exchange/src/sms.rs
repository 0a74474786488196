//! Sends short messages through a webhook: `POST {"to","text"}` with a bearer key, from a bounded queue, with a few tries.
//! It does not know residents. INVARIANT: neither a number nor a text is ever logged.

use reqwest::{Client, StatusCode, Url};
use serde::Serialize;
use std::fmt;
use std::time::Duration;
use tokio::sync::mpsc;

/// Messages that wait at most; beyond it new ones are dropped, and the resident asks again.
const QUEUE_MAX: usize = 1_000;
/// One try may take this long.
const TRY_MAX: Duration = Duration::from_secs(5);
/// A password lives five minutes: later tries would be of no use.
const TRIES: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// Where messages go.
#[derive(Clone)]
pub struct Webhook {
    /// Address of the gateway; `https` unless it is on this machine.
    pub url: String,
    /// Sent as `Authorization: Bearer …`, if the gateway wants a key.
    pub bearer: Option<String>,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").field("url", &self.url).field("bearer", &self.bearer.as_ref().map(|_| "…")).finish()
    }
}

/// The webhook cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WebhookError {
    /// No address, or none of HTTP.
    Address,
    /// Plain HTTP to another machine would show passwords to the network.
    NotEncrypted,
    /// The HTTP client could not be made.
    Client(String),
}

impl fmt::Display for WebhookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address => f.write_str("the SMS webhook needs an address such as https://sms.example/send"),
            Self::NotEncrypted => f.write_str("the SMS webhook must be https unless it runs on this machine"),
            Self::Client(why) => write!(f, "failed to make the HTTP client of the SMS webhook: {why}"),
        }
    }
}

impl std::error::Error for WebhookError {}

/// A running sender. Dropping it ends the queue after what waits was tried.
#[derive(Clone, Debug)]
pub struct SmsWebhook {
    queue: mpsc::Sender<Message>,
}

#[derive(Serialize)]
struct Message {
    to: String,
    text: String,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Message(…)")
    }
}

impl SmsWebhook {
    /// Starts the sender on the current runtime.
    ///
    /// # Errors
    /// [`WebhookError`] for an address that cannot be used.
    pub fn start(webhook: Webhook) -> Result<Self, WebhookError> {
        let url = usable(&webhook.url)?;
        let client = Client::builder()
            .timeout(TRY_MAX)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| WebhookError::Client(error.to_string()))?;
        let (queue, waiting) = mpsc::channel(QUEUE_MAX);
        tokio::spawn(work(client, url, webhook.bearer, waiting));
        Ok(Self { queue })
    }

    /// Queues a message; false when the queue is full. Never blocks.
    #[must_use]
    pub fn send(&self, to: impl Into<String>, text: impl Into<String>) -> bool {
        self.queue.try_send(Message { to: to.into(), text: text.into() }).is_ok()
    }
}

fn usable(url: &str) -> Result<Url, WebhookError> {
    let url = Url::parse(url).map_err(|_| WebhookError::Address)?;
    let here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    match url.scheme() {
        "https" => Ok(url),
        "http" if here => Ok(url),
        "http" => Err(WebhookError::NotEncrypted),
        _ => Err(WebhookError::Address),
    }
}

async fn work(client: Client, url: Url, bearer: Option<String>, mut waiting: mpsc::Receiver<Message>) {
    while let Some(message) = waiting.recv().await {
        let mut pause = FIRST_PAUSE;
        for left in (0..TRIES).rev() {
            match attempt(&client, &url, bearer.as_deref(), &message).await {
                Attempt::Sent => break,
                Attempt::Refused(status) => {
                    tracing::warn!(status = status.as_u16(), "the SMS gateway refused a message");
                    break;
                }
                Attempt::Again if left == 0 => {
                    tracing::warn!("a message was given up: the SMS gateway does not answer")
                }
                Attempt::Again => tokio::time::sleep(pause).await,
            }
            pause *= 2;
        }
    }
}

enum Attempt {
    Sent,
    Refused(StatusCode),
    Again,
}

async fn attempt(client: &Client, url: &Url, bearer: Option<&str>, message: &Message) -> Attempt {
    let mut request = client.post(url.clone()).json(message);
    if let Some(bearer) = bearer {
        request = request.bearer_auth(bearer);
    }
    match request.send().await.map(|response| response.status()) {
        Ok(status) if status.is_success() => Attempt::Sent,
        Ok(status) if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => Attempt::Again,
        Ok(status) => Attempt::Refused(status),
        Err(_) => Attempt::Again,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    #[test]
    fn only_encrypted_or_local_addresses_are_taken() {
        let table = [
            ("https://sms.example/send", true),
            ("http://127.0.0.1:9/send", true),
            ("http://localhost/send", true),
            ("http://sms.example/send", false),
            ("ftp://sms.example", false),
            ("sms.example", false),
            ("", false),
        ];
        for (url, expected) in table {
            assert_eq!(usable(url).is_ok(), expected, "{url}");
        }
    }

    #[tokio::test]
    async fn a_gateway_that_stumbles_once_still_gets_the_message() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/send", listener.local_addr().unwrap());
        let sms = SmsWebhook::start(Webhook { url, bearer: Some("k".into()) }).unwrap();
        assert!(sms.send("13800000000", "123456"));
        let first = answer(&listener, "503 Service Unavailable").await;
        let second = answer(&listener, "200 OK").await;
        for request in [first, second] {
            assert!(request.starts_with("POST /send HTTP/1.1"), "{request}");
            assert!(request.contains("authorization: Bearer k"), "{request}");
            assert!(request.ends_with(r#"{"to":"13800000000","text":"123456"}"#), "{request}");
        }
    }

    async fn answer(listener: &TcpListener, status: &str) -> String {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut request = String::new();
        while !request.ends_with('}') {
            let mut chunk = [0; 2048];
            let n = socket.read(&mut chunk).await.unwrap();
            assert_ne!(n, 0, "the request broke off: {request}");
            request.push_str(std::str::from_utf8(&chunk[..n]).unwrap());
        }
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        socket.write_all(answer.as_bytes()).await.unwrap();
        request
    }
}

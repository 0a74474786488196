//! The public API as a device, a gate and a stranger call it: one request, one answer, problems as sentences.
//! It does not know what the answers mean.

mod signed;

pub use signed::Signer;

use crate::failure::Failure;
use reqwest::{Client, Method, RequestBuilder, Response, Url};
use serde::{Serialize, de::DeserializeOwned};
use std::time::Duration;
use yima_wire::problem::Problem;

/// Whole time of a request; a person or a turnstile waits for it.
const REQUEST_S: u64 = 30;
/// Time until the other end must have answered the call to connect.
const CONNECT_S: u64 = 5;
/// The largest answer that is taken, bytes: a bundle of the largest province.
const ANSWER_BYTES_MAX: usize = 64 << 20;

/// The status of a server that is busy for the moment (RFC 9110, section 15.6.4).
const BUSY: u16 = 503;

/// A server, by its address.
#[derive(Clone)]
pub struct Api {
    client: Client,
    base: Url,
}

/// Who calls.
pub enum Caller<'a> {
    /// Nobody in particular.
    Stranger,
    /// A device, by its signature.
    Device(&'a Signer<'a>),
    /// A gate, by its key.
    Gate(&'a str),
}

/// What went wrong with a call.
#[derive(Debug)]
pub enum CallError {
    /// No answer: no network, no server, or too late.
    NoAnswer(String),
    /// The server said no, with a reason.
    Problem(Box<Problem>),
    /// The server is busy and named the seconds after which to come again.
    Later(Box<Problem>, u32),
}

/// Bytes with the headers that matter.
pub struct Bytes {
    /// The body.
    pub body: Vec<u8>,
    /// True when the body is a delta.
    pub delta: bool,
    /// False when the caller's own copy is the newest.
    pub changed: bool,
}

impl Api {
    /// `server` is the address that people type: `http://127.0.0.1:8080`, with or without a slash.
    pub fn new(server: &str) -> Result<Self, Failure> {
        let base = Url::parse(server)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            .ok_or_else(|| {
                Failure::bad_input(format!("`{server}` is no address of a server: give http://… or https://…"))
            })?;
        let client = Client::builder()
            .timeout(Duration::from_secs(REQUEST_S))
            .connect_timeout(Duration::from_secs(CONNECT_S))
            .user_agent(concat!("yima/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|why| Failure::machine("prepare the network", why))?;
        Ok(Self { client, base })
    }

    /// GET of a JSON answer. `path` begins with `/api/v1/`.
    pub async fn get<A: DeserializeOwned>(&self, path: &str, caller: &Caller<'_>) -> Result<A, CallError> {
        let response = self.send(Method::GET, path, Vec::new(), caller).await?;
        read_json(response).await
    }

    /// POST of a JSON body.
    pub async fn post<A: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
        caller: &Caller<'_>,
    ) -> Result<A, CallError> {
        let body = serde_json::to_vec(body).map_err(|why| CallError::NoAnswer(why.to_string()))?;
        let response = self.send(Method::POST, path, body, caller).await?;
        read_json(response).await
    }

    /// GET of the verifier bundle; `have` is the hash of the copy at hand, in hex.
    pub async fn bundle(&self, have: Option<&str>) -> Result<Bytes, CallError> {
        let path = match have {
            Some(hash) => format!("/api/v1/bundle?from={hash}"),
            None => "/api/v1/bundle".to_owned(),
        };
        let mut request = self.client.get(self.url(&path)?);
        if let Some(hash) = have {
            request = request.header("if-none-match", format!("\"{hash}\""));
        }
        let response = request.send().await.map_err(no_answer)?;
        if response.status() == reqwest::StatusCode::NOT_MODIFIED {
            return Ok(Bytes { body: Vec::new(), delta: false, changed: false });
        }
        let response = expect_success(response).await?;
        let kind = response.headers().get("content-type").and_then(|value| value.to_str().ok());
        let delta = kind.is_some_and(|kind| kind.starts_with("application/yima-delta"));
        Ok(Bytes { body: read_bytes(response).await?, delta, changed: true })
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Vec<u8>,
        caller: &Caller<'_>,
    ) -> Result<Response, CallError> {
        let url = self.url(path)?;
        let mut request: RequestBuilder = self.client.request(method.clone(), url.clone());
        match caller {
            Caller::Stranger => {}
            Caller::Gate(key) => request = request.bearer_auth(key),
            Caller::Device(signer) => {
                for (name, value) in
                    signer.headers(&method, &url, &body).map_err(|why| CallError::NoAnswer(why.sentence))?
                {
                    request = request.header(name, value);
                }
            }
        }
        if method != Method::GET {
            request = request.header("content-type", "application/json").body(body);
        }
        expect_success(request.send().await.map_err(no_answer)?).await
    }

    fn url(&self, path: &str) -> Result<Url, CallError> {
        self.base.join(path).map_err(|why| CallError::NoAnswer(format!("{path} is no address: {why}")))
    }
}

impl CallError {
    /// Whether the network or the server was away, so that trying later makes sense.
    pub fn is_away(&self) -> bool {
        match self {
            Self::NoAnswer(_) | Self::Later(..) => true,
            Self::Problem(problem) => problem.status >= 500 || problem.status == 429,
        }
    }
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        match error {
            CallError::NoAnswer(why) => Failure::could_not(format!("no answer from the server: {why}")),
            CallError::Problem(problem) | CallError::Later(problem, _) => {
                let sentence =
                    format!("{} {} ({}, {})", problem.detail_zh, problem.detail, problem.code, problem.request_id);
                if problem.status >= 500 { Failure::could_not(sentence) } else { Failure::refused(sentence) }
            }
        }
    }
}

async fn expect_success(response: Response) -> Result<Response, CallError> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let retry_after_s = response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
    let body = read_bytes(response).await?;
    match (serde_json::from_slice::<Problem>(&body), retry_after_s) {
        (Ok(problem), Some(seconds)) if problem.status == BUSY => Err(CallError::Later(Box::new(problem), seconds)),
        (Ok(problem), _) => Err(CallError::Problem(Box::new(problem))),
        (Err(_), _) => Err(CallError::NoAnswer(format!("it answered {status} and no reason"))),
    }
}

async fn read_json<A: DeserializeOwned>(response: Response) -> Result<A, CallError> {
    let body = read_bytes(response).await?;
    // "Done, and nothing to say" has no body.
    let body = if body.is_empty() { b"null".to_vec() } else { body };
    serde_json::from_slice(&body).map_err(|why| CallError::NoAnswer(format!("its answer can't be read: {why}")))
}

/// The body, never more than [`ANSWER_BYTES_MAX`] of it.
async fn read_bytes(mut response: Response) -> Result<Vec<u8>, CallError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(no_answer)? {
        if bytes.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err(CallError::NoAnswer("its answer is larger than any should be".to_owned()));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn no_answer(why: reqwest::Error) -> CallError {
    // The address may hold a query; the cause says enough.
    let why = why.without_url();
    let mut said = why.to_string();
    let mut cause = std::error::Error::source(&why);
    while let Some(inner) = cause {
        said = format!("{said}: {inner}");
        cause = inner.source();
    }
    CallError::NoAnswer(said)
}

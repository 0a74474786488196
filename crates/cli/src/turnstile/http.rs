//! HTTP/1.1 for a gate's own doors: one request a connection, bounded in size, time and number.
//! It does not know paths or codes; it hands the request line and the body to whoever answers.

use crate::failure::Failure;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// A request, head and body, in bytes: digits are at most 495.
const REQUEST_BYTES_MAX: usize = 16 << 10;
/// Seconds for a request to arrive in whole.
const REQUEST_S: u64 = 5;
/// Connections at a time; a turnstile has one, a place a few peers.
const CONNECTIONS_MAX: usize = 64;

/// Status line and JSON body.
pub type Reply = (&'static str, String);

/// Binds, then serves as long as the future is polled. `paths` is said with the address.
pub async fn serve<F, A>(
    address: SocketAddr,
    paths: &str,
    answer: F,
) -> Result<impl Future<Output = ()> + use<F, A>, Failure>
where
    F: Fn(String, Vec<u8>) -> A + Clone + Send + 'static,
    A: Future<Output = Reply> + Send + 'static,
{
    let listener =
        TcpListener::bind(address).await.map_err(|why| Failure::machine(format!("listen on {address}"), why))?;
    if let Ok(bound) = listener.local_addr() {
        crate::say::remark(&format!("listening on http://{bound} ({paths})"));
    }
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    Ok(async move {
        loop {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            let Ok((stream, _)) = listener.accept().await else { continue };
            let answer = answer.clone();
            tokio::spawn(async move {
                let _place = place;
                // A peer that goes away or dawdles costs its own connection only.
                let _ = tokio::time::timeout(Duration::from_secs(REQUEST_S * 4), converse(stream, answer)).await;
            });
        }
    })
}

async fn converse<F, A>(mut stream: TcpStream, answer: F) -> std::io::Result<()>
where
    F: Fn(String, Vec<u8>) -> A,
    A: Future<Output = Reply>,
{
    let read = tokio::time::timeout(Duration::from_secs(REQUEST_S), read_request(&mut stream)).await;
    let (status, body) = match read {
        Ok(Ok(Some((first_line, body)))) => answer(first_line, body).await,
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
    use super::content_length;

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
    }
}

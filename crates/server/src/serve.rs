//! From a configuration to a listening server, and from SIGTERM to its end: no request that was begun is dropped.
//! It does not know routes.

use crate::app::{App, Door};
use crate::draws::{Draws, places_by_cores};
use crate::layers;
use crate::router::router;
use crate::tls::Tls;
use axum::Router;
use axum_server::Handle;
use hyper_util::rt::TokioTimer;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use yima_province::Province;

/// Requests that are answered at once; beyond it callers are asked to come again.
const IN_FLIGHT_MAX: usize = 2_048;
/// A client has this long to send its headers.
const HEADERS_MAX: Duration = Duration::from_secs(10);
/// Requests that are under way at the end have this long.
const DRAIN_MAX: Duration = Duration::from_secs(15);

/// How to serve.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// What stands between the socket and HTTP.
    pub tls: Tls,
    /// A proxy in front ends TLS: cookies are `Secure` although this server speaks plain HTTP.
    pub behind_tls: bool,
    /// The address under which residents open the pages, `https://host[:port]`: passkeys are of this exact host.
    /// `http://localhost` and the bound port when absent.
    pub public_url: Option<String>,
    /// Draws that are signed at once; by the cores of the machine when absent.
    pub draws_at_once: Option<u32>,
}

impl Config {
    /// Plain HTTP on this address.
    #[must_use]
    pub const fn plain(listen: SocketAddr) -> Self {
        Self { listen, tls: Tls::Off, behind_tls: false, public_url: None, draws_at_once: None }
    }
}

/// A socket that listens; nothing is answered before [`Listening::serve`].
#[derive(Debug)]
pub struct Listening {
    listener: TcpListener,
    address: SocketAddr,
    config: Config,
    handle: Handle<SocketAddr>,
}

/// Binds the socket, so that its address is known before the first request.
///
/// # Errors
/// Whatever the system says about the address.
pub fn bind(config: Config) -> io::Result<Listening> {
    let listener = TcpListener::bind(config.listen)?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    Ok(Listening { listener, address, config, handle: Handle::new() })
}

/// Binds and serves until SIGTERM or Ctrl-C.
///
/// # Errors
/// An address that cannot be bound, a certificate that cannot be read or made, or an accept loop that broke.
pub async fn serve(province: Arc<Province>, config: Config) -> io::Result<()> {
    bind(config)?.serve(province).await
}

impl Listening {
    /// The bound address.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://…` or `https://…` of the bound address, with `127.0.0.1` for "all addresses".
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.config.tls.is_on() { "https" } else { "http" };
        let mut shown = self.address;
        if shown.ip().is_unspecified() {
            shown.set_ip([127, 0, 0, 1].into());
        }
        format!("{scheme}://{shown}")
    }

    /// The address that residents open.
    #[must_use]
    pub fn public_url(&self) -> String {
        let scheme = if self.config.tls.is_on() { "https" } else { "http" };
        let own = || format!("{scheme}://localhost:{}", self.address.port());
        self.config.public_url.clone().unwrap_or_else(own)
    }

    /// Ends the server from outside, as SIGTERM would.
    pub fn stopper(&self) -> impl Fn() + Send + Sync + 'static {
        let handle = self.handle.clone();
        move || handle.graceful_shutdown(Some(DRAIN_MAX))
    }

    /// Answers requests until SIGTERM, Ctrl-C or the [`Listening::stopper`]; then drains.
    ///
    /// # Errors
    /// A certificate that cannot be read or made, or an accept loop that broke.
    pub async fn serve(self, province: Arc<Province>) -> io::Result<()> {
        let secure = self.config.tls.is_on() || self.config.behind_tls;
        let stay_on_tls = secure && !matches!(self.config.tls, Tls::SelfSigned { .. });
        let draws = Draws::new(self.config.draws_at_once.unwrap_or_else(places_by_cores));
        province.serve_as(&self.public_url());
        province.reached_at(&self.public_url());
        let door = Door { secure, behind_proxy: self.config.behind_tls, stay_on_tls };
        let app = App::new(province, door, IN_FLIGHT_MAX, draws);
        let service = layers::around(router(app.clone()), &app);
        let stop = tokio::spawn(stop_on_signal(app, self.handle.clone()));
        let ended = self.accept(service).await;
        stop.abort();
        ended
    }

    async fn accept(self, service: Router) -> io::Result<()> {
        let service = service.into_make_service_with_connect_info::<SocketAddr>();
        match self.config.tls.acceptor().await? {
            Some(acceptor) => {
                let mut server = axum_server::from_tcp_rustls(self.listener, acceptor)?.handle(self.handle);
                server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEADERS_MAX);
                server.serve(service).await
            }
            None => {
                let mut server = axum_server::from_tcp(self.listener)?.handle(self.handle);
                server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEADERS_MAX);
                server.serve(service).await
            }
        }
    }
}

async fn stop_on_signal(app: App, handle: Handle<SocketAddr>) {
    signalled().await;
    tracing::info!("asked to stop; finishing what is under way");
    app.draining.store(true, Ordering::Relaxed);
    handle.graceful_shutdown(Some(DRAIN_MAX));
}

#[cfg(unix)]
async fn signalled() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}

#[cfg(not(unix))]
async fn signalled() {
    drop(tokio::signal::ctrl_c().await);
}

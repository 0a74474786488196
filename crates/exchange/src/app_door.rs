//! Posts a form to an app's own server, under rule R39: TLS on port 443, the name resolved once and connected to just there,
//! never into a private network, no redirects, the answer discarded. It does not know what is told.

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Url};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

/// One try may take this long.
const TRY_MAX: Duration = Duration::from_secs(5);

/// The way out to apps.
#[derive(Clone, Copy, Debug)]
pub struct AppDoor {
    /// A demonstration: apps run on this machine, over plain HTTP.
    pub loopback: bool,
    /// A private network that an operator named for this app alone, and the bits that name it.
    pub private: Option<(IpAddr, u8)>,
}

/// Why an app was not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotTold {
    /// The address is none that is called.
    Address,
    /// The name leads into a private network, or nowhere.
    Network,
    /// It did not answer, or not with a good status.
    Answer,
}

impl fmt::Display for NotTold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Address => "the address is none that is called: https on port 443",
            Self::Network => "the name leads nowhere, or into a private network",
            Self::Answer => "no good answer came",
        })
    }
}

impl std::error::Error for NotTold {}

impl AppDoor {
    /// Posts `application/x-www-form-urlencoded` to an address that was reviewed.
    ///
    /// # Errors
    /// [`NotTold`].
    pub async fn post_form(&self, address: &str, body: String) -> Result<(), NotTold> {
        let url = Url::parse(address).map_err(|_| NotTold::Address)?;
        let (host, port) = self.callable(&url)?;
        let found =
            tokio::net::lookup_host((host.trim_matches(['[', ']']), port)).await.map_err(|_| NotTold::Network)?;
        let to = found.into_iter().find(|to| self.may_reach(to.ip())).ok_or(NotTold::Network)?;
        let client = caller(&host, SocketAddr::new(to.ip(), port)).build().map_err(|_| NotTold::Network)?;
        let request = client.post(url).header("content-type", "application/x-www-form-urlencoded").body(body);
        // The body of the answer is never read.
        let answer = request.send().await.map_err(|_| NotTold::Answer)?;
        if answer.status().is_success() { Ok(()) } else { Err(NotTold::Answer) }
    }

    fn callable(&self, url: &Url) -> Result<(String, u16), NotTold> {
        let host = url.host_str().ok_or(NotTold::Address)?.to_owned();
        let port = url.port_or_known_default().ok_or(NotTold::Address)?;
        let bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        match url.scheme() {
            "https" if bare && port == 443 => Ok((host, port)),
            "http" if bare && self.loopback => Ok((host, port)),
            _ => Err(NotTold::Address),
        }
    }

    fn may_reach(&self, ip: IpAddr) -> bool {
        if self.loopback {
            return ip.is_loopback();
        }
        is_public(ip) || self.private.is_some_and(|(network, bits)| is_private(ip) && is_within(ip, network, bits))
    }
}

/// Calls a host at the one address that was found for it. Its certificate is held to the machine's authorities.
fn caller(host: &str, at: SocketAddr) -> ClientBuilder {
    Client::builder().timeout(TRY_MAX).redirect(Policy::none()).no_proxy().resolve(host, at)
}

/// Is it an address of RFC 1918 or RFC 4193? No exception reaches further: not this machine, not its link.
fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_private(),
        IpAddr::V6(ip) => ip.segments()[0] & 0xfe00 == 0xfc00,
    }
}

fn is_within(ip: IpAddr, network: IpAddr, bits: u8) -> bool {
    let same = |ip: u128, network: u128, width: u32| {
        let rest = width.saturating_sub(u32::from(bits));
        rest < width && ip >> rest == network >> rest
    };
    match (ip, network) {
        (IpAddr::V4(ip), IpAddr::V4(network)) => same(ip.to_bits().into(), network.to_bits().into(), 32),
        (IpAddr::V6(ip), IpAddr::V6(network)) => same(ip.to_bits(), network.to_bits(), 128),
        _ => false,
    }
}

/// Is it an address of the open network? Whatever is not certainly so is not.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = matches!(
        (a, b, c),
        (0 | 10 | 127, ..)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 168, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (198, 18..=19, _)
            | (198, 51, 100)
            | (203, 0, 113)
            | (224..=255, ..)
    );
    !special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [a, b, ..] = ip.segments();
    // Global unicast (2000::/3) without documentation, Teredo, 6to4 and NAT64, which carry other addresses inside.
    let global = a & 0xe000 == 0x2000;
    let inside = a == 0x2002 || (a == 0x2001 && (b == 0 || b == 0xdb8)) || (a == 0x64 && b == 0xff9b);
    global && !inside
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;
    use std::sync::Arc;

    #[test]
    fn r39_only_tls_on_443_and_loopback_in_a_demonstration() {
        let table = [
            ("https://a.cn/out", true, false),
            ("https://a.cn:443/out", true, false),
            ("https://a.cn:8443/out", false, false),
            ("https://u@a.cn/out", false, false),
            ("https://a.cn/out#x", false, false),
            ("http://a.cn/out", false, true),
            ("http://localhost:3000/out", false, true),
            ("ftp://a.cn/", false, false),
        ];
        for (address, open, demo) in table {
            let url = Url::parse(address).unwrap();
            assert_eq!(AppDoor { loopback: false, private: None }.callable(&url).is_ok(), open, "{address}");
            assert_eq!(AppDoor { loopback: true, private: None }.callable(&url).is_ok(), demo || open, "{address}");
        }
    }

    /// A host that answers each POST over TLS with a certificate of its own making; its address.
    fn host_with(made: &rcgen::CertifiedKey<rcgen::KeyPair>) -> SocketAddr {
        let chain = vec![made.cert.der().clone()];
        let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config =
            rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = Arc::new(config.with_no_client_auth().with_single_cert(chain, key).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                let connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
                let mut tls = rustls::StreamOwned::new(connection, socket);
                let mut request = [0; 1024];
                if tls.read(&mut request).is_ok_and(|n| n > 0) {
                    let _ = tls.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                }
            }
        });
        at
    }

    fn certificate(name: &str, until_year: i32) -> rcgen::CertifiedKey<rcgen::KeyPair> {
        let mut params = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_after = rcgen::date_time_ymd(until_year, 1, 1);
        let signing_key = rcgen::KeyPair::generate().unwrap();
        rcgen::CertifiedKey { cert: params.self_signed(&signing_key).unwrap(), signing_key }
    }

    #[tokio::test]
    async fn a_host_with_a_bad_certificate_is_told_nothing() {
        let told = async |made: &rcgen::CertifiedKey<rcgen::KeyPair>, trusted: bool| {
            let at = host_with(made);
            let mut client = caller("app.example", at);
            if trusted {
                client = client.tls_certs_only([reqwest::Certificate::from_der(made.cert.der()).unwrap()]);
            }
            let url = format!("https://app.example:{}/out", at.port());
            client.build().unwrap().post(url).body("logout").send().await.is_ok()
        };
        // What can fail: the same host is told where its certificate is good.
        assert!(told(&certificate("app.example", 4096), true).await);
        assert!(!told(&certificate("app.example", 4096), false).await, "of no authority that is known");
        assert!(!told(&certificate("other.example", 4096), true).await, "another host's");
        assert!(!told(&certificate("app.example", 2020), true).await, "one that ran out");
    }

    #[test]
    fn r39_nobody_is_led_into_a_private_network() {
        let private = [
            "0.0.0.0",
            "10.1.2.3",
            "127.0.0.1",
            "100.64.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.9.9",
            "192.168.1.1",
            "192.0.2.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "64:ff9b::a00:1",
            "2001:db8::1",
            "2002:a00:1::1",
            "2001::1",
        ];
        for ip in private {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
            assert!(!AppDoor { loopback: false, private: None }.may_reach(ip.parse().unwrap()), "{ip}");
        }
        for ip in ["1.1.1.1", "114.114.114.114", "172.32.0.1", "2400:3200::1"] {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
        assert!(AppDoor { loopback: true, private: None }.may_reach("127.0.0.1".parse().unwrap()));
        assert!(
            !AppDoor { loopback: true, private: None }.may_reach("1.1.1.1".parse().unwrap()),
            "a demonstration calls nobody outside"
        );
    }

    #[test]
    fn r39_a_named_private_network_opens_itself_and_nothing_more() {
        let door = |network: &str, bits| AppDoor { loopback: false, private: Some((network.parse().unwrap(), bits)) };
        let table = [
            ("10.3.0.0", 16, "10.3.9.9", true),
            ("10.3.0.0", 16, "10.4.0.1", false),
            ("10.3.0.0", 16, "192.168.1.1", false),
            ("10.3.0.0", 16, "1.1.1.1", true),
            ("10.3.0.0", 16, "::ffff:10.3.9.9", false),
            ("127.0.0.0", 8, "127.0.0.1", false),
            ("169.254.0.0", 16, "169.254.169.254", false),
            ("0.0.0.0", 0, "10.3.9.9", false),
            ("fd12:3456::", 32, "fd12:3456::1", true),
            ("fd12:3456::", 32, "fd12:3457::1", false),
            ("fe80::", 10, "fe80::1", false),
        ];
        for (network, bits, ip, open) in table {
            assert_eq!(door(network, bits).may_reach(ip.parse().unwrap()), open, "{network}/{bits} {ip}");
        }
    }
}

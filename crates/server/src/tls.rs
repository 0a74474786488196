//! How the listener speaks: plain HTTP behind a proxy, given certificates, or a self-signed one for a laptop or LAN.
//! It does not know what is served.

use axum_server::tls_rustls::RustlsConfig;
use rcgen::{CertificateParams, KeyPair};
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// What stands between the socket and HTTP.
#[derive(Clone, Debug, Default)]
pub enum Tls {
    /// Nothing: loopback, or a proxy in front that ends TLS.
    #[default]
    Off,
    /// A certificate made at first start and kept, so that a phone on the LAN has to trust it once.
    SelfSigned {
        /// Names and addresses it is for; `localhost` and `127.0.0.1` are added.
        names: Vec<String>,
        /// Folder where `self-signed.crt` and `self-signed.key` are kept.
        folder: PathBuf,
    },
    /// Certificate chain and key in PEM files.
    Files {
        /// The chain, leaf first.
        certificate: PathBuf,
        /// The private key.
        key: PathBuf,
    },
}

impl Tls {
    /// Are cookies to be marked `Secure`?
    #[must_use]
    pub const fn is_on(&self) -> bool {
        !matches!(self, Self::Off)
    }

    pub(crate) async fn acceptor(&self) -> io::Result<Option<RustlsConfig>> {
        match self {
            Self::Off => Ok(None),
            Self::Files { certificate, key } => RustlsConfig::from_pem_file(certificate, key).await.map(Some),
            Self::SelfSigned { names, folder } => {
                let (certificate, key) = self_signed(names, folder)?;
                RustlsConfig::from_pem(certificate, key).await.map(Some)
            }
        }
    }
}

fn self_signed(names: &[String], folder: &Path) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let (certificate, key) = (folder.join("self-signed.crt"), folder.join("self-signed.key"));
    if certificate.is_file() && key.is_file() {
        return Ok((fs::read(certificate)?, fs::read(key)?));
    }
    let mut all = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    all.extend(names.iter().filter(|name| !all.contains(name)).cloned().collect::<Vec<_>>());
    let pair = KeyPair::generate().map_err(io::Error::other)?;
    let made = CertificateParams::new(all).and_then(|params| params.self_signed(&pair)).map_err(io::Error::other)?;
    fs::create_dir_all(folder)?;
    let mut file = OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(&key)?;
    file.write_all(pair.serialize_pem().as_bytes())?;
    fs::write(&certificate, made.pem())?;
    Ok((made.pem().into_bytes(), pair.serialize_pem().into_bytes()))
}

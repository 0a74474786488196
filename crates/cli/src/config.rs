//! Settings: flags, then environment (`YIMA_…`, `*_FILE` for secrets), then a TOML file, then defaults.
//! It knows their names and order; what they do is for the commands.

mod each;
mod layer;
mod messenger;
mod opening;
mod secret;
#[cfg(test)]
mod tests;

use crate::failure::Failure;
use clap::Args;
use each::{min_holders, public_url, sign_in_hash_mib, terms, tls, token, with_limits};
use layer::Layer;
pub use opening::not_opened;
pub use secret::Secret;
use std::net::SocketAddr;
use std::path::PathBuf;
use yima_kernel::rights::Terms;
use yima_province::Province;
use yima_server::Tls;

/// A configuration or secret file larger than this is not one, bytes.
const FILE_BYTES_MAX: u64 = 64 << 10;
/// Where data is, unless something says otherwise.
const DIR: &str = "yima-data";
/// Where the server listens, unless something says otherwise.
const LISTEN: &str = "127.0.0.1:8080";

/// Where a province is kept, and what opens it.
#[derive(Args, Clone, Default)]
pub struct Home {
    /// Data directory [default: yima-data]
    #[arg(long, visible_alias = "data", env = "YIMA_DIR")]
    pub dir: Option<PathBuf>,
    /// Configuration file [default: yima.toml in the data directory, if it is there]
    #[arg(long, env = "YIMA_CONFIG")]
    pub config: Option<PathBuf>,
    /// PostgreSQL, postgres://…; without it SQLite in the data directory
    #[arg(long, env = "YIMA_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// A file that holds the database's address
    #[arg(long, env = "YIMA_DATABASE_URL_FILE")]
    pub database_url_file: Option<PathBuf>,
    /// A file that holds the passphrase of the keys [default: passphrase in the data directory; or YIMA_PASSPHRASE]
    #[arg(long, env = "YIMA_PASSPHRASE_FILE")]
    pub passphrase_file: Option<PathBuf>,
    #[command(flatten)]
    pub token: TokenArgs,
}

/// A token that holds the keys, when they don't lie in a file.
#[derive(Args, Clone, Default)]
pub struct TokenArgs {
    /// Where the private keys are: file or pkcs11 [default: file]
    #[arg(long, env = "YIMA_CUSTODY")]
    pub custody: Option<String>,
    /// The PKCS#11 module's library, for --custody pkcs11
    #[arg(long, env = "YIMA_PKCS11_MODULE")]
    pub pkcs11_module: Option<PathBuf>,
    /// The token's label
    #[arg(long, env = "YIMA_PKCS11_TOKEN")]
    pub pkcs11_token: Option<String>,
    /// A file that holds the token's PIN [or YIMA_PKCS11_PIN]
    #[arg(long, env = "YIMA_PKCS11_PIN_FILE")]
    pub pkcs11_pin_file: Option<PathBuf>,
}

/// How the server is reached and how it reaches others.
#[derive(Args, Clone, Default)]
pub struct Door {
    /// Address to listen on [default: 127.0.0.1:8080]; port 0 takes a free one
    #[arg(long, env = "YIMA_LISTEN")]
    pub listen: Option<SocketAddr>,
    /// off, self-signed or files [default: off]
    #[arg(long, env = "YIMA_TLS")]
    pub tls: Option<String>,
    /// Certificate chain, PEM, for --tls files
    #[arg(long, env = "YIMA_TLS_CERTIFICATE")]
    pub tls_certificate: Option<PathBuf>,
    /// Private key, PEM, for --tls files
    #[arg(long, env = "YIMA_TLS_KEY")]
    pub tls_key: Option<PathBuf>,
    /// Further names and addresses of a self-signed certificate, separated by commas
    #[arg(long, env = "YIMA_TLS_NAMES")]
    pub tls_names: Option<String>,
    /// A proxy in front ends TLS
    #[arg(long, env = "YIMA_BEHIND_TLS")]
    pub behind_tls: bool,
    /// The address under which residents open the pages, https://host[:port]; passkeys are of this exact host
    /// [default: http(s)://localhost and the port]
    #[arg(long, env = "YIMA_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// Webhook of an SMS gateway: POST {"to","text"}
    #[arg(long, env = "YIMA_SMS_URL")]
    pub sms_url: Option<String>,
    /// A file that holds the gateway's bearer token
    #[arg(long, env = "YIMA_SMS_TOKEN_FILE")]
    pub sms_token_file: Option<PathBuf>,
}

/// The settings as they stand after all layers.
pub struct Settled {
    /// Data directory.
    pub dir: PathBuf,
    /// PostgreSQL, or SQLite in the directory.
    pub database: Option<Secret>,
    /// Where the keys' passphrase is read from.
    pub passphrase_file: Option<PathBuf>,
    /// The token that holds the keys, if they lie in none of our files.
    pub token: Option<Token>,
    /// The configuration file, whether it is there or not.
    pub file: PathBuf,
    /// Address to listen on.
    pub listen: SocketAddr,
    /// TLS.
    pub tls: Tls,
    /// A proxy ends TLS.
    pub behind_tls: bool,
    /// The address that residents open.
    pub public_url: Option<String>,
    /// In which regions networks are: lines of `prefix,region,name`.
    pub networks_file: Option<PathBuf>,
    /// Memory for password hashes, MiB.
    pub sign_in_hash_mib: u32,
    /// SMS gateway.
    pub sms_url: Option<String>,
    /// Its token.
    pub sms_token: Option<Secret>,
    /// So many residents must share what a code says.
    pub min_holders: u32,
    /// How long rights of persons may take.
    pub terms: Terms,
    /// Log filter.
    pub log: String,
}

/// A PKCS#11 token, and where its PIN is read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The module's library.
    pub module: PathBuf,
    /// The token's label.
    pub label: String,
    /// A file with the PIN.
    pub pin_file: Option<PathBuf>,
}

/// Puts the layers together.
pub fn settle(home: &Home, door: &Door) -> Result<Settled, Failure> {
    let default_file = home.dir.clone().unwrap_or_else(|| DIR.into()).join("yima.toml");
    let file = home.config.as_deref().unwrap_or(&default_file);
    let layer = Layer::read(Some(file), home.config.is_some())?;
    let dir = match &home.dir {
        Some(dir) => dir.clone(),
        None => layer.path("dir")?.unwrap_or_else(|| DIR.into()),
    };
    let given = (home.database_url.clone(), home.database_url_file.clone());
    let (url, url_file) = match given {
        (None, None) => (layer.text("database_url")?, layer.path("database_url_file")?),
        given => given,
    };
    let listen = match (door.listen, layer.text("listen")?) {
        (Some(listen), _) => listen,
        (None, Some(text)) => {
            text.parse().map_err(|_| Failure::bad_input(format!("setting `listen`: `{text}` is no address")))?
        }
        (None, None) => LISTEN.parse().map_err(|_| Failure::bad_input("the default address"))?,
    };
    let sms_token_file = door.sms_token_file.clone().or(layer.path("sms_token_file")?);
    Ok(Settled {
        tls: tls(door, &layer, &dir)?,
        database: with_limits(Secret::either(url, url_file.as_deref())?, &layer)?,
        passphrase_file: home.passphrase_file.clone().or(layer.path("passphrase_file")?),
        token: token(&home.token, &layer)?,
        file: file.to_owned(),
        listen,
        behind_tls: door.behind_tls || layer.truth("behind_tls")?,
        public_url: public_url(door.public_url.clone().or(layer.text("public_url")?))?,
        networks_file: layer.path("networks_file")?,
        sign_in_hash_mib: sign_in_hash_mib(&layer)?,
        sms_url: door.sms_url.clone().or(layer.text("sms_url")?),
        sms_token: Secret::either(None, sms_token_file.as_deref())?,
        min_holders: min_holders(&layer)?,
        terms: terms(&layer)?,
        log: std::env::var("YIMA_LOG").ok().or(layer.text("log")?).unwrap_or_else(|| "info".to_owned()),
        dir,
    })
}

impl Home {
    /// Opens the province that is there.
    pub async fn open(&self) -> Result<Province, Failure> {
        settle(self, &Door::default())?.open().await
    }
}

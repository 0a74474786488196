//! Settings: flags, then environment (`YIMA_…`, `*_FILE` for secrets), then a TOML file, then defaults.
//! It knows their names and order; what they do is for the commands.

use crate::failure::Failure;
use crate::machine::{chance, files};
use crate::say;
use clap::Args;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use yima_exchange::{SmsWebhook, Webhook};
use yima_keys::custody::Lock;
use yima_keys::person::Phone;
use yima_province::clock::SystemClock;
use yima_province::{MIN_HOLDERS, Messenger, Province, Setup};
use yima_server::Tls;
use zeroize::Zeroizing;

/// A configuration or secret file larger than this is not one, bytes.
const FILE_BYTES_MAX: u64 = 64 << 10;
/// Where data is, unless something says otherwise.
const DIR: &str = "yima-data";
/// Where the server listens, unless something says otherwise.
const LISTEN: &str = "127.0.0.1:8080";
/// Random bytes of a passphrase that the program makes itself.
const PASSPHRASE_BYTES: usize = 24;

/// Every key of the TOML file; others are warned of.
const KEYS: [&str; 14] = [
    "dir",
    "database_url",
    "database_url_file",
    "passphrase_file",
    "listen",
    "tls",
    "tls_certificate",
    "tls_key",
    "tls_names",
    "behind_tls",
    "sms_url",
    "sms_token_file",
    "min_holders",
    "log",
];

/// Text that is not printed.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// The value, or what the file holds; both at once is an error.
    pub fn either(value: Option<String>, file: Option<&Path>) -> Result<Option<Self>, Failure> {
        match (value, file) {
            (Some(_), Some(_)) => Err(Failure::bad_input("give a secret either itself or as a file, not both")),
            (Some(value), None) => Ok(Some(Self(Zeroizing::new(value)))),
            (None, Some(path)) => {
                let bytes = files::read_needed(path, FILE_BYTES_MAX)?;
                let text = String::from_utf8(bytes)
                    .map_err(|_| Failure::bad_input(format!("{} is not text", path.display())))?;
                Ok(Some(Self(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()))))
            }
            (None, None) => Ok(None),
        }
    }

    /// The secret itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

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
    /// Address to listen on.
    pub listen: SocketAddr,
    /// TLS.
    pub tls: Tls,
    /// A proxy ends TLS.
    pub behind_tls: bool,
    /// SMS gateway.
    pub sms_url: Option<String>,
    /// Its token.
    pub sms_token: Option<Secret>,
    /// So many residents must share what a code says.
    pub min_holders: u32,
    /// Log filter.
    pub log: String,
}

/// The TOML file, or an empty one.
struct Layer(toml::Table);

impl Layer {
    fn read(path: Option<&Path>, needed: bool) -> Result<Self, Failure> {
        let Some(path) = path else { return Ok(Self(toml::Table::new())) };
        let bytes =
            if needed { Some(files::read_needed(path, FILE_BYTES_MAX)?) } else { files::read(path, FILE_BYTES_MAX)? };
        let text = String::from_utf8(bytes.unwrap_or_default())
            .map_err(|_| Failure::bad_input(format!("{} is not text", path.display())))?;
        let table: toml::Table = text
            .parse()
            .map_err(|why: toml::de::Error| Failure::bad_input(format!("{}: {}", path.display(), why.message())))?;
        static TOLD: std::sync::Once = std::sync::Once::new();
        let strangers: Vec<&str> = table.keys().map(String::as_str).filter(|key| !KEYS.contains(key)).collect();
        if !strangers.is_empty() {
            TOLD.call_once(|| {
                let (unknown, known) = (strangers.join(", "), KEYS.join(", "));
                say::remark(&format!("{}: unknown settings: {unknown}; known are: {known}", path.display()));
            });
        }
        Ok(Self(table))
    }

    fn text(&self, key: &str) -> Result<Option<String>, Failure> {
        match self.0.get(key) {
            None => Ok(None),
            Some(toml::Value::String(text)) => Ok(Some(text.clone())),
            Some(other) => Err(Failure::bad_input(format!("setting `{key}` needs text, not {}", other.type_str()))),
        }
    }

    fn path(&self, key: &str) -> Result<Option<PathBuf>, Failure> {
        Ok(self.text(key)?.map(PathBuf::from))
    }

    fn number(&self, key: &str) -> Result<Option<u32>, Failure> {
        match self.0.get(key) {
            None => Ok(None),
            Some(toml::Value::Integer(value)) => u32::try_from(*value)
                .map(Some)
                .map_err(|_| Failure::bad_input(format!("setting `{key}` needs a number from 0 to 4294967295"))),
            Some(other) => Err(Failure::bad_input(format!("setting `{key}` needs a number, not {}", other.type_str()))),
        }
    }

    fn truth(&self, key: &str) -> Result<bool, Failure> {
        match self.0.get(key) {
            None => Ok(false),
            Some(toml::Value::Boolean(value)) => Ok(*value),
            Some(other) => {
                Err(Failure::bad_input(format!("setting `{key}` needs true or false, not {}", other.type_str())))
            }
        }
    }
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
        database: Secret::either(url, url_file.as_deref())?,
        passphrase_file: home.passphrase_file.clone().or(layer.path("passphrase_file")?),
        listen,
        behind_tls: door.behind_tls || layer.truth("behind_tls")?,
        sms_url: door.sms_url.clone().or(layer.text("sms_url")?),
        sms_token: Secret::either(None, sms_token_file.as_deref())?,
        min_holders: min_holders(&layer)?,
        log: std::env::var("YIMA_LOG").ok().or(layer.text("log")?).unwrap_or_else(|| "info".to_owned()),
        dir,
    })
}

/// From the environment or the file: every command that opens a province goes by it, so it is no flag of one of them.
fn min_holders(layer: &Layer) -> Result<u32, Failure> {
    match std::env::var("YIMA_MIN_HOLDERS") {
        Ok(text) => text.parse().map_err(|_| Failure::bad_input(format!("YIMA_MIN_HOLDERS: `{text}` is no number"))),
        Err(_) => Ok(layer.number("min_holders")?.unwrap_or(MIN_HOLDERS)),
    }
}

fn tls(door: &Door, layer: &Layer, dir: &Path) -> Result<Tls, Failure> {
    let kind = door.tls.clone().or(layer.text("tls")?).unwrap_or_else(|| "off".to_owned());
    match kind.as_str() {
        "off" => Ok(Tls::Off),
        "self-signed" => {
            let names = door.tls_names.clone().or(layer.text("tls_names")?).unwrap_or_default();
            let names = names.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
            Ok(Tls::SelfSigned { names, folder: dir.join("tls") })
        }
        "files" => {
            let certificate = door.tls_certificate.clone().or(layer.path("tls_certificate")?);
            let key = door.tls_key.clone().or(layer.path("tls_key")?);
            match (certificate, key) {
                (Some(certificate), Some(key)) => Ok(Tls::Files { certificate, key }),
                _ => Err(Failure::bad_input("--tls files needs --tls-certificate and --tls-key")),
            }
        }
        other => Err(Failure::bad_input(format!("--tls `{other}`: give off, self-signed or files"))),
    }
}

impl Home {
    /// Opens the province that is there.
    pub async fn open(&self) -> Result<Province, Failure> {
        settle(self, &Door::default())?.open().await
    }
}

impl Settled {
    /// Opens the province that is there.
    pub async fn open(&self) -> Result<Province, Failure> {
        let opened = Province::open(self.setup(self.passphrase()?)?).await;
        let opened = opened.map_err(|why| Failure::could_not(why.to_string()))?;
        Ok(opened.with_min_holders(self.min_holders))
    }

    /// Whether a province stands in the directory.
    pub fn has_province(&self) -> bool {
        self.dir.join("keys.yima").exists()
    }

    /// What a province is made of or opened with.
    pub fn setup(&self, passphrase: Secret) -> Result<Setup, Failure> {
        Ok(Setup {
            dir: self.dir.clone(),
            database: self.database.as_ref().map(|url| url.expose().to_owned()),
            lock: Lock::passphrase(passphrase.expose()),
            clock: Arc::new(SystemClock),
            seed: None,
            messenger: self.messenger()?,
            demo: false,
        })
    }

    /// The keys' passphrase: YIMA_PASSPHRASE, a file that was named, or the file in the directory.
    pub fn passphrase(&self) -> Result<Secret, Failure> {
        let given = std::env::var("YIMA_PASSPHRASE").ok();
        if let Some(secret) = Secret::either(given, self.passphrase_file.as_deref())? {
            return Ok(secret);
        }
        let own = self.own_passphrase_path();
        if !own.exists() {
            return Err(Failure::could_not(format!(
                "no passphrase for the keys: set YIMA_PASSPHRASE_FILE or YIMA_PASSPHRASE, or put {} back",
                own.display()
            )));
        }
        Secret::either(None, Some(&own))?.ok_or_else(|| Failure::could_not("the passphrase file is empty"))
    }

    /// The passphrase for a new province; one that the program makes itself is written into the directory.
    pub fn new_passphrase(&self) -> Result<Secret, Failure> {
        let given = std::env::var("YIMA_PASSPHRASE").ok();
        if let Some(secret) = Secret::either(given, self.passphrase_file.as_deref())? {
            return Ok(secret);
        }
        let own = self.own_passphrase_path();
        if !own.exists() {
            files::folder(&self.dir)?;
            let fresh = Zeroizing::new(hex::encode(chance::octets::<PASSPHRASE_BYTES>()));
            files::replace(&own, fresh.as_bytes())?;
        }
        self.passphrase()
    }

    /// Where a passphrase lies that the program made itself.
    pub fn own_passphrase_path(&self) -> PathBuf {
        self.dir.join("passphrase")
    }

    fn messenger(&self) -> Result<Arc<dyn Messenger>, Failure> {
        let Some(url) = &self.sms_url else { return Ok(Arc::new(NoMessenger)) };
        let bearer = self.sms_token.as_ref().map(|token| token.expose().to_owned());
        let sender = SmsWebhook::start(Webhook { url: url.clone(), bearer });
        let sender = sender.map_err(|why| Failure::bad_input(format!("setting `sms_url`: {why}")))?;
        Ok(Arc::new(Sms(sender)))
    }
}

/// One-time passwords by SMS.
struct Sms(SmsWebhook);

impl Messenger for Sms {
    fn send(&self, to: &Phone, text: &str, _at_s: i64) {
        if !self.0.send(to.expose(), text) {
            tracing::warn!("the SMS queue is full; a message was dropped");
        }
    }
}

/// No gateway is configured: enrolment by one-time password does not work, codes from a counter do.
struct NoMessenger;

impl Messenger for NoMessenger {
    fn send(&self, _to: &Phone, _text: &str, _at_s: i64) {
        tracing::warn!("no SMS gateway is configured (sms_url); a one-time password was not sent");
    }
}

#[cfg(test)]
mod tests {
    use super::{Door, Home, settle};
    use yima_server::Tls;

    fn home(folder: &std::path::Path, text: &str) -> Home {
        std::fs::write(folder.join("yima.toml"), text).expect("written");
        Home { dir: Some(folder.to_owned()), ..Home::default() }
    }

    #[test]
    fn flags_come_before_the_file_and_the_file_before_defaults() {
        let folder = tempfile::tempdir().expect("a folder");
        let plain = settle(&home(folder.path(), ""), &Door::default()).expect("settled");
        assert_eq!((plain.listen.port(), plain.database.is_some(), plain.behind_tls), (8080, false, false));
        assert_eq!(plain.min_holders, 10_000);
        let small = settle(&home(folder.path(), "min_holders = 500"), &Door::default()).expect("settled");
        assert_eq!(small.min_holders, 500);
        let file = home(
            folder.path(),
            "listen = \"0.0.0.0:9\"\ndatabase_url = \"postgres://a\"\ntls = \"self-signed\"\nstranger = 1",
        );
        let settled = settle(&file, &Door::default()).expect("settled");
        assert_eq!(
            (settled.listen.port(), settled.database.as_ref().map(|url| url.expose().to_owned())),
            (9, Some("postgres://a".to_owned()))
        );
        assert!(matches!(settled.tls, Tls::SelfSigned { .. }));
        assert_eq!(format!("{:?}", settled.database), "Some(…)", "a secret is never printed");
        let door = Door { listen: "127.0.0.1:7".parse().ok(), tls: Some("off".to_owned()), ..Door::default() };
        let settled = settle(&file, &door).expect("settled");
        assert!(settled.listen.port() == 7 && matches!(settled.tls, Tls::Off));
    }

    #[test]
    fn wrong_settings_are_named() {
        let folder = tempfile::tempdir().expect("a folder");
        for text in [
            "min_holders = \"few\"",
            "min_holders = -1",
            "listen = 8080",
            "listen = \"here\"",
            "tls = \"on\"",
            "tls = \"files\"",
            "behind_tls = \"yes\"",
            "dir =",
        ] {
            assert!(settle(&home(folder.path(), text), &Door::default()).is_err(), "{text}");
        }
    }
}

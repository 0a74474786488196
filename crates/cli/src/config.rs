//! Settings: flags, then environment (`YIMA_…`, `*_FILE` for secrets), then a TOML file, then defaults.
//! It knows their names and order; what they do is for the commands.

use crate::failure::{Exit, Failure};
use crate::machine::{chance, files};
use crate::say;
use clap::Args;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use yima_exchange::{SmsWebhook, Webhook};
use yima_kernel::rights::Terms;
use yima_keys::custody::{CustodyError, Lock, Pkcs11Config};
use yima_keys::person::Phone;
use yima_province::clock::SystemClock;
use yima_province::{KeyPlace, MIN_HOLDERS, Messenger, Networks, OpenError, Province, SIGN_IN_HASH_MIB, Setup};
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
const KEYS: [&str; 25] = [
    "dir",
    "database_url",
    "database_url_file",
    "statement_ms",
    "long_statement_ms",
    "passphrase_file",
    "custody",
    "pkcs11_module",
    "pkcs11_token",
    "pkcs11_pin_file",
    "listen",
    "tls",
    "tls_certificate",
    "tls_key",
    "tls_names",
    "behind_tls",
    "sms_url",
    "sms_token_file",
    "min_holders",
    "public_url",
    "networks_file",
    "sign_in_hash_mib",
    "rights_working_days",
    "rights_hold_days",
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

fn token(args: &TokenArgs, layer: &Layer) -> Result<Option<Token>, Failure> {
    let kind = args.custody.clone().or(layer.text("custody")?).unwrap_or_else(|| "file".to_owned());
    match kind.as_str() {
        "file" => Ok(None),
        "pkcs11" => {
            let module = args.pkcs11_module.clone().or(layer.path("pkcs11_module")?);
            let label = args.pkcs11_token.clone().or(layer.text("pkcs11_token")?);
            let pin_file = args.pkcs11_pin_file.clone().or(layer.path("pkcs11_pin_file")?);
            match (module, label) {
                (Some(module), Some(label)) => Ok(Some(Token { module, label, pin_file })),
                _ => Err(Failure::bad_input("--custody pkcs11 needs --pkcs11-module and --pkcs11-token")),
            }
        }
        other => Err(Failure::bad_input(format!("--custody `{other}`: give file or pkcs11"))),
    }
}

/// How long a statement may take on PostgreSQL goes with its address: of an ordinary deed, and of a long one, milliseconds.
fn with_limits(url: Option<Secret>, layer: &Layer) -> Result<Option<Secret>, Failure> {
    let Some(url) = url else { return Ok(None) };
    let mut whole = Zeroizing::new(url.expose().to_owned());
    for (setting, word) in [("statement_ms", "yima_statement_ms"), ("long_statement_ms", "yima_long_statement_ms")] {
        if let Some(ms) = layer.number(setting)? {
            let sign = if whole.contains('?') { '&' } else { '?' };
            whole.push_str(&format!("{sign}{word}={ms}"));
        }
    }
    Ok(Some(Secret(whole)))
}

/// From the environment or the file: every command that opens a province goes by it, so it is no flag of one of them.
fn min_holders(layer: &Layer) -> Result<u32, Failure> {
    match std::env::var("YIMA_MIN_HOLDERS") {
        Ok(text) => text.parse().map_err(|_| Failure::bad_input(format!("YIMA_MIN_HOLDERS: `{text}` is no number"))),
        Err(_) => Ok(layer.number("min_holders")?.unwrap_or(MIN_HOLDERS)),
    }
}

/// An address without a path; passkeys hang on its host, so that a wrong one is better found at once.
fn public_url(given: Option<String>) -> Result<Option<String>, Failure> {
    let Some(url) = given else { return Ok(None) };
    let url = url.trim_end_matches('/').to_owned();
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://localhost").map(|_| "localhost"));
    match host {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']) => Ok(Some(url)),
        _ => Err(Failure::bad_input(format!(
            "setting `public_url`: `{url}`: give https://host or https://host:port (http:// for localhost alone)"
        ))),
    }
}

/// As `min_holders`: every process of a province may have its own, but a command must not forget it.
fn sign_in_hash_mib(layer: &Layer) -> Result<u32, Failure> {
    let default = u32::try_from(SIGN_IN_HASH_MIB).unwrap_or(152);
    match std::env::var("YIMA_SIGN_IN_HASH_MIB") {
        Ok(text) => {
            text.parse().map_err(|_| Failure::bad_input(format!("YIMA_SIGN_IN_HASH_MIB: `{text}` is no number")))
        }
        Err(_) => Ok(layer.number("sign_in_hash_mib")?.unwrap_or(default)),
    }
}

/// Readings of law with their sources stand in the kernel. A province may answer sooner or hold longer, as far as a hold
/// always ends before its request is due.
fn terms(layer: &Layer) -> Result<Terms, Failure> {
    let usual = Terms::default();
    let days = |name, usual: u16, may: std::ops::RangeInclusive<u16>| match layer.number(name)? {
        None => Ok(usual),
        Some(days) => u16::try_from(days)
            .ok()
            .filter(|days| may.contains(days))
            .ok_or_else(|| Failure::bad_input(format!("setting `{name}`: {} to {} days", may.start(), may.end()))),
    };
    Ok(Terms {
        working_days: days("rights_working_days", usual.working_days, 10..=15)?,
        hold_days: days("rights_hold_days", usual.hold_days, 7..=10)?,
    })
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
        let opened = Province::open(self.setup(self.key_place()?)?).await.map_err(not_opened)?;
        let opened = opened.with_min_holders(self.min_holders).with_terms(self.terms);
        Ok(opened.with_networks(self.networks()?).with_sign_in_hash_mib(self.sign_in_hash_mib as usize))
    }

    fn networks(&self) -> Result<Networks, Failure> {
        let Some(path) = &self.networks_file else { return Ok(Networks::default()) };
        let text = std::fs::read_to_string(path)
            .map_err(|why| Failure::bad_input(format!("setting `networks_file` {}: {why}", path.display())))?;
        Networks::parse(&text).map_err(|line| {
            Failure::bad_input(format!(
                "setting `networks_file` {}: line {line} is not `prefix,region,name`, such as 10.1.0.0/16,370100,济南 Jinan",
                path.display()
            ))
        })
    }

    /// Whether a province stands in the directory.
    pub fn has_province(&self) -> bool {
        yima_province::has_keys(&self.dir)
    }

    /// What a province is made of or opened with.
    pub fn setup(&self, keys: KeyPlace) -> Result<Setup, Failure> {
        Ok(Setup {
            dir: self.dir.clone(),
            database: self.database.as_ref().map(|url| url.expose().to_owned()),
            keys,
            clock: Arc::new(SystemClock),
            seed: None,
            messenger: self.messenger()?,
            demo: false,
        })
    }

    /// Where the keys are, and what opens them.
    pub fn key_place(&self) -> Result<KeyPlace, Failure> {
        match &self.token {
            Some(token) => token.place(),
            None => Ok(KeyPlace::File(Lock::passphrase(self.passphrase()?.expose()))),
        }
    }

    /// The same for a new province.
    pub fn new_key_place(&self) -> Result<KeyPlace, Failure> {
        match &self.token {
            Some(token) => token.place(),
            None => Ok(KeyPlace::File(Lock::passphrase(self.new_passphrase()?.expose()))),
        }
    }

    /// Writes into the configuration file which token holds the keys, so that every later command knows. Never the PIN.
    pub fn remember_token(&self) -> Result<(), Failure> {
        let Some(token) = &self.token else { return Ok(()) };
        let before = files::read(&self.file, FILE_BYTES_MAX)?.unwrap_or_default();
        let before = String::from_utf8(before).map_err(|_| Failure::bad_input("the configuration file is not text"))?;
        let table: toml::Table = before.parse().unwrap_or_default();
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        let mut lines = vec![("custody", quoted("pkcs11"))];
        lines.push(("pkcs11_module", quoted(&token.module.display().to_string())));
        lines.push(("pkcs11_token", quoted(&token.label)));
        if let Some(file) = &token.pin_file {
            lines.push(("pkcs11_pin_file", quoted(&file.display().to_string())));
        }
        let fresh = lines.into_iter().filter(|(key, _)| !table.contains_key(*key));
        let added: String = fresh.map(|(key, value)| format!("{key} = {value}\n")).collect();
        files::replace(&self.file, format!("{added}{before}").as_bytes())
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

impl Token {
    /// The PIN: YIMA_PKCS11_PIN, or the file that was named.
    fn place(&self) -> Result<KeyPlace, Failure> {
        let given = std::env::var("YIMA_PKCS11_PIN").ok();
        let pin = Secret::either(given, self.pin_file.as_deref())?.filter(|pin| !pin.expose().is_empty());
        let pin = pin.ok_or_else(|| {
            Failure::could_not(format!(
                "no PIN for the token {}: set YIMA_PKCS11_PIN_FILE or YIMA_PKCS11_PIN",
                self.label
            ))
        })?;
        Ok(KeyPlace::Module(Pkcs11Config {
            library: self.module.clone(),
            token_label: self.label.clone(),
            pin: Zeroizing::new(pin.expose().to_owned()),
        }))
    }
}

/// Why a province was not made or opened, with the exit code that the guide promises.
pub fn not_opened(why: OpenError) -> Failure {
    let sentence = why.to_string();
    match why {
        OpenError::Custody(CustodyError::NoModule(..) | CustodyError::WrongPin) => Failure::bad_input(sentence),
        OpenError::Custody(CustodyError::PinLocked | CustodyError::Module(_)) => {
            Failure { exit: Exit::Machine, sentence }
        }
        _ => Failure::could_not(sentence),
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
    use super::{Door, Home, TokenArgs, settle};
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
    fn a_token_is_remembered_without_its_pin() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut given = home(folder.path(), "log = \"warn\"\n");
        given.token = TokenArgs {
            custody: Some("pkcs11".to_owned()),
            pkcs11_module: Some("/lib/hsm.so".into()),
            pkcs11_token: Some("a \"token\"".to_owned()),
            pkcs11_pin_file: None,
        };
        let settled = settle(&given, &Door::default()).expect("settled");
        settled.remember_token().expect("written");
        settled.remember_token().expect("written again");
        let later = Home { dir: Some(folder.path().to_owned()), ..Home::default() };
        let later = settle(&later, &Door::default()).expect("settled");
        assert_eq!((later.token.clone(), later.log.as_str()), (settled.token, "warn"));
        assert_eq!(later.token.map(|token| token.label), Some("a \"token\"".to_owned()));
    }

    #[test]
    fn wrong_settings_are_named() {
        let folder = tempfile::tempdir().expect("a folder");
        for text in [
            "custody = \"pkcs11\"",
            "custody = \"paper\"",
            "min_holders = \"few\"",
            "rights_working_days = 16",
            "rights_hold_days = 6",
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

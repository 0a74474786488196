//! A province opened or made as the settings say: where its keys are, what opens them, and how a token is remembered.
//! It does not know the layers.

use super::messenger::{NoMessenger, Sms};
use super::secret::Secret;
use super::{FILE_BYTES_MAX, Settled, Token};
use crate::failure::{Exit, Failure};
use crate::machine::{chance, files};
use std::path::PathBuf;
use std::sync::Arc;
use yima_exchange::{SmsWebhook, Webhook};
use yima_keys::custody::{CustodyError, Lock, Pkcs11Config};
use yima_province::clock::SystemClock;
use yima_province::{KeyPlace, Messenger, Networks, OpenError, Province, Setup};
use zeroize::Zeroizing;

/// Random bytes of a passphrase that the program makes itself.
const PASSPHRASE_BYTES: usize = 24;

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

//! The TOML file of settings: read whole, its strangers named once, and each setting of the type that it needs.
//! It does not know what a setting does.

use super::FILE_BYTES_MAX;
use crate::failure::Failure;
use crate::machine::files;
use crate::say;
use std::path::{Path, PathBuf};

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

/// The TOML file, or an empty one.
pub(super) struct Layer(toml::Table);

impl Layer {
    pub(super) fn read(path: Option<&Path>, needed: bool) -> Result<Self, Failure> {
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

    pub(super) fn text(&self, key: &str) -> Result<Option<String>, Failure> {
        match self.0.get(key) {
            None => Ok(None),
            Some(toml::Value::String(text)) => Ok(Some(text.clone())),
            Some(other) => Err(Failure::bad_input(format!("setting `{key}` needs text, not {}", other.type_str()))),
        }
    }

    pub(super) fn path(&self, key: &str) -> Result<Option<PathBuf>, Failure> {
        Ok(self.text(key)?.map(PathBuf::from))
    }

    pub(super) fn number(&self, key: &str) -> Result<Option<u32>, Failure> {
        match self.0.get(key) {
            None => Ok(None),
            Some(toml::Value::Integer(value)) => u32::try_from(*value)
                .map(Some)
                .map_err(|_| Failure::bad_input(format!("setting `{key}` needs a number from 0 to 4294967295"))),
            Some(other) => Err(Failure::bad_input(format!("setting `{key}` needs a number, not {}", other.type_str()))),
        }
    }

    pub(super) fn truth(&self, key: &str) -> Result<bool, Failure> {
        match self.0.get(key) {
            None => Ok(false),
            Some(toml::Value::Boolean(value)) => Ok(*value),
            Some(other) => {
                Err(Failure::bad_input(format!("setting `{key}` needs true or false, not {}", other.type_str())))
            }
        }
    }
}

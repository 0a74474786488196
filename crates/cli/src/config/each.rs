//! Settings that more than one layer speaks of, or that may not be just anything, each by itself. It does not know their order but
//! that of the layers.

use super::layer::Layer;
use super::secret::Secret;
use super::{Door, Token, TokenArgs};
use crate::failure::Failure;
use std::path::Path;
use yima_kernel::rights::Terms;
use yima_province::{MIN_HOLDERS, SIGN_IN_HASH_MIB};
use yima_server::Tls;
use zeroize::Zeroizing;

pub(super) fn token(args: &TokenArgs, layer: &Layer) -> Result<Option<Token>, Failure> {
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
pub(super) fn with_limits(url: Option<Secret>, layer: &Layer) -> Result<Option<Secret>, Failure> {
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
pub(super) fn min_holders(layer: &Layer) -> Result<u32, Failure> {
    match std::env::var("YIMA_MIN_HOLDERS") {
        Ok(text) => text.parse().map_err(|_| Failure::bad_input(format!("YIMA_MIN_HOLDERS: `{text}` is no number"))),
        Err(_) => Ok(layer.number("min_holders")?.unwrap_or(MIN_HOLDERS)),
    }
}

/// An address without a path; passkeys hang on its host, so that a wrong one is better found at once.
pub(super) fn public_url(given: Option<String>) -> Result<Option<String>, Failure> {
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
pub(super) fn sign_in_hash_mib(layer: &Layer) -> Result<u32, Failure> {
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
pub(super) fn terms(layer: &Layer) -> Result<Terms, Failure> {
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

pub(super) fn tls(door: &Door, layer: &Layer, dir: &Path) -> Result<Tls, Failure> {
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

//! `yima config print`: the settings as they stand after flags, environment, file and defaults.
//! It opens nothing.

use crate::config::{Door, Home, settle};
use crate::failure::Done;
use crate::say;
use clap::{Args, Subcommand};
use std::process::ExitCode;

/// 配置 · Settings
#[derive(Subcommand)]
pub enum Config {
    /// 打印生效的配置 · Print the settings in force
    Print(Print),
}

/// What to print.
#[derive(Args)]
pub struct Print {
    #[command(flatten)]
    home: Home,
    #[command(flatten)]
    door: Door,
    /// Hide secrets
    #[arg(long)]
    redact: bool,
}

/// Runs `yima config …`.
pub fn run(config: Config) -> Done {
    let Config::Print(print) = config;
    let settled = settle(&print.home, &print.door)?;
    let secret = |secret: &Option<crate::config::Secret>| match secret {
        None => String::new(),
        Some(_) if print.redact => "…".to_owned(),
        Some(secret) => secret.expose().to_owned(),
    };
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    say::line(&format!("dir = {}", quoted(&settled.dir.display().to_string())));
    say::line(&format!("database_url = {}", quoted(&secret(&settled.database))));
    let passphrase = settled.passphrase_file.clone().unwrap_or_else(|| settled.own_passphrase_path());
    say::line(&format!("passphrase_file = {}", quoted(&passphrase.display().to_string())));
    match &settled.token {
        None => say::line("custody = \"file\""),
        Some(token) => {
            say::line("custody = \"pkcs11\"");
            say::line(&format!("pkcs11_module = {}", quoted(&token.module.display().to_string())));
            say::line(&format!("pkcs11_token = {}", quoted(&token.label)));
            let pin = token.pin_file.as_ref().map(|file| file.display().to_string()).unwrap_or_default();
            say::line(&format!("pkcs11_pin_file = {}", quoted(&pin)));
        }
    }
    say::line(&format!("listen = {}", quoted(&settled.listen.to_string())));
    let tls = match &settled.tls {
        yima_server::Tls::Off => "off",
        yima_server::Tls::SelfSigned { .. } => "self-signed",
        yima_server::Tls::Files { .. } => "files",
    };
    say::line(&format!("tls = {}", quoted(tls)));
    say::line(&format!("behind_tls = {}", settled.behind_tls));
    say::line(&format!("sms_url = {}", quoted(settled.sms_url.as_deref().unwrap_or(""))));
    say::line(&format!("# sms token: {}", if settled.sms_token.is_some() { "set" } else { "none" }));
    say::line(&format!("public_url = {}", quoted(settled.public_url.as_deref().unwrap_or(""))));
    let networks = settled.networks_file.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
    say::line(&format!("networks_file = {}", quoted(&networks)));
    say::line(&format!("sign_in_hash_mib = {}", settled.sign_in_hash_mib));
    say::line(&format!("min_holders = {}", settled.min_holders));
    say::line(&format!("log = {}", quoted(&settled.log)));
    Ok(ExitCode::SUCCESS)
}

//! `yima serve`: the server, over a province that it makes on the first start.
//! Everything that it serves stands in the server's room.

use crate::commands::init::{announce, first_start};
use crate::config::{Door, Home, settle};
use crate::failure::{Done, Failure};
use crate::say;
use clap::Args;
use std::process::ExitCode;
use std::sync::Arc;
use yima_kernel::subject::Actor;
use yima_province::Province;
use yima_server::Config;

/// Where and how.
#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    home: Home,
    #[command(flatten)]
    door: Door,
    /// One JSON line when ready
    #[arg(long)]
    json: bool,
}

impl Serve {
    /// What is worth logging; settings that can't be read are complained of when they are used.
    pub fn log_filter(&self) -> String {
        settle(&self.home, &self.door).map_or_else(|_| "info".to_owned(), |settled| settled.log)
    }
}

/// Runs `yima serve`.
pub async fn run(serve: &Serve) -> Done {
    let settled = settle(&serve.home, &serve.door)?;
    if !settled.listen.ip().is_loopback() && !settled.tls.is_on() && !settled.behind_tls {
        return Err(Failure::bad_input(format!(
            "{} 对外开放却没有 TLS：请设置 tls_certificate 和 tls_key；前面有代理负责 TLS 的，设 behind_tls = true · {0} is open to others without TLS: set tls_certificate and tls_key, or behind_tls = true when a proxy in front ends it",
            settled.listen
        )));
    }
    let province = if settled.has_province() {
        let province = settled.open().await?;
        publish_at_start(&province).await;
        province
    } else {
        let (province, operators) = first_start(&settled).await?;
        announce(&operators, false);
        province
    };
    let config = Config {
        tls: settled.tls.clone(),
        behind_tls: settled.behind_tls,
        public_url: settled.public_url.clone(),
        ..Config::plain(settled.listen)
    };
    let listening =
        yima_server::bind(config).map_err(|why| Failure::machine(format!("listen on {}", settled.listen), why))?;
    let url = listening.url();
    let fingerprint = hex::encode(province.root_fingerprint());
    if serve.json {
        say::json(&serde_json::json!({"url": url, "root_fingerprint": fingerprint}));
    } else {
        say::line(&format!("{url}  (/ 居民 resident, /check 验码 checker, /console 管理 console)"));
        say::line(&format!("根指纹 root {fingerprint}"));
    }
    let province = Arc::new(province);
    let publishing = tokio::spawn(Arc::clone(&province).keep_publishing());
    let indexing = tokio::spawn(Arc::clone(&province).index_names_meanwhile());
    let resealing = tokio::spawn(Arc::clone(&province).keep_resealing());
    let turning = tokio::spawn(Arc::clone(&province).keep_token_keys());
    let telling = tokio::spawn(Arc::clone(&province).keep_telling_apps());
    let ended = listening.serve(province).await;
    publishing.abort();
    indexing.abort();
    resealing.abort();
    turning.abort();
    telling.abort();
    ended.map_err(|why| Failure::machine("serve", why))?;
    Ok(ExitCode::SUCCESS)
}

/// The bundle of today. Where offline holders are late the last one stays in force, and codes go on as far as it reaches.
async fn publish_at_start(province: &Province) {
    if let Err(error) = province.publish_change(&Actor::System).await {
        tracing::error!(%error, "no new bundle at start; the one before stays in force");
    }
}

//! `yima gate`: register a gate at a place, end it, and run one as a turnstile's agent.
//! The agent needs nothing of the province but an address and its key.

use crate::commands::code::fingerprint;
use crate::commands::office;
use crate::config::{Home, Secret};
use crate::failure::{Done, Failure};
use crate::say;
use crate::turnstile;
use clap::{Args, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// 验码点 · Gates
#[derive(Subcommand)]
pub enum Gate {
    /// 登记一台闸机，密钥只显示一次 · Register a gate; its key is shown once
    Add(Add),
    /// 闸机代理：断网照验，恢复后补报 · A turnstile's agent: checks without a network, reports when it is back
    Run(Run),
    /// 把本单位的卡绑到刚核验的居民名下 · Tie the office's own card to the resident whose code was just checked
    Bind(office::Bind),
    /// 凭本单位的卡号查代号 · The office's own pseudonym behind one of its cards
    Find(office::Card),
    /// 解绑一张卡 · End the tie of a card
    Unbind(office::Card),
}

/// A new gate.
#[derive(Args)]
pub struct Add {
    #[command(flatten)]
    home: Home,
    /// What people call it
    #[arg(long)]
    name: String,
    /// Site number of the place where it stands
    #[arg(long)]
    site: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A running gate.
#[derive(Args)]
pub struct Run {
    /// Address of the platform
    #[arg(long, env = "YIMA_SERVER")]
    server: String,
    #[command(flatten)]
    key: GateKey,
    /// Folder of this gate: bundle, memory, what is still to be reported
    #[arg(long)]
    state: PathBuf,
    /// SHA-256 of the root to trust at first use, hex
    #[arg(long)]
    root: Option<String>,
    /// Also answer on local HTTP: POST /check, GET /challenge, GET /status
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// Seconds between two syncs
    #[arg(long, default_value_t = 60)]
    every: u64,
    /// Report sealed records at once in place of 5 to 60 minutes later: for tests alone
    #[arg(long)]
    report_at_once: bool,
    /// Use no network but the peers
    #[arg(long)]
    offline: bool,
    /// Address of another gate of this place, http://…; repeat it for each. Of two that hold one code, one admits
    #[arg(long = "peer")]
    peers: Vec<String>,
    /// Milliseconds that a passenger waits for them: a local network answers in a few
    #[arg(long, default_value_t = 150, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    peer_wait: u64,
    /// Where this gate answers those peers, on the place's own network
    #[arg(long)]
    peer_listen: Option<SocketAddr>,
}

/// The gate's own key.
#[derive(Args)]
pub struct GateKey {
    /// The gate's key, `ygk_…`
    #[arg(long, env = "YIMA_GATE_KEY", hide_env_values = true)]
    key: Option<String>,
    /// A file that holds the gate's key
    #[arg(long, env = "YIMA_GATE_KEY_FILE")]
    key_file: Option<PathBuf>,
}

impl GateKey {
    /// The key, from wherever it was given.
    pub fn read(self) -> Result<String, Failure> {
        let key = Secret::either(self.key, self.key_file.as_deref())?.ok_or_else(|| {
            Failure::bad_input("give the gate's key: --key, --key-file, YIMA_GATE_KEY or YIMA_GATE_KEY_FILE")
        })?;
        Ok(key.expose().to_owned())
    }
}

/// Runs `yima gate …`.
pub async fn run(gate: Gate) -> Done {
    match gate {
        Gate::Add(add) => run_add(&add).await,
        Gate::Run(run) => run_agent(run).await,
        Gate::Bind(bind) => office::bind(bind).await,
        Gate::Find(card) => office::find(card).await,
        Gate::Unbind(card) => office::unbind(card).await,
    }
}

async fn run_add(add: &Add) -> Done {
    let province = add.home.open().await?;
    let made = province.add_gate(&yima_kernel::subject::Actor::System, &add.name, add.site).await;
    let key = made.map_err(|why| Failure::refused(format!("the gate was not registered: {why}")))?;
    if add.json {
        say::json(&serde_json::json!({"id": key.id.as_str(), "key": key.key}));
    } else {
        say::line(&format!("{} {}", key.id, key.key));
        say::remark("密钥只显示这一次 · the key is shown this once");
    }
    province.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn run_agent(run: Run) -> Done {
    let key = run.key.read()?;
    let pin = run.root.as_deref().map(fingerprint).transpose()?;
    turnstile::run(turnstile::Settings {
        server: run.server,
        key,
        folder: run.state,
        pin,
        listen: run.listen,
        every_s: run.every,
        report_at_once: run.report_at_once,
        offline: run.offline,
        peers: run.peers,
        peer_wait: Duration::from_millis(run.peer_wait),
        peer_listen: run.peer_listen,
    })
    .await?;
    Ok(ExitCode::SUCCESS)
}

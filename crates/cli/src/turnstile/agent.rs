//! The agent of a gate: reads codes, answers at once from the bundle, and talks to the platform when there is a network.
//! It does not know who passes; it knows codes, counts and sealed records.

mod answer;
mod step;

use super::bundle_keeper::{BundleKeeper, Kept};
use super::gate_key::GateKey;
use super::local_http;
use super::log::Log;
use super::memory::Memory;
use super::peers::{self, Peers};
use crate::api::Api;
use crate::failure::Failure;
use crate::machine::{clock, files};
use crate::say;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::sync::Mutex;
use yima_code::Challenge;
use yima_wire::check::Verdict as WireVerdict;

/// Sealed records leave between five minutes and an hour after the check, so that their time says nothing.
const SEALED_DELAY_S: (u32, u32) = (300, 3600);
/// The holder has a minute to confirm; the gate asks on a little longer, for the last answer's way.
const CONFIRM_WAIT: Duration = Duration::from_secs(65);
/// Between two questions whether the holder has answered.
const CONFIRM_EVERY: Duration = Duration::from_secs(2);
/// How long a code that another gate of the site took is remembered, seconds: its day and two more.
const HEARD_KEPT_S: u32 = 3 * 86_400;
/// Challenges that a gate has open at a time: one screen, and a few that were just replaced.
const CHALLENGES_MAX: usize = 8;
/// The longest line that is read from a scanner, bytes; a T1c has 495 digits.
const LINE_BYTES_MAX: usize = 4096;
/// The clock is asked for when it is off by so many seconds or more.
const CLOCK_OFF_S: i64 = 2;

/// How a gate is run.
pub struct Settings {
    /// Address of the platform.
    pub server: String,
    /// `ygk_…`
    pub key: String,
    /// The gate's folder.
    pub folder: PathBuf,
    /// Root fingerprint to trust at first use.
    pub pin: Option<[u8; 32]>,
    /// Local HTTP, if any.
    pub listen: Option<SocketAddr>,
    /// Seconds between two syncs.
    pub every_s: u64,
    /// Report sealed records at once: for tests, never at a real gate.
    pub report_at_once: bool,
    /// Answer from the bundle alone, whatever the network. Peers are asked all the same.
    pub offline: bool,
    /// Addresses of the gates beside this one.
    pub peers: Vec<String>,
    /// How long a passenger waits for them.
    pub peer_wait: Duration,
    /// The door for them.
    pub peer_listen: Option<SocketAddr>,
}

/// Where the gate stands, kept for starts without a network.
#[derive(Clone, Serialize, Deserialize)]
struct Post {
    gate: String,
    site: u32,
    scenario: String,
    /// Seconds to add to the machine's clock, from a signed answer.
    offset_s: i64,
}

/// A running gate.
pub struct Agent {
    settings: Settings,
    api: Api,
    keeper: BundleKeeper,
    post: Post,
    kept: Option<Kept>,
    memory: Memory,
    log: Log,
    key: Arc<GateKey>,
    /// The platform has its public half.
    key_told: bool,
    peers: Option<Arc<Peers>>,
    /// When a code of a bearer who acts for nobody was last taken; a restart forgets it.
    guardian_at: Option<u32>,
    challenges: VecDeque<Challenge>,
}

/// Runs until standard input ends (without local HTTP) or the process is told to stop.
pub async fn run(settings: Settings) -> Result<(), Failure> {
    let (listen, peer_listen) = (settings.listen, settings.peer_listen);
    let every = Duration::from_secs(settings.every_s.max(1));
    let agent = Agent::open(settings).await?;
    let peers = agent.peers.clone();
    let agent = Arc::new(Mutex::new(agent));
    let peering = match (peer_listen, &peers) {
        (Some(address), Some(peers)) => Some(tokio::spawn(peers::serve(address, Arc::clone(peers)).await?)),
        _ => None,
    };
    let syncing = tokio::spawn(keep_in_step(Arc::clone(&agent), peers, every));
    let serving = match listen {
        Some(address) => Some(tokio::spawn(local_http::serve(address, Arc::clone(&agent)).await?)),
        None => None,
    };
    tokio::select! {
        () = scan(&agent), if serving.is_none() => {}
        () = scan_then_wait(&agent), if serving.is_some() => {}
        () = told_to_stop() => {}
    }
    syncing.abort();
    for door in serving.into_iter().chain(peering) {
        door.abort();
    }
    let mut agent = agent.lock().await;
    if !agent.settings.offline {
        agent.report().await;
    }
    say::remark(&format!("stopped; {} checks are still to be reported", agent.log.waiting()));
    Ok(())
}

/// One line of digits in, one line of verdict out.
async fn scan(agent: &Mutex<Agent>) {
    let mut lines = BufReader::new(tokio::io::stdin());
    let mut line = Vec::new();
    loop {
        line.clear();
        match lines.read_until(b'\n', &mut line).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let text = String::from_utf8_lossy(&line[..line.len().min(LINE_BYTES_MAX)]);
        // A scanner ends its line its own way; nothing else is trimmed.
        let digits = text.trim_end_matches(['\r', '\n']);
        if !digits.is_empty() {
            say::json(&settled(agent, digits).await);
        }
    }
}

/// The verdict for a line; where the holder must confirm, the one that follows.
async fn settled(agent: &Mutex<Agent>, digits: &str) -> WireVerdict {
    let mut verdict = agent.lock().await.answer(digits, None).await;
    if verdict.confirmation.is_some() {
        say::remark(
            "等本人在手机上确认，最多一分钟 · waiting for the holder to confirm on the phone, a minute at most",
        );
    }
    let begun = clock::stopwatch();
    while verdict.confirmation.is_some() && begun.elapsed() < CONFIRM_WAIT {
        tokio::time::sleep(CONFIRM_EVERY).await;
        verdict = agent.lock().await.answer(digits, None).await;
    }
    verdict
}

async fn scan_then_wait(agent: &Mutex<Agent>) {
    scan(agent).await;
    std::future::pending::<()>().await;
}

async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let mut term = match signal(SignalKind::terminate()) {
        Ok(term) => term,
        Err(_) => return std::future::pending().await,
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

/// In step from the start: what waits is reported at once, not after the first pause.
async fn keep_in_step(agent: Arc<Mutex<Agent>>, peers: Option<Arc<Peers>>, every: Duration) {
    let mut first = true;
    loop {
        if let Some(peers) = &peers {
            let now = clock::as_u32(agent.lock().await.now_s());
            peers.catch_up(now).await;
        }
        let mut agent_now = agent.lock().await;
        if !agent_now.settings.offline {
            if !first && let Err(why) = agent_now.sync().await {
                say::remark(&format!("not in step: {why}"));
            }
            agent_now.report().await;
        }
        drop(agent_now);
        first = false;
        tokio::time::sleep(every).await;
    }
}

impl Agent {
    async fn open(settings: Settings) -> Result<Self, Failure> {
        files::folder(&settings.folder)?;
        let api = Api::new(&settings.server)?;
        let keeper = BundleKeeper::new(&settings.folder.join("bundle.bin"), None);
        let mut memory = Memory::default();
        let log = Log::open(&settings.folder, &mut memory, clock::as_u32(clock::now_s()))?;
        let key = Arc::new(GateKey::open(&settings.folder)?);
        let peers = match (settings.peers.is_empty(), settings.peer_listen) {
            (true, None) => None,
            _ => Some(Arc::new(Peers::new(Arc::clone(&key), settings.peers.clone(), settings.peer_wait)?)),
        };
        if let Some(peers) = &peers {
            memory.tokens().for_each(|(id, at)| peers.took(id, at));
        }
        let post = read_post(&settings)?;
        let first_time = post.is_none();
        let post = post.unwrap_or(Post { gate: String::new(), site: 0, scenario: String::new(), offset_s: 0 });
        let mut agent = Self {
            settings,
            api,
            keeper,
            post,
            kept: None,
            memory,
            log,
            key,
            key_told: false,
            peers,
            guardian_at: None,
            challenges: VecDeque::new(),
        };
        agent.open_kept()?;
        if !agent.settings.offline
            && let Err(why) = agent.sync().await
        {
            say::remark(&format!("not in step: {why}"));
        }
        if first_time && agent.post.gate.is_empty() {
            return Err(Failure::could_not("a gate must be online once, to learn where it stands"));
        }
        agent.place_peers();
        say::remark(&format!(
            "{} at site {} for {}: {} checks to report, bundle version {}",
            agent.post.gate,
            agent.post.site,
            agent.post.scenario,
            agent.log.waiting(),
            agent.version()
        ));
        Ok(agent)
    }

    /// The bundle on disk, if it still may be used.
    fn open_kept(&mut self) -> Result<(), Failure> {
        let Some(bytes) = self.keeper.bytes()? else { return Ok(()) };
        match self.keeper.open(&bytes, self.settings.pin, clock::as_u32(self.now_s()))? {
            Ok(kept) => self.kept = Some(kept),
            Err(why) => say::remark(&format!("the bundle at hand is not taken: {why}")),
        }
        Ok(())
    }

    /// How the gate stands, for whoever looks after it.
    pub fn standing(&self) -> serde_json::Value {
        serde_json::json!({
            "gate": self.post.gate,
            "site": self.post.site,
            "scenario": self.post.scenario,
            "bundle_version": self.version(),
            "to_report": self.log.waiting(),
            "clock_offset_s": self.post.offset_s,
            "vouched": self.is_vouched(),
            "peers": self.peers.as_ref().map_or(0, |peers| peers.standing().0),
            "alone": self.peers.as_ref().is_some_and(|peers| peers.standing().1),
        })
    }

    /// Whether the bundle at hand names this gate's key.
    fn is_vouched(&self) -> bool {
        let site = self.kept.as_ref().and_then(|kept| kept.bundle.site(self.post.site));
        site.is_some_and(|site| site.checkers.contains(self.key.public()))
    }

    fn version(&self) -> u32 {
        self.kept.as_ref().map_or(0, |kept| kept.bundle.head().version)
    }

    fn now_s(&self) -> i64 {
        clock::now_s() + self.post.offset_s
    }

    fn keep_post(&self) -> Result<(), Failure> {
        let text =
            serde_json::to_vec_pretty(&self.post).map_err(|why| Failure::machine("write the gate's place", why))?;
        files::replace(&self.settings.folder.join("gate.json"), &text)
    }
}

fn read_post(settings: &Settings) -> Result<Option<Post>, Failure> {
    let path = settings.folder.join("gate.json");
    let Some(bytes) = files::read(&path, 64 << 10)? else { return Ok(None) };
    let post = serde_json::from_slice(&bytes);
    post.map(Some).map_err(|why| Failure::could_not(format!("{} is damaged: {why}", path.display())))
}

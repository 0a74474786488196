//! The agent of a gate: reads codes, answers at once from the bundle, and talks to the platform when there is a network.
//! It does not know who passes; it knows codes, counts and sealed records.

use super::bundle_keeper::{BundleKeeper, Kept};
use super::log::{Entry, Log};
use super::memory::Memory;
use super::{checker, local_http};
use crate::api::{Api, CallError, Caller};
use crate::failure::Failure;
use crate::machine::{chance, clock, files};
use crate::pocket::base64url;
use crate::say;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::sync::Mutex;
use yima_code::rule::{RecordClass, ScenarioRule};
use yima_code::sealed_record::{RecordText, SealedRecord};
use yima_code::{Challenge, CheckerClock, Form, Presented, Reason, Verdict, VerdictKind};
use yima_wire::check::{CheckRequest, Verdict as WireVerdict};
use yima_wire::device::TimeAnswer;
use yima_wire::gate::{Counted, Named, SealedRecord as WireRecord, SyncAnswer, SyncRequest, UploadAnswer};

/// Sealed records leave between five minutes and an hour after the check, so that their time says nothing.
const SEALED_DELAY_S: (u32, u32) = (300, 3600);
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
    /// Answer from the bundle alone, whatever the network.
    pub offline: bool,
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
    challenges: VecDeque<Challenge>,
}

/// Runs until standard input ends (without local HTTP) or the process is told to stop.
pub async fn run(settings: Settings) -> Result<(), Failure> {
    let listen = settings.listen;
    let every = Duration::from_secs(settings.every_s.max(1));
    let agent = Arc::new(Mutex::new(Agent::open(settings).await?));
    let syncing = tokio::spawn(keep_in_step(Arc::clone(&agent), every));
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
    if let Some(serving) = serving {
        serving.abort();
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
            let verdict = agent.lock().await.answer(digits, None).await;
            say::json(&verdict);
        }
    }
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

async fn keep_in_step(agent: Arc<Mutex<Agent>>, every: Duration) {
    loop {
        tokio::time::sleep(every).await;
        let mut agent = agent.lock().await;
        if agent.settings.offline {
            continue;
        }
        if let Err(why) = agent.sync().await {
            say::remark(&format!("not in step: {why}"));
        }
        agent.report().await;
    }
}

impl Agent {
    async fn open(settings: Settings) -> Result<Self, Failure> {
        files::folder(&settings.folder)?;
        let api = Api::new(&settings.server)?;
        let keeper = BundleKeeper::new(&settings.folder.join("bundle.bin"), None);
        let mut memory = Memory::default();
        let log = Log::open(&settings.folder, &mut memory, clock::as_u32(clock::now_s()))?;
        let post = read_post(&settings)?;
        let first_time = post.is_none();
        let post = post.unwrap_or(Post { gate: String::new(), site: 0, scenario: String::new(), offset_s: 0 });
        let mut agent = Self { settings, api, keeper, post, kept: None, memory, log, challenges: VecDeque::new() };
        agent.open_kept()?;
        if !agent.settings.offline
            && let Err(why) = agent.sync().await
        {
            say::remark(&format!("not in step: {why}"));
        }
        if first_time && agent.post.gate.is_empty() {
            return Err(Failure::could_not("a gate must be online once, to learn where it stands"));
        }
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

    /// Bundle, place, clock, and what the other gates of the site saw.
    async fn sync(&mut self) -> Result<(), Failure> {
        if let Some(kept) = self.keeper.fetch(&self.api, self.settings.pin, clock::as_u32(self.now_s())).await? {
            self.kept = Some(kept);
        }
        let request = SyncRequest {
            bundle_version: i64::from(self.version()),
            spool: i64::try_from(self.log.waiting()).unwrap_or(i64::MAX),
            clock_at: self.now_s(),
        };
        let answer: SyncAnswer =
            self.api.post("/api/v1/gates/sync", &request, &Caller::Gate(&self.settings.key)).await?;
        if (answer.server_at - self.now_s()).abs() >= CLOCK_OFF_S {
            self.set_clock().await?;
        }
        let now = clock::as_u32(self.now_s());
        for one in &answer.seen {
            if let Ok(id) = crate::pocket::fixed_bytes(&one.id, "a seen id") {
                let at = clock::as_u32(one.at);
                self.memory.hear(id, at, now.saturating_add(HEARD_KEPT_S));
            }
        }
        let (gate, site, scenario) = (answer.gate, answer.site, answer.scenario);
        if (&gate, site, &scenario) != (&self.post.gate, self.post.site, &self.post.scenario) {
            self.post = Post { gate, site, scenario, ..self.post.clone() };
            self.keep_post()?;
        }
        Ok(())
    }

    /// Asks for the time over a nonce of our own; only an answer that a lists+time key signed counts.
    async fn set_clock(&mut self) -> Result<(), Failure> {
        let Some(kept) = &mut self.kept else { return Ok(()) };
        let nonce: [u8; 16] = chance::octets();
        let path = format!("/api/v1/time?nonce={}", base64url(&nonce));
        let answer: TimeAnswer = self.api.get(&path, &Caller::Stranger).await?;
        let signature = crate::pocket::fixed_bytes(&answer.signature, "the time's signature")?;
        let milliseconds = u64::try_from(answer.server_ms).unwrap_or(0);
        let signer = kept
            .bundle
            .time_signer(&nonce, milliseconds, &signature)
            .ok_or_else(|| Failure::could_not("the server's time is not signed by a key of this province"))?;
        let server_s = i64::try_from(milliseconds / 1000).unwrap_or(0);
        kept.floor.note_time(signer, clock::as_u32(server_s));
        self.keeper.keep_floor(&kept.floor)?;
        self.post.offset_s = server_s - clock::now_s();
        self.keep_post()
    }

    /// Uploads what is due, batch by batch, until there is nothing or nobody.
    async fn report(&mut self) {
        loop {
            let sent = self.report_one().await;
            match sent {
                Ok(true) => {}
                Ok(false) => return,
                Err(why) => return say::remark(&format!("not reported yet: {why}")),
            }
        }
    }

    async fn report_one(&mut self) -> Result<bool, Failure> {
        let Some(batch) = self.log.batch(self.now_s(), chance::octets(), &mut chance::below)? else { return Ok(false) };
        let caller = Caller::Gate(&self.settings.key);
        let _: UploadAnswer = self.api.post("/api/v1/gates/uploads", &batch.request, &caller).await?;
        let now = clock::as_u32(self.now_s());
        self.log.acknowledged(&batch, &mut self.memory, now)?;
        Ok(true)
    }

    /// The verdict for one code; it is on disk before it is given.
    pub async fn answer(&mut self, digits: &str, challenge: Option<Vec<u8>>) -> WireVerdict {
        let at = self.now_s();
        let scenario = self.post.scenario.clone();
        let rule = self.kept.as_ref().and_then(|kept| kept.bundle.rule_by_slug(&scenario)).cloned();
        let Some(rule) = rule else {
            return checker::wire_verdict(&checker::unread(Reason::BundleMissing), &scenario, at);
        };
        if !self.settings.offline
            && needs_server(digits, &rule)
            && let Some(verdict) = self.ask(digits, challenge).await
        {
            return verdict;
        }
        let verdict = self.decide(digits, &rule);
        let entry = self.entry(digits, &verdict, &rule, at);
        let remembered = entry.seen.clone();
        match self.log.write(entry) {
            Ok(()) => checker::wire_verdict(&verdict, &scenario, at),
            Err(why) => {
                say::remark(&why.sentence);
                self.memory.forget(&remembered);
                checker::wire_verdict(&checker::unread(Reason::ServerError), &scenario, at)
            }
        }
    }

    fn decide(&mut self, digits: &str, rule: &ScenarioRule) -> Verdict {
        let now_s = self.now_s();
        let Some(kept) = &self.kept else { return checker::unread(Reason::BundleMissing) };
        let now: CheckerClock = checker::clock_of(&kept.bundle, &kept.floor, now_s);
        let open = self.challenges.iter().find(|one| answers(digits, one)).or(self.challenges.back());
        checker::check(digits, &kept.bundle, rule, self.post.site, now, open.map(Challenge::open), &mut self.memory)
    }

    /// What the log keeps of a verdict, in the class that the manifest chose.
    fn entry(&mut self, digits: &str, verdict: &Verdict, rule: &ScenarioRule, at: i64) -> Entry {
        let seen = self.memory.take_fresh();
        if verdict.repeated || verdict.kind == VerdictKind::CouldNotCheck && rule.record == RecordClass::Named {
            return Entry { seen, ..Entry::default() };
        }
        let reason = verdict.reason.map_or(String::new(), |reason| reason.as_str().to_owned());
        let kind = verdict.kind.as_str().to_owned();
        let form = verdict.form.map_or(String::new(), |form| form.as_str().to_owned());
        let counted = Counted { hour_at: at - at % 3600, form, verdict: kind.clone(), reason: reason.clone(), n: 1 };
        match rule.record {
            RecordClass::Counted => Entry { seen, counted: Some(counted), due_at: at, ..Entry::default() },
            RecordClass::Named if verdict.form.is_some() => {
                let named = Named { digits: digits.to_owned(), at, verdict: kind, reason };
                Entry { seen, counted: Some(counted), named: Some(named), due_at: at, ..Entry::default() }
            }
            RecordClass::Named => Entry { seen, counted: Some(counted), due_at: at, ..Entry::default() },
            RecordClass::Sealed => {
                let sealed = if verdict.is_valid() { self.sealed(digits, rule, at) } else { None };
                Entry { seen, counted: Some(counted), sealed, due_at: self.due(at), ..Entry::default() }
            }
        }
    }

    /// A record that the device finds by the code that it showed; paper has no device.
    fn sealed(&self, digits: &str, rule: &ScenarioRule, at: i64) -> Option<WireRecord> {
        let presented = Presented::from_digits(digits).ok()?;
        if !matches!(presented.form(), Form::T1 | Form::T1c) {
            return None;
        }
        let text = RecordText { site: self.post.site, scenario: rule.id, time: clock::as_u32(at) };
        let sealed = SealedRecord::seal(&presented.to_bytes(), chance::octets(), text);
        Some(WireRecord { tag: base64url(&sealed.tag), nonce: base64url(&sealed.nonce), body: base64url(&sealed.body) })
    }

    fn due(&self, at: i64) -> i64 {
        if self.settings.report_at_once {
            return at;
        }
        let (least, most) = SEALED_DELAY_S;
        at + i64::from(least + chance::below(most - least))
    }

    /// Asks the server, which alone can check some forms. `None` when there is no answer.
    async fn ask(&mut self, digits: &str, challenge: Option<Vec<u8>>) -> Option<WireVerdict> {
        let shown = self.challenges.iter().find(|one| answers(digits, one)).or(self.challenges.back());
        let bytes = challenge.or_else(|| shown.map(|one| one.to_bytes().to_vec()));
        let request = CheckRequest { digits: digits.to_owned(), challenge: bytes.map(|bytes| base64url(&bytes)) };
        let answer = self.api.post("/api/v1/codes/check", &request, &Caller::Gate(&self.settings.key)).await;
        match answer {
            Ok(verdict) => {
                let verdict: WireVerdict = verdict;
                if verdict.verdict == VerdictKind::Valid.as_str() {
                    self.hear_own(digits);
                }
                Some(verdict)
            }
            Err(CallError::NoAnswer(why)) => {
                say::remark(&format!("no answer: {why}"));
                None
            }
            Err(CallError::Problem(problem) | CallError::Later(problem, _)) => {
                say::remark(&format!("{} ({})", problem.detail, problem.code));
                None
            }
        }
    }

    /// What the server took here is not taken again when the network is gone.
    fn hear_own(&mut self, digits: &str) {
        if let Ok(Presented::T1(token) | Presented::T1c(token)) = Presented::from_digits(digits) {
            let now = clock::as_u32(self.now_s());
            self.memory.hear(token.fields().id, now, now.saturating_add(HEARD_KEPT_S));
        }
    }

    /// A new challenge to show, as digits.
    pub fn challenge(&mut self) -> Option<Challenge> {
        let rule = self.kept.as_ref()?.bundle.rule_by_slug(&self.post.scenario)?;
        let challenge = Challenge::unsigned(rule.id, self.post.site, clock::as_u32(self.now_s()), chance::octets());
        self.challenges.push_back(challenge);
        if self.challenges.len() > CHALLENGES_MAX {
            self.challenges.pop_front();
        }
        Some(challenge)
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
        })
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

/// Whether the server must be asked: forms that only it can check, and scenarios that record by name.
fn needs_server(digits: &str, rule: &ScenarioRule) -> bool {
    rule.record == RecordClass::Named || matches!(digits.len(), 8 | 12) || digits.len() == Form::T0.digits()
}

/// Whether the digits are an answer to this very challenge.
fn answers(digits: &str, challenge: &Challenge) -> bool {
    match Presented::from_digits(digits) {
        Ok(Presented::T1c(token)) => token.holder_part().challenge == Some(challenge.short()),
        _ => false,
    }
}

fn read_post(settings: &Settings) -> Result<Option<Post>, Failure> {
    let path = settings.folder.join("gate.json");
    let Some(bytes) = files::read(&path, 64 << 10)? else { return Ok(None) };
    let post = serde_json::from_slice(&bytes);
    post.map(Some).map_err(|why| Failure::could_not(format!("{} is damaged: {why}", path.display())))
}

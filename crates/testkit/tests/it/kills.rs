//! A server that is killed with -9 under load: what it acknowledged is there once, and no code is taken twice.
//! The server is this test program itself, in a process of its own; `YIMA_KILLS=100` kills it a hundred times.

use reqwest::Method;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use yima_kernel::id::OperatorId;
use yima_kernel::subject::{Actor, Role};
use yima_keys::Suite;
use yima_keys::custody::Lock;
use yima_province::clock::SystemClock;
use yima_province::{Inbox, KeyPlace, NewPlace, Province, ReadUses, Setup, Text};
use yima_server::Config;
use yima_testkit::{Door, Phone, manifests, settle};

const FOLDER: &str = "YIMA_TOWN_FOLDER";
const CODES: usize = 32;
const CALLERS: usize = 16;

fn setup(folder: &Path) -> Setup {
    Setup {
        dir: folder.to_owned(),
        database: None,
        keys: KeyPlace::File(Lock::passphrase("town")),
        clock: Arc::new(SystemClock),
        seed: None,
        messenger: Arc::new(Inbox::default()),
        demo: true,
    }
}

/// What the story knows from before the first kill.
struct Known {
    site: u32,
    gates: [String; 2],
    enrolment_codes: Vec<String>,
}

async fn prepare(folder: &Path, kills: usize) -> Known {
    let province = Province::init(setup(folder), &manifests()).await.unwrap();
    settle(&province, u32::try_from(kills).unwrap()).await;
    let place = NewPlace { name: Text::new("站", "Stop"), scenario: "bus".to_owned(), region: "370102".to_owned() };
    let site = province.add_place(&Actor::System, place).await.unwrap().site;
    let gates = [
        province.add_gate(&Actor::System, "front", site).await.unwrap().key,
        province.add_gate(&Actor::System, "back", site).await.unwrap().key,
    ];
    province.publish_bundle(&Actor::System).await.unwrap();
    let (mut enrolment_codes, mut after) = (Vec::new(), None);
    loop {
        let page = province.find_residents(&operator(Role::System), None, None, after.as_deref()).await.unwrap();
        for row in page.items {
            enrolment_codes.push(province.issue_enrolment_code(&Actor::System, &row.id).await.unwrap().0);
        }
        after = page.next;
        if after.is_none() {
            province.close().await;
            return Known { site, gates, enrolment_codes };
        }
    }
}

fn operator(role: Role) -> Actor {
    Actor::Operator { operator: OperatorId::new(0, [0; 10]), role }
}

/// The server's own process.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by the story below, as a process of its own"]
async fn served() {
    let folder = std::env::var_os(FOLDER).expect("the story names the folder");
    let folder = Path::new(&folder);
    let province = Arc::new(Province::open(setup(folder)).await.unwrap());
    let listening = yima_server::bind(Config::plain(([127, 0, 0, 1], 0).into())).unwrap();
    std::fs::write(folder.join("url.new"), listening.url()).unwrap();
    std::fs::rename(folder.join("url.new"), folder.join("url")).unwrap();
    listening.serve(province).await.unwrap();
}

/// Never outlives its story.
struct Server(Child);

impl Server {
    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn start(folder: &Path) -> (Server, Door) {
    let _ = std::fs::remove_file(folder.join("url"));
    let server = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kills::served", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let server = Server(server);
    for _ in 0..1_200 {
        if let Ok(url) = std::fs::read_to_string(folder.join("url")) {
            return (server, Door::at(&url));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the server did not start");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_is_there_once_after_each_kill() {
    let kills: usize = std::env::var("YIMA_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(4);
    let folder = TempDir::new().unwrap();
    let known = prepare(folder.path(), kills).await;
    let (mut receipts, mut earlier) = (Vec::new(), Vec::new());
    for (round, code) in known.enrolment_codes.iter().take(kills).enumerate() {
        let (mut server, door) = start(folder.path()).await;
        for digits in earlier.drain(..) {
            let seen = check(&door, &known.gates[1], digits).await.expect("the server runs");
            assert_eq!(seen["reason"], "replayed", "a code that was acknowledged is taken again: {seen}");
        }
        let codes = show(&door, round, code, known.site).await;
        let taken = load(&door, &known.gates[0], codes, 5 + round * 7 % 50, &mut server).await;
        assert!(!taken.is_empty(), "the server acknowledged something before it died");
        for (receipt, digits) in taken {
            receipts.push(receipt);
            earlier.push(digits);
        }
    }
    let province = Province::open(setup(folder.path())).await.unwrap();
    let uses = valid_checks(&province).await;
    for receipt in &receipts {
        assert_eq!(uses.get(receipt), Some(&1), "{receipt} was acknowledged");
    }
    assert!(uses.len() <= kills * CODES * 2, "no code was taken twice");
    province.close().await;
}

async fn show(door: &Door, round: usize, code: &str, site: u32) -> Vec<String> {
    let mut phone = Phone::new(Suite::Es256, round as u64);
    let now = now();
    let _ = phone.enrol(door, now, json!({ "code": code })).await.ok();
    let _ = phone.draw(door, now, CODES, CODES).await.ok();
    let mut codes = Vec::new();
    for _ in 0..CODES {
        codes.push(phone.show(now, 1, site));
        codes.push(phone.show_online(now, 1, site));
    }
    codes
}

/// Presents the codes from many callers and kills the server after so many answers; gives what was acknowledged.
async fn load(
    door: &Door,
    gate: &str,
    codes: Vec<String>,
    answers: usize,
    server: &mut Server,
) -> Vec<(String, String)> {
    let (codes, next, answered) = (Arc::new(codes), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let (codes, next, answered) = (Arc::clone(&codes), Arc::clone(&next), Arc::clone(&answered));
            let (door, gate) = (door.clone(), gate.to_owned());
            tokio::spawn(async move {
                let mut taken = Vec::new();
                while let Some(digits) = codes.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let Some(seen) = check(&door, &gate, digits.clone()).await else { break };
                    assert_eq!(seen["verdict"], "valid", "{seen}");
                    taken.push((seen["receipt"].as_str().unwrap().to_owned(), digits.clone()));
                    answered.fetch_add(1, Ordering::SeqCst);
                }
                taken
            })
        })
        .collect();
    while answered.load(Ordering::SeqCst) < answers.min(codes.len()) && !callers.iter().all(|c| c.is_finished()) {
        tokio::time::sleep(Duration::from_micros(200)).await;
    }
    server.kill();
    let mut taken = Vec::new();
    for caller in callers {
        taken.extend(caller.await.unwrap());
    }
    taken
}

async fn check(door: &Door, gate: &str, digits: String) -> Option<Value> {
    let headers = [("authorization", format!("Bearer {gate}"))];
    let body = Some(json!({ "digits": digits }));
    let answer = door.try_send(Method::POST, "/api/v1/codes/check", body, &headers).await.ok()?;
    answer.status.is_success().then_some(answer.body)
}

async fn valid_checks(province: &Province) -> HashMap<String, usize> {
    let (mut uses, mut after) = (HashMap::new(), None);
    loop {
        let actor = operator(Role::Audit);
        let (deed, outcome) = (Some("check"), Some("valid"));
        let ask = ReadUses { after: after.as_deref(), deed, outcome, ..ReadUses::default() };
        let page = province.uses(&actor, ask).await.unwrap();
        for row in page.items {
            *uses.entry(row.id).or_default() += 1;
        }
        after = page.next;
        if after.is_none() {
            return uses;
        }
    }
}

fn now() -> i64 {
    use yima_province::clock::Clock as _;
    SystemClock.now_us() / 1_000_000
}

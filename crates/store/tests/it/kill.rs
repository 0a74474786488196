//! A killed process: every deed that was acknowledged is there once, and no half of any.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use yima_store::{Store, StoreError, setting, uses};

use crate::town::{a_use, address};

const ROUNDS: u32 = 8;
const ACKNOWLEDGED_BEFORE_THE_KILL: usize = 400;
const DIRECTORY: &str = "YIMA_TEST_KILL_DIRECTORY";

#[tokio::test]
async fn what_was_acknowledged_before_a_kill_is_there_once() {
    let dir = tempfile::TempDir::new().unwrap();
    let mut acknowledged = HashSet::new();
    for round in 0..ROUNDS {
        acknowledged.extend(run_and_kill(dir.path(), round));
        let store = Store::open(&address(dir.path())).await.unwrap();
        let (stored, waiting) = all(&store).await;
        let unique: HashSet<_> = stored.iter().cloned().collect();
        assert_eq!(unique.len(), stored.len());
        let lost: Vec<_> = acknowledged.difference(&unique).collect();
        assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
        // A deed writes three things; the kill may not part them.
        assert_eq!(stored, waiting);
        store.close().await;
    }
}

fn run_and_kill(dir: &Path, round: u32) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::deeds_until_killed", "--ignored", "--nocapture"])
        .env(DIRECTORY, dir)
        .env("YIMA_TEST_KILL_ROUND", round.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut acknowledged = Vec::new();
    while acknowledged.len() < ACKNOWLEDGED_BEFORE_THE_KILL {
        let line = lines.next().expect("the child ended by itself").unwrap();
        acknowledged.extend(line.strip_prefix("ack ").map(str::to_owned));
    }
    child.kill().unwrap();
    // What it had still said before it died counts as well; a torn last line does not.
    let mut rest: Vec<String> = lines.map_while(Result::ok).collect();
    rest.pop();
    acknowledged.extend(rest.iter().filter_map(|line| line.strip_prefix("ack ")).map(str::to_owned));
    child.wait().unwrap();
    acknowledged
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "the child of the test above"]
async fn deeds_until_killed() {
    let Ok(dir) = std::env::var(DIRECTORY) else { return };
    let round = std::env::var("YIMA_TEST_KILL_ROUND").unwrap();
    let store = Store::open(&address(Path::new(&dir))).await.unwrap();
    let callers: Vec<_> = (0..32)
        .map(|caller| {
            let (store, round) = (store.clone(), round.clone());
            tokio::spawn(async move {
                for n in 0_u64.. {
                    let id = format!("use_{round}_{caller}_{n}");
                    write(&store, id.clone()).await.unwrap();
                    writeln!(std::io::stdout(), "ack {id}").unwrap();
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap();
    }
}

async fn write(store: &Store, id: String) -> Result<(), StoreError> {
    store
        .deed(move |tx| {
            Box::pin(async move {
                uses::append(tx, &a_use(&id, 5, "check", Some("res_1")), id.as_bytes()).await?;
                setting::set(tx, "last", &id).await
            })
        })
        .await
}

async fn all(store: &Store) -> (Vec<String>, Vec<String>) {
    let (mut stored, waiting) = store
        .read(|tx| {
            Box::pin(async move {
                let all = uses::Stretch { from: "", before: "~", limit: 1_000_000, scan: 1_000_000 };
                let stored = uses::page(tx, all, uses::Filter::default()).await?;
                Ok::<_, StoreError>((stored.items, uses::waiting(tx, 1_000_000).await?))
            })
        })
        .await
        .map(|(stored, waiting)| {
            let ids = stored.into_iter().map(|one| one.id).collect::<Vec<_>>();
            (ids, waiting.into_iter().map(|one| one.use_id).collect::<Vec<_>>())
        })
        .unwrap();
    let mut waiting = waiting;
    stored.sort_unstable();
    waiting.sort_unstable();
    (stored, waiting)
}

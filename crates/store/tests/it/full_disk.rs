//! A full disk: refused as such, nothing of the refused batch kept, and work goes on once there is
//! room. A small file system in memory needs root; without it the same is told in `db/sqlite.rs`.

use std::path::{Path, PathBuf};
use std::process::Command;

use yima_store::{Store, StoreError, bundle_part, setting};

use crate::town::address;

struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: &Path) -> Option<Self> {
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=3m", "yima-test"]).arg(at).output().ok()?;
        mount.status.success().then(|| Self(at.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a connection may still be closing its files.
        Command::new("umount").arg("-l").arg(&self.0).status().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_refused_and_recovered_from() {
    let dir = tempfile::TempDir::new().unwrap();
    let Some(_disk) = SmallDisk::mount(dir.path()) else {
        eprintln!("skipped: mounting a small disk needs root");
        return;
    };
    let ballast = dir.path().join("ballast");
    std::fs::write(&ballast, vec![1; 1_500_000]).unwrap();
    let store = Store::open(&address(dir.path())).await.unwrap();

    let mut stored = Vec::new();
    let full = loop {
        let version = i64::try_from(stored.len()).unwrap();
        match publish(&store, version).await {
            Ok(()) => stored.push(version),
            Err(error) => break error,
        }
        assert!(stored.len() < 1_000, "3 MB held a thousand parts of 20 kB");
    };
    assert_eq!(full, StoreError::Full);
    assert_eq!(versions(&store).await, stored, "what was acknowledged is there, what was refused is not");

    std::fs::remove_file(&ballast).unwrap();
    let next = i64::try_from(stored.len()).unwrap();
    publish(&store, next).await.unwrap();
    stored.push(next);
    assert_eq!(versions(&store).await, stored);
    store.close().await;
}

async fn publish(store: &Store, version: i64) -> Result<(), StoreError> {
    store
        .deed(move |tx| {
            Box::pin(async move {
                setting::set(tx, "last", &version.to_string()).await?;
                let part = bundle_part::Part { name: "head".into(), version, bytes: vec![7; 20_000], published_at: 1 };
                bundle_part::publish(tx, &part).await.map(drop)
            })
        })
        .await
}

async fn versions(store: &Store) -> Vec<i64> {
    store
        .read(|tx| {
            Box::pin(async move {
                let last: i64 = setting::get(tx, "last").await?.unwrap().parse().unwrap();
                let mut found = Vec::new();
                for version in 0..=last + 1 {
                    found.extend(bundle_part::find(tx, "head", version).await?.map(|part| part.version));
                }
                Ok::<_, StoreError>(found)
            })
        })
        .await
        .unwrap()
}

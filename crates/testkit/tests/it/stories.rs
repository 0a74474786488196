//! Every file of stories/ is told in a town of its own, on SQLite and, where one is named, on PostgreSQL.

use std::path::{Path, PathBuf};
use yima_testkit::{Database, Town, tell};

fn stories(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            stories(&path, found);
        } else if path.extension().is_some_and(|e| e == "txt") {
            found.push(path);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_stories_end_as_they_are_told() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../stories");
    let mut files = Vec::new();
    stories(&root, &mut files);
    files.sort();
    assert!(files.len() >= 9, "stories are missing: {files:?}");
    // One story alone while it is written: a part of its path.
    let only = std::env::var("YIMA_STORY").unwrap_or_default();
    files.retain(|file| file.to_string_lossy().contains(&only));
    let mut failed = Vec::new();
    for database in Database::all() {
        for file in &files {
            let name = file.strip_prefix(&root).unwrap().display().to_string();
            let text = std::fs::read_to_string(file).unwrap();
            let town = Town::open(&database).await;
            let told = tokio::spawn(async move { tell(&town, &name, &text).await });
            if told.await.is_err() {
                failed.push(format!("{database:?} {}", file.display()));
            }
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

//! `yima backup` and `yima restore`: one file of database and keys, verified when written and again before it is used.
//! The passphrase is not in it: whoever finds a backup has sealed keys.

use crate::config::{Door, Home, Settled, settle};
use crate::failure::{Done, Failure};
use crate::machine::{clock, files};
use crate::say;
use clap::Args;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{BufReader, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use yima_province::{ERASURES_FILE, KEY_FILE, TOKEN_FILE};

/// The first line of a backup.
const MAGIC: &str = "yima-backup-1";
/// The longest table of contents, bytes.
const CONTENTS_BYTES_MAX: usize = 64 << 10;
/// Bytes that are copied at a time.
const CHUNK: usize = 1 << 20;
/// What a province consists of, besides the database's copy.
const KEPT: [&str; 4] = [KEY_FILE, TOKEN_FILE, "yima.toml", "demo.json"];
const DATABASE: &str = "yima.db";

/// What to back up, and where to.
#[derive(Args)]
pub struct Backup {
    #[command(flatten)]
    home: Home,
    /// The backup's file; never overwritten
    #[arg(long)]
    out: PathBuf,
}

/// What to restore, and where to.
#[derive(Args)]
pub struct Restore {
    /// The backup's file
    file: PathBuf,
    /// An empty or new directory
    #[arg(long, visible_alias = "data")]
    dir: PathBuf,
    /// Verify alone, and restore nothing
    #[arg(long)]
    verify: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contents {
    made_at: i64,
    root_fingerprint: String,
    files: Vec<Piece>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Piece {
    name: String,
    bytes: u64,
    sha256: String,
}

/// Runs `yima backup`.
pub async fn backup(backup: &Backup) -> Done {
    let settled = settle(&backup.home, &Door::default())?;
    if settled.database.is_some() {
        return Err(Failure::bad_input(format!(
            "a PostgreSQL database is backed up with pg_dump; keep {} beside the dump",
            settled.dir.join(if settled.token.is_some() { TOKEN_FILE } else { KEY_FILE }).display()
        )));
    }
    let copy = beside(&backup.out, "database");
    let _ = std::fs::remove_file(&copy);
    let written = write(&settled, &backup.out, &copy).await;
    let _ = std::fs::remove_file(&copy);
    let contents = written?;
    // A backup that can't be read back is none.
    verify(&backup.out, None)?;
    let bytes: u64 = contents.files.iter().map(|one| one.bytes).sum();
    say::line(&format!("{} 已备份并核验 · written and verified, {bytes} bytes", backup.out.display()));
    match &settled.token {
        None => say::remark("密钥口令不在备份里，请另行保管 · the passphrase is not in it: keep it apart"),
        Some(token) => say::remark(&format!(
            "密钥在密码模块 {} 里，不在备份里：请用模块厂家的工具另行备份 · the keys lie in that token and not in this file: back it up with its maker's tools",
            token.label
        )),
    }
    Ok(ExitCode::SUCCESS)
}

async fn write(settled: &Settled, out: &Path, copy: &Path) -> Result<Contents, Failure> {
    let province = settled.open().await?;
    let copied = province.copy_store_to(copy).await;
    let root_fingerprint = hex::encode(province.root_fingerprint());
    province.close().await;
    copied.map_err(|why| Failure::machine("copy the database", why))?;
    let mut sources = vec![(DATABASE, copy.to_owned())];
    sources.extend(KEPT.iter().map(|name| (*name, settled.dir.join(name))).filter(|(_, path)| path.is_file()));
    let mut pieces = Vec::new();
    for (name, path) in &sources {
        let (bytes, sha256) = measure(path)?;
        pieces.push(Piece { name: (*name).to_owned(), bytes, sha256 });
    }
    let contents = Contents { made_at: clock::now_s(), root_fingerprint, files: pieces };
    let failed = |why: std::io::Error| Failure::machine(format!("write {}", out.display()), why);
    let head = serde_json::to_string(&contents).map_err(|why| Failure::machine("write the contents", why))?;
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(out).map_err(failed)?;
    let mut writer = BufWriter::with_capacity(CHUNK, file);
    writeln!(writer, "{MAGIC}\n{head}").map_err(failed)?;
    for (_, path) in &sources {
        let mut source = File::open(path).map_err(failed)?;
        std::io::copy(&mut source, &mut writer).map_err(failed)?;
    }
    let file = writer.into_inner().map_err(|why| failed(why.into_error()))?;
    file.sync_all().and_then(|()| files::sync_folder(out)).map_err(failed)?;
    Ok(contents)
}

/// Runs `yima restore`.
pub fn restore(restore: &Restore) -> Done {
    let contents = verify(&restore.file, None)?;
    if !restore.verify {
        let empty = std::fs::read_dir(&restore.dir).map_or(true, |mut entries| entries.next().is_none());
        if !empty {
            return Err(Failure::bad_input(format!(
                "{} is not empty: restore into a new directory",
                restore.dir.display()
            )));
        }
        files::folder(&restore.dir)?;
        verify(&restore.file, Some(&restore.dir))?;
    }
    say::line(&format!("备份完好，做于 · whole, made {}", clock::shown(contents.made_at)));
    say::line(&format!("根指纹 root {}", contents.root_fingerprint));
    if !restore.verify {
        if let Some(label) = yima_province::token_of(&restore.dir) {
            say::remark(&format!(
                "它的密钥在密码模块 {label} 里：要连上那个模块才能用 · its keys lie in that token: connect it"
            ));
        }
        say::line(&format!("已恢复到 · restored into {}", restore.dir.display()));
        say::remark(&format!(
            "开机前把最新的 {ERASURES_FILE} 放进去：已注销的人会再忘一遍 · before it serves, lay the newest {ERASURES_FILE} into it: who was deleted is forgotten again"
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads a backup to its end and compares every piece; with a directory it writes the pieces there as it goes.
fn verify(path: &Path, into: Option<&Path>) -> Result<Contents, Failure> {
    let damaged = |why: &str| Failure::could_not(format!("{} is no whole backup: {why}", path.display()));
    let file =
        File::open(path).map_err(|why| Failure::bad_input(format!("failed to open {}: {why}", path.display())))?;
    let mut reader = BufReader::with_capacity(CHUNK, file);
    if read_line(&mut reader).as_deref() != Some(MAGIC) {
        return Err(damaged("it does not begin as one"));
    }
    let head = read_line(&mut reader).ok_or_else(|| damaged("its contents are missing"))?;
    let contents: Contents = serde_json::from_str(&head).map_err(|_| damaged("its contents can't be read"))?;
    for piece in &contents.files {
        let known = piece.name == DATABASE || KEPT.contains(&piece.name.as_str());
        if !known {
            return Err(damaged("it holds a file of another name"));
        }
        let mut target = into.map(|folder| create(&folder.join(&piece.name))).transpose()?;
        let digest = pass(&mut reader, piece.bytes, target.as_mut()).map_err(|why| damaged(&why.to_string()))?;
        if digest != piece.sha256 {
            return Err(damaged(&format!("{} was changed", piece.name)));
        }
        if let Some(target) = target {
            target.sync_all().map_err(|why| Failure::machine("write the restored file", why))?;
        }
    }
    let mut rest = [0];
    match reader.read(&mut rest) {
        Ok(0) => Ok(contents),
        _ => Err(damaged("something follows its end")),
    }
}

fn create(path: &Path) -> Result<File, Failure> {
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    made.map_err(|why| Failure::machine(format!("write {}", path.display()), why))
}

/// Copies so many bytes, and gives their SHA-256 in hex.
fn pass(reader: &mut impl Read, bytes: u64, mut target: Option<&mut File>) -> std::io::Result<String> {
    let mut digest = Sha256::new();
    let mut left = bytes;
    let mut chunk = vec![0; CHUNK];
    while left > 0 {
        let wanted = chunk.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        reader.read_exact(&mut chunk[..wanted])?;
        digest.update(&chunk[..wanted]);
        if let Some(target) = target.as_deref_mut() {
            target.write_all(&chunk[..wanted])?;
        }
        left -= wanted as u64;
    }
    Ok(hex::encode(digest.finalize()))
}

fn measure(path: &Path) -> Result<(u64, String), Failure> {
    let failed = |why: std::io::Error| Failure::machine(format!("read {}", path.display()), why);
    let mut file = File::open(path).map_err(failed)?;
    let bytes = file.metadata().map_err(failed)?.len();
    Ok((bytes, pass(&mut file, bytes, None).map_err(failed)?))
}

/// A line of at most [`CONTENTS_BYTES_MAX`] bytes, without its end.
fn read_line(reader: &mut impl Read) -> Option<String> {
    let mut line = Vec::new();
    let mut byte = [0];
    while line.len() < CONTENTS_BYTES_MAX {
        reader.read_exact(&mut byte).ok()?;
        if byte[0] == b'\n' {
            return String::from_utf8(line).ok();
        }
        line.push(byte[0]);
    }
    None
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(end);
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::{Contents, MAGIC, Piece, verify};
    use sha2::{Digest, Sha256};

    fn whole() -> Vec<u8> {
        let piece = |name: &str, text: &str| Piece {
            name: name.to_owned(),
            bytes: text.len() as u64,
            sha256: hex::encode(Sha256::digest(text.as_bytes())),
        };
        let files = vec![piece("yima.db", "rows"), piece("keys.yima", "sealed")];
        let contents = Contents { made_at: 1, root_fingerprint: "aa".to_owned(), files };
        format!("{MAGIC}\n{}\nrowssealed", serde_json::to_string(&contents).expect("json")).into_bytes()
    }

    #[test]
    fn a_backup_is_taken_whole_or_not_at_all() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("b");
        std::fs::write(&path, whole()).expect("written");
        let into = folder.path().join("restored");
        std::fs::create_dir(&into).expect("made");
        verify(&path, Some(&into)).expect("whole");
        assert_eq!(std::fs::read(into.join("yima.db")).expect("read"), b"rows");
        let bytes = whole();
        for end in 0..bytes.len() {
            std::fs::write(&path, &bytes[..end]).expect("cut");
            assert!(verify(&path, None).is_err(), "cut at {end}");
        }
        for at in bytes.len() - 10..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            std::fs::write(&path, &changed).expect("changed");
            assert!(verify(&path, None).is_err(), "changed at {at}");
        }
        let named = String::from_utf8(whole()).expect("text").replace("keys.yima", "../escape");
        std::fs::write(&path, named).expect("written");
        assert!(verify(&path, None).is_err(), "a name outside the directory");
    }
}

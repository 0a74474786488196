//! `yima key offline`, `holder` and `passphrase`: the files in which people keep the keys of a signing role.
//! A passphrase that the program makes is printed once and kept nowhere.

use crate::ceremony;
use crate::commands::bundle_sign::not_opened;
use crate::commands::code::fingerprint;
use crate::commands::key_rotate::role_named;
use crate::config::{Door, Home, Secret, settle};
use crate::failure::{Done, Failure};
use crate::machine::{chance, clock, files};
use crate::say;
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use yima_kernel::subject::Actor;
use yima_keys::custody::{Argon2Cost, Custody, FileCustody, KeyUse, Lock, SealSuite};
use yima_keys::{PublicKey, Suite};
use yima_province::{Holder, KEY_FILE, KeyPlace, Province, ROOT_LABEL};

/// Letters of a passphrase that the program makes: none that look alike, so 31 of them, in groups of five.
const LETTERS: &[u8; 31] = b"23456789abcdefghjkmnpqrstuvwxyz";
/// Groups: 25 letters are 123 bits.
const GROUPS: usize = 5;

/// Which role, and where to.
#[derive(Args)]
pub struct Offline {
    #[command(flatten)]
    home: Home,
    /// root, keys or manifests
    #[arg(long)]
    role: String,
    /// A folder for one file a holder
    #[arg(long)]
    out: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// For which role of which province.
#[derive(Args)]
pub struct NewHolder {
    /// root, keys or manifests
    #[arg(long)]
    role: String,
    /// The root fingerprint of the province, hex; compare it face to face
    #[arg(long)]
    root: String,
    /// The new key file; its public half goes beside it, in OUT.pub
    #[arg(long)]
    out: PathBuf,
    /// A file that holds the passphrase [or YIMA_PASSPHRASE, or the first line of standard input]
    #[arg(long, env = "YIMA_PASSPHRASE_FILE")]
    passphrase_file: Option<PathBuf>,
}

/// Whose passphrase, and the new one.
#[derive(Args)]
pub struct Passphrase {
    #[command(flatten)]
    home: Home,
    /// A holder's key file [default: the province's]
    #[arg(long)]
    key: Option<PathBuf>,
    /// A file that holds the new passphrase [or YIMA_NEW_PASSPHRASE]
    #[arg(long, env = "YIMA_NEW_PASSPHRASE_FILE")]
    new_passphrase_file: Option<PathBuf>,
}

/// Runs `yima key offline`.
pub async fn offline(offline: &Offline) -> Done {
    let used_for = role_named(&offline.role)?;
    let province = offline.home.open().await?;
    let done = take_offline(&province, used_for, offline).await;
    province.close().await;
    done.map(|()| ExitCode::SUCCESS)
}

async fn take_offline(province: &Province, used_for: KeyUse, offline: &Offline) -> Result<(), Failure> {
    let refused = |why: yima_province::DeedError| Failure::refused(format!("nothing was moved: {why}"));
    let count = province.keys_at_hand(used_for).map_err(refused)?;
    files::folder(&offline.out)?;
    let path = |number: usize| offline.out.join(format!("{}-{number}.yima", offline.role));
    let made: Vec<(PathBuf, String)> = (1..=count).map(|number| (path(number), phrase())).collect();
    let holders = made.iter().map(|(file, phrase)| Holder { file: file.clone(), lock: Lock::passphrase(phrase) });
    let ids = province.take_offline(&Actor::System, used_for, holders.collect()).await.map_err(refused)?;
    let rows = made.iter().zip(&ids);
    if offline.json {
        let rows: Vec<_> = rows
            .map(|((file, phrase), id)| {
                serde_json::json!({"file": file.display().to_string(), "key_id": id.to_string(), "passphrase": phrase})
            })
            .collect();
        say::json(&serde_json::json!({ "role": offline.role, "holders": rows }));
        return Ok(());
    }
    say::line(&format!(
        "{} 已离线：每个保管人一个文件、一个口令（口令只显示这一次） · offline: a file and a passphrase a holder (shown this once)",
        offline.role
    ));
    for ((file, phrase), id) in rows {
        say::line(&format!("  {}  {id}  口令 passphrase {phrase}", file.display()));
    }
    say::remark(
        "请把文件分给保管人，各自换口令（yima key passphrase --key FILE），再删掉这里的文件和旧备份 · hand the files out, \
         let each holder change the passphrase, then delete the files here and backups from before",
    );
    Ok(())
}

/// Runs `yima key holder`.
pub fn holder(new: &NewHolder) -> Done {
    let used_for = role_named(&new.role)?;
    if used_for == KeyUse::ListsTime {
        return Err(Failure::bad_input("the lists-time role signs every few minutes and has no offline holder"));
    }
    let root = fingerprint(&new.root)?;
    let public_file = beside(&new.out);
    if public_file.exists() {
        return Err(Failure::bad_input(format!("{} exists already and is not overwritten", public_file.display())));
    }
    let secret = super::bundle_sign::passphrase(new.passphrase_file.as_deref())?;
    let rng = &mut chance::source();
    let lock = Lock::passphrase(secret.expose());
    let file = FileCustody::create(&new.out, SealSuite::Aes256Gcm, &lock, Argon2Cost::default(), rng);
    let file = file.map_err(not_opened)?;
    file.set_label(&format!("{ROOT_LABEL}{}", hex::encode(root)), rng).map_err(not_opened)?;
    let made = file.generate(used_for, Suite::Es256, clock::now_s(), rng).map_err(not_opened)?;
    let public = PublicKey::parse(made.suite, &made.public).map_err(|why| Failure::could_not(why.to_string()))?;
    ceremony::write_public(&public_file, &new.role, &public)?;
    let id = yima_code::bundle::KeyId::of(&public);
    say::line(&format!("{} {id}", new.out.display()));
    say::line(&format!("公钥交给平台 · hand this to the platform: {}", public_file.display()));
    Ok(ExitCode::SUCCESS)
}

/// Runs `yima key passphrase`.
pub async fn passphrase(change: &Passphrase) -> Done {
    let given = std::env::var("YIMA_NEW_PASSPHRASE").ok();
    let new = Secret::either(given, change.new_passphrase_file.as_deref())?.filter(|new| !new.expose().is_empty());
    let new = new.ok_or_else(|| {
        Failure::bad_input(
            "no new passphrase: set YIMA_NEW_PASSPHRASE_FILE, YIMA_NEW_PASSPHRASE or --new-passphrase-file",
        )
    })?;
    let lock = Lock::passphrase(new.expose());
    match &change.key {
        Some(file) => {
            let old = super::bundle_sign::passphrase(change.home.passphrase_file.as_deref())?;
            relock(file, old.expose(), &lock)?;
        }
        None => relock_province(&change.home, lock).await?,
    }
    say::line("口令已换 · the passphrase is changed");
    Ok(ExitCode::SUCCESS)
}

async fn relock_province(home: &Home, lock: Lock) -> Result<(), Failure> {
    let settled = settle(home, &Door::default())?;
    if let Some(token) = &settled.token {
        return Err(Failure::bad_input(format!(
            "the keys lie in the token {}: change its PIN with the module's own tools",
            token.label
        )));
    }
    relock(&settled.dir.join(KEY_FILE), settled.passphrase()?.expose(), &lock)?;
    let opened = Province::open(settled.setup(KeyPlace::File(lock))?).await;
    let province = opened.map_err(crate::config::not_opened)?;
    let recorded = province.record_new_passphrase(&Actor::System).await;
    province.close().await;
    recorded
        .map_err(|why| Failure::could_not(format!("the passphrase is changed, but that was not recorded: {why}")))?;
    if settled.own_passphrase_path().exists() {
        say::remark(&format!(
            "{} 里是旧口令，请删掉，并设 YIMA_PASSPHRASE_FILE；正在运行的服务要重启 · that file holds the old one: delete it, \
             set YIMA_PASSPHRASE_FILE, and restart a server that runs",
            settled.own_passphrase_path().display()
        ));
    }
    Ok(())
}

fn relock(file: &Path, old: &str, new: &Lock) -> Result<(), Failure> {
    let custody = FileCustody::open(file, &Lock::passphrase(old)).map_err(not_opened)?;
    custody.relock(new, Argon2Cost::default(), &mut chance::source()).map_err(not_opened)
}

/// A passphrase that a person can copy by hand.
fn phrase() -> String {
    let group =
        || -> String { (0..5).map(|_| char::from(LETTERS[chance::below(LETTERS.len() as u32) as usize])).collect() };
    (0..GROUPS).map(|_| group()).collect::<Vec<_>>().join("-")
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".pub");
    path.with_file_name(name)
}

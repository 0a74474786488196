//! `yima bundle prepare`, `sign` and `admit`: the ceremony of those who sign offline.
//! Signing needs no network and no province: a part, a holder's file, and eyes.

use crate::ceremony;
use crate::config::{Home, Secret};
use crate::failure::{Done, Failure};
use crate::machine::{chance, clock};
use crate::say;
use clap::Args;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use yima_code::bundle::{self, KeyId, KeysBody, KidUse, ManifestsBody, Role, Root, Signature};
use yima_kernel::subject::Actor;
use yima_keys::custody::{Custody, CustodyError, FileCustody, KeyInfo, KeyState, KeyUse, Lock};
use yima_keys::{PublicKey, sha256};
use yima_province::{ROOT_LABEL, SignedPart, Unsigned};

/// What to prepare.
#[derive(Args)]
pub struct Prepare {
    #[command(flatten)]
    home: Home,
    /// keys or manifests
    #[arg(long)]
    part: String,
    /// The file that holders sign
    #[arg(long)]
    out: PathBuf,
    /// For keys: how many days ahead, 35 to 92
    #[arg(long, default_value_t = 35)]
    days: u16,
}

/// What to sign, with whose key.
#[derive(Args)]
pub struct Sign {
    /// The file of `yima bundle prepare` or `yima key rotate`
    #[arg(long = "in")]
    input: PathBuf,
    /// The holder's key file
    #[arg(long)]
    key: PathBuf,
    /// The file with the signature, for `yima bundle admit`
    #[arg(long)]
    out: PathBuf,
    /// A file that holds the key file's passphrase [or YIMA_PASSPHRASE, or the first line of standard input]
    #[arg(long, env = "YIMA_PASSPHRASE_FILE")]
    passphrase_file: Option<PathBuf>,
}

/// What was signed.
#[derive(Args)]
pub struct Admit {
    #[command(flatten)]
    home: Home,
    /// root, keys or manifests
    #[arg(long)]
    part: String,
    /// Signed files, one a holder
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

/// Runs `yima bundle prepare`.
pub async fn prepare(prepare: &Prepare) -> Done {
    let part = part(&prepare.part)?;
    let province = prepare.home.open().await?;
    let made = province.prepare_part(&Actor::System, part, prepare.days).await;
    let made = made.map_err(|why| Failure::refused(format!("the part was not prepared: {why}")))?;
    ceremony::write_part(&prepare.out, &made)?;
    describe(&made)?;
    say::line(&format!("{} · 请带给保管人签名 · carry it to the holders", prepare.out.display()));
    province.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Runs `yima bundle sign`.
pub fn sign(sign: &Sign) -> Done {
    let unsigned = ceremony::read_part(&sign.input)?;
    let lock = Lock::passphrase(passphrase(sign.passphrase_file.as_deref())?.expose());
    let holder = FileCustody::open(&sign.key, &lock).map_err(not_opened)?;
    let root = known_root(&holder, &unsigned)?;
    describe(&unsigned)?;
    let (info, public) = signer(&holder, &unsigned, &root)?;
    let message = unsigned.part.signing_input(&unsigned.body);
    if info.state == KeyState::Assigned {
        // A key that its holder made himself begins to sign with the first root that names it.
        holder.activate(&info.key, clock::now_s(), &mut chance::source()).map_err(not_opened)?;
    }
    let bytes = holder.sign(&info.key, &[&message], &mut chance::source()).map_err(not_opened)?;
    let signature = Signature { key_id: KeyId::of(&public), bytes };
    let mut signed = Unsigned { signatures: unsigned.signatures.clone(), ..unsigned };
    signed.signatures.retain(|one| one.key_id != signature.key_id);
    signed.signatures.push(signature);
    signed.signatures.sort_by_key(|one| one.key_id);
    ceremony::write_part(&sign.out, &signed)?;
    say::line(&format!("已由 {} 签名 · signed by that key: {}", signature.key_id, sign.out.display()));
    Ok(ExitCode::SUCCESS)
}

/// Runs `yima bundle admit`.
pub async fn admit(admit: &Admit) -> Done {
    let part = part(&admit.part)?;
    let signed = ceremony::joined(&admit.files)?;
    if signed.part != part {
        return Err(Failure::bad_input(format!(
            "these files are signatures under the part {}, not {}",
            signed.part.as_str(),
            part.as_str()
        )));
    }
    let province = admit.home.open().await?;
    let taken = province.admit_part(&Actor::System, signed).await;
    let taken = taken.map_err(|why| Failure::refused(why.to_string()))?;
    match taken {
        Some(published) => say::line(&format!("已收下，验码包版本 · taken, bundle version {}", published.version)),
        None => say::line(
            "根已收下，等新保管人签第一份 · the root is taken, and waits for the first part of its new holders: \
             yima bundle prepare --part … , sign, admit",
        ),
    }
    province.close().await;
    Ok(ExitCode::SUCCESS)
}

/// A passphrase: YIMA_PASSPHRASE, a file, or the first line of standard input, which a terminal does not echo.
pub fn passphrase(file: Option<&Path>) -> Result<Secret, Failure> {
    if let Some(secret) = Secret::either(std::env::var("YIMA_PASSPHRASE").ok(), file)? {
        return Ok(secret);
    }
    let text = crate::machine::typed::line("口令 passphrase: ")?;
    Secret::either(Some(text), None)?.ok_or_else(|| Failure::could_not("no passphrase was given"))
}

fn part(word: &str) -> Result<SignedPart, Failure> {
    SignedPart::parse(word).ok_or_else(|| Failure::bad_input(format!("--part `{word}`: give keys, manifests or root")))
}

/// Why a holder's file did not do what it was asked.
pub fn not_opened(why: CustodyError) -> Failure {
    match why {
        CustodyError::Missing(_) | CustodyError::WrongSecret | CustodyError::OtherLock(_) => {
            Failure::bad_input(why.to_string())
        }
        other => Failure::could_not(other.to_string()),
    }
}

/// The newest root, if its chain leads back to the province that this holder's file names.
fn known_root(holder: &FileCustody, unsigned: &Unsigned) -> Result<Root, Failure> {
    let label = holder.label();
    let pinned = label.strip_prefix(ROOT_LABEL).and_then(|hex| hex::decode(hex).ok()?.try_into().ok());
    let pinned: [u8; 32] = pinned.ok_or_else(|| Failure::bad_input("the key file names no province"))?;
    bundle::verified_root(&unsigned.root_part, &pinned).map_err(|why| {
        Failure::refused(format!("not signed: this part is not of the province of this key ({}: {why})", why.word()))
    })
}

/// The holder's key that the part asks for.
fn signer(holder: &FileCustody, unsigned: &Unsigned, root: &Root) -> Result<(KeyInfo, PublicKey), Failure> {
    let next = match unsigned.part {
        SignedPart::Root => Some(Root::parse(&unsigned.body).map_err(unreadable)?),
        _ => None,
    };
    let mut roles: Vec<&Role> = vec![role_of(root, unsigned.part)];
    roles.extend(next.as_ref().map(|next| &next.root));
    let used_for = match unsigned.part {
        SignedPart::Root => KeyUse::Root,
        SignedPart::Keys => KeyUse::Keys,
        SignedPart::Manifests => KeyUse::Manifests,
    };
    for info in holder.list().map_err(not_opened)?.into_iter().filter(|info| info.used_for == used_for) {
        let public = PublicKey::parse(info.suite, &info.public).map_err(|_| unreadable_key())?;
        if roles.iter().any(|role| role.key(KeyId::of(&public)).is_some()) {
            return Ok((info, public));
        }
    }
    Err(Failure::refused(format!(
        "not signed: no key of this file is named for the part {}; another holder's file, or another role's?",
        unsigned.part.as_str()
    )))
}

fn role_of(root: &Root, part: SignedPart) -> &Role {
    match part {
        SignedPart::Root => &root.root,
        SignedPart::Keys => &root.keys,
        SignedPart::Manifests => &root.manifests,
    }
}

/// Says in words what a signature would vouch for.
fn describe(part: &Unsigned) -> Result<(), Failure> {
    say::line(&format!("部分 part        {}", part.part.as_str()));
    say::line(&format!("摘要 SHA-256     {}", hex::encode(sha256(&[&part.body]))));
    match part.part {
        SignedPart::Keys => describe_keys(&KeysBody::parse(&part.body).map_err(unreadable)?),
        SignedPart::Manifests => describe_manifests(&ManifestsBody::parse(&part.body).map_err(unreadable)?),
        SignedPart::Root => {
            let roots = bundle::roots(&part.root_part).map_err(unreadable)?;
            let last = roots.last().ok_or_else(|| unreadable(bundle::BundleError::Malformed))?;
            let before = Root::parse(&last.body).map_err(unreadable)?;
            describe_root(&before, &Root::parse(&part.body).map_err(unreadable)?);
        }
    }
    Ok(())
}

fn describe_keys(keys: &KeysBody) {
    say::line(&format!("版本 version     {}", keys.version));
    say::line(&format!("有效 holds       {} — {}", shown(keys.made_at), shown(keys.expires_at)));
    for issuer in &keys.issuers {
        say::line(&format!("签发方 issuer    {} {} · {}", issuer.region, issuer.name_zh, issuer.name_en));
    }
    let mut daily: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
    for entry in keys.entries.iter().filter(|entry| entry.key_use == KidUse::T1) {
        daily.entry(entry.key.suite().to_string()).or_default().insert(entry.window.from);
    }
    for (suite, days) in &daily {
        let (first, last) = (days.first().copied().unwrap_or(0), days.last().copied().unwrap_or(0));
        say::line(&format!("每日 daily       {suite}: {} 天 days, {} — {}", days.len(), shown(first), shown(last)));
    }
    let mut entries: Vec<_> = keys.entries.iter().collect();
    entries.sort_by_key(|entry| (entry.window.from, entry.key.suite(), entry.kid));
    for entry in entries {
        let used_for = match entry.key_use {
            KidUse::T1 => "t1",
            KidUse::T2 => "t2 纸质 paper",
            KidUse::StatusToken => "status 名单 lists",
        };
        say::line(&format!(
            "  kid {}  {:<8} {:<16} {} — {}  {}",
            hex::encode(entry.kid),
            entry.key.suite().to_string(),
            used_for,
            shown(entry.window.from),
            shown(entry.window.until),
            KeyId::of(&entry.key),
        ));
    }
}

fn describe_manifests(manifests: &ManifestsBody) {
    say::line(&format!("版本 version     {}", manifests.version));
    for scenario in &manifests.scenarios {
        let rule = &scenario.rule;
        say::line(&format!(
            "  场景 scenario {:>4} {:<14} {} · {} ({:?})",
            rule.id, rule.slug, rule.name.zh, rule.name.en, rule.level
        ));
    }
    say::line(&format!("地点 places      {}", manifests.sites.len()));
    for site in &manifests.sites {
        say::line(&format!("  地点 place {:>8} → {:>4} {} · {}", site.site, site.scenario, site.name.zh, site.name.en));
    }
}

fn describe_root(before: &Root, next: &Root) {
    say::line(&format!("版本 version     {} → {}", before.version, next.version));
    say::line(&format!("到期 expires     {}", shown(next.expires_at)));
    say::line(&format!("名称 name        {}", next.name));
    let words = ["root", "keys", "manifests", "lists-time"];
    for ((word, old), new) in words.iter().zip(before.roles()).zip(next.roles()) {
        let mark = if old == new { "不变 same" } else { "换了 CHANGED" };
        say::line(&format!("角色 role        {word:<10} {} / {}  {mark}", new.threshold, new.keys.len()));
        for key in new.keys.iter().filter(|key| !old.keys.contains(key)) {
            say::line(&format!("  + {}", KeyId::of(key)));
        }
        for key in old.keys.iter().filter(|key| !new.keys.contains(key)) {
            say::line(&format!("  - {}", KeyId::of(key)));
        }
    }
}

fn shown(at: u32) -> String {
    clock::shown(i64::from(at))
}

fn unreadable(why: bundle::BundleError) -> Failure {
    Failure::bad_input(format!("the part can't be read: {why} ({})", why.word()))
}

fn unreadable_key() -> Failure {
    Failure::could_not("the key file holds a key that is none of its suite")
}

//! Making a province and opening it again: custody, roles, secrets, first bundle. It does not know the command line.

use crate::Province;
use crate::bundle_job::EPOCH;
use crate::chance::Chance;
use crate::clock::Clock;
use crate::error::DeedError;
use crate::key_place::{self, KeyPlace};
use crate::keyring::{Keyring, SUITES, purpose};
use crate::messenger::Messenger;
use crate::reseal::DataKeys;
use rand::rngs::StdRng;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, RwLock};
use tokio::sync::{Notify, Semaphore};
use yima_code::bundle::{Role, Root, SignedRoot, root_part};
use yima_code::day::Day;
use yima_kernel::scenario::Manifest;
use yima_kernel::subject::Actor;
use yima_keys::Suite;
use yima_keys::custody::{Custody, CustodyError, KeyUse, SecretKey};
use yima_keys::sealed::{SealSuite, Sealer};
use yima_store::{Store, bundle_part, day_key, scenario, setting};

/// A root lives five years.
pub(crate) const ROOT_LIFE_S: u32 = 5 * 366 * 24 * 3600;
/// Secrets stand under names that begin so, wrapped, in hex.
pub(crate) const SECRETS: &str = "secret/";
/// Keys of each role: 5 root, 3 keys, 2 reviewers, 1 online.
pub(crate) const ROLES: [(KeyUse, usize); 4] =
    [(KeyUse::Root, 5), (KeyUse::Keys, 3), (KeyUse::Manifests, 2), (KeyUse::ListsTime, 1)];

/// What a province is made of.
pub struct Setup {
    /// Data directory: `yima.db` (when no database is named) and `keys.yima` (or the name of a token).
    pub dir: PathBuf,
    /// `postgres://…`; SQLite in the directory when absent.
    pub database: Option<String>,
    /// Where the private keys are, and what opens them.
    pub keys: KeyPlace,
    /// Where time comes from.
    pub clock: Arc<dyn Clock>,
    /// A fixed seed for tests; the operating system's randomness when absent.
    pub seed: Option<[u8; 32]>,
    /// Where one-time passwords go.
    pub messenger: Arc<dyn Messenger>,
    /// Invented data, marked so; the custody's passphrase is hashed lightly.
    pub demo: bool,
}

/// A province could not be made or opened.
#[derive(Debug)]
pub enum OpenError {
    /// There is one already.
    Exists(PathBuf),
    /// There is none here; make one with `yima init`.
    Missing(PathBuf),
    /// The directory cannot be used.
    Directory(String),
    /// The keys cannot be opened.
    Keys(String),
    /// The keys' file or token refused.
    Custody(CustodyError),
    /// The store cannot be opened.
    Store(String),
    /// The first bundle could not be made.
    Bundle(String),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exists(dir) => write!(f, "{} holds a province already; choose another directory", dir.display()),
            Self::Missing(dir) => write!(f, "{} holds no province; make one with `yima init`", dir.display()),
            Self::Directory(why) => write!(f, "failed to use the directory: {why}"),
            Self::Keys(why) => write!(f, "failed to open the keys: {why}"),
            Self::Custody(why) => write!(f, "failed to open the keys: {why}"),
            Self::Store(why) => write!(f, "{why}"),
            Self::Bundle(why) => write!(f, "failed to make the first bundle: {why}"),
        }
    }
}

impl std::error::Error for OpenError {}

impl Province {
    /// Makes a province: keys of all roles, secrets, the manifests given, and a first bundle.
    ///
    /// # Errors
    /// [`OpenError`]; a directory that holds one already is not touched.
    pub async fn init(setup: Setup, manifests: &[String]) -> Result<Self, OpenError> {
        std::fs::create_dir_all(&setup.dir).map_err(|e| OpenError::Directory(e.to_string()))?;
        if key_place::has_keys(&setup.dir) {
            return Err(OpenError::Exists(setup.dir));
        }
        let chance = Chance::new(setup.seed).map_err(OpenError::Keys)?;
        let mut rng = chance.rng();
        let custody = key_place::create(&setup, &chance)?;
        let now_us = setup.clock.now_us();
        make_roles(custody.as_ref(), now_us / 1_000_000, &mut rng).map_err(OpenError::Custody)?;
        let store = open_store(&setup).await?;
        let keyring = Keyring::new(custody);
        furnish(&store, &keyring, now_us, manifests, &mut rng).await.map_err(|e| OpenError::Bundle(e.to_string()))?;
        let province = Self::assembled(setup, store, keyring, chance).await?;
        province.publish_bundle(&Actor::System).await.map_err(|e| OpenError::Bundle(e.to_string()))?;
        Ok(province)
    }

    /// Opens the province of a directory, with the bundle that was published last: looking changes nothing.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(setup: Setup) -> Result<Self, OpenError> {
        if !key_place::has_keys(&setup.dir) {
            return Err(OpenError::Missing(setup.dir));
        }
        let chance = Chance::new(setup.seed).map_err(OpenError::Keys)?;
        let custody = key_place::open(&setup)?;
        let store = open_store(&setup).await?;
        let province = Self::assembled(setup, store, Keyring::new(custody), chance).await?;
        province.apply_erasures().await.map_err(|e| OpenError::Store(e.to_string()))?;
        province.take_up().await.map_err(|e| OpenError::Bundle(e.to_string()))?;
        Ok(province)
    }

    async fn assembled(setup: Setup, store: Store, keys: Keyring, chance: Chance) -> Result<Self, OpenError> {
        let mut rng = chance.rng();
        Secrets::complete(&store, keys.custody(), &mut rng).await.map_err(|e| OpenError::Keys(e.to_string()))?;
        let secrets = Secrets::read(&store, keys.custody()).await.map_err(|e| OpenError::Keys(e.to_string()))?;
        let data = DataKeys::read(&store, keys.custody()).await.map_err(|e| OpenError::Keys(e.to_string()))?;
        let sealer = Sealer::new(SealSuite::Aes256Gcm, &data.keys, data.current, &secrets.index)
            .map_err(|e| OpenError::Keys(e.to_string()))?;
        let seals = crate::row_seal::RowSealer::new(&secrets.seal);
        store.seal_by(Arc::new(seals.clone()));
        let (epoch, line) = (chance.bytes(), chance.bytes());
        let erasures = crate::erase::list_in(&setup.dir);
        let province = Self {
            store,
            dir: setup.dir,
            keys,
            sealer: Arc::new(sealer),
            live: RwLock::new(None),
            clock: setup.clock,
            chance,
            messenger: setup.messenger,
            pepper: secrets.pepper,
            pairwise: secrets.pairwise,
            seals,
            site: crate::signing_in::Site::default(),
            messages: crate::signing_in::MessageGuard::default(),
            networks: crate::signing_in::Networks::default(),
            guardians: crate::guardians::Guardians::default(),
            hash_permits: Arc::new(Semaphore::new(crate::SIGN_IN_HASH_MIB / crate::HASH_MIB)),
            line: crate::signing_in::WaitingRoom::new(line, crate::SIGN_IN_HASH_MIB / crate::HASH_MIB),
            crowds: RwLock::default(),
            min_holders: crate::MIN_HOLDERS,
            terms: yima_kernel::rights::Terms::default(),
            erasures,
            bundle_due: Notify::new(),
            token_ring: RwLock::new(None),
            clients: crate::clients::Clients::default(),
            proofs: crate::proofs::Proofs::new(epoch),
            issuer: std::sync::OnceLock::new(),
            demo: setup.demo,
        };
        province.turn_token_keys().await.map_err(|e| OpenError::Keys(e.to_string()))?;
        province.ensure_crowds().await.map_err(|e| OpenError::Store(e.to_string()))?;
        Ok(province)
    }
}

async fn open_store(setup: &Setup) -> Result<Store, OpenError> {
    let url = match &setup.database {
        Some(url) => url.clone(),
        None => format!("sqlite:{}", setup.dir.join("yima.db").display()),
    };
    Store::open(&url).await.map_err(|e| OpenError::Store(e.to_string()))
}

fn make_roles(custody: &dyn Custody, at_s: i64, rng: &mut StdRng) -> Result<(), CustodyError> {
    for (used_for, count) in ROLES {
        for _ in 0..count {
            let made = custody.generate(used_for, Suite::Es256, at_s, rng)?;
            custody.activate(&made.key, at_s, rng)?;
        }
    }
    Ok(())
}

/// Writes what a new province needs: secrets, root, long-lived keys, manifests.
async fn furnish(
    store: &Store,
    keys: &Keyring,
    now_us: i64,
    manifests: &[String],
    rng: &mut StdRng,
) -> Result<(), DeedError> {
    let now = u32::try_from(now_us / 1_000_000).map_err(DeedError::internal)?;
    let secrets = Secrets::fresh(keys.custody(), rng)?;
    let root = first_root(keys, now, rng)?;
    let day = Day::of(now);
    let mut long = Vec::new();
    for suite in SUITES {
        long.push(keys.make_long(purpose::T2, suite, day, now_us, rng)?);
    }
    long.push(keys.make_long(purpose::STATUS, Suite::Es256, day, now_us, rng)?);
    let mut parsed = Vec::new();
    for text in manifests {
        let manifest = Manifest::parse(text).map_err(|e| DeedError::internal(format!("a shipped manifest: {e}")))?;
        parsed.push((manifest, text.clone()));
    }
    store
        .deed(move |tx| {
            Box::pin(async move {
                for (name, wrapped) in &secrets {
                    setting::set(tx, name, wrapped).await?;
                }
                let part = bundle_part::Part { name: "root".to_owned(), version: 1, bytes: root, published_at: now_us };
                bundle_part::publish(tx, &part).await?;
                for key in &long {
                    day_key::insert(tx, key).await?;
                }
                for (manifest, text) in &parsed {
                    first_version(tx, manifest, text, now_us).await?;
                }
                Ok::<_, DeedError>(())
            })
        })
        .await
}

async fn first_version(tx: &mut yima_store::Tx, manifest: &Manifest, text: &str, at: i64) -> Result<(), DeedError> {
    let version = scenario::propose(tx, &manifest.slug, manifest.id, text, "system", at).await?;
    let review = scenario::Review { by: "system:init", approve: true, note: "shipped with the program", at };
    scenario::review(tx, &manifest.slug, version, review).await?;
    Ok(())
}

fn first_root(keys: &Keyring, now: u32, rng: &mut StdRng) -> Result<Vec<u8>, DeedError> {
    let root = Root {
        version: 1,
        epoch: EPOCH,
        expires_at: now.saturating_add(ROOT_LIFE_S),
        name: "Yima".to_owned(),
        root: keys.role(KeyUse::Root, 3)?,
        keys: keys.role(KeyUse::Keys, 2)?,
        manifests: keys.role(KeyUse::Manifests, 2)?,
        lists: keys.role(KeyUse::ListsTime, 1)?,
        ledger: Vec::new(),
        witnesses: Role::new(0, Vec::new()),
    };
    let body = root.to_bytes().map_err(DeedError::internal)?;
    let signatures = keys.sign_as(KeyUse::Root, &root.root, &Root::signing_input(&body), rng)?;
    root_part(&[SignedRoot { body, signatures }]).map_err(DeedError::internal)
}

/// Long-lived secrets, wrapped in the store under the custody.
struct Secrets {
    index: SecretKey<32>,
    pepper: SecretKey<32>,
    pairwise: SecretKey<32>,
    seal: SecretKey<32>,
}

impl Secrets {
    const NAMES: [&str; 5] = ["secret/data/1", "secret/index", "secret/pepper", "secret/pairwise/1", "secret/seal/1"];
    /// Those that a province of before them is given when it is opened.
    const LATER: [&str; 1] = ["secret/seal/1"];

    fn fresh(custody: &dyn Custody, rng: &mut StdRng) -> Result<Vec<(&'static str, String)>, DeedError> {
        let mut rows = Vec::new();
        for name in Self::NAMES {
            let key = SecretKey::<32>::generate(rng);
            rows.push((name, hex::encode(key.wrap(custody, name, rng).map_err(DeedError::internal)?)));
        }
        Ok(rows)
    }

    /// Makes those that came after this province was made; of two programs that open it at once one makes them.
    async fn complete(store: &Store, custody: &dyn Custody, rng: &mut StdRng) -> Result<(), DeedError> {
        let standing = store.read::<_, DeedError, _>(|tx| Box::pin(async move { Ok(setting::all(tx).await?) })).await?;
        for name in Self::LATER.into_iter().filter(|name| !standing.iter().any(|(there, _)| there == name)) {
            let wrapped = SecretKey::<32>::generate(rng).wrap(custody, name, rng).map_err(DeedError::internal)?;
            let wrapped = hex::encode(wrapped);
            store
                .deed::<_, DeedError, _>(move |tx| {
                    Box::pin(async move { Ok(setting::set_new(tx, name, &wrapped).await?) })
                })
                .await?;
        }
        Ok(())
    }

    async fn read(store: &Store, custody: &dyn Custody) -> Result<Self, DeedError> {
        let rows = store
            .read::<_, DeedError, _>(|tx| {
                Box::pin(async move {
                    let mut rows = Vec::new();
                    for name in Self::NAMES {
                        let text = setting::get(tx, name).await?;
                        rows.push(text.ok_or_else(|| DeedError::internal(format!("the store holds no {name}")))?);
                    }
                    Ok(rows)
                })
            })
            .await?;
        let mut keys = Self::NAMES.iter().zip(&rows).map(|(name, text)| {
            let wrapped = hex::decode(text).map_err(DeedError::internal)?;
            SecretKey::<32>::unwrap(custody, name, &wrapped).map_err(DeedError::internal)
        });
        let mut next = || keys.next().unwrap_or_else(|| Err(DeedError::internal("a secret is missing")));
        // The data key is read with those that came after it.
        next()?;
        Ok(Self { index: next()?, pepper: next()?, pairwise: next()?, seal: next()? })
    }
}

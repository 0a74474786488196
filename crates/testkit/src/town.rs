//! The town: a province with a few residents and three operators, served on a loopback port, its clock standing still.
//! It does not know stories.

use crate::door::Door;
use crate::log;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use std::io::Cursor;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;
use yima_kernel::assurance::Acr;
use yima_kernel::id::{AccountId, OperatorId};
use yima_kernel::subject::{Actor, Role};
use yima_keys::custody::Lock;
use yima_province::clock::FrozenClock;
use yima_province::demo::{self, Synthetic};
use yima_province::{Format, Import, Inbox, KeyPlace, NewOperator, OpenSession, Province, Setup};
use yima_server::Config;

/// 2026-11-23 10:00:00 in Shanghai, a Monday.
const MORNING: i64 = 1795399200;
const RESIDENTS: u32 = 8;
const SEED: u64 = 7;

/// Which database stands behind the town.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Database {
    /// A file in the town's own folder.
    Sqlite,
    /// A fresh database beside the one of this address.
    Postgres(String),
}

impl Database {
    /// SQLite, and PostgreSQL where `YIMA_TEST_POSTGRES` names one.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let postgres = std::env::var("YIMA_TEST_POSTGRES").ok().map(Self::Postgres);
        std::iter::once(Self::Sqlite).chain(postgres).collect()
    }
}

/// A running town.
pub struct Town {
    /// What is behind the door, for what only the command line does.
    pub province: Arc<Province>,
    /// Stands still until moved.
    pub clock: Arc<FrozenClock>,
    /// The public door.
    pub door: Door,
    /// The residents: names and numbers of nobody real.
    pub residents: Vec<Synthetic>,
    /// The system, security and audit operators.
    pub operators: [NewOperator; 3],
    folder: TempDir,
    database: Option<String>,
    stop: Box<dyn Fn() + Send + Sync>,
}

impl Drop for Town {
    fn drop(&mut self) {
        (self.stop)();
    }
}

impl Town {
    /// Builds and opens a town.
    pub async fn open(database: &Database) -> Self {
        Self::with_residents(database, RESIDENTS).await
    }

    /// The same with so few places in the lane for draws.
    pub async fn with_draws_at_once(database: &Database, residents: u32, draws_at_once: u32) -> Self {
        Self::served(database, residents, Some(draws_at_once), None).await
    }

    /// The same with so much memory for password hashes, MiB.
    pub async fn with_sign_in_hash_mib(database: &Database, mib: usize) -> Self {
        Self::served(database, RESIDENTS, None, Some(mib)).await
    }

    /// The same with more residents.
    pub async fn with_residents(database: &Database, residents: u32) -> Self {
        Self::served(database, residents, None, None).await
    }

    /// The same at another moment, for programs of others that look at a clock of their own.
    pub async fn open_at(database: &Database, at_s: i64) -> Self {
        Self::served_at(database, RESIDENTS, (None, None), at_s).await
    }

    async fn served(database: &Database, residents: u32, draws_at_once: Option<u32>, hash_mib: Option<usize>) -> Self {
        Self::served_at(database, residents, (draws_at_once, hash_mib), MORNING).await
    }

    async fn served_at(
        database: &Database,
        residents: u32,
        (draws_at_once, hash_mib): (Option<u32>, Option<usize>),
        at_s: i64,
    ) -> Self {
        log::keep();
        let folder = TempDir::new().unwrap();
        let clock = Arc::new(FrozenClock::at(at_s));
        let database = fresh(database).await;
        let setup = setup(folder.path(), database.clone(), &clock, 7);
        // Three residents: nobody could hide among ten thousand.
        let province = Province::init(setup, &manifests()).await.unwrap().with_min_holders(1);
        let province = Arc::new(match hash_mib {
            Some(mib) => province.with_sign_in_hash_mib(mib),
            None => province,
        });
        settle(&province, residents).await;
        let operators = [
            hired(&province, "system", Role::System).await,
            hired(&province, "security", Role::Security).await,
            hired(&province, "audit", Role::Audit).await,
        ];
        let config = Config { draws_at_once, ..Config::plain(SocketAddr::from(([127, 0, 0, 1], 0))) };
        let listening = yima_server::bind(config).unwrap();
        let door = Door::at(&listening.url());
        province.serve_as(&listening.public_url());
        let stop = Box::new(listening.stopper());
        tokio::spawn(listening.serve(Arc::clone(&province)));
        let residents = demo::residents(SEED, residents).collect();
        Self { province, clock, door, residents, operators, folder, database, stop }
    }

    /// Unix seconds of the town.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.province.now_s()
    }

    /// Ids of the residents' accounts.
    pub async fn accounts(&self) -> Vec<String> {
        let clerk = Actor::Operator { operator: OperatorId::new(0, [0; 10]), role: Role::System };
        let (mut ids, mut after) = (Vec::new(), None);
        loop {
            let page = self.province.find_residents(&clerk, None, None, after.as_deref()).await.unwrap();
            ids.extend(page.items.into_iter().map(|row| row.id));
            after = page.next;
            if after.is_none() {
                return ids;
            }
        }
    }

    /// Another process over the same database and keys, as a second server or a command is one.
    ///
    /// # Panics
    /// When it can't be opened.
    pub async fn beside(&self, seed: u8) -> Province {
        let setup = setup(self.folder.path(), self.database.clone(), &self.clock, seed);
        Province::open(setup).await.unwrap().with_min_holders(1)
    }

    /// A connection of one's own to the town's PostgreSQL, to hold what a deed under way would hold.
    ///
    /// # Panics
    /// When it can't be opened.
    pub async fn postgres(&self) -> Option<PgConnection> {
        match &self.database {
            Some(url) => Some(PgConnection::connect(url).await.unwrap()),
            None => None,
        }
    }

    /// Signs a resident in without any proof; the cookie header of their browser, which holds a browser cookie too.
    ///
    /// # Panics
    /// When the account is not in good standing.
    pub async fn sign_in(&self, account: &str, acr: Acr) -> String {
        let wish = OpenSession {
            account: AccountId::parse(account).unwrap(),
            acr,
            amr: vec!["test"],
            label: "Chromium · Linux".to_owned(),
            authenticator: None,
            known_device: true,
        };
        let opened = self.province.open_person_session(wish).await.unwrap();
        format!("ys={}; yb=a-browser-of-the-town", opened.token)
    }

    /// The mark that forms of the browser with this cookie header carry.
    #[must_use]
    pub fn form_mark(&self, cookies: &str) -> String {
        let value = |name: &str| {
            let pairs = cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
            pairs.filter(|(of, _)| *of == name).map(|(_, value)| value.to_owned()).next().unwrap_or_default()
        };
        self.province.form_mark(&value("yb"), &value("ys"))
    }

    /// The town's own database, for rows that no door makes today.
    ///
    /// # Panics
    /// When it can't be opened.
    pub async fn store(&self) -> yima_store::Store {
        let file = format!("sqlite:{}", self.folder.path().join("yima.db").display());
        yima_store::Store::open(self.database.as_deref().unwrap_or(&file)).await.unwrap()
    }

    /// The town's folder, with database and keys.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }
}

fn setup(dir: &Path, database: Option<String>, clock: &Arc<FrozenClock>, seed: u8) -> Setup {
    Setup {
        dir: dir.to_owned(),
        database,
        keys: KeyPlace::File(Lock::passphrase("town")),
        clock: Arc::<FrozenClock>::clone(clock),
        seed: Some([seed; 32]),
        messenger: Arc::new(Inbox::default()),
        demo: true,
    }
}

/// Imports so many invented residents.
///
/// # Panics
/// When one is not taken.
pub async fn settle(province: &Province, residents: u32) {
    let csv = demo::csv(SEED, residents);
    let import = Import {
        file_hash: yima_keys::sha256(&[csv.as_bytes()]),
        source: String::new(),
        signature: None,
        reader: Box::new(Cursor::new(csv)),
        format: Format::Csv,
        rejects: Box::new(std::io::sink()),
        proofing: 2,
    };
    let imported = province.import_residents(&Actor::System, import, |_| {}).await.unwrap();
    assert_eq!(imported.total.inserted, u64::from(residents));
}

async fn hired(province: &Province, name: &str, role: Role) -> NewOperator {
    province.add_operator(&Actor::System, name, &format!("staff of {name}"), role).await.unwrap()
}

/// The manifests that ship with the program.
///
/// # Panics
/// When they are not where the repository has them.
#[must_use]
pub fn manifests() -> Vec<String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let toml = files.iter().filter(|path| path.extension().is_some_and(|e| e == "toml"));
    toml.map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

async fn fresh(database: &Database) -> Option<String> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let Database::Postgres(url) = database else { return None };
    let name = format!("yima_town_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let mut admin = PgConnection::connect(url).await.unwrap();
    admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    let (server, _) = url.rsplit_once('/').unwrap();
    Some(format!("{server}/{name}"))
}

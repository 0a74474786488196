//! Databases to tell stories on, and residents to tell them about.
//! It does not know the stories.

use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::future::BoxFuture;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tempfile::TempDir;
use yima_store::{Store, StoreError, Tx, account, device, uses};

/// A fresh SQLite file, gone with the directory.
pub async fn sqlite() -> (Store, TempDir) {
    let dir = TempDir::new().unwrap();
    let store = Store::open(&address(dir.path())).await.unwrap();
    (store, dir)
}

pub fn address(dir: &Path) -> String {
    format!("sqlite:{}", dir.join("yima.db").display())
}

/// A fresh database in the cluster of `YIMA_TEST_POSTGRES`, or in a throw-away one.
pub async fn postgres() -> Store {
    postgres_at().await.0
}

/// The same with its address.
pub async fn postgres_at() -> (Store, String) {
    let url = empty_postgres().await;
    (Store::open(&url).await.unwrap(), url)
}

/// The address of a database without tables.
pub async fn empty_postgres() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    let url = std::env::var("YIMA_TEST_POSTGRES").unwrap_or_else(|_| CLUSTER.get_or_init(Cluster::start).url.clone());
    let name = format!("yima_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let mut admin = PgConnection::connect(&url).await.unwrap();
    admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    let (server, _) = url.rsplit_once('/').unwrap();
    format!("{server}/{name}")
}

/// A PostgreSQL that lives as long as this process: a shell waits for the pipe to close, however
/// the process ends, and takes everything away.
struct Cluster {
    url: String,
    _reaper: Child,
}

impl Cluster {
    fn start() -> Self {
        let bin = binaries();
        let dir = tempfile::Builder::new().prefix("yima-pg-").tempdir().unwrap().keep();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let data = dir.join("data");
        let root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
        let user: &[&str] = if root { &["runuser", "-u", "postgres", "--"] } else { &["env"] };
        if root {
            must(Command::new("chown").arg("postgres").arg(&dir));
        }
        let as_user = |program: &str| {
            let mut command = Command::new(user[0]);
            command.args(&user[1..]).arg(bin.join(program)).current_dir(&dir);
            command
        };
        must(as_user("initdb").args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "-D"]).arg(&data));
        let options = format!(
            "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c max_connections=200"
        );
        must(
            as_user("pg_ctl").args(["-w", "-o", &options, "-l"]).arg(dir.join("log")).arg("-D").arg(&data).arg("start"),
        );
        let goodbye = format!(
            "read _; {} {}/pg_ctl -m immediate -D {} stop; rm -rf {}",
            user.join(" "),
            bin.display(),
            data.display(),
            dir.display()
        );
        let mut reaper = Command::new("setsid");
        reaper.args(["sh", "-c", &goodbye]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        Self {
            url: format!("postgres://postgres@127.0.0.1:{port}/postgres"),
            _reaper: reaper.current_dir("/").spawn().unwrap(),
        }
    }
}

fn binaries() -> PathBuf {
    let newest = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> =
        newest.map(|version| version.path().join("bin")).filter(|bin| bin.join("initdb").exists()).collect();
    found.sort();
    found.pop().expect("install PostgreSQL (apt-get install postgresql), or name one in YIMA_TEST_POSTGRES")
}

fn must(command: &mut Command) {
    let out =
        command.stdout(Stdio::null()).stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap().wait().unwrap();
    if !out.success() {
        std::io::stderr().write_all(format!("{command:?} failed\n").as_bytes()).unwrap();
        panic!("PostgreSQL did not start");
    }
}

/// A deed of a story: unwraps, because stories say what must be.
pub async fn deed<T: Send + 'static>(
    store: &Store,
    work: impl for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, StoreError>> + Clone + Send + 'static,
) -> T {
    store.deed(work).await.unwrap()
}

/// Resident number n, as stored.
pub fn resident(n: u64) -> account::Account {
    account::Account {
        id: format!("res_{n:026}"),
        handle: (n ^ 0x5eed).to_le_bytes(),
        kind: "resident".into(),
        sealed_name: vec![1; 44],
        sealed_id_number: vec![2; 46],
        sealed_phone: None,
        blind_id: [&n.to_le_bytes()[..], &[7; 24]].concat(),
        blind_name: None,
        region: ["370102", "370202"][(n % 2) as usize].into(),
        state: account::State::Active,
        proofing: 1,
        paper_off: false,
        short_off: false,
        created_at: 1_000,
        version: 1,
    }
}

pub fn phone(n: u64, slot: u8) -> device::Device {
    device::Device {
        id: format!("dev_{n:020}_{slot:05}"),
        account: resident(n).id,
        slot,
        suite: 1,
        public_key: vec![2; 33],
        label: "手机".into(),
        state: device::State::Live,
        attested: false,
        enrolled_at: 1_000,
        ended_at: None,
        reason: None,
        young_until: None,
        by_code: false,
        suspended_until: None,
        version: 1,
        seal: vec![3; 32],
    }
}

/// A phone as it stands, one version on: for a change of it.
pub async fn phone_next(tx: &mut Tx, id: &str) -> Result<device::Device, StoreError> {
    let row = device::find(tx, id).await?.expect("the phone is there");
    Ok(device::Device { version: row.version + 1, ..row })
}

/// Ends a phone as it stands.
pub async fn end_phone(tx: &mut Tx, id: &str, at: i64) -> Result<bool, StoreError> {
    let row = phone_next(tx, id).await?;
    let gone = device::Device { state: device::State::Ended, ended_at: Some(at), reason: Some("lost".into()), ..row };
    device::end(tx, &gone).await
}

/// Residents 0..n, each with a phone in slot 0.
pub async fn settle(store: &Store, n: u64) {
    deed(store, move |tx| {
        Box::pin(async move {
            let people: Vec<_> = (0..n).map(resident).collect();
            assert!(account::insert_many(tx, &people).await?.into_iter().all(|new| new));
            for n in 0..n {
                device::insert(tx, &phone(n, 0)).await?;
            }
            Ok(())
        })
    })
    .await;
}

pub fn a_use(id: &str, at: i64, deed: &str, account: Option<&str>) -> uses::Use {
    uses::Use {
        id: id.into(),
        at,
        deed: deed.into(),
        account: account.map(str::to_owned),
        actor_kind: "gate".into(),
        actor: "gat_1".into(),
        scenario: Some("bus".into()),
        site: Some(7),
        outcome: "valid".into(),
        online: true,
        ..uses::Use::default()
    }
}

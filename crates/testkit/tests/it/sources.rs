//! Sources of import files: registered by two persons, their files taken with their signature alone, keys ended at once.

use crate::operator_ends::newcomer;
use crate::organisations::signed_in;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use reqwest::Method;
use serde_json::{Value, json};
use std::io::{BufRead, Cursor, Read};
use std::process::Command;
use std::sync::Arc;
use yima_kernel::id::OperatorId;
use yima_kernel::subject::{Actor, Role};
use yima_keys::custody::IssuingKey;
use yima_keys::{PublicKey, Suite};
use yima_oidc::jwk;
use yima_province::{DeedError, Format, Import, Imported, OrganisationFile, OrganisationImport, Province};
use yima_testkit::{Answer, Database, Town};

const PATH: &str = "/api/v1/sources";
const SOURCE: &str = "省市场监管局";
const DAY: i64 = 86_400;
const TYP: &str = "yima-file+jws";

/// What a source signs with.
struct Signer(IssuingKey);

impl Signer {
    fn new(suite: Suite, number: u8) -> Self {
        Self(IssuingKey::from_secret(suite, &[number; 32]).unwrap())
    }

    fn public(&self) -> PublicKey {
        PublicKey::parse(self.0.suite(), &self.0.public()).unwrap()
    }

    fn jwk(&self) -> String {
        jwk::write(&self.public(), "any").unwrap().to_string()
    }

    fn kid(&self) -> String {
        URL_SAFE_NO_PAD.encode(jwk::thumbprint(&self.public()).unwrap())
    }

    fn header(&self, kind: &str, now: i64) -> Value {
        let alg = if self.0.suite() == Suite::Es256 { "ES256" } else { "EdDSA" };
        json!({ "alg": alg, "iat": now, "kid": self.kid(), "kind": kind, "source": SOURCE, "typ": TYP })
    }

    fn with(&self, header: &Value, text: &str) -> String {
        let protected = URL_SAFE_NO_PAD.encode(header.to_string());
        let payload = URL_SAFE_NO_PAD.encode(yima_keys::sha256(&[text.as_bytes()]));
        let signature =
            self.0.sign(&[format!("{protected}.{payload}").as_bytes()], &mut StdRng::seed_from_u64(1)).unwrap();
        format!("{protected}..{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn sign(&self, kind: &str, now: i64, text: &str) -> Option<String> {
        Some(self.with(&self.header(kind, now), text))
    }
}

async fn press(town: &Town, cookie: &str, path: &str, body: Value) -> Answer {
    town.door.operator(cookie, Method::POST, &format!("{PATH}{path}"), Some(body)).await
}

async fn propose(town: &Town, cookie: &str, source: &str, key: Option<&str>) -> Answer {
    let mut body = json!({ "reason": "asked by telephone", "source": source });
    if let Some(key) = key {
        body["key"] = key.into();
    }
    press(town, cookie, "", body).await
}

async fn approve(town: &Town, cookie: &str, id: &str) -> String {
    press(town, cookie, &format!("/{id}/approve"), json!({})).await.word()
}

async fn end(town: &Town, cookie: &str, id: &str) -> String {
    press(town, cookie, &format!("/{id}/end"), json!({ "reason": "lost" })).await.word()
}

/// Registered by two persons; its id.
async fn registered(town: &Town, (one, other): (&str, &str), source: &str, key: Option<&str>) -> String {
    let id = propose(town, one, source, key).await.ok()["id"].as_str().unwrap().to_owned();
    assert_eq!(approve(town, other, &id).await, "ok");
    id
}

fn organisations(nth: u32) -> String {
    format!("name,region,kind\n处{nth},370000,department\n")
}

async fn import(
    town: &Town,
    source: &str,
    text: &str,
    signature: Option<String>,
) -> Result<OrganisationImport, DeedError> {
    read_from(&town.province, source, text, signature, Box::new(Cursor::new(text.to_owned()))).await
}

async fn read_from(
    province: &Province,
    source: &str,
    text: &str,
    signature: Option<String>,
    reader: Box<dyn BufRead + Send>,
) -> Result<OrganisationImport, DeedError> {
    let file = OrganisationFile {
        reader,
        file_hash: yima_keys::sha256(&[text.as_bytes()]),
        format: Format::Csv,
        source: source.to_owned(),
        signature,
        rejects: Box::new(std::io::sink()),
    };
    province.import_organisations(&Actor::System, file).await
}

/// Who approves what the command line proposed.
fn colleague() -> Actor {
    Actor::Operator { operator: OperatorId::new(0, [2; 10]), role: Role::Security }
}

/// The field that is wrong, or what else stood in the way.
fn wrong<T: std::fmt::Debug>(found: Result<T, DeedError>) -> &'static str {
    match found {
        Err(DeedError::Invalid { field, .. }) => field,
        Err(DeedError::Conflict(_)) => "conflict",
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r47_a_file_of_a_source_with_a_key_is_taken_with_its_signature_alone() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let (system, security) = (signed_in(&town, 0).await, signed_in(&town, 1).await);
        let (key, text, now) = (Signer::new(Suite::Es256, 1), organisations(1), town.now());
        let good = || key.sign("organisations", now, &text);

        // Before the first source is registered anybody's file is taken, and nobody checks a signature.
        assert_eq!(import(&town, "anybody", &organisations(0), None).await.unwrap().state, "proposed");
        assert_eq!(wrong(import(&town, SOURCE, &text, good()).await), "signature");
        let id = propose(&town, &system, SOURCE, Some(&key.jwk())).await.ok()["id"].as_str().unwrap().to_owned();
        assert_eq!(wrong(import(&town, SOURCE, &text, good()).await), "signature", "a proposal is no key");
        assert_eq!(approve(&town, &system, &id).await, "same_person");
        assert_eq!(approve(&town, &security, &id).await, "ok");

        // From then on none comes under a name of its own making, and none of the source without its signature.
        for other in ["anybody", "省市场监督管理局", "省市场监管局 ", "省市场监管局二", "省市场监管局\u{200b}"]
        {
            let said = wrong(import(&town, other, &text, None).await);
            assert_eq!(said, if other.trim() == SOURCE { "signature" } else { "source" }, "{other:?}");
        }
        let header = |name: &str, value: Value| {
            let mut header = key.header("organisations", now);
            header[name] = value;
            Some(key.with(&header, &text))
        };
        let stranger = Signer::new(Suite::Es256, 9);
        let mut borrowed = stranger.header("organisations", now);
        borrowed["kid"] = key.kid().into();
        let table = [
            ("none", None),
            ("nothing in it", Some(String::new())),
            ("of another file", key.sign("organisations", now, &organisations(2))),
            ("of the file before it was altered", key.sign("organisations", now, &text.replace("处1", "处7"))),
            ("another's key", stranger.sign("organisations", now, &text)),
            ("another's key under this one's name", Some(stranger.with(&borrowed, &text))),
            ("as posts", key.sign("posts", now, &text)),
            ("as residents", key.sign("residents", now, &text)),
            ("for another source", header("source", json!("省人社厅"))),
            ("a month old", key.sign("organisations", now - 31 * DAY - 1, &text)),
            ("of tomorrow", key.sign("organisations", now + DAY, &text)),
            ("alg none", header("alg", json!("none"))),
            ("b64", header("b64", json!(false))),
            ("crit", header("crit", json!(["iat"]))),
            ("typ", header("typ", json!("JWT"))),
        ];
        for (what, signature) in table {
            assert_eq!(wrong(import(&town, SOURCE, &text, signature).await), "signature", "{what}");
        }
        let tried = import(&town, SOURCE, &text, good()).await.unwrap();
        assert_eq!((tried.state, tried.signed_by.as_deref()), ("proposed", Some(key.kid().as_str())));

        // And again at the run.
        town.province.approve_organisations(&colleague(), &tried.id).await.unwrap();
        assert_eq!(wrong(import(&town, SOURCE, &text, None).await), "signature");
        assert_eq!(wrong(import(&town, "anybody", &text, None).await), "conflict", "proposed as another source's");
        assert_eq!(wrong(import(&town, SOURCE, &text, key.sign("posts", now, &text)).await), "signature");
        let done = import(&town, SOURCE, &text, good()).await.unwrap();
        assert_eq!((done.state, done.counts.new), ("done", 1));
        let shown = town.door.operator(&system, Method::GET, "/api/v1/organisations/imports", None).await.ok();
        let row = shown["imports"].as_array().unwrap().iter().find(|one| one["id"] == json!(tried.id)).unwrap();
        assert_eq!((&row["signed_by"], &row["source"]), (&json!(key.kid()), &json!(SOURCE)));
        if database == Database::Sqlite {
            let rows = rusqlite::Connection::open(town.folder().join("yima.db")).unwrap();
            let said =
                "SELECT count(*) FROM use WHERE deed = 'import_organisations' AND json_extract(detail, '$.key') = ?1
                        AND json_extract(detail, '$.source') = ?2";
            let uses: i64 = rows.query_row(said, [&key.kid(), SOURCE], |row| row.get(0)).unwrap();
            assert_eq!(uses, 2, "the dry run and the run");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r47_a_key_ends_at_once_between_the_dry_run_and_the_run_and_between_two_parts() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let (system, security) = (signed_in(&town, 0).await, signed_in(&town, 1).await);
        let both = (system.as_str(), security.as_str());
        let (old, new) = (Signer::new(Suite::Ed25519, 1), Signer::new(Suite::Es256, 2));
        let (text, now) = (organisations(1), town.now());
        let signed = |by: &Signer| by.sign("organisations", now, &text);
        let first = registered(&town, both, SOURCE, Some(&old.jwk())).await;
        let tried = import(&town, SOURCE, &text, signed(&old)).await.unwrap();
        town.province.approve_organisations(&colleague(), &tried.id).await.unwrap();

        // One person ends it; without another key the source brings nothing, and its signature is not dispensed with.
        assert_eq!(end(&town, &system, &first).await, "ok");
        assert_eq!(end(&town, &system, &first).await, "conflict");
        assert_eq!(wrong(import(&town, SOURCE, &text, signed(&old)).await), "source");
        assert_eq!(wrong(import(&town, SOURCE, &text, None).await), "source");
        assert_eq!(propose(&town, &system, SOURCE, Some(&old.jwk())).await.word(), "conflict", "it does not come back");
        assert_eq!(propose(&town, &system, "省人社厅", Some(&old.jwk())).await.word(), "conflict", "for nobody");

        // The source signs the same file with its next key. Two keys stand side by side while it changes over, not three.
        let second = registered(&town, both, SOURCE, Some(&new.jwk())).await;
        assert_eq!(wrong(import(&town, SOURCE, &text, signed(&old)).await), "signature");
        let third = Signer::new(Suite::Es256, 3);
        registered(&town, both, SOURCE, Some(&third.jwk())).await;
        let fourth = propose(&town, &system, SOURCE, Some(&Signer::new(Suite::Es256, 4).jwk())).await.ok();
        assert_eq!(approve(&town, &security, fourth["id"].as_str().unwrap()).await, "conflict");
        assert_eq!(
            end(&town, &system, fourth["id"].as_str().unwrap()).await,
            "ok",
            "called off by whoever proposed it"
        );
        let other = organisations(2);
        let tried = import(&town, SOURCE, &other, third.sign("organisations", now, &other)).await.unwrap();
        assert_eq!(tried.signed_by, Some(third.kid()));

        // It ends while rows are being read: the part that was to be written then is not.
        let reader =
            Ending { inner: Cursor::new(text.clone()), province: Arc::clone(&town.province), key: Some(second) };
        let stopped = read_from(&town.province, SOURCE, &text, signed(&new), Box::new(reader)).await;
        assert_eq!(wrong(stopped), "conflict");
        let none = town.door.operator(&system, Method::GET, "/api/v1/organisations", None).await.ok();
        assert_eq!(none["items"], json!([]), "nothing was written");
        assert_eq!(import(&town, SOURCE, &text, signed(&third)).await.unwrap().state, "done");
    }
}

/// A file during whose reading a key is ended.
struct Ending {
    inner: Cursor<String>,
    province: Arc<Province>,
    key: Option<String>,
}

impl Read for Ending {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        let mut held = self.fill_buf()?;
        let count = held.read(bytes)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Ending {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        if let Some(key) = self.key.take() {
            let province = Arc::clone(&self.province);
            tokio::task::block_in_place(|| {
                let ended = async { province.end_source(&Actor::System, &key, "lost").await };
                tokio::runtime::Handle::current().block_on(ended).unwrap();
            });
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.inner.consume(count);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r47_a_source_is_registered_and_let_off_its_signature_by_two_persons() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let (system, audit) = (signed_in(&town, 0).await, signed_in(&town, 2).await);
        let (key, text, now) = (Signer::new(Suite::Ed25519, 1), organisations(1), town.now());
        let refused = async |source: &str, key: Option<&str>| propose(&town, &system, source, key).await.word();
        assert_eq!(propose(&town, &audit, SOURCE, None).await.word(), "not_allowed");
        for no_key in ["", "{}", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"] {
            assert_eq!(refused(SOURCE, Some(no_key)).await, "invalid", "{no_key}");
        }
        for no_name in ["", "——", "ＡＢＣ", "省\u{200b}局"] {
            assert_eq!(refused(no_name, None).await, "invalid", "{no_name:?}");
        }
        let misspelt = json!({ "jwk": key.jwk(), "reason": "test", "source": SOURCE });
        assert_eq!(press(&town, &system, "", misspelt).await.word(), "malformed", "it would come without a key");

        // A proposal runs out, and whoever proposed it in one post does not approve it from another.
        let late = propose(&town, &system, SOURCE, Some(&key.jwk())).await.ok()["id"].as_str().unwrap().to_owned();
        town.clock.advance(7 * DAY);
        let (system, security) = (signed_in(&town, 0).await, signed_in(&town, 1).await);
        assert_eq!(approve(&town, &security, &late).await, "conflict");
        let listed = town.door.operator(&system, Method::GET, PATH, None).await.ok();
        assert_eq!((&listed["closed"], &listed["items"][0]["state"]), (&json!(false), &json!("over")));
        let second = newcomer(&town, (&system, &security), "qian", "staff 10", "security").await;
        let id = propose(&town, &security, SOURCE, Some(&key.jwk())).await.ok()["id"].as_str().unwrap().to_owned();
        let all = town.door.operator(&system, Method::GET, "/api/v1/manage/operators", None).await.ok();
        let name = &town.operators[1].name;
        let own = all["operators"].as_array().unwrap().iter().find(|one| one["name"] == json!(name)).unwrap();
        crate::operator_ends::ended(&town, own["id"].as_str().unwrap(), &system, &second).await;
        let moved = newcomer(&town, (&system, &second), "again", own["person"].as_str().unwrap(), "system").await;
        assert_eq!(approve(&town, &moved, &id).await, "same_person");
        assert_eq!(approve(&town, &system, &id).await, "ok");

        // A name that looks like it is not another source, whoever agrees.
        let alike = propose(&town, &system, "省市场 监管局", None).await.word();
        assert_eq!(alike, "conflict");

        // Back to no signature is another two persons' word, and ends the key; forth again ends that.
        let text_signed = || key.sign("organisations", now + 7 * DAY, &text);
        let unsigned = propose(&town, &system, SOURCE, None).await.ok()["id"].as_str().unwrap().to_owned();
        assert_eq!(wrong(import(&town, SOURCE, &text, None).await), "signature");
        assert_eq!(approve(&town, &system, &unsigned).await, "same_person");
        assert_eq!(approve(&town, &second, &unsigned).await, "ok");
        assert_eq!(wrong(import(&town, SOURCE, &text, text_signed()).await), "signature", "nobody would check it");
        let tried = import(&town, SOURCE, &text, None).await.unwrap();
        assert_eq!((tried.state, tried.signed_by), ("proposed", None));
        assert_eq!(
            wrong(import(&town, "anybody", &organisations(2), None).await),
            "source",
            "the register stays closed"
        );
        let next = Signer::new(Suite::Es256, 2);
        registered(&town, (&system, &second), SOURCE, Some(&next.jwk())).await;
        assert_eq!(wrong(import(&town, SOURCE, &organisations(2), None).await), "signature");
        let listed = town.door.operator(&system, Method::GET, PATH, None).await.ok();
        let standing: Vec<_> =
            listed["items"].as_array().unwrap().iter().filter(|one| one["state"] == "active").collect();
        assert_eq!((standing.len(), &standing[0]["kid"]), (1, &json!(next.kid())));
    }
}

async fn residents(
    town: &Town,
    source: &str,
    text: &str,
    signature: Option<String>,
    reader: Box<dyn BufRead + Send>,
) -> Result<Imported, DeedError> {
    let import = Import {
        reader,
        file_hash: yima_keys::sha256(&[text.as_bytes()]),
        source: source.to_owned(),
        signature,
        format: Format::Csv,
        rejects: Box::new(std::io::sink()),
        proofing: 1,
    };
    town.province.import_residents(&Actor::System, import, |_| {}).await
}

#[tokio::test(flavor = "multi_thread")]
async fn r47_residents_come_with_the_same_signature() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let (system, security) = (signed_in(&town, 0).await, signed_in(&town, 1).await);
        let (key, now) = (Signer::new(Suite::Ed25519, 1), town.now());
        let id = registered(&town, (&system, &security), SOURCE, Some(&key.jwk())).await;
        let text = "name,id_number\n赵甲,11010519491231002X\n";
        let bring = async |source: &str, signature: Option<String>| {
            residents(&town, source, text, signature, Box::new(Cursor::new(text))).await
        };
        assert_eq!(wrong(bring("", None).await), "source");
        assert_eq!(wrong(bring("anybody", None).await), "source");
        assert_eq!(wrong(bring(SOURCE, None).await), "signature");
        assert_eq!(wrong(bring(SOURCE, key.sign("organisations", now, text)).await), "signature");
        let ending =
            Ending { inner: Cursor::new(text.to_owned()), province: Arc::clone(&town.province), key: Some(id) };
        let stopped = residents(&town, SOURCE, text, key.sign("residents", now, text), Box::new(ending)).await;
        assert_eq!(wrong(stopped), "conflict");
        let next = Signer::new(Suite::Es256, 2);
        registered(&town, (&system, &security), SOURCE, Some(&next.jwk())).await;
        let done = bring(SOURCE, next.sign("residents", now, text)).await.unwrap();
        assert_eq!((done.total.inserted, done.already), (1, false), "and none was written before");
    }
}

/// The commands of the guide, run as they stand there, make what the province takes.
#[tokio::test(flavor = "multi_thread")]
async fn r47_openssl_makes_key_and_signature_as_the_guide_says() {
    let guide = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/guide/operator.md");
    let guide = std::fs::read_to_string(guide).unwrap();
    let blocks: Vec<_> = guide
        .split("```sh\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .filter(|block| block.contains("yima-file+jws"))
        .collect();
    let [ed25519, es256] = blocks.as_slice() else { panic!("two blocks of commands, not {}", blocks.len()) };
    let town = Town::open(&Database::Sqlite).await;
    let (system, security) = (signed_in(&town, 0).await, signed_in(&town, 1).await);
    let text = "id_number,organisation,role\n11010519491231002X,org_00000000000000000000000000,head\n";
    for (nth, script) in [(*ed25519).to_owned(), format!("{ed25519}\n{es256}")].into_iter().enumerate() {
        let dir = tempfile::tempdir().unwrap();
        // Each file is another one, so that each is a new import.
        let text = format!("{text}{}", "\n".repeat(nth));
        std::fs::write(dir.path().join("posts.csv"), &text).unwrap();
        let script = format!("set -e\ndate() {{ echo {}; }}\n{script}", town.now());
        let run = Command::new("sh").arg("-c").arg(script).current_dir(dir.path()).output().unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        let read = |name: &str| std::fs::read_to_string(dir.path().join(name)).unwrap();
        registered(&town, (&system, &security), "省人社厅", Some(&read("source.pem"))).await;
        let signature = read("posts.jws");
        let file = |text: &str| OrganisationFile {
            reader: Box::new(Cursor::new(text.to_owned())),
            file_hash: yima_keys::sha256(&[text.as_bytes()]),
            format: Format::Csv,
            source: "省人社厅".into(),
            signature: Some(signature.clone()),
            rejects: Box::new(std::io::sink()),
        };
        let altered = town.province.import_posts(&Actor::System, file(&format!("{text}\n\n\n"))).await;
        assert_eq!(wrong(altered), "signature");
        let tried = town.province.import_posts(&Actor::System, file(&text)).await.unwrap();
        let kid = String::from_utf8_lossy(&run.stdout).trim().lines().last().unwrap().to_owned();
        assert_eq!((tried.state, tried.signed_by), ("proposed", Some(kid)));
    }
}

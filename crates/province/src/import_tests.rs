//! An import that ends at any of its marks and goes on: nothing is lost, nothing comes twice, and the totals are those of one run.
//! Sections and batches are small here, so that ends of all kinds are met.

use crate::clock::FrozenClock;
use crate::{DeedError, Format, Import, Imported, Inbox, KeyPlace, Progress, Province, Setup, demo};
use futures_util::FutureExt;
use std::io::Write;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};
use yima_kernel::subject::Actor;
use yima_keys::custody::Lock;
use yima_keys::person::IdNumber;
use yima_keys::sealed::{Sealed, Spot};
use yima_store::account::{self, Page};

const NOON: i64 = 1_795_000_000;
/// Good rows: two sections and a part of a third.
const PEOPLE: usize = 2_300;
/// Every so many rows, one that is not taken, and one of a number that stood before under another name.
const WRONG_EVERY: usize = 90;
const TWICE_EVERY: usize = 57;

async fn province() -> (Province, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup {
        dir: folder.path().to_owned(),
        database: None,
        keys: KeyPlace::File(Lock::passphrase("a town")),
        clock: Arc::new(FrozenClock::at(NOON)),
        seed: Some([7; 32]),
        messenger: Arc::new(Inbox::default()),
        demo: true,
    };
    (Province::init(setup, &[]).await.unwrap(), folder)
}

/// Keeps what is written to it, over several runs.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<u8>>>);

impl Write for Told {
    fn write(&mut self, octets: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(octets)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The file, and the numbers of its rows that can't be taken.
fn file() -> (String, Vec<usize>) {
    let mut file = String::from("name,id_number,phone,region\n");
    let (mut row, mut wrong) = (0, Vec::new());
    let people: Vec<_> = demo::residents(4, PEOPLE as u32).collect();
    for (n, one) in people.iter().enumerate() {
        let mut say = |name: &str, number: &str| {
            row += 1;
            file.push_str(&format!("{name},{number},{},{}\n", one.phone, one.region));
            row
        };
        say(&one.name, &one.id_number);
        if n % TWICE_EVERY == TWICE_EVERY - 1 {
            say("后来者", &people[n / 2].id_number);
        }
        if n % WRONG_EVERY == WRONG_EVERY - 1 {
            wrong.push(say("王明华", "110105194912310021"));
        }
    }
    (file, wrong)
}

async fn run(
    province: &Province,
    file: &str,
    told: &Told,
    tell: impl FnMut(Progress),
) -> Result<Imported, Box<dyn std::any::Any + Send>> {
    let import = Import {
        reader: Box::new(file.as_bytes()),
        file_hash: yima_keys::sha256(&[b"the file"]),
        format: Format::Csv,
        source: String::new(),
        signature: None,
        rejects: Box::new(told.clone()),
        proofing: 1,
    };
    let imported = AssertUnwindSafe(province.import_residents(&Actor::System, import, tell)).catch_unwind().await;
    imported.map(|done: Result<_, DeedError>| done.unwrap())
}

/// Everybody who is in the store: number and name.
async fn people(province: &Province) -> Vec<(String, String)> {
    let page = Page { after: "", limit: 10_000 };
    let rows = province
        .store
        .read::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(account::page(tx, None, page).await?) }));
    let mut all: Vec<_> = rows
        .await
        .unwrap()
        .iter()
        .map(|row| {
            let spot = Spot { table: "account", field: "id_number", row: &row.id };
            let number: IdNumber =
                province.sealer.open(&Sealed::from_bytes(row.sealed_id_number.clone()), spot).unwrap();
            (number.expose().to_owned(), province.name_of(row).unwrap().expose().to_owned())
        })
        .collect();
    all.sort();
    all
}

#[tokio::test]
async fn r2_nobody_takes_an_id_number_by_saying_so() {
    let (province, _folder) = province().await;
    for proofing in [0, 3] {
        let import = Import {
            reader: Box::new(&b"name,id_number,phone,region,benefits\n"[..]),
            file_hash: yima_keys::sha256(&[b"claimed"]),
            format: Format::Csv,
            source: String::new(),
            signature: None,
            rejects: Box::new(std::io::sink()),
            proofing,
        };
        let refused = province.import_residents(&Actor::System, import, |_| {}).await;
        assert!(matches!(refused, Err(DeedError::Invalid { field: "proofing", .. })), "{refused:?}");
    }
    assert_eq!(people(&province).await, []);
}

#[tokio::test]
async fn an_import_that_ends_at_each_of_its_marks_is_as_one_that_did_not() {
    let (file, wrong) = file();
    let (twice, rows) = (PEOPLE / TWICE_EVERY, file.lines().count() - 1);
    let all = Progress {
        read: rows as u64,
        rows: rows as u64,
        inserted: PEOPLE as u64,
        duplicates: twice as u64,
        rejected: wrong.len() as u64,
    };
    let (undisturbed, _folder) = province().await;
    let done = run(&undisturbed, &file, &Told::default(), |_| {}).await.unwrap();
    assert_eq!(done, Imported { total: all, resumed_at: 0, already: false });

    let (province, folder) = province().await;
    let (told, mut ends, mut furthest) = (Told::default(), 0, 0);
    let done = loop {
        // Each run ends at the first mark that is further than what all before it had done.
        let mut here = 0;
        let tell = |progress: Progress| {
            assert!(
                progress.read >= progress.rows
                    && progress.rows == progress.inserted + progress.duplicates + progress.rejected
            );
            here = progress.rows;
            assert!(progress.rows <= furthest || progress.rows == all.rows, "ended by the test");
        };
        let ended = run(&province, &file, &told, tell).await;
        furthest = furthest.max(here);
        match ended {
            Ok(done) => break done,
            Err(_) => ends += 1,
        }
        // The batch under way was handed to the store; whatever comes after it finds it there.
        province.publish_bundle(&Actor::System).await.unwrap();
        let left = std::fs::read_dir(folder.path()).unwrap().flatten();
        assert!(left.into_iter().all(|entry| !entry.file_name().to_string_lossy().ends_with(".spool")));
    };
    assert!(ends > rows / 70 / 2, "{ends} ends");
    assert_eq!(done.total, all);
    assert!(done.resumed_at > 0 && !done.already);
    let told = String::from_utf8(told.0.lock().unwrap().clone()).unwrap();
    let numbers: Vec<usize> = told.lines().map(|line| line.split(',').next().unwrap().parse().unwrap()).collect();
    assert_eq!(numbers, wrong, "each row that is not taken is told once");
    assert!(told.lines().all(|line| line.split(',').nth(1) == Some("id_number")), "{told}");
    let mut wanted: Vec<_> = demo::residents(4, PEOPLE as u32).map(|one| (one.id_number, one.name)).collect();
    wanted.sort();
    for province in [&undisturbed, &province] {
        assert!(people(province).await == wanted, "everybody once, by the first row of the number");
    }
    let again = run(&province, &file, &Told::default(), |_| {}).await.unwrap();
    assert_eq!(again, Imported { total: all, resumed_at: 0, already: true });
}

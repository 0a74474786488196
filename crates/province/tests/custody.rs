//! Keys over months: offline holders who are late, wrapping keys that change, and a kill between two steps.
#![expect(clippy::unwrap_used, reason = "a test that fails should stop")]

use rand::SeedableRng;
use std::path::Path;
use std::sync::Arc;
use yima_kernel::subject::Actor;
use yima_keys::custody::{Custody, FileCustody, KeyUse, Lock};
use yima_province::clock::FrozenClock;
use yima_province::*;

const NOON: i64 = 1_795_000_000;
const DAY_S: i64 = 86_400;
const BUS: &str = include_str!("../../kernel/tests/bus.toml");
const PASSPHRASE: &str = "correct horse";

fn setup(dir: &Path, clock: &Arc<FrozenClock>, seed: u8) -> Setup {
    Setup {
        dir: dir.to_owned(),
        database: None,
        keys: KeyPlace::File(Lock::passphrase(PASSPHRASE)),
        clock: Arc::clone(clock) as Arc<dyn clock::Clock>,
        seed: Some([seed; 32]),
        messenger: Arc::new(Inbox::default()),
        demo: true,
    }
}

async fn offline(province: &Province, used_for: KeyUse, dir: &Path) {
    let count = province.keys_at_hand(used_for).unwrap();
    let holder = |n: usize| Holder {
        file: dir.join(format!("{}-{n}.yima", used_for.as_str())),
        lock: Lock::passphrase("a holder's own"),
    };
    let ids = province.take_offline(&Actor::System, used_for, (0..count).map(holder).collect()).await.unwrap();
    assert_eq!(ids.len(), count);
}

fn role(province: &Province, name: &str) -> RoleStanding {
    province.signing().unwrap().roles.into_iter().find(|one| one.role == name).unwrap()
}

#[tokio::test]
async fn holders_who_are_late_stop_new_days_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(FrozenClock::at(NOON));
    let province = Province::init(setup(dir.path(), &clock, 1), &[BUS.to_owned()]).await.unwrap();
    assert!(role(&province, "keys").is_online() && !province.signing().unwrap().runs_out);
    let twice = vec![Holder { file: dir.path().join("x"), lock: Lock::passphrase("x") }];
    let refused = province.take_offline(&Actor::System, KeyUse::Keys, twice).await;
    assert!(matches!(refused, Err(DeedError::Conflict(_))), "three keys need three holders");
    offline(&province, KeyUse::Keys, dir.path()).await;
    let keys = role(&province, "keys");
    assert_eq!((keys.at_hand, keys.threshold, keys.keys, keys.is_online()), (0, 2, 3, false));

    let announced = province.announced_until();
    let mut versions = vec![province.bundle().version];
    for (advance, days) in [(1, 1), (19, 20), (7, 27)] {
        clock.advance(advance * DAY_S);
        versions.push(province.publish_bundle(&Actor::System).await.unwrap().version);
        assert!(!province.signing().unwrap().runs_out, "day {days}");
    }
    assert!(versions.windows(2).all(|pair| pair[0] < pair[1]), "heads, lists and time go on: {versions:?}");
    assert_eq!(province.announced_until(), announced, "and no key is announced by the server itself");
    clock.advance(3 * DAY_S);
    province.publish_bundle(&Actor::System).await.unwrap();
    assert!(province.signing().unwrap().runs_out, "a week before the end operators are told");

    clock.advance(6 * DAY_S);
    let late = province.publish_bundle(&Actor::System).await.unwrap_err();
    assert!(matches!(&late, DeedError::Conflict(why) if why.en.contains("yima bundle prepare")), "{late}");
    province.close().await;
    let again = Province::open(setup(dir.path(), &clock, 2)).await.unwrap();
    assert_eq!((again.announced_until(), again.signing().unwrap().runs_out), (announced, true));
    again.close().await;
}

#[tokio::test]
async fn approved_places_wait_for_reviewers_who_sign_offline() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(FrozenClock::at(NOON));
    let province = Province::init(setup(dir.path(), &clock, 3), &[BUS.to_owned()]).await.unwrap();
    offline(&province, KeyUse::Manifests, dir.path()).await;
    let new = NewPlace { name: Text::new("站", "Stop"), scenario: "bus".into(), region: "370102".into() };
    let site = province.add_place(&Actor::System, new).await.unwrap().site;
    province.publish_bundle(&Actor::System).await.unwrap();
    assert!(province.signing().unwrap().awaits_reviewers && province.site(site).is_none());

    let unsigned = province.prepare_part(&Actor::System, SignedPart::Manifests, 35).await.unwrap();
    let mut signed = unsigned.clone();
    for n in 0..2 {
        let file = dir.path().join(format!("manifests-{n}.yima"));
        let holder = FileCustody::open(&file, &Lock::passphrase("a holder's own")).unwrap();
        let info = holder.list().unwrap().remove(0);
        let rng = &mut rand::rngs::StdRng::from_seed([n; 32]);
        let bytes = holder.sign(&info.key, &[&SignedPart::Manifests.signing_input(&unsigned.body)], rng).unwrap();
        let public = yima_keys::PublicKey::parse(info.suite, &info.public).unwrap();
        signed.signatures.push(yima_code::bundle::Signature { key_id: yima_code::bundle::KeyId::of(&public), bytes });
    }
    let mut bent = signed.clone();
    *bent.body.last_mut().unwrap() ^= 1;
    for bad in [unsigned, bent] {
        assert!(matches!(province.admit_part(&Actor::System, bad).await, Err(DeedError::Conflict(_))));
    }
    province.admit_part(&Actor::System, signed.clone()).await.unwrap();
    assert!(!province.signing().unwrap().awaits_reviewers && province.site(site).is_some());
    assert!(matches!(province.admit_part(&Actor::System, signed).await, Err(DeedError::Conflict(_))), "only once");
}

#[tokio::test]
async fn a_wrapping_key_changes_under_a_province_and_a_kill_between_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(FrozenClock::at(NOON));
    let province = Province::init(setup(dir.path(), &clock, 4), &[BUS.to_owned()]).await.unwrap();
    let root = province.root_fingerprint();
    // Killed after its first step: a newer key is there, and nothing is wrapped under it.
    let file = FileCustody::open(&dir.path().join(KEY_FILE), &Lock::passphrase(PASSPHRASE)).unwrap();
    let rng = &mut rand::rngs::StdRng::from_seed([9; 32]);
    assert_eq!(file.rotate_wrapping(1, rng).unwrap(), 2);
    clock.advance(DAY_S);
    province.publish_bundle(&Actor::System).await.unwrap();
    province.close().await;

    let again = Province::open(setup(dir.path(), &clock, 5)).await.unwrap();
    assert!(matches!(again.rotate_wrapping(&Actor::System, " ", false).await, Err(DeedError::Invalid { .. })));
    let (number, wrapped) = again.rotate_wrapping(&Actor::System, "yearly", true).await.unwrap();
    assert!(number == 3 && wrapped > 200, "{number} {wrapped}");
    again.close().await;
    file.refresh().unwrap();
    assert_eq!(file.erase_wrapping_before(3, rng).unwrap(), 0, "the older ones are erased already");

    let last = Province::open(setup(dir.path(), &clock, 6)).await.unwrap();
    assert_eq!(last.root_fingerprint(), root);
    last.publish_bundle(&Actor::System).await.unwrap();
}

#[tokio::test]
async fn sealed_fields_move_to_a_new_data_key_in_the_background_and_over_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(FrozenClock::at(NOON));
    let province = Province::init(setup(dir.path(), &clock, 7), &[BUS.to_owned()]).await.unwrap();
    let register = demo::csv(3, PEOPLE);
    let import = Import {
        file_hash: [1; 32],
        source: String::new(),
        signature: None,
        reader: Box::new(std::io::Cursor::new(register.clone().into_bytes())),
        format: Format::Csv,
        rejects: Box::new(std::io::sink()),
        proofing: 2,
    };
    province.import_residents(&Actor::System, import, |_| {}).await.unwrap();
    assert_eq!(province.reseal_some().await.unwrap(), Resealing::Idle);
    assert_eq!(province.rotate_data_key(&Actor::System, "yearly").await.unwrap(), 2);
    let twice = province.rotate_data_key(&Actor::System, "again").await;
    assert!(matches!(twice, Err(DeedError::Conflict(_))), "one rotation at a time");
    assert_eq!(province.reseal_some().await.unwrap(), Resealing::Announced);
    clock.advance(16 * 60);
    assert_eq!(province.reseal_some().await.unwrap(), Resealing::Batch(0));
    assert_eq!(province.reseal_some().await.unwrap(), Resealing::Batch(500));
    assert_eq!(data_keys(dir.path()).await, vec![1, 2], "in the middle there are both");
    drop(province);

    let again = Province::open(setup(dir.path(), &clock, 8)).await.unwrap();
    assert_eq!(again.reseal_some().await.unwrap(), Resealing::Batch(PEOPLE as usize - 500));
    assert_eq!(again.reseal_some().await.unwrap(), Resealing::Over);
    assert_eq!(again.reseal_some().await.unwrap(), Resealing::Idle);
    assert_eq!(data_keys(dir.path()).await, vec![2]);
    for line in register.lines().skip(1).step_by(97) {
        let number = line.split(',').nth(1).unwrap();
        let found = again.find_residents(&Actor::System, Some(number), None, None).await.unwrap();
        assert_eq!(found.items.len(), 1, "the blind index still finds, and the name still opens");
    }
}

const PEOPLE: u32 = 620;

/// The data keys under which accounts are sealed, in order.
async fn data_keys(dir: &Path) -> Vec<u32> {
    let store = yima_store::Store::open(&format!("sqlite:{}", dir.join("yima.db").display())).await.unwrap();
    let found = store
        .read::<_, DeedError, _>(|tx| {
            Box::pin(async move {
                let page = yima_store::account::Page { after: "", limit: 10_000 };
                let rows = yima_store::account::page(tx, None, page).await?;
                let numbers = rows.iter().flat_map(|row| {
                    let fields = [Some(&row.sealed_name), Some(&row.sealed_id_number), row.sealed_phone.as_ref()];
                    fields
                        .into_iter()
                        .flatten()
                        .map(|sealed| {
                            yima_keys::sealed::Sealed::<yima_keys::person::Phone>::from_bytes(sealed.clone()).data_key()
                        })
                        .collect::<Vec<_>>()
                });
                Ok(numbers.flatten().collect::<std::collections::BTreeSet<_>>())
            })
        })
        .await
        .unwrap();
    store.close().await;
    found.into_iter().collect()
}

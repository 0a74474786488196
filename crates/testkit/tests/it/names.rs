//! Residents found by name: within a city, a few at a time, masked, and each of them sees that somebody looked.

use reqwest::Method;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::Cursor;
use yima_kernel::id::OperatorId;
use yima_kernel::subject::{Actor, Role};
use yima_keys::Suite;
use yima_province::{DeedError, FindByName, Format, Import, Indexed, ReadUses};
use yima_testkit::{Database, Phone, Town};

const WANG: &str = "王伟";
const UYGHUR: &str = "买买提·吐尔逊";

/// What a search gives: whom, or which field it wants.
type Said = Result<Vec<String>, &'static str>;

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_found_within_a_city_and_narrowed_when_many_share_it() {
    for database in Database::all() {
        let town = town(&database).await;
        let twenty = Ok(vec!["*云".to_owned(); 20]);
        let table: [(&str, Option<&str>, Option<u16>, Said); 14] = [
            (WANG, None, None, Err("region")),
            (WANG, Some("37"), None, Err("region")),
            (WANG, Some("37x1"), None, Err("region")),
            ("王1", Some("3701"), None, Err("name")),
            ("", Some("3701"), None, Err("name")),
            (WANG, Some("3701"), None, Err("born")),
            (WANG, Some("3701"), Some(1955), Ok(vec!["*伟".to_owned()])),
            (WANG, Some("3702"), None, Ok(vec!["*伟".to_owned()])),
            (WANG, Some("3702"), Some(1955), Ok(vec![])),
            ("王", Some("3701"), None, Ok(vec![])),
            ("买买提 吐尔逊", Some("3701"), None, Ok(vec!["*·吐尔逊".to_owned()])),
            ("赵云", Some("3701"), Some(1980), Err("region")),
            ("赵云", Some("370103"), None, Err("born")),
            ("赵云", Some("370103"), Some(1980), twenty),
        ];
        for (name, region, born, expected) in table {
            let found = town.province.find_by_name(&clerk(Role::System), ask(name, region, born, None)).await;
            let said: Said = match found {
                Ok(page) => Ok(page.items.into_iter().map(|row| row.name_masked).collect()),
                Err(DeedError::Invalid { field, .. }) => Err(field),
                Err(other) => panic!("{other}"),
            };
            assert_eq!(said, expected, "{name} {region:?} {born:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_narrows_any_more_and_the_list_goes_on_by_key() {
    let town = town(&Database::Sqlite).await;
    let first = ask("赵云", Some("370103"), Some(1980), None);
    let first = town.province.find_by_name(&clerk(Role::System), first).await.unwrap();
    let rest = ask("赵云", Some("370103"), Some(1980), first.next.as_deref());
    let rest = town.province.find_by_name(&clerk(Role::System), rest).await.unwrap();
    let mut ids: Vec<_> = first.items.iter().chain(&rest.items).map(|row| row.id.clone()).collect();
    assert_eq!((first.items.len(), rest.items.len(), rest.next), (20, 3, None));
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 23, "nobody twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_who_was_found_sees_the_search_and_the_auditor_counts_it() {
    let town = town(&Database::Sqlite).await;
    let twins = town.province.find_by_name(&clerk(Role::System), ask("李雷", Some("3701"), None, None)).await.unwrap();
    assert_eq!(twins.items.len(), 2);
    for (number, twin) in twins.items.iter().enumerate() {
        let record = record_of(&town, &twin.id, number as u64).await;
        let search = record.iter().find(|entry| entry["deed"] == "see_residents").unwrap();
        assert_eq!(search["saw"]["en"], "Your masked name and region");
        assert_eq!(search["who"]["en"], "Platform staff");
    }
    let searches = ReadUses { deed: Some("see_residents"), ..ReadUses::default() };
    let before = town.province.uses(&clerk(Role::Audit), searches).await.unwrap().items.len();
    assert!(before >= 2, "one for each who was found: {before}");
    let refused = town.province.find_by_name(&clerk(Role::Audit), ask(WANG, Some("3701"), None, None)).await;
    assert!(matches!(refused, Err(DeedError::Refused(_))));
    let many = town.province.find_by_name(&clerk(Role::System), ask(WANG, Some("3701"), None, None)).await;
    assert!(many.is_err(), "too many share the name");
    let uses = town.province.uses(&clerk(Role::Audit), searches).await.unwrap().items;
    assert_eq!(uses.len(), before + 2, "a refused search and one that showed nobody are on record too");
    assert_eq!(uses.iter().filter(|one| one.outcome == "refused").count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_from_before_the_index_are_indexed_and_until_then_the_search_says_so() {
    for database in Database::all() {
        let town = town(&database).await;
        let (asker, wanted) = (clerk(Role::System), ask(UYGHUR, Some("3701"), None, None));
        let search = || town.province.find_by_name(&asker, wanted.clone());
        town.province.forget_name_index(&Actor::System).await.unwrap();
        assert!(matches!(search().await, Err(DeedError::Conflict(_))), "an incomplete answer would mislead");
        let mut told = Vec::new();
        let done = town.province.index_names(&Actor::System, |so_far| told.push(so_far)).await.unwrap();
        assert_eq!(done, Indexed { names: 58, unreadable: 0 }, "fifty and the town's eight");
        assert_eq!(told.last(), Some(&done));
        assert_eq!(search().await.unwrap().items.len(), 1);
        let again = town.province.index_names(&Actor::System, |_| {}).await.unwrap();
        assert_eq!(again, Indexed::default(), "twice changes nothing");
        let refused = town.province.forget_name_index(&clerk(Role::System)).await;
        assert!(matches!(refused, Err(DeedError::Refused(_))), "only who owns the data directory");
    }
}

fn ask<'a>(name: &'a str, region: Option<&'a str>, born: Option<u16>, after: Option<&'a str>) -> FindByName<'a> {
    FindByName { name, region, born, after }
}

fn clerk(role: Role) -> Actor {
    Actor::Operator { operator: OperatorId::new(0, [0; 10]), role }
}

/// A town of three, and fifty more: 23 of one name in a city and one elsewhere, 23 of one name, county and year, twins.
async fn town(database: &Database) -> Town {
    let town = Town::open(database).await;
    let mut csv = "name,id_number,region\n".to_owned();
    let mut add = |name: &str, region: u32, year: u32, number: u32| {
        let _ = writeln!(csv, "{name},{},{region}", id_number(region, year, number));
    };
    (0..23).for_each(|n| add(WANG, 370_102, 1950 + n, 1));
    add(WANG, 370_202, 1950, 1);
    (0..23).for_each(|n| add("赵云", 370_103, 1980, n));
    add(UYGHUR, 370_102, 1990, 1);
    add("李雷", 370_102, 1991, 1);
    add("李雷", 370_104, 1992, 1);
    let import = Import {
        file_hash: yima_keys::sha256(&[csv.as_bytes()]),
        source: String::new(),
        signature: None,
        reader: Box::new(Cursor::new(csv)),
        format: Format::Csv,
        rejects: Box::new(std::io::sink()),
        proofing: 1,
    };
    let done = town.province.import_residents(&Actor::System, import, |_| {}).await.unwrap();
    assert_eq!(done.total.inserted, 50);
    town
}

/// GB 11643 with its check digit.
fn id_number(region: u32, year: u32, number: u32) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let body = format!("{region}{year}0615{number:03}");
    let sum: u32 = body.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    format!("{body}{}", char::from(b"10X98765432"[(sum % 11) as usize]))
}

/// What the resident sees on their own phone.
async fn record_of(town: &Town, resident: &str, number: u64) -> Vec<Value> {
    let (code, _) = town.province.issue_enrolment_code(&Actor::System, resident).await.unwrap();
    let mut phone = Phone::new(Suite::Es256, 40 + number);
    let _ = phone.enrol(&town.door, town.now(), json!({ "code": code })).await.ok();
    let record = phone.send(&town.door, town.now(), Method::GET, "/api/v1/record", None).await.ok();
    record["entries"].as_array().unwrap().clone()
}

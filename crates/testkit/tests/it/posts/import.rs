//! Posts out of a file: tried, approved by somebody else, run, renewed by the next file, undone as one; never more than pending.

use super::{Office, first, press};
use crate::organisations::signed_in;
use crate::rejects::Rejects;
use reqwest::Method;
use serde_json::json;
use std::io::Cursor;
use yima_kernel::assurance::Acr;
use yima_kernel::subject::Actor;
use yima_province::{DeedError, Format, OrganisationFile, OrganisationImport};
use yima_testkit::{Database, Town};

async fn import(office: &Office, text: &str, rejects: &Rejects) -> Result<OrganisationImport, DeedError> {
    let file = OrganisationFile {
        reader: Box::new(Cursor::new(text.to_owned())),
        file_hash: yima_keys::sha256(&[text.as_bytes()]),
        format: Format::Csv,
        signature: None,
        source: "the personnel office".into(),
        rejects: Box::new(rejects.clone()),
    };
    office.town.province.import_posts(&Actor::System, file).await
}

#[tokio::test(flavor = "multi_thread")]
async fn r47_posts_by_import_take_two_persons_stay_pending_and_are_undone_as_one() {
    for database in Database::all() {
        let office = Office::of(Town::open(&database).await).await;
        let security = signed_in(&office.town, 1).await;
        office.made(2, "handler").await;
        let id = |nth: usize| office.town.residents[nth].id_number.clone();
        let (top, stranger) = (&office.top, "11010519491231002X");
        let text = format!(
            "身份证号,单位,职务\n{},{top},窗口\n{},{top},head\n{stranger},{top},counter\n{},{top},handler\n\
             {},org_00000000000000000000000000,head\n110105194912310021,{top},head\n",
            id(0),
            id(1),
            id(2),
            id(3)
        );
        let before = office.posts(top).await.len();
        let rejects = Rejects::default();
        let tried = import(&office, &text, &rejects).await.unwrap();
        let counted = (tried.kind, tried.state, tried.counts.rows, tried.counts.new, tried.counts.rejected);
        assert_eq!(counted, ("posts", "proposed", 6, 3, 3), "somebody without an account counts as anybody");
        let said = rejects.said();
        let fields: Vec<_> =
            said.lines().map(|line| line.splitn(3, ',').take(2).collect::<Vec<_>>().join(",")).collect();
        assert_eq!(fields, ["6,id_number", "4,role", "5,organisation"], "{said}");
        assert!(!said.contains(stranger) && !said.contains(&id(2)), "no number is told");
        assert_eq!(office.posts(top).await.len(), before, "a dry run writes nothing");

        // Another person approves it; then the same file is run, twice without doing more.
        let approve = format!("/api/v1/organisations/imports/{}/approve", tried.id);
        let by = |cookie: String| {
            let (town, approve) = (&office.town, approve.clone());
            async move { town.door.operator(&cookie, Method::POST, &approve, Some(json!({}))).await.word() }
        };
        assert_eq!(by(security.clone()).await, "ok");
        assert_eq!(by(security).await, "conflict");
        let done = import(&office, &text, &Rejects::default()).await.unwrap();
        assert_eq!((done.state, done.counts.new, done.rows_read), ("done", 3, 6));
        assert_eq!(import(&office, &text, &Rejects::default()).await.unwrap().state, "done");
        let posts = office.posts(top).await;
        assert_eq!(posts.iter().filter(|(_, state, _)| state == "pending").count(), before + 3, "{posts:?}");

        // Its person accepts; a second file is a new word, and names a role of theirs that is new.
        let mut own = office.browser(0, Acr::Passkey).await;
        let post = first(&mut own, "accept").await;
        assert_eq!(press(&mut own, &post, "accept", &[]).await.status, 303);
        let again = format!("id_number,organisation,role\n{},{top},counter\n{},{top},reviewer\n", id(0), id(0));
        let second = import(&office, &again, &Rejects::default()).await.unwrap();
        assert_eq!((second.counts.known, second.counts.new, second.counts.differs), (1, 1, 1));

        // The whole import is undone: the accepted one ends too.
        let undo = format!("/organisations/imports/{}/undo", tried.id);
        let undone = office.operator(Method::POST, &undo, Some(json!({ "reason": "a wrong file" }))).await.ok();
        assert_eq!(undone["ended"], 3);
        let ended = office.posts(top).await.into_iter().filter(|(_, state, why)| state == "ended" && why == "undone");
        assert_eq!(ended.count(), 3);
        let over = import(&office, &text, &Rejects::default()).await;
        assert!(matches!(over, Err(DeedError::Conflict(_))), "{over:?}");
        let other = OrganisationFile {
            reader: Box::new(Cursor::new(again.clone())),
            file_hash: yima_keys::sha256(&[again.as_bytes()]),
            format: Format::Csv,
            signature: None,
            source: "register".into(),
            rejects: Box::new(std::io::sink()),
        };
        let other = office.town.province.import_organisations(&Actor::System, other).await;
        assert!(matches!(other, Err(DeedError::Conflict(_))), "a file is one kind of import");
    }
}

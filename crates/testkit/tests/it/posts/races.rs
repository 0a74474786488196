//! R52, role end against deed: whoever was told that a post has ended sees no deed in it afterwards.

use super::{Office, code, press};
use reqwest::Method;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use yima_kernel::assurance::Acr;
use yima_testkit::{Database, Lot, Town};

const ROUNDS: u64 = 12;

/// The deed is an officer's: appointing a deputy. In each round it races the end of the officer's post by the feed.
#[tokio::test(flavor = "multi_thread")]
async fn r52_no_deed_in_a_post_after_its_end_was_acknowledged() {
    let mut lot = Lot::of("r52_no_deed_in_a_post_after_its_end_was_acknowledged");
    for database in Database::all() {
        let mut office = Office::of(Town::open(&database).await).await;
        let colleague = office.made(1, "handler").await["id"].as_str().unwrap().to_owned();
        let mut deputy = office.browser(1, Acr::Passkey).await;
        assert_eq!(press(&mut deputy, &colleague, "accept", &[]).await.status, 303);
        let (mut done, mut late) = (0, 0);
        for round in 0..ROUNDS {
            office.later(1_000).await;
            let mut deputy = office.browser(1, Acr::Passkey).await;
            let head = office.made(0, "head").await["id"].as_str().unwrap().to_owned();
            let mut officer = office.browser(0, Acr::Passkey).await;
            assert_eq!(press(&mut officer, &head, "accept", &[]).await.status, 303);
            let named = code(&mut deputy).await;
            let mark = officer.mark("/account/posts").await;
            let path = format!("/account/posts/{head}/deputy");
            let request = officer.form_request(&mark, &path, &[("days", "7"), ("code", &named)]);
            let ended = Arc::new(AtomicBool::new(false));
            let seen = Arc::clone(&ended);
            // Now the deed is first, now the end, now they meet.
            let begins = lot.start(24);
            let deed = tokio::spawn(async move {
                tokio::time::sleep(begins).await;
                let begun_late = seen.load(Ordering::SeqCst);
                (officer.send(request).await.status == 303, begun_late)
            });
            let removed = office.scim(Method::DELETE, &format!("/Users/{head}"), None, &[]).await;
            ended.store(true, Ordering::SeqCst);
            assert_eq!(removed.status, 204);
            let (did, begun_late) = deed.await.unwrap();
            done += usize::from(did);
            late += usize::from(did && begun_late);
            // Whichever came first: nothing of the post stands now.
            let live = office.posts(&office.top).await;
            let heads = live.iter().filter(|(role, state, _)| role == "head" && state != "ended").count();
            assert_eq!(heads, 0, "round {round}: {live:?}");
            let mut after = office.browser(0, Acr::Passkey).await;
            let again = press(&mut after, &head, "deputy", &[("days", "7"), ("code", "aaaaa-aaaaa")]).await;
            assert_eq!(again.status, 409, "round {round}");
        }
        println!("{done} of {ROUNDS} deeds came before the end");
        assert_eq!(late, 0);
    }
}

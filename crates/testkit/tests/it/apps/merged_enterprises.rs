//! An enterprise goes on in another (rule R20, decision 0035): whoever acted for it acts no more and is told, and what was filed
//! for it stands.

use super::acting::{as_account, clerk, resident_of};
use super::acting_enterprise::{appoint, person};
use super::representatives::{accepts, code, enterprise, people, run, security};
use super::world::World;
use yima_kernel::id::{AccountId, DeviceId};
use yima_kernel::subject::Actor;
use yima_province::{DeedError, NewFiling, NewMerger};
use yima_testkit::Database;

const DAY: i64 = 86_400;

/// What stands among the notices of an account of this kind, so often.
async fn told(world: &World, account: &str, kind: &str) -> usize {
    let account = AccountId::parse(account).unwrap();
    let phone = Actor::Device { account, device: DeviceId::new(0, [7; 10]), slot: 0 };
    let home = world.town.province.home(&phone).await.unwrap();
    home.notices.iter().filter(|notice| notice.kind == kind).count()
}

/// Why a mandate of whoever is in front of the browser ended, a word each, with the enterprise's credit code.
async fn own(world: &World) -> Vec<(String, &'static str, Option<String>)> {
    let me = person(world).await;
    let found = world.town.province.own_enterprises(&me.actor()).await.unwrap();
    found.own.into_iter().map(|one| (one.credit_code, one.state, one.reason)).collect()
}

fn filing(text: &str) -> NewFiling {
    NewFiling { service: "tax".to_owned(), amount: 12_300, text: text.to_owned() }
}

#[tokio::test(flavor = "multi_thread")]
async fn r20_who_acted_for_a_merged_enterprise_acts_no_more_and_what_was_filed_stands() {
    for database in Database::all() {
        let mut world = World::new(&database).await;
        let province = std::sync::Arc::clone(&world.town.province);
        let (boss, boss_number) = resident_of(&world, "19700303", "501").await;
        let (heir, heir_number) = resident_of(&world, "19800505", "503").await;
        let (agent, agent_number) = resident_of(&world, "19910301", "505").await;
        let (merged, successor) = (enterprise(&world, 1).await, enterprise(&world, 2).await);
        let file = format!("credit_code,id_number\n{},{boss_number}\n{},{heir_number}\n", code(1), code(2));
        run(&world, &file).await;
        accepts(&mut world, &heir).await;
        let me = accepts(&mut world, &boss).await;
        let represents = province.own_enterprises(&me.actor()).await.unwrap().own[0].id.clone();
        let appointed = appoint(&mut world, (&boss, &represents), (&agent, &agent_number)).await;
        let new = NewMerger {
            merged: merged.clone(),
            successor: successor.clone(),
            contact: "0531-0000-0000".to_owned(),
            reference: "register 9".to_owned(),
            effect_at: world.town.now() + 16 * DAY,
        };
        let id = province.propose_merger(&clerk(), new).await.unwrap();
        province.decide_merger(&security(), &id, true).await.unwrap();
        province.publish_bundle(&Actor::System).await.unwrap();

        // Until its day everything is as it was: the agent files ten minutes before.
        world.town.clock.advance(16 * DAY - 600);
        as_account(&mut world, &agent).await;
        let me = person(&world).await;
        province.act_for(&me, &appointed).await.unwrap();
        let lodged = province.lodge_filing(&me, filing("tax of the third quarter")).await.unwrap();
        let both = [(true, "active"), (false, "active")];
        assert_eq!(people(&world, &merged).await, both);
        let before =
            (told(&world, &boss, "representative_ended").await, told(&world, &agent, "appointment_ended").await);
        assert_eq!(before, (0, 0));

        world.town.clock.advance(601);
        province.publish_bundle(&Actor::System).await.unwrap();
        assert_eq!(people(&world, &merged).await, [], "nobody acts for it");
        let me = person(&world).await;
        let late = province.lodge_filing(&me, filing("too late")).await;
        assert!(late.is_err(), "{late:?}");
        assert!(province.act_for(&me, &appointed).await.is_err());
        let ended = [(code(1), "ended", Some("merged".to_owned()))];
        assert_eq!(own(&world).await, ended);
        as_account(&mut world, &boss).await;
        assert_eq!(own(&world).await, ended);
        let after =
            (told(&world, &boss, "representative_ended").await, told(&world, &agent, "appointment_ended").await);
        assert_eq!(after, (1, 1), "each is told once");

        // What was filed goes its way, and nothing else came to it; nobody acts for the successor who did not before.
        let card = province.enterprise_card(&clerk(), &merged).await.unwrap();
        let filed: Vec<_> = card.filings.iter().map(|one| (one.id.as_str(), one.state)).collect();
        assert_eq!(filed, [(lodged.as_str(), "lodged")]);
        assert_eq!(people(&world, &successor).await, [(true, "active")]);
        let as_heir = accepts(&mut world, &heir).await;
        let taken = province.withdraw_filing(&as_heir, &lodged).await;
        assert!(matches!(taken, Err(DeedError::NotFound(_))), "{taken:?}");

        // Once more changes nothing and tells nobody twice.
        province.publish_bundle(&Actor::System).await.unwrap();
        assert_eq!(told(&world, &agent, "appointment_ended").await, 1);
    }
}

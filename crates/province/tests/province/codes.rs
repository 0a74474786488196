//! A code from its draw to its check, its challenge and what a desk may read behind it.

use crate::town::{BUS, NOON, PEOPLE, draw, import, key, refused, today, town};
use p256::ecdsa::Signature;
use p256::ecdsa::signature::Signer;
use yima_code::Reason;
use yima_code::token::{HolderPart, IssuerPart};
use yima_kernel::subject::{Actor, Role};
use yima_province::*;

#[tokio::test]
async fn a_code_is_checked_once_and_lost_devices_are_refused() {
    let town = town().await;
    import(&town, PEOPLE).await;
    let clerk = town.operator(Role::System).await;
    let phone = town.phone(&clerk, 40).await;
    let digits = phone.t1(0, NOON, 1, town.site);
    let first = town.check(&digits).await;
    assert!(first.is_valid(), "{first:?}");
    assert_eq!(first.assurance, 1);
    assert!(town.check(&digits).await.repeated, "a lost reply is answered again");
    assert_eq!(refused(&town.check(&phone.t1(0, NOON + 5, 1, town.site)).await), Some(Reason::Replayed));
    assert_eq!(refused(&town.check(&phone.t1(1, NOON, 2, town.site)).await), Some(Reason::WrongScenario));
    assert!(town.check(&phone.t0(0, NOON, town.site)).await.is_valid());
    assert_eq!(refused(&town.check(&phone.t0(1, NOON, town.site + 1)).await), Some(Reason::UnknownCode));
    let home = town.province.home(&phone.actor).await.unwrap();
    assert_eq!(home.name_masked, "*明华");
    town.province.end_device(&phone.actor, &home.devices[0].id, "lost").await.unwrap();
    assert_eq!(refused(&town.check(&phone.t1(1, NOON, 1, town.site)).await), Some(Reason::DeviceEnded));
    let urgent = town.province.publish_bundle(&Actor::System).await.unwrap();
    assert!(urgent.version >= 3);
}

#[tokio::test]
async fn the_same_request_draws_the_same_numbers_and_other_keys_are_refused() {
    let town = town().await;
    import(&town, PEOPLE).await;
    let clerk = town.operator(Role::System).await;
    let phone = town.phone(&clerk, 40).await;
    let again = town.province.draw_tokens(&phone.actor, draw(&phone.token_keys, 1)).await.unwrap();
    for (a, b) in phone.drawn.tokens.iter().zip(&again.tokens) {
        assert_eq!(a.1[..59], b.1[..59]);
    }
    let others = [key(90), key(91), key(92), key(93)];
    assert!(matches!(town.province.draw_tokens(&phone.actor, draw(&others, 1)).await, Err(DeedError::Conflict(_))));
    let far = Draw { day: today() + 2, ..draw(&others, 2) };
    assert!(matches!(town.province.draw_tokens(&phone.actor, far).await, Err(DeedError::Invalid { field: "day", .. })));
}

/// A scenario in which a relayed picture must fail.
fn desk_manifest() -> String {
    BUS.replace("id = 1\n", "id = 6\n")
        .replace("slug = \"bus\"", "slug = \"window\"")
        .replace("level = \"low\"", "level = \"high\"")
        .replace("[\"T1\", \"T0\", \"T2\"]", "[\"T1c\"]")
        .replace("any_scenario = true", "any_scenario = false")
        .replace("any_site = true", "any_site = false")
        .replace("late_s = 172800", "late_s = 0")
}

#[tokio::test]
async fn above_level_low_a_code_answers_the_desks_own_challenge_once() {
    let town = town().await;
    import(&town, PEOPLE).await;
    let clerk = town.operator(Role::System).await;
    let keeper = town.operator(Role::Security).await;
    let proposed = town.province.propose_scenario(&clerk, &desk_manifest()).await.unwrap();
    let own = town.province.review_scenario(&clerk, "window", proposed.version, true, "mine").await;
    assert!(matches!(own, Err(DeedError::Refused(_))), "nobody reviews their own");
    town.province.review_scenario(&keeper, "window", proposed.version, true, "read it").await.unwrap();
    town.province.publish_bundle(&keeper).await.unwrap();
    let name = Text::new("一号窗口", "Desk 1");
    let new = NewPlace { name, scenario: "window".into(), region: "370102".into() };
    let site = town.province.add_place(&clerk, new).await.unwrap().site;
    let made = town.province.add_gate(&clerk, "一号窗口", site).await.unwrap();
    let desk = town.province.gate(&made.key).await.unwrap().unwrap();
    let phone = town.phone(&clerk, 60).await;

    let now = u32::try_from(NOON).unwrap();
    let challenge = yima_code::Challenge::unsigned(6, site, now, *b"nonce-01");
    let answer = |nth: usize, short: [u8; 8]| {
        let part = IssuerPart::from_bytes(&phone.drawn.tokens[nth].1).unwrap();
        let holder = HolderPart::new(now, 6, site).answering(short);
        let signature: Signature = phone.token_keys[nth].sign(&holder.holder_message(&part).to_vec());
        holder.assemble(part, signature.normalize_s().to_bytes().into()).to_digits()
    };
    let check = async |digits: String, challenge: Option<yima_code::Challenge>| {
        let challenge = challenge.map(|c| c.to_bytes().to_vec());
        town.province.check_code(&desk, CheckCode { digits, challenge }).await.unwrap().verdict
    };
    assert_eq!(refused(&check(phone.t1(0, NOON, 6, site), Some(challenge)).await), Some(Reason::FormNotAccepted));
    let good = answer(1, challenge.short());
    assert!(refused(&check(good.clone(), None).await).is_some(), "an answer without its question");
    assert_eq!(refused(&check(answer(2, [9; 8]), Some(challenge)).await), Some(Reason::ChallengeWrong));
    let valid = check(good.clone(), Some(challenge)).await;
    assert!(valid.is_valid(), "{valid:?}");
    town.clock.advance(61);
    assert!(refused(&check(good, Some(challenge)).await).is_some(), "sixty seconds, once");
}

#[tokio::test]
async fn a_resolve_gives_what_was_agreed_and_nothing_else() {
    let town = town().await;
    import(&town, PEOPLE).await;
    let (clerk, keeper) = (town.operator(Role::System).await, town.operator(Role::Security).await);
    let manifest = BUS
        .replace("attributes = []", "attributes = [\"age_band\", \"region\"]\npseudonym = true")
        .replace("again_after_s = 0", "again_after_s = 60");
    let version = town.province.propose_scenario(&clerk, &manifest).await.unwrap().version;
    town.province.review_scenario(&keeper, "bus", version, true, "read it").await.unwrap();
    town.province.publish_bundle(&keeper).await.unwrap();
    let phone = town.phone(&clerk, 80).await;
    let wish = CheckCode { digits: phone.t1(0, NOON, 1, town.site), challenge: None };
    let checked = town.province.check_code(&town.gate, wish).await.unwrap();
    assert!(checked.verdict.is_valid());
    let resolve = async |names: &[&str]| {
        let names = names.iter().map(|n| (*n).to_owned()).collect();
        town.province.resolve_code(&town.gate, &checked.receipt, names).await
    };

    let nothing = resolve(&["age_band"]).await.unwrap();
    assert_eq!((nothing.attributes.len(), nothing.withheld), (0, vec!["age_band".to_owned()]));
    let give = GiveConsent { scenario: "bus".into(), attributes: vec!["age_band".into()], until_at: NOON + 3600 };
    let consent = town.province.give_consent(&phone.actor, give).await.unwrap();
    let given = resolve(&["age_band", "region"]).await.unwrap();
    assert_eq!(given.attributes.get("age_band").map(String::as_str), Some("70 to 79"));
    assert_eq!(given.withheld, ["region"]);
    assert_eq!(given.pseudonym, nothing.pseudonym, "the same holder, the same pseudonym");
    assert!(matches!(resolve(&["id_number"]).await, Err(DeedError::Refused(_))), "not in the manifest");
    town.province.withdraw_consent(&phone.actor, &consent.id).await.unwrap();
    assert_eq!(resolve(&["age_band"]).await.unwrap().withheld, ["age_band"], "withdrawn at once");
    let foreign = town.province.resolve_code(&town.gate, "use_0", vec![]).await;
    assert!(matches!(foreign, Err(DeedError::NotFound(_))));
    let record = town.province.record(&phone.actor, None).await.unwrap();
    let resolves = record.entries.iter().filter(|e| e.deed == "resolve").count();
    assert_eq!(resolves, 4, "three that gave or withheld, and the one that was refused");
}

//! Every staff deed, post and condition, asked: the posts say what the kernel's matrix says, each condition refuses the deeds
//! that it is about and no other, and no policy is there that never fires.

use std::collections::BTreeSet;
use yima_kernel::access::Refusal;
use yima_kernel::deed::Deed;
use yima_kernel::matrix::{Rule, rule};
use yima_kernel::subject::{ActorKind, Role};
use yima_policy::{About, Ask, House, OFFICES_MAX, POLICIES_MAX};

const POSTS: [(Role, ActorKind); 3] = [
    (Role::System, ActorKind::SystemOperator),
    (Role::Security, ActorKind::SecurityOperator),
    (Role::Audit, ActorKind::AuditOperator),
];

fn ask(role: Role, deed: Deed) -> Ask<'static> {
    Ask {
        officer: "opr_1",
        role,
        person: Some("res_1"),
        named: false,
        offices: &[],
        lease_until_s: None,
        deed,
        about: None,
        now_s: 1_000,
        reads: 0,
        reads_max: 300,
    }
}

fn file(person: &'static str) -> Option<About<'static>> {
    Some(About { person, kin: false, offices: &[] })
}

/// A condition, its question, and what is answered where it speaks.
fn broken(role: Role, deed: Deed, office: &'static [String; 1]) -> [(&'static str, Ask<'static>, Refusal); 7] {
    let plain = Ask { about: file("res_2"), ..ask(role, deed) };
    [
        ("feed_silent", Ask { lease_until_s: Some(1_000), ..plain }, Refusal::FeedSilent),
        ("own_file", Ask { about: file("res_1"), ..plain }, Refusal::OwnFile),
        (
            "kin_file",
            Ask { about: Some(About { kin: true, person: "res_2", offices: &[] }), ..plain },
            Refusal::KinFile,
        ),
        ("not_named", Ask { person: None, named: true, ..plain }, Refusal::NotNamed),
        ("own_file_unknown", Ask { person: None, ..plain }, Refusal::PolicyUnchecked),
        (
            "same_office",
            Ask { offices: office, about: Some(About { person: "res_2", kin: false, offices: office }), ..plain },
            Refusal::SameOffice,
        ),
        ("mass_reading", Ask { reads: 300, ..plain }, Refusal::MassReading),
    ]
}

#[test]
fn the_posts_say_what_the_matrix_says() {
    let house = House::load().unwrap();
    for deed in Deed::ALL {
        let staff = POSTS.iter().any(|(_, kind)| rule(*kind, deed) != Rule::No);
        assert_eq!(house.knows(deed), staff, "write `{}` into house.cedarschema, or take it out", deed.as_str());
        for (role, kind) in POSTS {
            let allowed = rule(kind, deed) != Rule::No;
            let asked = Ask { about: file("res_2"), ..ask(role, deed) };
            let expected = match (allowed, staff) {
                (true, _) => Ok(()),
                (false, true) => Err(Refusal::NotAllowed),
                (false, false) => Err(Refusal::PolicyUnchecked),
            };
            assert_eq!(house.decide(&asked), expected, "{} by {}", deed.as_str(), role.as_str());
            assert_eq!(house.decide(&Ask { about: None, ..asked }), expected, "{} about nobody", deed.as_str());
        }
    }
}

#[test]
fn each_condition_refuses_its_deeds_and_no_other() {
    let house = House::load().unwrap();
    let office: &'static [String; 1] = Box::leak(Box::new(["org_1".to_owned()]));
    let mut fired = BTreeSet::new();
    for deed in Deed::ALL.into_iter().filter(|deed| house.knows(*deed)) {
        let policies = house.policies_of(deed);
        assert!(policies.len() <= POLICIES_MAX);
        for (role, kind) in POSTS.into_iter().filter(|(_, kind)| rule(*kind, deed) != Rule::No) {
            for (id, question, refusal) in broken(role, deed, office) {
                let speaks = policies.iter().any(|one| one == id);
                let expected = if speaks { Err(refusal) } else { Ok(()) };
                assert_eq!(house.decide(&question), expected, "{id}: {} by {}", deed.as_str(), kind.as_str());
                if speaks {
                    fired.insert(id.to_owned());
                }
            }
            fired.insert(format!("post_{}", role.as_str()));
        }
    }
    let all: BTreeSet<String> = Deed::ALL.into_iter().flat_map(|deed| house.policies_of(deed)).collect();
    assert_eq!(fired, all, "every policy fires in this test");
}

#[test]
fn where_a_condition_ends() {
    let house = House::load().unwrap();
    let plain = Ask { about: file("res_2"), ..ask(Role::System, Deed::SeeResidents) };
    assert_eq!(house.decide(&Ask { lease_until_s: Some(1_001), ..plain }), Ok(()), "a lease holds until its second");
    assert_eq!(house.decide(&Ask { reads: 299, ..plain }), Ok(()), "the last file of the hour");
    assert_eq!(house.decide(&Ask { person: None, ..plain }), Ok(()), "an operator whose file is unknown may work");
    let many: Vec<String> = (0..=OFFICES_MAX).map(|n| format!("org_{n}")).collect();
    let too_many = Ask { offices: &many, ..plain };
    assert_eq!(house.decide(&too_many), Err(Refusal::PolicyUnchecked), "what cannot be checked is refused");
}

#[test]
fn a_lawyer_reads_every_condition_in_two_languages() {
    let text = yima_policy::print().unwrap();
    for id in ["feed_silent", "own_file", "kin_file", "not_named", "same_office", "mass_reading", "post_audit"] {
        assert!(text.contains(&format!("\n{id} (")), "{id}");
    }
    assert!(!text.contains("  .\n") && !text.contains("  。\n"), "a policy without its sentence:\n{text}");
}

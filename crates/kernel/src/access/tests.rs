//! Tables of who may do what, given which facts.

use super::*;
use crate::assurance::{Acr, Proofing, Standing};
use crate::id::{ConsentId, DeviceId, GateId, SessionId};
use crate::post::Held;
use crate::subject::Role;

fn account(n: u8) -> AccountId {
    AccountId::new(1, [n; 10])
}

fn device(n: u8) -> Actor {
    Actor::Device { account: account(n), device: DeviceId::new(1, [n; 10]), slot: 0 }
}

fn gate(scenario: u16) -> Actor {
    Actor::Gate { gate: GateId::new(1, [1; 10]), site: 7, scenario }
}

fn operator(n: u8, role: Role) -> Actor {
    Actor::Operator { operator: OperatorId::new(1, [n; 10]), role }
}

#[test]
fn decision_table() {
    let dead = Facts { subject_state: Some(AccountState::Dead), ..Facts::default() };
    let ended = Facts { actor_ended: true, ..Facts::default() };
    let asked = |n| Facts { asked_device: Some(DeviceId::new(1, [n; 10])), ..Facts::default() };
    let prepared = |n| Facts { prepared_by: Some(OperatorId::new(1, [n; 10])), ..Facts::default() };
    let table: Vec<(Request, Facts, Result<(), Refusal>)> = vec![
        (Request::of(device(1), Deed::DrawTokens).about(account(1)), Facts::default(), Ok(())),
        (Request::of(device(1), Deed::DrawTokens).about(account(2)), Facts::default(), Err(Refusal::NotYours)),
        (Request::of(device(1), Deed::DrawTokens).about(account(1)), ended, Err(Refusal::ActorEnded)),
        (Request::of(device(1), Deed::DrawTokens).about(account(1)), dead.clone(), Err(Refusal::SubjectNotActive)),
        (Request::of(device(1), Deed::ConfirmCheck).about(account(1)), asked(1), Ok(())),
        (Request::of(device(1), Deed::ConfirmCheck).about(account(1)), asked(2), Err(Refusal::NotYours)),
        (Request::of(device(1), Deed::RefuseCheck).about(account(2)), asked(1), Err(Refusal::NotYours)),
        (Request::of(Actor::Stranger, Deed::DrawTokens), Facts::default(), Err(Refusal::NotAllowed)),
        (
            Request { scenario: Some(2), ..Request::of(gate(1), Deed::CheckCode) },
            Facts::default(),
            Err(Refusal::NotYours),
        ),
        (Request { scenario: Some(1), ..Request::of(gate(1), Deed::CheckCode) }, Facts::default(), Ok(())),
        (Request::of(operator(1, Role::System), Deed::ReviewScenario), prepared(1), Err(Refusal::SamePerson)),
        (Request::of(operator(2, Role::Security), Deed::ReviewScenario), prepared(1), Ok(())),
        (Request::of(operator(2, Role::Audit), Deed::ReviewScenario), prepared(1), Err(Refusal::NotAllowed)),
        (
            Request::of(operator(1, Role::System), Deed::IssueCard).about(account(1)),
            dead,
            Err(Refusal::SubjectNotActive),
        ),
        (Request::of(operator(1, Role::System), Deed::ReadUses), Facts::default(), Err(Refusal::NotAllowed)),
    ];
    for (i, (request, facts, expected)) in table.into_iter().enumerate() {
        assert_eq!(decide(&request, &facts, 100).map(|_| ()), expected, "row {i}");
    }
}

#[test]
fn r3_a_phone_that_was_not_kept_stops_the_recovery_and_does_nothing_else() {
    let waits = Facts { actor_suspended: true, ..Facts::default() };
    for deed in Deed::ALL {
        let request = Request::of(device(1), deed).about(account(1));
        let expected = match deed {
            Deed::SeeRecoveries | Deed::StopRecovery => Ok(()),
            _ => Err(Refusal::PhoneSuspended),
        };
        assert_eq!(decide(&request, &waits, 100).map(drop), expected, "{}", deed.as_str());
    }
}

#[test]
fn r11_a_phone_of_a_moment_ago_waits_with_what_matters_and_stops_whatever_it_will() {
    const WAIT: [Deed; 12] = [
        Deed::CopyData,
        Deed::CorrectData,
        Deed::RestrictData,
        Deed::LiftRestriction,
        Deed::DeleteData,
        Deed::InviteHelper,
        Deed::AcceptInvitation,
        Deed::ConfirmMandate,
        Deed::RestoreMandate,
        Deed::NameTrusted,
        Deed::AskForWard,
        Deed::DrawForPost,
    ];
    let person = Actor::Person {
        account: account(1),
        session: SessionId::new(1, [1; 10]),
        standing: Standing { proofing: Proofing::Seen, acr: Acr::Passkey, auth_at_s: 100 },
    };
    let facts = |young_until_s| Facts { young_until_s, ..Facts::default() };
    for deed in Deed::ALL {
        let request = Request::of(device(1), deed).about(account(1));
        let at = |facts: &Facts, now_s| decide(&request, facts, now_s).map(drop);
        let grown = at(&facts(None), 100);
        let young = Err(Refusal::PhoneYoung { until_s: 101 });
        // What needs a mandate is refused for want of it first; who has it waits all the same.
        let expected = if grown.is_ok() && WAIT.contains(&deed) { young } else { grown };
        assert_eq!(at(&facts(Some(101)), 100), expected, "{}", deed.as_str());
        assert_eq!(at(&facts(Some(100)), 100), grown, "{} at its hour", deed.as_str());
        if rule(device(1).kind(), deed) != Rule::No {
            assert_eq!(waits_while_young(&request), WAIT.contains(&deed), "{}", deed.as_str());
        }
        // A browser is asked for its own proof instead.
        let in_browser = Request::of(person.clone(), deed).about(account(1));
        let asked = |facts: &Facts| decide(&in_browser, facts, 100).map(drop);
        assert_eq!(asked(&facts(Some(101))), asked(&facts(None)), "{} in a browser", deed.as_str());
    }
}

#[test]
fn r11_a_phone_of_a_moment_ago_agrees_to_anything_but_a_number() {
    for (attributes, expected) in [
        (vec!["name", "region", "age_band", "benefit", "binding"], Ok(())),
        (vec!["id_number"], Err(Refusal::PhoneYoung { until_s: 200 })),
        (vec!["name", "id_number"], Err(Refusal::PhoneYoung { until_s: 200 })),
    ] {
        let attributes: Vec<String> = attributes.into_iter().map(str::to_owned).collect();
        let request = Request { attributes, ..Request::of(device(1), Deed::GiveConsent).about(account(1)) };
        let facts = Facts { young_until_s: Some(200), ..Facts::default() };
        assert_eq!(decide(&request, &facts, 100).map(drop), expected, "{:?}", request.attributes);
    }
}

#[test]
fn codes_of_a_post_are_drawn_by_its_own_officer_while_it_stands() {
    let held = Held { active: true, lease_until_s: 100, deputy: false };
    let post = |n| InPost { account: account(n), held, officer: None, office_stands: true };
    let closed = InPost { office_stands: false, ..post(1) };
    let person = Actor::Person {
        account: account(1),
        session: SessionId::new(1, [1; 10]),
        standing: Standing { proofing: Proofing::Seen, acr: Acr::Passkey, auth_at_s: 50 },
    };
    let table = [
        (device(1), Some(post(1)), 99, Ok(())),
        (device(1), Some(post(1)), 100, Err(Refusal::MandateOver)),
        (device(1), Some(closed), 99, Err(Refusal::MandateOver)),
        (device(1), Some(post(2)), 99, Err(Refusal::NotMandated)),
        (device(1), None, 99, Err(Refusal::NotMandated)),
        (person, Some(post(1)), 99, Err(Refusal::NotAllowed)),
    ];
    for (i, (actor, post, now, expected)) in table.into_iter().enumerate() {
        let request = Request::of(actor, Deed::DrawForPost).about(account(1));
        let facts = Facts { post, ..Facts::default() };
        assert_eq!(decide(&request, &facts, now).map(drop), expected, "row {i}");
    }
}

#[test]
fn acting_for_somebody_needs_their_mandate_with_that_scope_now() {
    use crate::mandate::{Kind, Scopes, Terms};
    let terms = Terms {
        kind: Kind::Guardian,
        scopes: Scopes::of(&[Scope::ShowCode]),
        limit: None,
        from_s: 50,
        until_s: 150,
        consent_by_s: None,
    };
    let mandate = Mandate {
        id: crate::id::EdgeId::new(1, [1; 10]),
        principal: account(2),
        actor: account(1),
        terms,
        active: true,
        sight: Sight::Nothing,
    };
    let with = |mandate| Facts { mandate: Some(mandate), ..Facts::default() };
    let short = Terms { consent_by_s: Some(100), ..terms };
    let table = [
        (1, 2, with(mandate.clone()), Ok(())),
        (1, 3, with(mandate.clone()), Err(Refusal::NotMandated)),
        (3, 2, with(mandate.clone()), Err(Refusal::NotMandated)),
        (1, 2, Facts::default(), Err(Refusal::NotMandated)),
        (1, 2, with(Mandate { active: false, ..mandate.clone() }), Err(Refusal::NotMandated)),
        (1, 2, with(Mandate { terms: Terms { until_s: 100, ..terms }, ..mandate.clone() }), Err(Refusal::NotMandated)),
        (1, 2, with(Mandate { terms: short, ..mandate.clone() }), Err(Refusal::NotMandated)),
        (
            1,
            2,
            Facts { subject_state: Some(AccountState::Dead), ..with(mandate.clone()) },
            Err(Refusal::SubjectNotActive),
        ),
    ];
    for (i, (actor, principal, facts, expected)) in table.into_iter().enumerate() {
        let request = Request::of(device(actor), Deed::DrawActing).about(account(principal));
        assert_eq!(decide(&request, &facts, 100).map(|_| ()), expected, "row {i}");
    }
    let seeing = Request::of(device(1), Deed::SeeWardRecord).about(account(2));
    let see = Terms { scopes: Scopes::of(&[Scope::SeeRecord]), ..terms };
    let whole = Mandate { terms: see, sight: Sight::Whole, ..mandate };
    assert!(decide(&seeing, &with(whole.clone()), 100).is_ok());
    let nothing = with(Mandate { sight: Sight::Nothing, ..whole.clone() });
    assert_eq!(decide(&seeing, &nothing, 100).map(|_| ()), Err(Refusal::NotMandated));
    // R31: whoever signed in answers for a child, where the mandate says so and for nobody else's.
    let standing = Standing { proofing: Proofing::Seen, acr: Acr::Passkey, auth_at_s: 90 };
    let person = |n: u8| Actor::Person { account: account(n), session: SessionId::new(1, [n; 10]), standing };
    let consents = Terms { scopes: Scopes::of(&[Scope::GiveConsent]), ..see };
    let guardian = with(Mandate { terms: consents, ..whole.clone() });
    let answer = |n, about| Request::of(person(n), Deed::AllowAppFor).about(account(about));
    assert!(decide(&answer(1, 2), &guardian, 100).is_ok());
    for (request, facts) in [
        (answer(1, 2), with(whole)),
        (answer(1, 2), Facts::default()),
        (answer(1, 3), guardian.clone()),
        (answer(3, 2), guardian.clone()),
    ] {
        assert_eq!(decide(&request, &facts, 100).map(|_| ()), Err(Refusal::NotMandated));
    }
    let by_device = Request::of(device(1), Deed::AllowAppFor).about(account(2));
    assert_eq!(decide(&by_device, &guardian, 100).map(|_| ()), Err(Refusal::NotAllowed), "by the page alone");
}

#[test]
fn only_agreed_attributes_are_given_and_unnamed_ones_refused() {
    let mut request = Request { scenario: Some(9), ..Request::of(gate(9), Deed::ResolveCode) };
    request.attributes = vec!["age_band".into(), "region".into()];
    let consent = Consent {
        id: ConsentId::new(1, [0; 10]),
        scenario: 9,
        attributes: vec!["age_band".into()],
        from_s: 50,
        until_s: 150,
    };
    let mut facts = Facts {
        consents: vec![consent],
        manifest_attributes: vec!["age_band".into(), "region".into()],
        ..Facts::default()
    };
    let given = |f: &Facts, now| decide(&request, f, now).map(|p| p.attributes().to_vec());
    assert_eq!(given(&facts, 100), Ok(vec!["age_band".into()]));
    assert_eq!(given(&facts, 150), Ok(vec![]), "an ended consent gives nothing");
    facts.manifest_attributes.pop();
    assert_eq!(given(&facts, 100), Err(Refusal::NotInManifest));
}

#[test]
fn a_card_is_tied_and_found_within_agreement_alone() {
    let agreed = |scenario, until_s| Facts {
        consents: vec![Consent {
            id: ConsentId::new(1, [0; 10]),
            scenario,
            attributes: vec!["binding".into()],
            from_s: 50,
            until_s,
        }],
        manifest_attributes: vec!["binding".into()],
        subject_state: Some(AccountState::Active),
        ..Facts::default()
    };
    let unnamed = Facts { manifest_attributes: Vec::new(), ..agreed(9, 150) };
    let suspended = Facts { subject_state: Some(AccountState::Suspended), ..agreed(9, 150) };
    let table = [
        (agreed(9, 150), Ok(())),
        (agreed(9, 100), Err(Refusal::NotAgreed)),
        (agreed(8, 150), Err(Refusal::NotAgreed)),
        (Facts { consents: Vec::new(), ..agreed(9, 150) }, Err(Refusal::NotAgreed)),
        (unnamed, Err(Refusal::NotInManifest)),
        (suspended, Err(Refusal::SubjectNotActive)),
    ];
    for deed in [Deed::BindCard, Deed::FindBound] {
        for (i, (facts, expected)) in table.iter().enumerate() {
            let request =
                Request { scenario: Some(9), attributes: vec!["binding".into()], ..Request::of(gate(9), deed) };
            assert_eq!(decide(&request, facts, 100).map(|_| ()), *expected, "{} row {i}", deed.as_str());
        }
    }
    // Ending one asks for no agreement: it works for whoever is suspended, and after the consent is over.
    let end = Request { scenario: Some(9), ..Request::of(gate(9), Deed::UnbindCard) };
    let dead = Facts { subject_state: Some(AccountState::Dead), ..Facts::default() };
    assert!(decide(&end, &dead, 100).is_ok());
    assert_eq!(
        decide(&Request::of(device(1), Deed::UnbindCard).about(account(2)), &Facts::default(), 100).map(|_| ()),
        Err(Refusal::NotYours)
    );
}

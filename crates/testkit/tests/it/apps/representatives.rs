//! Representatives of enterprises out of a file of the register (rules R17 and R47): tried, approved by somebody else, run, never
//! more than pending, stopped where too many would change, undone as one.

use super::acting::{as_account, clerk, resident_of};
use super::world::World;
use crate::rejects::Rejects;
use std::io::Cursor;
use yima_kernel::id::OperatorId;
use yima_kernel::subject::{Actor, Role};
use yima_province::{DeedError, Format, NewAgent, NewOrganisation, OrganisationFile, OrganisationImport, Person};
use yima_testkit::Database;

/// A credit code of this number, with the check character of GB 32100.
pub(super) fn code(number: usize) -> String {
    const LETTERS: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    let head = format!("9137000{number:010}");
    let sum: usize = head
        .chars()
        .enumerate()
        .fold((0, 1), |(sum, weight), (_, letter)| (sum + weight * LETTERS.find(letter).unwrap(), weight * 3 % 31))
        .0;
    format!("{head}{}", LETTERS.chars().nth((31 - sum % 31) % 31).unwrap())
}

pub(super) async fn enterprise(world: &World, number: usize) -> String {
    let new = NewOrganisation {
        enterprise: true,
        credit_code: Some(code(number)),
        name: format!("企业{number}"),
        region: String::new(),
        parent: None,
        source: "register".to_owned(),
    };
    world.town.province.add_organisation(&clerk(), new).await.unwrap().id
}

async fn import(world: &World, text: &str, rejects: &Rejects) -> Result<OrganisationImport, DeedError> {
    let file = OrganisationFile {
        reader: Box::new(Cursor::new(text.to_owned())),
        file_hash: yima_keys::sha256(&[text.as_bytes()]),
        format: Format::Csv,
        signature: None,
        source: "register of enterprises".into(),
        rejects: Box::new(rejects.clone()),
    };
    world.town.province.import_representatives(&Actor::System, file).await
}

/// Tried, approved by another post, and run.
pub(super) async fn run(world: &World, text: &str) -> OrganisationImport {
    let tried = import(world, text, &Rejects::default()).await.unwrap();
    assert_eq!(tried.state, "proposed");
    world.town.province.approve_organisations(&security(), &tried.id).await.unwrap();
    let done = import(world, text, &Rejects::default()).await.unwrap();
    assert_eq!(done.state, "done");
    done
}

pub(super) fn security() -> Actor {
    Actor::Operator { operator: OperatorId::new(0, [2; 10]), role: Role::Security }
}

/// (represents, state) of everybody who acts for an enterprise.
pub(super) async fn people(world: &World, id: &str) -> Vec<(bool, &'static str)> {
    let card = world.town.province.enterprise_card(&clerk(), id).await.unwrap();
    card.people.into_iter().map(|one| (one.represents, one.state)).collect()
}

/// Signs somebody in; they accept whatever names them.
pub(super) async fn accepts(world: &mut World, account: &str) -> Person {
    as_account(world, account).await;
    let cookie = world.cookie.split(';').find_map(|pair| pair.trim().strip_prefix("ys=")).unwrap().to_owned();
    let me = world.town.province.person(&cookie).await.unwrap().unwrap();
    for one in world.town.province.own_enterprises(&me.actor()).await.unwrap().own {
        if one.state == "pending" {
            world.town.province.accept_representation(&me, &one.id).await.unwrap();
        }
    }
    me
}

#[tokio::test(flavor = "multi_thread")]
async fn r17_a_file_names_nobody_under_eighteen() {
    for database in Database::all() {
        let world = World::new(&database).await;
        let number = resident_of(&world, "20160301", "501").await.1;
        enterprise(&world, 1).await;
        let text = format!("credit_code,id_number\n{},{number}\n", code(1));
        let tried = import(&world, &text, &Rejects::default()).await.unwrap();
        assert_eq!((tried.counts.new, tried.counts.rejected), (0, 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r47_representatives_by_import_take_two_persons_stay_pending_and_are_undone_as_one() {
    for database in Database::all() {
        let mut world = World::new(&database).await;
        let (boss, boss_number) = resident_of(&world, "19700303", "501").await;
        let (heir, heir_number) = resident_of(&world, "19800505", "503").await;
        let (agent, agent_number) = resident_of(&world, "19910301", "505").await;
        let (first, second) = (enterprise(&world, 1).await, enterprise(&world, 2).await);
        run(&world, &format!("credit_code,id_number\n{},{boss_number}\n", code(1))).await;
        assert_eq!(people(&world, &first).await, [(true, "pending")], "a file makes nobody a representative");
        let me = accepts(&mut world, &boss).await;
        let represents = world.town.province.own_enterprises(&me.actor()).await.unwrap().own[0].id.clone();
        let new = NewAgent {
            id_number: agent_number.clone(),
            services: vec!["tax".to_owned()],
            limit_amount: None,
            show_code: false,
            may_appoint: false,
            days: 60,
        };
        let offer = world.town.province.appoint_agent(&me, &represents, new).await.unwrap();
        as_account(&mut world, &agent).await;
        let cookie = world.cookie.split(';').find_map(|pair| pair.trim().strip_prefix("ys=")).unwrap().to_owned();
        let helper = world.town.province.person(&cookie).await.unwrap().unwrap();
        world.town.province.accept_appointment(&helper, &offer).await.unwrap();
        assert_eq!(people(&world, &first).await, [(true, "active"), (false, "active")]);

        let stranger = "11010519491231002X";
        let text = format!(
            "统一社会信用代码,法定代表人身份证号\n{},{heir_number}\n{},{boss_number}\n{},{heir_number}\n\
             {},{stranger}\n{},{boss_number}\n{},110105194912310021\n",
            code(1),
            code(2),
            code(3),
            code(2),
            code(1),
            code(2)
        );
        let rejects = Rejects::default();
        let tried = import(&world, &text, &rejects).await.unwrap();
        let c = tried.counts;
        assert_eq!((tried.kind, tried.state, c.rows), ("representatives", "proposed", 6));
        assert_eq!((c.new, c.known, c.differs, c.rejected), (1, 1, 1, 4));
        let said = rejects.said();
        assert!(!said.contains(stranger) && !said.contains(&heir_number), "no number is told: {said}");
        assert_eq!(people(&world, &first).await, [(true, "active"), (false, "active")], "a dry run writes nothing");
        let own = world.town.province.approve_organisations(&Actor::System, &tried.id).await;
        assert!(matches!(own, Err(DeedError::Refused(_))), "{own:?}");
        world.town.province.approve_organisations(&security(), &tried.id).await.unwrap();
        let done = import(&world, &text, &Rejects::default()).await.unwrap();
        assert_eq!((done.state, done.counts.new, done.counts.differs, done.rows_read), ("done", 1, 1, 6));
        assert_eq!(import(&world, &text, &Rejects::default()).await.unwrap().state, "done", "twice changes nothing");

        // Rule R17: whoever was it acts no more, the appointment waits, and the new one accepts themselves.
        assert_eq!(people(&world, &first).await, [(true, "pending"), (false, "suspended")]);
        assert_eq!(people(&world, &second).await, [(true, "pending")]);
        accepts(&mut world, &heir).await;
        assert_eq!(people(&world, &first).await, [(true, "active"), (false, "suspended")]);

        let undone = world.town.province.undo_organisations(&clerk(), &tried.id, "a wrong file").await.unwrap();
        assert_eq!(undone, 2);
        assert_eq!(
            people(&world, &first).await,
            [(true, "pending"), (false, "suspended")],
            "named anew, to be accepted"
        );
        assert_eq!(people(&world, &second).await, []);
        accepts(&mut world, &boss).await;
        assert_eq!(people(&world, &first).await[0], (true, "active"), "whoever it was before");
        assert!(matches!(import(&world, &text, &Rejects::default()).await, Err(DeedError::Conflict(_))));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r47_an_import_that_would_replace_too_many_representatives_stops() {
    for database in Database::all() {
        let world = World::new(&database).await;
        let a = resident_of(&world, "19700303", "501").await.1;
        let b = resident_of(&world, "19800505", "503").await.1;
        let c = resident_of(&world, "19910301", "505").await.1;
        let file = |numbers: std::ops::Range<usize>, who: &str| {
            let rows: Vec<_> = numbers.map(|number| format!("{},{who}\n", code(number))).collect();
            format!("credit_code,id_number\n{}", rows.concat())
        };
        for number in 1..13 {
            enterprise(&world, number).await;
        }
        // One person represents so many at most: two share them.
        for (numbers, who) in [(1..7, &a), (7..13, &b)] {
            let done = run(&world, &file(numbers, who)).await;
            assert_eq!((done.counts.new, done.counts.rejected), (6, 0), "the first of an enterprise replaces nobody");
        }
        let swapped = format!("{}{}", file(1..7, &b), file(7..12, &a).split_once('\n').unwrap().1);
        let stopped = import(&world, &swapped, &Rejects::default()).await;
        assert!(matches!(stopped, Err(DeedError::Conflict(_))), "eleven of twelve: {stopped:?}");
        let done = run(&world, &file(1..6, &c)).await;
        assert_eq!((done.counts.differs, done.counts.rejected), (5, 0));
        let other = import(&world, &file(7..13, &c), &Rejects::default()).await;
        assert!(matches!(other, Err(DeedError::Conflict(_))), "and not in two files of a day: {other:?}");
        world.town.clock.advance(86_400 + 1);
        let later = import(&world, &file(7..13, &c), &Rejects::default()).await.unwrap();
        assert_eq!((later.state, later.counts.differs), ("proposed", 6));
    }
}

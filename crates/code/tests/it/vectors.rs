//! The vectors' file format, the run of every vector by this crate, and the test that the files are current.
//! `YIMA_WRITE_VECTORS=1 cargo test -p yima-code` writes them anew.

use crate::world::{NOON, SITE, World};
use crate::{accept, reject};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::PathBuf;
use yima_code::rule::FlavourKind;
use yima_code::{
    CardStanding, CheckerClock, Context, Form, ListTimes, OpenChallenge, Place, Presented, ScenarioRule, SeenInMemory,
    Verdict, Withdrawn, check_digits,
};

/// One way of meeting one or more codes at one place.
#[derive(Clone, Serialize, Deserialize)]
pub struct Vector {
    pub name: String,
    /// The rule that it holds up.
    pub about: String,
    pub scenario: String,
    pub site: u32,
    /// First 48 bits of withdrawn token ids.
    pub urgent: Vec<String>,
    /// Status lists, by number.
    pub lists: BTreeMap<u16, StatusList>,
    /// How many codes the checker can remember, if few.
    pub seen_capacity: Option<usize>,
    pub steps: Vec<Step>,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct StatusList {
    pub made_at: u32,
    pub revoked: Vec<u32>,
}

/// One showing: what is scanned, what the checker knows, what it must answer.
#[derive(Clone, Serialize, Deserialize)]
pub struct Step {
    pub digits: String,
    /// The checker's trusted time; null when its clock is not to be trusted.
    pub now: Option<u32>,
    pub bundle_at: Option<u32>,
    pub urgent_at: Option<u32>,
    pub challenge: Option<Shown>,
    pub guardian_at: Option<u32>,
    pub expect: Expect,
}

/// A challenge that the checker shows: the eight bytes of its digest, and when it was made.
#[derive(Clone, Serialize, Deserialize)]
pub struct Shown {
    pub short: String,
    pub time: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Expect {
    pub verdict: String,
    pub reason: Option<String>,
    pub form: Option<String>,
    pub assurance: u8,
    pub age_band: u8,
    pub benefit: u8,
    pub acting: bool,
    pub late: bool,
    pub stale: bool,
    pub repeated: bool,
    pub skew_min: i16,
}

impl Expect {
    fn of(verdict: &Verdict) -> Expect {
        Expect {
            verdict: verdict.kind.to_string(),
            reason: verdict.reason.map(|reason| reason.to_string()),
            form: verdict.form.map(|form| form.to_string()),
            assurance: verdict.assurance,
            age_band: verdict.age_band,
            benefit: verdict.benefit,
            acting: verdict.acting,
            late: verdict.late,
            stale: verdict.stale,
            repeated: verdict.repeated,
            skew_min: verdict.skew_min,
        }
    }

    /// Valid, in this form, assurance 2 and nothing disclosed.
    pub fn valid(form: &str) -> Expect {
        Expect { verdict: "valid".into(), assurance: 2, ..Expect::because("", form) }
    }

    /// A reason that refuses.
    pub fn refused(reason: &str, form: &str) -> Expect {
        Expect { verdict: "refused".into(), reason: Some(reason.into()), ..Expect::because("", form) }
    }

    /// A reason that could not check.
    pub fn could_not(reason: &str, form: &str) -> Expect {
        Expect { verdict: "could_not_check".into(), ..Expect::refused(reason, form) }
    }

    fn because(verdict: &str, form: &str) -> Expect {
        Expect {
            verdict: verdict.into(),
            reason: None,
            form: (!form.is_empty()).then(|| form.into()),
            assurance: 0,
            age_band: 0,
            benefit: 0,
            acting: false,
            late: false,
            stale: false,
            repeated: false,
            skew_min: 0,
        }
    }
}

impl Step {
    /// Shown at noon of the vectors' day, to a checker with fresh lists.
    pub fn new(digits: impl Into<String>, expect: Expect) -> Step {
        let digits = digits.into();
        Step { digits, now: None, bundle_at: None, urgent_at: None, challenge: None, guardian_at: None, expect }
            .at(NOON)
    }

    /// Shown at another time; the lists stay as fresh.
    pub fn at(self, now: u32) -> Step {
        Step { now: Some(now), bundle_at: Some(now - 3_600), urgent_at: Some(now - 600), ..self }
    }

    pub fn challenge(self, short: [u8; 8], time: u32) -> Step {
        Step { challenge: Some(Shown { short: hex::encode(short), time }), ..self }
    }
}

impl Vector {
    pub fn new(name: &str, about: &str, scenario: &str, steps: Vec<Step>) -> Vector {
        let lists = [(7, StatusList { made_at: NOON - 3_600, revoked: vec![99_999, 100_001] })].into();
        Vector {
            name: name.into(),
            about: about.into(),
            scenario: scenario.into(),
            site: SITE,
            urgent: vec![],
            lists,
            seen_capacity: None,
            steps,
        }
    }

    /// A vector of one step at noon.
    pub fn once(name: &str, about: &str, scenario: &str, digits: impl Into<String>, expect: Expect) -> Vector {
        Vector::new(name, about, scenario, vec![Step::new(digits, expect)])
    }
}

/// The vector's lists as the check asks for them.
struct Lists<'a> {
    vector: &'a Vector,
    urgent: HashSet<[u8; 6]>,
}

impl<'a> Lists<'a> {
    fn of(vector: &'a Vector) -> Lists<'a> {
        let urgent = vector.urgent.iter().map(|id| hex::decode(id).unwrap().try_into().unwrap()).collect();
        Lists { vector, urgent }
    }
}

impl Withdrawn for Lists<'_> {
    fn token(&self, id: &[u8; 16]) -> bool {
        self.urgent.contains(&id[..6])
    }

    fn card(&self, list: u16, index: u32) -> CardStanding {
        match self.vector.lists.get(&list) {
            None => CardStanding::Unknown,
            Some(list) if list.revoked.contains(&index) => CardStanding::Revoked,
            Some(list) => CardStanding::Good { list_at: list.made_at },
        }
    }
}

/// Answers every step of a vector.
fn run(vector: &Vector, world: &World) -> Vec<Expect> {
    let rule = &world.rules[&vector.scenario];
    let issuers: Vec<_> = world.kids.iter().map(|kid| kid.entry.clone()).collect();
    let lists = Lists::of(vector);
    let mut seen = SeenInMemory::with_capacity(vector.seen_capacity.unwrap_or(1_000));
    let answer = |step: &Step| {
        let context = Context {
            place: Place { scenario: rule.id, site: vector.site },
            rule,
            clock: step.now.map_or(CheckerClock::Untrusted, CheckerClock::Trusted),
            issuers: &issuers,
            withdrawn: &lists,
            lists: ListTimes { bundle_at: step.bundle_at, urgent_at: step.urgent_at },
            challenge: step.challenge.as_ref().map(|shown| OpenChallenge {
                short: hex::decode(&shown.short).unwrap().try_into().unwrap(),
                time: shown.time,
            }),
            guardian_at: step.guardian_at,
        };
        Expect::of(&check_digits(&step.digits, &context, &mut seen))
    };
    vector.steps.iter().map(answer).collect()
}

pub fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../vectors")
}

/// Compares a generated file with the one in the repository, or writes it when asked to.
pub fn current(name: &str, text: &str) {
    let path = directory().join(name);
    if std::env::var_os("YIMA_WRITE_VECTORS").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        same(there.as_bytes(), text.as_bytes()),
        "vectors/{name} is not current: run YIMA_WRITE_VECTORS=1 cargo test -p yima-code"
    );
}

/// The same bytes, or the same JSON: in which order its names are written hangs on what else is built beside this crate.
pub fn same(held: &[u8], made: &[u8]) -> bool {
    let read = |bytes| serde_json::from_slice::<serde_json::Value>(bytes).ok();
    held == made || read(held).is_some_and(|held| read(made) == Some(held))
}

pub fn pretty(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap() + "\n"
}

#[derive(Serialize, Deserialize)]
struct File {
    about: String,
    vectors: Vec<Vector>,
}

fn write(name: &str, about: &str, vectors: Vec<Vector>) {
    current(name, &pretty(&File { about: about.into(), vectors }));
}

/// Runs a file's vectors as they stand in the repository.
fn hold(name: &str, world: &World) -> Vec<Vector> {
    let text = std::fs::read_to_string(directory().join(name)).unwrap();
    let file: File = serde_json::from_str(&text).unwrap();
    for vector in &file.vectors {
        let expected: Vec<_> = vector.steps.iter().map(|step| step.expect.clone()).collect();
        assert_eq!(run(vector, world), expected, "{name}: {}", vector.name);
    }
    file.vectors
}

#[test]
fn the_files_are_current_and_every_vector_holds() {
    let world = World::new();
    current("world.json", &pretty(&world_json(&world)));
    write(
        "accept.json",
        "The last step of each is valid. See docs/spec/resident-code.md, part 13.",
        accept::all(&world),
    );
    write(
        "reject.json",
        "The last step of each is not valid. See docs/spec/resident-code.md, part 13.",
        reject::all(&world),
    );
    let accepted = hold("accept.json", &world);
    let rejected = hold("reject.json", &world);
    let ends_valid = |vector: &Vector| vector.steps.last().unwrap().expect.verdict == "valid";
    assert!(accepted.iter().all(ends_valid));
    assert!(!rejected.iter().any(ends_valid));
    assert!(accepted.len() >= 40 && rejected.len() >= 80, "{} and {}", accepted.len(), rejected.len());
    let names: BTreeSet<_> = accepted.iter().chain(&rejected).map(|vector| &vector.name).collect();
    assert_eq!(names.len(), accepted.len() + rejected.len(), "names are unique");
}

#[test]
fn every_reason_of_a_gate_has_a_vector() {
    // These are the server's: nothing in a code's bytes leads to them.
    let server_only = [
        "unknown_code",
        "device_ended",
        "person_suspended",
        "confirmation_waits",
        "confirmation_refused",
        "confirmation_expired",
        "server_error",
    ];
    let world = World::new();
    let met: BTreeSet<_> =
        reject::all(&world).into_iter().flat_map(|vector| vector.steps).filter_map(|step| step.expect.reason).collect();
    for reason in yima_code::Reason::ALL {
        assert_ne!(met.contains(reason.as_str()), server_only.contains(&reason.as_str()), "{reason}");
    }
}

#[test]
fn a_readable_code_has_one_spelling() {
    let world = World::new();
    for vector in accept::all(&world) {
        for step in vector.steps {
            let presented = Presented::from_digits(&step.digits).unwrap();
            assert_eq!(presented.to_digits(), step.digits);
            assert_eq!(Presented::from_bytes(&presented.to_bytes()), Ok(presented));
        }
    }
}

/// Key entries and scenarios for other languages.
fn world_json(world: &World) -> serde_json::Value {
    let kids = world.kids.iter().map(|kid| {
        let entry = &kid.entry;
        serde_json::json!({
            "name": kid.name, "kid": hex::encode(entry.kid), "suite": entry.key.suite().number(),
            "public_key": hex::encode(entry.key.public_key().bytes()), "use": format!("{:?}", entry.key_use),
            "flags_mask": entry.flags_mask, "from": entry.window.from, "until": entry.window.until,
            "withdrawn": entry.withdrawn,
        })
    });
    let rules = world.rules.values().map(rule_json);
    serde_json::json!({ "kids": kids.collect::<Vec<_>>(), "rules": rules.collect::<Vec<_>>() })
}

/// A scenario for other languages.
pub fn rule_json(rule: &ScenarioRule) -> serde_json::Value {
    let forms: Vec<_> = Form::ALL.into_iter().filter(|form| rule.forms.has(*form)).map(Form::as_str).collect();
    let flavour = match rule.flavour.kind {
        FlavourKind::Plain => "plain",
        FlavourKind::AgeBand => "age_band",
        FlavourKind::Benefit => "benefit",
        FlavourKind::Acting => "acting",
    };
    serde_json::json!({
        "name": rule.slug, "scenario": rule.id, "level": rule.level.as_str(), "forms": forms,
        "any_scenario": rule.any_scenario, "any_site": rule.any_site, "assurance_min": rule.assurance_min,
        "flavour": flavour, "accepted": rule.flavour.accepted, "age_min_s": rule.age.min_s,
        "age_max_s": rule.age.max_s, "late_s": rule.late_s, "again_after_s": rule.again_after_s,
        "attended": rule.attended, "stale_bundle_s": rule.offline.stale_bundle_s,
        "stale_status_s": rule.offline.stale_status_s,
        "accept_stale": rule.offline.on_stale == yima_code::rule::OnStale::AcceptMarked,
        "t2_day_cap": rule.t2_day_cap,
    })
}

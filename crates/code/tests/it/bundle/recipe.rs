//! Bundles in the making: every role's keys, every part, and where to spoil them before or after signing.

use crate::keys::Signer;
use crate::world::{NOON, SITE, TODAY, World};
use std::sync::OnceLock;
use yima_code::bundle::{
    Draft, Issuer, KeyId, KeysBody, KidEntry, KidUse, Lists, ManifestsBody, Notice, Part, RevocationList, Role, Root,
    Scenario, Signature, SignedRoot, Site, Urgent, keys_part, manifests_part, root_part,
};
use yima_code::rule::{AgeSpan, LATE_MAX_S, Level};
use yima_code::urgent::UrgentList;
use yima_code::{Bilingual, Day, KeyUse, Window};
use yima_keys::{PublicKey, Suite};

pub const DAY_S: u32 = 86_400;
pub const NOW: u32 = NOON;

/// Signs for the roles by the words that name a key; `online-sm2` and `keys-ed` are of other suites.
pub fn signer(words: &str) -> Signer {
    let suite = match words.rsplit('-').next() {
        Some("sm2") => Suite::Sm2Sm3,
        Some("ed") => Suite::Ed25519,
        _ => Suite::Es256,
    };
    Signer::from_words(suite, &format!("bundle {words}"))
}

pub fn public(words: &str) -> PublicKey {
    let signer = signer(words);
    PublicKey::parse(signer.suite(), &signer.public()).unwrap()
}

pub fn sign(words: &[&str], message: &[u8]) -> Vec<Signature> {
    let one = |words: &&str| Signature { key_id: KeyId::of(&public(words)), bytes: signer(words).sign(message) };
    words.iter().map(one).collect()
}

pub fn role(threshold: u8, words: &[&str]) -> Role {
    Role::new(threshold, words.iter().map(|words| public(words)).collect())
}

pub const ROOT_1: [&str; 3] = ["root-a", "root-b", "root-c"];

/// Root 1: 3 of 5, 2 of 3, 2 of 2, 1 of 2.
pub fn root_1() -> Root {
    static ROOT: OnceLock<Root> = OnceLock::new();
    ROOT.get_or_init(make_root_1).clone()
}

fn make_root_1() -> Root {
    Root {
        version: 1,
        epoch: 1,
        expires_at: NOW + 365 * DAY_S,
        name: "示例省一码平台".to_owned(),
        root: role(3, &["root-a", "root-b", "root-c", "root-d", "root-e"]),
        keys: role(2, &["keys-a", "keys-b", "keys-ed"]),
        manifests: role(2, &["review-a", "review-b"]),
        lists: role(1, &["online-a", "online-sm2"]),
        ledger: vec![public("ledger-a")],
        witnesses: role(1, &["witness-a", "witness-b"]),
    }
}

/// Root 2: the online signer `online-a` was stolen and is replaced.
pub fn root_2() -> Root {
    Root { version: 2, lists: role(1, &["online-b", "online-sm2"]), ..root_1() }
}

type Spoil = Box<dyn Fn(&mut Vec<u8>)>;

/// A bundle before it is signed.
pub struct Recipe {
    pub version: u32,
    pub epoch: u32,
    pub time: u32,
    pub expires_at: u32,
    pub roots: Vec<(Root, Vec<&'static str>)>,
    pub keys: KeysBody,
    pub keys_signers: Vec<&'static str>,
    pub manifests: ManifestsBody,
    pub manifests_signers: Vec<&'static str>,
    pub lists: Lists,
    pub urgent: Urgent,
    pub head_signers: Vec<&'static str>,
    /// Changes a body before it is signed (root: the last one's; lists and urgent: the part).
    pub spoil_body: Vec<(Part, Spoil)>,
    /// Changes a signed part before the head is made.
    pub spoil_part: Vec<(Part, Spoil)>,
    /// Changes the finished file.
    pub spoil_file: Vec<Spoil>,
}

impl Recipe {
    /// The bundle of noon: version 5 of epoch 1, signed by `online-a`.
    pub fn noon() -> Recipe {
        Recipe {
            version: 5,
            epoch: 1,
            time: NOW - 600,
            expires_at: NOW + 7 * DAY_S,
            roots: vec![(root_1(), ROOT_1.to_vec())],
            keys: keys_body(),
            keys_signers: vec!["keys-a", "keys-ed"],
            manifests: manifests_body(),
            manifests_signers: vec!["review-a", "review-b"],
            lists: lists(),
            urgent: urgent(),
            head_signers: vec!["online-a"],
            spoil_body: Vec::new(),
            spoil_part: Vec::new(),
            spoil_file: Vec::new(),
        }
    }

    /// As noon's, under root 2 and its new online signer.
    pub fn rotated() -> Recipe {
        let mut both = ROOT_1.to_vec();
        both.push("root-d");
        Recipe {
            roots: vec![(root_1(), ROOT_1.to_vec()), (root_2(), both)],
            head_signers: vec!["online-b"],
            ..Recipe::noon()
        }
    }

    pub fn with(mut self, change: impl FnOnce(&mut Recipe)) -> Recipe {
        change(&mut self);
        self
    }

    pub fn spoil_body(self, part: Part, spoil: impl Fn(&mut Vec<u8>) + 'static) -> Recipe {
        self.with(|recipe| recipe.spoil_body.push((part, Box::new(spoil))))
    }

    pub fn spoil_part(self, part: Part, spoil: impl Fn(&mut Vec<u8>) + 'static) -> Recipe {
        self.with(|recipe| recipe.spoil_part.push((part, Box::new(spoil))))
    }

    pub fn spoil_file(self, spoil: impl Fn(&mut Vec<u8>) + 'static) -> Recipe {
        self.with(|recipe| recipe.spoil_file.push(Box::new(spoil)))
    }

    /// The file.
    pub fn bake(&self) -> Vec<u8> {
        let draft = self.draft();
        let mut file = draft.assemble(&sign(&self.head_signers, &draft.signing_input())).unwrap();
        self.spoil_file.iter().for_each(|spoil| spoil(&mut file));
        file
    }

    fn draft(&self) -> Draft {
        let keys = self.body(Part::Keys, self.keys.to_bytes().unwrap());
        let manifests = self.body(Part::Manifests, self.manifests.to_bytes().unwrap());
        let mut parts = [
            root_part(&self.signed_roots()).unwrap(),
            keys_part(&keys, &sign(&self.keys_signers, &KeysBody::signing_input(&keys))).unwrap(),
            manifests_part(&manifests, &sign(&self.manifests_signers, &ManifestsBody::signing_input(&manifests)))
                .unwrap(),
            self.body(Part::Lists, self.lists.to_bytes().unwrap()),
            self.body(Part::Urgent, self.urgent.to_bytes().unwrap()),
        ];
        for (part, spoil) in &self.spoil_part {
            spoil(&mut parts[*part as usize]);
        }
        Draft::new(self.version, self.epoch, self.time, self.expires_at, parts).unwrap()
    }

    fn signed_roots(&self) -> Vec<SignedRoot> {
        let last = self.roots.len() - 1;
        let sign_root = |(at, (root, signers)): (usize, &(Root, Vec<&'static str>))| {
            let mut body = root.to_bytes().unwrap();
            if at == last {
                body = self.body(Part::Root, body);
            }
            let signatures = sign(signers, &Root::signing_input(&body));
            SignedRoot { body, signatures }
        };
        self.roots.iter().enumerate().map(sign_root).collect()
    }

    fn body(&self, part: Part, mut body: Vec<u8>) -> Vec<u8> {
        for (_, spoil) in self.spoil_body.iter().filter(|(spoiled, _)| *spoiled == part) {
            spoil(&mut body);
        }
        body
    }

    /// The pin of a gate that was set up under root 1.
    pub fn pin() -> [u8; 32] {
        Root::fingerprint(&root_1().to_bytes().unwrap())
    }
}

/// The kids of the code vectors, and a status token key: this bundle checks those vectors.
pub fn keys_body() -> KeysBody {
    static KEYS: OnceLock<KeysBody> = OnceLock::new();
    KEYS.get_or_init(make_keys_body).clone()
}

fn make_keys_body() -> KeysBody {
    let mut entries: Vec<KidEntry> = World::new().kids.iter().map(kid_entry).collect();
    entries.push(KidEntry {
        kid: [0x37, 1, 0x0a, 1],
        key: public("status token"),
        key_use: KidUse::StatusToken,
        flags_mask: 0,
        issuer: 0,
        day: Day(0),
        window: Window { from: NOW - 30 * DAY_S, until: NOW + 30 * DAY_S },
    });
    entries.sort_by_key(|entry| entry.kid);
    let issuer = Issuer { region: 370_000, name_zh: "示例省".to_owned(), name_en: "Example Province".to_owned() };
    KeysBody { version: 12, made_at: NOW - DAY_S, expires_at: NOW + 34 * DAY_S, issuers: vec![issuer], entries }
}

fn kid_entry(kid: &crate::world::Kid) -> KidEntry {
    let entry = &kid.entry;
    let t1 = entry.key_use == KeyUse::T1;
    KidEntry {
        kid: entry.kid,
        key: entry.key.public_key().clone(),
        key_use: if t1 { KidUse::T1 } else { KidUse::T2 },
        flags_mask: entry.flags_mask,
        issuer: 0,
        day: if t1 { Day::shown_at(entry.window.from) } else { Day(0) },
        window: entry.window,
    }
}

/// The scenarios of the code vectors that keep to the limits, and three places.
pub fn manifests_body() -> ManifestsBody {
    static MANIFESTS: OnceLock<ManifestsBody> = OnceLock::new();
    MANIFESTS.get_or_init(make_manifests_body).clone()
}

fn make_manifests_body() -> ManifestsBody {
    let fits = |rule: &yima_code::ScenarioRule| {
        let low = rule.level == Level::Low;
        rule.late_s <= LATE_MAX_S && rule.age == rule.age.narrowed() && (low || !rule.any_scenario)
    };
    let mut rules: Vec<_> = World::new().rules.into_values().filter(fits).collect();
    rules.sort_by_key(|rule| rule.id);
    rules[0].age = AgeSpan::USUAL;
    let notice = Notice {
        owner: Bilingual::new("示例公交集团", "Example Bus Group"),
        purpose: Bilingual::new("乘车", "to ride"),
        retention_days: 30,
        region: 370_100,
        pseudonym: true,
        id_number: false,
        attributes: vec!["age_band".to_owned()],
    };
    let site = |site, scenario, zh, en| Site {
        site,
        scenario,
        region: 370_100,
        name: Bilingual::new(zh, en),
        checkers: Vec::new(),
    };
    let desk = Site { checkers: desk_checkers(), ..site(SITE + 1, 16, "市立医院", "City Hospital") };
    ManifestsBody {
        version: 3,
        made_at: NOW - 2 * DAY_S,
        scenarios: rules.into_iter().map(|rule| Scenario { rule, notice: notice.clone() }).collect(),
        sites: vec![site(7, 2, "人民公园", "People's Park"), site(SITE, 1, "1 路", "Line 1"), desk],
    }
}

impl Recipe {
    /// The keys of a place's gates, in hex with their suite before them.
    pub fn checkers_of(&self, site: u32) -> Vec<String> {
        let place = self.manifests.sites.iter().find(|one| one.site == site).unwrap();
        let key = |key: &PublicKey| format!("{:02x}{}", key.suite().number(), hex::encode(key.bytes()));
        place.checkers.iter().map(key).collect()
    }
}

/// Two gates of one desk, in the order of their keys.
fn desk_checkers() -> Vec<PublicKey> {
    let mut keys = vec![public("desk checker"), public("second desk checker")];
    keys.sort_by_key(|key| *key.bytes());
    keys
}

pub fn lists() -> Lists {
    let list = |list, size, revoked| RevocationList { list, size, revoked };
    let lists = vec![list(7, 200_000, vec![3, 999, 1_000, 150_000]), list(9, 64, vec![]), list(10, 1, vec![0])];
    Lists { as_of: NOW - 900, lists }
}

pub fn urgent() -> Urgent {
    let yesterday = TODAY.0 - 1;
    let values = |count: u64, step: u64| (0..count).map(|n| n * step + 5).collect();
    let list = UrgentList::from_days([(yesterday, values(64, 4_380_000_000_003)), (TODAY.0, values(40, 77_777))]);
    Urgent { as_of: NOW - 700, kids: vec![[0x37, 1, 3, 1]], list }
}

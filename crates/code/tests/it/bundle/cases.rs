//! What must be opened and what refused: one row a rule, rollback and freeze first.

use super::recipe::{DAY_S, NOW, Recipe, public, role, root_1, root_2};
use crate::world::TODAY;
use std::sync::OnceLock;
use yima_code::bundle::{Bundle, BundleError, Part, Root};
use yima_code::gate_state::{GateFloor, SignerFloor};
use yima_code::rule::Level;
use yima_code::{Day, Window};

/// One vector.
pub struct Case {
    pub name: &'static str,
    pub file: Vec<u8>,
    pub floor: GateFloor,
    pub now: u32,
    pub expect: Result<(), BundleError>,
    pub why: &'static str,
}

/// A gate that knows only the root's fingerprint.
pub fn fresh() -> GateFloor {
    static PIN: OnceLock<[u8; 32]> = OnceLock::new();
    GateFloor::pinned(*PIN.get_or_init(Recipe::pin))
}

/// The floor after `file` was opened over `floor`.
pub fn after(file: &[u8], floor: &GateFloor) -> GateFloor {
    let opened = Bundle::open(file, floor, NOW).expect("a bundle that the test builds on");
    opened.keep(|_| Ok::<(), ()>(())).expect("keeping does nothing").1
}

fn after_noon() -> GateFloor {
    static FLOOR: OnceLock<GateFloor> = OnceLock::new();
    FLOOR.get_or_init(|| after(&Recipe::noon().bake(), &fresh())).clone()
}

fn after_rotation() -> GateFloor {
    static FLOOR: OnceLock<GateFloor> = OnceLock::new();
    FLOOR.get_or_init(|| after(&Recipe::rotated().bake(), &fresh())).clone()
}

/// Every case, accepted ones first.
pub fn cases() -> Vec<Case> {
    [accepted(), rollback(), freeze(), roots(), signatures(), keys(), manifests(), shape()]
        .into_iter()
        .flatten()
        .collect()
}

fn accept(name: &'static str, recipe: Recipe, floor: GateFloor, why: &'static str) -> Case {
    Case { name, file: recipe.bake(), floor, now: NOW, expect: Ok(()), why }
}

fn reject(name: &'static str, recipe: Recipe, floor: GateFloor, reason: BundleError, why: &'static str) -> Case {
    Case { name, file: recipe.bake(), floor, now: NOW, expect: Err(reason), why }
}

fn later() -> Recipe {
    Recipe::noon().with(|recipe| {
        (recipe.version, recipe.time) = (6, NOW - 60);
        recipe.lists.as_of = NOW - 60;
        recipe.lists.lists[0].revoked.push(199_999);
    })
}

fn accepted() -> Vec<Case> {
    let root_2_pin = Root::fingerprint(&root_2().to_bytes().expect("fits"));
    let stolen = {
        let mut floor = after_noon();
        floor.signers =
            vec![SignerFloor { version: u32::MAX, time: 4_070_908_800, head_time: 4_070_908_800, ..floor.signers[0] }];
        floor
    };
    let epoch_2 = Recipe::rotated().with(|recipe| {
        recipe.roots[1].0.epoch = 2;
        (recipe.epoch, recipe.version, recipe.head_signers) = (2, 1, vec!["online-sm2"]);
    });
    let keys_replaced = Recipe::rotated().with(|recipe| {
        recipe.roots[1].0.keys = role(2, &["keys-c", "keys-d", "keys-e"]);
        (recipe.keys.version, recipe.keys_signers) = (1, vec!["keys-c", "keys-e"]);
    });
    vec![
        accept("first", Recipe::noon(), fresh(), "a new gate that knows the root's fingerprint"),
        accept("again", Recipe::noon(), after_noon(), "the same bundle once more"),
        accept("next", later(), after_noon(), "a higher version by the same signer"),
        accept("rotated", Recipe::rotated(), after_noon(), "root 2, signed by both, names a new online signer"),
        accept(
            "rotated-new-gate",
            Recipe::rotated(),
            GateFloor::pinned(root_2_pin),
            "a gate pinned to root 2 gets the whole chain",
        ),
        accept(
            "rotated-floor-anew",
            Recipe::rotated().with(|recipe| recipe.version = 1),
            stolen,
            "the stolen signer's year 2099 and top version die with it",
        ),
        accept("epoch-2", epoch_2, after_noon(), "root 2 opens epoch 2: versions start anew"),
        accept(
            "sm2-online",
            Recipe::noon().with(|recipe| recipe.head_signers = vec!["online-sm2"]),
            fresh(),
            "an SM2 signer",
        ),
        accept(
            "both-online",
            Recipe::noon().with(|recipe| recipe.head_signers = vec!["online-a", "online-sm2"]),
            after_noon(),
            "two signers where one is enough",
        ),
        accept("keys-replaced", keys_replaced, after_noon(), "a replaced keys role starts its version anew"),
        accept(
            "empty",
            Recipe::noon().with(|recipe| {
                recipe.keys.entries.clear();
                recipe.manifests.scenarios.clear();
                recipe.manifests.sites.clear();
                recipe.lists.lists.clear();
                recipe.urgent = yima_code::bundle::Urgent { as_of: NOW - 700, ..Default::default() };
            }),
            fresh(),
            "no kids, rules, places, lists or withdrawn ids",
        ),
        accept(
            "last-second",
            Recipe::noon().with(|recipe| recipe.expires_at = NOW),
            fresh(),
            "expiry is the last second",
        ),
        accept(
            "keys-last-second",
            Recipe::noon().with(|recipe| recipe.keys.expires_at = recipe.expires_at),
            fresh(),
            "the head may live as long as the keys part",
        ),
    ]
}

fn rollback() -> Vec<Case> {
    use BundleError::{
        EpochRollback, Equivocation, KeysRollback, ManifestsRollback, RootRollback, TimeRollback, VersionRollback,
    };
    let older = || Recipe::noon().with(|recipe| (recipe.version, recipe.time) = (4, NOW - 700));
    let epoch_floor = GateFloor { epoch: 2, ..after_noon() };
    vec![
        reject("version-rollback", older(), after_noon(), VersionRollback, "an older head by the same signer"),
        reject(
            "version-rollback-other-signer",
            older().with(|recipe| recipe.head_signers = vec!["online-sm2"]),
            after_noon(),
            VersionRollback,
            "an old head by a second signer that the root names and this gate never met",
        ),
        reject(
            "version-rollback-one-of-two",
            older().with(|recipe| recipe.head_signers = vec!["online-a", "online-sm2"]),
            after_noon(),
            VersionRollback,
            "the second signer is new to the gate, the first is not",
        ),
        reject(
            "equivocation",
            Recipe::noon().with(|recipe| recipe.time += 1),
            after_noon(),
            Equivocation,
            "another head of the same version",
        ),
        reject(
            "equivocation-targeted-lists",
            Recipe::noon().with(|recipe| recipe.lists.lists[0].revoked.clear()),
            after_noon(),
            Equivocation,
            "same version and time, other lists",
        ),
        reject(
            "time-rollback",
            later().with(|recipe| recipe.time = NOW - 601),
            after_noon(),
            TimeRollback,
            "a higher version with a lower time",
        ),
        reject("epoch-rollback", Recipe::noon(), epoch_floor, EpochRollback, "an epoch below the floor's"),
        reject(
            "root-rollback",
            Recipe::noon(),
            after_rotation(),
            RootRollback,
            "root 1 after root 2 was accepted: the stolen signer is back",
        ),
        reject(
            "keys-rollback",
            later().with(|recipe| recipe.keys.version = 11),
            after_noon(),
            KeysRollback,
            "older kid entries under a new head",
        ),
        reject(
            "manifests-rollback",
            later().with(|recipe| recipe.manifests.version = 2),
            after_noon(),
            ManifestsRollback,
            "older rules under a new head",
        ),
    ]
}

fn freeze() -> Vec<Case> {
    use BundleError::{BeyondKeys, Expired};
    let mut frozen =
        reject("frozen", Recipe::noon(), after_noon(), Expired, "the held bundle, a second past its expiry");
    frozen.now = NOW + 7 * DAY_S + 1;
    let mut set_back = reject(
        "frozen-clock-set-back",
        Recipe::noon(),
        after_noon(),
        Expired,
        "the gate's clock says noon, its floor says later",
    );
    set_back.floor.signers[0].time = NOW + 8 * DAY_S;
    let year_2099 =
        |recipe: &mut Recipe| (recipe.version, recipe.time, recipe.expires_at) = (99, 4_070_908_800, 4_070_995_200);
    vec![
        frozen,
        set_back,
        reject(
            "root-expired",
            Recipe::noon().with(|recipe| recipe.roots[0].0.expires_at = NOW - 1),
            expired_root_pin(),
            Expired,
            "the root's own expiry",
        ),
        reject(
            "year-2099",
            Recipe::noon().with(year_2099),
            fresh(),
            BeyondKeys,
            "a stolen online key can't outlive the keys part",
        ),
        reject(
            "head-outlives-keys",
            Recipe::noon().with(|recipe| recipe.keys.expires_at = recipe.expires_at - 1),
            fresh(),
            BeyondKeys,
            "by one second",
        ),
    ]
}

fn expired_root_pin() -> GateFloor {
    let root = Root { expires_at: NOW - 1, ..root_1() };
    GateFloor::pinned(Root::fingerprint(&root.to_bytes().expect("fits")))
}

fn pinned_to(root: &Root) -> GateFloor {
    GateFloor::pinned(Root::fingerprint(&root.to_bytes().expect("fits")))
}

fn roots() -> Vec<Case> {
    use BundleError::{BadKey, EpochMismatch, Malformed, Quorum, RootChain, RootUnknown};
    let evil = Root { root: role(3, &["evil-a", "evil-b", "evil-c"]), ..root_1() };
    let fork = |recipe: &mut Recipe| recipe.roots[1].0.name.push('!');
    let weak = Root { root: role(2, &["root-a", "root-b"]), ..root_1() };
    let shared = Root { keys: role(2, &["keys-a", "root-a"]), ..root_1() };
    let weak_recipe = |root: &Root| {
        let root = root.clone();
        Recipe::noon().with(|recipe| recipe.roots[0].0 = root)
    };
    vec![
        reject(
            "root-unknown",
            Recipe::noon().with(|recipe| recipe.roots = vec![(evil, vec!["evil-a", "evil-b", "evil-c"])]),
            fresh(),
            RootUnknown,
            "somebody else's root, well signed",
        ),
        reject(
            "root-fork",
            Recipe::rotated().with(fork),
            after_rotation(),
            RootUnknown,
            "another root 2 than the accepted one",
        ),
        reject(
            "root-skips",
            Recipe::rotated().with(|recipe| recipe.roots[1].0.version = 3),
            after_noon(),
            RootChain,
            "from version 1 to 3",
        ),
        reject(
            "root-repeats",
            Recipe::rotated().with(|recipe| recipe.roots[1].0.version = 1),
            after_noon(),
            RootChain,
            "from version 1 to 1",
        ),
        reject(
            "root-epoch-falls",
            Recipe::rotated().with(|recipe| recipe.roots[0].0.epoch = 2),
            pinned_to(&Root { epoch: 2, ..root_1() }),
            RootChain,
            "root 2 names a lower epoch",
        ),
        reject(
            "root-two-of-five",
            Recipe::noon().with(|recipe| recipe.roots[0].1 = vec!["root-a", "root-b"]),
            fresh(),
            Quorum,
            "three are needed",
        ),
        reject(
            "root-not-by-predecessor",
            Recipe::rotated().with(|recipe| {
                recipe.roots[1].0.root = role(3, &["root-v", "root-w", "root-x"]);
                recipe.roots[1].1 = vec!["root-a", "root-b", "root-v", "root-w", "root-x"];
            }),
            after_noon(),
            Quorum,
            "root 2 has its own three and only two of root 1's",
        ),
        reject(
            "root-not-by-itself",
            Recipe::rotated().with(|recipe| recipe.roots[1].0.root = role(3, &["root-v", "root-w", "root-x"])),
            after_noon(),
            Quorum,
            "root 2 has only root 1's signatures",
        ),
        reject("root-threshold-two", weak_recipe(&weak), pinned_to(&weak), Malformed, "a root role needs three"),
        reject(
            "root-key-in-two-roles",
            weak_recipe(&shared),
            pinned_to(&shared),
            Malformed,
            "one key as root and keys",
        ),
        reject(
            "root-bad-key",
            Recipe::noon().spoil_body(Part::Root, |body| set_key(body, &public("root-a"), 0x05)),
            fresh(),
            BadKey,
            "prefix 05 is no compressed point",
        ),
        reject(
            "epoch-targeted",
            Recipe::noon().with(|recipe| recipe.epoch = 2),
            fresh(),
            EpochMismatch,
            "the online signer alone can't open an epoch",
        ),
    ]
}

/// Spoils the prefix of a key where it stands in `body`.
fn set_key(body: &mut [u8], key: &yima_keys::PublicKey, prefix: u8) {
    let at = body.windows(33).position(|window| window == key.bytes()).expect("the key stands there");
    body[at] = prefix;
}

fn signatures() -> Vec<Case> {
    use BundleError::{BadSignature, Malformed, Quorum, UnknownSigner};
    let head = |words: &'static [&'static str]| Recipe::noon().with(|recipe| recipe.head_signers = words.to_vec());
    vec![
        reject("head-unsigned", head(&[]), fresh(), Quorum, "no signature at all"),
        reject("head-by-keys-role", head(&["keys-a"]), fresh(), UnknownSigner, "a key of another role"),
        reject("head-by-stranger", head(&["nobody"]), fresh(), UnknownSigner, "a key that no role names"),
        reject(
            "head-one-stranger",
            head(&["online-a", "nobody"]),
            fresh(),
            UnknownSigner,
            "a good signature does not excuse a foreign one",
        ),
        reject(
            "head-old-signer",
            Recipe::rotated().with(|recipe| recipe.head_signers = vec!["online-a"]),
            after_noon(),
            UnknownSigner,
            "the signer that root 2 removed",
        ),
        reject(
            "head-bit",
            Recipe::noon().spoil_file(|file| file[4 + 196 + 1 + 8 + 63] ^= 1),
            fresh(),
            BadSignature,
            "one bit of the head's signature",
        ),
        reject(
            "head-changed",
            Recipe::noon().spoil_file(|file| file[4 + 3] ^= 8),
            fresh(),
            BadSignature,
            "the version, after signing",
        ),
        reject(
            "head-high-s",
            Recipe::noon().spoil_file(|file| high_s(&mut file[4 + 196 + 1 + 8..][..64])),
            fresh(),
            BadSignature,
            "ES256 with n - s",
        ),
        reject("head-signed-twice", Recipe::noon().spoil_file(sign_twice), fresh(), Malformed, "one key counts once"),
        reject(
            "keys-by-one",
            Recipe::noon().with(|recipe| recipe.keys_signers = vec!["keys-a"]),
            fresh(),
            Quorum,
            "two of three are needed",
        ),
        reject(
            "keys-by-online",
            Recipe::noon().with(|recipe| recipe.keys_signers = vec!["online-a", "online-sm2"]),
            fresh(),
            UnknownSigner,
            "a stolen online key can't introduce an issuer",
        ),
        reject(
            "keys-by-reviewers",
            Recipe::noon().with(|recipe| recipe.keys_signers = vec!["review-a", "review-b"]),
            fresh(),
            UnknownSigner,
            "nor can the reviewers",
        ),
        reject(
            "keys-signature-moved",
            Recipe::noon().spoil_part(Part::Keys, |part| part[1 + 8] ^= 0x80),
            fresh(),
            BadSignature,
            "a damaged signature among good ones",
        ),
        reject(
            "manifests-by-one",
            Recipe::noon().with(|recipe| recipe.manifests_signers = vec!["review-b"]),
            fresh(),
            Quorum,
            "two reviewers are needed",
        ),
        reject(
            "manifests-by-keys",
            Recipe::noon().with(|recipe| recipe.manifests_signers = vec!["keys-a", "keys-b"]),
            fresh(),
            UnknownSigner,
            "the keys role does not review",
        ),
    ]
}

/// Order of P-256.
const N: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7,
    0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// r ‖ s to r ‖ n - s.
fn high_s(signature: &mut [u8]) {
    let mut borrow = 0;
    for at in (0..32).rev() {
        let left = i16::from(N[at]) - i16::from(signature[32 + at]) - borrow;
        borrow = i16::from(left < 0);
        signature[32 + at] = (left & 0xff) as u8;
    }
}

fn sign_twice(file: &mut Vec<u8>) {
    let signature = file[4 + 196 + 1..][..72].to_vec();
    file[4 + 196] = 2;
    file.splice(4 + 196 + 1..4 + 196 + 1, signature);
}

fn keys() -> Vec<Case> {
    use BundleError::{BadKey, DuplicateKid, KeyReused, Malformed};
    let keys = |change: fn(&mut yima_code::bundle::KeysBody)| Recipe::noon().with(|recipe| change(&mut recipe.keys));
    vec![
        reject(
            "duplicate-kid",
            keys(|keys| keys.entries[1].kid = keys.entries[0].kid),
            fresh(),
            DuplicateKid,
            "two entries with one kid void the bundle",
        ),
        reject("kids-fall", keys(|keys| keys.entries.swap(0, 1)), fresh(), Malformed, "entries out of order"),
        reject(
            "key-in-two-entries",
            keys(|keys| keys.entries[1].key = keys.entries[0].key.clone()),
            fresh(),
            KeyReused,
            "one key under two kids",
        ),
        reject(
            "key-of-root-as-issuer",
            keys(|keys| keys.entries[0].key = public("online-a")),
            fresh(),
            KeyReused,
            "a key that the root names issues nothing",
        ),
        reject(
            "t1-lives-too-long",
            keys(|keys| keys.entries[0].window.until = keys.entries[0].window.from + 37 * 3_600 + 1),
            fresh(),
            Malformed,
            "more than 37 hours",
        ),
        reject(
            "t1-without-day",
            keys(|keys| keys.entries[0].day = Day(0)),
            fresh(),
            Malformed,
            "a T1 key is of one day",
        ),
        reject(
            "empty-window",
            keys(|keys| keys.entries[0].window = Window { from: NOW, until: NOW }),
            fresh(),
            Malformed,
            "from = until",
        ),
        reject(
            "issuer-missing",
            keys(|keys| keys.entries[0].issuer = 1),
            fresh(),
            Malformed,
            "an index beyond the issuers",
        ),
        reject(
            "kid-bad-key",
            Recipe::noon().spoil_body(Part::Keys, |body| set_key(body, &keys_first(), 0x04)),
            fresh(),
            BadKey,
            "prefix 04",
        ),
        reject(
            "kid-unknown-use",
            Recipe::noon().spoil_body(Part::Keys, |body| set_use(body, 9)),
            fresh(),
            Malformed,
            "use 9",
        ),
        reject("keys-version-zero", keys(|keys| keys.version = 0), fresh(), Malformed, "versions begin with 1"),
    ]
}

fn keys_first() -> yima_keys::PublicKey {
    super::recipe::keys_body().entries[0].key.clone()
}

fn set_use(body: &mut [u8], number: u8) {
    let key = keys_first();
    let at = body.windows(33).position(|window| window == key.bytes()).expect("the key stands there");
    body[at + 33] = number;
}

fn manifests() -> Vec<Case> {
    use BundleError::{BadKey, BadRule, Malformed};
    let manifests =
        |change: fn(&mut yima_code::bundle::ManifestsBody)| Recipe::noon().with(|recipe| change(&mut recipe.manifests));
    // The first rule begins behind version, time and count.
    const LEVEL: usize = 10 + 2;
    const FORMS: usize = LEVEL + 1;
    const SWITCHES: usize = FORMS + 1;
    let byte = |at: usize, value: u8| Recipe::noon().spoil_body(Part::Manifests, move |body| body[at] = value);
    let any_high =
        Recipe::noon().spoil_body(Part::Manifests, |body| (body[LEVEL], body[SWITCHES]) = (Level::High as u8, 1));
    vec![
        reject("rule-any-scenario-high", any_high, fresh(), BadRule, "scenario 0 is for level low"),
        reject(
            "rule-age-widened",
            Recipe::noon().spoil_body(Part::Manifests, |body| {
                body[SWITCHES + 4..SWITCHES + 6].copy_from_slice(&91_i16.to_be_bytes())
            }),
            fresh(),
            BadRule,
            "a manifest narrows 90 s, never widens",
        ),
        reject(
            "rule-late-too-long",
            Recipe::noon().spoil_body(Part::Manifests, |body| {
                body[SWITCHES + 6..SWITCHES + 10].copy_from_slice(&172_801_u32.to_be_bytes())
            }),
            fresh(),
            BadRule,
            "48 h and a second",
        ),
        reject("rule-no-form", byte(FORMS, 0), fresh(), BadRule, "no form is taken"),
        reject("rule-unknown-form", byte(FORMS, 0x20), fresh(), Malformed, "bit 5 is no form"),
        reject("rule-unknown-switch", byte(SWITCHES, 0x40), fresh(), Malformed, "bit 6 is no switch"),
        reject("rule-carries-nothing", byte(SWITCHES, 0x20), fresh(), Malformed, "carries others, and names none"),
        reject("rule-carries-itself", carrying(&[2, 8], &[1, 8]), fresh(), Malformed, "scenario 1 in scenario 1"),
        reject("rule-carries-falling", carrying(&[2, 8], &[8, 2]), fresh(), Malformed, "8 before 2"),
        reject("rule-carries-twice", carrying(&[2, 8], &[8, 8]), fresh(), Malformed, "8 after 8"),
        reject("rule-carries-any", carrying(&[2, 8], &[0, 8]), fresh(), Malformed, "0 is no scenario"),
        reject("rule-carries-nine", carrying_nine(), fresh(), Malformed, "nine, where eight are the most"),
        reject(
            "rule-carries-medium",
            carrying(&[2, 8], &[2, 8]).spoil_body(Part::Manifests, |body| body[LEVEL] = Level::Medium as u8),
            fresh(),
            BadRule,
            "only a low scenario carries others",
        ),
        reject("rule-unknown-level", byte(LEVEL, 3), fresh(), Malformed, "level 3"),
        reject("rule-id-zero", byte(11, 0), fresh(), Malformed, "0 stands for any scenario"),
        reject(
            "site-without-rule",
            Recipe::noon().spoil_body(Part::Manifests, |part| spoil_site(part)),
            fresh(),
            Malformed,
            "a place whose scenario is not there",
        ),
        reject(
            "text-control-character",
            Recipe::noon().spoil_body(Part::Manifests, |body| replace(body, b"People's", b"People\n ")),
            fresh(),
            Malformed,
            "a line feed in a name",
        ),
        reject(
            "text-not-utf8",
            Recipe::noon().spoil_body(Part::Manifests, |body| replace(body, b"People's", b"People\xff ")),
            fresh(),
            Malformed,
            "a byte that is no UTF-8",
        ),
        reject(
            "checkers-fall",
            Recipe::noon().spoil_body(Part::Manifests, |body| with_checkers(body, |keys| keys.rotate_left(KEY))),
            fresh(),
            Malformed,
            "a place's keys rise, so that one set has one encoding",
        ),
        reject(
            "checker-twice",
            Recipe::noon().spoil_body(Part::Manifests, |body| with_checkers(body, |keys| keys.copy_within(..KEY, KEY))),
            fresh(),
            Malformed,
            "one key stands once",
        ),
        reject(
            "checkers-too-many",
            Recipe::noon().spoil_body(Part::Manifests, |body| {
                let count = body.len() - 2 * KEY - 1;
                body[count] = 65;
            }),
            fresh(),
            Malformed,
            "65 gates at one place",
        ),
        reject(
            "checker-bad-key",
            Recipe::noon().spoil_body(Part::Manifests, |body| with_checkers(body, |keys| keys[1] = 5)),
            fresh(),
            BadKey,
            "prefix 05 is no compressed point",
        ),
        reject("manifests-version-zero", manifests_zero(), fresh(), Malformed, "versions begin with 1"),
        accept_note(manifests),
        accept("rule-carries", carrying(&[2, 8, 600], &[2, 8, 600]), fresh(), "two that are here, and one that is not"),
    ]
}

/// A reviewed change that keeps to the limits is opened: the rejects above fail for their reason alone.
fn accept_note(manifests: impl Fn(fn(&mut yima_code::bundle::ManifestsBody)) -> Recipe) -> Case {
    let narrowed = manifests(|manifests| manifests.scenarios[0].rule.age.max_s = 45);
    accept("rule-narrowed", narrowed, fresh(), "45 s instead of 90")
}

/// Bytes of a key: suite and point.
const KEY: usize = 34;

/// The two keys of the last place, which end the body.
fn with_checkers(body: &mut [u8], change: impl Fn(&mut [u8])) {
    let from = body.len() - 2 * KEY;
    change(&mut body[from..]);
}

/// The bus carries `good`, and `written` takes its place before the reviewers sign.
fn carrying(good: &[u16], written: &[u16]) -> Recipe {
    let (old, new) = (merged_bytes(good), merged_bytes(written));
    let good = good.to_vec();
    Recipe::noon()
        .with(|recipe| recipe.manifests.scenarios[0].rule.merged = good)
        .spoil_body(Part::Manifests, move |body| replace(body, &old, &new))
}

fn carrying_nine() -> Recipe {
    let eight: Vec<u16> = (2..10).collect();
    let (old, new) = (merged_bytes(&eight), merged_bytes(&(2..11).collect::<Vec<_>>()));
    Recipe::noon().with(|recipe| recipe.manifests.scenarios[0].rule.merged = eight).spoil_body(
        Part::Manifests,
        move |body| {
            let at = body.windows(old.len()).position(|window| window == old).expect("the numbers stand there");
            body.splice(at..at + old.len(), new.clone());
        },
    )
}

/// The attribute before, and the numbers as they stand behind it.
fn merged_bytes(numbers: &[u16]) -> Vec<u8> {
    let mut bytes = b"age_band".to_vec();
    bytes.push(u8::try_from(numbers.len()).expect("few"));
    bytes.extend(numbers.iter().flat_map(|number| number.to_be_bytes()));
    bytes
}

fn manifests_zero() -> Recipe {
    Recipe::noon().spoil_body(Part::Manifests, |body| body[..4].fill(0))
}

fn spoil_site(body: &mut [u8]) {
    let at = body.windows(4).position(|window| window == 1_042_u32.to_be_bytes()).expect("the site stands there");
    body[at + 5] = 200;
}

fn replace(body: &mut [u8], old: &[u8], new: &[u8]) {
    let at = body.windows(old.len()).position(|window| window == old).expect("the words stand there");
    body[at..at + new.len()].copy_from_slice(new);
}

fn shape() -> Vec<Case> {
    use BundleError::{Malformed, PartMismatch, TooLarge};
    let size_at = |part: Part| 4 + 16 + part as usize * 36;
    let huge = Recipe::noon()
        .spoil_file(move |file| file[size_at(Part::Root)..][..4].copy_from_slice(&65_537_u32.to_be_bytes()));
    let lists = |spoil: fn(&mut Vec<u8>)| Recipe::noon().spoil_body(Part::Lists, spoil);
    let other_keys = Recipe::noon().with(|recipe| recipe.keys.version = 13).bake();
    let mixed = Recipe::noon().spoil_file(move |file| {
        let (from, to) = part_span(&other_keys, Part::Keys);
        assert_eq!(part_span(file, Part::Keys), (from, to));
        file[from..to].copy_from_slice(&other_keys[from..to]);
    });
    vec![
        reject("empty-file", Recipe::noon().spoil_file(Vec::clear), fresh(), Malformed, "nothing"),
        reject(
            "truncated",
            Recipe::noon().spoil_file(|file| file.truncate(file.len() - 1)),
            fresh(),
            Malformed,
            "one byte short",
        ),
        reject("trailing", Recipe::noon().spoil_file(|file| file.push(0)), fresh(), Malformed, "one byte more"),
        reject(
            "magic",
            Recipe::noon().spoil_file(|file| file[3] = b'2'),
            fresh(),
            Malformed,
            "another version of the format",
        ),
        reject(
            "head-time-after-expiry",
            Recipe::noon().with(|recipe| recipe.expires_at = recipe.time - 1),
            fresh(),
            Malformed,
            "time > expiry",
        ),
        reject("part-too-large", huge, fresh(), TooLarge, "the head claims a root part above its bound"),
        reject(
            "part-flipped",
            Recipe::noon().spoil_file(|file| *file.last_mut().expect("not empty") ^= 1),
            fresh(),
            PartMismatch,
            "one bit of the last part",
        ),
        reject("mix-and-match", mixed, fresh(), PartMismatch, "a keys part, well signed, of another head"),
        reject("lists-out-of-order", lists(|part| swap_lists(part)), fresh(), Malformed, "list 9 after list 10"),
        reject(
            "lists-padding",
            lists(|part| *part.last_mut().expect("not empty") |= 1),
            fresh(),
            Malformed,
            "a set bit behind the last value",
        ),
        reject(
            "lists-count-bomb",
            lists(|part| part[6 + 6 + 1..][..4].fill(0xff)),
            fresh(),
            Malformed,
            "four billion indices in a few bytes",
        ),
        reject("lists-k-too-large", lists(|part| part[6 + 6] = 48), fresh(), Malformed, "k = 48"),
        reject(
            "lists-index-beyond-size",
            lists(|part| part[6 + 2..][..4].copy_from_slice(&150_000_u32.to_be_bytes())),
            fresh(),
            Malformed,
            "index 150,000 of 150,000",
        ),
        reject(
            "lists-from-the-future",
            Recipe::noon().with(|recipe| recipe.lists.as_of = NOW - 599),
            fresh(),
            Malformed,
            "as of a second after the head",
        ),
        reject(
            "urgent-from-the-future",
            Recipe::noon().with(|recipe| recipe.urgent.as_of = NOW),
            fresh(),
            Malformed,
            "as of a moment after the head",
        ),
        reject(
            "urgent-kids-fall",
            Recipe::noon().with(|recipe| recipe.urgent.kids = vec![[2; 4], [1; 4]]),
            fresh(),
            Malformed,
            "withdrawn kids out of order",
        ),
        reject(
            "urgent-day-twice",
            Recipe::noon().spoil_body(Part::Urgent, |part| repeat_day(part)),
            fresh(),
            Malformed,
            "the same day twice",
        ),
        reject(
            "root-signers-unsorted",
            Recipe::noon().spoil_part(Part::Root, |part| swap_signers(part)),
            fresh(),
            Malformed,
            "key ids must rise",
        ),
    ]
}

/// From and to, in the file.
fn part_span(file: &[u8], part: Part) -> (usize, usize) {
    let size = |part: usize| {
        let at = 4 + 16 + part * 36;
        u32::from_be_bytes([file[at], file[at + 1], file[at + 2], file[at + 3]]) as usize
    };
    let from = 4 + 196 + 1 + 72 * usize::from(file[200]) + (0..part as usize).map(size).sum::<usize>();
    (from, from + size(part as usize))
}

/// Lists 9 and 10 are the last: 9 is empty (15 bytes), 10 holds one index (16 bytes).
fn swap_lists(part: &mut [u8]) {
    let end = part.len();
    part[end - 31..].rotate_left(15);
}

/// Writes today where yesterday stands, so that both days are today.
fn repeat_day(part: &mut [u8]) {
    part[4 + 2 + 4 + 1..][..2].copy_from_slice(&TODAY.0.to_be_bytes());
}

/// Swaps the first two signatures of the first root.
fn swap_signers(part: &mut [u8]) {
    part[4..4 + 144].rotate_left(72);
}

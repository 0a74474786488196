//! Signatures and keys that must not hold, among them those that lax checkers take.
//! Everything before the signatures is in order.

use super::{refused, today};
use crate::accept::{challenge, short};
use crate::keys::Signer;
use crate::vectors::{Expect, Step, Vector};
use crate::world::{Draft, NOON, SITE, World};
use yima_keys::{PublicKey, Suite};

/// One bit of a good code changed behind the signatures.
pub fn changed(world: &World) -> Vec<Vector> {
    let (issuer, holder) = ("bad_issuer_signature", "bad_holder_signature");
    let table = [
        ("changed-suites", 1, 0x03, issuer),
        ("changed-id", 6, 0x80, issuer),
        ("changed-assurance", 24, 0x40, issuer),
        ("changed-holder-key-sign", 26, 0x01, issuer),
        ("changed-holder-key", 58, 0x01, issuer),
        ("changed-issuer-r", 59, 0x01, issuer),
        ("changed-issuer-s", 122, 0x01, issuer),
        ("changed-holder-r", 133, 0x01, holder),
        ("changed-holder-s", 196, 0x01, holder),
    ];
    let mut vectors = vec![];
    for suite in ["es256", "sm2"] {
        for (name, byte, mask, reason) in table {
            let code = world.t1(&format!("{suite}-today"), Suite::Es256).signed().flip(byte, mask).digits();
            let name = format!("{name}-{suite}");
            vectors.push(Vector::once(&name, "one bit changed after signing", "bus", code, refused(reason)));
        }
    }
    let moved = |name, draft: Draft<'_>| {
        Vector::once(name, "changed after the holder signed", "bus", draft.digits(), refused(holder))
    };
    vectors.push(moved("changed-time", today(world).time(NOON - 60).signed().time(NOON)));
    vectors.push(moved("changed-scenario", today(world).place(2, SITE).signed().place(1, SITE)));
    vectors.push(moved("changed-site", today(world).place(1, 7).signed().place(1, SITE)));
    for (name, byte, mask) in [("index", 10, 2), ("expiry", 12, 4), ("assurance", 13, 0x40), ("signature", 78, 1)] {
        let code = world.t2("es256-paper").signed().flip(byte, mask).digits();
        let name = format!("changed-card-{name}");
        vectors.push(Vector::once(
            &name,
            "one bit of a card changed after signing",
            "bus",
            code,
            Expect::refused(issuer, "T2"),
        ));
    }
    vectors
}

pub const P256_ORDER: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
pub const SM2_ORDER: &str = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123";
/// The order of Ed25519's group, little-endian.
const ED25519_ORDER: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

pub fn number(hexadecimal: &str) -> [u8; 32] {
    hex::decode(hexadecimal).unwrap().try_into().unwrap()
}

/// a - b, big-endian, for a >= b.
pub fn minus(a: [u8; 32], b: [u8; 32]) -> [u8; 32] {
    let mut out = [0; 32];
    let mut borrow = 0_i16;
    for at in (0..32).rev() {
        let difference = i16::from(a[at]) - i16::from(b[at]) - borrow;
        borrow = i16::from(difference < 0);
        out[at] = (difference + 256 * borrow) as u8;
    }
    out
}

/// a + b, little-endian, for a sum below 2^256.
pub fn plus_little(a: [u8; 32], b: [u8; 32]) -> [u8; 32] {
    let mut out = [0; 32];
    let mut carry = 0_u16;
    for at in 0..32 {
        let sum = u16::from(a[at]) + u16::from(b[at]) + carry;
        out[at] = sum as u8;
        carry = sum >> 8;
    }
    out
}

pub fn halves(signature: [u8; 64]) -> ([u8; 32], [u8; 32]) {
    (signature[..32].try_into().unwrap(), signature[32..].try_into().unwrap())
}

pub fn join(r: [u8; 32], s: [u8; 32]) -> [u8; 64] {
    [r, s].concat().try_into().unwrap()
}

/// Signatures that a lax checker takes or stumbles over, made from a good one.
pub fn spoiled(suite: Suite, good: [u8; 64]) -> Vec<(&'static str, &'static str, [u8; 64])> {
    let (r, s) = halves(good);
    let zero = [0; 32];
    let mut out = vec![
        ("zeros", "r and s are 0", [0; 64]),
        ("ones", "r and s are 2^256 - 1", [0xff; 64]),
        ("swapped", "s before r", join(s, r)),
    ];
    if suite == Suite::Ed25519 {
        out.push(("s-plus-order", "S plus the group's order", join(r, plus_little(s, number(ED25519_ORDER)))));
        let mut identity = zero;
        identity[0] = 1;
        out.push(("r-small-order", "R is of small order", join(identity, s)));
        return out;
    }
    let order = number(if suite == Suite::Es256 { P256_ORDER } else { SM2_ORDER });
    out.push(("r-0", "r is 0", join(zero, s)));
    out.push(("s-0", "s is 0", join(r, zero)));
    out.push(("r-order", "r is the order", join(order, s)));
    out.push(("s-order", "s is the order", join(r, order)));
    out.push(if suite == Suite::Es256 {
        ("high-s", "n - s verifies elsewhere; only the low half is taken", join(r, minus(order, s)))
    } else {
        ("t-0", "r + s is the order", join(r, minus(order, r)))
    });
    out
}

pub fn issuer_signatures(world: &World) -> Vec<Vector> {
    let mut vectors = vec![];
    for suite in Suite::ALL {
        let draft = || world.t1(&format!("{}-today", short(suite)), Suite::Es256);
        let good = draft().issuer.sign(&draft().issuer_message());
        for (name, about, signature) in spoiled(suite, good) {
            let code = draft().issuer_signature(&signature).held().digits();
            let name = format!("issuer-{}-{name}", short(suite));
            vectors.push(Vector::once(&name, about, "bus", code, refused("bad_issuer_signature")));
        }
        let card = || world.t2(&format!("{}-paper", short(suite)));
        let (name, about, signature) = spoiled(suite, card().issuer.sign(&card().issuer_message())).pop().unwrap();
        let code = card().issuer_signature(&signature).digits();
        let name = format!("paper-{}-{name}", short(suite));
        vectors.push(Vector::once(&name, about, "bus", code, Expect::refused("bad_issuer_signature", "T2")));
    }
    vectors
}

pub fn holder_signatures(world: &World) -> Vec<Vector> {
    let mut vectors = vec![];
    for suite in Suite::ALL {
        let draft = || world.t1("es256-today", suite).issued();
        let good = draft().holder.sign(&draft().holder_message());
        for (name, about, signature) in spoiled(suite, good) {
            let code = draft().holder_signature(&signature).digits();
            let name = format!("holder-{}-{name}", short(suite));
            vectors.push(Vector::once(&name, about, "bus", code, refused("bad_holder_signature")));
        }
    }
    vectors
}

/// Good signatures, for something else.
pub fn other_signatures(world: &World) -> Vec<Vector> {
    let mut vectors = vec![];
    let mut once = |name: &str, about: &str, code: Draft<'_>, reason: &str| {
        vectors.push(Vector::once(name, about, "bus", code.digits(), refused(reason)));
    };
    let (issuer, holder) = ("bad_issuer_signature", "bad_holder_signature");
    for suite in Suite::ALL {
        let draft = || world.t1(&format!("{}-today", short(suite)), Suite::Es256);
        let stranger = Signer::from_words(suite, "stranger");
        let by_stranger = draft().issuer_signature(&stranger.sign(&draft().issuer_message())).held();
        once(
            &format!("issuer-{}-stranger", short(suite)),
            "signed by a key that is not the entry's",
            by_stranger,
            issuer,
        );
        let draft = || world.t1("es256-today", suite).issued();
        let by_stranger = draft().holder_signature(&stranger.sign(&draft().holder_message()));
        once(
            &format!("holder-{}-stranger", short(suite)),
            "signed by a key that is not the code's",
            by_stranger,
            holder,
        );
    }
    let bare = |draft: &Draft<'_>| draft.issuer.sign(&draft.bytes[..59]);
    let draft = today(world);
    let signature = bare(&draft);
    once(
        "issuer-no-domain",
        "the issuer signed the bytes without their domain",
        draft.issuer_signature(&signature).held(),
        issuer,
    );
    let draft = today(world);
    let signature = draft.issuer.sign(&[b"yima.t2.issuer.v1\0", &draft.bytes[..59]].concat());
    once(
        "issuer-domain-of-paper",
        "the issuer signed under the domain of T2",
        draft.issuer_signature(&signature).held(),
        issuer,
    );
    let draft = today(world).issued();
    let signature = draft.holder.sign(&[b"yima.t1.issuer.v1\0", &draft.bytes[..133]].concat());
    once(
        "holder-domain-of-issuer",
        "the holder signed under the issuer's domain",
        draft.holder_signature(&signature),
        holder,
    );
    let draft = today(world).issued();
    let signature = draft.holder.sign(&[b"yima.t1c.holder.v1\0", &draft.bytes[..133]].concat());
    once(
        "holder-domain-of-t1c",
        "the holder signed under the domain of T1c",
        draft.holder_signature(&signature),
        holder,
    );
    let draft = today(world).issued();
    let signature = draft.holder.sign(&[b"yima.t1.holder.v1\0", &draft.bytes[..123]].concat());
    once(
        "holder-signed-less",
        "the holder's signature leaves time and place out",
        draft.holder_signature(&signature),
        holder,
    );
    let draft = world.t1("sm2-today", Suite::Es256);
    let secret = sm2_with_other_id(&draft);
    once("issuer-sm2-other-user-id", "SM2 under another user id", draft.issuer_signature(&secret).held(), issuer);
    vectors.extend(between_t1_and_t1c(world));
    vectors
}

/// The entry's key with the user id of another standard's example.
pub fn sm2_with_other_id(draft: &Draft<'_>) -> [u8; 64] {
    use p256::ecdsa::signature::Signer as _;
    let Signer::Sm2(key) = draft.issuer else { panic!("the entry is SM2") };
    let other = sm2::dsa::SigningKey::from_slice("ALICE123@YAHOO.COM", &key.to_bytes()).unwrap();
    let signature: sm2::dsa::Signature = other.sign(&draft.issuer_message());
    signature.to_bytes().into()
}

pub fn between_t1_and_t1c(world: &World) -> Vec<Vector> {
    let asked = challenge();
    let at_hospital = || today(world).place(16, SITE);
    let t1c = |name, about, draft: Draft<'_>, reason| {
        let step = Step::new(draft.digits(), Expect::refused(reason, "T1c")).challenge(asked.short(), asked.time);
        Vector::new(name, about, "hospital", vec![step])
    };
    let shown = at_hospital().signed();
    let kept: [u8; 64] = shown.bytes[133..].try_into().unwrap();
    let as_t1c = at_hospital().issued().answering(asked.short()).holder_signature(&kept);
    let draft = at_hospital().answering(asked.short());
    let issued_as_t1c = draft.issuer.sign(&[b"yima.t1.issuer.v1\0", &draft.bytes[..59]].concat());
    let issued_as_t1c = draft.issuer_signature(&issued_as_t1c).held();
    let moved = at_hospital().answering([9; 8]).signed().with(133, &asked.short());
    let mut stripped = today(world).answering(asked.short()).signed();
    stripped.bytes.drain(133..141);
    stripped.bytes[0] = 0x11;
    let stripped = Vector::once(
        "t1c-as-t1",
        "a T1c without its challenge",
        "bus",
        stripped.digits(),
        refused("bad_holder_signature"),
    );
    vec![
        t1c("t1-as-t1c", "a T1 with a challenge put in", as_t1c, "bad_holder_signature"),
        t1c("t1c-issued-as-t1c", "an issuer signs byte 0 as 11 only", issued_as_t1c, "bad_issuer_signature"),
        t1c("t1c-moved", "the challenge changed after signing", moved, "bad_holder_signature"),
        stripped,
    ]
}

/// Holder's keys that an issuer signed, and that are none.
pub fn holder_keys(world: &World) -> Vec<Vector> {
    let with_key = |name: &str, about, suite, key: &[u8; 33], signature: Option<[u8; 64]>| {
        let draft = world.t1("es256-today", suite).with(26, key).issued();
        let draft = match signature {
            Some(signature) => draft.holder_signature(&signature),
            None => draft.held(),
        };
        Vector::once(name, about, "bus", draft.digits(), refused("bad_holder_signature"))
    };
    let off_curve = |suite| {
        let keys = (1..=255_u8).map(|x| {
            let mut key = [0; 33];
            key[0] = 2;
            key[32] = x;
            key
        });
        keys.into_iter().find(|key| PublicKey::parse(suite, key).is_err()).unwrap()
    };
    let mut beyond = [0xff; 33];
    beyond[0] = 3;
    let mut identity = [0; 33];
    identity[1] = 1;
    // y = p + 1, a second spelling of the identity.
    let mut again = [0xff; 33];
    (again[0], again[1], again[32]) = (0, 0xee, 0x7f);
    let mut by_identity = [0; 64];
    by_identity[0] = 1;
    vec![
        with_key(
            "holder-key-off-curve-es256",
            "no point of P-256 has this x",
            Suite::Es256,
            &off_curve(Suite::Es256),
            None,
        ),
        with_key(
            "holder-key-off-curve-sm2",
            "no point of SM2's curve has this x",
            Suite::Sm2Sm3,
            &off_curve(Suite::Sm2Sm3),
            None,
        ),
        with_key("holder-key-beyond-field-es256", "x is not below p", Suite::Es256, &beyond, None),
        with_key("holder-key-beyond-field-sm2", "x is not below p", Suite::Sm2Sm3, &beyond, None),
        with_key(
            "holder-key-small-order",
            "an Ed25519 key of small order, with the signature that lax checkers take",
            Suite::Ed25519,
            &identity,
            Some(by_identity),
        ),
        with_key(
            "holder-key-small-order-again",
            "a second spelling of that key",
            Suite::Ed25519,
            &again,
            Some(by_identity),
        ),
    ]
}

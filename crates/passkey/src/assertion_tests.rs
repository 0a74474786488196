//! Our judgement of ES256 answers beside the library's: of the same answer both must say the same.

use crate::assertion::{Asking, Es256, Site};
use crate::party::credential;
use crate::{Party, PasskeyError};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{DerSignature, SigningKey};
use proptest::prelude::*;
use serde_json::{Value, json};
use webauthn_rs_core::proto::Credential;

const ORIGIN: &str = "http://localhost:8080";

/// One answer before it is signed; a test changes a part of it.
#[derive(Clone, Debug)]
struct Draft {
    client: Vec<u8>,
    data: Vec<u8>,
    /// By another key.
    other_key: bool,
    /// Bits of the signature that are turned.
    flipped: Vec<usize>,
    raw_id: Vec<u8>,
}

fn key(number: u8) -> SigningKey {
    SigningKey::from_slice(&[number; 32]).unwrap()
}

/// As it was stored at registration, with this counter and backup.
fn kept(counter: u32, eligible: bool, backed_up: bool) -> Credential {
    let point = key(1).verifying_key().to_sec1_point(false);
    let coordinate = |part: Option<&[u8]>| URL_SAFE_NO_PAD.encode(part.unwrap());
    let body = json!({
        "attestation": { "data": "None", "metadata": "None" }, "attestation_format": "none",
        "backup_eligible": eligible, "backup_state": backed_up, "counter": counter,
        "cred": { "key": { "EC_EC2": { "curve": "SECP256R1",
            "x": coordinate(point.x().map(|x| x.as_ref())), "y": coordinate(point.y().map(|y| y.as_ref())) } },
            "type_": "ES256" },
        "cred_id": URL_SAFE_NO_PAD.encode([5; 16]), "extensions": { "appid": "NotRequested", "cred_props": "NotRequested",
            "cred_protect": "NotRequested", "hmac_create_secret": "NotRequested" },
        "registration_policy": "required", "transports": null, "user_verified": true,
    });
    credential(&body.to_string()).unwrap()
}

fn draft(flags: u8, counter: u32) -> Draft {
    let client = json!({ "challenge": URL_SAFE_NO_PAD.encode([7; 32]), "crossOrigin": false, "origin": ORIGIN,
        "type": "webauthn.get" });
    let mut data = yima_keys::sha256(&[b"localhost"]).to_vec();
    data.push(flags);
    data.extend(counter.to_be_bytes());
    let client = client.to_string().into_bytes();
    Draft { client, data, other_key: false, flipped: Vec::new(), raw_id: vec![5; 16] }
}

fn signed(draft: &Draft) -> String {
    let hash = yima_keys::sha256(&[&draft.client]);
    let signature: DerSignature = key(if draft.other_key { 2 } else { 1 }).sign(&[&draft.data[..], &hash[..]].concat());
    let mut signature = signature.as_bytes().to_vec();
    for bit in &draft.flipped {
        let at = bit / 8 % signature.len();
        signature[at] ^= 1 << (bit % 8);
    }
    let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    json!({ "extensions": {}, "id": text(&draft.raw_id), "rawId": text(&draft.raw_id),
        "response": { "authenticatorData": text(&draft.data), "clientDataJSON": text(&draft.client),
            "signature": text(&signature), "userHandle": null },
        "type": "public-key" })
    .to_string()
}

/// What both say, which is the same.
fn said(draft: &Draft, kept: &Credential) -> Result<(u32, bool, bool), PasskeyError> {
    let party = Party::new("Yima", ORIGIN).unwrap();
    let state = party.ask_proof([7; 32], &[]).unwrap().state;
    let claimed = party.claimed(&signed(draft)).unwrap();
    let library = party.by_library(&state, &claimed, kept);
    let key = Es256::of(kept).unwrap();
    let origin = ORIGIN.parse().unwrap();
    let hash = yima_keys::sha256(&[b"localhost"]);
    let site = Site { origins: &[origin], rp_id_hash: &hash };
    let ours = site.judge(claimed.answer(), &Asking::read(&state).unwrap(), kept, &key);
    assert_eq!(ours, library, "{draft:?}");
    let body = serde_json::to_string(kept).unwrap();
    assert_eq!(party.proven(&state, &claimed, &body).err(), library.err(), "{draft:?}");
    ours.map(|seen| (seen.counter, seen.backed_up, seen.changes(kept)))
}

fn with_client(change: impl Fn(&mut Value)) -> Draft {
    let mut one = draft(0x05, 0);
    let mut client: Value = serde_json::from_slice(&one.client).unwrap();
    change(&mut client);
    one.client = client.to_string().into_bytes();
    one
}

#[test]
fn an_answer_holds_or_not_as_the_library_says() {
    let plain = kept(0, false, false);
    assert_eq!(said(&draft(0x05, 0), &plain), Ok((0, false, false)));
    let table = [
        ("nobody there", draft(0x04, 0), PasskeyError::NotProven),
        ("nobody verified", draft(0x01, 0), PasskeyError::NotVerified),
        ("could be in a backup of a sudden", draft(0x0d, 0), PasskeyError::NotProven),
        ("in a backup that cannot be", draft(0x15, 0), PasskeyError::NotProven),
        (
            "another site",
            Draft {
                data: {
                    let mut d = draft(0x05, 0).data;
                    d[3] ^= 1;
                    d
                },
                ..draft(0x05, 0)
            },
            PasskeyError::NotProven,
        ),
        ("too short", Draft { data: vec![0; 36], ..draft(0x05, 0) }, PasskeyError::Form),
        ("an extension without its bytes", draft(0x85, 0), PasskeyError::Form),
        ("another key", Draft { other_key: true, ..draft(0x05, 0) }, PasskeyError::NotProven),
        ("another passkey", Draft { raw_id: vec![6; 16], ..draft(0x05, 0) }, PasskeyError::NotProven),
        ("made, not proven", with_client(|c| c["type"] = "webauthn.create".into()), PasskeyError::NotProven),
        ("another challenge", with_client(|c| c["challenge"] = "AAAA".into()), PasskeyError::NotProven),
        ("another port", with_client(|c| c["origin"] = "http://localhost:8081".into()), PasskeyError::NotProven),
        ("another scheme", with_client(|c| c["origin"] = "https://localhost:8080".into()), PasskeyError::NotProven),
        ("a name below", with_client(|c| c["origin"] = "http://a.localhost:8080".into()), PasskeyError::NotProven),
        ("an opaque origin", with_client(|c| c["origin"] = "android:apk-key-hash:x".into()), PasskeyError::NotProven),
        ("no origin", with_client(|c| c["origin"] = Value::Null), PasskeyError::NotProven),
        ("no JSON", Draft { client: b"{".to_vec(), ..draft(0x05, 0) }, PasskeyError::NotProven),
    ];
    for (what, draft, why) in table {
        assert_eq!(said(&draft, &plain), Err(why), "{what}");
    }
    assert_eq!(said(&with_client(|c| c["origin"] = format!("{ORIGIN}/").into()), &plain), Ok((0, false, false)));
}

#[test]
fn a_counter_only_rises_and_a_backup_is_noted() {
    let table = [
        (kept(0, false, false), draft(0x05, 1), Ok((1, false, true))),
        (kept(7, false, false), draft(0x05, 8), Ok((8, false, true))),
        (kept(7, false, false), draft(0x05, 7), Err(PasskeyError::Copied)),
        (kept(7, false, false), draft(0x05, 0), Err(PasskeyError::Copied)),
        (kept(0, true, false), draft(0x1d, 0), Ok((0, true, true))),
        (kept(0, true, true), draft(0x1d, 0), Ok((0, true, false))),
        (kept(0, true, true), draft(0x0d, 0), Ok((0, false, true))),
        (kept(0, true, true), draft(0x05, 0), Err(PasskeyError::NotProven)),
    ];
    for (kept, draft, expected) in table {
        assert_eq!(said(&draft, &kept), expected, "{draft:?}");
    }
}

#[test]
fn what_was_never_asked_for_is_not_passed_over() {
    let state = Party::new("Yima", ORIGIN).unwrap().ask_proof([7; 32], &[]).unwrap().state;
    assert!(Asking::read(&state).is_ok(), "{state}");
    for (name, value) in [
        ("policy", json!("preferred")),
        ("appid", json!("https://old")),
        ("allow_backup_eligible_upgrade", json!(true)),
    ] {
        let mut other: Value = serde_json::from_str(&state).unwrap();
        other[name] = value;
        assert_eq!(Asking::read(&other.to_string()).err(), Some(PasskeyError::Kept), "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Bits turned anywhere, before or after the signature.
    #[test]
    fn turned_bits_are_judged_alike(
        flags in any::<u8>(),
        counters in (0_u32..3, 0_u32..3),
        backup in any::<(bool, bool)>(),
        client in proptest::collection::vec(0_usize..1_200, 0..2),
        data in proptest::collection::vec(0_usize..300, 0..2),
        more in proptest::collection::vec(any::<u8>(), 0..8),
        flipped in proptest::collection::vec(0_usize..600, 0..2),
    ) {
        let mut one = draft(flags, counters.0);
        one.data.extend(more);
        for (bytes, bits) in [(&mut one.client, client), (&mut one.data, data)] {
            for bit in bits {
                let at = bit / 8 % bytes.len();
                bytes[at] ^= 1 << (bit % 8);
            }
        }
        one.flipped = flipped;
        let _ = said(&one, &kept(counters.1, backup.0, backup.0 && backup.1));
    }
}

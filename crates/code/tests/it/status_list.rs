//! The IETF Token Status List: the draft's own vectors, signed tokens both ways, and hostile input.

use crate::bundle::{keep, signer};
use crate::vectors::directory;
use serde_json::json;
use std::process::Command;
use yima_code::status_list::{
    SIZE_MAX, SignedToken, StatusList, StatusListError, StatusToken, assemble_jwt, read_cwt, read_jwt,
};
use yima_keys::{PublicKey, Suite};

/// Bits, `lst`, and the statuses that are not 0.
type DraftList = (u8, &'static str, &'static [(u32, u8)]);

/// draft-ietf-oauth-status-list-21, appendix C.1 and C.2: 2^20 statuses each, of which these are not 0.
const DRAFT: [DraftList; 2] = [
    (
        1,
        "eNrt3AENwCAMAEGogklACtKQPg9LugC9k_ACvreiogEAAKkeCQAAAAAAAAAAAAAAAAAAAIBylgQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAXG9IAAAAAAAAAPwsJAAAAAAAAAAAAAAAvhsSAAAAAAAAAAAA7KpLAAAAAAAAAAAAAAAAAAAAAJsLCQAAAAAAAAAAADjelAAAAAAAAAAAKjDMAQAAAACAZC8L2AEb",
        &[
            (0, 1),
            (1_993, 1),
            (25_460, 1),
            (159_495, 1),
            (495_669, 1),
            (554_353, 1),
            (645_645, 1),
            (723_232, 1),
            (854_545, 1),
            (934_534, 1),
            (1_000_345, 1),
        ],
    ),
    (
        2,
        "eNrt2zENACEQAEEuoaBABP5VIO01fCjIHTMStt9ovGVIAAAAAABAbiEBAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEB5WwIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAID0ugQAAAAAAAAAAAAAAAAAQG12SgAAAAAAAAAAAAAAAAAAAAAAAAAAAOCSIQEAAAAAAAAAAAAAAAAAAAAAAAD8ExIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAwJEuAQAAAAAAAAAAAAAAAAAAAAAAAMB9SwIAAAAAAAAAAAAAAAAAAACoYUoAAAAAAAAAAAAAAEBqH81gAQw",
        &[
            (0, 1),
            (1_993, 2),
            (25_460, 1),
            (159_495, 3),
            (495_669, 1),
            (554_353, 1),
            (645_645, 2),
            (723_232, 1),
            (854_545, 1),
            (934_534, 2),
            (1_000_345, 3),
        ],
    ),
];

fn unbase64(text: &str) -> Vec<u8> {
    let place = |digit: u8| {
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
            .iter()
            .position(|one| *one == digit)
            .unwrap()
    };
    let bits = text.bytes().flat_map(|digit| (0..6).rev().map(move |at| place(digit) >> at & 1));
    let bits: Vec<usize> = bits.collect();
    bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |sum, bit| sum << 1 | *bit as u8)).collect()
}

#[test]
fn the_drafts_lists_read_as_the_draft_says() {
    for (bits, lst, statuses) in DRAFT {
        let list = StatusList::inflate(bits, &unbase64(lst)).unwrap();
        assert_eq!((list.bits(), list.len(), list.is_empty()), (bits, 1 << 20, false));
        let found: Vec<(u32, u8)> =
            (0..1 << 20).map(|index| (index, list.status(index).unwrap())).filter(|(_, status)| *status > 0).collect();
        assert_eq!(found, statuses);
        assert_eq!(list.status(1 << 20), None);
        assert_eq!(StatusList::inflate(bits, &list.deflate()), Ok(list));
    }
    let (_, lst, statuses) = DRAFT[0];
    let made = StatusList::of_revoked(1 << 20, statuses.iter().map(|(index, _)| u64::from(*index))).unwrap();
    assert_eq!(Ok(made), StatusList::inflate(1, &unbase64(lst)));
}

/// The draft's section 4.1: 16 statuses of one bit are b9 a3, 12 of two bits c9 44 f9.
#[test]
fn statuses_are_packed_from_the_low_bit() {
    let of = |bits, bytes: &[u8]| {
        let zlib = {
            use std::io::Write as _;
            let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        };
        let list = StatusList::inflate(bits, &zlib).unwrap();
        (0..list.len() as u32).map(|index| list.status(index).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(of(1, &[0xb9, 0xa3]), [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]);
    assert_eq!(of(2, &[0xc9, 0x44, 0xf9]), [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]);
}

fn token() -> StatusToken {
    StatusToken {
        sub: "https://yima.example/api/v1/status-lists/7".to_owned(),
        issued_at: 1_795_492_000,
        expires_at: 1_795_578_400,
        ttl_s: 3_600,
        list: StatusList::of_revoked(200_000, [3, 999, 150_000]).unwrap(),
    }
}

/// Both forms by the key of those words.
fn both_forms(words: &str) -> [SignedToken; 2] {
    let signer = signer(words);
    let input = token().jwt_signing_input(signer.suite(), &[0x37, 1, 10, 1]).unwrap();
    let jwt = assemble_jwt(&input, &signer.sign(input.as_bytes()));
    let cwt = token().cwt_to_sign(signer.suite(), &[0x37, 1, 10, 1]).unwrap();
    let signature = signer.sign(&cwt.signing_input());
    [read_jwt(&jwt).unwrap(), read_cwt(&cwt.assemble(signature)).unwrap()]
}

#[test]
fn a_signed_list_comes_back_in_both_forms() {
    for words in ["status token", "status-ed"] {
        let key = PublicKey::parse(signer(words).suite(), &signer(words).public()).unwrap();
        for read in both_forms(words) {
            assert_eq!((read.token, read.kid.as_slice(), read.suite), (token(), &[0x37, 1, 10, 1][..], key.suite()));
            assert!(key.verify(&[&read.signed], &read.signature).is_ok());
        }
    }
    assert_eq!(token().jwt_signing_input(Suite::Sm2Sm3, &[1]), Err(StatusListError::Suite));
    assert!(token().cwt_to_sign(Suite::Sm2Sm3, &[1]).is_err());
}

#[test]
fn hostile_lists_are_refused() {
    let zeros = {
        use std::io::Write as _;
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(&vec![0; (SIZE_MAX / 8) as usize + 1]).unwrap();
        encoder.finish().unwrap()
    };
    let good = token().list.deflate();
    let table = [
        (1, zeros.clone(), StatusListError::TooLarge),
        (3, good.clone(), StatusListError::Width),
        (0, good.clone(), StatusListError::Width),
        (1, good[..good.len() - 1].to_vec(), StatusListError::Malformed),
        (1, [&good[..], &[0]].concat(), StatusListError::Malformed),
        (1, Vec::new(), StatusListError::Malformed),
    ];
    for (bits, lst, reason) in table {
        assert_eq!(StatusList::inflate(bits, &lst), Err(reason), "{} bytes", lst.len());
    }
    assert!(StatusList::inflate(2, &zeros).is_ok(), "half as many statuses fit");
    assert_eq!(StatusList::of_revoked(SIZE_MAX + 1, []), Err(StatusListError::TooLarge));
    assert_eq!(StatusList::of_revoked(8, [8]), Err(StatusListError::Malformed));
    for jwt in ["", "a.b.c", "e30.e30.e30", "e30.e30"] {
        assert_eq!(read_jwt(jwt), Err(StatusListError::Malformed), "{jwt}");
    }
    let signer = signer("status token");
    let cwt = token().cwt_to_sign(signer.suite(), &[1]).unwrap();
    let good = cwt.clone().assemble(signer.sign(&cwt.signing_input()));
    let key = PublicKey::parse(signer.suite(), &signer.public()).unwrap();
    for at in 0..good.len() {
        let mut bent = good.clone();
        bent[at] ^= 1;
        let holds = read_cwt(&bent).is_ok_and(|read| key.verify(&[&read.signed], &read.signature).is_ok());
        assert!(!holds, "byte {at}");
        assert!(read_cwt(&good[..at]).is_err(), "cut at {at}");
    }
}

/// `vectors/status_list.json`, and Python's `token-status-list` and `cwt` reading it.
#[test]
fn others_read_the_same_list() {
    let (signer, kid) = (signer("status token"), [0x37, 1, 10, 1]);
    let input = token().jwt_signing_input(Suite::Es256, &kid).unwrap();
    let cwt = token().cwt_to_sign(Suite::Es256, &kid).unwrap();
    let signature = signer.sign(&cwt.signing_input());
    let vector = json!({
        "key": hex::encode(signer.public()),
        "kid": hex::encode(kid),
        "claims": { "sub": token().sub, "iat": token().issued_at, "exp": token().expires_at, "ttl": token().ttl_s },
        "size": 200_000,
        "revoked": [3, 999, 150_000],
        "jwt": assemble_jwt(&input, &signer.sign(input.as_bytes())),
        "cwt": hex::encode(cwt.assemble(signature)),
    });
    let text = serde_json::to_string_pretty(&vector).unwrap() + "\n";
    keep(&directory().join("status_list.json"), text.as_bytes());
    let run = Command::new(std::env::var_os("YIMA_PYTHON").unwrap_or_else(|| "python3".into()))
        .arg("check_status_list.py")
        .current_dir(directory())
        .output();
    let output = run.expect("install python3: the list is read by a second program");
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "python3 -m pip install -r vectors/requirements.txt\n{complained}");
}

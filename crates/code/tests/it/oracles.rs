//! The same answers from elsewhere: OpenSSL for signatures, and an independent checker for the vectors.
//! They are asked as programs; nothing of theirs is linked.

use crate::keys::Signer;
use crate::vectors::directory;
use crate::world::World;
use std::path::Path;
use std::process::Command;
use yima_code::Presented;
use yima_keys::{PublicKey, Suite, sha256};

#[test]
fn an_independent_checker_agrees_with_every_vector() {
    // `cargo xtask check` names a Python that has the packages.
    let python = std::env::var_os("YIMA_PYTHON").unwrap_or_else(|| "python3".into());
    let run = Command::new(python).arg("check.py").current_dir(directory()).output();
    let output = run.expect("install python3: the vectors are checked by a second program");
    let (said, complained) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(
        !complained.contains("ModuleNotFoundError"),
        "install the checker's packages: python3 -m pip install -r vectors/requirements.txt\n{complained}"
    );
    assert!(output.status.success(), "{said}{complained}");
    assert!(said.contains("vectors agree"), "{said}");
}

/// A key's SubjectPublicKeyInfo up to the compressed point (RFC 5480 section 2; GB/T 35275 for SM2's curve).
fn public_key_info(suite: Suite, key: &[u8; 33]) -> Vec<u8> {
    let head = match suite {
        Suite::Es256 => "3039301306072a8648ce3d020106082a8648ce3d030107032200",
        _ => "3039301306072a8648ce3d020106082a811ccf5501822d032200",
    };
    [&hex::decode(head).unwrap(), &key[..]].concat()
}

/// r and s as the DER that OpenSSL reads.
fn der(signature: &[u8; 64]) -> Vec<u8> {
    let integer = |bytes: &[u8]| {
        let start = bytes.iter().position(|byte| *byte != 0).unwrap_or(31);
        let mut value = bytes[start..].to_vec();
        if value[0] & 0x80 != 0 {
            value.insert(0, 0);
        }
        [&[2, value.len() as u8], &value[..]].concat()
    };
    let body = [integer(&signature[..32]), integer(&signature[32..])].concat();
    [&[0x30, body.len() as u8], &body[..]].concat()
}

fn openssl_takes(directory: &Path, suite: Suite, key: &[u8; 33], message: &[u8], signature: &[u8; 64]) -> bool {
    let write = |name: &str, bytes: &[u8]| std::fs::write(directory.join(name), bytes).unwrap();
    write("key.der", &public_key_info(suite, key));
    write("message", message);
    write("signature", &der(signature));
    let mut command = Command::new("openssl");
    command.current_dir(directory).args(["pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "key.der"]);
    command.args(["-rawin", "-in", "message", "-sigfile", "signature", "-digest"]);
    command.arg(if suite == Suite::Es256 { "sha256" } else { "sm3" });
    if suite == Suite::Sm2Sm3 {
        command.args(["-pkeyopt", "distid:1234567812345678"]);
    }
    let output = command.output().expect("install openssl 3: it checks the same signatures");
    output.status.success()
}

#[test]
fn openssl_agrees_on_good_and_changed_signatures() {
    let directory = std::env::temp_dir().join(format!("yima-openssl-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    for suite in [Suite::Es256, Suite::Sm2Sm3] {
        for round in 0..8_u8 {
            let signer = Signer::from_words(suite, &format!("openssl {round}"));
            let key = PublicKey::parse(suite, &signer.public()).unwrap();
            let message = sha256(&[b"message", &[round]]);
            let good = signer.sign(&message);
            let mut changed = good;
            changed[usize::from(round) * 7] ^= 1;
            for (signature, holds) in [(good, true), (changed, false)] {
                assert_eq!(key.verify(&[&message], &signature).is_ok(), holds);
                assert_eq!(
                    openssl_takes(&directory, suite, &signer.public(), &message, &signature),
                    holds,
                    "{suite} {round}"
                );
            }
        }
    }
    std::fs::remove_dir_all(&directory).unwrap();
}

/// Suite, key, message and signature.
type Signed = (Suite, [u8; 33], Vec<u8>, [u8; 64]);

/// Every signature in a code. The messages are the crate's own, taken from the digits.
fn signatures_of(digits: &str, issuer: &Signer) -> Vec<Signed> {
    match Presented::from_digits(digits).unwrap() {
        Presented::T1(token) | Presented::T1c(token) => {
            let (fields, part) = (token.fields(), token.issuer_part());
            let issued = fields.issuer_message().to_vec();
            let held = token.holder_part().holder_message(part).to_vec();
            vec![
                (fields.issuer_suite, issuer.public(), issued, *part.issuer_signature()),
                (fields.holder_suite, fields.holder_key, held, *token.holder_signature()),
            ]
        }
        Presented::T2(token) => {
            let fields = token.fields();
            vec![(fields.issuer_suite, issuer.public(), fields.issuer_message().to_vec(), *token.issuer_signature())]
        }
        Presented::T0(_) => Vec::new(),
    }
}

#[test]
fn openssl_takes_the_signatures_of_whole_codes() {
    let directory = std::env::temp_dir().join(format!("yima-openssl-codes-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let world = World::new();
    let mut codes = Vec::new();
    for kid in ["es256-today", "sm2-today"] {
        for holder in [Suite::Es256, Suite::Sm2Sm3] {
            codes.push((kid, world.t1(kid, holder).signed().digits()));
            codes.push((kid, world.t1(kid, holder).answering([9; 8]).signed().digits()));
        }
    }
    codes.extend(["es256-paper", "sm2-paper"].map(|kid| (kid, world.t2(kid).signed().digits())));
    let mut checked = 0;
    for (kid, digits) in codes {
        for (suite, key, mut message, signature) in signatures_of(&digits, &world.kid(kid).signer) {
            assert!(openssl_takes(&directory, suite, &key, &message, &signature), "{kid} {suite}");
            *message.last_mut().unwrap() ^= 1;
            assert!(!openssl_takes(&directory, suite, &key, &message, &signature), "{kid} {suite}, changed");
            checked += 1;
        }
    }
    assert_eq!(checked, 18);
    std::fs::remove_dir_all(&directory).unwrap();
}

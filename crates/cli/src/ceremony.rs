//! The files that travel between the platform and those who sign offline: unsigned parts, signatures, public keys.
//! It verifies nothing; the province does, and every gate again.

use crate::failure::Failure;
use crate::machine::files;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::path::Path;
use yima_code::bundle::{KeyId, Signature};
use yima_keys::{PublicKey, Suite};
use yima_province::{SignedPart, Unsigned};

/// A larger file is none of ours: the largest part has 8 MiB, in base64.
const FILE_BYTES_MAX: u64 = 24 << 20;
const KIND_PART: &str = "yima-ceremony-1";
const KIND_KEY: &str = "yima-public-key-1";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PartFile {
    kind: String,
    part: String,
    roots: String,
    body: String,
    signatures: Vec<SignatureLine>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SignatureLine {
    key_id: String,
    signature: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    kind: String,
    role: String,
    suite: String,
    public: String,
}

/// Writes a part, signed or not; the file must not exist.
pub fn write_part(path: &Path, part: &Unsigned) -> Result<(), Failure> {
    let line = |one: &Signature| SignatureLine { key_id: one.key_id.to_string(), signature: hex::encode(one.bytes) };
    let file = PartFile {
        kind: KIND_PART.to_owned(),
        part: part.part.as_str().to_owned(),
        roots: STANDARD.encode(&part.root_part),
        body: STANDARD.encode(&part.body),
        signatures: part.signatures.iter().map(line).collect(),
    };
    write_new(path, &file)
}

/// Reads a part.
pub fn read_part(path: &Path) -> Result<Unsigned, Failure> {
    let wrong = || Failure::bad_input(format!("{} is no file of `yima bundle prepare` or `sign`", path.display()));
    let file: PartFile = serde_json::from_slice(&files::read_needed(path, FILE_BYTES_MAX)?).map_err(|_| wrong())?;
    if file.kind != KIND_PART {
        return Err(wrong());
    }
    let signature = |line: &SignatureLine| {
        let key_id = hex::decode(&line.key_id).ok()?.try_into().ok()?;
        Some(Signature { key_id: KeyId(key_id), bytes: hex::decode(&line.signature).ok()?.try_into().ok()? })
    };
    let read = || {
        Some(Unsigned {
            part: SignedPart::parse(&file.part)?,
            root_part: STANDARD.decode(&file.roots).ok()?,
            body: STANDARD.decode(&file.body).ok()?,
            signatures: file.signatures.iter().map(signature).collect::<Option<_>>()?,
        })
    };
    read().ok_or_else(wrong)
}

/// Puts the signatures of several holders under one part together.
pub fn joined(paths: &[std::path::PathBuf]) -> Result<Unsigned, Failure> {
    let mut parts = paths.iter().map(|path| read_part(path));
    let mut whole = parts.next().ok_or_else(|| Failure::bad_input("name the signed files"))??;
    for part in parts {
        let part = part?;
        if part.part != whole.part || part.body != whole.body {
            return Err(Failure::bad_input(
                "these files are signatures under different parts: sign one and the same file",
            ));
        }
        for one in part.signatures {
            if !whole.signatures.iter().any(|had| had.key_id == one.key_id) {
                whole.signatures.push(one);
            }
        }
    }
    whole.signatures.sort_by_key(|one| one.key_id);
    Ok(whole)
}

/// Writes the public half of a holder's key; the file must not exist.
pub fn write_public(path: &Path, role: &str, key: &PublicKey) -> Result<(), Failure> {
    let file = KeyFile {
        kind: KIND_KEY.to_owned(),
        role: role.to_owned(),
        suite: key.suite().name().to_owned(),
        public: hex::encode(key.bytes()),
    };
    write_new(path, &file)
}

/// Reads the public half of a holder's key that is meant for this role.
pub fn read_public(path: &Path, role: &str) -> Result<PublicKey, Failure> {
    let wrong = || Failure::bad_input(format!("{} is no public key of `yima key holder`", path.display()));
    let file: KeyFile = serde_json::from_slice(&files::read_needed(path, FILE_BYTES_MAX)?).map_err(|_| wrong())?;
    if file.kind != KIND_KEY {
        return Err(wrong());
    }
    if file.role != role {
        return Err(Failure::bad_input(format!("{} is a key for the role {}, not {role}", path.display(), file.role)));
    }
    let read = || {
        let octets = hex::decode(&file.public).ok()?.try_into().ok()?;
        PublicKey::parse(Suite::from_name(&file.suite)?, &octets).ok()
    };
    read().ok_or_else(wrong)
}

fn write_new(path: &Path, file: &impl Serialize) -> Result<(), Failure> {
    if path.exists() {
        return Err(Failure::bad_input(format!("{} exists already and is not overwritten", path.display())));
    }
    let mut text = serde_json::to_vec_pretty(file).map_err(|why| Failure::machine("write a ceremony file", why))?;
    text.push(b'\n');
    files::replace(path, &text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(body: &[u8], signer: u8) -> Unsigned {
        let signatures = vec![Signature { key_id: KeyId([signer; 8]), bytes: [signer; 64] }];
        Unsigned { part: SignedPart::Keys, root_part: vec![1, 2], body: body.to_vec(), signatures }
    }

    #[test]
    fn parts_are_read_back_and_joined_only_under_one_body() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        for (name, body, signer) in [("a", b"one", 2), ("b", b"one", 1), ("c", b"two", 3), ("d", b"one", 2)] {
            write_part(&path(name), &part(body, signer)).expect("written");
            assert_eq!(read_part(&path(name)).expect("read"), part(body, signer));
        }
        assert!(write_part(&path("a"), &part(b"x", 1)).is_err(), "never overwritten");
        let whole = joined(&[path("a"), path("b"), path("d")]).expect("joined");
        let ids: Vec<u8> = whole.signatures.iter().map(|one| one.key_id.0[0]).collect();
        assert_eq!(ids, [1, 2], "each signer once, in order");
        assert!(joined(&[path("a"), path("c")]).is_err() && joined(&[]).is_err());
        let text = std::fs::read_to_string(path("a")).expect("read");
        for (from, to) in [("yima-ceremony-1", "other"), ("\"keys\"", "\"lists\""), ("0202", "02zz"), ("{", "[")] {
            std::fs::write(path("bent"), text.replacen(from, to, 1)).expect("written");
            assert!(read_part(&path("bent")).is_err(), "{from}");
        }
    }

    #[test]
    fn a_public_key_serves_the_role_that_it_was_made_for() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("k.pub");
        let key = yima_keys::custody::IssuingKey::from_secret(Suite::Es256, &[1; 32]).expect("a key");
        let public = PublicKey::parse(Suite::Es256, &key.public()).expect("a point");
        write_public(&path, "keys", &public).expect("written");
        assert_eq!(read_public(&path, "keys").expect("read").bytes(), public.bytes());
        assert!(read_public(&path, "root").is_err());
    }
}

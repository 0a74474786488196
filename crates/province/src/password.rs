//! Operators' passwords, hashed with argon2id (RFC 9106) in memory that goes back to the system when the hash is done.
//! It does not know operators, nor how many hashes run at once.

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use rand::Rng;
use rand::rngs::StdRng;

/// Blocks of 1 KiB that are asked for at least. The C library gives pieces above 32 MiB back at once; smaller ones it
/// learns to keep, so that a first start, or eight sign-ins at a time, would hold tens of megabytes for good. What a
/// hash does not touch (19 MiB is OWASP's minimum, and ours) costs no memory.
const ROOM_BLOCKS: usize = 33 << 10;
const SALT_BYTES: usize = 16;

/// A password's hash as a PHC string, with a fresh salt. `None` when argon2 refuses the password, which is above 4 GiB then.
pub fn hash(password: &str, rng: &mut StdRng) -> Option<String> {
    let mut salt = [0u8; SALT_BYTES];
    rng.fill_bytes(&mut salt);
    let params = Params::default();
    let hash = output(Algorithm::Argon2id, Version::V0x13, &params, password, &salt)?;
    let hashed = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params).ok()?,
        salt: Some(Salt::new(&salt).ok()?),
        hash: Some(hash),
    };
    Some(hashed.to_string())
}

/// Is this the password of the PHC string? The work is the string's, not today's.
pub fn verify(stored: &str, password: &str) -> bool {
    // Comparing two outputs takes the same time wherever they differ.
    again(stored, password).is_some_and(|(found, wanted)| found == wanted)
}

fn again(stored: &str, password: &str) -> Option<(Output, Output)> {
    let stored = PasswordHash::new(stored).ok()?;
    let algorithm = Algorithm::try_from(stored.algorithm.as_str()).ok()?;
    let version = stored.version.map_or(Some(Version::default()), |number| Version::try_from(number).ok())?;
    let params = Params::try_from(&stored).ok()?;
    let salt = stored.salt.as_ref()?;
    Some((output(algorithm, version, &params, password, salt.as_ref())?, stored.hash?))
}

fn output(algorithm: Algorithm, version: Version, params: &Params, password: &str, salt: &[u8]) -> Option<Output> {
    let mut octets = [0u8; Output::MAX_LENGTH];
    let out = octets.get_mut(..params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN))?;
    let needed = params.block_count();
    let mut room: Vec<Block> = Vec::with_capacity(needed.max(ROOM_BLOCKS));
    room.resize(needed, Block::new());
    let argon2 = Argon2::new(algorithm, version, params.clone());
    argon2.hash_password_into_with_memory(password.as_bytes(), salt, out, &mut room).ok()?;
    Output::new(out).ok()
}

#[cfg(test)]
mod tests {
    use super::{hash, verify};
    use argon2::{Argon2, PasswordHasher, PasswordVerifier};
    use rand::SeedableRng;

    #[test]
    fn hashes_are_those_of_argon2_itself_and_stored_ones_still_open() {
        let ours = hash("correct horse", &mut rand::rngs::StdRng::from_seed([7; 32])).expect("hashed");
        assert!(ours.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{ours}");
        assert!(verify(&ours, "correct horse") && !verify(&ours, "correct hors"));
        assert!(Argon2::default().verify_password(b"correct horse", ours.as_str()).is_ok());
        let theirs = Argon2::default().hash_password_with_salt(b"battery", &[9; 16]).expect("hashed").to_string();
        assert!(verify(&theirs, "battery") && !verify(&theirs, "Battery"));
        for damaged in ["", "$argon2id$v=19$m=19456,t=2,p=1$", "$argon2id$", &theirs[..theirs.len() - 3], "staple"] {
            assert!(!verify(damaged, "battery"), "{damaged}");
        }
    }
}

//! Authenticated encryption under one key: AES-256-GCM (NIST SP 800-38D), or SM4-GCM (RFC 8998) for the national suite.
//! It does not know what it encrypts, where keys come from, or how a nonce was drawn.

use aes_gcm::aead::{AeadInOut, KeyInit, consts::U12};
use aws_lc_rs::aead as aws;

/// Octets of a nonce. Nonces are random, so one key seals at most 2^32 values (SP 800-38D section 8.3).
pub const NONCE_LEN: usize = 12;
/// Octets of a tag.
pub const TAG_LEN: usize = 16;

/// Which cipher seals. The value is the octet written into sealed data.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SealSuite {
    /// AES-256-GCM.
    Aes256Gcm = 1,
    /// SM4-GCM (GB/T 32907, RFC 8998). The key is the first 16 of the 32 octets given.
    /// This software SM4 reads tables by secret indices: on a shared machine prefer AES, or a module.
    Sm4Gcm = 2,
}

impl SealSuite {
    /// The suite that an octet of sealed data names.
    pub fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            1 => Some(Self::Aes256Gcm),
            2 => Some(Self::Sm4Gcm),
            _ => None,
        }
    }
}

/// The tag did not match: another key, other associated data, or changed octets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct NotAuthentic;

/// A cipher object, kept for its key's life because setting it up costs more than sealing a field.
pub(crate) enum Aead {
    Aes(aws::LessSafeKey),
    Sm4(Box<aes_gcm::AesGcm<sm4::Sm4, U12>>),
}

impl Aead {
    pub(crate) fn new(suite: SealSuite, key: &[u8; 32]) -> Self {
        match suite {
            SealSuite::Aes256Gcm => {
                let key = aws::UnboundKey::new(&aws::AES_256_GCM, key).expect("AES-256 takes any 32 octets");
                Self::Aes(aws::LessSafeKey::new(key))
            }
            SealSuite::Sm4Gcm => {
                let mut short = zeroize::Zeroizing::new([0u8; 16]);
                short.copy_from_slice(&key[..16]);
                Self::Sm4(Box::new(aes_gcm::AesGcm::new((&*short).into())))
            }
        }
    }

    pub(crate) fn suite(&self) -> SealSuite {
        match self {
            Self::Aes(_) => SealSuite::Aes256Gcm,
            Self::Sm4(_) => SealSuite::Sm4Gcm,
        }
    }

    /// Encrypts in place and returns the tag.
    pub(crate) fn seal(&self, nonce: &[u8; NONCE_LEN], aad: &[u8], text: &mut [u8]) -> [u8; TAG_LEN] {
        let mut tag = [0u8; TAG_LEN];
        match self {
            Self::Aes(key) => {
                let nonce = aws::Nonce::assume_unique_for_key(*nonce);
                let made = key
                    .seal_in_place_separate_tag(nonce, aws::Aad::from(aad), text)
                    .expect("every caller bounds its text far below GCM's 64 GiB");
                tag.copy_from_slice(made.as_ref());
            }
            Self::Sm4(key) => {
                let made = key
                    .encrypt_inout_detached(nonce.into(), aad, text.into())
                    .expect("every caller bounds its text far below GCM's 64 GiB");
                tag.copy_from_slice(&made);
            }
        }
        tag
    }

    /// Checks the tag at the end of `sealed` and decrypts in place; the text is what comes back.
    pub(crate) fn open<'a>(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        sealed: &'a mut [u8],
    ) -> Result<&'a mut [u8], NotAuthentic> {
        let end = sealed.len().checked_sub(TAG_LEN).ok_or(NotAuthentic)?;
        let (text, tag) = sealed.split_at_mut(end);
        match self {
            Self::Aes(key) => key
                .open_in_place_separate_tag(aws::Nonce::assume_unique_for_key(*nonce), aws::Aad::from(aad), tag, text)
                .map_err(|_| NotAuthentic),
            Self::Sm4(key) => {
                let tag: &[u8; TAG_LEN] = (&*tag).try_into().map_err(|_| NotAuthentic)?;
                key.decrypt_inout_detached(nonce.into(), aad, (&mut *text).into(), tag.into())
                    .map_err(|_| NotAuthentic)?;
                Ok(text)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unhex(text: &str) -> Vec<u8> {
        (0..text.len() / 2).map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap()).collect()
    }

    /// RFC 8998 appendix A.1, and test case 16 of the GCM submission (McGrew and Viega, AES-256).
    #[test]
    fn published_vectors() {
        let table = [
            (
                SealSuite::Sm4Gcm,
                "0123456789abcdeffedcba987654321000000000000000000000000000000000",
                "00001234567800000000abcd",
                "feedfacedeadbeeffeedfacedeadbeefabaddad2",
                "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccddddddddddddddddeeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa",
                "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d",
                "83de3541e4c2b58177e065a9bf7b62ec",
            ),
            (
                SealSuite::Aes256Gcm,
                "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
                "cafebabefacedbaddecaf888",
                "feedfacedeadbeeffeedfacedeadbeefabaddad2",
                "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
                "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
                "76fc6ece0f4e1768cddf8853bb2d551b",
            ),
        ];
        for (suite, key, nonce, aad, text, cipher, tag) in table {
            let aead = Aead::new(suite, &unhex(key).try_into().unwrap());
            let (nonce, aad) = (unhex(nonce).try_into().unwrap(), unhex(aad));
            let mut buffer = unhex(text);
            let made = aead.seal(&nonce, &aad, &mut buffer);
            assert_eq!((buffer.clone(), made.to_vec()), (unhex(cipher), unhex(tag)), "{suite:?}");
            buffer.extend_from_slice(&made);
            assert_eq!(aead.open(&nonce, &aad, &mut buffer.clone()).unwrap(), unhex(text));
            for at in 0..buffer.len() {
                let mut bent = buffer.clone();
                bent[at] ^= 1;
                assert_eq!(aead.open(&nonce, &aad, &mut bent), Err(NotAuthentic), "octet {at}");
            }
            assert_eq!(aead.open(&nonce, b"other", &mut buffer.clone()), Err(NotAuthentic));
            assert_eq!(aead.open(&nonce, &aad, &mut [0; 5]), Err(NotAuthentic));
        }
    }
}

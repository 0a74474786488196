//! Reading and writing the bundle's fields: fixed widths, counted lists, bounded text.
//! It does not know which part it stands in; every refusal here is `malformed`.

use super::error::BundleError;
use yima_keys::{PUBLIC_KEY_BYTES, PublicKey, Suite};

/// The longest text field, in bytes.
pub(super) const TEXT_MAX: usize = 1024;

/// A cursor that never reads past its end and never allocates by a length it has not seen.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(super) fn bytes(&mut self, length: usize) -> Result<&'a [u8], BundleError> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(BundleError::Malformed)?;
        self.rest = rest;
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], BundleError> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(BundleError::Malformed)?;
        self.rest = rest;
        Ok(*taken)
    }

    pub(super) fn u8(&mut self) -> Result<u8, BundleError> {
        self.array().map(u8::from_be_bytes)
    }

    pub(super) fn u16(&mut self) -> Result<u16, BundleError> {
        self.array().map(u16::from_be_bytes)
    }

    pub(super) fn i16(&mut self) -> Result<i16, BundleError> {
        self.array().map(i16::from_be_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, BundleError> {
        self.array().map(u32::from_be_bytes)
    }

    pub(super) fn text(&mut self) -> Result<String, BundleError> {
        let length = usize::from(self.u16()?);
        let text = std::str::from_utf8(self.bytes(length)?).map_err(|_| BundleError::Malformed)?;
        if is_text(text) { Ok(text.to_owned()) } else { Err(BundleError::Malformed) }
    }

    /// A key of 34 bytes: suite, then the key; an unknown suite is malformed, a bad point `bad_key`.
    pub(super) fn key(&mut self) -> Result<PublicKey, BundleError> {
        let suite = Suite::from_number(self.u8()?).ok_or(BundleError::Malformed)?;
        let bytes: [u8; PUBLIC_KEY_BYTES] = self.array()?;
        PublicKey::parse(suite, &bytes).map_err(|_| BundleError::BadKey)
    }

    /// `count` things one after the other; `count` was read and bounded by the caller.
    pub(super) fn list<T>(
        &mut self,
        count: usize,
        mut read: impl FnMut(&mut Self) -> Result<T, BundleError>,
    ) -> Result<Vec<T>, BundleError> {
        // Grows as it reads: a count that the bytes can't keep never reserves memory.
        let mut list = Vec::new();
        for _ in 0..count {
            list.push(read(self)?);
        }
        Ok(list)
    }

    pub(super) fn end(self) -> Result<(), BundleError> {
        if self.rest.is_empty() { Ok(()) } else { Err(BundleError::Malformed) }
    }
}

/// Whether a text may stand in a bundle: short, and free of control characters.
pub(super) fn is_text(text: &str) -> bool {
    text.len() <= TEXT_MAX && !text.bytes().any(|byte| byte < 0x20 || byte == 0x7f)
}

/// Refuses what is above its bound.
pub(super) fn at_most(count: usize, bound: usize) -> Result<usize, BundleError> {
    if count <= bound { Ok(count) } else { Err(BundleError::Malformed) }
}

/// Appends fields; texts are checked by whoever builds the part.
#[derive(Default)]
pub(super) struct Writer(pub(super) Vec<u8>);

impl Writer {
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend_from_slice(bytes);
        self
    }

    pub(super) fn u8(&mut self, value: u8) -> &mut Self {
        self.bytes(&[value])
    }

    pub(super) fn u16(&mut self, value: u16) -> &mut Self {
        self.bytes(&value.to_be_bytes())
    }

    pub(super) fn i16(&mut self, value: i16) -> &mut Self {
        self.bytes(&value.to_be_bytes())
    }

    pub(super) fn u32(&mut self, value: u32) -> &mut Self {
        self.bytes(&value.to_be_bytes())
    }

    /// A list's length in as many bytes as the format gives it, or malformed.
    pub(super) fn count8(&mut self, count: usize) -> Result<&mut Self, BundleError> {
        Ok(self.u8(u8::try_from(count).map_err(|_| BundleError::Malformed)?))
    }

    pub(super) fn count16(&mut self, count: usize) -> Result<&mut Self, BundleError> {
        Ok(self.u16(u16::try_from(count).map_err(|_| BundleError::Malformed)?))
    }

    pub(super) fn count32(&mut self, count: usize) -> Result<&mut Self, BundleError> {
        Ok(self.u32(u32::try_from(count).map_err(|_| BundleError::Malformed)?))
    }

    pub(super) fn text(&mut self, text: &str) -> Result<&mut Self, BundleError> {
        if !is_text(text) {
            return Err(BundleError::Malformed);
        }
        Ok(self.count16(text.len())?.bytes(text.as_bytes()))
    }

    pub(super) fn key(&mut self, key: &PublicKey) -> &mut Self {
        self.u8(key.suite().number()).bytes(key.bytes())
    }
}

//! Seals over rows that open something: authenticators, mandates, grants, clients, officers, organisations. Who writes
//! into the database without the program has no seal, and opens nothing. It does not know any table's columns.

use crate::Province;
use crate::error::DeedError;
use std::sync::Arc;
use subtle::ConstantTimeEq as _;
use yima_keys::HmacKey;
use yima_keys::custody::SecretKey;

/// The domain of the seals; a change of what they cover is another word.
const DOMAIN: &[u8] = b"yima.row.v1";

/// The key of the seals; shared, so that a deed can take it into its transaction.
#[derive(Clone)]
pub(crate) struct RowSealer(Arc<HmacKey>);

/// A row that carries its version and seal; made one by [`sealed_row!`].
pub(crate) trait SealedRow: Sized {
    /// Its table, by which no seal of one fits a row of another.
    const TABLE: &'static str;

    /// Hands over every column that the seal covers, in an order that never changes.
    fn with_fields<T>(&self, with: impl FnOnce(&[&[u8]]) -> T) -> T;

    /// What it is found by, its version (0 of one that was never written) and its seal, as they were read.
    fn head(&self) -> (&str, i64, &[u8]);

    /// Puts another version and seal on it.
    fn put(&mut self, version: i64, seal: Vec<u8>);
}

/// Says what the seal of a row covers whose columns `id`, `version` and `seal` are called so:
/// `sealed_row!(Row, "table", |row, with| with(&[row.column.as_bytes()]));`
macro_rules! sealed_row {
    ($row:ty, $table:expr, |$one:ident, $with:ident| $fields:expr) => {
        impl $crate::row_seal::SealedRow for $row {
            const TABLE: &'static str = $table;

            fn with_fields<T>(&self, $with: impl FnOnce(&[&[u8]]) -> T) -> T {
                let $one = self;
                $fields
            }

            fn head(&self) -> (&str, i64, &[u8]) {
                (&self.id, self.version, &self.seal)
            }

            fn put(&mut self, version: i64, seal: Vec<u8>) {
                (self.version, self.seal) = (version, seal);
            }
        }
    };
}
pub(crate) use sealed_row;

impl RowSealer {
    pub(crate) fn new(key: &SecretKey<32>) -> Self {
        Self(Arc::new(HmacKey::new(key.expose())))
    }

    /// HMAC-SHA256 under the province's seal key over a domain, table, id, version and fields, each with its length
    /// before it, so that nothing can move from one field to the next. `version` is the row's, raised at each change.
    pub(crate) fn seal(&self, table: &str, id: &str, version: i64, fields: &[&[u8]]) -> [u8; 32] {
        seal(&self.0, table, id, version, fields)
    }

    /// Holds a row's seal against its fields.
    ///
    /// # Errors
    /// [`DeedError::Internal`] when it does not fit, and an alarm in the log: somebody else wrote the row, or the key is
    /// not this province's. It is never said to be the person's fault.
    pub(crate) fn right(
        &self,
        table: &str,
        id: &str,
        version: i64,
        fields: &[&[u8]],
        seal: &[u8],
    ) -> Result<(), DeedError> {
        if self.seal(table, id, version, fields).as_slice().ct_eq(seal).into() {
            return Ok(());
        }
        tracing::error!(alarm = "row_seal", table, id, version, "a row does not carry the seal of this program");
        Err(DeedError::internal(format!("the seal of a row of {table} does not fit")))
    }

    /// The seal of a row as it is.
    pub(crate) fn seal_of<R: SealedRow>(&self, row: &R) -> Vec<u8> {
        let (id, version, _) = row.head();
        row.with_fields(|fields| self.seal(R::TABLE, id, version, fields)).to_vec()
    }

    /// Puts the seal on a row as it is.
    pub(crate) fn seal_anew<R: SealedRow>(&self, row: &mut R) {
        let (version, seal) = (row.head().1, self.seal_of(row));
        row.put(version, seal);
    }

    /// A row under the seal of what it is.
    pub(crate) fn sealed<R: SealedRow>(&self, mut row: R) -> R {
        self.seal_anew(&mut row);
        row
    }

    /// A row as it will be written: one version on, sealed anew.
    pub(crate) fn next<R: SealedRow>(&self, mut row: R) -> R {
        row.put(row.head().1 + 1, Vec::new());
        self.sealed(row)
    }

    /// Holds a row against its seal.
    ///
    /// # Errors
    /// As [`RowSealer::right`].
    pub(crate) fn holds<R: SealedRow>(&self, row: &R) -> Result<(), DeedError> {
        let (id, version, seal) = row.head();
        row.with_fields(|fields| self.right(R::TABLE, id, version, fields, seal))
    }

    /// A row whose seal fits.
    ///
    /// # Errors
    /// As [`RowSealer::right`].
    pub(crate) fn trusted<R: SealedRow>(&self, row: R) -> Result<R, DeedError> {
        self.holds(&row)?;
        Ok(row)
    }

    /// Those of a list whose seals fit. The others are left out with an alarm each: whoever looks at the list sees the rest of it.
    pub(crate) fn listed<R: SealedRow>(&self, rows: Vec<R>) -> Vec<R> {
        rows.into_iter().filter_map(|row| self.trusted(row).ok()).collect()
    }

    /// A mark of 16 bytes on what a browser keeps (a session, a known device, a form), under a purpose of its own.
    pub(crate) fn marked(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 16] {
        let whole = seal(&self.0, "mark", purpose, 0, parts);
        let mut half = [0; 16];
        half.copy_from_slice(&whole[..16]);
        half
    }
}

impl yima_store::Seals for RowSealer {
    fn seal(&self, table: &str, id: &str, version: i64, fields: &[&[u8]]) -> [u8; 32] {
        Self::seal(self, table, id, version, fields)
    }

    fn is_right(&self, table: &str, id: &str, version: i64, fields: &[&[u8]], seal: &[u8]) -> bool {
        self.right(table, id, version, fields, seal).is_ok()
    }
}

impl Province {
    /// The seals, to be taken into a deed's transaction.
    pub(crate) fn sealer_of_rows(&self) -> RowSealer {
        self.seals.clone()
    }

    /// [`RowSealer::marked`].
    pub(crate) fn marked(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 16] {
        self.seals.marked(purpose, parts)
    }
}

fn seal(key: &HmacKey, table: &str, id: &str, version: i64, fields: &[&[u8]]) -> [u8; 32] {
    let version = version.to_be_bytes();
    let head: [&[u8]; 4] = [DOMAIN, table.as_bytes(), id.as_bytes(), &version];
    let parts = || head.iter().chain(fields);
    let mut bytes = Vec::with_capacity(parts().map(|part| 4 + part.len()).sum());
    for part in parts() {
        bytes.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    key.of(&[&bytes])
}

#[cfg(test)]
mod tests {
    use super::{HmacKey, seal};

    #[test]
    fn whatever_is_changed_the_seal_is_another() {
        let right = seal(&HmacKey::new(&[1; 32]), "edge", "edg_1", 1, &[b"ab", b"c"]);
        let table: [(&str, [u8; 32]); 7] = [
            ("key", seal(&HmacKey::new(&[2; 32]), "edge", "edg_1", 1, &[b"ab", b"c"])),
            ("table", seal(&HmacKey::new(&[1; 32]), "client", "edg_1", 1, &[b"ab", b"c"])),
            ("id", seal(&HmacKey::new(&[1; 32]), "edge", "edg_2", 1, &[b"ab", b"c"])),
            ("version", seal(&HmacKey::new(&[1; 32]), "edge", "edg_1", 2, &[b"ab", b"c"])),
            ("field", seal(&HmacKey::new(&[1; 32]), "edge", "edg_1", 1, &[b"ab", b"d"])),
            ("a byte that moved to the next field", seal(&HmacKey::new(&[1; 32]), "edge", "edg_1", 1, &[b"a", b"bc"])),
            ("a field more", seal(&HmacKey::new(&[1; 32]), "edge", "edg_1", 1, &[b"ab", b"c", b""])),
        ];
        for (what, other) in table {
            assert_ne!(other, right, "{what}");
        }
        assert_eq!(seal(&HmacKey::new(&[1; 32]), "edge", "edg_1", 1, &[b"ab", b"c"]), right);
    }
}

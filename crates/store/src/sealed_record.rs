//! Records of offline checks that only the device which showed the code can open.
//! It does not know who, where or when: bytes in, buckets of bytes out.

use crate::db::value::args;
use crate::{StoreError, Tx, tally};

/// A sealed record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedRecord {
    /// What the device finds it by.
    pub tag: [u8; 16],
    /// Salt of its key.
    pub nonce: [u8; 16],
    /// Sealed gate, scenario, time.
    pub body: Vec<u8>,
}

/// Stores a record under the day it came; one that is there already stays.
pub async fn insert(tx: &mut Tx, day: u16, r: &SealedRecord) -> Result<bool, StoreError> {
    Ok(insert_all(tx, day, std::slice::from_ref(r)).await? == 1)
}

/// Stores the records of an upload; how many are new. Their tally is one hot row, so it is locked once and last.
pub async fn insert_all(tx: &mut Tx, day: u16, records: &[SealedRecord]) -> Result<u64, StoreError> {
    let mut new = 0;
    for record in records {
        new += u64::from(put(tx, day, record).await?);
    }
    tally::add(tx, "sealed_records", new.cast_signed()).await?;
    Ok(new)
}

async fn put(tx: &mut Tx, day: u16, r: &SealedRecord) -> Result<bool, StoreError> {
    let sql = "INSERT INTO sealed_record (day, tag, nonce, body) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    Ok(tx.execute(sql, args![day, &r.tag, &r.nonce, &r.body]).await? == 1)
}

/// Those of a day whose tag starts with the first `bits` bits of `prefix`.
pub async fn bucket(tx: &mut Tx, day: u16, prefix: u32, bits: u8) -> Result<Vec<SealedRecord>, StoreError> {
    let (low, high) = bounds(prefix, bits);
    let sql =
        "SELECT tag, nonce, body FROM sealed_record WHERE day = $1 AND tag >= $2 AND tag <= $3 ORDER BY tag, nonce";
    let rows = tx.rows(sql, args![day, &low, &high]).await?;
    rows.into_iter()
        .map(|mut row| Ok(SealedRecord { tag: row.take()?, nonce: row.take()?, body: row.take()? }))
        .collect()
}

/// How many a day has, counted to `limit` at most: chooses how long a bucket's prefix is.
pub async fn many(tx: &mut Tx, day: u16, limit: u32) -> Result<u32, StoreError> {
    let sql = "SELECT count(*) FROM (SELECT 1 FROM sealed_record WHERE day = $1 LIMIT $2) r";
    let row = tx.one(sql, args![day, limit]).await?;
    row.map_or(Ok(0), |mut row| row.take())
}

/// Forgets records of days before `day`, at most `rows_max`; how many. Devices have kept their codes for 30 days.
pub async fn forget_before(tx: &mut Tx, day: u16, rows_max: u32) -> Result<u64, StoreError> {
    let sql = "DELETE FROM sealed_record WHERE (day, tag, nonce) IN
               (SELECT day, tag, nonce FROM sealed_record WHERE day < $1 ORDER BY day, tag, nonce LIMIT $2)";
    let gone = tx.execute(sql, args![day, rows_max]).await?;
    tally::add(tx, "sealed_records", -gone.cast_signed()).await?;
    Ok(gone)
}

fn bounds(prefix: u32, bits: u8) -> ([u8; 16], [u8; 16]) {
    let mask = u32::MAX.checked_shr(u32::from(bits.min(32))).unwrap_or(0);
    let (mut low, mut high) = ([0; 16], [0xff; 16]);
    low[..4].copy_from_slice(&(prefix & !mask).to_be_bytes());
    high[..4].copy_from_slice(&(prefix | mask).to_be_bytes());
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::bounds;

    #[test]
    fn a_bucket_is_the_range_of_its_prefix() {
        for (prefix, bits, low, high) in [
            (0x1234_5678, 0, 0, u32::MAX),
            (0x1234_5678, 8, 0x1200_0000, 0x12ff_ffff),
            (0x1234_5678, 12, 0x1230_0000, 0x123f_ffff),
            (0x1234_5678, 32, 0x1234_5678, 0x1234_5678),
            (0x1234_5678, 40, 0x1234_5678, 0x1234_5678),
        ] {
            let (from, to) = bounds(prefix, bits);
            assert_eq!((&from[..4], &to[..4]), (&u32::to_be_bytes(low)[..], &u32::to_be_bytes(high)[..]), "{bits}");
            assert_eq!((&from[4..], &to[4..]), (&[0; 12][..], &[0xff; 12][..]));
        }
    }
}

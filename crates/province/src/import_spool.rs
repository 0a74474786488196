//! Records put by in chains, in sealed blocks of a file without a name, and read again chain by chain.
//! It does not know what a record says. The key is in memory and the file has no name, so a killed run leaves nothing behind.

use crate::error::{DeedError, Text};
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use yima_keys::passing::{PassingKey, SEAL_LEN};
use zeroize::Zeroizing;

/// Octets of a block before it is sealed: each chain holds so much memory.
const BLOCK: usize = 16 << 10;
/// How far blocks lie apart in the file.
const SLOT: u64 = (BLOCK + SEAL_LEN) as u64;
/// The longest record, octets.
pub(crate) const RECORD_MAX: usize = 4 << 10;
/// The octets before a record that say how long it is.
const LENGTH: usize = 2;
/// What the file is called for the moment between its making and the loss of its name.
const NAME: (&str, &str) = ("import-", ".spool");

/// Records in chains.
pub(crate) struct Spool {
    dir: PathBuf,
    /// What tells its file from another run's for the moment that both have names.
    tag: u64,
    /// None until a block is full: what is small stays in memory.
    file: Option<File>,
    key: PassingKey,
    chains: Vec<Chain>,
}

struct Chain {
    /// Sealed blocks: number, and octets before they were sealed.
    blocks: Vec<(u64, usize)>,
    /// The block that is being filled.
    filling: Zeroizing<Vec<u8>>,
    records: u64,
}

/// Where a reader of a chain stands: blocks read.
pub(crate) type At = usize;

impl Spool {
    /// With so many chains, in a directory; the tag is by chance.
    pub(crate) fn new(dir: &Path, key: PassingKey, tag: u64, chains: usize) -> Self {
        let chain = || Chain { blocks: Vec::new(), filling: Zeroizing::new(Vec::new()), records: 0 };
        Self { dir: dir.to_owned(), tag, file: None, key, chains: (0..chains).map(|_| chain()).collect() }
    }

    /// Puts a record at the end of a chain.
    ///
    /// # Errors
    /// When the disk doesn't take it.
    pub(crate) fn put(&mut self, chain: usize, record: &[u8]) -> Result<(), DeedError> {
        if record.len() > RECORD_MAX {
            return Err(DeedError::internal("a record is longer than the reader of rows lets in"));
        }
        let to = &mut self.chains[chain];
        if to.filling.len() + LENGTH + record.len() > BLOCK {
            let file = match &self.file {
                Some(file) => file,
                None => self.file.insert(unnamed(&self.dir, self.tag).map_err(not_put_by)?),
            };
            seal_block(file, &mut self.key, to).map_err(not_put_by)?;
        }
        if to.filling.capacity() == 0 {
            // Of its full length at once: a buffer that grows leaves copies in memory that nobody wipes.
            to.filling.reserve_exact(BLOCK + SEAL_LEN);
        }
        to.filling.extend_from_slice(&(record.len() as u16).to_be_bytes());
        to.filling.extend_from_slice(record);
        to.records += 1;
        Ok(())
    }

    /// Records in a chain.
    pub(crate) fn records(&self, chain: usize) -> u64 {
        self.chains[chain].records
    }

    /// Reads a chain on from `at` into an empty buffer, until it holds `enough` octets or the chain is at its end; where to go on,
    /// or None at the end. [`records_of`] takes the buffer apart.
    ///
    /// # Errors
    /// When the disk doesn't give it back as it was.
    pub(crate) fn read(
        &self,
        chain: usize,
        at: At,
        enough: usize,
        into: &mut Zeroizing<Vec<u8>>,
    ) -> Result<Option<At>, DeedError> {
        let from = &self.chains[chain];
        // Wiped as a whole, and made for all that may come, so that it never moves.
        *into = Zeroizing::new(Vec::with_capacity(enough.min((from.blocks.len() + 1) * BLOCK) + 2 * BLOCK + SEAL_LEN));
        for (nth, (number, length)) in from.blocks.iter().enumerate().skip(at) {
            if into.len() >= enough {
                return Ok(Some(nth));
            }
            let start = into.len();
            into.resize(start + length + SEAL_LEN, 0);
            let file = self.file.as_ref().ok_or_else(|| DeedError::internal("a block without a file"))?;
            file.read_exact_at(&mut into[start..], number * SLOT).map_err(not_put_by)?;
            self.key.open(*number, &mut into[start..]).map_err(DeedError::internal)?;
            into.truncate(start + length);
        }
        into.extend_from_slice(&from.filling);
        Ok(None)
    }
}

/// The records in a buffer of [`Spool::read`]: where each begins, and its octets.
pub(crate) fn records_of(buffer: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at;
        let record = record_at(buffer, start)?;
        at += LENGTH + record.len();
        Some((start, record))
    })
}

/// The record that begins here.
pub(crate) fn record_at(buffer: &[u8], start: usize) -> Option<&[u8]> {
    let (length, rest) = buffer.get(start..)?.split_first_chunk::<LENGTH>()?;
    rest.get(..usize::from(u16::from_be_bytes(*length)))
}

fn seal_block(file: &File, key: &mut PassingKey, chain: &mut Chain) -> io::Result<()> {
    let length = chain.filling.len();
    let number = key.seal(&mut chain.filling);
    file.write_all_at(&chain.filling, number * SLOT)?;
    chain.filling.clear();
    chain.blocks.push((number, length));
    Ok(())
}

/// Makes a file and takes its name away, so that it ends with the process. A run that was killed between the two has
/// left an empty file, which goes now; if it is another run's, that one has it open and needs no name.
fn unnamed(dir: &Path, tag: u64) -> io::Result<File> {
    for entry in std::fs::read_dir(dir)?.flatten() {
        let name = entry.file_name();
        if name.to_str().is_some_and(|name| name.starts_with(NAME.0) && name.ends_with(NAME.1)) {
            gone(&entry.path())?;
        }
    }
    let path = dir.join(format!("{}{tag:016x}{}", NAME.0, NAME.1));
    let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
    gone(&path)?;
    Ok(file)
}

fn gone(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn not_put_by(error: io::Error) -> DeedError {
    DeedError::Conflict(Text::new(
        format!("数据目录放不下导入的临时文件（约与名册一样大）：{error}。腾出空间后再跑一次，会接着做"),
        format!(
            "the temporary file of the import, about as large as the register, doesn't fit into the data directory: {error}. \
             Make room and run it again: it goes on where it was"
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use yima_keys::sealed::SealSuite;

    fn spool(dir: &Path) -> Spool {
        Spool::new(dir, PassingKey::new(SealSuite::Aes256Gcm, &mut rand::rngs::StdRng::from_seed([5; 32])), 7, 3)
    }

    fn all(spool: &Spool, chain: usize, enough: usize) -> Vec<Vec<u8>> {
        let (mut at, mut said, mut buffer) = (Some(0), Vec::new(), Zeroizing::default());
        while let Some(from) = at {
            at = spool.read(chain, from, enough, &mut buffer).unwrap();
            assert!(buffer.len() < enough.saturating_add(2 * BLOCK));
            said.extend(records_of(&buffer).map(|(_, record)| record.to_vec()));
        }
        said
    }

    #[test]
    fn chains_come_back_in_their_order_and_leave_nothing() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("import-1.spool"), "").unwrap();
        std::fs::write(dir.path().join("import-people.csv"), "").unwrap();
        let mut spool = spool(dir.path());
        let record = |n: usize| format!("person {n} {}", "x".repeat(n % 700)).into_bytes();
        (0..500).for_each(|n| spool.put(n % 2, &record(n)).unwrap());
        for enough in [1, 20_000, usize::MAX >> 1] {
            for chain in 0..2 {
                let wanted: Vec<_> = (chain..500).step_by(2).map(record).collect();
                assert_eq!(all(&spool, chain, enough), wanted);
            }
            assert!(all(&spool, 2, enough).is_empty());
        }
        assert_eq!([0, 1, 2].map(|chain| spool.records(chain)), [250, 250, 0]);
        let left: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["import-people.csv"], "the file has no name, and what a killed run left is gone");
    }

    #[test]
    fn what_is_small_makes_no_file_and_nothing_lies_open() {
        let dir = tempfile::tempdir().unwrap();
        let mut spool = spool(dir.path());
        spool.put(0, &[b'1'; 4_000]).unwrap();
        assert!(spool.file.is_none());
        (0..9).for_each(|_| spool.put(0, &[b'1'; 4_000]).unwrap());
        let file = spool.file.as_ref().unwrap();
        let mut bytes = vec![0; usize::try_from(file.metadata().unwrap().len()).unwrap()];
        file.read_exact_at(&mut bytes, 0).unwrap();
        assert_eq!(bytes.len(), 2 * (4 * 4_002 + SEAL_LEN) + (BLOCK - 4 * 4_002), "two blocks, a slot apart");
        assert!(!bytes.windows(4).any(|w| w == b"1111"));
        file.write_all_at(b"?", 9).unwrap();
        assert!(spool.read(0, 0, 1, &mut Zeroizing::default()).is_err(), "what was changed is no record");
        assert!(spool.put(0, &[0; RECORD_MAX + 1]).is_err());
    }
}

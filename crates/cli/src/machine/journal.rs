//! A file of lines that only grows: a line that was acknowledged is on the disk, a torn last line never existed.
//! It does not know what the lines say; each carries a checksum so that a damaged one is found.

use crate::failure::Failure;
use crate::machine::files;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// The largest journal that is read back, bytes: about a million admissions.
const JOURNAL_BYTES_MAX: u64 = 512 << 20;
/// Hexadecimal digits of SHA-256 before each line.
const CHECK_CHARS: usize = 16;

/// An open journal. One process has it at a time.
pub struct Journal {
    file: File,
    path: PathBuf,
    /// Bytes that are whole lines on the disk.
    good: u64,
}

impl Journal {
    /// Opens or makes it, and gives the lines that it holds. What a kill left torn at its end is cut off.
    pub fn open(path: &Path) -> Result<(Self, Vec<String>), Failure> {
        let failed = |why: std::io::Error| Failure::machine(format!("open {}", path.display()), why);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)
            .map_err(failed)?;
        file.try_lock().map_err(|_| Failure::machine(format!("lock {}", path.display()), "another yima has it"))?;
        let mut bytes = Vec::new();
        (&mut file).take(JOURNAL_BYTES_MAX).read_to_end(&mut bytes).map_err(failed)?;
        let (lines, good) = whole_lines(&bytes);
        if good < bytes.len() {
            file.set_len(good as u64).and_then(|()| file.sync_all()).map_err(failed)?;
        }
        files::sync_folder(path).map_err(failed)?;
        Ok((Self { file, path: path.to_owned(), good: good as u64 }, lines))
    }

    /// Appends lines and returns when they are on the disk. On an error none of them is there.
    pub fn append(&mut self, lines: &[String]) -> Result<(), Failure> {
        let text: String = lines.iter().map(|line| format!("{} {line}\n", check(line))).collect();
        let written = self
            .file
            .seek(SeekFrom::Start(self.good))
            .and_then(|_| self.file.write_all(text.as_bytes()))
            .and_then(|()| self.file.sync_data());
        match written {
            Ok(()) => {
                self.good += text.len() as u64;
                Ok(())
            }
            Err(why) => {
                // A full disk leaves part of a line; without the cut the next line would follow it.
                let _ = self.file.set_len(self.good).and_then(|()| self.file.sync_all());
                Err(Failure::machine(format!("write {}", self.path.display()), why))
            }
        }
    }

    /// Replaces the whole journal by these lines, in one step.
    pub fn rewrite(&mut self, lines: &[String]) -> Result<(), Failure> {
        let text: String = lines.iter().map(|line| format!("{} {line}\n", check(line))).collect();
        files::replace(&self.path, text.as_bytes())?;
        let path = self.path.clone();
        (*self, _) = Self::open(&path)?;
        Ok(())
    }

    /// How large it is, bytes.
    pub fn len(&self) -> u64 {
        self.good
    }
}

/// The lines up to the first that is torn or damaged, and the bytes they take.
fn whole_lines(bytes: &[u8]) -> (Vec<String>, usize) {
    let mut lines = Vec::new();
    let mut good = 0;
    while let Some(end) = bytes[good..].iter().position(|byte| *byte == b'\n') {
        let Ok(text) = std::str::from_utf8(&bytes[good..good + end]) else { break };
        let Some((said, line)) = text.split_once(' ') else { break };
        if said != check(line) {
            break;
        }
        lines.push(line.to_owned());
        good += end + 1;
    }
    (lines, good)
}

fn check(line: &str) -> String {
    let digest = hex::encode(yima_keys::sha256(&[line.as_bytes()]));
    digest[..CHECK_CHARS].to_owned()
}

#[cfg(test)]
mod tests {
    use super::Journal;
    use std::fs;

    fn lines(count: usize) -> Vec<String> {
        (0..count).map(|number| format!("{{\"n\":{number}}}")).collect()
    }

    #[test]
    fn cut_anywhere_it_holds_the_whole_lines_before() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("j");
        let (mut journal, _) = Journal::open(&path).expect("new");
        journal.append(&lines(3)).expect("appended");
        drop(journal);
        let whole = fs::read(&path).expect("read");
        let line = whole.len() / 3;
        for cut in 0..=whole.len() {
            fs::write(&path, &whole[..cut]).expect("cut");
            let (mut journal, held) = Journal::open(&path).expect("opens");
            assert_eq!(held, lines(cut / line), "cut at {cut}");
            journal.append(&["after".to_owned()]).expect("goes on");
            drop(journal);
            assert_eq!(Journal::open(&path).expect("opens").1.len(), cut / line + 1);
        }
    }

    #[test]
    fn a_flipped_bit_ends_it_and_a_rewrite_replaces_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("j");
        let (mut journal, _) = Journal::open(&path).expect("new");
        journal.append(&lines(3)).expect("appended");
        assert!(Journal::open(&path).is_err(), "one process at a time");
        journal.rewrite(&lines(2)).expect("rewritten");
        journal.append(&["third".to_owned()]).expect("appended");
        drop(journal);
        let mut bytes = fs::read(&path).expect("read");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&path, bytes).expect("written");
        assert_eq!(Journal::open(&path).expect("opens").1, lines(1));
    }
}

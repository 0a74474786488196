//! What a gate did, as lines in a journal: one line an admission, with what to remember and what to report.
//! One line is one fsync, so that no verdict is given that the gate would not know of after a power cut.

use super::memory::{Memory, Remembered};
use crate::failure::Failure;
use crate::machine::{files, journal::Journal};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use yima_wire::gate::{Counted, Named, SealedRecord, UploadRequest};

/// A journal longer than this is written anew without what is over, bytes.
const REWRITE_BYTES: u64 = 8 << 20;
/// The most admissions in one upload.
const BATCH_MAX: usize = 500;
/// A batch file larger than this is not one of ours, bytes.
const BATCH_BYTES_MAX: u64 = 16 << 20;

/// One check that a gate answered.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Entry {
    /// Its number, rising by one.
    pub number: u64,
    /// What to remember.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<Remembered>,
    /// When it may be reported, Unix seconds.
    pub due_at: i64,
    /// A count for the hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<Counted>,
    /// A record for the holder's device alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<SealedRecord>,
    /// A record by name, where the law demands it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named: Option<Named>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Checked(Box<Entry>),
    Uploaded(Vec<u64>),
}

/// A batch on its way: until it is acknowledged, the very same bytes are sent again.
#[derive(Clone, Serialize, Deserialize)]
pub struct Batch {
    /// The entries that it reports.
    pub numbers: Vec<u64>,
    /// What is sent.
    pub request: UploadRequest,
}

/// The journal of a gate, and what in it is still to be reported.
pub struct Log {
    journal: Journal,
    batch_path: PathBuf,
    waiting: BTreeMap<u64, Entry>,
    next: u64,
}

impl Log {
    /// Opens the log in a gate's folder and lets the memory recall what it says.
    pub fn open(folder: &Path, memory: &mut Memory, now: u32) -> Result<Self, Failure> {
        let path = folder.join("gate.log");
        let (journal, lines) = Journal::open(&path)?;
        let mut log = Self { journal, batch_path: folder.join("batch.json"), waiting: BTreeMap::new(), next: 1 };
        for line in lines {
            let line = serde_json::from_str(&line).map_err(|why| {
                Failure::could_not(format!("{} has a line of another version: {why}", path.display()))
            })?;
            log.replay(line, memory, now);
        }
        Ok(log)
    }

    fn replay(&mut self, line: Line, memory: &mut Memory, now: u32) {
        match line {
            Line::Checked(entry) => {
                for one in &entry.seen {
                    memory.recall(one, now);
                }
                self.next = self.next.max(entry.number + 1);
                self.waiting.insert(entry.number, *entry);
                self.drop_empty();
            }
            Line::Uploaded(numbers) => numbers.iter().for_each(|number| {
                self.waiting.remove(number);
            }),
        }
    }

    /// Writes a check down. Only after it returns may the verdict be given.
    pub fn write(&mut self, mut entry: Entry) -> Result<(), Failure> {
        entry.number = self.next;
        self.journal.append(&[text(&Line::Checked(Box::new(entry.clone())))?])?;
        self.next += 1;
        self.waiting.insert(entry.number, entry);
        self.drop_empty();
        Ok(())
    }

    /// How many checks are still to be reported.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// The batch to send: the one that was never acknowledged, else a new one of what is due.
    pub fn batch(
        &self,
        now_s: i64,
        fresh_id: [u8; 16],
        shuffle: &mut dyn FnMut(u32) -> u32,
    ) -> Result<Option<Batch>, Failure> {
        if let Some(bytes) = files::read(&self.batch_path, BATCH_BYTES_MAX)? {
            let batch: Batch = serde_json::from_slice(&bytes)
                .map_err(|why| Failure::could_not(format!("{} is damaged: {why}", self.batch_path.display())))?;
            // One that was acknowledged just before a power cut is done with.
            if batch.numbers.iter().any(|number| self.waiting.contains_key(number)) {
                return Ok(Some(batch));
            }
        }
        let due: Vec<&Entry> = self.waiting.values().filter(|entry| entry.due_at <= now_s).take(BATCH_MAX).collect();
        if due.is_empty() {
            return Ok(None);
        }
        let batch = Batch {
            numbers: due.iter().map(|entry| entry.number).collect(),
            request: request(&due, fresh_id, shuffle),
        };
        let bytes = serde_json::to_vec(&batch).map_err(|why| Failure::machine("write a batch", why))?;
        files::replace(&self.batch_path, &bytes)?;
        Ok(Some(batch))
    }

    /// The server has a batch: its entries are never sent again.
    pub fn acknowledged(&mut self, batch: &Batch, memory: &mut Memory, now: u32) -> Result<(), Failure> {
        self.journal.append(&[text(&Line::Uploaded(batch.numbers.clone()))?])?;
        for number in &batch.numbers {
            self.waiting.remove(number);
        }
        // The line above says it already; a file that stays is found to be done with.
        let _ = std::fs::remove_file(&self.batch_path);
        if self.journal.len() > REWRITE_BYTES {
            self.rewrite(memory, now)?;
        }
        Ok(())
    }

    fn rewrite(&mut self, memory: &mut Memory, now: u32) -> Result<(), Failure> {
        // The number line keeps counting where it was, also when nothing waits.
        let remembered = Entry { number: self.next, seen: memory.all(now), ..Entry::default() };
        self.next += 1;
        let waiting = self.waiting.values().map(|entry| Entry { seen: Vec::new(), ..entry.clone() });
        let lines = waiting
            .chain([remembered])
            .map(|entry| text(&Line::Checked(Box::new(entry))))
            .collect::<Result<Vec<_>, _>>()?;
        self.journal.rewrite(&lines)
    }

    /// Entries that have nothing to report do not wait.
    fn drop_empty(&mut self) {
        self.waiting.retain(|_, entry| entry.counted.is_some() || entry.sealed.is_some() || entry.named.is_some());
    }
}

/// Counts are added up by hour and kind, sealed records shuffled, so that their order says nothing.
fn request(due: &[&Entry], id: [u8; 16], shuffle: &mut dyn FnMut(u32) -> u32) -> UploadRequest {
    let mut counts: BTreeMap<(i64, String, String, String), i64> = BTreeMap::new();
    for one in due.iter().filter_map(|entry| entry.counted.as_ref()) {
        let key = (one.hour_at, one.form.clone(), one.verdict.clone(), one.reason.clone());
        *counts.entry(key).or_default() += one.n;
    }
    let counted = counts
        .into_iter()
        .map(|((hour_at, form, verdict, reason), n)| Counted { hour_at, form, verdict, reason, n })
        .collect();
    let mut sealed: Vec<SealedRecord> = due.iter().filter_map(|entry| entry.sealed.clone()).collect();
    for place in (1..sealed.len()).rev() {
        let bound = u32::try_from(place + 1).unwrap_or(u32::MAX);
        sealed.swap(place, shuffle(bound) as usize);
    }
    let named = due.iter().filter_map(|entry| entry.named.clone()).collect();
    UploadRequest { batch_id: crate::pocket::base64url(&id), counted, sealed, named }
}

fn text(line: &Line) -> Result<String, Failure> {
    serde_json::to_string(line).map_err(|why| Failure::machine("write the gate's log", why))
}

#[cfg(test)]
mod tests {
    use super::{Counted, Entry, Log, Memory, SealedRecord};

    fn entry(due_at: i64) -> Entry {
        let counted = Counted { hour_at: 0, form: "T1".into(), verdict: "valid".into(), reason: String::new(), n: 1 };
        let sealed = SealedRecord { tag: format!("t{due_at}"), nonce: "n".into(), body: "b".into() };
        Entry { due_at, counted: Some(counted), sealed: Some(sealed), ..Entry::default() }
    }

    fn open(folder: &std::path::Path) -> (Log, Memory) {
        let mut memory = Memory::default();
        (Log::open(folder, &mut memory, 0).expect("opens"), memory)
    }

    #[test]
    fn nothing_is_lost_and_nothing_is_sent_twice_over_a_kill() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut keep = |_: u32| 0;
        let (mut log, _) = open(folder.path());
        for due_at in [10, 20, 90] {
            log.write(entry(due_at)).expect("written");
        }
        assert!(log.batch(9, [1; 16], &mut keep).expect("none").is_none(), "nothing is due");
        let first = log.batch(50, [1; 16], &mut keep).expect("made").expect("two are due");
        assert_eq!((first.numbers.clone(), first.request.counted[0].n, first.request.sealed.len()), (vec![1, 2], 2, 2));
        drop(log);
        // Killed after the batch was sent and before its answer: the same batch goes again.
        let (mut log, mut memory) = open(folder.path());
        let again = log.batch(99, [2; 16], &mut keep).expect("read").expect("the same");
        assert_eq!((&again.request.batch_id, &again.numbers), (&first.request.batch_id, &first.numbers));
        log.acknowledged(&again, &mut memory, 0).expect("written");
        drop(log);
        let (mut log, _) = open(folder.path());
        assert_eq!(log.waiting(), 1);
        log.write(entry(95)).expect("written");
        let rest = log.batch(99, [3; 16], &mut keep).expect("made").expect("due");
        assert_eq!(rest.numbers, [3, 4]);
    }

    #[test]
    fn a_rewritten_log_says_the_same() {
        let folder = tempfile::tempdir().expect("a folder");
        let (mut log, mut memory) = open(folder.path());
        for due_at in 0..5 {
            log.write(entry(due_at)).expect("written");
        }
        let batch = log.batch(2, [1; 16], &mut |_| 0).expect("made").expect("due");
        log.acknowledged(&batch, &mut memory, 0).expect("written");
        log.rewrite(&mut memory, 0).expect("rewritten");
        log.write(entry(9)).expect("written");
        drop(log);
        let (log, _) = open(folder.path());
        assert_eq!(log.waiting.keys().copied().collect::<Vec<_>>(), [4, 5, 7]);
    }
}

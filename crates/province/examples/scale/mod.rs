//! A province of any size for the benches: residents streamed from a file through the real import, and stopwatches.
//! It does not know what is measured on it.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;
use tempfile::TempDir;
use yima_kernel::subject::Actor;
use yima_keys::custody::Lock;
use yima_province::clock::Clock;
use yima_province::{Format, Import, Inbox, KeyPlace, Province, Setup, demo};

/// 2026-11-23 10:00:00 in Shanghai.
pub const MORNING: i64 = 1_795_399_200;

/// Begins in the morning and goes on with each look, so that ids are in the order of time; after the import it stands
/// still, so that no code is stale before a slow run is over.
struct Ticking {
    now_us: AtomicI64,
    step_us: AtomicI64,
}

impl Clock for Ticking {
    fn now_us(&self) -> i64 {
        self.now_us.fetch_add(self.step_us.load(Ordering::Relaxed), Ordering::Relaxed)
    }
}

/// A province and what its import took.
pub struct Settled {
    pub province: Province,
    pub dir: TempDir,
    pub seconds: f64,
    pub cpu_us: u64,
    /// Handed to the disk: the log, its folding into the file, and temporary files, some more than once.
    pub written: u64,
    pub peak_mb: u64,
}

/// A province of so many residents: made anew, or opened from a copy of what lies in `keep`, which is made where it is
/// missing, for an import to 10^7 takes long.
pub async fn settled(count: u32, manifests: &[String], keep: Option<&Path>) -> Settled {
    match keep {
        Some(keep) => opened(count, manifests, keep).await,
        None => imported(count, manifests).await,
    }
}

/// The register lies in a file until it is read.
async fn imported(count: u32, manifests: &[String]) -> Settled {
    let dir = tempfile::Builder::new().prefix("yima-scale-").tempdir().unwrap();
    let clock = Arc::new(Ticking { now_us: AtomicI64::new(MORNING * 1_000_000), step_us: AtomicI64::new(1_000) });
    let province = Province::init(setup(dir.path(), &clock), manifests).await.unwrap();
    let register = dir.path().join("register.csv");
    write_register(&register, count);
    let import = Import {
        reader: Box::new(BufReader::with_capacity(1 << 16, File::open(&register).unwrap())),
        file_hash: yima_keys::sha256(&[b"a register of", &count.to_be_bytes()]),
        format: Format::Csv,
        source: String::new(),
        signature: None,
        rejects: Box::new(std::io::sink()),
        proofing: 1,
    };
    forget_peak();
    let (cpu, disk, start) = (cpu_us(), written(), Instant::now());
    let done = province.import_residents(&Actor::System, import, |_| {}).await.unwrap();
    let (seconds, cpu_us, peak_mb) = (start.elapsed().as_secs_f64(), cpu_us() - cpu, peak_mb());
    let written = written() - disk;
    clock.step_us.store(0, Ordering::Relaxed);
    assert_eq!(done.total.inserted, u64::from(count), "{:?}", done.total);
    std::fs::remove_file(register).unwrap();
    Settled { province, dir, seconds, cpu_us, written, peak_mb }
}

async fn opened(count: u32, manifests: &[String], keep: &Path) -> Settled {
    let kept = keep.join(count.to_string());
    let figures = kept.join("figures");
    if !figures.is_file() {
        let Settled { province, dir, seconds, cpu_us, written, peak_mb } = imported(count, manifests).await;
        let until_us = province.now_us();
        province.close().await;
        copy_files(dir.path(), &kept);
        std::fs::write(&figures, format!("{until_us} {seconds} {cpu_us} {written} {peak_mb}")).unwrap();
    }
    let dir = tempfile::Builder::new().prefix("yima-scale-").tempdir_in(keep).unwrap();
    copy_files(&kept, dir.path());
    let text = std::fs::read_to_string(figures).unwrap();
    let [until_us, seconds, cpu_us, written, peak_mb] = *text.split(' ').collect::<Vec<_>>() else { panic!("{text}") };
    let clock = Arc::new(Ticking { now_us: AtomicI64::new(until_us.parse().unwrap()), step_us: AtomicI64::new(0) });
    let province = Province::open(setup(dir.path(), &clock)).await.unwrap();
    Settled {
        province,
        dir,
        seconds: seconds.parse().unwrap(),
        cpu_us: cpu_us.parse().unwrap(),
        written: written.parse().unwrap(),
        peak_mb: peak_mb.parse().unwrap(),
    }
}

fn setup(dir: &Path, clock: &Arc<Ticking>) -> Setup {
    Setup {
        dir: dir.to_owned(),
        database: None,
        keys: KeyPlace::File(Lock::passphrase("a bench")),
        clock: Arc::<Ticking>::clone(clock),
        seed: None,
        messenger: Arc::new(Inbox::default()),
        demo: true,
    }
}

fn copy_files(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for file in std::fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()) {
        std::fs::copy(&file, to.join(file.file_name().unwrap())).unwrap();
    }
}

fn write_register(path: &Path, count: u32) {
    let mut file = BufWriter::new(File::create(path).unwrap());
    writeln!(file, "name,id_number,phone,region").unwrap();
    for one in demo::residents(1, count) {
        writeln!(file, "{},{},{},{}", one.name, one.id_number, one.phone, one.region).unwrap();
    }
    file.into_inner().unwrap().sync_all().unwrap();
}

/// CPU of this process so far, user and system, microseconds (fields 14 and 15 of proc(5) stat, ticks of 10 ms).
pub fn cpu_us() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    (fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()) * 10_000
}

/// Octets that this process gave to files so far (proc(5) io, wchar).
fn written() -> u64 {
    let io = std::fs::read_to_string("/proc/self/io").unwrap();
    io.lines().find_map(|line| line.strip_prefix("wchar: ")).unwrap().parse().unwrap()
}

/// Lets the next [`peak_mb`] count from now (proc(5): 5 into clear_refs).
fn forget_peak() {
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
}

fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|l| l.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

//! Brings what the check needs and the machine lacks: Debian packages when root, Python packages into an environment of their own.
//! It does not know which test uses what; a machine that it may not change is told what to install.

use std::fs;
use std::path::{Path, PathBuf};

use crate::shell::{self, Shell};
use crate::tree;

/// Seconds that one round of a package manager may take.
const LIMIT_S: u64 = 900;

/// A Debian package and how to see that the machine already has what it brings.
struct Need {
    package: &'static str,
    present: fn() -> bool,
}

const NEEDS: [Need; 8] = [
    Need { package: "postgresql", present: || crate::postgres::programs().is_some() },
    Need { package: "chromium", present: || chromium().is_some() },
    Need { package: "softhsm2", present: || shell::has("softhsm2-util") },
    Need { package: "zbar-tools", present: || shell::has("zbarimg") },
    Need { package: "poppler-utils", present: || shell::has("pdftoppm") },
    Need { package: "openssl", present: || shell::has("openssl") },
    Need { package: "fonts-noto-cjk", present: has_chinese_font },
    Need { package: "python3-venv", present: has_venv },
];

/// Installs the Debian packages that are missing. The package manager is tried twice: it sometimes stops midway.
pub fn packages() -> Result<(), String> {
    let missing = missing();
    if missing.is_empty() {
        return Ok(());
    }
    println!("missing: {}", missing.join(" "));
    if !shell::is_root() || !shell::has("apt-get") {
        return Err(format!("please install: {}", missing.join(" ")));
    }
    let mut last = String::new();
    for _ in 0..2 {
        let mut arguments = vec!["install", "-y", "--no-install-recommends"];
        arguments.extend(&missing);
        let updated = apt(&["update"]);
        let installed = apt(&arguments);
        last = updated.err().or(installed.err()).unwrap_or_default();
        if self::missing().is_empty() {
            return Ok(());
        }
    }
    Err(format!("apt-get left these missing: {}. {last}", self::missing().join(" ")))
}

/// The Python that the tests use, with every `requirements.txt` of the repository installed; made once and kept.
pub fn python() -> Result<PathBuf, String> {
    let home = tree::work_dir().join("python");
    let program = home.join("bin/python");
    let lists = tree::files(&tree::root(), &["requirements.txt"]);
    let wanted = lists.iter().map(|list| fs::read_to_string(list).unwrap_or_default()).collect::<Vec<_>>().join("\n");
    let stamp = home.join("installed.txt");
    if program.exists() && fs::read_to_string(&stamp).is_ok_and(|had| had == wanted) {
        return Ok(program);
    }
    let shown = home.display().to_string();
    sure(Shell::new(LIMIT_S, "python3", &["-m", "venv", &shown]), "python-venv")?;
    for list in &lists {
        let list = list.display().to_string();
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", &list];
        let once = || sure(Shell::new(LIMIT_S, &program, &pip), "python-packages");
        once().or_else(|_| once())?;
    }
    fs::write(&stamp, wanted).map_err(|why| format!("failed to write {}: {why}", stamp.display()))?;
    Ok(program)
}

/// A Chromium that can be driven, if there is one.
pub fn chromium() -> Option<PathBuf> {
    ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
        .into_iter()
        .map(PathBuf::from)
        .find(|path| path.is_file())
}

fn missing() -> Vec<&'static str> {
    NEEDS.iter().filter(|need| !(need.present)()).map(|need| need.package).collect()
}

fn apt(arguments: &[&str]) -> Result<(), String> {
    sure(Shell::new(LIMIT_S, "apt-get", arguments).env("DEBIAN_FRONTEND", "noninteractive"), "apt")
}

fn sure(shell: Shell, log: &str) -> Result<(), String> {
    let ran = shell.run(log)?;
    if ran.success { Ok(()) } else { Err(ran.tail()) }
}

fn has_chinese_font() -> bool {
    !tree::files(Path::new("/usr/share/fonts"), &["NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular.otf"]).is_empty()
}

fn has_venv() -> bool {
    std::process::Command::new("python3")
        .args(["-c", "import venv, ensurepip"])
        .stderr(std::process::Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

//! Everything that a change must pass, in an order that fails early, on a fresh machine and within three quarters of an hour.
//! It knows the names and the order of the steps; what each one looks at stands in a file of its own.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::demo::Demo;
use crate::postgres::Postgres;
use crate::report::{Outcome, Report, findings, judge};
use crate::shell::Shell;
use crate::tally::Tally;
use crate::{api_fuzz, claims, edges, generate, install, links, program, tidy, tree};

/// Seconds that one step may take at the most; the whole stays under 45 minutes.
const BUILD_LIMIT_S: u64 = 2_400;
const PAGES_LIMIT_S: u64 = 600;
const STORIES_LIMIT_S: u64 = 1_500;

/// The steps in their order. `cargo xtask check fmt clippy` runs these two alone.
const STEPS: [&str; 18] = [
    "packages",
    "python",
    "fmt",
    "edges",
    "tidy",
    "links",
    "pages install",
    "pages translations",
    "pages types",
    "pages tests",
    "clippy",
    "fuzz targets",
    "pages build",
    "generated",
    "tests",
    "stories street",
    "stories office",
    "api fuzz",
];

/// Runs the named steps, or all of them.
pub fn check(names: &[String]) -> Result<(), String> {
    if names.iter().any(|name| name == "--list") {
        println!("{}", STEPS.join("\n"));
        return Ok(());
    }
    if let Some(stranger) = names.iter().find(|name| !STEPS.contains(&name.as_str())) {
        return Err(format!("no step is called `{stranger}`; the steps are: {}", STEPS.join(", ")));
    }
    let check = Check { names: names.to_vec(), report: Report::default(), python: Mutex::new(None) };
    check.all();
    check.report.close()
}

struct Check {
    names: Vec<String>,
    report: Report,
    /// The Python of the tests, once the step `python` has made it.
    python: Mutex<Option<PathBuf>>,
}

impl Check {
    fn all(&self) {
        self.step("packages", || done(install::packages()));
        self.step("python", || self.python());
        self.step("fmt", || judge(cargo(300, &["fmt", "--all", "--check"]).run("fmt"), "run `cargo fmt --all`"));
        self.step("edges", || match edges::edges() {
            Ok(found) => findings(found, "an arrow points where it may not"),
            Err(why) => done(Err(why)),
        });
        self.step("tidy", || findings(tidy::tidy(), "a habit of the house is broken"));
        self.step("links", || findings([links::links(), claims::claims()].concat(), "a link or a claim leads nowhere"));
        // The pages' tools wait for the network and clippy for the processor: they go side by side.
        std::thread::scope(|lanes| {
            lanes.spawn(|| self.pages());
            self.step("clippy", clippy);
        });
        self.step("fuzz targets", fuzz_targets);
        self.step("pages build", || {
            npm("build", PAGES_LIMIT_S, "the pages do not build, or weigh more than their budget")
        });
        self.step("generated", || done(generate::generate(true)));
        self.step("tests", || self.tests());
        // Whoever acts in a story waits most of the time: the halves go side by side.
        std::thread::scope(|lanes| {
            lanes.spawn(|| self.step("stories street", || stories("street")));
            self.step("stories office", || stories("office"));
        });
        self.step("api fuzz", api_fuzz::in_check);
    }

    fn pages(&self) {
        let installed = self.step("pages install", || {
            let install =
                || Shell::new(PAGES_LIMIT_S, "npm", &["ci", "--no-audit", "--no-fund"]).folder(&web()).run("npm-ci");
            let first = install();
            let second = if first.as_ref().is_ok_and(|ran| ran.success) { first } else { install() };
            judge(second, "`npm ci` failed in web/")
        });
        if installed {
            self.step("pages translations", || npm("i18n", PAGES_LIMIT_S, "a text lacks a language"));
            self.step("pages types", || npm("typecheck", PAGES_LIMIT_S, "the pages' types do not fit"));
            self.step("pages tests", || npm("test", PAGES_LIMIT_S, "a test of the pages failed"));
        }
    }

    fn python(&self) -> Outcome {
        match install::python() {
            Ok(path) => {
                if let Ok(mut kept) = self.python.lock() {
                    *kept = Some(path);
                }
                Outcome::Passed(Tally::default())
            }
            Err(why) => done(Err(why)),
        }
    }

    /// All tests of the workspace, with a database of their own unless the environment names one.
    fn tests(&self) -> Outcome {
        let given = std::env::var("YIMA_TEST_POSTGRES").ok();
        let own = match given {
            Some(_) => None,
            None => match Postgres::start() {
                Ok(postgres) => Some(postgres),
                Err(why) => return done(Err(why)),
            },
        };
        let url = own.as_ref().map(|own| own.url.clone()).or(given).unwrap_or_default();
        let mut shell = cargo(BUILD_LIMIT_S, &program::WORDS).env("YIMA_TEST_POSTGRES", url);
        if let Some(python) = self.python.lock().ok().and_then(|kept| kept.clone()) {
            shell = shell.env("YIMA_PYTHON", python);
        }
        judge(shell.run("tests"), "a test failed")
    }

    /// Runs the step if it is asked for. True when it passed or was not asked for.
    fn step(&self, name: &str, act: impl FnOnce() -> Outcome) -> bool {
        let asked = self.names.is_empty() || self.names.iter().any(|asked| asked == name);
        !asked || self.report.step(name, act)
    }
}

fn clippy() -> Outcome {
    let words = ["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"];
    judge(cargo(BUILD_LIMIT_S, &words).run("clippy"), "clippy has something to say")
}

/// The fuzz targets are a workspace of their own, which no other step looks at; here they are only type-checked.
fn fuzz_targets() -> Outcome {
    let target = tree::target_dir().display().to_string();
    let words = ["check", "--locked", "--manifest-path", "fuzz/Cargo.toml", "--bins", "--target-dir", &target];
    judge(
        cargo(BUILD_LIMIT_S, &words).run("fuzz-targets"),
        "a fuzz target does not fit what it feeds, or its Cargo.lock",
    )
}

/// One half of the stories, which a browser plays against a demonstration of its own.
fn stories(half: &str) -> Outcome {
    let started = program::built().and_then(|program| Ok((Demo::start(&program, half)?, program)));
    let (demo, program) = match started {
        Ok(started) => started,
        Err(why) => return done(Err(why)),
    };
    let chromium = install::chromium().unwrap_or_default();
    let shell = Shell::new(STORIES_LIMIT_S, "npm", &["run", "--silent", "stories", "--", "--half", half])
        .folder(&web())
        .env("YIMA_BIN", &program)
        .env("YIMA_DEMO", &demo.line)
        .env("YIMA_URL", &demo.url)
        .env("YIMA_CHROMIUM", chromium);
    judge(shell.run(&format!("stories-{half}")), "a story in the browser failed")
}

fn npm(script: &str, limit_s: u64, sentence: &str) -> Outcome {
    let shell = Shell::new(limit_s, "npm", &["run", "--silent", script]).folder(&web());
    judge(shell.run(&format!("npm-{script}")), sentence)
}

fn cargo(limit_s: u64, words: &[&str]) -> Shell {
    Shell::new(limit_s, env!("CARGO"), words)
}

fn done(result: Result<(), String>) -> Outcome {
    match result {
        Ok(()) => Outcome::Passed(Tally::default()),
        Err(sentence) => Outcome::Failed { sentence, tally: Tally::default() },
    }
}

fn web() -> PathBuf {
    tree::root().join(Path::new("web"))
}

//! Keeps what each step of the check said, and prints the end of the story.
//! It does not know what the steps do.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::shell::Ran;
use crate::tally::{self, Tally};

/// How a step ended.
pub enum Outcome {
    Passed(Tally),
    Failed { sentence: String, tally: Tally },
}

/// The steps so far. Lanes that run side by side share it.
#[derive(Default)]
pub struct Report {
    steps: Mutex<Vec<(String, Duration, Outcome)>>,
}

impl Report {
    /// Runs one step and writes down how it ended. True when it passed.
    pub fn step(&self, name: &str, act: impl FnOnce() -> Outcome) -> bool {
        println!("── {name}");
        #[expect(clippy::disallowed_methods, reason = "a stopwatch for the person who waits")]
        let start = Instant::now();
        let outcome = act();
        let took = start.elapsed();
        let passed = matches!(outcome, Outcome::Passed(_));
        match &outcome {
            Outcome::Passed(_) => println!("── {name}: passed in {} s", took.as_secs()),
            Outcome::Failed { sentence, .. } => {
                println!("── {name}: FAILED after {} s. {sentence}", took.as_secs())
            }
        }
        if let Ok(mut steps) = self.steps.lock() {
            steps.push((name.to_owned(), took, outcome));
        }
        passed
    }

    /// Prints one line a step and the sum of all tests; an error when a step failed.
    pub fn close(self) -> Result<(), String> {
        let steps = self.steps.into_inner().map_err(|_| "a step of the check panicked".to_owned())?;
        let mut sum = Tally::default();
        let mut failed = Vec::new();
        println!("\n── the steps");
        for (name, took, outcome) in &steps {
            let (word, tally) = match outcome {
                Outcome::Passed(tally) => ("passed", *tally),
                Outcome::Failed { tally, sentence } => {
                    failed.push(format!("{name}: {sentence}"));
                    // A step that fails without naming a failed test counts as one.
                    ("FAILED", Tally { failed: tally.failed.max(1), ..*tally })
                }
            };
            sum.add(tally);
            println!("{:>6} s  {word}  {name}", took.as_secs());
        }
        for sentence in &failed {
            println!("FAILED {sentence}");
        }
        println!("{} passed, {} failed", sum.passed, sum.failed);
        if failed.is_empty() { Ok(()) } else { Err(format!("{} of {} steps failed", failed.len(), steps.len())) }
    }
}

/// A program's end as a step's outcome: its runners' closing lines are printed and counted.
pub fn judge(ran: Result<Ran, String>, sentence: &str) -> Outcome {
    let ran = match ran {
        Ok(ran) => ran,
        Err(why) => {
            return Outcome::Failed { sentence: why, tally: Tally::default() };
        }
    };
    let (lines, tally) = tally::read(&ran.output);
    if !ran.success {
        println!("{}", ran.tail());
    }
    for line in lines {
        println!("{line}");
    }
    if ran.success {
        Outcome::Passed(tally)
    } else {
        Outcome::Failed { sentence: format!("{sentence} (all of it: {})", ran.log.display()), tally }
    }
}

/// Findings as a step's outcome: none is a pass.
pub fn findings(found: Vec<String>, sentence: &str) -> Outcome {
    if found.is_empty() {
        return Outcome::Passed(Tally::default());
    }
    for finding in &found {
        println!("{finding}");
    }
    Outcome::Failed { sentence: format!("{sentence}: {} findings above", found.len()), tally: Tally::default() }
}

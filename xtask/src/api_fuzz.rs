//! Other people's fuzzer at our API: Schemathesis as a stranger, as each operator, as a gate and as a device that signs.
//! It starts a demonstration and `fuzz/api/run.py`; what a case is and what counts as a finding stands there.

use crate::demo::Demo;
use crate::report::{Outcome, judge};
use crate::shell::{Ran, Shell};
use crate::{install, program, tree};

/// Cases an operation and caller unless told otherwise: some 20,000 in all.
const EXAMPLES: u64 = 40;
/// Cases an operation and caller in the check, beside those that Schemathesis makes of every document: about a minute.
const EXAMPLES_IN_CHECK: u64 = 2;
/// Seconds until a run is given up: on a busy machine the long one takes most of an hour.
const LIMIT_S: u64 = 5_400;

/// `api-fuzz [EXAMPLES]`.
pub fn api_fuzz(words: &[String]) -> Result<(), String> {
    let examples = match words.first() {
        Some(word) => word.parse().map_err(|_| format!("`{word}` is not a number of cases"))?,
        None => EXAMPLES,
    };
    let ran = run(examples)?;
    print!("{}", ran.output);
    if ran.success { Ok(()) } else { Err(format!("the API has findings: {}", ran.log.display())) }
}

/// A short round with a fixed seed, as a step of the check.
pub fn in_check() -> Outcome {
    let ran = run(EXAMPLES_IN_CHECK);
    if let Ok(ran) = &ran
        && let Some(sum) = ran.output.lines().last()
    {
        println!("{sum}");
    }
    judge(ran, "the API answers what its document does not say")
}

fn run(examples: u64) -> Result<Ran, String> {
    let python = install::python()?;
    let demo = Demo::start(&program::built()?, "api-fuzz")?;
    let script = tree::root().join("fuzz/api/run.py").display().to_string();
    Shell::new(LIMIT_S, &python, &[&script, &examples.to_string()])
        .env("YIMA_DEMO", &demo.line)
        .env("YIMA_LOGS", tree::work_dir().join("logs/api"))
        .run("api-fuzz")
}

//! Credit codes as python-stdnum reads them: random ones, right and mistyped, get the same answer from both.

use std::process::Command;
use yima_kernel::credit_code::CreditCode;

/// Prints 2,000 codes, half of them with one character changed, each with whether it is valid.
const ORACLE: &str = "
import random
from stdnum.cn import uscc
random.seed(20151001)
letters = '0123456789ABCDEFGHJKLMNPQRTUWXY'
for n in range(2000):
    body = ''.join(random.choice('0123456789') for _ in range(8)) + ''.join(random.choice(letters) for _ in range(9))
    code = body + uscc.calc_check_digit(body)
    if n % 2:
        at = random.randrange(8, 18)
        code = code[:at] + random.choice(letters) + code[at + 1:]
    print(code, int(uscc.is_valid(code)))
";

#[test]
fn another_reader_says_the_same() {
    let python = std::env::var_os("YIMA_PYTHON").unwrap_or_else(|| "python3".into());
    let run = Command::new(python).args(["-c", ORACLE]).output().unwrap();
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{said} (pip install -r crates/kernel/tests/requirements.txt)");
    let lines = String::from_utf8(run.stdout).unwrap();
    let mut valid = 0;
    for line in lines.lines() {
        let (code, theirs) = line.split_once(' ').unwrap();
        assert_eq!(CreditCode::parse(code).is_ok(), theirs == "1", "{code}");
        valid += u32::from(theirs == "1");
    }
    assert!(lines.lines().count() == 2000 && (1000..1100).contains(&valid), "{valid} of them valid");
}

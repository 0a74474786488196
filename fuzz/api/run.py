"""Schemathesis over the OpenAPI document as every caller: `run.py EXAMPLES`, the demonstration's line in YIMA_DEMO.

EXAMPLES is how many cases an operation gets from each caller, with a fixed seed. It fails on any 5xx and on any answer
that the document does not describe; what it found stands in the log of that caller.
"""

import json
import os
import pathlib
import re
import subprocess
import sys

import callers

HERE = pathlib.Path(__file__).parent
DOCUMENT = HERE.parent.parent / "docs" / "api" / "openapi.json"
SEED = 20260101
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
# It would end the session of the caller who is still knocking; strangers try it.
ENDS_A_SESSION = "/api/v1/operators/sign-out"


def knock(name, told, url, examples, logs):
    command = [
        str(pathlib.Path(sys.executable).parent / "schemathesis"), "run", str(DOCUMENT), "--url", url, "--seed", str(SEED),
        "--max-examples", str(examples), "--phases", "examples,coverage,fuzzing", "--checks", CHECKS, "--continue-on-failure",
        "--suppress-health-check", "all", "--request-timeout", "30", "--no-color", "--warnings", "off", "--no-shrink",
    ]
    if told["kind"] != "nobody":
        command += ["--exclude-path", ENDS_A_SESSION]
    environment = dict(os.environ, YIMA_CALLER=json.dumps(told), SCHEMATHESIS_HOOKS="hooks", PYTHONPATH=str(HERE))
    ran = subprocess.run(command, env=environment, cwd=logs, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    log = logs / f"{name.replace(' ', '-')}.log"
    log.write_text(ran.stdout + ran.stderr)
    cases = re.search(r"(\d[\d,]*) generated", ran.stdout)
    return ran.returncode == 0, int(cases[1].replace(",", "")) if cases else 0, log


def main():
    demo, examples = json.loads(os.environ["YIMA_DEMO"]), int(sys.argv[1])
    logs = pathlib.Path(os.environ["YIMA_LOGS"])
    logs.mkdir(parents=True, exist_ok=True)
    total, failed = 0, 0
    for name, told in callers.everybody(demo):
        held, cases, log = knock(name, told, demo["url"], examples, logs)
        total += cases
        failed += not held
        print(f"{name}: {cases} cases, {'no finding' if held else f'FINDINGS in {log}'}", flush=True)
        if not held:
            print(log.read_text()[-6_000:])
    print(f"{total} cases as every caller, {failed} callers with findings")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

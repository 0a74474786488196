"""Puts the repository's vectors into corpus/, one file a seed: python3 fuzz/seed.py"""

import json
import pathlib

FUZZ = pathlib.Path(__file__).parent
VECTORS = FUZZ.parent / "vectors"


def seeds(target, values):
    folder = FUZZ / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    for number, value in enumerate(values):
        (folder / f"vector-{number}").write_bytes(value)


def digits(value):
    """Every text of digits in a vector file, wherever it stands."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [one for inner in value for one in digits(inner)]
    return [value.encode()] if isinstance(value, str) and len(value) > 40 and value.isdigit() else []


def parts(file):
    """Root, keys, manifests, lists and urgent part of a bundle file with one signature."""
    at = 4 + 196 + 1 + 72 * file[200]
    for part in range(5):
        head = 4 + 16 + part * 36
        size = int.from_bytes(file[head:head + 4], "big")
        yield file[at:at + size]
        at += size


def bodies(file):
    """What the target `bundle` takes: a choice, then a body or a part."""
    root, keys, manifests, lists, urgent = parts(file)
    length = int.from_bytes(root[1:3], "big")
    body = lambda part: part[1 + 72 * part[0]:]
    yield b"\0" + root[len(root) - length:]
    yield b"\1" + body(keys)
    yield b"\2" + body(manifests)
    yield b"\3" + lists
    yield b"\4" + urgent
    yield b"\5" + root
    yield b"\6" + keys
    yield b"\7" + file


def load(name):
    return json.loads((VECTORS / name).read_text())


index = load("bundle/index.json")
files = {case["file"]: (VECTORS / "bundle" / case["file"]).read_bytes() for case in index["cases"] if case["expect"] == "ok"}
delta = (VECTORS / "bundle" / "delta.bin").read_bytes()
cwt = load("cwt.json")["codes"]
seeds("digits", digits(load("accept.json")) + digits(load("reject.json")))
seeds("bundle", [body for file in files.values() for body in bodies(file)])
seeds("delta", [delta[36:]] + [lists * 2 for file in files.values() for lists in [list(parts(file))[3]]])
seeds("rice", [bytes.fromhex(row["coded"]) for row in index["rice"]])
seeds("cwt", [bytes.fromhex(row[form]) for row in cwt for form in ("uccs", "passed", "code")])
seeds("manifest", [path.read_bytes() for path in (FUZZ.parent / "scenarios").glob("*.toml")])
seeds("status_list", [b"\1" + bytes.fromhex("78dadbb918000217015d"), b"\2" + bytes.fromhex("78da3ae9f213000003df0207")])

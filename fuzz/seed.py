"""Puts the repository's vectors into corpus/, one file a seed: python3 fuzz/seed.py"""

import json
import pathlib
import random

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


def signed_bodies(file):
    """What the target `signed_bundle` takes: the body of one part, or a head's version, time, end and epoch."""
    _, keys, manifests, lists, urgent = parts(file)
    body = lambda part: part[1 + 72 * part[0]:]
    yield bytes([0, 0, 3, 3])  # the second root's version is 3
    for choice, value in enumerate((body(keys), body(manifests), lists, urgent), 1):
        yield bytes([choice]) + value
    version, epoch, time, expires = (file[at:at + 4] for at in (4, 8, 12, 16))
    yield b"\5" + version + time + expires + epoch


def residents():
    """What the target `import_rows` takes: 0 and a CSV, or 1 and NDJSON, each in both encodings."""
    ids = ["11010519491231002X", "440524188001010014"]
    people = [("王明华", ids[0], "13800138000", "370102"), ("买买提·吐尔逊", ids[1], "", ""), ("毛史", ids[0], "", "")]
    odd = [("Ann O'Neil", ids[0], "1", "37"), ("José", "11010519491231002x", "13900139000", "999999"), ("", "", "", "")]
    for head in ("name,id_number,phone,region", "行政区划,手机号,姓名,身份证号", "phone,name,note,id_number"):
        columns = head.split(",")
        places = {"name": 0, "姓名": 0, "id_number": 1, "身份证号": 1, "phone": 2, "手机号": 2, "region": 3, "行政区划": 3}
        for rows in (people, people[::-1], odd):
            lines = [",".join(row[places[one]] if one in places else '"a ""note"""' for one in columns) for row in rows]
            for end in ("\n", "\r\n"):
                for encoding in ("utf-8", "utf-8-sig", "gb18030"):
                    yield b"\0" + (end.join([head, *lines]) + end).encode(encoding)
    for rows in (people, odd):
        for keys in (("name", "id_number", "phone", "region"), ("姓名", "身份证号", "手机号", "行政区划")):
            for ascii in (True, False):
                text = "".join(json.dumps(dict(zip(keys, row)), ensure_ascii=ascii) + "\n" for row in rows)
                for encoding in ("utf-8", "gb18030"):
                    yield b"\1" + text.encode(encoding)


def sm2_edges():
    """What the target `sm2_table` takes: a choice, then r, s and e, or s, t and how to spoil, and perhaps a key."""
    order = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
    edges = [0, 1, 2, 128, 129, 255, 256, 2**64, 2**128, 2**255, order // 2, order - 2, order - 1, order, 2**256 - 1]
    chance = random.Random(3)
    generator = bytes.fromhex("0232c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7")
    for key in range(9):
        for choice in (0x00, 0x40, 0x80):
            a, b = chance.choice(edges), chance.choice(edges)
            yield b"".join([bytes([choice | key]), *(n.to_bytes(32, "big") for n in (a, b, chance.choice(edges))), generator])
    for a in edges:
        for b in (a, order - a if a < order else 0, 1):
            yield b"".join([bytes([0x80 | chance.randrange(9)]), *(n.to_bytes(32, "big") for n in (a, b, 1))])


def showings():
    """What the target `signed_code` takes are structures; random bytes of the right length are a start."""
    chance = random.Random(4)
    for length in (64, 96, 160, 256):
        for _ in range(24):
            yield bytes(chance.choice((0, 1, chance.randrange(256))) for _ in range(length))


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
seeds("signed_bundle", [body for file in files.values() for body in signed_bodies(file)])
seeds("import_rows", residents())
seeds("sm2_table", sm2_edges())
seeds("signed_code", showings())

"""Peers of the check on the same machine: PyPI `cwt` and `pycose`, and an EU-DCC check, beside ours and `@auth0/mdl`.

Each verifies one credential over and over: signatures, validity, claims read. The figure is the process's CPU time, the
median of five rounds after a warm-up. Each must first refuse its credential with one bit changed.
`peers.py OURS.jsonl MDL.jsonl` prints the table; `cargo xtask bench peers` makes both files.
"""

import json
import statistics
import sys
import time
import zlib

import base45
import cbor2
import cwt
from cryptography.hazmat.primitives.asymmetric import ec
from pycose.headers import KID, Algorithm
from pycose.keys import EC2Key
from pycose.messages import Sign1Message

ROUNDS, WARM_UP, VERIFICATIONS = 5, 50, 200
NOW = int(time.time())
HOUR = 3_600
GOAL = 10


def key_pair(kid):
    """A new P-256 key, and x and y of its public half."""
    secret = ec.generate_private_key(ec.SECP256R1())
    numbers = secret.private_numbers()
    point = numbers.public_numbers
    d, x, y = (n.to_bytes(32, "big") for n in (numbers.private_value, point.x, point.y))
    return d, x, y, kid


def claims(holder):
    """What a T1 says, as the CWT form names it: times, id, day, flags, the holder's key."""
    return {4: NOW + HOUR, 5: NOW - HOUR, 6: NOW, 7: bytes(16), 8: {1: {1: 2, -1: 1, -2: holder[1], -3: holder[2]}},
            -70003: 2519, -70004: 0x8000, -70006: 1, -70007: 7}


def in_time(found):
    assert found[5] <= NOW < found[4], "not valid now"


def cose_key(pair):
    return cwt.COSEKey.new({1: 2, 3: -7, -1: 1, -2: pair[1], -3: pair[2], 2: pair[3]})


def by_cwt():
    """One signature: cwt.decode checks it and the times."""
    issuer, holder = key_pair(b"k1"), key_pair(b"k2")
    private = cwt.COSEKey.new({1: 2, 3: -7, -1: 1, -2: issuer[1], -3: issuer[2], -4: issuer[0], 2: issuer[3]})
    token, public = cwt.encode(claims(holder), private), cose_key(issuer)
    return token, lambda token: cwt.decode(token, public)


def by_cwt_twice():
    """Two signatures, as a T1 has: the issuer's claims inside what the holder signed with the key that they name."""
    issuer, holder = key_pair(b"k1"), key_pair(b"k2")
    private = cwt.COSEKey.new({1: 2, 3: -7, -1: 1, -2: issuer[1], -3: issuer[2], -4: issuer[0], 2: issuer[3]})
    shown = cwt.COSEKey.new({1: 2, 3: -7, -1: 1, -2: holder[1], -3: holder[2], -4: holder[0]})
    public, cose = cose_key(issuer), cwt.COSE.new(alg_auto_inclusion=True)
    inner = cwt.encode(claims(holder), private)
    outer = cose.encode_and_sign(cbor2.dumps([inner, NOW, 1, 7]), shown)

    def check(token):
        message = cwt.COSEMessage.loads(token)
        inside, at, _, _ = cbor2.loads(message.payload)
        found = cwt.decode(inside, public)
        cose.decode(token, cwt.COSEKey.new({**found[8][1], 3: -7}))
        assert abs(at - NOW) <= 90

    return outer, check


def pycose_key(pair):
    return EC2Key(crv="P_256", x=pair[1], y=pair[2])


def by_pycose():
    """One signature and the times."""
    issuer, holder = key_pair(b"k1"), key_pair(b"k2")
    message = Sign1Message(phdr={Algorithm: "ES256", KID: issuer[3]}, payload=cbor2.dumps(claims(holder)))
    message.key = EC2Key(crv="P_256", d=issuer[0], x=issuer[1], y=issuer[2])
    token, public = message.encode(), pycose_key(issuer)

    def check(token):
        message = Sign1Message.decode(token)
        message.key = public
        assert message.verify_signature(), "the signature does not hold"
        in_time(cbor2.loads(message.payload))

    return token, check


# A vaccination entry of the size that certificates had (eu-dcc schema 1.3.0); nobody's.
HCERT = {-260: {1: {
    "ver": "1.3.0", "nam": {"fn": "Musterfrau-Gößinger", "gn": "Gabriele", "fnt": "MUSTERFRAU<GOESSINGER", "gnt": "GABRIELE"},
    "dob": "1998-02-26",
    "v": [{"tg": "840539006", "vp": "1119349007", "mp": "EU/1/20/1528", "ma": "ORG-100030215", "dn": 1, "sd": 2,
           "dt": "2021-02-18", "co": "AT", "is": "Ministry of Health, Austria", "ci": "URN:UVCI:01:AT:10807843F94AEE0EE5093FBC254BD813#B"}],
}}, 1: "AT", 4: NOW + HOUR, 6: NOW - HOUR}


def by_dcc():
    """HC1: base45, zlib, COSE_Sign1 by a key of the trust list, CBOR, times: the eu-dcc check before its business rules."""
    issuer = key_pair(b"kid-0001")
    message = Sign1Message(phdr={Algorithm: "ES256", KID: issuer[3]}, payload=cbor2.dumps(HCERT))
    message.key = EC2Key(crv="P_256", d=issuer[0], x=issuer[1], y=issuer[2])
    text = "HC1:" + base45.b45encode(zlib.compress(message.encode(), 9)).decode()
    trusted = {issuer[3]: pycose_key(issuer)}

    def check(text):
        assert text.startswith("HC1:")
        message = Sign1Message.decode(zlib.decompress(base45.b45decode(text[4:])))
        message.key = trusted[message.phdr[KID]]
        assert message.verify_signature(), "the signature does not hold"
        found = cbor2.loads(message.payload)
        assert found[6] <= NOW < found[4] and found[-260][1]["v"]

    return text, check


PEERS = [
    ("PyPI `cwt`", "CWT: issuer, times", 1, by_cwt),
    ("PyPI `cwt`, twice", "CWT inside what its holder signed: issuer, times, holder", 2, by_cwt_twice),
    ("PyPI `pycose`", "CWT: issuer, times", 1, by_pycose),
    ("EU-DCC by `base45` and `pycose`", "base45, zlib, issuer, CBOR, times", 1, by_dcc),
]


def refuses(credential, check):
    """The credential with one character or bit changed near its end is not taken."""
    if isinstance(credential, str):
        bent = credential[:-9] + ("A" if credential[-9] != "A" else "B") + credential[-8:]
    else:
        bent = credential[:-9] + bytes([credential[-9] ^ 1]) + credential[-8:]
    try:
        check(bent)
    except Exception:
        return
    raise SystemExit("a changed credential was taken: the figures would measure nothing")


def cpu_us(credential, check, count):
    before = time.process_time()
    for _ in range(count):
        check(credential)
    return (time.process_time() - before) / count * 1e6


def measured():
    for peer, does, signatures, made in PEERS:
        credential, check = made()
        check(credential)
        refuses(credential, check)
        cpu_us(credential, check, WARM_UP)
        us = statistics.median(cpu_us(credential, check, VERIFICATIONS) for _ in range(ROUNDS))
        yield {"peer": peer, "does": does, "signatures": signatures, "bytes": len(credential), "us": us}


def lines(path):
    return [json.loads(line) for line in open(path) if line.startswith("{")]


def main(ours_path, mdl_path):
    ours = next(row for row in lines(ours_path) if row["issuer"] == "es256")["check_us"]
    rows = [*measured(), *lines(mdl_path)]
    print("| one check | what it does | signatures | bytes | CPU us | times ours |\n|---|---|---|---|---|---|")
    print(f"| `check` of a T1 | digits, day, times, place, lists, memory, issuer, holder | 2 | 197 | {ours:.0f} | 1 |")
    for row in rows:
        print(f"| {row['peer']} | {row['does']} | {row['signatures']} | {row['bytes']} | {row['us']:.0f} | {row['us'] / ours:.1f} |")
    slow = [row["peer"] for row in rows if row["us"] < GOAL * ours]
    print(f"\nGoal: each >= {GOAL} times ours. {'Met.' if not slow else 'Not met beside ' + ', '.join(slow) + '.'}")


if __name__ == "__main__":
    main(*sys.argv[1:])

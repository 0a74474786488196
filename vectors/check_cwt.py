"""Reads cwt.json with other people's libraries: claims by cbor2, the passing signature by pycose and by cwt."""

import json
import sys

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cwt import COSE, COSEKey
from pycose.keys import EC2Key
from pycose.messages import Sign1Message

CLAIMS = {  # claim: (from, length) in a T1; docs/spec/exchange-forms.md
    0x11: {6: (123, 4), 7: (6, 16), -70000: (0, 1), -70001: (1, 1), -70002: (2, 4), -70003: (22, 2), -70004: (24, 2),
           -70005: (59, 64), -70006: (127, 2), -70007: (129, 4), -70009: (133, 64)},
    0x12: {6: (123, 4), 7: (6, 16), -70000: (0, 1), -70001: (1, 1), -70002: (2, 4), -70003: (22, 2), -70004: (24, 2),
           -70005: (59, 64), -70006: (127, 2), -70007: (129, 4), -70008: (133, 8), -70009: (141, 64)},
    0x14: {-70000: (0, 1), -70001: (1, 1), -70002: (2, 4), -70004: (13, 2), -70005: (15, 64), -70010: (6, 2),
           -70011: (8, 3), -70012: (11, 2)},
}


def rebuild(claims):
    """The code's bytes out of its claims."""
    fields = CLAIMS[claims[-70000]]
    code = bytearray({0x11: 197, 0x12: 205, 0x14: 79}[claims[-70000]])
    for name, (at, length) in fields.items():
        value = claims[name]
        code[at:at + length] = value if isinstance(value, bytes) else value.to_bytes(length, "big")
    if 8 in claims:
        key = claims[8][1]
        code[26] = {None: 0, False: 2, True: 3}[key.get(-3)]
        code[27:59] = key[-2]
    assert set(claims) == set(fields) | ({8} if code[0] != 0x14 else set())
    return bytes(code)


def main():
    vectors = json.load(open("cwt.json"))
    point = bytes.fromhex(vectors["passing_key"])
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    full = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    pycose_key = EC2Key(crv="P_256", x=full[1:33], y=full[33:])
    kid = vectors["passing_kid"].encode()
    cwt_key = COSEKey.new({1: 2, 3: -7, -1: 1, -2: full[1:33], -3: full[33:], 2: kid})
    for row in vectors["codes"]:
        code, uccs, passed = (bytes.fromhex(row[name]) for name in ("code", "uccs", "passed"))
        tagged = cbor2.loads(uccs)
        assert tagged.tag == 601 and rebuild(tagged.value) == code, row["name"]
        assert cbor2.dumps(tagged, canonical=True) == uccs, row["name"]
        message = Sign1Message.decode(passed)
        message.key = pycose_key
        assert message.verify_signature() and rebuild(cbor2.loads(message.payload)) == code, row["name"]
        assert COSE.new(kid_auto_inclusion=False).decode(passed, cwt_key) == message.payload, row["name"]
    print(f"{len(vectors['codes'])} codes agree")


if __name__ == "__main__":
    sys.exit(main())

"""Reads status_list.json with other people's libraries: PyPI `token-status-list` for the statuses, `cwt` and `cryptography`
for the signatures of the two token forms (draft-ietf-oauth-status-list)."""

import base64
import json
import sys
import zlib

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cwt import COSE, COSEKey
from token_status_list import BitArray

SUB, EXP, IAT, TTL, STATUS_LIST = 2, 4, 6, 65534, 65533
TYPE = 16


def unbase64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def by_jwt(token, public):
    head, claims, signature = token.split(".")
    r, s = (int.from_bytes(half, "big") for half in (unbase64(signature)[:32], unbase64(signature)[32:]))
    public.verify(encode_dss_signature(r, s), f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
    head, claims = json.loads(unbase64(head)), json.loads(unbase64(claims))
    assert head["typ"] == "statuslist+jwt" and head["alg"] == "ES256"
    return head["kid"], claims, BitArray.load(claims["status_list"])


def by_cwt(token, public):
    point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    message = cbor2.loads(token)
    protected = cbor2.loads(message.value[0])
    assert message.tag == 18 and protected[1] == -7 and protected[TYPE] == "application/statuslist+cwt"
    kid = protected[4]
    key = COSEKey.new({1: 2, 3: -7, -1: 1, -2: point[1:33], -3: point[33:], 2: kid})
    claims = cbor2.loads(COSE.new(kid_auto_inclusion=False).decode(token, key))
    found = claims[STATUS_LIST]
    named = {"sub": claims[SUB], "exp": claims[EXP], "iat": claims[IAT], "ttl": claims[TTL]}
    return kid.hex(), named, BitArray(found["bits"], zlib.decompress(found["lst"]))


def main():
    vector = json.load(open("status_list.json"))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes.fromhex(vector["key"]))
    for kid, claims, statuses in (by_jwt(vector["jwt"], public), by_cwt(bytes.fromhex(vector["cwt"]), public)):
        assert kid == vector["kid"]
        assert {name: claims[name] for name in vector["claims"]} == vector["claims"], claims
        assert len(statuses) == vector["size"], len(statuses)
        assert [at for at in range(len(statuses)) if statuses[at]] == vector["revoked"]
    print("both forms agree")


if __name__ == "__main__":
    sys.exit(main())

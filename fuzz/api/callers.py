"""Who knocks at the API: a stranger, an operator of each role, a gate, and a device that signs its requests (RFC 9421).

`seal` gives a requests auth object out of the environment, so that Schemathesis can send as any of them.
"""

import base64
import hashlib
import hmac
import json
import os
import struct
import time
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

P256_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
WAIT_S = 10


class Header(requests.auth.AuthBase):
    """Sends one header, over whatever a test put there."""

    def __init__(self, name, value):
        self.name, self.value = name, value

    def __call__(self, request):
        request.headers[self.name] = self.value
        return request


class Device(requests.auth.AuthBase):
    """Signs the request as it goes over the wire, by the one profile of docs/api."""

    def __init__(self, key_id, secret):
        self.key_id, self.secret = key_id, secret
        self.key = ec.derive_private_key(secret, ec.SECP256R1())

    def __call__(self, request):
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        if not isinstance(body, bytes):
            return request  # a stream, such as a form of files: it goes unsigned
        url = urlsplit(request.url)
        digest = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
        params = f'("@method" "@path" "@query" "content-digest");created={int(time.time())};keyid="{self.key_id}"'
        base = "\n".join([
            f'"@method": {request.method}', f'"@path": {url.path}', f'"@query": ?{url.query}',
            f'"content-digest": {digest}', f'"@signature-params": {params}',
        ])
        r, s = decode_dss_signature(self.key.sign(base.encode(), ec.ECDSA(SHA256())))
        signature = r.to_bytes(32, "big") + min(s, P256_N - s).to_bytes(32, "big")
        request.headers["Content-Digest"] = digest
        request.headers["Signature-Input"] = f"yima={params}"
        request.headers["Signature"] = f"yima=:{base64.b64encode(signature).decode()}:"
        return request


def seal(told):
    """The auth object that `told` describes; none for a stranger."""
    if told["kind"] == "header":
        return Header(told["name"], told["value"])
    return Device(told["key_id"], told["secret"]) if told["kind"] == "device" else None


def from_environment():
    return seal(json.loads(os.environ["YIMA_CALLER"]))


def totp(secret, at):
    """RFC 6238: six digits, SHA-1, 30 seconds."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(at) // 30), "sha1").digest()
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at:at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


def sign_in(url, person):
    body = {"name": person["name"], "password": person["password"], "totp": totp(person["totp_secret"], time.time())}
    answer = requests.post(f"{url}/api/v1/operators/sign-in", json=body, timeout=WAIT_S)
    answer.raise_for_status()
    return {"kind": "header", "name": "Cookie", "value": f"yima_op={answer.cookies['yima_op']}"}


def enrol(url, code):
    secret = int.from_bytes(os.urandom(31), "big") + 1
    device = Device("new", secret)
    point = device.key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    public = base64.urlsafe_b64encode(point).rstrip(b"=").decode()
    body = {"code": code, "label": "fuzz", "suite": "ES256", "public_key": public}
    answer = requests.post(f"{url}/api/v1/enrolments", json=body, auth=device, timeout=WAIT_S)
    answer.raise_for_status()
    return {"kind": "device", "key_id": answer.json()["device_id"], "secret": secret}


def everybody(demo):
    """Name and description of each caller of a demonstration, one at a time: a session is made when it is needed."""
    url = demo["url"]
    yield "stranger", {"kind": "nobody"}
    for role, person in demo["sign_ins"].items():
        yield f"{role} operator", sign_in(url, person)
    yield "gate", {"kind": "header", "name": "Authorization", "value": f"Bearer {demo['gates'][0]['key']}"}
    yield "device", enrol(url, demo["enrolment_codes"][0])

"""Authlib as an app's developer uses it, unmodified: code with PKCE, the ID token by the keys of the issuer, refresh, userinfo."""

import html
import json
import os
import re
import urllib.parse

import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.jose import JsonWebToken, jwt
from authlib.oauth2.rfc7636 import create_s256_code_challenge

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
WORLD = json.loads(os.environ["YIMA_WORLD"])
URL, COOKIE, APP = WORLD["url"], WORLD["cookie"], WORLD["apps"]["secret"]
BACK = "https://hospital.example.cn/cb"


def same(found, expected, what):
    assert found == expected, f"{what}: {found!r} instead of {expected!r}"
    print("ok", what)


def walk(start):
    """As the person in front of the browser: agrees to everything, and stops where our site is left."""
    browser = requests.Session()
    browser.headers["cookie"] = COOKIE
    said = browser.get(start, allow_redirects=False)
    for _ in range(6):
        to = said.headers.get("location")
        if to and not to.startswith("/"):
            return to
        if to:
            said = browser.get(urllib.parse.urljoin(URL, to), allow_redirects=False)
            continue
        leads = re.search(r'content="0;url=([^"]*)"', said.text)
        if leads:
            return html.unescape(leads[1])
        form = {name: html.unescape(re.search(f'name="{name}" value="([^"]*)"', said.text)[1])
                for name in ("request", "shown", "lang", "mark")}
        form |= {"answer": "allow", "c_region": "give", "c_age_band": "give", "c_name": "give"}
        headers = {"sec-fetch-site": "same-origin"}
        said = browser.post(f"{URL}/oauth2/consent", data=form, headers=headers, allow_redirects=False)
    raise AssertionError("too many steps")


server = requests.get(f"{URL}/.well-known/openid-configuration").json()
session = OAuth2Session(
    APP["id"], APP["secret"], scope="openid profile offline_access", redirect_uri=BACK,
    code_challenge_method="S256", token_endpoint_auth_method="client_secret_post",
)
verifier = "a" * 64
address, state = session.create_authorization_url(server["authorization_endpoint"], code_verifier=verifier, nonce="n-7")
same(create_s256_code_challenge(verifier) in address, True, "PKCE S256")
called = walk(address)
token = session.fetch_token(server["token_endpoint"], authorization_response=called, state=state, code_verifier=verifier)
keys = requests.get(server["jwks_uri"]).json()
claims = jwt.decode(token["id_token"], keys, claims_options={
    "iss": {"essential": True, "value": URL}, "aud": {"essential": True, "value": APP["id"]},
})
claims.validate()
same((claims["nonce"], claims["acr"]), ("n-7", "yima:3"), "the ID token by the keys of jwks_uri")
told = session.get(server["userinfo_endpoint"]).json()
same((told["sub"], sorted(told)), (claims["sub"], ["age_band", "name", "region", "sub"]), "userinfo")
fresh = session.refresh_token(server["token_endpoint"])
same(fresh["refresh_token"], token["refresh_token"], "refresh")
said = session.introspect_token(server["introspection_endpoint"], fresh["access_token"]).json()
same((said["active"], said["client_id"]), (True, APP["id"]), "introspection")
session.revoke_token(server["revocation_endpoint"], fresh["refresh_token"])
said = session.introspect_token(server["introspection_endpoint"], fresh["access_token"]).json()
same(said, {"active": False}, "revocation")

# An app that chose EdDSA (RFC 8037): the same steps, and a key of the same set.
APP = WORLD["apps"]["edwards"]
session = OAuth2Session(APP["id"], APP["secret"], scope="openid", redirect_uri=BACK, code_challenge_method="S256")
address, state = session.create_authorization_url(server["authorization_endpoint"], code_verifier=verifier, nonce="n-8")
token = session.fetch_token(
    server["token_endpoint"], authorization_response=walk(address), state=state, code_verifier=verifier)
claims = JsonWebToken(["EdDSA"]).decode(token["id_token"], keys, claims_options={
    "iss": {"essential": True, "value": URL}, "aud": {"essential": True, "value": APP["id"]},
})
claims.validate()
same((claims.header["alg"], claims["nonce"]), ("EdDSA", "n-8"), "the ID token of an app that chose EdDSA")

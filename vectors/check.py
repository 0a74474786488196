#!/usr/bin/env python3
"""Checks the vectors without any code of Yima: ES256 and Ed25519 by `cryptography`, SM2 by `gmssl`.

Run it in this directory; it prints how many vectors it agreed with and exits 1 if it disagrees with one.
The rules are those of docs/spec/resident-code.md; the numbers in comments are its parts.
"""
import datetime
import json
import math
import pathlib
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from gmssl import sm2

HERE = pathlib.Path(__file__).parent
BYTES = {"T1": 197, "T1c": 205, "T0": 25, "T2": 79}
FORMS = {"1": "T1", "2": "T1c", "3": "T0", "4": "T2"}
P256_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
SM2_P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
SM2_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
SM2_N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
ED_P, ED_L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
# y of the points whose order divides eight.
ED_Y8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022
ED_SMALL = {0, 1, ED_P - 1, ED_Y8, ED_P - ED_Y8}
EPOCH, HOUR = 1577836800 - 8 * 3600, 3600


class Stop(Exception):
    def __init__(self, reason, skew_min=0):
        self.reason, self.skew_min = reason, skew_min


def stop_if(fails, reason):
    if fails:
        raise Stop(reason)


def number(data):
    return int.from_bytes(data, "big")


def es256(key, message, r, s):  # part 4
    if not (0 < r < P256_N and 0 < s <= P256_N // 2):
        return False
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key)
    public.verify(encode_dss_signature(r, s), message, ec.ECDSA(SHA256()))
    return True


def sm2_sm3(key, message, r, s):  # part 4
    x = number(key[1:])
    square = (x * x * x - 3 * x + SM2_B) % SM2_P
    y = pow(square, (SM2_P + 1) // 4, SM2_P)
    if x >= SM2_P or y * y % SM2_P != square or not (0 < r < SM2_N and 0 < s < SM2_N) or (r + s) % SM2_N == 0:
        return False
    y = y if y % 2 == key[0] - 2 else SM2_P - y
    checker = sm2.CryptSM2(private_key="", public_key=f"{x:064x}{y:064x}")
    return checker.verify_with_sm3(f"{r:064x}{s:064x}", message)


def ed25519_strict(key, message, signature):  # part 4
    ys = [int.from_bytes(point, "little") % 2**255 for point in (key[1:], signature[:32])]
    if any(y >= ED_P or y in ED_SMALL for y in ys) or int.from_bytes(signature[32:], "little") >= ED_L:
        return False
    ed25519.Ed25519PublicKey.from_public_bytes(key[1:]).verify(signature, message)
    return True


def holds(suite, key, message, signature):
    try:
        if suite == 3:
            return ed25519_strict(key, message, signature)
        check = es256 if suite == 1 else sm2_sm3
        return check(key, message, number(signature[:32]), number(signature[32:]))
    except (InvalidSignature, ValueError):
        return False


def parse(text):  # parts 1 and 2
    ascii_digits = text.isascii() and text.isdigit()
    form = FORMS.get(text[:1])
    if form is None:
        future = ascii_digits and 40 <= len(text) <= 1000 and text[0] != "5"
        raise Stop("unknown_form" if future else "malformed")
    size = BYTES[form]
    stop_if(not ascii_digits or len(text) != 1 + math.ceil(8 * size * math.log10(2)), "malformed")
    stop_if(int(text[1:]) >= 256**size, "malformed")
    data = int(text[1:]).to_bytes(size, "big")
    stop_if(data[0] != 0x10 | int(text[0]), "malformed")
    if form == "T0":
        return form, data, 0
    suites = data[1] >> 4, data[1] & 15
    stop_if(max(suites) > 3, "unknown_suite")
    stop_if(suites[0] == 0 or (suites[1] == 0) != (form == "T2"), "malformed")
    flags = number(data[13:15] if form == "T2" else data[24:26])
    flavours = [flags >> 12 & 1, flags >> 8 & 15, flags >> 4 & 15]
    stop_if(flags & 15 or sum(map(bool, flavours)) > 1, "malformed")
    if form != "T2":
        stop_if(data[26] not in ((0,) if suites[1] == 3 else (2, 3)), "malformed")
        stop_if(number(data[123:127]) % 5, "malformed")
    return form, data, flags


def entry(world, data, use, flags):  # part 8
    kid = world["kids"].get(data[2:6].hex())
    stop_if(kid is None, "unknown_kid")
    stop_if(kid["withdrawn"], "kid_withdrawn")
    stop_if(kid["use"] != use, "wrong_key_use")
    stop_if(kid["suite"] != data[1] >> 4, "suite_mismatch")
    stop_if(flags & ~kid["flags_mask"], "flags_not_allowed")
    return kid


def holder(rule, flags, step):  # part 8
    stop_if(flags >> 14 < rule["assurance_min"], "assurance_too_low")
    acting = flags >> 12 & 1
    told = {"plain": 1, "acting": acting, "age_band": flags >> 8 & 15, "benefit": flags >> 4 & 15}[rule["flavour"]]
    stop_if(not told, "flavour_needed")
    stop_if(rule["accepted"] and not rule["accepted"] >> told & 1, "not_entitled")
    at = step["guardian_at"]
    stop_if(acting and not rule["attended"] and (at is None or step["now"] - at > 10), "guardian_needed")


def earlier(seen, key, showing, now, pause):  # part 9
    found = seen.get(key)
    if found is None or found["until"] <= now:
        return None
    if found["showing"] == showing and now - found["at"] <= 10:
        return dict(found["answer"], repeated=True)
    stop_if(pause is None or now - found["at"] < pause, "replayed")
    return None


def remember(vector, seen, key, now, found):
    if len(seen) >= (vector["seen_capacity"] or 1000) and key not in seen:
        stop_if(all(other["until"] > now for other in seen.values()), "busy")
    seen[key] = found


def signed(vector, step, rule, world, seen, form, data, flags, stale):  # part 8
    now, low = step["now"], rule["level"] == "low"
    kid = entry(world, data, "T1", flags)
    stop_if(EPOCH + number(data[22:24]) * 24 * HOUR + 3 * HOUR != kid["from"], "wrong_day")
    stop_if(now < kid["from"], "not_yet_valid")
    late = now >= kid["until"]
    stop_if(late and now - kid["until"] >= (min(rule["late_s"], 48 * HOUR) if low else 0), "expired")
    time, scenario, site = number(data[123:127]), number(data[127:129]), number(data[129:133])
    age = now - time
    minutes = max(1, (abs(age) + 30) // 60)
    if age < max(rule["age_min_s"], -30):
        raise Stop("clock_fast", minutes) if age >= -600 else Stop("not_yet_valid")
    if age > min(rule["age_max_s"], 90):
        raise Stop("clock_slow", -minutes) if age <= 600 else Stop("stale_code")
    stop_if(scenario != rule["scenario"] and not (scenario == 0 and rule["any_scenario"] and low), "wrong_scenario")
    stop_if(site != vector["site"] and not (site == 0 and rule["any_site"] and low), "wrong_site")
    holder(rule, flags, step)
    stop_if(form == "T1" and not low, "challenge_needed")
    token, showing = data[6:22].hex(), (form, time, scenario, site)
    repeated = earlier(seen, token, showing, now, rule["again_after_s"])
    if repeated:
        return repeated
    answered = data[133:141].hex() if form == "T1c" else None
    if answered:
        stop_if(not step["challenge"] or step["challenge"]["short"] != answered, "challenge_wrong")
        stop_if(now - step["challenge"]["time"] > 60, "challenge_expired")
        stop_if(answered in seen, "challenge_wrong")
    old = step["urgent_at"] is None or now - step["urgent_at"] > rule["stale_status_s"]
    stop_if(old and not rule["accept_stale"], "status_stale")
    stop_if(token[:12] in vector["urgent"], "withdrawn")
    message = b"yima.t1.issuer.v1\0\x11" + data[1:59]  # part 4
    stop_if(not holds(kid["suite"], kid["key"], message, data[59:123]), "bad_issuer_signature")
    domain = b"yima.t1c.holder.v1\0" if answered else b"yima.t1.holder.v1\0"
    stop_if(not holds(data[1] & 15, data[26:59], domain + data[:-64], data[-64:]), "bad_holder_signature")
    answer = verdict(form, flags=flags, late=late, stale=old or stale)
    found = {"showing": showing, "at": now, "answer": answer, "until": kid["until"] + 48 * HOUR}
    remember(vector, seen, token, now, found)
    if answered:
        remember(vector, seen, answered, now, dict(found, until=now + 120))
    return answer


def paper(vector, step, rule, world, seen, form, data, flags, stale):  # part 8
    now = step["now"]
    stop_if(rule["level"] != "low", "form_not_accepted")
    kid = entry(world, data, "T2", flags)
    stop_if(now < kid["from"], "not_yet_valid")
    stop_if(now >= kid["until"], "expired")
    date = datetime.datetime.fromtimestamp(now, datetime.timezone(datetime.timedelta(hours=8)))
    month, expiry = (date.year - 2020) * 12 + date.month - 1, number(data[11:13])
    stop_if(expiry < month, "card_expired")
    stop_if(expiry > month + 12, "not_yet_valid")
    holder(rule, flags, step)
    card, cap = data[2:11].hex(), rule["t2_day_cap"]
    pause = rule["again_after_s"] if rule["again_after_s"] is not None else None if cap is None else 0
    repeated = earlier(seen, card, form, now, pause)
    if repeated:
        return repeated
    found, day = seen.get(card), (now - EPOCH) // (24 * HOUR)
    times = found["times"] if found and found["day"] == day else 0
    stop_if(cap is not None and times >= cap, "cap_reached")
    status = vector["lists"].get(str(number(data[6:8])))
    stop_if(status and number(data[8:11]) in status["revoked"], "card_revoked")
    stop_if(not status or now - status["made_at"] > rule["stale_status_s"], "status_stale")
    stop_if(not holds(kid["suite"], kid["key"], b"yima.t2.issuer.v1\0" + data[:15], data[15:]), "bad_issuer_signature")
    answer = verdict(form, flags=flags, stale=stale)
    until = now + max(rule["again_after_s"] or 0, 24 * HOUR)
    remember(vector, seen, card, now, {"showing": form, "at": now, "answer": answer, "until": until, "times": times + 1, "day": day})
    return answer


def verdict(form, reason=None, flags=0, late=False, stale=False, skew_min=0):
    could_not = {"unknown_form", "unknown_suite", "needs_online", "clock_untrusted", "bundle_missing", "bundle_stale",
                 "unknown_kid", "status_stale", "confirmation_waits", "busy"}
    kind = "valid" if reason is None else "could_not_check" if reason in could_not else "refused"
    return {"verdict": kind, "reason": reason, "form": form, "assurance": flags >> 14, "age_band": flags >> 8 & 15,
            "benefit": flags >> 4 & 15, "acting": bool(flags >> 12 & 1), "late": late, "stale": stale,
            "repeated": False, "skew_min": skew_min}


def answer(vector, step, rule, world, seen):  # part 8
    form = None
    try:
        form, data, flags = parse(step["digits"])
        stop_if(form not in rule["forms"], "form_not_accepted")
        stop_if(form == "T0", "needs_online")
        stop_if(step["now"] is None, "clock_untrusted")
        stop_if(step["bundle_at"] is None, "bundle_missing")
        stale = step["now"] - step["bundle_at"] > rule["stale_bundle_s"]
        stop_if(stale and not rule["accept_stale"], "bundle_stale")
        rules = paper if form == "T2" else signed
        return rules(vector, step, rule, world, seen, form, data, flags, stale)
    except Stop as stop:
        return verdict(form, stop.reason, skew_min=stop.skew_min)


def carried(rule, other, told):  # part 8, further meanings
    most = float("inf")

    def pause(one):
        return most if one["again_after_s"] is None else one["again_after_s"]

    number = told["age_band"] if other["flavour"] == "age_band" else told["benefit"]
    return (other["scenario"] in rule["merged"] and other["scenario"] != rule["scenario"]
            and rule["level"] == other["level"] == "low" and other["any_scenario"]
            and (other["any_site"] or not rule["any_site"]) and other["flavour"] in ("age_band", "benefit")
            and other["age_min_s"] <= rule["age_min_s"] and rule["age_max_s"] <= other["age_max_s"]
            and rule["late_s"] <= other["late_s"] and pause(rule) >= pause(other)
            and (rule["attended"] or not other["attended"]) and rule["stale_bundle_s"] <= other["stale_bundle_s"]
            and rule["stale_status_s"] <= other["stale_status_s"]
            and (rule["t2_day_cap"] or most) <= (other["t2_day_cap"] or most)
            and told["verdict"] == "valid" and number > 0
            and (other["accepted"] == 0 or other["accepted"] >> number & 1 == 1) and told["form"] in other["forms"]
            and told["assurance"] >= other["assurance_min"] and (not told["stale"] or other["accept_stale"]))


def main():
    world = json.loads((HERE / "world.json").read_text())
    world["kids"] = {kid["kid"]: dict(kid, key=bytes.fromhex(kid["public_key"])) for kid in world["kids"]}
    rules = {rule["name"]: rule for rule in world["rules"]}
    wrong = total = 0
    for name in ("accept", "reject"):
        for vector in json.loads((HERE / f"{name}.json").read_text())["vectors"]:
            seen, total = {}, total + 1
            got = [answer(vector, step, rules[vector["scenario"]], world, seen) for step in vector["steps"]]
            expected = [step["expect"] for step in vector["steps"]]
            if got != expected:
                wrong += 1
                print(f"{name} {vector['name']}: got {got[-1]}, expected {expected[-1]}", file=sys.stderr)
    for vector in json.loads((HERE / "merge.json").read_text())["vectors"]:
        total += 1
        if carried(vector["rule"], vector["other"], vector["verdict"]) != vector["carried"]:
            wrong += 1
            print(f"merge {vector['name']}: expected {vector['carried']}", file=sys.stderr)
    print(f"{total - wrong} of {total} vectors agree")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()

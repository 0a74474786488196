//! Texts and bytes that are no code of this version.
//! Each differs from a good code in the one thing that its name says.

use super::{malformed, refused, today};
use crate::accept::challenge;
use crate::vectors::{Expect, Vector};
use crate::world::{ACTING, Draft, NOON, PLAIN, SITE, World, band, benefit};
use yima_code::{T0, digits};
use yima_keys::{Suite, sha256};

/// The digits of the number plus 256^n, with schoolbook sums on decimal digits: every count of digits has room for it.
pub fn alias(code: &str, bytes: usize) -> String {
    let mut power = vec![0_u8; code.len() - 1];
    power[code.len() - 2] = 1;
    for _ in 0..8 * bytes {
        power = sum(&power, &power);
    }
    let digits: Vec<u8> = code.bytes().skip(1).map(|digit| digit - b'0').collect();
    let total = sum(&digits, &power);
    code[..1].chars().chain(total.into_iter().map(|digit| char::from(b'0' + digit))).collect()
}

pub fn sum(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut carry = 0;
    let mut out: Vec<u8> = a
        .iter()
        .zip(b)
        .rev()
        .map(|(a, b)| {
            let digit = a + b + carry;
            carry = digit / 10;
            digit % 10
        })
        .collect();
    assert_eq!(carry, 0, "there is room");
    out.reverse();
    out
}

pub fn spelling(world: &World) -> Vec<Vector> {
    let code = today(world).signed().digits();
    let tail = &code[1..];
    let spoiled = |at: usize, with: &str| format!("{}{with}{}", &code[..at], &code[at + 1..]);
    let wide: String = code.chars().map(|digit| char::from_u32(0xfee0 + digit as u32).unwrap()).collect();
    let arabic: String = code.chars().map(|digit| char::from_u32(0x630 + digit as u32).unwrap()).collect();
    let paper = world.t2("es256-paper").signed();
    let answer = today(world).place(16, SITE).answering(challenge().short()).signed();
    let table: Vec<(&str, &str, String)> = vec![
        ("digits-none", "no text", String::new()),
        ("digits-form-only", "a form digit alone", "1".into()),
        ("digits-one-short", "one digit less than the form has", code[..475].into()),
        ("digits-one-long", "one digit more than the form has", format!("{code}0")),
        ("digits-padded", "a zero more in front of the number", format!("10{tail}")),
        ("digits-newline", "a newline behind; nothing is trimmed", format!("{code}\n")),
        ("digits-space-before", "a space before; nothing is trimmed", format!(" {code}")),
        ("digits-space-for-digit", "a space where a digit belongs", spoiled(1, " ")),
        ("digits-plus", "a plus sign where a digit belongs", spoiled(1, "+")),
        ("digits-minus", "a minus sign where a digit belongs", spoiled(1, "-")),
        ("digits-underscore", "an underscore where a digit belongs", spoiled(200, "_")),
        ("digits-hex-mark", "an x where a digit belongs", spoiled(2, "x")),
        ("digits-letter", "a letter where a digit belongs", spoiled(475, "a")),
        ("digits-point", "a point where a digit belongs", spoiled(300, ".")),
        ("digits-exponent", "an e where a digit belongs", spoiled(474, "e")),
        ("digits-nul", "a zero character where a digit belongs", spoiled(9, "\0")),
        ("digits-after-nul", "a zero character behind", format!("{code}\0")),
        ("digits-byte-order-mark", "a byte order mark before", format!("\u{feff}{code}")),
        ("digits-full-width", "full-width digits", wide.clone()),
        (
            "digits-one-full-width",
            "one full-width digit in as many bytes",
            format!("{}{}", &code[..473], wide.chars().last().unwrap()),
        ),
        ("digits-arabic", "Arabic-Indic digits", arabic),
        ("digits-grouped", "a comma between groups", format!("{},{}", &code[..3], &code[3..])),
        ("digits-alias-t1", "the number plus 256^197", alias(&code, 197)),
        ("digits-alias-t1c", "the number plus 256^205", alias(&answer.digits(), 205)),
        ("digits-alias-t0", "the number plus 256^25", alias(&tiny().1, 25)),
        ("digits-alias-t2", "the number plus 256^79", alias(&paper.digits(), 79)),
        ("digits-all-nines", "the largest number of so many digits", format!("1{}", "9".repeat(475))),
        ("digits-bar-code", "an EAN-13 from a shelf", "6901234567892".into()),
        ("digits-challenge", "a checker's own challenge", challenge().to_digits()),
        (
            "digits-url",
            "an address, as other codes carry",
            "https://example.cn/code/1234567890123456789012345678901234567890".into(),
        ),
    ];
    table.into_iter().map(|(name, about, text)| Vector::once(name, about, "bus", text, malformed())).collect()
}

/// A T0's bytes and digits.
pub fn tiny() -> (Vec<u8>, String) {
    let id = sha256(&[b"tiny"])[..16].try_into().unwrap();
    let code = T0::make(Suite::Es256, &[7; 16], id, 6_480, 1, SITE);
    (code.to_bytes(), code.to_digits())
}

pub fn shapes(world: &World) -> Vec<Vector> {
    let once = |name: &str, about: &str, draft: Draft<'_>| {
        Vector::once(name, about, "bus", draft.signed().digits(), malformed())
    };
    let t1 = || today(world);
    let t2 = || world.t2("es256-paper");
    let byte_0 = |value: u8| t1().signed().with(0, &[value]).digits();
    let raw = |name: &str, about: &str, text: String| Vector::once(name, about, "bus", text, malformed());
    let mut vectors = vec![
        raw("byte-0-of-t1c", "form digit 1, byte 0 of a T1c", byte_0(0x12)),
        raw("byte-0-version-2", "another version in byte 0", byte_0(0x21)),
        raw("byte-0-version-0", "no version in byte 0", byte_0(0x01)),
        raw("byte-0-of-t2-wrong", "form digit 4, byte 0 of a T1", t2().signed().with(0, &[0x11]).digits()),
        raw("byte-0-of-t0-wrong", "form digit 3, byte 0 of a T2", {
            let mut bytes = tiny().0;
            bytes[0] = 0x14;
            format!("3{}", digits::encode(&bytes))
        }),
        raw(
            "form-digit-of-t1c",
            "form digit 2 before the number of a T1",
            format!("2{}", &t1().signed().digits()[1..]),
        ),
        raw(
            "form-digit-of-t1",
            "form digit 1 before the number of a T1c",
            format!("1{}", &t1().answering([1; 8]).signed().digits()[1..]),
        ),
        once("suites-no-issuer", "issuer suite 0", t1().with(1, &[0x01])),
        once("suites-no-holder", "holder suite 0 in a T1", t1().with(1, &[0x10])),
        once("suites-paper-holder", "a holder's suite in a T2", t2().with(1, &[0x11])),
        once("suites-paper-no-issuer", "issuer suite 0 in a T2", t2().with(1, &[0x00])),
        once("flags-acting-and-age", "two flavours: acting and an age band", t1().flags(PLAIN | ACTING | band(3))),
        once("flags-acting-and-benefit", "two flavours: acting and a benefit", t1().flags(PLAIN | ACTING | benefit(1))),
        once(
            "flags-age-and-benefit",
            "two flavours: an age band and a benefit",
            t1().flags(PLAIN | band(6) | benefit(1)),
        ),
        once("flags-three", "three flavours", t1().flags(PLAIN | ACTING | band(6) | benefit(1))),
        once("flags-paper-two", "two flavours in a T2", t2().flags(PLAIN | band(6) | benefit(1))),
        once("flags-paper-reserved", "a reserved flag in a T2", t2().flags(PLAIN | 1)),
        once("holder-key-uncompressed", "a holder's key that begins with 04", t1().with(26, &[4])),
        once("holder-key-hybrid", "a holder's key that begins with 06", t1().with(26, &[6])),
        once("holder-key-no-prefix", "an ES256 holder's key that begins with 00", t1().with(26, &[0])),
        once(
            "holder-key-ed25519-prefix",
            "an Ed25519 holder's key that begins with 02",
            world.t1("es256-today", Suite::Ed25519).with(26, &[2]),
        ),
        once("time-not-rounded", "a time that is no multiple of 5 s", t1().time(NOON - 1)),
    ];
    for bit in 0..4 {
        let name = format!("flags-reserved-{bit}");
        vectors.push(once(&name, "a reserved flag is set", t1().flags(PLAIN | 1 << bit)));
    }
    for (name, byte_1) in [("issuer-4", 0x41), ("issuer-15", 0xf1), ("holder-4", 0x14), ("holder-15", 0x1f)] {
        let code = t1().with(1, &[byte_1]).signed().digits();
        let name = format!("suites-unknown-{name}");
        vectors.push(Vector::once(&name, "a suite of the future", "bus", code, Expect::could_not("unknown_suite", "")));
    }
    let code = t2().with(1, &[0x90]).signed().digits();
    vectors.push(Vector::once(
        "suites-unknown-paper",
        "a suite of the future in a T2",
        "bus",
        code,
        Expect::could_not("unknown_suite", ""),
    ));
    vectors
}

pub fn forms(world: &World) -> Vec<Vector> {
    let tail = today(world).signed().digits()[1..].to_owned();
    let unknown = || Expect::could_not("unknown_form", "");
    let paper = world.t2("es256-paper").signed().digits();
    let t2 = |reason| Expect::refused(reason, "T2");
    let tiny = tiny().1;
    vec![
        Vector::once("form-0", "no form has digit 0", "bus", format!("0{tail}"), unknown()),
        Vector::once("form-6", "a form of the future", "bus", format!("6{tail}"), unknown()),
        Vector::once("form-9", "a form of the future, of another length", "bus", "9".repeat(40), unknown()),
        Vector::once("form-9-too-short", "too short for any form of the future", "bus", "9".repeat(39), malformed()),
        Vector::once("form-9-too-long", "too long for any form of the future", "bus", "9".repeat(1_001), malformed()),
        Vector::once(
            "form-t1-not-accepted",
            "the manifest takes paper only",
            "paper-only",
            today(world).place(14, SITE).signed().digits(),
            refused("form_not_accepted"),
        ),
        Vector::once(
            "form-t2-not-accepted",
            "the manifest takes phones only",
            "phone-only",
            paper.clone(),
            t2("form_not_accepted"),
        ),
        Vector::once(
            "form-t2-at-medium",
            "paper serves low scenarios only",
            "hospital",
            paper,
            t2("form_not_accepted"),
        ),
        Vector::once(
            "form-t0-not-accepted",
            "the manifest takes no T0",
            "phone-only",
            tiny.clone(),
            Expect::refused("form_not_accepted", "T0"),
        ),
        Vector::once("form-t0-offline", "a T0 needs the server", "bus", tiny, Expect::could_not("needs_online", "T0")),
    ]
}

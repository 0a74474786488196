//! `yima code inspect`: what stands at each place of a code, in both languages.
//! It reads shape alone and checks no signature, and says so.

use crate::failure::{Done, Failure};
use crate::machine::clock;
use crate::say;
use serde::Serialize;
use std::process::ExitCode;
use yima_code::token::IssuerFields;
use yima_code::{Challenge, Flags, Flavour, Presented, T0, T1, T2};
use yima_keys::Suite;

/// One field: where it stands, what it is called, what it holds, what that means.
#[derive(Serialize)]
pub struct Field {
    at: usize,
    bytes: usize,
    zh: &'static str,
    en: &'static str,
    value: String,
    meaning_zh: String,
    meaning_en: String,
}

#[derive(Serialize)]
struct Explained {
    form: &'static str,
    digits: usize,
    bytes: usize,
    fields: Vec<Field>,
}

/// Explains digits of a code or of a challenge.
pub fn run(digits: &str, json: bool) -> Done {
    let explained = explain(digits)?;
    if json {
        say::json(&explained);
        return Ok(ExitCode::SUCCESS);
    }
    say::line(&format!("{} · {} digits · {} bytes", explained.form, explained.digits, explained.bytes));
    for field in &explained.fields {
        let place = if field.bytes == 0 { String::new() } else { format!("{}+{}", field.at, field.bytes) };
        say::line(&format!("{place:>7}  {} {}: {}", field.zh, field.en, field.value));
        if !field.meaning_zh.is_empty() {
            say::line(&format!("         {} · {}", field.meaning_zh, field.meaning_en));
        }
    }
    say::line("         没有验签名：这里只看写了什么 · no signature was checked: this only says what is written");
    Ok(ExitCode::SUCCESS)
}

fn explain(digits: &str) -> Result<Explained, Failure> {
    if let Some(challenge) = Challenge::from_digits(digits) {
        let fields = challenge_fields(&challenge);
        return Ok(Explained { form: "challenge", digits: digits.len(), bytes: Challenge::BYTES, fields });
    }
    let presented = Presented::from_digits(digits)
        .map_err(|why| Failure::refused(format!("{}: {why} · 这不是一个完整的码", why.reason())))?;
    let fields = match &presented {
        Presented::T1(token) | Presented::T1c(token) => t1_fields(token),
        Presented::T0(token) => t0_fields(token),
        Presented::T2(token) => t2_fields(token),
    };
    let form = presented.form();
    Ok(Explained { form: form.as_str(), digits: form.digits(), bytes: form.bytes(), fields })
}

fn field(
    at: usize,
    bytes: usize,
    names: (&'static str, &'static str),
    value: String,
    meaning: (String, String),
) -> Field {
    Field { at, bytes, zh: names.0, en: names.1, value, meaning_zh: meaning.0, meaning_en: meaning.1 }
}

fn said(zh: &str, en: &str) -> (String, String) {
    (zh.to_owned(), en.to_owned())
}

fn form_field(byte: u8, zh: &str, en: &str) -> Field {
    field(0, 1, ("形式", "form"), format!("0x{byte:02x}"), said(zh, en))
}

fn t1_fields(token: &T1) -> Vec<Field> {
    let holder = token.holder_part();
    let mut fields = vec![match holder.challenge {
        Some(_) => form_field(0x12, "应答质询的码，不能转发", "answers a checker's challenge, can't be passed on"),
        None => form_field(0x11, "离线码，由手机签名，一次一个", "offline, signed by the phone, used once"),
    }];
    fields.extend(issuer_fields(token.fields()));
    fields.push(field(
        59,
        64,
        ("签发方签名", "issuer's signature"),
        hex::encode(token.issuer_part().issuer_signature()),
        said("", ""),
    ));
    let time = i64::from(holder.time());
    fields.push(field(
        123,
        4,
        ("时间", "time"),
        holder.time().to_string(),
        (clock::shown(time), "corrected by the phone, rounded down to 5 s".to_owned()),
    ));
    fields.push(field(127, 2, ("场景", "scenario"), holder.scenario.to_string(), any(u32::from(holder.scenario))));
    fields.push(field(129, 4, ("地点", "site"), holder.site.to_string(), any(holder.site)));
    let mut at = 133;
    if let Some(challenge) = holder.challenge {
        fields.push(field(
            at,
            8,
            ("质询", "challenge"),
            hex::encode(challenge),
            said("验码方出的题", "what the checker asked"),
        ));
        at += 8;
    }
    fields.push(field(
        at,
        64,
        ("持码人签名", "holder's signature"),
        hex::encode(token.holder_signature()),
        said("", ""),
    ));
    fields
}

fn issuer_fields(fields: &IssuerFields) -> Vec<Field> {
    let day = fields.day;
    let window = day.window();
    vec![
        field(
            1,
            1,
            ("算法", "suites"),
            format!("0x{:02x}", fields.issuer_suite.number() << 4 | fields.holder_suite.number()),
            {
                let (issuer, holder) = (fields.issuer_suite, fields.holder_suite);
                (format!("签发 {issuer}，持有 {holder}"), format!("issuer {issuer}, holder {holder}"))
            },
        ),
        kid_field(fields.kid),
        field(
            6,
            16,
            ("码号", "token id"),
            hex::encode(fields.id),
            said(
                "只有签发平台能还原，门口看不出是谁",
                "only the issuing platform can resolve it; a gate can't tell who",
            ),
        ),
        field(22, 2, ("日期", "day"), day.0.to_string(), {
            let until = clock::shown(i64::from(window.until));
            (format!("{day}，到 {until}"), format!("{day}, until {until}"))
        }),
        flags_field(24, fields.flags),
        field(
            26,
            33,
            ("持码人公钥", "holder's key"),
            hex::encode(fields.holder_key),
            said("只用这一次", "used for this code alone"),
        ),
    ]
}

fn t0_fields(token: &T0) -> Vec<Field> {
    vec![
        form_field(0x13, "联网码，只有平台能验", "online: only the platform can check it"),
        field(1, 16, ("码号", "id"), hex::encode(token.id()), said("一次一个", "used once")),
        field(17, 2, ("步", "step"), token.step().to_string(), {
            let seconds = u32::from(token.step()) * 5;
            (format!("开窗后第 {seconds} 秒"), format!("{seconds} s after the day's window opened at 03:00"))
        }),
        field(
            19,
            6,
            ("校验", "MAC"),
            "6 bytes".to_owned(),
            said("绑定场景和地点，平台才算得出", "binds scenario and site; only the platform can compute it"),
        ),
    ]
}

fn t2_fields(token: &T2) -> Vec<Field> {
    let fields = token.fields();
    vec![
        form_field(0x14, "纸卡", "paper card"),
        field(
            1,
            1,
            ("算法", "suites"),
            format!("0x{:02x}", fields.issuer_suite.number() << 4),
            suite_words(fields.issuer_suite),
        ),
        kid_field(fields.kid),
        field(6, 2, ("名单", "status list"), fields.list.to_string(), said("", "")),
        field(
            8,
            3,
            ("序号", "index"),
            fields.index.to_string(),
            said("随机给的，挂失就记在这里", "random; a lost card is marked here"),
        ),
        field(
            11,
            2,
            ("到期月", "expiry"),
            fields.expiry.0.to_string(),
            (format!("{} 月底", fields.expiry), format!("to the end of {}", fields.expiry)),
        ),
        flags_field(13, fields.flags),
        field(15, 64, ("签发方签名", "issuer's signature"), hex::encode(token.issuer_signature()), said("", "")),
    ]
}

fn challenge_fields(challenge: &Challenge) -> Vec<Field> {
    vec![
        field(0, 1, ("形式", "form"), "0x15".to_owned(), said("质询，由验码方出示", "a challenge, shown by a checker")),
        field(1, 4, ("地点", "site"), challenge.site.to_string(), any(challenge.site)),
        field(5, 2, ("场景", "scenario"), challenge.scenario.to_string(), any(u32::from(challenge.scenario))),
        field(
            7,
            4,
            ("时间", "time"),
            challenge.time.to_string(),
            (clock::shown(i64::from(challenge.time)), "open for 60 s".to_owned()),
        ),
        field(11, 8, ("随机数", "nonce"), hex::encode(challenge.nonce), said("", "")),
        field(
            19,
            64,
            ("验码方签名", "checker's signature"),
            if challenge.is_signed() { hex::encode(challenge.signature) } else { "none".to_owned() },
            said("", ""),
        ),
        field(0, 0, ("应答要带", "an answer carries"), hex::encode(challenge.short()), said("", "")),
    ]
}

fn kid_field(kid: [u8; 4]) -> Field {
    field(
        2,
        4,
        ("密钥号", "key id"),
        hex::encode(kid),
        said("在验码包里查是谁签发的", "look it up in the verifier bundle"),
    )
}

fn suite_words(suite: Suite) -> (String, String) {
    (format!("签发 {suite}"), format!("issuer {suite}"))
}

fn flags_field(at: usize, flags: Flags) -> Field {
    let level = flags.assurance.level();
    let (zh, en) = match flags.flavour {
        Flavour::Plain => ("不透露别的".to_owned(), "discloses nothing else".to_owned()),
        Flavour::Acting => said("代人出示", "shown for somebody else"),
        Flavour::AgeBand(band) => disclosed("年龄段", "age band", band.number(), band.words()),
        Flavour::Benefit(benefit) => disclosed("优待", "benefit", benefit.number(), benefit.words()),
    };
    let meaning = (format!("实名等级 {level}；{zh}"), format!("assurance {level}; {en}"));
    field(at, 2, ("标志", "flags"), format!("0x{:04x}", flags.bits()), meaning)
}

fn disclosed(zh: &str, en: &str, number: u8, words: Option<(&str, &str)>) -> (String, String) {
    let (zh_words, en_words) = words.unwrap_or(("未定义", "not assigned"));
    (format!("{zh} {number}：{zh_words}"), format!("{en} {number}: {en_words}"))
}

fn any(number: u32) -> (String, String) {
    if number == 0 { said("任意", "any") } else { said("", "") }
}

#[cfg(test)]
mod tests {
    use super::explain;
    use yima_code::{Challenge, Presented, T0};
    use yima_keys::Suite;

    #[test]
    fn places_follow_each_other_to_the_last_byte() {
        let codes = [
            T0::make(Suite::Es256, &[1; 16], [2; 16], 700, 1, 2).to_digits(),
            Challenge::unsigned(3, 1_042, 1_798_000_000, *b"nonce-08").to_digits(),
        ];
        for digits in codes {
            let explained = explain(&digits).expect("explained");
            let mut next = 0;
            for field in explained.fields.iter().filter(|field| field.bytes > 0) {
                assert_eq!(field.at, next, "{} {}", explained.form, field.en);
                next += field.bytes;
            }
            assert_eq!(next, explained.bytes);
        }
        assert!(Presented::from_digits("1").is_err() && explain("1").is_err());
    }
}

//! `yima demo`: a province of invented residents with an hour of life, its links and sign-ins printed.
//! Everything in it is marked 演示数据; nothing of it is anybody's.

use crate::commands::client;
use crate::commands::init::{first_operators, shipped_manifests};
use crate::config::Secret;
use crate::failure::{Done, Failure};
use crate::machine::{chance, clock, files};
use crate::say;
use clap::Args;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use totp_rs::{Algorithm, Builder};
use yima_kernel::subject::{Actor, Role};
use yima_keys::custody::Lock;
use yima_province::{Format, Import, Inbox, KeyPlace, NewOperator, Province, Setup, demo};
use yima_server::Config;

mod life;
mod offices;

/// How many residents.
const RESIDENTS: u32 = 10_000;
/// The seed of their invention.
const SEED: u64 = 20_260_101;
/// In a demonstration of ten thousand, fifty who share something must be enough; in a smaller one, one in two hundred.
const MIN_HOLDERS: u32 = 50;
/// Whom each start gives a code for as well, by a benefit that shows what codes can say: word, benefit.
const PEOPLE: [(&str, u8); 2] = [("elder", 1), ("student", 2)];
/// Enrolment codes that each start gives out.
const CODES: usize = 96;
/// Of these, how many a person reads; the JSON line has all.
const CODES_TOLD: usize = 6;
/// Children under 14 that each start names, for whoever tries guardians.
const CHILDREN: usize = 16;
/// A demonstration's own file is never larger, bytes.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// Bytes of the secret behind a second factor.
const TOTP_STEP_S: u64 = 30;

/// Where.
#[derive(Args)]
pub struct Demo {
    /// Directory of the demonstration; kept and used again
    #[arg(long, visible_alias = "data", env = "YIMA_DIR", default_value = "yima-demo")]
    dir: PathBuf,
    /// Address to listen on; port 0 takes a free one
    #[arg(long, env = "YIMA_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// One JSON line when ready
    #[arg(long)]
    json: bool,
    /// How many residents
    #[arg(long, default_value_t = RESIDENTS)]
    residents: u32,
    /// TLS with a certificate of its own, for a phone on the same network
    #[arg(long)]
    tls_self_signed: bool,
}

/// What a demonstration keeps for its next start.
#[derive(Serialize, Deserialize)]
struct Kept {
    passphrase: String,
    operators: Vec<Operator>,
    gates: Vec<Gate>,
    residents: u32,
    /// The tables it was made with.
    #[serde(default)]
    steps: usize,
    /// `client_id` of the app that a developer may run on this machine.
    #[serde(default)]
    client: String,
}

/// An operator's sign-in. In a real province it is shown once and kept nowhere.
#[derive(Clone, Serialize, Deserialize)]
struct Operator {
    role: String,
    name: String,
    password: String,
    totp_secret: String,
}

/// A gate that visitors may use.
#[derive(Clone, Serialize, Deserialize)]
pub struct Gate {
    name: String,
    id: String,
    key: String,
    site: u32,
    scenario: String,
}

/// Runs `yima demo`.
pub async fn run(demo: &Demo) -> Done {
    let (province, kept) = open_or_make(demo).await?;
    let codes = codes(&province, kept.residents).await?;
    let people = people(&province, kept.residents).await?;
    let children = drawn(&province, demo::children(SEED, kept.residents).collect(), CHILDREN).await?;
    let tls = if demo.tls_self_signed {
        yima_server::Tls::SelfSigned { names: vec![demo.listen.ip().to_string()], folder: demo.dir.join("tls") }
    } else {
        yima_server::Tls::Off
    };
    let config = Config { tls, ..Config::plain(demo.listen) };
    let listening =
        yima_server::bind(config).map_err(|why| Failure::machine(format!("listen on {}", demo.listen), why))?;
    let url = listening.url();
    let fingerprint = hex::encode(province.root_fingerprint());
    let province = Arc::new(province);
    let publishing = tokio::spawn(Arc::clone(&province).keep_publishing());
    let indexing = tokio::spawn(Arc::clone(&province).index_names_meanwhile());
    let telling = tokio::spawn(Arc::clone(&province).keep_telling_apps());
    if demo.json {
        let mut line = ready_line(&url, &kept, &codes, &fingerprint)?;
        let people = people.into_iter().map(|(who, code)| (who.to_owned(), serde_json::Value::String(code)));
        line["enrolment_codes_of"] = serde_json::Value::Object(people.collect());
        line["children"] = children.into();
        line["min_holders"] = min_holders(kept.residents).into();
        say::json(&line);
    } else {
        tell(&url, &kept, &codes, &fingerprint)?;
        tell_of_people(&people, kept.residents);
    }
    let ended = listening.serve(province).await;
    publishing.abort();
    indexing.abort();
    telling.abort();
    ended.map_err(|why| Failure::machine("serve", why))?;
    Ok(ExitCode::SUCCESS)
}

/// Stands beside a demonstration while it is made.
const HALF_MADE: &str = "demo.half-made";

async fn open_or_make(demo: &Demo) -> Result<(Province, Kept), Failure> {
    let path = demo.dir.join("demo.json");
    if let Some(bytes) = files::read(&path, FILE_BYTES_MAX)? {
        let kept: Kept = serde_json::from_slice(&bytes).map_err(|why| {
            Failure::bad_input(format!("{} is no demonstration of this version: {why}", path.display()))
        })?;
        if kept.steps != yima_province::steps() {
            say::remark("演示是另一版程序做的，重新制作 · made by another version of the program: it is made anew");
            files::replace(&demo.dir.join(HALF_MADE), b"the demonstration is being made anew\n")?;
            clear(&demo.dir)?;
            return make(demo, &path).await;
        }
        let opened = Province::open(setup(&demo.dir, &kept.passphrase)).await;
        let province = opened.map_err(|why| Failure::could_not(why.to_string()))?;
        let published = province.publish_change(&Actor::System).await;
        published.map_err(|why| Failure::could_not(format!("no bundle of today: {why}")))?;
        return Ok((province.with_min_holders(min_holders(kept.residents)), kept));
    }
    if yima_province::has_keys(&demo.dir) {
        clear_half_made(&demo.dir)?;
    }
    make(demo, &path).await
}

/// A demonstration whose making was cut off has no `demo.json`: its pieces go, and nothing else.
fn clear_half_made(dir: &Path) -> Result<(), Failure> {
    if !dir.join(HALF_MADE).exists() {
        return Err(Failure::bad_input(format!("{} holds a real province: choose another directory", dir.display())));
    }
    clear(dir)
}

fn clear(dir: &Path) -> Result<(), Failure> {
    for name in ["demo.json", "keys.yima", "yima.db", "yima.db-wal", "yima.db-shm"] {
        match std::fs::remove_file(dir.join(name)) {
            Err(why) if why.kind() != std::io::ErrorKind::NotFound => {
                return Err(Failure::machine(format!("clear {}", dir.display()), why));
            }
            _ => {}
        }
    }
    Ok(())
}

async fn make(demo: &Demo, path: &Path) -> Result<(Province, Kept), Failure> {
    files::folder(&demo.dir)?;
    let mark = demo.dir.join(HALF_MADE);
    files::replace(&mark, b"the demonstration is being made\n")?;
    let passphrase = hex::encode(chance::octets::<16>());
    // The other commands open it as they open any province.
    files::replace(&demo.dir.join("passphrase"), passphrase.as_bytes())?;
    let settings = format!(
        "# 演示只有 {} 人，人数下限特意调低 · set low knowingly: the demonstration has {} residents in all\nmin_holders = {}\n",
        demo.residents,
        demo.residents,
        min_holders(demo.residents)
    );
    files::replace(&demo.dir.join("yima.toml"), settings.as_bytes())?;
    let made = Province::init(setup(&demo.dir, &passphrase), &shipped_manifests()).await;
    let province = made.map_err(|why| Failure::could_not(why.to_string()))?;
    let province = province.with_min_holders(min_holders(demo.residents));
    let operators = first_operators(&province).await?;
    populate(&province, demo.residents).await?;
    know_own_files(&province, &operators, demo.residents).await?;
    offices::open(&province).await?;
    let gates = life::live(&province).await?;
    let client = client::of_demo(&province).await;
    let client = client.map_err(|why| Failure::could_not(format!("no app for developers: {why}")))?;
    let operators = operators
        .into_iter()
        .map(|one| Operator {
            role: one.role.as_str().to_owned(),
            name: one.name,
            password: one.password,
            totp_secret: one.totp_secret,
        })
        .collect();
    let kept = Kept { passphrase, operators, gates, residents: demo.residents, steps: yima_province::steps(), client };
    let text =
        serde_json::to_vec_pretty(&kept).map_err(|why| Failure::machine("write the demonstration's file", why))?;
    files::replace(path, &text)?;
    let _ = std::fs::remove_file(mark);
    Ok((province, kept))
}

fn setup(dir: &Path, passphrase: &str) -> Setup {
    Setup {
        dir: dir.to_owned(),
        database: std::env::var("YIMA_DATABASE_URL").ok(),
        keys: KeyPlace::File(Lock::passphrase(passphrase)),
        clock: Arc::new(yima_province::clock::SystemClock),
        seed: None,
        messenger: Arc::new(Inbox::default()),
        demo: true,
    }
}

/// The invented register goes through the same import as a real one.
async fn populate(province: &Province, count: u32) -> Result<(), Failure> {
    let register = demo::register(SEED, count).into_bytes();
    let import = Import {
        file_hash: yima_keys::sha256(&[&register]),
        source: String::new(),
        signature: None,
        reader: Box::new(std::io::Cursor::new(register)),
        format: Format::Csv,
        rejects: Box::new(std::io::sink()),
        proofing: 2,
    };
    let done = province.import_residents(&Actor::System, import, |_| {}).await;
    let total = done.map_err(|why| Failure::could_not(format!("the invented residents were not taken: {why}")))?.total;
    if total.rejected > 0 {
        return Err(Failure::could_not(format!("{} invented residents were refused", total.rejected)));
    }
    Ok(())
}

/// Whoever searches the audit for a person has a file of their own that is known (decision 0022). These two adults get no
/// enrolment code: nobody acts on their own file by chance.
fn own_files(residents: u32) -> Vec<String> {
    let adults: Vec<String> = demo::adults(SEED, residents).collect();
    if adults.len() < 2 * CODES { Vec::new() } else { adults.into_iter().rev().take(2).collect() }
}

async fn know_own_files(province: &Province, operators: &[NewOperator], residents: u32) -> Result<(), Failure> {
    let searching = operators.iter().filter(|one| one.role != Role::System);
    for (operator, number) in searching.zip(own_files(residents)) {
        let known = province.know_operator(&Actor::System, &operator.name, &number).await;
        known.map_err(|why| Failure::could_not(format!("the file of {} was not noted: {why}", operator.name)))?;
    }
    Ok(())
}

/// Fresh enrolment codes, each for another adult.
async fn codes(province: &Province, residents: u32) -> Result<Vec<String>, Failure> {
    let own = own_files(residents);
    let adults = demo::adults(SEED, residents).filter(|number| !own.contains(number)).collect();
    let mut codes = Vec::new();
    for id in drawn(province, adults, CODES).await? {
        let issued = province.issue_enrolment_code(&Actor::System, &id).await;
        codes.push(issued.map_err(|why| Failure::could_not(format!("no enrolment codes: {why}")))?.0);
    }
    Ok(codes)
}

/// So many of these ID numbers' residents, drawn from all of them so that starts don't meet the same ones.
async fn drawn(province: &Province, mut left: Vec<String>, count: usize) -> Result<Vec<String>, Failure> {
    let mut found = Vec::new();
    while found.len() < count && !left.is_empty() {
        let number = left.swap_remove(chance::below(u32::try_from(left.len()).unwrap_or(u32::MAX)) as usize);
        let page = province.find_residents(&Actor::System, Some(&number), None, None).await;
        let page = page.map_err(|why| Failure::could_not(format!("a resident was not found: {why}")))?;
        found.extend(page.items.into_iter().next().filter(|row| row.state == "active").map(|row| row.id));
    }
    Ok(found)
}

fn min_holders(residents: u32) -> u32 {
    (residents / 200).clamp(1, MIN_HOLDERS)
}

/// A code for an elder and one for a student, where the invented register has one.
async fn people(province: &Province, residents: u32) -> Result<Vec<(&'static str, String)>, Failure> {
    let failed = |why: yima_province::DeedError| Failure::could_not(format!("no enrolment code: {why}"));
    let mut codes = Vec::new();
    for (who, benefit) in PEOPLE {
        let Some(number) = demo::holder_of(SEED, residents, benefit, chance::below(1 << 30)) else { continue };
        let page = province.find_residents(&Actor::System, Some(&number), None, None).await.map_err(failed)?;
        if let Some(row) = page.items.first().filter(|row| row.state == "active") {
            codes.push((who, province.issue_enrolment_code(&Actor::System, &row.id).await.map_err(failed)?.0));
        }
    }
    Ok(codes)
}

fn tell_of_people(people: &[(&str, String)], residents: u32) {
    for (who, code) in people {
        let (zh, word) = if *who == "elder" { ("老人", "an elder") } else { ("学生", "a student") };
        say::line(&format!("  {zh}的领码码 code of {word}: {code}"));
    }
    let min = min_holders(residents);
    say::line(&format!(
        "  人数下限 min_holders {min}：演示只有 {residents} 人，特意调低 · set low knowingly, for {residents} residents in all"
    ));
    say::line("\n  按 Ctrl-C 结束 · Ctrl-C ends it");
}

fn ready_line(url: &str, kept: &Kept, codes: &[String], fingerprint: &str) -> Result<serde_json::Value, Failure> {
    let mut sign_ins = serde_json::Map::new();
    for one in &kept.operators {
        let sign_in = serde_json::json!({
            "name": one.name, "password": one.password, "totp_secret": one.totp_secret, "totp_now": totp_now(&one.totp_secret)?,
        });
        sign_ins.insert(one.role.clone(), sign_in);
    }
    let gates: Vec<_> = kept
        .gates
        .iter()
        .map(|gate| {
            serde_json::json!({
                "name": gate.name, "id": gate.id, "key": gate.key, "site": gate.site, "scenario": gate.scenario,
                "link": format!("{url}/check#gate={}", gate.key),
            })
        })
        .collect();
    Ok(serde_json::json!({
        "url": url, "enrolment_codes": codes, "sign_ins": sign_ins, "gates": gates, "root_fingerprint": fingerprint, "demo": true,
        "client_id": kept.client,
    }))
}

fn tell(url: &str, kept: &Kept, codes: &[String], fingerprint: &str) -> Result<(), Failure> {
    say::line("一码 Yima · 演示数据，没有一个真人 · invented data, nobody real\n");
    let first = codes.first().map_or("", String::as_str);
    say::line(&format!("  居民 resident    {url}/#enrol={first}"));
    for gate in &kept.gates {
        say::line(&format!("  验码 checker     {url}/check#gate={}  {}（{}）", gate.key, gate.name, gate.scenario));
    }
    say::line(&format!("  管理 console     {url}/console"));
    say::line(&format!("  接口 API         {url}/api/docs"));
    say::line(&format!("  应用 app         client_id {}  http://localhost:*/callback\n", kept.client));
    say::line("  管理员 operators（三权分立）");
    for one in &kept.operators {
        let now = totp_now(&one.totp_secret)?;
        say::line(&format!(
            "    {:<9} {:<9} 密码 password {}  验证码 code now {now}  TOTP {}",
            one.role, one.name, one.password, one.totp_secret
        ));
    }
    let more = codes.iter().skip(1).take(CODES_TOLD).map(String::as_str).collect::<Vec<_>>().join("  ");
    say::line(&format!("\n  更多领码码 more enrolment codes  {more}"));
    say::line(&format!("  根指纹 root             {fingerprint}"));
    Ok(())
}

/// The six digits of this moment (RFC 6238).
fn totp_now(secret_base32: &str) -> Result<String, Failure> {
    let failed = |why: String| Failure::bad_input(format!("the second factor's secret can't be used: {why}"));
    let secret =
        Secret::either(Some(secret_base32.to_owned()), None)?.ok_or_else(|| failed("it is empty".to_owned()))?;
    let octets = base32(secret.expose()).ok_or_else(|| failed("it is not base 32".to_owned()))?;
    let totp = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_step_duration(TOTP_STEP_S)
        .with_secret(octets)
        .build()
        .map_err(|why| failed(why.to_string()))?;
    let now = u64::try_from(clock::now_s()).unwrap_or(0);
    Ok(totp.generate(now).to_string())
}

/// RFC 4648 base 32, without padding.
fn base32(text: &str) -> Option<Vec<u8>> {
    let (mut held, mut bits, mut octets) = (0_u32, 0, Vec::new());
    for character in text.trim_end_matches('=').chars() {
        let value = match character {
            'A'..='Z' => character as u32 - 'A' as u32,
            '2'..='7' => character as u32 - '2' as u32 + 26,
            _ => return None,
        };
        held = (held << 5 | value) & 0xfff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            octets.push((held >> bits & 0xff) as u8);
        }
    }
    Some(octets)
}

#[cfg(test)]
mod tests {
    use super::base32;

    #[test]
    fn base_32_of_rfc_4648() {
        let table = [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI======"),
        ];
        for (plain, coded) in table {
            assert_eq!(base32(coded).as_deref(), Some(plain.as_bytes()), "{coded}");
        }
        assert_eq!(base32("mz"), None);
    }
}

//! `yima device`: a resident's device that lives in a file, so that the whole way runs without a browser.
//! The device's key never leaves its file.

mod confirm;

use crate::api::{Api, Caller};
use crate::failure::{Done, Failure};
use crate::machine::{clock, files};
use crate::pocket::{self, Answer, Pocket, PocketFile, Proof, Shown, Wanted};
use crate::say;
use clap::{Args, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use yima_code::Bilingual;
use yima_code::day::Day;
use yima_code::token::Form;
use yima_keys::Suite;
use yima_print::{Symbol, SymbolKind};
use yima_wire::device::{EndDevice, OtpAnswer, OtpRequest};
use yima_wire::record::Record;
use yima_wire::token::{ShortNumber, ShortNumberRequest};

/// Pixels of a module in a picture.
const MODULE_PX: u32 = 8;

/// 一部放在文件里的手机 · A device that lives in a file
#[derive(Subcommand)]
pub enum Device {
    /// 申请一次性口令 · Ask for a one-time password
    Otp(Otp),
    /// 领码：凭柜台给的码，或一次性口令 · Enrol, by a code from a counter or a one-time password
    Enrol(Enrol),
    /// 取一天的码 · Draw a day's tokens
    Draw(Draw),
    /// 亮码：不用网络 · Show a code, without a network
    Show(Show),
    /// 取一个能念出来的短码 · Take a number that can be spoken
    Short(Short),
    /// 核验点在问：是不是你 · A checker asks whether that is you
    Confirm(confirm::Confirm),
    /// 谁看过我的码 · Who saw my code
    Record(RecordArgs),
    /// 停用这部手机 · End this device
    End(End),
}

/// By name and number.
#[derive(Args)]
pub struct Otp {
    /// Address of the platform
    #[arg(long, env = "YIMA_SERVER")]
    server: String,
    /// Full name
    #[arg(long)]
    name: String,
    /// A file that holds the ID number, so that it stands in no shell history
    #[arg(long)]
    id_number_file: PathBuf,
}

/// A new device.
#[derive(Args)]
pub struct Enrol {
    /// Address of the platform
    #[arg(long, env = "YIMA_SERVER")]
    server: String,
    /// The code from a counter
    #[arg(long, required_unless_present = "challenge")]
    code: Option<String>,
    /// What `yima device otp` printed
    #[arg(long, requires = "otp", conflicts_with = "code")]
    challenge: Option<String>,
    /// The one-time password
    #[arg(long)]
    otp: Option<String>,
    /// es256 or sm2-sm3
    #[arg(long, default_value = "es256")]
    suite: String,
    /// What the resident calls it
    #[arg(long, default_value = "命令行 · command line")]
    label: String,
    /// Where the device is kept; never overwritten
    #[arg(long)]
    out: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which device.
#[derive(Args)]
struct Which {
    /// The device's file
    #[arg(long)]
    device: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// How much.
#[derive(Args)]
pub struct Draw {
    #[command(flatten)]
    which: Which,
    /// For tomorrow
    #[arg(long)]
    tomorrow: bool,
    /// Plain tokens
    #[arg(long, default_value_t = Wanted::default().plain)]
    plain: usize,
    /// Tokens of each flavour that the resident may draw
    #[arg(long, default_value_t = Wanted::default().of_each_flavour)]
    flavour: usize,
    /// Online ids
    #[arg(long, default_value_t = Wanted::default().t0)]
    t0: u16,
}

/// For whom.
#[derive(Args)]
pub struct Show {
    #[command(flatten)]
    which: Which,
    /// Scenario: its name or number, or `any`
    #[arg(long)]
    scenario: String,
    /// Site number, as the place's code says; 0 for any
    #[arg(long, default_value_t = 0)]
    site: u32,
    /// T1, T1c or T0 [default: the first that the scenario takes]
    #[arg(long)]
    form: Option<String>,
    /// The challenge that the checker shows: its digits or base64url; makes a T1c
    #[arg(long)]
    challenge: Option<String>,
    /// plain, age_band, benefit or acting [default: what the scenario needs or, where it carries another, what both need]
    #[arg(long)]
    flavour: Option<String>,
    /// Corrected time to sign: Unix seconds or RFC 3339 [default: now]
    #[arg(long)]
    at: Option<String>,
    /// Write the QR code here
    #[arg(long)]
    png: Option<PathBuf>,
    /// Show a code for somebody else, under this mandate (edg_…)
    #[arg(long = "for", value_name = "MANDATE", conflicts_with = "flavour")]
    mandate: Option<String>,
    /// Use no network, also when no token is left
    #[arg(long)]
    offline: bool,
}

/// For which desk.
#[derive(Args)]
pub struct Short {
    #[command(flatten)]
    which: Which,
    /// Scenario
    #[arg(long)]
    scenario: String,
    /// Site number of the desk: the number is shorter then
    #[arg(long)]
    desk: Option<u32>,
}

/// Which part of the record.
#[derive(Args)]
pub struct RecordArgs {
    #[command(flatten)]
    which: Which,
    /// Older than this entry
    #[arg(long)]
    before: Option<String>,
}

/// Why.
#[derive(Args)]
pub struct End {
    #[command(flatten)]
    which: Which,
    /// lost, stolen, replaced or unused
    #[arg(long, default_value = "unused")]
    reason: String,
}

/// Runs `yima device …`.
pub async fn run(device: Device) -> Done {
    match device {
        Device::Otp(otp) => run_otp(&otp).await,
        Device::Enrol(enrol) => run_enrol(enrol).await,
        Device::Draw(draw) => run_draw(&draw).await,
        Device::Show(show) => run_show(&show).await,
        Device::Short(short) => run_short(&short).await,
        Device::Confirm(confirm) => confirm::run(&confirm).await,
        Device::Record(record) => run_record(&record).await,
        Device::End(end) => run_end(&end).await,
    }
}

async fn run_otp(otp: &Otp) -> Done {
    let number = crate::config::Secret::either(None, Some(&otp.id_number_file))?
        .ok_or_else(|| Failure::bad_input("the file holds no ID number"))?;
    let request = OtpRequest { name: otp.name.clone(), id_number: number.expose().trim().to_owned() };
    let api = Api::new(&otp.server)?;
    let answer: OtpAnswer = api.post("/api/v1/enrolments/otp", &request, &Caller::Stranger).await?;
    say::json(&answer);
    Ok(ExitCode::SUCCESS)
}

async fn run_enrol(enrol: Enrol) -> Done {
    let suite = match enrol.suite.to_ascii_lowercase().as_str() {
        "es256" => Suite::Es256,
        "sm2" | "sm2-sm3" => Suite::Sm2Sm3,
        other => return Err(Failure::bad_input(format!("--suite `{other}`: give es256 or sm2-sm3"))),
    };
    let proof = match (enrol.code, enrol.challenge, enrol.otp) {
        (Some(code), ..) => Proof::Code(code),
        (None, Some(challenge_id), Some(otp)) => Proof::Otp { challenge_id, otp },
        _ => return Err(Failure::bad_input("give --code, or --challenge and --otp")),
    };
    let mut pocket = pocket::enrol(&enrol.server, proof, suite, &enrol.label, &enrol.out).await?;
    let file = PocketFile::opened(&enrol.out);
    let now_s = pocket.now_s();
    // The device is enrolled whether or not the first draw succeeds; showing draws again.
    if let Err(why) = pocket::ensure(&mut pocket, &file, now_s).await {
        say::remark(&format!("enrolled, but no tokens yet: {why}"));
    }
    let left = left(&mut pocket, now_s);
    if enrol.json {
        say::json(&serde_json::json!({
            "device_id": pocket.device_id, "slot": pocket.slot, "name_masked": pocket.name_masked,
            "region": pocket.region, "root_fingerprint": pocket.root_fingerprint, "tokens": left.0, "t0": left.1,
        }));
    } else {
        say::line(&format!("{} {}", pocket.device_id, pocket.name_masked));
        say::line(&format!("备好的码 tokens {}，联网码 online ids {}", left.0, left.1));
        say::line(&format!("根指纹 root {}", pocket.root_fingerprint));
    }
    Ok(ExitCode::SUCCESS)
}

async fn run_draw(draw: &Draw) -> Done {
    let (mut pocket, file) = Pocket::open(&draw.which.device)?;
    let today = Day::shown_at(clock::as_u32(pocket.now_s()));
    let day = if draw.tomorrow { today.next() } else { today };
    let wanted = Wanted { plain: draw.plain, of_each_flavour: draw.flavour, t0: draw.t0 };
    pocket::draw(&mut pocket, &file, day, wanted).await?;
    let (t1, t0) = left(&mut pocket, i64::from(day.window().from));
    if draw.which.json {
        say::json(&serde_json::json!({"day": day.0, "tokens": t1, "t0": t0}));
    } else {
        say::line(&format!("{day}：备好的码 tokens {t1}，联网码 online ids {t0}"));
    }
    Ok(ExitCode::SUCCESS)
}

async fn run_show(show: &Show) -> Done {
    let (mut pocket, file) = Pocket::open(&show.which.device)?;
    let at = show.at.as_deref().map_or_else(|| Ok(pocket.now_s()), clock::parse)?;
    let mandate = show.mandate.as_deref();
    if !show.offline
        && let Err(why) = supplied(&mut pocket, &file, mandate, at).await
        && pocket.batch_for(mandate, at).is_none()
    {
        return Err(why);
    }
    let answer = answer(show, &pocket, at)?;
    let voucher = match &answer.challenge {
        Some(challenge) => Some(pocket::voucher(&pocket, &show.which.device, challenge, show.offline).await?),
        None => None,
    };
    let shown = pocket::show(&mut pocket, &file, &answer)?;
    let kind = match answer.form {
        Form::T0 => SymbolKind::T0,
        Form::T1c => SymbolKind::T1c,
        _ => SymbolKind::T1,
    };
    let symbol = Symbol::new(kind, &shown.digits)
        .map_err(|why| Failure::could_not(format!("the code can't be drawn: {why}")))?;
    if let Some(path) = &show.png {
        let png = symbol.png(MODULE_PX).map_err(|why| Failure::could_not(format!("the code can't be drawn: {why}")))?;
        files::replace(path, &png)?;
    }
    if show.which.json {
        say::json(&with_voucher(&shown, voucher.as_ref())?);
    } else {
        match &voucher {
            Some(Some(place)) => say::remark(&format!("签发 issued by：{} · {}（vouched）", place.zh, place.en)),
            Some(None) => say::remark("没有人为这个码担保 · nobody vouches for this challenge"),
            None => {}
        }
        say::line(&shown.digits);
        if say::to_a_person() {
            say::line(&symbol.terminal());
        }
        if let Some(note) = &shown.note {
            say::remark(note);
        }
        if let Some(other) = shown.carries.and_then(|id| pocket.scenarios.iter().find(|one| one.id == id)) {
            say::remark(&format!(
                "这个码也用于 this code counts for {} too；不想一起给 to keep that to yourself: --flavour plain",
                other.slug
            ));
        }
        say::remark(&format!(
            "{} 后换新 · renew at {}；还剩 left {}",
            clock::shown(shown.renew_at),
            shown.renew_at,
            shown.left
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// Sees to it that there is a code for this day: one's own, or under a mandate.
async fn supplied(pocket: &mut Pocket, file: &PocketFile, mandate: Option<&str>, at: i64) -> Result<bool, Failure> {
    let drew = pocket::ensure(pocket, file, at).await?;
    match mandate {
        Some(mandate) => pocket::ensure_for(pocket, file, mandate, at).await,
        None => Ok(drew),
    }
}

/// The code, and where it answers a challenge, the place that vouches for it or null.
fn with_voucher(shown: &Shown, voucher: Option<&Option<Bilingual>>) -> Result<serde_json::Value, Failure> {
    let mut value = serde_json::to_value(shown).map_err(|why| Failure::machine("write the code", why))?;
    if let Some(place) = voucher {
        value["vouched_by"] = match place {
            Some(place) => serde_json::json!({"zh": place.zh, "en": place.en}),
            None => serde_json::Value::Null,
        };
    }
    Ok(value)
}

/// What to show, from the words and from what the device knows of the scenario.
fn answer(show: &Show, pocket: &Pocket, at: i64) -> Result<Answer, Failure> {
    let known = match show.scenario.as_str() {
        "any" | "0" => None,
        name => Some(pocket.scenario(name).ok_or_else(|| {
            Failure::bad_input(format!(
                "this device knows no scenario `{name}`: `yima device draw` asks for the newest"
            ))
        })?),
    };
    let challenge = show.challenge.as_deref().map(Answer::read_challenge).transpose()?;
    let form = match (&show.form, &challenge) {
        (Some(name), _) => {
            Form::from_name(name).ok_or_else(|| Failure::bad_input(format!("--form `{name}`: give T1, T1c or T0")))?
        }
        (None, Some(_)) => Form::T1c,
        (None, None) => {
            let takes = |form: &str| known.is_none_or(|known| known.forms.iter().any(|one| one == form));
            if takes("T1") { Form::T1 } else { Form::T0 }
        }
    };
    match (form, &challenge) {
        (Form::T2, _) => return Err(Failure::bad_input("a paper code is printed, not shown by a device")),
        (Form::T1c, None) => return Err(Failure::bad_input("a T1c answers a challenge: give --challenge")),
        (Form::T1 | Form::T0, Some(_)) => return Err(Failure::bad_input("only a T1c answers a challenge")),
        _ => {}
    }
    // A flavour that was named by hand is shown whatever the scenario serves or carries; a code for somebody else says that alone.
    let or_plain = show.flavour.is_none() && show.mandate.is_none();
    let known_if_free = known.filter(|_| or_plain);
    // An online id says nothing by itself, so it can't be picked by what it says.
    let carries = known_if_free.filter(|_| form != Form::T0).and_then(|known| pocket::carried(pocket, known, at));
    let told = carries.or(known_if_free);
    let flavour = match &show.mandate {
        Some(_) => Some(pocket::ACTING.to_owned()),
        None => show.flavour.clone().or_else(|| told.map(|told| told.flavour.clone())),
    };
    let accepted = told.map_or_else(Vec::new, |told| told.accepted.clone());
    Ok(Answer {
        scenario: known.map_or(0, |known| known.id),
        flavour: flavour.unwrap_or_else(|| "plain".to_owned()),
        accepted,
        or_plain,
        carries: carries.map(|other| other.id),
        site: show.site,
        form,
        mandate: show.mandate.clone(),
        challenge,
        at,
    })
}

async fn run_short(short: &Short) -> Done {
    let (pocket, _) = Pocket::open(&short.which.device)?;
    let key = pocket.key()?;
    let request = ShortNumberRequest { scenario: short.scenario.clone(), desk: short.desk };
    let answer: ShortNumber =
        pocket.api()?.post("/api/v1/short-numbers", &request, &Caller::Device(&pocket.signer(&key))).await?;
    if short.which.json {
        say::json(&answer);
    } else {
        say::line(&answer.number);
        say::remark(&format!("到 until {}", clock::shown(answer.expires_at)));
    }
    Ok(ExitCode::SUCCESS)
}

async fn run_record(record: &RecordArgs) -> Done {
    let (pocket, _) = Pocket::open(&record.which.device)?;
    let key = pocket.key()?;
    let api = pocket.api()?;
    let path = match &record.before {
        Some(before) => format!("/api/v1/record?before={before}"),
        None => "/api/v1/record".to_owned(),
    };
    let page: Record = api.get(&path, &Caller::Device(&pocket.signer(&key))).await?;
    let sealed = if record.before.is_none() { pocket::find_sealed(&pocket, &api).await? } else { Vec::new() };
    if record.which.json {
        say::json(&serde_json::json!({"entries": page.entries, "next": page.next, "sealed": sealed}));
        return Ok(ExitCode::SUCCESS);
    }
    for one in &page.entries {
        let reason = one.reason.as_deref().map_or(String::new(), |reason| format!(" ({reason})"));
        say::line(&format!(
            "{}  {} {}{reason}  {} {}",
            clock::shown(one.at),
            one.deed,
            one.outcome,
            one.who.zh,
            one.place.zh
        ));
    }
    for one in &sealed {
        let name =
            pocket.scenarios.iter().find(|known| known.id == one.scenario).map_or("", |known| known.slug.as_str());
        say::line(&format!(
            "{}  check valid  {name} site {}（断网时，密封记录 offline, sealed）",
            clock::shown(one.at),
            one.site
        ));
    }
    if let Some(next) = page.next {
        say::remark(&format!("更早的 older: --before {next}"));
    }
    Ok(ExitCode::SUCCESS)
}

async fn run_end(end: &End) -> Done {
    let (pocket, _) = Pocket::open(&end.which.device)?;
    let key = pocket.key()?;
    let path = format!("/api/v1/devices/{}/end", pocket.device_id);
    let request = EndDevice { reason: end.reason.clone() };
    let _: serde_json::Value = pocket.api()?.post(&path, &request, &Caller::Device(&pocket.signer(&key))).await?;
    if end.which.json {
        say::json(&serde_json::json!({"ended": pocket.device_id}));
    } else {
        say::line(&format!("{} 已停用 · ended", pocket.device_id));
    }
    Ok(ExitCode::SUCCESS)
}

/// Unused tokens and online ids of the day of this moment.
fn left(pocket: &mut Pocket, at: i64) -> (usize, usize) {
    pocket.batch_at(at).map_or((0, 0), |batch| {
        let t1 = batch.t1.iter().filter(|token| token.secret.is_some()).count();
        (t1, batch.t0.iter().filter(|one| one.key.is_some()).count())
    })
}

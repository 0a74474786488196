//! Everything that is held about one person, gathered once and told twice: as portable JSON, and as a statement to print.
//! It does not decide who may have it.

use crate::Province;
use crate::clock::MICROS;
use crate::error::{DeedError, Text};
use crate::record::{self, RecordEntry};
use serde_json::{Map, Value, json};
use yima_code::day::{Day, Month};
use yima_kernel::rights::KEPT;
use yima_keys::person::Phone;
use yima_keys::sealed::{Sealed, Spot};
use yima_print::{Statement, StatementLine, StatementSection};
use yima_store::account::Account;
use yima_store::beside::{Beside, Which};
use yima_store::trusted::Trusted;
use yima_store::{
    Tx, account, benefit, beside, binding, card, check_in, consent, device, notice, rights_request, trusted, uses,
};

/// Uses that one copy holds; older ones stand in the record's own pages.
const USES_MAX: usize = 10_000;
const PAGE: u32 = 500;
/// Uses that a printed copy holds: about forty pages.
const PRINTED_USES: usize = 1_000;
const NOTICES_MAX: u32 = 500;
/// What `format` says in the file; a new number when a reader would stumble.
const FORMAT: &str = "yima-held-1";

/// What stands beside the account, with its word in the file and its title.
const BESIDE: [(Which, &str, (&str, &str)); 5] = [
    (Which::Authenticators, "authenticators", ("登录方式", "Ways to sign in")),
    (Which::Sessions, "sessions", ("登录", "Sign-ins")),
    (Which::Grants, "grants", ("应用授权", "What apps were allowed")),
    (Which::Mandates, "mandates", ("代办关系", "Mandates")),
    (Which::Recoveries, "recoveries", ("账户找回", "Recoveries")),
];

/// The rows of one person.
pub(crate) struct HeldRows {
    account: Account,
    restricted: bool,
    devices: Vec<device::Device>,
    cards: Vec<card::Card>,
    consents: Vec<consent::Consent>,
    bindings: Vec<binding::Binding>,
    benefits: Vec<benefit::Benefit>,
    check_ins: Vec<(String, u32, i64)>,
    beside: Vec<(usize, Vec<Beside>)>,
    trusted: Vec<(Trusted, Option<Account>)>,
    notices: Vec<notice::Notice>,
    requests: Vec<rights_request::Request>,
    uses: Vec<uses::Use>,
    /// There are older uses than these.
    more: bool,
}

/// A field of a row: its word in JSON, what it is called, and its value.
type Field = (&'static str, (&'static str, &'static str), Value);

/// Rows of one kind.
struct Section {
    word: &'static str,
    title: (&'static str, &'static str),
    rows: Vec<Vec<Field>>,
}

/// What is held about somebody.
pub struct Held {
    about: String,
    made_at: i64,
    more: bool,
    sections: Vec<Section>,
}

/// Reads all rows of an account at one moment.
pub(crate) async fn gather(tx: &mut Tx, id: &str, now_us: i64) -> Result<HeldRows, DeedError> {
    let account = account::find(tx, id).await?.ok_or(DeedError::NotFound("resident"))?;
    let mut found: Vec<uses::Use> = Vec::new();
    let mut more = true;
    while more && found.len() < USES_MAX {
        let before = found.last().map(|row| (row.at, row.id.clone()));
        let before = before.as_ref().map(|(at, id)| (*at, id.as_str()));
        let page = uses::of_account(tx, id, before, PAGE, now_us).await?;
        more = page.len() == PAGE as usize;
        found.extend(page);
    }
    let mut rows_beside = Vec::new();
    for (i, (which, ..)) in BESIDE.iter().enumerate() {
        rows_beside.push((i, beside::of_account(tx, *which, id).await?));
    }
    let mut named = Vec::new();
    for row in trusted::kept_of(tx, id).await? {
        let other = if row.person == id { &row.principal } else { &row.person };
        let other = account::find(tx, other).await?;
        named.push((row, other));
    }
    Ok(HeldRows {
        beside: rows_beside,
        trusted: named,
        restricted: account::is_restricted(tx, id).await?,
        devices: device::of_account(tx, id).await?,
        cards: card::of_account(tx, id).await?,
        consents: consent::of_account(tx, id).await?,
        bindings: binding::of_account(tx, id).await?,
        benefits: benefit::of_account(tx, id).await?,
        check_ins: check_in::of_account(tx, id).await?,
        notices: notice::of_account(tx, id, NOTICES_MAX).await?,
        requests: rights_request::of_account(tx, id).await?,
        uses: found,
        more,
        account,
    })
}

impl Province {
    /// Opens what is sealed, for the person alone.
    pub(crate) fn kept_about(&self, rows: HeldRows) -> Result<Held, DeedError> {
        let live = self.live();
        let mut sections = vec![self.account_section(&rows)?];
        sections.push(Section {
            word: "devices",
            title: ("设备", "Devices"),
            rows: rows.devices.iter().map(device_fields).collect(),
        });
        let cards = rows.cards.iter().map(card_fields).collect();
        sections.push(Section { word: "cards", title: ("纸质码", "Paper codes"), rows: cards });
        let benefits = rows.benefits.iter().map(benefit_fields).collect();
        sections.push(Section { word: "benefits", title: ("优待", "Benefits"), rows: benefits });
        let consents = rows.consents.iter().map(consent_fields).collect::<Result<_, _>>()?;
        sections.push(Section { word: "consents", title: ("授权", "Consents"), rows: consents });
        let bindings = rows.bindings.iter().map(|row| self.binding_fields(row)).collect::<Result<_, _>>()?;
        sections.push(Section { word: "bindings", title: ("绑定的卡", "Cards of offices"), rows: bindings });
        sections.push(Section {
            word: "check_ins",
            title: ("场所登记", "Check-ins"),
            rows: rows.check_ins.iter().map(check_in_fields).collect(),
        });
        for (i, found) in &rows.beside {
            let (_, word, title) = BESIDE[*i];
            sections.push(Section { word, title, rows: found.iter().map(beside_fields).collect() });
        }
        let named = rows.trusted.iter().map(|(row, other)| self.trusted_fields(row, other.as_ref(), &rows.account.id));
        let named = named.collect::<Result<_, _>>()?;
        sections.push(Section { word: "trusted", title: ("信任的人", "Trusted person"), rows: named });
        let requests = rows.requests.iter().map(|row| self.request_fields(row)).collect::<Result<_, _>>()?;
        sections
            .push(Section { word: "requests", title: ("权利申请", "Requests under your rights"), rows: requests });
        sections.push(Section {
            word: "notices",
            title: ("通知", "Notices"),
            rows: rows.notices.into_iter().map(notice_fields).collect(),
        });
        let uses = rows.uses.into_iter().map(|row| use_fields(record::entry(row, &live))).collect();
        sections.push(Section { word: "record", title: ("办理和查看记录", "Who did what"), rows: uses });
        Ok(Held { about: rows.account.id, made_at: self.now_s(), more: rows.more, sections })
    }

    fn account_section(&self, rows: &HeldRows) -> Result<Section, DeedError> {
        let row = &rows.account;
        let phone = row.sealed_phone.as_ref().map(|sealed| {
            let spot = Spot { table: "account", field: "phone", row: &row.id };
            self.sealer.open(&Sealed::<Phone>::from_bytes(sealed.clone()), spot).map_err(DeedError::internal)
        });
        let phone = phone.transpose()?;
        let fields = vec![
            ("id", ("账户编号", "Account"), json!(row.id)),
            ("name", ("姓名", "Name"), json!(self.name_of(row)?.expose())),
            ("id_number", ("身份证号", "ID number"), json!(crate::crowds::id_number(&self.sealer, row)?.expose())),
            ("phone", ("手机", "Telephone"), json!(phone.as_ref().map(Phone::expose))),
            ("region", ("地区代码", "Region, GB/T 2260"), json!(row.region)),
            ("state", ("状态", "State"), json!(row.state.as_str())),
            ("restricted", ("本人停止了处理", "Processing switched off"), json!(rows.restricted)),
            (
                "proofing",
                ("核实程度：0 自报 1 比对 2 窗口", "Proofing: 0 claimed, 1 matched, 2 seen"),
                json!(row.proofing),
            ),
            ("paper_off", ("关闭纸质码", "Paper switched off"), json!(row.paper_off)),
            ("short_off", ("关闭短号", "Short numbers switched off"), json!(row.short_off)),
            ("created_at", ("登记时间", "Registered"), at(row.created_at)),
        ];
        Ok(Section { word: "account", title: ("账户", "Account"), rows: vec![fields] })
    }

    fn binding_fields(&self, row: &binding::Binding) -> Result<Vec<Field>, DeedError> {
        let number = match row.state {
            binding::State::Live => Some(self.card_of(row)?.expose().to_owned()),
            binding::State::Ended => None,
        };
        Ok(vec![
            ("id", ("编号", "Id"), json!(row.id)),
            ("scenario", ("场景", "Scenario"), json!(row.scenario)),
            ("card", ("卡号", "Number of the card"), json!(number)),
            ("state", ("状态", "State"), json!(row.state.as_str())),
            ("bound_at", ("绑定时间", "Bound"), at(row.bound_at)),
            ("ended_at", ("解绑时间", "Ended"), json!(row.ended_at.map(|us| us / MICROS))),
        ])
    }

    /// Who is told of a helper's deeds, or of whose helpers one is told; the other one as the page of it shows them.
    fn trusted_fields(&self, row: &Trusted, other: Option<&Account>, me: &str) -> Result<Vec<Field>, DeedError> {
        let told = row.person == me;
        let role = if told {
            Text::new("代办人为这位老人办事，会告诉我", "I am told of what helpers do for them")
        } else {
            Text::new("代办人为我办事，会告诉这个人", "They are told of what helpers do for me")
        };
        let name = other.map(|other| self.name_of(other).map(|name| name.masked())).transpose()?;
        Ok(vec![
            ("id", ("编号", "Id"), json!(row.id)),
            ("role", ("关系", "Which of the two"), both(&role)),
            ("name_masked", ("对方", "The other one"), json!(name)),
            ("state", ("状态", "State"), json!(row.state.as_str())),
            ("made_at", ("登记时间", "Named"), at(row.made_at)),
            ("ended_at", ("取消时间", "Ended"), json!(row.ended_at.map(|us| us / MICROS))),
        ])
    }

    fn request_fields(&self, row: &rights_request::Request) -> Result<Vec<Field>, DeedError> {
        // What an officer filed for kin names the kin: it is theirs.
        let shown = if row.kind == rights_request::Kind::Kin { self.listed(row) } else { self.opened(row)? };
        Ok(vec![
            ("id", ("编号", "Id"), json!(shown.id)),
            ("kind", ("种类", "Kind"), json!(shown.kind)),
            ("state", ("进度", "State"), json!(shown.state)),
            ("asked_at", ("申请时间", "Asked"), json!(shown.asked_at)),
            ("due_at", ("最晚办结", "Due"), json!(shown.due_at)),
            ("body", ("内容", "What was asked"), json!(shown.body)),
            ("answer", ("答复", "Answer"), json!(shown.answer)),
        ])
    }
}

fn at(us: i64) -> Value {
    json!(us / MICROS)
}

fn device_fields(row: &device::Device) -> Vec<Field> {
    vec![
        ("id", ("编号", "Id"), json!(row.id)),
        ("label", ("名称", "Label"), json!(row.label)),
        ("slot", ("序号", "Slot"), json!(row.slot)),
        ("state", ("状态", "State"), json!(row.state.as_str())),
        ("public_key", ("公钥", "Public key"), json!(hex::encode(&row.public_key))),
        ("enrolled_at", ("登记时间", "Enrolled"), at(row.enrolled_at)),
        ("ended_at", ("停用时间", "Ended"), json!(row.ended_at.map(|us| us / MICROS))),
        ("reason", ("停用原因", "Why it ended"), json!(row.reason)),
    ]
}

fn card_fields(row: &card::Card) -> Vec<Field> {
    vec![
        ("id", ("编号", "Id"), json!(row.id)),
        ("kind", ("种类", "Kind"), json!(row.kind.as_str())),
        ("state", ("状态", "State"), json!(row.state.as_str())),
        ("expires", ("用到", "Last month"), json!(Month(row.expiry_month).to_string())),
        ("issued_at", ("印制时间", "Issued"), at(row.issued_at)),
        ("ended_at", ("作废时间", "Revoked"), json!(row.ended_at.map(|us| us / MICROS))),
    ]
}

fn benefit_fields(row: &benefit::Benefit) -> Vec<Field> {
    let words = crate::benefits::words(row.number);
    vec![
        ("number", ("编号", "Number"), json!(row.number)),
        ("words", ("名称", "Name"), both(&words)),
        ("from", ("从", "From"), json!(Day(row.from_day).to_string())),
        ("until", ("到", "Until"), json!(Day(row.until_day).to_string())),
        ("source", ("依据", "On whose word"), json!(row.source)),
        ("state", ("状态", "State"), json!(row.state.as_str())),
    ]
}

fn consent_fields(row: &consent::Consent) -> Result<Vec<Field>, DeedError> {
    let attributes: Value = serde_json::from_str(&row.attributes).map_err(DeedError::internal)?;
    Ok(vec![
        ("id", ("编号", "Id"), json!(row.id)),
        ("scenario", ("场景", "Scenario"), json!(row.scenario)),
        ("attributes", ("同意给的", "What you agreed to"), attributes),
        ("state", ("状态", "State"), json!(row.state.as_str())),
        ("from_at", ("从", "From"), at(row.from_at)),
        ("until_at", ("到", "Until"), at(row.until_at)),
        ("ended_at", ("撤回时间", "Withdrawn"), json!(row.ended_at.map(|us| us / MICROS))),
    ])
}

fn check_in_fields((scenario, site, us): &(String, u32, i64)) -> Vec<Field> {
    vec![
        ("scenario", ("场景", "Scenario"), json!(scenario)),
        ("site", ("场所编号", "Site"), json!(site)),
        ("at", ("时间", "When"), at(*us)),
    ]
}

fn beside_fields(row: &Beside) -> Vec<Field> {
    vec![
        ("id", ("编号", "Id"), json!(row.id)),
        ("kind", ("种类", "Kind"), json!(row.kind)),
        ("says", ("内容", "What it says"), json!(row.says)),
        ("state", ("状态", "State"), json!(row.state)),
        ("from_at", ("从", "From"), at(row.from_at)),
        ("until_at", ("到", "Until"), json!(row.until_at.map(|us| us / MICROS))),
    ]
}

fn notice_fields(row: notice::Notice) -> Vec<Field> {
    let told = crate::home::notice_row(row);
    vec![("at", ("时间", "When"), json!(told.at)), ("words", ("内容", "What it said"), both(&told.words))]
}

fn use_fields(entry: RecordEntry) -> Vec<Field> {
    vec![
        ("id", ("编号", "Id"), json!(entry.id)),
        ("at", ("时间", "When"), json!(entry.at)),
        ("deed", ("什么事", "What"), json!(entry.deed)),
        ("who", ("谁", "Who"), both(&entry.who)),
        ("scenario", ("场景", "Scenario"), both(&entry.scenario_name)),
        ("place", ("地点", "Place"), both(&entry.place)),
        ("why", ("为什么", "Why"), both(&entry.why)),
        ("saw", ("看到什么", "What they saw"), both(&entry.saw)),
        ("outcome", ("结果", "Outcome"), json!(entry.outcome)),
        ("reason", ("原因", "Reason"), json!(entry.reason)),
        ("online", ("在线", "Online"), json!(entry.online)),
    ]
}

fn both(text: &Text) -> Value {
    json!({ "zh": text.zh, "en": text.en })
}

impl Held {
    /// The portable file: an object a section, times in Unix seconds, words in both languages.
    ///
    /// # Errors
    /// Never for what [`Province::kept_about`] made.
    pub fn to_json(&self) -> Result<Vec<u8>, DeedError> {
        let mut whole = Map::new();
        whole.insert("format".to_owned(), json!(FORMAT));
        whole.insert("about".to_owned(), json!(self.about));
        whole.insert("made_at".to_owned(), json!(self.made_at));
        whole.insert("older_in_record".to_owned(), json!(self.more));
        for section in &self.sections {
            let rows = section.rows.iter().map(|row| {
                Value::Object(row.iter().map(|(word, _, value)| ((*word).to_owned(), value.clone())).collect())
            });
            let mut rows: Vec<Value> = rows.collect();
            let value = if section.word == "account" { rows.pop().unwrap_or_default() } else { Value::Array(rows) };
            whole.insert(section.word.to_owned(), value);
        }
        serde_json::to_vec_pretty(&Value::Object(whole)).map_err(DeedError::internal)
    }

    /// The same to read: one language, empty fields left out.
    #[must_use]
    pub fn statement(&self, english: bool, demo: bool) -> Statement {
        let pick = |(zh, en): (&'static str, &'static str)| if english { en } else { zh };
        let mut sections: Vec<StatementSection> =
            self.sections.iter().map(|section| printed(section, english)).collect();
        let kept = KEPT.iter().map(|kept| StatementLine {
            label: pick(kept.what).to_owned(),
            text: if english {
                format!("{}. For {} days.", kept.law.1, kept.days)
            } else {
                format!("{}。保存 {} 天。", kept.law.0, kept.days)
            },
        });
        let kept = kept.collect();
        sections.push(StatementSection {
            title: pick(("注销以后法律要求留下的", "What the law keeps after a deletion")).to_owned(),
            lines: kept,
        });
        Statement {
            title: pick(("平台保存的关于我的全部信息", "All that the platform holds about me")).to_owned(),
            intro: vec![
                format!("{} · {}", self.about, shown_time(self.made_at)),
                pick((
                    "依《个人信息保护法》第四十五条提供。看到不对的，可以在“我的数据”里申请更正。请妥善保管这份文件。",
                    "Given under article 45 of the Personal Information Protection Law. What is wrong can be corrected under My data. Keep this file safe.",
                ))
                .to_owned(),
            ],
            sections,
            nothing: pick(("没有", "None")).to_owned(),
            language: if english { "en" } else { "zh-CN" },
            demo,
        }
    }
}

fn printed(section: &Section, english: bool) -> StatementSection {
    let pick = |(zh, en): (&'static str, &'static str)| if english { en } else { zh }.to_owned();
    let mut lines = Vec::new();
    for row in section.rows.iter().take(PRINTED_USES) {
        let shown = row.iter().filter_map(|(word, label, value)| {
            let text = printed_value(word, value, english)?;
            Some((pick(*label), text))
        });
        let shown: Vec<_> = shown.collect();
        if section.rows.len() == 1 && section.word == "account" {
            lines.extend(shown.into_iter().map(|(label, text)| StatementLine { label, text }));
            continue;
        }
        // The time, or the id, names the row; the rest is one sentence.
        let mut rest = shown.into_iter();
        let Some((_, label)) = rest.next().map(|(field, id)| (field, short_id(id))) else { continue };
        let colon = if english { ": " } else { "：" };
        let text: Vec<String> = rest.map(|(label, text)| format!("{label}{colon}{text}")).collect();
        lines.push(StatementLine { label, text: text.join(if english { "; " } else { "；" }) });
    }
    if section.rows.len() > PRINTED_USES {
        let rest = section.rows.len() - PRINTED_USES;
        lines.push(StatementLine {
            label: String::new(),
            text: if english {
                format!("{rest} older ones are in the JSON file")
            } else {
                format!("还有 {rest} 条更早的，在 JSON 文件里")
            },
        });
    }
    StatementSection { title: pick(section.title), lines }
}

/// An id on paper: its end tells it from its neighbours, and the file has it whole.
fn short_id(text: String) -> String {
    match text.split_once('_') {
        Some((noun, rest)) if rest.len() == 26 => format!("{noun}_…{}", &rest[18..]),
        _ => text,
    }
}

fn printed_value(word: &str, value: &Value, english: bool) -> Option<String> {
    let text = match value {
        Value::Null => return None,
        Value::Bool(yes) => match (yes, english) {
            (true, false) => "是".to_owned(),
            (false, false) => "否".to_owned(),
            (true, true) => "yes".to_owned(),
            (false, true) => "no".to_owned(),
        },
        Value::Number(n) if word == "at" || word.ends_with("_at") => shown_time(n.as_i64()?),
        Value::String(text) => text.clone(),
        Value::Object(words) if words.contains_key("zh") => {
            words[if english { "en" } else { "zh" }].as_str()?.to_owned()
        }
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    };
    (!text.is_empty()).then_some(text)
}

/// `2026-11-23 10:00`, in the issuer's civil time.
fn shown_time(unix_s: i64) -> String {
    let unix = u32::try_from(unix_s).unwrap_or(0);
    let day = Day::of(unix);
    let minutes = unix.saturating_sub(day.starts_at()) / 60;
    format!("{day} {:02}:{:02}", minutes / 60, minutes % 60)
}

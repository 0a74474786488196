//! "Who saw my code": the resident's record of checks, refusals and resolves, and the public buckets of sealed ones.
//! It does not know which device asks for a bucket; nobody does.

use crate::Province;
use crate::clock::MICROS;
use crate::error::{DeedError, Text};
use crate::live::Live;
use crate::mandates::{role_of, who_of};
use crate::rights::holder as own;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::subject::Actor;
use yima_store::sealed_record;
use yima_store::uses::{self, Use};

const PAGE: u32 = 50;
/// A bucket holds at least about so many records, so that fetching one tells little.
const BUCKET_MIN: u32 = 64;
/// A day with more records than this is cut as finely as prefixes go.
const DAY_COUNT_MAX: u32 = 1 << 20;

/// One look.
#[derive(Clone, Debug)]
pub struct RecordEntry {
    /// `use_…`
    pub id: String,
    /// Unix seconds.
    pub at: i64,
    /// Deed.
    pub deed: String,
    /// Slug, empty when none.
    pub scenario: String,
    /// Name of the scenario.
    pub scenario_name: Text,
    /// Name of the place.
    pub place: Text,
    /// The organisation.
    pub who: Text,
    /// The purpose.
    pub why: Text,
    /// What they saw.
    pub saw: Text,
    /// In which role the other party of a mandate stood; empty for one's own.
    pub role: Text,
    /// `valid`, `refused`, `could_not_check`, `done`.
    pub outcome: String,
    /// Reason when refused.
    pub reason: Option<String>,
    /// Form.
    pub form: Option<String>,
    /// False for what a gate recorded offline.
    pub online: bool,
}

/// A page, newest first.
#[derive(Clone, Debug)]
pub struct RecordPage {
    /// Entries.
    pub entries: Vec<RecordEntry>,
    /// Pass as `before`.
    pub next: Option<String>,
}

/// One sealed record.
#[derive(Clone, Debug)]
pub struct SealedRecord {
    /// 16 bytes.
    pub tag: [u8; 16],
    /// 16 bytes.
    pub nonce: [u8; 16],
    /// Ciphertext with its tag.
    pub body: Vec<u8>,
}

impl Province {
    /// The resident's record, newest first; `before` is the `next` of the page before.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for a `before` that no page gave.
    pub async fn record(&self, actor: &Actor, before: Option<&str>) -> Result<RecordPage, DeedError> {
        let holder = own(actor)?;
        let id = holder.as_str().to_owned();
        let before = before.map(read_key).transpose()?;
        let request = Request::of(actor.clone(), Deed::SeeRecord).about(holder);
        let now_us = self.now_us();
        let rows = self
            .look(request, Facts::default(), move |tx| {
                Box::pin(async move {
                    let from = before.as_ref().map(|(at, id)| (*at, id.as_str()));
                    Ok(uses::of_account(tx, &id, from, PAGE, now_us).await?)
                })
            })
            .await?;
        let (next, live) = (next_key(&rows, PAGE), self.live());
        Ok(RecordPage { entries: rows.into_iter().map(|r| entry(r, &live)).collect(), next })
    }

    /// Sealed records of a day whose tag begins with these bits. Anybody may ask; nothing is recorded of it.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for a prefix that is longer than the day's buckets are fine.
    pub async fn bucket(&self, day: u16, prefix: u32, bits: u8) -> Result<Vec<SealedRecord>, DeedError> {
        let most = self.bucket_bits(day).await?;
        if bits > most {
            return Err(DeedError::invalid(
                "prefix",
                format!("这一天最细 {most} 位"),
                format!("this day's buckets have prefixes of at most {most} bits"),
            ));
        }
        let rows = self
            .store
            .read::<_, DeedError, _>(move |tx| {
                Box::pin(async move { Ok(sealed_record::bucket(tx, day, prefix, bits).await?) })
            })
            .await?;
        Ok(rows.into_iter().map(|r| SealedRecord { tag: r.tag, nonce: r.nonce, body: r.body }).collect())
    }

    /// How long a day's prefixes may be, so that a bucket holds about 64 records or more.
    ///
    /// # Errors
    /// When the store can't be read.
    pub async fn bucket_bits(&self, day: u16) -> Result<u8, DeedError> {
        let many = self
            .store
            .read::<_, DeedError, _>(move |tx| {
                Box::pin(async move { Ok(sealed_record::many(tx, day, DAY_COUNT_MAX).await?) })
            })
            .await?;
        let buckets = (many / BUCKET_MIN).max(1);
        Ok(u8::try_from(buckets.ilog2()).unwrap_or(0).min(16))
    }
}

/// An operator met the resident in a list, and did not open the page.
fn is_search(row: &Use) -> bool {
    let detail = row.detail.as_deref().and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
    detail.is_some_and(|detail| detail.get("by").is_some())
}

/// The use names a visit at a counter, and with it the officer who helped.
fn with_help(detail: Option<&str>) -> bool {
    let detail = detail.and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
    detail.is_some_and(|detail| detail["visit"]["officer"].is_string())
}

/// A search was asked for, and perhaps an order with it that the person sees it later.
fn asked(row: &Use) -> Text {
    let plain =
        Text::new("有人申请查谁看过你，还没有看到什么", "A search of your record was asked for; nothing was seen yet");
    let detail = row.detail.as_deref().and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
    let order = |name: &str| detail.as_ref().and_then(|detail| detail["order"][name].as_str()).unwrap_or_default();
    let (authority, number) = (order("authority"), order("number"));
    if authority.is_empty() {
        return plain;
    }
    Text::new(
        format!("{}。申请时附了{authority}的命令（{number}），要求晚些再让你看到", plain.zh),
        format!("{}. An order of {authority}, number {number}, asked that you see it later", plain.en),
    )
}

/// The purpose that the use itself keeps, in the words that it was told in.
fn purpose_of(kept: &Option<String>) -> Text {
    let kept = kept.clone().unwrap_or_default();
    Text::new(kept.clone(), kept)
}

/// Legal name of the organisation whose app it was, and which claims were read.
fn of_app(row: &Use) -> (String, Text) {
    let detail = row.detail.as_deref().and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
    let text = |name: &str| detail.as_ref().and_then(|d| d[name].as_str()).unwrap_or_default().to_owned();
    let claims: Vec<_> = yima_oidc::scope::claims_of(&text("claims")).into_iter().map(|claim| claim.words()).collect();
    let saw = if claims.is_empty() {
        Text::new("只有它自己给你的代号", "Nothing but its own pseudonym for you")
    } else {
        let zh: Vec<_> = claims.iter().map(|(zh, _)| *zh).collect();
        let en: Vec<_> = claims.iter().map(|(_, en)| *en).collect();
        Text::new(zh.join("、"), en.join(", "))
    };
    (text("owner"), saw)
}

/// The key of the page behind a full one.
pub(crate) fn next_key(rows: &[Use], page: u32) -> Option<String> {
    rows.last().filter(|_| rows.len() == page as usize).map(|r| format!("{}.{}", r.at, r.id))
}

pub(crate) fn read_key(key: &str) -> Result<(i64, String), DeedError> {
    let parsed = key.split_once('.').and_then(|(at, id)| Some((at.parse().ok()?, id.to_owned())));
    parsed.ok_or_else(|| DeedError::invalid("before", "请用上一页给的 next", "use the `next` of the page before"))
}

/// What they saw, and which further meanings the same showing had: its use names them as `also`.
fn with_meanings(saw: Text, detail: Option<&str>, live: &Live) -> Text {
    let detail = detail.and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok()).unwrap_or_default();
    let slugs = detail["also"].as_array().into_iter().flatten().filter_map(serde_json::Value::as_str);
    slugs.filter_map(|slug| live.manifest_by_slug(slug)).fold(saw, |saw, other| {
        Text::new(format!("{} 还有：{}", saw.zh, other.name.zh), format!("{}. Also: {}", saw.en, other.name.en))
    })
}

pub(crate) fn entry(row: Use, live: &Live) -> RecordEntry {
    let manifest = row.scenario.as_deref().and_then(|slug| live.manifest_by_slug(slug));
    let place = row.site.and_then(|s| live.site(s)).map(|s| s.name.clone());
    let text = |w: &yima_kernel::scenario::Words| Text::new(w.zh.clone(), w.en.clone());
    let nothing = || Text::new("", "");
    let own = Text::new("你自己", "You");
    let office = Text::new("平台工作人员", "Platform staff");
    let app = of_app(&row);
    let mut role = role_of(&row.deed, row.detail.as_deref());
    if role.zh.is_empty() && row.actor_kind == "person" && with_help(row.detail.as_deref()) {
        role = Text::new("在窗口，由工作人员协助", "At a counter, with an officer's help");
    }
    let acting = who_of(&row.deed, &row.actor_kind, row.detail.as_deref());
    let who = match (manifest, row.actor_kind.as_str()) {
        (_, "app") => Text::new(app.0.clone(), app.0.clone()),
        (_, "resident" | "person" | "stranger") => own,
        (Some(m), _) => Text::new(m.owner.zh.clone(), m.owner.en.clone()),
        (None, "op-system" | "op-security" | "op-audit") => office,
        (None, _) => Text::new("平台", "The platform"),
    };
    let who = acting.unwrap_or(who);
    let saw = match (row.deed.as_str(), row.outcome.as_str(), manifest) {
        ("check", "valid", Some(m)) => with_meanings(text(&m.sees), row.detail.as_deref(), live),
        ("check", ..) => Text::new("什么也没看到", "Nothing"),
        ("resolve" | "find_bound", "done", Some(_)) => {
            Text::new("它自己给你的代号，和你同意给的几项", "The office's own pseudonym, and what you agreed to give")
        }
        ("bind_card" | "unbind_card", "done", Some(_)) => {
            Text::new("它自己那张卡的卡号，卡本来就是它发的", "The number of its own card, which it gave out itself")
        }
        ("read_claims", "done", _) => app.1,
        ("take_token", "done", _) => Text::new("你登录了它的应用", "That you signed in to its app"),
        ("see_residents", ..) if is_search(&row) => Text::new("遮住的姓名和地区", "Your masked name and region"),
        ("see_residents", ..) => Text::new("遮住的姓名、设备和纸质码", "Your masked name, devices and cards"),
        ("see_requests" | "answer_request" | "answer_kin", ..) => {
            Text::new("你的申请和你写的内容", "Your request and what you wrote in it")
        }
        ("ask_audit_search" | "approve_audit_search" | "ask_audit_delay" | "approve_audit_delay", ..) => asked(&row),
        ("read_person_uses", "done", _) => {
            Text::new("你的记录：什么时候、谁、做了什么", "Your record: when, who and what was done")
        }
        ("kin_data", ..) => Text::new("近亲属的申请", "A request of your kin"),
        _ => nothing(),
    };
    RecordEntry {
        id: row.id,
        at: row.at / MICROS,
        deed: row.deed,
        scenario: row.scenario.unwrap_or_default(),
        scenario_name: manifest.map_or_else(nothing, |m| text(&m.name)),
        place: place.unwrap_or_else(nothing),
        who,
        why: manifest.map_or_else(|| purpose_of(&row.purpose), |m| text(&m.purpose)),
        saw,
        role,
        outcome: row.outcome,
        reason: row.reason,
        form: row.form,
        online: row.online,
    }
}

//! What a resident's device needs on its home screen, its switches, and the door by which requests of a device enter.
//! It does not know how a request was signed.

use crate::Province;
use crate::benefits::Benefit;
use crate::clock::MICROS;
use crate::disclosure::Disclosure;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use yima_code::day::Day;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::{AccountId, DeviceId};
use yima_kernel::subject::{AccountState, Actor};
use yima_keys::person::PersonName;
use yima_keys::sealed::{Sealed, Spot};
use yima_keys::{PublicKey, Suite};
use yima_store::account::{self, Account, State};
use yima_store::device::{self, Device};
use yima_store::{Tx, benefit, notice};

/// Stands where the name of a deleted account stood.
const ERASED: &str = "已注销";
/// Notices on the home screen.
const NOTICES: u32 = 20;

/// A device that may sign requests.
pub struct DeviceDoor {
    /// As the decision sees it.
    pub actor: Actor,
    /// Verifies its requests.
    pub key: PublicKey,
}

/// A device of a resident.
#[derive(Clone, Debug)]
pub struct DeviceRow {
    /// `dev_…`
    pub id: String,
    /// What the resident calls it.
    pub label: String,
    /// Slot.
    pub slot: u8,
    /// `active`, `suspended` while a recovery that did not keep it can be stopped, or `ended`.
    pub state: &'static str,
    /// Unix seconds.
    pub enrolled_at: i64,
    /// Unix seconds.
    pub ended_at: Option<i64>,
    /// Unix seconds until which it waits with what matters, when it does.
    pub young_until: Option<i64>,
    /// The asking device.
    pub this: bool,
}

/// Switches of a resident.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings {
    /// Paper is refused.
    pub paper_off: bool,
    /// Short numbers are refused.
    pub short_off: bool,
}

/// Something the resident should know.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Unix seconds.
    pub at: i64,
    /// Stable word.
    pub kind: String,
    /// The sentence.
    pub words: Text,
}

/// The home screen.
#[derive(Clone, Debug)]
pub struct Home {
    /// Masked name.
    pub name_masked: String,
    /// GB/T 2260.
    pub region: String,
    /// `active`, `suspended` or `dead`.
    pub state: &'static str,
    /// The person switched processing off themselves.
    pub restricted: bool,
    /// Devices, newest first.
    pub devices: Vec<DeviceRow>,
    /// Switches.
    pub settings: Settings,
    /// Newest first.
    pub notices: Vec<Notice>,
    /// Flavours that may be drawn.
    pub flavours: Vec<&'static str>,
    /// Benefits that are held today.
    pub benefits: Vec<Benefit>,
}

impl Province {
    /// The device behind a key id, if it may sign requests. One that waits since a recovery may: the doorway holds it to
    /// stopping that.
    ///
    /// # Errors
    /// [`DeedError::Internal`] for a row that the program did not write; when the store can't be read.
    pub async fn device(&self, id: &str) -> Result<Option<DeviceDoor>, DeedError> {
        if DeviceId::parse(id).is_err() {
            return Ok(None);
        }
        let id = id.to_owned();
        let found = self
            .store
            .read_one::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(device::signer(tx, &id).await?) }))
            .await?;
        let Some((row, _)) = found.filter(|(row, _)| row.state != device::State::Ended) else { return Ok(None) };
        let row = self.seals.trusted(row)?;
        let suite = Suite::from_number(row.suite).ok_or_else(|| DeedError::internal("device.suite"))?;
        let bytes: [u8; 33] = row.public_key.as_slice().try_into().map_err(DeedError::internal)?;
        let key = PublicKey::parse(suite, &bytes).map_err(DeedError::internal)?;
        let account = AccountId::parse(&row.account).map_err(DeedError::internal)?;
        let device = DeviceId::parse(&row.id).map_err(DeedError::internal)?;
        Ok(Some(DeviceDoor { actor: Actor::Device { account, device, slot: row.slot }, key }))
    }

    /// Everything for the home screen.
    ///
    /// # Errors
    /// Refusals of the decision.
    pub async fn home(&self, actor: &Actor) -> Result<Home, DeedError> {
        let own = own(actor)?;
        let request = Request::of(actor.clone(), Deed::SeeRecord).about(own.clone());
        let id = own.as_str().to_owned();
        let (row, restricted, devices, notices, benefits) = self
            .look(request, Facts::default(), move |tx| {
                Box::pin(async move {
                    let row = account::find(tx, &id).await?.ok_or(DeedError::NotFound("resident"))?;
                    let restricted = account::is_restricted(tx, &id).await?;
                    let devices = device::of_account(tx, &id).await?;
                    let notices = notice::of_account(tx, &id, NOTICES).await?;
                    Ok((row, restricted, devices, notices, benefit::of_account(tx, &id).await?))
                })
            })
            .await?;
        // Before three in the morning a phone still shows, and draws, the codes of the day before.
        let shown = Day::shown_at(self.now_u32());
        let mut flavours = vec!["plain"];
        if self.speaker().can_say(&row, &benefits, Disclosure::AgeBand, shown) {
            flavours.push("age_band");
        }
        let mut benefits = self.benefit_rows(&row, &benefits);
        benefits.retain(|one| one.state == "held");
        if benefits.iter().any(|one| one.drawable) {
            flavours.push("benefit");
        }
        let now_us = self.now_us();
        Ok(Home {
            name_masked: self.name_of(&row)?.masked(),
            region: row.region.clone(),
            state: row.state.as_str(),
            restricted,
            devices: devices.into_iter().map(|d| device_row(d, (actor.id(), now_us))).collect(),
            settings: Settings { paper_off: row.paper_off, short_off: row.short_off },
            notices: notices.into_iter().map(notice_row).collect(),
            flavours,
            benefits,
        })
    }

    /// Switches paper cards and short numbers off or on; what is absent stays.
    ///
    /// # Errors
    /// Refusals of the decision.
    pub async fn change_settings(
        &self,
        actor: &Actor,
        paper_off: Option<bool>,
        short_off: Option<bool>,
    ) -> Result<Settings, DeedError> {
        let own = crate::rights::holder(actor)?;
        let (id, by, now_us) = (own.as_str().to_owned(), actor.clone(), self.now_us());
        self.short(
            Request::of(actor.clone(), Deed::ChangeSettings).about(own),
            move |tx| {
                Box::pin(async move {
                    account::changed(tx, &id).await?;
                    let facts = match &by {
                        Actor::Person { .. } => crate::person_sessions::facts_to_change(tx, &by, now_us).await?,
                        _ => device_facts(tx, &by).await?,
                    };
                    Ok((facts, id))
                })
            },
            move |tx, id, _| {
                Box::pin(async move {
                    let row = account::find(tx, &id).await?.ok_or(DeedError::NotFound("resident"))?;
                    let now = Settings {
                        paper_off: paper_off.unwrap_or(row.paper_off),
                        short_off: short_off.unwrap_or(row.short_off),
                    };
                    account::set_switches(tx, &id, now.paper_off, now.short_off).await?;
                    let detail = serde_json::json!({ "paper_off": now.paper_off, "short_off": now.short_off });
                    Ok(Done::plain(now).detail(detail))
                })
            },
        )
        .await
    }

    /// One's own switches.
    ///
    /// # Errors
    /// Refusals of the decision.
    pub async fn settings_of(&self, actor: &Actor) -> Result<Settings, DeedError> {
        let own = crate::rights::holder(actor)?;
        let id = own.as_str().to_owned();
        let request = Request::of(actor.clone(), Deed::SeeRecord).about(own);
        self.look(request, Facts::default(), move |tx| {
            Box::pin(async move {
                let row = account::find(tx, &id).await?.ok_or(DeedError::NotFound("resident"))?;
                Ok(Settings { paper_off: row.paper_off, short_off: row.short_off })
            })
        })
        .await
    }

    /// The name of an account, opened for masking or for print.
    pub(crate) fn name_of(&self, row: &Account) -> Result<PersonName, DeedError> {
        if row.sealed_name.is_empty() {
            return PersonName::parse(ERASED).map_err(|_| DeedError::internal("the word for an erased name"));
        }
        let spot = Spot { table: "account", field: "name", row: &row.id };
        let sealed = Sealed::<PersonName>::from_bytes(row.sealed_name.clone());
        self.sealer.open(&sealed, spot).map_err(DeedError::internal)
    }
}

/// The account behind a device.
pub(crate) fn own(actor: &Actor) -> Result<AccountId, DeedError> {
    match actor {
        Actor::Device { account, .. } => Ok(account.clone()),
        _ => Err(DeedError::Refused(yima_kernel::access::Refusal::NotAllowed)),
    }
}

/// The facts of a resident's own deed: its device may have been ended since its signature was verified.
/// Call `account::changed` or `account::rely_on` first.
pub(crate) async fn device_facts(tx: &mut Tx, actor: &Actor) -> Result<Facts, DeedError> {
    let Actor::Device { device, .. } = actor else { return Ok(Facts::default()) };
    let row = device::find(tx, device.as_str()).await?;
    Ok(Facts { actor_ended: row.is_none_or(|d| d.state != device::State::Live), ..Facts::default() })
}

/// The store's word as the law's.
pub(crate) const fn standing(state: State) -> AccountState {
    match state {
        State::Active => AccountState::Active,
        State::Suspended => AccountState::Suspended,
        State::Dead => AccountState::Dead,
    }
}

pub(crate) fn device_row(row: Device, (this, now_us): (&str, i64)) -> DeviceRow {
    DeviceRow {
        this: row.id == this,
        id: row.id,
        label: row.label,
        slot: row.slot,
        state: standing_word(row.state),
        enrolled_at: row.enrolled_at / MICROS,
        ended_at: row.ended_at.map(|at| at / MICROS),
        young_until: row
            .young_until
            .filter(|at| *at > now_us && row.state != device::State::Ended)
            .map(|at| at / MICROS),
    }
}

/// How a device stands, in the word of the API.
pub(crate) const fn standing_word(state: device::State) -> &'static str {
    match state {
        device::State::Live => "active",
        device::State::Suspended => "suspended",
        device::State::Ended => "ended",
    }
}

pub(crate) fn notice_row(row: notice::Notice) -> Notice {
    let words = match row.kind.as_str() {
        "device_enrolled" => Text::new(
            "一部新设备可以亮你的码了。不是你？请马上停用它",
            "A new device can show your code. Not you? End it now",
        ),
        "device_vouched" => Text::new(
            "你用通行密钥确认了一部新手机是你的。不是你？请马上停用它，再到窗口办理",
            "A passkey of yours said that a new phone is yours. Not you? End that phone now, and go to a counter",
        ),
        "device_ended" => Text::new("一部设备已停用，它的码不能再用", "A device was ended; its codes no longer work"),
        "drawn" => Text::new("备好了新的码", "New codes were drawn"),
        "card_issued" => Text::new("为你印了一张纸质码", "A paper card was printed for you"),
        "card_revoked" => Text::new("一张纸质码已作废", "A paper card was revoked"),
        "card_bound" => Text::new(
            "一张单位的卡绑到了你的码上。不是你办的？请马上解绑",
            "An office's card was bound to your code. Not you? End it now",
        ),
        "card_unbound" => Text::new("单位解绑了一张卡", "An office ended the tie of a card"),
        "suspended" => Text::new("你的码已暂停，请到服务台", "Your code is suspended; please go to the desk"),
        "resumed" => Text::new("你的码恢复了", "Your code works again"),
        "benefit_given" => Text::new("为你登记了一项优待", "A benefit was registered for you"),
        "benefit_ended" => Text::new(
            "一项优待停了，写着它的码和纸卡不能再用",
            "A benefit was ended; codes and paper that say it no longer work",
        ),
        "authenticator_added" => Text::new(
            "添加了一个登录方式。不是你？请马上到账户页面移除，或到窗口办理",
            "A way to sign in was added. Not you? Remove it on the account page now, or go to a counter",
        ),
        "signed_out_at_a_counter" => Text::new(
            "窗口替你退出了所有浏览器的登录。不是你要求的？请到窗口办理",
            "A counter signed you out of all browsers. Not your wish? Go to a counter",
        ),
        "authenticator_removed" => Text::new("移除了一个登录方式", "A way to sign in was removed"),
        "password_changed" => Text::new(
            "登录密码改了。不是你？请马上到窗口办理",
            "The password was changed. Not you? Go to a counter now",
        ),
        "sign_in_kept" => Text::new(
            "一部设备保持登录了，180 天。不是你？请马上到账户页面结束",
            "A device keeps you signed in, for 180 days. Not you? End it on the account page now",
        ),
        "number_change_asked" => Text::new(
            "有人要更换你的手机号，72 小时后生效。不是你？请马上停止",
            "Your telephone number is to be changed in 72 hours. Not you? Stop it now",
        ),
        "number_corrected" => Text::new(
            "窗口更正了你的手机号，72 小时后生效。不是你要求的？请马上停止",
            "A counter corrected your telephone number; it counts in 72 hours. Not your wish? Stop it now",
        ),
        "number_change_stopped" => Text::new("更换手机号已停止", "The change of your telephone number was stopped"),
        "number_changed" => Text::new("手机号换好了", "Your telephone number was changed"),
        "visit_began" => Text::new(
            "工作人员在窗口协助你登录，15 分钟内只能办说好的几件事。不是你？请马上到窗口或拨 12345",
            "An officer helps you to sign in at a counter, for 15 minutes and a few deeds. Not you? Go to a counter or call 12345 now",
        ),
        "operator_name_asked" => Text::new(
            "有人登记你是本平台的一位管理员，等你本人确认，见“我的账户－职务”。不是你？不用理会，七天作废",
            "You are named as an operator of this platform, and it waits for your own word under My account, Posts. Not you? Leave it; it is over in seven days",
        ),
        "operator_named" => Text::new(
            "你被任命为本平台的管理员，并登记了是你本人。不是你？请马上到窗口或拨 12345",
            "You were appointed an operator of this platform, by your own file. Not you? Go to a counter or call 12345 now",
        ),
        "death_reported" => Text::new(
            "有人登记你已去世，账户已暂停。弄错了？请本人带证件到任一窗口，30 天内都能撤销",
            "A death was reported for this account, and it is suspended. Wrong? Come to any counter with your papers; it can be taken back for 30 days",
        ),
        "death_undone" => Text::new(
            "死亡登记已撤销，账户恢复。家人和代办授权要重新办理",
            "The report of a death was taken back, and your account works again. Mandates are made anew",
        ),
        "recovery_began" => Text::new(
            "有人在窗口为你的账户办理找回。不是你？请马上停止",
            "Somebody began to recover your account at a counter. Not you? Stop it now",
        ),
        "ward_asked" => Text::new(
            "有监护人为孩子申请了一件大事，另一位监护人可以反对，见“家人”",
            "A guardian asked for something heavy for a child; another guardian may object: see Family",
        ),
        "ward_objected" => Text::new(
            "为孩子申请的一件大事停止了：有监护人反对或撤回",
            "What was asked for a child is stopped: a guardian objected or took it back",
        ),
        "ward_wishes" => Text::new(
            "你监护的人自己提出了改手机号或注销。不同意？请在“家人”页反对",
            "Somebody in your care asked for another number, or for deletion. Not agreed? Object on the Family page",
        ),
        "ward_did" => Text::new(
            "你监护的人自己申请了更正或换手机号，或停止了信息处理。告诉你一声；不对劲就问问他",
            "Somebody in your care asked for a correction or another number, or switched the use of their data off. Strange? Ask them",
        ),
        "ward_switched" => Text::new(
            "有监护人停止或恢复了孩子的信息处理。要改，在“家人”页办",
            "A guardian switched the use of a child's data off, or on again. To change it, use the Family page",
        ),
        "ward_stopped" => Text::new(
            "为孩子申请的一件大事停止了：申请的监护人现在不能代办",
            "What was asked for a child is stopped: the guardian who asked can't act now",
        ),
        "ward_guardian_back" => Text::new(
            "监护人的去世登记撤销了。监护关系要到窗口重新登记，才能再替你办事",
            "The report of your guardian's death was taken back. They register as your guardian at a counter anew before they act again",
        ),
        "ward_alone" => Text::new(
            "你的监护人不能再办事了，民政窗口会联系你的家人；有事打 12345",
            "Your guardian can't act any more; the civil affairs office sees to it. Call 12345 if you need something",
        ),
        "helper_acted" => Text::new(
            "信任你的老人，代办人刚替他办了一件事，或亮了他的码。不对劲？问问老人，或请他到窗口",
            "A helper just did something for somebody who trusts you. Strange? Ask them, or send them to a counter",
        ),
        "helper_drew" => Text::new(
            "信任你的老人，代办人的手机今天备了他的码（一天只告诉你一次；亮码、办事另外通知）",
            "A helper's phone drew codes today for somebody who trusts you (told once a day; what is shown or done is told by itself)",
        ),
        "trusted_named" => Text::new(
            "“信任的人”定了：代办人每办一件事都会告诉他，见“家人”。不对？马上取消",
            "A trusted person is told of what a helper does from now on; see Family. Not right? Take it back",
        ),
        "trusted_asked" => Text::new(
            "窗口登记了一位“信任的人”，等他答应，见“家人”",
            "A counter named a trusted person, who has not answered yet; see Family",
        ),
        "trusted_ended" => Text::new("一位“信任的人”取消了", "A trusted person is told no more"),
        "merger_ahead" => Text::new(
            "一个你授权过的单位要并入另一个单位，见“我同意过的应用”；不愿意可以收回",
            "An organisation that you share data with goes on in another one; see Apps that I allowed. You may take it back",
        ),
        "merger_off" => Text::new(
            "先前告诉你的单位合并取消了，一切照旧",
            "The merger of organisations that you were told of was called off: nothing changes",
        ),
        "sheet_used" => Text::new(
            "用登录码纸上的码登录了一次。不是你？停用登录码纸",
            "A code of your printed sheet signed in. Not you? End the sheet",
        ),
        "sheet_ended" => Text::new("登录码纸停用了", "Your printed sheet of codes was ended"),
        "recovery_by_guardian" => Text::new(
            "监护人正在为这个账户办理找回。不对？请马上停止",
            "A guardian began to recover this account. Not right? Stop it now",
        ),
        "device_let_in" => Text::new(
            "你让另一部设备登录并做通行密钥。不是你？请马上到账户页面移除它",
            "You let another device in to make a passkey. Not you? Remove it on the account page now",
        ),
        "recovered" => Text::new(
            "你的账户刚在窗口找回，重要的事暂缓办理。不是你？请马上停止",
            "Your account was recovered at a counter; what matters waits. Not you? Stop it now",
        ),
        "recovery_of_ward" => Text::new(
            "你监护的家人的账户正在窗口找回，或刚找回。不对？可以停止",
            "The account of somebody in your care is recovered at a counter. Not right? You can stop it",
        ),
        "recovery_stopped" => Text::new("账户找回已停止", "The recovery of your account was stopped"),
        "mandate_proposed" => Text::new("有一份授权在等确认，见“家人”", "A mandate waits for a yes; see Family"),
        "mandate_made" => Text::new(
            "一份授权生效了，见“家人”。不对？马上结束它",
            "A mandate is in force; see Family. Not right? End it now",
        ),
        "mandate_ended" => Text::new("一份授权结束了，见“家人”", "A mandate was ended; see Family"),
        "mandate_over" => Text::new("一份授权到期了", "A mandate is over: its time has come"),
        "mandate_restored" => Text::new("一份授权恢复了", "The end of a mandate was undone"),
        "mandate_suspended" => Text::new("一份授权被暂停，请到窗口", "A mandate is suspended; please go to a counter"),
        "mandate_resumed" => Text::new("一份授权恢复了", "A mandate goes on"),
        "representative_named" => Text::new(
            "登记机关登记你为一家企业的法定代表人，请到“我的账户－企业”决定是否接受",
            "The register names you as an enterprise's legal representative; accept or decline under My account, Enterprises",
        ),
        "representative_accepted" => {
            Text::new("你已是企业的法定代表人", "You are an enterprise's legal representative now")
        }
        "representative_ended" => {
            Text::new("你不再是一家企业的法定代表人", "You are no longer an enterprise's legal representative")
        }
        "appointment_offered" => Text::new(
            "一家企业想任命你为经办人，见“我的账户－企业”",
            "An enterprise offers you to act for it; see My account, Enterprises",
        ),
        "appointment_accepted" => Text::new("经办人接受了任命", "An agent accepted the appointment"),
        "appointment_declined" => Text::new("对方没有接受任命", "An offer to act was declined"),
        "appointment_ended" => Text::new("一份替企业办事的任命结束了", "An appointment to act for an enterprise ended"),
        "appointment_waits" => Text::new(
            "企业换了法定代表人，你的任命等新的确认",
            "The enterprise's representative changed: your appointment waits for the new one's word",
        ),
        "appointment_confirmed" => {
            Text::new("新的法定代表人确认了你的任命", "The new representative confirmed your appointment")
        }
        "enterprise_drawn" => Text::new("你的设备备了企业码", "A device of yours drew codes of an enterprise"),
        "post_drawn" => Text::new("你的设备备了公务码", "A device of yours drew officer codes"),
        "acting_drawn" => Text::new("替你办事的人备了你的码", "Somebody who acts for you drew codes of yours"),
        "shown_for_you" => Text::new(
            "替你办事的人刚出示了你的码，见记录",
            "Somebody who acts for you showed a code of yours; see your record",
        ),
        "right_asked" => Text::new(
            "有人用你的设备提了一件个人信息申请。不是你？请到“我的数据”里撤回",
            "A request about your data was made with a device of yours. Not you? Take it back under My data",
        ),
        "right_done" => {
            Text::new("你的个人信息申请办好了，见“我的数据”", "Your request about your data is done; see My data")
        }
        "right_refused" => Text::new(
            "你的个人信息申请没有通过，理由和申诉办法见“我的数据”",
            "Your request about your data was refused; the reason and how to complain are under My data",
        ),
        "right_waits" => {
            Text::new("你的注销申请要等一等，原因见“我的数据”", "Your deletion has to wait; My data says why")
        }
        "right_goes_on" => Text::new("你的注销申请接着办了", "Your deletion goes on"),
        "right_stopped" => Text::new("一件个人信息申请撤回了", "A request about your data was taken back"),
        "copied" => Text::new(
            "有人用你的设备取走了你的全部信息。不是你？请马上停用那部设备",
            "A device of yours took a copy of all your data. Not you? End that device now",
        ),
        "restricted" => Text::new(
            "你停止了处理：码都不能用，随时可以恢复",
            "You switched processing off: no code works until you switch it on again",
        ),
        "restriction_lifted" => Text::new("处理恢复了，码又能用", "Processing is on again; codes work"),
        "short_number_wrong" => Text::new("有人报错了短码", "Somebody gave a wrong short number"),
        _ => Text::new("你的账户有一处变动，见记录", "Something changed in your account; see your record"),
    };
    Notice { at: row.at / MICROS, kind: row.kind, words }
}

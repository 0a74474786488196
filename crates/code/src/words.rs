//! The words that people read for each answer, in Chinese and English: what happened, whose turn it is, what to do.
//! It decides nothing; pages in other languages take the same table from `vectors/reasons.json`.

use crate::reason::{Reason, VerdictKind};
use crate::rule::Bilingual;
use crate::verdict::Verdict;

/// A title, and the next step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// What happened, in a few words.
    pub title: Bilingual,
    /// Whose turn it is, and what to do.
    pub advice: Bilingual,
}

/// Stands in a template for the minutes of a clock's error.
pub const MINUTES: &str = "{minutes}";

impl Words {
    /// The words for a verdict, minutes filled in.
    #[must_use]
    pub fn of(verdict: &Verdict) -> Words {
        let template = match verdict.reason {
            Some(reason) => for_reason(reason),
            None => for_valid(verdict),
        };
        let minutes = verdict.skew_min.unsigned_abs().to_string();
        let [title_zh, title_en, advice_zh, advice_en] = template.map(|text| text.replace(MINUTES, &minutes));
        Words { title: Bilingual { zh: title_zh, en: title_en }, advice: Bilingual { zh: advice_zh, en: advice_en } }
    }
}

/// The word that stands largest on a checker's screen.
#[must_use]
pub const fn verdict_word(kind: VerdictKind) -> (&'static str, &'static str) {
    match kind {
        VerdictKind::Valid => ("有效", "Valid"),
        VerdictKind::Refused => ("不通过", "Refused"),
        VerdictKind::CouldNotCheck => ("没查成", "Not checked"),
    }
}

/// Title in Chinese and English, advice in Chinese and English.
pub type Template = [&'static str; 4];

const VALID: Template = ["有效", "Valid", "请通过", "Please go ahead"];
const VALID_LATE: Template = [
    "有效，是前一天的码",
    "Valid, an earlier day's code",
    "请通过。手机连上网后会自动备好新码",
    "Please go ahead. The phone gets new codes when it is next online",
];
const VALID_STALE: Template = [
    "有效，名单较旧",
    "Valid, by an older list",
    "请通过。这台设备该联网更新了",
    "Please go ahead. This checker should go online and update",
];

/// The words of a valid verdict.
#[must_use]
pub const fn for_valid(verdict: &Verdict) -> Template {
    match (verdict.late, verdict.stale) {
        (true, _) => VALID_LATE,
        (false, true) => VALID_STALE,
        (false, false) => VALID,
    }
}

const NOT_GENUINE_TITLE: (&str, &str) = ("这个码核不上", "This code does not hold");
const NOT_GENUINE_ADVICE: (&str, &str) =
    ("请点[换新]再扫；还不行，请到服务台", "Press Renew and scan again; if it stays so, please go to the desk");
/// Forged, damaged and misused codes look alike to a stranger.
const NOT_GENUINE: Template = [NOT_GENUINE_TITLE.0, NOT_GENUINE_TITLE.1, NOT_GENUINE_ADVICE.0, NOT_GENUINE_ADVICE.1];

/// The words for a reason, with [`MINUTES`] where minutes belong.
#[must_use]
pub const fn for_reason(reason: Reason) -> Template {
    match reason {
        Reason::Malformed => [
            "这不是一个完整的码",
            "This is not a whole code",
            "请打开一码，把屏幕调亮、放平，再扫一次",
            "Open Yima, brighten the screen, hold it flat and scan again",
        ],
        Reason::UnknownForm | Reason::UnknownSuite => [
            "这台设备还不认识这种码",
            "This checker does not know this kind of code yet",
            "不是您的问题，请走人工通道；这台设备需要更新",
            "It is not your fault: please see the staff. This checker needs an update",
        ],
        Reason::FormNotAccepted => [
            "这里不收这种码",
            "This kind of code is not taken here",
            "请用手机亮码；没有手机，请找工作人员",
            "Please show the code on a phone; without one, please see the staff",
        ],
        Reason::NeedsOnline => [
            "这个码要联网才能查",
            "This code can only be checked online",
            "不是您的问题。请点[离线码]再扫，或走人工通道",
            "It is not your fault. Choose the offline code and scan again, or see the staff",
        ],
        Reason::ClockUntrusted => [
            "这台设备的时间没有校准",
            "This checker's clock is not set",
            "不是您的问题，请走人工通道；工作人员请先校时",
            "It is not your fault: please see the staff, who need to set its clock",
        ],
        Reason::BundleMissing => [
            "这台设备还没有准备好",
            "This checker is not set up yet",
            "不是您的问题，请走人工通道；工作人员请先联网更新",
            "It is not your fault: please see the staff, who need to update it online",
        ],
        Reason::BundleStale | Reason::StatusStale => [
            "这台设备的名单太旧",
            "This checker's list is too old",
            "不是您的问题，请走人工通道；工作人员请联网更新",
            "It is not your fault: please see the staff, who need to update it online",
        ],
        Reason::UnknownKid => [
            "这台设备不认识发码的地方",
            "This checker does not know who issued the code",
            "不是您的问题，请走人工通道；工作人员请联网更新",
            "It is not your fault: please see the staff, who need to update it online",
        ],
        Reason::KidWithdrawn => [
            "这一批码已经停用",
            "This batch of codes was withdrawn",
            "不是您的问题。请联网打开一码，会自动换新",
            "It is not your fault. Open Yima online: it draws new codes by itself",
        ],
        Reason::WrongKeyUse
        | Reason::SuiteMismatch
        | Reason::FlagsNotAllowed
        | Reason::WrongDay
        | Reason::BadIssuerSignature
        | Reason::BadHolderSignature => NOT_GENUINE,
        Reason::NotYetValid => [
            "这个码还没到可用的时间",
            "This code is for later",
            "请点[换新]再扫；还不行，请检查手机的日期和时间",
            "Press Renew and scan again; if it stays so, check the phone's date and time",
        ],
        Reason::Expired => [
            "码过期了",
            "The code expired",
            "请联网打开一码，点[换新]再扫",
            "Open Yima online, press Renew and scan again",
        ],
        Reason::ClockSlow => [
            "这部手机慢了 {minutes} 分钟",
            "This phone is {minutes} minutes slow",
            "请联网打开一码，会自动校准，再扫一次",
            "Open Yima online: it corrects itself; then scan again",
        ],
        Reason::ClockFast => [
            "这部手机快了 {minutes} 分钟",
            "This phone is {minutes} minutes fast",
            "请联网打开一码，会自动校准，再扫一次",
            "Open Yima online: it corrects itself; then scan again",
        ],
        Reason::StaleCode => [
            "这个码是早先亮出的",
            "This code was shown some time ago",
            "截图不能用。请打开一码，亮出现在的码再扫",
            "A screenshot does not work: open Yima and show the code of this moment",
        ],
        Reason::WrongScenario => [
            "这个码是签给别的用途的",
            "This code was signed for another use",
            "请在一码里选这里的用途再扫",
            "Choose this use in Yima and scan again",
        ],
        Reason::WrongSite => [
            "这个码是签给别的地点的",
            "This code was signed for another place",
            "请扫这里的场所码，再亮码",
            "Scan the place code here, then show your code",
        ],
        Reason::AssuranceTooLow => [
            "身份核实的等级不够",
            "Your identification is not strong enough for this",
            "请带身份证到服务台核实一次，以后就能用",
            "Please verify once at the desk with your ID card; after that it works",
        ],
        Reason::FlavourNeeded => [
            "这里需要码上带一项说明",
            "This place needs one more fact on the code",
            "请在一码里选这里的用途，会先问你给不给",
            "Choose this use in Yima: it asks you first whether to tell",
        ],
        Reason::NotEntitled => [
            "不在这项服务的范围内",
            "Not within this service",
            "请走普通通道，或到服务台问一问",
            "Please take the ordinary way, or ask at the desk",
        ],
        Reason::GuardianNeeded => [
            "这里需要监护人一起",
            "A guardian is needed here",
            "请监护人先扫自己的码，十秒内再扫一次；或走人工通道",
            "The guardian scans their own code first, then this one within ten seconds; or see the staff",
        ],
        Reason::ChallengeNeeded => [
            "这里要先扫设备上的码",
            "Scan this checker's code first",
            "请用一码扫这台设备屏幕上的码，再亮出新的码",
            "Scan the code on this checker's screen with Yima, then show the new one",
        ],
        Reason::Replayed => {
            ["这个码已经用过了", "This code was used already", "请点[换新]再扫", "Press Renew and scan again"]
        }
        Reason::ChallengeWrong => [
            "这个码答的不是这台设备",
            "This code answers another checker",
            "请用一码扫这台设备屏幕上的码，再亮码",
            "Scan the code on this checker's screen with Yima, then show yours",
        ],
        Reason::ChallengeExpired => [
            "超过一分钟了",
            "More than a minute has passed",
            "请再扫一次这台设备屏幕上的码",
            "Scan the code on this checker's screen once more",
        ],
        Reason::CapReached => [
            "今天的次数用完了",
            "Today's uses are used up",
            "明天可以再用；今天请找工作人员",
            "It works again tomorrow; today please see the staff",
        ],
        Reason::Withdrawn => ["这部手机已挂失", "This phone was reported lost", "请到服务台", "Please go to the desk"],
        Reason::CardRevoked => [
            "这张卡已停用",
            "This card was cancelled",
            "请到服务台；补办的新卡可以用",
            "Please go to the desk; a replacement card works",
        ],
        Reason::CardExpired => [
            "这张卡到期了",
            "This card has expired",
            "请到服务台换一张，当场可取",
            "Please get a new one at the desk, while you wait",
        ],
        Reason::UnknownCode => [
            "这个码用不了了",
            "This code does not work any more",
            "请点[换新]再扫；报号码的，请重新取一个",
            "Press Renew and scan again; for a spoken number, get a new one",
        ],
        Reason::DeviceEnded => [
            "这部手机已停用",
            "This phone was signed off",
            "请用现在的手机亮码，或到服务台",
            "Please show the code on your present phone, or go to the desk",
        ],
        Reason::PersonSuspended => {
            ["这个码已暂停", "This code is suspended", "请带身份证到服务台", "Please go to the desk with your ID card"]
        }
        Reason::ConfirmationWaits => [
            "等本人在手机上确认",
            "Waiting for the holder to confirm",
            "不是您的问题。请在手机上核对地点，一分钟内点[确认]",
            "Please compare the place on your phone and press Confirm within a minute",
        ],
        Reason::ConfirmationRefused => [
            "手机上答的是：不是我",
            "The phone answered: not me",
            "若是点错了，请点[换新]再扫；不是本人的码，请找工作人员",
            "If that was a slip, press Renew and scan again; otherwise please see the staff",
        ],
        Reason::ConfirmationExpired => [
            "一分钟内没有确认",
            "Nobody confirmed within a minute",
            "请点[换新]再扫，并在手机上点[确认]",
            "Press Renew, scan again, and press Confirm on the phone",
        ],
        Reason::Busy => [
            "这台设备正忙",
            "This checker is busy",
            "不是您的问题，请稍等再扫，或走人工通道",
            "It is not your fault: wait a moment and scan again, or see the staff",
        ],
        Reason::ServerError => [
            "我们这边出了问题",
            "Something broke on our side",
            "您的码不受影响。请稍后再扫，或走人工通道",
            "Your code still works. Scan again later, or see the staff",
        ],
    }
}

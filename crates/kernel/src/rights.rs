//! The rights of a person over their data (PIPL, 个人信息保护法, articles 44 to 50): kinds, clocks, and what the law keeps.
//! It does not know what is kept about whom, nor who answers. Readings of law are defaults, to be confirmed by a lawyer.

use crate::workday;
use yima_code::day::Day;

/// What somebody asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// See and copy (article 45).
    Copy,
    /// Correct (article 46).
    Correct,
    /// Restrict (article 44).
    Restrict,
    /// Delete (article 47).
    Delete,
    /// Have the rules explained (articles 24 and 48).
    Explain,
    /// What kin ask for a dead person (article 49).
    Kin,
}

impl Right {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Copy, Self::Correct, Self::Restrict, Self::Delete, Self::Explain, Self::Kin];

    /// The word in the store and in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Copy => "copy",
            Self::Correct => "correct",
            Self::Restrict => "restrict",
            Self::Delete => "delete",
            Self::Explain => "explain",
            Self::Kin => "kin",
        }
    }
}

/// How long things may take. Settings of a province, with these defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Working days in which a request must be answered. Source: 《App违法违规收集使用个人信息行为认定方法》
    /// (国信办秘字〔2019〕191号), section six: correction, deletion and closing of accounts within 15 working days.
    pub working_days: u16,
    /// Days in which any device stops a deletion. The house's own rule: who lost a phone must have time to see it.
    pub hold_days: u16,
}

impl Default for Terms {
    fn default() -> Self {
        Self { working_days: 15, hold_days: 7 }
    }
}

const DAY_S: i64 = 86_400;

/// When a request's hold ends and when it must be done, Unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Nothing happens before; the time of asking where there is no hold.
    pub hold_until_s: i64,
    /// The end of the last working day.
    pub due_s: i64,
}

impl Terms {
    /// The clock of a request.
    #[must_use]
    pub fn clock(&self, right: Right, asked_s: i64) -> Clock {
        let last = workday::after(Day::of(u32::try_from(asked_s).unwrap_or(0)), self.working_days);
        let hold_s = if right == Right::Delete { i64::from(self.hold_days) * DAY_S } else { 0 };
        Clock { hold_until_s: asked_s + hold_s, due_s: i64::from(last.next().starts_at()) }
    }
}

/// Something that outlives a deletion, under which law, and for how many days.
#[derive(Clone, Copy, Debug)]
pub struct Kept {
    /// A stable word.
    pub word: &'static str,
    /// What, in Chinese and English.
    pub what: (&'static str, &'static str),
    /// Why, in Chinese and English.
    pub law: (&'static str, &'static str),
    /// Days after the deletion.
    pub days: u16,
}

/// What a deletion leaves, and why.
pub const KEPT: [Kept; 4] = [
    Kept {
        word: "uses",
        what: (
            "办理和查看记录：只剩一个编号，对不上姓名、证号和手机",
            "Records of what was done: under a number that leads to no name, ID number or telephone",
        ),
        law: (
            "《网络安全法》：网络日志留存不少于六个月",
            "Cybersecurity Law: network logs are kept for at least six months",
        ),
        days: 184,
    },
    Kept {
        word: "request",
        what: ("这次申请和办理结果，不含内容", "This request and its outcome, without its contents"),
        law: (
            "《个人信息保护法》第六十九条、《民法典》第一百八十八条：举证责任与三年诉讼时效",
            "PIPL article 69 and Civil Code article 188: the burden of proof, and three years to sue",
        ),
        days: 1_096,
    },
    Kept {
        word: "apps",
        what: (
            "要求过哪些应用删除、它们怎么答的：只有编号，不含姓名",
            "Which apps were told to delete, and what they answered: under a number, without a name",
        ),
        law: (
            "《个人信息保护法》第四十七条、第六十九条：督促删除和举证责任",
            "PIPL articles 47 and 69: that others delete as well, and the burden of proof",
        ),
        days: 1_096,
    },
    Kept {
        word: "paper",
        what: (
            "作废的纸质码的序号，不含姓名：有人捡到也不能用",
            "Numbers of revoked paper codes, without a name: whoever finds one can't use it",
        ),
        law: ("《个人信息保护法》第五十一条：防止未经授权的使用", "PIPL article 51: measures against unauthorised use"),
        days: 400,
    },
];

/// How to complain about a refusal: article 50 wants a reason, and opens the way to a court; article 65 to the authorities.
pub const COMPLAIN: (&str, &str) = (
    "不服可以拨打 12345 或 12377 投诉（《个人信息保护法》第六十五条），也可以向人民法院起诉（第五十条）",
    "If you disagree: complain by telephone 12345 or 12377 (PIPL article 65), or bring it before a people's court (article 50)",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deletion_is_held_for_a_week_and_is_due_after_fifteen_working_days() {
        // 2026-11-23 10:00 in Shanghai, a Monday.
        let asked = 1_795_399_200;
        let clock = Terms::default().clock(Right::Delete, asked);
        assert_eq!(clock.hold_until_s - asked, 7 * 86_400);
        // The end of 2026-12-14 in Shanghai.
        assert_eq!(clock.due_s, 1_797_264_000);
        assert_eq!(Terms::default().clock(Right::Explain, asked).hold_until_s, asked);
        // Asked at 23:59 and at 00:01: another day.
        let midnight = i64::from(Day(2_518).starts_at());
        let due = |at| Terms::default().clock(Right::Correct, at).due_s;
        assert!(due(midnight - 60) < due(midnight + 60));
    }

    #[test]
    fn a_hold_always_ends_before_it_is_due() {
        for day in 2_192..3_000 {
            let clock = Terms::default().clock(Right::Delete, i64::from(Day(day).starts_at()) + 40_000);
            assert!(clock.hold_until_s < clock.due_s, "day {day}");
        }
    }
}

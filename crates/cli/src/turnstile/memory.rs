//! What a checker remembers of codes that it took, in memory and as lines that survive the power.
//! It does not know where the lines are kept, nor decide when a code may be shown again.

use serde::{Deserialize, Serialize};
use yima_code::seen::{Earlier, NoRoom, Seen, SeenKey, Showing};
use yima_code::{Flags, Form, SeenInMemory, Verdict};

/// A memory that says what is new since it was last asked.
#[derive(Default)]
pub struct Memory {
    inner: SeenInMemory,
    fresh: Vec<Remembered>,
}

/// One remembered code, as a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// `token:`, `card:` or `challenge:` and its bytes in hex.
    key: String,
    form: String,
    time: u32,
    scenario: u16,
    site: u32,
    at: u32,
    times_today: u16,
    until: u32,
    assurance: u8,
    age_band: u8,
    benefit: u8,
    acting: bool,
    late: bool,
    stale: bool,
}

impl Memory {
    /// Takes back what a line says. False for a line that can't be understood.
    pub fn recall(&mut self, line: &Remembered, now: u32) -> bool {
        let Some((key, earlier)) = line.parts() else { return false };
        earlier.until <= now || self.inner.remember(key, earlier, now).is_ok()
    }

    /// Lines for what was remembered since the last call.
    pub fn take_fresh(&mut self) -> Vec<Remembered> {
        std::mem::take(&mut self.fresh)
    }

    /// Takes back what could not be written down: the code was not admitted.
    pub fn forget(&mut self, lines: &[Remembered]) {
        for (key, earlier) in lines.iter().filter_map(Remembered::parts) {
            // An entry that is over counts as none, and its place is there already.
            let _ = self.inner.remember(key, Earlier { until: 0, ..earlier }, earlier.at);
        }
    }

    /// Forgets what may be forgotten, and gives lines for all that is left.
    pub fn all(&mut self, now: u32) -> Vec<Remembered> {
        self.inner.forget_until(now);
        self.inner.entries().map(|(key, earlier)| Remembered::of(key, earlier)).collect()
    }

    /// The tokens that are remembered, and when each was taken.
    pub fn tokens(&self) -> impl Iterator<Item = ([u8; 16], u32)> {
        self.inner.entries().filter_map(|(key, earlier)| match key {
            SeenKey::Token(id) => Some((*id, earlier.at)),
            SeenKey::Card { .. } | SeenKey::Challenge(_) => None,
        })
    }

    /// A code that another gate of the site took: it may not be shown here until `until`.
    pub fn hear(&mut self, id: [u8; 16], at: u32, until: u32) {
        let key = SeenKey::Token(id);
        if self.inner.earlier(&key, at).is_none() {
            let showing = Showing { form: Form::T1, time: 0, scenario: 0, site: 0 };
            let plain = Flags::from_bits(0).map(|flags| Verdict::valid(Form::T1, flags));
            if let Ok(verdict) = plain {
                // A full memory refuses codes at this gate by itself; hearsay does not matter then.
                let _ = self.inner.remember(key, Earlier { showing, at, times_today: 1, verdict, until }, at);
            }
        }
    }
}

impl Seen for Memory {
    fn earlier(&self, key: &SeenKey, now: u32) -> Option<Earlier> {
        self.inner.earlier(key, now)
    }

    fn remember(&mut self, key: SeenKey, earlier: Earlier, now: u32) -> Result<(), NoRoom> {
        self.inner.remember(key, earlier, now)?;
        self.fresh.push(Remembered::of(&key, &earlier));
        Ok(())
    }
}

impl Remembered {
    fn of(key: &SeenKey, earlier: &Earlier) -> Self {
        let key = match key {
            SeenKey::Token(id) => format!("token:{}", hex::encode(id)),
            SeenKey::Card { kid, list, index } => format!("card:{}{list:04x}{index:08x}", hex::encode(kid)),
            SeenKey::Challenge(short) => format!("challenge:{}", hex::encode(short)),
        };
        let Earlier { showing, at, times_today, verdict, until } = *earlier;
        Self {
            key,
            form: showing.form.as_str().to_owned(),
            time: showing.time,
            scenario: showing.scenario,
            site: showing.site,
            at,
            times_today,
            until,
            assurance: verdict.assurance,
            age_band: verdict.age_band,
            benefit: verdict.benefit,
            acting: verdict.acting,
            late: verdict.late,
            stale: verdict.stale,
        }
    }

    fn parts(&self) -> Option<(SeenKey, Earlier)> {
        let (kind, octets) = self.key.split_once(':')?;
        let octets = hex::decode(octets).ok()?;
        let key = match kind {
            "token" => SeenKey::Token(octets.try_into().ok()?),
            "challenge" => SeenKey::Challenge(octets.try_into().ok()?),
            "card" => {
                let [k0, k1, k2, k3, l0, l1, i0, i1, i2, i3] = octets.try_into().ok()?;
                let (list, index) = (u16::from_be_bytes([l0, l1]), u32::from_be_bytes([i0, i1, i2, i3]));
                SeenKey::Card { kid: [k0, k1, k2, k3], list, index }
            }
            _ => return None,
        };
        let form = Form::from_name(&self.form)?;
        let showing = Showing { form, time: self.time, scenario: self.scenario, site: self.site };
        let verdict = Verdict {
            assurance: self.assurance,
            age_band: self.age_band,
            benefit: self.benefit,
            acting: self.acting,
            late: self.late,
            stale: self.stale,
            ..Verdict::valid(form, Flags::from_bits(0).ok()?)
        };
        Some((key, Earlier { showing, at: self.at, times_today: self.times_today, verdict, until: self.until }))
    }
}

#[cfg(test)]
mod tests {
    use super::{Memory, Remembered};
    use yima_code::seen::{Earlier, Seen, SeenKey, Showing};
    use yima_code::{Flags, Form, Verdict};

    #[test]
    fn every_kind_of_memory_comes_back_from_its_line() {
        let flags = Flags::from_bits(0b1000_0110_0000_0000).expect("assurance 2, age band 6");
        let showing = Showing { form: Form::T1c, time: 100, scenario: 3, site: 7 };
        let verdict = Verdict { late: true, ..Verdict::valid(Form::T1c, flags) };
        let earlier = Earlier { showing, at: 101, times_today: 2, verdict, until: 500 };
        let keys = [
            SeenKey::Token([1; 16]),
            SeenKey::Card { kid: [2; 4], list: 3, index: 1 << 20 },
            SeenKey::Challenge([4; 8]),
        ];
        let mut memory = Memory::default();
        for key in keys {
            memory.remember(key, earlier, 101).expect("room");
        }
        let lines = memory.take_fresh();
        assert!(lines.len() == 3 && memory.take_fresh().is_empty());
        let mut again = Memory::default();
        for line in &lines {
            let text = serde_json::to_string(line).expect("json");
            assert!(again.recall(&serde_json::from_str::<Remembered>(&text).expect("json"), 101));
        }
        for key in keys {
            assert_eq!(again.earlier(&key, 101), Some(earlier));
        }
        again.forget(&lines[..1]);
        assert_eq!(again.earlier(&keys[0], 101), None);
        assert_eq!(again.all(500), [], "what is over is forgotten");
    }
}

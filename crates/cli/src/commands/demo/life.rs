//! A day behind the demonstration: places in sixteen cities, gates, counts by the hour, and a few residents who showed their code.
//! It goes through the same deeds as real life; the counts are invented and shaped like a day.

use super::Gate;
use crate::failure::Failure;
use crate::machine::{chance, clock};
use crate::pocket;
use yima_code::day::Day;
use yima_code::token::{HolderPart, IssuerPart};
use yima_kernel::subject::Actor;
use yima_keys::Suite;
use yima_keys::custody::IssuingKey;
use yima_province::{
    CheckCode, Counted, DeedError, Disclosure, Draw, Enrol, EnrolProof, NewPlace, Province, SyncGate, Text, Upload,
};

/// Hours of counts before now.
const HOURS: i64 = 24;
/// Residents with a device of their own.
const DEVICES: usize = 12;
/// Codes that each of them showed.
const SHOWN: usize = 4;

/// A place: scenario, name in both languages, city or county, how busy.
struct Stand(&'static str, &'static str, &'static str, &'static str, u64);

/// The first three are gates that visitors get.
const STANDS: [Stand; 19] = [
    Stand("bus", "济南公交 K1 路", "Jinan bus K1", "370102", 90),
    Stand("library", "青岛市图书馆", "Qingdao Library", "370202", 40),
    Stand("hospital", "烟台毓璜顶门诊", "Yantai clinic desk", "370602", 30),
    Stand("metro", "济南地铁 1 号线大学城站", "Jinan Metro, University Town", "370113", 120),
    Stand("metro", "青岛地铁 3 号线五四广场站", "Qingdao Metro, May Fourth Square", "370202", 110),
    Stand("park", "泰安泰山天外村", "Tai'an, Mount Tai gate", "370902", 60),
    Stand("park", "威海刘公岛码头", "Weihai, Liugong Island pier", "371002", 30),
    Stand("window", "淄博市政务服务大厅", "Zibo Government Service Hall", "370303", 25),
    Stand("window", "潍坊市政务服务大厅", "Weifang Government Service Hall", "370705", 25),
    Stand("library", "济宁市图书馆", "Jining Library", "370811", 15),
    Stand("bus", "临沂公交 1 路", "Linyi bus 1", "371302", 45),
    Stand("bus", "聊城公交 3 路", "Liaocheng bus 3", "371502", 25),
    Stand("hospital", "枣庄市立医院", "Zaozhuang Municipal Hospital", "370402", 18),
    Stand("hotel", "日照海滨宾馆", "Rizhao Seaside Hotel", "371102", 8),
    Stand("elder", "德州颐养优待窗口", "Dezhou benefit desk", "371402", 12),
    Stand("event", "东营体育中心", "Dongying Sports Centre", "370502", 14),
    Stand("fuel", "滨州黄河路加油站", "Binzhou filling station", "371602", 5),
    Stand("netcafe", "菏泽曹州路网吧", "Heze internet cafe", "371702", 6),
    Stand("student", "济南方特售票处", "Jinan ticket desk", "370104", 10),
];
/// Gates that visitors get,
const FOR_VISITORS: usize = 3;
/// and those that ask for more than a valid code.
const ASKING: [&str; 2] = ["elder", "student"];

/// Busyness by hour of the civil day, of 100.
const HOURLY: [u64; 24] = [2, 1, 1, 1, 2, 8, 30, 85, 100, 70, 55, 50, 55, 50, 48, 52, 65, 95, 90, 55, 40, 28, 14, 6];

/// Reasons of what was not valid, of 1,000 checks.
const NOT_VALID: [(&str, &str, u64); 7] = [
    ("refused", "stale_code", 9),
    ("refused", "wrong_scenario", 6),
    ("refused", "clock_slow", 5),
    ("refused", "replayed", 4),
    ("refused", "expired", 3),
    ("refused", "bad_holder_signature", 1),
    ("could_not_check", "bundle_stale", 2),
];

/// Lives the day, and gives the visitors' gates.
pub async fn live(province: &Province) -> Result<Vec<Gate>, Failure> {
    let mut gates = Vec::new();
    for stand in &STANDS {
        let gate = open(province, stand).await.map_err(failed)?;
        let actor = province.gate(&gate.key).await.map_err(failed)?;
        let actor = actor.ok_or_else(|| Failure::could_not("a gate that was just made is not known"))?;
        count(province, &actor, stand).await.map_err(failed)?;
        gates.push((gate, actor));
    }
    show_codes(province, &gates[0].1).await?;
    // The first bundle that anybody fetches knows the places.
    let published = province.publish_bundle(&Actor::System).await.map_err(failed)?;
    // All gates but the last are in step: one that was never heard of gives an operator something to find.
    for (_, actor) in gates.iter().take(STANDS.len() - 1) {
        let say = SyncGate { bundle_version: i64::from(published.version), spool: 0, clock_at: province.now_s() };
        province.sync_gate(actor, say).await.map_err(failed)?;
    }
    let for_visitors =
        |(at, (gate, _)): &(usize, (Gate, Actor))| *at < FOR_VISITORS || ASKING.contains(&gate.scenario.as_str());
    Ok(gates.into_iter().enumerate().filter(for_visitors).map(|(_, (gate, _))| gate).collect())
}

async fn open(province: &Province, stand: &Stand) -> Result<Gate, DeedError> {
    let Stand(scenario, zh, en, region, _) = *stand;
    let place = NewPlace { name: Text::new(zh, en), scenario: scenario.to_owned(), region: region.to_owned() };
    let site = province.add_place(&Actor::System, place).await?;
    // The place is in force with the next bundle; a gate may stand there at once.
    let key = province.add_gate(&Actor::System, zh, site.site).await?;
    Ok(Gate { name: zh.to_owned(), id: key.id, key: key.key, site: site.site, scenario: scenario.to_owned() })
}

/// Counts of the last hours, as gates report them.
async fn count(province: &Province, gate: &Actor, stand: &Stand) -> Result<(), DeedError> {
    let Stand(scenario, .., busy) = *stand;
    let this_hour = province.now_s() - province.now_s() % 3600;
    let form = if matches!(scenario, "hospital" | "window" | "hotel" | "fuel" | "netcafe") { "T0" } else { "T1" };
    let mut counted = Vec::new();
    for back in 1..=HOURS {
        let hour_at = this_hour - back * 3600;
        let civil_hour = ((hour_at + 8 * 3600) / 3600 % 24) as usize;
        let noise = 80 + u64::from(chance::below(41));
        let all = busy * 6 * HOURLY[civil_hour] / 100 * noise / 100;
        let mut valid = all;
        for (verdict, reason, of_1000) in NOT_VALID {
            let n = (all * of_1000 + u64::from(chance::below(1000))) / 1000;
            valid = valid.saturating_sub(n);
            push(&mut counted, hour_at, form, (verdict, reason), n);
        }
        push(&mut counted, hour_at, form, ("valid", ""), valid);
    }
    let batch = Upload { batch_id: chance::octets(), counted, sealed: Vec::new(), named: Vec::new() };
    province.upload_records(gate, batch).await.map(drop)
}

fn push(counted: &mut Vec<Counted>, hour_at: i64, form: &str, (verdict, reason): (&str, &str), n: u64) {
    if n > 0 {
        let (form, verdict, reason) = (form.to_owned(), verdict.to_owned(), reason.to_owned());
        counted.push(Counted { hour_at, form, verdict, reason, n: i64::try_from(n).unwrap_or(0) });
    }
}

/// A few residents of the bus's own county enrol, draw, and show their code there.
async fn show_codes(province: &Province, gate: &Actor) -> Result<(), Failure> {
    let page = province.find_residents(&Actor::System, None, Some(STANDS[0].3), None).await.map_err(failed)?;
    for row in page.items.iter().rev().take(DEVICES) {
        let (code, _) = province.issue_enrolment_code(&Actor::System, &row.id).await.map_err(failed)?;
        one_resident(province, gate, code).await?;
    }
    Ok(())
}

async fn one_resident(province: &Province, gate: &Actor, code: String) -> Result<(), Failure> {
    let mut rng = chance::source();
    let mut fresh = || IssuingKey::generate(Suite::Es256, &mut rng).map_err(|why| Failure::machine("make a key", why));
    let public_key = fresh()?.public();
    let label = "演示手机".to_owned();
    let wish = Enrol { proof: EnrolProof::Code(code), suite: Suite::Es256, public_key, label };
    let enrolled = province.enrol_device(wish).await.map_err(failed)?;
    let door = province.device(&enrolled.device_id).await.map_err(failed)?;
    let door = door.ok_or_else(|| Failure::could_not("a device that was just enrolled is not known"))?;
    let keys = (0..SHOWN).map(|_| fresh()).collect::<Result<Vec<_>, _>>()?;
    let now = clock::as_u32(province.now_s());
    let draw = Draw {
        request_id: chance::octets(),
        day: Day::shown_at(now).0,
        t1: keys.iter().map(|key| (Disclosure::Plain, key.public())).collect(),
        t0: 0,
    };
    let drawn = province.draw_tokens(&door.actor, draw).await.map_err(failed)?;
    let Actor::Gate { site, scenario, .. } = gate else { return Ok(()) };
    for (key, (_, part)) in keys.iter().zip(&drawn.tokens) {
        let part =
            IssuerPart::from_bytes(part).map_err(|why| Failure::could_not(format!("a token can't be read: {why}")))?;
        // Now and then somebody chose another place first.
        let shown_site = if chance::below(5) == 0 { site.wrapping_add(1) } else { *site };
        let holder = HolderPart::new(now, *scenario, shown_site);
        let digits = pocket::complete(key, part, holder)?;
        province.check_code(gate, CheckCode { digits, challenge: None }).await.map_err(failed)?;
    }
    Ok(())
}

fn failed(why: DeedError) -> Failure {
    Failure::could_not(format!("the demonstration's life stopped: {why}"))
}

//! Who works in the demonstration: a province, its departments, its cities with a county each, and a few enterprises.
//! Names of offices say what they are; the enterprises and their credit codes are invented, with a right check character.

use crate::failure::Failure;
use yima_kernel::subject::Actor;
use yima_province::demo::CITIES;
use yima_province::{DeedError, NewOrganisation, Province};

/// On whose word they are there.
const SOURCE: &str = "演示 demonstration";
const DEPARTMENTS: [&str; 8] =
    ["公安厅", "民政厅", "卫生健康委员会", "医疗保障局", "交通运输厅", "文化和旅游厅", "市场监督管理局", "大数据局"];
/// Credit code, name. The first one owns the demonstration's app.
const ENTERPRISES: [(&str, &str); 4] = [
    ("91370000000000003X", "演示商贸有限公司"),
    ("91370102000000101F", "演示公交有限公司"),
    ("91370602000000102C", "演示药业有限公司"),
    ("91370202000000103T", "演示海运有限公司"),
];

/// Adds them, the higher ones first.
pub async fn open(province: &Province) -> Result<(), Failure> {
    let add = async |name: String, region: String, parent: Option<&str>, credit_code: Option<&str>| {
        let new = NewOrganisation {
            enterprise: credit_code.is_some(),
            credit_code: credit_code.map(str::to_owned),
            name,
            region,
            parent: parent.map(str::to_owned),
            source: SOURCE.to_owned(),
        };
        let made = province.add_organisation(&Actor::System, new).await;
        made.map(|row| row.id)
            .map_err(|why: DeedError| Failure::could_not(format!("the demonstration's offices: {why}")))
    };
    let top = add("山东省（演示）".to_owned(), "370000".to_owned(), None, None).await?;
    for department in DEPARTMENTS {
        add(format!("省{department}"), "370000".to_owned(), Some(&top), None).await?;
    }
    for city in &CITIES {
        let of_city = add(format!("{}政务服务局", city.zh), format!("{}00", city.code), Some(&top), None).await?;
        add(format!("{}政务服务大厅", city.zh), format!("{}02", city.code), Some(&of_city), None).await?;
    }
    for (code, name) in ENTERPRISES {
        add(name.to_owned(), String::new(), None, Some(code)).await?;
    }
    Ok(())
}

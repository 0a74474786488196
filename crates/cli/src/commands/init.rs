//! `yima init`: a new province: keys, scenarios, and the first operators of the three posts.
//! What an operator signs in with is printed once and kept nowhere else.

use crate::config::{Door, Home, Settled, not_opened, settle};
use crate::failure::{Done, Failure};
use crate::say;
use clap::Args;
use include_dir::{Dir, include_dir};
use std::process::ExitCode;
use yima_kernel::subject::{Actor, Role};
use yima_province::{NewOperator, Province};

/// The manifests that ship with the program.
static SCENARIOS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../scenarios");

/// The first operators: one natural person a post (三权分立).
const OPERATORS: [(&str, Role); 3] = [("system", Role::System), ("security", Role::Security), ("audit", Role::Audit)];

/// Where.
#[derive(Args)]
pub struct Init {
    #[command(flatten)]
    home: Home,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Runs `yima init`.
pub async fn run(init: &Init) -> Done {
    let settled = settle(&init.home, &Door::default())?;
    let (province, operators) = first_start(&settled).await?;
    announce(&operators, init.json);
    if !init.json {
        say::line(&format!("根指纹 root {}", hex::encode(province.root_fingerprint())));
        say::line(&format!("下一步 next: yima serve --dir {}", settled.dir.display()));
    }
    province.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Makes the province and its first operators.
pub async fn first_start(settled: &Settled) -> Result<(Province, Vec<NewOperator>), Failure> {
    if settled.has_province() {
        return Err(Failure::bad_input(format!("{} holds a province already", settled.dir.display())));
    }
    let setup = settled.setup(settled.new_key_place()?)?;
    let province = Province::init(setup, &shipped_manifests()).await.map_err(not_opened)?;
    settled.remember_token()?;
    let province =
        province.with_min_holders(settled.min_holders).with_sign_in_hash_mib(settled.sign_in_hash_mib as usize);
    let operators = first_operators(&province).await?;
    if settled.token.is_none() && settled.own_passphrase_path().exists() {
        say::remark(&format!(
            "密钥口令在 {}，请移到别处保管（YIMA_PASSPHRASE_FILE） · the keys' passphrase lies in that file: keep it elsewhere",
            settled.own_passphrase_path().display()
        ));
    }
    Ok((province, operators))
}

/// The first operators of a new province.
pub async fn first_operators(province: &Province) -> Result<Vec<NewOperator>, Failure> {
    let mut operators = Vec::new();
    for (name, role) in OPERATORS {
        let made = province.add_operator(&Actor::System, name, name, role).await;
        operators.push(made.map_err(|why| Failure::could_not(format!("failed to make the operator {name}: {why}")))?);
    }
    Ok(operators)
}

/// Prints what the operators sign in with.
pub fn announce(operators: &[NewOperator], json: bool) {
    if json {
        let rows: Vec<_> = operators
            .iter()
            .map(|one| {
                serde_json::json!({
                    "role": one.role.as_str(), "name": one.name, "password": one.password,
                    "totp_secret": one.totp_secret, "totp_uri": one.totp_uri,
                })
            })
            .collect();
        return say::json(&serde_json::json!({ "operators": rows }));
    }
    say::line("管理员（只显示这一次） · operators (shown this once)");
    for one in operators {
        say::line(&format!(
            "  {:<9} {}  密码 password {}  二次验证 TOTP {}",
            one.role.as_str(),
            one.name,
            one.password,
            one.totp_secret
        ));
    }
}

/// The texts of the manifests that ship, in the order of their file names.
pub fn shipped_manifests() -> Vec<String> {
    let mut files: Vec<_> =
        SCENARIOS.files().filter(|file| file.path().extension().is_some_and(|end| end == "toml")).collect();
    files.sort_by_key(|file| file.path());
    files.into_iter().filter_map(|file| file.contents_utf8().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::shipped_manifests;
    use std::collections::BTreeSet;
    use yima_kernel::scenario::Manifest;

    #[test]
    fn every_shipped_manifest_is_acceptable_and_none_shares_its_number_or_name() {
        let parsed: Vec<Manifest> = shipped_manifests()
            .iter()
            .map(|text| Manifest::parse(text).unwrap_or_else(|why| panic!("{why} in\n{text}")))
            .collect();
        let ids: BTreeSet<u16> = parsed.iter().map(|one| one.id).collect();
        let slugs: BTreeSet<&str> = parsed.iter().map(|one| one.slug.as_str()).collect();
        assert_eq!((parsed.len(), ids.len(), slugs.len()), (14, 14, 14));
        for needed in ["bus", "metro", "hospital", "library", "park", "window", "hotel", "netcafe", "elder", "fuel"] {
            assert!(slugs.contains(needed), "{needed}");
        }
    }
}

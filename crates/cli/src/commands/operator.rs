//! `yima operator know`: notes which resident an operator is, so that they keep out of their own file and their kin's.
//! It does not know who is kin; the platform does.

use crate::config::Home;
use crate::failure::{Done, Failure};
use crate::say;
use clap::{Args, Subcommand};
use std::process::ExitCode;
use yima_kernel::subject::Actor;

/// 管理员 · Operators
#[derive(Subcommand)]
pub enum Operator {
    /// 登记管理员本人的档案，用于回避 · Note which resident an operator is, so that they keep out
    Know(Know),
}

/// Who is who.
#[derive(Args)]
pub struct Know {
    #[command(flatten)]
    home: Home,
    /// Sign-in name of the operator
    name: String,
    /// Their own `res_…`, or whole ID number
    person: String,
}

/// Runs `yima operator`.
pub async fn run(operator: Operator) -> Done {
    let Operator::Know(know) = operator;
    let province = know.home.open().await?;
    let known = province.know_operator(&Actor::System, &know.name, &know.person).await;
    province.close().await;
    known.map_err(|why| Failure::refused(format!("the operator's own file was not noted: {why}")))?;
    say::line(&format!("{} 已登记 · noted", know.name));
    Ok(ExitCode::SUCCESS)
}

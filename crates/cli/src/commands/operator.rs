//! `yima operator …`: which resident an operator is, and an operator stopped or ended by whoever owns the data directory.
//! It does not know who is kin, nor whether somebody had to go; the platform records both.

use crate::commands::init::{announce, first_operators};
use crate::config::Home;
use crate::failure::{Done, Failure};
use crate::say;
use clap::{Args, Subcommand};
use std::process::ExitCode;
use yima_kernel::subject::Actor;

/// 管理员 · Operators
#[derive(Subcommand)]
pub enum Operator {
    /// 在一个管理员都没有的平台上，发出头三位 · Make the first three where there is no operator
    First(First),
    /// 登记管理员本人的档案，用于回避 · Note which resident an operator is, so that they keep out
    Know(Know),
    /// 只让登记过本人的管理员办居民的事 · Let nobody open a file whose own is not known, or let them again
    Named(NamedAlone),
    /// 立即停用七天 · Stop an operator at once, for seven days
    Suspend(Stop),
    /// 恢复停用的 · Let a suspended operator go on
    Lift(Named),
    /// 结束岗位（平时在管理台由两个人办）· End a post, where no two persons are left to do it at the console
    End(End),
}

/// Where.
#[derive(Args)]
pub struct First {
    #[command(flatten)]
    home: Home,
    /// 输出 JSON · Print JSON
    #[arg(long)]
    json: bool,
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

/// On or off.
#[derive(Args)]
pub struct NamedAlone {
    #[command(flatten)]
    home: Home,
    /// `on` or `off`
    #[arg(value_parser = ["on", "off"])]
    state: String,
}

/// Who, and why.
#[derive(Args)]
pub struct Stop {
    #[command(flatten)]
    home: Home,
    /// Sign-in name of the operator
    name: String,
    /// Why, for the record
    #[arg(long)]
    reason: String,
}

/// Who, why, and where nobody else holds the post, who comes.
#[derive(Args)]
pub struct End {
    #[command(flatten)]
    stop: Stop,
    /// 接替的人的登录名，该岗位没有别人时要写 · Sign-in name of the successor, where nobody else holds the post
    #[arg(long, requires = "person")]
    successor: Option<String>,
    /// 接替的人的工号 · What tells the successor from other people: a staff number
    #[arg(long, requires = "successor")]
    person: Option<String>,
}

/// Who.
#[derive(Args)]
pub struct Named {
    #[command(flatten)]
    home: Home,
    /// Sign-in name of the operator
    name: String,
}

/// Runs `yima operator`.
pub async fn run(operator: Operator) -> Done {
    match operator {
        Operator::First(first) => made(first).await,
        Operator::Know(know) => noted(know).await,
        Operator::Named(alone) => {
            let province = alone.home.open().await?;
            let done = province.require_named(&Actor::System, alone.state == "on").await;
            province.close().await;
            done.map_err(|why| Failure::refused(format!("it was not changed: {why}")))?;
            say::line(match alone.state.as_str() {
                "on" => {
                    "从现在起，没有登记本人的管理员不能看、不能改居民的档案 · operators who are not named open no file from now on"
                }
                _ => "没有登记本人的管理员又能办了 · operators who are not named may work again",
            });
            Ok(ExitCode::SUCCESS)
        }
        Operator::Suspend(stop) => {
            let province = stop.home.open().await?;
            let done = match province.operator_named(&stop.name).await {
                Ok(id) => province.suspend_operator(&Actor::System, &id, &stop.reason).await,
                Err(why) => Err(why),
            };
            province.close().await;
            done.map_err(|why| Failure::refused(format!("the operator was not suspended: {why}")))?;
            say::line(&format!("{} 停用七天，已登录的都退出 · suspended for seven days and signed out", stop.name));
            Ok(ExitCode::SUCCESS)
        }
        Operator::Lift(named) => {
            let province = named.home.open().await?;
            let done = match province.operator_named(&named.name).await {
                Ok(id) => province.lift_suspension(&Actor::System, &id).await,
                Err(why) => Err(why),
            };
            province.close().await;
            done.map_err(|why| Failure::refused(format!("the suspension was not lifted: {why}")))?;
            say::line(&format!("{} 已恢复 · goes on", named.name));
            Ok(ExitCode::SUCCESS)
        }
        Operator::End(end) => ended(end).await,
    }
}

async fn ended(End { stop, successor, person }: End) -> Done {
    let province = stop.home.open().await?;
    let done = match (province.operator_named(&stop.name).await, successor.zip(person)) {
        (Ok(id), None) => province.end_operator(&Actor::System, &id, &stop.reason).await.map(|()| None),
        (Ok(id), Some((name, person))) => {
            let comes = (name.as_str(), person.as_str());
            province.replace_last_operator(&Actor::System, &id, &stop.reason, comes).await.map(Some)
        }
        (Err(why), _) => Err(why),
    };
    province.close().await;
    let made = done.map_err(|why| Failure::refused(format!("the post was not ended: {why}")))?;
    say::line(&format!(
        "{} 的岗位已结束；记录里写明是命令行做的 · post ended; the record says by the command line",
        stop.name
    ));
    if let Some(made) = made {
        announce(&[made], false);
    }
    Ok(ExitCode::SUCCESS)
}

async fn made(First { home, json }: First) -> Done {
    let province = home.open().await?;
    let done = match province.has_operators().await {
        Ok(true) => Err(Failure::refused(
            "there are operators here: two of them appoint another one at the console, and the last one of a post is replaced by `yima operator end NAME --successor`"
                .to_owned(),
        )),
        Ok(false) => first_operators(&province).await,
        Err(why) => Err(Failure::could_not(format!("the operators were not read: {why}"))),
    };
    province.close().await;
    announce(&done?, json);
    Ok(ExitCode::SUCCESS)
}

async fn noted(know: Know) -> Done {
    let province = know.home.open().await?;
    let known = province.know_operator(&Actor::System, &know.name, &know.person).await;
    province.close().await;
    known.map_err(|why| Failure::refused(format!("the operator's own file was not noted: {why}")))?;
    say::line(&format!("{} 已登记 · noted", know.name));
    Ok(ExitCode::SUCCESS)
}

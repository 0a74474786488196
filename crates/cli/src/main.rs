//! `yima`: the one program: server, gate, device and the tools of those who run them.
//! It reads the command line and calls the rooms; it decides nothing.

mod api;
mod ceremony;
mod commands;
mod config;
mod failure;
mod machine;
mod pocket;
mod say;
mod turnstile;

use clap::{Parser, Subcommand};
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// 一码 · one code for every resident, shown and checked with or without a network
#[derive(Parser)]
#[command(name = "yima", version, max_term_width = 110, after_help = EXITS)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXITS: &str = "\
退出码 exit codes: 0 done or valid · 1 refused, or a fault was found · 2 could not check, no answer · 3 something given is wrong · 4 the machine refused
设置 settings: flags > YIMA_… (secrets also YIMA_…_FILE) > yima.toml > defaults; `yima config print` shows them";

#[derive(Subcommand)]
enum Command {
    /// 演示：一万名虚构居民，一条命令 · A demonstration with ten thousand invented residents
    Demo(commands::demo::Demo),
    /// 运行平台 · Run the platform
    Serve(commands::serve::Serve),
    /// 新建平台 · Make a new platform
    Init(commands::init::Init),
    #[command(subcommand)]
    Resident(commands::resident::Resident),
    #[command(subcommand)]
    Operator(commands::operator::Operator),
    #[command(subcommand)]
    Organisation(commands::organisation::Organisation),
    #[command(subcommand)]
    Source(commands::source::Source),
    #[command(subcommand)]
    Device(commands::device::Device),
    #[command(subcommand)]
    Scenario(commands::scenario::Scenario),
    /// 应用 · Apps that residents sign in to
    #[command(subcommand)]
    Client(commands::client::Client),
    #[command(subcommand)]
    Code(commands::code::Code),
    #[command(subcommand)]
    Bundle(commands::bundle::BundleCommand),
    #[command(subcommand)]
    Gate(commands::gate::Gate),
    #[command(subcommand)]
    Key(commands::key::Key),
    /// 备份成一个核验过的文件 · One verified file of database and keys
    Backup(commands::backup::Backup),
    /// 从备份恢复 · Restore from a backup
    Restore(commands::backup::Restore),
    /// 检查这台机器 · What stands in the way of a good day
    Doctor(commands::doctor::Doctor),
    #[command(subcommand)]
    Config(commands::config::Config),
    /// 接口文档 · The API's description
    Openapi(commands::openapi::OpenApi),
    /// 命令补全 · Completions for a shell
    Completions(commands::completions::Completions),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    log_to_stderr(&default_filter(&cli.command));
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(why) => {
            say::remark(&format!("failed to start: {why}"));
            return failure::Exit::Machine.into();
        }
    };
    let done = runtime.block_on(run(cli.command));
    // A reader of standard input that still waits must not hold the program up.
    runtime.shutdown_background();
    match done {
        Ok(code) => code,
        Err(failure) => {
            say::remark(&failure.sentence);
            failure.exit.into()
        }
    }
}

async fn run(command: Command) -> failure::Done {
    match command {
        Command::Demo(demo) => commands::demo::run(&demo).await,
        Command::Serve(serve) => commands::serve::run(&serve).await,
        Command::Init(init) => commands::init::run(&init).await,
        Command::Resident(resident) => commands::resident::run(resident).await,
        Command::Operator(operator) => commands::operator::run(operator).await,
        Command::Organisation(organisation) => commands::organisation::run(organisation).await,
        Command::Source(source) => commands::source::run(source).await,
        Command::Device(device) => commands::device::run(device).await,
        Command::Scenario(scenario) => commands::scenario::run(scenario).await,
        Command::Client(client) => commands::client::run(client).await,
        Command::Code(code) => commands::code::run(code),
        Command::Bundle(bundle) => commands::bundle::run(bundle).await,
        Command::Gate(gate) => commands::gate::run(gate).await,
        Command::Key(key) => commands::key::run(key).await,
        Command::Backup(backup) => commands::backup::backup(&backup).await,
        Command::Restore(restore) => commands::backup::restore(&restore),
        Command::Doctor(doctor) => commands::doctor::run(&doctor).await,
        Command::Config(config) => commands::config::run(config),
        Command::Openapi(openapi) => commands::openapi::run(&openapi),
        Command::Completions(completions) => commands::completions::run(&completions),
    }
}

/// A server says what it answers, as its settings wish; every other command only what went wrong.
fn default_filter(command: &Command) -> String {
    match command {
        Command::Serve(serve) => serve.log_filter(),
        _ => "warn".to_owned(),
    }
}

/// Lines for a person at a terminal, JSON for a machine; YIMA_LOG chooses what is worth saying.
fn log_to_stderr(default: &str) {
    use std::io::IsTerminal;
    let filter = EnvFilter::try_from_env("YIMA_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() {
        logs.compact().init();
    } else {
        logs.json().init();
    }
}

#[cfg(test)]
mod tests {
    use super::Cli;
    use clap::CommandFactory;

    #[test]
    fn the_commands_are_whole_and_named_as_promised() {
        let command = Cli::command();
        command.clone().debug_assert();
        let names: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
        for promised in [
            "demo",
            "serve",
            "init",
            "resident",
            "device",
            "scenario",
            "client",
            "code",
            "bundle",
            "gate",
            "key",
            "backup",
            "restore",
            "doctor",
            "openapi",
            "completions",
        ] {
            assert!(names.contains(&promised), "{promised}");
        }
    }
}

//! `yima organisation`: add one, list a level of the tree, bring many from a file in two steps by two persons, undo a file.
//! It does not know which codes are taken.

use super::import_file::{self, CHUNK};
use crate::config::Home;
use crate::failure::{Done, Failure};
use crate::machine::clock;
use crate::say;
use clap::{Args, Subcommand};
use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;
use std::process::ExitCode;
use yima_kernel::subject::Actor;
use yima_province::{NewOrganisation, OrganisationFile, OrganisationImport, OrganisationsBy};

/// 单位：部门和企业 · Organisations: departments and enterprises
#[derive(Subcommand)]
pub enum Organisation {
    /// 登记一个单位 · Add one
    Add(Add),
    /// 看一层 · List one level of the tree
    List(List),
    /// 批量导入：先试算、别人批准、再运行 · Import many: a dry run, somebody else's approval, then the run
    Import(Import),
    /// 批量导入职务，步骤一样 · Import posts of officers in the same steps; each is pending until its person accepts it
    ImportPosts(Import),
    /// 批量导入法定代表人，步骤一样 · Import legal representatives in the same steps; each is pending until they accept
    ImportRepresentatives(Import),
    /// 撤销一次导入 · Undo an import
    Undo(Undo),
}

/// What to add.
#[derive(Args)]
pub struct Add {
    #[command(flatten)]
    home: Home,
    /// Registered name
    name: String,
    /// Unified social credit code; without it a department
    #[arg(long)]
    credit_code: Option<String>,
    /// GB/T 2260, six digits; of an enterprise its code's when absent
    #[arg(long, default_value = "")]
    region: String,
    /// `org_…` above it
    #[arg(long)]
    parent: Option<String>,
    /// On whose word
    #[arg(long)]
    source: String,
}

/// Which level.
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    home: Home,
    /// `org_…`; the tops of the tree when absent
    parent: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which file.
#[derive(Args)]
pub struct Import {
    #[command(flatten)]
    home: Home,
    /// FILE.csv or FILE.ndjson, UTF-8; head line credit_code,name,region,parent,kind, of posts id_number,organisation,role, of representatives credit_code,id_number
    file: PathBuf,
    /// Whose register it is: once any is registered, the name of one (`yima source list`)
    #[arg(long)]
    source: String,
    /// Its signature over the file, a detached JWS; needed where the source has a key
    #[arg(long)]
    signature: Option<PathBuf>,
    /// Where refused rows go: row, field, reason [default: FILE.rejects.csv]
    #[arg(long)]
    rejects: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which import, why.
#[derive(Args)]
pub struct Undo {
    #[command(flatten)]
    home: Home,
    /// `use_…`, as the import said
    import: String,
    /// Why
    #[arg(long)]
    reason: String,
}

/// Runs `yima organisation …`.
pub async fn run(organisation: Organisation) -> Done {
    match organisation {
        Organisation::Add(add) => run_add(add).await,
        Organisation::List(list) => run_list(&list).await,
        Organisation::Import(import) => run_import(import, Of::Organisations).await,
        Organisation::ImportPosts(import) => run_import(import, Of::Posts).await,
        Organisation::ImportRepresentatives(import) => run_import(import, Of::Representatives).await,
        Organisation::Undo(undo) => run_undo(&undo).await,
    }
}

async fn run_add(add: Add) -> Done {
    let province = add.home.open().await?;
    let new = NewOrganisation {
        enterprise: add.credit_code.is_some(),
        credit_code: add.credit_code,
        name: add.name,
        region: add.region,
        parent: add.parent,
        source: add.source,
    };
    let added = province.add_organisation(&Actor::System, new).await;
    province.close().await;
    let added = added.map_err(|why| Failure::refused(format!("nothing was added: {why}")))?;
    say::line(&format!("{}  {}", added.id, added.name));
    Ok(ExitCode::SUCCESS)
}

async fn run_list(list: &List) -> Done {
    let province = list.home.open().await?;
    let by = list.parent.clone().map_or(OrganisationsBy::Top, OrganisationsBy::Parent);
    let mut after: Option<String> = None;
    loop {
        let page = province.organisations(&Actor::System, by.clone(), after.as_deref()).await;
        let page = page.map_err(|why| Failure::refused(format!("nothing was listed: {why}")))?;
        for row in &page.items {
            if list.json {
                say::json(&serde_json::json!({
                    "id": row.id, "kind": row.kind, "credit_code": row.credit_code, "name": row.name,
                    "region": row.region, "state": row.state, "has_children": row.has_children,
                }));
            } else {
                let (code, more) =
                    (row.credit_code.as_deref().unwrap_or("-"), if row.has_children { " +" } else { "" });
                say::line(&format!("{}  {code}  {}  {}  {}{more}", row.id, row.region, row.state, row.name));
            }
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    province.close().await;
    Ok(ExitCode::SUCCESS)
}

/// What a file brings.
#[derive(Clone, Copy)]
enum Of {
    Organisations,
    Posts,
    Representatives,
}

async fn run_import(import: Import, of: Of) -> Done {
    let format = import_file::format(&import.file)?;
    let rejects_path = import.rejects.clone().unwrap_or_else(|| import.file.with_extension("rejects.csv"));
    let rejects = File::create(&rejects_path)
        .map_err(|why| Failure::machine(format!("write {}", rejects_path.display()), why))?;
    let (file, file_hash, _) = import_file::opened(&import.file)?;
    let signature = import_file::signature(import.signature.as_deref())?;
    let province = import.home.open().await?;
    let wanted = OrganisationFile {
        reader: Box::new(BufReader::with_capacity(CHUNK, file)),
        file_hash,
        format,
        source: import.source,
        signature,
        rejects: Box::new(rejects),
    };
    let done = match of {
        Of::Organisations => province.import_organisations(&Actor::System, wanted).await,
        Of::Posts => province.import_posts(&Actor::System, wanted).await,
        Of::Representatives => province.import_representatives(&Actor::System, wanted).await,
    };
    province.close().await;
    let done = done.map_err(import_file::stopped)?;
    if import.json {
        say::json(&serde_json::json!({
            "import": done.id, "kind": done.kind, "state": done.state, "counts": done.counts, "rows_read": done.rows_read,
            "created_at": done.created_at, "rejects": rejects_path, "signed_by": done.signed_by,
        }));
    } else {
        told(&done);
        if done.counts.rejected > 0 {
            say::line(&format!("未收的行 refused rows: {}", rejects_path.display()));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn told(done: &OrganisationImport) {
    let c = &done.counts;
    if done.kind == "posts" {
        say::line(&format!(
            "{} 行 rows · {} 新 new ({} 在那里另有职务 have another post there) · {} 续七天 renewed · {} 未收 refused",
            c.rows, c.new, c.differs, c.known, c.rejected
        ));
    } else if done.kind == "representatives" {
        say::line(&format!(
            "{} 行 rows · {} 首次 first · {} 已有 known ({} 换人 replaced) · {} 未收 refused",
            c.rows, c.new, c.known, c.differs, c.rejected
        ));
    } else {
        say::line(&format!(
            "{} 行 rows · {} 新 new · {} 已有 known ({} 名称不同 differ) · {} 未收 refused",
            c.rows, c.new, c.known, c.differs, c.rejected
        ));
    }
    match done.state {
        "proposed" => say::line(&format!(
            "{} 已试算（{}），等另一人在工作台“单位”里批准，再运行同一条命令 · tried; somebody else approves it in the console under Organisations, then run the same command",
            done.id,
            clock::shown(done.created_at)
        )),
        _ => say::line(&format!("{} 已导入 · imported; undo with `yima organisation undo {}`", done.id, done.id)),
    }
}

async fn run_undo(undo: &Undo) -> Done {
    let province = undo.home.open().await?;
    let ended = province.undo_organisations(&Actor::System, &undo.import, &undo.reason).await;
    province.close().await;
    let ended = ended.map_err(|why| Failure::refused(format!("nothing was undone: {why}")))?;
    say::line(&format!("已撤销，结束了 {ended} 个 · undone: {ended} ended"));
    Ok(ExitCode::SUCCESS)
}

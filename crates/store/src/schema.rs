//! Brings the tables of a database up to date, by numbered steps that are never edited afterwards.
//! It does not know what a table means.
//!
//! One text serves both databases; the few words that they spell differently are `@WORDS`.

use sqlx::postgres::PgPool;
use sqlx::{AssertSqlSafe, Executor, Row};

use crate::StoreError;

/// The steps in order; a database notes the number of the last one that it has.
const STEPS: &[&str] = &[
    include_str!("../migrations/0001_the_house.sql"),
    include_str!("../migrations/0002_benefits.sql"),
    include_str!("../migrations/0003_confirmations.sql"),
    include_str!("../migrations/0005_names.sql"),
    include_str!("../migrations/0006_burn_by_day.sql"),
    include_str!("../migrations/0007_bindings.sql"),
    include_str!("../migrations/0008_retention.sql"),
    include_str!("../migrations/0009_accounts.sql"),
    include_str!("../migrations/0010_apps.sql"),
    include_str!("../migrations/0011_mandates.sql"),
    include_str!("../migrations/0012_offices.sql"),
    include_str!("../migrations/0014_recovery.sql"),
    include_str!("../migrations/0015_enterprises.sql"),
    include_str!("../migrations/0016_posts.sql"),
    include_str!("../migrations/0017_audit_search.sql"),
    include_str!("../migrations/0018_sweeps.sql"),
    include_str!("../migrations/0019_visits.sql"),
    include_str!("../migrations/0021_administration.sql"),
    include_str!("../migrations/0022_apps_more.sql"),
    include_str!("../migrations/0023_numbers.sql"),
    include_str!("../migrations/0024_protocol.sql"),
    include_str!("../migrations/0025_family.sql"),
    include_str!("../migrations/0026_officer_codes.sql"),
    include_str!("../migrations/0027_two_persons.sql"),
    include_str!("../migrations/0028_mergers_and_imports.sql"),
    include_str!("../migrations/0029_people.sql"),
    include_str!("../migrations/0030_by_day.sql"),
    include_str!("../migrations/0031_registered_keys.sql"),
    include_str!("../migrations/0032_phones_that_wait.sql"),
    include_str!("../migrations/0033_kin_of_officers.sql"),
    include_str!("../migrations/0035_messages_of_a_number.sql"),
    include_str!("../migrations/0036_seals_over_operators.sql"),
    include_str!("../migrations/0037_sealed_rows.sql"),
    include_str!("../migrations/0038_young_phones.sql"),
    include_str!("../migrations/0039_standing.sql"),
];

/// How many steps a database of this program has: two programs of one number read each other's rows.
#[must_use]
pub const fn steps() -> usize {
    STEPS.len()
}

/// `@WORD`, SQLite's spelling, PostgreSQL's.
const WORDS: &[(&str, &str, &str)] = &[
    ("@BYTES", "BLOB", "BYTEA"),
    ("@INT", "INTEGER", "BIGINT"),
    // Identifiers sort by their bytes, whatever language the database speaks.
    ("@TEXT", "TEXT", "TEXT COLLATE \"C\""),
    ("@SERIAL", "INTEGER PRIMARY KEY", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"),
    ("@TABLE", "STRICT", ""),
    ("@CLUSTERED", "STRICT, WITHOUT ROWID", ""),
    // What one of them alone can do is a comment to the other.
    ("@POSTGRES{", "/*", ""),
    ("@POSTGRES}", "*/", ""),
    ("@SQLITE{", "", "/*"),
    ("@SQLITE}", "", "*/"),
];

/// Each process that opens the same PostgreSQL waits here for the first one.
const MIGRATION_LOCK: i64 = 0x7969_6d61;

pub(crate) fn bring_up_sqlite(connection: &mut rusqlite::Connection) -> Result<(), StoreError> {
    let change = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let have: i64 = change.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    for (number, step) in steps_after(have)? {
        change.execute_batch(&spelled(step, |(word, sqlite, _)| (*word, *sqlite)))?;
        change.pragma_update(None, "user_version", number)?;
    }
    Ok(change.commit()?)
}

pub(crate) async fn bring_up_postgres(pool: &PgPool) -> Result<(), StoreError> {
    let mut change = pool.begin().await?;
    // A step over many rows takes its time, and so does waiting for another process that is at it.
    change.execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0").await?;
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(MIGRATION_LOCK).execute(&mut *change).await?;
    // The role that serves may have no right to make tables; it finds them made.
    let row = change.fetch_one("SELECT to_regclass('schema_step') IS NULL").await?;
    if row.try_get(0)? {
        change.execute("CREATE TABLE schema_step (number BIGINT PRIMARY KEY)").await?;
    }
    let row = change.fetch_one("SELECT coalesce(max(number), 0) FROM schema_step").await?;
    for (number, step) in steps_after(row.try_get(0)?)? {
        let sql = spelled(step, |(word, _, postgres)| (*word, *postgres));
        change.execute(AssertSqlSafe(sql)).await?;
        sqlx::query("INSERT INTO schema_step (number) VALUES ($1)").bind(number).execute(&mut *change).await?;
    }
    Ok(change.commit().await?)
}

/// The steps that a database still lacks; one that is ahead of this program is not touched.
fn steps_after(have: i64) -> Result<impl Iterator<Item = (i64, &'static str)>, StoreError> {
    let newer = || StoreError::Unavailable("the database was made by a newer version of this program".into());
    let done = usize::try_from(have).ok().filter(|done| *done <= STEPS.len()).ok_or_else(newer)?;
    Ok((1_i64..).zip(STEPS.iter().copied()).skip(done))
}

fn spelled(
    step: &str,
    pick: impl Fn(&(&'static str, &'static str, &'static str)) -> (&'static str, &'static str),
) -> String {
    WORDS.iter().map(pick).fold(step.to_owned(), |text, (word, spelling)| text.replace(word, spelling))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A database of the day before the step keeps its draws, and what waits for the ledger.
    #[test]
    fn what_was_drawn_and_what_waits_outlive_the_step_by_day() {
        let mut database = rusqlite::Connection::open_in_memory().unwrap();
        let by_day = STEPS.iter().position(|step| step.contains("draw_by_its_day")).unwrap();
        for step in &STEPS[..by_day] {
            database.execute_batch(&spelled(step, |(word, sqlite, _)| (*word, *sqlite))).unwrap();
        }
        database.pragma_update(None, "user_version", i64::try_from(by_day).unwrap()).unwrap();
        database
            .execute_batch(
                "INSERT INTO draw VALUES ('res_2', 0, 2601, 16, 2, 'a', x'01', 0, 0, 5), ('res_1', 3, 2600, 4, 0, 'b', x'02', 0, 0, 6);
                 INSERT INTO outbox (use_id, entry) VALUES ('use_1', x'0a'), ('use_2', x'0b');",
            )
            .unwrap();
        bring_up_sqlite(&mut database).unwrap();
        let texts = |sql| {
            let mut rows = database.prepare(sql).unwrap();
            rows.raw_query().mapped(|row| row.get::<_, String>(0)).collect::<Result<Vec<_>, _>>().unwrap()
        };
        let drawn = "SELECT day || account || slot || t1_count || request_id || hex(keys_hash) || drawn_at FROM draw";
        assert_eq!(texts(drawn), ["2600res_134b026", "2601res_2016a015"], "in the order of days");
        assert_eq!(texts("SELECT seq || use_id || hex(entry) FROM outbox ORDER BY seq"), ["1use_10A", "2use_20B"]);
        assert_eq!(texts("SELECT name FROM sqlite_master WHERE name IN ('draw_by_day', 'outbox_waiting')"), [""; 0]);
    }

    /// Operators of before their rows were sealed hold no post, and are read no more; a new one takes name and staff number.
    #[test]
    fn r44_operators_of_before_the_seals_are_read_no_more() {
        let mut database = rusqlite::Connection::open_in_memory().unwrap();
        let seals = STEPS.iter().position(|step| step.contains("operator ADD COLUMN version")).unwrap();
        for step in &STEPS[..seals] {
            database.execute_batch(&spelled(step, |(word, sqlite, _)| (*word, *sqlite))).unwrap();
        }
        database.pragma_update(None, "user_version", i64::try_from(seals).unwrap()).unwrap();
        database.pragma_update(None, "foreign_keys", true).unwrap();
        database
            .execute_batch(
                "INSERT INTO operator (id, name, person, role, password_hash, totp_sealed, state, created_at)
                 VALUES ('opr_1', 'wang', 'P1', 'system', '', x'00', 'active', 5), ('opr_2', 'li', 'P2', 'audit', '', x'00', 'active', 5);
                 INSERT INTO operator_session VALUES (x'01', 'opr_1', 5, 6, 7);
                 INSERT INTO operator_grant (id, name, person, role, totp_sealed, state, proposed_by, proposed_at)
                 VALUES ('opr_3', 'sun', 'P3', 'audit', x'00', 'proposed', 'opr_1', 5);
                 INSERT INTO operator_end (id, operator, reason, state, proposed_by, proposed_at)
                 VALUES ('oen_1', 'opr_2', 'left', 'proposed', 'opr_1', 5);
                 INSERT INTO operator_suspension VALUES ('opr_2', 5, 'opr_1', 'lost');
                 INSERT INTO key_deed (id, what, reason, state, proposed_by, proposed_at)
                 VALUES ('kdd_1', 'tokens', 'quarterly', 'proposed', 'opr_1', 5);",
            )
            .unwrap();
        bring_up_sqlite(&mut database).unwrap();
        let many = |sql: &str| database.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!(many("SELECT count(*) FROM operator WHERE state = 'active' OR version > 0 OR seal <> x''"), 0);
        for table in ["operator_session", "operator_grant", "operator_end", "operator_name", "key_deed"] {
            assert_eq!(many(&format!("SELECT count(*) FROM {table}")), 0, "{table}");
        }
        assert_eq!(many("SELECT count(*) FROM operator_suspension"), 1, "what was done stays");
        let anew = "INSERT INTO operator (id, name, person, role, password_hash, totp_sealed, state, created_at, version, seal)
                    VALUES ('opr_4', 'wang', 'P1', 'system', '', x'00', 'active', 5, 1, x'01')";
        assert_eq!(database.execute(anew, []).unwrap(), 1);
    }
}

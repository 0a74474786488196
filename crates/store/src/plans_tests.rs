//! What every check and every publication reads is found by an index, however many residents there are.
//! It does not know how long a look takes.

use crate::{card, check, day_key, draw, schema, staff, uses, withdrawal};

#[test]
fn no_check_and_no_publication_walks_a_table_of_residents() {
    let mut database = rusqlite::Connection::open_in_memory().unwrap();
    schema::bring_up_sqlite(&mut database).unwrap();
    for (sql, first) in [
        (check::FACTS, "SEARCH a USING INDEX sqlite_autoindex_account_2"),
        (card::REVOKED, "INDEX card_revoked (list=? AND expiry_month>?)"),
        (card::OF_STOPPED_HOLDERS, "INDEX account_stopped"),
        (day_key::STANDING, "INDEX day_key_standing (day<?)"),
        (withdrawal::LIST, "SEARCH w USING PRIMARY KEY (day>?)"),
        (withdrawal::ACCOUNT_IN_ONE_TABLE, "SEARCH draw USING PRIMARY KEY (day=? AND account=?)"),
        (withdrawal::SLOT_IN_ONE_TABLE, "SEARCH draw USING PRIMARY KEY (day=? AND account=? AND slot=?)"),
    ] {
        let steps = column(&database, &format!("EXPLAIN QUERY PLAN {sql}"), "detail");
        assert!(steps.first().is_some_and(|step| step.contains(first)), "{first}: {steps:#?}");
        // The few days of a recursive question are no table.
        let walked = |step: &&String| {
            step.starts_with("SCAN") && *step != "SCAN days"
                || step.contains("TEMP B-TREE")
                || step.contains("(list=?)")
        };
        assert_eq!(steps.iter().skip(1).find(walked), None, "{sql}: {steps:#?}");
    }
}

#[test]
fn mass_reading_is_counted_by_its_own_index() {
    let mut database = rusqlite::Connection::open_in_memory().unwrap();
    schema::bring_up_sqlite(&mut database).unwrap();
    let steps = column(&database, &format!("EXPLAIN QUERY PLAN {}", staff::READS), "detail");
    assert!(steps.iter().any(|step| step.contains("INDEX use_reading (actor=? AND at>?)")), "{steps:#?}");
}

/// A list of three words in an index's condition makes SQLite open such a table for each row.
#[test]
fn no_use_and_no_draw_opens_a_table_of_its_own() {
    let mut database = rusqlite::Connection::open_in_memory().unwrap();
    schema::bring_up_sqlite(&mut database).unwrap();
    for sql in [uses::USE, uses::ENTRY, draw::FIRST, draw::AS_SEEN, check::BURN] {
        let steps = column(&database, &format!("EXPLAIN {sql}"), "opcode");
        assert!(steps.iter().any(|step| step == "MakeRecord"), "{sql}: {steps:?}");
        assert!(!steps.iter().any(|step| step == "OpenEphemeral"), "{sql}: {steps:?}");
    }
}

fn column(database: &rusqlite::Connection, sql: &str, name: &str) -> Vec<String> {
    let mut plan = database.prepare(sql).unwrap();
    plan.raw_query().mapped(|row| row.get(name)).collect::<Result<_, _>>().unwrap()
}

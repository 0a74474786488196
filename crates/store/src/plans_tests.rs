//! What every check and every publication reads is found by an index, however many residents there are.
//! It does not know how long a look takes.

use crate::{card, check, day_key, schema, withdrawal};

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
    ] {
        let mut plan = database.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let steps: Vec<String> = plan.raw_query().mapped(|row| row.get("detail")).collect::<Result<_, _>>().unwrap();
        assert!(steps.first().is_some_and(|step| step.contains(first)), "{first}: {steps:#?}");
        let walked =
            |step: &&String| step.starts_with("SCAN") || step.contains("TEMP B-TREE") || step.contains("(list=?)");
        assert_eq!(steps.iter().skip(1).find(walked), None, "{sql}: {steps:#?}");
    }
}

//! Token days: what is made ahead or on demand, forgotten in bites, and brought along from a table that was whole.
//! It does not know why a day ends when it does.

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row};
use yima_store::check::{self, Burn, Burned};
use yima_store::{Store, StoreError, draw, token_day, uses, withdrawal};

use crate::town::{a_use, deed, resident, settle};

crate::on_both!(days_before_one_are_forgotten_in_bites, a_deed_that_fails_leaves_its_new_day_to_the_next,);

const DAY: u16 = 2_600;

fn burned() -> Burned {
    Burned { checker: "gat_1".into(), bytes_hash: vec![4; 32], verdict: "valid".into(), burned_at: 6 }
}

async fn fill(store: &Store, day: u16, tokens: u8) {
    deed(store, move |tx| {
        Box::pin(async move {
            for token in 0..tokens {
                assert_eq!(check::burn(tx, day, &[token; 16], &burned()).await?, Burn::First);
                check::bad_mac(tx, day, &[token; 16]).await?;
                check::show_within_cap(tx, day, "bus", "T2", &format!("crd_{token}"), 1).await?;
                let request = draw::Request {
                    account: &resident(u64::from(token)).id,
                    slot: 0,
                    day,
                    request_id: "a",
                    keys_hash: &[1; 32],
                    t1: 16,
                    t0: 2,
                    t1_max: 32,
                    t0_max: 32,
                    seen: None,
                    at: 5,
                };
                draw::take(tx, &request).await?;
                withdrawal::slot(tx, &resident(u64::from(token)).id, 0, day, "lost", 8).await?;
            }
            Ok(())
        })
    })
    .await;
}

async fn days_before_one_are_forgotten_in_bites(store: Store) {
    const TOKENS: u8 = 7;
    settle(&store, u64::from(TOKENS)).await;
    for day in [DAY - 1, DAY, DAY + 1] {
        fill(&store, day, TOKENS).await;
    }
    let mut bites = 1;
    while deed(&store, |tx| Box::pin(token_day::forget_before(tx, DAY + 1, 5))).await {
        bites += 1;
    }
    assert_eq!(bites, 3, "two days of seven rows of a kind, five at a time");
    deed(&store, |tx| {
        Box::pin(async move {
            for (day, stands) in [(DAY - 1, false), (DAY, false), (DAY + 1, true)] {
                assert_eq!(check::burned(tx, day, &[3; 16]).await?.is_some(), stands, "{day}");
                assert_eq!(check::bad_macs(tx, day, &[3; 16]).await?, u32::from(stands), "{day}");
                assert_eq!(draw::counts(tx, &resident(3).id, 0, day).await?.0, if stands { 16 } else { 0 }, "{day}");
                assert_eq!(check::show_within_cap(tx, day, "bus", "T2", "crd_3", 1).await?, !stands, "{day}");
            }
            assert_eq!(withdrawal::list(tx, 0).await?.len(), usize::from(TOKENS));
            // A day that was forgotten can be met again.
            assert_eq!(check::burn(tx, DAY, &[3; 16], &burned()).await?, Burn::First);
            Ok(())
        })
    })
    .await;
}

async fn a_deed_that_fails_leaves_its_new_day_to_the_next(store: Store) {
    let failed: Result<(), StoreError> = store
        .deed(|tx| {
            Box::pin(async move {
                check::burn(tx, DAY, &[3; 16], &burned()).await?;
                Err(StoreError::Busy)
            })
        })
        .await;
    assert_eq!(failed, Err(StoreError::Busy));
    let burn = deed(&store, |tx| Box::pin(async move { check::burn(tx, DAY, &[3; 16], &burned()).await }));
    assert_eq!(burn.await, Burn::First);
}

async fn says(connection: &mut PgConnection, sql: &str) -> i64 {
    connection.fetch_one(AssertSqlSafe(sql.to_owned())).await.unwrap().get(0)
}

async fn run(connection: &mut PgConnection, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await.unwrap();
}

/// A service that may not make tables still meets a new day, and gets no further.
#[tokio::test(flavor = "multi_thread")]
async fn a_role_without_the_right_to_make_tables_serves_a_new_day() {
    let (owner, url) = crate::town::postgres_at().await;
    let mut admin = PgConnection::connect(&url).await.unwrap();
    let role = format!("server_{}", url.rsplit_once('/').unwrap().1);
    run(
        &mut admin,
        &format!(
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC; CREATE ROLE {role} LOGIN;
             GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
             REVOKE UPDATE, DELETE ON use FROM {role};
             GRANT EXECUTE ON FUNCTION day_made(BIGINT), days_dropped(BIGINT) TO {role};"
        ),
    )
    .await;
    let (_, host) = url.split_once('@').unwrap();
    let its_url = format!("postgres://{role}@{host}");
    let store = Store::open(&its_url).await.unwrap();
    settle(&store, 1).await;
    fill(&store, DAY, 1).await;
    deed(&store, |tx| Box::pin(async move { uses::append(tx, &a_use("use_1", 5, "check", None), b"entry").await }))
        .await;
    let partitions = "SELECT count(*) FROM pg_inherits WHERE inhparent IN ('burn'::regclass, 'draw'::regclass)";
    assert_eq!(says(&mut admin, partitions).await, 2);
    assert!(!deed(&store, |tx| Box::pin(token_day::forget_before(tx, DAY + 1, 5))).await);
    assert_eq!(says(&mut admin, partitions).await, 0, "a forgotten day is dropped");
    let mut server = PgConnection::connect(&its_url).await.unwrap();
    assert!(server.execute("CREATE TABLE mine (id BIGINT)").await.is_err());
    store.close().await;
    owner.close().await;
    run(&mut admin, &format!("DROP OWNED BY {role}; DROP ROLE {role};")).await;
}

/// A database of the first house, with its burns in one table, keeps them through the step.
#[tokio::test(flavor = "multi_thread")]
async fn burns_of_a_whole_table_are_found_in_their_days() {
    let url = crate::town::empty_postgres().await;
    let mut admin = PgConnection::connect(&url).await.unwrap();
    let first = include_str!("../../migrations/0001_the_house.sql")
        .replace("@BYTES", "BYTEA")
        .replace("@INT", "BIGINT")
        .replace("@TEXT", "TEXT COLLATE \"C\"")
        .replace("@SERIAL", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY")
        .replace("@TABLE", "")
        .replace("@CLUSTERED", "");
    run(&mut admin, &first).await;
    run(
        &mut admin,
        "CREATE TABLE schema_step (number BIGINT PRIMARY KEY); INSERT INTO schema_step VALUES (1);
         INSERT INTO burn SELECT 2600 + n % 3, decode(lpad(to_hex(n), 32, '0'), 'hex'), 'gat_1', '\\x04', 'valid', 6
           FROM generate_series(0, 8) n;
         INSERT INTO draw VALUES ('res_1', 0, 2600, 16, 2, 'a', '\\x01', 0, 0, 5);",
    )
    .await;
    let store = Store::open(&url).await.unwrap();
    deed(&store, |tx| {
        Box::pin(async move {
            for n in 0..9_u8 {
                let mut id = [0; 16];
                id[15] = n;
                assert!(check::burned(tx, DAY + u16::from(n % 3), &id).await?.is_some(), "{n}");
                assert_eq!(check::burned(tx, DAY + u16::from((n + 1) % 3), &id).await?, None, "{n}");
            }
            assert_eq!(draw::counts(tx, "res_1", 0, DAY).await?, (16, 2));
            Ok(())
        })
    })
    .await;
}

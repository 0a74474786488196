//! What the store promises, told on both databases: each `on_both!` story runs on a fresh SQLite
//! file and on a fresh PostgreSQL database. It does not know how either keeps its word.

#[cfg(test)]
mod apps;
#[cfg(test)]
mod bindings;
#[cfg(test)]
mod checks;
#[cfg(test)]
mod confirmations;
#[cfg(test)]
mod crossed;
#[cfg(test)]
mod days;
#[cfg(test)]
mod edges;
#[cfg(test)]
mod enterprises;
#[cfg(test)]
mod full_disk;
#[cfg(test)]
mod holders;
#[cfg(test)]
mod kill;
#[cfg(test)]
mod lists;
#[cfg(test)]
#[path = "../../../testkit/src/lot.rs"]
mod lot;
#[cfg(test)]
mod office;
#[cfg(test)]
mod organisations;
#[cfg(test)]
mod patience;
#[cfg(test)]
mod promises;
#[cfg(test)]
mod races;
#[cfg(test)]
mod rights;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod sweeps;
#[cfg(test)]
mod town;
#[cfg(test)]
mod visits;

/// Runs each story on both databases.
macro_rules! on_both {
    ($($story:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $story() {
                let (store, _dir) = crate::town::sqlite().await;
                super::$story(store).await;
            })+
        }
        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $story() {
                super::$story(crate::town::postgres().await).await;
            })+
        }
    };
}
pub(crate) use on_both;

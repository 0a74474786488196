-- What a draw writes: two trees fewer. Rows of a day lie together, so that forgetting a day needs no index of its own, as
-- on PostgreSQL, which keeps a partition a day since 0006. The outbox holds what waits and nothing else: whoever makes a leaf
-- takes the entry out of it in the same transaction.

@SQLITE{
CREATE TABLE draw_by_its_day (
  account TEXT NOT NULL, slot INTEGER NOT NULL, day INTEGER NOT NULL,
  t1_count INTEGER NOT NULL, t0_count INTEGER NOT NULL,
  request_id TEXT NOT NULL, keys_hash BLOB NOT NULL, t1_from INTEGER NOT NULL, t0_from INTEGER NOT NULL,
  drawn_at INTEGER NOT NULL, PRIMARY KEY (day, account, slot)
) STRICT, WITHOUT ROWID;
INSERT INTO draw_by_its_day SELECT * FROM draw ORDER BY day, account, slot;
DROP TABLE draw;
ALTER TABLE draw_by_its_day RENAME TO draw;
@SQLITE}

DROP INDEX outbox_waiting;
ALTER TABLE outbox DROP COLUMN leaf;

-- SQLite makes a table for a list of three words each time that a use is written, to see whether it belongs into this index.
-- Three questions need none.
DROP INDEX use_reading;
CREATE INDEX use_reading ON use (actor, at)
  WHERE (deed = 'see_residents' OR deed = 'see_mandates' OR deed = 'see_requests');

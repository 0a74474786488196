-- A slot from 128 on is taken under a mandate, or by a post: an officer's codes bear the officer's own handle.
ALTER TABLE family_slot RENAME TO family_slot_of_mandates;
DROP INDEX family_slot_live;
DROP INDEX family_slot_of_edge;
DROP INDEX family_slot_by_device;
CREATE TABLE family_slot (
  principal @TEXT NOT NULL REFERENCES account (id), slot @INT NOT NULL CHECK (slot BETWEEN 128 AND 255),
  edge @TEXT REFERENCES edge (id), post @TEXT REFERENCES post (id), device @TEXT NOT NULL REFERENCES device (id),
  suite @INT NOT NULL, taken_at @INT NOT NULL, ended_at @INT, PRIMARY KEY (principal, slot, taken_at),
  CHECK ((edge IS NULL) <> (post IS NULL))
) @CLUSTERED;
INSERT INTO family_slot (principal, slot, edge, device, suite, taken_at, ended_at)
  SELECT principal, slot, edge, device, suite, taken_at, ended_at FROM family_slot_of_mandates;
DROP TABLE family_slot_of_mandates;
CREATE UNIQUE INDEX family_slot_live ON family_slot (principal, slot) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX family_slot_of_edge ON family_slot (edge) WHERE ended_at IS NULL AND edge IS NOT NULL;
CREATE UNIQUE INDEX family_slot_of_post ON family_slot (post) WHERE ended_at IS NULL AND post IS NOT NULL;
CREATE INDEX family_slot_by_device ON family_slot (device) WHERE ended_at IS NULL;

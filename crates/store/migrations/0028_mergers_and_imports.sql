-- A merger of two organisations: proposed by one person, approved by another, in force from its day. From then on the sector
-- `from_code` goes on in `to_code` for whoever comes new, and stays for those who had met with it before. `nth` counts those in
-- force, so that whoever keeps an app in memory sees that a line grew. `told_after` is how far people were told: `-` when nobody
-- is told any more. `settled_at` says that nobody acts in the merged organisation any more.
CREATE TABLE merger (
  id @TEXT PRIMARY KEY, merged @TEXT NOT NULL REFERENCES organisation (id), successor @TEXT NOT NULL REFERENCES organisation (id),
  from_code @TEXT NOT NULL, to_code @TEXT NOT NULL, from_name @TEXT NOT NULL, to_name @TEXT NOT NULL,
  contact @TEXT NOT NULL, reference @TEXT NOT NULL, effect_at @INT NOT NULL,
  state @TEXT NOT NULL CHECK (state IN ('proposed', 'approved', 'in_force', 'refused', 'withdrawn')),
  proposed_by @TEXT NOT NULL, decided_by @TEXT, created_at @INT NOT NULL, decided_at @INT, ended_at @INT, nth @INT UNIQUE,
  told @INT NOT NULL DEFAULT 0, told_after @TEXT NOT NULL DEFAULT '', settled_at @INT,
  version @INT NOT NULL DEFAULT 1, seal @BYTES NOT NULL,
  CHECK (decided_by <> proposed_by), CHECK (merged <> successor), CHECK (from_code <> to_code),
  CHECK ((state = 'in_force') = (nth IS NOT NULL))
) @TABLE;
CREATE UNIQUE INDEX merger_of_one ON merger (merged) WHERE state IN ('proposed', 'approved', 'in_force');
CREATE INDEX merger_from ON merger (from_code) WHERE state IN ('approved', 'in_force');
CREATE INDEX merger_to ON merger (to_code) WHERE state IN ('approved', 'in_force');
CREATE INDEX client_by_sector ON client (sector, id);
CREATE INDEX app_grant_by_client ON app_grant (client, id) WHERE state = 'given';

-- An import brings representatives of enterprises, too. A check can't be widened in place.
CREATE TABLE organisation_batch_wider (
  id @TEXT PRIMARY KEY, kind @TEXT NOT NULL CHECK (kind IN ('organisations', 'posts', 'representatives')),
  file_hash @BYTES NOT NULL UNIQUE, source @TEXT NOT NULL, counts @TEXT NOT NULL, rows_read @INT NOT NULL DEFAULT 0,
  state @TEXT NOT NULL CHECK (state IN ('proposed', 'running', 'done', 'undone')),
  proposed_by @TEXT NOT NULL, approved_by @TEXT, created_at @INT NOT NULL, updated_at @INT NOT NULL,
  CHECK (approved_by <> proposed_by)
) @TABLE;
INSERT INTO organisation_batch_wider
  SELECT id, kind, file_hash, source, counts, rows_read, state, proposed_by, approved_by, created_at, updated_at
  FROM organisation_batch;
DROP TABLE organisation_batch;
ALTER TABLE organisation_batch_wider RENAME TO organisation_batch;

-- Whom an import named in place of whom, so that it can be undone as one. `edge` is the mandate that came of it, pending.
CREATE TABLE representative_import (
  batch @TEXT NOT NULL REFERENCES organisation_batch (id), organisation @TEXT NOT NULL REFERENCES organisation (id),
  edge @TEXT NOT NULL REFERENCES edge (id), account @TEXT NOT NULL, before_account @TEXT, at @INT NOT NULL,
  PRIMARY KEY (batch, organisation)
) @CLUSTERED;
CREATE INDEX representative_import_at ON representative_import (at) WHERE before_account IS NOT NULL;

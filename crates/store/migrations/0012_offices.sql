-- Organisations as a tree: departments by region and office, enterprises by their credit code (GB 32100).
-- `batch` names the import that brought a row, so that a batch can be undone.
CREATE TABLE organisation (
  id @TEXT PRIMARY KEY, kind @TEXT NOT NULL CHECK (kind IN ('enterprise', 'department')),
  credit_code @TEXT UNIQUE, name @TEXT NOT NULL, region @TEXT NOT NULL, parent @TEXT REFERENCES organisation (id),
  state @TEXT NOT NULL CHECK (state IN ('active', 'suspended', 'ended')), source @TEXT NOT NULL, batch @TEXT,
  created_at @INT NOT NULL, version @INT NOT NULL DEFAULT 1, seal @BYTES NOT NULL,
  CHECK (kind <> 'enterprise' OR credit_code IS NOT NULL), CHECK (parent <> id)
) @TABLE;
CREATE INDEX organisation_by_parent ON organisation (parent, id);
CREATE INDEX organisation_by_region ON organisation (region, id);
CREATE INDEX organisation_by_batch ON organisation (batch, id) WHERE batch IS NOT NULL;

-- An import of organisations: proposed with its counts, done by another person, undone as one.
CREATE TABLE organisation_batch (
  id @TEXT PRIMARY KEY, file_hash @BYTES NOT NULL UNIQUE, source @TEXT NOT NULL,
  counts @TEXT NOT NULL, rows_read @INT NOT NULL DEFAULT 0,
  state @TEXT NOT NULL CHECK (state IN ('proposed', 'running', 'done', 'undone')),
  proposed_by @TEXT NOT NULL, approved_by @TEXT, created_at @INT NOT NULL, updated_at @INT NOT NULL,
  CHECK (approved_by <> proposed_by)
) @TABLE;

-- Posts in an organisation are leases: silence of the personnel feed ends them.
CREATE TABLE officer (
  account @TEXT NOT NULL REFERENCES account (id), organisation @TEXT NOT NULL REFERENCES organisation (id),
  post @TEXT NOT NULL, state @TEXT NOT NULL CHECK (state IN ('pending', 'active', 'ended')),
  lease_until @INT NOT NULL, made_by @TEXT NOT NULL, created_at @INT NOT NULL, ended_at @INT, reason @TEXT,
  version @INT NOT NULL DEFAULT 1, seal @BYTES NOT NULL, PRIMARY KEY (account, organisation, post)
) @TABLE;
CREATE INDEX officer_by_organisation ON officer (organisation, account);
CREATE INDEX officer_lease ON officer (lease_until) WHERE state <> 'ended';

-- What people ask for under their rights (PIPL), with its clock. What they write, and what they are answered, is sealed.
CREATE TABLE rights_request (
  id @TEXT PRIMARY KEY, account @TEXT NOT NULL, asked_by @TEXT NOT NULL,
  kind @TEXT NOT NULL CHECK (kind IN ('copy', 'correct', 'restrict', 'delete', 'explain', 'kin')),
  sealed_body @BYTES, sealed_answer @BYTES,
  state @TEXT NOT NULL CHECK (state IN ('waiting', 'held', 'done', 'refused', 'stopped')),
  asked_at @INT NOT NULL, hold_until @INT NOT NULL, due_at @INT NOT NULL,
  handled_by @TEXT, handled_at @INT, version @INT NOT NULL DEFAULT 1
) @TABLE;
CREATE INDEX rights_request_of_account ON rights_request (account, id);
CREATE INDEX rights_request_due ON rights_request (due_at, id) WHERE state IN ('waiting', 'held');
-- Of each kind that takes time, one at once.
CREATE UNIQUE INDEX rights_request_open ON rights_request (account, kind) WHERE state IN ('waiting', 'held');

-- Who stops an account: 1 an operator, 2 the person who restricted processing; both may. 0 when nobody does.
ALTER TABLE account ADD COLUMN stopped_by @INT NOT NULL DEFAULT 0;
UPDATE account SET stopped_by = 1 WHERE state = 'suspended';

-- A person's own check-ins, for a copy and for a deletion.
CREATE INDEX check_in_of_account ON check_in (account, at);

-- Accounts whose data was destroyed. The handle stays until no token that carries it can be shown.
CREATE TABLE erasure (
  account @TEXT PRIMARY KEY, erased_at @INT NOT NULL, handle_until @INT
) @CLUSTERED;
CREATE INDEX erasure_handles ON erasure (handle_until) WHERE handle_until IS NOT NULL;
